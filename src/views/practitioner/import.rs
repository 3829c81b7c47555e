//! Bringing clients in: the file, what each of its lines comes to, and what follows from it, before anything is kept.

use maud::{Markup, html};

use super::{Desk, Tab, moment};
use crate::domain::catalog::package::Package;
use crate::domain::credits::import::{HalfUsed, Import};
use crate::domain::email::EmailAddress;
use crate::domain::id::ImportId;
use crate::domain::text::Line;
use crate::domain::time::long_date;
use crate::views::art::Icon;
use crate::views::link;
use crate::views::text::{counted, sessions};
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Field, Note, Select, Tag};

/// The form, and what came in before.
#[must_use]
pub fn page(desk: &Desk<'_>, packages: &[Package], earlier: &[Import], typed: &Typed) -> Markup {
    let clients = link::desk_clients();
    let main = html! {
        (super::head(Some((&clients, "Clients")), "Bring clients in", html! {
            "From another program or a spreadsheet, with packages that are half used. You see what comes of it before anything is kept."
        }))
        div."split client-page" {
            form."form split-main" method="post" action=(link::desk_import()) enctype="multipart/form-data" {
                (ui::amiss(typed, "Not read yet."))
                (Field::new("file", "A CSV file").kind("file").with("accept", ".csv,.txt,text/csv").optional().error(typed.error("file"))
                    .hint("Saved from the spreadsheet as CSV; at most 5,000 lines."))
                (Area::new("pasted", "Or paste the lines").optional().value(typed.value("pasted")).with("rows", "6")
                    .hint("The first line names the columns."))
                (options(packages, typed))
                (ui::submit(Button::new("Look at it first"), html! { "Nothing is kept yet." }))
            }
            aside."split-side form" { (columns()) (before(desk, earlier)) }
        }
    };
    desk.page("Bring clients in", Tab::Clients, &main)
}

fn options(packages: &[Package], typed: &Typed) -> Markup {
    let ids: Vec<(String, &str)> =
        packages.iter().map(|one| (one.id.to_string(), one.offer.name.as_str())).collect();
    let like: Vec<(&str, &str)> = std::iter::once(("", "None: such lines are wrong"))
        .chain(ids.iter().map(|(id, name)| (id.as_str(), *name)))
        .collect();
    let forms = [
        Choice::with_detail("day", "Day first", "31.5.2026 or 31/05/2026"),
        Choice::with_detail("month", "Month first", "5/31/2026"),
    ];
    let mails = [
        Choice::with_detail(
            "welcome",
            "A welcome",
            "With the way to their page. One to each client who has sessions left.",
        ),
        Choice::with_detail(
            "book-first",
            "A reminder to book",
            "A day from now, to those who have booked nothing.",
        ),
    ];
    let form = if typed.value("dates") == "month" { "month" } else { "day" };
    let mail = Choices::many("mail", "What is written to them?", &mails).hint(
        "No receipts go out. A week before the date, and when it is reached, each gets the usual note.",
    );
    html! {
        (Choices::one("dates", "How are dates written?", &forms).chosen(form).hint("2026-05-31 is always read."))
        (Select::new("like", "Packages that are not among yours are like", &like).value(typed.value("like"))
            .hint("Length, place and rules are taken from it; the name stays as in the file.").error(typed.error("like")))
        (typed.all("mail").iter().fold(mail, |mail, chosen| mail.chosen(chosen)))
    }
}

fn columns() -> Markup {
    html! {
        section {
            h2 { "The columns" }
            ul.plainlist {
                li { b { "name" } " (or first name and last name) and " b { "email" } }
                li { b { "phone" } ", if there is one" }
                li { b { "package" } ": the name of one of yours, or any" }
                li { b { "total" } " and " b { "used" } ", or " b { "remaining" } }
                li { b { "expires_on" } ": the last day to book; empty is for good" }
                li { b { "paid" } " for all of them, and " b { "currency" } }
                li { b { "note" } ": stands in the ledger, where both can read it" }
            }
            p { "Other common headings are understood; other columns are left out." }
            p { (Button::new("An empty file to fill in").quiet().small().icon(Icon::Down).link(&link::desk_import_template())) }
        }
    }
}

fn before(desk: &Desk<'_>, earlier: &[Import]) -> Markup {
    html! {
        @if !earlier.is_empty() {
            section {
                h2 { "Brought in" }
                ul.plainlist {
                    @for one in earlier.iter().rev() {
                        li { (moment(one.at, desk.zone())) ": " (counted(one.clients, "new client", "new clients")) ", " (counted(one.lots, "package", "packages")) }
                    }
                }
            }
        }
    }
}

/// What a line comes to.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// Its number in the file.
    pub line: u64,
    /// Who, if that could be read.
    pub who: Option<(&'a Line, &'a EmailAddress)>,
    /// Whether she is a client of this practitioner's already.
    pub is_known: bool,
    /// The sessions, if there are any left, and whether they came in before.
    pub sessions: Option<(&'a HalfUsed, bool)>,
    /// All that is wrong with it.
    pub wrong: Vec<String>,
}

/// A file that was looked at.
#[derive(Debug)]
pub struct Looked<'a> {
    /// Its lines.
    pub lines: &'a [Shown<'a>],
    /// Headings that are left out.
    pub unknown: &'a [String],
    /// New clients, packages and sessions that come in, and how many welcomes go.
    pub counts: (u32, u32, u32, u32),
    /// The id that keeping it carries.
    pub id: ImportId,
    /// The file as text, to be sent again.
    pub text: &'a str,
}

