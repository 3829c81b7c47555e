//! How the program stands, for the owner: whether all is well, and if not, what to do. No secrets.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::time::{SignedDuration, Timestamp, before, hours, long_moment, minutes};
use crate::views::ui::{self, Note, Tag, tag};
use crate::views::{link, text};

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is to be done.
    Well,
    /// It works, and should be looked at.
    Look,
    /// It does not work.
    Wrong,
}

/// One thing: what it is, how it stands, and in a sentence or two what is known and what to do.
#[derive(Debug)]
struct Row {
    about: &'static str,
    verdict: Verdict,
    said: Markup,
}

/// What is kept on the disk.
#[derive(Debug)]
pub struct Kept {
    /// How large the data file is.
    pub file: String,
    /// How much is free beside it.
    pub free: String,
    /// Whether that is enough.
    pub room: Verdict,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// When the newest was proved.
    pub newest_at: Option<Timestamp>,
}

/// What waits in the outbox.
#[derive(Debug)]
pub struct Outbox {
    /// How many messages should have gone by now.
    pub waiting: usize,
    /// Since when the first of them waits.
    pub since: Option<Timestamp>,
    /// How many were tried and not taken yet.
    pub tried: usize,
    /// How many were given up in the end.
    pub given_up: usize,
    /// When the last one went.
    pub sent_at: Option<Timestamp>,
}

/// Backups elsewhere.
#[derive(Debug)]
pub struct Elsewhere {
    /// How many places they go to.
    pub places: usize,
    /// At how many of them none was proved for too long.
    pub overdue: usize,
    /// The place that is furthest behind, and of when its last proved backup is.
    pub behind: Option<(String, Option<Timestamp>)>,
}

/// Payment online with the practice's account.
#[derive(Debug)]
pub enum Online {
    /// By the till of the demo.
    Sandbox,
    /// By Stripe.
    Stripe {
        /// Whether money moves: Look for tests.
        mode: Verdict,
        /// Until when the provider's news was read.
        heard_at: Option<Timestamp>,
        /// How often it is asked, in seconds.
        every: u32,
    },
}

/// The certificate that is shown.
#[derive(Debug)]
pub struct Certificate {
    /// Until when it is good.
    pub ends_at: Timestamp,
    /// What went wrong at the last renewal, and when.
    pub trouble: Option<(Timestamp, String)>,
}

/// All that the page shows.
#[derive(Debug)]
pub struct Status<'a> {
    /// The program's version.
    pub version: &'a str,
    /// Since when it runs.
    pub began_at: Timestamp,
    /// Where it is reached.
    pub address: &'a str,
    /// What is kept; nothing in the demo.
    pub kept: Option<Kept>,
    /// Backups elsewhere.
    pub elsewhere: Elsewhere,
    /// The outbox; nothing if no mail is sent.
    pub outbox: Option<Outbox>,
    /// Payment online, if there is any.
    pub online: Option<Online>,
    /// The certificate, if the program shows one itself.
    pub certificate: Option<Certificate>,
    /// Since when the most belated job waits.
    pub late_since: Option<Timestamp>,
}

/// A job is this late when the machine is busy; after that something is wrong.
const LATE: SignedDuration = minutes(10);
/// One is taken every hour.
const OLD: SignedDuration = hours(26);

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, status: &Status<'_>) -> Markup {
    let rows = rows(desk, status);
    let worst = rows.iter().map(|row| row.verdict).max().unwrap_or(Verdict::Well);
    let settings = link::desk_settings();
    let main = html! {
        (super::head(Some((&settings, "Settings")), "Is all well?", html! { "Fiddlehead " (status.version) ", running since " (long_moment(status.began_at, desk.zone())) "." }))
        @match worst {
            Verdict::Well => (ui::note(Note::Good, "All is well.", html! { "There is nothing to do." })),
            Verdict::Look => (ui::note(Note::Info, "It works.", html! { "Please look at what is marked." })),
            Verdict::Wrong => (ui::note(Note::Warn, "Something does not work.", html! { "What is marked says what to do." })),
        }
        div.settings {
            @for row in &rows {
                section.setting {
                    h2 { (row.about) }
                    div.form {
                        p { (mark(row.verdict)) }
                        p { (row.said) }
                    }
                }
            }
        }
    };
    desk.page("Is all well?", Tab::Settings, &main)
}

