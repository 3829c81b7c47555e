//! The demo's practice: Quiet Field, two practitioners with their packages and hours, and the front desk.

use jiff::civil::Weekday::{self, Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

use super::stage::{Stage, read};
use crate::actions::calendar::availability;
use crate::actions::catalog::package::Written;
use crate::actions::catalog::practice::Newcomer;
use crate::actions::catalog::{package, practice};
use crate::domain::calendar::availability::{Availability, Hours, Rhythm};
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::outside::{Kind, Outside};
use crate::domain::catalog::package::{Format, Listing, Offer, Validity};
use crate::domain::catalog::policy::Preset;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::selling::{FirstTime, Selling};
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::id::{ClosureId, OutsideId, PackageId, PractitionerId};
use crate::domain::money::{Currency, Money};
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, after, before, hours, plus_days};
use crate::store::catalog::storefront::Picture;
use crate::store::{StoreError, calendar};
use crate::views::asset;

/// The zone of the place.
pub(super) const ZONE: &str = "America/New_York";
/// The password of everybody of the practice.
pub(super) const PASSWORD: &str = "ferns unfurl slowly";

/// A practitioner of the demo.
struct Face {
    slug: &'static str,
    name: &'static str,
    role: Role,
    accent: &'static str,
    profession: &'static str,
    field: &'static str,
    tagline: &'static str,
    about: &'static str,
    facts: &'static [&'static str],
    hours: &'static [(Weekday, &'static str, &'static str)],
    cover: Option<&'static str>,
}

const INES: Face = Face {
    slug: "ines",
    name: "Ines Varga",
    role: Role::Owner,
    accent: "#3d6a41",
    profession: "Licensed clinical mental health counselor",
    field: "Talking",
    tagline: "Anxiety narrows the day. Together we widen it again.",
    about: "I trained in Budapest and Boston, and have worked with anxiety for fourteen years: in a hospital, in a \
            college counseling center, and since 2018 in a quiet room above Pine Street.\n\nMy way of working is \
            practical and unhurried. We use cognitive behavioral therapy where it helps, and we stop to notice when \
            something else is needed. I’d rather you left with three things you use than thirty you don’t.",
    facts: &[
        "LCMHC, State of Vermont, no. 068.0134",
        "MA Counseling Psychology, Lesley University",
        "English and Hungarian",
    ],
    hours: &[
        (Monday, "09:00", "12:30"),
        (Monday, "13:30", "18:30"),
        (Tuesday, "10:00", "13:00"),
        (Tuesday, "14:00", "20:00"),
        (Wednesday, "09:00", "12:30"),
        (Wednesday, "13:30", "18:30"),
        (Thursday, "12:00", "20:00"),
        (Friday, "09:00", "14:00"),
        (Saturday, "10:00", "13:00"),
    ],
    cover: None,
};

const HANA: Face = Face {
    slug: "hana",
    name: "Hana Okafor",
    role: Role::Practitioner,
    accent: "#a8622a",
    profession: "Registered dietitian",
    field: "Food",
    tagline: "Eating well with a body and a budget you have.",
    about: "I came to nutrition through restaurant kitchens, and I still think in suppers rather than in grams. We look \
            at what your weeks are really like, change one thing at a time, and keep what tastes good.\n\nNo food is \
            forbidden here, and nobody is weighed who does not ask for it.",
    facts: &["RDN, CD, State of Vermont", "Works with diabetes, pregnancy and recovery", "English and Igbo"],
    hours: &[
        (Tuesday, "09:00", "17:00"),
        (Wednesday, "09:00", "17:00"),
        (Thursday, "11:00", "19:00"),
        (Friday, "09:00", "15:00"),
        (Sunday, "11:00", "16:00"),
    ],
    cover: Some("demo/cover-wall.jpg"),
};

/// A package of the demo.
struct Plan {
    slug: &'static str,
    name: &'static str,
    description: &'static str,
    sessions: u32,
    minutes: u32,
    price: i64,
    days: u32,
    preset: Preset,
    format: fn() -> Format,
    chapters: &'static [&'static str],
    selling: Selling,
    listing: Listing,
}

/// As often as one likes, and without a first time.
const FREELY: Selling = Selling { per_client: None, first_time: FirstTime::NotAsked };

fn video() -> Format {
    Format::Video { link: Some(read("https://meet.quietfield.example/ines")) }
}

fn room() -> Format {
    Format::InPerson { place: None }
}

fn phone() -> Format {
    Format::Phone
}

