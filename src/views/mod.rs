//! How things look: pages, mails and calendar objects, as functions from domain values. They know no store.

pub mod ics;
