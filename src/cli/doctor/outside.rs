//! Whom the program needs outside: the mail server and Stripe, asked with what the settings say, and nothing sent or changed.

use super::Findings;
use crate::app::Post;
use crate::cli::open;
use crate::mail::Undelivered;
use crate::payments::{Mode, TillError};
use crate::platform::clock::Clock;
use crate::platform::config::Config;

/// Connects, secures the line and signs in.
pub(super) async fn mail(config: &Config, found: &mut Findings) {
    let Some(settings) = &config.mail else {
        return found.look("mail", "no mail is sent; links are shown to hand over. Add [mail] for mail");
    };
    let server = format!("{}:{}", settings.host, settings.port);
    let post = match open::post(settings) {
        Ok(Post::Office { mail, .. }) => mail,
        Ok(Post::None) => return,
        Err(why) => return found.wrong("mail", why),
    };
    match post.probe().await {
        Ok(()) => {
            let login = settings.login.as_ref().map_or("without signing in", |_| "and signs us in");
            found.ok("mail", format!("{server} takes our line ({}) {login}; no mail was sent", settings.security));
        }
        Err(Undelivered::Misconfigured { why }) => {
            found.wrong("mail", format!("{server}: {why}. Look at [mail]: security, username, password, ca_file"));
        }
        Err(why) => found.wrong("mail", format!("{server}: {why}. Look at mail.host and mail.port, and whether port {} may leave this network", settings.port)),
    }
}

/// Asks for the newest events, as the program does all the time.
pub(super) async fn stripe(config: &Config, found: &mut Findings) {
    let Some(settings) = &config.stripe else {
        return found.look("stripe", "no payment online; clients pay at the practice. Add [stripe] for it");
    };
    let cashier = match open::cashier(settings) {
        Ok(cashier) => cashier,
        Err(why) => return found.wrong("stripe", why),
    };
    let kind = if settings.secret_key.expose().starts_with("rk_") { "restricted" } else { "secret" };
    match cashier.till.events(Clock::System.now()).await {
        Ok(_) if cashier.till.mode() == Mode::Test => {
            found.look("stripe", format!("the {kind} key works and is for tests: nothing is charged. Put the live key for real sales"));
        }
        Ok(_) => found.ok("stripe", format!("the {kind} key works and is live")),
        Err(TillError::Refused { status: 401, .. }) => {
            return found.wrong(
                "stripe",
                "does not know this key. Copy it anew from Stripe’s dashboard, Developers, API keys",
            );
        }
        Err(TillError::Refused { status: 403, message }) => {
            return found.wrong(
                "stripe",
                format!("the key lacks a right ({message}). Give it Events: read; README names them all"),
            );
        }
        Err(why) => {
            return found
                .wrong("stripe", format!("{why}. Look whether this machine reaches {}", settings.api_base));
        }
    }
    match &settings.webhook_secret {
        Some(_) => {
            found.ok("stripe", "webhooks are checked with the secret, and events are asked for besides")
        }
        None => found.ok(
            "stripe",
            format!("no webhook: events are asked for every {} s, which is enough", settings.poll_seconds),
        ),
    }
    if kind == "secret" {
        found.look(
            "stripe",
            "the key may do everything. A restricted key (rk_…) is safer; README names its rights",
        );
    }
}
