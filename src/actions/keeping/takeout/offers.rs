//! The sheets about what is sold.

use super::super::export::format_in_words;
use super::{Rows, Sheet, Source, Value};
use crate::domain::catalog::package::{Begins, Listing, Offer, Term};
use crate::store::{catalog, people};
use crate::views::text;

pub(super) const PACKAGES: Sheet = Sheet {
    name: "packages",
    about: "What is sold, as it is now.",
    columns: &[
        ("id", "identifier"),
        ("practitioner", "whose; `id` in practitioners"),
        ("slug", "its part of the address"),
        ("version", "counts from 1; sales name the version that was agreed"),
        ("listing", "published, hidden, draft or put away"),
        ("name", "its name"),
        ("description", "what it is"),
        ("sessions", "how many"),
        ("minutes", "how long each is"),
        ("price", "for all of them"),
        ("currency", "of the price, ISO 4217"),
        ("validity", "how long they can be booked"),
        ("format", "in person, video or phone"),
        ("chapters", "titles of the sessions, parted by semicolons"),
        ("rules", "the rules, as they are shown"),
    ],
    rows: packages,
};

fn packages(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for who in people::practitioner::all(source.read)? {
        for one in catalog::package::of(source.read, who.id)? {
            let listing = match one.listing {
                Listing::Archived => "put away",
                Listing::Draft => "draft",
                Listing::Hidden => "hidden",
                Listing::Published => "published",
            };
            let mut row = vec![
                Value::text(one.id),
                Value::text(one.practitioner),
                Value::text(&one.slug),
                Value::Number(u64::from(one.version)),
                Value::text(listing),
            ];
            row.extend(offer(&one.offer));
            rows.push(row);
        }
    }
    Ok(rows)
}

pub(super) const VERSIONS: Sheet = Sheet {
    name: "package_versions",
    about: "Every version of every package, as it was offered.",
    columns: &[
        ("package", "`id` in packages"),
        ("version", "counts from 1"),
        ("made_at", "since when it was the newest, where that is known"),
        ("name", "as in packages"),
        ("description", "as in packages"),
        ("sessions", "as in packages"),
        ("minutes", "as in packages"),
        ("price", "as in packages"),
        ("currency", "as in packages"),
        ("validity", "as in packages"),
        ("format", "as in packages"),
        ("chapters", "as in packages"),
        ("rules", "as in packages"),
    ],
    rows: versions,
};

fn versions(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for (package, version, then) in catalog::package::versions(source.read)? {
        let made_at = catalog::package::version_made_at(source.read, package, version)?;
        let mut row = vec![
            Value::text(package),
            Value::Number(u64::from(version)),
            made_at.map_or(Value::None, Value::At),
        ];
        row.extend(offer(&then));
        rows.push(row);
    }
    Ok(rows)
}

fn offer(offer: &Offer) -> Vec<Value> {
    let chapters: Vec<String> = offer.chapters.iter().map(ToString::to_string).collect();
    vec![
        Value::text(&offer.name),
        Value::text(&offer.description),
        Value::Number(u64::from(offer.sessions)),
        Value::Number(u64::from(offer.length_minutes)),
        Value::Amount(offer.price),
        Value::text(offer.price.currency),
        Value::text(validity(offer)),
        Value::text(format_in_words(&offer.format)),
        Value::text(chapters.join("; ")),
        Value::text(text::policy(&offer.policy, offer.validity).join(" ")),
    ]
}

fn validity(offer: &Offer) -> String {
    let term = match offer.validity.term {
        Term::Days(n) => format!("{n} days"),
        Term::Months(n) => format!("{n} months"),
        Term::Until(on) => format!("until {on}"),
        Term::Never => "for good".to_owned(),
    };
    match offer.validity.begins {
        Begins::AtPayment => term,
        Begins::AtFirstSession { latest_days } => {
            format!("{term} from the first session, at the latest {latest_days} days after payment")
        }
    }
}
