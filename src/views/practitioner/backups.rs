//! Backups elsewhere, for the owner: the recovery kit to print and confirm, where backups go, and what became of each.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::id::DestinationId;
use crate::domain::keeping::backup::{Backup, Outcome, Overdue};
use crate::domain::keeping::destination::{Destination, HostKey};
use crate::domain::keeping::kit::Kit;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::art::Icon;
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Field, Note};

const TITLE: &str = "Backups";

/// How one destination stands.
#[derive(Debug)]
pub struct Standing<'a> {
    /// Where backups go.
    pub destination: &'a Destination,
    /// The newest that was verified.
    pub verified: Option<&'a Backup>,
    /// What became of the newest, newest first.
    pub records: &'a [Backup],
    /// When the next is due.
    pub next_at: Option<Timestamp>,
}

/// The banner on the owner's pages: none was verified for a week.
#[must_use]
pub fn banner() -> Markup {
    let more = html! { a href=(link::desk_backups()) { "See why, and what to do" } "." };
    html! { div.said { (ui::note(Note::Warn, "No backup was verified for 7 days.", more)) } }
}

/// The line on the owner's first page: nothing is backed up elsewhere yet, and what is to be done about it.
#[must_use]
pub fn invitation(what: &str) -> Markup {
    let more =
        html! { "If this machine is lost, everything is. " a href=(link::desk_backups()) { (what) } "." };
    html! { div.said { (ui::note(Note::Info, "Nothing is backed up elsewhere yet.", more)) } }
}

/// The page; `why` is what stands in the way of what was just asked.
#[must_use]
pub fn page(
    desk: &Desk<'_>,
    kit: Option<&Kit>,
    standings: &[Standing<'_>],
    overdue: &[Overdue],
    why: Option<&str>,
) -> Markup {
    let settings = link::desk_settings();
    let line = html! { "Every night a copy of everything goes to a place of yours, sealed so that only your recovery kit opens it. It is fetched back, opened and counted before it counts. The last 7 days, 4 weeks and 12 months stay there." };
    let main = html! {
        (super::head(Some((&settings, "Settings")), TITLE, line))
        div."narrow form" {
            @if let Some(why) = why { (ui::note(Note::Bad, "That did not work.", html! { (why) })) }
            @for one in overdue {
                (ui::note(Note::Warn, &format!("No backup was verified at {} for 7 days.", one.destination.name), html! {
                    @if let Some(why) = one.why { (text::backup_trouble(why)) }
                }))
            }
            h2 { "The recovery kit" }
            (kit_line(desk, kit))
            h2 { "Where backups go" }
            @if standings.is_empty() { p { "Nowhere yet. A USB disk in a drawer at home is already good; two places are better." } }
            @for standing in standings { (place(desk, standing)) }
            @if kit.is_some() { (more_places()) } @else { p.hint { "Print and confirm the recovery kit first." } }
            h2 { "When the machine dies" }
            p { "Install Fiddlehead on another machine and run, before its first start:" }
            p { code { "fiddlehead restore SOURCE --data /var/lib/fiddlehead" } }
            p { "It asks for the key on the recovery kit. The kit says the rest." }
        }
    };
    desk.page(TITLE, Tab::Settings, &main)
}

fn kit_line(desk: &Desk<'_>, kit: Option<&Kit>) -> Markup {
    match kit {
        Some(kit) => html! {
            (ui::note(Note::Good, "You have one.", html! {
                "Confirmed on " (long_date(desk.zone().date(kit.set_at))) ". Backups are sealed to " code { "…" (kit.recipient.ending()) } "."
            }))
            p { a href=(link::desk_backup_kit()) { "Print another one" } " if the paper is lost. Older backups open with the older paper only." }
        },
        None => html! {
            p { "A sheet of paper with a key that is kept nowhere else. Whoever has it and a backup has everything; without it a backup is noise." }
            div.cluster { (Button::new("Make the recovery kit").link(&link::desk_backup_kit())) }
        },
    }
}

fn more_places() -> Markup {
    html! {
        div.cluster {
            (Button::new("A folder or USB disk").quiet().link(&link::desk_backup_new("folder")))
            (Button::new("S3 storage").quiet().link(&link::desk_backup_new("s3")))
            (Button::new("A server (SFTP)").quiet().link(&link::desk_backup_new("sftp")))
        }
    }
}

fn place(desk: &Desk<'_>, standing: &Standing<'_>) -> Markup {
    let (zone, id) = (desk.zone(), standing.destination.id);
    html! {
        section.place {
            h3 { (standing.destination.name) }
            p { code { (standing.destination.place.spelled()) } }
            @match standing.verified {
                Some(newest) => (ui::note(Note::Good, "Verified.", html! {
                    "The newest, of " (long_moment(newest.started_at, zone)) ", was fetched back and checked: " (newest.rows) " rows, " (size(newest.bytes)) "."
                })),
                None => p { "None was verified yet." },
            }
            @if let Some(next) = standing.next_at { p.hint { "The next is due " (long_moment(next, zone)) "." } }
            @if !standing.records.is_empty() {
                details {
                    summary { "The last ones" }
                    ul.plainlist { @for record in standing.records { li { (long_moment(record.started_at, zone)) ": " (outcome(record)) } } }
                }
            }
            form method="post" action=(link::desk_backup_now(id)) { (Button::new("Back up now").quiet()) }
            details.act {
                summary { "Send no more there" }
                p { "What is there stays there." }
                form method="post" action=(link::desk_backup_remove(id)) { (Button::new("Send no more there").danger()) }
            }
        }
    }
}

fn outcome(record: &Backup) -> Markup {
    match record.outcome {
        Outcome::Going => html! { "being made" },
        Outcome::Verified { .. } => html! { "verified, " (record.rows) " rows, " (size(record.bytes)) },
        Outcome::Failed { why, .. } => html! { "failed. " (text::backup_trouble(why)) },
    }
}

/// Bytes in the unit that people read.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        more => format!("{}.{} MB", more / 1_000_000, more % 1_000_000 / 100_000),
    }
}

