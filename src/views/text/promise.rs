//! What can be promised about changing a session, in words for its client: the same on every page and in every mail.

use super::hours;
use crate::domain::calendar::change::Credit;
use crate::domain::calendar::promise::Promise;
use crate::domain::credits::lot::Lot;
use crate::domain::time::{Timestamp, Zone, long_day, long_moment};

/// Until when the session can be moved or canceled with its credit, and what happens after that.
#[must_use]
pub fn promise(promise: &Promise, starts_at: Timestamp, lot: &Lot, zone: &Zone) -> String {
    let until = promise.moves_until.map(|until| match until {
        until if until >= starts_at => "it begins".to_owned(),
        until => long_moment(until, zone),
    });
    let first = match (promise.now, promise.book_by, &until) {
        (Credit::Returns, Some(on), Some(until)) => format!(
            "Cancel until {} and the credit comes back; after that it could no longer be booked. Move it until {until} \
             and the session keeps it.",
            long_day(on)
        ),
        (Credit::Returns, ..) => {
            format!("Move or cancel until {} and the credit comes back.", until.unwrap_or_default())
        }
        (Credit::PastItsDate { on }, _, until) => {
            let kept =
                until.as_ref().map(|until| format!(" Move it until {until} and the session keeps it."));
            format!(
                "Your sessions reached their date on {}: if you cancel, the credit can no longer be booked.{}",
                long_day(on),
                kept.unwrap_or_default()
            )
        }
        (Credit::Forgiven, ..) => {
            return format!(
                "It is later than {} before, and the credit comes back all the same.",
                window(lot)
            );
        }
        (Credit::Late { .. }, ..) => {
            return format!("It is later than {} before, so to cancel it uses its credit.", window(lot));
        }
        (Credit::NoChangesLeft, ..) => {
            return "The changes of this package are used up, so to cancel it uses its credit.".to_owned();
        }
    };
    match promise.late {
        Credit::Forgiven => format!("{first} This package forgives a later cancel, too."),
        _ => first,
    }
}

fn window(lot: &Lot) -> String {
    hours(lot.offer.policy.cancel_hours)
}
