//! Plays the story: each scene at its instant, by the real actions, with everything that falls due between them.

use jiff::civil::Date;

use super::practice::ZONE;
use super::stage::{Stage, read};
use super::story::{CAST, Deed, Pays, Person};
use crate::actions::billing::{settle, till};
use crate::actions::calendar::{availability, booking, change};
use crate::actions::catalog::checkout::{self, Buyer, Choice, Order};
use crate::actions::credits::freeze;
use crate::actions::credits::lot::{self, Gift};
use crate::actions::due;
use crate::actions::people::{by_practitioner, note};
use crate::actions::refunds::{ask, send};
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{Ask, Facts, Method, Way};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::slot::By;
use crate::domain::catalog::package::Package;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{BookingId, ClientId, LotId, NoteId, PurchaseId, RefundId};
use crate::domain::money::Money;
use crate::domain::people::note::{Audience, Draft, Kind};
use crate::domain::time::{SignedDuration, Timestamp, Zone, after, before, hours, plus_days};
use crate::payments::CheckoutId;
use crate::store;

/// When the practice is founded, before the first scene.
pub(super) const BEGINS: SignedDuration = hours(24 * 180);

/// Why a scene could not be played, for a person who changes the story.
type Played<T> = Result<T, String>;

fn failed(why: impl std::fmt::Debug) -> String {
    format!("{why:?}")
}

/// Plays everything until the present, and stands there.
pub(super) async fn play(stage: &mut Stage, present: Timestamp) -> Played<()> {
    let scenes =
        CAST.iter().flat_map(|person| person.scenes.iter().map(move |(ago, deed)| (*ago, person, deed)));
    let mut scenes: Vec<_> = scenes.collect();
    scenes.sort_by_key(|(ago, ..)| std::cmp::Reverse(*ago));
    for (ago, person, deed) in scenes {
        due::live_until(&stage.app, before(present, hours(ago))).await.map_err(failed)?;
        let played = act(stage, person, *deed, present).await;
        played.map_err(|why| format!("{}, {ago} hours ago, {deed:?}: {why}", person.name))?;
    }
    due::live_until(&stage.app, present).await.map_err(failed)
}

async fn act(stage: &mut Stage, person: &Person, deed: Deed, present: Timestamp) -> Played<()> {
    if let Deed::Buys(slug, pays) = deed {
        return buy(stage, person, slug, pays).await;
    }
    let client = *stage.clients.get(person.name).ok_or("has not bought anything yet")?;
    if let Deed::IsRefunded(why) = deed {
        return give_back(stage, client, why).await;
    }
    let app = &stage.app;
    match deed {
        Deed::Buys(..) | Deed::IsRefunded(_) => Ok(()),
        Deed::Books(day, hour) => {
            let lot = newest_lot(stage, client)?;
            let start = free_time(stage, &lot, None, (day, hour), present)?;
            let id = BookingId::from_bits(app.id());
            booking::book(app, client, id, lot.id, start).map(|_| ()).map_err(failed)
        }
        Deed::Moves(day, hour) => {
            let booking = next_session(stage, client)?;
            let lot = find_lot(stage, booking.lot)?;
            let start = free_time(stage, &lot, Some(booking.id), (day, hour), present)?;
            change::reschedule(app, client, booking.id, start).map(|_| ()).map_err(failed)
        }
        Deed::Cancels => {
            let booking = next_session(stage, client)?;
            let credit = change::preview_cancel(app, client, booking.id).map_err(failed)?;
            change::cancel(app, client, booking.id, change::Returns::of(credit)).map(|_| ()).map_err(failed)
        }
        Deed::IsLetDown(why) => {
            let booking = next_session(stage, client)?;
            let done = change::cancel_by_practitioner(app, booking.practitioner, booking.id, Some(read(why)));
            done.map(|_| ()).map_err(failed)
        }
        Deed::HasPaid => has_paid(stage, client),
        Deed::Missed => {
            let booking = last_session(stage, client)?;
            lot::mark_missed(app, booking.practitioner, booking.id).map_err(failed)
        }
        Deed::IsWaived => {
            let booking = last_session(stage, client)?;
            lot::waive(app, booking.practitioner, booking.id).map_err(failed)
        }
        Deed::IsGiven(slug, sessions, why) => {
            let package = package(stage, slug)?;
            let id = LotId::from_bits(app.id());
            let gift = Gift { id, client, package: package.id, sessions, days: 60, reason: read(why) };
            lot::comp(app, package.practitioner, gift).map_err(failed)
        }
        Deed::IsNoted(text) => {
            let session = last_session(stage, client)?;
            write(stage, (client, Some(session.id)), Audience::Private, Kind::Usual, text)
        }
        Deed::Starts(text) => write(stage, (client, None), Audience::Private, Kind::Start, text),
        Deed::IsTold(text) => write(stage, (client, None), Audience::Shared, Kind::Usual, text),
        Deed::IsTagged(tag) => {
            let lot = newest_lot(stage, client)?;
            by_practitioner::tag(app, lot.practitioner, client, read(tag)).map_err(failed)
        }
        Deed::IsPaused(why) => {
            let lot = newest_lot(stage, client)?;
            let done = freeze::turn(app, lot.practitioner, lot.id, freeze::Turn::Freeze, Some(read(why)));
            done.map(|_| ()).map_err(failed)
        }
        Deed::IsExtended(days, why) => {
            let lot = newest_lot(stage, client)?;
            let to = plus_days(read::<Zone>(ZONE).date(present), days);
            lot::extend(app, lot.practitioner, lot.id, to, read(why)).map_err(failed)
        }
    }
}

