//! Taking everything away: what is in it, in which form, and whether one's own notes go along.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::views::art::Icon;
use crate::views::link;
use crate::views::ui::{self, Button, Choice, Choices, Note};

/// The page, for the owner.
#[must_use]
pub fn page(desk: &Desk<'_>) -> Markup {
    let settings = link::desk_settings();
    let forms = [
        Choice::with_detail("csv", "Tables", "A zip of CSV files, for spreadsheets"),
        Choice::with_detail("json", "One document", "JSON, for other programs"),
    ];
    let notes =
        [Choice::with_detail("all", "With the notes I wrote", "Readable by anybody who has the file")];
    let main = html! {
        (super::head(Some((&settings, "Settings")), "Take everything away", html! { "All that the practice keeps, at any time, to keep or to move on with." }))
        div."narrow form" {
            p {
                "Practitioners, packages, clients, purchases, payments, receipts, credits with their ledger, sessions, and messages as they "
                "read. What each column means is written in the file itself."
            }
            form.form action=(link::desk_export_file()) {
                (Choices::one("form", "In which form?", &forms).chosen("csv"))
                (Choices::many("notes", "Private notes", &notes).hint("Only yours. Those of other practitioners are theirs to take."))
                (ui::note(Note::Info, "The file names your clients.", html! { "Keep it where only you can open it." }))
                (ui::submit(Button::new("Download it").icon(Icon::Down), html! { "Nothing here is changed. Passwords and pictures are not in it." }))
            }
        }
    };
    desk.page("Take everything away", Tab::Settings, &main)
}
