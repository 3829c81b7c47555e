//! Bad houses, in strings: each rule of `tidy.rs` is shown to catch what it is for, and to leave the good alone.

use super::source::{Function, Source};
use super::*;

fn one(path: &str, text: &str) -> Vec<Source> {
    vec![Source::new(path, text)]
}

fn caught(findings: Vec<String>, where_and_what: &[&str]) {
    assert_eq!(findings.len(), where_and_what.len(), "{findings:#?}");
    for (finding, expected) in findings.iter().zip(where_and_what) {
        assert!(finding.starts_with(expected), "{finding} does not begin with {expected}");
    }
}

#[test]
fn a_look_upwards_is_caught_however_it_is_spelled() {
    let look_up = |text| walls_broken(&one("src/domain/credits/lot.rs", text));
    caught(look_up("use crate::store::Tx;"), &["src/domain/credits/lot.rs:1: store::Tx"]);
    caught(
        look_up("use crate::{store::{self, Tx}, views};"),
        &[
            "src/domain/credits/lot.rs:1: store:",
            "src/domain/credits/lot.rs:1: store::Tx",
            "src/domain/credits/lot.rs:1: views",
        ],
    );
    caught(look_up("fn a() {\n    crate::web::serve()\n}"), &["src/domain/credits/lot.rs:2: web::serve"]);
    caught(look_up("use super::super::super::store::Tx as T;"), &["src/domain/credits/lot.rs:1: store::Tx"]);
    caught(look_up("fn a(x: &<crate::app::App as T>::B) {}"), &["src/domain/credits/lot.rs:1: app::App"]);
    caught(
        look_up("pub use crate::{\n    domain::id::ClientId,\n    jobs,\n};"),
        &["src/domain/credits/lot.rs:3: jobs"],
    );
}

#[test]
fn a_look_downwards_passes() {
    caught(walls_broken(&one("src/web/mod.rs", "use crate::{actions, domain::id::ClientId, store};")), &[]);
    caught(walls_broken(&one("src/main.rs", "fn main() { fiddlehead::cli::run() }")), &[]);
    caught(
        walls_broken(&one("src/backups/mod.rs", "use crate::{domain::id::BackupId, store};")),
        &["src/backups/mod.rs:1: store"],
    );
    caught(walls_broken(&one("src/main.rs", "use fiddlehead::store;")), &["src/main.rs:1: store"]);
    caught(walls_broken(&one("src/jobs/runner.rs", "use crate::store;")), &["src/jobs/runner.rs:1: store"]);
}

#[test]
fn a_name_bound_by_an_import_is_followed() {
    let text = "use crate::domain;\nfn a() -> domain::billing::Payment { b() }";
    caught(
        wings_crossed(&one("src/domain/people/client.rs", text)),
        &["src/domain/people/client.rs:2: domain::billing::Payment"],
    );
}

#[test]
fn what_stands_in_comments_strings_and_tests_is_no_look() {
    let text = "//! crate::web\n/* crate::web::x /* use crate::web; */ */\nconst A: &str = \"crate::web::x\";\n\
                const B: &str = r#\"use \"crate::web\";\"#;\nfn a<'a>(c: char) -> bool { c == '\"' || c == '\\'' }\n\
                #[cfg(test)]\nmod tests {\n    use crate::web;\n}\n";
    caught(walls_broken(&one("src/domain/credits/lot.rs", text)), &[]);
    let after = format!("{text}use crate::views;\n");
    caught(walls_broken(&one("src/domain/credits/lot.rs", &after)), &["src/domain/credits/lot.rs:10: views"]);
}

#[test]
fn a_file_for_tests_only_is_known_by_its_declaration() {
    let parent = Source::new("src/domain/credits/mod.rs", "#[cfg(test)]\nmod stories;\npub mod lot;\n");
    assert_eq!(parent.test_files()[0], "src/domain/credits/stories.rs");
    let parent = Source::new("src/app.rs", "#[cfg(test)]\nmod trial;\n");
    assert_eq!(parent.test_files(), ["src/app/trial.rs", "src/app/trial/mod.rs"]);
}

