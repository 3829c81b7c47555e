//! The addresses of the desk: what a member of the practice opens.

use crate::domain::id::{
    BookingId, ClientId, ClosureId, LotId, MessageId, NoteId, PackageId, PurchaseId, RefundId,
};
use jiff::civil::Date;

addresses! {
    /// The practitioner's first room: today.
    desk() = "/desk" at "/desk" as DESK;
    /// Where practitioners sign in.
    desk_sign_in() = "/desk/sign-in" at "/desk/sign-in" as DESK_SIGN_IN;
    /// Where a practitioner asks for a link instead of typing a password.
    desk_sign_in_link() = "/desk/sign-in/link" at "/desk/sign-in/link" as DESK_SIGN_IN_LINK;
    /// Chooses at whose desk one works.
    desk_seat() = "/desk/seat" at "/desk/seat" as DESK_SEAT;
    /// The sessions of a week.
    desk_calendar() = "/desk/calendar" at "/desk/calendar" as DESK_CALENDAR;
    /// All clients.
    desk_clients() = "/desk/clients" at "/desk/clients" as DESK_CLIENTS;
    /// One client, with the ledger.
    desk_client(id: ClientId) = "/desk/clients/{id}" at "/desk/clients/{client}" as DESK_CLIENT;
    /// Adds somebody by hand.
    desk_client_new() = "/desk/clients/new" at "/desk/clients/new" as DESK_CLIENT_NEW;
    /// More time for many at once.
    desk_extend_many() = "/desk/clients/extend" at "/desk/clients/extend" as DESK_EXTEND_MANY;
    /// A client's particulars.
    desk_client_edit(id: ClientId) = "/desk/clients/{id}/edit" at "/desk/clients/{client}/edit" as DESK_CLIENT_EDIT;
    /// Tags her, or takes a tag off.
    desk_tags(id: ClientId) = "/desk/clients/{id}/tags" at "/desk/clients/{client}/tags" as DESK_TAGS;
    /// Sells her a package by hand.
    desk_sell(id: ClientId) = "/desk/clients/{id}/sell" at "/desk/clients/{client}/sell" as DESK_SELL;
    /// A new note about her; its form keeps one, new or changed.
    desk_notes(id: ClientId) = "/desk/clients/{id}/notes" at "/desk/clients/{client}/notes" as DESK_NOTES;
    /// A note about her, to be changed.
    desk_note(client: ClientId, id: NoteId) = "/desk/clients/{client}/notes/{id}" at "/desk/clients/{client}/notes/{note}" as DESK_NOTE;
    /// Deletes a note.
    desk_note_remove(client: ClientId, id: NoteId) = "/desk/clients/{client}/notes/{id}/remove" at "/desk/clients/{client}/notes/{note}/remove" as DESK_NOTE_REMOVE;
    /// Pauses a lot, or ends the pause.
    desk_pause(lot: LotId) = "/desk/lots/{lot}/pause" at "/desk/lots/{lot}/pause" as DESK_PAUSE;
    /// Corrects how many credits a lot has.
    desk_adjust(lot: LotId) = "/desk/lots/{lot}/adjust" at "/desk/lots/{lot}/adjust" as DESK_ADJUST;
    /// Passes credits on to somebody else.
    desk_pass_on(lot: LotId) = "/desk/lots/{lot}/pass-on" at "/desk/lots/{lot}/pass-on" as DESK_PASS_ON;
    /// Gives a lot more time.
    desk_extend(lot: LotId) = "/desk/lots/{lot}/extend" at "/desk/lots/{lot}/extend" as DESK_EXTEND;
    /// Gives sessions for nothing.
    desk_comp(id: ClientId) = "/desk/clients/{id}/comp" at "/desk/clients/{client}/comp" as DESK_COMP;
    /// One session, with what can be done to it.
    desk_booking(id: BookingId) = "/desk/bookings/{id}" at "/desk/bookings/{booking}" as DESK_BOOKING;
    /// Marks a session as missed.
    desk_missed(id: BookingId) = "/desk/bookings/{id}/missed" at "/desk/bookings/{booking}/missed" as DESK_MISSED;
    /// Gives a used credit back.
    desk_waive(id: BookingId) = "/desk/bookings/{id}/waive" at "/desk/bookings/{booking}/waive" as DESK_WAIVE;
    /// Calls a session off for the practitioner.
    desk_cancel(id: BookingId) = "/desk/bookings/{id}/cancel" at "/desk/bookings/{booking}/cancel" as DESK_CANCEL;
    /// A sale, with "mark as paid".
    desk_purchase(id: PurchaseId) = "/desk/purchases/{id}" at "/desk/purchases/{purchase}" as DESK_PURCHASE;
    /// Marks a sale as paid.
    desk_paid(id: PurchaseId) = "/desk/purchases/{id}/paid" at "/desk/purchases/{purchase}/paid" as DESK_PAID;
    /// Calls an unpaid sale off.
    desk_withdraw(id: PurchaseId) = "/desk/purchases/{id}/withdraw" at "/desk/purchases/{purchase}/withdraw" as DESK_WITHDRAW;
    /// One refund: how far it is, and the way on if it is stuck.
    desk_refund(id: RefundId) = "/desk/refunds/{id}" at "/desk/refunds/{refund}" as DESK_REFUND;
    /// The practitioner's packages.
    desk_packages() = "/desk/packages" at "/desk/packages" as DESK_PACKAGES;
    /// A new package.
    desk_package_new() = "/desk/packages/new" at "/desk/packages/new" as DESK_PACKAGE_NEW;
    /// The package editor; its form saves.
    desk_package(id: PackageId) = "/desk/packages/{id}" at "/desk/packages/{package}" as DESK_PACKAGE;
    /// Puts a package on the storefront, away, or back.
    desk_package_listing(id: PackageId) = "/desk/packages/{id}/listing" at "/desk/packages/{package}/listing" as DESK_PACKAGE_LISTING;
    /// Weekly hours and rhythm.
    desk_hours() = "/desk/hours" at "/desk/hours" as DESK_HOURS;
    /// Dates that differ from the week.
    desk_overrides() = "/desk/hours/dates" at "/desk/hours/dates" as DESK_OVERRIDES;
    /// Takes such a date away.
    desk_override_remove(on: Date) = "/desk/hours/dates/{on}/remove" at "/desk/hours/dates/{date}/remove" as DESK_OVERRIDE_REMOVE;
    /// Time off.
    desk_closures() = "/desk/hours/off" at "/desk/hours/off" as DESK_CLOSURES;
    /// Takes time off away.
    desk_closure_remove(id: ClosureId) = "/desk/hours/off/{id}/remove" at "/desk/hours/off/{closure}/remove" as DESK_CLOSURE_REMOVE;
    /// What was, will be and was not sent.
    desk_messages() = "/desk/messages" at "/desk/messages" as DESK_MESSAGES;
    /// Tries a message again.
    desk_message_retry(id: MessageId) = "/desk/messages/{id}/retry" at "/desk/messages/{message}/retry" as DESK_MESSAGE_RETRY;
    /// Storefront, practice and own particulars.
    desk_settings() = "/desk/settings" at "/desk/settings" as DESK_SETTINGS;
    /// Saves the storefront's words and colour.
    desk_settings_storefront() = "/desk/settings/storefront" at "/desk/settings/storefront" as DESK_SETTINGS_STOREFRONT;
    /// Saves the practice's particulars.
    desk_settings_practice() = "/desk/settings/practice" at "/desk/settings/practice" as DESK_SETTINGS_PRACTICE;
    /// Takes a new portrait or cover.
    desk_settings_pictures() = "/desk/settings/pictures" at "/desk/settings/pictures" as DESK_SETTINGS_PICTURES;
    /// Changes the practitioner's password.
    desk_settings_password() = "/desk/settings/password" at "/desk/settings/password" as DESK_SETTINGS_PASSWORD;
}
