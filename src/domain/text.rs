//! Text from outside, made safe by its type: a line, a paragraph, a slug.

use std::fmt;
use std::str::FromStr;

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// More characters than there is room for; holds how many fit.
    #[error("longer than {0} characters")]
    Length(usize),
    /// A control character, or one that turns the direction of writing.
    #[error("holds a control character")]
    Control,
    /// A slug may hold a–z, 0–9 and single hyphens within.
    #[error("not of the form a-z, 0-9 and hyphens")]
    Slug,
}

/// Characters that do not show but change what is around them: controls and direction overrides.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether one of them is in a text, but for those that may be. Most texts are plain, and every one is looked at whenever it is read.
fn has_hidden(text: &str, may_be: &[char]) -> bool {
    let plain = |byte: u8| matches!(byte, b' '..=b'~');
    !text.bytes().all(plain) && text.chars().any(|c| hidden(c) && !may_be.contains(&c))
}

/// Whether a text has more characters than there is room for; it never has more than bytes.
fn is_too_long(text: &str, room: usize) -> bool {
    text.len() > room && text.chars().count() > room
}

/// One line of up to 200 characters, trimmed, never empty, without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// The most characters that a line holds.
    pub const ROOM: usize = 200;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first word, as one greets a person.
    #[must_use]
    pub fn first_word(&self) -> &str {
        self.0.split_whitespace().next().unwrap_or("")
    }
}

impl FromStr for Line {
    type Err = NotText;
    fn from_str(text: &str) -> Result<Self, NotText> {
        let text = text.trim();
        match text {
            "" => Err(NotText::Empty),
            _ if has_hidden(text, &[]) => Err(NotText::Control),
            _ if is_too_long(text, Self::ROOM) => Err(NotText::Length(Self::ROOM)),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// Some paragraphs of up to 5,000 characters; line ends are `\n`; may be empty.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Paragraph(String);

impl Paragraph {
    /// The most characters that a paragraph holds.
    pub const ROOM: usize = 5_000;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its parts, as parted by empty lines.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.0.split("\n\n").map(str::trim).filter(|part| !part.is_empty())
    }
}

impl FromStr for Paragraph {
    type Err = NotText;
    fn from_str(text: &str) -> Result<Self, NotText> {
        let text = text.trim();
        let text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        if has_hidden(&text, &['\n', '\t']) {
            return Err(NotText::Control);
        }
        if is_too_long(&text, Self::ROOM) {
            return Err(NotText::Length(Self::ROOM));
        }
        Ok(Self(text))
    }
}

/// The part of an address that names a practitioner or a package: a–z, 0–9, single hyphens, up to 60.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// The most characters that a slug holds.
    pub const ROOM: usize = 60;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug made from a name: accents dropped where a plain letter is known, the rest hyphens.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match plain(c) {
                "" if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                letters => slug.push_str(letters),
            }
        }
        let cut: String = slug.trim_end_matches('-').chars().take(Self::ROOM).collect();
        cut.trim_end_matches('-').parse().ok()
    }
}

/// The plain letters that stand for a letter in an address; empty for what has none.
fn plain(c: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    if let Some(i) = PLAIN.find(c) {
        return &PLAIN[i..=i];
    }
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ī' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' => "s",
        'ß' => "ss",
        'ť' | 'þ' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

impl FromStr for Slug {
    type Err = NotText;
    fn from_str(text: &str) -> Result<Self, NotText> {
        match text {
            "" => Err(NotText::Empty),
            _ if text.len() > Self::ROOM => Err(NotText::Length(Self::ROOM)),
            _ if text.split('-').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            }) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(NotText::Slug),
        }
    }
}

/// An address of a page on the web, as somebody else names it: `https://…`, without spaces and hidden characters, of up to 2,000
/// characters, so that it can stand in a page and in a QR code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebAddress(String);

impl WebAddress {
    /// The most characters that an address holds.
    pub const ROOM: usize = 2000;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebAddress {
    type Err = NotText;
    fn from_str(text: &str) -> Result<Self, NotText> {
        // Plain HTTP is for the sandbox and for tests; a provider's own pages are never there.
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match rest {
            None | Some("") => Err(NotText::Empty),
            Some(_) if text.chars().any(|c| hidden(c) || c.is_whitespace()) => Err(NotText::Control),
            Some(_) if text.len() > Self::ROOM => Err(NotText::Length(Self::ROOM)),
            Some(_) => Ok(Self(text.to_owned())),
        }
    }
}

macro_rules! shown_as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    )*};
}
shown_as_text!(Line, Paragraph, Slug, WebAddress);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_bounded_and_without_controls() {
        assert_eq!("  Nora ".parse::<Line>().unwrap().as_str(), "Nora");
        assert_eq!(" ".parse::<Line>(), Err(NotText::Empty));
        assert_eq!("a\r\nBcc: b".parse::<Line>(), Err(NotText::Control));
        assert_eq!("a\u{202e}b".parse::<Line>(), Err(NotText::Control));
        assert_eq!("é".repeat(201).parse::<Line>(), Err(NotText::Length(200)));
        assert!("é".repeat(200).parse::<Line>().is_ok());
    }

    #[test]
    fn a_paragraph_keeps_its_lines_and_nothing_hidden() {
        assert_eq!("a\r\n\r\nb".parse::<Paragraph>().unwrap().paragraphs().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!("a\0b".parse::<Paragraph>(), Err(NotText::Control));
    }

    #[test]
    fn a_web_address_is_one_that_a_browser_opens_and_nothing_else() {
        for good in [
            "https://checkout.stripe.com/c/pay/cs_test_a1#fidkdWxOYHwnPyd1blpxYHZxWjA0",
            "http://127.0.0.1:8/x",
        ] {
            assert_eq!(good.parse::<WebAddress>().unwrap().as_str(), good);
        }
        let long = format!("https://a/{}", "a".repeat(2000));
        for bad in ["", "https://", "javascript:alert(1)", "/demo/till", "https://a b", "https://a\n", &long]
        {
            assert!(bad.parse::<WebAddress>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_slug_is_made_from_a_name() {
        for (name, slug) in [
            ("6-Session Anxiety Therapy Program", Some("6-session-anxiety-therapy-program")),
            ("  Élodie Müller!! ", Some("elodie-mueller")),
            ("Łukasz & Žofie", Some("lukasz-zofie")),
            ("日本", None),
        ] {
            assert_eq!(Slug::from_name(name).as_ref().map(Slug::as_str), slug);
        }
        assert!(
            "-a".parse::<Slug>().is_err() && "a--b".parse::<Slug>().is_err() && "A".parse::<Slug>().is_err()
        );
    }
}
