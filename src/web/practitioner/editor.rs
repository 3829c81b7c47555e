//! Reads the package editor's form.

use super::parse;
use crate::domain::catalog::package::{Begins, Format, Offer, Refusal, Term, Validity};
use crate::domain::catalog::policy::{Changes, Policy, Preset};
use crate::domain::catalog::selling::{FirstTime, Selling};
use crate::domain::money::{Currency, Money};
use crate::domain::text::{Line, NotText, Slug};
use crate::views::text;
use crate::views::typed::Typed;

/// What was typed, as an offer with its address; what cannot be read is marked.
pub(in crate::web) fn read_offer(typed: &mut Typed, currency: Currency) -> Option<(Offer, Slug)> {
    let name = parse::line(typed, "name");
    let description = parse::paragraph(typed, "description");
    let sessions = parse::number(typed, "sessions");
    let length = parse::number(typed, "length");
    let price = typed.read("price", |typed| Money::parse(typed, currency).map_err(text::money));
    let validity = read_validity(typed);
    let format = read_format(typed);
    let rules = read_rules(typed);
    let chapters = read_chapters(typed);
    let slug = if typed.error("name").is_some() { None } else { parse::slug(typed, "slug", name.as_ref()) };
    let (preset, policy) = rules?;
    let offer = Offer {
        name: name?,
        description: description?,
        sessions: sessions?,
        length_minutes: length?,
        price: price?,
        validity: validity?,
        preset,
        policy,
        format: format?,
        chapters: chapters?,
    };
    Some((offer, slug?))
}

/// The set of rules that was chosen; of her own ones each number must be there.
fn read_rules(typed: &mut Typed) -> Option<(Preset, Policy)> {
    if typed.value("preset") != Preset::Own.name() {
        let preset = Preset::named(typed.value("preset"));
        if preset.is_none() {
            typed.wrong("preset", "Please choose a set of rules.");
        }
        return preset.map(|preset| (preset, preset.policy()));
    }
    let [cancel_hours, free_late_cancels, grace_days, cooling_off_days] =
        ["cancel", "late", "grace", "cooling-off"].map(|name| parse::number(typed, name));
    let changes = match typed.value("change-kind") {
        "count" => parse::number(typed, "changes").map(Changes::Count),
        "unlimited" => Some(Changes::Unlimited),
        _ => Some(Changes::AsManyAsSessions),
    };
    let policy = Policy {
        cancel_hours: cancel_hours?,
        free_late_cancels: free_late_cancels?,
        changes: changes?,
        grace_days: grace_days?,
        cooling_off_days: cooling_off_days?,
    };
    Some((Preset::Own, policy))
}

/// How it is sold, as typed; what cannot be read is marked.
pub(super) fn read_selling(typed: &mut Typed) -> Option<Selling> {
    let per_client = typed.read_optional("limit", |typed| {
        typed.parse().map_err(|_| "Please write a whole number, or leave it empty.".to_owned())
    });
    let first_time = FirstTime::named(typed.value("first-time")).unwrap_or_default();
    typed.error("limit").is_none().then_some(Selling { per_client, first_time })
}

fn read_validity(typed: &mut Typed) -> Option<Validity> {
    let term = match typed.value("term") {
        "months" => Term::Months(parse::number(typed, "validity")?),
        "until" => Term::Until(parse::date(typed, "until")?),
        "never" => Term::Never,
        _ => Term::Days(parse::number(typed, "validity")?),
    };
    let begins = match typed.value("begins") {
        "first-session" => Begins::AtFirstSession { latest_days: parse::number(typed, "latest")? },
        _ => Begins::AtPayment,
    };
    Some(Validity { term, begins })
}

fn read_format(typed: &mut Typed) -> Option<Format> {
    match typed.value("format") {
        "in-person" => {
            let place = parse::line_or_none(typed, "place");
            typed.error("place").is_none().then_some(Format::InPerson { place })
        }
        "video" => {
            let link = parse::line_or_none(typed, "link");
            typed.error("link").is_none().then_some(Format::Video { link })
        }
        "phone" => Some(Format::Phone),
        _ => {
            typed.wrong("format", "Please choose how you meet.");
            None
        }
    }
}

/// Titles of the sessions: all of them or none. Fields beyond the number of sessions count only if something is in them.
fn read_chapters(typed: &mut Typed) -> Option<Vec<Line>> {
    let mut titles: Vec<String> = typed.all("chapter").iter().map(|title| title.trim().to_owned()).collect();
    while titles.last().is_some_and(String::is_empty) {
        titles.pop();
    }
    match titles.iter().map(|title| title.parse::<Line>()).collect::<Result<Vec<_>, _>>() {
        Ok(chapters) => Some(chapters),
        Err(NotText::Empty) => {
            typed.wrong("chapters", text::package(Refusal::Chapters).1);
            None
        }
        Err(why) => {
            typed.wrong("chapters", text::text(why));
            None
        }
    }
}
