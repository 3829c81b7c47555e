//! Data that came back from a backup: the owner looks at what waits, has the provider asked, and lets it go on.

use axum::Router;
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Owner, Room, done, rule};
use crate::actions::keeping::hold::{self as action, Unknown, Waiting};
use crate::domain::keeping::hold::{Late, Refusal};
use crate::views::link::{self, route};
use crate::views::practitioner::hold::{self as view, Hold};
use crate::views::text::{self, Said};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_HOLD, get(page).post(let_go)).route(route::DESK_HOLD_ASK, post(ask))
}

fn draw(room: &Room, waiting: &Waiting, unknown: Option<&[Unknown]>, refused: Option<&Said>) -> Markup {
    let named = |unknown: &Unknown| {
        let amount = unknown.amount.map_or_else(|| "a payment".to_owned(), |amount| amount.to_string());
        (unknown.checkout.clone(), amount)
    };
    let unknown: Option<Vec<_>> = unknown.map(|all| all.iter().map(named).collect());
    let (held, messages, lots, refunds) = (waiting.held, waiting.messages, waiting.lots, waiting.refunds);
    let shown = Hold {
        held,
        provider: waiting.provider,
        messages,
        lots,
        refunds,
        unknown: unknown.as_deref(),
        refused,
    };
    view::page(&room.desk(), &shown)
}

/// What waits, if anything is held.
async fn page(Owner(room): Owner) -> Result<Answer, Failure> {
    room.run(|room| {
        let waiting = action::waiting(&room.app)?;
        let page =
            waiting.map_or_else(|| view::nothing(&room.desk()), |waiting| draw(room, &waiting, None, None));
        Ok(Answer::Page(page))
    })
    .await
}

/// Asks the provider.
async fn ask(Owner(room): Owner) -> Result<Answer, Failure> {
    let asked = action::ask(&room.app).await;
    room.run(move |room| {
        let waiting = action::waiting(&room.app)?.ok_or(Failure::NotFound)?;
        Ok(match asked {
            Ok(unknown) => Answer::Page(draw(room, &waiting, Some(&unknown), None)),
            Err(fault) => {
                tracing::warn!(%fault, "the provider could not be asked after a restore");
                Answer::Wrong(draw(room, &waiting, None, Some(&text::hold(Refusal::Silent))))
            }
        })
    })
    .await
}

/// Lets the data go.
async fn let_go(Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    let late = if fields.text("late") == "send" { Late::Send } else { Late::SetAside };
    room.run(move |room| match rule(action::let_go(&room.app, room.member.id, late))? {
        // Sent twice, it is done once.
        Ok(()) | Err(Refusal::NotHeld) => Ok(done(&link::desk(), "goes-on")),
        Err(refusal) => {
            let waiting = action::waiting(&room.app)?.ok_or(Failure::NotFound)?;
            Ok(Answer::Wrong(draw(room, &waiting, None, Some(&text::hold(refusal)))))
        }
    })
    .await
}
