//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod process;
mod smtp_peer;
mod stripe_peer;
mod support;
mod tidy;
