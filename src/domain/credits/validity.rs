//! How long credits can be booked and used: local dates in the practitioner's zone, and the instants that follow.

use jiff::civil::Date;

use crate::domain::catalog::package::{Begins, Term, Validity};
use crate::domain::time::{Timestamp, Zone, plus_days};

/// The last local date of a term that begins on a date; `None` is for good.
#[must_use]
pub fn last_day(term: Term, begins_on: Date) -> Option<Date> {
    match term {
        Term::Days(n) => Some(plus_days(begins_on, i32::try_from(n).unwrap_or(i32::MAX))),
        Term::Months(n) => begins_on.checked_add(jiff::Span::new().months(i64::from(n))).ok(),
        Term::Until(date) => Some(date),
        Term::Never => None,
    }
}

/// The date by which credits must be booked, before any extension: from the payment, or from the first session that
/// was held, or, while there is none, from the latest day on which it may be.
#[must_use]
pub fn book_by(
    validity: Validity,
    granted_at: Timestamp,
    first_session_at: Option<Timestamp>,
    zone: &Zone,
) -> Option<Date> {
    let granted_on = zone.date(granted_at);
    let begins_on = match (validity.begins, first_session_at) {
        (Begins::AtPayment, _) => granted_on,
        (Begins::AtFirstSession { latest_days }, first) => {
            let latest = plus_days(granted_on, i32::try_from(latest_days).unwrap_or(i32::MAX));
            first.map_or(latest, |at| zone.date(at).min(latest))
        }
    };
    last_day(validity.term, begins_on)
}

/// A date by which something must be done, with the zone in which its day ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The last local date.
    pub on: Date,
    /// Where that day ends.
    pub zone: Zone,
}

impl Deadline {
    /// The first instant at which it is over.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.zone.end_of(self.on)
    }

    /// Whether it is over. True at its instant, whatever job has run (domain.md, The credit ledger).
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.ends_at()
    }

    /// The last local date on which a session may start that was booked in time.
    #[must_use]
    pub fn sessions_until(&self, grace_days: u32) -> Date {
        plus_days(self.on, i32::try_from(grace_days).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::hours;
    use jiff::civil::date;

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    fn noon(on: Date) -> Timestamp {
        on.at(12, 0, 0, 0).to_zoned(berlin().tz().clone()).unwrap().timestamp()
    }

    fn bought(term: Term, on: Date) -> Option<Date> {
        book_by(Validity { term, begins: Begins::AtPayment }, noon(on), None, &berlin())
    }

    /// domain.md, worked example 6.
    #[test]
    fn a_month_from_31_january_is_the_end_of_february_and_90_days_are_1_may() {
        let on = date(2026, 1, 31);
        assert_eq!(bought(Term::Months(1), on), Some(date(2026, 2, 28)));
        assert_eq!(bought(Term::Days(90), on), Some(date(2026, 5, 1)));
        assert_eq!(bought(Term::Until(date(2026, 12, 24)), on), Some(date(2026, 12, 24)));
        assert_eq!(bought(Term::Never, on), None);
    }

    #[test]
    fn the_day_counts_in_the_practitioners_zone() {
        // 23:30 UTC on 31 January is 1 February in Berlin.
        let late = "2026-01-31T23:30:00Z".parse().unwrap();
        assert_eq!(book_by(Validity::days(90), late, None, &berlin()), Some(date(2026, 5, 2)));
    }

    #[test]
    fn a_deadline_is_over_at_its_instant_and_not_before() {
        let deadline = Deadline { on: date(2026, 5, 1), zone: berlin() };
        let end: Timestamp = "2026-05-01T22:00:00Z".parse().unwrap();
        assert_eq!(deadline.ends_at(), end);
        assert!(
            deadline.is_over(end)
                && !deadline.is_over(crate::domain::time::before(
                    end,
                    hours(0) + jiff::SignedDuration::from_nanos(1)
                ))
        );
        assert_eq!(deadline.sessions_until(14), date(2026, 5, 15));
    }

    #[test]
    fn a_term_from_the_first_session_waits_for_it_up_to_the_latest_start() {
        let validity = Validity { term: Term::Days(90), begins: Begins::AtFirstSession { latest_days: 30 } };
        let granted = noon(date(2026, 1, 1));
        let by = |first: Option<Date>| book_by(validity, granted, first.map(noon), &berlin());
        assert_eq!(by(None), Some(date(2026, 5, 1)));
        assert_eq!(by(Some(date(2026, 1, 10))), Some(date(2026, 4, 10)));
        assert_eq!(by(Some(date(2026, 3, 1))), Some(date(2026, 5, 1)));
    }
}
