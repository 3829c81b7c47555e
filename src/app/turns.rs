//! Turns at work that reads much, so that few do it at a time.

use std::num::NonZero;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

/// Turns at one kind of work: as many at a time as there are processors, and one. More of them would only stand in each other's way, each
/// with memory of its own.
#[derive(Debug)]
pub struct Turns(LazyLock<Semaphore>);

impl Turns {
    /// Turns at a kind of work, for a `static` of its own.
    #[must_use]
    pub const fn by_processors() -> Self {
        Self(LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, NonZero::get) + 1)))
    }

    /// Waits for a turn, which ends when this is dropped.
    pub async fn take(&self) -> Option<SemaphorePermit<'_>> {
        // It fails only for turns that were closed, which nobody does.
        self.0.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_all_turns_are_taken_waits_until_one_ends() {
        static TURNS: Turns = Turns::by_processors();
        let mut taken = Vec::new();
        while let Ok(turn) = tokio::time::timeout(std::time::Duration::ZERO, TURNS.take()).await {
            taken.push(turn.unwrap());
        }
        assert!(taken.len() >= 2);
        let next = tokio::spawn(TURNS.take());
        tokio::task::yield_now().await;
        assert!(!next.is_finished());
        taken.pop();
        assert!(next.await.unwrap().is_some());
    }
}
