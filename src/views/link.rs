//! Every address of the program, spelled once. Views and mails link by these; `web` routes by the patterns beside them.

use crate::domain::email::EmailAddress;
use crate::domain::id::{BookingId, ClientId, ClosureId, LotId, MessageId, PackageId, PurchaseId};
use crate::domain::text::Slug;
use crate::domain::time::Timestamp;
use jiff::civil::Date;

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) = $format:literal at $pattern:literal as $route:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name($($arg: $kind),*) -> String {
                format!($format)
            }
        )*
        /// The patterns that the router listens at, by the name of their function.
        pub mod route {
            $(
                #[doc = concat!("Where [`super::", stringify!($name), "`] leads.")]
                pub const $route: &str = $pattern;
            )*
        }
    };
}

addresses! {
    /// The practice's front page: its one storefront, or all of them.
    home() = "/" at "/" as HOME;
    /// A practitioner's storefront.
    storefront(who: &Slug) = "/{who}" at "/{practitioner}" as STOREFRONT;
    /// A package's page.
    package(who: &Slug, package: &Slug) = "/{who}/{package}" at "/{practitioner}/{package}" as PACKAGE;
    /// Where a package is bought.
    checkout(who: &Slug, package: &Slug) = "/{who}/{package}/checkout" at "/{practitioner}/{package}/checkout" as CHECKOUT;
    /// Where a package is bought again: with what is known filled in.
    renew(lot: LotId) = "/me/renew/{lot}" at "/me/renew/{lot}" as RENEW;
    /// The page after payment.
    bought(purchase: PurchaseId) = "/bought/{purchase}" at "/bought/{purchase}" as BOUGHT;
    /// Whether the payment has come meanwhile; asked by the waiting page.
    bought_yet(purchase: PurchaseId) = "/bought/{purchase}/yet" at "/bought/{purchase}/yet" as BOUGHT_YET;

    /// Where clients sign in.
    sign_in() = "/sign-in" at "/sign-in" as SIGN_IN;
    /// "Look in your email", with a field for the code.
    sign_in_sent() = "/sign-in/sent" at "/sign-in/sent" as SIGN_IN_SENT;
    /// Where the code of the mail is typed.
    sign_in_code() = "/sign-in/code" at "/sign-in/code" as SIGN_IN_CODE;
    /// Where a password is typed instead.
    sign_in_password() = "/sign-in/password" at "/sign-in/password" as SIGN_IN_PASSWORD;
    /// The link of the mail: a page with a button; the button's form goes to the same address.
    sign_in_link(token: &str) = "/sign-in/link/{token}" at "/sign-in/link/{token}" as SIGN_IN_LINK;
    /// Signs the browser out.
    sign_out() = "/sign-out" at "/sign-out" as SIGN_OUT;
    /// Ends one kind of nudge.
    unsubscribe(token: &str) = "/unsubscribe/{token}" at "/unsubscribe/{token}" as UNSUBSCRIBE;

    /// The client's dashboard.
    me() = "/me" at "/me" as ME;
    /// Free times for a session from a lot.
    book(lot: LotId) = "/me/book/{lot}" at "/me/book/{lot}" as BOOK;
    /// "Shall we book this?"
    book_confirm(lot: LotId) = "/me/book/{lot}/confirm" at "/me/book/{lot}/confirm" as BOOK_CONFIRM;
    /// Where bookings are made.
    bookings() = "/me/bookings" at "/me/bookings" as BOOKINGS;
    /// One session.
    booking(id: BookingId) = "/me/bookings/{id}" at "/me/bookings/{booking}" as BOOKING;
    /// Move or cancel a session.
    change(id: BookingId) = "/me/bookings/{id}/change" at "/me/bookings/{booking}/change" as CHANGE;
    /// Free times to move a session to; its form moves it.
    move_booking(id: BookingId) = "/me/bookings/{id}/move" at "/me/bookings/{booking}/move" as MOVE;
    /// "Shall we move it?"
    move_confirm(id: BookingId) = "/me/bookings/{id}/move/confirm" at "/me/bookings/{booking}/move/confirm" as MOVE_CONFIRM;
    /// Calls a session off.
    cancel(id: BookingId) = "/me/bookings/{id}/cancel" at "/me/bookings/{booking}/cancel" as CANCEL;
    /// A session as a calendar file.
    booking_ics(id: BookingId) = "/me/bookings/{id}/session.ics" at "/me/bookings/{booking}/session.ics" as BOOKING_ICS;
    /// A lot's ledger in sentences.
    ledger(lot: LotId) = "/me/sessions/{lot}" at "/me/sessions/{lot}" as LEDGER;
    /// A receipt.
    receipt(number: u64) = "/me/receipts/{number}" at "/me/receipts/{number}" as RECEIPT;
    /// The client's own particulars, password and wishes.
    profile() = "/me/profile" at "/me/profile" as PROFILE;
    /// Sets or changes the client's password.
    profile_password() = "/me/profile/password" at "/me/profile/password" as PROFILE_PASSWORD;
    /// Which nudges the client takes.
    profile_wishes() = "/me/profile/wishes" at "/me/profile/wishes" as PROFILE_WISHES;
    /// Sets the zone in which times are shown.
    zone() = "/me/zone" at "/me/zone" as ZONE;

    /// The practitioner's first room: today.
    desk() = "/desk" at "/desk" as DESK;
    /// Where practitioners sign in.
    desk_sign_in() = "/desk/sign-in" at "/desk/sign-in" as DESK_SIGN_IN;
    /// Where a practitioner asks for a link instead of typing a password.
    desk_sign_in_link() = "/desk/sign-in/link" at "/desk/sign-in/link" as DESK_SIGN_IN_LINK;
    /// The sessions of a week.
    desk_calendar() = "/desk/calendar" at "/desk/calendar" as DESK_CALENDAR;
    /// All clients.
    desk_clients() = "/desk/clients" at "/desk/clients" as DESK_CLIENTS;
    /// One client, with the ledger.
    desk_client(id: ClientId) = "/desk/clients/{id}" at "/desk/clients/{client}" as DESK_CLIENT;
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

    /// The first-run wizard: the code from the console.
    setup() = "/setup" at "/setup" as SETUP;
    /// A step of the wizard, 1 to 4.
    setup_step(step: u8) = "/setup/{step}" at "/setup/{step}" as SETUP_STEP;

    /// Where the payment provider tells its news.
    stripe_hook() = "/hooks/stripe" at "/hooks/stripe" as STRIPE_HOOK;
    /// Whether the program is well.
    healthz() = "/healthz" at "/healthz" as HEALTHZ;
    /// The stylesheet with a practitioner's colour.
    brand_css(who: &Slug, hash: &str) = "/brand/{who}-{hash}.css" at "/brand/{file}" as BRAND;
    /// A practitioner's portrait or cover.
    picture(who: &Slug, which: &str, hash: &str) = "/pictures/{who}/{which}-{hash}.jpg" at "/pictures/{practitioner}/{file}" as PICTURE;

    /// The demo's one-click sign-in for a client.
    demo_client() = "/demo/in/client" at "/demo/in/client" as DEMO_CLIENT;
    /// The demo's one-click sign-in for a practitioner.
    demo_practitioner() = "/demo/in/practitioner" at "/demo/in/practitioner" as DEMO_PRACTITIONER;
    /// The demo's mailbox.
    demo_mail() = "/demo/mail" at "/demo/mail" as DEMO_MAIL;
    /// One captured mail.
    demo_letter(id: MessageId) = "/demo/mail/{id}" at "/demo/mail/{message}" as DEMO_LETTER;
    /// The HTML of a captured mail, on a page of its own that may hold inline styles.
    demo_letter_html(id: MessageId) = "/demo/mail/{id}/html" at "/demo/mail/{message}/html" as DEMO_LETTER_HTML;
    /// The sandbox till's page.
    demo_till(checkout: &str) = "/demo/till/{checkout}" at "/demo/till/{checkout}" as DEMO_TILL;
    /// The time machine.
    demo_clock() = "/demo/clock" at "/demo/clock" as DEMO_CLOCK;
}

