//! Buying a package: the form with its summary (the mocks 03b and 15c), and the pages after it in `bought`.

pub mod bought;

use jiff::civil::Date;
use maud::{Markup, html};

use super::around::{Around, Here, Page, paragraphs};
use super::art::{Icon, icon};
use super::frond::{Counter, frond};
use super::storefront::{lower_first, policy};
use super::ui::{self, Button, Choice, Choices, Field, Select};
use super::{link, text, when};
use crate::domain::catalog::package::{Offer, Package};
use crate::domain::catalog::purchase::Way;
use crate::domain::catalog::selling::FirstTime;
use crate::domain::id::PurchaseId;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::{Paragraph, Slug};
use crate::domain::time::{Timestamp, Zone, long_date, plus_days};

/// What was typed, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed<'a> {
    /// The name.
    pub name: &'a str,
    /// The e-mail address.
    pub email: &'a str,
    /// The telephone number.
    pub phone: &'a str,
    /// How she would pay: [`way_name`].
    pub pay: &'a str,
    /// The first time, as an instant; nothing for later.
    pub first: &'a str,
}

/// What is wrong, beside each field.
#[derive(Debug, Clone, Default)]
pub struct Wrong {
    /// With the name.
    pub name: Option<String>,
    /// With the address.
    pub email: Option<String>,
    /// With the number.
    pub phone: Option<String>,
    /// With the zone.
    pub zone: Option<String>,
    /// With the way to pay.
    pub pay: Option<String>,
    /// With the first time.
    pub first: Option<String>,
    /// She has not agreed.
    pub agree: Option<String>,
}

impl Wrong {
    /// Whether anything is.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || self.zone.is_some()
            || self.pay.is_some()
            || self.first.is_some()
            || self.agree.is_some()
    }
}

/// Whose zone the list begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneFrom {
    /// She chose it, now or before.
    Chosen,
    /// It is the practitioner's: the browser may know better.
    Guess,
}

/// Whether the reader may still buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// She may, as far as is known.
    Open,
    /// She has had the package as often as one client may.
    UsedUp,
}

/// What is said over the form.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Of what kind it is.
    pub kind: ui::Note,
    /// What is.
    pub first: &'static str,
    /// What follows.
    pub more: &'static str,
}

/// A checkout form.
#[derive(Debug)]
pub struct Checkout<'a> {
    /// With whom.
    pub with: &'a Practitioner,
    /// What is bought.
    pub package: &'a Package,
    /// The purchase that the form makes.
    pub id: PurchaseId,
    /// Who buys, if she is signed in: name and address are hers.
    pub buyer: Option<&'a Client>,
    /// What was typed.
    pub typed: Typed<'a>,
    /// The zone that is chosen in the list.
    pub zone: (&'a Zone, ZoneFrom),
    /// How one can pay; for a package that costs nothing, `Way::Free` alone.
    pub ways: &'a [Way],
    /// Whether she may still buy it.
    pub door: Door,
    /// The times to begin that can be chosen.
    pub first_times: &'a [Timestamp],
    /// The date by which the sessions are to be used, or booked, if bought today.
    pub use_by: Option<Date>,
    /// What is wrong.
    pub wrong: Wrong,
    /// Whether the key of the account is for tests only.
    pub charges_nothing: bool,
    /// A note over the form: nothing was charged, and the like.
    pub note: Option<&'a Told>,
}

/// What a way to pay is called in the form.
#[must_use]
pub const fn way_name(way: Way) -> &'static str {
    match way {
        Way::Online => "online",
        Way::AtPractice => "practice",
        Way::Free => "free",
    }
}

/// The way of that name.
#[must_use]
pub fn way_named(name: &str) -> Option<Way> {
    [Way::Online, Way::AtPractice, Way::Free].into_iter().find(|way| way_name(*way) == name)
}

/// The checkout page.
#[must_use]
pub fn checkout(around: &Around<'_>, checkout: &Checkout<'_>) -> Markup {
    let (who, offer) = (checkout.with, &checkout.package.offer);
    let package = link::package(&who.slug, checkout.package.address());
    let title = format!("Choose {}", offer.name.as_str());
    let main = html! {
        div."wrap split home" {
            div.split-head {
                (ui::crumb(&package, offer.name.as_str()))
                h1 { "Nearly there" }
                @if checkout.charges_nothing {
                    (ui::note(ui::Note::Warn, "Test mode: nothing is charged.", html! {
                        "Payments online are being tried out here. Only test cards are taken."
                    }))
                }
            }
            @if checkout.door == Door::UsedUp {
                div.split-main { (used_up(&who.slug, checkout.package)) }
            } @else if checkout.ways.is_empty() {
                div.split-main {
                    (ui::note(ui::Note::Warn, "This package cannot be bought here at the moment.", html! {
                        "No way to pay is set up yet. "
                        a href={ "mailto:" (around.practice.email) } { "Write to the practice" } " and ask for it."
                    }))
                }
            } @else {
                (form(around, checkout))
            }
            (summary(checkout))
        }
    };
    around.page(Page::new(&title, Here::Packages), &main)
}

