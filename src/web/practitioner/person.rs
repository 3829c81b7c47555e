//! Adding somebody by hand, correcting her particulars, tagging her.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};

use super::{Answer, Counter, Room, done, lots, named, parse, rule};
use crate::actions::people::by_practitioner::{self as action, Added, Card, NotTagged, Refusal};
use crate::domain::email::EmailAddress;
use crate::domain::id::ClientId;
use crate::domain::people::client::Client;
use crate::store::{View, people};
use crate::views::link::{self, route};
use crate::views::practitioner::person::{self as view, Address, Onwards, SURE};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of a person.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_CLIENT_NEW, get(fresh).post(add))
        .route(route::DESK_CLIENT_EDIT, get(edit).post(correct))
        .route(route::DESK_TAGS, post(tag))
}

/// A client of this practitioner's.
pub(super) fn hers(room: &Room, read: &View, id: &str) -> Result<Client, Failure> {
    people::client::find_of(read, room.id(), named(id)?)?.ok_or(Failure::NotFound)
}

/// Where the form for somebody new came from, and what goes on with her afterwards.
fn onwards(room: &Room, read: &View, fields: &Fields) -> Result<Onwards, Failure> {
    if let Some(lot) = fields.some("lot") {
        return Ok(Onwards::PassOn(lots::lot_of(room, read, named(lot)?)?.1.0.id));
    }
    Ok(if fields.text("then") == "sell" { Onwards::Sell } else { Onwards::Stay })
}

/// The form for somebody new.
async fn fresh(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let onwards = onwards(room, read, &fields)?;
        let typed = Typed::default().with("name", fields.text("name"));
        Ok(view::fresh(&room.desk(), ClientId::from_bits(room.app.id()), onwards, &typed))
    })
    .await
}

fn read_card(typed: &mut Typed) -> Option<Card> {
    let name = parse::line(typed, "name");
    let email = parse::email(typed, "email");
    let phone = parse::line_or_none(typed, "phone");
    let card = Card { name: name?, email: email?, phone };
    typed.is_sound().then_some(card)
}

/// Adds somebody.
async fn add(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let id: ClientId = named(typed.value("id"))?;
        let onwards = onwards(room, &room.app.store.read()?, &fields)?;
        if let Some(card) = read_card(&mut typed) {
            let added = rule(action::add(&room.app, room.id(), id, card))?.map_err(|_| Failure::NotFound)?;
            let (client, what) = match added {
                Added::New(id) => (id, "added"),
                Added::Known(id) => (id, "known"),
            };
            return Ok(match onwards {
                Onwards::PassOn(lot) => Answer::To(format!("{}?who={client}", link::desk_pass_on(lot))),
                Onwards::Sell => Answer::To(link::desk_sell(client)),
                Onwards::Stay => done(&link::desk_client(client), what),
            });
        }
        Ok(Answer::Wrong(view::fresh(&room.desk(), id, onwards, &typed)))
    })
    .await
}

/// The form for her particulars.
async fn edit(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let client = hers(room, read, &id)?;
        let phone = client.phone.as_ref().map_or("", |phone| phone.as_str());
        let typed = Typed::default()
            .with("name", client.name.as_str())
            .with("email", client.email.to_string())
            .with("phone", phone);
        Ok(view::edit(&room.desk(), &client, Address::Same, &typed))
    })
    .await
}

/// Keeps her particulars; a new address only after it was said what follows from it.
async fn correct(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let client = hers(room, &room.app.store.read()?, &id)?;
        let mut typed = fields.typed();
        if !room.seat.is_own() {
            typed.set("email", client.email.to_string());
        }
        let mut new: Option<EmailAddress> = None;
        if let Some(card) = read_card(&mut typed) {
            let changed = card.email.key() != client.email.key();
            new = changed.then(|| card.email.clone());
            if !changed || typed.value(SURE) == "yes" {
                match rule(action::correct(&room.app, room.id(), client.id, card))? {
                    Ok(()) => return Ok(done(&link::desk_client(client.id), "saved")),
                    Err(Refusal::NotThere) => return Err(Failure::NotFound),
                    Err(Refusal::AddressTaken) => {
                        typed.wrong("email", "Somebody else signs in with that address.")
                    }
                    Err(Refusal::OfOthersToo) => typed.wrong("email", OF_OTHERS),
                }
                new = None;
            }
        }
        let text = new.map(|email| email.to_string());
        let address = text.as_deref().map_or(Address::Same, Address::New);
        Ok(Answer::Wrong(view::edit(&room.desk(), &client, address, &typed)))
    })
    .await
}

const OF_OTHERS: &str = "Others in this practice have this client too, and whoever reads mail at the address can read what they \
                         share. Add the new address as somebody new instead, and pass the sessions on.";

/// Tags her, or takes a tag off.
async fn tag(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let client = hers(room, &room.app.store.read()?, &id)?;
        let back = || Ok(done(&link::desk_client(client.id), "saved"));
        if let Some(off) = fields.some("off") {
            rule(action::untag(&room.app, room.id(), client.id, named(off)?))?
                .map_err(|_| Failure::NotFound)?;
            return back();
        }
        let mut typed = fields.typed();
        if let Some(tag) = typed.read("tag", |typed| typed.parse().map_err(text::text)) {
            match rule(action::tag(&room.app, room.id(), client.id, tag))? {
                Ok(()) => return back(),
                Err(NotTagged::NotThere) => return Err(Failure::NotFound),
                Err(NotTagged::Rule(why)) => typed.wrong("tag", text::tagging(why)),
            }
        }
        let read = room.app.store.read()?;
        let tags = people::tag::of(&read, room.id(), client.id)?;
        let in_use = people::tag::in_use(&read, room.id())?;
        Ok(Answer::Wrong(view::tags_page(&room.desk(), &client, &tags, &in_use, &typed)))
    })
    .await
}
