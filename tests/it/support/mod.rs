//! A whole program for one test: in memory, on a set clock, with seeded chance, a sandbox till and a mailbox; and visitors
//! who keep cookies.

#![allow(dead_code)] // Each test uses a part of it.

pub mod caller;
pub mod fake_stripe;
pub mod guest;
pub mod members;
pub mod pebble;
pub mod process;
pub mod radicale;
pub mod refunding;
pub mod s3_peer;
pub mod smtp_peer;
pub mod sshd;
mod visitor;

use std::sync::Arc;

use axum::Router;
use fiddlehead::actions::billing::{settle, till};
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::actions::catalog::practice::Newcomer;
use fiddlehead::actions::{self, due};
use fiddlehead::app::{App, Cashier, Machine, OwnAccounts, Post, Ways};
use fiddlehead::domain::calendar::availability::{Availability, Hours, Rhythm};
use fiddlehead::domain::catalog::package::{Format, Listing, Offer, Package, Validity};
use fiddlehead::domain::catalog::policy::Preset;
use fiddlehead::domain::catalog::practice::Practice;
use fiddlehead::domain::catalog::purchase::Purchase;
use fiddlehead::domain::catalog::selling::Selling;
use fiddlehead::domain::credits::ledger::Entry;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::people::practitioner::Role;
use fiddlehead::domain::text::Paragraph;
use fiddlehead::domain::time::{SignedDuration, Timestamp, Zone};
use fiddlehead::mail::{Captured, Mail};
use fiddlehead::payments::webhook::Secret;
use fiddlehead::payments::{CheckoutId, Sandbox, Till};
use fiddlehead::platform::clock::{Clock, SetClock};
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::platform::password::Passwords;
use fiddlehead::platform::seal::InstanceKey;
use fiddlehead::store::{self, Store, View};
use fiddlehead::web::security::{BODY_TIME, Door, Hosts, Hsts, behind};
use fiddlehead::web::{Web, router};
use jiff::civil::Weekday;
use members::newcomer;
pub use visitor::{Answer, Visitor};

pub const BASE: &str = "http://book.example";
pub const LOCAL: &str = "http://localhost:8095";
pub const PASSWORD: &str = "the heron stands still";
static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();

/// All that happened to a lot; nothing if there is none.
pub fn ledger(read: &View, lot: LotId) -> Vec<Entry> {
    let lot = store::credits::lot::find(read, lot).unwrap();
    lot.map_or_else(Vec::new, |lot| store::credits::ledger::of(read, lot.ledger()).unwrap())
}

/// A program, alone in the world.
pub struct House {
    pub app: Arc<App>,
    pub router: Router,
    pub till: Sandbox,
    pub mailbox: Captured,
    pub hands: SetClock,
    /// The owner, `/ines`, in Berlin.
    pub ines: PractitionerId,
    /// Another practitioner, `/hana`, in Berlin.
    pub hana: PractitionerId,
    /// "6-Session Anxiety Therapy Program", `/ines/six-sessions`: 540.00 USD, 50 minutes, 90 days, standard.
    pub six: Package,
    /// "Eating for Steadiness", `/hana/steadiness`.
    pub five: Package,
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn line<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Six sessions for 540.00.
pub fn six_sessions() -> Offer {
    Offer {
        name: line("6-Session Anxiety Therapy Program"),
        description: line("Map the pattern, soften the alarm, and practise what helps."),
        sessions: 6,
        length_minutes: 50,
        price: Money::new(54000, Currency::USD),
        validity: Validity::days(90),
        preset: Preset::Standard,
        policy: Preset::Standard.policy(),
        format: Format::Video { link: Some(line("https://meet.example/ines")) },
        chapters: vec![],
    }
}

/// Monday to Friday, 9:00 to 17:00 in Berlin, on the hour, 12 hours of notice, 60 days ahead.
pub fn office_hours() -> Availability {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let hours =
        Hours::parse([Monday, Tuesday, Wednesday, Thursday, Friday].map(|day| (day, "09:00", "17:00")))
            .unwrap();
    Availability::new(line("Europe/Berlin"), hours, vec![], Rhythm::default().with_step(60).unwrap()).unwrap()
}

impl House {
    /// A practice with two practitioners on Tuesday 14 April 2026, 10:00 in Berlin.
    pub async fn new() -> Self {
        Self::on(Store::in_memory().unwrap()).await
    }

