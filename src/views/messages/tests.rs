//! Facts about every kind of mail, whatever its words are.

use std::collections::BTreeSet;

use super::booking::{News, Seat, Session};
use super::*;
use crate::domain::billing::dispute::Dispute;
use crate::domain::billing::refund::{Cause, Method, Refund, State as Given, Way as Back};
use crate::domain::calendar::booking::{Booking, State};
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::{Purchase, State as Sale, Way};
use crate::domain::credits::ledger::tests::{entries, hold, lot};
use crate::domain::credits::ledger::{Actor, What, balance};
use crate::domain::id::{
    BookingId, ClientId, DestinationId, PackageId, PractitionerId, PurchaseId, RefundId,
};
use crate::domain::keeping::backup::{Overdue, Trouble};
use crate::domain::keeping::destination::{Destination, Place};
use crate::domain::messages::message::Kind;
use crate::domain::money::{Currency, Money};
use crate::domain::people::client::Client;
use crate::domain::people::login::Changed;
use crate::domain::people::practitioner::{Membership, Role};
use crate::domain::text::Paragraph;
use crate::views::ics;
use crate::views::text::Reader;

const BASE: &str = "https://quietfield.example";
const STOP: &str = "https://quietfield.example/unsubscribe/abc.def";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Who and what the mails are about; the numbers are six sessions of which two are booked.
struct World {
    practice: Practice,
    practitioner: Practitioner,
    client: Client,
    lot: Lot,
    balance: Balance,
    booking: Booking,
    now: Timestamp,
    accent: Accent,
}

impl World {
    fn new() -> Self {
        let zone: Zone = "America/New_York".parse().unwrap();
        let now = at("2026-04-20T12:00:00Z");
        let practice = Practice {
            name: "Quiet Field".parse().unwrap(),
            address: "14 Pine Street\nBurlington, Vermont 05401".parse().unwrap(),
            email: "hello@quietfield.example".parse().unwrap(),
            about: Paragraph::default(),
            notice: Paragraph::default(),
            terms: Paragraph::default(),
            currency: Currency::USD,
            zone: zone.clone(),
        };
        let practitioner = Practitioner {
            id: PractitionerId::from_bits(3),
            slug: "ines-varga".parse().unwrap(),
            name: "Ines Varga".parse().unwrap(),
            email: "ines@quietfield.example".parse().unwrap(),
            role: Role::Owner,
            zone: zone.clone(),
            joined_at: now,
            password: None,
            membership: Membership::Active,
        };
        let client = Client {
            id: ClientId::from_bits(2),
            name: "Nora Lindqvist".parse().unwrap(),
            email: "nora@lindqvist.example".parse().unwrap(),
            phone: None,
            zone,
            joined_at: now,
            verified_at: None,
            password: None,
        };
        let mut lot = lot();
        lot.offer.chapters = (1..=6).map(|k| format!("Chapter title {k}").parse().unwrap()).collect();
        let whats = vec![What::Grant(6), hold(1, "2026-04-21T21:30:00Z"), hold(2, "2026-04-28T21:30:00Z")];
        let balance = balance(&lot, &entries(&lot, whats), now);
        let booking = Booking {
            id: BookingId::from_bits(1),
            client: client.id,
            practitioner: practitioner.id,
            lot: lot.id,
            starts_at: at("2026-04-21T21:30:00Z"),
            length_minutes: 50,
            format: lot.offer.format.clone(),
            state: State::Confirmed,
            sequence: 0,
            placed_at: now,
        };
        Self { practice, practitioner, client, lot, balance, booking, now, accent: Accent::FERN }
    }

