//! A receipt (the mock 05b), or a credit note: the same paper for the client, at the desk and as a PDF.

use maud::{Markup, html};

use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::long_date;
use crate::views::around::{Around, Here, Page, lines};
use crate::views::paper::{Block, Column, Paper, Row, Rule, Sheet, Side, Weight};
use crate::views::{link, text, ui};

/// What a receipt tells.
#[derive(Debug)]
pub struct Shown<'a> {
    /// Its number and amount.
    pub receipt: &'a Receipt,
    /// What it is for.
    pub purchase: &'a Purchase,
    /// How the money came.
    pub payment: Option<&'a Payment>,
    /// Whose it is.
    pub client: &'a Client,
    /// With whom.
    pub with: &'a Practitioner,
    /// Who wrote it.
    pub practice: &'a Practice,
}

impl Shown<'_> {
    const fn is_note(&self) -> bool {
        self.receipt.amount.minor < 0
    }

    /// "Receipt" or "Credit note".
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        if self.is_note() { "Credit note" } else { "Receipt" }
    }

    /// "Receipt R-000042".
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.kind(), printed(self.receipt.number))
    }

    fn on(&self) -> jiff::civil::Date {
        self.practice.zone.date(self.receipt.issued_at)
    }

    fn what_came(&self) -> &'static str {
        if self.is_note() { "Given back" } else { paid(self.payment) }
    }

    fn terms(&self) -> String {
        format!("{}. Reference {}.", text::session_terms(&self.purchase.offer), self.purchase.reference)
    }

    /// The paper as it stands on a page.
    #[must_use]
    pub fn label(&self) -> Markup {
        let on = self.on();
        let amount = self.receipt.amount.to_string();
        let rows = [
            ui::sum_row(self.purchase.offer.name.as_str(), &amount),
            ui::sum_total(self.what_came(), &amount),
        ];
        html! {
            div.label {
                div.head-row {
                    p.label-no { "No. " (printed(self.receipt.number)) }
                    p { time datetime=(on) { (long_date(on)) } }
                }
                p { b { (self.client.name.as_str()) } br; (self.client.email) }
                (ui::sum(&rows))
                p { (self.terms()) }
                p {
                    b { (self.with.name.as_str()) } br;
                    (self.practice.name.as_str())
                    @if !self.practice.address.is_empty() { br; (lines(&self.practice.address)) }
                }
            }
        }
    }

    /// The way to the PDF; where a name has letters that it cannot show, the browser's own.
    #[must_use]
    pub fn take_away(&self, pdf: &str) -> Markup {
        html! {
            p."hint gap no-print" {
                @if Paper::can_spell(self.paper_words().as_str()) {
                    a href=(pdf) { "Take it as a PDF" } ", or print this page."
                } @else {
                    "Print this page, or save it as a PDF from your browser’s print dialog."
                }
            }
        }
    }

    fn paper_words(&self) -> String {
        let practice = self.practice;
        [
            self.client.name.as_str(),
            self.with.name.as_str(),
            practice.name.as_str(),
            practice.address.as_str(),
            self.purchase.offer.name.as_str(),
            &self.terms(),
        ]
        .join("\n")
    }

    /// The paper to print.
    #[must_use]
    pub fn paper(&self) -> Paper {
        let (practice, on) = (self.practice, self.on());
        let amount = self.receipt.amount.to_string();
        let row =
            |what: &str, weight, rule| Row { cells: vec![what.to_owned(), amount.clone()], weight, rule };
        let mut practitioner = vec![practice.name.to_string()];
        practitioner.extend(practice.address.as_str().lines().map(str::to_owned));
        practitioner.push(practice.email.to_string());
        let words = |text: String, weight| Block::Words(text, weight);
        Paper {
            title: self.title(),
            author: practice.name.to_string(),
            on,
            sheet: Sheet::where_spent(self.receipt.amount.currency),
            blocks: vec![
                Block::Heading(self.kind().to_owned()),
                words(format!("No. {}", printed(self.receipt.number)), Weight::Strong),
                words(long_date(on), Weight::Regular),
                Block::Gap,
                words(self.client.name.to_string(), Weight::Strong),
                words(self.client.email.to_string(), Weight::Regular),
                Block::Gap,
                Block::Table(
                    vec![
                        Column { head: "For", share: 3.0, side: Side::Start },
                        Column { head: "Amount", share: 1.0, side: Side::End },
                    ],
                    vec![
                        row(self.purchase.offer.name.as_str(), Weight::Regular, Rule::Hair),
                        row(self.what_came(), Weight::Strong, Rule::Double),
                    ],
                ),
                Block::Gap,
                words(self.terms(), Weight::Regular),
                Block::Gap,
                words(self.with.name.to_string(), Weight::Strong),
                words(practitioner.join("\n"), Weight::Regular),
            ],
        }
    }
}

/// The client's page of it.
#[must_use]
pub fn page(around: &Around<'_>, shown: &Shown<'_>) -> Markup {
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&format!("{}#receipts", link::me()), "Your sessions"))
            h1 { (shown.kind()) }
            (shown.label())
            (shown.take_away(&link::receipt_pdf(shown.receipt.number)))
        }
    };
    around.page(Page::new(&shown.title(), Here::Elsewhere), &main)
}

const fn paid(payment: Option<&Payment>) -> &'static str {
    match payment {
        Some(payment) => match payment.means {
            Means::Online { .. } => "Paid online",
            Means::Cash => "Paid in cash",
            Means::CardAtPractice => "Paid by card at the practice",
            Means::Transfer => "Paid by bank transfer",
            Means::Nothing => "Nothing to pay",
        },
        None => "Paid",
    }
}
