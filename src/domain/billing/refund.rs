//! What is given back when a client leaves: pro rata of the price paid over unused, unexpired credits, or with the
//! used sessions re-priced at the single price, less a fee; never below nothing (domain.md, Rules and example 1). And a
//! refund as a thing of its own, from the moment it is asked for until the money is on its way, whoever began it.

use jiff::civil::Date;

use super::payment::Means;
use crate::domain::credits::ledger::{Balance, Revoked, Standing, What};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId, PurchaseId, RefundId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, plus_days};

mod reckoning;
mod share;
pub use reckoning::{Facts, Given, Quote, Worth, quotes};
pub use share::{Share, passed_of};

/// How a refund is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The worth of the unused credits.
    ProRata,
    /// What was paid less the used sessions at the price of a single one.
    SinglePrice(Money),
    /// All that was paid: a change of mind within the cooling-off period.
    Whole,
    /// What the practitioner says.
    Own,
}

/// How the money goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By the payment provider, the way it came.
    Provider {
        /// The provider's name for the refund, once it has made one.
        reference: Option<Line>,
    },
    /// By the practitioner's own hand.
    ByHand {
        /// How.
        means: Means,
        /// The local date.
        on: Date,
        /// A word of hers about it.
        note: Option<Line>,
    },
}

/// Who began a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The practitioner, here.
    Asked {
        /// How she reckoned.
        method: Method,
    },
    /// Somebody at the payment provider's own pages.
    AtProvider,
    /// The bank, which decided a dispute for the buyer.
    Dispute,
}

/// How far a refund is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The credits are taken back, and the provider is being asked for the money.
    Going {
        /// Sent with the question, so that asking twice gives back once.
        key: Line,
        /// When that key was made; the provider forgets keys.
        key_made_at: Timestamp,
        /// How often it was asked.
        tries: u32,
    },
    /// The money is on its way, or in her hand.
    Done {
        /// Since when we know.
        at: Timestamp,
    },
    /// The provider will not do it; no money was given back.
    Refused {
        /// When it said so.
        at: Timestamp,
        /// Its words.
        why: Line,
    },
    /// The money was on its way and came back: her bank did not take it.
    Returned {
        /// When we learned of it.
        at: Timestamp,
        /// The provider's words.
        why: Line,
    },
    /// It was called off, and the credits are back.
    Undone {
        /// When.
        at: Timestamp,
    },
}

/// What a refund that began elsewhere leaves for the practitioner to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// A part was given back: which credits are taken back for it?
    WhichCredits,
    /// All was given back: what becomes of the sessions that are booked?
    Sessions,
}

/// Money given back for a lot, or going to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its identifier, which the form carried, or made when it was found at the provider.
    pub id: RefundId,
    /// The purchase whose payment is given back.
    pub purchase: PurchaseId,
    /// Whose credits are taken back for it; another lot than the purchase's, if they had been passed on.
    pub lot: LotId,
    /// To whom the money goes: who paid.
    pub client: ClientId,
    /// Of whose practice.
    pub practitioner: PractitionerId,
    /// Who began it.
    pub cause: Cause,
    /// How much.
    pub amount: Money,
    /// How many credits it took back so far.
    pub credits: u32,
    /// What of both falls on lots that credits of this one were passed on to.
    pub passed: Vec<Share>,
    /// How the money goes back.
    pub way: Way,
    /// Why, for both to read.
    pub reason: Option<Line>,
    /// When it was asked for, or found.
    pub asked_at: Timestamp,
    /// How far it is.
    pub state: State,
    /// The number of its credit note, once the money is given back.
    pub note: Option<u64>,
    /// What is still to be decided about it.
    pub question: Option<Question>,
}

impl Refund {
    /// Whether it counts in the books: all but what was called off, from the moment it was asked for.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !matches!(self.state, State::Undone { .. })
    }

    /// Whether the provider is being asked.
    #[must_use]
    pub const fn is_going(&self) -> bool {
        matches!(self.state, State::Going { .. })
    }

    /// Whether a person must decide something about it.
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.question.is_some() || matches!(self.state, State::Refused { .. } | State::Returned { .. })
    }

    /// The provider's name for it.
    #[must_use]
    pub const fn reference(&self) -> Option<&Line> {
        match &self.way {
            Way::Provider { reference } => reference.as_ref(),
            Way::ByHand { .. } => None,
        }
    }
}

/// What of some refunds counts.
#[must_use]
pub fn given_back(refunds: &[Refund], currency: Money) -> Money {
    let minor = refunds.iter().filter(|one| one.counts()).map(|one| one.amount.minor).sum();
    Money { minor, ..currency }
}

/// What of some refunds counts for a lot.
#[must_use]
pub fn given_back_of(lot: LotId, refunds: &[Refund], currency: Money) -> Money {
    let counting = refunds.iter().filter(|one| one.counts());
    let minor = counting.filter_map(|one| one.amount_of(lot)).map(|amount| amount.minor).sum();
    Money { minor, ..currency }
}

