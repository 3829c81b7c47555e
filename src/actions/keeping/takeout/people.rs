//! The sheets about the practice and its people, and what is said to them.

use super::super::export::sent_in_words;
use super::{Rows, Sheet, Source, Value};
use crate::actions::people::note;
use crate::domain::catalog::account::Use;
use crate::domain::credits::import::Import;
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::About;
use crate::domain::messages::wording::Wording;
use crate::domain::people::login::Person;
use crate::domain::people::note::Audience;
use crate::domain::people::practitioner::{Membership, Role};
use crate::store::{catalog, credits, messages, people};

pub(super) const PRACTICE: Sheet = Sheet {
    name: "practice",
    about: "The practice: one row.",
    columns: &[
        ("name", "its name"),
        ("address", "its postal address"),
        ("email", "its email address"),
        ("about", "what it says of itself"),
        ("notice", "the notice in the foot of its pages"),
        ("terms", "its terms as they are now"),
        ("currency", "its currency, ISO 4217"),
        ("time_zone", "its time zone, IANA"),
    ],
    rows: practice,
};

fn practice(source: &Source<'_>) -> Rows {
    let one = catalog::practice::find(source.read)?;
    Ok(one
        .map(|one| {
            vec![
                Value::text(one.name),
                Value::text(one.address),
                Value::text(one.email),
                Value::text(one.about),
                Value::text(one.notice),
                Value::text(one.terms),
                Value::text(one.currency),
                Value::text(one.zone),
            ]
        })
        .into_iter()
        .collect())
}

pub(super) const PRACTITIONERS: Sheet = Sheet {
    name: "practitioners",
    about: "The members of the practice.",
    columns: &[
        ("id", "identifier"),
        ("slug", "the address of her storefront"),
        ("name", "her name"),
        ("email", "where she signs in"),
        ("role", "owner, practitioner or front desk"),
        ("membership", "invited, with the practice, or left"),
        ("time_zone", "her time zone, IANA"),
        ("joined_at", "when she joined"),
        ("accent", "the color of her storefront"),
        ("profession", "as on her storefront"),
        ("tagline", "as on her storefront"),
        ("about", "as on her storefront"),
        ("place", "where sessions in person take place"),
    ],
    rows: practitioners,
};

fn practitioners(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        let front = catalog::storefront::find(source.read, one.id)?;
        let front = front.as_ref();
        let role = match one.role {
            Role::Owner => "owner",
            Role::Practitioner => "practitioner",
            Role::FrontDesk => "front desk",
        };
        let membership = match one.membership {
            Membership::Invited => "invited",
            Membership::Active => "with the practice",
            Membership::Left { .. } => "left",
        };
        rows.push(vec![
            Value::text(one.id),
            Value::text(&one.slug),
            Value::text(&one.name),
            Value::text(&one.email),
            Value::text(role),
            Value::text(membership),
            Value::text(&one.zone),
            Value::At(one.joined_at),
            Value::some(front.map(|front| front.accent)),
            Value::some(front.and_then(|front| front.profession.as_ref())),
            Value::some(front.and_then(|front| front.tagline.as_ref())),
            Value::some(front.map(|front| &front.about)),
            Value::some(front.and_then(|front| front.place.as_ref())),
        ]);
    }
    Ok(rows)
}

pub(super) const INVITATIONS: Sheet = Sheet {
    name: "invitations",
    about: "Invitations to join the practice that were not accepted. Their links are not in it.",
    columns: &[("practitioner", "who was asked; `id` in practitioners"), ("made_at", "when")],
    rows: invitations,
};

fn invitations(source: &Source<'_>) -> Rows {
    let all = people::invitation::all(source.read)?;
    Ok(all.into_iter().map(|one| vec![Value::text(one.member), Value::At(one.made_at)]).collect())
}

pub(super) const ACCOUNTS: Sheet = Sheet {
    name: "own_accounts",
    about: "Practitioners’ own accounts at the payment provider, without their keys.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("number", "counts hers from 1"),
        ("use", "sells, or retired"),
        ("since", "since when its present key is known here"),
    ],
    rows: accounts,
};

