//! Who they are: practitioners with their storefronts, hours and packages, and the names of their clients.

use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};

use super::Dice;
use crate::cli::demo::practice::ZONE;
use crate::cli::demo::stage::read;
use crate::domain::calendar::availability::{Availability, Hours, Rhythm};
use crate::domain::catalog::package::{Format, Listing, Offer, Package, Validity};
use crate::domain::catalog::policy::Preset;
use crate::domain::catalog::selling::Selling;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::id::{ClientId, PackageId, PractitionerId};
use crate::domain::money::{Currency, Money};
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, before, hours};

const GIVEN: [&str; 40] = [
    "Ada", "Amara", "Anton", "Bea", "Carlos", "Chidi", "Clara", "Dalia", "Daniel", "Edith", "Elena", "Emil",
    "Farah", "Felix", "Greta", "Hugo", "Imani", "Iris", "Jonas", "Keiko", "Lars", "Leila", "Lucia", "Malik",
    "Marco", "Mina", "Nadia", "Nils", "Olga", "Oscar", "Petra", "Quentin", "Rosa", "Samir", "Sofia", "Tariq",
    "Ulla", "Victor", "Wanda", "Yusuf",
];
const FAMILY: [&str; 40] = [
    "Abbott", "Alvarez", "Bakker", "Bell", "Castro", "Chen", "Dahl", "Dubois", "Eriksen", "Farkas",
    "Fischer", "Garcia", "Haddad", "Hansen", "Ibarra", "Ito", "Jansen", "Kaur", "Keller", "Kovacs", "Lang",
    "Lopez", "Marsh", "Mbeki", "Moreau", "Nakamura", "Novak", "Okoye", "Olsen", "Park", "Petrov", "Quinn",
    "Reyes", "Rossi", "Sato", "Silva", "Tanaka", "Weber", "Yilmaz", "Zhang",
];
const PROFESSIONS: [(&str, &str); 5] = [
    ("Licensed psychotherapist", "Talking"),
    ("Registered dietitian", "Food"),
    ("Physiotherapist", "Moving"),
    ("Piano teacher", "Music"),
    ("Coach for people who lead", "Coaching"),
];
const ACCENTS: [&str; 5] = ["#3d6a41", "#a8622a", "#2f5d8a", "#7a4b7f", "#8a3b3b"];
const ZONES: [&str; 6] = [ZONE, ZONE, ZONE, "America/Chicago", "America/Los_Angeles", "Europe/London"];
/// Sessions, days, and what one of them costs in minor units.
const PACKAGES: [(&str, &str, u32, u32, i64); 4] = [
    ("A single session", "single-session", 1, 45, 11_000),
    ("Four sessions", "four-sessions", 4, 120, 10_500),
    ("Six sessions", "six-sessions", 6, 180, 10_000),
    ("Ten sessions", "ten-sessions", 10, 300, 9_500),
];
/// Each is a week's work: mornings, or mornings and afternoons, or evenings.
const WEEKS: [&[(&[Weekday], &str, &str)]; 3] = [
    &[
        (&[Monday, Tuesday, Wednesday, Thursday, Friday], "08:00", "13:00"),
        (&[Monday, Wednesday, Friday], "14:00", "19:00"),
    ],
    &[
        (&[Tuesday, Wednesday, Thursday, Friday], "10:00", "14:00"),
        (&[Tuesday, Wednesday, Thursday, Friday], "15:00", "20:00"),
    ],
    &[
        (&[Monday, Tuesday, Thursday, Saturday], "09:00", "12:00"),
        (&[Monday, Tuesday, Wednesday, Thursday, Friday], "13:00", "18:00"),
    ],
];

/// How long every session of the crowd is, in minutes.
const LENGTH: u32 = 50;
/// When they all joined: before the first sale.
const JOINED: i64 = 24 * 365 * 12;

/// A practitioner with everything that stands on her pages, and her clients.
pub(super) struct Staff {
    pub practitioner: Practitioner,
    pub storefront: Storefront,
    /// The name of her picture among the demo's.
    pub portrait: &'static str,
    pub hours: Availability,
    pub packages: Vec<Package>,
    pub clients: Vec<Client>,
}

