//! Terms in words: the policy as the practitioner says it, how long sessions are good for, how they take place, and
//! what a cancel does to the credit.

use super::{counted, day, days, hours, length, sessions, times};
use crate::domain::calendar::change::{self, AFTER_APOLOGY_DAYS, Credit};
use crate::domain::catalog::package::{Begins, Format, Offer, Term, Validity};
use crate::domain::catalog::policy::{Changes, Policy};
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::validity::Deadline;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, long_date, long_day, long_moment};

/// The policy of a package in plain words, a sentence each, as the practitioner says it.
#[must_use]
pub fn policy(policy: &Policy, validity: Validity) -> Vec<String> {
    let mut said = vec![match policy.cancel_hours {
        0 => "Move or cancel until the session begins, and the credit comes back.".to_owned(),
        n => format!("Move or cancel up to {} before, and the credit comes back.", hours(n)),
    }];
    said.push(match policy.changes {
        Changes::Unlimited => "You can do that as often as you need.".to_owned(),
        Changes::AsManyAsSessions => "You can do that as many times as the package has sessions.".to_owned(),
        Changes::Count(0) => {
            "After booking, sessions stay where they are; to cancel one uses its credit.".to_owned()
        }
        Changes::Count(n) => format!("You can do that {} within one package.", times(n)),
    });
    if policy.cancel_hours > 0 {
        said.push(match policy.free_late_cancels {
            0 => "Later than that, the session is used. If something happened, tell me; I can return it."
                .to_owned(),
            1 => {
                "Later than that, the session is used; the first time it comes back all the same.".to_owned()
            }
            n => format!(
                "Later than that, the session is used; the first {n} times it comes back all the same."
            ),
        });
    }
    said.push(self::validity(validity));
    if validity.term != Term::Never {
        said.push(match policy.grace_days {
            0 => "Sessions take place by that date.".to_owned(),
            n => format!("A session booked by that date may take place up to {} later.", days(n)),
        });
    }
    said.push(format!(
        "If I have to cancel, your credit always comes back, with at least {AFTER_APOLOGY_DAYS} days to use it."
    ));
    if policy.cooling_off_days > 0 {
        said.push(format!(
            "If you change your mind within {} of buying, you get all of your money back.",
            days(policy.cooling_off_days)
        ));
    }
    said
}

fn term(term: Term) -> String {
    match term {
        Term::Days(n) => days(n),
        Term::Months(n) => counted(n, "month", "months"),
        Term::Until(date) => long_date(date),
        Term::Never => "for good".to_owned(),
    }
}

/// How long sessions are good for, as a sentence.
#[must_use]
pub fn validity(validity: Validity) -> String {
    match (validity.term, validity.begins) {
        (Term::Never, _) => "Sessions have no end date.".to_owned(),
        (until @ Term::Until(_), _) => format!("Sessions can be used until {}.", term(until)),
        (long, Begins::AtPayment) => format!("Sessions can be used until {} after you buy.", term(long)),
        (long, Begins::AtFirstSession { latest_days }) => format!(
            "Sessions can be used until {} after the first one, which begins within {} of buying.",
            term(long),
            days(latest_days)
        ),
    }
}

/// The same as a short term on a label: "Use within 90 days".
#[must_use]
pub fn validity_terms(validity: Validity) -> String {
    match (validity.term, validity.begins) {
        (Term::Never, _) => "No end date".to_owned(),
        (until @ Term::Until(_), _) => format!("Use by {}", term(until)),
        (long, Begins::AtPayment) => format!("Use within {}", term(long)),
        (long, Begins::AtFirstSession { .. }) => format!("Use within {} of the first session", term(long)),
    }
}

/// How often one person can buy a package, as a short term on a label: "Once for each person".
#[must_use]
pub fn limit(most: u32) -> String {
    match most {
        1 => "Once for each person".to_owned(),
        n => format!("Up to {} for each person", times(n)),
    }
}

/// "6 sessions of 50 minutes".
#[must_use]
pub fn session_terms(offer: &Offer) -> String {
    format!("{} of {}", sessions(offer.sessions), length(offer.length_minutes))
}

/// What is to be done by a lot's date: "use", or "book" where a session may take place later than that.
#[must_use]
pub const fn to_use(lot: &Lot) -> &'static str {
    if lot.offer.policy.grace_days == 0 { "use" } else { "book" }
}

/// By when a lot is to be used: "Use by Monday 25 May." or, with some grace, "Book by Monday 25 May; sessions until 8 June."
/// Without sessions left the words still hold; callers that have none to speak of leave them out.
#[must_use]
pub fn use_by(lot: &Lot, balance: &Balance, now: Timestamp) -> String {
    by(lot, balance, now, "")
}

/// The same within a paragraph about sessions: "Use them by Monday 25 May." One session is "it".
#[must_use]
pub fn use_them_by(lot: &Lot, balance: &Balance, now: Timestamp) -> String {
    by(lot, balance, now, if balance.available_or_frozen() == 1 { "it " } else { "them " })
}

fn by(lot: &Lot, balance: &Balance, now: Timestamp, what: &str) -> String {
    let today = lot.zone.date(now);
    match &balance.deadline {
        None if balance.frozen_at.is_some() => "Paused; the date waits.".to_owned(),
        None => "No end date.".to_owned(),
        Some(deadline) if deadline.is_over(now) => {
            format!("Reached its date on {}.", day(deadline.on, today))
        }
        Some(deadline) => {
            let verb = super::capital(to_use(lot));
            format!("{verb} {what}by {}{}.", day(deadline.on, today), sessions_until(lot, deadline))
        }
    }
}