fn mark(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Well => tag(Tag::Good, "Well"),
        Verdict::Look => tag(Tag::Warn, "Please look"),
        Verdict::Wrong => tag(Tag::Bad, "Does not work"),
    }
}

fn rows(desk: &Desk<'_>, status: &Status<'_>) -> Vec<Row> {
    let mut rows = vec![jobs(desk, status)];
    if let Some(kept) = &status.kept {
        rows.push(disk(kept));
        rows.push(snapshots(desk, status, kept));
        rows.push(elsewhere(desk, &status.elsewhere));
    }
    rows.push(mail(desk, status.outbox.as_ref()));
    rows.push(payments(desk, status.online.as_ref()));
    rows.push(address(desk, status));
    rows
}

fn jobs(desk: &Desk<'_>, status: &Status<'_>) -> Row {
    let clock = html! { "The machine’s clock says " (long_moment(desk.now, desk.zone())) " in " (text::zone(desk.zone())) "." };
    match status.late_since {
        Some(since) if since < before(desk.now, LATE) => Row {
            about: "The program",
            verdict: Verdict::Wrong,
            said: html! {
                "Something that was due " (long_moment(since, desk.zone())) " is still not done. Start the program again; if it stays so, look at its log. "
                (clock)
            },
        },
        _ => Row {
            about: "The program",
            verdict: Verdict::Well,
            said: html! { "What is due is done in time. " (clock) " If that is not your time, set the machine’s clock." },
        },
    }
}

fn disk(kept: &Kept) -> Row {
    let said = match kept.room {
        Verdict::Well => "",
        Verdict::Look => " Make room soon.",
        Verdict::Wrong => " Nothing can be kept like this: make room at once, or look at the disk.",
    };
    Row {
        about: "Disk",
        verdict: kept.room,
        said: html! { "Your data takes " (kept.file) "; " (kept.free) " are free." (said) },
    }
}

fn snapshots(desk: &Desk<'_>, status: &Status<'_>, kept: &Kept) -> Row {
    let (verdict, said) = match kept.newest_at {
        Some(at) if at < before(desk.now, OLD) && status.began_at < before(desk.now, OLD) => (
            Verdict::Wrong,
            html! { "The last one is of " (long_moment(at, desk.zone())) ". One should be made every hour: look at the program’s log." },
        ),
        Some(at) => {
            let count = u32::try_from(kept.snapshots).unwrap_or(u32::MAX);
            (
                Verdict::Well,
                html! { (text::capital(&text::counted(count, "copy", "copies"))) " beside your data, the last of " (long_moment(at, desk.zone())) ". Each was opened again and checked." },
            )
        }
        None if status.began_at < before(desk.now, hours(1)) => (
            Verdict::Wrong,
            html! { "No copy was made yet, although the program runs for more than an hour. Look at its log." },
        ),
        None => (Verdict::Well, html! { "The first copy is made five minutes after the start." }),
    };
    Row { about: "Copies on this machine", verdict, said }
}

fn elsewhere(desk: &Desk<'_>, backups: &Elsewhere) -> Row {
    let of = |at: &Timestamp| long_moment(*at, desk.zone());
    let (verdict, said) = match &backups.behind {
        None => (
            Verdict::Look,
            html! { "There are none: if this machine were lost, everything would be lost with it. Choose a place for them. " },
        ),
        Some((name, proved)) if backups.overdue > 0 => (
            Verdict::Wrong,
            html! {
                "There was none at " (name) " for a week: "
                @match proved { Some(at) => { "the last is of " (of(at)) ". " } None => { "there has never been one. " } }
            },
        ),
        Some((name, None)) => {
            (Verdict::Look, html! { "There is none at " (name) " yet. The first is made by itself. " })
        }
        Some((name, Some(at))) => (
            Verdict::Well,
            html! {
                @if backups.places == 1 { "The last one at " (name) } @else { "The oldest of the last ones, at " (name) "," }
                " is of " (of(at)) ". It was fetched back from there, opened and checked. "
            },
        ),
    };
    let link = html! { a href=(link::desk_backups()) { "See all backups" } "." };
    Row { about: "Copies elsewhere", verdict, said: html! { (said) (link) } }
}

