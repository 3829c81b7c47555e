//! What is said to people, when, and what makes it needless.

pub mod message;
pub mod nudge;
pub mod quiet_hours;
pub mod reminder;
pub mod wording;
