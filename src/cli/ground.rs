//! Looks after the disk under the data: says when there is no room left, and keeps some aside that is given back in a bad hour.

use std::path::{Path, PathBuf};

use crate::platform::disk::{self, TOO_LITTLE, Writable};
use crate::store::handle::{Ground, Keeper};

/// The file that holds room, and how much: enough for the data file to be opened and repaired.
const BALLAST_FILE: &str = "fiddlehead.ballast";
const BALLAST: u64 = 16 << 20;

/// The disk under the data directory.
pub(super) struct DataDisk {
    folder: PathBuf,
}

impl DataDisk {
    /// Of this data directory. On a disk that is full already the room that was kept aside is given back at once, before the data
    /// file is opened.
    pub(super) fn under(folder: &Path) -> Self {
        let disk = Self { folder: folder.to_owned() };
        if disk.ground() == Ground::Full {
            disk.relieve();
        }
        disk
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join(BALLAST_FILE)
    }
}

impl Keeper for DataDisk {
    fn ground(&self) -> Ground {
        match disk::under(&self.folder) {
            Ok(disk) if disk.writable == Writable::No => Ground::ReadOnly,
            Ok(disk) if disk.free < TOO_LITTLE => Ground::Full,
            Ok(disk) => {
                if disk.free > TOO_LITTLE + 2 * BALLAST && !self.ballast().exists() {
                    // Without it all goes on as well.
                    let _ = disk::reserve(&self.ballast(), BALLAST);
                }
                Ground::Firm
            }
            // What cannot be asked is not refused: a write says for itself what is wrong.
            Err(_) => Ground::Firm,
        }
    }

    fn relieve(&self) {
        if std::fs::remove_file(self.ballast()).is_ok() {
            tracing::warn!(
                "less than 64 MiB are free on the disk: the room that was kept aside was given back"
            );
        }
    }
}