fn accounts(source: &Source<'_>) -> Rows {
    let row = |(one, _): catalog::account::Sealed| {
        let used = match one.used {
            Use::Sells => "sells",
            Use::Retired => "retired",
        };
        vec![
            Value::text(one.practitioner),
            Value::Number(u64::from(one.number)),
            Value::text(used),
            Value::At(one.since),
        ]
    };
    Ok(catalog::account::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const CLIENTS: Sheet = Sheet {
    name: "clients",
    about: "Everybody who bought, was brought in or was given sessions. Who was erased stands here as “Erased”.",
    columns: &[
        ("id", "identifier"),
        ("name", "her or his name"),
        ("email", "the email address"),
        ("phone", "the phone number"),
        ("time_zone", "the zone in which times are shown, IANA"),
        ("joined_at", "when the account was made"),
        ("address_verified_at", "when a link first came back from the address"),
    ],
    rows: clients,
};

fn clients(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::people::client::Client| {
        vec![
            Value::text(one.id),
            Value::text(one.name),
            Value::text(one.email),
            Value::some(one.phone),
            Value::text(one.zone),
            Value::At(one.joined_at),
            one.verified_at.map_or(Value::None, Value::At),
        ]
    };
    Ok(people::client::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const CLIENTS_OF: Sheet = Sheet {
    name: "clients_of_practitioners",
    about: "Who is a client of whom.",
    columns: &[
        ("practitioner", "`id` in practitioners"),
        ("client", "`id` in clients"),
        ("tags", "how the practitioner tags the client, parted by semicolons"),
    ],
    rows: clients_of,
};

fn clients_of(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in people::practitioner::all(source.read)? {
        for client in people::client::of(source.read, one.id)? {
            let tags = people::tag::of(source.read, one.id, client.id)?;
            let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
            rows.push(vec![Value::text(one.id), Value::text(client.id), Value::text(tags.join("; "))]);
        }
    }
    Ok(rows)
}

pub(super) const IMPORTS: Sheet = Sheet {
    name: "imports",
    about: "Files of clients that were brought in.",
    columns: &[
        ("practitioner", "by whom; `id` in practitioners"),
        ("at", "when"),
        ("lines", "how many lines it had"),
        ("clients", "how many clients were new"),
        ("credits", "how many lots of credits came in"),
    ],
    rows: imports,
};

fn imports(source: &Source<'_>) -> Rows {
    let row = |(whose, one): (PractitionerId, Import)| {
        let number = |n: u32| Value::Number(u64::from(n));
        vec![Value::text(whose), Value::At(one.at), number(one.lines), number(one.clients), number(one.lots)]
    };
    Ok(credits::import::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const MESSAGES: Sheet = Sheet {
    name: "messages",
    about: "What was sent, will be, or was not needed.",
    columns: &[
        ("id", "identifier; the mail’s Message-ID begins with it"),
        ("kind", "what it says"),
        ("to", "the reader: `id` in clients or practitioners"),
        ("about", "the id of the purchase, credits or session that it is about"),
        ("planned_at", "when it was planned"),
        ("due_at", "when it is, or was, meant to go"),
        ("state", "planned, sent, not sent, perhaps sent or given up"),
        ("subject", "as it read when it went"),
        ("text", "as it read when it went"),
        ("own_subject", "the subject that was written for it by hand"),
        ("own_words", "the words that were written for it by hand"),
    ],
    rows: all_messages,
};

fn all_messages(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in messages::message::all(source.read)? {
        let to = match one.to {
            Person::Client(id) => id.to_string(),
            Person::Practitioner(id) => id.to_string(),
        };
        let about = match one.about {
            About::Purchase(id) => Some(id.to_string()),
            About::Lot(id) => Some(id.to_string()),
            About::Booking(id, _) => Some(id.to_string()),
            About::Refund(id) => Some(id.to_string()),
            About::Client(id) => Some(id.to_string()),
            About::Oneself | About::Letter(_) | About::Wording(_) => None,
        };
        let (subject, text) =
            messages::sent::find(source.read, one.id)?.map(|copy| (copy.subject, copy.text)).unzip();
        let written = messages::wording::written(source.read, one.id)?.unwrap_or_default();
        let parts: Vec<String> =
            [written.opening, written.closing].iter().flatten().map(ToString::to_string).collect();
        rows.push(vec![
            Value::text(one.id),
            Value::text(one.kind.name()),
            Value::text(to),
            Value::some(about),
            Value::At(one.made_at),
            Value::At(one.due_at),
            Value::text(sent_in_words(&one.state)),
            Value::some(subject),
            Value::some(text),
            Value::some(written.subject),
            Value::some((!parts.is_empty()).then(|| parts.join("\n\n"))),
        ]);
    }
    Ok(rows)
}

pub(super) const WORDS: Sheet = Sheet {
    name: "words",
    about: "Practitioners’ own words for kinds of messages.",
    columns: &[
        ("practitioner", "whose; `id` in practitioners"),
        ("kind", "`kind` in messages"),
        ("subject", "her subject"),
        ("opening", "how she opens it"),
        ("closing", "how she closes it"),
    ],
    rows: words,
};

fn words(source: &Source<'_>) -> Rows {
    let row = |(whose, kind, words): (PractitionerId, String, Wording)| {
        vec![
            Value::text(whose),
            Value::text(kind),
            Value::some(words.subject),
            Value::some(words.opening),
            Value::some(words.closing),
        ]
    };
    Ok(messages::wording::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const OPT_OUTS: Sheet = Sheet {
    name: "opt_outs",
    about: "Which reminders a client does not want.",
    columns: &[("client", "`id` in clients"), ("kind", "`kind` in messages")],
    rows: opt_outs,
};

fn opt_outs(source: &Source<'_>) -> Rows {
    use crate::domain::messages::message::Kind;
    use crate::domain::messages::nudge::Wish;
    let mut rows = Vec::new();
    for client in people::client::all(source.read)? {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_nudge()) {
            if messages::opt_out::wish(source.read, client.id, kind)? == Wish::OptedOut {
                rows.push(vec![Value::text(client.id), Value::text(kind.name())]);
            }
        }
    }
    Ok(rows)
}

pub(super) const NOTES: Sheet = Sheet {
    name: "notes",
    about: "The notes of the practitioner who took the export, if she chose so. Those of others never go along, and from the console none do.",
    columns: &[
        ("client", "about whom; `id` in clients"),
        ("session", "about which session; `id` in sessions"),
        ("shared", "whether the client can read it"),
        ("written_at", "when it was written"),
        ("changed_at", "when it was last changed"),
        ("text", "the note"),
    ],
    rows: notes,
};

fn notes(source: &Source<'_>) -> Rows {
    let Some((author, key)) = source.notes_of else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for client in people::client::of(source.read, author)? {
        let opened = note::open(source.read, key, client.id, |heading| heading.author == author)?;
        rows.extend(opened.into_iter().map(|one| {
            vec![
                Value::text(client.id),
                Value::some(one.heading.booking),
                Value::Is(one.heading.audience == Audience::Shared),
                Value::At(one.heading.written_at),
                Value::At(one.heading.changed_at),
                Value::text(one.text),
            ]
        }));
    }
    Ok(rows)
}
