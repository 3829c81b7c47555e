//! What the forms of a weekly series send, and the words for why it is not booked; the same for clients and at the desk.

use super::form::Fields;
use crate::actions::calendar::series::{MOST_WEEKS, Refusal};
use crate::domain::calendar::booking::Refusal as Rule;
use crate::domain::id::BookingId;
use crate::domain::time::{Timestamp, Zone};
use crate::views::text::{self, Said};
use crate::views::weekly::field;
use crate::views::when;

/// The dates that were ticked or chosen, in order; `fresh` makes the id of each session.
pub fn chosen(fields: &Fields, fresh: impl Fn() -> BookingId) -> Vec<(BookingId, Timestamp)> {
    let weeks = (0..MOST_WEEKS as usize).filter_map(|week| fields.read(&field(week)));
    weeks.map(|start| (fresh(), start)).collect()
}

/// The sessions that a form makes: each with its id. Nothing if one cannot be read.
pub fn listed(fields: &Fields) -> Option<Vec<(BookingId, Timestamp)>> {
    let ids: Option<Vec<BookingId>> = fields.all("id").map(|id| id.parse().ok()).collect();
    let starts: Option<Vec<Timestamp>> = fields.all("slot").map(|slot| slot.parse().ok()).collect();
    let (ids, starts) = (ids?, starts?);
    (ids.len() == starts.len() && starts.len() <= MOST_WEEKS as usize)
        .then(|| ids.into_iter().zip(starts).collect())
}

/// What is said where no date was chosen.
pub fn none_chosen() -> Said {
    Said { what: "No date is chosen.".to_owned(), then: "Please tick at least one.".to_owned() }
}

/// Why nothing was booked: the date that cannot be had, and why.
pub fn refused(refusal: Refusal, starts: &[(BookingId, Timestamp)], zone: &Zone) -> Option<Said> {
    let nothing = "Nothing was booked. Here is what can be had now.".to_owned();
    match refusal {
        Refusal::NotThere => None,
        Refusal::NoHours => Some(Said { what: text::against(Rule::NoCredit, zone), then: nothing }),
        Refusal::Date { at, why } => {
            let date = starts.get(at).map_or_else(String::new, |(_, start)| when::moment(*start, zone));
            Some(Said { what: format!("{date}: {}", text::against(why, zone)), then: nothing })
        }
    }
}
