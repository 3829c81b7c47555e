//! Sign-in links and signed-in browsers, both by the SHA-256 of their token: a stolen file signs nobody in.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::login::{Came, Link, Login, Person};
use crate::domain::time::Timestamp;
use crate::store::row::{id, id_or_none, instant, instant_or_none, kept};
use crate::store::table::{LATEST_LINK, LINKS, LOGINS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Person")]
pub(in crate::store) enum PersonRow {
    Client(#[serde(with = "id")] ClientId),
    Practitioner(#[serde(with = "id")] PractitionerId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Link")]
pub(in crate::store) struct LinkRow {
    #[serde(with = "PersonRow")]
    who: Person,
    #[serde(with = "instant")]
    made_at: Timestamp,
    code: [u8; 32],
    tries: u32,
    #[serde(with = "instant_or_none")]
    used_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Login")]
pub(in crate::store) struct LoginRow {
    #[serde(with = "PersonRow")]
    who: Person,
    #[serde(with = "instant")]
    began_at: Timestamp,
    #[serde(with = "instant")]
    seen_at: Timestamp,
    #[serde(default, with = "id_or_none")]
    desk: Option<PractitionerId>,
    #[serde(default = "otherwise", with = "CameRow")]
    came: Came,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Came")]
enum CameRow {
    ByLink,
    Otherwise,
}

const fn otherwise() -> Came {
    Came::Otherwise
}
kept!(LinkRow = "LinkRow" for Link, LoginRow = "LoginRow" for Login);

/// The link whose token has that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find_link(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Link>, StoreError> {
    LINKS.find(read, digest)
}

/// Keeps a link, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_link(tx: &Tx<'_>, digest: &[u8; 32], link: &Link) -> Result<(), StoreError> {
    LINKS.put(tx, digest, link)
}

/// Clients and practitioners apart.
pub(in crate::store) fn person_key(person: Person) -> (u8, u128) {
    match person {
        Person::Client(id) => (1, id.bits()),
        Person::Practitioner(id) => (2, id.bits()),
    }
}

/// Notes which link of a person is the newest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_latest(tx: &Tx<'_>, person: Person, digest: &[u8; 32]) -> Result<(), StoreError> {
    LATEST_LINK.put(tx, &person_key(person), &digest.to_vec())
}

/// The digest of the newest link of a person.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn latest(read: &impl Read, person: Person) -> Result<Option<[u8; 32]>, StoreError> {
    Ok(LATEST_LINK.find(read, &person_key(person))?.and_then(|digest| digest.try_into().ok()))
}

/// The signed-in browser whose cookie has that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Login>, StoreError> {
    LOGINS.find(read, digest)
}

/// Keeps a login, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, digest: &[u8; 32], login: &Login) -> Result<(), StoreError> {
    LOGINS.put(tx, digest, login)
}

/// Signs a browser out.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, digest: &[u8; 32]) -> Result<(), StoreError> {
    LOGINS.remove(tx, digest)
}

/// Drops links and logins that ended before an instant; says how many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn prune(tx: &Tx<'_>, before: Timestamp) -> Result<usize, StoreError> {
    let links =
        LINKS.all(tx)?.into_iter().filter(|(_, link)| link.ends_at() < before).map(|(digest, _)| digest);
    let links: Vec<_> = links.collect();
    let logins =
        LOGINS.all(tx)?.into_iter().filter(|(_, login)| login.ends_at() < before).map(|(digest, _)| digest);
    let logins: Vec<_> = logins.collect();
    links.iter().try_for_each(|digest| LINKS.remove(tx, digest))?;
    logins.iter().try_for_each(|digest| LOGINS.remove(tx, digest))?;
    Ok(links.len() + logins.len())
}

/// Signs a person out everywhere and makes her links useless; says how many of both there were.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn end_all(tx: &Tx<'_>, person: Person) -> Result<usize, StoreError> {
    let links = LINKS.all(tx)?.into_iter().filter(|(_, link)| link.who == person).map(|(digest, _)| digest);
    let links: Vec<_> = links.collect();
    let logins =
        LOGINS.all(tx)?.into_iter().filter(|(_, login)| login.who == person).map(|(digest, _)| digest);
    let logins: Vec<_> = logins.collect();
    links.iter().try_for_each(|digest| LINKS.remove(tx, digest))?;
    logins.iter().try_for_each(|digest| LOGINS.remove(tx, digest))?;
    LATEST_LINK.remove(tx, &person_key(person))?;
    Ok(links.len() + logins.len())
}
