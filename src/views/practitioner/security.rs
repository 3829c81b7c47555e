//! How a member signs in: the second factor with its recovery codes, and the browsers in which she is signed in.

use maud::{Markup, html};

use super::{Desk, Tab, passkey};
use crate::domain::people::login::{Here, Signed};
use crate::domain::people::passkey::Passkey;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::people::seat::Seat;
use crate::domain::people::second::{Pending, Standing};
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::link;
use crate::views::qr;
use crate::views::text::counted;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note, Tag};

const TITLE: &str = "Signing in";

/// What the page shows.
#[derive(Debug)]
pub struct Security<'a> {
    /// Whose sign-in it is.
    pub member: &'a Practitioner,
    /// How it stands with her second factor.
    pub standing: &'a Standing,
    /// Whether the practice asks for one that she has not.
    pub owed: Owed,
    /// Her passkeys, with the names that forms have for them.
    pub passkeys: &'a [(String, Passkey)],
    /// The name of passkeys, where they work.
    pub site: Option<&'a str>,
    /// Where she is signed in.
    pub signed: &'a [Signed],
    /// The form that was not taken.
    pub typed: &'a Typed,
}

/// Whether a member has to set a second factor up before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The practice asks for it.
    First,
    /// She has one, or may do without.
    Nothing,
}

fn tab(desk: &Desk<'_>) -> Tab {
    if desk.seat == Seat::FrontDesk { Tab::None } else { Tab::Settings }
}

fn head(desk: &Desk<'_>, line: Markup) -> Markup {
    let (settings, account) = (link::desk_settings(), link::desk_account());
    let crumb =
        if desk.seat.is_own() { (settings.as_str(), "Settings") } else { (account.as_str(), "Your account") };
    super::head(Some(crumb), TITLE, line)
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, security: &Security<'_>) -> Markup {
    let main = html! {
        (head(desk, html! { "You sign in as " (security.member.email) "." }))
        div."narrow form" {
            @if security.owed == Owed::First {
                (ui::note(Note::Warn, "This practice asks everybody for a second factor.", html! { "Please set yours up. Everything else is open again afterwards." }))
            }
            section.form {
                h2 { "Second factor" }
                @match security.standing {
                    Standing::None => (none()),
                    Standing::Pending(pending) => (being_set_up(pending, security.typed)),
                    Standing::On { since, left } => (on(desk, (*since, *left), security.typed)),
                }
            }
            @if security.site.is_some() || !security.passkeys.is_empty() { (passkeys(desk, security)) }
            section.gap {
                h2 { "Where you are signed in" }
                (browsers(desk, security.signed))
            }
        }
    };
    desk.page_with(TITLE, tab(desk), &main, security.site.map(|_| passkey::SCRIPT))
}

fn passkeys(desk: &Desk<'_>, security: &Security<'_>) -> Markup {
    let zone = desk.zone();
    html! {
        section."form gap" {
            h2 { "Passkeys" }
            p { "A passkey is kept by your phone, computer or a key on your ring, and unlocked as that is: by finger, face or its PIN. You sign in with it alone, and no false page can ask you for it." }
            @if !security.passkeys.is_empty() {
                ul.packs {
                    @for (name, one) in security.passkeys {
                        li {
                            div {
                                h3 { (one.name) }
                                p {
                                    "Added " (long_date(zone.date(one.added_at)))
                                    @if let Some(at) = one.used_at { "; last used " (long_date(zone.date(at))) } "."
                                }
                            }
                            form method="post" action=(link::desk_passkeys_remove()) {
                                input type="hidden" name="passkey" value=(name);
                                (Button::new("Take it away").quiet().small().heard(&format!(" {}", one.name)))
                            }
                        }
                    }
                }
            }
            @match (security.standing, security.site) {
                (Standing::On { .. }, Some(site)) => {
                    form.form method="post" action=(link::desk_passkeys()) {
                        input type="hidden" name="answer";
                        (Field::new("passkey-name", "What you call it").value(security.typed.value("passkey-name")).error(security.typed.error("passkey-name"))
                            .required().hint("Such as “my phone”. Adding one needs a browser with passkeys, and its script."))
                        (passkey::add(site, desk.practice.as_str()))
                    }
                }
                (_, None) => {}
                _ => { p.hint { "You can add one once your second factor is on: the app and the recovery codes let you in when a passkey is lost." } }
            }
        }
    }
}

fn none() -> Markup {
    html! {
        p {
            "With a second factor, signing in takes your password and a code that an app on your phone makes: whoever has read or "
            "guessed the password alone stays out. Any authenticator app does."
        }
        form method="post" action=(link::desk_security_begin()) { (Button::new("Set up a second factor")) }
    }
}

