//! Every address of the program, spelled once. Views and mails link by these; `web` routes by the patterns beside them.

use crate::domain::email::EmailAddress;
use crate::domain::time::Timestamp;
use jiff::civil::Date;

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) = $format:literal at $pattern:literal as $route:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name($($arg: $kind),*) -> String {
                format!($format)
            }
        )*
        pub(super) mod patterns {
            $(
                #[doc = concat!("Where [`super::", stringify!($name), "`] leads.")]
                pub const $route: &str = $pattern;
            )*
        }
    };
}

mod desk;
mod public;

pub use desk::*;
pub use public::*;

/// The patterns that the router listens at, by the name of their function.
pub mod route {
    pub use super::desk::patterns::*;
    pub use super::public::patterns::*;
}

/// First parts of addresses that no practitioner's storefront may have.
pub const RESERVED: &[&str] = &[
    "assets",
    "bought",
    "brand",
    "calendar",
    "checkout",
    "demo",
    "desk",
    "favicon.ico",
    "feeds",
    "healthz",
    "hooks",
    "join",
    "me",
    "metrics",
    "pictures",
    "robots.txt",
    "setup",
    "sign-in",
    "sign-out",
    "status",
    "trust",
    "unsubscribe",
];

/// An address with a day chosen: `?day=2026-04-21`.
#[must_use]
pub fn on_day(address: &str, day: Date) -> String {
    format!("{address}?day={day}")
}

/// The calendar of one day, with practitioners side by side.
#[must_use]
pub fn desk_day(day: Date) -> String {
    format!("{}?view=day&day={day}", desk_calendar())
}

/// An address with a time chosen, as the buttons of a list of times send it: `?slot=2026-04-21T15:00:00Z`.
#[must_use]
pub fn at_slot(address: &str, slot: Timestamp) -> String {
    format!("{address}?slot={slot}")
}

/// An address with what is asked for; what is empty is left out.
#[must_use]
pub fn asking(address: &str, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let asked: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", escape(value))).collect();
    if asked.is_empty() { address.to_owned() } else { format!("{address}?{}", asked.join("&")) }
}

/// The practice's front page, with those who work in one field.
#[must_use]
pub fn home_of(field: &str) -> String {
    format!("{}?field={}", home(), escape(field))
}

/// The sign-in page, coming back to an address of ours afterwards.
#[must_use]
pub fn sign_in_then(address: &str) -> String {
    then(&sign_in(), address)
}

/// "Look in your email" for an address, coming back to an address of ours afterwards, if there is one.
#[must_use]
pub fn sign_in_sent_to(email: &EmailAddress, next: &str) -> String {
    let sent = format!("{}?email={}", sign_in_sent(), escape(&email.to_string()));
    if next.is_empty() { sent } else { format!("{sent}&next={}", escape(next)) }
}

/// A door that leads to an address of ours afterwards.
#[must_use]
pub fn then(door: &str, address: &str) -> String {
    format!("{door}?next={}", escape(address))
}

/// An address of ours to come back to, from outside; anything else is the dashboard. A path only: never another host.
#[must_use]
pub fn safe_next(address: Option<&str>) -> String {
    let ours = |address: &&str| {
        address.starts_with('/')
            && !address.starts_with("//")
            && !address.contains(|c: char| c == '\\' || c.is_control())
    };
    address.filter(ours).map_or_else(me, str::to_owned)
}

/// A letter that the reader's own mail program begins.
#[must_use]
pub fn mail_to(email: &EmailAddress, subject: &str, body: &str) -> String {
    format!("mailto:{email}?subject={}&body={}", escape(subject), escape(body))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_our_own_pages_only() {
        assert_eq!(safe_next(Some("/me/book/x?day=2026-04-21")), "/me/book/x?day=2026-04-21");
        for elsewhere in
            [None, Some("https://evil.example"), Some("//evil.example"), Some("/\\evil.example"), Some("me")]
        {
            assert_eq!(safe_next(elsewhere), "/me");
        }
        for broken in ["/\t/evil.example", "/\r\nX: y", "/me/\u{1}", "/me\u{7f}", "/\0"] {
            assert_eq!(safe_next(Some(broken)), "/me", "{broken:?}");
        }
        assert_eq!(sign_in_then("/me/book/x?day=1"), "/sign-in?next=/me/book/x%3Fday%3D1");
    }

    #[test]
    fn no_storefront_stands_in_the_way_of_a_page() {
        for pattern in [
            route::ME,
            route::DESK,
            route::SETUP,
            route::SIGN_IN,
            route::BOUGHT,
            route::STRIPE_HOOK,
            route::DEMO_MAIL,
            route::PICTURE,
            route::BRAND,
            route::FEED,
            route::UNSUBSCRIBE,
            route::HEALTHZ,
            route::SIGN_OUT,
            route::JOIN,
        ] {
            let first = pattern.split('/').nth(1).unwrap();
            assert!(RESERVED.contains(&first), "{first}");
        }
    }
}
