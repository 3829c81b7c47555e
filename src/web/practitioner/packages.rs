//! Packages: the list, the editor with its preview, and what is on the storefront.

use axum::extract::Path;
use maud::Markup;

use super::{Answer, Room, done, named, parse, rule};
use crate::actions::catalog::package::{self, Direction, Refusal};
use crate::domain::catalog::package::{Begins, Format, Listing, Offer, Package, Term, Validity};
use crate::domain::catalog::policy::Preset;
use crate::domain::id::PackageId;
use crate::domain::money::{Currency, Money};
use crate::domain::text::{Line, Slug};
use crate::store::{View, catalog, credits};
use crate::views::link;
use crate::views::practitioner::editor::{self, Editor};
use crate::views::practitioner::packages::{Shelf, page as list_view};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The list.
pub async fn list(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let packages = catalog::package::of(read, room.id())?;
        let shelves =
            packages.iter().map(|package| shelf(room, read, package)).collect::<Result<Vec<_>, _>>()?;
        Ok(list_view(&room.desk(), &shelves))
    })
    .await
}

fn shelf<'a>(room: &Room, read: &View, package: &'a Package) -> Result<Shelf<'a>, Failure> {
    let mut sold = 0;
    let mut outstanding = 0;
    let of_this = catalog::purchase::of(read, room.id())?
        .into_iter()
        .filter(|one| one.package == package.id && one.is_paid());
    for purchase in of_this {
        sold += 1;
        let lot = crate::domain::credits::lot::Lot::id_for(purchase.id);
        if let Some((_, balance)) = credits::lot::counted(read, lot, room.now)? {
            outstanding += balance.available_or_frozen() + balance.held() + balance.suspended;
        }
    }
    Ok(Shelf { package, sold, outstanding })
}

/// The package of that id, if it is this practitioner's.
fn find(room: &Room, read: &View, id: &str) -> Result<Package, Failure> {
    let found = catalog::package::find(read, named(id)?)?.filter(|package| package.practitioner == room.id());
    found.ok_or(Failure::NotFound)
}

fn draw(
    room: &Room,
    read: &View,
    (id, package): (PackageId, Option<&Package>),
    typed: &Typed,
) -> Result<Markup, Failure> {
    let sold = match package {
        Some(package) => shelf(room, read, package)?.sold,
        None => 0,
    };
    let currency = package.map_or(room.currency(), |package| package.offer.price.currency);
    // A preview shows what can be read; what is wrong with the rest is said when it is saved.
    let mut read_again = typed.clone();
    let offer =
        read_offer(&mut read_again, currency).map(|(offer, _)| offer).filter(|offer| offer.check().is_ok());
    let shown = Editor { package, id, sold, currency, typed, offer: offer.as_ref() };
    Ok(editor::page(&room.desk(), &shown))
}

/// The editor of a new package.
pub async fn fresh(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let id = PackageId::from_bits(room.app.id());
        draw(room, read, (id, None), &editor::fresh())
    })
    .await
}

/// The editor of a package.
pub async fn edit(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let package = find(room, read, &id)?;
        draw(room, read, (package.id, Some(&package)), &editor::typed(&package.offer, &package.slug))
    })
    .await
}

/// Makes a package.
pub async fn create(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let typed = fields.typed();
        let id = named(typed.value("id"))?;
        keep(room, id, None, typed)
    })
    .await
}

/// Keeps a changed package.
pub async fn save(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let package = find(room, &room.app.store.read()?, &id)?;
        keep(room, package.id, Some(&package), fields.typed())
    })
    .await
}

fn keep(room: &Room, id: PackageId, package: Option<&Package>, mut typed: Typed) -> Result<Answer, Failure> {
    let redraw = |typed: &Typed| draw(room, &room.app.store.read()?, (id, package), typed);
    if typed.has("preview") {
        return Ok(Answer::Page(redraw(&typed)?));
    }
    let currency = package.map_or(room.currency(), |package| package.offer.price.currency);
    let listing = match (typed.value("then"), package) {
        ("publish", _) => Listing::Published,
        ("draft", _) | (_, None) => Listing::Draft,
        (_, Some(package)) => package.listing,
    };
    if let Some((offer, slug)) = read_offer(&mut typed, currency) {
        match rule(package::save(&room.app, room.id(), id, slug, offer, listing))? {
            Ok(_) => {
                let what = if listing == Listing::Published { "published" } else { "saved" };
                return Ok(done(&link::desk_packages(), what));
            }
            Err(Refusal::NotThere) => return Err(Failure::NotFound),
            Err(Refusal::Unfit(refusal)) => {
                let (field, words) = text::package(refusal);
                typed.wrong(field, words);
            }
        }
    }
    Ok(Answer::Wrong(redraw(&typed)?))
}

/// What was typed, as an offer with its address; what cannot be read is marked.
pub(in crate::web) fn read_offer(typed: &mut Typed, currency: Currency) -> Option<(Offer, Slug)> {
    let name = parse::line(typed, "name");
    let description = parse::paragraph(typed, "description");
    let sessions = parse::number(typed, "sessions");
    let length = parse::number(typed, "length");
    let price = typed.read("price", |typed| Money::parse(typed, currency).map_err(text::money));
    let validity = read_validity(typed);
    let format = read_format(typed);
    let preset = Preset::named(typed.value("preset"));
    if preset.is_none() {
        typed.wrong("preset", "Please choose a set of rules.");
    }
    let chapters = read_chapters(typed);
    let slug = if typed.error("name").is_some() { None } else { parse::slug(typed, "slug", name.as_ref()) };
    let preset = preset?;
    let offer = Offer {
        name: name?,
        description: description?,
        sessions: sessions?,
        length_minutes: length?,
        price: price?,
        validity: validity?,
        preset,
        policy: preset.policy(),
        format: format?,
        chapters: chapters?,
    };
    Some((offer, slug?))
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
        Err(crate::domain::text::NotText::Empty) => {
            typed.wrong("chapters", text::package(crate::domain::catalog::package::Refusal::Chapters).1);
            None
        }
        Err(why) => {
            typed.wrong("chapters", text::text(why));
            None
        }
    }
}

/// Publishes, takes off, puts away, or moves a package on the storefront.
pub async fn listing(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let package = find(room, &room.app.store.read()?, &id)?;
        let (app, whose) = (&room.app, room.id());
        let (what, result) = match fields.text("to") {
            "publish" => ("published", package::list(app, whose, package.id, Listing::Published)),
            "draft" => ("draft", package::list(app, whose, package.id, Listing::Draft)),
            "archive" => ("archived", package::list(app, whose, package.id, Listing::Archived)),
            "up" => ("moved", package::shift(app, whose, package.id, Direction::Up)),
            "down" => ("moved", package::shift(app, whose, package.id, Direction::Down)),
            _ => return Err(Failure::Unreadable),
        };
        match rule(result)? {
            Ok(()) => Ok(done(&link::desk_packages(), what)),
            Err(_) => Err(Failure::NotFound),
        }
    })
    .await
}
