//! Questions with their answers in view: radio groups, boxes to tick, cards.

use maud::{Markup, Render, html};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Unsaid,
    Required,
}

/// One answer of some.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// Its words.
    pub label: &'a str,
    /// More about it, in small print; for cards.
    pub detail: Option<&'a str>,
}

impl<'a> Choice<'a> {
    /// An answer in a word or two.
    #[must_use]
    pub const fn new(value: &'a str, label: &'a str) -> Self {
        Self { value, label, detail: None }
    }

    /// An answer with more about it.
    #[must_use]
    pub const fn with_detail(value: &'a str, label: &'a str, detail: &'a str) -> Self {
        Self { value, label, detail: Some(detail) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Rows,
    Cards,
}

/// A question with its answers in view: one may be chosen, or with `many` any number.
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    name: &'a str,
    question: &'a str,
    choices: &'a [Choice<'a>],
    chosen: Vec<&'a str>,
    kind: &'static str,
    look: Look,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    need: Need,
}

impl<'a> Choices<'a> {
    /// A question of which one answer may be chosen.
    #[must_use]
    pub const fn one(name: &'a str, question: &'a str, choices: &'a [Choice<'a>]) -> Self {
        Self {
            name,
            question,
            choices,
            chosen: Vec::new(),
            kind: "radio",
            look: Look::Rows,
            hint: None,
            error: None,
            need: Need::Unsaid,
        }
    }

    /// A question of which any number of answers may be chosen.
    #[must_use]
    pub const fn many(name: &'a str, question: &'a str, choices: &'a [Choice<'a>]) -> Self {
        let mut this = Self::one(name, question, choices);
        this.kind = "checkbox";
        this
    }

    /// Each answer on a card, for a choice that matters.
    #[must_use]
    pub const fn cards(mut self) -> Self {
        self.look = Look::Cards;
        self
    }

    /// This answer is chosen.
    #[must_use]
    pub fn chosen(mut self, value: &'a str) -> Self {
        self.chosen.push(value);
        self
    }

    /// One or two sentences before the answers.
    #[must_use]
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong, if anything is.
    #[must_use]
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// One must be chosen; for `one` only.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.need = Need::Required;
        self
    }
}

impl Render for Choices<'_> {
    fn render(&self) -> Markup {
        let error_id = self.error.map(|_| format!("{}-e", self.name));
        let class = if self.look == Look::Cards { "choice card" } else { "choice" };
        html! {
            fieldset.choices aria-describedby=[&error_id] {
                legend { (self.question) }
                @if let Some(hint) = self.hint { p.hint { (hint) } }
                @for choice in self.choices {
                    label class=(class) {
                        input type=(self.kind) name=(self.name) value=(choice.value)
                            checked[self.chosen.contains(&choice.value)]
                            required[self.need == Need::Required && self.kind == "radio"]
                            aria-invalid=[self.error.map(|_| "true")];
                        span {
                            @if choice.detail.is_some() || self.look == Look::Cards { b { (choice.label) } }
                            @else { (choice.label) }
                            @if let Some(detail) = choice.detail { small { (detail) } }
                        }
                    }
                }
                @if let Some(error) = self.error { p.err id=[&error_id] { (error) } }
            }
        }
    }
}

/// One box to tick before going on; `words` may hold a link. Sends `name=yes`.
#[must_use]
pub fn consent(name: &str, words: Markup, error: Option<&str>) -> Markup {
    let error_id = error.map(|_| format!("{name}-e"));
    html! {
        div {
            label.choice {
                input type="checkbox" name=(name) value="yes" required aria-describedby=[&error_id]
                    aria-invalid=[error.map(|_| "true")];
                span { (words) }
            }
            @if let Some(error) = error { p.err id=[&error_id] { (error) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_answers_are_checked_and_no_others() {
        let days =
            [Choice::new("mo", "Monday"), Choice::new("tu", "Tuesday"), Choice::new("we", "Wednesday")];
        let text = Choices::many("day", "Which?", &days).chosen("mo").chosen("we").render().0;
        assert_eq!(text.matches(" checked").count(), 2);
        assert!(text.contains(r#"value="tu"><span>"#));
    }
}
