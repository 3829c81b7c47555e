//! The second factor: setting it up, the codes that prove it, recovery codes, and the second step of signing in.

use data_encoding::BASE32_NOPAD;

use super::login::{self, Opened};
use crate::actions::{Error, NotThere, audit, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::{Changed, Person};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::people::second::{
    Demand, Halfway, Pending, RECOVERY_CODES, Refusal, SecondFactor, Standing, plain,
};
use crate::domain::time::Timestamp;
use crate::platform::entropy::{Entropy, Token};
use crate::platform::seal::{self, InstanceKey, Secret};
use crate::platform::totp;
use crate::store::people::{login as logins, passkey, practitioner, second};
use crate::store::{Read, StoreError, Tx};

/// Begins anew to set a second factor up: it counts once a code came back. One that counts already is left as it is.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn begin(app: &App, member: PractitionerId) -> Result<(), Fault> {
    let secret: [u8; totp::SECRET] = app.entropy.bytes();
    let key = app.key.key_for(Secret::SecondFactor);
    let sealed = key.seal(&member.bits().to_be_bytes(), &secret, &app.entropy);
    app.keep(move |tx| {
        if second::confirmed(tx, member)?.is_none() {
            let sealed = sealed.clone();
            let pending = SecondFactor { sealed, confirmed_at: None, used: 0, recovery: Vec::new() };
            second::put(tx, member, &pending)?;
        }
        Ok(())
    })
}

/// Gives up setting it up; one that counts is left as it is.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn give_up(app: &App, member: PractitionerId) -> Result<(), Fault> {
    app.keep(move |tx| {
        if second::confirmed(tx, member)?.is_none() {
            second::remove(tx, member)?;
        }
        Ok(())
    })
}

/// What the codes are made from, out of its seal; nothing if it was sealed under another instance key.
fn open(key: &InstanceKey, member: PractitionerId, factor: &SecondFactor) -> Option<Vec<u8>> {
    key.key_for(Secret::SecondFactor).open(&member.bits().to_be_bytes(), &factor.sealed).ok()
}

/// How it stands; `practice` is the name under which the app shows it.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn standing(app: &App, member: &Practitioner, practice: &str) -> Result<Standing, Fault> {
    let Some(factor) = second::find(&app.store.read()?, member.id)? else { return Ok(Standing::None) };
    if let Some(since) = factor.confirmed_at {
        return Ok(Standing::On { since, left: factor.recovery.len() });
    }
    let Some(secret) = open(&app.key, member.id, &factor) else { return Ok(Standing::None) };
    let address = totp::address(practice, &member.email.to_string(), &secret);
    Ok(Standing::Pending(Pending { secret: totp::shown(&secret), address }))
}

/// Fresh recovery codes of 80 bits each, in the clear only on the page that shows them once, and their digests.
fn recovery(entropy: &Entropy) -> (Vec<String>, Vec<[u8; 32]>) {
    let fresh = |_| BASE32_NOPAD.encode(&entropy.bytes::<10>()).to_ascii_lowercase();
    let codes: Vec<String> = (0..RECOVERY_CODES).map(fresh).collect();
    let digests = codes.iter().map(|code| seal::digest(code)).collect();
    (codes, digests)
}

/// The factor after a code of its app or one of its recovery codes was used; nothing if it is neither.
fn spend(
    key: &InstanceKey,
    member: PractitionerId,
    (factor, typed): (&SecondFactor, &str),
    now: Timestamp,
) -> Option<SecondFactor> {
    let typed = plain(typed);
    let step = open(key, member, factor)
        .and_then(|secret| totp::fits(&secret, &typed, now.as_second(), factor.used));
    if let Some(used) = step {
        return Some(SecondFactor { used, ..factor.clone() });
    }
    let typed = seal::digest(&typed);
    let at = factor.recovery.iter().position(|digest| seal::same(digest, &typed))?;
    let mut left = factor.clone();
    left.recovery.remove(at);
    Some(left)
}

