//! The refund workbench: what every way of reckoning comes to, side by side; then what the chosen one does, before it is done.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Desk, Tab, counter_of, moment};
use crate::domain::billing::payment::Payment;
use crate::domain::billing::refund::{Ask, Facts, Method, Quote, Way, Worth, cooling_off_until};
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::Sitting;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::time::long_date;
use crate::views::link;
use crate::views::text::{self, Said, sessions, times_in};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note};

/// What lies on the bench.
#[derive(Debug, Clone)]
pub struct Bench<'a> {
    /// The lot and what it amounts to.
    pub counted: &'a Counted,
    /// Whose credits they are.
    pub client: &'a Client,
    /// Who paid, and gets the money.
    pub payer: &'a Client,
    /// The payment.
    pub payment: &'a Payment,
    /// What is reckoned from, with the sessions that are ticked called off.
    pub facts: Facts,
    /// What every way comes to.
    pub quotes: &'a [Quote],
    /// The booked sessions that could be called off.
    pub ahead: &'a [Sitting],
    /// The ways in which money can go back, by name.
    pub ways: &'a [(&'static str, &'static str)],
    /// Today, where the practice is.
    pub today: Date,
}

/// The name of a way of reckoning in forms.
#[must_use]
pub const fn method_name(method: Method) -> &'static str {
    match method {
        Method::ProRata => "pro-rata",
        Method::SinglePrice(_) => "single",
        Method::Whole => "whole",
        Method::Own => "own",
    }
}

/// Why nothing of a lot can be given back here, in place of the bench.
#[must_use]
pub fn nothing(desk: &Desk<'_>, lot: &Lot, client: &Client, why: &Said) -> Markup {
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Refund", html! { (lot.offer.name) }))
        div.narrow {
            (ui::note(Note::Info, &why.what, html! { (why.then) }))
            p { (Button::new("Correct the number").quiet().link(&link::desk_adjust(lot.id))) }
        }
    };
    desk.page("Refund", Tab::Clients, &main)
}

/// The bench itself: one form, which reckons anew or goes on to what it would do.
#[must_use]
pub fn page(desk: &Desk<'_>, bench: &Bench<'_>, typed: &Typed, refused: Option<&Said>) -> Markup {
    let (lot, balance) = bench.counted;
    let href = link::desk_client(bench.client.id);
    let main = html! {
        (super::head(Some((&href, bench.client.name.as_str())), "Refund", html! { (lot.offer.name) }))
        @if let Some(said) = refused { (ui::note(Note::Bad, &said.what, html! { (said.then) })) }
        div.split {
            form."split-main form bench" method="get" action=(link::desk_refund_lot(lot.id)) {
                input type="hidden" name="seen" value="1";
                (released(desk, bench, typed))
                (reckoning(bench, typed))
                (Button::new("Reckon again").quiet().small().sends("then", "reckon"))
                (quotes(bench, typed))
                (back(bench, typed))
                (ui::submit(Button::new("See what it does").sends("then", "preview"), html! { "Nothing is done yet." }))
            }
            aside.split-side {
                div."ba one" {
                    (crate::views::frond::frond(counter_of(balance)))
                    p { (standing(bench)) }
                }
                (collected(bench))
            }
        }
        p.hint.calfoot { (times_in(desk.zone())) }
    };
    desk.page("Refund", Tab::Clients, &main)
}

fn standing(bench: &Bench<'_>) -> Markup {
    let facts = &bench.facts;
    html! {
        b { (facts.used) " used, " (facts.kept + facts.released) " booked, " (facts.free) " left." }
        @if facts.expired > 0 { " " (facts.expired) " reached their date; they are not given back." }
    }
}

fn collected(bench: &Bench<'_>) -> Markup {
    let facts = &bench.facts;
    html! {
        dl.sum {
            div { dt { "Paid" } dd { (bench.payment.amount) } }
            div { dt { "How" } dd { (text::capital(text::means(&bench.payment.means))) } }
            div { dt { "On" } dd { (long_date(bench.payment.on)) } }
            @if facts.stake != bench.payment.amount { div { dt { "For these sessions" } dd { (facts.stake) } } }
            @if !facts.given.of_lot.is_zero() { div { dt { "Given back before" } dd { (facts.given.of_lot) } } }
            div.total { dt { "At most" } dd { (facts.most()) } }
        }
    }
}

