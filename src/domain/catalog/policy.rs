//! The policy of a package: until when a client cancels freely, how often she changes, how long the grace is.

use crate::domain::time::{SignedDuration, hours};

/// How often a client may move or cancel in time, per lot. The practitioner is exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// As many as the lot has sessions (the default of domain.md).
    AsManyAsSessions,
    /// This many.
    Count(u32),
    /// As many as she likes.
    Unlimited,
}

/// The three sets of rules that a practitioner chooses from, and her own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// 12 hours, one late cancel forgiven, any number of changes, four weeks of grace, two weeks to change one's mind.
    Gentle,
    /// 24 hours, as many changes as sessions, two weeks of grace: the defaults of domain.md.
    Standard,
    /// 48 hours, as many changes as sessions, no grace.
    Strict,
    /// As she wrote them.
    Own,
}

impl Preset {
    /// The ready-made ones, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Gentle, Self::Standard, Self::Strict];

    /// Its name in files and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gentle => "gentle",
            Self::Standard => "standard",
            Self::Strict => "strict",
            Self::Own => "own",
        }
    }

    /// The ready-made one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Its rules; her own begin with the standard ones.
    #[must_use]
    pub const fn policy(self) -> Policy {
        match self {
            Self::Gentle => Policy {
                cancel_hours: 12,
                free_late_cancels: 1,
                changes: Changes::Unlimited,
                grace_days: 28,
                cooling_off_days: 14,
            },
            Self::Standard | Self::Own => Policy {
                cancel_hours: 24,
                free_late_cancels: 0,
                changes: Changes::AsManyAsSessions,
                grace_days: 14,
                cooling_off_days: 0,
            },
            Self::Strict => Policy {
                cancel_hours: 48,
                free_late_cancels: 0,
                changes: Changes::AsManyAsSessions,
                grace_days: 0,
                cooling_off_days: 0,
            },
        }
    }
}

/// The rules that were agreed when a package was sold; a later change of the package does not touch them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// A client who cancels this many hours or more before the start gets the credit back. 0–168.
    pub cancel_hours: u32,
    /// How many cancels later than that return the credit all the same, per lot.
    pub free_late_cancels: u32,
    /// How often she may move or cancel in time.
    pub changes: Changes,
    /// A session that was booked by the expiry date may take place this many days later. 0 is strict use-by.
    pub grace_days: u32,
    /// A client who changes her mind within so many days of buying gets all of her money back. 0 is not at all.
    pub cooling_off_days: u32,
}

/// Why rules of her own were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAPolicy {
    /// A window above [`Policy::LONGEST_WINDOW`].
    Window,
    /// More late cancels than a package can have sessions.
    LateCancels,
    /// More changes than [`Policy::MOST_CHANGES`].
    Changes,
    /// A grace above [`Policy::LONGEST_GRACE`].
    Grace,
    /// A time to change one's mind above [`Policy::LONGEST_GRACE`].
    CoolingOff,
}

impl Policy {
    /// The longest cancellation window, in hours.
    pub const LONGEST_WINDOW: u32 = 168;
    /// The most late cancels that return the credit.
    pub const MOST_LATE_CANCELS: u32 = 100;
    /// The highest number of changes that can be set; above it, there is "as often as you need".
    pub const MOST_CHANGES: u32 = 1000;
    /// The longest grace, and the longest time to change one's mind, in days.
    pub const LONGEST_GRACE: u32 = 366;

    /// Whether every rule is within its bounds.
    ///
    /// # Errors
    /// [`NotAPolicy`] names the first that is not.
    pub const fn check(&self) -> Result<(), NotAPolicy> {
        match self {
            _ if self.cancel_hours > Self::LONGEST_WINDOW => Err(NotAPolicy::Window),
            _ if self.free_late_cancels > Self::MOST_LATE_CANCELS => Err(NotAPolicy::LateCancels),
            Self { changes: Changes::Count(n), .. } if *n > Self::MOST_CHANGES => Err(NotAPolicy::Changes),
            _ if self.grace_days > Self::LONGEST_GRACE => Err(NotAPolicy::Grace),
            _ if self.cooling_off_days > Self::LONGEST_GRACE => Err(NotAPolicy::CoolingOff),
            _ => Ok(()),
        }
    }

    /// How long before the start a cancel must come; elapsed time, boundary inclusive.
    #[must_use]
    pub fn window(&self) -> SignedDuration {
        hours(i64::from(self.cancel_hours))
    }

    /// How many changes a lot of so many sessions bears; `None` is without limit.
    #[must_use]
    pub fn changes_of(&self, sessions: u32) -> Option<u32> {
        match self.changes {
            Changes::AsManyAsSessions => Some(sessions),
            Changes::Count(n) => Some(n),
            Changes::Unlimited => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_preset_is_the_default_of_the_domain() {
        let policy = Preset::Standard.policy();
        assert_eq!((policy.window(), policy.grace_days, policy.changes_of(6)), (hours(24), 14, Some(6)));
    }

    #[test]
    fn presets_are_found_by_their_names() {
        for preset in Preset::ALL {
            assert_eq!(Preset::named(preset.name()), Some(preset));
        }
        assert_eq!(Preset::named("lenient"), None);
    }

    #[test]
    fn rules_of_her_own_have_bounds() {
        let own = Preset::Own.policy();
        assert_eq!(own.check(), Ok(()));
        for (policy, why) in [
            (Policy { cancel_hours: 169, ..own }, NotAPolicy::Window),
            (Policy { free_late_cancels: 101, ..own }, NotAPolicy::LateCancels),
            (Policy { changes: Changes::Count(1001), ..own }, NotAPolicy::Changes),
            (Policy { grace_days: 367, ..own }, NotAPolicy::Grace),
            (Policy { cooling_off_days: 367, ..own }, NotAPolicy::CoolingOff),
        ] {
            assert_eq!(policy.check(), Err(why));
        }
    }
}
