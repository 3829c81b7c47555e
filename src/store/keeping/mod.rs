//! The recovery kit, where backups go, what became of each, and that data are held, as they are kept.

pub mod hold;

pub(super) use hold::HeldRow;
