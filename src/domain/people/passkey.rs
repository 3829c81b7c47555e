//! A passkey: a key pair in a member's device, of which we keep the public half. With it she signs in without a password, as the
//! device asks her for its own lock; so it stands for both steps.

use crate::domain::id::PractitionerId;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

/// The most passkeys that a member has.
pub const MOST: usize = 10;

/// By what its signatures are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; the key is the point, uncompressed.
    Es256,
    /// Ed25519; the key is its 32 bytes.
    EdDsa,
    /// RSA (PKCS #1) with SHA-256; the key is its `RSAPublicKey`. Some Windows devices have no other.
    Rs256,
}

/// One passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Whose it is.
    pub member: PractitionerId,
    /// The name that the device has for it.
    pub credential: Vec<u8>,
    /// What she calls it.
    pub name: Line,
    /// By what its signatures are checked.
    pub algorithm: Algorithm,
    /// Its public key.
    pub key: Vec<u8>,
    /// How often it was used, as the device counts; many do not count, and say 0.
    pub counted: u32,
    /// When she added it.
    pub added_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// Why a passkey, or what one signed, is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody here has it, or it did not sign this.
    Unknown,
    /// What it signed was not asked for, or too long ago, or was sent before.
    NotAsked,
    /// It is here already.
    Known,
    /// She has as many as may be.
    TooMany,
    /// She has no second factor yet, which is what she falls back on.
    NoFactor,
}
