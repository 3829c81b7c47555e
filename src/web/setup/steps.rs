//! The wizard's steps for the owner: shown from what is kept, and taken one by one.

use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::{to, wrong};
use crate::actions::calendar::availability;
use crate::actions::catalog::{package, practice};
use crate::actions::keeping::backup::{self, kit};
use crate::domain::calendar::availability::{Hours, Range};
use crate::domain::catalog::package::{Begins, Listing, Offer, Package, Term};
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::id::PackageId;
use crate::domain::money::Currency;
use crate::domain::people::practitioner::Role;
use crate::store::{calendar, catalog};
use crate::views::link;
use crate::views::practitioner::editor;
use crate::views::practitioner::hours::DAYS;
use crate::views::setup::{self as view, Account, Ends, KIT, Wizard};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::practitioner::{Room, read_offer, readiness, rule, to_midnight};

fn wizard(room: &Room) -> Wizard {
    Wizard { accent: room.storefront.accent, ends: ends(room) }
}

/// The kit is the owner's, and is for data that are kept.
fn ends(room: &Room) -> Ends {
    if room.member.role == Role::Owner { super::ends(&room.app) } else { Ends::WithPayment }
}

/// A step as it stands.
pub(super) fn show(room: &Room, step: u8) -> Result<Response, Failure> {
    let page = match step {
        1 => {
            let typed = Typed::default()
                .with("practice", room.practice.name.to_string())
                .with("name", room.who.name.to_string())
                .with("email", room.who.email.to_string())
                .with("tagline", room.storefront.tagline.as_ref().map_or(String::new(), ToString::to_string))
                .with("tz", room.who.zone.to_string())
                .with("accent", room.storefront.accent.to_string());
            view::practice(&wizard(room), &typed, Account::Kept, &crate::domain::time::Zone::names())
        }
        2 => match first_package(room)? {
            // What the wizard's few questions cannot show is shown by the editor.
            Some(package) if !is_simple(&package.offer) => return Ok(to(&link::desk_package(package.id))),
            Some(package) => draw_package(room, &simple(&package), room.currency()),
            None => {
                let id = PackageId::from_bits(room.app.id());
                draw_package(room, &view::first_package().with("id", id.to_string()), room.currency())
            }
        },
        3 => match hours_as_typed(room)? {
            Some(typed) => view::hours(&wizard(room), &typed, &room.who.zone),
            None => return Ok(to(&link::desk_hours())),
        },
        KIT if ends(room) == Ends::WithKit => match backup::kit_in_force(&room.app)? {
            Some(_) => return Ok(to(&link::desk_backups())),
            None => view::kit(&wizard(room), &room.practice.name, &kit::fresh().identity, &Typed::default()),
        },
        KIT => return Ok(to(&link::desk())),
        _ => draw_payment(room, &Typed::default().with("at-practice", at_practice(room))),
    };
    Ok(page.into_response())
}

/// Takes what was typed at a step.
pub(super) fn take(room: &Room, step: u8, typed: Typed) -> Result<Response, Failure> {
    match step {
        2 => take_package(room, typed),
        3 => take_hours(room, typed),
        KIT => take_kit(room, typed),
        _ => take_payment(room, &typed),
    }
}

fn first_package(room: &Room) -> Result<Option<Package>, Failure> {
    let packages = catalog::package::of(&room.app.store.read()?, room.id())?;
    Ok(packages.into_iter().find(|package| package.listing != Listing::Archived))
}

const fn is_simple(offer: &Offer) -> bool {
    matches!((offer.validity.term, offer.validity.begins), (Term::Days(_), Begins::AtPayment))
}

/// The wizard's form of a package that it, or the editor, made.
fn simple(package: &Package) -> Typed {
    let typed = editor::typed(package);
    let days = typed.value("validity").to_owned();
    typed
        .with("id", package.id.to_string())
        .with("days", days)
        .with("currency", package.offer.price.currency.code())
}

fn draw_package(room: &Room, typed: &Typed, currency: Currency) -> Markup {
    let offer =
        read_offer(&mut typed.clone().with("term", "days").with("validity", typed.value("days")), currency);
    let offer = offer.map(|(offer, _)| offer).filter(|offer| offer.check().is_ok());
    view::package(&wizard(room), typed, currency, offer.as_ref(), (room.now, &room.who.zone))
}

