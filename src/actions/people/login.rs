//! Signing in by a one-time link, by the code beside it or by password; and the signed-in browser that follows.

use std::sync::Arc;

use crate::actions::{Error, NotThere, audit, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::{Came, Here, Link, Login, Person, Refusal, Signed};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::people::seat::Seat;
use crate::domain::people::second::Halfway;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, before, hours};
use crate::platform::entropy::Token;
use crate::platform::seal;
use crate::store::calendar::feed;
use crate::store::people::{client, login, practitioner, second};
use crate::store::{Read, StoreError, Tx};

/// Which door somebody knocks at: an address may be a client's and a practitioner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Where clients sign in.
    Client,
    /// Where the practice signs in.
    Desk,
}

/// A browser that was just signed in.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who is signed in.
    pub who: Person,
    /// What its cookie holds from now on.
    pub cookie: String,
}

/// What the first step of signing in led to.
#[derive(Debug, Clone)]
pub enum Entered {
    /// In.
    In(Opened),
    /// To the question for her second factor: the cookie of a browser that is nobody's login yet.
    Halfway(String),
}

/// How often one person is sent a link: further ones within this time are the same mail again, and not sent.
const BETWEEN_LINKS: SignedDuration = SignedDuration::from_secs(30);

fn known(
    read: &impl Read,
    email: &EmailAddress,
    door: Door,
) -> Result<Option<(Person, Option<String>)>, StoreError> {
    Ok(match door {
        Door::Client => {
            client::with_email(read, email)?.map(|client| (Person::Client(client.id), client.password))
        }
        Door::Desk => {
            let member = practitioner::with_email(read, email)?.filter(Practitioner::is_active);
            member.map(|one| (Person::Practitioner(one.id), one.password))
        }
    })
}

/// Sends a link to whoever has that address; says nothing of whether somebody has. The transaction is the same either
/// way, so that time says nothing either.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn ask_for_link(app: &App, email: &EmailAddress, door: Door) -> Result<(), Fault> {
    let (at, email) = (app.moment(), email.clone());
    app.keep(move |tx| {
        let Some((who, _)) = known(tx, &email, door)? else { return touch(tx, at.now) };
        let step = BETWEEN_LINKS.as_secs();
        let what = format!("{}/{}", name_of(who), at.now.as_second().div_euclid(step));
        Ok(outbox::queue(tx, &at, Kind::SignIn, who, About::Oneself, &what, at.now)?)
    })
}

/// Writes something, so that a knock at no door costs a commit as well.
fn touch(tx: &Tx<'_>, now: Timestamp) -> Result<(), Fault> {
    Ok(crate::store::knock(tx, now)?)
}

fn name_of(who: Person) -> String {
    match who {
        Person::Client(id) => id.to_string(),
        Person::Practitioner(id) => id.to_string(),
    }
}

/// A new link with its code, in the clear only in the mail (or on the practitioner's screen) that it is made for.
#[derive(Debug, Clone)]
pub struct FreshLink {
    /// The token of the link.
    pub token: String,
    /// The six digits.
    pub code: String,
}

/// Makes a link; called at delivery, so that what is kept never holds the token.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn make_link(
    tx: &Tx<'_>,
    at: &Moment,
    app_entropy: &crate::platform::entropy::Entropy,
    who: Person,
) -> Result<FreshLink, StoreError> {
    let (token, code) = (app_entropy.token(), app_entropy.code());
    let link = Link { who, made_at: at.now, code: seal::digest(&code), tries: 0, used_at: None };
    login::put_link(tx, &token.digest(), &link)?;
    login::put_latest(tx, who, &token.digest())?;
    Ok(FreshLink { token: token.to_string(), code })
}

/// A link to hand over, where no mail goes out. Who made it is written down, as whoever has it is that person to the program.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn hand_over(app: &App, by: PractitionerId, who: Person) -> Result<FreshLink, Fault> {
    let (at, entropy) = (app.moment(), app.entropy.clone());
    let about = match who {
        Person::Client(id) => Concern::Client(id),
        Person::Practitioner(id) => Concern::Member(id),
    };
    app.keep(move |tx| {
        audit::note(tx, at.now, Who::Member(by), What::LinkShown, about)?;
        Ok(make_link(tx, &at, &entropy, who)?)
    })
}

