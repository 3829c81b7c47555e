//! Which of very many messages are about something of one practitioner's. It is [`by_hand::is_of`] with the ids of all that is hers read
//! beforehand in one go, as looking up the session behind each message takes longer than all else.

use std::collections::HashSet;

use super::by_hand;
use crate::domain::id::{BookingId, LotId, PractitionerId, PurchaseId};
use crate::domain::messages::message::{About, Message};
use crate::store::{Read, StoreError, calendar, catalog, credits};

/// What is a practitioner's.
#[derive(Debug)]
pub struct Own {
    whose: PractitionerId,
    purchases: HashSet<PurchaseId>,
    lots: HashSet<LotId>,
    bookings: HashSet<BookingId>,
}

impl Own {
    /// Reads the ids of it.
    ///
    /// # Errors
    /// [`StoreError`] if the file fails.
    pub fn of(read: &impl Read, whose: PractitionerId) -> Result<Self, StoreError> {
        let purchases = catalog::purchase::ids_of(read, whose)?.into_iter().collect();
        let lots = credits::lot::ids_of(read, whose)?.into_iter().collect();
        let bookings = calendar::booking::ids_of(read, whose)?.into_iter().collect();
        Ok(Self { whose, purchases, lots, bookings })
    }

    /// Whether a message is about some of it, or about her client alone.
    ///
    /// # Errors
    /// [`StoreError`] if the file fails.
    pub fn has(&self, read: &impl Read, message: &Message) -> Result<bool, StoreError> {
        match message.about {
            About::Purchase(id) => Ok(self.purchases.contains(&id)),
            About::Lot(id) => Ok(self.lots.contains(&id)),
            About::Booking(id, _) => Ok(self.bookings.contains(&id)),
            _ => by_hand::is_of(read, self.whose, message),
        }
    }
}
