//! The sheets about time: hours and their exceptions, first times that were chosen with a purchase, and calendars on either side.

use super::{Rows, Sheet, Source, Value};
use crate::domain::calendar::availability::Override;
use crate::domain::calendar::feed::Feed;
use crate::domain::calendar::outside::{Kind, Outside};
use crate::domain::calendar::reservation::Reservation;
use crate::domain::people::login::Person;
use crate::store::{calendar, people};
use crate::views::text;

pub(super) const HOURS: Sheet = Sheet {
    name: "weekly_hours",
    about: "When sessions can be booked in every week, as the clock on the wall says.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("weekday", "Monday to Sunday"),
        ("hours", "from and to"),
        ("time_zone", "the zone in which they are written, IANA"),
    ],
    rows: hours,
};

fn hours(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        let Some(hours) = calendar::availability::of(source.read, one.id)? else { continue };
        rows.extend(hours.hours().rows().map(|(day, range)| {
            vec![
                Value::text(one.id),
                Value::text(text::weekday(day)),
                Value::text(range),
                Value::text(hours.zone()),
            ]
        }));
    }
    Ok(rows)
}

pub(super) const TIME_OFF: Sheet = Sheet {
    name: "time_off",
    about: "Stretches of time off.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("from", "its first instant"),
        ("until", "the first instant after it"),
        ("note", "her word about it"),
    ],
    rows: time_off,
};

fn time_off(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        rows.extend(calendar::closure::of(source.read, one.id)?.iter().map(|off| {
            vec![Value::text(one.id), Value::At(off.from()), Value::At(off.until()), Value::some(off.note())]
        }));
    }
    Ok(rows)
}

pub(super) const DATES: Sheet = Sheet {
    name: "special_dates",
    about: "Dates with hours of their own, in place of the weekly ones.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("on", "the date"),
        ("hours", "from and to, parted by semicolons; none if it is closed"),
        ("time_zone", "the zone in which they are written, IANA"),
    ],
    rows: dates,
};

fn dates(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        let Some(hours) = calendar::availability::of(source.read, one.id)? else { continue };
        let said = |date: &Override| {
            let ranges: Vec<String> = date.ranges().iter().map(ToString::to_string).collect();
            Value::some((!ranges.is_empty()).then(|| ranges.join("; ")))
        };
        rows.extend(hours.overrides().iter().map(|date| {
            vec![Value::text(one.id), Value::On(date.on()), said(date), Value::text(hours.zone())]
        }));
    }
    Ok(rows)
}

pub(super) const RHYTHM: Sheet = Sheet {
    name: "booking_rules",
    about: "How sessions are laid into the hours.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("step", "sessions begin every so many minutes"),
        ("minutes_before", "kept free before each"),
        ("minutes_after", "kept free after each"),
        ("notice_hours", "how long before it starts a session can still be booked"),
        ("days_ahead", "how far ahead it can be"),
        ("most_a_day", "how many on one day"),
    ],
    rows: rhythm,
};

fn rhythm(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        let Some(hours) = calendar::availability::of(source.read, one.id)? else { continue };
        let rhythm = hours.rhythm();
        let number = |n: u16| Value::Number(u64::from(n));
        rows.push(vec![
            Value::text(one.id),
            number(rhythm.step()),
            number(rhythm.buffer_before()),
            number(rhythm.buffer_after()),
            number(rhythm.notice_hours()),
            number(rhythm.horizon()),
            rhythm.daily_limit().map_or(Value::None, |most| Value::Number(u64::from(most))),
        ]);
    }
    Ok(rows)
}

pub(super) const FIRST_TIMES: Sheet = Sheet {
    name: "first_times",
    about: "First times that were chosen with a purchase. Those that became sessions stand in sessions too.",
    columns: &[
        ("purchase", "`id` in purchases"),
        ("practitioner", "with whom; `id` in practitioners"),
        ("starts_at", "when the session would start"),
        ("minutes", "how long it would be"),
        ("kept_until", "until when nobody else can take the time; none if it is a wish"),
    ],
    rows: first_times,
};

fn first_times(source: &Source<'_>) -> Rows {
    let row = |one: Reservation| {
        vec![
            Value::text(one.purchase),
            Value::text(one.practitioner),
            Value::At(one.starts_at),
            Value::Number(u64::from(one.length_minutes)),
            one.held_until.map_or(Value::None, Value::At),
        ]
    };
    Ok(calendar::reservation::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const OUTSIDES: Sheet = Sheet {
    name: "other_calendars",
    about: "Calendars elsewhere whose busy times are taken off the free times. Their addresses and passwords stay sealed and are not in it.",
    columns: &[
        ("id", "identifier"),
        ("practitioner", "whose time they take; `id` in practitioners"),
        ("name", "what she calls it"),
        ("kind", "calendar file or CalDAV"),
        ("host", "the host that it is on"),
        ("added_at", "when she added it"),
        ("read_at", "when it was last read"),
    ],
    rows: outsides,
};

fn outsides(source: &Source<'_>) -> Rows {
    let row = |one: Outside| {
        let kind = match one.kind {
            Kind::Ics => "calendar file",
            Kind::CalDav => "CalDAV",
        };
        vec![
            Value::text(one.id),
            Value::text(one.practitioner),
            Value::text(one.name),
            Value::text(kind),
            Value::text(one.host),
            Value::At(one.added_at),
            one.read_at.map_or(Value::None, Value::At),
        ]
    };
    Ok(calendar::outside::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const FEEDS: Sheet = Sheet {
    name: "calendar_feeds",
    about: "Who has her sessions at a secret address for a calendar program. The addresses are not in it.",
    columns: &[
        ("whose", "`id` in clients or practitioners"),
        ("naming", "what it calls the people who come: initials, first or nobody"),
        ("made_at", "when its address was made"),
    ],
    rows: feeds,
};

fn feeds(source: &Source<'_>) -> Rows {
    let row = |one: Feed| {
        let whose = match one.who {
            Person::Client(id) => id.to_string(),
            Person::Practitioner(id) => id.to_string(),
        };
        vec![Value::text(whose), Value::text(one.naming.word()), Value::At(one.made_at)]
    };
    Ok(calendar::feed::all(source.read)?.into_iter().map(row).collect())
}
