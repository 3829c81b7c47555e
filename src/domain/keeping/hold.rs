//! Data that came back from a backup: held until its owner has looked at it, as it knows nothing of what was since.

use crate::domain::time::Timestamp;

/// That the data were restored, and not let go yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// When they were restored.
    pub restored_at: Timestamp,
    /// When the backup was made: nothing later is in them.
    pub backup_made_at: Timestamp,
}

/// How far the payment provider was asked for what happened since the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// There is none: clients pay at the practice.
    None,
    /// Not yet, or it did not answer.
    Waits,
    /// Until this instant.
    Asked(Timestamp),
}

impl Provider {
    /// How far it was asked, by the instant until which its news was read.
    #[must_use]
    pub fn read_until(until: Option<Timestamp>, held: Held) -> Self {
        until.filter(|until| *until >= held.restored_at).map_or(Self::Waits, Self::Asked)
    }
}

/// What becomes of the messages that were due before the data came back: most of them had gone from the old machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// They are set aside, with the reason.
    SetAside,
    /// They are sent now.
    Send,
}

/// Why the data are not let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// They are not held, or somebody let them go already.
    NotHeld,
    /// The payment provider has not been asked since they came back.
    NotAsked,
    /// It was asked just now, and did not answer.
    Silent,
}

/// Whether the data may go on.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn let_go(held: Option<Held>, provider: impl FnOnce(Held) -> Provider) -> Result<Held, Refusal> {
    let held = held.ok_or(Refusal::NotHeld)?;
    if provider(held) == Provider::Waits { Err(Refusal::NotAsked) } else { Ok(held) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Held {
        Held {
            restored_at: "2026-11-25T10:00:00Z".parse().unwrap(),
            backup_made_at: "2026-11-24T02:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn only_news_from_after_the_restore_lets_go() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let table = [
            (None, Err(Refusal::NotAsked)),
            (at("2026-11-24T02:00:00Z"), Err(Refusal::NotAsked)),
            (at("2026-11-25T09:59:59Z"), Err(Refusal::NotAsked)),
            (at("2026-11-25T10:00:00Z"), Ok(held())),
            (at("2026-11-25T10:01:00Z"), Ok(held())),
        ];
        for (until, wanted) in table {
            assert_eq!(let_go(Some(held()), |held| Provider::read_until(until, held)), wanted, "{until:?}");
        }
        assert_eq!(let_go(Some(held()), |_| Provider::None), Ok(held()));
        assert_eq!(let_go(None, |_| Provider::None), Err(Refusal::NotHeld));
    }
}
