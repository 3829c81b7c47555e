//! Typed identifiers: 128 bits, made of the instant and chance, so that they sort by age.

use std::fmt;
use std::str::FromStr;

/// Text that is no identifier: not 26 characters of Crockford's base 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Writes 128 bits as 26 characters of Crockford's base 32, lower case, most significant first.
fn encode(bits: u128) -> [u8; 26] {
    std::array::from_fn(|i| ALPHABET[(bits >> (5 * (25 - i)) & 31) as usize])
}

fn decode(text: &str) -> Result<u128, NotAnId> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return Err(NotAnId);
    }
    text.bytes().try_fold(0u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|&letter| letter == byte).ok_or(NotAnId)?;
        Ok(bits << 5 | digit as u128)
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The identifier with these bits; see `platform::entropy` for how they are made.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The 128 bits, as they are kept.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(std::str::from_utf8(&encode(self.0)).expect("the alphabet is ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                decode(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person who buys packages and comes to sessions.
    ClientId,
    /// A person who gives sessions.
    PractitionerId,
    /// A note about a client.
    NoteId,
    /// A product: n sessions of a length, a price, a validity, a policy.
    PackageId,
    /// One sale of one package to one client.
    PurchaseId,
    /// The credits that one purchase (or gift, comp, import) granted.
    LotId,
    /// One entry in a lot's ledger.
    EntryId,
    /// One session on the calendar.
    BookingId,
    /// A stretch of time off.
    ClosureId,
    /// A calendar that is not ours.
    OutsideId,
    /// A file of clients that was brought in.
    ImportId,
    /// One message in the outbox.
    MessageId,
    /// A numbered receipt or credit note.
    ReceiptId,
    /// Money given back, or going to be.
    RefundId,
    /// A place elsewhere that backups go to.
    DestinationId,
    /// One backup, or the attempt at one.
    BackupId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let id = ClientId::from_bits(bits);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn ids_sort_as_text_the_way_they_sort_as_numbers() {
        let (young, old) = (ClientId::from_bits(1 << 90), ClientId::from_bits(3 << 88));
        assert_eq!(young.to_string() > old.to_string(), young > old);
    }

    #[test]
    fn other_text_is_no_id() {
        for text in [
            "",
            "abc",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "ilou0000000000000000000000",
            "é0000000000000000000000000",
        ] {
            assert_eq!(text.parse::<ClientId>(), Err(NotAnId), "{text}");
        }
    }
}
