//! Passwords: which are taken, and how they are hashed (argon2id, two at a time, off the event loop).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::entropy::Entropy;

/// The fewest characters of a password (NIST SP 800-63B asks for at least 8).
pub const SHORTEST: usize = 10;
/// The most bytes: enough for any sentence, few enough that hashing costs the same for all.
pub const LONGEST: usize = 1024;

/// Memory in KiB, passes and lanes: OWASP's first choice for argon2id, 19 MiB.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// The dearest hash that is taken from elsewhere (a set-up file): 64 MiB and 4 passes, so that a sign-in stays affordable.
const DEAREST: (u32, u32) = (64 * 1024, 4);

/// How many are hashed at a time: each holds 19 MiB.
const AT_A_TIME: usize = 2;

/// A hash of nothing that anybody knows, with the same cost as a real one: checked for accounts that do not exist, so
/// that time does not tell them apart.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$ZmlkZGxlaGVhZC5kdW1teQ$\
                     AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Of ten characters or more, the five thousand that were found most often, without regard to case: the first [`PREFIX`] bytes of the
/// SHA-256 of each, in order (`packaging/common-passwords` made them). OWASP ASVS 5.0, 6.2.4, asks for three thousand.
const COMMON: &[u8] = include_bytes!("common_passwords.digests");
const PREFIX: usize = 6;

/// How many letters and digits a password has to have beside the words that everybody knows of its owner, and from how many letters on a word
/// is looked for.
const OF_ITS_OWN: usize = 6;
const A_WORD: usize = 4;

/// Why a password was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    #[error("shorter than {SHORTEST} characters")]
    Short,
    /// More than [`LONGEST`] bytes.
    #[error("longer than {LONGEST} bytes")]
    Long,
    /// One of those that everybody tries first, or one character over and over.
    #[error("among the passwords that are guessed first")]
    Common,
    /// Little more than her name, her address or the practice's name.
    #[error("little more than a name that everybody knows")]
    Personal,
}

/// Whether a password may be chosen. `about` is what everybody knows of its owner: her name, her address, her practice's name.
///
/// # Errors
/// Why not.
pub fn check(password: &str, about: &[&str]) -> Result<(), Weak> {
    let mut characters = password.chars();
    let first = characters.next();
    let lower = password.to_lowercase();
    match () {
        () if password.chars().count() < SHORTEST => Err(Weak::Short),
        () if password.len() > LONGEST => Err(Weak::Long),
        () if characters.all(|c| Some(c) == first) || is_common(&lower) => Err(Weak::Common),
        () if is_personal(&lower, about) => Err(Weak::Personal),
        () => Ok(()),
    }
}

fn is_common(lower: &str) -> bool {
    let digest = Sha256::digest(lower);
    let (all, _) = COMMON.as_chunks::<PREFIX>();
    all.binary_search_by(|known| known[..].cmp(&digest[..PREFIX])).is_ok()
}

/// Whether little is left of it without the words that everybody knows.
fn is_personal(lower: &str, about: &[&str]) -> bool {
    let known = [&["fiddlehead"], about].concat().join(" ").to_lowercase();
    let mut words: Vec<&str> = known.split(|c: char| !c.is_alphanumeric()).collect();
    words.retain(|word| word.chars().count() >= A_WORD && lower.contains(word));
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(lower.to_owned(), |left, word| left.replace(word, " "));
    !words.is_empty() && left.chars().filter(|c| c.is_alphanumeric()).count() < OF_ITS_OWN
}

/// Whether a hash from elsewhere can be kept: argon2id in PHC form, no dearer than 64 MiB and 4 passes.
#[must_use]
pub fn takes_hash(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    let Ok(params) = Params::try_from(&parsed) else { return false };
    parsed.algorithm.as_str() == "argon2id"
        && parsed.hash.is_some()
        && parsed.salt.is_some()
        && params.m_cost() <= DEAREST.0
        && params.t_cost() <= DEAREST.1
        && params.p_cost() <= 4
}

/// Hashes and checks passwords, two at a time however many ask. Clones share the two places.
#[derive(Debug, Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
    entropy: Entropy,
}

impl Passwords {
    /// With salts from this source.
    #[must_use]
    pub fn new(entropy: Entropy) -> Self {
        Self { places: Arc::new(Semaphore::new(AT_A_TIME)), entropy }
    }

    /// The hash of a password in PHC form, with a salt of its own. Ask [`check`] first.
    ///
    /// # Panics
    /// If there is no memory for hashing.
    pub async fn hash(&self, password: &str) -> String {
        let (password, salt) = (password.to_owned(), self.entropy.bytes::<16>());
        self.apart(move || {
            let hash = argon2id().hash_password_with_salt(password.as_bytes(), &salt);
            hash.expect("the parameters are constants that argon2 takes").to_string()
        })
        .await
    }

