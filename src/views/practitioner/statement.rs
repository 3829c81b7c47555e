//! How it stands with one client: what she paid and was given back, session by session what became of it, and what is still
//! owed to her. A page that prints, a PDF and a file.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::billing::journal::{Cause, Earning};
use crate::domain::billing::receipt::printed;
use crate::domain::billing::statement::Statement;
use crate::domain::catalog::practice::Practice;
use crate::domain::credits::ledger::{Balance, Consumed};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::money::Money;
use crate::domain::people::client::Client;
use crate::domain::time::{Zone, long_date, short_date};
use crate::views::csv::{Cell, Table};
use crate::views::link;
use crate::views::paper::{Block, Column, Paper, Row, Rule, Sheet, Side, Weight};
use crate::views::text::sessions;
use crate::views::ui;
use jiff::civil::Date;

/// A paper about a lot: its date, number, and amount.
#[derive(Debug, Clone, Copy)]
pub struct Entered {
    /// When it was made.
    pub on: Date,
    /// Its number.
    pub number: u64,
    /// What came, or, below zero, what was given back.
    pub amount: Money,
}

/// A lot as the statement tells it.
#[derive(Debug, Clone)]
pub struct Part {
    /// The lot.
    pub lot: Lot,
    /// What it amounts to.
    pub balance: Balance,
    /// Its books.
    pub stands: Statement,
    /// The receipts and credit notes about it.
    pub papers: Vec<Entered>,
    /// What was earned of it, in order.
    pub earnings: Vec<Earning>,
}

/// The statement of a client.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// Whose it is.
    pub client: &'a Client,
    /// Who writes it.
    pub practice: &'a Practice,
    /// The zone of its dates.
    pub zone: &'a Zone,
    /// The day on which it is made.
    pub on: Date,
    /// Her lots, oldest first.
    pub parts: Vec<Part>,
    /// All of them together, one per currency.
    pub sums: Vec<Statement>,
}

/// A line: when, what, and its worth.
struct Told {
    on: Date,
    what: String,
    amount: Money,
}

impl Part {
    fn lines(&self, zone: &Zone) -> Vec<Told> {
        let papers = self.papers.iter().map(|paper| {
            let what = if paper.amount.minor < 0 { "Given back, credit note" } else { "Paid, receipt" };
            Told { on: paper.on, what: format!("{what} {}", printed(paper.number)), amount: paper.amount }
        });
        let earnings = self.earnings.iter().map(|line| Told {
            on: zone.date(line.at),
            what: self.earned_words(line),
            amount: Money { minor: line.earned.minor + line.breakage.minor, ..line.earned },
        });
        let mut lines: Vec<Told> = papers.chain(earnings).collect();
        lines.sort_by_key(|line| line.on);
        lines
    }

    fn earned_words(&self, line: &Earning) -> String {
        let session = |booking| match self.balance.chapter_of(booking) {
            Some(chapter) => format!("Session {chapter} of {}", self.balance.total),
            None => "A session".to_owned(),
        };
        match line.cause {
            Cause::Session { booking, how: Consumed::Attended, .. } => {
                format!("{} took place", session(booking))
            }
            Cause::Session { how: Consumed::LateCancel, .. } => "A session was cancelled late".to_owned(),
            Cause::Session { how: Consumed::Missed, .. } => "A session was missed".to_owned(),
            Cause::Expired => "Sessions reached their date".to_owned(),
            Cause::CameBack => "A session came back".to_owned(),
            Cause::Kept => "Kept of what was taken back".to_owned(),
            Cause::Changed => "The number of sessions was changed".to_owned(),
        }
    }

    fn left(&self) -> u32 {
        self.balance.available_or_frozen() + self.balance.held() + self.balance.suspended
    }

    fn origin(&self, zone: &Zone) -> String {
        let on = long_date(zone.date(self.lot.granted_at));
        match self.lot.origin {
            Origin::Purchase(_) => format!("Bought {on}"),
            Origin::Comp { .. } => format!("Given {on}"),
            Origin::Transfer { .. } => format!("Passed on {on}"),
            Origin::Import { .. } => format!("Brought in {on}"),
        }
    }

