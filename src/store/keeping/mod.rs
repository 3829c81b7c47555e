//! The recovery kit, where backups go, what became of each, and that data are held, as they are kept.

pub mod backup;
pub mod destination;
pub mod hold;
pub mod kit;

pub(super) use backup::BackupRow;
pub(super) use destination::DestinationRow;
pub(super) use hold::HeldRow;
pub(super) use kit::KitRow;
