//! How sessions are laid out in the hours: the step between starts, buffers, notice, horizon and the daily limit.

use crate::domain::time::{SignedDuration, hours, minutes};

/// Why a rhythm was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARhythm {
    /// The step is 5 to 240 minutes.
    #[error("the step is 5 to 240 minutes")]
    Step,
    /// A buffer is 0 to 240 minutes.
    #[error("a buffer is 0 to 240 minutes")]
    Buffer,
    /// The notice is 0 to 720 hours.
    #[error("the notice is 0 to 720 hours")]
    Notice,
    /// The horizon is 1 to 365 days.
    #[error("the horizon is 1 to 365 days")]
    Horizon,
    /// A daily limit is at least 1; a day without sessions is an override.
    #[error("the daily limit is at least 1")]
    DailyLimit,
}

/// How sessions are laid out in the hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    step: u16,
    buffer_before: u16,
    buffer_after: u16,
    notice: u16,
    horizon: u16,
    daily_limit: Option<u32>,
}

impl Default for Rhythm {
    /// Every 30 minutes, no buffers, 12 hours of notice, 60 days ahead, as many a day as there is room for.
    fn default() -> Self {
        Self { step: 30, buffer_before: 0, buffer_after: 0, notice: 12, horizon: 60, daily_limit: None }
    }
}

impl Rhythm {
    /// With this many minutes between the starts that are offered.
    ///
    /// # Errors
    /// Outside 5 to 240.
    pub fn with_step(self, minutes: u16) -> Result<Self, NotARhythm> {
        let step = within(minutes, 5..=240, NotARhythm::Step)?;
        Ok(Self { step, ..self })
    }

    /// With this many minutes kept free of other sessions before and after each.
    ///
    /// # Errors
    /// Where one is more than 240.
    pub fn with_buffers(self, before: u16, after: u16) -> Result<Self, NotARhythm> {
        let buffer_before = within(before, 0..=240, NotARhythm::Buffer)?;
        let buffer_after = within(after, 0..=240, NotARhythm::Buffer)?;
        Ok(Self { buffer_before, buffer_after, ..self })
    }

    /// With this many hours at least between a client's booking and the session.
    ///
    /// # Errors
    /// Above 720, which is 30 days.
    pub fn with_notice(self, hours: u16) -> Result<Self, NotARhythm> {
        let notice = within(hours, 0..=720, NotARhythm::Notice)?;
        Ok(Self { notice, ..self })
    }

    /// With this many days ahead of today, the last included, that a client can book.
    ///
    /// # Errors
    /// Outside 1 to 365.
    pub fn with_horizon(self, days: u16) -> Result<Self, NotARhythm> {
        let horizon = within(days, 1..=365, NotARhythm::Horizon)?;
        Ok(Self { horizon, ..self })
    }

    /// With at most this many sessions that start on a day.
    ///
    /// # Errors
    /// For zero.
    pub fn with_daily_limit(self, daily_limit: Option<u32>) -> Result<Self, NotARhythm> {
        if daily_limit == Some(0) { Err(NotARhythm::DailyLimit) } else { Ok(Self { daily_limit, ..self }) }
    }

    /// Minutes between the starts that are offered.
    #[must_use]
    pub const fn step(&self) -> u16 {
        self.step
    }

    /// Minutes kept free before each session.
    #[must_use]
    pub const fn buffer_before(&self) -> u16 {
        self.buffer_before
    }

    /// Minutes kept free after each session.
    #[must_use]
    pub const fn buffer_after(&self) -> u16 {
        self.buffer_after
    }

    /// The least time between two sessions. A buffer keeps clear of the other *session*, not of its buffer (as
    /// clients of other booking programs know it), so the longer of the two is what shows between any two.
    #[must_use]
    pub fn gap(&self) -> SignedDuration {
        minutes(i64::from(self.buffer_before.max(self.buffer_after)))
    }

    /// The least time between a client's booking and the session, elapsed.
    #[must_use]
    pub fn notice(&self) -> SignedDuration {
        hours(i64::from(self.notice))
    }

    /// The notice in whole hours, as a form holds it.
    #[must_use]
    pub const fn notice_hours(&self) -> u16 {
        self.notice
    }

    /// How many days ahead of today a client can book.
    #[must_use]
    pub const fn horizon(&self) -> u16 {
        self.horizon
    }

    /// The most sessions that start on a day.
    #[must_use]
    pub const fn daily_limit(&self) -> Option<u32> {
        self.daily_limit
    }
}

fn within(n: u16, room: std::ops::RangeInclusive<u16>, otherwise: NotARhythm) -> Result<u16, NotARhythm> {
    if room.contains(&n) { Ok(n) } else { Err(otherwise) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_stays_within_its_bounds() {
        let rhythm = Rhythm::default();
        for (ok, not, refused) in [
            ([5, 240], [4, 241], NotARhythm::Step),
            ([0, 240], [241, u16::MAX], NotARhythm::Buffer),
            ([0, 720], [721, u16::MAX], NotARhythm::Notice),
            ([1, 365], [0, 366], NotARhythm::Horizon),
        ] {
            let set = |n| match refused {
                NotARhythm::Step => rhythm.with_step(n),
                NotARhythm::Buffer => rhythm.with_buffers(n, 0).and(rhythm.with_buffers(0, n)),
                NotARhythm::Notice => rhythm.with_notice(n),
                _ => rhythm.with_horizon(n),
            };
            assert!(ok.iter().all(|&n| set(n).is_ok()), "{refused:?}");
            assert!(not.iter().all(|&n| set(n) == Err(refused)), "{refused:?}");
        }
        assert_eq!(rhythm.with_daily_limit(Some(0)), Err(NotARhythm::DailyLimit));
        assert_eq!(rhythm.with_daily_limit(Some(1)).unwrap().daily_limit(), Some(1));
        assert_eq!(rhythm.with_buffers(10, 15).unwrap().gap(), minutes(15));
    }
}
