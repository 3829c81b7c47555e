//! Clients, practitioners, sign-in links and signed-in browsers, as they are kept.

pub mod client;
pub mod login;
pub mod note;
pub mod practitioner;
pub mod tag;

pub(super) use client::ClientRow;
pub(super) use login::{LinkRow, LoginRow, PersonRow};
pub(super) use note::NoteRow;
pub(super) use practitioner::PractitionerRow;
pub(super) use tag::TagsRow;
