//! Holds the walls of the house (ARCHITECTURE.md): who may use whom, what a file opens with, how long things
//! are and what they may be called. Each rule is a function from sources to findings, so that `tidy/samples.rs`
//! can show that it catches what it is for.

mod crates;
mod samples;
mod source;

use std::collections::HashSet;
use std::path::Path;

use source::{Mention, Source};

/// What each room may use of ours, beside itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("platform", &[]),
    ("tls", &[]),
    ("store", &["domain"]),
    ("views", &["domain"]),
    ("mail", &["domain"]),
    ("payments", &["domain"]),
    ("calendars", &["domain"]),
    ("backups", &["domain"]),
    ("app", &["domain", "platform", "store", "payments", "mail", "calendars", "backups"]),
    (
        "actions",
        &["domain", "platform", "tls", "store", "payments", "mail", "calendars", "backups", "app", "views"],
    ),
    ("web", &["domain", "store", "payments", "views", "tls", "app", "actions"]),
    ("jobs", &["app", "actions"]),
    (
        "cli",
        &[
            "domain",
            "platform",
            "tls",
            "store",
            "views",
            "mail",
            "payments",
            "calendars",
            "backups",
            "app",
            "actions",
            "web",
            "jobs",
        ],
    ),
    ("main", &["cli", "static_glibc"]),
    ("static_glibc", &[]),
];

/// The rooms that are divided into wings.
const WINGED: &[&str] = &["domain", "store", "actions"];

/// The wings with their places: each may look only further left, and neighbours of one place not at each other.
const WINGS: &[(&str, u8)] = &[
    ("people", 0),
    ("catalog", 1),
    ("credits", 2),
    ("calendar", 3),
    ("billing", 3),
    // Only in `actions`: money given back calls sessions off.
    ("refunds", 4),
    ("messages", 5),
    // In `actions` backup, erase, export and prune go over everything.
    ("keeping", 6),
];

/// Crates of others that belong to one room, or to a few.
const CRATES: &[(&str, &[&str])] = &[
    ("redb", &["store"]),
    ("maud", &["views", "actions", "web"]),
    ("lettre", &["mail"]),
    ("stripe_checkout", &["payments"]),
    ("stripe_client_core", &["payments"]),
    ("url", &["calendars", "backups"]),
    ("rrule", &["calendars"]),
    ("calcard", &["calendars"]),
    ("roxmltree", &["calendars"]),
    ("tokio_rustls", &["calendars", "backups", "web", "cli"]),
    ("rustls", &["tls", "calendars", "backups"]),
    ("rcgen", &["tls"]),
    ("instant_acme", &["tls"]),
    ("webpki_roots", &["calendars", "backups"]),
    ("age", &["backups"]),
    ("rusty_s3", &["backups"]),
    ("russh", &["backups"]),
    ("russh_sftp", &["backups"]),
    ("tar", &["backups"]),
    ("rustix", &["backups", "cli", "platform"]),
    ("getrandom", &["platform"]),
    ("tokio_cron_scheduler", &["jobs"]),
];

/// All that `domain` may know of the world.
const DOMAIN_CRATES: &[&str] = &["icu_normalizer", "jiff", "thiserror"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "services", "handler",
    "handlers",
];

/// The only file that may be `unsafe`: it is no part of the library.
const UNSAFE_FILE: &str = "src/static_glibc.rs";

const LONGEST_FILE: usize = 450;
const LONGEST_FUNCTION: usize = 80;

/// Files that may be longer than [`LONGEST_FILE`], each with the reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer than [`LONGEST_FUNCTION`], as `path#name`, each with the reason.
const LONG_FUNCTIONS: &[(&str, &str)] = &[];

#[test]
fn every_room_looks_down_only() {
    nothing_in(walls_broken(&house()));
}

#[test]
fn every_wing_looks_left_only() {
    nothing_in(wings_crossed(&house()));
}

