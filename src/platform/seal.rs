//! The instance's own key, kept beside the database and never in it: what is signed with it can be checked, and made by
//! nobody who has the data file alone. It also wraps one random key per client, under which her notes are sealed
//! (XChaCha20-Poly1305, a random nonce of 192 bits before each text): without the wrapped key they are noise for good.

use std::io::Write;
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::entropy::Entropy;

/// 256 secret bits.
#[derive(Clone)]
pub struct InstanceKey([u8; 32]);

impl InstanceKey {
    /// A key that lives as long as the process, for tests and the demo.
    #[must_use]
    pub fn fresh(entropy: &Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// The key in a file, if there is one.
    ///
    /// # Errors
    /// What the file system says, or that the file does not hold 32 bytes.
    pub fn read(file: &Path) -> std::io::Result<Option<Self>> {
        match std::fs::read(file) {
            Ok(bytes) => bytes.try_into().map(|key| Some(Self(key))).map_err(|_| {
                std::io::Error::other(format!(
                    "{} does not hold a key: put the right file back",
                    file.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the key into a new file that only its owner can read, down to the disk.
    ///
    /// # Errors
    /// What the file system says, as when the file is there already.
    pub fn write(&self, file: &Path) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut made = options.open(file)?;
        made.write_all(&self.0)?;
        made.sync_all()
    }

    /// Reads the key from a file, or makes one there that only its owner can read.
    ///
    /// # Errors
    /// What the file system says, or that the file does not hold 32 bytes.
    pub fn at(file: &Path, entropy: &Entropy) -> std::io::Result<Self> {
        if let Some(key) = Self::read(file)? {
            return Ok(key);
        }
        let key = Self::fresh(entropy);
        key.write(file)?;
        Ok(key)
    }

    /// A number by which data say which key they are sealed with; it tells nothing of the key.
    #[must_use]
    pub fn number(&self) -> u64 {
        let drawn = self.drawn(b"fiddlehead: the number of this key").0;
        u64::from_be_bytes(std::array::from_fn(|i| drawn[i]))
    }

    /// Sixteen bytes that only this key makes of a text.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length is taken");
        mac.update(text);
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        std::array::from_fn(|i| whole[i])
    }

    /// A new key for one owner's texts, and the same wrapped, to be kept. The wrapping key is drawn from this one by HKDF
    /// (RFC 5869), so that what signs never seals.
    #[must_use]
    pub fn new_key_for(&self, owner: u128, entropy: &Entropy) -> (OwnerKey, Vec<u8>) {
        let fresh = OwnerKey(entropy.bytes());
        let wrapped = self.wrapping().seal(&owner.to_be_bytes(), &fresh.0, entropy);
        (fresh, wrapped)
    }

    /// An owner's key out of its wrapping.
    ///
    /// # Errors
    /// [`NotOpened`] if it was wrapped by another key or for another owner, or was changed.
    pub fn unwrap(&self, owner: u128, wrapped: &[u8]) -> Result<OwnerKey, NotOpened> {
        let bytes = self.wrapping().open(&owner.to_be_bytes(), wrapped)?;
        bytes.try_into().map(OwnerKey).map_err(|_| NotOpened)
    }

    /// The key of what the program itself keeps sealed and has to open without being asked for it.
    #[must_use]
    pub fn key_for(&self, secret: Secret) -> OwnerKey {
        self.drawn(match secret {
            Secret::Access => b"fiddlehead: where other calendars are",
            Secret::Feed => b"fiddlehead: the addresses of feeds",
            Secret::Destination => b"fiddlehead: how one signs in where backups go",
            Secret::SecondFactor => b"fiddlehead: what codes for signing in are made from",
        })
    }

    fn wrapping(&self) -> OwnerKey {
        self.drawn(b"fiddlehead: wraps the keys of notes")
    }

    /// The key under which secrets lie that the program itself uses for somebody, such as that of her account at a
    /// payment provider.
    #[must_use]
    pub fn for_secrets(&self) -> OwnerKey {
        self.drawn(b"fiddlehead: seals secrets it was given")
    }

    fn drawn(&self, purpose: &[u8]) -> OwnerKey {
        let mut key = [0; 32];
        let drawn = Hkdf::<Sha256>::new(None, &self.0).expand(purpose, &mut key);
        drawn.expect("32 bytes are not too many");
        OwnerKey(key)
    }

    /// Whether a signature is the one of a text; takes the same time for any.
    #[must_use]
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        self.sign(text).ct_eq(signature).into()
    }
}

impl std::fmt::Debug for InstanceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstanceKey(***)")
    }
}

/// What is sealed with a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// Where a calendar that is not ours is, and how one signs in there.
    Access,
    /// The token of a feed.
    Feed,
    /// How one signs in where backups go.
    Destination,
    /// What a member's app makes her codes from.
    SecondFactor,
}

/// Sealed bytes that this key does not open: another key's, bound to something else, or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this key does not open it")]
pub struct NotOpened;

/// The key of one owner's texts.
#[derive(Clone)]
pub struct OwnerKey([u8; 32]);

/// How long a nonce is: long enough to be drawn by chance every time.
const NONCE: usize = 24;

impl OwnerKey {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }

