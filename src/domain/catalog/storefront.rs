//! A practitioner's storefront: what a visitor sees of her.

use super::brand::Accent;
use crate::domain::id::PractitionerId;
use crate::domain::text::{Line, Paragraph};

/// How one can pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtPractice {
    /// Paying at the practice is offered at checkout.
    Offered,
    /// Payment online only.
    NotOffered,
}

/// The face of a practitioner: colour, pictures and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storefront {
    /// Whose it is.
    pub practitioner: PractitionerId,
    /// The one colour from which all others follow.
    pub accent: Accent,
    /// What she is: "Licensed psychotherapist".
    pub profession: Option<Line>,
    /// One sentence, set large.
    pub tagline: Option<Line>,
    /// Some paragraphs about her.
    pub about: Paragraph,
    /// Short facts with a tick: credentials, languages, where.
    pub facts: Vec<Line>,
    /// Where sessions in person take place.
    pub place: Option<Line>,
    /// Whether one can pay at the practice.
    pub at_practice: AtPractice,
}
