//! Messages composed and delivered, looked at before they go, and sent or held back by hand.

pub mod by_hand;
pub mod compose;
pub mod deliver;
pub mod own;
pub mod preview;
mod sample;
mod scribe;

pub use scribe::Words;