/// The paper itself: the key, and what one does with it.
pub(in crate::views) fn paper(practice: &Line, identity: &str) -> Markup {
    html! {
        section.kit {
            h2 { "Recovery kit of " (practice) }
            p { "Backups of this practice open with this key and with nothing else. It is kept nowhere." }
            p."kit-key" { code { @for group in groups(identity) { span { (group) } " " } } }
            h3 { "When the machine dies" }
            ol {
                li { "Install Fiddlehead on another machine. If it has started, stop it: " code { "systemctl stop fiddlehead" } "." }
                li { "Run " code { "fiddlehead restore SOURCE --data /var/lib/fiddlehead" } ". SOURCE is the folder or file of the backup, s3://bucket/prefix or sftp://user@host/folder." }
                li { "Type this key when it asks for it." }
                li { "Start it, sign in, and read the line at the top. Nothing is sent before you say so." }
            }
        }
    }
}

/// The key in groups that an eye can hold; the last is the six characters that are asked for. Spaces mean nothing to who reads it.
fn groups(identity: &str) -> Vec<&str> {
    const HEAD: &str = "AGE-SECRET-KEY-1";
    let (head, mut rest) = identity.split_at(if identity.starts_with(HEAD) { HEAD.len() } else { 0 });
    let mut groups = vec![head];
    // Bech32: ASCII.
    while !rest.is_empty() {
        let (group, more) = rest.split_at(match rest.len() % 6 {
            0 => 6,
            odd => odd,
        });
        groups.push(group);
        rest = more;
    }
    groups
}

/// That the paper is there: its last characters.
pub(in crate::views) fn confirm(identity: &str, typed: &Typed) -> Markup {
    html! {
        input type="hidden" name="key" value=(identity);
        (ui::note(Note::Info, "Print this page now, or write the key down.", html! { "It is shown only here. Loading the page anew makes another key." }))
        (Field::new("ending", "The last six characters of the key, from the paper").required().autocomplete("off").error(typed.error("ending")))
    }
}

/// The kit, to be printed and confirmed; `typed` has the key and what was typed from the paper.
#[must_use]
pub fn kit(desk: &Desk<'_>, identity: &str, typed: &Typed) -> Markup {
    let back = link::desk_backups();
    let day = long_date(desk.zone().date(desk.now));
    let main = html! {
        (super::head(Some((&back, TITLE)), "Recovery kit", html! { (day) ". Keep this paper where you keep your passport." }))
        div."narrow form" {
            (paper(desk.practice, identity))
            form."form no-print" method="post" action=(link::desk_backup_kit()) {
                (confirm(identity, typed))
                (ui::submit(Button::new("I have the paper").icon(Icon::Check), html! { "From the next backup on, this is the key." }))
            }
        }
    };
    desk.page("Recovery kit", Tab::Settings, &main)
}

