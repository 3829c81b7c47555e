//! The addresses of visitors, clients, the wizard, machines that talk to us, and the demo.

use crate::domain::id::{BookingId, LotId, MessageId, PractitionerId, PurchaseId};
use crate::domain::text::Slug;

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
    /// Where an invitation to the practice is accepted.
    join(token: &str) = "/join/{token}" at "/join/{token}" as JOIN;
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
    /// The same time every week; its form books.
    weekly(lot: LotId) = "/me/book/{lot}/weekly" at "/me/book/{lot}/weekly" as WEEKLY;
    /// "Shall we book these?"
    weekly_confirm(lot: LotId) = "/me/book/{lot}/weekly/confirm" at "/me/book/{lot}/weekly/confirm" as WEEKLY_CONFIRM;
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
    /// The same as a PDF.
    receipt_pdf(number: u64) = "/me/receipts/{number}/receipt.pdf" at "/me/receipts/{number}/receipt.pdf" as RECEIPT_PDF;
    /// The client's own particulars, password and wishes.
    profile() = "/me/profile" at "/me/profile" as PROFILE;
    /// Sets or changes the client's password.
    profile_password() = "/me/profile/password" at "/me/profile/password" as PROFILE_PASSWORD;
    /// What is kept about the client, as a file.
    profile_data() = "/me/profile/data.json" at "/me/profile/data.json" as PROFILE_DATA;
    /// Where the client asks to be erased.
    profile_erase() = "/me/profile/erase" at "/me/profile/erase" as PROFILE_ERASE;
    /// Which nudges the client takes.
    profile_wishes() = "/me/profile/wishes" at "/me/profile/wishes" as PROFILE_WISHES;
    /// Makes the address of the client's feed, or another, or switches it off.
    profile_feed() = "/me/profile/feed" at "/me/profile/feed" as PROFILE_FEED;
    /// Sets the zone in which times are shown.
    zone() = "/me/zone" at "/me/zone" as ZONE;

    /// The first-run wizard: the code from the console.
    setup() = "/setup" at "/setup" as SETUP;
    /// A step of the wizard, 1 to 5.
    setup_step(step: u8) = "/setup/{step}" at "/setup/{step}" as SETUP_STEP;

    /// Where the payment provider tells its news.
    stripe_hook() = "/hooks/stripe" at "/hooks/stripe" as STRIPE_HOOK;
    /// Where the provider tells the news of a practitioner's own account.
    stripe_hook_own(whose: PractitionerId) = "/hooks/stripe/{whose}" at "/hooks/stripe/{practitioner}" as STRIPE_HOOK_OWN;
    /// A person's sessions, for calendar programs; whoever has the address may read it.
    feed(token: &str) = "/feeds/{token}.ics" at "/feeds/{file}" as FEED;
    /// How a device comes to trust the practice's own certificate authority.
    trust() = "/trust" at "/trust" as TRUST;
    /// That authority's certificate.
    trust_certificate() = "/trust/fiddlehead.crt" at "/trust/fiddlehead.crt" as TRUST_CERTIFICATE;
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
    /// The demo's one-click sign-in for the front desk.
    demo_front_desk() = "/demo/in/front-desk" at "/demo/in/front-desk" as DEMO_FRONT_DESK;
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
