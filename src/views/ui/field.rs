//! Fields of forms: label, hint before, what was typed kept, error after and tied to the field.

use maud::{Escaper, Markup, PreEscaped, Render, html};
use std::fmt::Write as _;

/// What all fields share.
#[derive(Debug, Clone)]
struct Base<'a> {
    name: &'a str,
    id: String,
    label: &'a str,
    label_class: Option<&'static str>,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    need: Need,
    more: Vec<(&'a str, &'a str)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Unsaid,
    Required,
    Optional,
}

impl<'a> Base<'a> {
    fn new(name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label,
            label_class: None,
            hint: None,
            error: None,
            need: Need::Unsaid,
            more: Vec::new(),
        }
    }

    fn described(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-h", self.id));
        let error = self.error.map(|_| format!("{}-e", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// `tag` with the attributes that all controls have and those of its own, which are escaped.
    fn open(&self, tag: &str, own: &[(&str, &str)]) -> String {
        let described = self.described();
        let mut out = format!("<{tag}");
        let attribute = |out: &mut String, name: &str, value: &str| {
            let _ = write!(out, " {name}=\"");
            let _ = Escaper::new(out).write_str(value);
            out.push('"');
        };
        attribute(&mut out, "id", &self.id);
        attribute(&mut out, "name", self.name);
        for (name, value) in own.iter().chain(&self.more) {
            attribute(&mut out, name, value);
        }
        if let Some(ids) = described {
            attribute(&mut out, "aria-describedby", &ids);
        }
        if self.error.is_some() {
            attribute(&mut out, "aria-invalid", "true");
        }
        if self.need == Need::Required {
            out.push_str(" required");
        }
        out.push('>');
        out
    }

    fn wrap(&self, control: String) -> Markup {
        html! {
            div.field {
                label for=(self.id) class=[self.label_class] {
                    (self.label)
                    @if self.need == Need::Optional { " " small { "(optional)" } }
                }
                @if let Some(hint) = self.hint { p.hint id={ (self.id) "-h" } { (hint) } }
                (PreEscaped(control))
                @if let Some(error) = self.error { p.err id={ (self.id) "-e" } { (error) } }
            }
        }
    }
}

macro_rules! shared {
    ($name:ident) => {
        impl<'a> $name<'a> {
            /// One or two sentences before the field.
            #[must_use]
            pub const fn hint(mut self, hint: &'a str) -> Self {
                self.base.hint = Some(hint);
                self
            }

            /// What is wrong with what was sent, if anything is.
            #[must_use]
            pub const fn error(mut self, error: Option<&'a str>) -> Self {
                self.base.error = error;
                self
            }

            /// It must be filled in.
            #[must_use]
            pub const fn required(mut self) -> Self {
                self.base.need = Need::Required;
                self
            }

            /// It says that it may be left out.
            #[must_use]
            pub const fn optional(mut self) -> Self {
                self.base.need = Need::Optional;
                self
            }

            /// An id other than the name, where a name stands twice on a page.
            #[must_use]
            pub fn id(mut self, id: &str) -> Self {
                self.base.id = id.to_owned();
                self
            }

            /// The label is heard and not seen.
            #[must_use]
            pub const fn label_heard(mut self) -> Self {
                self.base.label_class = Some("sr");
                self
            }

            /// Another attribute, as `("min", "1")`. An empty value stands for itself: `("readonly", "")`.
            #[must_use]
            pub fn with(mut self, name: &'a str, value: &'a str) -> Self {
                self.base.more.push((name, value));
                self
            }
        }
    };
}

/// A field of one line.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    base: Base<'a>,
    kind: &'a str,
    value: &'a str,
}

shared!(Field);

impl<'a> Field<'a> {
    /// A field for text; its id is its name.
    #[must_use]
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Self { base: Base::new(name, label), kind: "text", value: "" }
    }

    /// Another `type`: `email`, `tel`, `number`, `date`, `time`, `file`, `password`, `color`, `search`.
    #[must_use]
    pub const fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// What stands in it.
    #[must_use]
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// What the browser may fill in: `name`, `email`, `one-time-code`, `off`.
    #[must_use]
    pub fn autocomplete(self, token: &'a str) -> Self {
        self.with("autocomplete", token)
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let own = [("type", self.kind), ("value", self.value)];
        let own = if self.value.is_empty() { &own[..1] } else { &own[..] };
        self.base.wrap(self.base.open("input", own))
    }
}

