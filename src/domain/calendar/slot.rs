//! The times that are free: what is offered, and whether one time can be had.
//!
//! `free` walks the hours once and merges them with what is taken; `is_free` looks at one start with nothing but
//! the zone's clock. They are two ways to the same answer, and a property test holds them to it.

use std::ops::ControlFlow;

use jiff::civil::{Date, DateTime};

use super::availability::{Availability, Range};
use super::closure::Closure;
use super::wall::{self, DAY, Piece};
use crate::domain::time::{SignedDuration, Timestamp, after, plus_days};
pub use against::{Against, against, is_free};
use sweep::{Sweep, ceil, floor};

/// The most days that are searched at once; a client's horizon is always shorter.
pub const LONGEST_WINDOW: i32 = 366;

/// Which of the instants that show the same local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hour {
    /// There is only one.
    Once,
    /// The first, before the clocks go back: its offset is to be shown.
    First,
    /// The second, after the clocks went back: its offset is to be shown.
    Second,
}

/// A time that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// When the session would start.
    pub start: Timestamp,
    /// What the practitioner's clock shows then.
    pub local: DateTime,
    /// Whether the clock shows it twice.
    pub hour: Hour,
}

/// Why a stretch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another session, without its buffers.
    Booking,
    /// Time off.
    Closure,
    /// Something in a calendar that is not ours.
    Outside,
}

/// A stretch that is taken, from its first instant until the first one after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// Why.
    pub kind: Kind,
}

impl From<&Closure> for Busy {
    fn from(closure: &Closure) -> Self {
        Self { from: closure.from(), until: closure.until(), kind: Kind::Closure }
    }
}

/// By whose hand a time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A client keeps to everything.
    Client,
    /// The practitioner's own hand ignores notice and horizon, but not the hours, the limit or what is taken.
    Practitioner,
}

/// Where to look for free times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first local date, in the practitioner's zone.
    pub from: Date,
    /// The last one, included; at most `LONGEST_WINDOW` days are searched.
    pub to: Date,
    /// The present.
    pub now: Timestamp,
}

/// Why a time cannot be had. Where several reasons hold, the first of this list is given to a client; the practitioner is
/// told all of them ([`Against`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is over.
    Past,
    /// Less than the notice away.
    TooSoon {
        /// The first instant that could be had.
        earliest: Timestamp,
    },
    /// Beyond the horizon.
    TooFar {
        /// The last date, in the practitioner's zone, that can be booked today.
        latest: Date,
    },
    /// Time off, or a date without hours of its own.
    Closed,
    /// Not one of the starts that the hours offer, or the session would not end within them.
    OutsideHours,
    /// Too close to another session, or something else is in the way.
    Busy,
    /// The day has as many sessions as it may have.
    DayFull,
}

/// The first instant and the last date that can be had by this hand.
fn reach(availability: &Availability, by: By, now: Timestamp) -> (Timestamp, Date) {
    let rhythm = availability.rhythm();
    match by {
        By::Practitioner => (now, Date::MAX),
        By::Client => {
            let today = availability.zone().date(now);
            (after(now, rhythm.notice()), plus_days(today, i32::from(rhythm.horizon())))
        }
    }
}

/// The length in seconds, rounded up; none for what has no length.
fn seconds(length: SignedDuration) -> Option<i64> {
    let seconds = length.as_secs().checked_add(i64::from(length.subsec_nanos() > 0))?;
    (1..=LONGEST_WINDOW as i64 * DAY).contains(&seconds).then_some(seconds)
}

/// The starts that are free for a session of this length in a window, in order. The client's zone plays no part.
///
/// `busy` is sorted by `from` and holds all that touches the window and four hours on either side (the widest
/// buffer), and for a daily limit all bookings of its dates; when a booking is moved, it leaves itself out.
#[must_use]
pub fn free(
    availability: &Availability,
    busy: &[Busy],
    length: SignedDuration,
    window: Window,
    by: By,
) -> Vec<Slot> {
    let Some(search) = Search::new(availability, busy, length, window, by) else { return Vec::new() };
    let mut slots = Vec::with_capacity(search.room());
    let _ = search.walk(|slot| {
        slots.push(slot);
        ControlFlow::Continue(())
    });
    slots
}

