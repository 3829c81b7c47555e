//! "Same time every week" for a client: the dates, "shall we book these?", and booking all of them or none.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::booking::no_time;
use super::times::{Wish, book_page};
use super::{own_lot, practitioner};
use crate::actions::Error;
use crate::actions::calendar::series::{self, Refusal};
use crate::app::App;
use crate::domain::credits::ledger::Actor;
use crate::domain::id::{BookingId, ClientId, LotId};
use crate::domain::time::Timestamp;
use crate::store::View;
use crate::views::client::weekly as view;
use crate::views::link;
use crate::views::text::Said;
use crate::views::weekly::{Chosen, Dates};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::SignedIn;
use crate::web::setting::{Answer, Setting, draw, named};
use crate::web::weekly::{chosen, listed, none_chosen, refused};

/// The page of dates from a first time on; with something said, it is the answer to what was wrong.
fn page(
    (app, read): (&App, &View),
    client: ClientId,
    lot: LotId,
    first: Option<Timestamp>,
    said: Option<Said>,
) -> Result<Answer, Failure> {
    let (lot, _) = own_lot(read, client, lot, app.clock.now())?;
    let Some(first) = first else {
        return book_page(app, read, client, lot.id, Wish::after(no_time(), None));
    };
    let setting = Setting::read(app, read, Some(client), Some(lot.practitioner))?;
    let zone = &setting.me()?.zone;
    let weeks = match series::propose(app, Actor::Client(client), lot.id, first, None) {
        Ok(weeks) if !weeks.is_empty() => weeks,
        Err(Error::Failed(fault)) => return Err(fault.into()),
        // Without a credit, or without hours: the page of times says so.
        _ => return book_page(app, read, client, lot.id, Wish::default()),
    };
    let (with, _) = practitioner(read, lot.practitioner)?;
    let confirm = link::weekly_confirm(lot.id);
    let dates = Dates { first, weeks: &weeks, confirm: &confirm, zone };
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(Answer(status, view::dates(&setting.around(), (&lot, &with), &dates, said.as_ref())))
}

pub(super) async fn dates(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let first = fields.read("slot");
    draw(&web, move |app, read| page((app, read), client, named(&lot)?, first, None)).await
}

pub(super) async fn confirm(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    draw(&web, move |app, read| {
        let id: LotId = named(&lot)?;
        let starts = chosen(&fields, || BookingId::from_bits(app.id()));
        let first = fields.read("slot").or(starts.first().map(|(_, start)| *start));
        let Some(shown) = first.filter(|_| !starts.is_empty()) else {
            return page((app, read), client, id, first, Some(none_chosen()));
        };
        let setting = Setting::read(app, read, Some(client), None)?;
        let zone = &setting.me()?.zone;
        let preview = match series::preview(app, Actor::Client(client), id, &starts) {
            Ok(preview) => preview,
            Err(Error::Failed(fault)) => return Err(fault.into()),
            Err(Error::Refused(why)) => {
                let said = refused(why, &starts, zone).ok_or(Failure::NotFound)?;
                return page((app, read), client, id, first, Some(said));
            }
        };
        let (lot, _) = own_lot(read, client, id, app.clock.now())?;
        let setting = Setting::read(app, read, Some(client), Some(lot.practitioner))?;
        let book = link::weekly(lot.id);
        let chosen = Chosen {
            first: shown,
            starts: &starts,
            lots: &preview.lots,
            book: &book,
            will_have: "You’ll have",
            zone,
        };
        Ok(Answer::page(view::confirm(&setting.around(), &lot, &chosen)))
    })
    .await
}

pub(super) async fn book(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id: LotId = named(&lot)?;
    let starts = listed(&fields).ok_or(Failure::Unreadable)?;
    let first = fields.read("first");
    if starts.is_empty() {
        let again = move |app: &App, read: &View| page((app, read), client, id, first, Some(none_chosen()));
        return Ok(draw(&web, again).await?.into_response());
    }
    let asked = starts.clone();
    match web.app.run(move |app| series::book(app, Actor::Client(client), id, asked)).await {
        Ok(_) => Ok(Redirect::to(&link::me()).into_response()),
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(Refusal::NotThere)) => Err(Failure::NotFound),
        Err(Error::Refused(why)) => {
            let again = move |app: &App, read: &View| {
                let zone = crate::actions::people::client::of(app, client)?.zone;
                page((app, read), client, id, first, refused(why, &starts, &zone))
            };
            Ok(draw(&web, again).await?.into_response())
        }
    }
}
