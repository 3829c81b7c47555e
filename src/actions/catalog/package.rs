//! Packages: made, changed in versions, published and put away; never deleted.

use crate::actions::Error;
use crate::app::App;
use crate::domain::catalog::package::{self, Listing, Offer, Package};
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

/// Keeps a package. A new id makes one; a changed offer makes the next version; sold lots keep theirs.
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
    offer.check().map_err(|refusal| Error::Refused(Refusal::Unfit(refusal)))?;
    let now = app.clock.now();
    app.keep(move |tx| {
        if kept::with_slug(tx, whose, &slug)?.is_some_and(|other| other.id != id) {
            return Err(Error::Refused(Refusal::Unfit(package::Refusal::SlugTaken)));
        }
        let (slug, offer) = (slug.clone(), offer.clone());
        let package = match kept::find(tx, id)? {
            Some(old) if old.practitioner != whose => return Err(Error::Refused(Refusal::NotThere)),
            Some(old) if old.offer == offer => Package { slug, listing, ..old },
            Some(old) => Package { slug, listing, offer, version: old.version + 1, changed_at: now, ..old },
            None => {
                let position = kept::of(tx, whose)?.iter().map(|one| one.position + 1).max().unwrap_or(0);
                Package {
                    id,
                    practitioner: whose,
                    slug,
                    version: 1,
                    offer,
                    listing,
                    position,
                    changed_at: now,
                }
            }
        };
        kept::put(tx, &package)?;
        Ok(package)
    })
}

/// Publishes a package, takes it off the storefront, or puts it away.
///
/// # Errors
/// [`Refusal::NotThere`] if it is not this practitioner's.
pub fn list(app: &App, whose: PractitionerId, id: PackageId, listing: Listing) -> Result<(), Error<Refusal>> {
    change(app, whose, id, move |package| package.listing = listing)
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
        let to = match direction {
            Direction::Up => at.saturating_sub(1),
            Direction::Down => (at + 1).min(all.len() - 1),
        };
        all.swap(at, to);
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
