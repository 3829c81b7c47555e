//! Thirty days of a practice: who does what when is drawn by the dice, done through the actions, and written down as plain deeds
//! for the oracle. What was refused is not written down; what a deed leads to is not either: the oracle must know it.

use fiddlehead::actions::billing::till;
use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::actions::catalog::package;
use fiddlehead::actions::catalog::practice::{self, Newcomer};
use fiddlehead::actions::credits::freeze::{self, Turn};
use fiddlehead::actions::credits::lot::{self, Gift};
use fiddlehead::actions::unsubscribe;
use fiddlehead::domain::calendar::availability::{Availability, Hours, Rhythm};
use fiddlehead::domain::calendar::booking::Booking;
use fiddlehead::domain::catalog::package::{Begins, Listing, Offer, Package, Term, Validity};
use fiddlehead::domain::catalog::policy::{Changes, Policy, Preset};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::*;
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::messages::nudge::Wish;
use fiddlehead::domain::people::practitioner::{Membership, Practitioner, Role};
use fiddlehead::domain::time::{SignedDuration, Timestamp, Zone, after, plus_days};
use fiddlehead::store::{Store, calendar, credits};
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use crate::model::Dice;
use crate::support::{House, at, six_sessions};

/// Where each run begins: clocks change in it in Europe, in America, in the south, or nowhere; a short month; a leap year's.
const BEGINNINGS: [&str; 6] = [
    "2026-03-16T05:00:00Z",
    "2026-10-12T09:30:00Z",
    "2026-04-14T08:00:00Z",
    "2026-03-01T11:00:00Z",
    "2026-09-14T21:00:00Z",
    "2028-01-31T07:00:00Z",
];

const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Europe/London",
    "Asia/Tokyo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
];

const DAY: i64 = 24 * 3_600;

struct Desk {
    id: PractitionerId,
    zone: Zone,
    packages: Vec<Package>,
}

struct Client {
    name: String,
    zone: Zone,
    id: Option<ClientId>,
}

/// One run, and what was written down of it.
pub struct Life {
    pub house: House,
    pub log: Vec<Value>,
    dice: Dice,
    desks: Vec<Desk>,
    clients: Vec<Client>,
}

fn zone(dice: &mut Dice) -> Zone {
    ZONES[dice.below(ZONES.len())].parse().unwrap()
}

fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

impl Life {
    /// A run from its beginning to its thirtieth day.
    pub async fn lived(seed: u64, clients: usize) -> Self {
        let mut dice = Dice::seeded(seed);
        let begins = at(BEGINNINGS[usize::try_from(seed).unwrap() % BEGINNINGS.len()]);
        let house = House::begun(Store::in_memory().unwrap(), begins).await;
        let desks = (0..1 + clients / 90).map(|turn| desk(&house, &mut dice, turn)).collect();
        let clients: Vec<Client> = (0..clients)
            .map(|turn| Client { name: format!("Client{turn}"), zone: zone(&mut dice), id: None })
            .collect();
        let log = vec![json!({"e": "runs", "t": ms(begins), "slept_from": null})];
        let mut life = Self { house, log, dice, desks, clients };
        let turns = life.turns(begins);
        for (when, who) in turns {
            life.live_until(when).await;
            match who {
                Some(client) => life.deed(client).await,
                None => life.jump().await,
            }
            life.house.settle().await;
        }
        life.live_until(after(begins, SignedDuration::from_secs(30 * DAY))).await;
        let end = json!({"e": "end", "t": ms(life.house.now())});
        life.log.push(end);
        life
    }

    /// When somebody does something, and when the program sleeps or its clock jumps.
    fn turns(&mut self, begins: Timestamp) -> Vec<(Timestamp, Option<usize>)> {
        let mut turns = Vec::new();
        let mut at = |dice: &mut Dice, from: i64, until: i64, who| {
            let second = from + i64::try_from(dice.below(usize::try_from(until - from).unwrap())).unwrap();
            turns.push((after(begins, SignedDuration::from_secs(second)), who));
            second
        };
        for client in 0..self.clients.len() {
            let comes = at(&mut self.dice, 0, 20 * DAY, Some(client));
            for _ in 0..self.dice.below(14) {
                at(&mut self.dice, comes, 30 * DAY - 60, Some(client));
            }
        }
        for _ in 0..2 + self.dice.below(4) {
            at(&mut self.dice, DAY, 29 * DAY, None);
        }
        turns.sort();
        turns
    }

