//! Places elsewhere that backups go to: a directory, a store that speaks S3, a server that speaks SFTP. Valid by their types; how
//! one signs in there is sealed beside them.

use std::fmt;
use std::str::FromStr;

use crate::domain::id::DestinationId;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

/// How many there may be.
pub const MOST: usize = 5;

/// Why a part of a destination was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlace {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// More than there is room for.
    #[error("too long")]
    TooLong,
    /// Characters that cannot stand here.
    #[error("holds characters that cannot stand here")]
    Characters,
    /// A path must begin with a slash and lead nowhere up.
    #[error("not a whole path, from the first slash on")]
    NotWhole,
    /// An address must begin with https:// (or http://) and name a host and nothing behind it.
    #[error("not of the form https://host")]
    Address,
    /// A fingerprint is `SHA256:` and 43 characters.
    #[error("not a fingerprint of the form SHA256:…")]
    Fingerprint,
    /// Not the text of a certificate.
    #[error("not a certificate in PEM")]
    Certificate,
}

macro_rules! checked_text {
    ($($(#[$doc:meta])* $name:ident = $check:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = NotAPlace;
            fn from_str(text: &str) -> Result<Self, NotAPlace> {
                $check(text.trim()).map(Self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }
    )*};
}
checked_text! {
    /// A folder of this machine, from the first slash on.
    Folder = folder,
    /// Where a store that speaks S3 answers: `https://host` or `https://host:port`.
    Endpoint = endpoint,
    /// A bucket.
    Bucket = bucket,
    /// The region that requests are signed for.
    Region = region,
    /// What every name in a bucket begins with: words parted by slashes, or nothing.
    Prefix = prefix,
    /// A server by its name or number.
    Host = host,
    /// A folder on a server; nothing means the one that one is in after signing in.
    RemoteFolder = remote_folder,
    /// The fingerprint of a server's key.
    HostKey = host_key,
    /// A certificate of an authority, in PEM.
    Certificate = certificate,
}

fn bounded(text: &str, most: usize) -> Result<&str, NotAPlace> {
    if text.is_empty() {
        return Err(NotAPlace::Empty);
    }
    if text.len() > most {
        return Err(NotAPlace::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(NotAPlace::Characters);
    }
    Ok(text)
}

fn of(text: &str, more: &str) -> Result<(), NotAPlace> {
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    if fits { Ok(()) } else { Err(NotAPlace::Characters) }
}

fn leads_up(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

fn folder(text: &str) -> Result<String, NotAPlace> {
    let text = bounded(text, 1_000)?;
    if !text.starts_with('/') || leads_up(text) {
        return Err(NotAPlace::NotWhole);
    }
    let trimmed = text.trim_end_matches('/');
    if trimmed.is_empty() { Err(NotAPlace::NotWhole) } else { Ok(trimmed.to_owned()) }
}

fn endpoint(text: &str) -> Result<String, NotAPlace> {
    let text = bounded(text, 300)?.trim_end_matches('/');
    let rest =
        text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(NotAPlace::Address)?;
    let (name, port) = match rest.strip_prefix('[') {
        Some(six) => {
            let (name, port) = six.split_once(']').ok_or(NotAPlace::Address)?;
            (name, port.strip_prefix(':'))
        }
        None => rest.split_once(':').map_or((rest, None), |(name, port)| (name, Some(port))),
    };
    let numbered = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if !numbered || host(name).is_err() {
        return Err(NotAPlace::Address);
    }
    Ok(text.to_owned())
}

fn bucket(text: &str) -> Result<String, NotAPlace> {
    let text = bounded(text, 63)?;
    of(text, ".-_")?;
    if text.starts_with('.') || leads_up(text) { Err(NotAPlace::Characters) } else { Ok(text.to_owned()) }
}

fn region(text: &str) -> Result<String, NotAPlace> {
    let text = bounded(text, 63)?;
    of(text, "-_").map(|()| text.to_owned())
}

fn prefix(text: &str) -> Result<String, NotAPlace> {
    let text = text.trim_matches('/');
    if text.is_empty() {
        return Ok(String::new());
    }
    let text = bounded(text, 300)?;
    of(text, "-_./")?;
    let whole = text.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if whole { Ok(text.to_owned()) } else { Err(NotAPlace::Characters) }
}

fn host(text: &str) -> Result<String, NotAPlace> {
    let text = bounded(text, 253)?;
    of(text, ".-:")?;
    if text.starts_with(['-', '.']) { Err(NotAPlace::Characters) } else { Ok(text.to_owned()) }
}

fn remote_folder(text: &str) -> Result<String, NotAPlace> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let text = bounded(text, 1_000)?;
    if leads_up(text) {
        return Err(NotAPlace::NotWhole);
    }
    let trimmed = text.trim_end_matches('/');
    Ok(if trimmed.is_empty() { "/" } else { trimmed }.to_owned())
}

fn host_key(text: &str) -> Result<String, NotAPlace> {
    let digest = text.strip_prefix("SHA256:").ok_or(NotAPlace::Fingerprint)?.trim_end_matches('=');
    let fits = digest.len() == 43 && of(digest, "+/").is_ok();
    if fits { Ok(format!("SHA256:{digest}")) } else { Err(NotAPlace::Fingerprint) }
}

fn certificate(text: &str) -> Result<String, NotAPlace> {
    if text.len() > 64 << 10 {
        return Err(NotAPlace::TooLong);
    }
    let text = text.replace("\r\n", "\n");
    let whole = text.contains("-----BEGIN CERTIFICATE-----") && text.contains("-----END CERTIFICATE-----");
    let plain = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    if whole && plain { Ok(text) } else { Err(NotAPlace::Certificate) }
}

/// How a bucket stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// `https://host/bucket/…`, which every store understands.
    #[default]
    Path,
    /// `https://bucket.host/…`.
    VirtualHost,
}

/// A bucket of a store that speaks S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3 {
    /// Where it answers.
    pub endpoint: Endpoint,
    /// The region that requests are signed for.
    pub region: Region,
    /// The bucket.
    pub bucket: Bucket,
    /// What every name in it begins with.
    pub prefix: Prefix,
    /// How the bucket stands in an address.
    pub style: Style,
    /// The name of the access key; the secret is sealed.
    pub access_key: Line,
    /// The authority that answers for its certificate, if it is none of the usual.
    pub ca: Option<Certificate>,
}

/// How one signs in on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// With a password, which is sealed.
    Password,
    /// With a key that the program made; this is its public half, a line for `authorized_keys`.
    Key(Line),
}

