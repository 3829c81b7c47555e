//! Passkeys: adding one, taking it away, signing in with it, and proving by it who sits there. What was asked is known to `web`,
//! which takes each question once.

use data_encoding::BASE64URL_NOPAD;

use super::login::{self, Opened};
use super::second::told;
use crate::actions::{Error, NotThere, audit};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::people::login::{Came, Changed, Person};
use crate::domain::people::passkey::{Algorithm, MOST, Passkey, Refusal};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::platform::passkey::{Answer, Question, Scheme, Site};
use crate::platform::seal::digest_of;
use crate::store::people::{passkey, practitioner, second};
use crate::store::{StoreError, Tx};

const fn scheme(algorithm: Algorithm) -> Scheme {
    match algorithm {
        Algorithm::Es256 => Scheme::Es256,
        Algorithm::EdDsa => Scheme::EdDsa,
        Algorithm::Rs256 => Scheme::Rs256,
    }
}

const fn algorithm(scheme: Scheme) -> Algorithm {
    match scheme {
        Scheme::Es256 => Algorithm::Es256,
        Scheme::EdDsa => Algorithm::EdDsa,
        Scheme::Rs256 => Algorithm::Rs256,
    }
}

/// Where passkeys of this program work, if they do.
#[must_use]
pub(super) fn site(app: &App) -> Option<Site> {
    Site::of(&app.base_url)
}

/// A question for a passkey, and how a page has it.
#[must_use]
pub fn question(app: &App) -> (Question, String) {
    let fresh: Question = app.entropy.bytes();
    (fresh, shown(&fresh))
}

/// Bytes as a page has them: base64url.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// Which question an answer answers.
#[must_use]
pub fn question_of(answer: &str) -> Option<Question> {
    Answer::read(answer).ok()?.question().ok()
}

/// Under which name passkeys of this program are kept, where they work.
#[must_use]
pub fn site_name(app: &App) -> Option<String> {
    site(app).map(|site| site.name)
}

/// A member's passkeys, each with the name that a form has for it.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn of(app: &App, member: PractitionerId) -> Result<Vec<(String, Passkey)>, Fault> {
    let hers = passkey::of(&app.store.read()?, member)?;
    Ok(hers.into_iter().map(|(digest, one)| (named(&digest), one)).collect())
}

fn named(digest: &[u8; 32]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps a new passkey of a member; she is told by mail.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn add(app: &App, member: PractitionerId, (answer, name): (&str, Line)) -> Result<(), Error<Refusal>> {
    let site = site(app).ok_or(Error::Refused(Refusal::Unknown))?;
    let answer = Answer::read(answer).map_err(|_| Error::Refused(Refusal::Unknown))?;
    let made = answer.made(&site).map_err(|_| Error::Refused(Refusal::Unknown))?;
    let (at, digest) = (app.moment(), digest_of(&made.credential));
    app.keep(move |tx| {
        if second::confirmed(tx, member)?.is_none() {
            return Err(Error::Refused(Refusal::NoFactor));
        }
        if passkey::find(tx, &digest)?.is_some() {
            return Err(Error::Refused(Refusal::Known));
        }
        if passkey::of(tx, member)?.len() >= MOST {
            return Err(Error::Refused(Refusal::TooMany));
        }
        let one = Passkey {
            member,
            credential: made.credential.clone(),
            name: name.clone(),
            algorithm: algorithm(made.scheme),
            key: made.key.clone(),
            counted: made.counted,
            added_at: at.now,
            used_at: None,
        };
        passkey::put(tx, &digest, &one)?;
        Ok(told(tx, &at, member, (What::PasskeyAdded, Changed::PasskeyAdded))?)
    })
}

/// Takes one of a member's passkeys away; she is told by mail.
///
/// # Errors
/// [`NotThere`] if she has none of that name.
pub fn remove(app: &App, member: PractitionerId, name: &str) -> Result<(), Error<NotThere>> {
    let (at, name) = (app.moment(), name.to_owned());
    app.keep(move |tx| {
        let hers = passkey::of(tx, member)?;
        let (digest, _) =
            hers.iter().find(|(digest, _)| named(digest) == name).ok_or(Error::Refused(NotThere))?;
        passkey::remove(tx, digest)?;
        Ok(told(tx, &at, member, (What::PasskeyRemoved, Changed::PasskeyRemoved))?)
    })
}

/// Whose passkey signed an answer, in a transaction that does more; its use is counted.
fn used(
    tx: &Tx<'_>,
    site: &Site,
    answer: &Answer,
    now: Timestamp,
) -> Result<Option<PractitionerId>, StoreError> {
    let digest = digest_of(&answer.credential);
    let Some(one) = passkey::find(tx, &digest)? else { return Ok(None) };
    let says_hers = answer.whose.is_empty() || answer.whose == one.member.bits().to_be_bytes();
    let active = practitioner::find(tx, one.member)?.is_some_and(|member| member.is_active());
    let key = (scheme(one.algorithm), one.key.as_slice());
    let Ok(counted) = answer.signed_by(site, key, one.counted) else { return Ok(None) };
    if !says_hers || !active {
        return Ok(None);
    }
    let member = one.member;
    passkey::put(tx, &digest, &Passkey { counted, used_at: Some(now), ..one })?;
    Ok(Some(member))
}

/// Signs a browser in by a passkey alone: the device asked its owner for its own lock.
///
/// # Errors
/// [`Refusal::Unknown`] if it is nobody's, or did not sign this.
pub fn sign_in(app: &App, answer: &str) -> Result<Opened, Error<Refusal>> {
    let site = site(app).ok_or(Error::Refused(Refusal::Unknown))?;
    let answer = Answer::read(answer).map_err(|_| Error::Refused(Refusal::Unknown))?;
    let (at, cookie) = (app.moment(), app.entropy.token());
    let entered = app.keep(move |tx| -> Result<Option<Opened>, Fault> {
        let Some(member) = used(tx, &site, &answer, at.now)? else {
            let whose = passkey::find(tx, &digest_of(&answer.credential))?;
            match whose.map(|one| one.member) {
                Some(id) => audit::note(tx, at.now, Who::Stranger, What::SignInRefused, Concern::Member(id))?,
                None => crate::store::knock(tx, at.now)?,
            }
            return Ok(None);
        };
        let who = Person::Practitioner(member);
        login::open(tx, &at, (who, Came::Otherwise), &cookie)?;
        Ok(Some(Opened { who, cookie: cookie.to_string() }))
    })?;
    entered.ok_or(Error::Refused(Refusal::Unknown))
}

/// Whether an answer proves that a member sits there, in a transaction that does more.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub(super) fn proves(
    tx: &Tx<'_>,
    (site, answer): (Option<&Site>, &str),
    member: PractitionerId,
    now: Timestamp,
) -> Result<Fits, StoreError> {
    let (Some(site), Ok(answer)) = (site, Answer::read(answer)) else { return Ok(Fits::Not) };
    Ok(if used(tx, site, &answer, now)? == Some(member) { Fits::Yes } else { Fits::Not })
}

/// Whether something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    Yes,
    Not,
}
