//! The practice, its storefronts and packages, and the order that begins a purchase.

pub mod checkout;
pub mod package;
pub mod practice;
pub mod sale;
pub mod setup;