/// A field of some lines.
#[derive(Debug, Clone)]
pub struct Area<'a> {
    base: Base<'a>,
    value: &'a str,
}

shared!(Area);

impl<'a> Area<'a> {
    /// An empty area; its id is its name.
    #[must_use]
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Self { base: Base::new(name, label), value: "" }
    }

    /// What stands in it.
    #[must_use]
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }
}

impl Render for Area<'_> {
    fn render(&self) -> Markup {
        let mut control = self.base.open("textarea", &[]);
        // HTML drops one line end after the tag: give it one to drop.
        control.push('\n');
        let _ = Escaper::new(&mut control).write_str(self.value);
        control.push_str("</textarea>");
        self.base.wrap(control)
    }
}

/// One of a list.
#[derive(Debug, Clone)]
pub struct Select<'a> {
    base: Base<'a>,
    options: &'a [(&'a str, &'a str)],
    value: &'a str,
}

shared!(Select);

impl<'a> Select<'a> {
    /// A list of `(value, words)`; the first is chosen unless `value` says another.
    #[must_use]
    pub fn new(name: &'a str, label: &'a str, options: &'a [(&'a str, &'a str)]) -> Self {
        Self { base: Base::new(name, label), options, value: "" }
    }

    /// The value that is chosen.
    #[must_use]
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// The time zone's list: the script chooses the visitor's own zone, if it is on the list.
    #[must_use]
    pub fn guessed(self) -> Self {
        self.with("data-guess", "")
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let mut control = self.base.open("select", &[]);
        let options = html! {
            @for (value, words) in self.options { option value=(value) selected[*value == self.value] { (words) } }
        };
        control.push_str(&options.0);
        control.push_str("</select>");
        self.base.wrap(control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_after_the_field_and_is_tied_to_it() {
        let field = Field::new("email", "Email").kind("email").value("nora@").hint("For your receipt.");
        let text = field.clone().error(Some("That isn’t an address yet.")).required().render().0;
        assert_eq!(
            text,
            "<div class=\"field\"><label for=\"email\">Email</label><p class=\"hint\" id=\"email-h\">For your \
             receipt.</p><input id=\"email\" name=\"email\" type=\"email\" value=\"nora@\" \
             aria-describedby=\"email-h email-e\" aria-invalid=\"true\" required><p class=\"err\" id=\"email-e\">That \
             isn’t an address yet.</p></div>"
        );
        let text = field.error(None).render().0;
        assert!(!text.contains("aria-invalid") && !text.contains("-e\""));
    }

    #[test]
    fn what_was_typed_comes_back_and_stays_text() {
        let typed = "\"><script>alert(1)</script>";
        let line = Field::new("a", "A").value(typed).with("placeholder", typed).render().0;
        let area = Area::new("b", "B").value(typed).render().0;
        let list = Select::new("c", "C", &[(typed, typed)]).value(typed).render().0;
        for text in [line, area, list] {
            assert!(!text.contains("<script>"), "{text}");
            assert!(text.contains("&quot;&gt;&lt;script&gt;"), "{text}");
        }
    }

    #[test]
    fn the_chosen_option_is_chosen_and_no_other() {
        let zones = [("a", "London"), ("b", "Budapest")];
        let text = Select::new("tz", "Zone", &zones).value("b").render().0;
        assert!(text.contains(r#"<option value="a">London</option><option value="b" selected>"#));
    }
}