/// Why nothing is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing was paid for these credits.
    NothingPaid,
    /// They were paid in other books, before they were brought in: what goes back is settled where it was paid.
    PaidElsewhere,
    /// It would give nothing back and take nothing back.
    Nothing,
    /// Another refund of the same purchase is under way.
    UnderWay,
    /// The payment is disputed: the bank decides, and a refund beside it would pay twice.
    Disputed,
    /// More than is left of what was paid.
    TooMuch {
        /// The most that can be given back.
        most: Money,
    },
    /// More credits than are unused.
    TooManyCredits {
        /// How many are.
        unused: u32,
    },
    /// A session that was to be called off is not booked any more, or has begun.
    SessionGone,
    /// The rules of the package grant no cooling-off, or it is over.
    NoCoolingOff,
    /// All of the money would go back, and some of the credits or sessions stay.
    NotAll,
    /// It comes to another amount meanwhile than the page showed.
    Otherwise {
        /// What it comes to.
        amount: Money,
    },
    /// The money did not come through the payment provider, which can give none back.
    NotOnline,
    /// The date lies in the future.
    InFuture,
}

/// A refund as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The id that the form carried.
    pub id: RefundId,
    /// Whose credits.
    pub lot: LotId,
    /// How it is reckoned.
    pub method: Method,
    /// What is kept back for the trouble.
    pub fee: Money,
    /// What comes of it, as the page showed it, or the practitioner's own amount.
    pub amount: Money,
    /// How many unused credits are taken back.
    pub count: u32,
    /// The booked sessions that are called off first.
    pub release: Vec<BookingId>,
    /// How the money goes back.
    pub way: Way,
    /// Why.
    pub reason: Option<Line>,
}

/// The last instant's date of the cooling-off that was agreed for a lot; none if there is none.
#[must_use]
pub fn cooling_off_until(lot: &Lot) -> Option<Date> {
    let days = i32::try_from(lot.offer.policy.cooling_off_days).ok().filter(|days| *days > 0)?;
    matches!(lot.origin, Origin::Purchase(_)).then(|| plus_days(lot.zone.date(lot.granted_at), days))
}

/// Whether a client may still change her mind: to the end of the last day.
#[must_use]
pub fn is_cooling_off(lot: &Lot, now: Timestamp) -> bool {
    cooling_off_until(lot).is_some_and(|last| lot.zone.date(now) <= last)
}

/// The booked sessions of a lot that could be called off: those that have not begun.
#[must_use]
pub fn to_come(balance: &Balance, now: Timestamp) -> Vec<BookingId> {
    let ahead = balance.sittings.iter().filter(|one| one.standing == Standing::Held && one.starts_at > now);
    ahead.map(|sitting| sitting.booking).collect()
}

/// Decides a refund: the entry that takes the credits back once the sessions are called off; none if it takes none.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn decide(
    (lot, balance): (&Lot, &Balance),
    given: &Given,
    ask: &Ask,
    now: Timestamp,
) -> Result<Option<What>, Refusal> {
    let ahead = to_come(balance, now);
    let mut release = ask.release.clone();
    release.sort_unstable();
    release.dedup();
    if release.len() != ask.release.len() || !release.iter().all(|booking| ahead.contains(booking)) {
        return Err(Refusal::SessionGone);
    }
    let facts = Facts::of(lot, balance, given, u32::try_from(release.len()).unwrap_or(u32::MAX));
    match () {
        () if lot.paid.minor <= 0 => return Err(Refusal::NothingPaid),
        () if balance.suspended > 0 => return Err(Refusal::Disputed),
        () if ask.count > facts.unused() => return Err(Refusal::TooManyCredits { unused: facts.unused() }),
        () if ask.amount.minor < 0 || ask.amount.minor > facts.most().minor => {
            return Err(Refusal::TooMuch { most: facts.most() });
        }
        () if ask.amount.is_zero() && ask.count == 0 => return Err(Refusal::Nothing),
        () if ask.method == Method::Whole && !is_cooling_off(lot, now) => return Err(Refusal::NoCoolingOff),
        // Credits are revoked in the same act as their money goes back.
        () if ask.method == Method::Whole && (ask.count < facts.unused() || release.len() < ahead.len()) => {
            return Err(Refusal::NotAll);
        }
        () => {}
    }
    if ask.method != Method::Own {
        let amount = facts.amount(ask.method, ask.count, ask.fee);
        if amount != ask.amount {
            return Err(Refusal::Otherwise { amount });
        }
    }
    Ok((ask.count > 0).then_some(What::Revoke { count: ask.count, why: Revoked::Refund }))
}

#[cfg(test)]
mod tests;
