//! Moving and cancelling a session. What the page said becomes of the credit goes along with the form: if that has
//! changed meanwhile, the page asks again.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::booking::no_time;
use super::times::{Wish, move_page};
use super::{own_booking, practitioner};
use crate::actions::Error;
use crate::actions::calendar::change::{Refusal, Returns};
use crate::actions::calendar::{availability, booking, change};
use crate::app::App;
use crate::domain::calendar::change::{self as rule, Facts};
use crate::domain::calendar::promise::promise;
use crate::domain::calendar::slot::By;
use crate::domain::credits::ledger::Actor;
use crate::domain::id::{BookingId, ClientId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::View;
use crate::views::client::booking::Session;
use crate::views::client::change::{self as view, Change, LOST, RETURNS};
use crate::views::link;
use crate::views::text::{self, Said};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::SignedIn;
use crate::web::setting::{Answer, Setting, draw, named};

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    draw(&web, move |app, read| {
        let id = named(&id)?;
        let now = app.clock.now();
        let (booking, counted) = own_booking(read, client, id, now)?;
        if rule::cancel_by_client(&booking, (&counted.0, &counted.1), now).is_err() {
            // Over or called off: its own page says so.
            return Ok(Redirect::to(&link::booking(id)).into_response());
        }
        Ok(page(app, read, client, id, None)?.into_response())
    })
    .await
}

/// What the form held, for the page that asks again.
#[derive(Default)]
struct Held {
    word: String,
    word_wrong: Option<String>,
    not_understood: Option<&'static str>,
    said: Option<Said>,
}

/// The page that offers to change a session; with something said, it is the answer to what could not be done.
pub(super) fn page(
    app: &App,
    read: &View,
    client: ClientId,
    id: BookingId,
    said: Option<Said>,
) -> Result<Answer, Failure> {
    asked(app, read, client, id, Held { said, ..Held::default() })
}

fn asked(app: &App, read: &View, client: ClientId, id: BookingId, held: Held) -> Result<Answer, Failure> {
    let now = app.clock.now();
    let (booking, counted) = own_booking(read, client, id, now)?;
    let facts = (&counted.0, &counted.1);
    // What is over has nothing to lose: the page says why it cannot be changed.
    let credit = rule::cancel_by_client(&booking, facts, now);
    let setting = Setting::read(app, read, Some(client), Some(booking.practitioner))?;
    let (with, place) = practitioner(read, booking.practitioner)?;
    let zone = &setting.me()?.zone;
    let session =
        Session { starts_at: booking.starts_at, counted: &counted, with: &with, place: place.as_ref(), zone };
    let Ok(credit) = credit else {
        let notes = super::notes::Opened::read(app, read, client)?;
        let past = crate::views::client::booking::past(
            &setting.around(),
            &booking,
            &session,
            &notes.about(booking.id),
        );
        return Ok(Answer::wrong(past));
    };
    let fine = held.said.is_none() && held.word_wrong.is_none() && held.not_understood.is_none();
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let change = Change {
        booking: &booking,
        session,
        credit,
        promise: promise(booking.starts_at, facts, now),
        movable: rule::check_move(&booking, facts, now),
        typed: &held.word,
        typed_wrong: held.word_wrong.as_deref(),
        not_understood: held.not_understood,
        said: held.said,
    };
    Ok(Answer(status, view::change(&setting.around(), &change)))
}

/// The word for the practitioner: some lines become one.
fn word(fields: &Fields) -> Result<Option<Line>, String> {
    let joined = fields.text("why").split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.is_empty() { Ok(None) } else { joined.parse().map(Some).map_err(text::text) }
}

