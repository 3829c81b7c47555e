//! What is sold, by whom, under which terms, and each sale of it.

pub mod account;
pub mod brand;
pub mod package;
pub mod policy;
pub mod practice;
pub mod purchase;
pub mod selling;
pub mod storefront;