fn mail(desk: &Desk<'_>, outbox: Option<&Outbox>) -> Row {
    let about = "Mail";
    let Some(outbox) = outbox else {
        return Row {
            about,
            verdict: Verdict::Look,
            said: html! { "No mail is sent; you hand links over yourself. Add the part [mail] to the settings file." },
        };
    };
    let all = html! { a href=(link::desk_messages()) { "See all messages" } "." };
    let count = |n: usize, one: &str, several: &str| {
        text::capital(&text::counted(u32::try_from(n).unwrap_or(u32::MAX), one, several))
    };
    let waits_long = outbox.since.is_some_and(|since| since < before(desk.now, LATE));
    let (verdict, said) = match outbox.sent_at {
        _ if waits_long && outbox.tried > 0 => (
            Verdict::Wrong,
            html! { (count(outbox.waiting, "message waits", "messages wait")) ": the mail server does not take mail. It is tried again by itself. Look at the part [mail] of the settings file, or run fiddlehead doctor. " },
        ),
        _ if waits_long => (
            Verdict::Wrong,
            html! { (count(outbox.waiting, "message waits", "messages wait")) " for more than ten minutes. Start the program again. " },
        ),
        Some(at) => (Verdict::Well, html! { "The last message went " (long_moment(at, desk.zone())) ". " }),
        None => (Verdict::Well, html! { "Mail is set up; nothing went yet. " }),
    };
    let given_up = outbox.given_up > 0;
    Row {
        about,
        verdict: if given_up { verdict.max(Verdict::Look) } else { verdict },
        said: html! {
            (said)
            @if given_up { (count(outbox.given_up, "message was", "messages were")) " given up, as the server did not take it. " }
            (all)
        },
    }
}

fn payments(desk: &Desk<'_>, online: Option<&Online>) -> Row {
    let about = "Payment online";
    let Some(online) = online else {
        return Row {
            about,
            verdict: Verdict::Well,
            said: html! { "There is none; clients pay at the practice. The part [stripe] of the settings file would add it." },
        };
    };
    let &Online::Stripe { mode: charges, heard_at, every } = online else {
        return Row {
            about,
            verdict: Verdict::Well,
            said: html! { "The till of this demo stands in for Stripe’s. Nothing is charged." },
        };
    };
    let quiet = SignedDuration::from_secs(i64::from(every) * 5).max(LATE);
    let silent = heard_at.is_none_or(|at| at < before(desk.now, quiet));
    let mode = match charges {
        Verdict::Well => html! { "Cards are charged. " },
        _ => {
            html! { "The key is for tests: nothing is charged. Put the live key into the settings file for real sales. " }
        }
    };
    Row {
        about,
        verdict: if silent { Verdict::Wrong } else { charges },
        said: html! {
            (mode)
            @match heard_at {
                Some(at) => { "Stripe last told its news " (long_moment(at, desk.zone())) "." }
                None => { "Stripe has not told any news yet." }
            }
            @if silent { " It should within minutes: look at the key in the settings file, or run fiddlehead doctor." }
        },
    }
}

fn address(desk: &Desk<'_>, status: &Status<'_>) -> Row {
    let here = html! { "Reached at " (status.address) ". " };
    let (verdict, said) = match &status.certificate {
        None if status.address.starts_with("https://") => {
            (Verdict::Well, html! { "A program in front of it encrypts, and keeps the certificate." })
        }
        None => (Verdict::Look, html! { "It is not encrypted: for this machine or a trusted network only." }),
        Some(certificate) => {
            let days = certificate.ends_at.duration_since(desk.now).as_hours() / 24;
            let until = html! { "The certificate is good until " (long_moment(certificate.ends_at, desk.zone())) "." };
            match &certificate.trouble {
                _ if certificate.ends_at <= desk.now => (
                    Verdict::Wrong,
                    html! { "The certificate has ended, and browsers refuse it. Run fiddlehead doctor." },
                ),
                Some((at, why)) => (
                    if days < 7 { Verdict::Wrong } else { Verdict::Look },
                    html! { (until) " It could not be renewed " (long_moment(*at, desk.zone())) ": " (why) " It is tried again by itself." },
                ),
                None if days < 7 => (Verdict::Look, html! { (until) " Look whether it is renewed." }),
                None => (Verdict::Well, until),
            }
        }
    };
    Row { about: "Address", verdict, said: html! { (here) (said) } }
}