#[test]
fn a_look_to_the_right_is_caught() {
    let wings = |path, text| wings_crossed(&one(path, text));
    caught(
        wings("src/domain/people/client.rs", "use crate::domain::credits::Lot;"),
        &["src/domain/people/client.rs:1"],
    );
    caught(
        wings("src/store/calendar/slot.rs", "use super::super::billing;"),
        &["src/store/calendar/slot.rs:1"],
    );
    caught(
        wings("src/actions/messages/nudge.rs", "use crate::actions::keeping;"),
        &["src/actions/messages/nudge.rs:1"],
    );
    caught(wings("src/domain/messages/nudge.rs", "use crate::domain::{billing, calendar, id::LotId};"), &[]);
    caught(wings("src/actions/people/setup.rs", "use crate::store::messages;"), &[]);
    caught(wings("src/domain/mod.rs", "pub use messages::Nudge;\nuse crate::domain::billing;"), &[]);
}

#[test]
fn a_room_without_a_place_in_the_plan_is_caught() {
    caught(unplanned(&one("src/plugins/mod.rs", "")), &["src/plugins/mod.rs"]);
    caught(unplanned(&one("src/domain/marketing/mod.rs", "")), &["src/domain/marketing/mod.rs"]);
    let known = [
        "src/lib.rs",
        "src/main.rs",
        "src/domain/id.rs",
        "src/domain/people/mod.rs",
        "src/views/client/book.rs",
    ];
    for path in known {
        caught(unplanned(&one(path, "")), &[]);
    }
}

#[test]
fn a_domain_that_knows_the_world_is_caught() {
    let crates = dependencies();
    assert!(crates.contains("stripe_checkout") && crates.contains("serde") && crates.contains("jiff"));
    let worldly = |text| worldly_domain(&one("src/domain/money.rs", text), &crates);
    caught(worldly("use serde::Serialize;"), &["src/domain/money.rs:1: serde"]);
    caught(worldly("#[derive(serde::Serialize)]\nstruct A;"), &["src/domain/money.rs:1: serde"]);
    caught(worldly("fn a() { tokio::spawn(b) }"), &["src/domain/money.rs:1: tokio"]);
    caught(worldly("use std::fs;"), &["src/domain/money.rs:1: std::fs"]);
    caught(worldly("use jiff::{Timestamp, tz};\nuse std::fmt;\n#[derive(thiserror::Error)]\nenum E {}"), &[]);
}

#[test]
fn a_crate_far_from_home_is_caught() {
    caught(
        crates_out_of_place(&one("src/actions/mod.rs", "use redb::Database;")),
        &["src/actions/mod.rs:1: redb"],
    );
    caught(
        crates_out_of_place(&one("src/web/mod.rs", "fn a(b: lettre::Message) {}")),
        &["src/web/mod.rs:1: lettre"],
    );
    caught(
        crates_out_of_place(&one("src/cli/mod.rs", "use stripe_client_core::StripeMethod;")),
        &["src/cli/mod.rs:1: stripe_client_core"],
    );
    caught(
        crates_out_of_place(&one("src/actions/keeping/mod.rs", "use age::Encryptor;\nuse russh::client;")),
        &["src/actions/keeping/mod.rs:1: age", "src/actions/keeping/mod.rs:2: russh"],
    );
    caught(crates_out_of_place(&one("src/backups/kit.rs", "use age::x25519::Identity;")), &[]);
    caught(crates_out_of_place(&one("src/store/mod.rs", "use redb::Database;")), &[]);
    caught(crates_out_of_place(&one("src/mail.rs", "use lettre::Message;")), &[]);
}

#[test]
fn markup_and_writes_out_of_place_are_caught() {
    caught(
        markup_outside_of_views(&one("src/web/mod.rs", "fn a() { html! { p {} } }")),
        &["src/web/mod.rs:1"],
    );
    caught(markup_outside_of_views(&one("src/views/ui.rs", "fn a() { html! { p {} } }")), &[]);
    caught(
        writes_past_the_actions(&one("src/web/mod.rs", "fn a() {\n app.store.write(|tx| b) }")),
        &["src/web/mod.rs:2"],
    );
    caught(writes_past_the_actions(&one("src/actions/mod.rs", "fn a() { app.store.write(|tx| b) }")), &[]);
}

