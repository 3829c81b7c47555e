//! Tests of the whole program, and of its parts against real peers.

mod actions;
mod calendar_by_hand;
mod checkout;
mod client_booking;
mod credits_by_hand;
mod demo;
mod desk;
mod desk_hours;
mod desk_rights;
mod desk_settings;
mod model;
mod notes;
mod outages;
mod own_data;
mod power_cut;
mod process;
mod setup;
mod sign_in;
mod smtp_peer;
mod store;
mod storefront;
mod stories;
mod stripe_peer;
mod support;
mod tidy;
mod worked_examples;
