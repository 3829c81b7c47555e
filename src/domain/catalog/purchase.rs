//! A purchase: one sale of one package to one client, with a copy of everything agreed.

use super::package::Offer;
use crate::domain::id::{ClientId, PackageId, PractitionerId, PurchaseId};
use crate::domain::text::{Line, Paragraph, WebAddress};
use crate::domain::time::Timestamp;

/// How the money is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Through the payment provider's page.
    Online,
    /// At the practice; the practitioner says when it has come.
    AtPractice,
    /// Nothing is asked.
    Free,
}

/// Where a sale stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The buyer is asked to pay at the provider.
    AwaitingBuyer,
    /// The provider has the order; the money is on its way (a bank debit).
    Processing,
    /// The buyer said she pays at the practice.
    AwaitingPractice,
    /// Nothing is asked; the buyer has still to show that the address is hers.
    AwaitingProof,
    /// The money has come and the credits are granted.
    Paid {
        /// When we learned of it.
        at: Timestamp,
    },
    /// The money did not come after all.
    Failed {
        /// When we learned of it.
        at: Timestamp,
    },
    /// The buyer went away and the provider's page has closed.
    Lapsed {
        /// When we learned of it.
        at: Timestamp,
    },
    /// Called off by the practitioner or the buyer before any money came.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// What was said to the provider and what it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Till {
    /// Sent with the question, so that asking twice makes one checkout. Stored before the provider is asked.
    pub idempotency_key: Line,
    /// The provider's name for the checkout, once it has answered.
    pub checkout: Option<Line>,
    /// Where the buyer pays, for as long as she can.
    pub page: Option<WebAddress>,
    /// The provider's name for the payment, once one was tried.
    pub payment: Option<Line>,
    /// When the provider's page closes.
    pub closes_at: Timestamp,
    /// How often we have looked.
    pub looks: u32,
    /// The how-manieth of the practitioner's own accounts it is sold with; the practice's, if none.
    pub account: Option<u32>,
}

/// One sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Its identifier, which the form carried; the lot it grants has the same bits.
    pub id: PurchaseId,
    /// Who buys.
    pub client: ClientId,
    /// From whom.
    pub practitioner: PractitionerId,
    /// Which package.
    pub package: PackageId,
    /// In which version.
    pub version: u32,
    /// What was agreed.
    pub offer: Offer,
    /// The terms as they were shown.
    pub terms: Paragraph,
    /// SHA-256 of the terms, to be shown in a dispute.
    pub terms_hash: [u8; 32],
    /// When the buyer agreed.
    pub asked_at: Timestamp,
    /// A short word by which buyer and practice can find it: `FH-7K2Q`.
    pub reference: Line,
    /// How the money is to come.
    pub way: Way,
    /// Where it stands.
    pub state: State,
    /// The provider's side, if there is one.
    pub till: Option<Till>,
}

/// What the provider says of a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Its page is open and nothing is paid.
    Open,
    /// The order is placed, the money is on its way.
    Processing,
    /// The money is here.
    Paid,
    /// The money did not come.
    Failed,
    /// The page has closed.
    Lapsed,
}

/// What the provider's word asks us to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing new.
    Nothing,
    /// Grant the credits, once.
    Grant,
    /// Keep the new state.
    Keep(State),
}

impl Purchase {
    /// Whether the money has come.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self.state, State::Paid { .. })
    }

    /// Whether the provider may still have something to say of it.
    #[must_use]
    pub fn is_open_at_till(&self) -> bool {
        matches!(self.state, State::AwaitingBuyer | State::Processing)
    }

    /// What follows from the provider's word, whichever way and however often it comes. Money that has come is
    /// always granted for, even if the purchase was given up before; what is paid stays paid.
    #[must_use]
    pub fn hear(&self, word: Word, now: Timestamp) -> Step {
        match (self.state, word) {
            (State::Paid { .. }, _) | (_, Word::Open) => Step::Nothing,
            (_, Word::Paid) => Step::Grant,
            (State::AwaitingBuyer | State::Lapsed { .. }, Word::Processing) => Step::Keep(State::Processing),
            (State::AwaitingBuyer | State::Processing | State::Lapsed { .. }, Word::Failed) => {
                Step::Keep(State::Failed { at: now })
            }
            (State::AwaitingBuyer, Word::Lapsed) => Step::Keep(State::Lapsed { at: now }),
            (_, Word::Processing | Word::Failed | Word::Lapsed) => Step::Nothing,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn at() -> Timestamp {
        "2026-04-14T09:00:00Z".parse().unwrap()
    }

    /// A purchase of six sessions in some state.
    pub(crate) fn purchase(state: State) -> Purchase {
        Purchase {
            id: PurchaseId::from_bits(7),
            client: ClientId::from_bits(1),
            practitioner: PractitionerId::from_bits(2),
            package: PackageId::from_bits(3),
            version: 1,
            offer: crate::domain::catalog::package::tests::six_sessions(),
            terms: Paragraph::default(),
            terms_hash: [0; 32],
            asked_at: at(),
            reference: "FH-7K2Q".parse().unwrap(),
            way: Way::Online,
            state,
            till: None,
        }
    }

    #[test]
    fn money_that_has_come_is_granted_for_once_in_whatever_order_the_words_come() {
        let words = [Word::Open, Word::Processing, Word::Paid, Word::Failed, Word::Lapsed, Word::Paid];
        // Every rotation of the words, twice over: one grant each time.
        for turn in 0..words.len() {
            let mut purchase = purchase(State::AwaitingBuyer);
            let mut grants = 0;
            for word in words.iter().cycle().skip(turn).take(2 * words.len()) {
                match purchase.hear(*word, at()) {
                    Step::Nothing => {}
                    Step::Keep(state) => purchase.state = state,
                    Step::Grant => {
                        grants += 1;
                        purchase.state = State::Paid { at: at() };
                    }
                }
            }
            assert_eq!((grants, purchase.is_paid()), (1, true), "from word {turn}");
        }
    }

    #[test]
    fn a_late_word_does_not_reopen_what_failed() {
        let failed = State::Failed { at: at() };
        assert_eq!(purchase(failed).hear(Word::Processing, at()), Step::Nothing);
        assert_eq!(purchase(failed).hear(Word::Lapsed, at()), Step::Nothing);
        assert_eq!(purchase(State::Processing).hear(Word::Lapsed, at()), Step::Nothing);
        assert_eq!(purchase(State::Processing).hear(Word::Failed, at()), Step::Keep(failed));
    }
}
