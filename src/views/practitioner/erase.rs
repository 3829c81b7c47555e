//! A client's own data to hand over, and erasing her: what goes, what the books keep, and what has to be settled before.

use maud::{Markup, html};

use super::{Desk, Tab, moment};
use crate::domain::calendar::booking::Booking;
use crate::domain::people::client::Client;
use crate::domain::people::erasure::Refusal;
use crate::views::art::Icon;
use crate::views::link;
use crate::views::text::{counted, sessions};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// What is kept about her, to hand over.
#[must_use]
pub fn data(desk: &Desk<'_>, client: &Client) -> Markup {
    let href = link::desk_client(client.id);
    let first = client.name.first_word();
    let file = link::desk_data_file(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), &format!("What is kept about {first}"), html! { (client.name) }))
        div."narrow form" {
            p {
                "Everybody may ask what is kept about them. The file has " (first) "’s particulars, purchases, credits with their "
                "ledger, sessions, and the notes that you shared. " (first) " can also take it from the page “About you”."
            }
            div.cluster {
                (Button::new("Download the file").icon(Icon::Down).link(&file))
                (Button::new("With your private notes").quiet().link(&link::asking(&file, &[("notes", "all")])))
            }
            p.hint { "Your private notes are yours. Whether they go along is for you to decide, and for your profession’s rules." }
            h2 { "Erase" }
            p { "If " (first) " asks to be forgotten, the next page shows what goes and what your books must keep." }
            div.cluster { (Button::new("See what erasing does").quiet().link(&link::desk_erase(client.id))) }
        }
    };
    desk.page("What is kept", Tab::Clients, &main)
}

/// What erasing does.
#[derive(Debug, Clone)]
pub struct Erasing<'a> {
    /// Whom.
    pub client: &'a Client,
    /// What stands against it.
    pub against: Option<Refusal>,
    /// Sessions ahead that this practitioner can call off.
    pub ahead: Vec<&'a Booking>,
    /// Purchases that stay without her name.
    pub purchases_kept: usize,
    /// Notes that are destroyed.
    pub notes_destroyed: usize,
    /// Credits that are of no use afterwards.
    pub credits_left: u32,
}

/// The page that shows it first.
#[must_use]
pub fn page(desk: &Desk<'_>, erasing: &Erasing<'_>, typed: &Typed) -> Markup {
    let client = erasing.client;
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), &format!("Erase {}", client.name), html! { "Nothing has been erased yet." }))
        div."narrow form" {
            (what_goes(erasing))
            @match erasing.against {
                Some(why) => (before(desk, erasing, why)),
                None => (confirm(erasing, typed)),
            }
        }
    };
    desk.page("Erase a client", Tab::Clients, &main)
}

fn what_goes(erasing: &Erasing<'_>) -> Markup {
    let n = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let first = erasing.client.name.first_word();
    html! {
        h2 { "What goes" }
        ul.facts {
            li { "Name, email address, phone number, time zone and password" }
            li { (counted(n(erasing.notes_destroyed), "note", "notes")) ", with the key that opens them" }
            li { "How messages to " (first) " read, and every message that was still to go" }
            li { "Every sign-in of " (first) "’s, and the words beside payments and credits" }
        }
        h2 { "What your books keep" }
        ul.facts {
            li { (counted(n(erasing.purchases_kept), "purchase", "purchases")) " with their amounts, dates and receipt numbers" }
            li { "The ledger of the credits and the times of the sessions" }
        }
        p { "They stand there under “Erased”, without anything that says who it was. Copies in backups live as long as those do." }
    }
}

/// She has sessions with others too.
#[must_use]
pub fn of_others(desk: &Desk<'_>, client: &Client) -> Markup {
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), &format!("Erase {}", client.name), html! { "Nothing has been erased." }))
        div."narrow form" {
            (ui::note(Note::Info, "This client has sessions with another practitioner too.", html! {
                "The owner of the practice can erase, or the client asks for it from the page “About you”."
            }))
            p { a href=(href) { "Back to the client" } }
        }
    };
    desk.page("Erase a client", Tab::Clients, &main)
}

/// What has to be settled first.
fn before(desk: &Desk<'_>, erasing: &Erasing<'_>, why: Refusal) -> Markup {
    let first = erasing.client.name.first_word();
    match why {
        Refusal::PaymentOnItsWay => ui::note(
            Note::Warn,
            "A payment may be on its way.",
            html! {
                "When the payment provider has said what became of it, erasing is possible."
            },
        ),
        Refusal::SessionsAhead(all) => {
            let hers = erasing.ahead.len();
            html! {
                (ui::note(Note::Warn, &format!("{} still to come.", sessions(u32::try_from(all).unwrap_or(u32::MAX))), html! {
                    "They have to be canceled first, and the credits come back. " (desk.post.tells(&format!("{first} gets word of it."), first))
                }))
                @if hers > 0 {
                    ul.plainlist {
                        @for booking in &erasing.ahead {
                            li { a href=(link::desk_booking(booking.id)) { (moment(booking.starts_at, desk.zone())) } }
                        }
                    }
                    form method="post" action=(link::desk_erase_sessions(erasing.client.id)) {
                        (ui::submit(Button::new("Cancel these sessions").danger(), html! { "Their credits come back. Nothing is erased yet." }))
                    }
                }
                @if hers < all { p { "Some are with another practitioner, who has to cancel them." } }
            }
        }
    }
}

fn confirm(erasing: &Erasing<'_>, typed: &Typed) -> Markup {
    let client = erasing.client;
    let action = link::desk_erase(client.id);
    let left = erasing.credits_left;
    html! {
        @if left > 0 {
            (ui::note(Note::Warn, &format!("{} left to book, which nobody can use afterwards.", sessions(left)), html! {
                "Settle them first if they were paid: give the money back, or agree that they end. Afterwards nobody can be asked."
            }))
        }
        form.form method="post" action=(action) {
            (ui::amiss(typed, "Nothing is erased."))
            @if left > 0 {
                (ui::consent("settled", html! { "It is settled with " (client.name.first_word()) " what becomes of them." }, typed.error("settled")))
            }
            (Field::new("email", "Type the email address to confirm").value(typed.value("email")).required()
                .hint("It is the one at the head of the client’s page. Erasing cannot be undone.").error(typed.error("email")))
            (ui::submit(Button::new(&format!("Erase {}", client.name)).danger(), html! { a href=(link::desk_client(client.id)) { "Leave everything as it is" } }))
        }
    }
}
