//! The storefronts: the front page, a practitioner's page, a package's page, their pictures.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::Web;
use super::again::{self, Again};
use super::checkout::door;
use super::failure::Failure;
use super::form::Fields;
use super::guard::Perhaps;
use super::security::File;
use super::setting::{Answer, Setting, draw, members, named};
use crate::actions::calendar::availability;
use crate::app::App;
use crate::domain::catalog::package::{Listing, Package};
use crate::domain::catalog::purchase::Way;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::credits::selection::{Counted, front as front_lot};
use crate::domain::id::{ClientId, PurchaseId};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Slug;
use crate::domain::time::Timestamp;
use crate::store::catalog::storefront::Picture;
use crate::store::seen::Reads;
use crate::store::{View, catalog, people};
use crate::views::asset;
use crate::views::checkout::Door;
use crate::views::link::{self, route};
use crate::views::storefront::{self as view, Face, Front, Member, Shown};

/// The purchase that a form would make, while there is no form.
const NONE_YET: PurchaseId = PurchaseId::from_bits(0);

/// The routes of this file.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(route::HOME, get(home))
        .route(route::STOREFRONT, get(storefront))
        .route(route::PACKAGE, get(package))
        .route(route::PICTURE, get(picture))
}

/// A practitioner with all that her pages show.
pub struct Someone {
    /// Who she is.
    pub practitioner: Practitioner,
    /// Her words and colour.
    pub storefront: Storefront,
    portrait: Option<String>,
    cover: Option<String>,
}

impl Someone {
    /// The one whose pages have this address.
    ///
    /// # Errors
    /// [`Failure::NotFound`] if there is none.
    pub fn at(read: &View, slug: &Slug) -> Result<Self, Failure> {
        let practitioner = people::practitioner::with_slug(read, slug)?.filter(Practitioner::is_active);
        let practitioner = practitioner.ok_or(Failure::NotFound)?;
        let storefront = catalog::storefront::find(read, practitioner.id)?.ok_or(Failure::NotFound)?;
        Self::with(read, practitioner, storefront)
    }

    fn with(read: &View, practitioner: Practitioner, storefront: Storefront) -> Result<Self, Failure> {
        let url = |which: Picture, name: &str| -> Result<Option<String>, Failure> {
            let bytes = catalog::storefront::picture(read, practitioner.id, which)?;
            Ok(bytes.map(|bytes| link::picture(&practitioner.slug, name, &asset::hash(&bytes))))
        };
        let (portrait, cover) = (url(Picture::Portrait, "portrait")?, url(Picture::Cover, "cover")?);
        Ok(Self { practitioner, storefront, portrait, cover })
    }

    /// As views take it.
    #[must_use]
    pub fn face(&self) -> Face<'_> {
        Face {
            practitioner: &self.practitioner,
            storefront: &self.storefront,
            portrait: self.portrait.clone(),
            cover: self.cover.clone(),
        }
    }

    /// How a package with a price can be paid for.
    #[must_use]
    pub fn ways(&self, app: &App) -> Vec<Way> {
        let online = app.cashier_of(self.practitioner.id).is_some().then_some(Way::Online);
        let there = (self.storefront.at_practice == AtPractice::Offered).then_some(Way::AtPractice);
        online.into_iter().chain(there).collect()
    }

    /// What stands on her storefront for a reader: not what that one has had as often as one client may.
    fn published(&self, read: &View, reader: Option<ClientId>) -> Result<Vec<Package>, Failure> {
        let mut packages = Vec::new();
        for package in catalog::package::of(read, self.practitioner.id)? {
            if package.listing == Listing::Published && door(read, &package, reader, NONE_YET)? == Door::Open
            {
                packages.push(package);
            }
        }
        Ok(packages)
    }

    fn next_free(
        &self,
        app: &App,
        read: &View,
        package: Option<&Package>,
    ) -> Result<Option<Timestamp>, Failure> {
        let Some(package) = package else { return Ok(None) };
        let length = package.offer.length();
        let found = availability::next_free_in(read, self.practitioner.id, length, app.clock.now(), 1)?;
        Ok(found.first().map(|slot| slot.start))
    }
}

/// The front page: the one storefront, or all of them. Before the practice is set up, the way to the wizard.
async fn home(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    reads: Reads,
    fields: Fields,
) -> Result<Again<Response>, Failure> {
    again::draw(&web, reads, move |app, read| {
        if catalog::practice::find(read)?.is_none() {
            return Ok(Redirect::to(&link::setup()).into_response());
        }
        let members = members(read)?;
        if let [(one, storefront)] = &members[..] {
            let someone = Someone::with(read, one.clone(), storefront.clone())?;
            return Ok(show(app, read, client, &someone)?.into_response());
        }
        Ok(coop(app, read, client, members, fields.some("field"))?.into_response())
    })
    .await
}

