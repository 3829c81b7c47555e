//! A lot: the credits that one purchase (or comp, gift, import) granted, with their own expiry and policy.

use super::ledger::LedgerId;
use crate::domain::catalog::package::Offer;
use crate::domain::id::{ClientId, LotId, PractitionerId, PurchaseId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};

/// Where a lot comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was bought.
    Purchase(PurchaseId),
    /// The practitioner gave it; worth nothing in refunds and revenue.
    Comp {
        /// Why.
        reason: Line,
    },
    /// Bought credits of another client's lot were passed on. What can be given back for them goes to whoever paid.
    Transfer {
        /// The lot that they came from.
        from: LotId,
    },
    /// It was sold before the practice came here, and brought in half used. The lot has the credits that were left, at their
    /// part of the price: that money came in other books.
    Import {
        /// How many sessions had been used of all that were sold.
        used_before: u32,
    },
}

/// Some credits with one set of rules. Immutable: what happens to them stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Its identifier; a bought lot has the bits of its purchase, so that a second grant is the same row.
    pub id: LotId,
    /// Whose credits they are.
    pub client: ClientId,
    /// With whom they can be spent.
    pub practitioner: PractitionerId,
    /// Where it comes from.
    pub origin: Origin,
    /// What was agreed when it was sold.
    pub offer: Offer,
    /// What was paid for it; nothing for a comp.
    pub paid: Money,
    /// When the credits landed; the term runs from here.
    pub granted_at: Timestamp,
    /// The zone in which its days end: the practitioner's, at the time of the sale.
    pub zone: Zone,
}

impl Lot {
    /// The lot that a purchase grants.
    #[must_use]
    pub fn id_for(purchase: PurchaseId) -> LotId {
        LotId::from_bits(purchase.bits())
    }

    /// Its ledger.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        (self.practitioner, self.id)
    }

    /// Whether it was given.
    #[must_use]
    pub fn is_comp(&self) -> bool {
        matches!(self.origin, Origin::Comp { .. })
    }

    /// Whether its money came in other books, before it was brought in.
    #[must_use]
    pub fn is_import(&self) -> bool {
        matches!(self.origin, Origin::Import { .. })
    }

    /// The purchase behind it.
    #[must_use]
    pub fn purchase(&self) -> Option<PurchaseId> {
        match self.origin {
            Origin::Purchase(id) => Some(id),
            Origin::Comp { .. } | Origin::Transfer { .. } | Origin::Import { .. } => None,
        }
    }
}