    /// Lives on to an instant; for what was slept through, by a second, so that no two deeds are done at one instant.
    async fn live_until(&mut self, when: Timestamp) {
        let now = self.house.now();
        self.house.live(when.duration_since(now).max(SignedDuration::from_secs(1))).await;
    }

    /// The program is down for a while, or the machine's clock is set: far ahead, or a little back.
    async fn jump(&mut self) {
        let from = self.house.now();
        let seconds = match self.dice.below(4) {
            0 => 60 + self.dice.below(3_600 * 8),
            1 => 3_600 * 8 + self.dice.below(3_600 * 40),
            2 => 3_600 * 48 + self.dice.below(3_600 * 48),
            _ => {
                let back = i64::try_from(1 + self.dice.below(7_200)).unwrap();
                return self.set(from, after(from, SignedDuration::from_secs(-back)));
            }
        };
        self.set(from, after(from, SignedDuration::from_secs(i64::try_from(seconds).unwrap())));
    }

    fn set(&mut self, from: Timestamp, to: Timestamp) {
        self.house.hands.set(to);
        self.log.push(json!({"e": "runs", "t": ms(to), "slept_from": ms(from)}));
    }

    fn note(&mut self, deed: Value) {
        let mut deed = deed;
        deed["t"] = ms(self.house.now()).into();
        self.log.push(deed);
    }

    async fn deed(&mut self, who: usize) {
        let Some(client) = self.clients[who].id else { return self.buy(who).await };
        match self.dice.below(40) {
            0..2 => self.buy(who).await,
            2..22 => self.book(client),
            22..26 => self.cancel(client),
            26..29 => self.reschedule(client),
            29 | 30 => self.call_off(client),
            31 => self.missed(client),
            32 => self.waive(client),
            33 | 34 => self.extend(client),
            35 | 36 => self.pause(client),
            37 => self.give(client),
            _ => self.wish(client),
        }
    }

    async fn buy(&mut self, who: usize) {
        let desk = self.dice.below(self.desks.len());
        // Mostly with whom she is already.
        let desk = if self.dice.once_in(4) { desk } else { who % self.desks.len() };
        let package = self.dice.pick(&self.desks[desk].packages).unwrap();
        let (name, zone) = (self.clients[who].name.clone(), self.clients[who].zone.clone());
        let email = format!("{}@example.org", name.to_lowercase());
        let buyer =
            Buyer::Visitor { name: name.parse().unwrap(), email: email.parse().unwrap(), phone: None, zone };
        let id = PurchaseId::from_bits(self.house.id());
        let (choice, first) = (Choice::Online, None);
        let order = Order { id, package: package.id, version: package.version, buyer, choice, first };
        let Ok(taken) = checkout::order(&self.house.app, order) else { return };
        let checkout = self.house.open_till(id).await;
        self.house.till.pay(&checkout).unwrap();
        till::look(&self.house.app, id).await.unwrap();
        self.clients[who].id = Some(taken.purchase.client);
        self.granted(Lot::id_for(id), Some(id), who);
    }

    /// Writes down what a lot was agreed to be.
    fn granted(&mut self, id: LotId, purchase: Option<PurchaseId>, who: usize) {
        let lot = credits::lot::find(&self.house.app.store.read().unwrap(), id).unwrap().unwrap();
        let (offer, policy) = (&lot.offer, lot.offer.policy);
        let term = match offer.validity.term {
            Term::Days(days) => json!({"days": days, "months": null, "until": null, "never": false}),
            Term::Months(months) => json!({"days": null, "months": months, "until": null, "never": false}),
            Term::Until(date) => {
                json!({"days": null, "months": null, "until": date.to_string(), "never": false})
            }
            Term::Never => json!({"days": null, "months": null, "until": null, "never": true}),
        };
        let latest = match offer.validity.begins {
            Begins::AtPayment => None,
            Begins::AtFirstSession { latest_days } => Some(latest_days),
        };
        let changes = match policy.changes {
            Changes::AsManyAsSessions => Some(offer.sessions),
            Changes::Count(count) => Some(count),
            Changes::Unlimited => None,
        };
        self.note(json!({
            "e": "granted", "lot": id.to_string(), "purchase": purchase.map(|id| id.to_string()),
            "client": lot.client.to_string(), "practitioner": lot.practitioner.to_string(),
            "zone": lot.zone.to_string(), "client_zone": self.clients[who].zone.to_string(),
            "sessions": offer.sessions, "length": offer.length_minutes, "term": term, "latest_days": latest,
            "window_hours": policy.cancel_hours, "free_late": policy.free_late_cancels, "changes": changes,
            "grace_days": policy.grace_days,
        }));
    }