/// Makes it count by the first code of its app; the answer is the recovery codes, which are never shown again.
///
/// # Errors
/// [`Refusal`] if the code is not the app's.
pub fn confirm(app: &App, member: PractitionerId, typed: &str) -> Result<Vec<String>, Error<Refusal>> {
    let (at, key, typed) = (app.moment(), app.key.clone(), typed.to_owned());
    let (codes, digests) = recovery(&app.entropy);
    app.keep(move |tx| {
        let pending = second::find(tx, member)?.filter(|one| one.confirmed_at.is_none());
        let pending = pending.ok_or(Error::Refused(Refusal::NotSetUp))?;
        let used = spend(&key, member, (&pending, &typed), at.now).ok_or(Error::Refused(Refusal::Wrong))?;
        let factor = SecondFactor { confirmed_at: Some(at.now), recovery: digests.clone(), ..used };
        second::put(tx, member, &factor)?;
        told(tx, &at, member, (What::FactorOn, Changed::FactorOn))?;
        Ok(codes.clone())
    })
}

/// Writes down that a member changed how she signs in, and tells her by mail.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn told(
    tx: &Tx<'_>,
    at: &Moment,
    member: PractitionerId,
    (what, changed): (What, Changed),
) -> Result<(), StoreError> {
    audit::note(tx, at.now, Who::Member(member), what, Concern::Member(member))?;
    tell(tx, at, member, changed)
}

fn tell(tx: &Tx<'_>, at: &Moment, member: PractitionerId, changed: Changed) -> Result<(), StoreError> {
    let what = format!("{}/{member}/{}", changed.name(), at.now);
    outbox::queue(tx, at, Kind::SignInChanged, Person::Practitioner(member), About::Oneself, &what, at.now)
}

/// The factor that counts, with a code of it used up, in a transaction that does more.
fn proven(
    tx: &Tx<'_>,
    key: &InstanceKey,
    (member, typed): (PractitionerId, &str),
    now: Timestamp,
) -> Result<SecondFactor, Error<Refusal>> {
    let factor = second::confirmed(tx, member)?.ok_or(Error::Refused(Refusal::NotSetUp))?;
    spend(key, member, (&factor, typed), now).ok_or(Error::Refused(Refusal::Wrong))
}

/// Makes the recovery codes anew, for a code; those before are of no use.
///
/// # Errors
/// [`Refusal`] if the code does not do.
pub fn renew(app: &App, member: PractitionerId, typed: &str) -> Result<Vec<String>, Error<Refusal>> {
    let (at, key, typed) = (app.moment(), app.key.clone(), typed.to_owned());
    let (codes, digests) = recovery(&app.entropy);
    app.keep(move |tx| {
        let factor = proven(tx, &key, (member, &typed), at.now)?;
        second::put(tx, member, &SecondFactor { recovery: digests.clone(), ..factor })?;
        told(tx, &at, member, (What::CodesRenewed, Changed::Codes))?;
        Ok(codes.clone())
    })
}

/// Takes the second factor away, for a code.
///
/// # Errors
/// [`Refusal`] if the code does not do.
pub fn remove(app: &App, member: PractitionerId, typed: &str) -> Result<(), Error<Refusal>> {
    let (at, key, typed) = (app.moment(), app.key.clone(), typed.to_owned());
    app.keep(move |tx| {
        proven(tx, &key, (member, &typed), at.now)?;
        second::remove(tx, member)?;
        passkey::remove_of(tx, member)?;
        Ok(told(tx, &at, member, (What::FactorOff, Changed::FactorOff))?)
    })
}

/// Takes away the second factor of a member who has lost it, by an owner; she is told by mail.
///
/// # Errors
/// [`NotThere`] if she has none.
pub fn take_away(app: &App, by: PractitionerId, member: PractitionerId) -> Result<(), Error<NotThere>> {
    let at = app.moment();
    app.keep(move |tx| {
        second::find(tx, member)?.ok_or(Error::Refused(NotThere))?;
        second::remove(tx, member)?;
        passkey::remove_of(tx, member)?;
        audit::note(tx, at.now, Who::Member(by), What::FactorOff, Concern::Member(member))?;
        Ok(tell(tx, &at, member, Changed::FactorTakenAway)?)
    })
}

