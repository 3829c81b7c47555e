//! The sandbox till's page: the visitor plays the buyer. What it comes to is asked for and settled by the real code.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Demo, DemoWeb, page};
use crate::domain::time::{SignedDuration, after, hours};
use crate::payments::sandbox::Shown;
use crate::payments::{CheckoutId, CheckoutState};
use crate::views::demo::{self, Deed, TillPage};
use crate::views::link;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// How long a bank takes.
const BANK: SignedDuration = hours(3 * 24);

/// What is asked, and the ways to answer.
pub async fn show(State(demo): State<Arc<Demo>>, Path(checkout): Path<String>) -> Result<Response, Failure> {
    let (_, shown) = find(&demo, &checkout)?;
    if shown.checkout.state != CheckoutState::Open {
        return Ok(page(demo::till_closed(&path_of(&shown.success_url), demo.accent)));
    }
    let till =
        TillPage { checkout: &checkout, what: &shown.what, amount: shown.amount, declined: shown.declined };
    Ok(page(demo::till(&till, demo.accent)))
}

/// What the buyer does. A page that has closed meanwhile leads to how the purchase stands.
pub async fn act(
    State(DemoWeb { web, demo }): State<DemoWeb>,
    Path(checkout): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (id, shown) = find(&demo, &checkout)?;
    let deed = fields.some("deed").and_then(Deed::named).ok_or(Failure::Unreadable)?;
    let answer_at = after(web.app.clock.now(), BANK);
    let (done, to) = match deed {
        Deed::Pay => (demo.till.pay(&id), path_of(&shown.success_url)),
        Deed::Decline => (demo.till.decline(&id), link::demo_till(&checkout)),
        Deed::Debit => (demo.till.pay_later(&id, answer_at), path_of(&shown.success_url)),
        Deed::FailingDebit => (demo.till.fail_later(&id, answer_at), path_of(&shown.success_url)),
        Deed::Back => (Ok(shown.checkout.clone()), path_of(&shown.cancel_url)),
    };
    let to = done.map_or_else(|_closed| path_of(&shown.success_url), |_| to);
    Ok(Redirect::to(&to).into_response())
}

fn find(demo: &Demo, checkout: &str) -> Result<(CheckoutId, Shown), Failure> {
    let id: CheckoutId = checkout.parse().map_err(|_| Failure::NotFound)?;
    let shown = demo.till.show(&id).map_err(|_| Failure::NotFound)?;
    Ok((id, shown))
}

/// The path of one of our own addresses, so that the browser stays on the name by which it came.
fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(link::home, |at| rest[at..].to_owned())
}
