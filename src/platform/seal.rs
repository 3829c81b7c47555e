//! The instance's own key, kept beside the database and never in it: what is signed with it can be checked, and made by
//! nobody who has the data file alone.

use std::io::Write;
use std::path::Path;

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

    /// Reads the key from a file, or makes one there that only its owner can read.
    ///
    /// # Errors
    /// What the file system says, or that the file does not hold 32 bytes.
    pub fn at(file: &Path, entropy: &Entropy) -> std::io::Result<Self> {
        match std::fs::read(file) {
            Ok(bytes) => bytes.try_into().map(Self).map_err(|_| {
                std::io::Error::other(format!(
                    "{} does not hold a key: put the right file back",
                    file.display()
                ))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::fresh(entropy);
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut made = options.open(file)?;
                made.write_all(&key.0)?;
                made.sync_all()?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }

    /// Sixteen bytes that only this key makes of a text.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length is taken");
        mac.update(text);
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        std::array::from_fn(|i| whole[i])
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
    fn a_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("instance.key");
        let entropy = Entropy::system();
        let (made, read) =
            (InstanceKey::at(&file, &entropy).unwrap(), InstanceKey::at(&file, &entropy).unwrap());
        assert_eq!(made.sign(b"nora"), read.sign(b"nora"));
        assert!(read.verify(b"nora", &made.sign(b"nora")));
        assert!(!read.verify(b"ines", &made.sign(b"nora")) && !read.verify(b"nora", b"short"));
        std::fs::write(&file, b"short").unwrap();
        assert!(InstanceKey::at(&file, &entropy).is_err());
    }
}