fn form(around: &Around<'_>, checkout: &Checkout<'_>) -> Markup {
    let action = link::checkout(&checkout.with.slug, checkout.package.address());
    html! {
        form."split-main form" method="post" action=(action) {
            input type="hidden" name="id" value=(checkout.id);
            input type="hidden" name="version" value=(checkout.package.version);
            @if checkout.wrong.any() { (ui::look_again("Nothing is bought yet.", "Everything you typed is kept.")) }
            @if let Some(told) = checkout.note { (ui::note(told.kind, told.first, html! { (told.more) })) }
            (about_you(checkout))
            (first_time(checkout))
            (payment(around, checkout))
            (agreement(around, checkout))
            (end(checkout))
        }
    }
}

fn about_you(checkout: &Checkout<'_>) -> Markup {
    let Checkout { typed, wrong, .. } = checkout;
    let (zone, from) = checkout.zone;
    let zones = when::zone_options(zone);
    let zones: Vec<(&str, &str)> =
        zones.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let list = Select::new("tz", "Your time zone", &zones)
        .hint("So every time we show you is your own.")
        .value(zone.name())
        .error(wrong.zone.as_deref());
    html! {
        fieldset.group {
            legend { "About you" }
            @match checkout.buyer {
                Some(client) => {
                    p { "You buy as " b { (client.name.as_str()) } ", " (client.email) "." }
                    p.hint { "Times are shown to you in " (text::zone(&client.zone)) "." }
                }
                None => {
                    (Field::new("name", "Your name").value(typed.name).autocomplete("name").required()
                        .error(wrong.name.as_deref()))
                    (Field::new("email", "Email").kind("email").value(typed.email).autocomplete("email").required()
                        .hint("Your receipt and sign-in link go here. No password to remember.")
                        .error(wrong.email.as_deref()))
                    (Field::new("phone", "Phone").kind("tel").value(typed.phone).autocomplete("tel").optional()
                        .error(wrong.phone.as_deref()))
                    @match from { ZoneFrom::Guess => { (list.guessed()) } ZoneFrom::Chosen => { (list) } }
                }
            }
        }
    }
}

/// That she has had it, and the way on.
#[must_use]
pub fn used_up(who: &Slug, package: &Package) -> Markup {
    let most = text::limit(package.selling.per_client.unwrap_or(1));
    ui::note(
        ui::Note::Info,
        "You have had this package.",
        html! {
            "It is offered " (lower_first(&most)) ". "
            a href={ (link::storefront(who)) "#packages" } { "See what else there is" } ", or "
            a href=(link::me()) { "your sessions" } "."
        },
    )
}

fn first_time(checkout: &Checkout<'_>) -> Markup {
    let asks = checkout.package.selling.first_time;
    let zone = checkout.zone.0;
    let times: Vec<(String, String)> =
        checkout.first_times.iter().map(|at| (at.to_string(), when::moment(*at, zone))).collect();
    let later = (asks == FirstTime::Optional).then_some(("", "I will choose later"));
    let to_choose = (asks == FirstTime::Required).then_some(("", "Please choose"));
    let options: Vec<(&str, &str)> = later
        .into_iter()
        .chain(to_choose)
        .chain(times.iter().map(|(value, words)| (value.as_str(), words.as_str())))
        .collect();
    let hint =
        format!("{}. The time is kept for you while you pay.", text::times_in(zone).trim_end_matches('.'));
    let list = Select::new("first", "When would you like to begin?", &options)
        .hint(&hint)
        .value(checkout.typed.first)
        .error(checkout.wrong.first.as_deref());
    html! {
        @if asks != FirstTime::NotAsked {
            fieldset.group {
                legend { "Your first session" }
                @if checkout.first_times.is_empty() {
                    p { "No time is free at the moment. You choose one when new times open; your sessions keep." }
                } @else if asks == FirstTime::Required { (list.required()) } @else { (list) }
                @if checkout.ways.contains(&Way::AtPractice) {
                    p.hint { "If you pay at the practice, the time is not kept: it is booked once the payment is marked as received, if it is still free." }
                }
            }
        }
    }
}

