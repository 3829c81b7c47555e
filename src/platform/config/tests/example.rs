//! The documented example of the settings, held to the list of keys and to the defaults.

use super::*;

/// The example that is installed as /etc/fiddlehead/fiddlehead.toml.
const EXAMPLE: &str = include_str!("../../../../packaging/fiddlehead.toml");

#[test]
fn the_example_can_be_used_as_it_is_installed_and_says_where_the_package_keeps_things() {
    let loaded = read(EXAMPLE, &[]).unwrap();
    assert_eq!(loaded.warnings, Vec::<String>::new());
    assert_eq!(loaded.config.data_dir, PathBuf::from("/var/lib/fiddlehead"));
    let said: Vec<_> = loaded.table().filter(|(_, _, origin)| *origin != Origin::Default).collect();
    assert_eq!(said.len(), 1, "all else is left to its default: {said:?}");
}

#[test]
fn the_example_names_every_key_and_what_it_shows_of_each_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |line: &str| {
        let line = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(char::is_lowercase) || rest.starts_with('['));
        line.map(str::to_owned)
    };
    let (mut text, mut section, mut named) = (String::new(), String::new(), Vec::new());
    for line in EXAMPLE.lines() {
        let mut line = shown(line).unwrap_or(line.to_owned());
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        }
        if let Some((key, value)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            named.push(format!("{section}{key}"));
            // A secret is given itself or as a file; the certificates have to be there.
            if key.ends_with("_file") {
                let path = folder.path().join(key);
                std::fs::write(&path, "-----BEGIN CERTIFICATE-----\n").unwrap();
                assert!(value.starts_with("\"/etc/fiddlehead/"), "{value}");
                line = if key == "ca_file" { format!("{key} = {path:?}") } else { String::new() };
            }
        }
        text.push_str(&line);
        text.push('\n');
    }
    let known: Vec<String> = KEYS.iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(named, known, "every key, once, in the order of the list");
    let loaded = read(&text, &[]).unwrap();
    assert_eq!(loaded.warnings, Vec::<String>::new());
    // What is shown of a key with a default is that default.
    let default =
        read("[mail]\nhost = 'smtp.example'\nfrom = 'a@b.example'\n[stripe]\nsecret_key = 'sk_test_a'", &[]);
    let default: BTreeMap<_, _> = default.unwrap().table().map(|(key, value, _)| (key, value)).collect();
    for (key, value, _) in loaded.table() {
        if [
            "listen",
            "data_dir",
            "stripe.api_base",
            "stripe.poll_seconds",
            "mail.port",
            "mail.security",
            "log.format",
            "log.level",
        ]
        .contains(&key)
        {
            assert_eq!(value, default[key], "{key}");
        }
    }
}