/// A note by the practitioner whose client she last became.
fn write(
    stage: &Stage,
    (client, booking): (ClientId, Option<BookingId>),
    audience: Audience,
    kind: Kind,
    text: &str,
) -> Played<()> {
    let author = newest_lot(stage, client)?.practitioner;
    let id = NoteId::from_bits(stage.app.id());
    let draft = Draft { id, client, booking, audience, kind, text: read(text) };
    note::write(&stage.app, author, draft).map(|_| ()).map_err(failed)
}

fn package(stage: &Stage, slug: &str) -> Played<Package> {
    stage.packages.get(slug).cloned().ok_or_else(|| format!("there is no package {slug}"))
}

async fn buy(stage: &mut Stage, person: &Person, slug: &str, pays: Pays) -> Played<()> {
    let package = package(stage, slug)?;
    let buyer = Buyer::Visitor {
        name: read(person.name),
        email: read(person.email),
        phone: None,
        zone: read(person.zone),
    };
    let choice = if matches!(pays, Pays::AtPractice) { Choice::AtPractice } else { Choice::Online };
    let id = PurchaseId::from_bits(stage.app.id());
    let order = Order { id, package: package.id, version: package.version, buyer, choice, first: None };
    let purchase = checkout::order(&stage.app, order).map_err(failed)?.purchase;
    stage.clients.insert(person.name, purchase.client);
    if choice == Choice::Online {
        pay(stage, &purchase, pays).await?;
    }
    due::attend_all(&stage.app).await.map(|_| ()).map_err(failed)
}

async fn pay(stage: &Stage, purchase: &Purchase, pays: Pays) -> Played<()> {
    let (app, now) = (&stage.app, stage.app.clock.now());
    let url = till::open(app, purchase.id).await.map_err(failed)?;
    let checkout: CheckoutId = read(url.rsplit('/').next().unwrap_or_default());
    let done = match pays {
        Pays::Card => stage.till.pay(&checkout),
        Pays::AtSecondTry => stage.till.decline(&checkout).and_then(|_| stage.till.pay(&checkout)),
        Pays::Debit => stage.till.pay_later(&checkout, after(now, hours(72))),
        Pays::FailingDebit => stage.till.fail_later(&checkout, after(now, hours(24))),
        Pays::AtPractice | Pays::Never => return Ok(()),
    };
    done.map_err(failed)?;
    till::look(app, purchase.id).await.map(|_| ()).map_err(failed)
}

