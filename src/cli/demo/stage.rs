//! What the demo plays on: the real program with another clock, another till and another way for mail.

use std::collections::HashMap;
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use tokio::sync::watch;

use crate::app::{App, Cashier, Machine, Post, Ways};
use crate::backups::Backups;
use crate::calendars::{Calendars, Guard, Resolver};
use crate::domain::catalog::package::Package;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::time::Timestamp;
use crate::mail::{Captured, Mail};
use crate::payments::{Sandbox, Till};
use crate::platform::clock::{Clock, SetClock};
use crate::platform::entropy::Entropy;
use crate::platform::password::Passwords;
use crate::platform::seal::InstanceKey;
use crate::store::Store;

/// How often the till is asked for news, in seconds: it is in this program, and the page that comes back from it asks at once.
const POLL_SECONDS: u32 = 3600;

/// The program, and what stands in for the outside world.
pub(super) struct Stage {
    pub app: Arc<App>,
    pub till: Sandbox,
    /// Ines and Hana, once the practice is founded.
    pub practitioners: Option<[PractitionerId; 2]>,
    /// By the part of their address.
    pub packages: HashMap<&'static str, Package>,
    /// By name.
    pub clients: HashMap<&'static str, ClientId>,
}

impl Stage {
    /// An empty program whose clock stands at an instant.
    pub fn new(store: Store, key: InstanceKey, base_url: &str, now: Timestamp, entropy: Entropy) -> Self {
        let hands = SetClock::at(now);
        let told = hands.clone();
        let till = Sandbox::new(base_url, Arc::new(move || told.now()));
        let app = App {
            store,
            clock: Clock::Set(hands),
            passwords: Passwords::new(entropy.clone()),
            key,
            entropy,
            ways: watch::Sender::new(ways(&till)),
            backups: Backups::new(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            machine: Machine::new(None, now),
            bell: watch::Sender::new(0),
        };
        let (packages, clients) = (HashMap::new(), HashMap::new());
        Self { app: Arc::new(app), till, practitioners: None, packages, clients }
    }
}

/// The demo talks to nobody outside.
fn ways(till: &Sandbox) -> Ways {
    Ways {
        cashier: Some(Arc::new(Cashier {
            whose: None,
            till: Till::Sandbox(till.clone()),
            webhook_secrets: Vec::new(),
            poll_seconds: POLL_SECONDS,
        })),
        own_accounts: None,
        post: Arc::new(Post::Office {
            mail: Box::new(Mail::Captured(Captured::new())),
            from: read("Quiet Field <hello@quietfield.example>"),
        }),
        calendars: Arc::new(Calendars::new(
            Guard::new(Box::new(|_| false)),
            Resolver::Told(Arc::new(|_| Vec::new())),
        )),
    }
}

/// A value of the demo's own words, all of which a test reads.
pub(super) fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|why| panic!("the demo's {text:?} is not in order: {why:?}"))
}
