//! Tables for an accountant, each for a month or a year: payments and refunds, what was earned, the papers, what is owed.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;

use super::{download, each_account, may_see, period, receipts};
use crate::domain::billing::journal::{Cause, Earning, earnings};
use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::period::Period;
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::billing::refund::{Refund, State, Way};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Consumed;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::people::client::Client;
use crate::domain::time::Timestamp;
use crate::store::{View, billing, catalog, people};
use crate::views::csv::{Cell, Table};
use crate::views::text::means;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::practitioner::Room;

/// The names behind ids.
struct Names {
    clients: HashMap<ClientId, Client>,
    practitioners: HashMap<PractitionerId, String>,
}

impl Names {
    fn read(read: &View) -> Result<Self, Failure> {
        let clients = people::client::all(read)?.into_iter().map(|client| (client.id, client)).collect();
        let all = people::practitioner::all(read)?;
        let practitioners = all.into_iter().map(|one| (one.id, one.name.to_string())).collect();
        Ok(Self { clients, practitioners })
    }

    fn client(&self, id: ClientId) -> Cell<'_> {
        self.clients.get(&id).map_or(Cell::Empty, |client| Cell::Text(client.name.as_str()))
    }

    fn practitioner(&self, id: PractitionerId) -> Cell<'_> {
        self.practitioners.get(&id).map_or(Cell::Empty, |name| Cell::Text(name))
    }
}

/// The file of that name.
pub(super) async fn file(room: Room, Path(name): Path<String>, fields: Fields) -> Result<Response, Failure> {
    room.run(move |room| {
        let read = room.app.store.read()?;
        let (names, period) = (Names::read(&read)?, period(room, &fields));
        let stem = name.strip_suffix(".csv").unwrap_or_default();
        let table = match stem {
            "journal" => journal(room, &read, &names, period)?,
            "earned" => earned(room, &read, &names, period)?,
            "receipts" => papers(room, &read, &names, period)?,
            "open" => open(room, &read, &names, period)?,
            _ => return Err(Failure::NotFound),
        };
        Ok(download("text/csv; charset=utf-8", &format!("{stem}-{period}.csv"), table.finish()))
    })
    .await
}

