//! Where certificates and their keys are kept: a folder for the program alone, whose files are replaced whole.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::TlsError;

/// A folder that only the program's user may look into.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// [`TlsError::File`] if it cannot be made.
    pub fn at(path: &Path) -> Result<Self, TlsError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|why| at(path, why))?;
        Ok(Self(path.to_owned()))
    }

    /// What a file holds; nothing if there is none.
    ///
    /// # Errors
    /// [`TlsError::File`] if it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, TlsError> {
        let path = self.0.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(why) => Err(at(&path, why)),
        }
    }

    /// Replaces a file as a whole: after a power cut it is the old one or the new one.
    ///
    /// # Errors
    /// [`TlsError::File`] if it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TlsError> {
        let (path, fresh) = (self.0.join(name), self.0.join(format!("{name}.new")));
        let replace = || {
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&fresh)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&fresh, &path)?;
            std::fs::File::open(&self.0)?.sync_all()
        };
        replace().map_err(|why| at(&path, why))
    }

    /// A file of it, for messages.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

pub(super) fn at(path: &Path, why: std::io::Error) -> TlsError {
    TlsError::File { path: path.display().to_string(), why }
}