    fn lot(&mut self, client: ClientId) -> Option<Lot> {
        let now = self.house.now();
        let all = credits::lot::of_client(&self.house.app.store.read().unwrap(), client, now).unwrap();
        self.dice.pick(&all).map(|(lot, _)| lot)
    }

    fn session(&mut self, client: ClientId, fits: impl Fn(&Booking, Timestamp) -> bool) -> Option<Booking> {
        let now = self.house.now();
        let all = calendar::booking::of_client(&self.house.app.store.read().unwrap(), client).unwrap();
        let fitting: Vec<_> = all.into_iter().filter(|one| one.is_confirmed() && fits(one, now)).collect();
        self.dice.pick(&fitting)
    }

    /// Some full hour where the practitioner is, soon or late, and now and then beyond what the lot reaches.
    fn start(&mut self, whose: PractitionerId) -> Timestamp {
        let zone = self.desks.iter().find(|desk| desk.id == whose).unwrap().zone.clone();
        let today = zone.date(self.house.now());
        let reach = [3, 9, 20, 50][self.dice.below(4)];
        let day = plus_days(today, i32::try_from(self.dice.below(reach)).unwrap());
        let hour = i8::try_from(self.dice.below(24)).unwrap();
        day.at(hour, 0, 0, 0).to_zoned(zone.tz().clone()).unwrap().timestamp()
    }

    fn book(&mut self, client: ClientId) {
        let Some(like) = self.lot(client) else { return };
        let (id, start) = (BookingId::from_bits(self.house.id()), self.start(like.practitioner));
        if let Ok(booked) = booking::book(&self.house.app, client, id, like.id, start) {
            self.note(json!({
                "e": "booked", "booking": id.to_string(), "client": client.to_string(),
                "practitioner": like.practitioner.to_string(), "length": like.offer.length_minutes,
                "start": ms(start), "chose": booked.lot.to_string(),
            }));
        }
    }

    fn cancel(&mut self, client: ClientId) {
        let Some(session) = self.session(client, |one, now| one.starts_at > now) else { return };
        let app = &self.house.app;
        let Ok(credit) = change::preview_cancel(app, client, session.id) else { return };
        if change::cancel(app, client, session.id, change::Returns::of(credit)).is_ok() {
            self.note(json!({"e": "cancelled", "booking": session.id.to_string()}));
        }
    }

    fn reschedule(&mut self, client: ClientId) {
        let Some(session) = self.session(client, |one, now| one.starts_at > now) else { return };
        let to = self.start(session.practitioner);
        if let Ok(moved) = change::reschedule(&self.house.app, client, session.id, to) {
            let (id, chose) = (session.id.to_string(), moved.lot.to_string());
            self.note(json!({"e": "moved", "booking": id, "to": ms(to), "chose": chose}));
        }
    }

    fn call_off(&mut self, client: ClientId) {
        let Some(session) = self.session(client, |_, _| true) else { return };
        let done = change::cancel_by_practitioner(&self.house.app, session.practitioner, session.id, None);
        if done.is_ok() {
            self.note(json!({"e": "called_off", "booking": session.id.to_string()}));
        }
    }

    fn missed(&mut self, client: ClientId) {
        let Some(session) = self.session(client, |one, now| one.starts_at <= now) else { return };
        if lot::mark_missed(&self.house.app, session.practitioner, session.id).is_ok() {
            self.note(json!({"e": "missed", "booking": session.id.to_string()}));
        }
    }

    fn waive(&mut self, client: ClientId) {
        let Some(session) = self.session(client, |one, now| one.starts_at <= now) else { return };
        if lot::waive(&self.house.app, session.practitioner, session.id).is_ok() {
            self.note(json!({"e": "waived", "booking": session.id.to_string()}));
        }
    }

    fn extend(&mut self, client: ClientId) {
        let Some(lot) = self.lot(client) else { return };
        let days = 1 + self.dice.below(25);
        let to: Date = plus_days(lot.zone.date(self.house.now()), i32::try_from(days).unwrap());
        let reason = "because".parse().unwrap();
        if lot::extend(&self.house.app, lot.practitioner, lot.id, to, reason).is_ok() {
            self.note(json!({"e": "extended", "lot": lot.id.to_string(), "to": to.to_string()}));
        }
    }

