//! The load of the kills: clients who book and cancel, buyers who pay, and what each of them was told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use fiddlehead::actions::catalog::package::{self, Written};
use fiddlehead::actions::people::login;
use fiddlehead::domain::catalog::package::{Listing, Offer};
use fiddlehead::domain::id::*;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{Timestamp, Zone, after, before, hours};

use crate::model::Dice;
use crate::soak::bits;
use crate::support::caller::Caller;
use crate::support::fake_stripe::Fake;
use crate::support::process::{Program, real_now};
use crate::support::{House, six_sessions};

/// How many clients there are, and how many press at the same time.
const CLIENTS: usize = 16;
const TOGETHER: usize = 3;

/// What was asked, and what was answered.
#[derive(Default, Clone)]
pub struct Record {
    pub asked: BTreeSet<BookingId>,
    pub booked: BTreeMap<BookingId, (ClientId, Timestamp)>,
    /// Somebody wants these called off; from the first attempt on it is open whether they stand.
    pub cancelling: BTreeSet<BookingId>,
    pub cancelled: BTreeSet<BookingId>,
    pub ordered: BTreeSet<PurchaseId>,
    /// Paid at the provider, whatever the program knows of it.
    pub paid: BTreeSet<PurchaseId>,
    /// Those whose page said so.
    pub credited: BTreeSet<PurchaseId>,
}

struct Member {
    client: ClientId,
    lot: LotId,
    cookies: String,
}

pub struct Load {
    members: Vec<Member>,
    record: Mutex<Record>,
    /// Each buyer is somebody new.
    buyers: AtomicUsize,
}

impl Load {
    /// Clients with fifty sessions each, signed in; some bought a day ago and will be asked to book their first one.
    pub async fn prepared(house: &House) -> Self {
        let offer = Offer { name: "Fifty".parse().unwrap(), sessions: 50, ..six_sessions() };
        let mut members = Vec::new();
        let packages = [house.ines, house.hana].map(|whose| {
            let id = PackageId::from_bits(house.id());
            let written = Written {
                id,
                slug: "fifty".parse().unwrap(),
                offer: offer.clone(),
                selling: None,
                listing: Listing::Published,
            };
            package::write(&house.app, whose, written).unwrap()
        });
        let now = house.now();
        for turn in 0..CLIENTS {
            house.hands.set(if turn % 4 == 0 { before(now, hours(25)) } else { now });
            let (client, lot) = house.bought(&format!("Client{turn} Fern"), &packages[turn % 2]).await;
            house.hands.set(now);
            let cookie = login::sign_in(&house.app, Person::Client(client)).unwrap().cookie;
            members.push(Member { client, lot, cookies: format!("fiddlehead={cookie}") });
        }
        Self { members, record: Mutex::default(), buyers: AtomicUsize::new(0) }
    }

    pub fn record(&self) -> Record {
        self.noted().clone()
    }

    fn noted(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap()
    }

    /// Everybody presses buttons, the program is killed in the midst of it, and they stop.
    pub fn press(&self, program: &mut Program, fake: &Fake, dice: &mut Dice, before_the_kill: Duration) {
        let over = AtomicBool::new(false);
        let seeds: Vec<u64> = (0..=TOGETHER).map(|_| u64::try_from(dice.below(1 << 30)).unwrap()).collect();
        std::thread::scope(|scope| {
            let (caller, over) = (program.caller(), &over);
            let running: Vec<_> = seeds
                .iter()
                .enumerate()
                .map(|(turn, seed)| {
                    let mut dice = Dice::seeded(*seed);
                    scope.spawn(move || {
                        while !over.load(Ordering::Acquire) {
                            if turn == TOGETHER {
                                self.buy(caller, fake, &mut dice);
                            } else if dice.once_in(3) {
                                self.cancel(caller, &mut dice);
                            } else {
                                self.book(caller, &mut dice);
                            }
                            std::thread::sleep(Duration::from_millis(dice.below(15) as u64));
                        }
                    })
                })
                .collect();
            std::thread::sleep(before_the_kill);
            program.kill();
            over.store(true, Ordering::Release);
            running.into_iter().for_each(|thread| thread.join().unwrap());
        });
    }

