//! Sessions: each stands on the calendar once if it takes place, overlaps no other of its practitioner but by her own word, and its credit
//! is where it must be; and the ledgers know no other sessions.

use super::Report;
use crate::app::Fault;
use crate::domain::calendar::booking::Booking;
use crate::domain::credits::ledger::{Balance, Consumed, Sitting, Standing, balance};
use crate::domain::credits::lot::Lot;
use crate::domain::time::Timestamp;
use crate::store::calendar::booking::Placed;
use crate::store::{StoreError, View, calendar, credits};

/// What the ledgers have shown of the sessions.
#[derive(Default)]
pub(super) struct Sessions {
    /// How many of them are known to the ledger of the lot that pays.
    known: usize,
}

impl Sessions {
    /// The sessions that a ledger knows are there, and have their credits where their state has them.
    pub(super) fn lot(
        &mut self,
        read: &View,
        report: &mut Report,
        lot: &Lot,
        balance: &Balance,
    ) -> Result<(), StoreError> {
        for sitting in &balance.sittings {
            let id = sitting.booking;
            match calendar::booking::find(read, id)? {
                None => report.wrong.push(format!(
                    "session {id}: lot {} has a credit tied to it, but it is not there",
                    lot.id
                )),
                Some(booking) if booking.lot == lot.id => {
                    self.known += 1;
                    report.expect(fits(&booking, sitting), || unfit(&booking));
                }
                // One that another lot pays for now has given its credit back here.
                Some(_) => report
                    .expect(!matches!(sitting.standing, Standing::Held | Standing::Used(_)), || {
                        format!("session {id}: tied to two credits")
                    }),
            }
        }
        Ok(())
    }

    /// Looks at all sessions and at all places on the calendars, once every ledger was looked at.
    pub(super) fn look(&self, read: &View, report: &mut Report, now: Timestamp) -> Result<(), Fault> {
        let (mut all, mut confirmed) = (0, 0);
        calendar::booking::each(read, |booking| {
            all += 1;
            confirmed += usize::from(booking.is_confirmed());
            let there = calendar::booking::has_place(read, &booking)?;
            report.expect(there == booking.is_confirmed(), || {
                format!("session {}: its state does not fit the calendar", booking.id)
            });
            Ok(())
        })?;
        report.count("bookings", all);
        if self.known != all {
            without_credit(read, report, now)?;
        }
        let places = overlaps(read, report)?;
        report.expect(places == confirmed, || {
            format!("{places} places on the calendars for {confirmed} sessions that take place")
        });
        Ok(())
    }
}

/// Names the sessions of which the lot that pays knows nothing.
fn without_credit(read: &View, report: &mut Report, now: Timestamp) -> Result<(), StoreError> {
    calendar::booking::each(read, |booking| {
        let known = credits::lot::find(read, booking.lot)?.map_or(Ok(false), |lot| {
            let sittings = balance(&lot, &credits::ledger::of(read, lot.ledger())?, now).sittings;
            Ok::<_, StoreError>(sittings.iter().any(|sitting| sitting.booking == booking.id))
        })?;
        report.expect(known, || unfit(&booking));
        Ok(())
    })
}

fn unfit(booking: &Booking) -> String {
    format!("session {}: its credit in lot {} does not fit it", booking.id, booking.lot)
}

/// Names the sessions that overlap where nobody said that they may; gives how many places there are.
fn overlaps(read: &View, report: &mut Report) -> Result<usize, StoreError> {
    let meant = |(_, starts_at, _, id): &Placed| -> Result<bool, StoreError> {
        Ok(calendar::anyway::find(read, *id)? == Some(*starts_at))
    };
    let mut count = 0;
    // Of the sessions so far, the one that reaches furthest.
    let mut last: Option<Placed> = None;
    calendar::booking::each_place(read, |place| {
        count += 1;
        let (who, starts_at, ends_at, id) = place;
        let before = last.filter(|(same, ..)| *same == who);
        if let Some(before) = before.filter(|(_, _, until, _)| starts_at < *until) {
            let leave = meant(&place)? || meant(&before)?;
            report.expect(leave, || format!("sessions {} and {id} overlap", before.3));
        }
        if before.is_none_or(|(_, _, until, _)| until < ends_at) {
            last = Some(place);
        }
        Ok(())
    })?;
    Ok(count)
}

/// Whether a session's credit is where its state has it: one that takes place holds or used a credit, one that was called
/// off has given it back or lost it for being late. A practitioner may have waived either.
fn fits(booking: &Booking, sitting: &Sitting) -> bool {
    let at_its_time = (sitting.starts_at, sitting.ends_at) == (booking.starts_at, booking.ends_at());
    at_its_time
        && match sitting.standing {
            Standing::Held | Standing::Used(Consumed::Attended | Consumed::Missed) => booking.is_confirmed(),
            Standing::Returned | Standing::Used(Consumed::LateCancel) => !booking.is_confirmed(),
            Standing::Waived => true,
        }
}
