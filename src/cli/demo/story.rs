//! Who comes to the demo's practice, and what they did in the weeks before the visitor arrives. Hours are counted back from
//! the present; sessions are on the free time nearest to the day and hour that are named.

/// How a package is paid for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pays {
    /// By card at the till.
    Card,
    /// By a card at the second try.
    AtSecondTry,
    /// By a bank debit that arrives three days later.
    Debit,
    /// By a bank debit that bounces a day later.
    FailingDebit,
    /// At the practice, later.
    AtPractice,
    /// Not at all: turns back at the till.
    Never,
}

/// What happens.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    /// A package is bought.
    Buys(&'static str, Pays),
    /// A session of the client's newest lot is booked: days from today, hour of the day.
    Books(i32, i8),
    /// The client's next session is moved there.
    Moves(i32, i8),
    /// The client calls the next session off.
    Cancels,
    /// The practitioner calls the client's next session off.
    IsLetDown(&'static str),
    /// The practitioner marks the client's purchase as paid in cash.
    HasPaid,
    /// The practitioner notes that the client did not come last time.
    Missed,
    /// The practitioner gives the credit of the last session back.
    IsWaived,
    /// The practitioner gives some sessions like those of a package.
    IsGiven(&'static str, u32, &'static str),
    /// The practitioner writes a note for herself, about the last session.
    IsNoted(&'static str),
    /// The practitioner writes down where they start.
    Starts(&'static str),
    /// The practitioner writes something for the client to read.
    IsTold(&'static str),
    /// The practitioner tags the client.
    IsTagged(&'static str),
    /// The practitioner pauses the newest lot.
    IsPaused(&'static str),
    /// The practitioner gives the money for the unused sessions of the newest lot back, the way it came.
    IsRefunded(&'static str),
    /// The practitioner gives the newest lot so many days more from today.
    IsExtended(i32, &'static str),
}

/// Somebody who comes.
pub(super) struct Person {
    pub name: &'static str,
    pub email: &'static str,
    pub zone: &'static str,
    /// What she did, with how many hours ago.
    pub scenes: &'static [(i64, Deed)],
}

use Deed::{
    Books, Buys, Cancels, HasPaid, IsExtended, IsGiven, IsLetDown, IsNoted, IsPaused, IsRefunded, IsTagged,
    IsTold, IsWaived, Missed, Moves, Starts,
};
use Pays::{AtPractice, AtSecondTry, Card, Debit, FailingDebit, Never};

const VERMONT: &str = "America/New_York";

/// So many days in hours.
const fn d(days: i64) -> i64 {
    days * 24
}

/// The client whom the demo's visitor is.
pub(super) const NORA: &str = "Nora Lindqvist";

/// Everybody, each at another point of a package's life.
pub(super) const CAST: &[Person] = &[
    // Mid-way in her second package, the first one finished.
    Person {
        name: NORA,
        email: "nora@lindqvist.example",
        zone: VERMONT,
        scenes: &[
            (d(126), Buys("first-steps", Card)),
            (d(125), Books(-120, 17)),
            (d(119), Books(-112, 17)),
            (d(111), Books(-104, 17)),
            (d(119) - 1, Starts("Sleeps four hours. The week begins with dread on Sunday evening.")),
            (d(119) - 2, IsTagged("Evenings")),
            (d(49), Buys("six-sessions", Card)),
            (d(49) - 1, Books(-42, 17)),
            (
                d(41),
                IsNoted(
                    "Starts with the calendar notification. The team meeting on Mondays is the hard one.",
                ),
            ),
            (d(40), Books(-28, 17)),
            (d(27) + 1, IsNoted("Log kept 5 days of 7. Breathing worked on the bus.")),
            (d(27), Books(-15, 17)),
            (
                d(26),
                IsTold("Breathe out for six, in for four. Ten minutes before the meeting, by the window."),
            ),
            (d(20), Moves(-13, 17)),
            (d(12), IsNoted("Stayed in the meeting to the end. Sleeps six hours now.")),
            (d(6), Books(2, 17)),
        ],
    },
    // Came in summer, and is done.
    Person {
        name: "Elsie Novak",
        email: "elsie@novak.example",
        zone: VERMONT,
        scenes: &[
            (d(176), Buys("six-sessions", Card)),
            (d(175), Books(-170, 11)),
            (d(169), Books(-163, 11)),
            (d(162), Books(-149, 11)),
            (d(148), Books(-142, 11)),
            (d(141), Books(-128, 11)),
            (d(127), Books(-121, 11)),
        ],
    },
    // The same, with a break before the second half.
    Person {
        name: "Łukasz Zieliński",
        email: "lukasz@zielinski.example",
        zone: VERMONT,
        scenes: &[
            (d(158), Buys("first-steps", Card)),
            (d(157), Books(-150, 15)),
            (d(149), Books(-136, 15)),
            (d(135), Books(-122, 15)),
            (d(108), Buys("six-sessions", AtPractice)),
            (d(107), HasPaid),
            (d(106), Books(-101, 15)),
            (d(100), Books(-94, 15)),
            (d(93), Books(-87, 15)),
            (d(86), Books(-80, 15)),
            (d(79), Books(-73, 15)),
            (d(72), Books(-59, 15)),
        ],
    },
    // Bought yesterday, nothing booked, and reminded of it once.
    Person {
        name: "Theo Marsh",
        email: "theo@marsh.example",
        zone: VERMONT,
        scenes: &[(d(2), Buys("six-sessions", Card))],
    },
    // Bought just now: tomorrow's nudge is still to come.
    Person {
        name: "Priya Raman",
        email: "priya@raman.example",
        zone: VERMONT,
        scenes: &[(3, Buys("first-steps", AtSecondTry))],
    },
    // In the middle of a long program.
    Person {
        name: "Callum Reid",
        email: "callum@reid.example",
        zone: VERMONT,
        scenes: &[
            (d(71), Buys("burnout-recovery", Card)),
            (d(70) + 1, IsTagged("Mornings")),
            (d(70), Books(-66, 11)),
            (d(65), Books(-59, 11)),
            (d(58), Books(-52, 11)),
            (d(51), Books(-38, 11)),
            (d(37), Books(-31, 11)),
            (d(30), Books(-17, 11)),
            (d(16), Books(-3, 11)),
            (d(4), Books(0, 15)),
            (d(4) - 1, Books(7, 11)),
        ],
    },
    // Two sessions left, and a few days.
    Person {
        name: "Marta Oliveira",
        email: "marta@oliveira.example",
        zone: VERMONT,
        scenes: &[
            (d(85), Buys("six-sessions", Card)),
            (d(84), Books(-80, 9)),
            (d(79), Books(-66, 9)),
            (d(65), Books(-52, 9)),
            (d(51), Books(-24, 9)),
        ],
    },
    // The same from another zone; the reminder is due tomorrow.
    Person {
        name: "Jonas Weber",
        email: "jonas@weber.example",
        zone: "Europe/Berlin",
        scenes: &[
            (d(82), Buys("six-sessions", Card)),
            (d(81), Books(-77, 10)),
            (d(76), Books(-56, 10)),
            (d(55), Books(-35, 10)),
        ],
    },
    // Finished yesterday: the renewal prompt has gone.
    Person {
        name: "Amara Diallo",
        email: "amara@diallo.example",
        zone: VERMONT,
        scenes: &[
            (d(38), Buys("first-steps", Card)),
            (d(37), Books(-30, 16)),
            (d(29), Books(-16, 16)),
            (d(15), Books(-2, 16)),
        ],
    },
    // Finished, and came back for another.
    Person {
        name: "Ruth Calloway",
        email: "ruth@calloway.example",
        zone: VERMONT,
        scenes: &[
            (d(100), Buys("first-steps", Card)),
            (d(99), Books(-94, 14)),
            (d(93), Books(-80, 14)),
            (d(79), Books(-66, 14)),
            (d(62), Buys("six-sessions", Card)),
            (d(62) - 1, Books(-55, 14)),
            (d(54), Books(-41, 14)),
            (d(40), Books(-27, 14)),
            (d(26), Books(-13, 14)),
            (d(12), Books(5, 14)),
            (d(3), IsGiven("first-steps", 1, "The last hour was interrupted")),
        ],
    },
    // Ordered, and pays at the practice.
    Person {
        name: "Sam Whitaker",
        email: "sam@whitaker.example",
        zone: VERMONT,
        scenes: &[(d(2) + 5, Buys("first-steps", AtPractice))],
    },
    // Paid at the practice and began.
    Person {
        name: "Ingrid Solheim",
        email: "ingrid@solheim.example",
        zone: VERMONT,
        scenes: &[
            (d(14), Buys("six-sessions", AtPractice)),
            (d(12), HasPaid),
            (d(12) - 1, IsTagged("Evenings")),
            (d(12) - 2, Books(-7, 15)),
            (d(6), Books(1, 18)),
        ],
    },
    // Two sessions reached their date.
    Person {
        name: "Leo Fontaine",
        email: "leo@fontaine.example",
        zone: VERMONT,
        scenes: &[(d(74), Buys("first-steps", Card)), (d(73), Books(-68, 12))],
    },
    // A program that was about to end and got more time.
    Person {
        name: "Beatrix Lau",
        email: "beatrix@lau.example",
        zone: "America/Los_Angeles",
        scenes: &[
            (d(88), Buys("steadiness", Card)),
            (d(87), Books(-82, 12)),
            (d(81), Books(-67, 12)),
            (d(60), Books(-52, 12)),
            (d(51) - 6, Books(-43, 12)),
            (d(45), Cancels),
            (d(10), IsExtended(30, "A month in hospital")),
        ],
    },
    // Missed one, and had it given back.
    Person {
        name: "Omar Haddad",
        email: "omar@haddad.example",
        zone: VERMONT,
        scenes: &[
            (d(30), Buys("steadiness", Card)),
            (d(29), Books(-24, 14)),
            (d(25), IsTagged("Sliding scale")),
            (d(20), Missed),
            (d(19), IsWaived),
            (d(18), Books(-11, 14)),
            (d(5), Books(0, 13)),
        ],
    },
    // Let down once by the practice, and booked again.
    Person {
        name: "Freya Lindgren",
        email: "freya@lindgren.example",
        zone: VERMONT,
        scenes: &[
            (d(20), Buys("kitchen-reset", Card)),
            (d(19), Books(-8, 10)),
            (d(10), IsLetDown("I am ill and sorry for it")),
            (d(9), Books(3, 10)),
        ],
    },
    // The money is on its way.
    Person {
        name: "Dylan Brooks",
        email: "dylan@brooks.example",
        zone: VERMONT,
        scenes: &[(d(1) + 4, Buys("six-sessions", Debit))],
    },
    // The money did not come.
    Person {
        name: "Mina Castellano",
        email: "mina@castellano.example",
        zone: VERMONT,
        scenes: &[(d(9), Buys("single-session", FailingDebit))],
    },
    // Moved away, and got the money for the sessions that were left.
    Person {
        name: "Tomas Hale",
        email: "tomas@hale.example",
        zone: VERMONT,
        scenes: &[
            (d(40), Buys("first-steps", Card)),
            (d(39), Books(-34, 13)),
            (d(16), IsRefunded("Moved to Portland")),
        ],
    },
    // Paused while she is away.
    Person {
        name: "Hilde Sørensen",
        email: "hilde@sorensen.example",
        zone: VERMONT,
        scenes: &[
            (d(44), Buys("six-sessions", Card)),
            (d(43), Books(-37, 18)),
            (d(30), IsTagged("Mornings")),
            (d(18), IsPaused("Caring for her mother until the new year")),
        ],
    },
    // Looked at the till and went away.
    Person {
        name: "Arlo Finch",
        email: "arlo@finch.example",
        zone: VERMONT,
        scenes: &[(d(6), Buys("burnout-recovery", Never))],
    },
];
