//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod smtp_peer;
mod stories;
mod stripe_peer;
mod support;
mod tidy;
