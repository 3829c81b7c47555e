//! What is asked for: pages and people of a data directory, chosen and signed in while the program is not running.

use std::net::SocketAddr;
use std::path::Path;

use fiddlehead::domain::calendar::slot::{By, Window, free};
use fiddlehead::domain::id::{BookingId, LotId};
use fiddlehead::domain::people::login::{Came, Login, Person};
use fiddlehead::domain::people::practitioner::Role;
use fiddlehead::domain::time::{Timestamp, after, before, hours, plus_days};
use fiddlehead::platform::clock::Clock;
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::store::{Store, StoreError, calendar, catalog, credits, people};
use fiddlehead::views::link;

use crate::served::{get, post};

/// How many of each are asked for in turn.
const IN_TURN: usize = 100;
/// How many bookings can be made.
const BOOKINGS: usize = 14_000;

/// A booking that can be made once.
struct Wish {
    token: String,
    lot: LotId,
    start: Timestamp,
}

/// The addresses and cookies of one data directory.
pub struct Site {
    /// Storefronts and package pages.
    pub public: Vec<String>,
    /// Clients who are signed in, each with a lot that has credits.
    clients: Vec<(String, LotId)>,
    /// Practitioners who are signed in.
    desks: Vec<String>,
    /// The owner, signed in.
    owner: Option<String>,
    wishes: Vec<Wish>,
    /// How many bookings there are.
    pub size: usize,
}

impl Site {
    /// Chooses, and signs in.
    pub fn of(data: &Path) -> Self {
        let store = Store::open_existing(&data.join("fiddlehead.redb")).expect("a data file");
        let (read, now, entropy) = (store.read().expect("a view"), Clock::System.now(), Entropy::system());
        let mut site =
            Self { public: vec![], clients: vec![], desks: vec![], owner: None, wishes: vec![], size: 0 };
        let mut logins = Vec::new();
        let mut sign_in = |who: Person| {
            let token = entropy.token();
            logins.push((token.digest(), Login::new(who, now, Came::Otherwise)));
            token.to_string()
        };
        let all = people::practitioner::all(&read).expect("practitioners");
        let owner = all.iter().find(|one| one.role == Role::Owner);
        site.owner = owner.map(|owner| sign_in(Person::Practitioner(owner.id)));
        let crowd: Vec<_> = all
            .into_iter()
            .filter(|one| one.role == Role::Practitioner && one.slug.as_str().contains('-'))
            .collect();
        let each = BOOKINGS.div_ceil(crowd.len());
        for one in &crowd {
            site.desks.push(sign_in(Person::Practitioner(one.id)));
            site.public.push(link::storefront(&one.slug));
            let packages = catalog::package::of(&read, one.id).expect("packages");
            site.public.push(link::package(&one.slug, packages[2].address()));
            let hours_of = calendar::availability::of(&read, one.id).expect("hours").expect("hours");
            let zone = hours_of.zone().clone();
            let until = after(now, hours(24 * 62));
            let busy =
                calendar::booking::busy(&read, one.id, (before(now, hours(24)), until), None).expect("busy");
            let window = Window { from: zone.date(now), to: plus_days(zone.date(now), 55), now };
            let mut slots =
                free(&hours_of, &busy, packages[0].offer.length(), window, By::Client).into_iter();
            let mut last = Timestamp::MIN;
            let lots = credits::lot::of(&read, one.id, now).expect("lots");
            for (lot, balance) in lots.into_iter().filter(|(_, balance)| balance.available > 0).take(each) {
                let apart = after(last, hours(1));
                let Some(slot) = slots.find(|slot| slot.start >= apart) else { break };
                last = slot.start;
                let token = sign_in(Person::Client(lot.client));
                if balance.deadline.as_ref().is_none_or(|deadline| zone.date(slot.start) <= deadline.on) {
                    site.wishes.push(Wish { token: token.clone(), lot: lot.id, start: slot.start });
                }
                site.clients.push((token, lot.id));
            }
        }
        site.size = calendar::booking::calendar(&read).expect("a calendar").len();
        let step = (site.clients.len() / IN_TURN).max(1);
        site.clients = site.clients.into_iter().step_by(step).take(IN_TURN).collect();
        // So that practitioners take turns.
        site.wishes.sort_by_key(|wish| wish.start);
        drop(read);
        let kept: Result<(), StoreError> = store.write(move |tx| {
            logins.iter().try_for_each(|(digest, login)| people::login::put(tx, digest, login))
        });
        kept.expect("logins are kept");
        site
    }

    /// A hundred of the addresses for everybody.
    pub fn public(&self, at: SocketAddr, most: usize) -> Vec<Vec<u8>> {
        self.public.iter().take(most).map(|path| get(at, path, None)).collect()
    }

    pub fn dashboards(&self, at: SocketAddr, most: usize) -> Vec<Vec<u8>> {
        self.clients.iter().take(most).map(|(token, _)| get(at, &link::me(), Some(&client(token)))).collect()
    }

    /// Dashboards of many readers, each under an address that nobody asked for before, so that none is shown again.
    pub fn dashboards_anew(&self, at: SocketAddr, most: usize) -> Vec<Vec<u8>> {
        let readers = self.clients.iter().cycle().take(most).enumerate();
        readers.map(|(n, (token, _))| get(at, &format!("{}?{n}", link::me()), Some(&client(token)))).collect()
    }

    pub fn times(&self, at: SocketAddr, most: usize) -> Vec<Vec<u8>> {
        let some = self.clients.iter().take(most);
        some.map(|(token, lot)| get(at, &link::book(*lot), Some(&client(token)))).collect()
    }

    pub fn times_path(&self) -> String {
        link::book(self.clients[0].1)
    }

    pub fn reports(&self, at: SocketAddr, most: usize) -> Vec<Vec<u8>> {
        self.desks.iter().take(most).map(|token| books(at, token)).collect()
    }

    /// The books of the whole practice.
    pub fn owners_books(&self, at: SocketAddr) -> Option<Vec<u8>> {
        self.owner.as_ref().map(|token| books(at, token))
    }

    /// So many bookings that were not made yet.
    pub fn bookings(&mut self, at: SocketAddr, count: usize) -> Vec<Vec<u8>> {
        let entropy = Entropy::system();
        let some = self.wishes.drain(..count.min(self.wishes.len()));
        some.map(|wish| {
            let id = BookingId::from_bits(entropy.id(Clock::System.now()));
            let slot = wish.start.to_string().replace(':', "%3A");
            let body = format!("id={id}&lot={}&slot={slot}", wish.lot);
            post(at, &link::bookings(), &client(&wish.token), &body)
        })
        .collect()
    }
}

fn books(at: SocketAddr, token: &str) -> Vec<u8> {
    get(at, &link::desk_money(), Some(&format!("fiddlehead-desk={token}")))
}

fn client(token: &str) -> String {
    format!("fiddlehead={token}")
}
