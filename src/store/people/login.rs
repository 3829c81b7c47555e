//! Sign-in links and signed-in browsers, both by the SHA-256 of their token: a stolen file signs nobody in.

use serde::{Deserialize, Serialize};

use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::login::{Came, Link, Login, Person};
use crate::domain::people::second::Halfway;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{id, id_or_none, instant, instant_or_none, kept, text_or_none};
use crate::store::table::{HALFWAY, LATEST_LINK, LINKS, LOGINS};
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
    #[serde(default, with = "text_or_none")]
    browser: Option<Line>,
    #[serde(default, with = "instant_or_none")]
    proved_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Halfway")]
pub(in crate::store) struct HalfwayRow {
    #[serde(with = "id")]
    who: PractitionerId,
    #[serde(with = "CameRow")]
    came: Came,
    #[serde(with = "instant")]
    began_at: Timestamp,
    tries: u32,
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
kept!(LinkRow = "LinkRow" for Link, LoginRow = "LoginRow" for Login, HalfwayRow = "HalfwayRow" for Halfway);

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

/// Every browser in which a person is signed in, by the digest of its cookie.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, person: Person) -> Result<Vec<([u8; 32], Login)>, StoreError> {
    Ok(LOGINS.all(read)?.into_iter().filter(|(_, login)| login.who == person).collect())
}

/// The browser that did the first step of signing in and has a cookie with that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find_halfway(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Halfway>, StoreError> {
    HALFWAY.find(read, digest)
}

/// Keeps one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_halfway(tx: &Tx<'_>, digest: &[u8; 32], halfway: &Halfway) -> Result<(), StoreError> {
    HALFWAY.put(tx, digest, halfway)
}

/// Drops one, as it went on or gave up.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove_halfway(tx: &Tx<'_>, digest: &[u8; 32]) -> Result<(), StoreError> {
    HALFWAY.remove(tx, digest)
}

/// Drops links, logins and first steps that ended before an instant; says how many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn prune(tx: &Tx<'_>, before: Timestamp) -> Result<usize, StoreError> {
    let (link, login) = (|one: &Link| one.ends_at() < before, |one: &Login| one.ends_at() < before);
    drop_those(tx, (link, login, |one: &Halfway| one.ends_at() < before))
}

/// Signs a person out everywhere and makes her links useless; says how many of both there were.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn end_all(tx: &Tx<'_>, person: Person) -> Result<usize, StoreError> {
    LATEST_LINK.remove(tx, &person_key(person))?;
    let (link, login) = (|one: &Link| one.who == person, |one: &Login| one.who == person);
    drop_those(tx, (link, login, |one: &Halfway| Person::Practitioner(one.who) == person))
}

/// The same, but for one browser.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn end_others(tx: &Tx<'_>, person: Person, here: &[u8; 32]) -> Result<usize, StoreError> {
    let kept = find(tx, here)?.filter(|login| login.who == person);
    let ended = end_all(tx, person)?;
    let Some(kept) = kept else { return Ok(ended) };
    put(tx, here, &kept)?;
    Ok(ended - 1)
}

/// Drops what one asks for; says how many.
fn drop_those(
    tx: &Tx<'_>,
    (link, login, halfway): (impl Fn(&Link) -> bool, impl Fn(&Login) -> bool, impl Fn(&Halfway) -> bool),
) -> Result<usize, StoreError> {
    let links = Vec::from_iter(LINKS.all(tx)?.into_iter().filter(|(_, one)| link(one)).map(|(key, _)| key));
    let logins =
        Vec::from_iter(LOGINS.all(tx)?.into_iter().filter(|(_, one)| login(one)).map(|(key, _)| key));
    let halves =
        Vec::from_iter(HALFWAY.all(tx)?.into_iter().filter(|(_, one)| halfway(one)).map(|(key, _)| key));
    links.iter().try_for_each(|key| LINKS.remove(tx, key))?;
    logins.iter().try_for_each(|key| LOGINS.remove(tx, key))?;
    halves.iter().try_for_each(|key| HALFWAY.remove(tx, key))?;
    Ok(links.len() + logins.len() + halves.len())
}