#[test]
fn every_room_and_wing_is_named_in_the_plan() {
    nothing_in(unplanned(&house()));
}

#[test]
fn the_domain_knows_only_time_and_errors() {
    nothing_in(worldly_domain(&house(), &dependencies()));
}

#[test]
fn a_crate_that_belongs_to_a_room_is_seen_only_there() {
    nothing_in(crates_out_of_place(&house()));
}

#[test]
fn only_views_make_markup() {
    nothing_in(markup_outside_of_views(&house()));
}

#[test]
fn the_web_and_the_jobs_write_only_through_actions() {
    nothing_in(writes_past_the_actions(&house()));
}

#[test]
fn pages_carry_no_script_and_no_style_of_their_own() {
    nothing_in(inline_script_and_style(&house()));
}

#[test]
fn only_one_file_is_unsafe_and_it_is_no_part_of_the_library() {
    nothing_in(unsafe_elsewhere(&everything()));
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    assert!(library.lines().any(|line| line == "#![forbid(unsafe_code)]"));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    nothing_in(unopened(&everything()));
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    nothing_in(empty_names(&everything()));
}

#[test]
fn no_file_is_too_long_to_hold_in_the_head() {
    nothing_in(long_files(&everything(), LONG_FILES));
}

#[test]
fn no_function_is_too_long_to_see_at_once() {
    nothing_in(long_functions(&everything(), LONG_FUNCTIONS));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What ships: `src` without the files that are there for tests only.
fn house() -> Vec<Source> {
    let mut files = Source::below(root(), "src");
    assert!(files.len() > 20, "only {} files were found: the rules would hold over nothing", files.len());
    let tests: HashSet<String> = files.iter().flat_map(Source::test_files).collect();
    files.retain(|file| !tests.contains(&file.path));
    files
}

fn everything() -> Vec<Source> {
    let mut files = Source::below(root(), "src");
    files.extend(Source::below(root(), "tests/it"));
    files
}

/// The crates that Cargo.toml names, as code spells them.
fn dependencies() -> HashSet<String> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let named = manifest["dependencies"].as_table().expect("a table of dependencies");
    // async-stripe's libraries have names of their own.
    named.keys().map(|name| name.trim_start_matches("async-").replace('-', "_")).collect()
}

fn nothing_in(findings: Vec<String>) {
    assert!(findings.is_empty(), "{} found:\n  {}\n", findings.len(), findings.join("\n  "));
}

/// One line of findings for each mention that `judge` has something to say about.
fn judged(files: &[Source], judge: impl Fn(&Source, &Mention) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for mention in file.mentions() {
            if let Some(word) = judge(file, &mention) {
                found.push(format!(
                    "{}:{}: {}: {word}",
                    file.path,
                    mention.line,
                    mention.segments.join("::")
                ));
            }
        }
    }
    found
}

/// The room a file stands in; `main.rs` is a room of its own, `lib.rs` is the plan and stands in none.
fn room(file: &Source) -> Option<&str> {
    if file.path == "src/main.rs" { Some("main") } else { file.module().first().copied() }
}

/// The wing and its place, for a path inside a room that has wings.
fn wing<'a>(module: &[&'a str]) -> Option<(&'a str, u8)> {
    let inside = WINGED.contains(module.first()?);
    let name = module.get(1).filter(|_| inside)?;
    WINGS.iter().find(|(wing, _)| wing == name).map(|(_, place)| (*name, *place))
}

fn walls_broken(files: &[Source]) -> Vec<String> {
    judged(files, |file, mention| {
        let (from, to) = (room(file)?, mention.segments.first().filter(|_| mention.ours)?);
        let known = ROOMS.iter().any(|(name, _)| name == to);
        let allowed =
            ROOMS.iter().find(|(name, _)| *name == from).is_some_and(|(_, may)| may.contains(&to.as_str()));
        (known && from != to && !allowed).then(|| format!("`{from}` may not use `{to}`"))
    })
}