    fn paper(&self) -> Paper<'_> {
        Paper {
            practice: &self.practice,
            accent: self.accent,
            reader: &self.client.name,
            zone: &self.client.zone,
            base_url: BASE,
            now: self.now,
            wording: None,
        }
    }

    fn overdue(&self) -> Overdue {
        let destination = Destination {
            id: DestinationId::from_bits(4),
            name: "USB disk".parse().unwrap(),
            place: Place::Directory("/mnt/usb".parse().unwrap()),
            sealed: vec![],
            added_at: at("2026-03-01T12:00:00Z"),
            asked_at: None,
        };
        let verified_at = Some(at("2026-04-10T12:00:00Z"));
        Overdue { destination, verified_at, why: Some(Trouble::NotMounted) }
    }

    fn credits(&self) -> Credits<'_> {
        Credits { practitioner: &self.practitioner, lot: &self.lot, balance: &self.balance }
    }

    fn session(&self) -> Session<'_> {
        Session { booking: &self.booking, credits: self.credits(), place: None }
    }

    /// With these entries in the ledger, as it stands then.
    fn with(mut self, whats: Vec<What>, now: &str) -> Self {
        self.now = at(now);
        self.balance = balance(&self.lot, &entries(&self.lot, whats), self.now);
        self
    }

    fn purchase(&self) -> Purchase {
        Purchase {
            id: PurchaseId::from_bits(1),
            client: self.client.id,
            practitioner: self.practitioner.id,
            package: PackageId::from_bits(1),
            version: 1,
            offer: self.lot.offer.clone(),
            terms: Paragraph::default(),
            terms_hash: [0; 32],
            asked_at: self.now,
            reference: "FH-7K2Q".parse().unwrap(),
            way: Way::AtPractice,
            state: Sale::AwaitingPractice,
            till: None,
        }
    }

    fn mail(&self, kind: Kind) -> Mailing {
        let (paper, credits) = (self.paper(), self.credits());
        let times = ["2026-04-23T21:30:00Z", "2026-04-24T13:00:00Z", "2026-04-28T22:30:00Z"].map(at);
        match kind {
            Kind::SignIn => login::sign_in(&paper, "abcdefghijklmnopqrstuvwxyz234567", "042137"),
            Kind::Receipt => {
                let on = paper.zone.date(self.now);
                purchase::receipt(
                    &paper,
                    &credits,
                    &purchase::Paid { number: Some(42), on, first: None, times: &times },
                )
            }
            Kind::AwaitingPayment => purchase::awaiting_payment(&paper, &self.purchase(), &self.practitioner),
            Kind::PaymentFailed => purchase::payment_failed(&paper, &self.purchase(), &self.practitioner),
            Kind::Booked => booking::booked(&paper, &self.session()),
            Kind::Moved => booking::moved(&paper, &self.session()),
            Kind::Cancelled => booking::cancelled(&paper, &self.session()),
            Kind::Reminder => booking::reminder(&paper, &self.session()),
            Kind::BookFirst => nudge::book_first(&paper, &credits, &times, STOP),
            Kind::ExpirySoon => nudge::expiry_soon(&paper, &credits, &times, STOP),
            Kind::Renewal => nudge::renewal(&paper, &credits, STOP),
            Kind::Lapsed => nudge::lapsed(&paper, &credits, STOP),
            Kind::Invitation => {
                invitation::invitation(&paper, Role::FrontDesk, "abcdefghijklmnopqrstuvwxyz234567")
            }
            Kind::Welcome => letter::welcome(&paper, &credits),
            Kind::Personal | Kind::Sample => letter::personal(&paper, &self.practitioner),
            Kind::BackupOverdue => letter::backup_overdue(&paper, &[self.overdue()]),
            Kind::ErasureAsked => letter::erasure_asked(&paper, &self.client),
            Kind::PasswordChanged => login::password_changed(&paper),
            Kind::NewBrowser => login::new_browser(&paper, "Firefox on Linux", self.now),
            Kind::SignInChanged => login::changed(&paper, Changed::FactorTakenAway),
            Kind::AuditHead => login::audit_head(&paper, 118, &"0123456789abcdef".repeat(4)),
            Kind::Refunded => refund::refunded(
                &paper,
                &self.refund(Given::Done { at: self.now }),
                &self.purchase(),
                &self.practitioner,
            ),
            Kind::RefundAsks => {
                let why = "Insufficient funds".parse().unwrap();
                refund::asks(&paper, &self.refund(Given::Refused { at: self.now, why }), &self.client)
            }
            Kind::Disputed => refund::disputed(&paper, &self.dispute(), &self.purchase(), &self.client),
        }
    }

    fn refund(&self, state: Given) -> Refund {
        Refund {
            id: RefundId::from_bits(1),
            purchase: PurchaseId::from_bits(1),
            lot: self.lot.id,
            client: self.client.id,
            practitioner: self.practitioner.id,
            cause: Cause::Asked { method: Method::ProRata },
            amount: Money { minor: 36000, ..self.lot.paid },
            credits: 4,
            passed: Vec::new(),
            way: Back::Provider { reference: Some("re_1".parse().unwrap()) },
            reason: None,
            asked_at: self.now,
            note: Some(43),
            state,
            question: None,
        }
    }

    fn dispute(&self) -> Dispute {
        Dispute {
            reference: "dp_1".parse().unwrap(),
            purchase: PurchaseId::from_bits(1),
            lot: self.lot.id,
            practitioner: self.practitioner.id,
            amount: self.lot.paid,
            reason: "product_not_received".parse().unwrap(),
            answer_by: Some(at("2026-05-05T21:30:00Z")),
            opened_at: self.now,
            suspended: 3,
            state: crate::domain::billing::dispute::State::Open,
        }
    }
}

