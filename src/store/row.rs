//! How values become bytes: MessagePack with named fields, so that a field can be added with a default. A row's shape is a
//! private struct beside its functions, tied to the domain's type by serde's `remote`. Of rows that there are very many of the
//! fields go without their names, in their order; both are read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::id::*;
use crate::domain::time::Timestamp;

/// A shape on disk and the value that it keeps.
pub(super) trait Kept {
    type Value;
    fn pack(value: &Self::Value) -> Result<Vec<u8>, String>;
    fn unpack(bytes: &[u8]) -> Result<Self::Value, String>;
}

/// Implements [`Kept`] for a row that is the `remote` shape of a domain type; `by` is how it is written, with names if nothing is said.
macro_rules! kept {
    ($($row:ident = $name:literal for $value:ty),* $(,)?) => {
        $($crate::store::row::kept!($row = $name for $value, by $crate::store::row::to_bytes);)*
    };
    ($row:ident = $name:literal for $value:ty, by $write:path) => {
        impl $crate::store::row::Kept for $row {
            type Value = $value;
            fn pack(value: &$value) -> Result<Vec<u8>, String> {
                #[derive(serde::Serialize)]
                struct Out<'a>(#[serde(with = $name)] &'a $value);
                $write(&Out(value))
            }
            fn unpack(bytes: &[u8]) -> Result<$value, String> {
                #[derive(serde::Deserialize)]
                struct In(#[serde(with = $name)] $value);
                $crate::store::row::from_bytes::<In>(bytes).map(|row| row.0)
            }
        }
    };
}
pub(super) use kept;

pub(super) fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, String> {
    rmp_serde::to_vec_named(value).map_err(|error| error.to_string())
}

/// The fields in their order, without their names: a field can be added at the end only.
pub(super) fn to_bare_bytes(value: &impl Serialize) -> Result<Vec<u8>, String> {
    rmp_serde::to_vec(value).map_err(|error| error.to_string())
}

pub(super) fn from_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, String> {
    rmp_serde::from_slice(bytes).map_err(|error| error.to_string())
}

impl Kept for () {
    type Value = ();
    fn pack((): &()) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }
    fn unpack(_: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

impl Kept for u64 {
    type Value = Self;
    fn pack(value: &Self) -> Result<Vec<u8>, String> {
        Ok(value.to_be_bytes().to_vec())
    }
    fn unpack(bytes: &[u8]) -> Result<Self, String> {
        bytes.try_into().map(Self::from_be_bytes).map_err(|_| "not eight bytes".to_owned())
    }
}

impl Kept for Vec<u8> {
    type Value = Self;
    fn pack(value: &Self) -> Result<Vec<u8>, String> {
        Ok(value.clone())
    }
    fn unpack(bytes: &[u8]) -> Result<Self, String> {
        Ok(bytes.to_vec())
    }
}

impl Kept for Timestamp {
    type Value = Self;
    fn pack(value: &Self) -> Result<Vec<u8>, String> {
        Ok(value.as_microsecond().to_be_bytes().to_vec())
    }
    fn unpack(bytes: &[u8]) -> Result<Self, String> {
        let micros = bytes.try_into().map(i64::from_be_bytes).map_err(|_| "not eight bytes".to_owned())?;
        Self::from_microsecond(micros).map_err(|error| error.to_string())
    }
}

/// An identifier, as its bits.
pub(super) trait Bits: Sized {
    fn to_bits(&self) -> u128;
    fn of_bits(bits: u128) -> Self;
}

macro_rules! bits {
    ($($id:ty),*) => {$(
        impl Bits for $id {
            fn to_bits(&self) -> u128 {
                self.bits()
            }
            fn of_bits(bits: u128) -> Self {
                Self::from_bits(bits)
            }
        }
        impl Kept for $id {
            type Value = Self;
            fn pack(value: &Self) -> Result<Vec<u8>, String> {
                Ok(value.bits().to_be_bytes().to_vec())
            }
            fn unpack(bytes: &[u8]) -> Result<Self, String> {
                bytes.try_into().map(|head| Self::from_bits(u128::from_be_bytes(head))).map_err(|_| "not an id".to_owned())
            }
        }
    )*};
}
bits!(
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

/// Fields that are identifiers: `#[serde(with = "id")]`.
pub(super) mod id {
    use super::*;
    pub fn serialize<T: Bits, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u128(value.to_bits())
    }
    pub fn deserialize<'de, T: Bits, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        u128::deserialize(from).map(T::of_bits)
    }
}

/// Fields that may hold an identifier.
pub(super) mod id_or_none {
    use super::*;
    pub fn serialize<T: Bits, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(T::to_bits).serialize(to)
    }
    pub fn deserialize<'de, T: Bits, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        Ok(Option::<u128>::deserialize(from)?.map(T::of_bits))
    }
}

/// Fields that are instants, kept in microseconds since 1970.
pub(super) mod instant {
    use super::*;
    pub fn serialize<S: Serializer>(value: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(value.as_microsecond())
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_microsecond(i64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Fields that may hold an instant.
pub(super) mod instant_or_none {
    use super::*;
    pub fn serialize<S: Serializer>(value: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        value.map(Timestamp::as_microsecond).serialize(to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        let micros = Option::<i64>::deserialize(from)?;
        micros.map(Timestamp::from_microsecond).transpose().map_err(serde::de::Error::custom)
    }
}

/// Fields whose type writes itself as text and reads it back.
pub(super) mod text {
    use super::*;
    use std::fmt::Display;
    use std::str::FromStr;
    pub fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Fields that may hold such a type.
pub(super) mod text_or_none {
    use super::*;
    use std::fmt::Display;
    use std::str::FromStr;
    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(ToString::to_string).serialize(to)
    }
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|text| text.parse().map_err(serde::de::Error::custom))
            .transpose()
    }
}

/// Fields that hold several of such a type.
pub(super) mod texts {
    use super::*;
    use std::fmt::Display;
    use std::str::FromStr;
    pub fn serialize<T: Display, S: Serializer>(value: &[T], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(value.iter().map(ToString::to_string))
    }
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
    }
}

/// The shape of money.
#[derive(Serialize, Deserialize)]
#[serde(remote = "crate::domain::money::Money")]
pub(super) struct MoneyRow {
    minor: i64,
    #[serde(with = "text")]
    currency: crate::domain::money::Currency,
}