fn wings_crossed(files: &[Source]) -> Vec<String> {
    judged(files, |file, mention| {
        let target: Vec<&str> =
            mention.segments.iter().filter(|_| mention.ours).map(String::as_str).collect();
        let module = file.module();
        let ((from, here), (to, there)) = (wing(&module)?, wing(&target)?);
        let crossed = module[0] == target[0] && from != to && there >= here;
        crossed.then(|| format!("`{from}` may not look at `{to}`, which is not to its left"))
    })
}

fn unplanned(files: &[Source]) -> Vec<String> {
    let named = |file: &Source| {
        let module = file.module();
        let Some(room) = room(file) else { return true };
        let in_a_folder = file.path.split('/').count() > 3;
        ROOMS.iter().any(|(name, _)| *name == room)
            && (!in_a_folder || room != "domain" && room != "actions" || wing(&module).is_some())
    };
    let strangers = files.iter().filter(|file| !named(file));
    strangers.map(|file| format!("{}: neither a room nor a wing of the plan", file.path)).collect()
}

fn worldly_domain(files: &[Source], crates: &HashSet<String>) -> Vec<String> {
    judged(files, |file, mention| {
        let head = mention.segments.first().filter(|_| room(file) == Some("domain") && !mention.ours)?;
        let foreign = crates.contains(head) && !DOMAIN_CRATES.contains(&head.as_str());
        let std_world =
            head == "std" && matches!(mention.segments.get(1)?.as_str(), "fs" | "net" | "env" | "process");
        (foreign || std_world).then(|| {
            "the domain knows std (no disk, net or process), icu_normalizer, jiff and thiserror".to_owned()
        })
    })
}

fn crates_out_of_place(files: &[Source]) -> Vec<String> {
    judged(files, |file, mention| {
        let head = mention.segments.first().filter(|_| !mention.ours)?;
        let (_, homes) = CRATES.iter().find(|(name, _)| name == head)?;
        // A module of ours may have the name of a crate: `payments/stripe.rs` is at home anyway.
        let at_home = room(file).is_some_and(|room| homes.contains(&room));
        (!at_home).then(|| format!("this crate is used only in {}", homes.join(", ")))
    })
}

fn markup_outside_of_views(files: &[Source]) -> Vec<String> {
    let elsewhere = files.iter().filter(|file| room(file) != Some("views"));
    elsewhere
        .flat_map(|file| lines_with(file, &file.shipped, &["html!"], "markup is made in `views`"))
        .collect()
}

fn writes_past_the_actions(files: &[Source]) -> Vec<String> {
    let asking = files.iter().filter(|file| matches!(room(file), Some("web" | "jobs")));
    asking
        .flat_map(|file| {
            lines_with(file, &file.shipped, &["store.write(", "store().write("], "write in `actions`")
        })
        .collect()
}

fn inline_script_and_style(files: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| room(file) == Some("views")) {
        let word = "the policy of pages forbids it: put it into `assets`";
        found.extend(lines_with(file, &file.uncommented, &["<script", "javascript:"], word));
        found.extend(inline_elements(file, "script", word));
        found.extend(inline_events(file, word));
        // Mail programs read no stylesheets: there, and only there, style is written inline.
        if !file.path.starts_with("src/views/messages") {
            found.extend(lines_with(file, &file.uncommented, &["style=", "<style"], word));
            found.extend(inline_elements(file, "style", word));
        }
    }
    found
}

/// `script { … }` and `style { … }` as maud spells elements; `script src="…" {}` has nothing inline.
fn inline_elements(file: &Source, element: &str, word: &str) -> Vec<String> {
    let inline = |line: &&str| {
        line.match_indices(element).any(|(at, _)| {
            let before = line[..at].trim_end();
            let begins = before.is_empty() || before.ends_with(['{', '}', ';']);
            let rest = &line[at + element.len()..];
            begins
                && rest.starts_with([' ', '{'])
                && rest.contains('{')
                && !rest.contains("src=")
                && !rest.contains("=>")
        })
    };
    let numbered = file.shipped.lines().enumerate().filter(|(_, line)| inline(line));
    numbered.map(|(at, _)| format!("{}:{}: inline {element}: {word}", file.path, at + 1)).collect()
}

