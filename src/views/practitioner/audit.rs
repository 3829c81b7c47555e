//! The audit log, for the owner: who did what, newest first, and how one knows that nothing in it was changed.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::audit::{Concern, Entry, Said, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Zone, clock_time};
use crate::views::csv::{Cell, Table};
use crate::views::link;
use crate::views::text::{deed, somebody};
use crate::views::ui::Button;

/// How many entries a page has.
pub const ON_A_PAGE: usize = 50;

/// A page of the log.
#[derive(Debug)]
pub struct Log<'a> {
    /// Its entries, newest first.
    pub entries: &'a [Entry],
    /// Who there is.
    pub members: &'a [Practitioner],
    /// The digest of the newest entry of all, as it is mailed.
    pub head: Option<(u64, String)>,
    /// The number before which older entries stand.
    pub older: Option<u64>,
}

fn name(members: &[Practitioner], id: PractitionerId) -> Option<&str> {
    members.iter().find(|one| one.id == id).map(|one| one.name.as_str())
}

fn who(members: &[Practitioner], who: Who) -> String {
    match who {
        Who::Member(id) => name(members, id).unwrap_or(somebody(who)).to_owned(),
        other => somebody(other).to_owned(),
    }
}

/// The end of an id, which tells it from others on a page; the table has the whole.
fn short(id: &str) -> String {
    format!("…{}", id.get(id.len().saturating_sub(8)..).unwrap_or(id))
}

/// About whom, unless it is the one who did it.
fn about(members: &[Practitioner], said: &Said) -> String {
    match said.about {
        Concern::Practice => String::new(),
        Concern::Member(id) if said.who == Who::Member(id) && said.what != What::PasswordChanged => {
            String::new()
        }
        Concern::Member(id) => name(members, id).unwrap_or("a member who is not there any more").to_owned(),
        Concern::Client(id) => format!("client {}", short(&id.to_string())),
        Concern::Refund(id) => format!("refund {}", short(&id.to_string())),
        Concern::Place(id) => format!("place {}", short(&id.to_string())),
    }
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, log: &Log<'_>) -> Markup {
    const TITLE: &str = "Audit log";
    let people = link::desk_people();
    let main = html! {
        (super::head(Some((&people, "People")), TITLE, html! { "Who signed in, and who changed keys, roles, money and what is kept." }))
        div.narrow {
            @if log.entries.is_empty() { p { "Nothing was written down yet." } }
            @else {
                table."ledger told" {
                    thead { tr { th scope="col" { "When" } th scope="col" { "What" } } }
                    tbody { @for entry in log.entries { (line(desk, log.members, &entry.said)) } }
                }
            }
            @if let Some(before) = log.older {
                p.gap { a href=(link::asking(&link::desk_audit(), &[("before", &before.to_string())])) { "Older entries" } }
            }
            section."form gap" {
                h2 { "Was anything changed?" }
                p { "Each entry is tied to the one before. " code { "fiddlehead check" } " names every entry that was changed, removed or moved. Once a week the owners are mailed the newest fingerprint: keep those mails. With one of them, " code { "fiddlehead check --head" } " tells whether everything up to it is as it was." }
                @if let Some((number, digest)) = &log.head {
                    p { "The newest now: entry " (number) ", " code."digest" { (digest) } }
                }
                p { (Button::new("Take it as a table").quiet().link(&link::desk_audit_csv())) }
            }
        }
    };
    desk.page(TITLE, Tab::Settings, &main)
}

fn line(desk: &Desk<'_>, members: &[Practitioner], said: &Said) -> Markup {
    let (zone, about) = (desk.zone(), about(members, said));
    let local = zone.local(said.at);
    let on = local.date().strftime("%-d %b %Y").to_string();
    html! {
        tr id=(format!("entry-{}", said.number)) {
            td { (on) ", " (clock_time(local.time())) }
            td { b { (who(members, said.who)) } " " (deed(said.what)) @if !about.is_empty() { " " b { (about) } } "." }
        }
    }
}

/// The log as a table.
#[must_use]
pub fn table(entries: &[(Entry, String)], members: &[Practitioner]) -> Vec<u8> {
    let mut table = Table::new(&["number", "at", "who", "who_id", "what", "about", "about_id", "digest"]);
    let utc = Zone::utc();
    for (entry, digest) in entries {
        let said = &entry.said;
        let (number, who) = (said.number.to_string(), who(members, said.who));
        let who_id = match said.who {
            Who::Member(id) => id.to_string(),
            Who::Client(id) => id.to_string(),
            Who::Console | Who::Clock | Who::Stranger => String::new(),
        };
        let (kind, id) = match said.about {
            Concern::Practice => ("practice", String::new()),
            Concern::Member(id) => ("member", id.to_string()),
            Concern::Client(id) => ("client", id.to_string()),
            Concern::Refund(id) => ("refund", id.to_string()),
            Concern::Place(id) => ("place", id.to_string()),
        };
        table.row(&[
            Cell::Text(&number),
            Cell::At(said.at, &utc),
            Cell::Text(&who),
            Cell::Text(&who_id),
            Cell::Text(said.what.name()),
            Cell::Text(kind),
            Cell::Text(&id),
            Cell::Text(digest),
        ]);
    }
    table.finish()
}
