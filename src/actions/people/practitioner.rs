//! A practitioner's own account.

use std::sync::Arc;

use super::login::{FreshLink, make_link};
use super::second::told;
use crate::actions::{Error, NotThere, audit, outbox};
use crate::app::App;
use crate::domain::audit::{Concern, What, Who};
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::{Changed, Person};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::{Line, Slug};
use crate::domain::time::Zone;
use crate::platform::entropy::Token;
use crate::store::people::{login, passkey, practitioner, second};

/// Why a practitioner's account cannot be kept so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such practitioner.
    NotThere,
    /// Another one has the address of the storefront, or it is kept for the program's own pages.
    SlugTaken,
    /// Another one has the e-mail address.
    EmailTaken,
}

/// What she can change of her account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Her name as clients see it.
    pub name: Line,
    /// Where she signs in.
    pub email: EmailAddress,
    /// Her storefront's address.
    pub slug: Slug,
    /// Her zone.
    pub zone: Zone,
}

/// Keeps a changed account.
///
/// # Errors
/// [`Refusal`] says what is taken.
pub fn save(app: &App, id: PractitionerId, new: Account) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = practitioner::find(tx, id)?.ok_or(Error::Refused(Refusal::NotThere))?;
        let other = |found: Option<Practitioner>| found.is_some_and(|other| other.id != id);
        let reserved = crate::views::link::RESERVED.contains(&new.slug.as_str());
        if reserved || other(practitioner::with_slug(tx, &new.slug)?) {
            return Err(Error::Refused(Refusal::SlugTaken));
        }
        if other(practitioner::with_email(tx, &new.email)?) {
            return Err(Error::Refused(Refusal::EmailTaken));
        }
        let Account { name, email, slug, zone } = new.clone();
        if found.email.key() != email.key() {
            audit::note(tx, at.now, Who::Member(id), What::AddressChanged, Concern::Member(id))?;
            // Told to the address before, which the key has: whoever reads mail there may be she.
            let what = format!("{}/{id}/{}/{}", Changed::Address.name(), at.now, found.email);
            let to = Person::Practitioner(id);
            outbox::queue(tx, &at, Kind::SignInChanged, to, About::Oneself, &what, at.now)?;
        }
        Ok(practitioner::put(tx, &Practitioner { name, email, slug, zone, ..found })?)
    })
}

/// Sets the password; the caller has checked that it is strong enough.
///
/// # Errors
/// [`NotThere`] if there is no such practitioner.
pub async fn set_password(
    app: &Arc<App>,
    id: PractitionerId,
    password: String,
) -> Result<(), Error<NotThere>> {
    let hash = app.passwords.hash(&password).await;
    app.run(move |app| set_hash(app, id, hash)).await
}

/// Sets the password by its argon2 hash, made here or elsewhere; the caller has checked that it can be kept.
///
/// # Errors
/// [`NotThere`] if there is no such practitioner.
pub fn set_hash(app: &App, id: PractitionerId, hash: String) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| {
        let found = practitioner::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        Ok(practitioner::put(tx, &Practitioner { password: Some(hash.clone()), ..found })?)
    })
}

/// Changes the password of a member who is signed in; every other browser of hers is signed out.
///
/// # Errors
/// [`NotThere`] if there is no such practitioner.
pub async fn change_password(
    app: &Arc<App>,
    id: PractitionerId,
    password: String,
    cookie: String,
) -> Result<(), Error<NotThere>> {
    let hash = app.passwords.hash(&password).await;
    let here = cookie.parse::<Token>().map(|token| token.digest()).unwrap_or_default();
    app.run(move |app| {
        let at = app.moment();
        app.keep(move |tx| {
            let found = practitioner::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
            practitioner::put(tx, &Practitioner { password: Some(hash.clone()), ..found })?;
            login::end_others(tx, Person::Practitioner(id), &here)?;
            Ok(told(tx, &at, id, (What::PasswordChanged, Changed::Password))?)
        })
    })
    .await
}

/// Whether a lost second factor goes with the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// It stays.
    Kept,
    /// It is taken away.
    Lost,
}

/// What whoever has the machine puts in the place of a forgotten password.
#[derive(Debug, Clone)]
pub enum Instead {
    /// Another one, by its argon2 hash; the caller has checked that it is strong enough.
    Password(String),
    /// None: a link that signs in once, after which a new one can be chosen.
    Link,
}

/// What came of it.
#[derive(Debug)]
pub struct Reset {
    /// How many browsers were signed out, and links made useless.
    pub ended: usize,
    /// The link, if one was asked for.
    pub link: Option<FreshLink>,
}

/// Changes the password of an active member without the old one, signs her out everywhere and tells her by mail, all or
/// nothing.
///
/// # Errors
/// [`NotThere`] if no active member signs in with that address.
pub fn reset(
    app: &App,
    email: &EmailAddress,
    (instead, factor): (Instead, Factor),
) -> Result<Reset, Error<NotThere>> {
    let (at, entropy, email) = (app.moment(), app.entropy.clone(), email.clone());
    app.keep(move |tx| {
        let found = practitioner::with_email(tx, &email)?.filter(Practitioner::is_active);
        let found = found.ok_or(Error::Refused(NotThere))?;
        let who = Person::Practitioner(found.id);
        let ended = login::end_all(tx, who)?;
        let (password, link) = match &instead {
            Instead::Password(hash) => (Some(hash.clone()), None),
            Instead::Link => (None, Some(make_link(tx, &at, &entropy, who)?)),
        };
        let about = Concern::Member(found.id);
        if factor == Factor::Lost {
            second::remove(tx, found.id)?;
            passkey::remove_of(tx, found.id)?;
            audit::note(tx, at.now, Who::Console, What::FactorOff, about)?;
        }
        audit::note(tx, at.now, Who::Console, What::PasswordChanged, about)?;
        let what = format!("{}/{}", found.id, at.now);
        practitioner::put(tx, &Practitioner { password, ..found })?;
        outbox::queue(tx, &at, Kind::PasswordChanged, who, About::Oneself, &what, at.now)?;
        Ok(Reset { ended, link })
    })
}
