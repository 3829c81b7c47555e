//! A receipt or credit note of hers.

use axum::extract::{Path, State};
use axum::response::Response;

use super::practitioner;
use crate::app::App;
use crate::domain::id::ClientId;
use crate::store::{View, billing, catalog};
use crate::views::receipt::{Shown, page as view};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::guard::SignedIn;
use crate::web::practitioner::money::as_pdf;
use crate::web::setting::{Answer, Setting, draw, named};

/// Reads all that a paper names, if it is hers.
fn with<T>(
    app: &App,
    read: &View,
    (client, number): (ClientId, &str),
    draw: impl FnOnce(&Setting, &Shown<'_>) -> T,
) -> Result<T, Failure> {
    let receipt = billing::receipt::find(read, named(number)?)?.ok_or(Failure::NotFound)?;
    let purchase = catalog::purchase::find(read, receipt.purchase)?.filter(|one| one.client == client);
    let purchase = purchase.ok_or(Failure::NotFound)?;
    let setting = Setting::read(app, read, Some(client), Some(purchase.practitioner))?;
    let (with, _) = practitioner(read, purchase.practitioner)?;
    let payment = billing::payment::of(read, purchase.id)?;
    let shown = Shown {
        receipt: &receipt,
        purchase: &purchase,
        payment: payment.as_ref(),
        client: setting.me()?,
        with: &with,
        practice: &setting.practice,
    };
    Ok(draw(&setting, &shown))
}

pub(super) async fn page(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(number): Path<String>,
) -> Result<Answer, Failure> {
    draw(&web, move |app, read| {
        with(app, read, (client, &number), |setting, shown| Answer::page(view(&setting.around(), shown)))
    })
    .await
}

pub(super) async fn pdf(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    web.app
        .run(move |app| {
            let read = app.store.read()?;
            with(app, &read, (client, &number), |_, shown| as_pdf(shown))?.ok_or(Failure::NotFound)
        })
        .await
}
