//! How keys become bytes that sort as the keys do, and the spans of keys that begin alike.

use crate::domain::id::*;
use crate::domain::time::Timestamp;

/// A key as bytes that sort as it does.
pub(super) trait Key: Sized {
    fn write(&self, bytes: &mut Vec<u8>);
    fn read(bytes: &mut &[u8]) -> Option<Self>;

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40);
        self.write(&mut bytes);
        bytes
    }
}

/// Takes the first N bytes.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

macro_rules! id_keys {
    ($($id:ty),*) => {$(
        impl Key for $id {
            fn write(&self, bytes: &mut Vec<u8>) {
                bytes.extend(self.bits().to_be_bytes());
            }
            fn read(bytes: &mut &[u8]) -> Option<Self> {
                take(bytes).map(|head| Self::from_bits(u128::from_be_bytes(head)))
            }
        }
    )*};
}
id_keys!(
    ClientId,
    PractitionerId,
    NoteId,
    PackageId,
    PurchaseId,
    LotId,
    EntryId,
    BookingId,
    ClosureId,
    OutsideId,
    ImportId,
    MessageId,
    ReceiptId,
    RefundId,
    DestinationId,
    BackupId
);

macro_rules! number_keys {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn write(&self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_be_bytes());
            }
            fn read(bytes: &mut &[u8]) -> Option<Self> {
                take(bytes).map(Self::from_be_bytes)
            }
        }
    )*};
}
number_keys!(u8, u32, u64, u128);

impl Key for Timestamp {
    fn write(&self, bytes: &mut Vec<u8>) {
        // With the sign bit turned over, earlier instants sort first as unsigned numbers.
        bytes.extend((self.as_microsecond() ^ i64::MIN).to_be_bytes());
    }
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Self::from_microsecond(i64::from_be_bytes(take(bytes)?) ^ i64::MIN).ok()
    }
}

impl Key for [u8; 32] {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self);
    }
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        take(bytes)
    }
}

/// Text ends with a zero byte, so that "ab" sorts before "abc" whatever follows it in the key.
impl Key for String {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.as_bytes().iter().filter(|byte| **byte != 0));
        bytes.push(0);
    }
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        let (head, rest) = bytes.split_at(end);
        *bytes = &rest[1..];
        Self::from_utf8(head.to_vec()).ok()
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.0.write(bytes);
        self.1.write(bytes);
    }
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::read(bytes)?, B::read(bytes)?))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn write(&self, bytes: &mut Vec<u8>) {
        self.0.write(bytes);
        self.1.write(bytes);
        self.2.write(bytes);
    }
    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::read(bytes)?, B::read(bytes)?, C::read(bytes)?))
    }
}

/// The span of all keys.
pub(super) fn everything() -> (Vec<u8>, Vec<u8>) {
    (Vec::new(), vec![0xff; 64])
}

/// The span of all keys that begin so.
pub(super) fn beginning(prefix: &impl Key) -> (Vec<u8>, Vec<u8>) {
    let from = prefix.bytes();
    let until = after_all(&from);
    (from, until)
}

/// The first bytes that sort after all that begin so.
pub(super) fn after_all(prefix: &[u8]) -> Vec<u8> {
    let mut after = prefix.to_vec();
    // Add one, dropping bytes that overflow.
    while let Some(last) = after.pop() {
        if last < 0xff {
            after.push(last + 1);
            break;
        }
    }
    after
}

/// The span of keys from one to another, the second exclusive.
pub(super) fn between(from: &impl Key, until: &impl Key) -> (Vec<u8>, Vec<u8>) {
    (from.bytes(), until.bytes())
}
