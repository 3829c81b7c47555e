//! Nudges: which ones a lot calls for and when, and what makes one needless (domain.md, Nudges). Both are functions of
//! the lot as it stands, so that an extension arms a reminder again and a booking calls one off by themselves.

use super::message::{Kind, LATEST, Suppressed};
use super::quiet_hours::waking;
use crate::domain::credits::ledger::{Balance, Standing};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::credits::validity::Deadline;
use crate::domain::time::{Timestamp, Zone, after, hours, plus_days};

/// A nudge that a lot calls for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub kind: Kind,
    /// Its key: once per lot, or per lot and expiry date.
    pub key: String,
    /// When it goes.
    pub due_at: Timestamp,
}

/// The nudges that a lot calls for as it stands, whether or not they went already; their keys tell.
#[must_use]
pub fn plan(lot: &Lot, balance: &Balance, zone: &Zone) -> Vec<Planned> {
    let mut planned = Vec::new();
    let mut add = |kind: Kind, key: String, at: Timestamp| {
        planned.push(Planned { kind, key: format!("{}/{key}", kind.name()), due_at: waking(at, zone) });
    };
    add(Kind::BookFirst, lot.id.to_string(), after(lot.granted_at, hours(24)));
    if let Some(deadline) = &balance.deadline {
        let key = format!("{}/{}", lot.id, deadline.on);
        add(Kind::ExpirySoon, key.clone(), expiry_reminder_at(lot, balance, deadline));
        add(Kind::Lapsed, key, deadline.ends_at());
    }
    if let Some(ends_at) = finished_at(balance) {
        add(Kind::Renewal, lot.id.to_string(), after(ends_at, hours(2)));
    }
    planned
}

/// Seven days before the date; half-way to it if the whole validity, extensions included, is under fourteen days. Where
/// that was over already when the date was given, half-way from then: what is armed again must still have its time.
fn expiry_reminder_at(lot: &Lot, balance: &Balance, deadline: &Deadline) -> Timestamp {
    let ends_at = deadline.ends_at();
    let half_way = |from: Timestamp| after(from, ends_at.duration_since(from) / 2);
    let remind_at = if plus_days(deadline.zone.date(lot.granted_at), 14) > deadline.on {
        half_way(lot.granted_at)
    } else {
        deadline.zone.start_of(plus_days(deadline.on, -7))
    };
    match balance.dated_at {
        Some(dated_at) if remind_at <= dated_at && dated_at < ends_at => half_way(dated_at),
        _ => remind_at,
    }
}

/// When the last session of a lot ends, if every credit is spoken for; nothing while one can be booked, or if the
/// credits ran out by their date rather than by a session.
fn finished_at(balance: &Balance) -> Option<Timestamp> {
    let last = balance
        .sittings
        .iter()
        .filter(|sitting| matches!(sitting.standing, Standing::Held | Standing::Used(_)))
        .map(|sitting| sitting.ends_at)
        .max()?;
    let lapsed_at =
        balance.deadline.as_ref().filter(|_| balance.expired > 0).map(|deadline| deadline.ends_at());
    let open = balance.available_or_frozen() + balance.suspended + balance.revoked;
    (open == 0 && lapsed_at.is_none_or(|at| last > at)).then_some(last)
}

/// Whether the client has other credits with the same practitioner that were granted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newer {
    /// A newer lot can be booked or has sessions to come.
    Alive,
    /// There is none.
    None,
}

impl Newer {
    /// Whether a client whose lot this is has a newer one among some lots. One that was granted in the same moment counts, as of
    /// several that were brought in together: while she has credits there, nobody needs to ask what comes next.
    #[must_use]
    pub fn than<'a>(lot: &Lot, all: impl IntoIterator<Item = &'a Counted>) -> Self {
        let newer = |(other, balance): &Counted| {
            (other.client, other.practitioner) == (lot.client, lot.practitioner)
                && other.id != lot.id
                && other.granted_at >= lot.granted_at
                && balance.is_alive()
        };
        if all.into_iter().any(newer) { Self::Alive } else { Self::None }
    }
}

/// Whether the client takes such messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// She does.
    Welcome,
    /// She unsubscribed.
    OptedOut,
}

/// What brings a nudge up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Its time has come.
    OfItsOwn,
    /// The practitioner wants it sent, whatever its time was to be.
    ByHand,
}

