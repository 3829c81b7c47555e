//! How it stands with one client.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;

use super::{download, may_see, named};
use crate::domain::billing::journal::earnings;
use crate::domain::billing::statement::Statement;
use crate::domain::credits::lot::Lot;
use crate::domain::people::client::Client;
use crate::domain::time::Timestamp;
use crate::store::{View, billing, people};
use crate::views::practitioner::statement::{Account, Entered, Part, page as view};
use crate::web::failure::Failure;
use crate::web::practitioner::{Answer, Room};

fn found(room: &Room, read: &View, id: &str) -> Result<(Client, Vec<Part>), Failure> {
    let id = named(id)?;
    let hers = people::client::find_of(read, room.id(), id)?.is_some();
    let mut parts = Vec::new();
    let all = billing::account::of_client(read, id)?;
    for account in all.into_iter().filter(|account| may_see(room, account.lot.practitioner)) {
        let (balance, stands) = account.at(room.now, room.now).ok_or(Failure::NotFound)?;
        let earnings = earnings(&account, (Timestamp::MIN, Timestamp::MAX), room.now);
        let papers = papers(room, read, &account.lot)?;
        parts.push(Part { lot: account.lot, balance, stands, papers, earnings });
    }
    if !hers && parts.is_empty() {
        return Err(Failure::NotFound);
    }
    Ok((people::client::find(read, id)?.ok_or(Failure::NotFound)?, parts))
}

fn papers(room: &Room, read: &View, lot: &Lot) -> Result<Vec<Entered>, Failure> {
    let Some(purchase) = lot.purchase() else { return Ok(Vec::new()) };
    let entered = billing::receipt::of(read, purchase)?.into_iter().map(|receipt| Entered {
        on: room.practice.zone.date(receipt.issued_at),
        number: receipt.number,
        amount: receipt.amount,
    });
    Ok(entered.collect())
}

fn draw<T>(room: &Room, id: &str, draw: impl FnOnce(&Account<'_>) -> T) -> Result<T, Failure> {
    let (client, parts) = found(room, &room.app.store.read()?, id)?;
    let mut sums = BTreeMap::new();
    for part in &parts {
        let currency = part.stands.collected.currency;
        let sum = sums.entry(currency).or_insert_with(|| Statement::empty(currency));
        *sum = sum.plus(part.stands);
    }
    Ok(draw(&Account {
        client: &client,
        practice: &room.practice,
        zone: &room.practice.zone,
        on: room.practice.zone.date(room.now),
        parts,
        sums: sums.into_values().collect(),
    }))
}

/// The page.
pub(super) async fn page(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let desk = room.desk();
        draw(room, &id, |account| Answer::Page(view(&desk, account)))
    })
    .await
}

/// The same as `statement.pdf` or `statement.csv`.
pub(super) async fn file(room: Room, Path((id, name)): Path<(String, String)>) -> Result<Response, Failure> {
    room.run(move |room| {
        let made = draw(room, &id, |account| match name.as_str() {
            "statement.pdf" => account.paper().pdf().map(|body| download("application/pdf", &name, body)),
            "statement.csv" => Some(download("text/csv; charset=utf-8", &name, account.table())),
            _ => None,
        })?;
        made.ok_or(Failure::NotFound)
    })
    .await
}