    /// A text sealed and bound to what it belongs to: it opens only with the same.
    #[must_use]
    pub fn seal(&self, bound_to: &[u8], text: &[u8], entropy: &Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE] = entropy.bytes();
        let payload = Payload { msg: text, aad: bound_to };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        [&nonce[..], &sealed.expect("a text in memory is not too long to seal")].concat()
    }

    /// A text out of its seal.
    ///
    /// # Errors
    /// [`NotOpened`] if it is not this key's, is bound to something else, or was changed.
    pub fn open(&self, bound_to: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(NotOpened)?;
        let payload = Payload { msg: sealed, aad: bound_to };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| NotOpened)
    }
}

impl std::fmt::Debug for OwnerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnerKey(***)")
    }
}

/// SHA-256 of bytes.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of a text: what is kept of codes, and beside agreed terms.
#[must_use]
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Whether two digests are the same, in the same time for any.
#[must_use]
pub fn same(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_only_with_its_key_and_what_it_is_bound_to() {
        let entropy = Entropy::seeded(3);
        let instance = InstanceKey::fresh(&entropy);
        let ((nora, wrapped), (mira, _)) =
            (instance.new_key_for(1, &entropy), instance.new_key_for(2, &entropy));
        let sealed = nora.seal(b"note 7", b"sleeps better", &entropy);
        assert_ne!(sealed, nora.seal(b"note 7", b"sleeps better", &entropy), "each has its own nonce");
        assert!(!sealed.windows(5).any(|part| part == b"sleep"));
        let again = instance.unwrap(1, &wrapped).unwrap();
        assert_eq!(again.open(b"note 7", &sealed).as_deref(), Ok(&b"sleeps better"[..]));
        assert_eq!(nora.open(b"note 8", &sealed), Err(NotOpened));
        assert_eq!(mira.open(b"note 7", &sealed), Err(NotOpened));
        for at in [0, NONCE, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(nora.open(b"note 7", &changed), Err(NotOpened), "byte {at}");
        }
        assert_eq!(nora.open(b"note 7", b"short"), Err(NotOpened));
        assert!(instance.unwrap(2, &wrapped).is_err(), "a wrapped key is one owner's");
        assert!(InstanceKey::fresh(&entropy).unwrap(1, &wrapped).is_err());
    }

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instance.key");
        let entropy = Entropy::system();
        let (made, read) =
            (InstanceKey::at(&file, &entropy).unwrap(), InstanceKey::at(&file, &entropy).unwrap());
        assert_eq!(made.sign(b"nora"), read.sign(b"nora"));
        assert_eq!(made.number(), read.number());
        assert_ne!(made.number(), InstanceKey::fresh(&entropy).number());
        assert!(made.write(&file).is_err(), "a key that is there is never written over");
        assert!(read.verify(b"nora", &made.sign(b"nora")));
        assert!(!read.verify(b"ines", &made.sign(b"nora")) && !read.verify(b"nora", b"short"));
        std::fs::write(&file, b"short").unwrap();
        assert!(InstanceKey::at(&file, &entropy).is_err());
    }
}