fn all(world: &World) -> Vec<Mailing> {
    let mut mails: Vec<Mailing> = Kind::ALL.map(|kind| world.mail(kind)).into();
    for news in [News::Booked, News::Moved, News::Cancelled] {
        mails.push(booking::to_practitioner(&world.paper(), news, &world.session(), &world.client));
    }
    mails.push(purchase::order_for_practitioner(&world.paper(), &world.purchase(), &world.client));
    mails
}

/// The text without its line ends.
fn flat(mail: &Mailing) -> String {
    mail.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every address that a text leads to, but for the practice's front page, which only the HTML's head has.
fn addresses(text: &str, ends: &[char]) -> BTreeSet<String> {
    let starts = ["https://", "mailto:"];
    let found = starts.iter().flat_map(|start| text.match_indices(start).map(|(i, _)| &text[i..]));
    let cut = found.map(|rest| rest.split(ends).next().unwrap_or(rest));
    cut.filter(|url| *url != format!("{BASE}/"))
        .map(|url| url.trim_start_matches("mailto:").to_owned())
        .collect()
}

/// Every day of a month that a text names.
fn dates(text: &str) -> BTreeSet<String> {
    const MONTHS: [&str; 5] = ["April", "May", "June", "July", "August"];
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let pairs = words.windows(2).filter(|pair| MONTHS.contains(&pair[1]) && pair[0].parse::<u8>().is_ok());
    pairs.map(|pair| pair.join(" ")).collect()
}

/// The words of HTML, without its tags and its invisible parts.
fn words(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let body = body.split_once("</div>").unwrap().1;
    let mut words = String::new();
    for piece in body.split('<') {
        words.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        words.push(' ');
    }
    words
}

#[test]
fn text_and_html_lead_to_the_same_places_and_name_the_same_days() {
    for mail in all(&World::new()) {
        let subject = mail.subject.as_str();
        let html_links: BTreeSet<String> = mail
            .html
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().trim_start_matches("mailto:").to_owned())
            .filter(|url| *url != format!("{BASE}/"))
            .collect();
        let mut text_links = addresses(&mail.text, &['\n', ' ']);
        text_links.extend(
            mail.text.contains("\nines@quietfield.example").then(|| "ines@quietfield.example".to_owned()),
        );
        assert_eq!(html_links, text_links, "{subject}");
        assert!(!html_links.is_empty(), "{subject}");
        assert_eq!(dates(&words(&mail.html)), dates(&mail.text), "{subject}");
    }
}

#[test]
fn no_mail_names_what_the_sessions_are_for() {
    for mail in all(&World::new()) {
        let whole = [mail.subject.as_str(), &mail.preheader, &mail.text, &mail.html].join(" ");
        for private in ["Anxiety", "Therapy", "Program", "Chapter title"] {
            assert!(!whole.contains(private), "{private} in {}", mail.subject.as_str());
        }
    }
}

#[test]
fn a_mail_says_why_it_came_and_only_a_nudge_can_be_ended() {
    let world = World::new();
    for kind in Kind::ALL {
        let mail = world.mail(kind);
        let why = flat(&mail).contains("getting this because") || flat(&mail).contains("We send this once");
        assert!(why, "{kind:?}");
        assert_eq!(mail.text.contains(STOP) && mail.html.contains(STOP), kind.is_nudge(), "{kind:?}");
        assert!(flat(&mail).contains("14 Pine Street, Burlington"), "{kind:?}");
        assert!(mail.html.contains(&mail.preheader), "{kind:?}");
    }
}

#[test]
fn every_mail_is_under_eight_kilobytes_even_with_many_sessions() {
    let mut world = World::new();
    world.accent = "#a2452f".parse().unwrap();
    let whats = (0..12).map(|i| hold(i + 1, "2026-04-21T21:30:00Z"));
    let world = world.with([What::Grant(12)].into_iter().chain(whats).collect(), "2026-04-20T12:00:00Z");
    assert!(world.mail(Kind::Receipt).html.matches("class=\"e-line\"").count() == 12);
    for mail in all(&world) {
        assert!(mail.html.len() < 8 * 1024, "{}: {}", mail.subject.as_str(), mail.html.len());
        assert!(!mail.html.contains("<img") && !mail.html.contains("<script"));
        assert!(mail.text.lines().all(|line| line.chars().count() <= 100), "{}", mail.text);
    }
}

