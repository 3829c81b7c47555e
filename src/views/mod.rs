//! How it looks: functions from domain values to markup. They know no store and no request.

pub mod around;
pub mod art;
pub mod asset;
pub mod brand;
pub mod checkout;
pub mod client;
pub mod csv;
pub mod demo;
pub mod error;
pub mod frond;
pub mod ics;
pub mod link;
pub mod messages;
pub mod page;
pub mod practitioner;
pub mod setup;
pub mod sign_in;
pub mod storefront;
pub mod text;
pub mod typed;
pub mod ui;
pub mod unsubscribe;
pub mod when;
