//! The parts of pages: a function or a small builder for each, named as its class in `assets/css/parts`.
//!
//! How to write a page:
//!
//! ```
//! use fiddlehead::domain::catalog::brand::Accent;
//! use fiddlehead::views::frond::Counter;
//! use fiddlehead::views::page::{self, Frame, NavLink};
//! use fiddlehead::views::ui::{self, Button, Field, Note};
//! use maud::html;
//!
//! let six = Counter { total: 6, used: 3, booked: 1, lost: 0 };
//! let main = html! {
//!     div."wrap narrow" {
//!         (ui::crumb("/me", "Your sessions"))
//!         h1 { "Shall we book this?" }
//!         (ui::note(Note::Good, "Your credit comes back.", html! {}))
//!         form.form method="post" {
//!             (Field::new("word", "A word for Ines").optional().value("see you soon"))
//!             (ui::submit(Button::new("Book session 5").wide(), html! { "Move it until Wednesday." }))
//!         }
//!     }
//! };
//! let nav = [NavLink::to("/me", "2 sessions left"), NavLink::to("/me/book", "Book").here()];
//! let bar = ui::bookbar(six, "2 left", "by 25 May", Button::new("Book session 5").link("/me/book"));
//! let mut frame = Frame::new("Book a session", "Quiet Field", "/", Accent::FERN);
//! frame.nav = &nav;
//! frame.bookbar = Some(bar);
//! let page = page::client(&frame, &main);
//! assert!(page.0.contains("<h1>Shall we book this?</h1>"));
//! ```
//!
//! - A main area is one or more `.wrap` (`.narrow` for one column, `.split` for main and side, `.sec` for a section
//!   with its heading in the margin); `.form` spaces the fields of a form; `.cluster` is a row that wraps.
//! - Builders (`Button`, `Field`, `Area`, `Select`, `Choices`) go into `html!` as they are. A field keeps its value
//!   and shows its error: pass `.value(typed)` and `.error(text)`, where `text` is an `Option<&str>`.
//! - One button a page is filled; the others are `.quiet()`. What reads as a link but acts is `ui::plain`.
//! - Numbers that must line up go in `td.num`; times in `time datetime=…`.
//! - No `style` attribute and no inline script, ever: the browser refuses both.

mod button;
mod choice;
mod credit;
mod field;
mod note;
mod pages;
mod times;

pub use button::{Button, plain, submit};
pub use choice::{Choice, Choices, consent};
pub use credit::{
    Arc, ArcState, CounterPart, Plate, arc, balance, before_after, bookbar, counter, counter_alone, plate,
    steps,
};
pub use field::{Area, Field, Select};
pub use note::{
    AMISS, Note, Tag, amiss, crumb, empty, label, look_again, note, quietpage, sum, sum_row, sum_total, tag,
};
pub use pages::Page;
pub use times::{Day, Freedom, Time, TimeGroup, times, week, weeknav};
