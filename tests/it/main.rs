//! Tests of the whole, from outside the crate.

mod smtp_peer;
