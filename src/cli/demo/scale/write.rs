//! Writes the crowd as the actions would have: the same rows, the same entries, and what they make due.

use std::ops::Range;

use super::people::Staff;
use super::weeks::{Fate, Sale, Sitting};
use super::{Crowd, Dice};
use crate::actions::outbox;
use crate::app::{Fault, Moment};
use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::receipt::Receipt;
use crate::domain::calendar::booking::{Booking, State};
use crate::domain::catalog::purchase::{Purchase, State as Sold, Till, Way};
use crate::domain::credits::ledger::{Actor, Consumed, Entry, What, balance};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{BookingId, EntryId, MessageId, PurchaseId, ReceiptId};
use crate::domain::messages::message::{About, Kind, Message, State as Told, Suppressed};
use crate::domain::messages::nudge::{Newer, Turn, Verdict, Wish, decide, plan};
use crate::domain::messages::reminder;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::text::Paragraph;
use crate::domain::time::{Timestamp, after, before, hours, minutes};
use crate::platform::seal::digest;
use crate::store::catalog::storefront::Picture;
use crate::store::{StoreError, Tx, billing, calendar, catalog, credits, messages, people};
use crate::views::asset;

/// Of sessions and sales before this, what was said about them is left out: it is the largest part and the least looked at.
const TOLD: i64 = 24 * 56;

/// Lets a practitioner join with her pages, hours and clients.
pub(super) fn join(tx: &Tx<'_>, one: &Staff) -> Result<(), StoreError> {
    people::practitioner::put(tx, &one.practitioner)?;
    catalog::storefront::put(tx, &one.storefront)?;
    calendar::availability::put(tx, one.practitioner.id, &one.hours)?;
    let portrait = asset::named(one.portrait).map(|file| &file.body);
    catalog::storefront::put_picture(tx, one.practitioner.id, Picture::Portrait, portrait)?;
    one.packages.iter().try_for_each(|package| catalog::package::put(tx, package))?;
    one.clients.iter().try_for_each(|client| {
        people::client::put(tx, client)?;
        people::client::belongs_to(tx, client.id, one.practitioner.id)
    })
}

/// Writes some of the sales with everything that followed from each.
pub(super) fn sell(tx: &Tx<'_>, at: &Moment, crowd: &Crowd, range: Range<usize>) -> Result<(), Fault> {
    let terms = catalog::practice::find(tx)?.map(|practice| practice.terms).unwrap_or_default();
    let first = billing::receipt::next_number(tx)?;
    for (number, index) in (first..).zip(range) {
        let sale = &crowd.sales[index];
        let one = &crowd.staff[sale.staff as usize];
        let client = &one.clients[sale.client as usize];
        let mut dice = Dice::of(crowd.seed, 1 << 40 | index as u64);
        let lot = pay(tx, (sale, one, client), &terms, number, &mut dice)?;
        let mut told = Vec::new();
        let entries = come(tx, (sale, &lot, client), at.now, &mut dice, &mut told)?;
        entries.iter().try_for_each(|entry| credits::ledger::append(tx, lot.practitioner, entry))?;
        nudge(&lot, &entries, (sale, client), at.now, &mut told);
        if sale.granted_at > before(at.now, hours(TOLD)) {
            let about = About::Purchase(PurchaseId::from_bits(lot.id.bits()));
            let (kind, to, what) = (Kind::Receipt, Person::Client(client.id), lot.id.to_string());
            told.push(Word { kind, to, about, what, due_at: sale.granted_at, off: None });
        }
        told.into_iter().try_for_each(|word| say(tx, word, at.now, &mut dice))?;
        // What is still to come is planned by the same function as ever, and so is when the lot is looked at next.
        outbox::follow(tx, at, lot.id)?;
    }
    Ok(())
}

