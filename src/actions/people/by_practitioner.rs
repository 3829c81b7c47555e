//! What a practitioner does to her list of clients: adds somebody, corrects her particulars, tags her.

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::email::EmailAddress;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::people::tag::{self, Tag};
use crate::domain::text::Line;
use crate::store::calendar::feed;
use crate::store::{Read, StoreError, people};

/// How a client is called and reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Her name.
    pub name: Line,
    /// Her e-mail address.
    pub email: EmailAddress,
    /// Her telephone number.
    pub phone: Option<Line>,
}

/// Why somebody was not added, or her particulars not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such client of hers, or the form's id is somebody else's.
    NotThere,
    /// Somebody else has that address.
    AddressTaken,
    /// Other practitioners have her as a client too. Whoever changes the address gets her sign-in links, and with them all
    /// that others share with her.
    OfOthersToo,
}

/// What became of an addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// An account was made.
    New(ClientId),
    /// The practice knew that address: she is on the practitioner's list now, under the name that she has.
    Known(ClientId),
}

/// Adds somebody who came in person. Nothing is sent to her. Sent twice, it adds once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn add(app: &App, whose: PractitionerId, id: ClientId, card: Card) -> Result<Added, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let practitioner = people::practitioner::find(tx, whose)?.ok_or(Fault::Missing("a practitioner"))?;
        if let Some(known) = people::client::with_email(tx, &card.email)? {
            people::client::belongs_to(tx, known.id, whose)?;
            return Ok(if known.id == id { Added::New(id) } else { Added::Known(known.id) });
        }
        if people::client::find(tx, id)?.is_some() {
            return Err(Error::Refused(Refusal::NotThere));
        }
        let client = Client {
            id,
            name: card.name.clone(),
            email: card.email.clone(),
            phone: card.phone.clone(),
            zone: practitioner.zone,
            joined_at: at.now,
            verified_at: None,
            password: None,
        };
        people::client::put(tx, &client)?;
        people::client::belongs_to(tx, id, whose)?;
        Ok(Added::New(id))
    })
}

/// Whether another practitioner has this client too.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_of_others(read: &impl Read, whose: PractitionerId, client: ClientId) -> Result<bool, StoreError> {
    for other in people::practitioner::all(read)? {
        if other.id != whose && people::client::find_of(read, other.id, client)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Corrects a client's particulars. With another address her browsers are signed out, links that were sent to the old one
/// do not work any more, and the new one has still to be shown to be hers. Her password and the address of her calendar go too: whoever
/// had the wrong address may have made them.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn correct(app: &App, whose: PractitionerId, id: ClientId, card: Card) -> Result<(), Error<Refusal>> {
    app.keep(move |tx| {
        let found = people::client::find_of(tx, whose, id)?.ok_or(Error::Refused(Refusal::NotThere))?;
        let mut client = Client {
            name: card.name.clone(),
            email: card.email.clone(),
            phone: card.phone.clone(),
            ..found.clone()
        };
        if client.email.key() != found.email.key() {
            if people::client::with_email(tx, &client.email)?.is_some() {
                return Err(Error::Refused(Refusal::AddressTaken));
            }
            if is_of_others(tx, whose, id)? {
                return Err(Error::Refused(Refusal::OfOthersToo));
            }
            client.verified_at = None;
            client.password = None;
            people::login::end_all(tx, Person::Client(id))?;
            feed::remove(tx, Person::Client(id))?;
        }
        Ok(people::client::put(tx, &client)?)
    })
}

/// Why a client was not tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTagged {
    /// There is no such client of hers.
    NotThere,
    /// A rule says no.
    Rule(tag::Refusal),
}

/// Tags a client; one who has the tag keeps it.
///
/// # Errors
/// [`NotTagged`] says why not.
pub fn tag(app: &App, whose: PractitionerId, id: ClientId, new: Tag) -> Result<(), Error<NotTagged>> {
    app.keep(move |tx| {
        people::client::find_of(tx, whose, id)?.ok_or(Error::Refused(NotTagged::NotThere))?;
        let (tags, in_use) = (people::tag::of(tx, whose, id)?, people::tag::in_use(tx, whose)?);
        let tags =
            tag::add(&tags, &in_use, new.clone()).map_err(|why| Error::Refused(NotTagged::Rule(why)))?;
        Ok(people::tag::put(tx, whose, id, &tags)?)
    })
}

/// Takes a tag off a client.
///
/// # Errors
/// [`NotThere`] if there is no such client of hers.
pub fn untag(app: &App, whose: PractitionerId, id: ClientId, old: Tag) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| {
        people::client::find_of(tx, whose, id)?.ok_or(Error::Refused(NotThere))?;
        let tags = tag::remove(&people::tag::of(tx, whose, id)?, &old);
        Ok(people::tag::put(tx, whose, id, &tags)?)
    })
}
