//! A receipt (the mock 05b), or a credit note; it prints well.

use maud::{Markup, html};

use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::long_date;
use crate::views::around::{Around, Here, Page, lines};
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
}

/// The receipt's page.
#[must_use]
pub fn receipt(around: &Around<'_>, shown: &Shown<'_>) -> Markup {
    let Shown { receipt, purchase, client, with, .. } = shown;
    let practice = around.practice;
    let offer = &purchase.offer;
    let on = practice.zone.date(receipt.issued_at);
    let is_note = receipt.amount.minor < 0;
    let title = if is_note { "Credit note" } else { "Receipt" };
    let what = if is_note { "Given back" } else { paid(shown.payment) };
    let rows = [
        ui::sum_row(offer.name.as_str(), &receipt.amount.to_string()),
        ui::sum_total(what, &receipt.amount.to_string()),
    ];
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&format!("{}#receipts", link::me()), "Your sessions"))
            h1 { (title) }
            div.label {
                div.head-row {
                    p.label-no { "No. " (printed(receipt.number)) }
                    p { time datetime=(on) { (long_date(on)) } }
                }
                p { b { (client.name.as_str()) } br; (client.email) }
                (ui::sum(&rows))
                p { (text::session_terms(offer)) ". Reference " (purchase.reference.as_str()) "." }
                p {
                    b { (with.name.as_str()) } br;
                    (practice.name.as_str())
                    @if !practice.address.is_empty() { br; (lines(&practice.address)) }
                }
            }
            p."hint gap no-print" { "Print this page, or save it as a PDF from your browser’s print dialog." }
        }
    };
    around.page(Page::new(&format!("{title} {}", printed(receipt.number)), Here::Elsewhere), &main)
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
