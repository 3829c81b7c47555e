//! Data that came back from a backup: held until its owner has looked at it, as it knows nothing of what was since.

use crate::domain::time::Timestamp;

/// That the data were restored, and not let go yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// When they were restored.
    pub restored_at: Timestamp,
    /// When the backup was made: nothing later is in them.
    pub backup_made_at: Timestamp,
}
