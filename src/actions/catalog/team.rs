//! Who belongs to the practice: inviting, accepting, changing a role, leaving and coming back.

use super::practice::{self, Newcomer};
use crate::actions::people::login::{self as session, Opened};
use crate::actions::{Error, NotThere, audit, outbox};
use crate::app::{App, Moment};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::invitation::{self, Invitation};
use crate::domain::people::login::{Came, Person};
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::people::team::{self, Ties};
use crate::domain::text::{Line, Slug};
use crate::domain::time::{Timestamp, Zone};
use crate::platform::entropy::{Entropy, Token};
use crate::store::calendar::feed;
use crate::store::people::{invitation as kept, login, practitioner};
use crate::store::{Read, StoreError, Tx, calendar, catalog, credits};

/// Somebody who is asked to join; the form carried the id.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The id that she has from now on.
    pub id: PractitionerId,
    /// Her name.
    pub name: Line,
    /// Where the invitation goes.
    pub email: EmailAddress,
    /// What she is to be.
    pub role: Role,
}

/// Why somebody is not invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody of the practice has that address.
    EmailTaken,
    /// The practice is not founded.
    NotFounded,
}

/// Asks somebody to join, once per form.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn invite(app: &App, by: PractitionerId, asked: Asked) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        if practitioner::find(tx, asked.id)?.is_some() {
            return Ok(());
        }
        if practitioner::with_email(tx, &asked.email)?.is_some() {
            return Err(Error::Refused(Refusal::EmailTaken));
        }
        let zone = catalog::practice::find(tx)?.ok_or(Error::Refused(Refusal::NotFounded))?.zone;
        let Asked { id, name, email, role } = asked.clone();
        let slug = free_slug(tx, &name)?;
        let (joined_at, password, membership) = (at.now, None, Membership::Invited);
        practitioner::put(
            tx,
            &Practitioner { id, slug, name, email, role, zone, joined_at, password, membership },
        )?;
        audit::note(tx, at.now, Who::Member(by), What::Invited, Concern::Member(id))?;
        Ok(send(tx, &at, id)?)
    })
}

fn send(tx: &Tx<'_>, at: &Moment, member: PractitionerId) -> Result<(), StoreError> {
    let what = format!("{member}/{}", at.now.as_second());
    outbox::queue(tx, at, Kind::Invitation, Person::Practitioner(member), About::Oneself, &what, at.now)
}

/// An address that nobody has, after a name; she can choose another when she accepts.
fn free_slug(read: &impl Read, name: &Line) -> Result<Slug, StoreError> {
    let stem = Slug::from_name(name.as_str()).map_or_else(|| "member".to_owned(), |slug| slug.to_string());
    let stem = stem.chars().take(Slug::ROOM - 4).collect::<String>();
    let names = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem}-{n}")));
    for slug in names.filter_map(|name| name.parse::<Slug>().ok()) {
        if !practice::is_reserved(&slug) && practitioner::with_slug(read, &slug)?.is_none() {
            return Ok(slug);
        }
    }
    unreachable!("there is always another number")
}

fn invited(read: &impl Read, id: PractitionerId) -> Result<Practitioner, Error<NotThere>> {
    let member = practitioner::find(read, id)?.filter(|member| member.membership == Membership::Invited);
    member.ok_or(Error::Refused(NotThere))
}

/// Sends the invitation anew; the link of the one before opens nothing from then on.
///
/// # Errors
/// [`NotThere`] if nobody of that id is invited.
pub fn invite_again(app: &App, by: PractitionerId, id: PractitionerId) -> Result<(), Error<NotThere>> {
    let at = app.moment();
    app.keep(move |tx| {
        invited(tx, id)?;
        audit::note(tx, at.now, Who::Member(by), What::Invited, Concern::Member(id))?;
        Ok(send(tx, &at, id)?)
    })
}

/// Calls an invitation off.
///
/// # Errors
/// [`NotThere`] if nobody of that id is invited.
pub fn revoke(app: &App, by: PractitionerId, id: PractitionerId) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let member = invited(tx, id)?;
        audit::note(tx, now, Who::Member(by), What::InvitationRevoked, Concern::Member(id))?;
        kept::remove_of(tx, id)?;
        Ok(practitioner::remove(tx, &member)?)
    })
}

/// Makes the link of an invitation, which is in the clear only in the answer.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn make_invitation(
    tx: &Tx<'_>,
    at: &Moment,
    entropy: &Entropy,
    member: PractitionerId,
) -> Result<String, StoreError> {
    let token = entropy.token();
    kept::put(tx, &token.digest(), &Invitation { member, made_at: at.now })?;
    Ok(token.to_string())
}

/// An invitation to hand over, where no mail goes out.
///
/// # Errors
/// [`NotThere`] if nobody of that id is invited.
pub fn hand_over(app: &App, by: PractitionerId, id: PractitionerId) -> Result<String, Error<NotThere>> {
    let (at, entropy) = (app.moment(), app.entropy.clone());
    app.keep(move |tx| {
        invited(tx, id)?;
        audit::note(tx, at.now, Who::Member(by), What::LinkShown, Concern::Member(id))?;
        Ok(make_invitation(tx, &at, &entropy, id)?)
    })
}

fn let_in(
    read: &impl Read,
    token: &Token,
    now: Timestamp,
) -> Result<Practitioner, Error<invitation::Refusal>> {
    let unknown = || Error::Refused(invitation::Refusal::Unknown);
    let found = kept::find(read, &token.digest())?.ok_or_else(unknown)?;
    let id = found.check(now).map_err(Error::Refused)?;
    invited(read, id).map_err(|error| error.map(|NotThere| invitation::Refusal::Unknown))
}

