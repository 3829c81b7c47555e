//! Refunds in tests: asked for as the desk asks, with the amount that the rule comes to.

use fiddlehead::actions::refunds;
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::billing::refund::{Ask, Facts, Method, Way};
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::Zone;

use super::House;

impl House {
    /// A refund pro rata of so many unused credits of a lot, at the provider; sessions are called off for it first.
    pub fn pro_rata(&self, lot: LotId, count: u32, release: Vec<BookingId>) -> Ask {
        let whose = self.store_lot(lot).practitioner;
        let behind = refunds::ask::look(&self.app, whose, lot).unwrap();
        let (lot, balance) = &behind.counted;
        let released = u32::try_from(release.len()).unwrap();
        let fee = Money::zero(lot.paid.currency);
        Ask {
            id: RefundId::from_bits(self.id()),
            lot: lot.id,
            method: Method::ProRata,
            fee,
            amount: Facts::of(lot, balance, &behind.given, released).amount(Method::ProRata, count, fee),
            count,
            release,
            way: Way::Provider { reference: None },
            reason: None,
        }
    }

    /// In cash, today.
    pub fn in_cash(&self) -> Way {
        let on = "Europe/Berlin".parse::<Zone>().unwrap().date(self.now());
        Way::ByHand { means: Means::Cash, on, note: None }
    }

    /// A refund of one credit of a lot of Ines's, in cash.
    pub fn refunded_in_part(&self, lot: LotId) -> RefundId {
        let ask = Ask { way: self.in_cash(), ..self.pro_rata(lot, 1, vec![]) };
        refunds::ask::begin(&self.app, self.ines, ask).unwrap().id
    }

    fn store_lot(&self, lot: LotId) -> fiddlehead::domain::credits::lot::Lot {
        fiddlehead::store::credits::lot::find(&self.app.store.read().unwrap(), lot).unwrap().unwrap()
    }
}