const OF_INES: &[Plan] = &[
    Plan {
        slug: "six-sessions",
        name: "6-Session Anxiety Therapy Program",
        description: "Map the pattern, soften the alarm, and practice what helps between sessions.\n\nAnxiety is good at \
                      making the world smaller. In six meetings we look at how yours works, learn what settles it, and \
                      try small experiments in ordinary life.",
        sessions: 6,
        minutes: 50,
        price: 54000,
        days: 90,
        preset: Preset::Standard,
        format: video,
        chapters: &[
            "Where you are now",
            "Noticing the pattern",
            "The body’s alarm",
            "Testing predictions",
            "Making room",
            "Keeping it going",
        ],
        selling: FREELY,
        listing: Listing::Published,
    },
    Plan {
        slug: "first-steps",
        name: "First Steps",
        description: "Three conversations to find out what is going on and what would help.",
        sessions: 3,
        minutes: 50,
        price: 28500,
        days: 60,
        preset: Preset::Gentle,
        format: room,
        chapters: &[],
        selling: FREELY,
        listing: Listing::Published,
    },
    Plan {
        slug: "burnout-recovery",
        name: "Burnout Recovery",
        description: "A slower program for exhaustion that a vacation did not fix.",
        sessions: 12,
        minutes: 50,
        price: 99600,
        days: 180,
        preset: Preset::Standard,
        format: room,
        chapters: &[],
        selling: FREELY,
        listing: Listing::Published,
    },
    Plan {
        slug: "single-session",
        name: "A single session",
        description: "Fifty minutes, for when one conversation is what is needed.",
        sessions: 1,
        minutes: 50,
        price: 10500,
        days: 30,
        preset: Preset::Strict,
        format: video,
        chapters: &[],
        selling: Selling { first_time: FirstTime::Optional, ..FREELY },
        listing: Listing::Published,
    },
    Plan {
        slug: "walking-sessions",
        name: "Walking sessions",
        description: "Four hours along the lake, talking or not. For the spring.",
        sessions: 4,
        minutes: 60,
        price: 42000,
        days: 90,
        preset: Preset::Gentle,
        format: room,
        chapters: &[],
        selling: FREELY,
        listing: Listing::Draft,
    },
    Plan {
        slug: "once-a-season",
        name: "Once a season",
        description: "Four conversations over a year, for people who have finished a program with me.",
        sessions: 4,
        minutes: 50,
        price: 34000,
        days: 365,
        preset: Preset::Gentle,
        format: video,
        chapters: &[],
        selling: FREELY,
        listing: Listing::Hidden,
    },
];

const OF_HANA: &[Plan] = &[
    Plan {
        slug: "steadiness",
        name: "Eating for Steadiness",
        description: "Five meetings about energy, sleep and supper, with a plan that fits your week.",
        sessions: 5,
        minutes: 45,
        price: 37500,
        days: 90,
        preset: Preset::Standard,
        format: room,
        chapters: &["Your week as it is", "Mornings", "The long afternoon", "Supper", "What to keep"],
        selling: FREELY,
        listing: Listing::Published,
    },
    Plan {
        slug: "kitchen-reset",
        name: "Kitchen Reset",
        description: "Three calls while you sort the shelves and cook with what is there.",
        sessions: 3,
        minutes: 60,
        price: 24000,
        days: 60,
        preset: Preset::Gentle,
        format: phone,
        chapters: &[],
        selling: FREELY,
        listing: Listing::Published,
    },
    Plan {
        slug: "first-call",
        name: "A first call",
        description: "Twenty minutes by telephone, to see whether I am the right person.",
        sessions: 1,
        minutes: 20,
        price: 0,
        days: 30,
        preset: Preset::Gentle,
        format: phone,
        chapters: &[],
        selling: Selling { per_client: Some(1), first_time: FirstTime::Optional },
        listing: Listing::Published,
    },
];

/// Founds the practice at the instant at which the stage stands; `today` is the day on which the story ends.
pub(super) async fn found(stage: &mut Stage, today: Timestamp) -> Result<(), String> {
    let app = stage.app.clone();
    let password = app.passwords.hash(PASSWORD).await;
    let (ines, hana) = (newcomer(stage, &INES, &password), newcomer(stage, &HANA, &password));
    let ids = [ines.practitioner.id, hana.practitioner.id];
    let failed = |what: &str, why: &dyn std::fmt::Debug| format!("{what}: {why:?}");
    practice::found(&app, quiet_field(), ines).map_err(|why| failed("the practice", &why))?;
    practice::join(&app, hana).map_err(|why| failed("Hana", &why))?;
    practice::join_front_desk(&app, member(stage, ("mara", "Mara Lund"), Role::FrontDesk, &password))
        .map_err(|why| failed("Mara", &why))?;
    for (id, face, plans) in [(ids[0], &INES, OF_INES), (ids[1], &HANA, OF_HANA)] {
        for (which, name) in [
            (Picture::Portrait, Some(format!("demo/{}.jpg", face.slug))),
            (Picture::Cover, face.cover.map(str::to_owned)),
        ] {
            let jpeg = name.and_then(|name| asset::named(&name)).map(|file| file.body.clone());
            practice::save_picture(&app, id, which, jpeg).map_err(|why| failed("a picture", &why))?;
        }
        for plan in plans {
            let package = PackageId::from_bits(app.id());
            let written = Written {
                id: package,
                slug: read(plan.slug),
                offer: offer(plan),
                selling: Some(plan.selling),
                listing: plan.listing,
            };
            let saved = package::write(&app, id, written);
            stage.packages.insert(plan.slug, saved.map_err(|why| failed(plan.name, &why))?);
        }
    }
    stage.practitioners = Some(ids);
    time_off(stage, ids[0], today)
}

