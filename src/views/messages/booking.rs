//! Mails about a session: booked, moved, canceled, tomorrow; to the client and, plainer, to the practitioner; and the session
//! as a calendar has it.

use super::draft::{Block, Draft, Span};
use super::purchase::left;
use super::{Credits, Mailing, Paper, fitted, write_to};
use crate::domain::calendar::booking::{Booking, State};
use crate::domain::calendar::promise::promise;
use crate::domain::catalog::package::Format;
use crate::domain::credits::ledger::{Actor, Consumed, Standing};
use crate::domain::messages::wording::Blank;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, long_day, long_moment};
use crate::views::text::Reader;
use crate::views::{ics, link, text};

/// A session as a mail to its client tells it.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// The session.
    pub booking: &'a Booking,
    /// The lot that pays, with whom.
    pub credits: Credits<'a>,
    /// Where sessions in person take place, unless the package says so.
    pub place: Option<&'a Line>,
}

/// A session is booked.
#[must_use]
pub fn booked(paper: &Paper<'_>, session: &Session<'_>) -> Mailing {
    let when = long_moment(session.booking.starts_at, paper.zone);
    let draft = paper.draft(&format!("Booked: {when}"), "You’re booked");
    paper.set(&stands(
        paper,
        session,
        draft,
        (Some(News::Booked), "You’re getting this because you booked a session."),
    ))
}

/// A session has another time.
#[must_use]
pub fn moved(paper: &Paper<'_>, session: &Session<'_>) -> Mailing {
    let when = long_moment(session.booking.starts_at, paper.zone);
    let draft = paper
        .draft(&format!("Moved: {when}"), "Your session has a new time")
        .opens("The new time is below. The old one is no longer kept for you.");
    paper.set(&stands(
        paper,
        session,
        draft,
        (Some(News::Moved), "You’re getting this because one of your sessions was moved."),
    ))
}

/// A session is tomorrow.
#[must_use]
pub fn reminder(paper: &Paper<'_>, session: &Session<'_>) -> Mailing {
    let when = long_moment(session.booking.starts_at, paper.zone);
    let today = paper.zone.date(paper.now);
    let on = paper.zone.date(session.booking.starts_at);
    let day = match on.duration_since(today).as_hours() / 24 {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        _ => format!("on {}", long_day(on)),
    };
    let draft = paper.draft(&format!("Your session: {when}"), &format!("See you {day}"));
    paper.set(&stands(
        paper,
        session,
        draft,
        (None, "You’re getting this because you have a session booked."),
    ))
}

/// What booked, moved and reminder have in common: the session, how to change it, what is left.
fn stands(
    paper: &Paper<'_>,
    session: &Session<'_>,
    draft: Draft,
    (news, why): (Option<News>, &str),
) -> Draft {
    let Session { booking, credits, .. } = *session;
    let first = credits.practitioner.name.first_word();
    let chapter = credits.balance.chapter_of(booking.id);
    let of = chapter.map(|k| format!("Session {k} of {}", credits.balance.total));
    let by = text::by_format(&booking.format);
    let preheader = format!("{} with {first}, {by}.", of.as_deref().unwrap_or("Your session"));
    let when = long_moment(booking.starts_at, paper.zone);
    let draft = draft.knows_credits(&credits).knows(Blank::When, when);
    let mut draft = draft.preheader(preheader).with(label(
        paper,
        session,
        of.unwrap_or_else(|| "Your session".to_owned()),
    ));
    if let Format::Video { link: Some(url) } = &booking.format {
        draft = draft.button("Open the video link", url.as_str().to_owned());
    }
    let attached = match news {
        Some(_) => "A calendar file is attached. ",
        None => "",
    };
    let open = Span::Link("open this session".to_owned(), paper.url(&link::change(booking.id)));
    let promised = promise(booking.starts_at, (credits.lot, credits.balance), paper.now);
    let tail = format!(". {}", text::promise(&promised, booking.starts_at, credits.lot, paper.zone));
    draft = draft.spans([Span::from(format!("{attached}To move or cancel, ")), open, Span::from(tail)]);
    let now = paper.now;
    draft = draft.with(Block::Counter(
        credits.counter(),
        left(&credits),
        match credits.counter().left() {
            0 => String::new(),
            _ => text::use_them_by(credits.lot, credits.balance, now),
        },
    ));
    if credits.balance.available > 0 {
        let next = credits.balance.used() + credits.balance.held() + 1;
        let words = format!("Book session {next} while you’re here");
        draft = draft.spans([Span::Link(words, paper.url(&link::book(credits.lot.id)))]);
    }
    draft.because(why).with_times()
}

