//! The books: what came, what was given back, and what became of it, by month, package, practitioner and client; and the
//! receipts and credit notes.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::billing::books::Stretch;
use crate::domain::billing::period::Period;
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::time::short_date;
use crate::views::art::{Icon, icon};
use crate::views::link;
use crate::views::receipt::Shown;
use crate::views::ui;

/// Whose books they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The whole practice's: the owner reads them.
    Practice,
    /// Her own.
    Own,
}

/// Somebody's part of the books, with her name.
pub type Named<K> = ((String, K), Stretch);

/// What the page of the books shows.
#[derive(Debug, Clone)]
pub struct Books {
    /// Whose they are.
    pub whose: Whose,
    /// The month or year.
    pub period: Period,
    /// The first and the last year with something in them.
    pub years: (i16, i16),
    /// The present date.
    pub today: Date,
    /// The books of the period, one per currency; the practice's own first.
    pub whole: Vec<Stretch>,
    /// The months of the year, in each of these currencies.
    pub months: Vec<Vec<Stretch>>,
    /// By package, as it was called when it was sold.
    pub packages: Vec<(String, Stretch)>,
    /// By practitioner.
    pub practitioners: Vec<Named<PractitionerId>>,
    /// By client.
    pub clients: Vec<Named<ClientId>>,
    /// Which page of them, from 1.
    pub page: usize,
}

/// How many clients, or receipts, stand on a page.
pub const PAGE: usize = 100;

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, books: &Books) -> Markup {
    let title = books.period.words();
    let whose = match books.whose {
        Whose::Practice => "The whole practice.",
        Whose::Own => "Your own packages.",
    };
    let main = html! {
        (super::head(None, "Money", html! { (title) ". " (whose) }))
        (picker(&link::desk_money(), books.period, books.years, books.today))
        @for stretch in &books.whole { (both_sides(books, stretch)) }
        (words())
        section.gap {
            h2 { "For your accountant" }
            (files(books.period))
        }
        section.gap {
            h2 { "Month by month" }
            @if nothing_yet(books) { p { "Nothing came in and nothing was given in " (books.period.whole_year().words()) "." } }
            @else { @for months in &books.months { (month_by_month(books, months)) } }
        }
        (by("By package", "Package", books.packages.iter().map(|(name, stretch)| (html! { (name) }, *stretch))))
        @if books.whose == Whose::Practice && books.practitioners.len() > 1 {
            (by("By practitioner", "Practitioner", books.practitioners.iter().map(|((name, _), stretch)| (html! { (name) }, *stretch))))
        }
        (by_client(books))
    };
    desk.page("Money", Tab::Money, &main)
}

/// Whether no month of the year has anything to show.
fn nothing_yet(books: &Books) -> bool {
    let empty = |months: &Vec<Stretch>| {
        let begun = books.period.months().into_iter().zip(months).filter(|(month, _)| *month <= books.today);
        begun.map(|(_, stretch)| stretch).all(Stretch::is_empty)
    };
    books.months.iter().all(empty)
}

fn month_by_month(books: &Books, months: &[Stretch]) -> Markup {
    let all = books.period.months().into_iter().zip(months);
    let begun = all.filter(|(month, stretch)| *month <= books.today && !stretch.is_empty());
    let rows = begun.map(|(month, stretch)| {
        let href = at(&link::desk_money(), Period::Month(month));
        (html! { a href=(href) { (month.strftime("%B")) } }, *stretch)
    });
    table(&format!("{} by month", books.period.year()), "Month", rows)
}

/// An address for a period.
fn at(address: &str, period: Period) -> String {
    format!("{address}?period={period}")
}

/// The same at a page of it.
fn turned(address: &str, period: Period, page: usize) -> String {
    link::asking(address, &[("period", &*period.to_string()), ("page", &page.to_string())])
}

