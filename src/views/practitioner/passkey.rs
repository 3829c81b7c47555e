//! The parts of pages that have to do with passkeys. They show themselves by the script alone, where the browser has passkeys.

use maud::{Markup, html};

use crate::views::link;
use crate::views::ui::Button;

/// The script.
pub const SCRIPT: &str = "js/passkey.js";

const FAILED: &str = "Nothing came of that. Try again, or take another way.";

/// A form that signs in by a passkey alone.
#[must_use]
pub fn sign_in(site: Option<&str>, next: &str) -> Markup {
    let Some(site) = site else { return html! {} };
    html! {
        form.form method="post" action=(link::desk_sign_in_passkey()) hidden
            data-passkey=(link::desk_sign_in_passkey_begin()) data-name=(site) data-field="answer" data-failed=(FAILED) {
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            input type="hidden" name="answer";
            (Button::new("Sign in with a passkey").quiet())
            p.err role="status" {}
        }
    }
}

/// In a form with a field for a code or password: the passkey’s answer goes into that.
#[must_use]
pub fn instead(site: Option<&str>, field: &str) -> Markup {
    let Some(site) = site else { return html! {} };
    html! {
        div hidden data-passkey=(link::desk_sign_in_passkey_begin()) data-name=(site) data-field=(field) data-before="passkey."
            data-failed=(FAILED) {
            (Button::new("Use a passkey").quiet())
            p.err role="status" {}
        }
    }
}

/// In the form that adds one.
#[must_use]
pub fn add(site: &str, practice: &str) -> Markup {
    let proof = link::then(&link::desk_proof(), &link::desk_security());
    html! {
        div hidden data-passkey=(link::desk_passkeys_begin()) data-name=(site) data-field="answer" data-does="add"
            data-practice=(practice) data-proof=(proof) data-failed=(FAILED) {
            (Button::new("Add a passkey").quiet())
            p.err role="status" {}
        }
    }
}