/// A folder on a server that speaks SFTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sftp {
    /// The server.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// Who signs in.
    pub user: Line,
    /// The folder.
    pub folder: RemoteFolder,
    /// The server's key, as it was confirmed; another one is refused.
    pub host_key: HostKey,
    /// How one signs in.
    pub login: Login,
}

/// Where backups go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine, such as one on a USB disk.
    Directory(Folder),
    /// A bucket.
    S3(S3),
    /// A folder on a server.
    Sftp(Sftp),
}

impl Place {
    /// It in a line, without anything secret.
    #[must_use]
    pub fn spelled(&self) -> String {
        match self {
            Self::Directory(folder) => folder.to_string(),
            Self::S3(s3) if s3.prefix.as_str().is_empty() => format!("s3://{} at {}", s3.bucket, s3.endpoint),
            Self::S3(s3) => format!("s3://{}/{} at {}", s3.bucket, s3.prefix, s3.endpoint),
            Self::Sftp(Sftp { host, port, user, folder, .. }) => {
                let slash = if folder.as_str().starts_with('/') { "" } else { "/" };
                format!("sftp://{user}@{host}:{port}{slash}{folder}")
            }
        }
    }
}

/// What one signs in with.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// Nothing is asked.
    Open,
    /// The secret of an access key to S3.
    SecretKey(String),
    /// A password.
    Password(String),
    /// A private key, in OpenSSH's form.
    PrivateKey(String),
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(***)")
    }
}

/// A destination that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Its identifier, which the form carried; the marker in a folder names it.
    pub id: DestinationId,
    /// What the owner calls it.
    pub name: Line,
    /// Where it is.
    pub place: Place,
    /// What one signs in with, sealed with the instance's key.
    pub sealed: Vec<u8>,
    /// Since when backups go there.
    pub added_at: Timestamp,
    /// Since when a backup is wanted at once, if one is.
    pub asked_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_meant_is_taken() {
        for (text, taken) in
            [("/mnt/usb/", Some("/mnt/usb")), ("mnt", None), ("/a/../b", None), ("/", None), ("/a\nb", None)]
        {
            assert_eq!(text.parse::<Folder>().ok().as_ref().map(Folder::as_str), taken, "{text}");
        }
        for (text, good) in [
            ("https://s3.example", true),
            ("https://s3.example:9000/", true),
            ("http://127.0.0.1:21001", true),
            ("https://[::1]:9000", true),
            ("https://user@s3.example", false),
            ("https://s3.example/bucket", false),
            ("https://s3.example:0", false),
            ("ftp://s3.example", false),
            ("https://", false),
        ] {
            assert_eq!(text.parse::<Endpoint>().is_ok(), good, "{text}");
        }
        assert_eq!("/a/b/".parse::<Prefix>().unwrap().as_str(), "a/b");
        assert!("a//b".parse::<Prefix>().is_err() && "a/../b".parse::<Prefix>().is_err());
        assert!("".parse::<Prefix>().is_ok() && "".parse::<RemoteFolder>().is_ok());
        assert!("-oProxyCommand=x".parse::<Host>().is_err());
        let print = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";
        assert_eq!(print.parse::<HostKey>().unwrap().as_str(), print);
        assert!("MD5:00".parse::<HostKey>().is_err() && print[..40].parse::<HostKey>().is_err());
        assert!("x".parse::<Certificate>().is_err());
    }
}
