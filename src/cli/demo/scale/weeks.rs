//! What they do, week by week: sessions at times that are free, each paid for by a package that was bought before it.

use std::collections::VecDeque;

use super::Dice;
use super::people::Staff;
use crate::domain::calendar::availability::Availability;
use crate::domain::calendar::slot::{By, Window, free};
use crate::domain::credits::validity::last_day;
use crate::domain::time::{SignedDuration, Timestamp, after, before, hours, minutes, plus_days};

/// How many days ahead sessions are booked.
const AHEAD: i32 = 56;
/// How far back is looked at once.
const STRIDE: i32 = 84;
/// From the first hour on which nobody is waited for: no practice is older, however long its list of bookings.
const OLDEST_DAYS: i32 = 365 * 11;

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It takes, or took, place.
    Held,
    /// The client did not come.
    Missed,
    /// She called it off in time.
    CalledOff(Timestamp),
    /// She called it off too late, and it cost the credit.
    CalledOffLate(Timestamp),
}

/// One session of a sale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sitting {
    pub starts_at: Timestamp,
    pub placed_at: Timestamp,
    pub fate: Fate,
}

/// One package that was sold, with the sessions that it paid for by start.
pub(super) struct Sale {
    /// Which practitioner.
    pub staff: u32,
    /// Which of her clients.
    pub client: u32,
    /// Which of her packages.
    pub package: usize,
    pub granted_at: Timestamp,
    pub sittings: Vec<Sitting>,
    /// When the same client bought the next.
    pub next_at: Option<Timestamp>,
}

/// What is known of a client while the weeks go by.
struct Visitor {
    /// Her place among the practitioner's clients, once she has come.
    known: Option<u32>,
    number: u32,
    left: u32,
    /// Her last sale, and how many of its credits are free.
    sale: Option<(usize, u32)>,
    /// Before this nothing of the sale can be booked: the credit came back only then.
    from: Timestamp,
}

/// Lets a practitioner's clients come as often as they are to.
pub(super) fn live(
    one: &mut Staff,
    staff: u32,
    (clients, bookings): (u32, u32),
    now: Timestamp,
    dice: &mut Dice,
    sales: &mut Vec<Sale>,
) {
    let length = one.packages[0].offer.length();
    let starts = starts(&one.hours, length, now, clients as usize * bookings as usize, dice);
    let visitor = |number| Visitor { known: None, number, left: bookings, sale: None, from: Timestamp::MIN };
    let mut waiting: VecDeque<Visitor> = (0..clients).map(visitor).collect();
    for start in starts {
        // Whoever came longest ago, more or less.
        let which = dice.below(waiting.len().min(6));
        let Some(mut visitor) = waiting.remove(which) else { return };
        come(one, staff, &mut visitor, start, now, dice, sales);
        visitor.left -= 1;
        if visitor.left > 0 {
            waiting.push_back(visitor);
        }
    }
}

/// So many starts at which sessions do not meet, in order: three of four that the hours offer until now, fewer and fewer ahead.
fn starts(
    hours_of: &Availability,
    length: SignedDuration,
    now: Timestamp,
    count: usize,
    dice: &mut Dice,
) -> Vec<Timestamp> {
    let today = hours_of.zone().date(now);
    let gap = hours_of.rhythm().gap();
    let offered = |from: i32, to: i32| {
        let window = Window { from: plus_days(today, from), to: plus_days(today, to), now: Timestamp::MIN };
        let mut last = Timestamp::MIN;
        let mut all = free(hours_of, &[], length, window, By::Practitioner);
        all.retain(|slot| {
            let apart = slot.start >= last;
            if apart {
                last = after(slot.start, length + gap);
            }
            apart
        });
        all
    };
    let mut chosen = Vec::with_capacity(count);
    for slot in offered(0, AHEAD).into_iter().filter(|slot| slot.start > after(now, hours(1))) {
        let days = slot.start.duration_since(now).as_hours() / 24;
        // A few ahead, and never more than a fifth of all, so that small practices have a past too.
        if dice.hits(75 - days) && chosen.len() < count.div_ceil(5) {
            chosen.push(slot.start);
        }
    }
    for back in (STRIDE..OLDEST_DAYS).step_by(STRIDE as usize) {
        for slot in offered(-back, -back + STRIDE - 1).into_iter().rev() {
            if chosen.len() < count && after(slot.start, length) <= now && dice.hits(75) {
                chosen.push(slot.start);
            }
        }
    }
    chosen.sort_unstable();
    chosen
}

/// One session: paid for by the package that the client has, or by one that she buys for it.
fn come(
    one: &mut Staff,
    staff: u32,
    visitor: &mut Visitor,
    start: Timestamp,
    now: Timestamp,
    dice: &mut Dice,
    sales: &mut Vec<Sale>,
) {
    let zone = one.hours.zone().clone();
    let reaches = |sale: &Sale| {
        let term = one.packages[sale.package].offer.validity.term;
        last_day(term, zone.date(sale.granted_at)).is_none_or(|last| zone.date(start) <= last)
    };
    let pays = visitor.sale.filter(|(at, free)| *free > 0 && visitor.from < start && reaches(&sales[*at]));
    let (at, mut free) = pays.unwrap_or_else(|| {
        let package = [0, 1, 1, 2, 2, 2, 3, 3][dice.below(8)];
        let granted_at = before(start, minutes(dice.between(26 * 60, 6 * 24 * 60)))
            .min(before(now, minutes(dice.between(5, 2_000))));
        if let Some((before, _)) = visitor.sale {
            sales[before].next_at = Some(granted_at);
        }
        let client = *visitor.known.get_or_insert_with(|| one.meet(visitor.number, granted_at, dice));
        visitor.from = granted_at;
        sales.push(Sale { staff, client, package, granted_at, sittings: Vec::new(), next_at: None });
        (sales.len() - 1, one.packages[package].offer.sessions)
    });
    let soonest = after(visitor.from, minutes(2));
    let placed_at = before(start, minutes(dice.between(13 * 60, 15 * 24 * 60)));
    let placed_at = placed_at.clamp(soonest, before(start, minutes(1)).min(now).max(soonest));
    let window = one.packages[sales[at].package].offer.policy.window();
    let fate = fate((start, placed_at), window, now, dice);
    free -= 1;
    if let Fate::CalledOff(when) = fate {
        free += 1;
        visitor.from = when;
    }
    sales[at].sittings.push(Sitting { starts_at: start, placed_at, fate });
    visitor.sale = Some((at, free));
}

/// Nine of ten take place.
fn fate(
    (start, placed_at): (Timestamp, Timestamp),
    window: SignedDuration,
    now: Timestamp,
    dice: &mut Dice,
) -> Fate {
    let drawn = dice.between(1, 100);
    let in_time = before(start, window + minutes(dice.between(10, 24 * 60)));
    let too_late = before(start, minutes(dice.between(30, 10 * 60)));
    let possible = |at: Timestamp| after(placed_at, minutes(1)) < at && at < before(now, minutes(5));
    match drawn {
        ..=5 if possible(in_time) => Fate::CalledOff(in_time),
        6..=8 if possible(too_late) => Fate::CalledOffLate(too_late),
        9..=10 if start < before(now, hours(2)) => Fate::Missed,
        _ => Fate::Held,
    }
}
