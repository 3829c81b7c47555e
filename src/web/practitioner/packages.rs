//! Packages: the list, the editor with its preview, and what is on the storefront.

use std::collections::HashMap;

use axum::extract::Path;
use maud::Markup;

use super::editor::{read_offer, read_selling};
use super::{Answer, Room, done, named, rule};
use crate::actions::catalog::package::{self, Direction, Refusal, Written};
use crate::domain::catalog::package::{Listing, Package};
use crate::domain::catalog::selling::Selling;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{LotId, PackageId, PurchaseId};
use crate::store::{View, catalog, credits};
use crate::views::link;
use crate::views::practitioner::editor::{self, Editor, Version};
use crate::views::practitioner::packages::{Shelf, page as list_view};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The list.
pub async fn list(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let packages = catalog::package::of(read, room.id())?;
        let sales = Sales::of(room, read)?;
        let lots: HashMap<LotId, Counted> =
            credits::lot::of(read, room.id(), room.now)?.into_iter().map(|one| (one.0.id, one)).collect();
        let shelves: Vec<Shelf<'_>> = packages
            .iter()
            .map(|package| {
                let sold = sales.of_package(package.id);
                let outstanding = sold.clone().filter_map(|sale| lots.get(&Lot::id_for(sale.id)));
                let outstanding = outstanding.map(|(_, b)| b.available_or_frozen() + b.held() + b.suspended);
                Shelf { package, sold: count(sold.clone()), outstanding: outstanding.sum() }
            })
            .collect();
        Ok(list_view(&room.desk(), &shelves))
    })
    .await
}

/// A sale that was paid: no more of it than is counted here, as each has the long terms of its day.
struct Sale {
    id: PurchaseId,
    package: PackageId,
    version: u32,
}

/// All of a practitioner's that were paid, read once for all packages.
struct Sales(Vec<Sale>);

impl Sales {
    fn of(room: &Room, read: &View) -> Result<Self, Failure> {
        let mut sales = Vec::new();
        catalog::purchase::each_of(read, room.id(), |one| {
            if one.is_paid() {
                sales.push(Sale { id: one.id, package: one.package, version: one.version });
            }
        })?;
        Ok(Self(sales))
    }

    fn of_package(&self, package: PackageId) -> impl Iterator<Item = &Sale> + Clone {
        self.0.iter().filter(move |sale| sale.package == package)
    }
}

fn count<'a>(sales: impl Iterator<Item = &'a Sale>) -> u32 {
    u32::try_from(sales.count()).unwrap_or(u32::MAX)
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
    let sales = package.map_or_else(|| Ok(Sales(Vec::new())), |_| Sales::of(room, read))?;
    let sold = package.map_or(0, |package| count(sales.of_package(package.id)));
    let currency = package.map_or(room.currency(), |package| package.offer.price.currency);
    // A preview shows what can be read; what is wrong with the rest is said when it is saved.
    let mut read_again = typed.clone();
    let offer =
        read_offer(&mut read_again, currency).map(|(offer, _)| offer).filter(|offer| offer.check().is_ok());
    let selling = read_selling(&mut read_again).filter(Selling::is_sound).unwrap_or_default();
    let versions = package.map_or(Ok(Vec::new()), |package| versions(read, package, &sales))?;
    let hidden = package.filter(|package| package.listing == Listing::Hidden);
    let link = hidden.map(|hidden| room.app.absolute(&link::package(&room.who.slug, hidden.address())));
    let shown = Editor {
        package,
        id,
        sold,
        versions: &versions,
        link: link.as_deref(),
        selling,
        currency,
        typed,
        offer: offer.as_ref(),
    };
    Ok(editor::page(&room.desk(), &shown))
}

/// The versions of a package, newest first.
fn versions(read: &View, package: &Package, sales: &Sales) -> Result<Vec<Version>, Failure> {
    let mut versions = Vec::new();
    for number in (1..=package.version).rev() {
        let Some(offer) = catalog::package::version(read, package.id, number)? else { continue };
        let made_at = catalog::package::version_made_at(read, package.id, number)?;
        let sold = count(sales.of_package(package.id).filter(|sale| sale.version == number));
        versions.push(Version { number, made_at, offer, sold });
    }
    Ok(versions)
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
        draw(room, read, (package.id, Some(&package)), &editor::typed(&package))
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
    let (offer, selling) = (read_offer(&mut typed, currency), read_selling(&mut typed));
    if let (Some((offer, slug)), Some(selling)) = (offer, selling) {
        let written = Written { id, slug, offer, selling: Some(selling), listing };
        match rule(package::write(&room.app, room.id(), written))? {
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

/// Publishes, takes off, puts away, or moves a package on the storefront.
pub async fn listing(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let package = find(room, &room.app.store.read()?, &id)?;
        let (app, whose) = (&room.app, room.id());
        let (what, result) = match fields.text("to") {
            "publish" => ("published", package::list(app, whose, package.id, Listing::Published)),
            "hide" => ("hidden", package::list(app, whose, package.id, Listing::Hidden)),
            "renew" => ("renewed", package::renew_link(app, whose, package.id)),
            "draft" => ("draft", package::list(app, whose, package.id, Listing::Draft)),
            "archive" => ("archived", package::list(app, whose, package.id, Listing::Archived)),
            "up" => ("moved", package::shift(app, whose, package.id, Direction::Up)),
            "down" => ("moved", package::shift(app, whose, package.id, Direction::Down)),
            _ => return Err(Failure::Unreadable),
        };
        match rule(result)? {
            // The link is on the package's own page.
            Ok(()) if matches!(what, "hidden" | "renewed") => Ok(done(&link::desk_package(package.id), what)),
            Ok(()) => Ok(done(&link::desk_packages(), what)),
            Err(_) => Err(Failure::NotFound),
        }
    })
    .await
}