    fn sums(&self) -> [(&'static str, Money); 5] {
        sums(&self.stands)
    }
}

const fn sums(stands: &Statement) -> [(&'static str, Money); 5] {
    [
        ("Paid", stands.collected),
        ("Given back", stands.refunded),
        ("Used", stands.earned),
        ("Reached its date unused", stands.breakage),
        ("Still to be given", stands.owed),
    ]
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, account: &Account<'_>) -> Markup {
    let client = account.client;
    let href = link::desk_client(client.id);
    let name = client.name.as_str();
    let main = html! {
        (super::head(Some((&href, name)), "Statement", html! { (name) ", " (long_date(account.on)) ". " (account.practice.name) "." }))
        @if account.parts.is_empty() { p { "Nothing was bought yet." } }
        @for part in &account.parts {
            section.gap {
                h2 { (part.lot.offer.name) }
                p { (part.origin(account.zone)) ", " (sessions(part.balance.total)) ". " (part.left()) " still to be given." }
                table.folded {
                    caption.sr { (part.lot.offer.name) }
                    thead { tr { th scope="col" { "Date" } th scope="col" { "What" } th.num scope="col" { "Amount" } } }
                    tbody {
                        @for line in part.lines(account.zone) {
                            tr {
                                th scope="row" { (short_date(line.on)) }
                                td data-of="What" { (line.what) }
                                td.num data-of="Amount" { (line.amount) }
                            }
                        }
                    }
                }
                @if account.parts.len() > 1 { (sum(&part.stands)) }
            }
        }
        @for all in &account.sums { section."gap narrow" { h2 { "All together" } (sum(all)) } }
        p."hint gap no-print" {
            @if account.can_be_spelled() { a href=(link::desk_statement_file(client.id, "statement.pdf")) { "Take it as a PDF" } ", " }
            a href=(link::desk_statement_file(client.id, "statement.csv")) { "as a table (CSV)" } ", or print this page."
        }
    };
    desk.page(&format!("Statement, {name}"), Tab::Clients, &main)
}

fn sum(stands: &Statement) -> Markup {
    let rows: Vec<Markup> =
        sums(stands).iter().map(|(what, amount)| ui::sum_row(what, &amount.to_string())).collect();
    ui::sum(&rows)
}

impl Account<'_> {
    fn can_be_spelled(&self) -> bool {
        let names = self.parts.iter().map(|part| part.lot.offer.name.as_str());
        let practice = [self.practice.name.as_str(), self.practice.address.as_str()];
        names.chain(practice).chain([self.client.name.as_str()]).all(Paper::can_spell)
    }

    /// The paper to print.
    #[must_use]
    pub fn paper(&self) -> Paper {
        let practice = self.practice;
        let mut blocks = vec![
            Block::Words(practice.name.to_string(), Weight::Strong),
            Block::Words(practice.address.to_string(), Weight::Regular),
            Block::Gap,
            Block::Heading("Statement".to_owned()),
            Block::Words(long_date(self.on), Weight::Regular),
            Block::Gap,
            Block::Words(self.client.name.to_string(), Weight::Strong),
            Block::Words(self.client.email.to_string(), Weight::Regular),
        ];
        for part in &self.parts {
            let lines = part.lines(self.zone);
            let rows = lines.iter().map(|line| Row {
                cells: vec![short_date(line.on), line.what.clone(), line.amount.to_string()],
                weight: Weight::Regular,
                rule: Rule::Hair,
            });
            let columns = vec![
                Column { head: "Date", share: 1.2, side: Side::Start },
                Column { head: "What", share: 3.4, side: Side::Start },
                Column { head: "Amount", share: 1.2, side: Side::End },
            ];
            let left = format!(
                "{}, {}. {} still to be given.",
                part.origin(self.zone),
                sessions(part.balance.total),
                part.left()
            );
            blocks.extend([
                Block::Gap,
                Block::Subheading(part.lot.offer.name.to_string()),
                Block::Words(left, Weight::Regular),
                Block::Table(columns, rows.collect()),
            ]);
        }
        for all in &self.sums {
            let rows = sums(all).map(|(what, amount)| Row {
                cells: vec![what.to_owned(), amount.to_string()],
                weight: Weight::Regular,
                rule: Rule::Hair,
            });
            let columns = vec![
                Column { head: "All together", share: 3.0, side: Side::Start },
                Column { head: "Amount", share: 1.0, side: Side::End },
            ];
            blocks.extend([Block::Gap, Block::Table(columns, rows.to_vec())]);
        }
        Paper {
            title: format!("Statement, {}", self.client.name),
            author: practice.name.to_string(),
            on: self.on,
            sheet: Sheet::where_spent(practice.currency),
            blocks,
        }
    }

    /// As a table.
    #[must_use]
    pub fn table(&self) -> Vec<u8> {
        let mut table = Table::new(&["date", "package", "what", "currency", "amount"]);
        for part in &self.parts {
            let mut row = |on: Date, what: &str, amount: Money| {
                table.row(&[
                    Cell::On(on),
                    Cell::Text(part.lot.offer.name.as_str()),
                    Cell::Text(what),
                    Cell::Text(amount.currency.code()),
                    Cell::Amount(amount),
                ]);
            };
            for line in part.lines(self.zone) {
                row(line.on, &line.what, line.amount);
            }
            for (what, amount) in part.sums() {
                row(self.on, &format!("Sum: {what}"), amount);
            }
        }
        table.finish()
    }
}
