//! Delivering one message: decide and write it down as going, hand it to the mail server, write down what became of it. The
//! words are made at the first step, from that hour's facts. A crash between the steps loses nothing: what always goes is
//! sent again under the same Message-ID, and a nudge, which never goes twice, is kept as unsure.

use std::sync::Arc;

use super::compose;
use crate::app::{App, Fault, Moment, Post};
use crate::domain::calendar::booking::Booking;
use crate::domain::credits::selection::Counted;
use crate::domain::email::without_addresses;
use crate::domain::id::MessageId;
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed, after_failure};
use crate::domain::messages::nudge::{self, Newer, Turn, Verdict};
use crate::domain::messages::quiet_hours::waking;
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Membership;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, after, minutes};
use crate::mail::{Letter, Undelivered};
use crate::store::due::{self, Due};
use crate::store::messages::sent::Copy;
use crate::store::{Read, StoreError, Tx, calendar, credits, keeping, messages, people};

/// For how long a message that is going is left alone: longer than any mail server takes to answer.
const GOING: jiff::SignedDuration = minutes(15);

/// Delivers a message whose time has come, or puts it off, or finds that it is needless.
///
/// # Errors
/// [`Fault`] if the file fails; the message stays where it is.
pub async fn deliver(app: &Arc<App>, id: MessageId) -> Result<(), Fault> {
    let Some(letter) = app.run(move |app| prepare(app, id)).await? else { return Ok(()) };
    let post = app.post();
    let Post::Office { mail, .. } = &*post else { return Ok(()) };
    let outcome = mail.send(&letter).await;
    if let Err(undelivered) = &outcome {
        // Many servers name whom they refuse; the desk shows that, the log does not.
        let undelivered = without_addresses(&undelivered.to_string());
        tracing::warn!(message = %id, undelivered, "a message was not delivered");
    }
    app.run(move |app| conclude(app, id, outcome)).await
}

/// Takes up what was on its way when the program last ended, however it ended: nobody hands it over any more. It is due
/// at once; a nudge among it is then kept as unsure. Call it once, before anything is delivered.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn resume(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        for (_, due) in due::by(tx, after(now, GOING), usize::MAX, |due| matches!(due, Due::Message(_)))? {
            let Due::Message(id) = due else { continue };
            let found = messages::message::find(tx, id)?;
            if let Some(going) = found.filter(|message| matches!(message.state, State::Sending { .. })) {
                messages::message::put(tx, &Message { try_at: now, ..going })?;
            }
        }
        Ok(())
    })
}

/// Finds of many at once that they cannot go, as there is no way out; in one transaction.
///
/// # Errors
/// [`Fault`] if the file fails; all stay where they are.
pub fn find_no_way(app: &App, ids: Vec<MessageId>) -> Result<(), Fault> {
    let at = app.moment();
    app.keep_by_the_way(move |tx| ids.iter().try_for_each(|id| decided(tx, &at, None, *id).map(drop)))
}

/// The first step, one transaction.
fn prepare(app: &App, id: MessageId) -> Result<Option<Letter>, Fault> {
    let (at, composer) = (app.moment(), compose::Composer::of(app));
    app.keep_by_the_way(move |tx| decided(tx, &at, composer.as_ref(), id))
}

