//! The deeds that the model draws from: each picks whom and what by the dice, now and then somebody else's, and says
//! what it came to. What is sent twice must come to the same.

use fiddlehead::actions::billing::{settle, till};
use fiddlehead::actions::calendar::{availability, booking, change};
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::actions::catalog::package::{self, Written};
use fiddlehead::actions::credits::lot::{self, Gift};
use fiddlehead::actions::reconcile;
use fiddlehead::actions::unsubscribe;
use fiddlehead::actions::{Error, due};
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::calendar::booking::Booking;
use fiddlehead::domain::calendar::slot::By;
use fiddlehead::domain::catalog::package::{Listing, Offer, Package, Validity};
use fiddlehead::domain::catalog::policy::Preset;
use fiddlehead::domain::catalog::purchase::Purchase;
use fiddlehead::domain::catalog::selling::{FirstTime, Selling};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::*;
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::messages::nudge::Wish;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::time::{SignedDuration, Timestamp, after, hours, minutes, plus_days};
use fiddlehead::payments::CheckoutId;
use fiddlehead::store::{calendar, catalog, credits, people};

use super::{Dice, End};
use crate::support::{House, six_sessions};

const NAMES: [&str; 3] = ["Nora", "Mia", "Zoe"];

/// One sequence as it goes on.
pub struct Life {
    pub house: House,
    pub dice: Dice,
    packages: Vec<Package>,
    /// What happened so far, for whoever reads a failure.
    pub told: Vec<String>,
}

impl Drop for Life {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.told.join("\n"));
        }
    }
}

/// What an action came to; a failure of ours is never an answer.
pub(super) fn end<T, R>(result: Result<T, Error<R>>) -> End {
    match result {
        Ok(_) => End::Done,
        Err(Error::Refused(_)) => End::Refused,
        Err(Error::Failed(fault)) => panic!("failed: {fault}"),
    }
}

impl Life {
    pub async fn begin(seed: u64) -> Self {
        let house = House::new().await;
        let offer = |name: &str, sessions, days, preset: Preset| Offer {
            name: name.parse().unwrap(),
            sessions,
            price: Money::new(10_000, Currency::USD),
            validity: Validity::days(days),
            preset,
            policy: preset.policy(),
            ..six_sessions()
        };
        let save = |slug: &str, offer: Offer| {
            let id = PackageId::from_bits(house.id());
            package::save(&house.app, house.ines, id, slug.parse().unwrap(), offer, Listing::Published)
                .unwrap()
        };
        let begun = Written {
            id: PackageId::from_bits(house.id()),
            slug: "begun".parse().unwrap(),
            offer: offer("Two, begun at once", 2, 20, Preset::Standard),
            selling: Some(Selling { per_client: Some(2), first_time: FirstTime::Optional }),
            listing: Listing::Published,
        };
        let begun = package::write(&house.app, house.ines, begun).unwrap();
        let packages = vec![
            house.six.clone(),
            house.five.clone(),
            save("short", offer("Three, soon", 3, 9, Preset::Gentle)),
            save("strict", offer("One, strictly", 1, 30, Preset::Strict)),
            begun,
        ];
        Self { house, dice: Dice::seeded(seed), packages, told: Vec::new() }
    }

    pub async fn deed(&mut self) -> (&'static str, End) {
        // The first ones buy, so that there is something to do.
        match if self.told.len() < 3 { 0 } else { self.dice.below(34) } {
            0..3 => ("order", self.order().await),
            3..5 => ("pay", self.pay().await),
            5 => ("return page", self.come_back().await),
            6 => ("mark paid or withdraw", self.at_practice()),
            7..13 => ("book", self.book()),
            13 | 14 => ("move", self.reschedule()),
            15 => ("cancel", self.cancel()),
            16 | 17 => ("practitioner cancels", self.cancel_for()),
            18 => ("missed", self.mark(lot::mark_missed)),
            19..22 => ("waive", self.mark(lot::waive)),
            22 => ("extend", self.extend()),
            23 => ("gift", self.give()),
            24 => ("unsubscribe", self.unsubscribe()),
            25 => ("refund", self.refund().await),
            26 => ("refund elsewhere", self.refund_elsewhere().await),
            27 => ("dispute", self.dispute().await),
            28 => ("decide about money", self.decide().await),
            _ => ("time passes", self.time().await),
        }
    }

