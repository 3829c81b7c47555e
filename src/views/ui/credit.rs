//! Parts that show credits: plate, counter, arc, book bar, before and after.

use maud::{Markup, html};

use super::Button;
use crate::views::art::{Icon, arc_end, icon, key, sprig};
use crate::views::frond::{Counter, Motion, frond, frond_alone, frond_moving};
use crate::views::page::Step;

/// A package as a specimen: its frond, and a label of what it is.
#[derive(Debug, Clone)]
pub struct Plate<'a> {
    /// How many sessions it has.
    pub sessions: u32,
    /// Its name.
    pub title: &'a str,
    /// Its page; the whole plate leads there.
    pub href: &'a str,
    /// What it is for, in a sentence.
    pub blurb: &'a str,
    /// "$540".
    pub price: &'a str,
    /// "$90 a session".
    pub each: &'a str,
    /// Short lines: "6 sessions of 50 minutes", "Use within 90 days".
    pub terms: &'a [&'a str],
    /// An aside: "Most people begin here." Its plate has the filled button, so at most one of a row.
    pub aside: Option<&'a str>,
}

/// A plate; in `div.wide > div.plates`.
#[must_use]
pub fn plate(plate: &Plate<'_>) -> Markup {
    html! {
        article.plate {
            div.plate-fig {
                @if let Some(aside) = plate.aside { p.aside { (aside) } }
                (frond(Counter::fresh(plate.sessions)))
            }
            div.plate-text {
                h3 { a href=(plate.href) { (plate.title) } }
                p { (plate.blurb) }
                p.price { b { (plate.price) } " " span { (plate.each) } }
                ul.terms { @for term in plate.terms { li { (term) } } }
                p.go aria-hidden="true" {
                    span class=(if plate.aside.is_some() { "btn small" } else { "btn small ghost" }) { "Choose" }
                }
            }
        }
    }
}

/// The counter with its words.
#[derive(Debug, Clone)]
pub struct CounterPart<'a> {
    /// The numbers.
    pub counter: Counter,
    /// Whether the frond moves as it appears.
    pub motion: Motion,
    /// What it counts, for those who hear it: "6-Session Program: sessions left".
    pub heard: &'a str,
    /// Until when: `"Use by " b { time { … } }`; may go on after a `br`.
    pub until: Markup,
    /// The package and with whom, under the counter.
    pub name: Markup,
    /// What to do with it.
    pub action: Option<Button<'a>>,
}

/// The counter: frond, number, until when, key, package, action.
#[must_use]
pub fn counter(part: &CounterPart<'_>) -> Markup {
    let left = part.counter.left();
    let noun = if left == 1 { "session left" } else { "sessions left" };
    html! {
        section.counter aria-label=(part.heard) {
            (frond_moving(part.counter, part.motion))
            div.counter-text {
                p.count { b { (left) } " " span { (noun) br; "to book" } }
                @if !part.until.0.is_empty() { p.by { (part.until) } }
                (key(part.counter))
            }
            @if !part.name.0.is_empty() { p.counter-name { (part.name) } }
            @if let Some(action) = part.action { (action) }
        }
    }
}

/// The frond on its own, which says what it shows.
#[must_use]
pub fn counter_alone(counter: Counter) -> Markup {
    frond_alone(counter)
}

/// How a session of the arc stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArcState {
    /// Held, or counted as used.
    Done,
    /// On the calendar.
    Booked,
    /// To book, and the one that comes next.
    Next,
    /// To book later.
    Open,
}

/// A session of the arc.
#[derive(Debug, Clone)]
pub struct Arc<'a> {
    /// Its place, from 1.
    pub number: u32,
    /// The chapter's title, or "Session 3" where a package has none.
    pub title: &'a str,
    /// How it stands.
    pub state: ArcState,
    /// What is said of it, as `p` elements: its date, "Not booked yet", a link.
    pub lines: Markup,
}

/// The sessions along one stem, as chapters.
#[must_use]
pub fn arc(sessions: &[Arc<'_>]) -> Markup {
    let class = |state: ArcState| match state {
        ArcState::Done => "done",
        ArcState::Booked => "booked",
        ArcState::Next => "open next",
        ArcState::Open => "open",
    };
    html! {
        ol.arc {
            @for session in sessions {
                li class=(class(session.state)) {
                    h3 { span { (session.number) } " " (session.title) }
                    (session.lines)
                }
            }
        }
        (arc_end())
    }
}

/// The bar that keeps Book within reach on phones: "2 left", "by 25 May", the button.
#[must_use]
pub fn bookbar(counter: Counter, left: &str, until: &str, action: Button<'_>) -> Markup {
    html! {
        aside.bookbar aria-label="Your credits" {
            div.wrap {
                p { (sprig(counter)) span { b { (left) } @if !until.is_empty() { br; (until) } } }
                (action)
            }
        }
    }
}

/// The counter in one line above a choice of times: "2 sessions left." and then "Use by Monday 25 May."
#[must_use]
pub fn balance(counter: Counter, left: &str, until: &str) -> Markup {
    html! { p.balance { (sprig(counter)) span { b { (left) } " " (until) } } }
}

/// What an act does to the credits: the frond now, an arrow, the frond after, and the same in words.
#[must_use]
pub fn before_after(before: Counter, after: Counter, words: Markup) -> Markup {
    html! { div.ba { (frond(before)) (icon(Icon::Arrow)) (frond(after)) p { (words) } } }
}

/// How far one is in some steps, as a sprig with words.
#[must_use]
pub fn steps(step: Step<'_>) -> Markup {
    let counter = Counter { total: step.of, used: step.at.saturating_sub(1), booked: 1, lost: 0 };
    html! { p.steps { (sprig(counter)) span { "Step " (step.at) " of " (step.of) br; (step.left) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: Counter = Counter { total: 6, used: 3, booked: 1, lost: 0 };

    #[test]
    fn the_counter_says_in_words_what_it_draws() {
        let part = CounterPart {
            counter: SIX,
            motion: Motion::Still,
            heard: "Program: sessions left",
            until: html! { "Use by " b { "Monday 25 May" } },
            name: html! {},
            action: Some(Button::new("Book session 5").wide().lap().link("/me/book")),
        };
        let text = counter(&part).0;
        assert!(text.contains("<b>2</b> <span>sessions left<br>to book</span>"));
        assert!(text.contains("3 used") && text.contains("1 booked") && text.contains("2 left"));
        assert!(text.contains(r#"<a class="btn wide lap" href="/me/book">"#));
        let one = CounterPart { counter: Counter { booked: 2, ..SIX }, ..part };
        assert!(counter(&one).0.contains("<b>1</b> <span>session left<br>to book</span>"));
    }

    #[test]
    fn spending_a_credit_shows_one_bud_fewer() {
        let text = before_after(SIX, Counter { booked: 2, ..SIX }, html! { "This uses 1 credit." }).0;
        let (before, after) = text.split_once("M5 12h14").unwrap();
        assert_eq!((before.matches("is-left").count(), after.matches("is-left").count()), (2, 1));
    }

    #[test]
    fn the_arc_marks_each_session_by_its_state() {
        let states = [ArcState::Done, ArcState::Booked, ArcState::Next, ArcState::Open];
        let sessions: Vec<Arc<'_>> = (1..)
            .zip(states)
            .map(|(number, state)| Arc { number, title: "Noticing", state, lines: html! { p { "x" } } })
            .collect();
        let text = arc(&sessions).0;
        for class in ["done", "booked", "open next", "open"] {
            assert_eq!(text.matches(&format!("<li class=\"{class}\">")).count(), 1, "{class}");
        }
    }
}
