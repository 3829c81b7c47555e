//! Whom the program needs outside: the mail server and Stripe, asked with what the settings say, and nothing sent or changed.

use super::Findings;
use crate::app::Post;
use crate::cli::open;
use crate::mail::Undelivered;
use crate::payments::webhook::HEARD;
use crate::payments::{Mode, Till, TillError};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, Stripe};
use crate::views::link;

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
    webhook(&format!("{}{}", config.base_url, link::stripe_hook()), settings, &cashier.till, found).await;
    if kind == "secret" {
        found.look(
            "stripe",
            "the key may do everything. A restricted key (rk_…) is safer; README names its rights",
        );
    }
}

/// Whether Stripe sends its news to us, all of it, and we can check it. Nothing of it is wrong: events are asked for besides.
async fn webhook(ours: &str, settings: &Stripe, till: &Till, found: &mut Findings) {
    let about = "webhook";
    let endpoints = match till.endpoints().await {
        Ok(endpoints) => endpoints,
        Err(TillError::Refused { status: 401 | 403 | 404, .. }) => {
            return found.look(
                about,
                "cannot be looked at with this key. Give it Webhook Endpoints: read, or look in Stripe’s dashboard",
            );
        }
        Err(why) => return found.look(about, why.to_string()),
    };
    let asked = format!("events are asked for every {} s besides", settings.poll_seconds);
    let here = endpoints.iter().find(|one| one.url.trim_end_matches('/') == ours);
    let missing: Vec<&str> = here.map_or(Vec::new(), |one| {
        let sends = |kind: &&str| one.enabled_events.iter().any(|sent| sent == "*" || sent == kind);
        HEARD.into_iter().filter(|kind| !sends(kind)).collect()
    });
    match (here, &settings.webhook_secret) {
        (None, None) => found.ok(about, format!("none: {}, which is enough", asked.replace(" besides", ""))),
        (None, Some(_)) => found.look(
            about,
            format!("there is a secret, but Stripe sends nothing to {ours}. Make that endpoint in its dashboard, Developers, Webhooks; {asked}"),
        ),
        (Some(_), None) => found.look(
            about,
            format!("Stripe sends to {ours}, but without stripe.webhook_secret nothing of it is believed. Copy its signing secret into the settings; {asked}"),
        ),
        (Some(one), Some(_)) if one.status != "enabled" => found.look(
            about,
            format!("Stripe has switched {ours} off. Look in its dashboard why, and switch it on; {asked}"),
        ),
        (Some(_), Some(_)) if !missing.is_empty() => found.look(
            about,
            format!("Stripe does not send {} to {ours}. Add them to the endpoint; {asked}", missing.join(", ")),
        ),
        (Some(_), Some(_)) => found.ok(about, format!("Stripe sends every event that is needed to {ours}, and {asked}")),
    }
}
