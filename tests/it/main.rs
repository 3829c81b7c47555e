//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod calendar_by_hand;
mod checkout;
mod client_booking;
mod credits_by_hand;
mod demo;
mod notes;
mod own_data;
mod sign_in;
mod smtp_peer;
mod storefront;
mod stripe_peer;
mod support;
mod tidy;
