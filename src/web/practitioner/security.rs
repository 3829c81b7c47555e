//! How a member signs in: setting up a second factor and taking it away, recovery codes, and signing her browsers out.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Extension, Router};
use maud::Markup;

use super::sign_in::allowed;
use super::{Answer, Counter, Room, done, rule};
use crate::actions::Error;
use crate::actions::people::{login, passkey, second as action};
use crate::domain::people::second::Refusal;
use crate::views::link::{self, route};
use crate::views::practitioner::security::{self as view, Owed, Security};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_SECURITY, get(page))
        .route(route::DESK_SECURITY_BEGIN, post(begin))
        .route(route::DESK_SECURITY_CONFIRM, post(confirm))
        .route(route::DESK_SECURITY_CODES, post(codes))
        .route(route::DESK_SECURITY_OFF, post(off))
        .route(route::DESK_SECURITY_SIGN_OUT, post(sign_out))
}

pub(super) fn draw(room: &Room, typed: &Typed) -> Result<Markup, Failure> {
    let standing = action::standing(&room.app, &room.member, room.practice.name.as_str())?;
    let signed = login::everywhere(&room.app, room.member.id, &room.cookie)?;
    let owed = if room.owes_factor { Owed::First } else { Owed::Nothing };
    let passkeys = passkey::of(&room.app, room.member.id)?;
    let site = passkey::site_name(&room.app);
    Ok(view::page(
        &room.desk(),
        &Security {
            member: &room.member,
            standing: &standing,
            owed,
            passkeys: &passkeys,
            site: site.as_deref(),
            signed: &signed,
            typed,
        },
    ))
}

async fn page(Counter(room): Counter) -> Result<Answer, Failure> {
    room.run(|room| Ok(Answer::Page(draw(room, &Typed::default())?))).await
}

/// Whether she may try a secret of hers now; what somebody guesses who sits at her open desk is bounded as at the door.
pub(super) fn may_try(web: &Web, room: &Room, from: Option<Extension<ClientAddr>>) -> Result<(), Failure> {
    let account = room.member.id.to_string();
    if allowed(web, "second", (from, &account)) {
        Ok(())
    } else {
        Err(Failure::TooMany(crate::domain::time::minutes(15)))
    }
}

/// Makes a key for her app.
async fn begin(Counter(room): Counter) -> Result<Answer, Failure> {
    room.run(move |room| {
        action::begin(&room.app, room.member.id)?;
        Ok(Answer::To(link::desk_security()))
    })
    .await
}

/// The page with recovery codes, which no cache and no redirect may keep, or what is wrong with the code.
fn shown(
    room: &Room,
    made: Result<Vec<String>, Error<Refusal>>,
    mut typed: Typed,
) -> Result<Answer, Failure> {
    match rule(made)? {
        Ok(codes) => Ok(Answer::Page(view::codes(&room.desk(), &codes))),
        Err(refusal) => {
            typed.set("code", "");
            typed.wrong("code", text::second(refusal));
            Ok(Answer::Wrong(draw(room, &typed)?))
        }
    }
}

/// Turns the second factor on by a code of the app, or gives it up.
async fn confirm(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Counter(room): Counter,
    fields: Fields,
) -> Result<Answer, Failure> {
    may_try(&web, &room, from)?;
    room.run(move |room| {
        if fields.text("turn") == "give-up" {
            action::give_up(&room.app, room.member.id)?;
            return Ok(Answer::To(link::desk_security()));
        }
        let made = action::confirm(&room.app, room.member.id, fields.text("code"));
        shown(room, made, fields.typed())
    })
    .await
}

async fn codes(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Counter(room): Counter,
    fields: Fields,
) -> Result<Answer, Failure> {
    may_try(&web, &room, from)?;
    room.run(move |room| {
        let made = action::renew(&room.app, room.member.id, fields.text("code"));
        shown(room, made, fields.typed())
    })
    .await
}

async fn off(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Counter(room): Counter,
    fields: Fields,
) -> Result<Answer, Failure> {
    may_try(&web, &room, from)?;
    room.run(move |room| match rule(action::remove(&room.app, room.member.id, fields.text("code")))? {
        Ok(()) => Ok(done(&link::desk_security(), "second-off")),
        Err(refusal) => shown(room, Err(Error::Refused(refusal)), fields.typed()),
    })
    .await
}

async fn sign_out(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        if fields.text("others") == "yes" {
            login::sign_out_others(&room.app, room.member.id, &room.cookie)?;
            return Ok(done(&link::desk_security(), "signed-out-others"));
        }
        login::sign_out_named(&room.app, room.member.id, fields.text("login"))?;
        Ok(done(&link::desk_security(), "signed-out"))
    })
    .await
}