/// First parts of addresses that no practitioner's storefront may have.
pub const RESERVED: [&str; 20] = [
    "assets",
    "bought",
    "brand",
    "calendar",
    "checkout",
    "demo",
    "desk",
    "favicon.ico",
    "feeds",
    "healthz",
    "hooks",
    "me",
    "metrics",
    "pictures",
    "robots.txt",
    "setup",
    "sign-in",
    "sign-out",
    "status",
    "unsubscribe",
];

/// An address with a day chosen: `?day=2026-04-21`.
#[must_use]
pub fn on_day(address: &str, day: Date) -> String {
    format!("{address}?day={day}")
}

/// An address with a time chosen, as the buttons of a list of times send it: `?slot=2026-04-21T15:00:00Z`.
#[must_use]
pub fn at_slot(address: &str, slot: Timestamp) -> String {
    format!("{address}?slot={slot}")
}

/// The sign-in page, coming back to an address of ours afterwards.
#[must_use]
pub fn sign_in_then(address: &str) -> String {
    then(&sign_in(), address)
}

/// "Look in your email" for an address, coming back to an address of ours afterwards, if there is one.
#[must_use]
pub fn sign_in_sent_to(email: &EmailAddress, next: &str) -> String {
    let sent = format!("{}?email={}", sign_in_sent(), escape(&email.to_string()));
    if next.is_empty() { sent } else { format!("{sent}&next={}", escape(next)) }
}

/// A door that leads to an address of ours afterwards.
#[must_use]
pub fn then(door: &str, address: &str) -> String {
    format!("{door}?next={}", escape(address))
}

/// An address of ours to come back to, from outside; anything else is the dashboard. A path only: never another host.
#[must_use]
pub fn safe_next(address: Option<&str>) -> String {
    let ours = |address: &&str| {
        address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\r', '\n', '\t'])
    };
    address.filter(ours).map_or_else(me, str::to_owned)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_our_own_pages_only() {
        assert_eq!(safe_next(Some("/me/book/x?day=2026-04-21")), "/me/book/x?day=2026-04-21");
        for elsewhere in
            [None, Some("https://evil.example"), Some("//evil.example"), Some("/\\evil.example"), Some("me")]
        {
            assert_eq!(safe_next(elsewhere), "/me");
        }
        assert_eq!(sign_in_then("/me/book/x?day=1"), "/sign-in?next=/me/book/x%3Fday%3D1");
    }

    #[test]
    fn no_storefront_stands_in_the_way_of_a_page() {
        for pattern in [
            route::ME,
            route::DESK,
            route::SETUP,
            route::SIGN_IN,
            route::BOUGHT,
            route::STRIPE_HOOK,
            route::DEMO_MAIL,
            route::PICTURE,
            route::BRAND,
            route::UNSUBSCRIBE,
            route::HEALTHZ,
            route::SIGN_OUT,
        ] {
            let first = pattern.split('/').nth(1).unwrap();
            assert!(RESERVED.contains(&first), "{first}");
        }
    }
}
