//! A practitioner's own words for a kind of message: its subject, and the paragraphs that open and close it. Blanks in them,
//! such as `{first_name}`, are filled with that hour's facts. What stands between (times, counter, buttons, why it came) is
//! the program's.

use super::message::Kind;
use crate::domain::text::{Line, NotText, Paragraph};

/// A place in the words that is filled when the message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blank {
    /// The reader's first name.
    FirstName,
    /// The practitioner's first name.
    Practitioner,
    /// The name of the practice.
    Practice,
    /// How many sessions can be booked.
    SessionsLeft,
    /// How many sessions there are in all.
    Sessions,
    /// The last day on which they can be booked.
    UseBy,
    /// The day and time of the session.
    When,
    /// What is or was to pay.
    Price,
    /// The word by which the order is found.
    Reference,
}

impl Blank {
    /// Its name between the braces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::Practitioner => "practitioner",
            Self::Practice => "practice",
            Self::SessionsLeft => "sessions_left",
            Self::Sessions => "sessions",
            Self::UseBy => "use_by",
            Self::When => "when",
            Self::Price => "price",
            Self::Reference => "reference",
        }
    }

    /// The blanks that a kind of message can fill.
    #[must_use]
    pub const fn of(kind: Kind) -> &'static [Self] {
        use Blank::{
            FirstName, Practice, Practitioner, Price, Reference, Sessions, SessionsLeft, UseBy, When,
        };
        match kind {
            Kind::Receipt => &[FirstName, Practitioner, Practice, SessionsLeft, Sessions, UseBy, Price],
            Kind::AwaitingPayment | Kind::PaymentFailed => {
                &[FirstName, Practitioner, Practice, Sessions, Price, Reference]
            }
            Kind::Booked | Kind::Moved | Kind::Cancelled | Kind::Reminder => {
                &[FirstName, Practitioner, Practice, When, SessionsLeft, Sessions, UseBy]
            }
            Kind::BookFirst | Kind::ExpirySoon | Kind::Renewal | Kind::Lapsed | Kind::Welcome => {
                &[FirstName, Practitioner, Practice, SessionsLeft, Sessions, UseBy]
            }
            Kind::Personal => &[FirstName, Practitioner, Practice],
            Kind::SignIn
            | Kind::Invitation
            | Kind::Sample
            | Kind::ErasureAsked
            | Kind::PasswordChanged
            | Kind::BackupOverdue
            | Kind::NewBrowser
            | Kind::SignInChanged
            | Kind::AuditHead
            | Kind::Refunded
            | Kind::RefundAsks
            | Kind::Disputed => &[],
        }
    }
}

/// The kinds whose words a practitioner can write: those that clients get about something of hers. The sign-in link is the
/// program's, as it belongs to no practitioner.
pub const EDITABLE: [Kind; 12] = [
    Kind::Receipt,
    Kind::Booked,
    Kind::Moved,
    Kind::Cancelled,
    Kind::Reminder,
    Kind::BookFirst,
    Kind::ExpirySoon,
    Kind::Renewal,
    Kind::Lapsed,
    Kind::Welcome,
    Kind::AwaitingPayment,
    Kind::PaymentFailed,
];

/// Why words were not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWords {
    /// They are no line or paragraph.
    Text(NotText),
    /// A blank that this kind of message cannot fill; holds its name.
    Unknown(String),
    /// A brace without its partner.
    Brace,
}

/// The words; what is left out stays as the program writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// The subject.
    pub subject: Option<Line>,
    /// The paragraphs that open it.
    pub opening: Option<Paragraph>,
    /// The paragraphs that close it.
    pub closing: Option<Paragraph>,
}

impl Wording {
    /// The most characters of the opening, and of the closing.
    pub const ROOM: usize = 1_500;

    /// Whether nothing of it is hers.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self == &Self::default()
    }
}

/// Reads a subject; nothing typed is none.
///
/// # Errors
/// [`NotWords`] says why not.
pub fn subject(kind: Kind, typed: &str) -> Result<Option<Line>, NotWords> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let line: Line = typed.parse().map_err(NotWords::Text)?;
    pieces(kind, line.as_str())?;
    Ok(Some(line))
}