/// Whether a link would sign in, without using it: a GET consumes nothing, as mail scanners follow links.
///
/// # Errors
/// [`Refusal`] if it would not.
pub fn look_at_link(app: &App, token: &str) -> Result<Person, Error<Refusal>> {
    let token: Token = token.parse().map_err(|_| Error::Refused(Refusal::Unknown))?;
    let link =
        login::find_link(&app.store.read()?, &token.digest())?.ok_or(Error::Refused(Refusal::Unknown))?;
    link.check(app.clock.now()).map_err(Error::Refused)
}

/// Signs a browser in by a link, once.
///
/// # Errors
/// [`Refusal`] if the link is unknown, used or too old.
pub fn use_link(app: &App, token: &str) -> Result<Entered, Error<Refusal>> {
    let token: Token = token.parse().map_err(|_| Error::Refused(Refusal::Unknown))?;
    let (at, cookie, digest) = (app.moment(), app.entropy.token(), token.digest());
    app.keep(move |tx| {
        let link = login::find_link(tx, &digest)?.ok_or(Error::Refused(Refusal::Unknown))?;
        let who = link.check(at.now).map_err(Error::Refused)?;
        consume(tx, &at, &digest, link)?;
        Ok(enter(tx, &at, (who, Came::ByLink), &cookie)?)
    })
}

/// Signs a browser in by the code that came with the newest link to that address.
///
/// # Errors
/// [`Refusal`], the same for an unknown address and a wrong code.
pub fn use_code(app: &App, email: &EmailAddress, code: &str, door: Door) -> Result<Entered, Error<Refusal>> {
    let typed = seal::digest(&code.chars().filter(char::is_ascii_digit).collect::<String>());
    let (at, cookie, email) = (app.moment(), app.entropy.token(), email.clone());
    let outcome = app.keep(move |tx| -> Result<Result<Entered, Refusal>, Fault> {
        let Some((who, _)) = known(tx, &email, door)? else {
            touch(tx, at.now)?;
            return Ok(Err(Refusal::Unknown));
        };
        let Some(digest) = login::latest(tx, who)? else { return Ok(Err(Refusal::Unknown)) };
        let Some(link) = login::find_link(tx, &digest)? else { return Ok(Err(Refusal::Unknown)) };
        if let Err(refusal) = link.check_code(at.now) {
            return Ok(Err(refusal));
        }
        if !seal::same(&link.code, &typed) {
            // The try counts, so this is kept although the answer is no.
            login::put_link(tx, &digest, &Link { tries: link.tries + 1, ..link })?;
            return Ok(Err(Refusal::Unknown));
        }
        consume(tx, &at, &digest, link)?;
        Ok(Ok(enter(tx, &at, (who, Came::ByLink), &cookie)?))
    })?;
    outcome.map_err(Error::Refused)
}

/// Signs a browser in by password.
///
/// # Errors
/// [`Refusal::Unknown`], the same for an unknown address, no password and a wrong one, and after the same time.
pub async fn with_password(
    app: &Arc<App>,
    email: EmailAddress,
    password: String,
    door: Door,
) -> Result<Entered, Error<Refusal>> {
    let asked = email.clone();
    let found =
        app.run(move |app| -> Result<_, Fault> { Ok(known(&app.store.read()?, &asked, door)?) }).await?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    let fits = app.passwords.verify(&password, hash).await;
    let entered = match found.clone().filter(|_| fits) {
        Some(verified) => app.run(move |app| enter_verified(app, (&email, door), verified)).await?,
        None => None,
    };
    if let Some(entered) = entered {
        return Ok(entered);
    }
    let who = found.map(|(who, _)| who).filter(|_| door == Door::Desk);
    app.run(move |app| refused_at(app, who)).await?;
    Err(Error::Refused(Refusal::Unknown))
}

