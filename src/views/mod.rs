//! How it looks: functions from values to markup. They know no store and no clock.

pub mod error;