/// The purchase, its payment and receipt, and the lot.
fn pay(
    tx: &Tx<'_>,
    (sale, one, client): (&Sale, &Staff, &Client),
    terms: &Paragraph,
    number: u64,
    dice: &mut Dice,
) -> Result<Lot, StoreError> {
    let at = sale.granted_at;
    let (asked_at, package) = (before(at, minutes(1)), &one.packages[sale.package]);
    let id = PurchaseId::from_bits(dice.id(asked_at));
    let (offer, zone) = (package.offer.clone(), one.practitioner.zone.clone());
    let amount = offer.price;
    let online = dice.hits(60);
    let line = |text: String| text.parse().ok();
    let till = online.then(|| Till {
        idempotency_key: id.to_string().parse().expect("an id is a line"),
        checkout: line(format!("cs_scale_{id}")),
        page: None,
        payment: line(format!("pi_scale_{id}")),
        closes_at: after(asked_at, hours(24)),
        looks: 1,
        account: None,
    });
    let means = match dice.below(3) {
        _ if online => Means::Online { reference: line(format!("pi_scale_{id}")) },
        0 => Means::Cash,
        1 => Means::CardAtPractice,
        _ => Means::Transfer,
    };
    let (practitioner, client) = (one.practitioner.id, client.id);
    let reference = format!("FH-{:04X}-{:04X}", dice.below(1 << 16), dice.below(1 << 16));
    let way = if online { Way::Online } else { Way::AtPractice };
    let purchase = Purchase {
        id,
        client,
        practitioner,
        package: package.id,
        version: package.version,
        offer: offer.clone(),
        terms: terms.clone(),
        terms_hash: digest(terms.as_str()),
        asked_at,
        reference: reference.parse().expect("letters and digits make a line"),
        way,
        state: Sold::Paid { at },
        till,
    };
    catalog::purchase::put(tx, &purchase)?;
    billing::payment::put(tx, &Payment { purchase: id, amount, means, on: zone.date(at), note: None, at })?;
    let receipt = ReceiptId::from_bits(dice.id(at));
    billing::receipt::put(tx, &Receipt { id: receipt, number, purchase: id, amount, issued_at: at })?;
    let origin = Origin::Purchase(id);
    let lot =
        Lot { id: Lot::id_for(id), client, practitioner, origin, offer, paid: amount, granted_at: at, zone };
    credits::lot::put(tx, &lot)?;
    Ok(lot)
}

/// A message: what, to whom, about what, its key, and when it went or is to go.
struct Word {
    kind: Kind,
    to: Person,
    about: About,
    what: String,
    due_at: Timestamp,
    /// Why it did not go, if it did not.
    off: Option<Suppressed>,
}

/// The sessions of a sale; gives the lot's ledger.
fn come(
    tx: &Tx<'_>,
    (sale, lot, client): (&Sale, &Lot, &Client),
    now: Timestamp,
    dice: &mut Dice,
    told: &mut Vec<Word>,
) -> Result<Vec<Entry>, StoreError> {
    let her = Actor::Client(client.id);
    let mut lines = vec![(sale.granted_at, What::Grant(lot.offer.sessions), Actor::Provider)];
    for sitting in &sale.sittings {
        let booking = booked(lot, *sitting, dice);
        calendar::booking::put(tx, &booking)?;
        lines.push((sitting.placed_at, booking.hold(), her));
        let (id, ends_at) = (booking.id, booking.ends_at());
        let used = |how| What::Consume { booking: id, how };
        match sitting.fate {
            Fate::CalledOff(when) => lines.push((when, What::Release { booking: id }, her)),
            Fate::CalledOffLate(when) => lines.push((when, used(Consumed::LateCancel), her)),
            Fate::Held | Fate::Missed if ends_at > now => {}
            Fate::Held => lines.push((ends_at, used(Consumed::Attended), Actor::System)),
            Fate::Missed => {
                lines.push((ends_at, used(Consumed::Attended), Actor::System));
                let desk = Actor::Practitioner(lot.practitioner);
                lines.push((after(ends_at, minutes(10)), used(Consumed::Missed), desk));
            }
        }
        if sitting.starts_at > before(now, hours(TOLD)) {
            announce(&booking, *sitting, client, told);
        }
    }
    lines.sort_by_key(|(at, ..)| *at);
    let mut last = 0;
    let entry = |(at, what, actor): (Timestamp, What, Actor)| {
        // Those of one millisecond keep their order.
        last = dice.id(at).max(last + 1);
        Entry { id: EntryId::from_bits(last), lot: lot.id, what, actor, reason: None, at }
    };
    Ok(lines.into_iter().map(entry).collect())
}

