//! An address as somebody types it, taken apart the way browsers do, so that no spelling of a number or a host is seen
//! differently here than where it is connected to.

use url::{Host, Position, Url};

use crate::domain::calendar::outside::Trouble;

/// The longest that is taken.
const ROOM: usize = 2_000;

/// Whether what goes there is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// A web address without a name or password in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(Url);

impl Address {
    /// Reads what was typed; `webcal:` is what calendars call https.
    pub(super) fn parse(typed: &str) -> Result<Self, Trouble> {
        let typed = typed.trim();
        let rest = ["webcal://", "webcals://"].iter().find_map(|scheme| {
            typed
                .get(..scheme.len())
                .filter(|head| head.eq_ignore_ascii_case(scheme))
                .map(|_| &typed[scheme.len()..])
        });
        let text = rest.map_or_else(|| typed.to_owned(), |rest| format!("https://{rest}"));
        if text.len() > ROOM {
            return Err(Trouble::NotAnAddress);
        }
        Self::of(Url::parse(&text).map_err(|_| Trouble::NotAnAddress)?)
    }

    fn of(mut url: Url) -> Result<Self, Trouble> {
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(Trouble::NotAnAddress);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Trouble::LoginInAddress);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Where a redirect from here leads.
    pub(super) fn leads_to(&self, location: &str) -> Result<Self, Trouble> {
        let next = Self::of(self.0.join(location).map_err(|_| Trouble::NotAnAddress)?)?;
        let down = self.scheme() == Scheme::Https && next.scheme() == Scheme::Http;
        if down { Err(Trouble::Downgrade) } else { Ok(next) }
    }

    pub(super) fn scheme(&self) -> Scheme {
        if self.0.scheme() == "https" { Scheme::Https } else { Scheme::Http }
    }

    pub(super) fn host(&self) -> Host<&str> {
        self.0.host().expect("an address has a host")
    }

    pub(super) fn host_text(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// What the `Host` header says.
    pub(super) fn authority(&self) -> &str {
        &self.0[Position::BeforeHost..Position::AfterPort]
    }

    /// Path and query.
    pub(super) fn target(&self) -> &str {
        &self.0[Position::BeforePath..Position::AfterQuery]
    }

    /// Whether the other is on the same server: only then is it told the password.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_or_carries_a_login_is_refused() {
        for text in [
            "",
            "calendar",
            "ftp://a.example/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "gopher://a.example",
            "https://",
            "http://[::1",
            "data:text/calendar,x",
            "//a.example/x",
            "https://a b/",
            "unix:/run/x",
            &format!("https://a.example/{}", "x".repeat(2_000)),
        ] {
            assert_eq!(Address::parse(text), Err(Trouble::NotAnAddress), "{text}");
        }
        for text in [
            "https://user@a.example/",
            "http://u:p@127.0.0.1/",
            "https://:p@a.example/",
            "webcal://u@a.example",
        ] {
            assert_eq!(Address::parse(text), Err(Trouble::LoginInAddress), "{text}");
        }
    }

    #[test]
    fn every_spelling_of_a_number_is_that_number() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://127.0.0.1./",
            "http://１２７.０.０.１/",
            "webcal://127.0.0.1/",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.host(), Host::<&str>::Ipv4([127, 0, 0, 1].into()), "{text}");
        }
    }

    #[test]
    fn an_address_is_taken_apart_and_a_redirect_never_leads_out_of_encryption() {
        let address = Address::parse(" WEBCAL://Cal.Example:8443/a b/x.ics?k=1#part ").unwrap();
        assert_eq!((address.scheme(), address.authority()), (Scheme::Https, "cal.example:8443"));
        assert_eq!((address.target(), address.port()), ("/a%20b/x.ics?k=1", 8443));
        let next = address.leads_to("../y.ics").unwrap();
        assert_eq!((next.target(), next.is_beside(&address)), ("/y.ics", true));
        assert!(!address.leads_to("https://other.example/").unwrap().is_beside(&address));
        assert_eq!(address.leads_to("http://cal.example/"), Err(Trouble::Downgrade));
        assert_eq!(address.leads_to("https://u:p@cal.example/"), Err(Trouble::LoginInAddress));
        assert_eq!(address.leads_to("file:///etc/passwd"), Err(Trouble::NotAnAddress));
    }
}