/// What to do with a nudge whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send it now.
    Send,
    /// Wait: what it tells moved to a later time.
    Wait(Timestamp),
    /// Wait for the morning: people sleep. Its hour stays what it was.
    Morning(Timestamp),
    /// Do not send it, ever.
    Suppress(Suppressed),
}

/// Decides a nudge at its time, by the facts of that hour.
#[must_use]
pub fn decide(
    kind: Kind,
    (key, due_at): (&str, Timestamp),
    (lot, balance): (&Lot, &Balance),
    (newer, wish, turn): (Newer, Wish, Turn),
    zone: &Zone,
    now: Timestamp,
) -> Verdict {
    let planned = plan(lot, balance, zone).into_iter().find(|planned| planned.key == key);
    if turn == Turn::OfItsOwn {
        if let Some(planned) = planned.as_ref().filter(|planned| planned.due_at > now) {
            return Verdict::Wait(planned.due_at);
        }
        if now > after(due_at, LATEST) {
            return Verdict::Suppress(Suppressed::TooLate);
        }
    }
    if let Some(why) = needless(kind, balance, newer, wish, planned.as_ref()) {
        return Verdict::Suppress(why);
    }
    match waking(now, zone) {
        later if later > now => Verdict::Morning(later),
        _ => Verdict::Send,
    }
}

/// Why a nudge cannot be sent by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotByHand {
    /// It would not go of its own either.
    Needless(Suppressed),
    /// Sessions are left, or still to come.
    NotFinished,
    /// The credits have no date.
    NoDate,
    /// The date is still to come.
    NotReached,
    /// It has gone already, and goes once.
    Gone,
}

/// Whether a nudge can be sent by hand now, and under which key: once for the same lot (and date), by hand or of its own.
///
/// # Errors
/// [`NotByHand`] says why not.
pub fn by_hand(
    kind: Kind,
    (lot, balance): (&Lot, &Balance),
    (newer, wish): (Newer, Wish),
    zone: &Zone,
) -> Result<String, NotByHand> {
    let planned = plan(lot, balance, zone).into_iter().find(|planned| planned.kind == kind);
    match (&planned, kind) {
        (None, Kind::Renewal) => return Err(NotByHand::NotFinished),
        (None, _) => return Err(NotByHand::NoDate),
        (Some(_), Kind::Lapsed) if balance.expired == 0 => return Err(NotByHand::NotReached),
        _ => {}
    }
    match (needless(kind, balance, newer, wish, planned.as_ref()), planned) {
        (Some(why), _) => Err(NotByHand::Needless(why)),
        (None, planned) => planned.map(|planned| planned.key).ok_or(NotByHand::NoDate),
    }
}

