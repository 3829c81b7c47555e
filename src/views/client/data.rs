//! Asking to be erased: what goes, what the practice must keep, what to think of before.

use maud::{Markup, html};

use crate::domain::people::client::Client;
use crate::views::around::{Around, Here, Page};
use crate::views::link;
use crate::views::text::sessions;
use crate::views::ui::{self, Button, Field, Note};

/// The page; `left` are sessions that she could still book, `ahead` those that are booked.
#[must_use]
pub fn erase(
    around: &Around<'_>,
    client: &Client,
    (left, ahead): (u32, u32),
    (typed, wrong): (&str, Option<&str>),
) -> Markup {
    let main = html! {
        div."wrap narrow form" {
            (ui::crumb(&link::profile(), "About you"))
            h1 { "Ask to be erased" }
            p { "The practice is asked to erase what is kept about you. It looks at it first, so this is not done at once." }
            h2 { "What goes" }
            p { "Your name, email address, phone number and password, every note about you, and how our messages to you read." }
            h2 { "What the practice must keep" }
            p { "Amounts, dates and numbers of receipts, and the times of sessions, without your name. The law on bookkeeping asks for it." }
            @if left + ahead > 0 {
                (ui::note(Note::Warn, &of_use(left, ahead), html! {
                    "Sessions that are booked are canceled, and those that are left cannot be booked by anybody. If you would rather have "
                    "money back, write to the practice first."
                }))
            }
            p { "You may want to " a href=(link::profile_data()) { "download what is kept about you" } " before." }
            form.form method="post" action=(link::profile_erase()) {
                (Field::new("email", "Type your email address to confirm").kind("email").autocomplete("email").value(typed)
                    .required().error(wrong))
                (ui::submit(Button::new("Ask to be erased").danger(), html! {
                    "The practice gets a message now. You stay signed in until it is done. " a href=(link::profile()) { "Leave everything as it is" }
                }))
            }
            p.hint { "Signed in as " (client.email) "." }
        }
    };
    around.page(Page::new("Ask to be erased", Here::Profile), &main)
}

fn of_use(left: u32, ahead: u32) -> String {
    match (left, ahead) {
        (0, ahead) => format!("You have {} booked.", sessions(ahead)),
        (left, 0) => format!("You have {} left to book.", sessions(left)),
        (left, ahead) => format!("You have {} booked and {} left to book.", sessions(ahead), sessions(left)),
    }
}
