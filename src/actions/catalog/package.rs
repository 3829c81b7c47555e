//! Packages: made, changed in versions, published and put away; never deleted.

use crate::actions::Error;
use crate::app::App;
use crate::domain::catalog::package::{self, Listing, Offer, Package};
use crate::domain::catalog::selling::Selling;
use crate::domain::id::{PackageId, PractitionerId};
use crate::domain::text::Slug;
use crate::store::catalog::package as kept;

/// Why a package cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such package of this practitioner.
    NotThere,
    /// The offer is not sound, or its address is taken.
    Unfit(package::Refusal),
}

/// A package as it is to be kept.
#[derive(Debug, Clone)]
pub struct Written {
    /// The id that the form carried.
    pub id: PackageId,
    /// Its part of the address.
    pub slug: Slug,
    /// What it offers.
    pub offer: Offer,
    /// How it is sold; `None` is as before, and for a new one without limits.
    pub selling: Option<Selling>,
    /// Where it can be found.
    pub listing: Listing,
}

/// Keeps a package, sold as before.
///
/// # Errors
/// [`Refusal`] says what is wrong.
pub fn save(
    app: &App,
    whose: PractitionerId,
    id: PackageId,
    slug: Slug,
    offer: Offer,
    listing: Listing,
) -> Result<Package, Error<Refusal>> {
    write(app, whose, Written { id, slug, offer, selling: None, listing })
}

/// Keeps a package. A new id makes one; a changed offer makes the next version; sold lots keep theirs.
///
/// # Errors
/// [`Refusal`] says what is wrong.
pub fn write(app: &App, whose: PractitionerId, written: Written) -> Result<Package, Error<Refusal>> {
    let unfit = |why| Error::Refused(Refusal::Unfit(why));
    written.offer.check().map_err(unfit)?;
    if written.selling.is_some_and(|selling| !selling.is_sound()) {
        return Err(unfit(package::Refusal::Limit));
    }
    let (now, fresh_key) = (app.clock.now(), key(app));
    app.keep(move |tx| {
        let Written { id, slug, offer, selling, listing } = written.clone();
        if kept::with_slug(tx, whose, &slug)?.is_some_and(|other| other.id != id) {
            return Err(unfit(package::Refusal::SlugTaken));
        }
        let mut package = match kept::find(tx, id)? {
            Some(old) if old.practitioner != whose => return Err(Error::Refused(Refusal::NotThere)),
            Some(old) if old.offer == offer => Package { slug, ..old },
            Some(old) => Package { slug, offer, version: old.version + 1, changed_at: now, ..old },
            None => {
                let position = kept::of(tx, whose)?.iter().map(|one| one.position + 1).max().unwrap_or(0);
                Package {
                    id,
                    practitioner: whose,
                    slug,
                    version: 1,
                    offer,
                    selling: Selling::default(),
                    listing,
                    key: None,
                    position,
                    changed_at: now,
                }
            }
        };
        package.selling = selling.unwrap_or(package.selling);
        put_on(&mut package, listing, &fresh_key);
        kept::put(tx, &package)?;
        Ok(package)
    })
}

/// A part of an address that nobody guesses.
fn key(app: &App) -> Slug {
    app.entropy.token().to_string().parse().expect("a token is letters and digits")
}

/// Lists a package; one that is hidden for the first time gets its key.
fn put_on(package: &mut Package, listing: Listing, fresh_key: &Slug) {
    package.listing = listing;
    if listing == Listing::Hidden {
        package.key.get_or_insert_with(|| fresh_key.clone());
    }
}

/// Publishes a package, hides it, takes it off the storefront, or puts it away.
///
/// # Errors
/// [`Refusal::NotThere`] if it is not this practitioner's.
pub fn list(app: &App, whose: PractitionerId, id: PackageId, listing: Listing) -> Result<(), Error<Refusal>> {
    let fresh_key = key(app);
    change(app, whose, id, move |package| put_on(package, listing, &fresh_key))
}

/// Gives a package that was hidden another link; the one before leads nowhere from then on.
///
/// # Errors
/// [`Refusal::NotThere`] if it is not this practitioner's.
pub fn renew_link(app: &App, whose: PractitionerId, id: PackageId) -> Result<(), Error<Refusal>> {
    let fresh_key = key(app);
    change(app, whose, id, move |package| package.key = package.key.as_ref().map(|_| fresh_key.clone()))
}

/// Which way a package goes on the storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Nearer to the top.
    Up,
    /// Nearer to the foot.
    Down,
}

/// Moves a package one place on the storefront.
///
/// # Errors
/// [`Refusal::NotThere`] if it is not this practitioner's.
pub fn shift(
    app: &App,
    whose: PractitionerId,
    id: PackageId,
    direction: Direction,
) -> Result<(), Error<Refusal>> {
    app.keep(move |tx| {
        let mut all = kept::of(tx, whose)?;
        let at = all.iter().position(|one| one.id == id).ok_or(Error::Refused(Refusal::NotThere))?;
        // What was put away does not stand in the list that she sees, so it is no place to move to.
        let stands = |to: &usize| all[*to].listing != Listing::Archived;
        let to = match direction {
            Direction::Up => (0..at).rev().find(stands),
            Direction::Down => (at + 1..all.len()).find(stands),
        };
        all.swap(at, to.unwrap_or(at));
        for (position, package) in (0..).zip(all) {
            if package.position != position {
                kept::put(tx, &Package { position, ..package })?;
            }
        }
        Ok(())
    })
}

fn change(
    app: &App,
    whose: PractitionerId,
    id: PackageId,
    mut with: impl FnMut(&mut Package) + Send + 'static,
) -> Result<(), Error<Refusal>> {
    app.keep(move |tx| {
        let found = kept::find(tx, id)?.filter(|package| package.practitioner == whose);
        let mut package = found.ok_or(Error::Refused(Refusal::NotThere))?;
        with(&mut package);
        Ok(kept::put(tx, &package)?)
    })
}