fn booked(lot: &Lot, sitting: Sitting, dice: &mut Dice) -> Booking {
    let by = Actor::Client(lot.client);
    let (state, sequence) = match sitting.fate {
        Fate::Held | Fate::Missed => (State::Confirmed, 0),
        Fate::CalledOff(at) | Fate::CalledOffLate(at) => (State::Cancelled { at, by }, 1),
    };
    Booking {
        id: BookingId::from_bits(dice.id(sitting.placed_at)),
        client: lot.client,
        practitioner: lot.practitioner,
        lot: lot.id,
        starts_at: sitting.starts_at,
        length_minutes: lot.offer.length_minutes,
        format: lot.offer.format.clone(),
        state,
        sequence,
        placed_at: sitting.placed_at,
    }
}

/// What is said about a session to both, as `outbox::tell` has it.
fn announce(booking: &Booking, sitting: Sitting, client: &Client, told: &mut Vec<Word>) {
    let (her, desk) = (Person::Client(booking.client), Person::Practitioner(booking.practitioner));
    let mut both = |kind: Kind, sequence: u32, at: Timestamp| {
        let (about, what) = (About::Booking(booking.id, sequence), format!("{}/{sequence}", booking.id));
        told.push(Word { kind, to: desk, about, what: format!("{what}/desk"), due_at: at, off: None });
        told.push(Word { kind, to: her, about, what, due_at: at, off: None });
    };
    both(Kind::Booked, 0, sitting.placed_at);
    if let Fate::CalledOff(at) | Fate::CalledOffLate(at) = sitting.fate {
        return both(Kind::Cancelled, 1, at);
    }
    if let Some(due_at) = reminder::due_at(sitting.starts_at, sitting.placed_at, &client.zone) {
        let what = format!("{}/{}", booking.id, booking.starts_at);
        let about = About::Booking(booking.id, 0);
        told.push(Word { kind: Kind::Reminder, to: her, about, what, due_at, off: None });
    }
}

/// The nudges of a lot that had their time: by the facts of that hour they were sent or not needed.
fn nudge(
    lot: &Lot,
    entries: &[Entry],
    (sale, client): (&Sale, &Client),
    now: Timestamp,
    told: &mut Vec<Word>,
) {
    let today = balance(lot, entries, now);
    for planned in plan(lot, &today, &client.zone).into_iter().filter(|planned| planned.due_at <= now) {
        let due_at = planned.due_at;
        let until = entries.partition_point(|entry| entry.at <= due_at);
        let then = balance(lot, &entries[..until], due_at);
        let newer = if sale.next_at.is_some_and(|at| at <= due_at) { Newer::Alive } else { Newer::None };
        let facts = (newer, Wish::Welcome, Turn::OfItsOwn);
        let verdict = decide(planned.kind, (&planned.key, due_at), (lot, &then), facts, &client.zone, due_at);
        let what = planned.key.split_once('/').map_or(planned.key.as_str(), |(_, what)| what).to_owned();
        let off = match verdict {
            Verdict::Send => None,
            Verdict::Suppress(why) => Some(why),
            Verdict::Wait(_) | Verdict::Morning(_) => Some(Suppressed::Overtaken),
        };
        let (kind, to, about) = (planned.kind, Person::Client(lot.client), About::Lot(lot.id));
        told.push(Word { kind, to, about, what, due_at, off });
    }
}

fn say(tx: &Tx<'_>, word: Word, now: Timestamp, dice: &mut Dice) -> Result<(), StoreError> {
    let Word { kind, to, about, what, due_at, off } = word;
    let made_at = due_at.min(now);
    let state = match off {
        Some(why) => Told::Suppressed { at: due_at, why },
        None if due_at <= now => Told::Sent { at: due_at },
        None => Told::Planned,
    };
    let tries = u32::from(matches!(state, Told::Sent { .. }));
    let (id, key) = (MessageId::from_bits(dice.id(made_at)), format!("{}/{what}", kind.name()));
    let message =
        Message { id, kind, to, about, key, made_at, due_at, try_at: due_at, tries, asked_at: None, state };
    messages::message::put(tx, &message)
}