    /// The same, with its data in a store of the test's.
    pub async fn on(store: Store) -> Self {
        Self::begun(store, at("2026-04-14T08:00:00Z")).await
    }

    /// The same, at an instant of the test's.
    pub async fn begun(store: Store, now: Timestamp) -> Self {
        let mailbox = Captured::new();
        Self::with(store, now, Mail::Captured(mailbox.clone()), mailbox).await
    }

    /// A practice with its mail going another way than into the mailbox.
    pub async fn posting(store: Store, mail: Mail) -> Self {
        Self::with(store, at("2026-04-14T08:00:00Z"), mail, Captured::new()).await
    }

    /// A program in which nobody has founded a practice yet.
    pub fn bare() -> Self {
        let mailbox = Captured::new();
        let post = Some(Mail::Captured(mailbox.clone()));
        Self::around(Store::in_memory().unwrap(), 7, at("2026-04-14T08:00:00Z"), (post, mailbox), None)
    }

    /// Another program on the same data, which sends no mail.
    pub fn without_post(&self) -> Self {
        let other = Self::around(self.app.store.clone(), 8, self.now(), (None, Captured::new()), None);
        Self { ines: self.ines, hana: self.hana, six: self.six.clone(), five: self.five.clone(), ..other }
    }

    /// The program around a store, with nobody in it: its ids and packages stand for nothing.
    fn around(
        store: Store,
        seed: u64,
        now: Timestamp,
        (mail, mailbox): (Option<Mail>, Captured),
        own_accounts: Option<OwnAccounts>,
    ) -> Self {
        Self::at_address(BASE, store, (seed, now), (mail, mailbox), own_accounts)
    }

    /// The same practice as seen by a browser on its own machine, where passkeys work without TLS.
    pub fn on_this_machine(&self) -> Self {
        let mail = (Some(Mail::Captured(self.mailbox.clone())), self.mailbox.clone());
        let other = Self::at_address(LOCAL, self.app.store.clone(), (9, self.now()), mail, None);
        Self { ines: self.ines, hana: self.hana, six: self.six.clone(), five: self.five.clone(), ..other }
    }

    /// The same under an address of its own.
    fn at_address(
        base: &str,
        store: Store,
        (seed, now): (u64, Timestamp),
        (mail, mailbox): (Option<Mail>, Captured),
        own_accounts: Option<OwnAccounts>,
    ) -> Self {
        let hands = SetClock::at(now);
        let clock = Clock::Set(hands.clone());
        let entropy = Entropy::seeded(seed);
        let told = clock.clone();
        let till = Sandbox::new(base, Arc::new(move || told.now()));
        let app = Arc::new(App {
            store,
            clock,
            passwords: Passwords::new(entropy.clone()),
            key: InstanceKey::fresh(&entropy),
            entropy,
            ways: tokio::sync::watch::Sender::new(Ways {
                cashier: Some(Arc::new(Cashier {
                    whose: None,
                    till: Till::Sandbox(till.clone()),
                    webhook_secrets: vec![Secret::new("whsec_test")],
                    poll_seconds: 60,
                })),
                own_accounts,
                post: Arc::new(mail.map_or(Post::None, |mail| Post::Office {
                    mail: Box::new(mail),
                    from: line("Quiet Field <hello@quietfield.example>"),
                })),
                calendars: Arc::new(radicale::calendars()),
            }),
            backups: fiddlehead::backups::Backups::new(),
            base_url: base.to_owned(),
            machine: Machine::new(None, now),
            bell: tokio::sync::watch::Sender::new(0),
        });
        let door = Door {
            origin: base.to_owned(),
            hosts: Hosts::Named(vec!["book.example".to_owned()]),
            hsts: Hsts::Silent,
            trusts: Box::new(|_| false),
            body_time: BODY_TIME,
            bodies: fiddlehead::web::shares::Shares::of_bodies(),
            requests: 0.into(),
        };
        let router = behind(router(Web::new(Arc::clone(&app))), Arc::new(door));
        let nobody = PractitionerId::from_bits(0);
        let nothing = Package {
            id: PackageId::from_bits(0),
            practitioner: nobody,
            slug: line("nothing"),
            version: 1,
            offer: six_sessions(),
            selling: Selling::default(),
            listing: Listing::Draft,
            key: None,
            position: 0,
            changed_at: now,
        };
        let (six, five) = (nothing.clone(), nothing);
        Self { app, router, till, mailbox, hands, ines: nobody, hana: nobody, six, five }
    }

