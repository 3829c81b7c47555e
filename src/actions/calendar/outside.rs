//! Calendars that are not ours: added, tried, read on time, taken away. Where they are is sealed with the instance's key,
//! and bound to the calendar that it was sealed for.

use std::sync::Arc;

use serde_json::json;

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::calendars::{self, Answer, Wanted};
use crate::domain::calendar::outside::{AHEAD, Access, BACK, Kind, MOST, Outside, Trouble};
use crate::domain::id::{OutsideId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, before, hours};
use crate::platform::seal::{InstanceKey, Secret};
use crate::store::calendar::{busy, outside};
use crate::store::{Read, people};

/// How far ahead a trial counts busy times.
const TRIAL: SignedDuration = hours(60 * 24);

/// A calendar to be added.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its id, which the form carried.
    pub id: OutsideId,
    /// What she calls it.
    pub name: Line,
    /// How it is asked.
    pub kind: Kind,
    /// Where it is.
    pub access: Access,
}

/// Why a calendar was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The form's id is another calendar's.
    NotThere,
    /// She has as many as there may be.
    TooMany,
    /// Its address cannot be one.
    Address(Trouble),
}

/// What a trial found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How many busy times there are in the next 60 days.
    pub busy: usize,
    /// How many events could not be worked out whole.
    pub left_out: usize,
}

fn sealed(app: &App, id: OutsideId, access: &Access) -> Vec<u8> {
    let (user, password) = access.login.as_ref().map(|(user, password)| (user, password)).unzip();
    let text = json!({ "address": access.address, "user": user, "password": password }).to_string();
    app.key.key_for(Secret::Access).seal(&id.bits().to_be_bytes(), text.as_bytes(), &app.entropy)
}

fn opened(key: &InstanceKey, outside: &Outside) -> Option<Access> {
    let text = key.key_for(Secret::Access).open(&outside.id.bits().to_be_bytes(), &outside.sealed).ok()?;
    let said: serde_json::Value = serde_json::from_slice(&text).ok()?;
    let field = |name: &str| said[name].as_str().map(str::to_owned);
    Some(Access { address: field("address")?, login: field("user").zip(field("password")) })
}

/// Whether an address can be one.
///
/// # Errors
/// [`Trouble`] says why not.
pub fn look_at(access: &Access) -> Result<(), Trouble> {
    calendars::host(access).map(|_| ())
}

/// Adds a calendar; it is read at once. Sent twice, it is added once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn add(app: &App, whose: PractitionerId, draft: Draft) -> Result<(), Error<Refusal>> {
    let now = app.clock.now();
    let host = calendars::host(&draft.access).map_err(|why| Error::Refused(Refusal::Address(why)))?;
    let sealed = sealed(app, draft.id, &draft.access);
    app.keep(move |tx| {
        if let Some(already) = outside::find(tx, draft.id)? {
            let same = already.practitioner == whose;
            return if same { Ok(()) } else { Err(Error::Refused(Refusal::NotThere)) };
        }
        if outside::of(tx, whose)?.len() >= MOST {
            return Err(Error::Refused(Refusal::TooMany));
        }
        let outside = Outside {
            id: draft.id,
            practitioner: whose,
            name: draft.name.clone(),
            kind: draft.kind,
            host: host.clone(),
            sealed: sealed.clone(),
            added_at: now,
            version: None,
            asked_at: None,
            read_at: None,
            worked_out_at: None,
            left_out: 0,
            failing: None,
        };
        Ok(outside::put(tx, &outside, Some(now))?)
    })
}

/// Takes a calendar away, and what it took.
///
/// # Errors
/// [`NotThere`] if it is not hers.
pub fn remove(app: &App, whose: PractitionerId, id: OutsideId) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| {
        let found = outside::find(tx, id)?.filter(|one| one.practitioner == whose);
        let found = found.ok_or(Error::Refused(NotThere))?;
        busy::remove(tx, whose, id)?;
        Ok(outside::remove(tx, &found)?)
    })
}

fn window(now: Timestamp) -> (Timestamp, Timestamp) {
    (before(now, BACK), after(now, AHEAD))
}

