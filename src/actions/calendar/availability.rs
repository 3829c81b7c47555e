//! A practitioner's hours and time off, and the times that are free.

use jiff::civil::Date;

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::calendar::availability::{Availability, Hours, NotHours, Override, Rhythm};
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::fit;
use crate::domain::calendar::slot::{self, Against, Busy, By, Slot, Taken, Window};
use crate::domain::id::{BookingId, ClosureId, PractitionerId};
use crate::domain::time::{SignedDuration, Timestamp, Zone, after, before, hours, plus_days};
use crate::store::calendar::{availability, booking, busy as outside, closure, reservation};
use crate::store::people::practitioner;
use crate::store::{Read, StoreError};

/// Keeps a practitioner's hours, all of them.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn save(app: &App, whose: PractitionerId, hours: Availability) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(availability::put(tx, whose, &hours)?))
}

/// Changes a practitioner's hours into what is made of those that are kept in that moment (none were kept: no hours at all), so that what is
/// changed at the same time elsewhere stays. What makes them is given her zone too.
fn change<R: Send + 'static>(
    app: &App,
    whose: PractitionerId,
    made_of: impl Fn(&Zone, Availability) -> Result<Availability, R> + Send + 'static,
) -> Result<(), Error<R>> {
    app.keep(move |tx| {
        let zone = practitioner::find(tx, whose)?.ok_or(Fault::Missing("a practitioner"))?.zone;
        let kept = availability::of(tx, whose)?.unwrap_or_else(|| Availability::none(zone.clone()));
        let made = made_of(&zone, kept).map_err(Error::Refused)?;
        Ok(availability::put(tx, whose, &made)?)
    })
}

/// Keeps a practitioner's week and rhythm; the dates that differ stay.
///
/// # Errors
/// [`NotHours`] if they do not go together.
pub fn set_week(
    app: &App,
    whose: PractitionerId,
    (hours, rhythm): (Hours, Rhythm),
) -> Result<(), Error<NotHours>> {
    change(app, whose, move |zone, kept| {
        Availability::new(zone.clone(), hours.clone(), kept.overrides().to_vec(), rhythm)
    })
}

/// Keeps a practitioner's week alone; the dates that differ and the rhythm stay.
///
/// # Errors
/// [`NotHours`] if they do not go together.
pub fn set_hours(app: &App, whose: PractitionerId, hours: Hours) -> Result<(), Error<NotHours>> {
    change(app, whose, move |zone, kept| {
        Availability::new(zone.clone(), hours.clone(), kept.overrides().to_vec(), *kept.rhythm())
    })
}

/// Adds a date that differs; a second one for a date takes the place of the first.
///
/// # Errors
/// [`NotHours`] if it does not go with the others.
pub fn add_date(app: &App, whose: PractitionerId, one: Override) -> Result<(), Error<NotHours>> {
    change(app, whose, move |_, kept| {
        let others = kept.overrides().iter().filter(|other| other.on() != one.on());
        kept.with_overrides(others.chain([&one]).cloned().collect())
    })
}

/// Takes a date that differs away.
///
/// # Errors
/// [`NotThere`] if it does not differ.
pub fn remove_date(app: &App, whose: PractitionerId, on: Date) -> Result<(), Error<NotThere>> {
    change(app, whose, move |_, kept| {
        kept.override_on(on).ok_or(NotThere)?;
        let others = kept.overrides().iter().filter(|other| other.on() != on).cloned().collect();
        kept.with_overrides(others).map_err(|_| NotThere)
    })
}

/// Moves the hours to a zone: they stay what the clock on the wall says there.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn move_to(app: &App, whose: PractitionerId, zone: Zone) -> Result<(), Fault> {
    app.keep(move |tx| {
        let Some(kept) = availability::of(tx, whose)? else { return Ok(()) };
        Ok(availability::put(tx, whose, &kept.in_zone(zone.clone()))?)
    })
}

/// Keeps a stretch of time off. Sessions that are booked in it stay; the page has said which.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn close(app: &App, whose: PractitionerId, off: Closure) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(closure::put(tx, whose, &off)?))
}

/// Takes a stretch of time off away.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn reopen(app: &App, whose: PractitionerId, id: ClosureId) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(closure::remove(tx, whose, id)?))
}

/// What is taken at an instant of a practitioner's time between two others, by start; one booking may be left out.
fn taken(
    read: &impl Read,
    whose: PractitionerId,
    (from, until): (Timestamp, Timestamp),
    but: Option<BookingId>,
    now: Timestamp,
) -> Result<Vec<Busy>, StoreError> {
    let mut busy = booking::busy(read, whose, (from, until), but)?;
    busy.extend(reservation::busy(read, whose, (from, until), now)?);
    let off = closure::of(read, whose)?;
    busy.extend(off.iter().filter(|off| off.overlaps(from, until)).map(Busy::from));
    busy.extend(outside::between(read, whose, from, until)?);
    busy.sort_by_key(|busy| busy.from);
    Ok(busy)
}