/// The page that shows what a file comes to.
#[must_use]
pub fn preview(desk: &Desk<'_>, looked: &Looked<'_>, packages: &[Package], typed: &Typed) -> Markup {
    let import = link::desk_import();
    let wrong = looked.lines.iter().filter(|line| !line.wrong.is_empty()).count();
    let main = html! {
        (super::head(Some((&import, "Bring clients in")), "What comes of it", html! { "Nothing is kept yet." }))
        div.form {
            @if !looked.unknown.is_empty() {
                (ui::note(Note::Info, "Some columns are left out.", html! { (looked.unknown.join(", ")) "." }))
            }
            @if wrong > 0 { (to_mend(wrong)) }
            // Lines that were wrong are looked at again before anything is kept.
            @let (action, kind) = match wrong {
                0 => (link::desk_import_confirm(), None),
                _ => (link::desk_import(), Some("multipart/form-data")),
            };
            form.form method="post" action=(action) enctype=[kind] {
                input type="hidden" name="id" value=(looked.id);
                textarea hidden name="pasted" { "\n" (looked.text) }
                @if wrong > 0 {
                    (options(packages, typed))
                    (ui::submit(Button::new("Look again"), html! { a href=(import) { "Choose another file" } }))
                } @else {
                    @for name in ["dates", "like", "mail"] {
                        @for value in typed.all(name) { input type="hidden" name=(name) value=(value); }
                    }
                    (follows(desk, looked, typed))
                    (ui::submit(Button::new("Bring them in"), html! { "All of it or nothing. " a href=(import) { "Not now" } }))
                }
            }
            (table(looked))
        }
    };
    desk.page("What comes of it", Tab::Clients, &main)
}

fn to_mend(wrong: usize) -> Markup {
    let lines = counted(u32::try_from(wrong).unwrap_or(u32::MAX), "line", "lines");
    ui::note(
        Note::Bad,
        &format!("{lines} cannot be brought in as {}.", if wrong == 1 { "it is" } else { "they are" }),
        html! {
            "Nothing comes in while one is wrong. Mend them in the file, or change what is chosen below, and look again."
        },
    )
}

/// What follows from keeping it.
fn follows(desk: &Desk<'_>, looked: &Looked<'_>, typed: &Typed) -> Markup {
    let (clients, lots, left, welcomed) = looked.counts;
    let goes = |name: &str| typed.all("mail").iter().any(|chosen| chosen == name);
    html! {
        (ui::note(Note::Info, &format!("{}, {} with {}.", counted(clients, "new client", "new clients"), counted(lots, "package", "packages"), sessions(left)), html! {
            "Clients who are here already keep their own particulars. What was paid counts as collected before, not in this month; "
            "what is left of it is owed and earned session by session."
        }))
        ul.facts {
            li {
                @if goes("welcome") { (counted(welcomed, "welcome", "welcomes")) (desk.post.says(" by email, now or at eight in the morning", " to hand over")) }
                @else { "No welcome goes out" }
            }
            li { @if goes("book-first") { "A reminder to book, a day from now" } @else { "No reminder to book" } }
            li { "A note a week before sessions reach their date, as for everybody" }
        }
    }
}

/// How many sound lines are shown; those that are wrong are all shown.
const SHOWN: usize = 200;

fn table(looked: &Looked<'_>) -> Markup {
    let (wrong, sound): (Vec<_>, Vec<_>) = looked.lines.iter().partition(|line| !line.wrong.is_empty());
    html! {
        table.ledger {
            caption.sr { "The lines of the file and what each comes to" }
            thead { tr { th scope="col" { "Line" } th scope="col" { "Who" } th scope="col" { "What comes in" } } }
            tbody {
                @for line in wrong.iter().chain(sound.iter().take(SHOWN)) { (row(line)) }
            }
        }
        @if sound.len() > SHOWN { p.hint { "And " (sound.len() - SHOWN) " more that are sound." } }
    }
}

fn row(line: &Shown<'_>) -> Markup {
    html! {
        tr {
            td.num { (line.line) }
            td { @if let Some((name, email)) = line.who { (name) br; (email) } }
            td {
                @if !line.wrong.is_empty() {
                    ul.plainlist { @for why in &line.wrong { li { (ui::tag(Tag::Bad, "Wrong")) " " (why) } } }
                } @else {
                    @if !line.is_known { (ui::tag(Tag::Good, "New client")) " " }
                    @match line.sessions {
                        None => "No sessions left.",
                        Some((half, true)) => { (brought(half)) " " (ui::tag(Tag::Plain, "Came in before: nothing is made")) }
                        Some((half, false)) => (brought(half)),
                    }
                }
            }
        }
    }
}

fn brought(half: &HalfUsed) -> Markup {
    use crate::domain::catalog::package::Term;
    let offer = &half.offer;
    html! {
        b { (sessions(offer.sessions)) " left" } " of " (offer.name) ", " (half.used) " of " (half.total) " used before. "
        @if !offer.price.is_zero() { "Worth " (offer.price) ". " }
        @match offer.validity.term {
            Term::Until(on) => { "To book by " (long_date(on)) "." }
            _ => "For good.",
        }
    }
}
