//! What a practitioner does to messages herself: sends a nudge now, keeps one from going, writes to a client, writes her own
//! words for a kind of message and has them sent to herself as a test.

use super::deliver::newer;
use crate::actions::{Error, NotThere, outbox};
use crate::app::{App, Moment};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId, MessageId, PractitionerId};
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed};
use crate::domain::messages::nudge::{self, NotByHand};
use crate::domain::messages::quiet_hours::waking;
use crate::domain::messages::wording::Wording;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::text::{Line, Paragraph};
use crate::domain::time::Timestamp;
use crate::store::{Read, StoreError, Tx, billing, calendar, catalog, credits, messages, people};

/// Why a nudge was not taken in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such message, lot or client of this practitioner.
    NotThere,
    /// A rule says no.
    Rule(NotByHand),
}

/// Whether a message is about something of this practitioner's; what is about its reader alone is everybody's she is a
/// client of.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_of(read: &impl Read, whose: PractitionerId, message: &Message) -> Result<bool, StoreError> {
    Ok(match message.about {
        About::Oneself => match message.to {
            Person::Client(client) => people::client::find_of(read, whose, client)?.is_some(),
            Person::Practitioner(to) => to == whose,
        },
        About::Purchase(id) => {
            catalog::purchase::find(read, id)?.is_some_and(|one| one.practitioner == whose)
        }
        About::Lot(id) => credits::lot::find(read, id)?.is_some_and(|one| one.practitioner == whose),
        About::Booking(id, _) => {
            calendar::booking::find(read, id)?.is_some_and(|one| one.practitioner == whose)
        }
        About::Refund(id) => billing::refund::find(read, id)?.is_some_and(|one| one.practitioner == whose),
        About::Letter(by) => by == whose,
        About::Wording(_) | About::Client(_) => message.to == Person::Practitioner(whose),
    })
}

/// A nudge of a lot as it can be sent by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub kind: Kind,
    /// Its key, or why not.
    pub can: Result<String, NotByHand>,
    /// When it would go: now, or when her client is awake.
    pub goes_at: Timestamp,
}

/// The nudges of a lot, each with whether it can be sent now.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn offered(
    read: &impl Read,
    client: &Client,
    counted: &Counted,
    now: Timestamp,
) -> Result<Vec<Offered>, StoreError> {
    let nudges = Kind::ALL.into_iter().filter(|kind| kind.is_nudge());
    nudges.map(|kind| offer(read, client, counted, kind, now)).collect()
}

fn offer(
    read: &impl Read,
    client: &Client,
    (lot, balance): &Counted,
    kind: Kind,
    now: Timestamp,
) -> Result<Offered, StoreError> {
    let newer = newer(read, &(lot.clone(), balance.clone()), now)?;
    let wish = messages::opt_out::wish(read, client.id, kind)?;
    let mut can = nudge::by_hand(kind, (lot, balance), (newer, wish), &client.zone);
    if let Ok(key) = &can
        && let Some(known) = messages::message::with_key(read, key)?
        && !matches!(known.state, State::Planned | State::Suppressed { .. })
    {
        can = Err(NotByHand::Gone);
    }
    Ok(Offered { kind, can, goes_at: waking(now, &client.zone) })
}

/// The lot of this practitioner with its client.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn lot_of(
    read: &impl Read,
    whose: PractitionerId,
    lot: LotId,
    now: Timestamp,
) -> Result<Option<(Client, Counted)>, StoreError> {
    let Some(counted) = credits::lot::counted(read, lot, now)?.filter(|(lot, _)| lot.practitioner == whose)
    else {
        return Ok(None);
    };
    Ok(people::client::find_of(read, whose, counted.0.client)?.map(|client| (client, counted)))
}

/// What sending a nudge of a lot by hand comes to.
///
/// # Errors
/// [`Refusal`] if there is no such lot.
pub fn look(
    read: &impl Read,
    whose: PractitionerId,
    (lot, kind): (LotId, Kind),
    now: Timestamp,
) -> Result<(Client, Counted, Offered), Error<Refusal>> {
    let not_there = Error::Refused(Refusal::NotThere);
    if !kind.is_nudge() {
        return Err(not_there);
    }
    let (client, counted) = lot_of(read, whose, lot, now)?.ok_or(not_there)?;
    let offered = offer(read, &client, &counted, kind, now)?;
    Ok((client, counted, offered))
}

/// Sends a nudge by hand: the planned one goes now, or one is made. Each goes once, whoever asks and however often.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn nudge(
    app: &App,
    whose: PractitionerId,
    (lot, kind): (LotId, Kind),
) -> Result<MessageId, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| take_in_hand(tx, &at, whose, (lot, kind)))
}

