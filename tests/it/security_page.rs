//! SECURITY.md names the test behind each promise: every one of them is there.

use std::path::Path;

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "node_modules" && name != ".venv" {
            sources(&path, text);
        } else if [".rs", ".mjs"].iter().any(|ending| name.ends_with(ending)) {
            text.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The tests that a page names, in backticks with their underscores.
fn named(page: &str) -> Vec<&str> {
    let code = page.split('`').skip(1).step_by(2);
    let is_test = |text: &&str| {
        text.matches('_').count() >= 3
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    code.filter(is_test).collect()
}

#[test]
fn every_test_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut code = String::new();
    sources(&root.join("src"), &mut code);
    sources(&root.join("tests"), &mut code);
    let all = named(&page);
    assert!(all.len() > 40, "{} tests are named", all.len());
    let missing: Vec<&str> = all.into_iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "not there: {missing:#?}");
    // And one that is not there would be seen.
    assert_eq!(named("by `no_such_test_is_there` and `cargo deny`"), ["no_such_test_is_there"]);
    assert!(!code.contains(concat!("fn no_such_test", "_is_there(")));
}