    fn practitioner(&mut self) -> PractitionerId {
        let both = [self.house.ines, self.house.hana];
        self.dice.pick(&both).unwrap()
    }

    /// The one it belongs to, and now and then the other.
    pub(super) fn mostly(&mut self, whose: PractitionerId) -> PractitionerId {
        if self.dice.once_in(8) { self.practitioner() } else { whose }
    }

    fn clients(&self) -> Vec<ClientId> {
        let read = self.house.app.store.read().unwrap();
        let of = |who| people::client::of(&read, who).unwrap().into_iter().map(|client| client.id);
        let mut all: Vec<_> = of(self.house.ines).chain(of(self.house.hana)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn purchase(&mut self) -> Option<Purchase> {
        let all = catalog::purchase::all(&self.house.app.store.read().unwrap()).unwrap();
        self.dice.pick(&all)
    }

    pub(super) fn lot(&mut self) -> Option<Lot> {
        let all = credits::lot::all(&self.house.app.store.read().unwrap()).unwrap();
        self.dice.pick(&all)
    }

    fn session(&mut self) -> Option<Booking> {
        let all = calendar::booking::all(&self.house.app.store.read().unwrap()).unwrap();
        let standing: Vec<_> = all.iter().filter(|booking| booking.is_confirmed()).cloned().collect();
        if self.dice.once_in(6) { self.dice.pick(&all) } else { self.dice.pick(&standing) }
    }

    /// Often the session that began last, so that several things happen to one; else any.
    fn begun(&mut self) -> Option<Booking> {
        let all = calendar::booking::all(&self.house.app.store.read().unwrap()).unwrap();
        let begun = all.into_iter().filter(|one| one.is_confirmed() && one.starts_at <= self.house.now());
        let last = begun.max_by_key(|booking| booking.starts_at);
        if self.dice.once_in(3) { self.session() } else { last.or_else(|| self.session()) }
    }

    /// A time that is free, mostly; else any.
    fn start(&mut self, whose: PractitionerId, length: SignedDuration) -> Timestamp {
        let now = self.house.now();
        if self.dice.once_in(5) {
            return after(now, minutes(i64::try_from(self.dice.below(60 * 24 * 40)).unwrap() - 600));
        }
        let today = "Europe/Berlin".parse::<fiddlehead::domain::time::Zone>().unwrap().date(now);
        let reach = if self.dice.once_in(2) { 3 } else { 30 };
        let first = plus_days(today, i32::try_from(self.dice.below(reach)).unwrap());
        let span = (first, plus_days(first, 3));
        let free = availability::free(&self.house.app, whose, length, span, By::Client, None).unwrap();
        let starts: Vec<Timestamp> = free.iter().map(|slot| slot.start).collect();
        self.dice.pick(&starts).unwrap_or(now)
    }

    async fn order(&mut self) -> End {
        let (name, package) = (self.dice.pick(&NAMES).unwrap(), self.dice.pick(&self.packages).unwrap());
        let email = format!("{}@example.org", name.to_lowercase()).parse().unwrap();
        let zone = if name == "Mia" { "America/New_York" } else { "Europe/Berlin" }.parse().unwrap();
        let buyer = Buyer::Visitor { name: name.parse().unwrap(), email, phone: None, zone };
        let choice = if self.dice.once_in(4) { Choice::AtPractice } else { Choice::Online };
        let known = self.purchase().filter(|_| self.dice.once_in(8));
        let id = known.map_or_else(|| PurchaseId::from_bits(self.house.id()), |purchase| purchase.id);
        let version = if self.dice.once_in(12) { package.version + 1 } else { package.version };
        let asks = package.selling.first_time != FirstTime::NotAsked && !self.dice.once_in(4);
        let first = asks.then(|| self.start(package.practitioner, package.offer.length()));
        let order = Order { id, package: package.id, version, buyer, choice, first };
        let taken = checkout::order(&self.house.app, order.clone());
        if let Ok(taken) = &taken {
            let again = checkout::order(&self.house.app, order).unwrap();
            assert_eq!(again.purchase, taken.purchase, "an order that is sent twice is one");
            // Often somebody pays at once, so that there is something to book.
            if choice == Choice::Online && taken.purchase.till.is_some() && self.dice.below(4) > 0 {
                let _ = till::open(&self.house.app, id).await;
                if let Some(checkout) = self.checkout(id) {
                    let _ = self.house.till.pay(&checkout);
                    till::look(&self.house.app, id).await.unwrap();
                }
            }
        }
        end(taken)
    }

    pub(super) fn checkout(&self, id: PurchaseId) -> Option<CheckoutId> {
        let found = catalog::purchase::find(&self.house.app.store.read().unwrap(), id).unwrap()?;
        found.till?.checkout?.as_str().parse().ok()
    }

    /// What a buyer does on the provider's page; we hear of it later.
    async fn pay(&mut self) -> End {
        let Some(purchase) = self.purchase() else { return End::Nothing };
        let _ = till::open(&self.house.app, purchase.id).await;
        let Some(checkout) = self.checkout(purchase.id) else { return End::Nothing };
        let answer_at = after(self.house.now(), hours(i64::try_from(self.dice.below(100)).unwrap() + 1));
        let till = &self.house.till;
        let _ = match self.dice.below(5) {
            0 => till.decline(&checkout),
            1 => till.pay_later(&checkout, answer_at),
            2 => till.fail_later(&checkout, answer_at),
            3 => till.close(&checkout),
            _ => till.pay(&checkout),
        };
        End::Done
    }

    async fn come_back(&mut self) -> End {
        let Some(purchase) = self.purchase() else { return End::Nothing };
        let first = till::look(&self.house.app, purchase.id).await.unwrap();
        let now = self.house.now();
        reconcile::poll(&self.house.app, now).await.unwrap();
        let again = till::look(&self.house.app, purchase.id).await.unwrap();
        assert_eq!(first.state, again.state);
        End::Done
    }

    fn at_practice(&mut self) -> End {
        let Some(purchase) = self.purchase() else { return End::Nothing };
        let whose = self.mostly(purchase.practitioner);
        if self.dice.once_in(4) {
            return end(settle::withdraw(&self.house.app, whose, purchase.id));
        }
        let day = fiddlehead::domain::time::Zone::utc().date(self.house.now());
        let on = if self.dice.once_in(6) { plus_days(day, 2) } else { day };
        let pay = || settle::mark_paid(&self.house.app, whose, purchase.id, (Means::Cash, on, None));
        match pay() {
            Ok(first) => {
                assert_eq!(pay().unwrap(), first, "what is marked paid twice is paid once");
                End::Done
            }
            refused => end(refused),
        }
    }

    fn book(&mut self) -> End {
        let Some(like) = self.lot() else { return End::Nothing };
        let start = self.start(like.practitioner, like.offer.length());
        let foreign = if self.dice.once_in(10) { self.clients() } else { Vec::new() };
        let client = self.dice.pick(&foreign).unwrap_or(like.client);
        let used = self.session().filter(|_| self.dice.once_in(10)).map(|booking| booking.id);
        let id = used.unwrap_or_else(|| BookingId::from_bits(self.house.id()));
        let book = || booking::book(&self.house.app, client, id, like.id, start);
        match book() {
            Ok(first) => {
                let before = super::digest(&self.house);
                assert_eq!(book().unwrap(), first, "a form sent twice books once");
                assert_eq!(before, super::digest(&self.house));
                End::Done
            }
            refused => end(refused),
        }
    }

    fn reschedule(&mut self) -> End {
        let Some(session) = self.session() else { return End::Nothing };
        let to = self.start(session.practitioner, session.length());
        let foreign = if self.dice.once_in(10) { self.clients() } else { Vec::new() };
        let client = self.dice.pick(&foreign).unwrap_or(session.client);
        let moved = change::reschedule(&self.house.app, client, session.id, to);
        if moved.is_ok() {
            let again = change::reschedule(&self.house.app, client, session.id, to);
            assert!(matches!(again, Err(Error::Refused(_))), "it is there already");
        }
        end(moved)
    }

    fn cancel(&mut self) -> End {
        let Some(session) = self.session() else { return End::Nothing };
        let app = &self.house.app;
        let told = match change::preview_cancel(app, session.client, session.id) {
            Ok(credit) => change::Returns::of(credit),
            Err(_) => change::Returns::Yes,
        };
        let told = match told {
            change::Returns::Yes if self.dice.once_in(10) => change::Returns::No,
            told => told,
        };
        let free = |house: &House| {
            credits::lot::counted(&house.app.store.read().unwrap(), session.lot, house.now())
                .unwrap()
                .unwrap()
                .1
        };
        let before = free(&self.house);
        let off = change::cancel(app, session.client, session.id, told);
        if off.is_ok() && session.is_confirmed() {
            let now = free(&self.house);
            let back = now.available + now.expired - before.available - before.expired;
            assert_eq!(back == 1, told == change::Returns::Yes, "the page kept its word");
            change::cancel(app, session.client, session.id, told).unwrap();
            assert_eq!(free(&self.house), now, "a cancel that is sent twice is one");
        }
        end(off)
    }

    fn cancel_for(&mut self) -> End {
        let Some(session) = self.begun() else { return End::Nothing };
        let whose = self.mostly(session.practitioner);
        let off = change::cancel_by_practitioner(&self.house.app, whose, session.id, None);
        if off.is_ok() && session.is_confirmed() {
            let balance = self.house.balance(session.lot);
            let on = balance.deadline.as_ref().unwrap().on;
            let today =
                "Europe/Berlin".parse::<fiddlehead::domain::time::Zone>().unwrap().date(self.house.now());
            assert!(balance.available > 0 && on >= plus_days(today, 30), "{balance:?}");
        }
        end(off)
    }

    fn mark<R>(
        &mut self,
        with: fn(&fiddlehead::app::App, PractitionerId, BookingId) -> Result<(), Error<R>>,
    ) -> End {
        let Some(session) = self.begun() else { return End::Nothing };
        let whose = self.mostly(session.practitioner);
        end(with(&self.house.app, whose, session.id))
    }

    fn extend(&mut self) -> End {
        let Some(lot) = self.lot() else { return End::Nothing };
        let whose = self.mostly(lot.practitioner);
        let days = i32::try_from(self.dice.below(120)).unwrap() - 5;
        let to = plus_days(lot.zone.date(self.house.now()), days);
        end(lot::extend(&self.house.app, whose, lot.id, to, "because".parse().unwrap()))
    }

    fn give(&mut self) -> End {
        let (whose, clients) = (self.practitioner(), self.clients());
        let (Some(client), Some(like)) = (self.dice.pick(&clients), self.dice.pick(&self.packages)) else {
            return End::Nothing;
        };
        let known = self.lot().filter(|_| self.dice.once_in(6)).map(|lot| lot.id);
        let gift = Gift {
            id: known.unwrap_or_else(|| LotId::from_bits(self.house.id())),
            client,
            package: like.id,
            sessions: u32::try_from(self.dice.below(3)).unwrap(),
            days: u32::try_from(self.dice.below(40)).unwrap() + 1,
            reason: "sorry".parse().unwrap(),
        };
        let given = lot::comp(&self.house.app, whose, gift.clone());
        if given.is_ok() {
            let before = super::digest(&self.house);
            lot::comp(&self.house.app, whose, gift).unwrap();
            assert_eq!(before, super::digest(&self.house), "a gift that is sent twice is one");
        }
        end(given)
    }

    fn unsubscribe(&mut self) -> End {
        let clients = self.clients();
        let Some(client) = self.dice.pick(&clients) else { return End::Nothing };
        let kind = [Kind::BookFirst, Kind::ExpirySoon, Kind::Renewal, Kind::Lapsed][self.dice.below(4)];
        let wish = if self.dice.once_in(2) { Wish::OptedOut } else { Wish::Welcome };
        end(unsubscribe::wish(&self.house.app, client, kind, wish))
    }

    /// From a minute to some weeks, lived through or slept through.
    async fn time(&mut self) -> End {
        let most = [120, 60 * 24 * 2, 60 * 24 * 12][self.dice.below(3)];
        let until = after(self.house.now(), minutes(i64::try_from(self.dice.below(most)).unwrap() + 1));
        if self.dice.once_in(5) {
            self.house.hands.set(until);
        } else {
            due::live_until(&self.house.app, until).await.unwrap();
        }
        End::Done
    }
}