/// Lets somebody in whose password fitted, unless it is hers no more: while it was looked at she may have changed it, or left.
fn enter_verified(
    app: &App,
    (email, door): (&EmailAddress, Door),
    verified: (Person, Option<String>),
) -> Result<Option<Entered>, Fault> {
    let (at, cookie, email) = (app.moment(), app.entropy.token(), email.clone());
    app.keep(move |tx| {
        if known(tx, &email, door)?.as_ref() != Some(&verified) {
            return Ok(None);
        }
        Ok(Some(enter(tx, &at, (verified.0, Came::Otherwise), &cookie)?))
    })
}

/// Writes down that somebody was refused; for an address that is nobody's the same work is done.
fn refused_at(app: &App, who: Option<Person>) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep(move |tx| match who {
        Some(Person::Practitioner(id)) => {
            Ok(audit::note(tx, now, Who::Stranger, What::SignInRefused, Concern::Member(id))?)
        }
        _ => touch(tx, now),
    })
}

/// Signs a browser in, or half in if the person has a second factor: whatever the first step was, this follows.
fn enter(
    tx: &Tx<'_>,
    at: &Moment,
    (who, came): (Person, Came),
    cookie: &Token,
) -> Result<Entered, StoreError> {
    if let Person::Practitioner(id) = who
        && second::confirmed(tx, id)?.is_some()
    {
        login::put_halfway(tx, &cookie.digest(), &Halfway { who: id, came, began_at: at.now, tries: 0 })?;
        return Ok(Entered::Halfway(cookie.to_string()));
    }
    open(tx, at, (who, came), cookie)?;
    Ok(Entered::In(Opened { who, cookie: cookie.to_string() }))
}

/// Signs a browser in as somebody: after set-up, after both steps, and for the buyer of a first package.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn sign_in(app: &App, who: Person) -> Result<Opened, Fault> {
    let (at, cookie) = (app.moment(), app.entropy.token());
    app.keep(move |tx| {
        open(tx, &at, (who, Came::Otherwise), &cookie)?;
        Ok(Opened { who, cookie: cookie.to_string() })
    })
}

/// Keeps a browser as signed in, in a transaction that does more.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn open(tx: &Tx<'_>, at: &Moment, (who, came): (Person, Came), cookie: &Token) -> Result<(), StoreError> {
    if let Person::Practitioner(id) = who {
        audit::note(tx, at.now, Who::Member(id), What::SignedIn, Concern::Member(id))?;
    }
    login::put(tx, &cookie.digest(), &Login::new(who, at.now, came))
}

/// Uses a link up; that it came back shows that the address is the client's. The first time, what was made of her account before ends:
/// whoever orders in a name that is new here is signed in at once, and may be somebody else, who then keeps no browser, no password and no
/// address of her calendar.
fn consume(tx: &Tx<'_>, at: &Moment, digest: &[u8; 32], link: Link) -> Result<(), StoreError> {
    if let Person::Client(id) = link.who
        && let Some(mut found) = client::find(tx, id)?.filter(|client| client.verified_at.is_none())
    {
        found.verified_at = Some(at.now);
        found.password = None;
        client::put(tx, &found)?;
        login::end_all(tx, link.who)?;
        feed::remove(tx, link.who)?;
    }
    login::put_link(tx, digest, &Link { used_at: Some(at.now), ..link })
}

/// Who a browser is signed in as.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn who(app: &App, cookie: &str) -> Result<Option<Person>, Fault> {
    Ok(find(app, cookie, None)?.map(|login| login.who))
}