impl Staff {
    /// Makes one up; the number makes her address her own.
    pub fn invent(number: usize, now: Timestamp, dice: &mut Dice) -> Self {
        let joined_at = before(now, hours(JOINED));
        let id = PractitionerId::from_bits(dice.id(joined_at));
        let name = name(dice);
        let slug = format!("{}-{number}", name.to_lowercase().replace(' ', "-"));
        let practitioner = Practitioner {
            id,
            slug: read(&slug),
            name: read(&name),
            email: read(&format!("{slug}@quietfield.example")),
            role: Role::Practitioner,
            zone: read(ZONE),
            joined_at,
            password: None,
            membership: Membership::Active,
        };
        let packages =
            PACKAGES.iter().zip(0u32..).map(|(plan, position)| package(id, plan, position, joined_at, dice));
        let packages = packages.collect();
        let hours = Hours::parse(
            WEEKS[dice.below(WEEKS.len())]
                .iter()
                .flat_map(|(days, from, to)| days.iter().map(move |day| (*day, *from, *to))),
        );
        let rhythm = Rhythm::default().with_buffers(0, 10).expect("ten minutes are a buffer");
        let hours = hours.expect("no hours of a week overlap");
        Self {
            storefront: storefront(id, dice),
            portrait: ["demo/ines.jpg", "demo/hana.jpg"][dice.below(2)],
            hours: Availability::new(read(ZONE), hours, vec![], rhythm)
                .expect("no date has two sets of hours"),
            practitioner,
            packages,
            clients: Vec::new(),
        }
    }

    /// Somebody new who comes to her; tells her place among the clients.
    pub fn meet(&mut self, number: u32, joined_at: Timestamp, dice: &mut Dice) -> u32 {
        let id = ClientId::from_bits(dice.id(joined_at));
        let name = name(dice);
        let email =
            format!("{}.{number}@{}.example", name.to_lowercase().replace(' ', "."), self.practitioner.slug);
        let client = Client {
            id,
            name: read(&name),
            email: read(&email),
            phone: dice.hits(60).then(|| read(&format!("+1 802 555 {:04}", dice.below(10_000)))),
            zone: read(ZONES[dice.below(ZONES.len())]),
            joined_at,
            verified_at: Some(joined_at),
            password: None,
        };
        self.clients.push(client);
        u32::try_from(self.clients.len() - 1).unwrap_or(u32::MAX)
    }
}

fn name(dice: &mut Dice) -> String {
    format!("{} {}", GIVEN[dice.below(GIVEN.len())], FAMILY[dice.below(FAMILY.len())])
}

fn storefront(practitioner: PractitionerId, dice: &mut Dice) -> Storefront {
    let (profession, field) = PROFESSIONS[dice.below(PROFESSIONS.len())];
    Storefront {
        practitioner,
        accent: read(ACCENTS[dice.below(ACCENTS.len())]),
        profession: Some(read(profession)),
        field: Some(read(field)),
        tagline: Some(read("One step, then the next, at a pace that lasts.")),
        about: read(
            "I have done this work for many years, in a hospital, in a school and now in a room of my own.\n\nWe look at what \
             your weeks are really like, try one thing at a time, and keep what helps.",
        ),
        facts: ["State of Vermont, licensed", "English and Spanish"].map(read::<Line>).to_vec(),
        place: Some(read("14 Pine Street, second floor. There is an elevator.")),
        at_practice: AtPractice::Offered,
        currency: None,
    }
}

fn package(
    practitioner: PractitionerId,
    &(name, slug, sessions, days, each): &(&str, &str, u32, u32, i64),
    position: u32,
    changed_at: Timestamp,
    dice: &mut Dice,
) -> Package {
    let preset = Preset::ALL[dice.below(Preset::ALL.len())];
    let format = match dice.below(3) {
        0 => Format::Video { link: Some(read("https://meet.quietfield.example/room")) },
        1 => Format::InPerson { place: None },
        _ => Format::Phone,
    };
    let offer = Offer {
        name: read(name),
        description: read("Fifty minutes each, at times that you choose as you go along."),
        sessions,
        length_minutes: LENGTH,
        price: Money::new(i64::from(sessions) * each, Currency::USD),
        validity: Validity::days(days),
        preset,
        policy: preset.policy(),
        format,
        chapters: Vec::new(),
    };
    Package {
        id: PackageId::from_bits(dice.id(changed_at)),
        practitioner,
        slug: read(slug),
        version: 1,
        offer,
        selling: Selling::default(),
        listing: Listing::Published,
        key: None,
        position,
        changed_at,
    }
}
