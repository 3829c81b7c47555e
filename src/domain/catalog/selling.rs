//! How a package is sold: how often to one client, and whether a first time is chosen with it. Not part of what is
//! agreed, so a change of it makes no version.

use super::purchase::{Purchase, State};

/// Whether the buyer chooses the time of the first session at the checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirstTime {
    /// She is not asked (the default of domain.md).
    #[default]
    NotAsked,
    /// She may.
    Optional,
    /// She does, as long as any time is free.
    Required,
}

impl FirstTime {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::NotAsked, Self::Optional, Self::Required];

    /// Its name in forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// How a package is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selling {
    /// How often one client may buy it; an introductory offer: once. `None` is as often as she likes.
    pub per_client: Option<u32>,
    /// Whether a first time is chosen with it.
    pub first_time: FirstTime,
}

impl Selling {
    /// The highest limit that can be set.
    pub const HIGHEST_LIMIT: u32 = 100;

    /// Whether the limit, if there is one, can be set.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.per_client.is_none_or(|most| (1..=Self::HIGHEST_LIMIT).contains(&most))
    }

    /// Whether a client who bought this has had her share of a package. What waits for her at the provider's page does not
    /// count, since she may go back and begin again; what was given up or did not come does not either.
    #[must_use]
    pub fn is_used_up<'a>(&self, bought: impl IntoIterator<Item = &'a Purchase>) -> bool {
        let counts = |one: &&Purchase| match one.state {
            State::Processing | State::AwaitingPractice | State::AwaitingProof | State::Paid { .. } => true,
            State::AwaitingBuyer | State::Failed { .. } | State::Lapsed { .. } | State::Withdrawn { .. } => {
                false
            }
        };
        self.per_client.is_some_and(|most| bought.into_iter().filter(counts).count() >= most as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::purchase::tests::purchase;
    use crate::domain::time::Timestamp;

    #[test]
    fn what_was_bought_or_is_on_its_way_counts_and_what_came_to_nothing_does_not() {
        let at = Timestamp::UNIX_EPOCH;
        let once = Selling { per_client: Some(1), ..Selling::default() };
        for (state, counts) in [
            (State::Paid { at }, true),
            (State::Processing, true),
            (State::AwaitingPractice, true),
            (State::AwaitingProof, true),
            (State::AwaitingBuyer, false),
            (State::Failed { at }, false),
            (State::Lapsed { at }, false),
            (State::Withdrawn { at }, false),
        ] {
            assert_eq!(once.is_used_up(&[purchase(state)]), counts, "{state:?}");
            assert!(!Selling::default().is_used_up(&[purchase(state)]), "no limit, {state:?}");
        }
        let twice = Selling { per_client: Some(2), ..once };
        assert!(!twice.is_used_up(&[purchase(State::Paid { at })]));
        assert!(twice.is_used_up(&[purchase(State::Paid { at }), purchase(State::Processing)]));
    }

    #[test]
    fn first_times_are_found_by_their_names() {
        for one in FirstTime::ALL {
            assert_eq!(FirstTime::named(one.name()), Some(one));
        }
        assert_eq!(FirstTime::named("perhaps"), None);
    }
}
