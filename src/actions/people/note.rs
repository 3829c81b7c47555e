//! Writing and reading notes: sealed under a key of the client's, which the instance key wraps. A practitioner reads her
//! own notes about her own clients and nobody else's; a client reads what was shared with her.

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::id::{ClientId, NoteId, PractitionerId};
use crate::domain::people::note::{self, Audience, Draft, Heading, Kind, Note};
use crate::platform::entropy::Entropy;
use crate::platform::seal::{InstanceKey, OwnerKey};
use crate::store::{Read, Tx, calendar, people, scrub};

/// Why a note is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such client of hers, or no such session of theirs.
    NotThere,
    /// A rule says no.
    Rule(note::Refusal),
}

/// What a note's seal is bound to: sealed words put under another heading do not open.
fn bound(heading: &Heading) -> Vec<u8> {
    let booking = heading.booking.map_or(0, |booking| booking.bits());
    let ids = [heading.client.bits(), heading.id.bits(), heading.author.bits(), booking];
    let audience: &[u8] = match heading.audience {
        Audience::Private => b"private",
        Audience::Shared => b"shared",
    };
    let kind: &[u8] = match heading.kind {
        Kind::Usual => b"",
        Kind::Start => b"start",
    };
    ids.iter().flat_map(|bits| bits.to_be_bytes()).chain([audience, kind].concat()).collect()
}

fn key_of(read: &impl Read, instance: &InstanceKey, client: ClientId) -> Result<Option<OwnerKey>, Fault> {
    let Some(wrapped) = people::note::key(read, client)? else { return Ok(None) };
    instance.unwrap(client.bits(), &wrapped).map(Some).map_err(|_| Fault::Sealed)
}

/// Keeps a note, new or changed; its heading is given back.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn write(app: &App, whose: PractitionerId, draft: Draft) -> Result<Heading, Error<Refusal>> {
    let (at, entropy, instance) = (app.moment(), app.entropy.clone(), app.key.clone());
    app.keep(move |tx| {
        let not_there = || Error::Refused(Refusal::NotThere);
        let client = people::client::find_of(tx, whose, draft.client)?.ok_or_else(not_there)?.id;
        if let Some(booking) = draft.booking {
            let session = calendar::booking::find(tx, booking)?;
            session.filter(|one| one.client == client && one.practitioner == whose).ok_or_else(not_there)?;
        }
        let before = people::note::find(tx, client, draft.id)?.map(|(heading, _)| heading);
        let Note { heading, text } = note::write(whose, draft.clone(), before.as_ref(), at.now)
            .map_err(|refusal| Error::Refused(Refusal::Rule(refusal)))?;
        let key = match key_of(tx, &instance, client)? {
            Some(key) => key,
            None => {
                let (key, wrapped) = instance.new_key_for(client.bits(), &entropy);
                people::note::put_key(tx, client, &wrapped)?;
                key
            }
        };
        let sealed = key.seal(&bound(&heading), text.as_str().as_bytes(), &entropy);
        people::note::put(tx, &heading, sealed)?;
        Ok(heading)
    })
}

/// Seals every note anew: each client gets another key, wrapped by the instance's new one. Says how many notes there are.
///
/// # Errors
/// [`Fault::Sealed`] if the old key does not open one of them.
pub fn seal_anew(
    tx: &Tx<'_>,
    from: &InstanceKey,
    to: &InstanceKey,
    entropy: &Entropy,
) -> Result<usize, Fault> {
    let mut count = 0;
    for (client, wrapped) in people::note::keys(tx)? {
        let before = from.unwrap(client.bits(), &wrapped).map_err(|_| Fault::Sealed)?;
        let (after, wrapped) = to.new_key_for(client.bits(), entropy);
        for (heading, sealed) in people::note::about(tx, client)? {
            let words = before.open(&bound(&heading), &sealed).map_err(|_| Fault::Sealed)?;
            people::note::put(tx, &heading, after.seal(&bound(&heading), &words, entropy))?;
            count += 1;
        }
        people::note::put_key(tx, client, &wrapped)?;
    }
    Ok(count)
}

/// Opens the notes about a client that `may` be read, oldest first.
///
/// # Errors
/// [`Fault::Sealed`] if one does not open.
pub(in crate::actions) fn open(
    read: &impl Read,
    instance: &InstanceKey,
    client: ClientId,
    may: impl Fn(&Heading) -> bool,
) -> Result<Vec<Note>, Fault> {
    let found = people::note::about(read, client)?;
    let Some(key) = key_of(read, instance, client)? else {
        return if found.is_empty() { Ok(Vec::new()) } else { Err(Fault::Sealed) };
    };
    let open = |(heading, sealed): (Heading, Vec<u8>)| {
        let words = key.open(&bound(&heading), &sealed).map_err(|_| Fault::Sealed)?;
        let text = String::from_utf8(words).ok().and_then(|words| words.parse().ok());
        Ok(Note { heading, text: text.ok_or(Fault::Sealed)? })
    };
    found.into_iter().filter(|(heading, _)| may(heading)).map(open).collect()
}

/// A practitioner's own notes about one of her clients, oldest first.
///
/// # Errors
/// [`NotThere`] if there is no such client of hers.
pub fn of_practitioner(
    app: &App,
    whose: PractitionerId,
    client: ClientId,
) -> Result<Vec<Note>, Error<NotThere>> {
    let read = app.store.read()?;
    let client = people::client::find_of(&read, whose, client)?.ok_or(Error::Refused(NotThere))?.id;
    Ok(open(&read, &app.key, client, |heading| heading.author == whose)?)
}

/// The notes that were shared with a client, by whomever, oldest first.
///
/// # Errors
/// [`Fault`] if the file fails or one does not open.
pub fn shared_with(app: &App, client: ClientId) -> Result<Vec<Note>, Fault> {
    open(&app.store.read()?, &app.key, client, |heading| heading.audience == Audience::Shared)
}

/// One of a practitioner's own notes about one of her clients.
///
/// # Errors
/// [`NotThere`] if there is no such note of hers.
pub fn one(app: &App, whose: PractitionerId, client: ClientId, id: NoteId) -> Result<Note, Error<NotThere>> {
    let read = app.store.read()?;
    people::client::find_of(&read, whose, client)?.ok_or(Error::Refused(NotThere))?;
    let found = open(&read, &app.key, client, |heading| heading.id == id && heading.author == whose)?;
    found.into_iter().next().ok_or(Error::Refused(NotThere))
}

/// Removes a note.
///
/// # Errors
/// [`NotThere`] if there is no such note of hers.
pub fn remove(app: &App, whose: PractitionerId, client: ClientId, id: NoteId) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| {
        let found = people::note::find(tx, client, id)?.filter(|(heading, _)| heading.author == whose);
        found.ok_or(Error::Refused(NotThere))?;
        people::note::remove(tx, client, id)?;
        Ok(scrub::ask(tx)?)
    })
}