/// The money for what is unused goes back by the till.
async fn give_back(stage: &Stage, client: ClientId, why: &str) -> Played<()> {
    let (app, lot) = (&stage.app, newest_lot(stage, client)?);
    let behind = ask::look(app, lot.practitioner, lot.id).map_err(failed)?;
    let facts = Facts::of(&behind.counted.0, &behind.counted.1, &behind.given, 0);
    let (count, fee) = (facts.unused(), Money::zero(lot.paid.currency));
    let refund = Ask {
        id: RefundId::from_bits(app.id()),
        lot: lot.id,
        method: Method::ProRata,
        fee,
        amount: facts.amount(Method::ProRata, count, fee),
        count,
        release: Vec::new(),
        way: Way::Provider { reference: None },
        reason: Some(read(why)),
    };
    let begun = ask::begin(app, lot.practitioner, refund).map_err(failed)?;
    send::look(app, begun.id).await.map(|_| ()).map_err(failed)
}

fn has_paid(stage: &Stage, client: ClientId) -> Played<()> {
    let read_view = stage.app.store.read().map_err(failed)?;
    let purchases = store::catalog::purchase::of_client(&read_view, client).map_err(failed)?;
    let waiting =
        purchases.into_iter().rfind(|purchase| !purchase.is_paid()).ok_or("nothing is to be paid")?;
    let on = read::<Zone>(ZONE).date(stage.app.clock.now());
    let paid = settle::mark_paid(&stage.app, waiting.practitioner, waiting.id, (Means::Cash, on, None));
    paid.map(|_| ()).map_err(failed)
}

fn newest_lot(stage: &Stage, client: ClientId) -> Played<Lot> {
    let view = stage.app.store.read().map_err(failed)?;
    let lots = store::credits::lot::of_client(&view, client, stage.app.clock.now()).map_err(failed)?;
    let newest = lots.into_iter().map(|(lot, _)| lot).max_by_key(|lot| (lot.granted_at, lot.id));
    newest.ok_or_else(|| "has no sessions".to_owned())
}

fn find_lot(stage: &Stage, id: LotId) -> Played<Lot> {
    let view = stage.app.store.read().map_err(failed)?;
    store::credits::lot::find(&view, id).map_err(failed)?.ok_or_else(|| "has no such lot".to_owned())
}

fn sessions(stage: &Stage, client: ClientId) -> Played<Vec<Booking>> {
    let view = stage.app.store.read().map_err(failed)?;
    let mut all = store::calendar::booking::of_client(&view, client).map_err(failed)?;
    all.retain(Booking::is_confirmed);
    all.sort_by_key(|booking| booking.starts_at);
    Ok(all)
}

fn next_session(stage: &Stage, client: ClientId) -> Played<Booking> {
    let now = stage.app.clock.now();
    let next = sessions(stage, client)?.into_iter().find(|booking| booking.starts_at > now);
    next.ok_or_else(|| "has no session to come".to_owned())
}

fn last_session(stage: &Stage, client: ClientId) -> Played<Booking> {
    let now = stage.app.clock.now();
    let last = sessions(stage, client)?.into_iter().rfind(|booking| booking.ends_at() <= now);
    last.ok_or_else(|| "has had no session".to_owned())
}

/// The free time nearest to an hour of a day counted from today, or of the days around it.
fn free_time(
    stage: &Stage,
    lot: &Lot,
    but: Option<BookingId>,
    (day, hour): (i32, i8),
    present: Timestamp,
) -> Played<Timestamp> {
    let today = lot.zone.date(present);
    // What is past goes back rather than on, so that it stays past.
    let away: [i32; 7] = if day < 0 { [0, -1, -2, 1, -3, 2, 3] } else { [0, 1, 2, -1, 3, 4, -2] };
    let on = |date: Date| -> Played<Option<Timestamp>> {
        let span = (date, date);
        let free =
            availability::free(&stage.app, lot.practitioner, lot.offer.length(), span, By::Client, but);
        let free = free.map_err(failed)?.into_iter();
        Ok(free.min_by_key(|slot| (slot.local.hour() - hour).abs()).map(|slot| slot.start))
    };
    for off in away {
        if let Some(start) = on(plus_days(today, day + off))? {
            return Ok(start);
        }
    }
    Err(format!("finds no free time around day {day}"))
}