/// The booked sessions, each to be ticked or left.
fn released(desk: &Desk<'_>, bench: &Bench<'_>, typed: &Typed) -> Markup {
    let rows: Vec<(String, String)> = bench
        .ahead
        .iter()
        .map(|sitting| {
            let when = crate::domain::time::long_moment(sitting.starts_at, desk.zone());
            (sitting.booking.to_string(), when)
        })
        .collect();
    let choices: Vec<Choice<'_>> = rows.iter().map(|(id, when)| Choice::new(id, when)).collect();
    let ticked = typed.all("release");
    let question = Choices::many("release", "Cancel these sessions", &choices)
        .hint("Their credits come back first, so that they count as unused. Those that are left stay booked.")
        .error(typed.error("release"));
    let question = ticked.iter().fold(question, |question, id| question.chosen(id));
    html! { @if !rows.is_empty() { (question) } }
}

fn reckoning(bench: &Bench<'_>, typed: &Typed) -> Markup {
    let unused = bench.facts.unused().to_string();
    html! {
        div.cols {
            (Field::new("count", "Sessions to take back").hint("Empty: all that are unused.").kind("number").with("min", "0").with("max", &unused)
                .value(typed.value("count")).with("placeholder", &unused)
                .error(typed.error("count")))
            (Field::new("single", "Price of a single one").with("inputmode", "decimal").value(typed.value("single"))
                .error(typed.error("single")))
            (Field::new("fee", "Fee to keep").with("inputmode", "decimal").value(typed.value("fee")).error(typed.error("fee")))
        }
    }
}

/// What a quote says under its amount.
fn detail(bench: &Bench<'_>, method: Method, typed: &Typed) -> String {
    let facts = &bench.facts;
    let less = match typed.value("fee").trim() {
        "" | "0" => String::new(),
        fee => format!(", less a fee of {fee}"),
    };
    match method {
        Method::ProRata => {
            format!(
                "The worth of what is taken back, of {} that cost {}{less}.",
                sessions(facts.total),
                facts.stake
            )
        }
        Method::SinglePrice(single) => {
            format!("What was paid, less {} at {single} each{less}.", sessions(facts.used + facts.kept))
        }
        Method::Whole => {
            let until = cooling_off_until(&bench.counted.0).map_or_else(String::new, long_date);
            format!("A change of mind, free until {until}.")
        }
        Method::Own => format!("Between nothing and {}.", facts.most()),
    }
}

fn quotes(bench: &Bench<'_>, typed: &Typed) -> Markup {
    let due: Vec<(&str, String, String)> = bench
        .quotes
        .iter()
        .filter_map(|quote| match quote.worth {
            Worth::Due(amount) => {
                let label = format!("{}: {amount}", text::reckoned(quote.method));
                Some((method_name(quote.method), label, detail(bench, quote.method, typed)))
            }
            Worth::NotGranted | Worth::NoPrice => None,
        })
        .collect();
    let own = detail(bench, Method::Own, typed);
    let mut choices: Vec<Choice<'_>> =
        due.iter().map(|(name, label, detail)| Choice::with_detail(name, label, detail)).collect();
    choices.push(Choice::with_detail("own", text::reckoned(Method::Own), &own));
    let chosen = if typed.has("method") { typed.value("method") } else { "pro-rata" };
    let without: Vec<&str> = bench
        .quotes
        .iter()
        .filter_map(|quote| match quote.worth {
            Worth::NoPrice => Some("With the price of a single session above, that way is reckoned too."),
            Worth::NotGranted => Some("Cooling-off: these rules grant none, or it is over."),
            Worth::Due(_) => None,
        })
        .collect();
    let hint = without.join(" ");
    let cards = Choices::one("method", "How much goes back", &choices).cards().chosen(chosen);
    let cards = if hint.is_empty() { cards } else { cards.hint(&hint) };
    html! {
        (cards.error(typed.error("method")))
        (Field::new("own", "Another amount").with("inputmode", "decimal").value(typed.value("own")).optional()
            .error(typed.error("own")))
    }
}