/// Years and months to go to.
fn picker(address: &str, period: Period, (first, last): (i16, i16), today: Date) -> Markup {
    let year = period.whole_year();
    let current = |of: Period| (of == period).then_some("true");
    html! {
        nav."filter row" aria-label="Month and year" {
            @if year.year() > first {
                a href=(at(address, period.years_later(-1))) { (icon(Icon::Prev)) span.sr { "The year before, " } (year.year() - 1) }
            }
            a href=(at(address, year)) aria-current=[current(year)] { "All of " (year.year()) }
            @for month in period.months().into_iter().filter(|month| *month <= today) {
                @let of = Period::Month(month);
                a href=(at(address, of)) aria-current=[current(of)] {
                    span aria-hidden="true" { (month.strftime("%b")) } span.sr { (of.words()) }
                }
            }
            @if year.year() < last {
                a href=(at(address, period.years_later(1))) { (year.year() + 1) (icon(Icon::Next)) span.sr { ", the year after" } }
            }
        }
    }
}

/// A sum as two columns that come to the same: what came in, and what became of it.
fn both_sides(books: &Books, stretch: &Stretch) -> Markup {
    let period = books.period;
    let then = if period.last() < books.today { "when it ended" } else { "now" };
    let moved = stretch.moved();
    let kept = Money { minor: moved.collected.minor - moved.refunded.minor, ..moved.collected };
    let less = |money: Money| Money { minor: -money.minor, ..money }.to_string();
    let came = [
        ui::sum_row("Collected", &moved.collected.to_string()),
        ui::sum_row("− Given back", &less(moved.refunded)),
        ui::sum_total("Came in", &kept.to_string()),
    ];
    let owed = if moved.owed.minor < 0 {
        "− Delivered of what was owed"
    } else {
        "+ Owed in sessions, more than before"
    };
    let became = [
        ui::sum_row("Earned", &moved.earned.to_string()),
        ui::sum_row("+ Breakage", &moved.breakage.to_string()),
        ui::sum_row(owed, &moved.owed.to_string()),
        ui::sum_total("The same", &kept.to_string()),
    ];
    html! {
        section.books aria-label={ (period.words()) ", " (moved.collected.currency) } {
            div { h2 { "What came in" } (ui::sum(&came)) }
            div { h2 { "What became of it" } (ui::sum(&became)) }
            p.hint {
                "Owed in sessions: " (stretch.before.owed) " when " (period.words()) " began, "
                (stretch.after.owed) " " (then) ". Since the beginning: "
                (since_the_beginning(stretch)) "."
            }
        }
    }
}

/// "$5,400 − $0 = $2,700 + $90 + $2,610".
fn since_the_beginning(stretch: &Stretch) -> String {
    let all = stretch.after;
    format!("{} − {} = {} + {} + {}", all.collected, all.refunded, all.earned, all.breakage, all.owed)
}

fn words() -> Markup {
    html! {
        details.act {
            summary { "What these words mean" }
            dl {
                dt { b { "Collected" } }
                dd { "Money that came for packages, on the day on which it was entered here." }
                dt { b { "Given back" } }
                dd { "Refunds, from the moment they were decided." }
                dt { b { "Earned" } }
                dd { "The worth of sessions that took place, were missed or were cancelled too late; and what was kept when credits were taken back." }
                dt { b { "Breakage" } }
                dd { "The worth of sessions that were paid and reached their date unused." }
                dt { b { "Owed" } }
                dd { "The worth of sessions that are paid and still to be given, booked or not." }
            }
            p { "Each session is worth its part of what was paid for its package. Always: collected − given back = earned + breakage + owed, to the cent." }
            p { "A month that is over stays as it was. What is waived or undone later moves in the month in which it was done." }
        }
    }
}

fn files(period: Period) -> Markup {
    let file = |name: &str| at(&link::desk_money_file(name), period);
    html! {
        ul.plainlist {
            li { a href=(at(&link::desk_receipts(), period)) { "Receipts and credit notes" } }
            li { a href=(file("journal")) { "Payments and refunds" } ", as CSV" }
            li { a href=(file("earned")) { "Earned, session by session" } ", as CSV" }
            li { a href=(file("receipts")) { "List of receipts and credit notes" } ", as CSV" }
            li { a href=(file("open")) { "What is owed, package by package, at the end" } ", as CSV" }
        }
        p.hint { "The files open in spreadsheets as they are: UTF-8 with a mark that Excel needs, ISO dates, amounts with a point." }
    }
}

