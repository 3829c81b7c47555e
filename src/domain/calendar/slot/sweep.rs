//! What is taken, passed over once beside starts that only move forward.

use super::{Busy, Kind};
use crate::domain::time::Timestamp;

/// A stretch may be long, so what counts is how far any that has begun reaches.
pub(super) struct Sweep<'a> {
    /// No start before this instant is free.
    pub clear: i64,
    busy: &'a [Busy],
    gap: i64,
    /// How far bookings reach that begin less than the gap after the session.
    booked: i64,
    /// What else was passed over on the way: mostly nothing. It has no gap, so some of it may begin after the session.
    others: Vec<Busy>,
    /// How much of that has begun, and how far it reaches.
    begun: usize,
    reach: i64,
}

// The program is compiled for size, and what is here runs for every stretch and every start.
impl<'a> Sweep<'a> {
    pub fn new(busy: &'a [Busy], gap: i64, earliest: i64) -> Self {
        let (booked, reach) = (i64::MIN, i64::MIN);
        Self { clear: earliest, busy, gap, booked, others: Vec::new(), begun: 0, reach }
    }

    /// Whether nothing is in the way of a session from `start` to `end`; if something is, `clear` says until when.
    #[inline(always)]
    pub fn is_clear(&mut self, start: i64, end: i64) -> bool {
        let before = end + self.gap;
        while let [one, rest @ ..] = self.busy
            && floor(one.from) < before
        {
            match one.kind {
                Kind::Booking => self.booked = self.booked.max(ceil(one.until)),
                Kind::Closure | Kind::Outside => self.others.push(*one),
            }
            self.busy = rest;
        }
        while let Some(one) = self.others.get(self.begun)
            && floor(one.from) < end
        {
            self.reach = self.reach.max(ceil(one.until));
            self.begun += 1;
        }
        self.clear = self.clear.max(self.reach).max(self.booked.saturating_add(self.gap));
        self.clear <= start
    }
}

// Starts and lengths are whole seconds, so a stretch may be widened to whole seconds without a change.
#[inline(always)]
pub(super) fn floor(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

#[inline(always)]
pub(super) fn ceil(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}
