//! Setting the practice up, and its storefronts' words, colours and pictures.

use crate::actions::{Error, NotThere, audit};
use crate::app::App;
use crate::domain::audit::{Concern, What, Who};
use crate::domain::calendar::availability::Availability;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::{Practitioner, Role};
use crate::domain::text::Slug;
use crate::store::StoreError;
use crate::store::catalog::storefront::Picture;
use crate::store::{calendar, catalog, people};

/// Why a practice cannot be founded, or somebody cannot join it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has an owner already.
    Founded,
    /// The storefront's address is taken, or kept for the program's own pages.
    SlugTaken,
    /// Another practitioner has the e-mail address.
    EmailTaken,
}

/// Everything a practitioner begins with.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The account.
    pub practitioner: Practitioner,
    /// The storefront.
    pub storefront: Storefront,
    /// The hours.
    pub hours: Availability,
}

impl Newcomer {
    /// Somebody who begins with an empty storefront and no hours.
    #[must_use]
    pub fn fresh(practitioner: Practitioner) -> Self {
        let storefront = Storefront::new(practitioner.id);
        let hours = Availability::none(practitioner.zone.clone());
        Self { practitioner, storefront, hours }
    }
}

/// Whether an address of a storefront is kept for the program's own pages.
pub(super) fn is_reserved(slug: &Slug) -> bool {
    crate::views::link::RESERVED.contains(&slug.as_str())
}

/// Founds the practice with its first owner. Closes the wizard: a second call is refused.
///
/// # Errors
/// [`Refusal`] if there is an owner already, or the address is taken.
pub fn found(app: &App, practice: Practice, owner: Newcomer) -> Result<(), Error<Refusal>> {
    app.keep(move |tx| {
        if people::practitioner::all(tx)?.iter().any(|one| one.role == Role::Owner) {
            return Err(Error::Refused(Refusal::Founded));
        }
        check(tx, &owner.practitioner)?;
        catalog::practice::put(tx, &practice)?;
        Ok(add(tx, &owner)?)
    })
}

/// Lets a practitioner join.
///
/// # Errors
/// [`Refusal`] if the address is taken.
pub fn join(app: &App, newcomer: Newcomer) -> Result<(), Error<Refusal>> {
    app.keep(move |tx| {
        check(tx, &newcomer.practitioner)?;
        Ok(add(tx, &newcomer)?)
    })
}

/// Lets somebody join who gives no sessions.
///
/// # Errors
/// [`Refusal`] if the address is taken.
pub fn join_front_desk(app: &App, member: Practitioner) -> Result<(), Error<Refusal>> {
    debug_assert!(!member.role.gives_sessions());
    app.keep(move |tx| {
        check(tx, &member)?;
        Ok(people::practitioner::put(tx, &member)?)
    })
}

pub(super) fn check(tx: &crate::store::Tx<'_>, one: &Practitioner) -> Result<(), Error<Refusal>> {
    let other = |found: Option<Practitioner>| found.is_some_and(|found| found.id != one.id);
    if is_reserved(&one.slug) || other(people::practitioner::with_slug(tx, &one.slug)?) {
        return Err(Error::Refused(Refusal::SlugTaken));
    }
    if other(people::practitioner::with_email(tx, &one.email)?) {
        return Err(Error::Refused(Refusal::EmailTaken));
    }
    Ok(())
}

pub(super) fn add(tx: &crate::store::Tx<'_>, one: &Newcomer) -> Result<(), StoreError> {
    people::practitioner::put(tx, &one.practitioner)?;
    catalog::storefront::put(tx, &one.storefront)?;
    calendar::availability::put(tx, one.practitioner.id, &one.hours)
}

/// Keeps the practice's particulars, as it is set up.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn save(app: &App, practice: Practice) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(catalog::practice::put(tx, &practice)?))
}

/// Changes the practice's particulars, which is written down.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn change(app: &App, by: PractitionerId, practice: Practice) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        audit::note(tx, now, Who::Member(by), What::PracticeChanged, Concern::Practice)?;
        Ok(catalog::practice::put(tx, &practice)?)
    })
}

/// Keeps a storefront's words and colour.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn save_storefront(app: &App, storefront: Storefront) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(catalog::storefront::put(tx, &storefront)?))
}

/// Keeps a picture that this program encoded, or takes it away.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn save_picture(
    app: &App,
    whose: PractitionerId,
    which: Picture,
    jpeg: Option<Vec<u8>>,
) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(catalog::storefront::put_picture(tx, whose, which, jpeg.as_ref())?))
}