pub(super) async fn cancel(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id: BookingId = named(&id)?;
    let told = match fields.text("credit") {
        RETURNS => Returns::Yes,
        LOST => Returns::No,
        _ => return Err(Failure::Unreadable),
    };
    let typed = fields.text("why").to_owned();
    let understood = told == Returns::Yes || fields.text("understood") == "yes";
    let word = match word(&fields) {
        Ok(word) if understood => word,
        read => {
            let held = Held {
                word: typed,
                word_wrong: read.err(),
                not_understood: (!understood).then_some("Please tick the box, or keep the session."),
                said: None,
            };
            return again(&web, client, id, held).await;
        }
    };
    match web.app.run(move |app| change::cancel_saying(app, client, id, told, word)).await {
        Ok(_) => Ok(Redirect::to(&link::booking(id)).into_response()),
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(Refusal::NotThere)) => Err(Failure::NotFound),
        Err(Error::Refused(Refusal::Otherwise(credit))) => {
            let what = "Something changed while the page was open.".to_owned();
            let then = match Returns::of(credit) {
                Returns::Yes => "The credit would come back now. Please look once more.",
                Returns::No => {
                    "The credit would not come back now. Nothing was canceled; please look once more."
                }
            };
            let said = Some(Said { what, then: then.to_owned() });
            again(&web, client, id, Held { word: typed, said, ..Held::default() }).await
        }
        Err(Error::Refused(Refusal::Rule(refusal))) => refused(&web, client, id, refusal).await,
    }
}

async fn again(web: &Web, client: ClientId, id: BookingId, held: Held) -> Result<Response, Failure> {
    draw(web, move |app, read| Ok(asked(app, read, client, id, held)?.into_response())).await
}

/// The page of the session with the reason against the change.
async fn refused(
    web: &Web,
    client: ClientId,
    id: BookingId,
    why: rule::Refusal,
) -> Result<Response, Failure> {
    draw(web, move |app, read| {
        let zone = crate::actions::people::client::of(app, client)?.zone;
        Ok(page(app, read, client, id, Some(text::change(why, &zone)))?.into_response())
    })
    .await
}

pub(super) async fn confirm_move(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let to = fields.read::<Timestamp>("slot");
    draw(&web, move |app, read| {
        let (id, now) = (named(&id)?, app.clock.now());
        let (found, from) = own_booking(read, client, id, now)?;
        let Some(to) = to else {
            return move_page(app, read, client, id, Wish::after(no_time(), None));
        };
        let zone = crate::actions::people::client::of(app, client)?.zone;
        let span = (to, found.length());
        let lots = booking::siblings(read, &from.0, now)?;
        let slot = availability::check(read, found.practitioner, span, By::Client, Some(id), now)?;
        let clash = booking::clash(read, client, span, Some(id))?;
        let facts = Facts { from: &from, lots: &lots, slot, clash };
        // The same decision as the move's own, so that nothing is promised that would be refused.
        let lot = match rule::reschedule(&found, to, &facts, Actor::Client(client), now) {
            Ok(lot) => lot,
            Err(why) => {
                let wish = Wish::after(text::change(why, &zone), Some(zone.date(to)));
                return move_page(app, read, client, id, wish);
            }
        };
        let pays = lots.iter().find(|(one, _)| one.id == lot).unwrap_or(&from);
        let setting = Setting::read(app, read, Some(client), Some(found.practitioner))?;
        let (with, place) = practitioner(read, found.practitioner)?;
        let session = |starts_at, counted| Session {
            starts_at,
            counted,
            with: &with,
            place: place.as_ref(),
            zone: &zone,
        };
        let (before, after) = (session(found.starts_at, &from), session(to, pays));
        Ok(Answer::page(view::confirm(&setting.around(), &found, (&before, &after), now)))
    })
    .await
}

pub(super) async fn reschedule(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id: BookingId = named(&id)?;
    let Some(to) = fields.read::<Timestamp>("slot") else {
        return draw(&web, move |app, read| {
            Ok(move_page(app, read, client, id, Wish::after(no_time(), None))?.into_response())
        })
        .await;
    };
    match web.app.run(move |app| change::reschedule(app, client, id, to)).await {
        Ok(_) => Ok(Redirect::to(&link::booking(id)).into_response()),
        // The form was sent twice: the first one moved it.
        Err(Error::Refused(Refusal::Rule(rule::Refusal::SameTime))) => {
            Ok(Redirect::to(&link::booking(id)).into_response())
        }
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(Refusal::NotThere)) => Err(Failure::NotFound),
        Err(Error::Refused(Refusal::Otherwise(_))) => Err(Failure::Unreadable),
        Err(Error::Refused(Refusal::Rule(why))) => {
            draw(&web, move |app, read| {
                let zone = crate::actions::people::client::of(app, client)?.zone;
                let wish = Wish::after(text::change(why, &zone), Some(zone.date(to)));
                Ok(move_page(app, read, client, id, wish)?.into_response())
            })
            .await
        }
    }
}