    async fn with(store: Store, now: Timestamp, mail: Mail, mailbox: Captured) -> Self {
        Self::around(store, 7, now, (Some(mail), mailbox), None).peopled().await
    }

    /// A practice whose practitioners may have accounts of their own at a provider of that address, at an instant.
    pub async fn with_accounts_at(api_base: String, now: Timestamp) -> Self {
        let mailbox = Captured::new();
        let mail = Some(Mail::Captured(mailbox.clone()));
        let own = OwnAccounts { api_base, poll_seconds: 60 };
        Self::around(Store::in_memory().unwrap(), 7, now, (mail, mailbox), Some(own)).peopled().await
    }

    async fn peopled(self) -> Self {
        let house = self;
        let app = &house.app;
        // Slow by design, so it is made once for all houses.
        let password = HASH.get_or_init(|| app.passwords.hash(PASSWORD)).await;
        let (ines, hana) = (
            newcomer(app, "Ines Varga", "ines", Role::Owner, password),
            newcomer(app, "Hana Okafor", "hana", Role::Practitioner, password),
        );
        let (ines_id, hana_id) = (ines.practitioner.id, hana.practitioner.id);
        let (six, five) = founded(app, ines, hana);
        Self { ines: ines_id, hana: hana_id, six, five, ..house }
    }

    pub fn now(&self) -> Timestamp {
        self.hands.now()
    }

    /// Lives through a stretch of time, attending to everything on the way.
    pub async fn live(&self, by: SignedDuration) {
        let until = self.now().checked_add(by).unwrap();
        due::live_until(&self.app, until).await.unwrap();
    }

    /// Attends to what is due now.
    pub async fn settle(&self) {
        due::attend_all(&self.app).await.unwrap();
    }

    pub fn id(&self) -> u128 {
        self.app.id()
    }

    /// An order by somebody with that name, through the actions.
    pub fn order(&self, name: &str, package: &Package, choice: Choice) -> Purchase {
        let email = format!("{}@example.org", name.split(' ').next().unwrap().to_lowercase());
        let buyer = Buyer::Visitor {
            name: line(name),
            email: line(&email),
            phone: None,
            zone: line("Europe/Berlin"),
        };
        let id = PurchaseId::from_bits(self.id());
        let order = Order { id, package: package.id, version: package.version, buyer, choice, first: None };
        checkout::order(&self.app, order).unwrap().purchase
    }

    /// Opens the till's page for a purchase and gives its name for the checkout.
    pub async fn open_till(&self, purchase: PurchaseId) -> CheckoutId {
        till::open(&self.app, purchase).await.unwrap();
        let found =
            store::catalog::purchase::find(&self.app.store.read().unwrap(), purchase).unwrap().unwrap();
        found.till.unwrap().checkout.unwrap().as_str().parse().unwrap()
    }

