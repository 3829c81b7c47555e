//! Giving more time, and giving sessions.

use axum::extract::Path;
use jiff::civil::Date;
use maud::Markup;

use super::booking::credit_words;
use super::lots::{aways, lot_of};
use super::{Answer, Counter, Room, done, named, parse, rule};
use crate::actions::credits::lot::{self, Gift, Refusal};
use crate::domain::catalog::package::Listing;
use crate::domain::id::{ClientId, LotId};
use crate::domain::text::Line;
use crate::store::{View, catalog, credits, people};
use crate::views::link;
use crate::views::practitioner::credits as view;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

fn draw_extend(room: &Room, read: &View, id: LotId, typed: &Typed) -> Result<Markup, Failure> {
    let (client, counted) = lot_of(room, read, id)?;
    Ok(view::extend(&room.desk(), &client, &counted, &aways(room, read)?, typed))
}

/// The form for more time.
pub async fn extend_form(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_extend(room, read, named(&id)?, &fields.typed())).await
}

/// Gives more time.
pub async fn extend(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: LotId = named(&id)?;
        let mut typed = fields.typed();
        let (to, reason) = (parse::date(&mut typed, "to"), parse::line(&mut typed, "reason"));
        if let (Some(to), Some(reason)) = (to, reason) {
            match extend_now(room, id, to, reason)? {
                Ok(client) => return Ok(done(&link::desk_client(client), "extended")),
                Err(why) => typed.wrong("to", why),
            }
        }
        Ok(Answer::Wrong(draw_extend(room, &room.app.store.read()?, id, &typed)?))
    })
    .await
}

fn extend_now(room: &Room, id: LotId, to: Date, reason: Line) -> Result<Result<ClientId, String>, Failure> {
    match rule(lot::extend(&room.app, room.id(), id, to, reason))? {
        Ok(()) => {
            let lot = credits::lot::find(&room.app.store.read()?, id)?.ok_or(Failure::NotFound)?;
            Ok(Ok(lot.client))
        }
        Err(refusal) => credit_words(refusal).map(|said| Err(format!("{} {}", said.what, said.then))),
    }
}

fn draw_comp(room: &Room, read: &View, id: ClientId, lot: LotId, typed: &Typed) -> Result<Markup, Failure> {
    let client = people::client::find_of(read, room.id(), id)?.ok_or(Failure::NotFound)?;
    let mut packages = catalog::package::of(read, room.id())?;
    packages.retain(|package| package.listing != Listing::Archived);
    Ok(view::comp(&room.desk(), &client, &packages, lot, typed))
}

/// The form for a gift, or what the gift that was typed would make.
pub async fn comp_form(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let (read, client) = (room.app.store.read()?, named(&id)?);
        if !fields.has("id") {
            let lot = LotId::from_bits(room.app.id());
            return Ok(Answer::Page(draw_comp(room, &read, client, lot, &Typed::default())?));
        }
        let mut typed = fields.typed();
        let lot: LotId = named(typed.value("id"))?;
        if let Some(gift) = read_gift(&mut typed, client, lot) {
            match rule(lot::preview_comp(&room.app, room.id(), &gift))? {
                Ok(made) => {
                    let client = people::client::find(&read, client)?.ok_or(Failure::NotFound)?;
                    return Ok(Answer::Page(view::comp_preview(&room.desk(), &client, &made, &typed)));
                }
                Err(refusal) => not_given(&mut typed, refusal)?,
            }
        }
        Ok(Answer::Wrong(draw_comp(room, &read, client, lot, &typed)?))
    })
    .await
}

/// Says beside the number why so many are not given.
fn not_given(typed: &mut Typed, refusal: Refusal) -> Result<(), Failure> {
    match refusal {
        Refusal::Count => typed.wrong("count", "Between 1 and 100 sessions can be given at once."),
        refusal => typed.wrong("count", credit_words(refusal)?.what),
    }
    Ok(())
}

/// Gives sessions.
pub async fn comp(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let client: ClientId = named(&id)?;
        let mut typed = fields.typed();
        let lot: LotId = named(typed.value("id"))?;
        if let Some(gift) = read_gift(&mut typed, client, lot) {
            match rule(lot::comp(&room.app, room.id(), gift))? {
                Ok(()) => return Ok(done(&link::desk_client(client), "given")),
                Err(refusal) => not_given(&mut typed, refusal)?,
            }
        }
        Ok(Answer::Wrong(draw_comp(room, &room.app.store.read()?, client, lot, &typed)?))
    })
    .await
}

fn read_gift(typed: &mut Typed, client: ClientId, id: LotId) -> Option<Gift> {
    let sessions = parse::number(typed, "count");
    let days = parse::number(typed, "days");
    let reason = parse::line(typed, "reason");
    let package =
        typed.read("package", |typed| typed.parse().map_err(|_| "Please choose a package.".to_owned()));
    if days.is_some_and(|days| !(1..=3650).contains(&days)) {
        typed.wrong("days", "Sessions can be used for 1 day to 10 years.");
        return None;
    }
    Some(Gift { id, client, package: package?, sessions: sessions?, days: days?, reason: reason? })
}