/// "; sessions until 8 June", where they may take place later than they can be booked.
#[must_use]
pub fn sessions_until(lot: &Lot, deadline: &Deadline) -> String {
    match lot.offer.policy.grace_days {
        0 => String::new(),
        grace => format!("; sessions until {}", deadline.sessions_until(grace).strftime("%-d %B")),
    }
}

/// How sessions take place, as a term on a label: "In person", "By video".
#[must_use]
pub const fn format(format: &Format) -> &'static str {
    match format {
        Format::InPerson { .. } => "In person",
        Format::Video { .. } => "By video",
        Format::Phone => "By telephone",
    }
}

/// The same within a sentence: "in person", "by video".
#[must_use]
pub const fn by_format(format: &Format) -> &'static str {
    match format {
        Format::InPerson { .. } => "in person",
        Format::Video { .. } => "by video",
        Format::Phone => "by telephone",
    }
}

/// Where a session is, as a sentence; `place` is the storefront's, for packages that name none.
#[must_use]
pub fn at_place(format: &Format, place: Option<&Line>, practitioner: &str) -> String {
    match format {
        Format::InPerson { place: own } => match own.as_ref().or(place) {
            Some(place) => format!("In person, at {}.", place.as_str()),
            None => "In person.".to_owned(),
        },
        Format::Video { link: Some(_) } => {
            "By video. The link is on your sessions page and in every message.".to_owned()
        }
        Format::Video { link: None } => format!("By video. {practitioner} sends you the link."),
        Format::Phone => format!("By telephone. {practitioner} calls you."),
    }
}

/// What a cancel would do to the credit: said before the click.
#[must_use]
pub fn credit(credit: Credit, lot: &Lot, zone: &Zone) -> String {
    match credit {
        Credit::Returns => "Your credit comes back.".to_owned(),
        Credit::Forgiven => "It is late, and your credit comes back all the same.".to_owned(),
        Credit::Late { until } => format!(
            "It is later than {} before, so this session’s credit is used. It would have come back until {}.",
            hours(lot.offer.policy.cancel_hours),
            long_moment(until, zone)
        ),
        Credit::NoChangesLeft => {
            "The changes of this package are used up, so this session’s credit is used.".to_owned()
        }
        Credit::PastItsDate { on } => format!(
            "Your sessions reached their date on {}, so a credit that comes back can no longer be booked. \
             Moving the session keeps it.",
            long_day(on)
        ),
    }
}

/// What a cancel did to the credit: said after it.
#[must_use]
pub fn credit_after_cancel(credit: Credit, lot: &Lot) -> String {
    match credit {
        Credit::Returns => "Your credit came back.".to_owned(),
        Credit::Forgiven => "It was late, and your credit came back all the same.".to_owned(),
        Credit::Late { .. } => format!(
            "It was later than {} before, so this session’s credit is used.",
            hours(lot.offer.policy.cancel_hours)
        ),
        Credit::NoChangesLeft => {
            "The changes of this package are used up, so this session’s credit is used.".to_owned()
        }
        Credit::PastItsDate { on } => format!("Your sessions reached their date on {}.", long_day(on)),
    }
}

/// How many changes are left on a lot, as a sentence; nothing where there is no limit.
#[must_use]
pub fn changes_left(lot: &Lot, balance: &Balance) -> Option<String> {
    change::changes_left(lot, balance).map(|n| match n {
        0 => "No changes are left with this package.".to_owned(),
        n => format!("You can move or cancel in time {} more with this package.", times(n)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::policy::Preset;
    use crate::domain::credits::ledger::tests::{entries, lot};
    use crate::domain::credits::ledger::{What, balance};

    #[test]
    fn each_preset_is_told_in_full() {
        let validity = Validity::days(90);
        let standard = policy(&Preset::Standard.policy(), validity).join(" ");
        for part in [
            "up to 24 hours before",
            "as many times as the package has sessions",
            "90 days after you buy",
            "up to 14 days later",
            "30 days",
        ] {
            assert!(standard.contains(part), "{part}: {standard}");
        }
        let gentle = policy(&Preset::Gentle.policy(), validity).join(" ");
        assert!(gentle.contains("as often as you need") && gentle.contains("the first time it comes back"));
        let strict = policy(&Preset::Strict.policy(), validity).join(" ");
        assert!(strict.contains("48 hours") && strict.contains("take place by that date"));
    }

    #[test]
    fn a_lot_says_by_when_it_is_to_be_used() {
        let lot = lot();
        let at = lot.granted_at;
        let told = |whats: &[What]| use_by(&lot, &balance(&lot, &entries(&lot, whats.to_vec()), at), at);
        assert_eq!(told(&[What::Grant(6)]), "Book by Monday 13 July; sessions until 27 July.");
        let mut strict = lot.clone();
        strict.offer.policy.grace_days = 0;
        let six = balance(&lot, &entries(&lot, [What::Grant(6)]), at);
        assert_eq!(use_by(&strict, &six, at), "Use by Monday 13 July.");
        assert_eq!(told(&[What::Grant(6), What::Freeze]), "Paused; the date waits.");
        let later = "2026-08-01T00:00:00Z".parse().unwrap();
        let over = balance(&lot, &entries(&lot, [What::Grant(6)]), later);
        assert_eq!(use_by(&lot, &over, later), "Reached its date on Monday 13 July.");
    }

    #[test]
    fn what_a_late_cancel_costs_is_said_with_its_time() {
        let lot = lot();
        let zone = "America/New_York".parse().unwrap();
        let until = "2026-04-20T21:30:00Z".parse().unwrap();
        assert_eq!(
            credit(Credit::Late { until }, &lot, &zone),
            "It is later than 24 hours before, so this session’s credit is used. It would have come back until \
             Monday 20 April, 5:30\u{a0}pm."
        );
    }
}
