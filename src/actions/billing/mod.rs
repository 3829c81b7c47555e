//! Money that comes: settled once whichever way the news arrives, by the provider or by the practitioner's hand.

pub mod settle;
pub mod till;
