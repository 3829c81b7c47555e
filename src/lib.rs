//! Fiddlehead: booking for people who sell packages of sessions. The rooms of the house, lowest floor first;
//! each may look down only (ARCHITECTURE.md, and `tests/it/tidy.rs`, which holds the walls).
#![forbid(unsafe_code)]

pub mod actions;
pub mod app;
pub mod backups;
pub mod calendars;
pub mod cli;
pub mod domain;
pub mod jobs;
pub mod mail;
pub mod payments;
pub mod platform;
pub mod store;
pub mod tls;
pub mod views;
pub mod web;
