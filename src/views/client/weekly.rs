//! "Same time every week" for a client: the dates, and "shall we book these?"

use maud::{Markup, html};

use crate::domain::credits::lot::Lot;
use crate::domain::people::practitioner::Practitioner;
use crate::views::around::{Around, Here, Page};
use crate::views::ui::{self, Note};
use crate::views::weekly::{self, Chosen, Dates};
use crate::views::{link, text};

/// Every date of the series; `said` is what became of an earlier choice.
#[must_use]
pub fn dates(
    around: &Around<'_>,
    (lot, with): (&Lot, &Practitioner),
    dates: &Dates<'_>,
    said: Option<&text::Said>,
) -> Markup {
    let back = link::on_day(&link::book(lot.id), dates.zone.date(dates.first));
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&back, "Choose another time"))
            h1 { "Same time every week" }
            p.sub { (text::length(lot.offer.length_minutes)) " with " (with.name) }
            @if let Some(said) = said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            (weekly::dates(dates))
            p.hint.gap {
                (text::times_in(dates.zone))
                @if with.zone != *dates.zone { " The time stays the same by " (with.name.first_word()) "’s clock, so yours may differ by an hour when clocks change." }
            }
        }
    };
    around.page(Page::new("Same time every week", Here::Book), &main)
}

/// "Shall we book these?"
#[must_use]
pub fn confirm(around: &Around<'_>, lot: &Lot, chosen: &Chosen<'_>) -> Markup {
    let back = link::at_slot(&link::weekly(lot.id), chosen.first);
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&back, "The dates"))
            h1 { "Shall we book these?" }
            (weekly::chosen(chosen))
            p.hint.gap { (text::times_in(chosen.zone)) " Each of them can be moved or canceled by itself." }
        }
    };
    around.page(Page::new("Shall we book these?", Here::Book), &main)
}
