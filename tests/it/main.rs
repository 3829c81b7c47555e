//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod model;
mod power_cut;
mod smtp_peer;
mod store;
mod stories;
mod stripe_peer;
mod support;
mod tidy;
mod worked_examples;
