//! What a backup is: one age file of a gzip of a tar, in which a manifest comes first and says what follows. Whoever has the
//! key of the kit can open it with other programs too: `age -d -i key.txt FILE | tar xz`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use age::{DecryptError, Decryptor, Encryptor};
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kit::Key;
use super::{Told, fresh_file, here};
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::kit::Recipient;
use crate::domain::time::Timestamp;

/// The shape of the archive. A newer one is refused.
pub const FORMAT: u32 = 1;
/// The name of the manifest.
const MANIFEST: &str = "manifest.json";
/// What every age file begins with.
const AGE: &[u8] = b"age-encryption.org/v1";
/// The most bytes of a manifest.
const MOST_MANIFEST: u64 = 1 << 20;
const PIECE: usize = 128 << 10;

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The shape of the archive.
    pub format: u32,
    /// The version of the program that made it.
    pub version: String,
    /// When the data were copied.
    pub made_at: Timestamp,
    /// What every link of the practice begins with.
    pub base_url: String,
    /// How many rows the data file has.
    pub rows: u64,
    /// What the check counted in it.
    pub counted: BTreeMap<String, u64>,
    /// The files, in the order in which they follow.
    pub parts: Vec<Part>,
    /// What is not in it.
    pub not_included: Vec<String>,
}

/// A file in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path in the data directory.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// The SHA-256 of it, in hexadecimal.
    pub sha256: String,
}

/// Why a backup cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// It is not sealed to this key.
    #[error("another key")]
    WrongKey,
    /// It is no backup at all.
    #[error("no backup")]
    NotABackup,
    /// It ends too early, or its end was changed.
    #[error("cut off")]
    CutOff,
    /// It was changed.
    #[error("changed")]
    Changed,
    /// It was made by a newer version.
    #[error("format {format} of version {version}")]
    Newer {
        /// The shape of the archive.
        format: u32,
        /// The version of the program that made it.
        version: String,
    },
    /// The file cannot be read, or what is in it cannot be written.
    #[error(transparent)]
    File(#[from] io::Error),
}

/// Measures a file: its part of a manifest.
///
/// # Errors
/// [`Trouble`] if it cannot be read.
pub fn part(name: &str, file: &Path) -> Result<Part, Trouble> {
    let measure = || {
        let (mut from, mut hash, mut bytes) = (File::open(file)?, Sha256::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let read = from.read(&mut piece)?;
            if read == 0 {
                return Ok(Part { name: name.to_owned(), bytes, sha256: HEXLOWER.encode(&hash.finalize()) });
            }
            hash.update(&piece[..read]);
            bytes += read as u64;
        }
    };
    measure().map_err(|why| here(&why))
}

/// Seals files to the kit and to one more key, into a new file. `at` says where each part is; `told` hears how many bytes of
/// them are over.
///
/// # Errors
/// [`Trouble`] if a file cannot be read or written, or is not as it was measured.
pub fn seal(
    manifest: &Manifest,
    at: impl Fn(&str) -> PathBuf,
    (kit, proof): (&Recipient, &Key),
    into: &Path,
    told: Told<'_>,
) -> Result<u64, Trouble> {
    let kit: age::x25519::Recipient = kit.as_str().parse().map_err(|_| Trouble::NoKit)?;
    let proof = proof.0.to_public();
    let both: [&dyn age::Recipient; 2] = [&kit, &proof];
    let encryptor = Encryptor::with_recipients(both.into_iter()).map_err(|_| Trouble::NoKit)?;
    let file = fresh_file(into)?;
    let write = || -> io::Result<()> {
        let sealed = encryptor.wrap_output(BufWriter::new(&file))?;
        let packed = GzEncoder::new(BufWriter::with_capacity(PIECE, sealed), Compression::fast());
        let mut tar = tar::Builder::new(packed);
        let words = serde_json::to_vec_pretty(manifest)?;
        tar.append_data(&mut header(words.len() as u64, manifest.made_at), MANIFEST, &words[..])?;
        let mut done = 0;
        for part in &manifest.parts {
            let from = File::open(at(&part.name))?.take(part.bytes);
            let counted = Counted { from, done: &mut done, told };
            tar.append_data(&mut header(part.bytes, manifest.made_at), &part.name, counted)?;
        }
        let packed = tar.into_inner()?;
        let sealed = packed.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        sealed.finish()?.flush()?;
        file.sync_all()
    };
    write().map_err(|why| here(&why))?;
    file.metadata().map(|metadata| metadata.len()).map_err(|why| here(&why))
}

fn header(bytes: u64, at: Timestamp) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(at.as_second()).unwrap_or_default());
    header.set_entry_type(tar::EntryType::Regular);
    header
}

/// A file that is read, and how much of all is.
struct Counted<'a, R> {
    from: R,
    done: &'a mut u64,
    told: Told<'a>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        *self.done += read as u64;
        (self.told)(*self.done);
        Ok(read)
    }
}

/// A backup as it is read: whether its end was seen tells one that was cut off from one that was changed.
struct Watched<'a, R> {
    from: R,
    ended: &'a std::cell::Cell<Ended>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        if read == 0 && !into.is_empty() {
            self.ended.set(Ended::Yes);
        }
        Ok(read)
    }
}

