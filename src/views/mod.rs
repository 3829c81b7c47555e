//! How it looks: functions from domain values to markup. They know no store and no request.

pub mod art;
pub mod asset;
pub mod brand;
pub mod frond;
pub mod page;
pub mod ui;