/// `onclick=` and its kind, which rustfmt's spaces tell from an assignment.
fn inline_events(file: &Source, word: &str) -> Vec<String> {
    let event = |line: &&str| {
        line.split_whitespace().any(|part| {
            let name = part.split_once('=').map_or("", |(name, _)| name);
            name.len() > 4 && name.starts_with("on") && name.bytes().all(|b| b.is_ascii_lowercase())
        })
    };
    let numbered = file.shipped.lines().enumerate().filter(|(_, line)| event(line));
    numbered.map(|(at, _)| format!("{}:{}: an event attribute: {word}", file.path, at + 1)).collect()
}

fn lines_with(file: &Source, code: &str, needles: &[&str], word: &str) -> Vec<String> {
    let numbered = code.lines().enumerate();
    let hits = numbered
        .filter_map(|(at, line)| needles.iter().find(|needle| line.contains(**needle)).map(|n| (at, n)));
    hits.map(|(at, needle)| format!("{}:{}: `{needle}`: {word}", file.path, at + 1)).collect()
}

fn unsafe_elsewhere(files: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path != UNSAFE_FILE) {
        for (at, line) in file.shipped.replace("forbid(unsafe_code)", "").lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.any(|word| matches!(word, "unsafe" | "unsafe_code")) {
                found.push(format!("{}:{}: `unsafe`: only {UNSAFE_FILE} may", file.path, at + 1));
            }
        }
    }
    found
}

fn unopened(files: &[Source]) -> Vec<String> {
    let opened = |file: &Source| {
        let first = file.text.lines().next().unwrap_or_default();
        let empty_room = file.text.lines().count() == 1;
        first.strip_prefix("//! ").is_some_and(|words| words.len() > 15 || empty_room && !words.is_empty())
    };
    files
        .iter()
        .filter(|file| !opened(file))
        .map(|file| format!("{}:1: open with `//!` and a sentence", file.path))
        .collect()
}

fn empty_names(files: &[Source]) -> Vec<String> {
    let says_nothing =
        |file: &&Source| file.path.trim_end_matches(".rs").split('/').any(|part| EMPTY_NAMES.contains(&part));
    files.iter().filter(says_nothing).map(|file| format!("{}: call it what it is", file.path)).collect()
}

fn long_files(files: &[Source], excepted: &[(&str, &str)]) -> Vec<String> {
    let long = |file: &&Source| file.text.lines().count() > LONGEST_FILE;
    let names: Vec<&str> = files.iter().filter(long).map(|file| file.path.as_str()).collect();
    over(&names, excepted, &format!("over {LONGEST_FILE} lines"))
}

fn long_functions(files: &[Source], excepted: &[(&str, &str)]) -> Vec<String> {
    let named = |file: &Source| {
        let long = file.functions().into_iter().filter(|function| function.lines > LONGEST_FUNCTION);
        long.map(|function| format!("{}#{}", file.path, function.name)).collect::<Vec<_>>()
    };
    let names: Vec<String> = files.iter().flat_map(named).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    over(&names, excepted, &format!("over {LONGEST_FUNCTION} lines"))
}

/// What is over the limit without leave, and leave that nobody needs any more.
fn over(names: &[&str], excepted: &[(&str, &str)], word: &str) -> Vec<String> {
    let unlisted = names.iter().filter(|name| !excepted.iter().any(|(listed, _)| listed == *name));
    let stale = excepted.iter().filter(|(listed, _)| !names.contains(listed));
    unlisted
        .map(|name| format!("{name}: {word}: divide it"))
        .chain(stale.map(|(listed, _)| format!("{listed}: no longer {word}: take it off the list")))
        .collect()
}