/// Asks a second factor of every member, or of nobody.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn demand(app: &App, by: PractitionerId, demand: Demand) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        if second::demanded(tx)? == demand {
            return Ok(());
        }
        let what = match demand {
            Demand::OfAll => What::FactorDemanded,
            Demand::OfNobody => What::FactorNotDemanded,
        };
        audit::note(tx, now, Who::Member(by), what, Concern::Practice)?;
        Ok(second::demand(tx, demand)?)
    })
}

/// Whether a member has to set a second factor up before anything else.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_owed(read: &impl Read, member: PractitionerId) -> Result<bool, StoreError> {
    Ok(second::demanded(read)? == Demand::OfAll && second::confirmed(read, member)?.is_none())
}

/// Uses up a code of hers as the proof that it is she, in a transaction that does more.
///
/// # Errors
/// [`Refusal`] if the code does not do.
pub(super) fn use_up(
    tx: &Tx<'_>,
    key: &InstanceKey,
    (member, typed): (PractitionerId, &str),
    now: Timestamp,
) -> Result<(), Error<Refusal>> {
    let used = proven(tx, key, (member, typed), now)?;
    Ok(second::put(tx, member, &used)?)
}

/// Whose code is waited for in a browser.
///
/// # Errors
/// [`NotThere`] if none is, or not any more.
pub fn waiting(app: &App, cookie: &str) -> Result<PractitionerId, Error<NotThere>> {
    let token: Token = cookie.parse().map_err(|_| Error::Refused(NotThere))?;
    let found = logins::find_halfway(&app.store.read()?, &token.digest())?.ok_or(Error::Refused(NotThere))?;
    found.check(app.clock.now()).map_err(|_| Error::Refused(NotThere))
}

/// The second step of signing in: a code of the app or a recovery code.
///
/// # Errors
/// [`Refusal`] if the code does not do, or the first step has to be done again.
pub fn enter(app: &App, cookie: &str, typed: &str) -> Result<Opened, Error<Refusal>> {
    let token: Token = cookie.parse().map_err(|_| Error::Refused(Refusal::BeginAgain))?;
    let (half, fresh) = (token.digest(), app.entropy.token());
    let (at, key, typed) = (app.moment(), app.key.clone(), typed.to_owned());
    let outcome = app.keep(move |tx| -> Result<Result<Opened, Refusal>, Fault> {
        let Some(halfway) = logins::find_halfway(tx, &half)? else { return Ok(Err(Refusal::BeginAgain)) };
        let member = match halfway.check(at.now) {
            Ok(member) => member,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let active = practitioner::find(tx, member)?.is_some_and(|one| one.is_active());
        let factor = second::confirmed(tx, member)?.filter(|_| active);
        let Some(factor) = factor else { return Ok(Err(Refusal::BeginAgain)) };
        let Some(used) = spend(&key, member, (&factor, &typed), at.now) else {
            audit::note(tx, at.now, Who::Stranger, What::SignInRefused, Concern::Member(member))?;
            return Ok(Err(miss(tx, &half, halfway)?));
        };
        second::put(tx, member, &used)?;
        logins::remove_halfway(tx, &half)?;
        let who = Person::Practitioner(member);
        login::open(tx, &at, (who, halfway.came), &fresh)?;
        Ok(Ok(Opened { who, cookie: fresh.to_string() }))
    })?;
    outcome.map_err(Error::Refused)
}

/// Counts a wrong code, which is kept although the answer is no.
fn miss(tx: &Tx<'_>, half: &[u8; 32], halfway: Halfway) -> Result<Refusal, StoreError> {
    logins::put_halfway(tx, half, &Halfway { tries: halfway.tries + 1, ..halfway })?;
    Ok(Refusal::Wrong)
}