#[test]
fn hostile_names_stay_words() {
    let mut world = World::new();
    let hostile: Line = "<script>\"'&x y</script> <b onclick=".parse().unwrap();
    world.practice.name = hostile.clone();
    world.practitioner.name = hostile.clone();
    world.client.name = hostile;
    world.practice.address = "</td></table><script>\n<x".parse().unwrap();
    for mail in all(&world) {
        let plain = World::new().mail(Kind::SignIn);
        assert!(
            !mail.html.contains("<script") && !mail.html.contains("<b onclick"),
            "{}",
            mail.subject.as_str()
        );
        assert_eq!(mail.html.matches("</body>").count(), plain.html.matches("</body>").count());
    }
    let event = booking::event(&world.booking, &seat(&world, Reader::Client), world.now);
    assert!(ics::request(&event).lines().all(|line| !line.starts_with("ATTACH")));
}

#[test]
fn a_time_in_a_mail_leads_to_the_page_that_asks_and_books_nothing() {
    let world = World::new();
    let mail = world.mail(Kind::BookFirst);
    let asks = format!("{BASE}/me/book/{}/confirm?slot=2026-04-23T21:30:00Z", world.lot.id);
    assert!(mail.text.contains(&asks) && mail.html.contains(&asks), "{}", mail.text);
    assert!(mail.text.contains("Thursday 23 April, 5:30 pm"));
    assert_eq!(mail.text.matches("/confirm?slot=").count(), 3);
}

#[test]
fn a_cancel_by_the_practice_is_sorry_and_gives_the_credit_back() {
    let mut world = World::new().with(
        vec![
            What::Grant(6),
            hold(1, "2026-04-21T21:30:00Z"),
            What::Release { booking: BookingId::from_bits(1) },
        ],
        "2026-04-20T12:00:00Z",
    );
    let by = Actor::Practitioner(world.practitioner.id);
    world.booking.state = State::Cancelled { at: world.now, by };
    let mail = world.mail(Kind::Cancelled);
    assert!(
        flat(&mail).contains("is sorry for it") && flat(&mail).contains("Your credit came back."),
        "{}",
        mail.text
    );
    assert!(mail.text.contains(&format!("{BASE}/me/book/{}", world.lot.id)), "it leads to other times");
    world.booking.state = State::Cancelled { at: world.now, by: Actor::Client(world.client.id) };
    assert!(flat(&world.mail(Kind::Cancelled)).contains("as you asked"));
}

#[test]
fn a_late_cancel_says_that_the_credit_is_used() {
    use crate::domain::credits::ledger::Consumed;
    let late = What::Consume { booking: BookingId::from_bits(1), how: Consumed::LateCancel };
    let mut world = World::new()
        .with(vec![What::Grant(6), hold(1, "2026-04-21T21:30:00Z"), late], "2026-04-21T12:00:00Z");
    world.booking.state = State::Cancelled { at: world.now, by: Actor::Client(world.client.id) };
    let mail = world.mail(Kind::Cancelled);
    assert!(
        flat(&mail).contains("its credit is used") && !flat(&mail).contains("came back"),
        "{}",
        mail.text
    );
}

fn seat(world: &World, reader: Reader) -> Seat<'_> {
    Seat { practitioner: &world.practitioner, client: &world.client, place: None, base_url: BASE, reader }
}

#[test]
fn a_calendar_entry_names_the_other_person_and_nothing_private() {
    let mut world = World::new();
    let event = booking::event(&world.booking, &seat(&world, Reader::Client), world.now);
    assert_eq!(event.summary.as_str(), "Session with Ines Varga");
    assert_eq!(event.uid, format!("{}@quietfield.example", world.booking.id));
    assert_eq!(event.location.as_ref().unwrap().as_str(), "https://meet.example/ines");
    assert!(!ics::request(&event).contains("Anxiety"));
    let desk = booking::event(&world.booking, &seat(&world, Reader::Practitioner), world.now);
    assert_eq!(desk.summary.as_str(), "Session with Nora Lindqvist");
    world.booking.format = Format::InPerson { place: Some("14 Pine Street".parse().unwrap()) };
    world.booking.state = State::Cancelled { at: world.now, by: Actor::System };
    let there = booking::event(&world.booking, &seat(&world, Reader::Client), world.now);
    assert_eq!((there.location.unwrap().as_str(), there.status), ("14 Pine Street", ics::Status::Cancelled));
    let local = Seat { base_url: "http://127.0.0.1:8095", ..seat(&world, Reader::Client) };
    assert!(booking::event(&world.booking, &local, world.now).uid.ends_with("@127.0.0.1"));
}

#[test]
fn in_person_the_time_of_the_place_stands_beside_the_readers() {
    let mut world = World::new();
    world.client.zone = "Europe/Budapest".parse().unwrap();
    world.booking.format = Format::InPerson { place: Some("14 Pine Street".parse().unwrap()) };
    let text = flat(&world.mail(Kind::Booked));
    assert!(
        text.contains("11:30 pm to 12:20 am") && text.contains("5:30 to 6:20 pm, Eastern time"),
        "{text}"
    );
}