/// The signed-in browser behind a cookie. Notes, at most once an hour, that it was seen, and of a member's what it is.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn find(app: &App, cookie: &str, browser: Option<Line>) -> Result<Option<Login>, Fault> {
    let Ok(token) = cookie.parse::<Token>() else { return Ok(None) };
    let now = app.clock.now();
    let Some(found) = login::find(&app.store.read()?, &token.digest())?.filter(|login| now < login.ends_at())
    else {
        return Ok(None);
    };
    let browser = browser.filter(|_| matches!(found.who, Person::Practitioner(_))).or(found.browser.clone());
    if found.seen_at < before(now, hours(1)) || browser != found.browser {
        // Read again inside: it may have been signed out meanwhile, and must not come back.
        let noted = app.store.write(move |tx| match login::find(tx, &token.digest())? {
            Some(kept) => {
                login::put(tx, &token.digest(), &Login { seen_at: now, browser: browser.clone(), ..kept })
            }
            None => Ok(()),
        });
        match noted {
            // Pages are read on a disk that is full, and by whoever is signed in.
            Err(StoreError::Full | StoreError::ReadOnly | StoreError::Disk(_)) => {}
            other => other?,
        }
    }
    Ok(Some(found))
}

/// What of a cookie is kept.
fn digest(cookie: &str) -> Option<[u8; 32]> {
    cookie.parse::<Token>().ok().map(|token| token.digest())
}

/// How a form names a browser.
fn named(digest: &[u8; 32]) -> String {
    seal::digest(&format!("{digest:?}")).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Where a member is signed in: here first, then the one seen last.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn everywhere(app: &App, member: PractitionerId, cookie: &str) -> Result<Vec<Signed>, Fault> {
    let (here, now) = (digest(cookie), app.clock.now());
    let all = login::of(&app.store.read()?, Person::Practitioner(member))?;
    let alive = all.into_iter().filter(|(_, login)| now < login.ends_at());
    let mut signed: Vec<Signed> = alive
        .map(|(key, login)| {
            let here = if Some(key) == here { Here::This } else { Here::Elsewhere };
            Signed { name: named(&key), login, here }
        })
        .collect();
    signed.sort_by_key(|one| (one.here != Here::This, std::cmp::Reverse(one.login.seen_at)));
    Ok(signed)
}

/// Signs one of a member's browsers out; one that is not hers, or gone, is left as it is.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn sign_out_named(app: &App, member: PractitionerId, name: &str) -> Result<(), Fault> {
    let (name, now) = (name.to_owned(), app.clock.now());
    app.keep(move |tx| {
        let hers = login::of(tx, Person::Practitioner(member))?;
        match hers.iter().find(|(key, _)| named(key) == name) {
            Some((key, _)) => {
                audit::note(tx, now, Who::Member(member), What::SignedOut, Concern::Member(member))?;
                Ok(login::remove(tx, key)?)
            }
            None => Ok(()),
        }
    })
}

/// Signs a member out everywhere but in this browser, and makes links to sign in useless.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn sign_out_others(app: &App, member: PractitionerId, cookie: &str) -> Result<usize, Fault> {
    let (here, now) = (digest(cookie).unwrap_or_default(), app.clock.now());
    app.keep(move |tx| {
        audit::note(tx, now, Who::Member(member), What::SignedOut, Concern::Member(member))?;
        Ok(login::end_others(tx, Person::Practitioner(member), &here)?)
    })
}

/// Signs a browser out.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn sign_out(app: &App, cookie: &str) -> Result<(), Fault> {
    let Ok(token) = cookie.parse::<Token>() else { return Ok(()) };
    app.keep(move |tx| Ok(login::remove(tx, &token.digest())?))
}

/// Works at somebody's desk from now on, in this browser.
///
/// # Errors
/// [`NotThere`] if that is nobody's desk, or one at which this member has no business.
pub fn sit_at(app: &App, cookie: &str, whose: PractitionerId) -> Result<(), Error<NotThere>> {
    let token: Token = cookie.parse().map_err(|_| Error::Refused(NotThere))?;
    app.keep(move |tx| {
        let found = login::find(tx, &token.digest())?.ok_or(Error::Refused(NotThere))?;
        let Person::Practitioner(id) = found.who else { return Err(Error::Refused(NotThere)) };
        let member = practitioner::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        let host = practitioner::find(tx, whose)?.filter(|host| host.role.gives_sessions());
        if host.is_none() || Seat::of(&member, whose).is_none() {
            return Err(Error::Refused(NotThere));
        }
        Ok(login::put(tx, &token.digest(), &Login { desk: Some(whose), ..found })?)
    })
}