fn take_package(room: &Room, mut typed: Typed) -> Result<Response, Failure> {
    let Ok(id) = typed.value("id").parse::<PackageId>() else { return Err(Failure::Unreadable) };
    let currency: Option<Currency> = typed.read("currency", |typed| typed.parse().map_err(text::money));
    let kept = first_package(room)?.filter(|package| package.id == id);
    if let Some(currency) = currency {
        // What the wizard does not ask stays as it was.
        let mut whole = kept.as_ref().map_or_else(editor::fresh, editor::typed);
        for name in ["name", "sessions", "price", "length", "format"] {
            whole.set(name, typed.value(name));
        }
        let mut whole = whole.with("term", "days").with("validity", typed.value("days"));
        match read_offer(&mut whole, currency) {
            Some((offer, slug)) => {
                match rule(package::save(&room.app, room.id(), id, slug, offer, Listing::Published))? {
                    Ok(_) => {
                        keep_currency(room, currency)?;
                        return Ok(to(&link::setup_step(3)));
                    }
                    Err(package::Refusal::NotThere) => return Err(Failure::NotFound),
                    Err(package::Refusal::Unfit(refusal)) => {
                        let (field, words) = text::package(refusal);
                        typed.wrong(if field == "slug" { "name" } else { field }, words);
                    }
                }
            }
            None => {
                for name in ["name", "sessions", "price", "length", "validity", "slug"] {
                    if let Some(why) = whole.error(name) {
                        typed.wrong(if name == "slug" { "name" } else { name }, why);
                    }
                }
            }
        }
    }
    Ok(wrong(draw_package(room, &typed, currency.unwrap_or(room.currency()))))
}

/// The currency of a first package is that of those to come: the practice's, if its owner says so, else her own.
fn keep_currency(room: &Room, currency: Currency) -> Result<(), Failure> {
    if room.member.role == Role::Owner && room.storefront.currency.is_none() {
        practice::save(&room.app, Practice { currency, ..room.practice.clone() })?;
    } else {
        let own = (currency != room.practice.currency).then_some(currency);
        practice::save_storefront(&room.app, Storefront { currency: own, ..room.storefront.clone() })?;
    }
    Ok(())
}

/// The hours as the wizard's form has them; nothing if a day has more than one stretch.
fn hours_as_typed(room: &Room) -> Result<Option<Typed>, Failure> {
    let kept = calendar::availability::of(&room.app.store.read()?, room.id())?;
    let Some(kept) = kept.filter(|kept| !kept.hours().is_empty()) else {
        return Ok(Some(view::first_hours()));
    };
    let mut typed = view::first_hours().without(&["open"]);
    for (day, name) in DAYS {
        match kept.hours().on(day) {
            [] => {}
            [range] => {
                let (from, until) = range.texts();
                typed.push("open", name);
                typed.set(&format!("{name}-from"), from);
                typed
                    .set(&format!("{name}-until"), if until == "24:00" { "23:59".to_owned() } else { until });
            }
            _ => return Ok(None),
        }
    }
    Ok(Some(typed))
}

fn take_hours(room: &Room, mut typed: Typed) -> Result<Response, Failure> {
    let mut rows = Vec::new();
    for (day, name) in DAYS {
        if !typed.all("open").iter().any(|open| open == name) {
            continue;
        }
        let at = |end: &str| typed.value(&format!("{name}-{end}")).to_owned();
        match Range::parse(&at("from"), &to_midnight(&at("until"))) {
            Ok(range) => rows.push((day, range)),
            Err(why) => typed.wrong(name, text::availability(why)),
        }
    }
    if rows.is_empty() && typed.is_sound() {
        typed.wrong("week", "Tick at least one day, or do this later.");
    }
    if typed.is_sound() {
        let taken = match Hours::new(rows) {
            Ok(hours) => rule(availability::set_hours(&room.app, room.id(), hours))?,
            Err(why) => Err(why),
        };
        match taken {
            Ok(()) => return Ok(to(&link::setup_step(4))),
            Err(why) => typed.wrong("week", text::availability(why)),
        }
    }
    Ok(wrong(view::hours(&wizard(room), &typed, &room.who.zone)))
}

fn at_practice(room: &Room) -> &'static str {
    if room.storefront.at_practice == AtPractice::Offered { "yes" } else { "" }
}

fn draw_payment(room: &Room, typed: &Typed) -> Markup {
    let (online, mail) = readiness(&room.app, room.id());
    let url = room.app.absolute(&link::storefront(&room.who.slug));
    view::payment(&wizard(room), typed, online, mail, &url)
}

fn take_payment(room: &Room, typed: &Typed) -> Result<Response, Failure> {
    let offered = typed.value("at-practice") == "yes";
    let at_practice = if offered { AtPractice::Offered } else { AtPractice::NotOffered };
    practice::save_storefront(&room.app, Storefront { at_practice, ..room.storefront.clone() })?;
    Ok(if ends(room) == Ends::WithKit { to(&link::setup_step(KIT)) } else { ready() })
}

fn ready() -> Response {
    to(&format!("{}?done=ready", link::desk()))
}

fn take_kit(room: &Room, mut typed: Typed) -> Result<Response, Failure> {
    if ends(room) != Ends::WithKit {
        return Err(Failure::NotFound);
    }
    let fresh = kit::read(typed.value("key")).map_err(|_| Failure::NotFound)?;
    if !fresh.ends_with(typed.value("ending")) {
        typed.wrong("ending", text::NOT_THE_ENDING);
        return Ok(wrong(view::kit(&wizard(room), &room.practice.name, &fresh.identity, &typed)));
    }
    kit::set_recipient(&room.app, room.member.id, fresh.recipient)?;
    Ok(ready())
}
