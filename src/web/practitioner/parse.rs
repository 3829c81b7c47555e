//! Reads what was typed into the desk's forms as values of the domain, with the words for what cannot be read.

use std::str::FromStr;

use jiff::civil::Date;

use crate::actions::people::{Weak, check_password};
use crate::domain::catalog::brand::Accent;
use crate::domain::email::EmailAddress;
use crate::domain::text::{Line, NotText, Paragraph, Slug};
use crate::domain::time::Zone;
use crate::views::text;
use crate::views::typed::Typed;

fn as_text<T: FromStr<Err = NotText>>(typed: &str) -> Result<T, String> {
    typed.parse().map_err(text::text)
}

/// A line that must be filled in.
pub fn line(typed: &mut Typed, name: &'static str) -> Option<Line> {
    typed.read(name, as_text)
}

/// A line that may be left out.
pub fn line_or_none(typed: &mut Typed, name: &'static str) -> Option<Line> {
    typed.read_optional(name, as_text)
}

/// Some paragraphs; nothing typed is an empty one.
pub fn paragraph(typed: &mut Typed, name: &'static str) -> Option<Paragraph> {
    typed.read(name, as_text)
}

/// The part of an address; left empty, it is made from a name.
pub fn slug(typed: &mut Typed, name: &'static str, from: Option<&Line>) -> Option<Slug> {
    if typed.value(name).trim().is_empty() {
        let made = from.and_then(|name| Slug::from_name(name.as_str()));
        return made.or_else(|| {
            typed.wrong(name, "Please write an address: the letters a to z, digits and hyphens.");
            None
        });
    }
    typed.read(name, |typed| as_text(&typed.to_lowercase()))
}

/// An e-mail address.
pub fn email(typed: &mut Typed, name: &'static str) -> Option<EmailAddress> {
    typed.read(name, |typed| typed.parse().map_err(|why| text::address(why).to_owned()))
}

/// A local date, as a date field sends it.
pub fn date(typed: &mut Typed, name: &'static str) -> Option<Date> {
    typed.read(name, |typed| typed.parse().map_err(|_| "Please choose a date, like 2026-05-31.".to_owned()))
}

/// A whole number.
pub fn number<T: FromStr>(typed: &mut Typed, name: &'static str) -> Option<T> {
    typed.read(name, |typed| typed.parse().map_err(|_| "Please write a whole number.".to_owned()))
}

/// A zone of the database.
pub fn zone(typed: &mut Typed, name: &'static str) -> Option<Zone> {
    typed.read(name, |typed| typed.parse().map_err(|_| "Please choose a zone from the list.".to_owned()))
}

/// A colour: a preset, or the one in the field beside it.
pub fn accent(typed: &mut Typed) -> Option<Accent> {
    let colour =
        if typed.value("accent") == "own" { typed.value("accent-own") } else { typed.value("accent") };
    let read = colour.parse().map_err(|why| text::accent(why));
    match read {
        Ok(accent) => Some(accent),
        Err(why) => {
            typed.wrong("accent", why);
            None
        }
    }
}

/// A new password, which is never shown again. `about` is what everybody knows of who chooses it.
pub fn password(typed: &mut Typed, name: &'static str, about: &[&str]) -> Option<String> {
    let password = typed.value(name).to_owned();
    typed.set(name, "");
    let why = match check_password(&password, about) {
        Ok(()) => return Some(password),
        Err(Weak::Short) => "A password has at least 10 characters. A few words in a row are good.",
        Err(Weak::Long) => "That is longer than a password can be here.",
        Err(Weak::Personal) => {
            "That is little more than a name that everybody knows. Please add a few words."
        }
        Err(Weak::Common) => "That one is guessed first by everybody. Please choose another.",
    };
    typed.wrong(name, why);
    None
}
