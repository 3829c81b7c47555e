//! A practitioner's own account at Stripe: what it is used for, and entering its key. The key is never shown again.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::catalog::account::Account;
use crate::domain::time::long_date;
use crate::views::link;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// Whether the money of an account is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Play {
    /// Test cards only; nothing is charged.
    Test,
    /// Real money.
    Live,
    /// The key does not open any more.
    Unknown,
}

/// With what her packages are sold.
#[derive(Debug, Clone)]
pub enum Sells {
    /// An account of her own.
    Own(Account, Play),
    /// The practice's.
    House,
    /// Nothing: clients pay at the practice.
    Nothing,
    /// She can have no account of her own here, as in the demo.
    NotHere,
}

/// The page; `hook` is where the account's webhooks go, `typed` the form.
#[must_use]
pub fn page(desk: &Desk<'_>, sells: &Sells, hook: &str, typed: &Typed) -> Markup {
    let settings = link::desk_settings();
    let crumb = Some((settings.as_str(), "Settings"));
    let main = html! {
        (super::head(crumb, "Your own Stripe account", html! { "Who pays for your packages pays into it." }))
        div."narrow form" {
            (standing(desk, sells))
            @if !matches!(sells, Sells::NotHere) {
                (form(sells, hook, typed))
                @if matches!(sells, Sells::Own(..)) { (remove()) }
            }
        }
    };
    desk.page("Your own Stripe account", Tab::Settings, &main)
}

fn standing(desk: &Desk<'_>, sells: &Sells) -> Markup {
    match sells {
        Sells::Own(account, play) => {
            let since =
                format!("Your own account sells since {}.", long_date(desk.zone().date(account.since)));
            match play {
                Play::Live => ui::note(Note::Good, &since, html! { "Money comes straight to you." }),
                Play::Test => ui::note(
                    Note::Warn,
                    "Test mode: nothing is charged.",
                    html! {
                        (since) " Its key is for tests, so clients would get sessions without paying. Enter the live key before you sell."
                    },
                ),
                Play::Unknown => ui::note(
                    Note::Bad,
                    "Your key cannot be read any more.",
                    html! {
                        "It was sealed under another instance key. Nothing is sold online until you enter it again."
                    },
                ),
            }
        }
        Sells::House => {
            html! { p { "Your packages are sold with the practice’s account. With one of your own, new sales go there; what is sold stays where it was." } }
        }
        Sells::Nothing => {
            html! { p { "No payment online is set up. With an account of your own, your packages can be paid online." } }
        }
        Sells::NotHere => {
            html! { p { "The demo talks to nobody outside: its till is a sandbox. In the real program you enter the key of your own Stripe account here." } }
        }
    }
}

fn form(sells: &Sells, hook: &str, typed: &Typed) -> Markup {
    let words = if matches!(sells, Sells::Own(..)) { "Take the new key" } else { "Use this account" };
    html! {
        form.form method="post" action=(link::desk_till()) {
            @if !typed.is_sound() { (ui::look_again("Not taken yet.", "Nothing was changed.")) }
            (Field::new("key", "Restricted or secret key").kind("password").required().autocomplete("off").error(typed.error("key"))
                .hint("In Stripe’s dashboard: Developers, API keys, a restricted key with Checkout Sessions: write, PaymentIntents: read, Events: read, Charges and Refunds: write, Disputes: read."))
            (Field::new("secret", "Webhook secret").kind("password").optional().autocomplete("off").error(typed.error("secret"))
                .hint("Begins with whsec_. Without one, payments are noticed by asking."))
            (Field::new("hook", "Address for the webhook").value(hook).with("readonly", "")
                .hint("Only if you enter a secret: the events checkout.session.completed, .expired, .async_payment_succeeded and …_failed go there."))
            (ui::submit(Button::new(words), html! {
                "The key is tried first: we ask Stripe for its news. It is kept sealed and never shown again. Sales from then on go to this account."
            }))
        }
    }
}

fn remove() -> Markup {
    html! {
        details.act {
            summary { "Sell with the practice’s account again" }
            p { "New sales go there. Your own account is still asked about what it sold, and gives that money back if you refund it." }
            form method="post" action=(link::desk_till_remove()) { (Button::new("Use the practice’s account").danger()) }
        }
    }
}
