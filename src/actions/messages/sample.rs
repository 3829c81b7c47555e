//! A made-up client with credits in the state that a kind of message is about, so that its words can be seen before there is
//! anybody to send it to.

use crate::domain::calendar::booking::{Booking, State};
use crate::domain::catalog::package::{Begins, Format, Offer, Term, Validity};
use crate::domain::catalog::policy::Preset;
use crate::domain::catalog::purchase::{Purchase, State as Sale, Way};
use crate::domain::credits::ledger::{Actor, Entry, What, balance};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, EntryId, LotId, PackageId, PurchaseId};
use crate::domain::messages::message::Kind;
use crate::domain::money::{Currency, Money};
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::{Line, Paragraph};
use crate::domain::time::{Timestamp, after, before, hours, plus_days};

/// Everything that a message can be about.
pub(super) struct Scene {
    pub client: Client,
    pub counted: Counted,
    pub booking: Booking,
    pub purchase: Purchase,
}

const DAY: i64 = 24;

fn line(text: &str) -> Line {
    text.parse().expect("this is a line")
}

/// Six sessions, where she has no package yet.
fn six_sessions() -> Offer {
    Offer {
        name: line("Six sessions"),
        description: Paragraph::default(),
        sessions: 6,
        length_minutes: 50,
        price: Money::new(54000, Currency::USD),
        validity: Validity::days(90),
        preset: Preset::Standard,
        policy: Preset::Standard.policy(),
        format: Format::Phone,
        chapters: Vec::new(),
    }
}

/// The scene of a kind of message.
pub(super) fn scene(kind: Kind, with: &Practitioner, offer: Option<Offer>, now: Timestamp) -> Scene {
    let client = Client {
        id: ClientId::from_bits(0),
        name: line("Sam Sample"),
        email: with.email.clone(),
        phone: None,
        zone: with.zone.clone(),
        joined_at: now,
        verified_at: None,
        password: None,
    };
    let mut offer = offer.unwrap_or_else(six_sessions);
    let sessions = offer.sessions;
    let last_on = plus_days(with.zone.date(now), if kind == Kind::Lapsed { -1 } else { 7 });
    if matches!(kind, Kind::Lapsed | Kind::ExpirySoon) {
        offer.validity = Validity { term: Term::Until(last_on), begins: Begins::AtPayment };
    }
    let (past, ahead) = match kind {
        Kind::Renewal => (sessions, 0),
        Kind::Lapsed | Kind::ExpirySoon => (sessions / 2, 0),
        Kind::Booked | Kind::Moved | Kind::Reminder | Kind::Cancelled => (sessions / 3, 1),
        _ => (0, 0),
    };
    let lot = Lot {
        id: LotId::from_bits(0),
        client: client.id,
        practitioner: with.id,
        origin: Origin::Purchase(PurchaseId::from_bits(0)),
        paid: offer.price,
        granted_at: before(now, hours(DAY * (7 * i64::from(past) + 8))),
        zone: with.zone.clone(),
        offer,
    };
    let (lot, booking, whats) = sessions_of(kind, lot, (past, ahead), now);
    let entries: Vec<Entry> = (1u128..)
        .zip(whats)
        .map(|(n, what)| {
            let id = EntryId::from_bits(n);
            Entry { id, lot: lot.id, what, actor: Actor::System, reason: None, at: lot.granted_at }
        })
        .collect();
    let counted = (lot.clone(), balance(&lot, &entries, now));
    let purchase = Purchase {
        id: PurchaseId::from_bits(0),
        client: client.id,
        practitioner: with.id,
        package: PackageId::from_bits(0),
        version: 1,
        offer: lot.offer,
        terms: Paragraph::default(),
        terms_hash: [0; 32],
        asked_at: now,
        reference: line("FH-7K2Q"),
        way: Way::AtPractice,
        state: Sale::AwaitingPractice,
        till: None,
    };
    Scene { client, counted, booking, purchase }
}

/// Sessions that were held, a week apart, and the one that the message is about: in three days at this hour.
fn sessions_of(kind: Kind, lot: Lot, (past, ahead): (u32, u32), now: Timestamp) -> (Lot, Booking, Vec<What>) {
    let length = lot.offer.length();
    let hold = |n: u32, starts_at: Timestamp| What::Hold {
        booking: BookingId::from_bits(u128::from(n)),
        starts_at,
        ends_at: after(starts_at, length),
    };
    let next_at = after(now, hours(if kind == Kind::Reminder { DAY } else { 3 * DAY }));
    let mut whats = vec![What::Grant(lot.offer.sessions)];
    whats.extend((1..=past).map(|n| hold(n, before(now, hours(DAY * 7 * i64::from(past + 1 - n))))));
    let id = BookingId::from_bits(u128::from(past + 1));
    whats.extend((ahead > 0).then(|| hold(past + 1, next_at)));
    let state = if kind == Kind::Cancelled {
        whats.push(What::Release { booking: id });
        State::Cancelled { at: now, by: Actor::Practitioner(lot.practitioner) }
    } else {
        State::Confirmed
    };
    let booking = Booking {
        id,
        client: lot.client,
        practitioner: lot.practitioner,
        lot: lot.id,
        starts_at: next_at,
        length_minutes: lot.offer.length_minutes,
        format: lot.offer.format.clone(),
        state,
        sequence: 0,
        placed_at: now,
    };
    (lot, booking, whats)
}
