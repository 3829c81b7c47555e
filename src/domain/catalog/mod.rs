//! What is offered: practices, packages, policies, purchases.

pub mod brand;
