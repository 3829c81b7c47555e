//! Every table in one list, and the ways to its rows.

use std::marker::PhantomData;
use std::ops::ControlFlow;

use crate::domain::id::*;
use crate::domain::time::Timestamp;

use super::key::{Key, beginning, everything};
use super::row::Kept;
use super::{
    Order, Read, Span, StoreError, Tx, audit, billing, calendar, catalog, credits, keeping, messages, people,
};

/// A table of the database: keys of one type, rows of one shape.
pub(super) struct Table<K, R> {
    name: &'static str,
    of: PhantomData<fn(K) -> R>,
}

impl<K: Key, R: Kept> Table<K, R> {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    fn row(&self, bytes: &[u8]) -> Result<R::Value, StoreError> {
        R::unpack(bytes).map_err(|why| StoreError::Row { table: self.name, why })
    }

    fn key(&self, mut bytes: &[u8]) -> Result<K, StoreError> {
        K::read(&mut bytes).ok_or_else(|| StoreError::Row { table: self.name, why: "its key".to_owned() })
    }

    pub(super) fn find(&self, read: &impl Read, key: &K) -> Result<Option<R::Value>, StoreError> {
        read.bytes(self.name, &key.bytes())?.map(|bytes| self.row(&bytes)).transpose()
    }

    pub(super) fn put(&self, tx: &Tx<'_>, key: &K, value: &R::Value) -> Result<(), StoreError> {
        let bytes = R::pack(value).map_err(|why| StoreError::Row { table: self.name, why })?;
        tx.put_bytes(self.name, &key.bytes(), &bytes, |_| ())
    }

    /// The same, and what stood there before.
    pub(super) fn replace(
        &self,
        tx: &Tx<'_>,
        key: &K,
        value: &R::Value,
    ) -> Result<Option<R::Value>, StoreError> {
        let bytes = R::pack(value).map_err(|why| StoreError::Row { table: self.name, why })?;
        let mut before = None;
        tx.put_bytes(self.name, &key.bytes(), &bytes, |old| before = Some(self.row(old)))?;
        before.transpose()
    }

    pub(super) fn remove(&self, tx: &Tx<'_>, key: &K) -> Result<(), StoreError> {
        tx.remove_bytes(self.name, &key.bytes())
    }

    /// Shows each row between two prefixes (the second exclusive) to `see`, until it breaks off.
    pub(super) fn walk(
        &self,
        read: &impl Read,
        (from, until): (Vec<u8>, Vec<u8>),
        order: Order,
        mut see: impl FnMut(K, R::Value) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.look(read, (from, until), order, |key, value| Ok(see(self.key(key)?, self.row(value)?)))
    }

    /// The same with the bytes of each row; a failure breaks off too.
    fn look(
        &self,
        read: &impl Read,
        (from, until): (Vec<u8>, Vec<u8>),
        order: Order,
        mut see: impl FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut failed = None;
        let mut show = |key: &[u8], value: &[u8]| {
            see(key, value).unwrap_or_else(|error| {
                failed = Some(error);
                ControlFlow::Break(())
            })
        };
        read.scan(self.name, Span { from: &from, until: &until, order }, &mut show)?;
        failed.map_or(Ok(()), Err)
    }

    /// The values of all rows whose key begins so, in the order of the keys.
    pub(super) fn values_under(
        &self,
        read: &impl Read,
        prefix: &impl Key,
    ) -> Result<Vec<R::Value>, StoreError> {
        self.gather(read, beginning(prefix), |_, value| self.row(value))
    }

    /// The values of all rows, in the order of the keys.
    pub(super) fn values(&self, read: &impl Read) -> Result<Vec<R::Value>, StoreError> {
        self.gather(read, everything(), |_, value| self.row(value))
    }

    /// Shows the value of each row to `see`, in the order of the keys, until that fails.
    pub(super) fn each(
        &self,
        read: &impl Read,
        mut see: impl FnMut(R::Value) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_look(read, |_, value| see(self.row(value)?))
    }

    /// Shows each row to `see`, in the order of the keys, until that fails.
    pub(super) fn each_row(
        &self,
        read: &impl Read,
        mut see: impl FnMut(K, R::Value) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_look(read, |key, value| see(self.key(key)?, self.row(value)?))
    }

    /// Shows the key of each row to `see`, in their order, until that fails: what stands there may be long.
    pub(super) fn each_key(
        &self,
        read: &impl Read,
        mut see: impl FnMut(K) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_look(read, |key, _| see(self.key(key)?))
    }

    fn each_look(
        &self,
        read: &impl Read,
        mut see: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.look(read, everything(), Order::Up, |key, value| {
            see(key, value).map(|()| ControlFlow::Continue(()))
        })
    }