/// Decides about one message and writes down what was decided; gives the letter, if it goes.
fn decided(
    tx: &Tx<'_>,
    at: &Moment,
    composer: Option<&compose::Composer>,
    id: MessageId,
) -> Result<Option<Letter>, Fault> {
    let Some(message) =
        messages::message::find(tx, id)?.filter(|message| message.is_pending() && message.try_at <= at.now)
    else {
        return Ok(None);
    };
    if message.kind.is_nudge() && matches!(message.state, State::Sending { .. }) {
        messages::message::put(tx, &Message { state: State::Unsure { at: at.now }, ..message })?;
        return Ok(None);
    }
    let state = match decide(tx, &message, at, composer.is_some())? {
        Verdict::Send => State::Sending { since: at.now },
        // Needless by now, and perhaps with the mail server all the same.
        Verdict::Suppress(_) if matches!(message.state, State::Sending { .. }) => {
            State::Unsure { at: at.now }
        }
        Verdict::Suppress(why) => State::Suppressed { at: at.now, why },
        Verdict::Wait(until) => {
            let waits = Message { due_at: until, try_at: until, state: State::Planned, ..message };
            messages::message::put(tx, &waits)?;
            return Ok(None);
        }
        Verdict::Morning(until) => {
            // How late it is counts from its own hour; by hand it has none but this.
            let due_at = if message.asked_at.is_some() { until } else { message.due_at };
            let waits = Message { due_at, try_at: until, state: State::Planned, ..message };
            messages::message::put(tx, &waits)?;
            return Ok(None);
        }
    };
    let letter = match (composer, &state) {
        (Some(composer), State::Sending { .. }) => Some(composer.letter(tx, at, &message)?),
        _ => None,
    };
    let tries = message.tries + u32::from(letter.is_some());
    // A link that signs in is kept nowhere.
    if let Some(letter) = letter.as_ref().filter(|_| message.kind != Kind::SignIn) {
        let copy = Copy { subject: letter.subject.to_string(), text: letter.text.clone() };
        messages::sent::put(tx, message.id, &copy)?;
    }
    messages::message::put(tx, &Message { state, tries, try_at: after(at.now, GOING), ..message })?;
    Ok(letter)
}

/// The last step, one transaction.
fn conclude(app: &App, id: MessageId, outcome: Result<(), Undelivered>) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep_by_the_way(move |tx| {
        // One that was erased, or taken up anew, while it was on its way stays as it was left: it may have no address any more.
        let found = messages::message::find(tx, id)?;
        let Some(message) = found.filter(|message| matches!(message.state, State::Sending { .. })) else {
            return Ok(());
        };
        let (state, try_at) = match &outcome {
            Ok(()) => (State::Sent { at: now }, message.try_at),
            Err(Undelivered::Never { why }) => (State::Dead { at: now, why: words(why) }, message.try_at),
            Err(Undelivered::Unknown { .. }) if message.kind.is_nudge() => {
                (State::Unsure { at: now }, message.try_at)
            }
            Err(
                Undelivered::NotYet { why }
                | Undelivered::Unknown { why }
                | Undelivered::Misconfigured { why },
            ) => after_failure(&message, words(why), now),
        };
        Ok(messages::message::put(tx, &Message { state, try_at, ..message })?)
    })
}

fn words(why: &str) -> Line {
    let unknown = || "the mail server gave no reason".parse().expect("this is a line");
    why.parse().unwrap_or_else(|_| unknown())
}