fn label(paper: &Paper<'_>, session: &Session<'_>, aside: String) -> Block {
    let Session { booking, credits, place } = *session;
    let name = credits.practitioner.name.as_str();
    let day = long_day(paper.zone.date(booking.starts_at));
    let span = text::from_to(booking.starts_at, booking.length_minutes, paper.zone);
    let how = text::by_format(&booking.format);
    let mut small = vec![format!("With {name}, {how}. {}.", text::capital(&text::zone(paper.zone)))];
    match &booking.format {
        Format::InPerson { place: own } => {
            small.extend(own.as_ref().or(place).map(|place| place.as_str().to_owned()));
            if *paper.zone != credits.practitioner.zone {
                let there = &credits.practitioner.zone;
                let at = text::from_to(booking.starts_at, booking.length_minutes, there);
                small.push(format!(
                    "There it is {}, {at}, {}.",
                    long_day(there.date(booking.starts_at)),
                    text::zone(there)
                ));
            }
        }
        Format::Video { link: Some(_) } => {}
        Format::Video { link: None } => small.push(format!("{name} sends you the link.")),
        Format::Phone => small.push(format!("{name} calls you.")),
    }
    Block::Label { aside, large: vec![day, span], small }
}

/// A session will not take place: who called it off, and what became of the credit.
#[must_use]
pub fn cancelled(paper: &Paper<'_>, session: &Session<'_>) -> Mailing {
    let Session { booking, credits, .. } = *session;
    let first = credits.practitioner.name.first_word();
    let when = long_moment(booking.starts_at, paper.zone);
    let by_practice = matches!(booking.state, State::Cancelled { by: Actor::Practitioner(_), .. });
    let draft = paper.draft(&format!("Canceled: {when}"), "This session is canceled");
    let draft = if by_practice {
        draft
            .preheader("Your credit is back.")
            .words(format!("{first} has to cancel your session on {when}, and is sorry for it."))
    } else {
        draft
            .preheader("What became of your credit.")
            .words(format!("Your session on {when} is canceled, as you asked."))
    };
    let draft = draft.knows_credits(&credits).knows(Blank::When, when.as_str());
    let mut draft = draft.words(credit_words(paper, session));
    draft = draft.with(Block::Counter(
        credits.counter(),
        left(&credits),
        match credits.counter().left() {
            0 => String::new(),
            _ => text::use_them_by(credits.lot, credits.balance, paper.now),
        },
    ));
    if credits.balance.available > 0 {
        draft = draft.button("Choose another time", paper.url(&link::book(credits.lot.id)));
    }
    if by_practice {
        draft = draft.closes([
            Span::from("If no time suits, "),
            write_to(credits.practitioner, &format!("write to {first}")),
            Span::from("."),
        ]);
    }
    paper.set(&draft.because("You’re getting this because a session of yours was canceled.").with_times())
}

/// Where the credit of a canceled session stands, by the ledger.
fn credit_words(paper: &Paper<'_>, session: &Session<'_>) -> String {
    let Session { booking, credits, .. } = *session;
    let over = credits.balance.deadline.as_ref().filter(|deadline| deadline.is_over(paper.now));
    match (credits.balance.sitting(booking.id).map(|sitting| sitting.standing), over) {
        (Some(Standing::Used(Consumed::LateCancel)), _) => format!(
            "It was later than {} before, or the changes of the package were used up, so its credit is used. If something \
             happened, write to {}; it can be given back.",
            text::hours(credits.lot.offer.policy.cancel_hours),
            credits.practitioner.name.first_word()
        ),
        (Some(Standing::Used(_) | Standing::Held), _) => "Its credit is used.".to_owned(),
        (_, Some(deadline)) => {
            format!(
                "Your credit came back, to sessions that reached their date on {}.",
                long_day(deadline.on)
            )
        }
        (_, None) => "Your credit came back.".to_owned(),
    }
}

