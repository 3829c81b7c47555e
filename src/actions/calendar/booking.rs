//! Booking a session against a credit: look, decide, keep, in one transaction.

use std::sync::Arc;

use crate::actions::calendar::availability;
use crate::actions::{Error, form_id, outbox};
use crate::app::{App, Fault, Moment, Turns};
use crate::domain::calendar::booking::{self, Booking, Clash, Facts};
use crate::domain::calendar::slot::By;
use crate::domain::credits::ledger::{Actor, Entry};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, LotId};
use crate::domain::messages::message::Kind;
use crate::domain::time::{SignedDuration, Timestamp, Zone, after};
use crate::store::seen::Beforehand;
use crate::store::{Read, StoreError, Tx, calendar, credits, people};

/// Why a session was not booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such lot of this client, or the form's id is another session's.
    NotThere,
    /// A rule says no.
    Rule(booking::Refusal),
}

/// Turns at reading beside the writer.
static READING: Turns = Turns::by_processors();

/// Books a session of the kind that a lot holds: same practitioner, same length. Which lot pays is decided here. Sent twice, it
/// books once.
///
/// # Errors
/// [`Refusal`] says why not; nothing is changed then.
pub fn book(
    app: &App,
    client: ClientId,
    id: BookingId,
    like: LotId,
    start: Timestamp,
) -> Result<Booking, Error<Refusal>> {
    app.keep(change(app.moment(), (client, id, like, start), Beforehand::nothing()))
}

/// The same without a thread that waits: very many may book at once. While the writer serves others, what is known of this client is
/// read by a thread beside it.
///
/// # Errors
/// As [`book`].
pub async fn book_soon(
    app: &Arc<App>,
    client: ClientId,
    id: BookingId,
    like: LotId,
    start: Timestamp,
) -> Result<Booking, Error<Refusal>> {
    let at = app.moment();
    let now = at.now;
    let before = if app.store.is_writing() {
        let read = move |app: &App| -> Result<_, Fault> {
            Beforehand::read(|| known(&app.store.read()?, client, (like, start), now))
        };
        let _turn = READING.take().await;
        app.run(read).await?
    } else {
        Beforehand::nothing()
    };
    app.keep_soon(change(at, (client, id, like, start), before)).await
}

/// What is known of a client who wants to book.
struct Known {
    like: Lot,
    lots: Vec<Counted>,
    /// The entries of each of them.
    ledgers: Vec<Vec<Entry>>,
    clash: Clash,
    zone: Zone,
}

/// None if there is no such lot of hers.
fn known(
    read: &impl Read,
    client: ClientId,
    (like, start): (LotId, Timestamp),
    now: Timestamp,
) -> Result<Option<Known>, Fault> {
    let Some(like) = credits::lot::find(read, like)?.filter(|lot| lot.client == client) else {
        return Ok(None);
    };
    let (lots, ledgers) = counted(read, &like, now)?.into_iter().unzip();
    let clash = clash(read, client, (start, like.offer.length()), None)?;
    let zone = people::client::find(read, client)?.ok_or(Fault::Missing("a client"))?.zone;
    Ok(Some(Known { like, lots, ledgers, clash, zone }))
}

fn change(
    at: Moment,
    (client, id, like, start): (ClientId, BookingId, LotId, Timestamp),
    before: Beforehand<Option<Known>>,
) -> impl FnMut(&Tx<'_>) -> Result<Booking, Error<Refusal>> + Send + 'static {
    move |tx| {
        let read;
        let known = match before.in_change(tx) {
            Some(known) => known,
            None => {
                read = known(tx, client, (like, start), at.now)?;
                &read
            }
        };
        let Known { like, lots, ledgers, clash, zone } =
            known.as_ref().ok_or(Error::Refused(Refusal::NotThere))?;
        if let Some(already) = calendar::booking::find(tx, id)? {
            let same = already.client == client && already.starts_at == start;
            return if same { Ok(already) } else { Err(Error::Refused(Refusal::NotThere)) };
        }
        if !form_id::is_free(tx, id.bits())? {
            return Err(Error::Refused(Refusal::NotThere));
        }
        let (whose, length) = (like.practitioner, like.offer.length());
        let slot = availability::check(tx, whose, (start, length), By::Client, None, at.now)?;
        let facts = Facts { client, practitioner: whose, lots, slot, clash: *clash };
        let booking = booking::book(id, start, &facts, at.now)
            .map_err(|refusal| Error::Refused(Refusal::Rule(refusal)))?;

        let actor = Actor::Client(client);
        calendar::booking::put(tx, &booking)?;
        let held = outbox::append(tx, &at, booking.ledger(), booking.hold(), actor, None)?;
        outbox::tell(tx, &at, Kind::Booked, &booking, actor, zone)?;
        let pays = lots.iter().zip(ledgers).find(|((lot, _), _)| lot.id == booking.lot);
        let ((lot, _), entries) = pays.ok_or(Fault::Missing("a lot"))?;
        let entries = entries.iter().cloned().chain([held]).collect();
        outbox::follow_known(tx, &at, lot, entries, zone)?;
        Ok(booking)
    }
}

/// The client's lots that can pay for the same sessions as this one: same practitioner, same length.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn siblings(read: &impl Read, like: &Lot, now: Timestamp) -> Result<Vec<Counted>, StoreError> {
    Ok(counted(read, like, now)?.into_iter().map(|(lot, _)| lot).collect())
}

/// The same, each with the entries that it was counted by.
fn counted(read: &impl Read, like: &Lot, now: Timestamp) -> Result<Vec<(Counted, Vec<Entry>)>, StoreError> {
    let pays = |lot: &Lot| {
        lot.practitioner == like.practitioner && lot.offer.length_minutes == like.offer.length_minutes
    };
    let lots = credits::lot::lots_of_client(read, like.client)?.into_iter().filter(pays);
    lots.map(|lot| credits::lot::count(read, lot, now)).collect()
}

/// Whether the client has another session in that time, with whomever; one may be left out, when it is moved.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn clash(
    read: &impl Read,
    client: ClientId,
    (start, length): (Timestamp, SignedDuration),
    but: Option<BookingId>,
) -> Result<Clash, StoreError> {
    let until = after(start, length);
    let meets = |booking: &Booking| {
        booking.is_confirmed()
            && Some(booking.id) != but
            && booking.starts_at < until
            && start < booking.ends_at()
    };
    let own = calendar::booking::of_client_around(read, client, (start, until))?.iter().any(meets);
    Ok(if own { Clash::Own } else { Clash::None })
}