fn wanted(
    app: &App,
    read: &impl Read,
    whose: PractitionerId,
    (kind, access): (Kind, Access),
) -> Result<Wanted, Fault> {
    let zone = people::practitioner::find(read, whose)?.ok_or(Fault::Missing("a practitioner"))?.zone;
    let window = window(app.clock.now());
    Ok(Wanted { kind, access, known: None, window, zone, ours: app.host().to_owned() })
}

/// Reads a calendar that is not added yet, and keeps nothing.
///
/// # Errors
/// [`Trouble`] says what is wrong with it.
pub async fn try_out(
    app: &Arc<App>,
    whose: PractitionerId,
    kind: Kind,
    access: Access,
) -> Result<Tried, Error<Trouble>> {
    let wanted = app.run(move |app| wanted(app, &app.store.read()?, whose, (kind, access))).await?;
    let (now, answer) = (app.clock.now(), app.calendars().read(wanted).await.map_err(Error::Refused)?);
    let Answer::Busy { stretches, left_out, .. } = answer else { return Ok(Tried { busy: 0, left_out: 0 }) };
    let until = after(now, TRIAL);
    let busy = stretches.iter().filter(|(from, ends)| *from < until && *ends > now).count();
    Ok(Tried { busy, left_out })
}

/// Reads a calendar whose time has come, and keeps what it takes. What cannot be read stays as it was.
///
/// # Errors
/// [`Fault`] if the file fails.
pub async fn look(app: &Arc<App>, id: OutsideId) -> Result<(), Fault> {
    let asked = app.run(move |app| question(app, id)).await?;
    let Some((outside, wanted)) = asked else { return Ok(()) };
    let answer = match wanted {
        Some(wanted) => app.calendars().read(wanted).await,
        None => Err(Trouble::Sealed),
    };
    app.run(move |app| keep(app, &outside, answer)).await
}

/// A calendar with what is wanted of it, unless its seal does not open.
fn question(app: &App, id: OutsideId) -> Result<Option<(Outside, Option<Wanted>)>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let Some(outside) = outside::find(&read, id)? else { return Ok(None) };
    let Some(access) = opened(&app.key, &outside) else { return Ok(Some((outside, None))) };
    let wanted = wanted(app, &read, outside.practitioner, (outside.kind, access))?;
    let known = outside.known(now).map(str::to_owned);
    Ok(Some((outside, Some(Wanted { known, ..wanted }))))
}

/// Keeps what was read of a calendar, if it is still there.
fn keep(app: &App, asked: &Outside, answer: Result<Answer, Trouble>) -> Result<(), Fault> {
    let (now, chance, id) = (app.clock.now(), u64::from_be_bytes(app.entropy.bytes()), asked.id);
    app.keep(move |tx| {
        let Some(outside) = outside::find(tx, id)? else { return Ok(()) };
        let outside = match &answer {
            Err(why) => outside.failed(*why, now),
            Ok(Answer::Unchanged) => outside.read(now),
            Ok(Answer::Busy { stretches, left_out, version }) => {
                busy::put(tx, outside.practitioner, id, stretches)?;
                Outside {
                    version: version.clone(),
                    worked_out_at: Some(now),
                    left_out: u32::try_from(*left_out).unwrap_or(u32::MAX),
                    ..outside.read(now)
                }
            }
        };
        let next_at = outside.next_at(now, chance);
        outside::put(tx, &outside, Some(next_at))?;
        Ok(())
    })
}

/// Reads a calendar of hers now.
///
/// # Errors
/// [`NotThere`] if it is not hers.
pub async fn refresh(app: &Arc<App>, whose: PractitionerId, id: OutsideId) -> Result<(), Error<NotThere>> {
    let hers = move |app: &App| -> Result<bool, Fault> {
        let found = outside::find(&app.store.read()?, id)?;
        Ok(found.is_some_and(|one| one.practitioner == whose))
    };
    if !app.run(hers).await? {
        return Err(Error::Refused(NotThere));
    }
    Ok(look(app, id).await?)
}
