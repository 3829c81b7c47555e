//! Booking for a client: whom, when and with what, what it would do, and doing it.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::when::{day, free_in_week, instant, shown};
use super::{Answer, Counter, Room, done, lots_of, named, parse, rule};
use crate::actions::calendar::booking::siblings;
use crate::actions::calendar::by_practitioner::{self, Ask, Pays, Refusal};
use crate::domain::calendar::booking::Refusal as Rule;
use crate::domain::calendar::by_practitioner::Overlooked;
use crate::domain::catalog::package::{Listing, Package};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::{Counted, choose};
use crate::domain::id::{BookingId, LotId};
use crate::domain::people::client::Client;
use crate::domain::people::search::{Search, alphabetical};
use crate::domain::time::{Timestamp, minutes};
use crate::store::{View, catalog, credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::book::{self as view, Guest, Outcome, Paid, With};
use crate::views::practitioner::when::When;
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_CALENDAR_BOOK, get(whom))
        .route(route::DESK_BOOK, get(form).post(create))
        .route(route::DESK_BOOK_CONFIRM, get(confirm))
        .route(route::DESK_BOOK_GIFT, get(gift_form).post(give))
        .route(route::DESK_BOOK_GIFT_CONFIRM, get(gift_confirm))
}

/// How many people are named at once; a search finds the others.
const NAMED: usize = 40;

/// For whom: those with something to book first.
pub async fn whom(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let search = Search::new(fields.text("q").trim());
        let mut clients = people::client::of(read, room.id())?;
        clients.retain(|client| search.finds(client));
        let lots = credits::lot::of(read, room.id(), room.now)?;
        let left = |client: &Client| {
            lots.iter().filter(|(lot, _)| lot.client == client.id).map(|(_, balance)| balance.available).sum()
        };
        let mut guests: Vec<Guest<'_>> =
            clients.iter().map(|client| Guest { client, left: left(client) }).collect();
        guests.sort_by_cached_key(|guest| (guest.left == 0, alphabetical(guest.client.name.as_str())));
        guests.truncate(NAMED);
        let wanted = view::Wanted { slot: fields.read("slot"), day: day(&fields) };
        Ok(view::whom(&room.desk(), &guests, wanted, fields.text("q")))
    })
    .await
}

/// With what the session is paid: which of the two forms it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Credit,
    Gift,
}

pub async fn form(counter: Counter, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    open(counter.0, path, fields, Kind::Credit).await
}

pub async fn gift_form(room: Room, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    open(room, path, fields, Kind::Gift).await
}

pub async fn confirm(counter: Counter, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    look(counter.0, path, fields, Kind::Credit).await
}

pub async fn gift_confirm(room: Room, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    look(room, path, fields, Kind::Gift).await
}

pub async fn create(counter: Counter, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    keep(counter.0, path, fields, Kind::Credit).await
}

pub async fn give(room: Room, path: Path<String>, fields: Fields) -> Result<Answer, Failure> {
    keep(room, path, fields, Kind::Gift).await
}

/// What the forms of a client are drawn from.
struct Facts {
    client: Client,
    /// Those with something to book, the rule's choice first.
    lots: Vec<Counted>,
    packages: Vec<Package>,
}

impl Facts {
    fn read(room: &Room, read: &View, id: &str) -> Result<Self, Failure> {
        let client = people::client::find_of(read, room.id(), named(id)?)?.ok_or(Failure::NotFound)?;
        let mut lots = lots_of(read, room, client.id)?;
        lots.retain(|(_, balance)| balance.available_or_frozen() > 0);
        lots.sort_by_key(|(lot, balance)| {
            (
                balance.deadline.is_none(),
                balance.deadline.as_ref().map(|deadline| deadline.on),
                lot.granted_at,
            )
        });
        let mut packages = catalog::package::of(read, room.id())?;
        packages.retain(|package| package.listing != Listing::Archived);
        Ok(Self { client, lots, packages })
    }

