//! Where a backup is fetched from: a file or folder of this machine, a bucket, a server.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use super::{Asked, Environment, backups};
use crate::backups::{Marker, Remote, Told, anywhere, host_key};
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::destination::{Access, Host, HostKey, Login, Place, S3, Sftp, Style};
use crate::domain::time::Timestamp;
use crate::views::text;

/// The variables that hold the keys to S3, and a password for SFTP.
const ACCESS_KEY: &str = "FIDDLEHEAD_RESTORE_ACCESS_KEY";
const SECRET_KEY: &str = "FIDDLEHEAD_RESTORE_SECRET_KEY";
const PASSWORD: &str = "FIDDLEHEAD_RESTORE_PASSWORD";

/// Where backups are.
pub(super) enum Source {
    /// One file.
    File(PathBuf),
    /// A folder.
    Folder(PathBuf),
    /// Elsewhere.
    Remote(String, Remote),
}

impl Source {
    /// Opens what the command line names.
    pub(super) async fn open(
        asked: &Asked,
        environment: &Environment,
        terminal: &Terminal,
    ) -> Result<Self, String> {
        let given =
            |name: &str| environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let ask = |name: &str, words: &str| {
            given(name)
                .map_or_else(|| terminal.secret(words), Ok)
                .map_err(|why| format!("{words}cannot be asked for ({why}). Set {name} in the environment"))
        };
        let (place, access) = if let Some(rest) = asked.source.strip_prefix("s3://") {
            let key = ask(ACCESS_KEY, "Access key: ")?;
            let secret = ask(SECRET_KEY, "Secret key: ")?;
            (Place::S3(bucket(asked, rest, &key)?), Access::SecretKey(secret))
        } else if let Some(rest) = asked.source.strip_prefix("sftp://") {
            let server = server(asked, rest, terminal).await?;
            let access = match &asked.key {
                Some(file) => {
                    let text = std::fs::read_to_string(file);
                    Access::PrivateKey(text.map_err(|why| format!("{}: {why}", file.display()))?)
                }
                None => Access::Password(ask(PASSWORD, "Password: ")?),
            };
            (Place::Sftp(server), access)
        } else {
            let path = PathBuf::from(&asked.source);
            return match std::fs::metadata(&path) {
                Ok(found) if found.is_dir() => Ok(Self::Folder(path)),
                Ok(_) => Ok(Self::File(path)),
                Err(why) => Err(format!("{}: {why}", asked.source)),
            };
        };
        let opened = Remote::open(&place, &access, Marker::Ignore, &anywhere()).await;
        Ok(Self::Remote(asked.source.clone(), opened.map_err(|why| said(&asked.source, why))?))
    }

    /// The file, if it is one and no collection.
    pub(super) fn one_file(&self) -> Option<String> {
        match self {
            Self::File(file) => Some(file.display().to_string()),
            Self::Folder(_) | Self::Remote(..) => None,
        }
    }

    /// The backups there, newest first.
    pub(super) async fn list(&self) -> Result<Vec<(Timestamp, String, u64)>, String> {
        Ok(backups(match self {
            Self::File(file) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                vec![(name, file.metadata().map_or(0, |found| found.len()))]
            }
            Self::Folder(folder) => {
                let entries =
                    std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
                let named = |entry: std::fs::DirEntry| {
                    let bytes = entry.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
                    Some((entry.file_name().into_string().ok()?, bytes))
                };
                entries.flatten().filter_map(named).collect()
            }
            Self::Remote(spelled, remote) => remote.list().await.map_err(|why| said(spelled, why))?,
        }))
    }

    /// The file of a backup: where it is, or fetched into a file of ours.
    pub(super) async fn fetch(&self, name: &str, into: &Path, told: Told<'_>) -> Result<PathBuf, String> {
        match self {
            Self::File(file) => Ok(file.clone()),
            Self::Folder(folder) => Ok(folder.join(name)),
            Self::Remote(_, remote) => {
                remote.get(name, into, told).await.map_err(text::backup_trouble)?;
                Ok(into.to_owned())
            }
        }
    }
}

fn said(source: &str, why: Trouble) -> String {
    format!("{source}: {}", text::backup_trouble(why))
}

fn bucket(asked: &Asked, rest: &str, access_key: &str) -> Result<S3, String> {
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let wrong = |what: &'static str| move |why| format!("{what}: {}", text::not_a_place(why));
    let endpoint =
        asked.endpoint.clone().unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", asked.region));
    let ca = asked.ca.as_ref().map(|file| {
        let pem = std::fs::read_to_string(file).map_err(|why| format!("{}: {why}", file.display()))?;
        pem.parse().map_err(wrong("--ca"))
    });
    Ok(S3 {
        endpoint: endpoint.parse().map_err(wrong("--endpoint"))?,
        region: asked.region.parse().map_err(wrong("--region"))?,
        bucket: name.parse().map_err(wrong("s3://bucket"))?,
        prefix: prefix.parse().map_err(wrong("s3://bucket/prefix"))?,
        style: if asked.virtual_host { Style::VirtualHost } else { Style::Path },
        access_key: access_key.parse().map_err(|why| format!("{ACCESS_KEY}: {why}"))?,
        ca: ca.transpose()?,
    })
}

async fn server(asked: &Asked, rest: &str, terminal: &Terminal) -> Result<Sftp, String> {
    const SPELLED: &str = "write it as in sftp://user@host:22/folder";
    let (user, rest) = rest.split_once('@').ok_or(format!("{}: {SPELLED}", asked.source))?;
    let (authority, folder) = rest.split_once('/').unwrap_or((rest, "~"));
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) => (name, port.parse().map_err(|_| format!("{}: {SPELLED}", asked.source))?),
        None => (authority, 22),
    };
    let wrong = |why| format!("{}: {}", asked.source, text::not_a_place(why));
    let host: Host = name.parse().map_err(wrong)?;
    // As other programs have it: from the root on, or from the home of who signs in.
    let folder = match folder.strip_prefix('~') {
        Some(below) => below.trim_start_matches('/').to_owned(),
        None => format!("/{folder}"),
    };
    let host_key: HostKey = match &asked.host_key {
        Some(typed) => typed.parse().map_err(|why| format!("--host-key: {}", text::not_a_place(why)))?,
        None => {
            let shown = host_key(&host, port, &anywhere()).await.map_err(|why| said(&asked.source, why))?;
            terminal
                .confirm(&format!("{host} shows the key {shown}.\nIs that the server’s own? Type yes: "))
                .map_err(|why| {
                    format!("{why}. If {shown} is the server’s own key, give --host-key {shown}")
                })?;
            shown
        }
    };
    Ok(Sftp {
        host,
        port,
        user: user.parse().map_err(|why| format!("{}: the user: {why}", asked.source))?,
        folder: folder.parse().map_err(wrong)?,
        host_key,
        login: Login::Password,
    })
}
