//! Refunds in words: how they are reckoned, why not, and how far they are.

use super::refusal::Said;
use super::sessions;
use crate::domain::billing::refund::{Method, Refund, Refusal, State, Way};
use crate::domain::time::{Zone, long_date, long_moment};

/// How a refund is reckoned, as the head of its card: "Pro rata".
#[must_use]
pub const fn reckoned(method: Method) -> &'static str {
    match method {
        Method::ProRata => "Pro rata",
        Method::SinglePrice(_) => "At the single price",
        Method::Whole => "All of it",
        Method::Own => "Another amount",
    }
}

/// Why nothing is given back.
#[must_use]
pub fn refund_refused(refusal: Refusal) -> Said {
    let said = |what: &str, then: &str| Said { what: what.to_owned(), then: then.to_owned() };
    match refusal {
        Refusal::NothingPaid => {
            said("Nothing was paid for these sessions.", "There is nothing to give back.")
        }
        Refusal::PaidElsewhere => said(
            "These sessions were paid before they were brought in here.",
            "Money goes back where it was paid. To take sessions off here, correct their number.",
        ),
        Refusal::Nothing => said(
            "This would give nothing back and take nothing back.",
            "Please choose an amount or sessions.",
        ),
        Refusal::UnderWay => said(
            "Another refund of this purchase is under way.",
            "When it is settled, this can be asked again.",
        ),
        Refusal::Disputed => said(
            "The bank questions this payment.",
            "It decides where the money goes; a refund beside it would pay twice.",
        ),
        Refusal::TooMuch { most } => {
            said("That is more than is left of what was paid.", &format!("At most {most} can be given back."))
        }
        Refusal::TooManyCredits { unused } => {
            said("That is more than is unused.", &format!("{} can be taken back.", sessions(unused)))
        }
        Refusal::SessionGone => said(
            "One of these sessions is not booked any more, or has begun.",
            "Please look at the list again. Nothing was changed.",
        ),
        Refusal::NoCoolingOff => said(
            "A change of mind is not part of these rules any more.",
            "You can still give all of it back, as another amount.",
        ),
        Refusal::NotAll => said(
            "A change of mind gives all of it back, so no session stays.",
            "Please cancel every session, and take back all that are unused.",
        ),
        Refusal::Otherwise { amount } => said(
            &format!("It comes to {amount} by now."),
            "Something has changed since the page was shown. Please look again; nothing was changed.",
        ),
        Refusal::NotOnline => {
            said("This money did not come online.", "Please give it back yourself, and record how.")
        }
        Refusal::InFuture => {
            said("That date lies in the future.", "Please choose the day on which you gave it back.")
        }
    }
}

/// How far a refund is, as a sentence.
#[must_use]
pub fn refund_state(refund: &Refund, zone: &Zone) -> String {
    match (&refund.state, &refund.way) {
        (State::Going { tries: 0 | 1, .. }, _) => "The payment provider is being asked.".to_owned(),
        (State::Going { .. }, _) => {
            "The payment provider has not answered yet. It is asked again by itself, and gives back once."
                .to_owned()
        }
        (State::Done { at }, _) if refund.amount.is_zero() => {
            format!("Settled {}. No money went back.", long_moment(*at, zone))
        }
        (State::Done { at }, Way::Provider { .. }) => {
            format!("On its way since {}. Banks usually take five to ten days.", long_moment(*at, zone))
        }
        (State::Done { .. }, Way::ByHand { means, on, .. }) => {
            format!("Given back {}, on {}.", super::means(means), long_date(*on))
        }
        (State::Refused { why, .. }, _) => format!("The payment provider refused: {why}"),
        (State::Returned { why, .. }, _) => {
            format!("The money came back, because the bank did not take it: {why}")
        }
        (State::Undone { at }, _) => format!("Called off {}. The credits are back.", long_moment(*at, zone)),
    }
}
