//! A practitioner's storefront: what a visitor sees of her.

use super::brand::Accent;
use super::practice::Practice;
use crate::domain::id::PractitionerId;
use crate::domain::money::Currency;
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
    /// In which field she works, by which visitors of a co-op's page choose: "Coaching".
    pub field: Option<Line>,
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
    /// The currency of her new packages, where it is not the practice's.
    pub currency: Option<Currency>,
}

impl Storefront {
    /// The storefront of somebody who has said nothing yet.
    #[must_use]
    pub fn new(practitioner: PractitionerId) -> Self {
        Self {
            practitioner,
            accent: Accent::default(),
            profession: None,
            field: None,
            tagline: None,
            about: Paragraph::default(),
            facts: Vec::new(),
            place: None,
            at_practice: AtPractice::Offered,
            currency: None,
        }
    }

    /// The currency in which she writes prices.
    #[must_use]
    pub fn currency(&self, practice: &Practice) -> Currency {
        self.currency.unwrap_or(practice.currency)
    }
}