    /// Whether a typed password is the one that was hashed. With no hash (no such account, or no password set) the
    /// answer is no, after the same time.
    pub async fn verify(&self, typed: &str, kept: Option<&str>) -> bool {
        if typed.len() > LONGEST {
            return false;
        }
        let (typed, kept) = (typed.to_owned(), kept.map(str::to_owned));
        self.apart(move || matches(&typed, kept.as_deref(), DUMMY)).await
    }

    /// Runs on a thread for blocking work. The place is given back by the work itself, so that askers who went away do
    /// not make room for more than two.
    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let place = Arc::clone(&self.places).acquire_owned().await.expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.expect("hashing does not panic, and is not cancelled before the program ends")
    }
}

/// Whether a password was hashed to `kept`. The dummy stands in for a hash that is not there, and never makes it a yes.
fn matches(typed: &str, kept: Option<&str>, dummy: &str) -> bool {
    let right = argon2id().verify_password(typed.as_bytes(), kept.unwrap_or(dummy)).is_ok();
    right && kept.is_some()
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, LANES, None).expect("constants that argon2 takes");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::stopwatch;

    #[test]
    fn short_long_and_common_passwords_are_refused() {
        for (password, answer) in [
            ("", Err(Weak::Short)),
            ("ninechars", Err(Weak::Short)),
            ("éééééééé", Err(Weak::Short)),
            ("Password123", Err(Weak::Common)),
            ("1234567890", Err(Weak::Common)),
            ("aaaaaaaaaaaaaaa", Err(Weak::Common)),
            ("fern by the brook", Ok(())),
            ("日本の春は静かに来る", Ok(())),
            ("manchester", Err(Weak::Common)),
            ("1qaz2wsx3edc", Err(Weak::Common)),
            ("Fiddlehead-2026", Err(Weak::Personal)),
        ] {
            assert_eq!(check(password, &[]), answer, "{password}");
        }
        assert_eq!(check(&"ab".repeat(513), &[]), Err(Weak::Long));
        let (all, rest) = COMMON.as_chunks::<PREFIX>();
        assert!(all.len() > 5000 && all.is_sorted() && rest.is_empty());
    }

    #[test]
    fn what_everybody_knows_of_her_is_no_password() {
        let about = ["Ines Marlowe", "ines@quietfield.example", "Quiet Field"];
        for password in
            ["quietfield2026", "Ines.Marlowe1!", "marlowemarlowe", "quiet-field-", "INESMARLOWE99"]
        {
            assert_eq!(check(password, &about), Err(Weak::Personal), "{password}");
        }
        for password in ["a quiet morning walk", "marlowe and the heron", "fern by the brook"] {
            assert_eq!(check(password, &about), Ok(()), "{password}");
        }
    }

    #[tokio::test]
    async fn a_password_is_verified_against_its_own_hash_only() {
        let passwords = Passwords::new(Entropy::seeded(1));
        let hash = passwords.hash("fern by the brook").await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(takes_hash(&hash));
        assert!(passwords.verify("fern by the brook", Some(&hash)).await);
        for (typed, kept) in [
            ("fern by the brooks", Some(hash.as_str())),
            ("fern by the brook", None),
            ("", None),
            ("fern by the brook", Some("not a hash")),
        ] {
            assert!(!passwords.verify(typed, kept).await, "{typed} {kept:?}");
        }
        assert_ne!(passwords.hash("fern by the brook").await, hash, "each hash has its own salt");
        assert!(
            !matches("fern by the brook", None, &hash),
            "not even the dummy's own password opens anything"
        );
    }

    #[tokio::test]
    async fn an_unknown_account_costs_what_a_known_one_costs() {
        let dummy = PasswordHash::new(DUMMY).expect("the dummy is a hash");
        let params = Params::try_from(&dummy).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY, PASSES, LANES));
        let passwords = Passwords::new(Entropy::seeded(1));
        let watch = stopwatch();
        assert!(!passwords.verify("fern by the brook", None).await);
        assert!(watch.elapsed().as_millis() >= 2, "it was really hashed");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_more_than_two_are_hashed_at_a_time() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (passwords, running, most) = (
            Passwords::new(Entropy::seeded(1)),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicUsize::new(0)),
        );
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..12 {
            let (passwords, running, most) = (passwords.clone(), running.clone(), most.clone());
            tasks.spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                passwords.apart(work).await;
            });
        }
        tasks.join_all().await;
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn hashes_from_elsewhere_are_taken_if_they_are_argon2id_and_affordable() {
        assert!(takes_hash(DUMMY));
        for hash in [
            "",
            "$2b$10$abcdefghijklmnopqrstuuMZlsfS4QXOPZcaIB9ND7PLXK6JqkOgK",
            &DUMMY.replace("argon2id", "argon2i"),
            &DUMMY.replace("m=19456", "m=4000000"),
            &DUMMY.replace("t=2", "t=400"),
        ] {
            assert!(!takes_hash(hash), "{hash}");
        }
    }
}