fn coop(
    app: &App,
    read: &View,
    client: Option<ClientId>,
    members: Vec<(Practitioner, Storefront)>,
    field: Option<&str>,
) -> Result<Answer, Failure> {
    let mut all = Vec::new();
    for (practitioner, storefront) in members {
        let someone = Someone::with(read, practitioner, storefront)?;
        let packages = someone.published(read, client)?;
        let next_free = someone.next_free(app, read, packages.first())?;
        all.push((someone, packages, next_free));
    }
    let tints = all.iter().map(|(someone, ..)| someone.storefront.accent).collect();
    let setting = Setting::read(app, read, client, None)?.with_tints(tints);
    let cards: Vec<Member<'_>> = all
        .iter()
        .map(|(someone, packages, next_free)| Member {
            face: someone.face(),
            packages,
            next_free: next_free.map(|at| (at, setting.zone(&someone.practitioner))),
        })
        .collect();
    Ok(Answer::page(view::coop(&setting.around(), &cards, field)))
}

async fn storefront(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    reads: Reads,
    Path(slug): Path<String>,
) -> Result<Again, Failure> {
    again::draw(&web, reads, move |app, read| show(app, read, client, &Someone::at(read, &named(&slug)?)?))
        .await
}

fn show(app: &App, read: &View, client: Option<ClientId>, someone: &Someone) -> Result<Answer, Failure> {
    let setting = Setting::read(app, read, client, Some(someone.practitioner.id))?;
    let packages = someone.published(read, client)?;
    let next_free = someone.next_free(app, read, packages.first())?;
    let hers: Vec<Counted> =
        setting.lots.iter().filter(|(lot, _)| lot.practitioner == someone.practitioner.id).cloned().collect();
    let alive = front_lot(&hers).filter(|(_, balance)| balance.is_alive());
    let ways = someone.ways(app);
    let front = Front {
        face: someone.face(),
        packages: &packages,
        next_free: next_free.map(|at| (at, setting.zone(&someone.practitioner))),
        ways: &ways,
        returning: setting.client.as_ref().zip(alive).map(|(client, counted)| (&client.name, counted)),
    };
    Ok(Answer::page(view::storefront(&setting.around(), &front)))
}

/// A package of somebody, by its address. A draft is nobody's business but hers, and what is hidden is found by its key.
///
/// # Errors
/// [`Failure::NotFound`] if there is none that answers.
pub fn package_at(read: &View, someone: &Someone, slug: &str) -> Result<Package, Failure> {
    let asked = named(slug)?;
    let found = catalog::package::with_slug(read, someone.practitioner.id, &asked)?;
    found.filter(|package| package.answers_to(&asked)).ok_or(Failure::NotFound)
}

async fn package(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    reads: Reads,
    Path((slug, package)): Path<(String, String)>,
) -> Result<Again, Failure> {
    again::draw(&web, reads, move |app, read| {
        let someone = Someone::at(read, &named(&slug)?)?;
        let package = package_at(read, &someone, &package)?;
        let setting = Setting::read(app, read, client, Some(someone.practitioner.id))?;
        if package.listing == Listing::Archived {
            return Ok(Answer::page(view::no_longer_offered(&setting.around(), &someone.face(), &package)));
        }
        let next_free = someone.next_free(app, read, Some(&package))?;
        let shown = Shown {
            face: someone.face(),
            package: &package,
            next_free: next_free.map(|at| (at, setting.zone(&someone.practitioner))),
            door: door(read, &package, client, NONE_YET)?,
        };
        Ok(Answer::page(view::package(&setting.around(), &shown)))
    })
    .await
}

/// A portrait or a cover. Its name holds a hash of what it shows, so that it may be kept for ever.
async fn picture(
    State(web): State<Web>,
    Path((slug, file)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (which, hash) = match file.strip_suffix(".jpg").and_then(|name| name.split_once('-')) {
        Some(("portrait", hash)) => (Picture::Portrait, hash.to_owned()),
        Some(("cover", hash)) => (Picture::Cover, hash.to_owned()),
        _ => return Err(Failure::NotFound),
    };
    let bytes = draw(&web, move |_, read| {
        let practitioner = people::practitioner::with_slug(read, &named(&slug)?)?.ok_or(Failure::NotFound)?;
        let bytes = catalog::storefront::picture(read, practitioner.id, which)?;
        bytes.filter(|bytes| asset::hash(bytes) == hash).ok_or(Failure::NotFound)
    })
    .await?;
    let mut response = (Extension(File), bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    Ok(response)
}
