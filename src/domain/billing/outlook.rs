//! What is still to be given: open sessions by the month in which they must be booked.

use jiff::civil::Date;

use super::books::{Account, months_from};
use crate::domain::time::{Timestamp, Zone};

/// Open sessions by the month of their last date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// The months on end, from the present one, with the sessions that reach their date in them; what is past its date and
    /// still booked counts to the first.
    pub months: Vec<(Date, u32)>,
    /// Those that reach it after these months.
    pub later: u32,
    /// Those that have no date, or none while they are paused.
    pub undated: u32,
}

impl Outlook {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.months.iter().map(|(_, count)| count).sum::<u32>() + self.later + self.undated
    }
}

/// The outlook of some lots over so many months.
#[must_use]
pub fn outlook(accounts: &[Account], zone: &Zone, now: Timestamp, months: u32) -> Outlook {
    let months = months_from(zone.date(now), months);
    let mut found =
        Outlook { months: months.iter().map(|month| (*month, 0)).collect(), later: 0, undated: 0 };
    for account in accounts {
        let Some((balance, _)) = account.at(now, now) else { continue };
        let open = balance.available_or_frozen() + balance.held() + balance.suspended;
        let place = match balance.deadline.map(|deadline| deadline.on.first_of_month()) {
            None => &mut found.undated,
            Some(month) => {
                let past = found.months.first().is_some_and(|(first, _)| month < *first);
                let at = if past { Some(0) } else { found.months.iter().position(|(one, _)| *one == month) };
                at.map_or(&mut found.later, |at| &mut found.months[at].1)
            }
        };
        *place += open;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::package::{Term, Validity};
    use crate::domain::credits::ledger::What;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};

    #[test]
    fn every_open_session_stands_in_one_place() {
        let now = "2026-04-20T10:00:00Z".parse().unwrap();
        let account = |days: Option<u32>, whats: &[What]| {
            let mut lot = lot();
            lot.offer.validity =
                days.map_or(Validity { term: Term::Never, ..Validity::days(1) }, Validity::days);
            Account { entries: entries(&lot, whats.to_vec()), lot, refunds: Vec::new() }
        };
        let held = hold(1, "2026-04-30T08:00:00Z");
        let accounts = [
            // Until 13 July; one of six booked.
            account(Some(90), &[What::Grant(6), held.clone()]),
            // Its date was 16 April, and one is booked for 30 April.
            account(Some(2), &[What::Grant(2), held]),
            account(Some(400), &[What::Grant(3)]),
            account(None, &[What::Grant(4)]),
            account(Some(90), &[What::Grant(5), What::Freeze]),
        ];
        let found = outlook(&accounts, &"Europe/Berlin".parse().unwrap(), now, 4);
        let counts: Vec<u32> = found.months.iter().map(|(_, count)| *count).collect();
        assert_eq!((counts, found.later, found.undated), (vec![1, 0, 0, 6], 3, 9));
        assert_eq!(found.total(), 19);
    }
}
