//! The audit log: who did what, when, and about whom. Each entry is tied to the one before by a digest, so that none can be
//! changed, taken out or put elsewhere unseen. It holds ids and never a name, so that it stays when a client is erased.

use crate::domain::id::{ClientId, DestinationId, PractitionerId, RefundId};
use crate::domain::people::practitioner::Role;
use crate::domain::time::Timestamp;

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A member of the practice.
    Member(PractitionerId),
    /// A client.
    Client(ClientId),
    /// Whoever has the machine, at its console.
    Console,
    /// The program itself, as its time had come.
    Clock,
    /// Somebody who is not signed in.
    Stranger,
}

/// About what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The practice as a whole.
    Practice,
    /// A member.
    Member(PractitionerId),
    /// A client.
    Client(ClientId),
    /// Money given back.
    Refund(RefundId),
    /// A place that backups go to.
    Place(DestinationId),
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum What {
            $($(#[$doc])* $name,)*
        }

        impl What {
            /// Everything that is written down.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in the data file, in the digest and in the CSV; it never changes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

deeds! {
    /// A member signed in.
    SignedIn = "signed-in",
    /// Somebody tried to sign in as her and failed.
    SignInRefused = "sign-in-refused",
    /// A browser from which she had not signed in before.
    NewBrowser = "new-browser",
    /// She signed other browsers of hers out.
    SignedOut = "signed-out",
    /// She proved anew that it is she.
    Proved = "proved",
    /// Somebody at her browser tried that and failed.
    ProofRefused = "proof-refused",
    /// Another password.
    PasswordChanged = "password-changed",
    /// Another address to sign in with.
    AddressChanged = "address-changed",
    /// A second factor counts from now on.
    FactorOn = "second-factor-on",
    /// It was taken away.
    FactorOff = "second-factor-off",
    /// Recovery codes were made anew.
    CodesRenewed = "recovery-codes",
    /// A passkey was added.
    PasskeyAdded = "passkey-added",
    /// A passkey was taken away.
    PasskeyRemoved = "passkey-removed",
    /// A second factor is asked of every member.
    FactorDemanded = "second-factor-demanded",
    /// It is not any more.
    FactorNotDemanded = "second-factor-not-demanded",
    /// Somebody was asked to join.
    Invited = "invited",
    /// An invitation was called off.
    InvitationRevoked = "invitation-revoked",
    /// She joined.
    Joined = "joined",
    /// She is an owner.
    MadeOwner = "made-owner",
    /// She is a practitioner.
    MadePractitioner = "made-practitioner",
    /// She is at the front desk.
    MadeFrontDesk = "made-front-desk",
    /// She left.
    Left = "left",
    /// She is back.
    CameBack = "came-back",
    /// A link to sign in was shown, to be handed over.
    LinkShown = "link-shown",
    /// The practice's particulars were changed.
    PracticeChanged = "practice-changed",
    /// An account at the payment provider sells from now on.
    AccountConnected = "account-connected",
    /// It does not any more.
    AccountRemoved = "account-removed",
    /// A recovery kit is in force.
    KitSet = "recovery-kit",
    /// A place for backups was added.
    PlaceAdded = "backup-place-added",
    /// It was taken away.
    PlaceRemoved = "backup-place-removed",
    /// A backup was made and proved.
    BackedUp = "backed-up",
    /// Everything was taken away as a file.
    Exported = "exported",
    /// What is kept about a client was taken as a file.
    ClientExported = "client-exported",
    /// A client was erased.
    ClientErased = "client-erased",
    /// Money is given back.
    MoneyBack = "money-back",
    /// The data came back from a backup.
    Restored = "restored",
    /// And were let go.
    LetGo = "let-go",
    /// Everything was sealed anew, with another instance key.
    KeyRotated = "key-rotated",
}

impl What {
    /// The deed of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// A member's new role.
    #[must_use]
    pub const fn made(role: Role) -> Self {
        match role {
            Role::Owner => Self::MadeOwner,
            Role::Practitioner => Self::MadePractitioner,
            Role::FrontDesk => Self::MadeFrontDesk,
        }
    }
}

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Its number: 1, 2, 3 …
    pub number: u64,
    /// When it was done.
    pub at: Timestamp,
    /// By whom.
    pub who: Who,
    /// What.
    pub what: What,
    /// About what.
    pub about: Concern,
}

/// An entry, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub said: Said,
    /// SHA-256 over the one before's and over what it says.
    pub link: Link,
}

/// A digest in the chain.
pub type Link = [u8; 32];

/// What the first entry follows.
pub const BEGINNING: Link = [0; 32];

impl Said {
    /// The bytes over which its digest is taken: the digest before, and everything that it says, each part of fixed length or
    /// with its length before it.
    #[must_use]
    pub fn bytes(&self, before: &Link) -> Vec<u8> {
        let who = match self.who {
            Who::Member(id) => (1, id.bits()),
            Who::Client(id) => (2, id.bits()),
            Who::Console => (3, 0),
            Who::Clock => (4, 0),
            Who::Stranger => (5, 0),
        };
        let about = match self.about {
            Concern::Practice => (1, 0),
            Concern::Member(id) => (2, id.bits()),
            Concern::Client(id) => (3, id.bits()),
            Concern::Refund(id) => (4, id.bits()),
            Concern::Place(id) => (5, id.bits()),
        };
        let name = self.what.name();
        let mut bytes = b"fiddlehead audit 1".to_vec();
        bytes.extend(before);
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.at.as_microsecond().to_be_bytes());
        for (kind, bits) in [who, about] {
            bytes.push(kind);
            bytes.extend(bits.to_be_bytes());
        }
        bytes.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(name.bytes());
        bytes
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This entry is not as it was written.
    Changed(u64),
    /// The entries from the first of these numbers up to the second are gone.
    Gone(u64, u64),
}

/// Looks along a chain, in the order of its numbers.
#[derive(Debug)]
pub struct Looking {
    before: Link,
    next: u64,
}

impl Default for Looking {
    fn default() -> Self {
        Self { before: BEGINNING, next: 1 }
    }
}

impl Looking {
    /// Takes the next entry; `digest` is SHA-256.
    pub fn at(&mut self, kept: u64, entry: &Entry, digest: impl Fn(&[u8]) -> Link) -> Vec<Fault> {
        let mut faults = Vec::new();
        if kept > self.next {
            faults.push(Fault::Gone(self.next, kept - 1));
        }
        // After a gap nobody can say what came before: the entry is taken at its word, and the gap is named.
        let follows = kept != self.next || digest(&entry.said.bytes(&self.before)) == entry.link;
        if !follows || entry.said.number != kept {
            faults.push(Fault::Changed(kept));
        }
        self.before = entry.link;
        self.next = kept.saturating_add(1);
        faults
    }
}
