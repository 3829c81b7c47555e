//! Clients, practitioners, invitations, sign-in links and signed-in browsers, as they are kept.

pub mod client;
pub mod device;
pub mod invitation;
pub mod login;
pub mod note;
pub mod passkey;
pub mod practitioner;
pub mod second;
pub mod tag;

pub(super) use client::ClientRow;
pub(super) use device::DeviceRow;
pub(super) use invitation::InvitationRow;
pub(super) use login::{HalfwayRow, LinkRow, LoginRow, PersonRow};
pub(super) use note::NoteRow;
pub(super) use passkey::PasskeyRow;
pub(super) use practitioner::PractitionerRow;
pub(super) use second::SecondFactorRow;
pub(super) use tag::TagsRow;