fn token_of(text: &str) -> Result<Token, Error<invitation::Refusal>> {
    text.parse().map_err(|_| Error::Refused(invitation::Refusal::Unknown))
}

/// Whom an invitation lets in, without using it.
///
/// # Errors
/// [`invitation::Refusal`] if it lets nobody in.
pub fn look_at(app: &App, token: &str) -> Result<Practitioner, Error<invitation::Refusal>> {
    let token = token_of(token)?;
    let_in(&app.store.read()?, &token, app.clock.now())
}

/// What somebody says of herself when she accepts.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Her name as others see it.
    pub name: Line,
    /// The address of her storefront.
    pub slug: Slug,
    /// The zone of her hours.
    pub zone: Zone,
    /// The hash of her password.
    pub password: String,
}

/// Why an invitation was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoined {
    /// It lets nobody in.
    Dead(invitation::Refusal),
    /// Another one has the address of the storefront, or it is kept for the program's own pages.
    SlugTaken,
}

/// Accepts an invitation, once: she is a member, and signed in. A storefront of hers is open but shown nowhere until a
/// package is on it.
///
/// # Errors
/// [`NotJoined`] says why not.
pub fn accept(app: &App, token: &str, answer: Answer) -> Result<Opened, Error<NotJoined>> {
    let token = token_of(token).map_err(|error| error.map(NotJoined::Dead))?;
    let (at, cookie) = (app.moment(), app.entropy.token());
    app.keep(move |tx| {
        let member = let_in(tx, &token, at.now).map_err(|error| error.map(NotJoined::Dead))?;
        let Answer { name, slug, zone, password } = answer.clone();
        let (membership, password) = (Membership::Active, Some(password));
        let member = Practitioner { name, slug, zone, password, membership, joined_at: at.now, ..member };
        practice::check(tx, &member).map_err(|error| error.map(|_| NotJoined::SlugTaken))?;
        settle_in(tx, &member)?;
        kept::remove_of(tx, member.id)?;
        audit::note(tx, at.now, Who::Member(member.id), What::Joined, Concern::Member(member.id))?;
        session::open(tx, &at, (Person::Practitioner(member.id), Came::Otherwise), &cookie)?;
        Ok(Opened { who: Person::Practitioner(member.id), cookie: cookie.to_string() })
    })
}

/// Keeps a member; one who gives sessions gets what she needs for it, unless she has it already.
fn settle_in(tx: &Tx<'_>, member: &Practitioner) -> Result<(), StoreError> {
    if member.role.gives_sessions() && catalog::storefront::find(tx, member.id)?.is_none() {
        practice::add(tx, &Newcomer::fresh(member.clone()))
    } else {
        practitioner::put(tx, member)
    }
}

/// Why a member is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// There is no such member.
    NotThere,
    /// A rule says no.
    Rule(team::Refusal),
}

/// What ties a member to the practice and its clients now.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ties(read: &impl Read, id: PractitionerId, now: Timestamp) -> Result<Ties, StoreError> {
    let owners = practitioner::all(read)?;
    let other_owners =
        owners.iter().filter(|one| one.id != id && one.role == Role::Owner && one.is_active()).count();
    let upcoming = calendar::booking::busy(read, id, (now, Timestamp::MAX), None)?.len();
    let lots = credits::lot::ids_of(read, id)?.len();
    Ok(Ties { other_owners, upcoming, lots })
}

/// Looks, lets a rule decide, and keeps the member as she is then.
fn change(
    app: &App,
    (by, what): (PractitionerId, What),
    id: PractitionerId,
    decide: impl Fn(&Practitioner, Ties, Timestamp) -> Result<Practitioner, team::Refusal> + Send + 'static,
) -> Result<(), Error<Unchanged>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let member = practitioner::find(tx, id)?.ok_or(Error::Refused(Unchanged::NotThere))?;
        let ties = ties(tx, id, now)?;
        let changed =
            decide(&member, ties, now).map_err(|refusal| Error::Refused(Unchanged::Rule(refusal)))?;
        settle_in(tx, &changed)?;
        audit::note(tx, now, Who::Member(by), what, Concern::Member(id))?;
        if !changed.is_active() {
            login::end_all(tx, Person::Practitioner(id))?;
            // The address of her calendar, which names clients, signs nobody in and would be read on.
            feed::remove(tx, Person::Practitioner(id))?;
        }
        Ok(())
    })
}

/// Gives a member another role.
///
/// # Errors
/// [`Unchanged`] says why not.
pub fn change_role(
    app: &App,
    by: PractitionerId,
    (id, to): (PractitionerId, Role),
) -> Result<(), Error<Unchanged>> {
    change(app, (by, What::made(to)), id, move |member, ties, _| {
        team::change_role(member, to, ties)?;
        Ok(Practitioner { role: to, ..member.clone() })
    })
}

/// Lets a member leave: she is signed out everywhere, and found and booked no more.
///
/// # Errors
/// [`Unchanged`] says why not.
pub fn leave(app: &App, by: PractitionerId, id: PractitionerId) -> Result<(), Error<Unchanged>> {
    change(app, (by, What::Left), id, |member, ties, now| {
        team::leave(member, ties)?;
        Ok(Practitioner { membership: Membership::Left { at: now }, ..member.clone() })
    })
}

/// Lets a member who left come back, as she was.
///
/// # Errors
/// [`Unchanged`] says why not.
pub fn come_back(app: &App, by: PractitionerId, id: PractitionerId) -> Result<(), Error<Unchanged>> {
    change(app, (by, What::CameBack), id, |member, _, _| {
        team::come_back(member)?;
        Ok(Practitioner { membership: Membership::Active, ..member.clone() })
    })
}