/// What a practitioner is told about a session that somebody else booked, moved or called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It is booked.
    Booked,
    /// It has another time.
    Moved,
    /// It will not take place.
    Cancelled,
}

/// The plain note to the practitioner.
#[must_use]
pub fn to_practitioner(paper: &Paper<'_>, news: News, session: &Session<'_>, client: &Client) -> Mailing {
    let Session { booking, credits, .. } = *session;
    let when = long_moment(booking.starts_at, paper.zone);
    let name = client.name.as_str();
    let (verb, heading, words) = match news {
        News::Booked => (
            "Booked",
            "A session is booked",
            format!("{name} booked {when}, {}.", text::by_format(&booking.format)),
        ),
        News::Moved => (
            "Moved",
            "A session was moved",
            format!("{name} moved a session to {when}, {}.", text::by_format(&booking.format)),
        ),
        News::Cancelled => {
            let used = credits
                .balance
                .sitting(booking.id)
                .is_some_and(|sitting| matches!(sitting.standing, Standing::Used(_)));
            let credit = if used { "The credit is used." } else { "The credit went back." };
            ("Canceled", "A session was canceled", format!("{name} canceled {when}. {credit}"))
        }
    };
    let draft = paper
        .draft(&format!("{verb}: {when}"), heading)
        .preheader(format!("{name}."))
        .words(words)
        .with(Block::Counter(credits.counter(), left(&credits), String::new()))
        .button("Open this session", paper.url(&link::desk_booking(booking.id)))
        .because("You’re getting this because somebody else changed your calendar.")
        .with_times();
    paper.set(&draft)
}

/// The two people of a session and where it is, for calendars.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    /// Who gives it.
    pub practitioner: &'a Practitioner,
    /// Who comes.
    pub client: &'a Client,
    /// Where sessions in person take place, unless the package says so.
    pub place: Option<&'a Line>,
    /// What every address begins with, without a slash at its end.
    pub base_url: &'a str,
    /// Whose calendar it is for.
    pub reader: Reader,
}

/// A session as a calendar has it; calendars are seen by others, so no more is said than with whom.
#[must_use]
pub fn event(booking: &Booking, seat: &Seat<'_>, stamp: Timestamp) -> ics::Event {
    let (other, page) = match seat.reader {
        Reader::Client => (&seat.practitioner.name, link::booking(booking.id)),
        Reader::Practitioner => (&seat.client.name, link::desk_booking(booking.id)),
    };
    let page = format!("{}{page}", seat.base_url);
    let how = match (&booking.format, seat.reader) {
        (Format::InPerson { .. }, _) => "In person.".to_owned(),
        (Format::Video { link: Some(url) }, _) => format!("By video: {}", url.as_str()),
        (Format::Video { link: None }, _) => "By video.".to_owned(),
        (Format::Phone, Reader::Client) => {
            format!("By telephone. {} calls you.", seat.practitioner.name.as_str())
        }
        (Format::Phone, Reader::Practitioner) => match &seat.client.phone {
            Some(phone) => format!("By telephone: {}", phone.as_str()),
            None => "By telephone.".to_owned(),
        },
    };
    let location = match &booking.format {
        Format::InPerson { place } => place.as_ref().or(seat.place).cloned(),
        Format::Video { link } => link.clone(),
        Format::Phone => None,
    };
    ics::Event {
        uid: format!("{}@{}", booking.id, host(seat.base_url)),
        sequence: booking.sequence,
        start: booking.starts_at,
        end: booking.ends_at(),
        summary: fitted(&format!("Session with {}", other.as_str())),
        description: format!("{how}\nMove or cancel: {page}"),
        location,
        url: Some(page),
        organizer: (seat.practitioner.name.clone(), seat.practitioner.email.clone()),
        attendee: Some((seat.client.name.clone(), seat.client.email.clone())),
        stamp,
        status: if booking.is_confirmed() { ics::Status::Confirmed } else { ics::Status::Cancelled },
    }
}

/// The host of an address, without scheme, port and path.
fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