#[test]
fn inline_script_and_style_are_caught() {
    let page = |text: &str| inline_script_and_style(&one("src/views/page.rs", text));
    caught(page("html! { p style=\"color:red\" { } }"), &["src/views/page.rs:1"]);
    caught(page("html! {\n    script { (PreEscaped(a)) }\n}"), &["src/views/page.rs:2: inline script"]);
    caught(page("html! {\n    style { (PreEscaped(a)) }\n}"), &["src/views/page.rs:2: inline style"]);
    caught(page("const A: &str = \"<script>1</script>\";"), &["src/views/page.rs:1"]);
    caught(page("html! { button onclick=\"go()\" { \"Go\" } }"), &["src/views/page.rs:1"]);
    caught(
        page("html! {\n    script src=(link::script()) defer {}\n    link rel=\"stylesheet\" href=(a);\n}"),
        &[],
    );
    caught(page("fn a(style: Style) {\n    match style {\n        _ => b,\n    }\n}"), &[]);
    let tested = "#[cfg(test)]\nmod tests {\n    const A: &str = \"<script>}\";\n}\n";
    caught(page(tested), &[]);
    caught(page(&format!("{tested}const B: &str = \"<script>\";")), &["src/views/page.rs:5"]);
    let mail = |text| inline_script_and_style(&one("src/views/messages/nudge.rs", text));
    caught(mail("html! { td style=\"color:red\" {} }"), &[]);
    caught(mail("html! { td onload=\"a\" {} }"), &["src/views/messages/nudge.rs:1"]);
}

#[test]
fn an_unopened_file_is_caught() {
    caught(unopened(&one("src/a.rs", "use std::fmt;\n")), &["src/a.rs:1"]);
    caught(unopened(&one("src/a.rs", "//! TODO\n\nfn a() {}\n")), &["src/a.rs:1"]);
    caught(
        unopened(&one("src/a.rs", "// Not a doc comment, though long enough\nfn a() {}\n")),
        &["src/a.rs:1"],
    );
    caught(unopened(&one("src/a.rs", "//! The counter, drawn.\nfn a() {}\n")), &[]);
}

#[test]
fn unsafe_code_is_caught_outside_of_its_file() {
    let text =
        "#![forbid(unsafe_code)]\nfn a() { unsafe { b() } }\n#[allow(unsafe_code)]\nmod c {}\n// unsafe\n";
    caught(
        unsafe_elsewhere(&one("src/store/mod.rs", text)),
        &["src/store/mod.rs:2: `unsafe`", "src/store/mod.rs:3: `unsafe`"],
    );
    caught(unsafe_elsewhere(&one(UNSAFE_FILE, text)), &[]);
}

#[test]
fn a_name_that_says_nothing_is_caught() {
    caught(empty_names(&one("src/web/utils.rs", "")), &["src/web/utils.rs"]);
    caught(empty_names(&one("src/common/money.rs", "")), &["src/common/money.rs"]);
    caught(empty_names(&one("src/web/handler/mod.rs", "")), &["src/web/handler/mod.rs"]);
    caught(empty_names(&one("src/web/commonplace.rs", "")), &[]);
}

#[test]
fn what_is_too_long_is_caught_and_leave_that_is_not_needed_too() {
    let fits = "\n".repeat(LONGEST_FILE);
    caught(long_files(&one("src/a.rs", &fits), &[]), &[]);
    caught(long_files(&one("src/a.rs", &format!("{fits}\n")), &[]), &["src/a.rs: over"]);
    caught(long_files(&one("src/a.rs", &format!("{fits}\n")), &[("src/a.rs", "a table")]), &[]);
    caught(long_files(&one("src/a.rs", &fits), &[("src/a.rs", "a table")]), &["src/a.rs: no longer"]);

    let fits = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(LONGEST_FUNCTION - 2));
    let long = format!(
        "impl A {{\n    fn a(b: [u8; 3]) -> C {{\n{}    }}\n}}\n",
        "{ b }\n".repeat(LONGEST_FUNCTION - 1)
    );
    caught(long_functions(&one("src/a.rs", &fits), &[]), &[]);
    caught(long_functions(&one("src/a.rs", &long), &[]), &["src/a.rs#a: over"]);
    caught(long_functions(&one("src/a.rs", &long), &[("src/a.rs#a", "a table")]), &[]);
}

#[test]
fn functions_are_measured_from_their_first_line_to_their_brace() {
    let text = "trait T {\n    fn none(&self) -> fn(u8);\n    fn some() {\n        if a { \"}\" } else { '}' }\n    }\n}\n";
    assert_eq!(
        Source::new("src/a.rs", text).functions(),
        [Function { name: "some".to_owned(), line: 3, lines: 3 }]
    );
}
