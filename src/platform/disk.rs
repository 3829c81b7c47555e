//! The disk under a folder: how much is free, and whether it can be written to.

use std::io;
use std::path::Path;

/// Below this nothing should be written any more: 64 MiB.
pub const TOO_LITTLE: u64 = 64 << 20;
/// Below this somebody should make room: 1 GiB.
pub const LITTLE: u64 = 1 << 30;

/// What a disk has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// How many bytes are free for us.
    pub free: u64,
    /// How it is mounted.
    pub writable: Writable,
}

/// How a disk is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writable {
    /// To be read and written.
    Yes,
    /// To be read only.
    No,
}

/// The disk under a folder.
///
/// # Errors
/// What the file system says.
pub fn under(folder: &Path) -> io::Result<Disk> {
    let told = rustix::fs::statvfs(folder)?;
    let read_only = told.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY);
    let free = told.f_bavail.saturating_mul(told.f_frsize);
    Ok(Disk { free, writable: if read_only { Writable::No } else { Writable::Yes } })
}

/// Makes a file that holds room on the disk, in truth and not only by its length.
///
/// # Errors
/// What the file system says; there is no such file then.
pub fn reserve(file: &Path, bytes: u64) -> io::Result<()> {
    let made = std::fs::File::create(file)?;
    let kept = rustix::fs::fallocate(&made, rustix::fs::FallocateFlags::empty(), 0, bytes);
    kept.map_err(|why| {
        let _ = std::fs::remove_file(file);
        why.into()
    })
}

/// A size for people: "3.4 GiB".
#[must_use]
pub fn words(bytes: u64) -> String {
    let mut size = (bytes, "bytes");
    let mut rest = 0;
    for unit in ["KiB", "MiB", "GiB", "TiB"] {
        if size.0 < 1024 {
            break;
        }
        rest = size.0 % 1024 * 10 / 1024;
        size = (size.0 / 1024, unit);
    }
    match size {
        (whole, "bytes") => format!("{whole} bytes"),
        (whole, unit) if whole < 10 => format!("{whole}.{rest} {unit}"),
        (whole, unit) => format!("{whole} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_two_or_three_digits() {
        for (bytes, said) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (TOO_LITTLE, "64 MiB"),
            (LITTLE + LITTLE / 2, "1.5 GiB"),
            (u64::MAX, "16777215 TiB"),
        ] {
            assert_eq!(words(bytes), said);
        }
    }

    #[test]
    fn room_that_is_reserved_is_taken_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ballast");
        reserve(&file, 1 << 20).unwrap();
        let kept = std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(&file).unwrap()) * 512;
        assert!(kept >= 1 << 20, "{kept}");
        assert!(reserve(&folder.path().join("huge"), u64::MAX / 4).is_err());
        assert!(!folder.path().join("huge").exists());
    }

    #[test]
    fn a_folder_of_this_machine_has_a_disk_that_can_be_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let disk = under(folder.path()).unwrap();
        assert!(disk.free > 0 && disk.writable == Writable::Yes);
        assert!(under(Path::new("/nowhere/at/all")).is_err());
        // Linux has one that cannot.
        #[cfg(target_os = "linux")]
        assert_eq!(under(Path::new("/proc")).unwrap().free, 0);
    }
}
