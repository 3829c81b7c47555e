//! The data came back from a backup: what that means, what waits, and the word that lets them go.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::keeping::hold::{Held, Provider};
use crate::domain::time::{Zone, long_moment};
use crate::views::link;
use crate::views::text::Said;
use crate::views::ui::{self, Button, Choice, Choices, Note};

/// What the page shows.
#[derive(Debug)]
pub struct Hold<'a> {
    /// Since when they are held, and from when they are.
    pub held: Held,
    /// How far the provider was asked.
    pub provider: Provider,
    /// Messages that would go at once.
    pub messages: usize,
    /// Packages and sessions whose date has come.
    pub lots: usize,
    /// Refunds that wait.
    pub refunds: usize,
    /// Payments that these data do not know, if the provider was just asked: the provider's name, and the amount.
    pub unknown: Option<&'a [(String, String)]>,
    /// What stands in the way.
    pub refused: Option<&'a Said>,
}

/// The line at the top of every page of the desk while the data are held; the way on is the owner's.
#[must_use]
pub fn banner(owner: Option<&str>) -> Markup {
    let more = html! {
        "No message goes, no refund is sent and no date is written down until the owner says so. "
        @if let Some(href) = owner { a href=(href) { "Look at it, and let it go on" } "." }
    };
    html! { div.said { (ui::note(Note::Warn, "These data came back from a backup.", more)) } }
}

/// The page, for the owner.
#[must_use]
pub fn page(desk: &Desk<'_>, hold: &Hold<'_>) -> Markup {
    let zone = desk.zone();
    let made = long_moment(hold.held.backup_made_at, zone);
    let main = html! {
        (super::head(None, "Back from a backup", html! { "They are as they were " (made) ". What happened after that is not in them." }))
        div."narrow form" {
            @if let Some(said) = hold.refused { (ui::note(Note::Bad, &said.what, html! { (said.then) })) }
            h2 { "1. What Stripe knows" }
            (provider(hold, zone))
            @if let Some(unknown) = hold.unknown { (unknown_payments(unknown)) }
            h2 { "2. What waits" }
            ul.plainlist {
                li { (counted(hold.messages, "message is due", "messages are due")) }
                li { (counted(hold.lots, "package or session has reached its date", "packages or sessions have reached their date")) }
                li { (counted(hold.refunds, "refund waits to be sent", "refunds wait to be sent")) }
            }
            p { "Sessions that were booked, moved or called off after the backup are missing. Look at the " a href=(link::desk_calendar()) { "calendar" } " first, and put right what you remember." }
            h2 { "3. Let it go on" }
            (go(hold))
        }
    };
    desk.page("Back from a backup", Tab::None, &main)
}

/// The page where nothing is held.
#[must_use]
pub fn nothing(desk: &Desk<'_>) -> Markup {
    let main = html! {
        (super::head(None, "Back from a backup", html! {}))
        (ui::note(Note::Good, "Nothing is held.", html! { "Everything runs as usual." }))
    };
    desk.page("Back from a backup", Tab::None, &main)
}

fn counted(number: usize, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        more => format!("{more} {many}"),
    }
}

fn provider(hold: &Hold<'_>, zone: &Zone) -> Markup {
    let ask = |words: &str| {
        html! {
            form.form method="post" action=(link::desk_hold_ask()) {
                (ui::submit(Button::new(words).quiet(), html! { "It is asked for everything since the backup. This may take a minute." }))
            }
        }
    };
    match hold.provider {
        Provider::None => html! { p { "Clients pay at the practice: there is nothing to ask." } },
        Provider::Waits => html! {
            (ui::note(Note::Warn, "Stripe has not been asked yet, or did not answer.", html! { "Payments and refunds since the backup are settled when it has." }))
            (ask("Ask Stripe now"))
        },
        Provider::Asked(until) => html! {
            (ui::note(Note::Good, "Stripe was asked.", html! { "All that it knows of these purchases is settled, until " (long_moment(until, zone)) "." }))
            (ask("Ask once more, and list payments that are missing here"))
        },
    }
}

fn unknown_payments(unknown: &[(String, String)]) -> Markup {
    html! {
        @if unknown.is_empty() {
            (ui::note(Note::Good, "No payment is missing here.", html! { "Everything that was paid since the backup belongs to a purchase in these data." }))
        } @else {
            (ui::note(Note::Warn, "These payments were made after the backup.", html! {
                "Look each up at Stripe to see who paid, and give the client the sessions by hand: on the client’s page, sell the package and mark it as paid."
            }))
            ul.plainlist { @for (checkout, amount) in unknown { li { (amount) " " code { (checkout) } } } }
        }
    }
}

fn go(hold: &Hold<'_>) -> Markup {
    let late = [
        Choice::with_detail(
            "aside",
            "Set them aside",
            "most had gone from the old machine; each is kept with this reason",
        ),
        Choice::with_detail("send", "Send them", "if you know that they did not go"),
    ];
    html! {
        form.form method="post" action=(link::desk_hold()) {
            (Choices::one("late", "Messages that were due before the data came back", &late).chosen("aside"))
            @if hold.provider == Provider::Waits {
                p { "This can be pressed when Stripe has been asked." }
            }
            (ui::submit(Button::new("Let it go on"), html! { "From now on everything runs as usual." }))
        }
    }
}
