//! Passkeys: asking one (by the script, which answers in a form), signing in with it, adding and taking away.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Extension, Router};
use serde_json::{Value, json};

use super::security::draw;
use super::sign_in::{allowed, allowed_from, answer, next};
use super::{Answer, Counter, done, parse, rule};
use crate::actions::people::passkey as action;
use crate::domain::people::passkey::Refusal;
use crate::domain::time::hours;
use crate::views::link::{self, route};
use crate::views::practitioner::sign_in::Word;
use crate::views::text;
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard;
use crate::web::question::Purpose;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_SIGN_IN_PASSKEY, post(sign_in))
        .route(route::DESK_SIGN_IN_PASSKEY_BEGIN, post(ask))
        .route(route::DESK_PASSKEYS, post(add))
        .route(route::DESK_PASSKEYS_BEGIN, post(ask_for_new))
        .route(route::DESK_PASSKEYS_REMOVE, post(remove))
}

/// Whether an answer is to a question of ours, for this purpose and not long ago; it is used up by that.
pub(super) fn was_asked(web: &Web, answer: &str, purpose: Purpose) -> bool {
    let question = action::question_of(answer);
    question.is_some_and(|question| web.questions.take(&question, purpose, web.app.clock.now()).is_some())
}

/// For the script.
fn told(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// Asks whichever passkey there is; who asks is nobody yet.
async fn ask(State(web): State<Web>, from: Option<Extension<ClientAddr>>) -> Result<Response, Failure> {
    if action::site_name(&web.app).is_none() {
        return Ok(Redirect::to(&link::desk_sign_in()).into_response());
    }
    if !allowed_from(&web, "passkey", from) {
        return Err(Failure::TooMany(hours(1)));
    }
    let (question, shown) = action::question(&web.app);
    web.questions.ask(question, Purpose::Use, web.app.clock.now());
    Ok(told(&json!({ "challenge": shown })))
}

/// Signs in.
async fn sign_in(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let signed = fields.text("answer").to_owned();
    let typed = fields.typed().without(&["answer"]);
    let credential = signed.split('.').next().unwrap_or_default();
    if !allowed(&web, "passkey-in", (from, credential)) {
        return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, typed).await;
    }
    if was_asked(&web, &signed, Purpose::Use)
        && let Ok(opened) = web.app.run(move |app| rule(action::sign_in(app, &signed))).await?
    {
        let onwards = Redirect::to(&next(fields.some("next")));
        return Ok(guard::set_after_both(&web.app, &opened, onwards));
    }
    web.app.machine.figures.sign_in_refused();
    answer(&web, StatusCode::UNPROCESSABLE_ENTITY, Word::Passkey, typed).await
}

/// Asks for a new passkey.
async fn ask_for_new(State(web): State<Web>, Counter(room): Counter) -> Result<Response, Failure> {
    if action::site_name(&room.app).is_none() {
        return Ok(Redirect::to(&link::desk_security()).into_response());
    }
    let (question, shown) = action::question(&room.app);
    web.questions.ask(question, Purpose::Add(room.member.id), room.now);
    room.run(move |room| {
        let hers = action::of(&room.app, room.member.id)?;
        let exclude: Vec<String> = hers.iter().map(|(_, one)| action::shown(&one.credential)).collect();
        let member = &room.member;
        Ok(told(&json!({
            "challenge": shown,
            "exclude": exclude,
            "user": {
                "id": action::shown(&member.id.bits().to_be_bytes()),
                "name": member.email.to_string(),
                "display": member.name.as_str(),
            },
        })))
    })
    .await
}

/// Keeps it.
async fn add(State(web): State<Web>, Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    let purpose = Purpose::Add(room.member.id);
    let mut typed = fields.typed().without(&["answer"]);
    let was_asked = was_asked(&web, fields.text("answer"), purpose);
    room.run(move |room| {
        let name = parse::line(&mut typed, "passkey-name");
        if let Some(name) = name {
            let added = match was_asked {
                true => rule(action::add(&room.app, room.member.id, (fields.text("answer"), name)))?,
                false => Err(Refusal::NotAsked),
            };
            match added {
                Ok(()) => return Ok(done(&link::desk_security(), "passkey")),
                Err(refusal) => typed.wrong("passkey-name", text::passkey(refusal)),
            }
        }
        Ok(Answer::Wrong(draw(room, &typed)?))
    })
    .await
}

/// Takes one away.
async fn remove(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        // One that is gone is gone.
        let _ = rule(action::remove(&room.app, room.member.id, fields.text("passkey")))?;
        Ok(done(&link::desk_security(), "passkey-gone"))
    })
    .await
}
