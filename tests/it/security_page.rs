//! SECURITY.md names the test behind each promise: every one of them is there, and every item of the standard. And what has no test of
//! its own elsewhere: methods, and the kinds of what is answered.

use std::path::Path;

use crate::support::House;

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

#[test]
fn every_item_of_the_standard_is_answered_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    // Levels 1 and 2 of chapters 1 to 9 and 11 to 16; the items of 10 and 17 do not apply.
    assert_eq!(rows.len(), 213, "of each item one row");
    let number = |row: &Vec<&str>| row[1].split('.').map(|part| part.parse().unwrap()).collect::<Vec<u32>>();
    assert!(rows.is_sorted_by(|one, next| number(one) < number(next)), "in order, none twice");
    for row in &rows {
        assert_eq!(row.len(), 6, "{row:?}");
        assert!(["yes", "partly", "no", "–"].contains(&row[3]), "{row:?}");
        assert!(row[3] == "–" || !row[4].is_empty(), "{row:?}");
    }
}

#[tokio::test]
async fn methods_and_kinds_are_told_plainly() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    for method in ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = ines.method(method, "/ines").await;
        assert!(answer.status.is_client_error(), "{method}: {}", answer.status);
        assert!(!answer.text.contains("book.example"), "{method} says nothing of what was sent");
    }
    let page = ines.get("/ines").await.text;
    let loaded = page.split('"').filter(|part| part.starts_with("/assets/") || part.starts_with("/brand/"));
    let mut addresses = vec!["/", "/ines", "/desk", "/nothing-here", "/robots.txt", "/healthz"];
    addresses.extend(loaded);
    assert!(addresses.len() > 9, "{addresses:?}");
    for address in addresses {
        let answer = ines.get(address).await;
        let kind = answer.headers.get("content-type").unwrap_or_else(|| panic!("{address} has no kind"));
        let kind = kind.to_str().unwrap();
        let has_charset = kind.ends_with("; charset=utf-8");
        let is_binary = ["font/", "image/"].iter().any(|of| kind.starts_with(of));
        assert!(has_charset || is_binary || kind == "application/manifest+json", "{address}: {kind}");
    }
}
