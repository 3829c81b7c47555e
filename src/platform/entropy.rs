//! The only place that asks the machine for chance: identifiers, tokens, codes. Everything above is handed an
//! [`Entropy`], so that a test can repeat what it saw.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The lower 80 bits of an identifier are chance, the upper 48 milliseconds since 1970.
const CHANCE_BITS: u32 = 80;

/// A source of chance. Clones share it, and share the order of its identifiers.
#[derive(Clone)]
pub struct Entropy(Arc<Inner>);

struct Inner {
    source: Source,
    last: Mutex<u128>,
}

enum Source {
    System,
    /// Blocks of SHA-256 over the seed and a count; only for tests and the demo, as whoever knows the seed knows all.
    Seeded {
        seed: u64,
        drawn: Mutex<u64>,
    },
}

impl Entropy {
    /// The machine's own chance.
    #[must_use]
    pub fn system() -> Self {
        Self::over(Source::System)
    }

    /// The same sequence for the same seed. Never for a program that serves people.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::over(Source::Seeded { seed, drawn: Mutex::new(0) })
    }

    fn over(source: Source) -> Self {
        Self(Arc::new(Inner { source, last: Mutex::new(0) }))
    }

    /// The bits of a new identifier: 48 bits of milliseconds, then 80 of chance. Each is greater than the one before,
    /// within a millisecond too and if the clock was turned back; how much greater cannot be guessed.
    #[must_use]
    pub fn id(&self, now: Timestamp) -> u128 {
        let millis = u128::from(now.as_millisecond().max(0).unsigned_abs());
        let chance = self.bytes::<16>();
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if millis > *last >> CHANCE_BITS {
            // The top bit of the chance stays free, as room for those that follow within the millisecond.
            millis << CHANCE_BITS | u128::from_be_bytes(chance) >> (128 - CHANCE_BITS + 1)
        } else {
            // A full millisecond runs over into the next, so the order holds even then.
            *last + 1 + u128::from(u32::from_be_bytes([chance[0], chance[1], chance[2], chance[3]]))
        };
        *last
    }

    /// A secret for a link or a cookie: 160 bits.
    #[must_use]
    pub fn token(&self) -> Token {
        Token(self.bytes())
    }

    /// Six decimal digits, each as likely as any, to be typed from a mail or a console.
    #[must_use]
    pub fn code(&self) -> String {
        const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
        loop {
            let drawn = u32::from_be_bytes(self.bytes());
            if drawn < FAIR {
                return format!("{:06}", drawn % 1_000_000);
            }
        }
    }

    /// `N` bytes of chance.
    ///
    /// # Panics
    /// If the machine has no chance to give: nothing safe can be done then.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0.source {
            Source::System => fill(&mut bytes),
            Source::Seeded { seed, drawn } => {
                let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in bytes.chunks_mut(32) {
                    let block =
                        Sha256::new().chain_update(seed.to_be_bytes()).chain_update(drawn.to_be_bytes());
                    chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
                    *drawn += 1;
                }
            }
        }
        bytes
    }
}

#[allow(clippy::disallowed_methods)]
fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes)
        .expect("the system gives no random numbers; nothing can be kept secret without them");
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.source {
            Source::System => "Entropy::System",
            Source::Seeded { .. } => "Entropy::Seeded",
        })
    }
}

/// Text that is no token: not 32 characters of base 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct NotAToken;

/// A secret that whoever holds it may use: 160 bits, shown as 32 characters of lower-case base 32. Only its digest is
/// kept, and `Debug` does not show it.
#[derive(Clone)]
pub struct Token([u8; 20]);

impl Token {
    /// What is kept of it: SHA-256. The token has 160 random bits, so no salt or slow hash is needed.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl FromStr for Token {
    type Err = NotAToken;
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| NotAToken)?;
        bytes.try_into().map(Self).map_err(|_| NotAToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn ids_rise_within_a_millisecond_and_when_the_clock_steps_back() {
        let entropy = Entropy::system();
        let instants = (0..3000).map(|i| at(1_780_000_000_000 + [0, 0, 5, 2, 2][i % 5] + i as i64 / 700));
        let ids: Vec<u128> = instants.map(|now| entropy.id(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0] >> 80, 1_780_000_000_000);
        assert_eq!(ids[2] >> 80, 1_780_000_000_005);
        assert_eq!(ids[3] >> 80, 1_780_000_000_005, "stepped back: stays in the later millisecond");
    }

    #[test]
    fn threads_never_draw_the_same_id() {
        let entropy = Entropy::seeded(7);
        let mut all: Vec<u128> = std::thread::scope(|scope| {
            let draw = || (0..500).map(|_| entropy.id(at(1_780_000_000_000))).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2000);
    }

    #[test]
    fn before_1970_and_at_the_end_of_time_ids_can_still_be_made() {
        let entropy = Entropy::seeded(1);
        assert_eq!(entropy.id(Timestamp::MIN) >> 80, 0);
        assert!(entropy.id(Timestamp::MAX) >> 80 > 0);
    }

    #[test]
    fn a_token_reads_back_and_is_kept_as_its_digest() {
        let token = Entropy::seeded(3).token();
        let shown = token.to_string();
        assert_eq!((shown.len(), shown.to_lowercase()), (32, shown.clone()));
        assert_eq!(shown.parse::<Token>().unwrap().digest(), token.digest());
        assert_eq!(shown.to_uppercase().parse::<Token>().unwrap().digest(), token.digest());
        assert_ne!(token.digest()[..20], token.0);
        assert_eq!(format!("{token:?}"), "Token(***)");
        for text in ["", "a", &shown[1..], &format!("{shown}aa"), "11111111111111111111111111111111", "é"] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_digest_is_plain_sha_256_of_the_bits() {
        let hex = data_encoding::HEXLOWER.encode(&Token([0; 20]).digest());
        assert_eq!(hex, "de47c9b27eb8d300dbb5f2c353e632c393262cf06340c4fa7f1b40c4cbd36f90");
    }

    #[test]
    fn codes_are_six_digits_and_all_digits_come_up_everywhere() {
        let entropy = Entropy::seeded(11);
        let mut seen = [[0; 10]; 6];
        for _ in 0..2000 {
            let code = entropy.code();
            assert_eq!(code.len(), 6);
            for (place, digit) in code.bytes().enumerate() {
                seen[place][usize::from(digit - b'0')] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|&times| (120..280).contains(&times)), "{seen:?}");
    }

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        assert_eq!(Entropy::seeded(5).bytes::<70>(), Entropy::seeded(5).bytes::<70>());
        assert_ne!(Entropy::seeded(5).bytes::<32>(), Entropy::seeded(6).bytes::<32>());
        assert_ne!(Entropy::system().bytes::<32>(), Entropy::system().bytes::<32>());
        let same = Entropy::seeded(5);
        assert_ne!(same.clone().token().digest(), same.token().digest());
    }
}
