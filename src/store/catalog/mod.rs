//! The practice, storefronts, packages with their versions, purchases, and practitioners’ own accounts, as they are kept.

pub mod account;
pub mod package;
pub mod practice;
pub mod purchase;
pub mod storefront;

pub(super) use account::AccountRow;
pub(super) use package::{OfferRow, PackageRow};
pub(super) use practice::PracticeRow;
pub(super) use purchase::PurchaseRow;
pub(super) use storefront::StorefrontRow;