/// The first few free starts from now on, across days, for the places that name "the next free times". It stops
/// looking when it has them; it looks no further than a client's horizon, or a year for the practitioner.
#[must_use]
pub fn next_free(
    availability: &Availability,
    busy: &[Busy],
    length: SignedDuration,
    by: By,
    now: Timestamp,
    count: usize,
) -> Vec<Slot> {
    let window = Window { from: availability.zone().date(now), to: Date::MAX, now };
    let mut slots = Vec::with_capacity(count.min(64));
    if count == 0 {
        return slots;
    }
    if let Some(search) = Search::new(availability, busy, length, window, by) {
        let _ = search.walk(|slot| {
            slots.push(slot);
            if slots.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
    }
    slots
}

/// A search for free times, with all that stays the same from day to day. Wall time is counted in seconds as if
/// it were UTC; an ordinary day then costs no look at the zone.
struct Search<'a> {
    availability: &'a Availability,
    busy: &'a [Busy],
    length: i64,
    step: i64,
    earliest: i64,
    first: Date,
    last: Date,
    pieces: Vec<Piece>,
}

impl<'a> Search<'a> {
    fn new(
        availability: &'a Availability,
        busy: &'a [Busy],
        length: SignedDuration,
        window: Window,
        by: By,
    ) -> Option<Self> {
        debug_assert!(busy.is_sorted_by_key(|one| one.from), "what is taken is sorted by its start");
        let (earliest, latest) = reach(availability, by, window.now);
        let first = window.from.max(availability.zone().date(earliest));
        let last = window.to.min(latest).min(plus_days(first, LONGEST_WINDOW - 1));
        (first <= last).then_some(())?;
        Some(Self {
            availability,
            busy,
            length: seconds(length)?,
            step: i64::from(availability.rhythm().step()) * 60,
            earliest: ceil(earliest),
            first,
            last,
            pieces: wall::pieces(availability.zone(), first, last),
        })
    }

    /// How many starts the weekly hours could offer, to make room for once.
    fn room(&self) -> usize {
        let starts = |range: Range| usize::from((range.end() - range.start()) / (self.step / 60) as u16) + 1;
        let week: usize = self.availability.hours().rows().map(|(_, range)| starts(range)).sum();
        let days = (wall::midnight(self.last) - wall::midnight(self.first)) / DAY;
        week * (days / 7 + 1) as usize
    }

    /// Every free start in the order of time: piece by piece, in it day by day, range by range.
    fn walk(&self, mut found: impl FnMut(Slot) -> ControlFlow<()>) -> ControlFlow<()> {
        let gap = self.availability.rhythm().gap().as_secs();
        let mut taken = Sweep::new(self.busy, gap, self.earliest);
        let (first, last) = (wall::midnight(self.first), wall::midnight(self.last));
        for (at, piece) in self.pieces.iter().enumerate() {
            let from = first.max(piece.wall_from().div_euclid(DAY) * DAY);
            let until = last.min((piece.wall_until() - 1).div_euclid(DAY) * DAY);
            let mut date = plus_days(self.first, ((from - first) / DAY) as i32);
            let mut midnight = from;
            while midnight <= until {
                let ranges = self.availability.ranges_on(date);
                if !ranges.is_empty() && !self.is_full(midnight) {
                    for range in ranges {
                        self.starts(at, (date, midnight), *range, &mut taken, &mut found)?;
                    }
                }
                date = date.tomorrow().unwrap_or(Date::MAX);
                midnight += DAY;
            }
        }
        ControlFlow::Continue(())
    }

    /// The free starts of a range that lie in a piece. Starts that are known not to be free are passed over.
    #[inline(always)]
    fn starts(
        &self,
        at: usize,
        (date, midnight): (Date, i64),
        range: Range,
        taken: &mut Sweep<'_>,
        found: &mut impl FnMut(Slot) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (grid, offset) = (self.grid(at, midnight, range), self.pieces[at].offset);
        let mut wall = grid.at_or_after(taken.clear + offset);
        while wall < grid.until {
            let start = wall - offset;
            if taken.is_clear(start, start + self.length) {
                found(slot(date, start, wall - midnight, grid.hour(wall)))?;
                wall += self.step;
            } else {
                wall = grid.at_or_after(taken.clear + offset);
            }
        }
        ControlFlow::Continue(())
    }

    /// The starts on the grid of a range that lie in a piece and leave room for the session.
    #[inline(always)]
    fn grid(&self, at: usize, midnight: i64, range: Range) -> Grid {
        let piece = self.pieces[at];
        let opens = midnight + i64::from(range.start()) * 60;
        let closes = midnight + i64::from(range.end()) * 60;
        let latest = self.closes_at(at, closes) - self.length + piece.offset;
        Grid {
            opens,
            step: self.step,
            from: opens.max(piece.wall_from()),
            until: closes.min(piece.wall_until()).min(latest + 1),
            again: at.checked_sub(1).map_or(i64::MIN, |before| self.pieces[before].wall_until()),
            to_come: self.pieces.get(at + 1).map_or(i64::MAX, Piece::wall_from),
        }
    }

    /// `wall::closes_at`, seen from a piece.
    fn closes_at(&self, at: usize, closes: i64) -> i64 {
        let after = self.pieces[at + 1..].iter().take_while(|piece| piece.wall_from() < closes);
        let last = after.last().unwrap_or(&self.pieces[at]);
        last.until.min(closes - last.offset)
    }

    /// Whether as many sessions start on this date as may.
    fn is_full(&self, midnight: i64) -> bool {
        let Some(limit) = self.availability.rhythm().daily_limit() else { return false };
        let on_this_day = |piece: &Piece| {
            let from = piece.from.max(midnight - piece.offset);
            let until = piece.until.min(midnight + DAY - piece.offset);
            let since = &self.busy[self.busy.partition_point(|one| floor(one.from) < from)..];
            let begun = since.iter().take_while(|one| floor(one.from) < until);
            begun.filter(|one| one.kind == Kind::Booking).count()
        };
        self.pieces.iter().map(on_this_day).sum::<usize>() >= limit as usize
    }
}

/// Starts of a range, in the wall time of a piece.
struct Grid {
    opens: i64,
    step: i64,
    from: i64,
    until: i64,
    /// Until when the clock shows again what it showed in the piece before, and from when it will in the next.
    again: i64,
    to_come: i64,
}

impl Grid {
    /// The first start at a wall time or after it.
    #[inline(always)]
    fn at_or_after(&self, wall: i64) -> i64 {
        let soonest = self.from.max(wall);
        self.opens + (soonest - self.opens + self.step - 1) / self.step * self.step
    }

    /// Which of the instants that show a wall time it is.
    #[inline(always)]
    fn hour(&self, wall: i64) -> Hour {
        match wall {
            _ if wall < self.again => Hour::Second,
            _ if wall >= self.to_come => Hour::First,
            _ => Hour::Once,
        }
    }
}

/// A start as it is handed out; the wall time is seconds after midnight.
#[inline(always)]
fn slot(date: Date, start: i64, wall: i64, hour: Hour) -> Slot {
    let minute = wall / 60;
    Slot {
        start: Timestamp::from_second(start).unwrap_or(Timestamp::MAX),
        local: date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0),
        hour,
    }
}

mod against;
mod sweep;
#[cfg(test)]
mod tests;