/// A few days in the weeks to come on which Ines is away.
fn time_off(stage: &Stage, whose: PractitionerId, today: Timestamp) -> Result<(), String> {
    let zone: Zone = read(ZONE);
    let first = plus_days(zone.date(today), 24);
    let id = ClosureId::from_bits(stage.app.id());
    let off = Closure::days(id, first, plus_days(first, 3), &zone, Some(read("Training in Montreal")))
        .map_err(|why| why.to_string())?;
    availability::close(&stage.app, whose, off).map_err(|why| format!("time off: {why:?}"))
}

/// What another calendar of Ines's holds, as it would have been read this minute: the demo itself asks nobody.
pub(super) fn elsewhere(stage: &Stage, present: Timestamp) -> Result<(), String> {
    let Some([ines, _]) = stage.practitioners else { return Ok(()) };
    let (zone, id): (Zone, OutsideId) = (read(ZONE), OutsideId::from_bits(stage.app.id()));
    let today = zone.date(present);
    // Some afternoons of the weeks around, by the hour: [days from today, hour, how long].
    let stretches: Vec<_> = [(-7, 14, 2), (-2, 12, 1), (1, 13, 2), (4, 16, 1), (8, 13, 2), (11, 12, 1)]
        .into_iter()
        .map(|(day, hour, long)| {
            let from = after(zone.start_of(plus_days(today, day)), hours(hour));
            (from, after(from, hours(long)))
        })
        .collect();
    let outside = Outside {
        id,
        practitioner: ines,
        name: read("Family"),
        kind: Kind::Ics,
        host: read("calendar.example"),
        sealed: Vec::new(),
        added_at: before(present, hours(24 * 60)),
        version: None,
        asked_at: Some(present),
        read_at: Some(present),
        worked_out_at: Some(present),
        left_out: 0,
        failing: None,
    };
    let kept: Result<(), StoreError> = stage.app.keep(move |tx| {
        calendar::outside::put(tx, &outside, None)?;
        calendar::busy::put(tx, ines, id, &stretches)
    });
    kept.map_err(|why| format!("the other calendar: {why:?}"))
}

fn quiet_field() -> Practice {
    Practice {
        name: read("Quiet Field"),
        address: read("14 Pine Street\nBurlington, Vermont 05401"),
        email: read("hello@quietfield.example"),
        about: read("Talking and eating, in two quiet rooms above Pine Street."),
        notice: read(
            "If you are in crisis, please don’t wait for a session. Call or text 988 at any hour, in the US.",
        ),
        terms: read(
            "You buy a number of sessions and book each when it suits you. Sessions can be moved or canceled until the \
             time that the package names; after that the session is used.\n\nUnused sessions can be refunded at the \
             price you paid for each until they reach their date. Write to hello@quietfield.example.",
        ),
        currency: Currency::USD,
        zone: read(ZONE),
    }
}

fn member(stage: &Stage, (slug, name): (&str, &str), role: Role, password: &str) -> Practitioner {
    Practitioner {
        id: PractitionerId::from_bits(stage.app.id()),
        slug: read(slug),
        name: read(name),
        email: read(&format!("{slug}@quietfield.example")),
        role,
        zone: read(ZONE),
        joined_at: stage.app.clock.now(),
        password: Some(password.to_owned()),
        membership: Membership::Active,
    }
}

fn newcomer(stage: &Stage, face: &Face, password: &str) -> Newcomer {
    let practitioner = member(stage, (face.slug, face.name), face.role, password);
    let id = practitioner.id;
    let storefront = Storefront {
        practitioner: id,
        accent: read(face.accent),
        profession: Some(read(face.profession)),
        field: Some(read(face.field)),
        tagline: Some(read(face.tagline)),
        about: read(face.about),
        facts: face.facts.iter().map(|fact| read::<Line>(fact)).collect(),
        place: Some(read("14 Pine Street, second floor. There is an elevator.")),
        at_practice: AtPractice::Offered,
        currency: None,
    };
    let hours = Hours::parse(face.hours.iter().copied()).expect("the demo's hours are in order");
    let rhythm = Rhythm::default().with_buffers(0, 10).expect("ten minutes are a buffer");
    let hours = Availability::new(read(ZONE), hours, vec![], rhythm).expect("no date has two sets of hours");
    Newcomer { practitioner, storefront, hours }
}

fn offer(plan: &Plan) -> Offer {
    Offer {
        name: read(plan.name),
        description: read(plan.description),
        sessions: plan.sessions,
        length_minutes: plan.minutes,
        price: Money::new(plan.price, Currency::USD),
        validity: Validity::days(plan.days),
        preset: plan.preset,
        policy: plan.preset.policy(),
        format: (plan.format)(),
        chapters: plan.chapters.iter().map(|title| read(title)).collect(),
    }
}
