//! Refunds, found by id, by purchase, by the provider's name for them, and, while they wait for a decision, by practitioner.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::payment::MeansRow;
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{
    Cause, Given, Method, Question, Refund, Share, State, Way, given_back, given_back_of,
};
use crate::domain::credits::ledger::What;
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{ClientId, LotId, PractitionerId, PurchaseId, RefundId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::credits;
use crate::store::row::{MoneyRow, id, instant, kept, text, text_or_none};
use crate::store::table::{REFUND_BY_REFERENCE, REFUNDS, REFUNDS_ASKING, REFUNDS_OF};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Method")]
enum MethodRow {
    ProRata,
    SinglePrice(#[serde(with = "MoneyRow")] Money),
    Whole,
    Own,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Way")]
enum WayRow {
    Provider {
        #[serde(with = "text_or_none")]
        reference: Option<Line>,
    },
    ByHand {
        #[serde(with = "MeansRow")]
        means: Means,
        #[serde(with = "text")]
        on: Date,
        #[serde(with = "text_or_none")]
        note: Option<Line>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Cause")]
enum CauseRow {
    Asked {
        #[serde(with = "MethodRow")]
        method: Method,
    },
    AtProvider,
    Dispute,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "State")]
enum StateRow {
    Going {
        #[serde(with = "text")]
        key: Line,
        #[serde(with = "instant")]
        key_made_at: Timestamp,
        tries: u32,
    },
    Done {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Refused {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "text")]
        why: Line,
    },
    Returned {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "text")]
        why: Line,
    },
    Undone {
        #[serde(with = "instant")]
        at: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Question")]
enum QuestionRow {
    WhichCredits,
    Sessions,
}

/// A question that may not be there.
mod question_or_none {
    use super::*;
    use serde::{Deserializer, Serializer};

    #[derive(Serialize)]
    struct Out<'a>(#[serde(with = "QuestionRow")] &'a Question);
    #[derive(Deserialize)]
    struct In(#[serde(with = "QuestionRow")] Question);

    pub fn serialize<S: Serializer>(value: &Option<Question>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Out).serialize(to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Question>, D::Error> {
        Ok(Option::<In>::deserialize(from)?.map(|row| row.0))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Share")]
struct ShareRow {
    #[serde(with = "id")]
    lot: LotId,
    #[serde(with = "MoneyRow")]
    amount: Money,
    credits: u32,
}

/// Some shares; there are none but of credits that were passed on.
mod shares {
    use super::*;
    use serde::{Deserializer, Serializer};

    #[derive(Serialize)]
    struct Out<'a>(#[serde(with = "ShareRow")] &'a Share);
    #[derive(Deserialize)]
    struct In(#[serde(with = "ShareRow")] Share);

    pub fn serialize<S: Serializer>(value: &[Share], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(value.iter().map(Out))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Share>, D::Error> {
        Ok(Vec::<In>::deserialize(from)?.into_iter().map(|row| row.0).collect())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Refund")]
pub(in crate::store) struct RefundRow {
    #[serde(with = "id")]
    id: RefundId,
    #[serde(with = "id")]
    purchase: PurchaseId,
    #[serde(with = "id")]
    lot: LotId,
    #[serde(with = "id")]
    client: ClientId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "CauseRow")]
    cause: Cause,
    #[serde(with = "MoneyRow")]
    amount: Money,
    credits: u32,
    #[serde(default, with = "shares")]
    passed: Vec<Share>,
    #[serde(with = "WayRow")]
    way: Way,
    #[serde(with = "text_or_none")]
    reason: Option<Line>,
    #[serde(with = "instant")]
    asked_at: Timestamp,
    #[serde(with = "StateRow")]
    state: State,
    note: Option<u64>,
    #[serde(with = "question_or_none")]
    question: Option<Question>,
}
kept!(RefundRow = "RefundRow" for Refund);

/// The refund of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: RefundId) -> Result<Option<Refund>, StoreError> {
    REFUNDS.find(read, &id)
}

/// The refund that the provider knows by this name.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_reference(read: &impl Read, reference: &str) -> Result<Option<Refund>, StoreError> {
    REFUND_BY_REFERENCE.find(read, &reference.to_owned())?.map_or(Ok(None), |id| find(read, id))
}

/// The refunds of a purchase, oldest first: of its own lot and of those that credits were passed on to.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, purchase: PurchaseId) -> Result<Vec<Refund>, StoreError> {
    let ids = REFUNDS_OF.under(read, &purchase)?;
    let found = ids.into_iter().map(|((_, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The refunds of a lot, oldest first, also those of which only a part falls on it.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_lot(read: &impl Read, lot: &Lot) -> Result<Vec<Refund>, StoreError> {
    let Some(purchase) = purchase_behind(read, lot)? else { return Ok(Vec::new()) };
    let mut refunds = of(read, purchase)?;
    refunds.retain(|refund| refund.amount_of(lot.id).is_some());
    Ok(refunds)
}

/// What counts as given back for a lot: what [`crate::domain::billing::statement::Statement::of`] asks for.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn refunded(read: &impl Read, lot: &Lot) -> Result<Money, StoreError> {
    Ok(given_back_of(lot.id, &of_lot(read, lot)?, lot.paid))
}

/// The purchase whose payment stands behind a lot, also if its credits were passed on; none behind a gift, nor behind what was
/// brought in.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn purchase_behind(read: &impl Read, lot: &Lot) -> Result<Option<PurchaseId>, StoreError> {
    let mut origin = lot.origin.clone();
    loop {
        match origin {
            Origin::Purchase(id) => return Ok(Some(id)),
            Origin::Comp { .. } | Origin::Import { .. } => return Ok(None),
            Origin::Transfer { from } => match credits::lot::find(read, from)? {
                Some(lot) => origin = lot.origin,
                None => return Ok(None),
            },
        }
    }
}

/// The lots that stand behind a payment: the purchase's own first, then those that its credits were passed on to, in the order
/// in which they were.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn lots_behind(read: &impl Read, purchase: PurchaseId) -> Result<Vec<Lot>, StoreError> {
    let mut lots: Vec<Lot> = credits::lot::find(read, Lot::id_for(purchase))?.into_iter().collect();
    let mut seen = 0;
    while let Some(ledger) = lots.get(seen).map(Lot::ledger) {
        for entry in credits::ledger::of(read, ledger)? {
            if let What::TransferOut { to, .. } = entry.what {
                lots.extend(credits::lot::find(read, to)?);
            }
        }
        seen += 1;
    }
    Ok(lots)
}

/// What was given back of a lot and what is left of the payment behind it; `paid` is that payment's amount.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn given(read: &impl Read, lot: &Lot, purchase: PurchaseId, paid: Money) -> Result<Given, StoreError> {
    let all = of(read, purchase)?;
    let left = paid.minor - given_back(&all, paid).minor;
    Ok(Given { of_lot: given_back_of(lot.id, &all, paid), left_of_payment: Money { minor: left, ..paid } })
}

/// The refunds of a practitioner that wait for her decision, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn asking(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Refund>, StoreError> {
    let ids = REFUNDS_ASKING.under(read, &practitioner)?;
    let found = ids.into_iter().map(|((_, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Every refund, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Refund>, StoreError> {
    REFUNDS.values(read)
}

/// Keeps a refund, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, refund: &Refund) -> Result<(), StoreError> {
    REFUNDS_OF.put(tx, &(refund.purchase, refund.id), &())?;
    if let Some(reference) = refund.reference() {
        REFUND_BY_REFERENCE.put(tx, &reference.to_string(), &refund.id)?;
    }
    let asking = (refund.practitioner, refund.id);
    if refund.asks() {
        REFUNDS_ASKING.put(tx, &asking, &())?
    } else {
        REFUNDS_ASKING.remove(tx, &asking)?
    }
    REFUNDS.put(tx, &refund.id, refund)
}
