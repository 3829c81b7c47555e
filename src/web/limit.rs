//! How often something may be tried: a token bucket for each address or account, in bounded memory.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::failure::Failure;
use crate::domain::email::EmailAddress;
use crate::domain::time::{SignedDuration, Timestamp, after, hours};

/// How many keys are remembered; beyond it the one that was not seen for longest is forgotten. About 3 MB.
const KEYS: usize = 20_000;

/// So many at once, then evenly so many in this time.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// How many at once, at least 1.
    pub burst: u32,
    /// In what time as many are allowed again.
    pub per: SignedDuration,
}

/// Who tries what. Only a digest is held, so neither long texts nor personal data stay in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 16]);

impl Key {
    /// By address. All of an IPv6 /64 count as one, as a household or a server has at least that much to itself.
    #[must_use]
    pub fn address(what: &str, address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::new(what, b"4", &address.octets()),
            IpAddr::V6(address) => Self::new(what, b"6", &address.octets()[..8]),
        }
    }

    /// By the text that names an account, without regard to case; whether there is such an account does not matter.
    #[must_use]
    pub fn account(what: &str, account: &str) -> Self {
        Self::new(what, b"@", account.trim().to_lowercase().as_bytes())
    }

    fn new(what: &str, kind: &[u8], who: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(kind).chain_update(who);
        let digest: [u8; 32] = digest.finalize().into();
        Self(std::array::from_fn(|i| digest[i]))
    }
}

/// Not now: try again after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub SignedDuration);

/// How many mails go to one mailbox because somebody, not signed in perhaps, asks for them: links, orders, invitations. Enough for
/// whoever deletes the first ten by mistake; and after two hours there is another, so that nobody is kept out for good.
const MAILS: Rate = Rate { burst: 12, per: hours(24) };

impl super::Web {
    /// Whether one more mail may go to a mailbox because it is asked for.
    ///
    /// # Errors
    /// [`Failure::TooMany`].
    pub fn may_mail(&self, to: &EmailAddress) -> Result<(), Failure> {
        let key = Key::account("mail", &to.key());
        self.limit.allow(key, MAILS, self.app.clock.now()).map_err(|wait| Failure::TooMany(wait.0))
    }
}

/// The buckets.
#[derive(Debug, Default)]
pub struct Limit(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    /// For each key, when its bucket will be full again, and when it was seen last.
    full_at: HashMap<Key, (Timestamp, u64)>,
    /// The keys in the order in which they were seen last.
    by_age: BTreeMap<u64, Key>,
    seen: u64,
}

impl Limit {
    /// Takes one from the key's bucket, if there is one. A refused try takes nothing.
    ///
    /// # Errors
    /// How long to wait until there will be one.
    pub fn allow(&self, key: Key, rate: Rate, now: Timestamp) -> Result<(), Wait> {
        let step = rate.per / i32::try_from(rate.burst.max(1)).unwrap_or(i32::MAX);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Buckets { full_at, by_age, seen } = &mut *buckets;
        *seen += 1;
        let (full, last_seen) = full_at.get(&key).copied().unwrap_or((now, 0));
        by_age.remove(&last_seen);
        by_age.insert(*seen, key);
        // A clock that was turned back far must not lock anybody out for longer than an empty bucket takes to fill.
        let full = full.max(now).min(after(now, rate.per));
        let wait = after(full, step).duration_since(now) - rate.per;
        let refused = wait.is_positive();
        full_at.insert(key, (if refused { full } else { after(full, step) }, *seen));
        if full_at.len() > KEYS
            && let Some((_, oldest)) = by_age.pop_first()
        {
            full_at.remove(&oldest);
        }
        if refused { Err(Wait(wait)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::minutes;

    const RATE: Rate = Rate { burst: 5, per: minutes(10) };

    fn at(minute: i64) -> Timestamp {
        after("2026-04-21T10:00:00Z".parse().unwrap(), minutes(minute))
    }

    fn ip(text: &str) -> Key {
        Key::address("sign-in", text.parse().unwrap())
    }

    #[test]
    fn five_at_once_then_one_every_two_minutes() {
        let limit = Limit::default();
        let key = ip("203.0.113.9");
        for _ in 0..5 {
            assert_eq!(limit.allow(key, RATE, at(0)), Ok(()));
        }
        assert_eq!(limit.allow(key, RATE, at(0)), Err(Wait(minutes(2))));
        assert_eq!(limit.allow(key, RATE, at(1)), Err(Wait(minutes(1))), "a refused try takes nothing");
        assert_eq!(limit.allow(key, RATE, at(2)), Ok(()));
        assert_eq!(limit.allow(key, RATE, at(2)), Err(Wait(minutes(2))));
        for _ in 0..5 {
            assert_eq!(limit.allow(key, RATE, at(60)), Ok(()), "full again, and no fuller than full");
        }
        assert!(limit.allow(key, RATE, at(60)).is_err());
    }

    #[test]
    fn a_clock_turned_back_locks_nobody_out_for_long() {
        let limit = Limit::default();
        let key = ip("203.0.113.9");
        for _ in 0..5 {
            assert_eq!(limit.allow(key, RATE, at(100_000)), Ok(()));
        }
        assert_eq!(limit.allow(key, RATE, at(0)), Err(Wait(minutes(2))));
        assert_eq!(limit.allow(key, RATE, at(2)), Ok(()));
    }

    #[test]
    fn each_address_network_account_and_purpose_has_its_own_bucket() {
        let account = |text| Key::account("sign-in", text);
        assert_eq!(ip("2001:db8:1:2::1"), ip("2001:db8:1:2:ffff::9"));
        assert_ne!(ip("2001:db8:1:2::1"), ip("2001:db8:1:3::1"));
        assert_eq!(ip("::ffff:203.0.113.9"), ip("203.0.113.9"));
        assert_ne!(ip("203.0.113.9"), ip("203.0.113.8"));
        assert_eq!(account(" Nora@Example.org"), account("nora@example.org"));
        assert_ne!(account("nora@example.org"), Key::account("check-out", "nora@example.org"));
        let limit = Limit::default();
        let once = Rate { burst: 1, per: minutes(1) };
        assert_eq!(limit.allow(ip("203.0.113.9"), once, at(0)), Ok(()));
        assert_eq!(limit.allow(ip("203.0.113.8"), once, at(0)), Ok(()));
        assert!(limit.allow(ip("203.0.113.9"), once, at(0)).is_err());
    }

    #[test]
    fn memory_is_bounded_and_the_one_not_seen_for_longest_is_forgotten() {
        let limit = Limit::default();
        let once = Rate { burst: 1, per: minutes(60) };
        let (faithful, gone) = (Key::account("x", "faithful"), Key::account("x", "gone"));
        assert_eq!(limit.allow(gone, once, at(0)), Ok(()));
        assert_eq!(limit.allow(faithful, once, at(0)), Ok(()));
        for n in 0..KEYS + 10 {
            assert_eq!(limit.allow(Key::account("x", &n.to_string()), once, at(0)), Ok(()));
            if n % 1000 == 0 {
                assert!(limit.allow(faithful, once, at(0)).is_err());
            }
        }
        let buckets = limit.0.lock().unwrap();
        assert_eq!((buckets.full_at.len(), buckets.by_age.len()), (KEYS, KEYS));
        assert!(buckets.full_at.contains_key(&faithful) && !buckets.full_at.contains_key(&gone));
    }
}