/// Money that came and went, on the day on which it was entered: they sum to the month's collected and given back.
fn journal(room: &Room, read: &View, names: &Names, period: Period) -> Result<Table, Failure> {
    let zone = &room.practice.zone;
    let (from, until) = period.bounds(zone);
    let within = |at: Timestamp| (from..until).contains(&at);
    let mut lines: Vec<(Timestamp, Line)> = Vec::new();
    for (receipt, purchase) in
        receipts::seen(room, read, |receipt| receipt.amount.minor >= 0 && within(receipt.issued_at))?
    {
        let line = Line::payment(&receipt, &purchase, billing::payment::of(read, purchase.id)?);
        lines.push((receipt.issued_at, line));
    }
    for refund in billing::refund::all(read)?.iter().filter(|refund| may_see(room, refund.practitioner)) {
        let Some(purchase) = catalog::purchase::find(read, refund.purchase)? else { continue };
        let undone = if let State::Undone { at } = refund.state { Some(at) } else { None };
        for (kind, at) in [("refund", Some(refund.asked_at)), ("refund called off", undone)] {
            if let Some(at) = at.filter(|at| within(*at)) {
                lines.push((at, Line::refund(kind, refund, &purchase)));
            }
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    let mut table = Table::new(&[
        "entered",
        "paid_on",
        "kind",
        "number",
        "client",
        "package",
        "practitioner",
        "means",
        "reference",
        "note",
        "currency",
        "amount",
    ]);
    for (at, line) in &lines {
        table.row(&[
            Cell::At(*at, zone),
            Cell::On(line.on.unwrap_or(zone.date(*at))),
            Cell::Text(line.kind),
            line.number.as_deref().map_or(Cell::Empty, Cell::Text),
            names.client(line.sale.client),
            Cell::Text(line.sale.offer.name.as_str()),
            names.practitioner(line.sale.practitioner),
            Cell::Text(line.means),
            Cell::Text(&line.reference),
            line.note.as_deref().map_or(Cell::Empty, Cell::Text),
            Cell::Text(line.amount.currency.code()),
            Cell::Amount(line.amount),
        ]);
    }
    Ok(table)
}

/// A line of the journal.
struct Line {
    kind: &'static str,
    on: Option<Date>,
    number: Option<String>,
    sale: Purchase,
    means: &'static str,
    reference: String,
    note: Option<String>,
    amount: Money,
}

impl Line {
    fn payment(receipt: &Receipt, sale: &Purchase, payment: Option<Payment>) -> Self {
        let reference = match payment.as_ref().map(|payment| &payment.means) {
            Some(Means::Online { reference: Some(reference) }) => reference.to_string(),
            _ => sale.reference.to_string(),
        };
        Self {
            kind: "payment",
            on: payment.as_ref().map(|payment| payment.on),
            number: Some(printed(receipt.number)),
            sale: sale.clone(),
            means: payment.as_ref().map_or("", |payment| means(&payment.means)),
            reference,
            note: payment.and_then(|payment| payment.note).map(|note| note.to_string()),
            amount: receipt.amount,
        }
    }

    fn refund(kind: &'static str, refund: &Refund, sale: &Purchase) -> Self {
        let (on, by, note) = match &refund.way {
            Way::Provider { .. } => (None, "online", None),
            Way::ByHand { means: by, on, note } => (Some(*on), means(by), note.as_ref()),
        };
        let sign = if kind == "refund" { -1 } else { 1 };
        Self {
            kind,
            on,
            number: refund.note.map(printed),
            sale: sale.clone(),
            means: by,
            reference: refund.reference().unwrap_or(&sale.reference).to_string(),
            note: note.or(refund.reason.as_ref()).map(ToString::to_string),
            amount: Money { minor: sign * refund.amount.minor, ..refund.amount },
        }
    }
}

/// What was earned and what expired, one line each: they sum to the month's earned and breakage.
fn earned(room: &Room, read: &View, names: &Names, period: Period) -> Result<Table, Failure> {
    let zone = &room.practice.zone;
    let (mut lines, mut lots): (Vec<(Earning, usize)>, Vec<Lot>) = (Vec::new(), Vec::new());
    each_account(room, read, |account| {
        let moved = earnings(&account, period.bounds(zone), room.now);
        if !moved.is_empty() {
            lines.extend(moved.into_iter().map(|line| (line, lots.len())));
            lots.push(account.lot);
        }
    })?;
    lines.sort_by_key(|(line, _)| line.at);
    let mut table = Table::new(&[
        "date",
        "what",
        "session_start",
        "client",
        "package",
        "practitioner",
        "currency",
        "earned",
        "breakage",
    ]);
    for (line, n) in lines {
        let lot = &lots[n];
        let (what, start) = match line.cause {
            Cause::Session { how, starts_at, .. } => {
                let how = match how {
                    Consumed::Attended => "attended",
                    Consumed::LateCancel => "cancelled late",
                    Consumed::Missed => "missed",
                };
                (how, Cell::At(starts_at, zone))
            }
            Cause::Expired => ("expired", Cell::Empty),
            Cause::CameBack => ("came back", Cell::Empty),
            Cause::Kept => ("kept of a refund", Cell::Empty),
            Cause::Changed => ("number of sessions changed", Cell::Empty),
        };
        table.row(&[
            Cell::On(zone.date(line.at)),
            Cell::Text(what),
            start,
            names.client(lot.client),
            Cell::Text(lot.offer.name.as_str()),
            names.practitioner(lot.practitioner),
            Cell::Text(line.earned.currency.code()),
            Cell::Amount(line.earned),
            Cell::Amount(line.breakage),
        ]);
    }
    Ok(table)
}

/// The receipts and credit notes, by number.
fn papers(room: &Room, read: &View, names: &Names, period: Period) -> Result<Table, Failure> {
    let zone = &room.practice.zone;
    let (from, until) = period.bounds(zone);
    let mut table = Table::new(&[
        "number",
        "kind",
        "date",
        "client",
        "email",
        "package",
        "practitioner",
        "reference",
        "currency",
        "amount",
    ]);
    for (receipt, purchase) in
        receipts::seen(room, read, |receipt| (from..until).contains(&receipt.issued_at))?
    {
        let email = names.clients.get(&purchase.client).map(|client| client.email.to_string());
        table.row(&[
            Cell::Text(&printed(receipt.number)),
            Cell::Text(if receipt.amount.minor < 0 { "credit note" } else { "receipt" }),
            Cell::On(zone.date(receipt.issued_at)),
            names.client(purchase.client),
            email.as_deref().map_or(Cell::Empty, Cell::Text),
            Cell::Text(purchase.offer.name.as_str()),
            names.practitioner(purchase.practitioner),
            Cell::Text(purchase.reference.as_str()),
            Cell::Text(receipt.amount.currency.code()),
            Cell::Amount(receipt.amount),
        ]);
    }
    Ok(table)
}

/// Every package of which something is owed or to be given when the period ends, or now if it has not ended.
fn open(room: &Room, read: &View, names: &Names, period: Period) -> Result<Table, Failure> {
    let zone = &room.practice.zone;
    let (_, until) = period.bounds(zone);
    let as_of = zone.date(room.now).min(period.last());
    let mut table = Table::new(&[
        "as_of",
        "client",
        "package",
        "practitioner",
        "since",
        "book_by",
        "sessions",
        "used",
        "booked",
        "to_book",
        "expired",
        "currency",
        "paid",
        "owed",
    ]);
    each_account(room, read, |account| {
        let Some((balance, stands)) = account.at(until, room.now) else { return };
        if !balance.is_alive() && stands.owed.is_zero() {
            return;
        }
        let lot = &account.lot;
        table.row(&[
            Cell::On(as_of),
            names.client(lot.client),
            Cell::Text(lot.offer.name.as_str()),
            names.practitioner(lot.practitioner),
            Cell::On(zone.date(lot.granted_at)),
            balance.deadline.as_ref().map_or(Cell::Empty, |deadline| Cell::On(deadline.on)),
            Cell::Count(balance.total),
            Cell::Count(balance.used()),
            Cell::Count(balance.held()),
            Cell::Count(balance.available_or_frozen() + balance.suspended),
            Cell::Count(balance.expired),
            Cell::Text(lot.paid.currency.code()),
            Cell::Amount(stands.collected),
            Cell::Amount(stands.owed),
        ]);
    })?;
    Ok(table)
}
