//! Notes, tags, labels, sums, and pages with little to say.

use maud::{Markup, html};

use crate::views::art::{Icon, icon};
use crate::views::typed::Typed;

/// What a note tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// For your information.
    Info,
    /// It went well, or nothing is lost.
    Good,
    /// Something to heed before going on.
    Warn,
    /// It did not work; read aloud at once.
    Bad,
}

/// A note: its first sentence bold, then perhaps one or two more (inline markup, set in the same paragraph).
#[must_use]
pub fn note(kind: Note, first: &str, more: Markup) -> Markup {
    let (class, shape) = match kind {
        Note::Info => ("note", Icon::Info),
        Note::Good => ("note good", Icon::Check),
        Note::Warn => ("note warn", Icon::Warn),
        Note::Bad => ("note bad", Icon::Warn),
    };
    html! {
        div class=(class) role=[(kind == Note::Bad).then_some("alert")] {
            (icon(shape))
            div { p { b { (first) } @if !more.0.is_empty() { " " (more) } } }
        }
    }
}

/// The id of what says that a form did not go through: a page that has it says so in its title too.
pub const AMISS: &str = "amiss";

/// What stands first in a form that came back with something marked, and nothing in one that is sound. `first` says what did
/// not come about: "Not saved yet."
#[must_use]
pub fn amiss(typed: &Typed, first: &str) -> Markup {
    html! { @if !typed.is_sound() { (look_again(first, "Everything you typed is kept.")) } }
}

/// The same for a form of which it is known that it did not pass; `kept` says what stays of what was typed.
#[must_use]
pub fn look_again(first: &str, kept: &str) -> Markup {
    html! {
        div."note bad" id=(AMISS) role="alert" {
            (icon(Icon::Warn))
            div { p { b { (first) } " Please look at what is marked. " (kept) } }
        }
    }
}

/// What a tag marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A plain fact.
    Plain,
    /// Paid, done.
    Good,
    /// Waiting for something.
    Warn,
    /// Failed, lost.
    Bad,
}

/// A word or two on how something stands; with an icon, so that it never rests on colour.
#[must_use]
pub fn tag(kind: Tag, words: &str) -> Markup {
    let (class, shape) = match kind {
        Tag::Plain => ("tag", None),
        Tag::Good => ("tag good", Some(Icon::Check)),
        Tag::Warn => ("tag warn", Some(Icon::Clock)),
        Tag::Bad => ("tag bad", Some(Icon::Warn)),
    };
    html! { span class=(class) { @if let Some(shape) = shape { (icon(shape)) } (words) } }
}

/// A label with its double rule, for what is true and dated; at most two a page. `number` is its small italic line,
/// `when` the line that matters (may hold a `br` or a `time`).
#[must_use]
pub fn label(number: &str, when: Markup, rest: Markup) -> Markup {
    html! {
        div.label {
            p.label-no { (number) }
            @if !when.0.is_empty() { p.when { (when) } }
            (rest)
        }
    }
}

/// A list of amounts: rows made by `sum_row` and `sum_total`.
#[must_use]
pub fn sum(rows: &[Markup]) -> Markup {
    html! { dl.sum { @for row in rows { (row) } } }
}

/// A line of a sum.
#[must_use]
pub fn sum_row(what: &str, amount: &str) -> Markup {
    html! { div { dt { (what) } dd { (amount) } } }
}

/// The line of a sum that the others come to.
#[must_use]
pub fn sum_total(what: &str, amount: &str) -> Markup {
    html! { div.total { dt { (what) } dd { (amount) } } }
}

/// The way back, above the heading.
#[must_use]
pub fn crumb(href: &str, words: &str) -> Markup {
    html! { p.crumb { a href=(href) { (icon(Icon::Back)) (words) } } }
}

/// A part of a page with nothing in it yet: a figure, one sentence of fact, one way on.
#[must_use]
pub fn empty(figure: Markup, heading: &str, rest: Markup) -> Markup {
    html! { div.empty { div.quiet-fig { (figure) } div { h2 { (heading) } (rest) } } }
}

/// A whole page of the same kind: not found, waiting, past its date.
#[must_use]
pub fn quietpage(figure: Markup, heading: &str, rest: Markup) -> Markup {
    html! { div."wrap quietpage" { div.quiet-fig { (figure) } div { h1 { (heading) } (rest) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bad_news_is_read_aloud_at_once() {
        for kind in [Note::Info, Note::Good, Note::Warn, Note::Bad] {
            let text = note(kind, "So it is.", html! { "And more." }).0;
            assert_eq!(text.contains(r#"role="alert""#), kind == Note::Bad);
            assert!(text.contains("<p><b>So it is.</b> And more.</p>"));
        }
    }

    #[test]
    fn a_form_with_something_marked_says_so_first() {
        let mut typed = Typed::default();
        assert_eq!(amiss(&typed, "Not saved yet.").0, "");
        typed.wrong("name", "Please write a name.");
        let text = amiss(&typed, "Not saved yet.").0;
        assert!(text.starts_with(r#"<div class="note bad" id="amiss" role="alert">"#), "{text}");
        assert!(
            text.contains(
                "<b>Not saved yet.</b> Please look at what is marked. Everything you typed is kept."
            )
        );
    }

    #[test]
    fn what_is_typed_is_escaped() {
        let text = label("<1>", html! { "x" }, sum(&[sum_row("a<b", "$1"), sum_total("<", "&")])).0;
        assert!(!text.contains("<1>") && text.contains("a&lt;b") && text.contains("&amp;"));
    }
}
