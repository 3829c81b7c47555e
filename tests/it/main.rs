//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod checkout;
mod client_booking;
mod demo;
mod desk;
mod desk_hours;
mod desk_rights;
mod desk_settings;
mod setup;
mod sign_in;
mod smtp_peer;
mod storefront;
mod stripe_peer;
mod support;
mod tidy;