    /// An address for each client: whoever tries too often is stopped.
    fn from(turn: usize) -> String {
        format!("10.{}.{}.{}", turn >> 16 & 255, turn >> 8 & 255, turn & 255)
    }

    fn book(&self, program: Caller, dice: &mut Dice) {
        let turn = dice.below(CLIENTS);
        let member = &self.members[turn];
        let (id, start) = (BookingId::from_bits(bits(dice)), some_start(dice));
        self.noted().asked.insert(id);
        let (id_text, lot, slot) = (id.to_string(), member.lot.to_string(), start.to_string());
        let form = [("id", id_text.as_str()), ("lot", lot.as_str()), ("slot", slot.as_str())];
        let answer = program.ask("POST", "/me/bookings", &Self::from(turn), (&form, &member.cookies));
        if let Some(answer) = answer.filter(|answer| answer.status == 303) {
            assert!(answer.location().contains(&id_text), "{answer:?}");
            self.noted().booked.insert(id, (member.client, start));
        }
    }

    fn cancel(&self, program: Caller, dice: &mut Dice) {
        let turn = dice.below(CLIENTS);
        let member = &self.members[turn];
        let Some(id) = ({
            let mut record = self.noted();
            let hers: Vec<BookingId> = record
                .booked
                .iter()
                .filter(|(id, (client, _))| *client == member.client && !record.cancelling.contains(id))
                .map(|(id, _)| *id)
                .collect();
            let picked = dice.pick(&hers);
            picked.inspect(|id| _ = record.cancelling.insert(*id))
        }) else {
            return;
        };
        let path = format!("/me/bookings/{id}/cancel");
        let answer =
            program.ask("POST", &path, &Self::from(turn), (&[("credit", "returns")], &member.cookies));
        if answer.is_some_and(|answer| answer.status == 303) {
            self.noted().cancelled.insert(id);
        }
    }

    /// Orders, pays at the provider mostly, and looks whether the program knows.
    fn buy(&self, program: Caller, fake: &Fake, dice: &mut Dice) {
        const PAGE: &str = "/ines/six-sessions/checkout";
        let turn = 1_000 + self.buyers.fetch_add(1, Ordering::Relaxed);
        let from = Self::from(turn);
        let Some(page) =
            program.ask("GET", PAGE, &from, (&[], "")).filter(|page| page.text.contains("</html>"))
        else {
            return;
        };
        let (id, version) = (page.field("id"), page.field("version"));
        let (name, email) = (format!("Buyer{turn} Fern"), format!("buyer{turn}@example.org"));
        let form = [
            ("id", id.as_str()),
            ("version", version.as_str()),
            ("name", name.as_str()),
            ("email", email.as_str()),
            ("tz", "Europe/Berlin"),
            ("pay", "online"),
            ("agree", "yes"),
        ];
        let purchase: PurchaseId = id.parse().unwrap();
        self.noted().ordered.insert(purchase);
        let Some(answer) = program.ask("POST", PAGE, &from, (&form, "")) else { return };
        let Some((_, session)) = answer.location().rsplit_once("/c/pay/") else { return };
        if dice.once_in(5) {
            return;
        }
        self.noted().paid.insert(purchase);
        fake.buyer(&session.parse().unwrap(), "pay");
        for _ in 0..3 {
            let told = program.ask("GET", &format!("/bought/{id}/yet"), &from, (&[], ""));
            let Some(told) = told else { return };
            if told.status == 303 {
                self.noted().credited.insert(purchase);
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Some hour in which both practitioners work, from the day after tomorrow on.
fn some_start(dice: &mut Dice) -> Timestamp {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let now = real_now();
    let next_hour = Timestamp::from_second((now.as_second() / 3_600 + 1) * 3_600).unwrap();
    loop {
        let start = after(next_hour, hours(i64::try_from(36 + dice.below(24 * 55)).unwrap()));
        let local = berlin.local(start);
        if (9..16).contains(&local.hour()) && local.weekday().to_monday_zero_offset() < 5 {
            return start;
        }
    }
}