/// A secret in fours, as it is typed.
fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn being_set_up(pending: &Pending, typed: &Typed) -> Markup {
    html! {
        div.handed {
            @if let Some(code) = qr::code(&pending.address, "The key for your authenticator app as a QR code") { div { (code) } }
            div.form {
                p { "Open your authenticator app, add an account, and point it at the code. Or type this key there:" }
                p."kit-key" { code { @for four in in_fours(&pending.secret).split(' ') { span { (four) } " " } } }
                form.form method="post" action=(link::desk_security_confirm()) {
                    (Field::new("code", "The six digits that the app shows now").autocomplete("one-time-code").with("inputmode", "numeric")
                        .required().error(typed.error("code")).hint("Nothing changes before this code fits."))
                    (Button::new("Turn it on"))
                }
                form method="post" action=(link::desk_security_confirm()) {
                    input type="hidden" name="turn" value="give-up";
                    button.plain { "Not now" }
                }
            }
        }
    }
}

fn on(desk: &Desk<'_>, (since, left): (Timestamp, usize), typed: &Typed) -> Markup {
    let field = |id: &'static str, form: &str| {
        let error = if typed.value("form") == form { typed.error("code") } else { None };
        Field::new("code", "A code of your app, or a recovery code")
            .id(id)
            .autocomplete("one-time-code")
            .required()
            .error(error)
    };
    let is_few = left < 3;
    html! {
        p { (ui::tag(Tag::Good, "On")) " since " (long_date(desk.zone().date(since))) ". Signing in asks for a code of your app." }
        p {
            (counted(u32::try_from(left).unwrap_or(u32::MAX), "recovery code is", "recovery codes are")) " left."
            @if is_few { " " b { "Make new ones before they run out." } }
        }
        details.act open[typed.value("form") == "codes"] {
            summary { "Make new recovery codes" }
            p { "Those that you have are of no use then." }
            form.form method="post" action=(link::desk_security_codes()) {
                input type="hidden" name="form" value="codes";
                (field("code-codes", "codes"))
                (Button::new("Make new codes").quiet())
            }
        }
        details.act open[typed.value("form") == "off"] {
            summary { "Take the second factor away" }
            p { "Your password alone signs you in then. For another phone, take it away and set it up again." }
            form.form method="post" action=(link::desk_security_off()) {
                input type="hidden" name="form" value="off";
                (field("code-off", "off"))
                (Button::new("Take it away").danger())
            }
        }
    }
}

fn browsers(desk: &Desk<'_>, signed: &[Signed]) -> Markup {
    let others = signed.iter().filter(|one| one.here == Here::Elsewhere).count();
    html! {
        ul.packs { @for one in signed { (browser(desk, one)) } }
        @if others > 0 {
            form.gap method="post" action=(link::desk_security_sign_out()) {
                input type="hidden" name="others" value="yes";
                (Button::new("Sign out everywhere else").quiet())
            }
        }
        p."hint gap" { "A browser that is not seen for 12 hours is signed out by itself, and every one after 30 days. Something here that is not yours? Sign it out, and change your password." }
    }
}

fn browser(desk: &Desk<'_>, one: &Signed) -> Markup {
    let zone = desk.zone();
    let name = one.login.browser.as_ref().map_or("A browser", |line| line.as_str());
    html! {
        li {
            div {
                h3 { (name) @if one.here == Here::This { " " (ui::tag(Tag::Good, "Here")) } }
                p {
                    "Signed in " (long_moment(one.login.began_at, zone))
                    @if one.here == Here::Elsewhere { "; last seen about " (long_moment(one.login.seen_at, zone)) } "."
                }
            }
            @if one.here == Here::Elsewhere {
                form method="post" action=(link::desk_security_sign_out()) {
                    input type="hidden" name="login" value=(one.name);
                    (Button::new("Sign out").quiet().small().heard(&format!(" {name}")))
                }
            }
        }
    }
}

/// The recovery codes, this once.
#[must_use]
pub fn codes(desk: &Desk<'_>, codes: &[String]) -> Markup {
    let main = html! {
        (head(desk, html! { "Your recovery codes" }))
        div."narrow form" {
            (ui::note(Note::Good, "The second factor is on.", html! { "Print this page now, or write the codes down. They are shown only here." }))
            section.kit {
                h2 { "Recovery codes for " (desk.practice) }
                p { "Each signs you in once in place of a code of your app, after your password. Cross off what you have used." }
                ul."kit-key" { @for code in codes { li { code { @for four in in_fours(code).split(' ') { span { (four) } " " } } } } }
            }
            p.no-print { a href=(link::desk_security()) { "I have kept them" } }
        }
    };
    desk.page("Recovery codes", tab(desk), &main)
}