fn needless(
    kind: Kind,
    balance: &Balance,
    newer: Newer,
    wish: Wish,
    planned: Option<&Planned>,
) -> Option<Suppressed> {
    let closed = balance.suspended > 0 || balance.revoked > 0;
    match kind {
        _ if wish == Wish::OptedOut => Some(Suppressed::OptedOut),
        _ if kind != Kind::Renewal && balance.frozen_at.is_some() => Some(Suppressed::Frozen),
        Kind::BookFirst if balance.held() + balance.used() > 0 => Some(Suppressed::AlreadyBooked),
        Kind::BookFirst | Kind::ExpirySoon if closed && balance.available == 0 => Some(Suppressed::Closed),
        Kind::BookFirst if closed => Some(Suppressed::Closed),
        Kind::BookFirst | Kind::ExpirySoon if balance.available == 0 => Some(Suppressed::NothingLeft),
        Kind::Renewal if newer == Newer::Alive => Some(Suppressed::NewerLot),
        Kind::Lapsed if balance.expired == 0 => Some(Suppressed::NothingLeft),
        // The lot calls for it no longer: extended to another date, or a credit came back.
        _ if planned.is_none() => Some(Suppressed::Overtaken),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::package::Validity;
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Actor, Entry, What, balance};
    use crate::domain::id::{ClientId, LotId, PractitionerId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    fn due(lot: &Lot, whats: &[What], now: &str) -> Vec<(Kind, String)> {
        let balance = balance(lot, &entries(lot, whats.to_vec()), at(now));
        plan(lot, &balance, &zone())
            .into_iter()
            .map(|p| (p.kind, zone().local(p.due_at).to_string()))
            .collect()
    }

    fn verdict(kind: Kind, whats: &[What], now: &str) -> Verdict {
        let lot = lot();
        let now = at(now);
        let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
        let planned = plan(&lot, &balance, &zone()).into_iter().find(|p| p.kind == kind);
        let planned = planned.unwrap_or(Planned { kind, key: "gone".to_owned(), due_at: now });
        decide(
            kind,
            (&planned.key, planned.due_at),
            (&lot, &balance),
            (Newer::None, Wish::Welcome, Turn::OfItsOwn),
            &zone(),
            now,
        )
    }

    #[test]
    fn a_fresh_lot_calls_for_book_first_expiry_and_lapsed() {
        assert_eq!(
            due(&lot(), &[What::Grant(6)], "2026-04-14T10:00:00Z"),
            [
                (Kind::BookFirst, "2026-04-15T12:00:00".to_owned()),
                (Kind::ExpirySoon, "2026-07-06T08:00:00".to_owned()),
                (Kind::Lapsed, "2026-07-14T08:00:00".to_owned()),
            ]
        );
    }

    #[test]
    fn a_short_validity_is_reminded_of_half_way() {
        let mut lot = lot();
        lot.offer.validity = Validity::days(9);
        let all = due(&lot, &[What::Grant(6)], "2026-04-14T10:00:00Z");
        // Granted on the 14th at 12:00, over at the end of the 23rd: half-way is the 19th at 06:00, moved to eight.
        assert_eq!(all[1], (Kind::ExpirySoon, "2026-04-19T08:00:00".to_owned()));
    }

    /// Found by the oracle (tests/peers/oracle.py): half-way to a date that is far off by now would be weeks too early.
    #[test]
    fn a_short_validity_that_was_extended_is_reminded_of_a_week_before() {
        let mut lot = lot();
        lot.offer.validity = Validity::days(9);
        let extended =
            |to| due(&lot, &[What::Grant(6), What::Extend { to }], "2026-04-14T10:00:00Z").remove(1);
        let week_before = (Kind::ExpirySoon, "2026-05-23T08:00:00".to_owned());
        assert_eq!(extended(jiff::civil::date(2026, 5, 30)), week_before);
        // Still under fourteen days.
        assert_eq!(extended(jiff::civil::date(2026, 4, 27)).1, "2026-04-21T08:00:00");
    }

    #[test]
    fn an_extension_arms_the_expiry_reminder_again_under_a_new_key() {
        let lot = lot();
        let keys = |whats: &[What]| -> Vec<String> {
            let balance = balance(&lot, &entries(&lot, whats.to_vec()), lot.granted_at);
            plan(&lot, &balance, &zone()).into_iter().map(|p| p.key).collect()
        };
        let extended = keys(&[What::Grant(6), What::Extend { to: jiff::civil::date(2026, 8, 31) }]);
        assert_ne!(keys(&[What::Grant(6)])[1], extended[1]);
    }

    #[test]
    fn a_date_that_moves_by_less_than_a_week_is_reminded_of_half_way_from_then() {
        let lot = lot();
        let remind_at = |log: &[Entry], what: What, when: &str| {
            let log = with(&lot, log, &[what], Actor::System, at(when));
            let armed = plan(&lot, &balance(&lot, &log, at(when)), &zone()).remove(1);
            let then = balance(&lot, &log, armed.due_at);
            let ways = (Newer::None, Wish::Welcome, Turn::OfItsOwn);
            let told =
                decide(armed.kind, (&armed.key, armed.due_at), (&lot, &then), ways, &zone(), armed.due_at);
            assert_eq!((armed.kind, told), (Kind::ExpirySoon, Verdict::Send));
            zone().local(armed.due_at).to_string()
        };
        let extended = |to| What::Extend { to };
        let mut log = entries(&lot, [What::Grant(6), What::Freeze]);
        let (when, open) = ("2026-07-12T08:00:00Z", &log[..1]);
        assert_eq!(remind_at(open, extended(jiff::civil::date(2026, 7, 16)), when), "2026-07-14T17:00:00");
        assert_eq!(remind_at(open, extended(jiff::civil::date(2026, 7, 20)), when), "2026-07-13T08:00:00");
        log[1].at = at("2026-07-10T08:00:00Z");
        // Half-way is at five in the morning, and people sleep.
        assert_eq!(remind_at(&log, What::Unfreeze, "2026-07-11T08:00:00Z"), "2026-07-13T08:00:00");
    }

    #[test]
    fn the_last_session_calls_for_renewal_two_hours_after_its_end() {
        let mut whats = vec![What::Grant(2), hold(1, "2026-05-05T08:00:00Z")];
        assert!(due(&lot(), &whats, "2026-05-01T00:00:00Z").iter().all(|(kind, _)| *kind != Kind::Renewal));
        whats.push(hold(2, "2026-05-12T08:00:00Z"));
        let all = due(&lot(), &whats, "2026-05-01T00:00:00Z");
        assert_eq!(all.last(), Some(&(Kind::Renewal, "2026-05-12T12:50:00".to_owned())));
    }

    #[test]
    fn book_first_goes_only_to_who_has_booked_nothing() {
        assert_eq!(verdict(Kind::BookFirst, &[What::Grant(6)], "2026-04-15T10:00:00Z"), Verdict::Send);
        let booked = [What::Grant(6), hold(1, "2026-05-05T08:00:00Z")];
        assert_eq!(
            verdict(Kind::BookFirst, &booked, "2026-04-15T10:00:00Z"),
            Verdict::Suppress(Suppressed::AlreadyBooked)
        );
        let frozen = [What::Grant(6), What::Freeze];
        assert_eq!(
            verdict(Kind::BookFirst, &frozen, "2026-04-15T10:00:00Z"),
            Verdict::Suppress(Suppressed::Frozen)
        );
    }

    #[test]
    fn after_downtime_two_days_are_the_limit() {
        assert_eq!(verdict(Kind::BookFirst, &[What::Grant(6)], "2026-04-17T10:00:00Z"), Verdict::Send);
        assert_eq!(
            verdict(Kind::BookFirst, &[What::Grant(6)], "2026-04-17T10:00:01Z"),
            Verdict::Suppress(Suppressed::TooLate)
        );
    }

    #[test]
    fn a_nudge_that_comes_up_at_night_waits_for_the_morning() {
        let night = verdict(Kind::BookFirst, &[What::Grant(6)], "2026-04-15T22:00:00Z");
        assert_eq!(night, Verdict::Morning(at("2026-04-16T06:00:00Z")));
    }

    #[test]
    fn nothing_left_to_book_needs_no_expiry_reminder() {
        let whats = [What::Grant(1), hold(1, "2026-07-10T08:00:00Z")];
        assert_eq!(
            verdict(Kind::ExpirySoon, &whats, "2026-07-06T06:00:00Z"),
            Verdict::Suppress(Suppressed::NothingLeft)
        );
        assert_eq!(verdict(Kind::ExpirySoon, &[What::Grant(1)], "2026-07-06T06:00:00Z"), Verdict::Send);
    }

    #[test]
    fn newer_is_what_the_same_two_began_no_earlier_and_what_still_lives() {
        let now = at("2026-05-05T12:00:00Z");
        let counted = |lot: Lot, whats: &[What]| -> Counted {
            let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
            (lot, balance)
        };
        let finished = lot();
        let other = || Lot { id: LotId::from_bits(99), ..lot() };
        let newer = |other: Lot, whats: &[What]| Newer::than(&finished, [&counted(other, whats)]);
        let left = [What::Grant(2)];
        let later = Lot { granted_at: after(finished.granted_at, hours(1)), ..other() };
        assert_eq!(newer(later.clone(), &left), Newer::Alive);
        assert_eq!(newer(other(), &left), Newer::Alive, "brought in together");
        let earlier = Lot { granted_at: after(finished.granted_at, hours(-1)), ..other() };
        assert_eq!(newer(earlier, &left), Newer::None);
        let used_up = [What::Grant(1), hold(1, "2026-05-01T08:00:00Z")];
        assert_eq!(newer(later.clone(), &used_up), Newer::None, "nothing is left of it");
        assert_eq!(newer(finished.clone(), &left), Newer::None, "it is not newer than itself");
        assert_eq!(newer(Lot { client: ClientId::from_bits(99), ..later.clone() }, &left), Newer::None);
        assert_eq!(newer(Lot { practitioner: PractitionerId::from_bits(99), ..later }, &left), Newer::None);
    }

    #[test]
    fn a_credit_that_came_back_calls_the_renewal_off() {
        let whats = [
            What::Grant(1),
            hold(1, "2026-05-05T08:00:00Z"),
            What::Release { booking: crate::domain::id::BookingId::from_bits(1) },
        ];
        assert_eq!(
            verdict(Kind::Renewal, &whats, "2026-05-05T12:00:00Z"),
            Verdict::Suppress(Suppressed::Overtaken)
        );
    }
}