    /// All rows whose key begins so.
    pub(super) fn under(
        &self,
        read: &impl Read,
        prefix: &impl Key,
    ) -> Result<Vec<(K, R::Value)>, StoreError> {
        self.gather(read, beginning(prefix), |key, value| Ok((self.key(key)?, self.row(value)?)))
    }

    /// Shows all rows whose key begins so to `see`, in the order of the keys.
    pub(super) fn each_under(
        &self,
        read: &impl Read,
        prefix: &impl Key,
        mut see: impl FnMut(K, R::Value),
    ) -> Result<(), StoreError> {
        self.walk(read, beginning(prefix), Order::Up, |key, value| {
            see(key, value);
            ControlFlow::Continue(())
        })
    }

    /// Shows the keys alone of all rows whose key begins so to `see`, in their order: what only counts or looks for an id need not unpack
    /// the rows.
    pub(super) fn each_key_under(
        &self,
        read: &impl Read,
        prefix: &impl Key,
        mut see: impl FnMut(K),
    ) -> Result<(), StoreError> {
        self.look(read, beginning(prefix), Order::Up, |key, _| {
            see(self.key(key)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    /// All rows.
    pub(super) fn all(&self, read: &impl Read) -> Result<Vec<(K, R::Value)>, StoreError> {
        self.gather(read, everything(), |key, value| Ok((self.key(key)?, self.row(value)?)))
    }

    fn gather<T>(
        &self,
        read: &impl Read,
        span: (Vec<u8>, Vec<u8>),
        make: impl Fn(&[u8], &[u8]) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.look(read, span, Order::Up, |key, value| {
            all.push(make(key, value)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(all)
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $key:ty => $row:ty = $name:literal;)*) => {$(
        $(#[$doc])*
        pub(super) const $table: Table<$key, $row> = Table::new($name);
    )*
        /// The names of all of them.
        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$($name),*];
    };
}

tables! {
    /// Facts about the file itself: its format.
    META: String => u64 = "meta";
    /// What must be looked at, by its instant.
    DUE: (Timestamp, u8, u128) => () = "due";
    /// The instant of each such thing.
    DUE_OF: (u8, u128) => Timestamp = "due_of";

    /// Who did what, each entry tied to the one before.
    AUDIT: u64 => audit::EntryRow = "audit";

    CLIENTS: ClientId => people::ClientRow = "clients";
    CLIENT_BY_EMAIL: String => ClientId = "client_by_email";
    CLIENTS_OF: (PractitionerId, ClientId) => () = "clients_of";
    /// Notes about clients, sealed.
    NOTES: (ClientId, NoteId) => people::NoteRow = "notes";
    /// The key of each client's notes, wrapped; without it they cannot be read.
    NOTE_KEYS: ClientId => Vec<u8> = "note_keys";
    PRACTITIONERS: PractitionerId => people::PractitionerRow = "practitioners";
    PRACTITIONER_BY_SLUG: String => PractitionerId = "practitioner_by_slug";
    PRACTITIONER_BY_EMAIL: String => PractitionerId = "practitioner_by_email";
    LINKS: [u8; 32] => people::LinkRow = "links";
    LOGINS: [u8; 32] => people::LoginRow = "logins";
    /// Browsers that did the first step of signing in and not the second.
    HALFWAY: [u8; 32] => people::HalfwayRow = "halfway";
    SECOND_FACTORS: PractitionerId => people::SecondFactorRow = "second_factors";
    /// Passkeys by the digest of the name that the device has for one.
    PASSKEYS: [u8; 32] => people::PasskeyRow = "passkeys";
    /// Browsers from which a member has signed in, by the digest of a cookie that says no more than that.
    DEVICES: (PractitionerId, [u8; 32]) => people::DeviceRow = "devices";
    /// The digest of the newest link of a person, by which her code is found.
    LATEST_LINK: (u8, u128) => Vec<u8> = "latest_link";
    INVITATIONS: [u8; 32] => people::InvitationRow = "invitations";
    /// The words by which a practitioner finds her clients.
    TAGS: (PractitionerId, ClientId) => people::TagsRow = "tags";

    PRACTICE: String => catalog::PracticeRow = "practice";
    STOREFRONTS: PractitionerId => catalog::StorefrontRow = "storefronts";
    PICTURES: (PractitionerId, u8) => Vec<u8> = "pictures";
    PACKAGES: PackageId => catalog::PackageRow = "packages";
    PACKAGES_OF: (PractitionerId, PackageId) => () = "packages_of";
    PACKAGE_BY_SLUG: (PractitionerId, String) => PackageId = "package_by_slug";
    VERSIONS: (PackageId, u32) => catalog::OfferRow = "versions";
    PURCHASES: PurchaseId => catalog::PurchaseRow = "purchases";
    PURCHASES_OF_CLIENT: (ClientId, PurchaseId) => () = "purchases_of_client";
    PURCHASES_OF: (PractitionerId, PurchaseId) => () = "purchases_of";
    /// Practitioners' own accounts at the payment provider.
    OWN_ACCOUNTS: (PractitionerId, u32) => catalog::AccountRow = "own_accounts";
    PURCHASE_BY_CHECKOUT: String => PurchaseId = "purchase_by_checkout";
    VERSION_MADE_AT: (PackageId, u32) => Timestamp = "version_made_at";

    LOTS: LotId => credits::LotRow = "lots";
    LOTS_OF_CLIENT: (ClientId, LotId) => () = "lots_of_client";
    /// The lots once more, practitioner by practitioner: her desk and her books read all of hers, which lie far apart among everybody's.
    LOTS_OF: (PractitionerId, LotId) => credits::LotRow = "lots_of";
    /// The entries of every ledger. Format 1 kept them in "entries", by lot.
    LEDGERS: (PractitionerId, LotId, EntryId) => credits::EntryRow = "ledgers";
    IMPORTS: (PractitionerId, ImportId) => credits::ImportRow = "imports";

    HOURS: PractitionerId => calendar::AvailabilityRow = "hours";
    CLOSURES: (PractitionerId, ClosureId) => calendar::ClosureRow = "closures";
    BOOKINGS: BookingId => calendar::BookingRow = "bookings";
    /// Confirmed bookings by practitioner and start; holds the end.
    CALENDAR: (PractitionerId, Timestamp, BookingId) => Timestamp = "calendar";
    /// Bookings that the practitioner put where another session or the hours were in the way, with the start for which she did.
    BOOKED_ANYWAY: BookingId => Timestamp = "booked_anyway";
    BOOKINGS_OF_CLIENT: (ClientId, Timestamp, BookingId) => () = "bookings_of_client";
    /// First times that were chosen with a purchase.
    RESERVATIONS: PurchaseId => calendar::ReservationRow = "reservations";
    /// Those that are kept for the buyer, by practitioner and start.
    RESERVED: (PractitionerId, Timestamp, PurchaseId) => () = "reserved";
    /// Bookings that were called off, by practitioner and when that was: her feed tells them for a while.
    CALLED_OFF: (PractitionerId, Timestamp, BookingId) => () = "called_off";
    /// Calendars that are not ours, and where they stand.
    OUTSIDES: OutsideId => calendar::OutsideRow = "outsides";
    OUTSIDES_OF: (PractitionerId, OutsideId) => () = "outsides_of";
    /// What each of them takes of the practitioner's time.
    BUSY: (PractitionerId, OutsideId) => calendar::BusyRow = "busy";
    /// Feeds by the digest of their token, and the digest of each person's feed.
    FEEDS: [u8; 32] => calendar::FeedRow = "feeds";
    FEED_OF: (u8, u128) => Vec<u8> = "feed_of";

    PAYMENTS: PurchaseId => billing::PaymentRow = "payments";
    RECEIPTS: u64 => billing::ReceiptRow = "receipts";
    RECEIPTS_OF: (PurchaseId, u64) => () = "receipts_of";
    REFUNDS: RefundId => billing::RefundRow = "refunds";
    REFUNDS_OF: (PurchaseId, RefundId) => () = "refunds_of";
    REFUND_BY_REFERENCE: String => RefundId = "refund_by_reference";
    /// Refunds that wait for a decision of the practitioner.
    REFUNDS_ASKING: (PractitionerId, RefundId) => () = "refunds_asking";
    /// Disputes by the provider's name for them.
    DISPUTES: String => billing::DisputeRow = "disputes";
    DISPUTES_OF: (PurchaseId, String) => () = "disputes_of";
    DISPUTES_OPEN: (PractitionerId, String) => () = "disputes_open";

    MESSAGES: MessageId => messages::MessageRow = "messages";
    MESSAGE_BY_KEY: String => MessageId = "message_by_key";
    MESSAGES_TO: (u128, MessageId) => () = "messages_to";
    OPT_OUTS: (ClientId, String) => Timestamp = "opt_outs";
    /// A practitioner's own words for a kind of message.
    WORDINGS: (PractitionerId, String) => messages::WordingRow = "wordings";
    /// The words of messages that have words of their own.
    WRITTEN: MessageId => messages::WordingRow = "written";
    /// How messages read that were sent.
    SENT: MessageId => messages::Copy = "sent";

    /// To whom backups are sealed.
    KIT: String => keeping::KitRow = "kit";
    /// Where backups go.
    DESTINATIONS: DestinationId => keeping::DestinationRow = "destinations";
    /// What became of each.
    BACKUPS: (DestinationId, BackupId) => keeping::BackupRow = "backups";
    /// That the data came back from a backup and are not let go yet.
    HELD: String => keeping::HeldRow = "held";
}
