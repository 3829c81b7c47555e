//! A first time that was chosen with a purchase: kept for the buyer while she pays. It ties no credit; if it is lost, the
//! sale and the credits stand.

use super::slot::{Busy, Kind};
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::id::{BookingId, PractitionerId, PurchaseId};
use crate::domain::time::{SignedDuration, Timestamp, after, minutes};

/// How long the provider's page stays open while a time is kept. It must be told 30 minutes at least, by a clock of its own.
pub const PAGE_OPEN_MINUTES: i64 = 40;
/// How long the news of a payment may take that was made in the last moment.
const NEWS_MINUTES: i64 = 5;

/// A first time, as it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// With which purchase.
    pub purchase: PurchaseId,
    /// With whom the session would be.
    pub practitioner: PractitionerId,
    /// When it would start.
    pub starts_at: Timestamp,
    /// How long it would be.
    pub length_minutes: u32,
    /// Until when nobody else can take the time; `None` is a wish that keeps nobody off.
    pub held_until: Option<Timestamp>,
}

/// What became of a first time whose purchase was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was booked, and the session stands.
    Booked(BookingId, Timestamp),
    /// It could not be had any more when the payment came.
    Lost(Timestamp),
}

impl Reservation {
    /// The id of the session that it becomes: of the same bits as the purchase, so that it becomes one once.
    #[must_use]
    pub const fn booking(&self) -> BookingId {
        BookingId::from_bits(self.purchase.bits())
    }

    /// How long the session would be, in elapsed time.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        minutes(i64::from(self.length_minutes))
    }

    /// What it takes of the calendar at an instant: as much as a session would, as long as it is kept.
    #[must_use]
    pub fn busy(&self, now: Timestamp) -> Option<Busy> {
        let until = after(self.starts_at, self.length());
        let kept = self.held_until.is_some_and(|until| now < until);
        kept.then_some(Busy { from: self.starts_at, until, kind: Kind::Booking })
    }

    /// The same for a purchase as it stands: kept while the provider's page is open, while money is on its way, and for a
    /// little while that the address is to be shown; not for somebody who will pay at the practice.
    #[must_use]
    pub fn for_purchase(self, purchase: &Purchase) -> Self {
        let held_until = match (purchase.state, &purchase.till) {
            (State::AwaitingBuyer, Some(till)) => Some(after(till.closes_at, minutes(NEWS_MINUTES))),
            (State::AwaitingProof, _) => Some(after(purchase.asked_at, minutes(PAGE_OPEN_MINUTES))),
            (State::Processing, _) => Some(self.starts_at),
            (
                State::AwaitingBuyer
                | State::AwaitingPractice
                | State::Paid { .. }
                | State::Failed { .. }
                | State::Lapsed { .. }
                | State::Withdrawn { .. },
                _,
            ) => None,
        };
        Self { held_until, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::purchase::Till;
    use crate::domain::catalog::purchase::tests::purchase;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn chosen(state: State) -> Reservation {
        let till = Till {
            account: None,
            idempotency_key: "order".parse().unwrap(),
            checkout: None,
            page: None,
            payment: None,
            closes_at: at("2026-04-14T09:40:00Z"),
            looks: 0,
        };
        let purchase = Purchase { till: Some(till), ..purchase(state) };
        let wish = Reservation {
            purchase: purchase.id,
            practitioner: purchase.practitioner,
            starts_at: at("2026-04-16T08:00:00Z"),
            length_minutes: 50,
            held_until: None,
        };
        wish.for_purchase(&purchase)
    }

    #[test]
    fn a_time_is_kept_while_it_is_paid_for_and_no_longer() {
        let now = at("2026-04-14T09:00:00Z");
        let held = |state| chosen(state).held_until.map(|at| at.to_string());
        assert_eq!(held(State::AwaitingBuyer).as_deref(), Some("2026-04-14T09:45:00Z"));
        assert_eq!(held(State::AwaitingProof).as_deref(), Some("2026-04-14T09:40:00Z"));
        assert_eq!(held(State::Processing).as_deref(), Some("2026-04-16T08:00:00Z"));
        for over in [
            State::AwaitingPractice,
            State::Paid { at: now },
            State::Failed { at: now },
            State::Lapsed { at: now },
            State::Withdrawn { at: now },
        ] {
            assert_eq!(held(over), None, "{over:?}");
        }
    }

    #[test]
    fn what_is_kept_takes_its_time_until_its_instant_and_not_after() {
        let kept = chosen(State::AwaitingBuyer);
        let busy = kept.busy(at("2026-04-14T09:44:59Z")).unwrap();
        assert_eq!((busy.from, busy.until.to_string().as_str()), (kept.starts_at, "2026-04-16T08:50:00Z"));
        assert_eq!(kept.busy(at("2026-04-14T09:45:00Z")), None);
    }
}