fn by(heading: &str, head: &str, rows: impl Iterator<Item = (Markup, Stretch)>) -> Markup {
    let mut rows = rows.peekable();
    html! {
        @if rows.peek().is_some() {
            section.gap { h2 { (heading) } (table(heading, head, rows)) }
        }
    }
}

/// A page of the clients; the others are a turn away.
fn by_client(books: &Books) -> Markup {
    const ID: &str = "by-client";
    let some = ui::Page::of(&books.clients, books.page, PAGE);
    let rows = some
        .rows
        .iter()
        .map(|((name, id), stretch)| (html! { a href=(link::desk_statement(*id)) { (name) } }, *stretch));
    let to = |page| format!("{}#{ID}", turned(&link::desk_money(), books.period, page));
    html! {
        @if !some.rows.is_empty() {
            section.gap id=(ID) { h2 { "By client" } (table("By client", "Client", rows)) (some.turn(to)) }
        }
    }
}

fn table(caption: &str, head: &str, rows: impl Iterator<Item = (Markup, Stretch)>) -> Markup {
    const COLUMNS: [&str; 5] = ["Collected", "Given back", "Earned", "Breakage", "Owed at the end"];
    html! {
        table.folded {
            caption.sr { (caption) }
            thead { tr { th scope="col" { (head) } @for name in COLUMNS { th.num scope="col" { (name) } } } }
            tbody {
                @for (name, stretch) in rows {
                    @let moved = stretch.moved();
                    tr {
                        th scope="row" { (name) }
                        @for (of, money) in COLUMNS.iter().zip([moved.collected, moved.refunded, moved.earned, moved.breakage, stretch.after.owed]) {
                            td.num data-of=(of) { (money.short()) }
                        }
                    }
                }
            }
        }
    }
}

/// A receipt or credit note in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The paper.
    pub receipt: Receipt,
    /// Whose it is.
    pub client: String,
    /// What it is about.
    pub package: String,
}

/// The receipts and credit notes of a period, newest first, a page of them.
#[must_use]
pub fn receipts(desk: &Desk<'_>, period: Period, years: (i16, i16), papers: &ui::Page<'_, Listed>) -> Markup {
    let today = desk.zone().date(desk.now);
    let money = at(&link::desk_money(), period);
    let main = html! {
        (super::head(Some((&money, "Money")), "Receipts", html! { (period.words()) ". Numbered without gaps, for the whole practice." }))
        (picker(&link::desk_receipts(), period, years, today))
        @if papers.rows.is_empty() { p.gap { "None in " (period.words()) "." } }
        @else {
            table.folded {
                caption.sr { "Receipts and credit notes" }
                thead { tr {
                    th scope="col" { "Number" } th scope="col" { "Date" } th scope="col" { "Client" }
                    th scope="col" { "For" } th.num scope="col" { "Amount" }
                } }
                tbody {
                    @for Listed { receipt, client, package } in papers.rows {
                        tr {
                            th scope="row" {
                                a href=(link::desk_receipt(receipt.number)) { (printed(receipt.number)) }
                                @if receipt.amount.minor < 0 { " credit note" }
                            }
                            td data-of="Date" { (short_date(desk.zone().date(receipt.issued_at))) }
                            td data-of="Client" { (client) }
                            td data-of="For" { (package) }
                            td.num data-of="Amount" { (receipt.amount) }
                        }
                    }
                }
            }
            (papers.turn(|page| turned(&link::desk_receipts(), period, page)))
        }
    };
    desk.page("Receipts", Tab::Money, &main)
}

/// One of them.
#[must_use]
pub fn receipt(desk: &Desk<'_>, shown: &Shown<'_>) -> Markup {
    let client = shown.client;
    let receipts = at(&link::desk_receipts(), Period::month_of(desk.zone().date(shown.receipt.issued_at)));
    let main = html! {
        (super::head(Some((&receipts, "Receipts")), shown.kind(), html! {}))
        div.narrow {
            (shown.label())
            (shown.take_away(&link::desk_receipt_pdf(shown.receipt.number)))
            p.no-print {
                a href=(link::desk_purchase(shown.purchase.id)) { "The sale" } " · "
                a href=(link::desk_statement(client.id)) { "How it stands with " (client.name.first_word()) }
            }
        }
    };
    desk.page(&shown.title(), Tab::Money, &main)
}
