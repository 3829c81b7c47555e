//! Buttons: what one presses has the leaf corner. One a page is filled.

use maud::{Markup, Render, html};

use crate::views::art::{Icon, icon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Filled,
    Quiet,
    Danger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Regular,
    Small,
    Wide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    Submit,
    Link(&'a str),
    /// Does nothing without a script; `data-copy` names the field to copy.
    Copy(&'a str),
}

/// A button, or a link that looks like one. Its words are a verb and its object.
#[derive(Debug, Clone, Copy)]
pub struct Button<'a> {
    words: &'a str,
    heard: Option<&'a str>,
    weight: Weight,
    size: Size,
    kind: Kind<'a>,
    icon: Option<Icon>,
    sends: Option<(&'a str, &'a str)>,
    form_action: Option<&'a str>,
    appearance: Appearance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Appearance {
    Everywhere,
    /// From 60rem, where the book bar is not shown.
    Lap,
}

impl<'a> Button<'a> {
    /// A filled button that sends the form in which it stands.
    #[must_use]
    pub const fn new(words: &'a str) -> Self {
        Self {
            words,
            heard: None,
            weight: Weight::Filled,
            size: Size::Regular,
            kind: Kind::Submit,
            icon: None,
            sends: None,
            form_action: None,
            appearance: Appearance::Everywhere,
        }
    }

    /// Outlined: for all but the page's one filled button.
    #[must_use]
    pub const fn quiet(mut self) -> Self {
        self.weight = Weight::Quiet;
        self
    }

    /// Outlined, in the colour of loss.
    #[must_use]
    pub const fn danger(mut self) -> Self {
        self.weight = Weight::Danger;
        self
    }

    /// Lower, for lists.
    #[must_use]
    pub const fn small(mut self) -> Self {
        self.size = Size::Small;
        self
    }

    /// As wide as there is room.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.size = Size::Wide;
        self
    }

    /// Shown only where the book bar, which holds the same, is not.
    #[must_use]
    pub const fn lap(mut self) -> Self {
        self.appearance = Appearance::Lap;
        self
    }

    /// With an icon before its words.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With more words for those who hear the page and not what stands beside: " Eating for Steadiness".
    #[must_use]
    pub const fn heard(mut self, more: &'a str) -> Self {
        self.heard = Some(more);
        self
    }

    /// A link instead, which looks the same.
    #[must_use]
    pub const fn link(mut self, href: &'a str) -> Self {
        self.kind = Kind::Link(href);
        self
    }

    /// Copies the field of this id, where scripts run.
    #[must_use]
    pub const fn copies(mut self, field: &'a str) -> Self {
        self.kind = Kind::Copy(field);
        self
    }

    /// Sends this name and value with the form.
    #[must_use]
    pub const fn sends(mut self, name: &'a str, value: &'a str) -> Self {
        self.sends = Some((name, value));
        self
    }

    /// Sends the form elsewhere than the form itself says.
    #[must_use]
    pub const fn to(mut self, action: &'a str) -> Self {
        self.form_action = Some(action);
        self
    }

    fn class(self) -> String {
        let mut class = String::from("btn");
        class += match self.weight {
            Weight::Filled => "",
            Weight::Quiet => " ghost",
            Weight::Danger => " ghost danger",
        };
        class += match self.size {
            Size::Regular => "",
            Size::Small => " small",
            Size::Wide => " wide",
        };
        if self.appearance == Appearance::Lap {
            class += " lap";
        }
        class
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let inside = html! {
            @if let Some(shape) = self.icon { (icon(shape)) }
            (self.words)
            @if let Some(heard) = self.heard { span.sr { (heard) } }
        };
        match self.kind {
            Kind::Link(href) => html! { a class=(self.class()) href=(href) { (inside) } },
            Kind::Copy(field) => {
                html! { button class=(self.class()) type="button" data-copy=(field) { (inside) } }
            }
            Kind::Submit => html! {
                button class=(self.class()) name=[self.sends.map(|s| s.0)] value=[self.sends.map(|s| s.1)]
                    formaction=[self.form_action] { (inside) }
            },
        }
    }
}

/// A button that reads as a link, in a form of its own: for signing out and the like, which a GET must not do.
#[must_use]
pub fn plain(action: &str, words: &str) -> Markup {
    html! { form method="post" action=(action) { button.plain { (words) } } }
}

/// The end of a form: its button, and under it what pressing it means.
#[must_use]
pub fn submit(button: Button<'_>, meaning: Markup) -> Markup {
    html! { div.submit { (button) @if !meaning.0.is_empty() { p.hint { (meaning) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_as_the_design_writes_it() {
        assert_eq!(Button::new("Book").render().0, r#"<button class="btn">Book</button>"#);
        let cancel = Button::new("Cancel").danger().small().sends("act", "cancel").render().0;
        assert_eq!(
            cancel,
            r#"<button class="btn ghost danger small" name="act" value="cancel">Cancel</button>"#
        );
        let link = Button::new("Book").quiet().link("/me?a=1&b=2").heard(" Eating & more").render().0;
        let want = r#"<a class="btn ghost" href="/me?a=1&amp;b=2">Book<span class="sr"> Eating &amp; more</span></a>"#;
        assert_eq!(link, want);
    }
}
