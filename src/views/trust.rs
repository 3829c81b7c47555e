//! How a device comes to trust a practice that is its own certificate authority: the certificate to install, step by step for
//! each kind of device, and its fingerprint to compare.

use maud::{Markup, html};

use super::page::{self, Frame};
use super::ui::{Button, Note, note};
use super::{link, qr};
use crate::domain::catalog::brand::Accent;

/// What the page says.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// Where the page itself is, over plain HTTP: what the code leads to.
    pub page: &'a str,
    /// Where the practice is once it is trusted.
    pub base_url: &'a str,
    /// The SHA-256 fingerprint of the certificate, in pairs of digits.
    pub fingerprint: &'a str,
}

/// The page.
#[must_use]
pub fn page(trust: &Trust<'_>) -> Markup {
    let main = html! {
        div."wrap narrow prose" {
            h1 { "Let this device trust us" }
            p {
                "This practice runs on a computer of its own, in this network. Install its certificate once on each phone "
                "or computer, and every page is encrypted and shown without a warning."
            }
            p.cluster { (Button::new("Download the certificate").link(&link::trust_certificate())) a href=(trust.base_url) { "It is installed: go on" } }
            @if let Some(code) = qr::code(trust.page, "This page’s address as a QR code") {
                section."gap prose" {
                    h2 { "On a phone" }
                    p { "Point the camera at this code. The phone has to be in the same network." }
                    (code)
                    p { (trust.page) }
                }
            }
            section."gap prose" {
                h2 { "Then" }
                (steps())
            }
            section."gap prose" {
                h2 { "Is it the right one?" }
                p { "Before you install it, compare its fingerprint (SHA-256) with the one in the program’s log, which whoever installed it can read." }
                p.fingerprint { code { (trust.fingerprint) } }
                (note(Note::Info, "Only install a certificate from somebody you know.", html! {
                    "Whoever has its key could pretend to be any website to this device. The key never leaves the practice’s computer."
                }))
            }
        }
    };
    page::client(&Frame::new("Let this device trust us", "Fiddlehead", "/", Accent::FERN), &main)
}

fn steps() -> Markup {
    html! {
        details open {
            summary { "iPhone and iPad" }
            ol.steplist {
                li { "Download the certificate with Safari and allow it." }
                li { "Settings: Profile Downloaded: Install." }
                li { "Settings: General: About: Certificate Trust Settings: switch it on." }
            }
        }
        details {
            summary { "Android" }
            ol.steplist {
                li { "Download the certificate." }
                li { "Settings: Security: More security settings: Install from storage: CA certificate: Install anyway." }
                li { "Choose the file that was downloaded." }
            }
        }
        details {
            summary { "Windows" }
            ol.steplist {
                li { "Open the downloaded file: Install Certificate: Current User." }
                li { "Place it in: Trusted Root Certification Authorities." }
            }
        }
        details {
            summary { "Mac" }
            ol.steplist {
                li { "Open the downloaded file; it goes to the login keychain." }
                li { "In Keychain Access open it: Trust: Always Trust." }
            }
        }
        details {
            summary { "Firefox, on any computer" }
            ol.steplist {
                li { "Settings: Privacy & Security: View Certificates: Authorities: Import." }
                li { "Choose the file, and tick “identify websites”." }
            }
        }
    }
}