fn back(bench: &Bench<'_>, typed: &Typed) -> Markup {
    let ways: Vec<Choice<'_>> = bench.ways.iter().map(|(name, words)| Choice::new(name, words)).collect();
    let first = bench.ways.first().map_or("", |(name, _)| *name);
    let chosen = if typed.has("way") { typed.value("way") } else { first };
    let today = bench.today.to_string();
    let on = if typed.has("on") { typed.value("on") } else { &today };
    html! {
        (Choices::one("way", "How it goes back", &ways).chosen(chosen).error(typed.error("way")))
        div.cols {
            (Field::new("on", "Given back on").kind("date").value(on).with("max", &today).error(typed.error("on")))
            (Field::new("note", "Note for your books").value(typed.value("note")).optional().error(typed.error("note")))
        }
        (Field::new("reason", "Why").value(typed.value("reason")).optional().error(typed.error("reason"))
            .hint("Stands in the ledger and in the message, where both of you can read it."))
    }
}

/// What a refund would do, and the button that does it. The fields of the form go along, hidden.
#[must_use]
pub fn preview(desk: &Desk<'_>, bench: &Bench<'_>, ask: &Ask, credit: &Foresight, typed: &Typed) -> Markup {
    let (lot, _) = bench.counted;
    let here = link::desk_refund_lot(lot.id);
    let name = bench.client.name.first_word();
    let words = html! {
        @if ask.count == 0 { "No sessions are taken back." }
        @else {
            (sessions(ask.count)) " of " (name) " " (if ask.count == 1 { "is" } else { "are" }) " taken back. "
            (credit.after.available_or_frozen()) " left to book, " (credit.after.held()) " booked."
        }
    };
    let main = html! {
        (super::head(Some((&here, "Refund")), "Shall we give this back?", html! { (lot.offer.name) }))
        div.narrow {
            p.price { b { (ask.amount) } " " span { "to " (bench.payer.name) } }
            (ui::before_after(counter_of(&credit.before), counter_of(&credit.after), words))
            ul.plainlist {
                @for line in consequences(desk, bench, ask) { li { (line) } }
            }
            form.form method="post" action=(here) {
                @for field in ["seen", "count", "single", "fee", "method", "own", "way", "on", "note", "reason"] {
                    input type="hidden" name=(field) value=(typed.value(field));
                }
                @for booking in &ask.release { input type="hidden" name="release" value=(booking); }
                input type="hidden" name="id" value=(ask.id);
                input type="hidden" name="amount" value=(ask.amount.digits());
                (ui::submit(Button::new(&format!("Give {} back", ask.amount)), html! { a href=(here) { "Leave it as it is" } }))
            }
        }
        p.hint.calfoot { (times_in(desk.zone())) }
    };
    desk.page("Shall we give this back?", Tab::Clients, &main)
}

/// Everything that follows, a line each.
fn consequences(desk: &Desk<'_>, bench: &Bench<'_>, ask: &Ask) -> Vec<Markup> {
    let payer = bench.payer.name.first_word();
    let mut lines = vec![match &ask.way {
        _ if ask.amount.is_zero() => html! { "No money goes back." },
        Way::Provider { .. } => html! {
            (ask.amount) " goes back by the payment provider, the way it came. Banks usually take five to ten days."
        },
        Way::ByHand { means, on, .. } => html! {
            "It is recorded that you gave " (ask.amount) " back " (text::means(means)) ", on " (long_date(*on)) "."
        },
    }];
    for sitting in bench.ahead.iter().filter(|sitting| ask.release.contains(&sitting.booking)) {
        lines.push(html! {
            (moment(sitting.starts_at, desk.zone())) " is canceled. "
            (desk.post.tells(&format!("We write to {}.", bench.client.name.first_word()), bench.client.name.first_word()))
        });
    }
    let stays = bench.ahead.iter().filter(|sitting| !ask.release.contains(&sitting.booking)).count();
    if stays > 0 {
        lines.push(html! { "Still booked: " (sessions(u32::try_from(stays).unwrap_or(u32::MAX))) "." });
    }
    if !ask.amount.is_zero() {
        lines.push(html! { "A credit note is written, " (desk.post.says("and goes by email to ", "to be handed to ")) (payer) "." });
    }
    lines
}