fn take_in_hand(
    tx: &Tx<'_>,
    at: &Moment,
    whose: PractitionerId,
    (lot, kind): (LotId, Kind),
) -> Result<MessageId, Error<Refusal>> {
    lot_of(tx, whose, lot, at.now)?.ok_or(Error::Refused(Refusal::NotThere))?;
    outbox::follow(tx, at, lot)?;
    let (client, _, offered) = look(tx, whose, (lot, kind), at.now)?;
    let key = offered.can.map_err(|why| Error::Refused(Refusal::Rule(why)))?;
    let known = messages::message::with_key(tx, &key)?;
    if let Some(asked) = known.as_ref().filter(|one| one.asked_at.is_some() && one.is_pending()) {
        return Ok(asked.id);
    }
    let goes_at = offered.goes_at;
    let fresh = || Message {
        id: MessageId::from_bits(at.id()),
        kind,
        to: Person::Client(client.id),
        about: About::Lot(lot),
        key,
        made_at: at.now,
        due_at: goes_at,
        try_at: goes_at,
        tries: 0,
        asked_at: None,
        state: State::Planned,
    };
    let message = known.unwrap_or_else(fresh);
    let message = Message {
        due_at: goes_at,
        try_at: goes_at,
        tries: 0,
        asked_at: Some(at.now),
        state: State::Planned,
        ..message
    };
    messages::message::put(tx, &message)?;
    Ok(message.id)
}

/// The nudge of that id, if it is about a lot of this practitioner.
fn nudge_of(
    read: &impl Read,
    whose: PractitionerId,
    id: MessageId,
) -> Result<(Message, LotId), Error<Refusal>> {
    let not_there = || Error::Refused(Refusal::NotThere);
    let message = messages::message::find(read, id)?.ok_or_else(not_there)?;
    match message.about {
        About::Lot(lot) if message.kind.is_nudge() && is_of(read, whose, &message)? => Ok((message, lot)),
        _ => Err(not_there()),
    }
}

/// Sends a planned nudge now, or one that was held back, if its reason still stands.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn send_now(app: &App, whose: PractitionerId, id: MessageId) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (message, lot) = nudge_of(tx, whose, id)?;
        let sent = take_in_hand(tx, &at, whose, (lot, message.kind))?;
        // A lot that was given another date calls for another reminder than this one.
        if sent == id { Ok(()) } else { Err(Error::Refused(Refusal::NotThere)) }
    })
}

/// Keeps a planned nudge from going; done twice, it is done once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn withhold(app: &App, whose: PractitionerId, id: MessageId) -> Result<(), Error<Refusal>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let (message, _) = nudge_of(tx, whose, id)?;
        match message.state {
            State::Planned => {
                let state = State::Suppressed { at: now, why: Suppressed::Withheld };
                Ok(messages::message::put(tx, &Message { state, asked_at: None, ..message })?)
            }
            State::Suppressed { .. } => Ok(()),
            _ => Err(Error::Refused(Refusal::Rule(NotByHand::Gone))),
        }
    })
}

/// A few words to a client.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The id that the form carried.
    pub id: MessageId,
    /// To whom.
    pub client: ClientId,
    /// Its subject.
    pub subject: Line,
    /// What she writes.
    pub text: Paragraph,
}

impl Letter {
    /// Its words as they are put into the mail.
    #[must_use]
    pub fn words(&self) -> Wording {
        let (subject, opening) = (Some(self.subject.clone()), Some(self.text.clone()));
        Wording { subject, opening, closing: None }
    }
}

/// Writes to a client; in her night it waits for the morning. Sent twice, it goes once.
///
/// # Errors
/// [`NotThere`] if there is no such client of this practitioner.
pub fn write(app: &App, whose: PractitionerId, letter: Letter) -> Result<(), Error<NotThere>> {
    let at = app.moment();
    app.keep(move |tx| {
        let client = people::client::find_of(tx, whose, letter.client)?.ok_or(Error::Refused(NotThere))?;
        let (to, about) = (Person::Client(client.id), About::Letter(whose));
        let goes_at = waking(at.now, &client.zone);
        post(tx, &at, (letter.id, Kind::Personal, to, about), &letter.words(), goes_at)
    })
}

/// Puts a message with words of its own into the outbox, under an id that a form carried.
fn post(
    tx: &Tx<'_>,
    at: &Moment,
    (id, kind, to, about): (MessageId, Kind, Person, About),
    words: &Wording,
    due_at: Timestamp,
) -> Result<(), Error<NotThere>> {
    if let Some(already) = messages::message::find(tx, id)? {
        let same = (already.kind, already.to, already.about) == (kind, to, about);
        return if same { Ok(()) } else { Err(Error::Refused(NotThere)) };
    }
    let key = format!("{}/{id}", kind.name());
    let (made_at, try_at, state) = (at.now, due_at, State::Planned);
    let message = Message {
        id,
        kind,
        to,
        about,
        key,
        made_at,
        due_at,
        try_at,
        tries: 0,
        asked_at: Some(at.now),
        state,
    };
    messages::wording::write(tx, id, words)?;
    Ok(messages::message::put(tx, &message)?)
}

/// Keeps her own words for a kind of message; without any, ours are back.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn put_into_words(
    app: &App,
    whose: PractitionerId,
    (kind, wording): (Kind, Wording),
) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(messages::wording::put(tx, whose, kind, &wording)?))
}

/// Sends herself a kind of message in some words, about a made-up client, the way every message goes.
///
/// # Errors
/// [`NotThere`] if the id is another message's.
pub fn test(
    app: &App,
    whose: PractitionerId,
    id: MessageId,
    (kind, wording): (Kind, Wording),
) -> Result<(), Error<NotThere>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (to, about) = (Person::Practitioner(whose), About::Wording(kind));
        post(tx, &at, (id, Kind::Sample, to, about), &wording, at.now)
    })
}