    /// Somebody who bought a package and paid: her id and her lot.
    pub async fn bought(&self, name: &str, package: &Package) -> (ClientId, LotId) {
        let purchase = self.order(name, package, Choice::Online);
        let checkout = self.open_till(purchase.id).await;
        self.till.pay(&checkout).unwrap();
        till::look(&self.app, purchase.id).await.unwrap();
        (purchase.client, Lot::id_for(purchase.id))
    }

    /// Marks a purchase paid at the practice, in cash, today.
    pub fn mark_paid(&self, whose: PractitionerId, purchase: PurchaseId) {
        let on = line::<Zone>("Europe/Berlin").date(self.now());
        let cash = fiddlehead::domain::billing::payment::Means::Cash;
        settle::mark_paid(&self.app, whose, purchase, (cash, on, None)).unwrap();
    }

    /// What a lot amounts to now.
    pub fn balance(&self, lot: LotId) -> fiddlehead::domain::credits::ledger::Balance {
        store::credits::lot::counted(&self.app.store.read().unwrap(), lot, self.now()).unwrap().unwrap().1
    }

    /// All that happened to a lot.
    pub fn ledger(&self, lot: LotId) -> Vec<Entry> {
        ledger(&self.app.store.read().unwrap(), lot)
    }

    /// A visitor who is signed in as a client.
    pub fn client(&self, id: ClientId) -> Visitor<'_> {
        self.signed_in(Person::Client(id), "fiddlehead")
    }

    /// A visitor who is signed in as a practitioner.
    pub fn practitioner(&self, id: PractitionerId) -> Visitor<'_> {
        self.signed_in(Person::Practitioner(id), "fiddlehead-desk")
    }

    fn signed_in(&self, who: Person, cookie: &str) -> Visitor<'_> {
        let opened = actions::people::login::sign_in(&self.app, who).unwrap();
        let mut visitor = self.visitor();
        visitor.cookies.push((cookie.to_owned(), opened.cookie));
        visitor
    }

    /// A visitor whom nobody knows.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor { house: self, cookies: Vec::new(), agent: None }
    }

    /// The mails that went, oldest first: subject and text.
    pub fn mailed(&self) -> Vec<(String, String)> {
        let letters = self.mailbox.letters().into_iter().rev();
        letters.map(|one| (one.letter.subject.to_string(), one.letter.text.clone())).collect()
    }

    /// Whether every invariant holds.
    pub fn assert_sound(&self) {
        assert_eq!(actions::keeping::check::check(&self.app.store, self.now()).unwrap().wrong, [""; 0]);
    }
}

fn founded(app: &App, ines: Newcomer, hana: Newcomer) -> (Package, Package) {
    let practice = Practice {
        name: line("Quiet Field"),
        address: line("14 Pine Street\nBurlington, Vermont"),
        email: line("hello@quietfield.example"),
        about: Paragraph::default(),
        notice: line("If you are in crisis, call 988."),
        terms: line("Sessions can be moved or cancelled until 24 hours before."),
        currency: Currency::USD,
        zone: line("Europe/Berlin"),
    };
    let (ines_id, hana_id) = (ines.practitioner.id, hana.practitioner.id);
    actions::catalog::practice::found(app, practice, ines).unwrap();
    actions::catalog::practice::join(app, hana).unwrap();
    let save = |whose, slug: &str, offer| {
        let id = PackageId::from_bits(app.id());
        actions::catalog::package::save(app, whose, id, line(slug), offer, Listing::Published).unwrap()
    };
    let five = Offer {
        name: line("Eating for Steadiness"),
        sessions: 5,
        price: Money::new(37500, Currency::USD),
        format: Format::InPerson { place: None },
        ..six_sessions()
    };
    (save(ines_id, "six-sessions", six_sessions()), save(hana_id, "steadiness", five))
}
