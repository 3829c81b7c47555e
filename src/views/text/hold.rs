//! Why data that came back from a backup are not let go, in words.

use super::refusal::{Said, said};
use crate::domain::keeping::hold::Refusal;

/// Why not, and what can be done.
#[must_use]
pub fn hold(refusal: Refusal) -> Said {
    match refusal {
        Refusal::NotHeld => said("Nothing is held.", "Everything runs as usual."),
        Refusal::NotAsked => said("Stripe has not been asked yet.", "Ask it first, below."),
        Refusal::Silent => said(
            "Stripe did not answer.",
            "See that this machine reaches the internet and that the key in the settings is right, and ask again.",
        ),
    }
}