    fn lot(&self, typed: &Typed) -> Option<&Counted> {
        let chosen = self.lots.iter().find(|(lot, _)| lot.id.to_string() == typed.value("lot"));
        chosen.or(self.lots.first())
    }

    fn package(&self, typed: &Typed) -> Option<&Package> {
        let chosen = self.packages.iter().find(|one| one.id.to_string() == typed.value("package"));
        chosen.or(self.packages.first())
    }

    fn draw(&self, room: &Room, kind: Kind, shown: Shown<'_>) -> Result<Markup, Failure> {
        let Shown { typed, day, said } = shown;
        let length = match kind {
            Kind::Credit => self.lot(typed).map(|(lot, _)| lot.offer.length_minutes),
            Kind::Gift => self.package(typed).map(|one| one.offer.length_minutes),
        };
        let day = day.unwrap_or_else(|| room.who.zone.date(room.now));
        let (monday, free) = free_in_week(room, day, minutes(i64::from(length.unwrap_or(50))), None)?;
        let (here, confirm) = match kind {
            Kind::Credit => (link::desk_book(self.client.id), link::desk_book_confirm(self.client.id)),
            Kind::Gift => {
                (link::desk_book_gift(self.client.id), link::desk_book_gift_confirm(self.client.id))
            }
        };
        let with = match kind {
            Kind::Credit => With::Credit(&self.lots),
            Kind::Gift => With::Gift(&self.packages),
        };
        let when = When { here: &here, confirm: &confirm, monday, day, free: &free, typed };
        Ok(view::choose(&room.desk(), &self.client, with, &when, said))
    }
}

/// What a form shows again.
struct Shown<'a> {
    typed: &'a Typed,
    day: Option<jiff::civil::Date>,
    said: Option<&'a Said>,
}

async fn open(room: Room, Path(id): Path<String>, fields: Fields, kind: Kind) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let slot = fields.read::<Timestamp>("slot");
        let typed = slot.map_or_else(|| fields.typed(), |at| shown(room, fields.typed(), at));
        let day = day(&fields).or(slot.map(|at| room.who.zone.date(at)));
        Facts::read(room, read, &id)?.draw(room, kind, Shown { typed: &typed, day, said: None })
    })
    .await
}

/// What is asked for, or nothing with what is wrong said beside the fields.
fn asked(
    room: &Room,
    read: &View,
    facts: &Facts,
    typed: &mut Typed,
    kind: Kind,
) -> Result<Option<Ask>, Failure> {
    let start = instant(room, typed);
    let pays = match kind {
        Kind::Gift => {
            let reason = parse::line(typed, "reason");
            let package = facts.package(typed).map(|one| one.id);
            package.zip(reason).map(|(package, reason)| Pays::Comp { package, reason })
        }
        Kind::Credit => {
            let lot: Option<LotId> = match typed.value("lot") {
                "" => facts.lot(typed).map(|(lot, _)| lot.id),
                text => Some(named(text)?),
            };
            let Some(lot) = lot else { return Ok(None) };
            let like = credits::lot::find(read, lot)?.filter(|lot| lot.client == facts.client.id);
            let like = like.filter(|lot| lot.practitioner == room.id()).ok_or(Failure::NotFound)?;
            let by_rule = start.map(|start| by_rule(room, read, &like, start)).transpose()?.flatten();
            Some(match by_rule {
                Some(other) if other.id != lot => Pays::Picked { lot, reason: None },
                _ => Pays::ByRule { like: lot },
            })
        }
    };
    let Some((start, pays)) = start.zip(pays) else { return Ok(None) };
    let id = typed.value("id").parse().unwrap_or_else(|_| BookingId::from_bits(room.app.id()));
    Ok(Some(Ask { id, client: facts.client.id, start, pays, over: Overlooked::default() }))
}

/// The lot that the rule takes for a session like those of another then.
fn by_rule(room: &Room, read: &View, like: &Lot, start: Timestamp) -> Result<Option<Lot>, Failure> {
    Ok(choose(&siblings(read, like, room.now)?, start, room.now).map(|(lot, _)| lot.clone()))
}