/// Reads an opening or a closing; nothing typed is none.
///
/// # Errors
/// [`NotWords`] says why not.
pub fn passage(kind: Kind, typed: &str) -> Result<Option<Paragraph>, NotWords> {
    let paragraph: Paragraph = typed.parse().map_err(NotWords::Text)?;
    if paragraph.as_str().chars().count() > Wording::ROOM {
        return Err(NotWords::Text(NotText::Length(Wording::ROOM)));
    }
    pieces(kind, paragraph.as_str())?;
    Ok(Some(paragraph).filter(|paragraph| !paragraph.is_empty()))
}

/// Words with their blanks filled. What is filled in is not looked at again, so that a name with braces stays a name.
#[must_use]
pub fn filled(kind: Kind, words: &str, fact: impl Fn(Blank) -> String) -> String {
    let Ok(pieces) = pieces(kind, words) else { return words.to_owned() };
    let said = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Blank(blank) => fact(blank),
    });
    said.collect()
}

/// The name of a package that stands in some words, whatever its case: what a lock screen may show to anyone.
#[must_use]
pub fn names_one_of<'a>(words: &str, names: impl IntoIterator<Item = &'a Line>) -> Option<&'a Line> {
    let words = words.to_lowercase();
    names.into_iter().find(|name| words.contains(&name.as_str().to_lowercase()))
}

enum Piece<'a> {
    Text(&'a str),
    Blank(Blank),
}

fn pieces(kind: Kind, words: &str) -> Result<Vec<Piece<'_>>, NotWords> {
    let (mut pieces, mut rest) = (Vec::new(), words);
    while let Some((text, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(NotWords::Brace)?;
        if text.contains('}') || name.contains('{') {
            return Err(NotWords::Brace);
        }
        let blank = Blank::of(kind).iter().find(|blank| blank.name() == name.trim());
        pieces.push(Piece::Text(text));
        pieces.push(Piece::Blank(*blank.ok_or_else(|| NotWords::Unknown(name.trim().to_owned()))?));
        rest = after;
    }
    if rest.contains('}') {
        return Err(NotWords::Brace);
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_once_and_what_fills_them_is_not_read_again() {
        let said =
            filled(Kind::BookFirst, "Dear {first_name}, { sessions_left } wait.", |blank| match blank {
                Blank::FirstName => "{use_by}".to_owned(),
                _ => "6".to_owned(),
            });
        assert_eq!(said, "Dear {use_by}, 6 wait.");
    }

    #[test]
    fn a_blank_that_the_kind_cannot_fill_and_lone_braces_are_refused() {
        let refused = |words: &str| subject(Kind::BookFirst, words).unwrap_err();
        assert_eq!(refused("At {when}"), NotWords::Unknown("when".to_owned()));
        assert_eq!(refused("Hello {FIRST_NAME}"), NotWords::Unknown("FIRST_NAME".to_owned()));
        for lone in ["Hello {first_name", "Hello first_name}", "Hello {{first_name}}", "}{"] {
            assert_eq!(refused(lone), NotWords::Brace, "{lone}");
        }
        assert!(subject(Kind::Booked, "At {when}").is_ok());
    }

    #[test]
    fn a_subject_is_one_line_and_a_passage_has_bounds() {
        let injected = subject(Kind::BookFirst, "Hello\r\nBcc: a@b.example");
        assert_eq!(injected, Err(NotWords::Text(NotText::Control)));
        assert_eq!(subject(Kind::BookFirst, "  "), Ok(None));
        let long = passage(Kind::BookFirst, &"x".repeat(Wording::ROOM + 1));
        assert_eq!(long, Err(NotWords::Text(NotText::Length(Wording::ROOM))));
        assert_eq!(passage(Kind::BookFirst, "a\0b"), Err(NotWords::Text(NotText::Control)));
    }

    #[test]
    fn a_package_that_is_named_is_found_whatever_its_case() {
        let name: Line = "6-Session Anxiety Program".parse().unwrap();
        assert_eq!(names_one_of("Your 6-session ANXIETY program waits", [&name]), Some(&name));
        assert_eq!(names_one_of("Your six sessions wait", [&name]), None);
    }
}
