//! The addresses of the desk: what a member of the practice opens.

use crate::domain::id::{
    BookingId, ClientId, ClosureId, DestinationId, LotId, MessageId, NoteId, OutsideId, PackageId,
    PractitionerId, PurchaseId, RefundId,
};
use jiff::civil::Date;

addresses! {
    /// The practitioner's first room: today.
    desk() = "/desk" at "/desk" as DESK;
    /// Where practitioners sign in.
    desk_sign_in() = "/desk/sign-in" at "/desk/sign-in" as DESK_SIGN_IN;
    /// Where a practitioner asks for a link instead of typing a password.
    desk_sign_in_link() = "/desk/sign-in/link" at "/desk/sign-in/link" as DESK_SIGN_IN_LINK;
    /// Where the second step of signing in is done.
    desk_sign_in_second() = "/desk/sign-in/second" at "/desk/sign-in/second" as DESK_SIGN_IN_SECOND;
    /// Where a passkey signs in.
    desk_sign_in_passkey() = "/desk/sign-in/passkey" at "/desk/sign-in/passkey" as DESK_SIGN_IN_PASSKEY;
    /// Asks a passkey something: the script's.
    desk_sign_in_passkey_begin() = "/desk/sign-in/passkey/begin" at "/desk/sign-in/passkey/begin" as DESK_SIGN_IN_PASSKEY_BEGIN;
    /// Adds a passkey.
    desk_passkeys() = "/desk/security/passkeys" at "/desk/security/passkeys" as DESK_PASSKEYS;
    /// Asks for a new one: the script's.
    desk_passkeys_begin() = "/desk/security/passkeys/begin" at "/desk/security/passkeys/begin" as DESK_PASSKEYS_BEGIN;
    /// Takes one away.
    desk_passkeys_remove() = "/desk/security/passkeys/remove" at "/desk/security/passkeys/remove" as DESK_PASSKEYS_REMOVE;
    /// How a member signs in: her second factor, and the browsers in which she is signed in.
    desk_security() = "/desk/security" at "/desk/security" as DESK_SECURITY;
    /// Begins to set a second factor up.
    desk_security_begin() = "/desk/security/begin" at "/desk/security/begin" as DESK_SECURITY_BEGIN;
    /// Makes it count, by a code, or gives it up.
    desk_security_confirm() = "/desk/security/confirm" at "/desk/security/confirm" as DESK_SECURITY_CONFIRM;
    /// Makes recovery codes anew.
    desk_security_codes() = "/desk/security/codes" at "/desk/security/codes" as DESK_SECURITY_CODES;
    /// Takes the second factor away.
    desk_security_off() = "/desk/security/off" at "/desk/security/off" as DESK_SECURITY_OFF;
    /// Signs one of her browsers out, or all but this one.
    desk_security_sign_out() = "/desk/security/sign-out" at "/desk/security/sign-out" as DESK_SECURITY_SIGN_OUT;
    /// Proves anew who sits there, before what is grave.
    desk_proof() = "/desk/proof" at "/desk/proof" as DESK_PROOF;
    /// The audit log: the owner's.
    desk_audit() = "/desk/audit" at "/desk/audit" as DESK_AUDIT;
    /// The same as a table.
    desk_audit_csv() = "/desk/audit/audit.csv" at "/desk/audit/audit.csv" as DESK_AUDIT_CSV;
    /// Chooses at whose desk one works.
    desk_seat() = "/desk/seat" at "/desk/seat" as DESK_SEAT;
    /// The sessions of a week, or of a day.
    desk_calendar() = "/desk/calendar" at "/desk/calendar" as DESK_CALENDAR;
    /// For whom a session is to be booked.
    desk_calendar_book() = "/desk/calendar/book" at "/desk/calendar/book" as DESK_CALENDAR_BOOK;
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
    /// Makes a sign-in link for her, where no mail goes out; the answer holds it.
    desk_client_link(id: ClientId) = "/desk/clients/{id}/link" at "/desk/clients/{client}/link" as DESK_CLIENT_LINK;
    /// Who buys, and then what: a sale that begins with nobody chosen.
    desk_sell_to() = "/desk/sell" at "/desk/sell" as DESK_SELL_TO;
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
    /// What is kept about a client, to hand over.
    desk_data(id: ClientId) = "/desk/clients/{id}/data" at "/desk/clients/{client}/data" as DESK_DATA;
    /// The same as a file.
    desk_data_file(id: ClientId) = "/desk/clients/{id}/data.json" at "/desk/clients/{client}/data.json" as DESK_DATA_FILE;
    /// Erases a client.
    desk_erase(id: ClientId) = "/desk/clients/{id}/erase" at "/desk/clients/{client}/erase" as DESK_ERASE;
    /// Calls off the sessions that stand in the way of erasing her.
    desk_erase_sessions(id: ClientId) = "/desk/clients/{id}/erase/sessions" at "/desk/clients/{client}/erase/sessions" as DESK_ERASE_SESSIONS;
    /// Brings clients in from a file.
    desk_import() = "/desk/import" at "/desk/import" as DESK_IMPORT;
    /// Brings them in, after the preview.
    desk_import_confirm() = "/desk/import/confirm" at "/desk/import/confirm" as DESK_IMPORT_CONFIRM;
    /// The columns as an empty file.
    desk_import_template() = "/desk/import/template.csv" at "/desk/import/template.csv" as DESK_IMPORT_TEMPLATE;
    /// Everything that the practice keeps, to take away.
    desk_export() = "/desk/export" at "/desk/export" as DESK_EXPORT;
    /// The same as one file.
    desk_export_file() = "/desk/export/file" at "/desk/export/file" as DESK_EXPORT_FILE;
    /// Backups elsewhere.
    desk_backups() = "/desk/backups" at "/desk/backups" as DESK_BACKUPS;
    /// The recovery kit, to print and confirm.
    desk_backup_kit() = "/desk/backups/kit" at "/desk/backups/kit" as DESK_BACKUP_KIT;
    /// A new place for backups: `folder`, `s3` or `sftp`.
    desk_backup_new(kind: &str) = "/desk/backups/new/{kind}" at "/desk/backups/new/{place}" as DESK_BACKUP_NEW;
    /// Asks for a backup now.
    desk_backup_now(id: DestinationId) = "/desk/backups/{id}/now" at "/desk/backups/{destination}/now" as DESK_BACKUP_NOW;
    /// Sends no more backups there.
    desk_backup_remove(id: DestinationId) = "/desk/backups/{id}/remove" at "/desk/backups/{destination}/remove" as DESK_BACKUP_REMOVE;
    /// What waits after the data came back from a backup, and the word that lets it go on.
    desk_hold() = "/desk/hold" at "/desk/hold" as DESK_HOLD;
    /// Asks the payment provider what happened since.
    desk_hold_ask() = "/desk/hold/ask" at "/desk/hold/ask" as DESK_HOLD_ASK;
    /// Gives a lot more time.
    desk_extend(lot: LotId) = "/desk/lots/{lot}/extend" at "/desk/lots/{lot}/extend" as DESK_EXTEND;
    /// Gives sessions for nothing.
    desk_comp(id: ClientId) = "/desk/clients/{id}/comp" at "/desk/clients/{client}/comp" as DESK_COMP;
    /// When a client is to come, paid with a credit; its form books.
    desk_book(id: ClientId) = "/desk/clients/{id}/book" at "/desk/clients/{client}/book" as DESK_BOOK;
    /// What that would do.
    desk_book_confirm(id: ClientId) = "/desk/clients/{id}/book/confirm" at "/desk/clients/{client}/book/confirm" as DESK_BOOK_CONFIRM;
    /// When a client is to come for nothing; its form books.
    desk_book_gift(id: ClientId) = "/desk/clients/{id}/book-gift" at "/desk/clients/{client}/book-gift" as DESK_BOOK_GIFT;
    /// What that would do.
    desk_book_gift_confirm(id: ClientId) = "/desk/clients/{id}/book-gift/confirm" at "/desk/clients/{client}/book-gift/confirm" as DESK_BOOK_GIFT_CONFIRM;
    /// The same time every week; its form books.
    desk_weekly(lot: LotId) = "/desk/lots/{lot}/weekly" at "/desk/lots/{lot}/weekly" as DESK_WEEKLY;
    /// What that would do.
    desk_weekly_confirm(lot: LotId) = "/desk/lots/{lot}/weekly/confirm" at "/desk/lots/{lot}/weekly/confirm" as DESK_WEEKLY_CONFIRM;
    /// One session, with what can be done to it.
    desk_booking(id: BookingId) = "/desk/bookings/{id}" at "/desk/bookings/{booking}" as DESK_BOOKING;
    /// Marks a session as missed.
    desk_missed(id: BookingId) = "/desk/bookings/{id}/missed" at "/desk/bookings/{booking}/missed" as DESK_MISSED;
    /// Gives a used credit back.
    desk_waive(id: BookingId) = "/desk/bookings/{id}/waive" at "/desk/bookings/{booking}/waive" as DESK_WAIVE;
    /// Times to move a session to; its form moves it.
    desk_move(id: BookingId) = "/desk/bookings/{id}/move" at "/desk/bookings/{booking}/move" as DESK_MOVE;
    /// What that would do.
    desk_move_confirm(id: BookingId) = "/desk/bookings/{id}/move/confirm" at "/desk/bookings/{booking}/move/confirm" as DESK_MOVE_CONFIRM;
    /// Calls a session off for the practitioner.
    desk_cancel(id: BookingId) = "/desk/bookings/{id}/cancel" at "/desk/bookings/{booking}/cancel" as DESK_CANCEL;
    /// A sale, with "mark as paid".
    desk_purchase(id: PurchaseId) = "/desk/purchases/{id}" at "/desk/purchases/{purchase}" as DESK_PURCHASE;
    /// Marks a sale as paid.
    desk_paid(id: PurchaseId) = "/desk/purchases/{id}/paid" at "/desk/purchases/{purchase}/paid" as DESK_PAID;
    /// Whether a sale that waits at the payment page is paid: nothing yet, or the way to how it stands.
    desk_purchase_yet(id: PurchaseId) = "/desk/purchases/{id}/yet" at "/desk/purchases/{purchase}/yet" as DESK_PURCHASE_YET;
    /// Calls off a sale that waits at the payment page.
    desk_call_off(id: PurchaseId) = "/desk/purchases/{id}/call-off" at "/desk/purchases/{purchase}/call-off" as DESK_CALL_OFF;
    /// Calls an unpaid sale off.
    desk_withdraw(id: PurchaseId) = "/desk/purchases/{id}/withdraw" at "/desk/purchases/{purchase}/withdraw" as DESK_WITHDRAW;
    /// One refund: how far it is, and the way on if it is stuck.
    desk_refund(id: RefundId) = "/desk/refunds/{id}" at "/desk/refunds/{refund}" as DESK_REFUND;
    /// Money back for a lot: every way of reckoning side by side; its form gives it back.
    desk_refund_lot(lot: LotId) = "/desk/lots/{lot}/refund" at "/desk/lots/{lot}/refund" as DESK_REFUND_LOT;
    /// Sends it to the payment provider again.
    desk_refund_again(id: RefundId) = "/desk/refunds/{id}/again" at "/desk/refunds/{refund}/again" as DESK_REFUND_AGAIN;
    /// Records that she gave the money back herself.
    desk_refund_by_hand(id: RefundId) = "/desk/refunds/{id}/by-hand" at "/desk/refunds/{refund}/by-hand" as DESK_REFUND_BY_HAND;
    /// Calls it off.
    desk_refund_undo(id: RefundId) = "/desk/refunds/{id}/undo" at "/desk/refunds/{refund}/undo" as DESK_REFUND_UNDO;
    /// Says what a refund that was made elsewhere takes back.
    desk_refund_answer(id: RefundId) = "/desk/refunds/{id}/answer" at "/desk/refunds/{refund}/answer" as DESK_REFUND_ANSWER;
    /// What of her money waits for a decision.
    desk_decisions() = "/desk/decisions" at "/desk/decisions" as DESK_DECISIONS;
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
    /// Her own feed, and calendars that are not ours; its form adds or tries one.
    desk_calendars() = "/desk/calendars" at "/desk/calendars" as DESK_CALENDARS;
    /// Makes the address of her feed, or another, or switches it off.
    desk_feed() = "/desk/calendars/feed" at "/desk/calendars/feed" as DESK_FEED;
    /// Reads such a calendar now.
    desk_outside_refresh(id: OutsideId) = "/desk/calendars/{id}/refresh" at "/desk/calendars/{outside}/refresh" as DESK_OUTSIDE_REFRESH;
    /// Takes such a calendar away.
    desk_outside_remove(id: OutsideId) = "/desk/calendars/{id}/remove" at "/desk/calendars/{outside}/remove" as DESK_OUTSIDE_REMOVE;
    /// What was, will be and was not sent.
    desk_messages() = "/desk/messages" at "/desk/messages" as DESK_MESSAGES;
    /// One message: how it reads, why it goes, what became of it.
    desk_message(id: MessageId) = "/desk/messages/{id}" at "/desk/messages/{message}" as DESK_MESSAGE;
    /// The message as HTML, for its frame.
    desk_message_html(id: MessageId) = "/desk/messages/{id}/html" at "/desk/messages/{message}/html" as DESK_MESSAGE_HTML;
    /// Sends a planned message now.
    desk_message_send(id: MessageId) = "/desk/messages/{id}/send" at "/desk/messages/{message}/send" as DESK_MESSAGE_SEND;
    /// Keeps a planned message from going.
    desk_message_withhold(id: MessageId) = "/desk/messages/{id}/withhold" at "/desk/messages/{message}/withhold" as DESK_MESSAGE_WITHHOLD;
    /// Writes to a client by hand.
    desk_write() = "/desk/messages/write" at "/desk/messages/write" as DESK_WRITE;
    /// Sends a nudge by hand: the page that shows it first, and its form.
    desk_nudge(lot: LotId, kind: &str) = "/desk/lots/{lot}/nudges/{kind}" at "/desk/lots/{lot}/nudges/{kind}" as DESK_NUDGE;
    /// How such a nudge reads, for its frame.
    desk_nudge_html(lot: LotId, kind: &str) = "/desk/lots/{lot}/nudges/{kind}/html" at "/desk/lots/{lot}/nudges/{kind}/html" as DESK_NUDGE_HTML;
    /// How what is being written reads, for its frame.
    desk_write_preview() = "/desk/messages/write/preview" at "/desk/messages/write/preview" as DESK_WRITE_PREVIEW;
    /// The words of every kind of message.
    desk_words() = "/desk/messages/words" at "/desk/messages/words" as DESK_WORDS;
    /// The words of one kind.
    desk_words_of(kind: &str) = "/desk/messages/words/{kind}" at "/desk/messages/words/{kind}" as DESK_WORDS_OF;
    /// How they read, for the frame: as kept, or as typed.
    desk_words_preview(kind: &str) = "/desk/messages/words/{kind}/preview" at "/desk/messages/words/{kind}/preview" as DESK_WORDS_PREVIEW;
    /// Tries a message again.
    desk_message_retry(id: MessageId) = "/desk/messages/{id}/retry" at "/desk/messages/{message}/retry" as DESK_MESSAGE_RETRY;
    /// Storefront, practice and own particulars.
    desk_settings() = "/desk/settings" at "/desk/settings" as DESK_SETTINGS;
    /// How the program stands: the owner's.
    desk_status() = "/desk/status" at "/desk/status" as DESK_STATUS;
    /// Saves the storefront's words and colour.
    desk_settings_storefront() = "/desk/settings/storefront" at "/desk/settings/storefront" as DESK_SETTINGS_STOREFRONT;
    /// Saves the practice's particulars.
    desk_settings_practice() = "/desk/settings/practice" at "/desk/settings/practice" as DESK_SETTINGS_PRACTICE;
    /// Takes a new portrait or cover.
    desk_settings_pictures() = "/desk/settings/pictures" at "/desk/settings/pictures" as DESK_SETTINGS_PICTURES;
    /// Changes the practitioner's password.
    desk_settings_password() = "/desk/settings/password" at "/desk/settings/password" as DESK_SETTINGS_PASSWORD;
    /// The people of the practice; its form invites.
    desk_people() = "/desk/people" at "/desk/people" as DESK_PEOPLE;
    /// Asks a second factor of everybody, or leaves it to each.
    desk_demand() = "/desk/people/second-factor" at "/desk/people/second-factor" as DESK_DEMAND;
    /// Takes away the second factor of one who has lost it.
    desk_member_factor(id: PractitionerId) = "/desk/people/{id}/second-factor" at "/desk/people/{member}/second-factor" as DESK_MEMBER_FACTOR;
    /// One of them.
    desk_member(id: PractitionerId) = "/desk/people/{id}" at "/desk/people/{member}" as DESK_MEMBER;
    /// Sends an invitation anew, or shows its link where no mail goes out.
    desk_member_again(id: PractitionerId) = "/desk/people/{id}/again" at "/desk/people/{member}/again" as DESK_MEMBER_AGAIN;
    /// Calls an invitation off.
    desk_member_revoke(id: PractitionerId) = "/desk/people/{id}/revoke" at "/desk/people/{member}/revoke" as DESK_MEMBER_REVOKE;
    /// Makes a sign-in link for a member, where no mail goes out; the answer holds it.
    desk_member_link(id: PractitionerId) = "/desk/people/{id}/link" at "/desk/people/{member}/link" as DESK_MEMBER_LINK;
    /// Gives a member another role.
    desk_member_role(id: PractitionerId) = "/desk/people/{id}/role" at "/desk/people/{member}/role" as DESK_MEMBER_ROLE;
    /// Lets a member leave.
    desk_member_leave(id: PractitionerId) = "/desk/people/{id}/leave" at "/desk/people/{member}/leave" as DESK_MEMBER_LEAVE;
    /// Lets a member come back.
    desk_member_back(id: PractitionerId) = "/desk/people/{id}/back" at "/desk/people/{member}/back" as DESK_MEMBER_BACK;
    /// The sign-in of a member who has no desk of her own.
    desk_account() = "/desk/account" at "/desk/account" as DESK_ACCOUNT;
    /// A practitioner's own account at the payment provider.
    desk_till() = "/desk/till" at "/desk/till" as DESK_TILL;
    /// Sells with the practice's account again.
    desk_till_remove() = "/desk/till/remove" at "/desk/till/remove" as DESK_TILL_REMOVE;
    /// The books: what was collected, given back, earned and is owed, by month.
    desk_money() = "/desk/money" at "/desk/money" as DESK_MONEY;
    /// Receipts and credit notes.
    desk_receipts() = "/desk/money/receipts" at "/desk/money/receipts" as DESK_RECEIPTS;
    /// One of them.
    desk_receipt(number: u64) = "/desk/money/receipts/{number}" at "/desk/money/receipts/{number}" as DESK_RECEIPT;
    /// The same as a PDF.
    desk_receipt_pdf(number: u64) = "/desk/money/receipts/{number}/receipt.pdf" at "/desk/money/receipts/{number}/receipt.pdf" as DESK_RECEIPT_PDF;
    /// A table of the books as a file.
    desk_money_file(name: &str) = "/desk/money/files/{name}.csv" at "/desk/money/files/{file}" as DESK_MONEY_FILE;
    /// How it stands with one client, to hand over.
    desk_statement(id: ClientId) = "/desk/clients/{id}/statement" at "/desk/clients/{client}/statement" as DESK_STATEMENT;
    /// The same as a file: `statement.pdf`, `statement.csv`.
    desk_statement_file(id: ClientId, ending: &str) = "/desk/clients/{id}/statement/{ending}" at "/desk/clients/{client}/statement/{ending}" as DESK_STATEMENT_FILE;
}