/// The page that asks, or the form with why not.
fn ask_page(
    room: &Room,
    read: &View,
    facts: &Facts,
    (mut typed, kind): (Typed, Kind),
    unticked: Option<&str>,
) -> Result<Answer, Failure> {
    let Some(ask) = asked(room, read, facts, &mut typed, kind)? else {
        return Ok(Answer::Wrong(facts.draw(room, kind, Shown { typed: &typed, day: None, said: None })?));
    };
    let preview = match rule(by_practitioner::preview(&room.app, room.id(), &ask))? {
        Ok(preview) => preview,
        Err(Refusal::NotThere) => return Err(Failure::NotFound),
        Err(Refusal::Rule(why)) => return refused(room, facts, (typed, kind), ask.start, why),
    };
    let outcome = Outcome {
        booking: &preview.booking,
        lot: &preview.lot,
        credit: &preview.credit,
        overlooked: &preview.overlooked,
        back: None,
    };
    let other = match &ask.pays {
        Pays::Picked { .. } => by_rule(room, read, &preview.lot, ask.start)?,
        _ => None,
    };
    let paid = match &ask.pays {
        Pays::ByRule { like: lot } | Pays::Picked { lot, .. } => {
            Paid::Credit { lot: *lot, instead_of: other.as_ref() }
        }
        Pays::Comp { package, reason } => Paid::Gift { package: *package, reason },
    };
    let page = view::confirm(&room.desk(), &facts.client, &outcome, paid, unticked);
    Ok(if unticked.is_some() { Answer::Wrong(page) } else { Answer::Page(page) })
}

/// The form again, with why the time could not be had.
fn refused(
    room: &Room,
    facts: &Facts,
    (typed, kind): (Typed, Kind),
    start: Timestamp,
    why: Rule,
) -> Result<Answer, Failure> {
    let said = text::booking_for(why, facts.client.name.first_word(), &room.who.zone);
    let typed = shown(room, typed, start);
    let day = Some(room.who.zone.date(start));
    Ok(Answer::Wrong(facts.draw(room, kind, Shown { typed: &typed, day, said: Some(&said) })?))
}

async fn look(room: Room, Path(id): Path<String>, fields: Fields, kind: Kind) -> Result<Answer, Failure> {
    room.run(move |room| {
        let read = room.app.store.read()?;
        let facts = Facts::read(room, &read, &id)?;
        ask_page(room, &read, &facts, (fields.typed(), kind), None)
    })
    .await
}

/// What she booked over, and what is said if there is more in the way than that.
pub(super) fn anyway(fields: &Fields) -> (Overlooked, &'static str) {
    if fields.has("anyway") {
        let more = "Something more is in the way by now. Please tick the box again, or choose another time.";
        (Overlooked::read(fields.text("over")), more)
    } else {
        (Overlooked::default(), "Please tick the box, or choose another time.")
    }
}

async fn keep(room: Room, Path(id): Path<String>, fields: Fields, kind: Kind) -> Result<Answer, Failure> {
    room.run(move |room| {
        let read = room.app.store.read()?;
        let facts = Facts::read(room, &read, &id)?;
        let mut typed = fields.typed();
        let Some(mut ask) = asked(room, &read, &facts, &mut typed, kind)? else {
            return Ok(Answer::Wrong(facts.draw(
                room,
                kind,
                Shown { typed: &typed, day: None, said: None },
            )?));
        };
        let (over, unticked) = anyway(&fields);
        ask.over = over;
        let start = ask.start;
        match rule(by_practitioner::book(&room.app, room.id(), ask))? {
            Ok(booking) => Ok(done(&link::desk_booking(booking.id), "booked")),
            Err(Refusal::NotThere) => Err(Failure::NotFound),
            Err(Refusal::Rule(Rule::Taken(_) | Rule::OwnClash)) => {
                ask_page(room, &read, &facts, (typed, kind), Some(unticked))
            }
            Err(Refusal::Rule(why)) => refused(room, &facts, (typed, kind), start, why),
        }
    })
    .await
}