/// A practitioner's hours, or none, as when she has left: nothing is free then.
fn hours_of(read: &impl Read, whose: PractitionerId) -> Result<Option<Availability>, StoreError> {
    if practitioner::find(read, whose)?.is_some_and(|who| who.is_active()) {
        availability::of(read, whose)
    } else {
        Ok(None)
    }
}

/// A stretch of whole local days with room around for buffers and long sessions.
fn around(hours_of: &Availability, from: Date, to: Date) -> (Timestamp, Timestamp) {
    let zone = hours_of.zone();
    (before(zone.start_of(from), hours(12)), after(zone.end_of(to), hours(12)))
}

/// The free times of some local days (of the practitioner), both included; one booking may be left out, when it is moved.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn free(
    app: &App,
    whose: PractitionerId,
    length: SignedDuration,
    (from, to): (Date, Date),
    by: By,
    but: Option<BookingId>,
) -> Result<Vec<Slot>, Fault> {
    let read = app.store.read()?;
    let Some(hours) = hours_of(&read, whose)? else { return Ok(Vec::new()) };
    let now = app.clock.now();
    let busy = taken(&read, whose, around(&hours, from, to), but, now)?;
    Ok(slot::free(&hours, &busy, length, Window { from, to, now }, by))
}

/// The times that clients could take of some local days, were these her hours.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn free_under(
    app: &App,
    whose: PractitionerId,
    hours: &Availability,
    length: SignedDuration,
    (from, to): (Date, Date),
) -> Result<Vec<Slot>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let busy = taken(&read, whose, around(hours, from, to), None, now)?;
    Ok(slot::free(hours, &busy, length, Window { from, to, now }, By::Client))
}

/// How many sessions of a length a client could still book, one after the other, from today until a local date of the
/// practitioner.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn room_until(
    read: &impl Read,
    whose: PractitionerId,
    length: SignedDuration,
    until: Date,
    now: Timestamp,
) -> Result<u32, StoreError> {
    let Some(hours) = hours_of(read, whose)? else { return Ok(0) };
    let from = hours.zone().date(now);
    let busy = taken(read, whose, around(&hours, from, until), None, now)?;
    Ok(fit::room(&hours, &busy, length, Window { from, to: until, now }))
}

/// The next few times that a client could take.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn next_free(
    app: &App,
    whose: PractitionerId,
    length: SignedDuration,
    count: usize,
) -> Result<Vec<Slot>, Fault> {
    Ok(next_free_in(&app.store.read()?, whose, length, app.clock.now(), count)?)
}

/// The same, from a view or a transaction.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn next_free_in(
    read: &impl Read,
    whose: PractitionerId,
    length: SignedDuration,
    now: Timestamp,
    count: usize,
) -> Result<Vec<Slot>, StoreError> {
    let Some(hours) = hours_of(read, whose)? else { return Ok(Vec::new()) };
    let from = hours.zone().date(now);
    let to = plus_days(from, i32::from(hours.rhythm().horizon()) + 1);
    let busy = taken(read, whose, around(&hours, from, to), None, now)?;
    Ok(slot::next_free(&hours, &busy, length, By::Client, now, count))
}

/// Whether a time can be had: for the page that asks, and again in the transaction that takes it.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn check(
    read: &impl Read,
    whose: PractitionerId,
    span: (Timestamp, SignedDuration),
    by: By,
    but: Option<BookingId>,
    now: Timestamp,
) -> Result<Result<(), Taken>, StoreError> {
    Ok(against(read, whose, span, by, but, now)?.and_then(|against| against.first()))
}

/// All that stands against a time, or why it is out of reach.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn against(
    read: &impl Read,
    whose: PractitionerId,
    (start, length): (Timestamp, SignedDuration),
    by: By,
    but: Option<BookingId>,
    now: Timestamp,
) -> Result<Result<Against, Taken>, StoreError> {
    let Some(hours) = hours_of(read, whose)? else { return Ok(Err(Taken::OutsideHours)) };
    let day = hours.zone().date(start);
    let busy = taken(read, whose, around(&hours, day, day), but, now)?;
    Ok(slot::against(&hours, &busy, start, length, by, now))
}

/// A practitioner's hours, and what is taken at an instant between two of her local dates, both included, by start.
pub(super) fn picture(
    read: &impl Read,
    whose: PractitionerId,
    (from, to): (Date, Date),
    now: Timestamp,
) -> Result<Option<(Availability, Vec<Busy>)>, StoreError> {
    let Some(hours) = hours_of(read, whose)? else { return Ok(None) };
    let busy = taken(read, whose, around(&hours, from, to), None, now)?;
    Ok(Some((hours, busy)))
}
