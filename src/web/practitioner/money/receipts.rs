//! Receipts and credit notes at the desk.

use axum::extract::Path;
use axum::response::Response;

use super::{download, first_sale, may_see, named, period};
use crate::domain::billing::receipt::Receipt;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::store::{StoreError, View, billing, catalog, people};
use crate::views::practitioner::money::{Listed, PAGE, receipt as one_view, receipts as list_view};
use crate::views::receipt::Shown;
use crate::views::ui::Page;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::practitioner::{Answer, Room};

/// The list of a month or a year.
pub(super) async fn list(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let period = period(room, &fields);
        let (from, until) = period.bounds(&room.practice.zone);
        let mut papers = seen(room, read, |receipt| (from..until).contains(&receipt.issued_at))?;
        papers.reverse();
        let some = Page::of(&papers, fields.read("page").unwrap_or(1), PAGE);
        let listed = some.rows.iter().map(|(receipt, purchase)| {
            let client = people::client::find(read, purchase.client)?;
            let client = client.map(|client| client.name.to_string()).unwrap_or_default();
            Ok(Listed { receipt: receipt.clone(), client, package: purchase.offer.name.to_string() })
        });
        let listed = listed.collect::<Result<Vec<_>, StoreError>>()?;
        let years = super::books::years(room, first_sale(room, read)?);
        Ok(list_view(&room.desk(), period, years, &some.showing(&listed)))
    })
    .await
}

/// The papers that she may see, by number, with their sales.
pub(super) fn seen(
    room: &Room,
    read: &View,
    which: impl Fn(&Receipt) -> bool,
) -> Result<Vec<(Receipt, Purchase)>, Failure> {
    let mut papers = Vec::new();
    billing::receipt::each(read, |receipt| {
        if which(&receipt) {
            let purchase = catalog::purchase::find(read, receipt.purchase)?;
            let purchase = purchase.filter(|purchase| may_see(room, purchase.practitioner));
            papers.extend(purchase.map(|purchase| (receipt, purchase)));
        }
        Ok(())
    })?;
    Ok(papers)
}

/// A paper of hers with all that it names.
struct Found {
    receipt: Receipt,
    purchase: Purchase,
    client: Client,
    with: Practitioner,
}

fn found(room: &Room, read: &View, number: &str) -> Result<Found, Failure> {
    let receipt = billing::receipt::find(read, named(number)?)?.ok_or(Failure::NotFound)?;
    let purchase = catalog::purchase::find(read, receipt.purchase)?;
    let purchase = purchase.filter(|one| may_see(room, one.practitioner)).ok_or(Failure::NotFound)?;
    let client = people::client::find(read, purchase.client)?.ok_or(Failure::NotFound)?;
    let with = people::practitioner::find(read, purchase.practitioner)?.ok_or(Failure::NotFound)?;
    Ok(Found { receipt, purchase, client, with })
}

fn draw<T>(room: &Room, number: &str, draw: impl FnOnce(&Shown<'_>) -> T) -> Result<T, Failure> {
    let read = room.app.store.read()?;
    let Found { receipt, purchase, client, with } = found(room, &read, number)?;
    let payment = billing::payment::of(&read, purchase.id)?;
    Ok(draw(&Shown {
        receipt: &receipt,
        purchase: &purchase,
        payment: payment.as_ref(),
        client: &client,
        with: &with,
        practice: &room.practice,
    }))
}

/// One of them.
pub(super) async fn one(room: Room, Path(number): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let desk = room.desk();
        draw(room, &number, |shown| Answer::Page(one_view(&desk, shown)))
    })
    .await
}

/// The same as a PDF.
pub(super) async fn pdf(room: Room, Path(number): Path<String>) -> Result<Response, Failure> {
    room.run(move |room| draw(room, &number, as_pdf)?.ok_or(Failure::NotFound)).await
}

/// A paper as a PDF; nothing if a name has letters that it cannot show.
pub(in crate::web) fn as_pdf(shown: &Shown<'_>) -> Option<Response> {
    let name = format!("{}.pdf", crate::domain::billing::receipt::printed(shown.receipt.number));
    shown.paper().pdf().map(|body| download("application/pdf", &name, body))
}
