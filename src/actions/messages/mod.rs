//! Messages composed and delivered.

pub mod compose;
pub mod deliver;