    fn pause(&mut self, client: ClientId) {
        let Some(lot) = self.lot(client) else { return };
        let now = self.house.now();
        let found =
            credits::lot::counted(&self.house.app.store.read().unwrap(), lot.id, now).unwrap().unwrap();
        let (turn, what) = match found.1.frozen_at {
            None => (Turn::Freeze, "frozen"),
            Some(_) => (Turn::Unfreeze, "unfrozen"),
        };
        if freeze::turn(&self.house.app, lot.practitioner, lot.id, turn, None).is_ok() {
            self.note(json!({"e": what, "lot": lot.id.to_string()}));
        }
    }

    fn give(&mut self, client: ClientId) {
        let Some(lot) = self.lot(client) else { return };
        let desk = self.desks.iter().position(|desk| desk.id == lot.practitioner).unwrap();
        let package = self.dice.pick(&self.desks[desk].packages).unwrap();
        let gift = Gift {
            id: LotId::from_bits(self.house.id()),
            client,
            package: package.id,
            sessions: 1 + u32::try_from(self.dice.below(3)).unwrap(),
            days: 1 + u32::try_from(self.dice.below(40)).unwrap(),
            reason: "sorry".parse().unwrap(),
        };
        let id = gift.id;
        if lot::comp(&self.house.app, lot.practitioner, gift).is_ok() {
            let who = self.clients.iter().position(|one| one.id == Some(client)).unwrap();
            self.granted(id, None, who);
        }
    }

    fn wish(&mut self, client: ClientId) {
        let kind = [Kind::BookFirst, Kind::ExpirySoon, Kind::Renewal, Kind::Lapsed][self.dice.below(4)];
        let wish = if self.dice.once_in(3) { Wish::Welcome } else { Wish::OptedOut };
        unsubscribe::wish(&self.house.app, client, kind, wish).unwrap();
        let out = wish == Wish::OptedOut;
        self.note(json!({"e": "wish", "client": client.to_string(), "kind": kind.name(), "out": out}));
    }
}

/// A practitioner somewhere, who works at all hours, with a package of each kind.
fn desk(house: &House, dice: &mut Dice, turn: usize) -> Desk {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let (app, zone) = (&house.app, zone(dice));
    let slug = format!("desk{turn}");
    let practitioner = Practitioner {
        id: PractitionerId::from_bits(house.id()),
        email: format!("{slug}@quietfield.example").parse().unwrap(),
        slug: slug.parse().unwrap(),
        name: format!("Desk {turn}").parse().unwrap(),
        role: Role::Practitioner,
        zone: zone.clone(),
        joined_at: house.now(),
        password: None,
        membership: Membership::Active,
    };
    let id = practitioner.id;
    let week = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
    let hours = Hours::parse(week.map(|day| (day, "00:00", "24:00"))).unwrap();
    let rhythm = Rhythm::default().with_step(60).unwrap().with_notice(0).unwrap();
    let hours = Availability::new(zone.clone(), hours, vec![], rhythm).unwrap();
    practice::join(app, Newcomer { hours, ..Newcomer::fresh(practitioner) }).unwrap();
    let until = plus_days(zone.date(house.now()), 24);
    let packages = offers(until).into_iter().enumerate().map(|(turn, offer)| {
        let (package, slug) = (PackageId::from_bits(house.id()), format!("kind{turn}").parse().unwrap());
        package::save(app, id, package, slug, offer, Listing::Published).unwrap()
    });
    let packages = packages.collect();
    Desk { id, zone, packages }
}

fn offers(until: Date) -> Vec<Offer> {
    let offer = |sessions, term, begins, policy| Offer {
        name: format!("Of {sessions}").parse().unwrap(),
        sessions,
        validity: Validity { term, begins },
        preset: Preset::Own,
        policy,
        ..six_sessions()
    };
    let [gentle, standard, strict] = Preset::ALL.map(Preset::policy);
    let own = Policy { changes: Changes::Count(2), free_late_cancels: 1, cancel_hours: 6, ..standard };
    let (now, soon) = (Begins::AtPayment, Begins::AtFirstSession { latest_days: 10 });
    vec![
        offer(6, Term::Days(90), now, standard),
        offer(3, Term::Days(9), now, gentle),
        offer(2, Term::Days(20), now, strict),
        offer(4, Term::Months(1), now, own),
        offer(1, Term::Never, now, standard),
        offer(5, Term::Days(12), soon, standard),
        offer(2, Term::Until(until), now, own),
        offer(3, Term::Days(13), now, strict),
        offer(1, Term::Days(14), now, standard),
    ]
}
