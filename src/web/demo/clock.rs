//! The time machine: moves the instance's clock on, living through everything that is due on the way.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::DemoWeb;
use crate::actions::due;
use crate::actions::people::login;
use crate::app::{App, Fault};
use crate::domain::people::login::Person;
use crate::domain::time::{SignedDuration, Timestamp, after, hours};
use crate::store;
use crate::store::due::Due;
use crate::views::demo::{Leap, NOTHING_PLANNED, brought};
use crate::views::link;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard;

/// How far the next event is looked for.
const FURTHEST: SignedDuration = hours(24 * 400);

/// Moves the clock, says what happened, and comes back to the page that asked. Who was signed in before stays so: the
/// time went by on the clock only.
pub async fn leap(
    State(DemoWeb { web, demo }): State<DemoWeb>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let leap = fields.some("leap").and_then(Leap::named).ok_or(Failure::Unreadable)?;
    let _moving = demo.moving.lock().await;
    let here = signed_in(&web.app, &headers).await?;
    let before = newest(&web.app);
    let now = web.app.clock.now();
    let happened = match leap {
        Leap::Hour => live(&web.app, after(now, hours(1))).await?,
        Leap::Day => live(&web.app, after(now, hours(24))).await?,
        Leap::Week => live(&web.app, after(now, hours(7 * 24))).await?,
        Leap::Next => to_next(&web.app).await?,
    };
    demo.say(match happened {
        Happened::Something => brought(since(&web.app, before.as_deref())),
        Happened::Nothing => NOTHING_PLANNED.to_owned(),
    });
    let back = fields.text("back");
    let back = if back.starts_with(&link::demo_clock()) { link::home() } else { link::safe_next(Some(back)) };
    stay(&web.app, here, Redirect::to(&back).into_response()).await
}

/// Who is signed in with this browser, by the tokens of its cookies.
async fn signed_in(app: &Arc<App>, headers: &HeaderMap) -> Result<Vec<(Person, String)>, Fault> {
    let tokens = guard::tokens(app, headers);
    app.run(move |app| {
        let who = |token: String| Ok(login::who(app, &token)?.map(|person| (person, token)));
        tokens.into_iter().filter_map(|token| who(token).transpose()).collect()
    })
    .await
}

/// Signs those in again whose sign-in has come to its end.
async fn stay(
    app: &Arc<App>,
    here: Vec<(Person, String)>,
    mut answer: Response,
) -> Result<Response, Failure> {
    for (person, token) in here {
        let renewed = app.run(move |app| -> Result<_, Fault> {
            let over = login::who(app, &token)?.is_none();
            over.then(|| login::sign_in(app, person)).transpose()
        });
        if let Some(opened) = renewed.await? {
            answer = guard::set(app, opened.who, &opened.cookie, answer);
        }
    }
    Ok(answer)
}

enum Happened {
    Something,
    Nothing,
}

async fn live(app: &Arc<App>, until: Timestamp) -> Result<Happened, Fault> {
    due::live_until(app, until).await?;
    Ok(Happened::Something)
}

/// To the next session that ends, date that is reached or message that goes. Looking at a checkout that nobody pays is
/// no event.
async fn to_next(app: &Arc<App>) -> Result<Happened, Fault> {
    due::attend_all(app).await?;
    let (before, end) = (newest(app), after(app.clock.now(), FURTHEST));
    loop {
        let next = app.run(|app| -> Result<_, Fault> {
            let ours = |due| !matches!(due, Due::Outside(_));
            Ok(store::due::next_after(&app.store.read()?, app.clock.now(), ours)?)
        });
        let Some((at, what)) = next.await?.filter(|(at, _)| *at <= end) else { return Ok(Happened::Nothing) };
        due::live_until(app, at).await?;
        if !matches!(what, Due::Purchase(_)) || newest(app) != before {
            return Ok(Happened::Something);
        }
    }
}

/// Names the newest letter.
fn newest(app: &App) -> Option<String> {
    app.captured()?.letters().first().map(|captured| captured.letter.message_id.clone())
}

/// How many letters came after one.
fn since(app: &App, last: Option<&str>) -> usize {
    let Some(mailbox) = app.captured() else { return 0 };
    let letters = mailbox.letters();
    letters.iter().take_while(|captured| Some(captured.letter.message_id.as_str()) != last).count()
}
