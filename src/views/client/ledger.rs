//! A lot's ledger in sentences: how the number came to be what it is.

use maud::{Markup, html};

use crate::domain::credits::ledger::Entry;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, machine_moment, short_date};
use crate::views::around::{Around, Here, Page};
use crate::views::art::key;
use crate::views::frond::{Counter, frond};
use crate::views::text::{self, Names, Reader};
use crate::views::{link, ui};

/// The page of everything that happened to a lot.
#[must_use]
pub fn ledger(
    around: &Around<'_>,
    (client, with): (&Client, &Practitioner),
    (lot, balance): &Counted,
    entries: &[Entry],
    now: Timestamp,
) -> Markup {
    let names = Names {
        client: client.name.first_word(),
        practitioner: with.name.first_word(),
        reader: Reader::Client,
    };
    let told = text::ledger(lot, entries, &names, &client.zone);
    let counter = Counter::of(balance);
    let has_a_date = balance.available_or_frozen() + balance.expired > 0;
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::me(), "Your sessions"))
            h1 { (lot.offer.name.as_str()) }
            p.sub { (text::session_terms(&lot.offer)) " with " (with.name.as_str()) }
            div."ba one" { (frond(counter)) div { (key(counter)) @if has_a_date { p { (text::use_by(lot, balance, now)) } } } }
            h2.gap { "Everything that happened" }
            table."ledger told" {
                caption.sr { "Every change of your sessions, oldest first. " (text::times_in(&client.zone)) }
                thead { tr { th scope="col" { "Date" } th scope="col" { "What" } th scope="col" .num { "Left" } } }
                tbody {
                    @for line in &told {
                        tr {
                            td {
                                time datetime=(machine_moment(line.at, &client.zone)) {
                                    (short_date(client.zone.date(line.at)))
                                }
                            }
                            td { (line.sentence) "." @if let Some(reason) = &line.reason { br; i { (reason) } } }
                            td.num data-of="Left" { (line.left) }
                        }
                    }
                }
            }
            p.hint { (text::times_in(&client.zone)) }
        }
    };
    around.page(Page::new(lot.offer.name.as_str(), Here::Elsewhere), &main)
}
