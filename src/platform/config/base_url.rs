//! The address that people type: a scheme, a host, perhaps a port, and nothing after it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Why a text is no base address; says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotABaseUrl {
    /// Neither http nor https.
    #[error("has no scheme. Begin it with https:// (or http:// on this machine only)")]
    Scheme,
    /// A path, a query, a fragment.
    #[error("has something after the host. Take it out: Fiddlehead lives at the root of its host")]
    Path,
    /// A name and password before the host.
    #[error("has a name or password before the host. Take it out")]
    User,
    /// No host, or one that cannot be.
    #[error("has no host that can be used. Write a name like book.example, or an address")]
    Host,
    /// A port that is no number from 1 to 65535.
    #[error("has a port that is not from 1 to 65535")]
    Port,
}

/// Where the program is reached, like `https://book.example`: lower case, without a trailing slash or the scheme's own
/// port, so that it equals the `Origin` that browsers send.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    https: bool,
    host: String,
    port: Option<u16>,
}

impl BaseUrl {
    /// `http://localhost:port`.
    #[must_use]
    pub fn local(port: u16) -> Self {
        Self { https: false, host: "localhost".to_owned(), port: Some(port).filter(|&port| port != 80) }
    }

    /// Whether it is encrypted.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The host without the port; an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }

    /// The full address of a path, which begins with `/`.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'), "paths begin with a slash");
        format!("{self}{path}")
    }
}

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;
    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let lower = text.trim().to_ascii_lowercase();
        let (https, rest) = match lower.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err(NotABaseUrl::Scheme),
        };
        let rest = rest.trim_end_matches('/');
        if rest.contains('@') {
            return Err(NotABaseUrl::User);
        }
        if rest.contains(['/', '?', '#', '\\']) {
            return Err(NotABaseUrl::Path);
        }
        let (host, port) = split_port(rest).ok_or(NotABaseUrl::Port)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = match bare {
            // As browsers write it in `Origin`: shortest form, in brackets.
            Some(address) => match address.parse::<std::net::Ipv6Addr>() {
                Ok(address) => format!("[{address}]"),
                Err(_) => return Err(NotABaseUrl::Host),
            },
            None if is_name(host) => host.to_owned(),
            None => return Err(NotABaseUrl::Host),
        };
        let own = if https { 443 } else { 80 };
        Ok(Self { https, host, port: port.filter(|&port| port != own) })
    }
}

/// Parts `host:port`, where the host may be an IPv6 address in brackets. Nothing if the port is no port.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end = text.rfind(']').map_or(0, |bracket| bracket + 1);
    match text[end..].split_once(':') {
        None => Some((text, None)),
        Some((host, port)) => {
            let number: u16 = port.parse().ok()?;
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            (digits && number > 0).then_some((&text[..end + host.len()], Some(number)))
        }
    }
}

/// Whether a text can be a host's name or an IPv4 address.
pub(super) fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let numbers = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.len() <= 253 && text.split('.').all(label) && (!numbers || text.parse::<IpAddr>().is_ok())
}

/// Whether a host is this machine: `localhost` and what lies under it, 127.0.0.0/8, ::1.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_is_kept_as_browsers_write_an_origin() {
        for (typed, kept, host) in [
            ("https://book.example", "https://book.example", "book.example"),
            ("https://Book.Example/", "https://book.example", "book.example"),
            ("https://book.example:443", "https://book.example", "book.example"),
            ("http://book.example:80/", "http://book.example", "book.example"),
            ("https://book.example:8443", "https://book.example:8443", "book.example"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"),
            ("http://[::1]:8080/", "http://[::1]:8080", "::1"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]", "::1"),
            ("http://praxis.local", "http://praxis.local", "praxis.local"),
        ] {
            let url: BaseUrl = typed.parse().unwrap();
            assert_eq!((url.to_string().as_str(), url.host()), (kept, host));
        }
        assert_eq!("https://a.example".parse::<BaseUrl>().unwrap().join("/me"), "https://a.example/me");
        assert_eq!(BaseUrl::local(8080).to_string(), "http://localhost:8080");
    }

    #[test]
    fn anything_more_or_less_is_refused() {
        for (typed, why) in [
            ("", NotABaseUrl::Scheme),
            ("book.example", NotABaseUrl::Scheme),
            ("ftp://book.example", NotABaseUrl::Scheme),
            ("https://", NotABaseUrl::Host),
            ("https://book.example/shop", NotABaseUrl::Path),
            ("https://book.example?x", NotABaseUrl::Path),
            ("https://a:b@book.example", NotABaseUrl::User),
            ("https://book.example:0", NotABaseUrl::Port),
            ("https://book.example:70000", NotABaseUrl::Port),
            ("https://book.example:", NotABaseUrl::Port),
            ("https://::1", NotABaseUrl::Port),
            ("https://[zz]", NotABaseUrl::Host),
            ("https://bo ok.example", NotABaseUrl::Host),
            ("https://-a.example", NotABaseUrl::Host),
            ("https://300.1.1.1", NotABaseUrl::Host),
        ] {
            assert_eq!(typed.parse::<BaseUrl>(), Err(why), "{typed}");
        }
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (host, loopback) in [
            ("localhost", true),
            ("LOCALHOST", true),
            ("a.localhost", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("localhost.example", false),
            ("10.0.0.1", false),
            ("127.0.0.1.example", false),
        ] {
            assert_eq!(is_loopback_host(host), loopback, "{host}");
        }
    }
}