/// What a new place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A folder of this machine.
    Folder,
    /// A bucket.
    S3,
    /// A server that has not been asked for its key yet.
    Server,
    /// A server that shows this key, and the line that lets us in.
    Known(&'a HostKey, &'a str),
}

/// The form for a new place.
#[must_use]
pub fn fresh(desk: &Desk<'_>, id: DestinationId, kind: Kind<'_>, typed: &Typed) -> Markup {
    let back = link::desk_backups();
    let (title, address) = match kind {
        Kind::Folder => ("A folder or USB disk", link::desk_backup_new("folder")),
        Kind::S3 => ("S3 storage", link::desk_backup_new("s3")),
        Kind::Server | Kind::Known(..) => ("A server (SFTP)", link::desk_backup_new("sftp")),
    };
    let main = html! {
        (super::head(Some((&back, TITLE)), title, html! {}))
        div."narrow form" {
            @if kind == Kind::Server {
                form.form action=(address) {
                    (field(typed, "host", "Server").required().hint("Its name or number."))
                    (field(typed, "port", "Port").optional().hint("22, unless it is another."))
                    (field(typed, "user", "User name there").required())
                    (ui::submit(Button::new("Ask it for its key"), html! { "Nothing is sent but the question." }))
                }
            } @else {
                form.form method="post" action=(address) {
                    input type="hidden" name="id" value=(id);
                    @if !typed.is_sound() { (ui::look_again("Not kept yet.", "Passwords have to be typed again.")) }
                    (field(typed, "name", "What you call it").required().hint("Such as USB disk at home."))
                    @match kind {
                        Kind::Folder => (folder(typed)),
                        Kind::S3 => (s3(typed)),
                        Kind::Known(key, line) => (sftp(typed, key, line)),
                        Kind::Server => {},
                    }
                    (ui::submit(Button::new("Try it and keep it"), html! { "A small file is written there, read back and deleted. The first backup goes at once." }))
                }
            }
        }
    };
    desk.page(title, Tab::Settings, &main)
}

fn field<'a>(typed: &'a Typed, name: &'a str, label: &'a str) -> Field<'a> {
    Field::new(name, label).value(typed.value(name)).error(typed.error(name))
}

fn folder(typed: &Typed) -> Markup {
    html! {
        (field(typed, "folder", "Folder").required().hint("The whole path, such as /mnt/usb/fiddlehead. The program’s user must be allowed to write there; the unit may have to be told (ReadWritePaths). A folder on the disk that the data are on does not help if that disk fails."))
    }
}

fn s3(typed: &Typed) -> Markup {
    let style = [Choice::with_detail(
        "host",
        "The bucket’s name stands before the address",
        "only if your store asks for it",
    )];
    html! {
        (field(typed, "endpoint", "Address").required().hint("Such as https://s3.eu-central-1.amazonaws.com"))
        (field(typed, "region", "Region").required().hint("Such as eu-central-1; many stores take us-east-1."))
        (field(typed, "bucket", "Bucket").required())
        (field(typed, "prefix", "Folder in it").optional())
        (field(typed, "access_key", "Access key").required().autocomplete("off"))
        (Field::new("secret", "Secret key").kind("password").required().autocomplete("off").error(typed.error("secret")))
        (Choices::many("style", "How it is addressed", &style).chosen(typed.value("style")))
        (Area::new("ca", "Certificate of its own authority (PEM)").value(typed.value("ca")).error(typed.error("ca")).optional())
    }
}

fn sftp(typed: &Typed, key: &HostKey, line: &str) -> Markup {
    let login = [
        Choice::with_detail("key", "With a key", "paste the line below into .ssh/authorized_keys there"),
        Choice::new("password", "With a password"),
    ];
    let chosen = if typed.value("login") == "password" { "password" } else { "key" };
    html! {
        @for name in ["host", "port", "user"] { input type="hidden" name=(name) value=(typed.value(name)); }
        input type="hidden" name="host_key" value=(key);
        p { "You sign in as " b { (typed.value("user")) "@" (typed.value("host")) } ". The server shows this key:" }
        p { code { (key) } }
        p.hint { "Compare it with what the server’s keeper says, or with ssh-keygen -lf there. Once kept, another key is refused." }
        (Choices::one("login", "How to sign in", &login).chosen(chosen))
        (Area::new("line", "The line for authorized_keys").value(line).with("readonly", "").with("rows", "3"))
        (Field::new("password", "Password").kind("password").optional().autocomplete("off").error(typed.error("password")))
        (field(typed, "folder", "Folder there").optional().hint("It must be there already."))
    }
}