/// Only the manifest of a backup.
///
/// # Errors
/// [`Damage`] says why it cannot be opened.
pub fn look(file: &Path, key: &Key) -> Result<Manifest, Damage> {
    open(file, key, None, &|_| {})
}

/// Opens a backup into a folder, which must be there and empty: every part as the manifest has it, or nothing is of use. `told`
/// hears how many bytes of the parts are over.
///
/// # Errors
/// [`Damage`] says why it cannot be opened.
pub fn unpack(file: &Path, key: &Key, into: &Path, told: Told<'_>) -> Result<Manifest, Damage> {
    open(file, key, Some(into), told)
}

fn open(file: &Path, key: &Key, into: Option<&Path>, told: Told<'_>) -> Result<Manifest, Damage> {
    let mut first = Vec::new();
    File::open(file)?.take(AGE.len() as u64).read_to_end(&mut first)?;
    if !AGE.starts_with(&first) {
        return Err(Damage::NotABackup);
    }
    let ended = std::cell::Cell::new(Ended::No);
    let from = Watched { from: BufReader::with_capacity(PIECE, File::open(file)?), ended: &ended };
    let judged = |why: io::Error| match why.kind() {
        io::ErrorKind::UnexpectedEof => Damage::CutOff,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            match ended.get() {
                Ended::Yes => Damage::CutOff,
                Ended::No => Damage::Changed,
            }
        }
        _ => Damage::File(why),
    };
    let decryptor = Decryptor::new(from).map_err(|why| unopened(why, ended.get()))?;
    let identity: &dyn age::Identity = &key.0;
    let opened = decryptor.decrypt(std::iter::once(identity)).map_err(|why| unopened(why, ended.get()))?;
    let mut tar = tar::Archive::new(GzDecoder::new(opened));
    let manifest = {
        let mut entries = tar.entries().map_err(judged)?;
        let mut first = entries.next().ok_or(Damage::CutOff)?.map_err(judged)?;
        if first.path_bytes().as_ref() != MANIFEST.as_bytes() || first.size() > MOST_MANIFEST {
            return Err(Damage::NotABackup);
        }
        let manifest = manifest(&mut first, judged)?;
        let Some(into) = into else { return Ok(manifest) };
        let mut done = 0;
        for part in &manifest.parts {
            let entry = entries.next().ok_or(Damage::CutOff)?.map_err(judged)?;
            let fits = entry.path_bytes().as_ref() == part.name.as_bytes()
                && entry.header().entry_type() == tar::EntryType::Regular
                && entry.size() == part.bytes;
            if !fits {
                return Err(Damage::NotABackup);
            }
            let counted = Counted { from: entry, done: &mut done, told };
            write(part, counted, into, judged)?;
        }
        if entries.next().is_some() {
            return Err(Damage::NotABackup);
        }
        manifest
    };
    // The end is sealed too: only with it is the whole known to be whole.
    let mut rest = tar.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(judged)?;
    let after = rest.into_inner().read(&mut [0; 1]).map_err(judged)?;
    if after == 0 { Ok(manifest) } else { Err(Damage::NotABackup) }
}

fn unopened(why: DecryptError, ended: Ended) -> Damage {
    match why {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            Damage::WrongKey
        }
        DecryptError::InvalidMac => Damage::Changed,
        DecryptError::Io(why) if why.kind() == io::ErrorKind::UnexpectedEof => Damage::CutOff,
        DecryptError::Io(why) if why.kind() != io::ErrorKind::InvalidData => Damage::File(why),
        _ if ended == Ended::Yes => Damage::CutOff,
        _ => Damage::NotABackup,
    }
}

/// The manifest, if this version can read what follows.
fn manifest(from: &mut impl Read, judged: impl Fn(io::Error) -> Damage) -> Result<Manifest, Damage> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Any {
        format: u32,
        version: String,
    }
    let mut words = Vec::new();
    from.take(MOST_MANIFEST).read_to_end(&mut words).map_err(judged)?;
    let any: Any = serde_json::from_slice(&words).map_err(|_| Damage::NotABackup)?;
    if any.format > FORMAT {
        return Err(Damage::Newer { format: any.format, version: any.version });
    }
    let manifest: Manifest = serde_json::from_slice(&words).map_err(|_| Damage::NotABackup)?;
    if manifest.parts.iter().all(|part| stays_inside(&part.name)) {
        Ok(manifest)
    } else {
        Err(Damage::NotABackup)
    }
}

/// Whether a name leads to a file below the folder that it is unpacked into.
fn stays_inside(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
    name.split('/').all(plain)
}

fn write(
    part: &Part,
    mut from: impl Read,
    into: &Path,
    judged: impl Fn(io::Error) -> Damage,
) -> Result<(), Damage> {
    let path = into.join(&part.name);
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut to = options.open(&path)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        let read = from.read(&mut piece).map_err(&judged)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
    }
    to.sync_all()?;
    if HEXLOWER.encode(&hash.finalize()) == part.sha256 { Ok(()) } else { Err(Damage::Changed) }
}

#[cfg(test)]
mod tests;