/// Whether a message is to go now, by the facts of this hour.
fn decide(tx: &Tx<'_>, message: &Message, at: &Moment, has_post: bool) -> Result<Verdict, StoreError> {
    let suppress = |why| Ok(Verdict::Suppress(why));
    match message.about {
        About::Lot(lot) => {
            let Some(counted) = credits::lot::counted(tx, lot, at.now)? else {
                return suppress(Suppressed::Gone);
            };
            let verdict = match message.kind.is_nudge() {
                true => decide_nudge(tx, message, &counted, at.now)?,
                false => Verdict::Send,
            };
            Ok(if !has_post && verdict == Verdict::Send {
                Verdict::Suppress(Suppressed::NoPost)
            } else {
                verdict
            })
        }
        _ if !has_post => suppress(Suppressed::NoPost),
        About::Booking(id, sequence) => {
            let Some(booking) = calendar::booking::find(tx, id)? else { return suppress(Suppressed::Gone) };
            if !still_so(message, &booking, sequence, at.now) {
                return suppress(Suppressed::Overtaken);
            }
            let asleep = match message.kind {
                Kind::Reminder => people::client::find(tx, booking.client)?
                    .map(|client| waking(at.now, &client.zone))
                    .filter(|morning| *morning > at.now),
                _ => None,
            };
            // One that was held up until the night waits for the morning, if that is early enough to remind of anything.
            Ok(match asleep {
                None => Verdict::Send,
                Some(morning) if morning < booking.starts_at => Verdict::Morning(morning),
                Some(_) => Verdict::Suppress(Suppressed::Overtaken),
            })
        }
        About::Oneself if message.kind == Kind::Invitation => {
            let Person::Practitioner(id) = message.to else { return suppress(Suppressed::Gone) };
            let waits =
                people::practitioner::find(tx, id)?.map(|member| member.membership == Membership::Invited);
            Ok(match waits {
                Some(true) => Verdict::Send,
                Some(false) => Verdict::Suppress(Suppressed::Overtaken),
                None => Verdict::Suppress(Suppressed::Gone),
            })
        }
        // One that was verified meanwhile is good news enough.
        About::Oneself if message.kind == Kind::BackupOverdue => {
            let lasts = !keeping::backup::overdue(tx, at.now)?.is_empty();
            Ok(if lasts { Verdict::Send } else { Verdict::Suppress(Suppressed::Overtaken) })
        }
        About::Oneself
        | About::Purchase(_)
        | About::Refund(_)
        | About::Letter(_)
        | About::Wording(_)
        | About::Client(_) => Ok(Verdict::Send),
    }
}

/// Whether a session still stands as the message tells it.
fn still_so(message: &Message, booking: &Booking, sequence: u32, now: Timestamp) -> bool {
    match message.kind {
        // The key names the start it reminds of; a session that was moved away and back is reminded of all the same.
        Kind::Reminder => {
            let stands = booking.is_confirmed() && message.key.ends_with(&booking.starts_at.to_string());
            stands && now < booking.starts_at
        }
        _ => booking.sequence == sequence,
    }
}

fn decide_nudge(
    tx: &Tx<'_>,
    message: &Message,
    (lot, balance): &Counted,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let Some(client) = people::client::find(tx, lot.client)? else {
        return Ok(Verdict::Suppress(Suppressed::Gone));
    };
    let with = people::practitioner::find(tx, lot.practitioner)?;
    if with.is_some_and(|with| !with.is_active()) {
        return Ok(Verdict::Suppress(Suppressed::Left));
    }
    let newer = newer(tx, &(lot.clone(), balance.clone()), now)?;
    let wish = messages::opt_out::wish(tx, client.id, message.kind)?;
    let named = (message.key.as_str(), message.due_at);
    let turn = if message.asked_at.is_some() { Turn::ByHand } else { Turn::OfItsOwn };
    Ok(nudge::decide(message.kind, named, (lot, balance), (newer, wish, turn), &client.zone, now))
}

/// Whether the client has a newer lot with the same practitioner that lives.
pub(super) fn newer(read: &impl Read, (lot, _): &Counted, now: Timestamp) -> Result<Newer, StoreError> {
    Ok(Newer::than(lot, &credits::lot::of_client(read, lot.client, now)?))
}

/// Tries a message again that was given up.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn retry(
    app: &App,
    whose: crate::domain::id::PractitionerId,
    id: MessageId,
) -> Result<(), crate::actions::Error<crate::actions::NotThere>> {
    use crate::actions::{Error, NotThere};
    let now = app.clock.now();
    app.keep(move |tx| {
        let message = messages::message::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        let theirs = match message.to {
            Person::Practitioner(to) => to == whose,
            Person::Client(to) => people::client::find_of(tx, whose, to)?.is_some(),
        };
        if !theirs || !matches!(message.state, State::Dead { .. } | State::Unsure { .. }) {
            return Err(Error::Refused(NotThere));
        }
        Ok(messages::message::put(tx, &Message { state: State::Planned, try_at: now, tries: 0, ..message })?)
    })
}
