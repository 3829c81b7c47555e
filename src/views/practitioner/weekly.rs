//! "Same time every week" at the desk: the dates, and "shall we book these?"

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::credits::lot::Lot;
use crate::domain::people::client::Client;
use crate::views::ui::{self, Note};
use crate::views::weekly::{self, Chosen, Dates};
use crate::views::{link, text};

/// Every date of the series; `said` is what became of an earlier choice.
#[must_use]
pub fn dates(desk: &Desk<'_>, client: &Client, dates: &Dates<'_>, said: Option<&text::Said>) -> Markup {
    let back = link::at_slot(&link::desk_book(client.id), dates.first);
    let main = html! {
        (super::head(Some((&back, "Another time")), "Same time every week", html! { "For " (client.name) }))
        div.narrow {
            @if let Some(said) = said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            (weekly::dates(dates))
            p.hint.calfoot { (text::times_in(dates.zone)) }
        }
    };
    desk.page("Same time every week", Tab::Clients, &main)
}

/// "Shall we book these?"
#[must_use]
pub fn confirm(desk: &Desk<'_>, client: &Client, lot: &Lot, chosen: &Chosen<'_>) -> Markup {
    let back = link::at_slot(&link::desk_weekly(lot.id), chosen.first);
    let main = html! {
        (super::head(Some((&back, "The dates")), "Shall we book these?", html! { "For " (client.name) }))
        div.narrow {
            (weekly::chosen(chosen))
            p.hint.calfoot { (text::times_in(chosen.zone)) " "
                (desk.post.tells(&format!("We write to {} about each of them.", client.name.first_word()), client.name.first_word())) }
        }
    };
    desk.page("Shall we book these?", Tab::Clients, &main)
}