fn payment(around: &Around<'_>, checkout: &Checkout<'_>) -> Markup {
    let chosen = way_named(checkout.typed.pay)
        .filter(|way| checkout.ways.contains(way))
        .or_else(|| checkout.ways.first().copied());
    let choices: Vec<Choice<'_>> = checkout
        .ways
        .iter()
        .map(|way| match way {
            Way::Online => Choice::with_detail(
                way_name(*way),
                "Card, Apple Pay or Google Pay",
                "On the payment provider’s page. Your card number never touches this site.",
            ),
            Way::AtPractice => Choice::with_detail(
                way_name(*way),
                "Pay at the practice",
                "Your sessions open for booking once the payment is marked as received.",
            ),
            Way::Free => Choice::with_detail(
                way_name(*way),
                "Nothing to pay",
                around.post.says(
                    "We send a link to your email. Your sessions are ready once you have opened it.",
                    "Your sessions are ready once the practice has handed you a link to sign in.",
                ),
            ),
        })
        .collect();
    html! {
        fieldset.group {
            legend { "Payment" }
            (Choices::one("pay", "How would you like to pay?", &choices).cards().required()
                .chosen(chosen.map_or("", way_name)).error(checkout.wrong.pay.as_deref()))
        }
    }
}

fn agreement(around: &Around<'_>, checkout: &Checkout<'_>) -> Markup {
    let terms: &Paragraph = &around.practice.terms;
    html! {
        fieldset.group {
            legend { "What is agreed" }
            div {
                ul.plainlist { @for sentence in policy(&checkout.package.offer) { li { (sentence) } } }
                @if !terms.is_empty() {
                    details { summary { "The practice’s terms" } div.prose { (paragraphs(terms)) } }
                }
            }
            (ui::consent("agree", html! { "I’ve read this and agree to it." }, checkout.wrong.agree.as_deref()))
        }
    }
}

fn end(checkout: &Checkout<'_>) -> Markup {
    let price = checkout.package.offer.price.short();
    let words = match checkout.ways {
        [Way::Free] => "Get these sessions".to_owned(),
        [Way::Online] => format!("Pay {price}"),
        [Way::AtPractice] => format!("Buy for {price}"),
        _ => format!("Continue with {price}"),
    };
    let next = match checkout.package.selling.first_time {
        FirstTime::NotAsked if checkout.ways == [Way::AtPractice] => {
            "You choose your first time once the practice has your payment."
        }
        FirstTime::NotAsked if checkout.ways.contains(&Way::AtPractice) => {
            "Next: choose your first time, or, if you pay at the practice, once it has your payment."
        }
        FirstTime::NotAsked => "Next: choose your first time.",
        FirstTime::Optional | FirstTime::Required => {
            "If your time should be taken meanwhile, your sessions keep."
        }
    };
    let meaning = html! { span.cue { (icon(Icon::Lock)) span { (next) } } };
    ui::submit(Button::new(&words), meaning)
}

/// "$90.00"; "about $33.33" where it does not divide.
fn each_exactly(offer: &Offer) -> String {
    let part = offer.price.first_parts(1, offer.sessions);
    let exact = part.minor.saturating_mul(i64::from(offer.sessions)) == offer.price.minor;
    if exact { part.to_string() } else { format!("about {part}") }
}

fn summary(checkout: &Checkout<'_>) -> Markup {
    let offer = &checkout.package.offer;
    let each_row = (offer.sessions > 1 && !offer.price.is_zero())
        .then(|| ui::sum_row("Each session", &each_exactly(offer)));
    let limit = checkout.package.selling.per_client.map(|most| ui::sum_row("Offered", &text::limit(most)));
    let dates = match (checkout.use_by, offer.policy.grace_days) {
        (Some(date), 0) => vec![ui::sum_row("Use by", &long_date(date))],
        (Some(date), grace) => {
            let until = plus_days(date, i32::try_from(grace).unwrap_or(i32::MAX));
            vec![ui::sum_row("Book by", &long_date(date)), ui::sum_row("Sessions until", &long_date(until))]
        }
        (None, _) => vec![ui::sum_row("Use by", "No end date")],
    };
    let rows: Vec<Markup> = [ui::sum_row(&text::session_terms(offer), &offer.price.to_string())]
        .into_iter()
        .chain(each_row)
        .chain(limit)
        .chain(dates)
        .chain([ui::sum_total("Today", &offer.price.to_string())])
        .collect();
    html! {
        aside.split-side {
            div.label {
                p.label-no { "Your package" }
                div.label-row {
                    (frond(Counter::fresh(offer.sessions)))
                    div { h2 { (offer.name.as_str()) } p { "with " (checkout.with.name.as_str()) } }
                }
                (ui::sum(&rows))
                @if offer.price.is_zero() { p.hint { "Nothing to pay, now or later." } }
            }
        }
    }
}
