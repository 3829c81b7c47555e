//! Where settings come from: the file's tables and the environment, brought to one map of known keys.

use std::collections::BTreeMap;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How a key is written in the file. In the environment all are text, and a list is parted by commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    List,
}

/// Every key that there is.
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("listen", Kind::Text),
    ("base_url", Kind::Text),
    ("data_dir", Kind::Text),
    ("trusted_proxies", Kind::List),
    ("network.allow_private", Kind::List),
    ("tls.mode", Kind::Text),
    ("tls.names", Kind::List),
    ("tls.redirect_from", Kind::Text),
    ("tls.certificate", Kind::Text),
    ("tls.key", Kind::Text),
    ("tls.acme_contact", Kind::Text),
    ("tls.acme_directory", Kind::Text),
    ("tls.acme_root_file", Kind::Text),
    ("tls.acme_challenges", Kind::List),
    ("tls.acme_key_id", Kind::Text),
    ("tls.acme_key", Kind::Text),
    ("tls.acme_key_file", Kind::Text),
    ("stripe.secret_key", Kind::Text),
    ("stripe.secret_key_file", Kind::Text),
    ("stripe.webhook_secret", Kind::Text),
    ("stripe.webhook_secret_file", Kind::Text),
    ("stripe.api_base", Kind::Text),
    ("stripe.poll_seconds", Kind::Number),
    ("mail.host", Kind::Text),
    ("mail.port", Kind::Number),
    ("mail.security", Kind::Text),
    ("mail.username", Kind::Text),
    ("mail.password", Kind::Text),
    ("mail.password_file", Kind::Text),
    ("mail.from", Kind::Text),
    ("mail.ca_file", Kind::Text),
    ("log.format", Kind::Text),
    ("log.level", Kind::Text),
    ("metrics.listen", Kind::Text),
];

const SECTIONS: &[&str] = &["network", "tls", "stripe", "mail", "log", "metrics"];

/// Begins the name of every setting in the environment.
const PREFIX: &str = "FIDDLEHEAD_";
/// Names where the file is, so it is none of the settings: the command line reads it.
const WHERE: &str = "FIDDLEHEAD_CONFIG";

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The file, at this line, counted from 1.
    File(usize),
    /// The environment, by this name.
    Environment(String),
    /// Nowhere: it is what holds if nothing is said.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(line) => write!(f, "line {line}"),
            Self::Environment(name) => f.write_str(name),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Something that has to be put right, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    origin: Origin,
    text: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, text: String) -> Self {
        Self { origin, text }
    }

    /// The line it is about, in the file, if it is about one.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        match self.origin {
            Origin::File(line) => Some(line),
            _ => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::Default => f.write_str(&self.text),
            _ => write!(f, "{}: {}", self.origin, self.text),
        }
    }
}

/// One value as text, and where it comes from.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) origin: Origin,
}

/// What was found so far; what comes later goes before.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) found: BTreeMap<&'static str, Found>,
    /// The sections that the file begins, with or without keys in them.
    pub(super) sections: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

impl Source {
    pub(super) fn file(&mut self, text: &str) {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(why) => {
                let origin = why.span().map_or(Origin::Default, |span| Origin::File(line(span.start)));
                let text =
                    format!("this is no TOML ({}). Put values in quotes, one key a line", why.message());
                return self.problems.push(Problem::new(origin, text));
            }
        };
        for (key, value) in table.get_ref() {
            let at = line(key.span().start);
            let name: &str = key.get_ref();
            match value.get_ref() {
                DeValue::Table(section) if SECTIONS.contains(&name) => {
                    self.sections.push(name.to_owned());
                    for (key, value) in section {
                        let full = format!("{name}.{}", key.get_ref());
                        self.entry(&full, value, line(key.span().start));
                    }
                }
                DeValue::Table(_) => {
                    let known: Vec<_> = SECTIONS.iter().map(|section| format!("[{section}]")).collect();
                    let known = known.join(", ");
                    let hint = nearest(name, SECTIONS.iter().copied())
                        .map_or(format!("The sections are {known}"), |near| {
                            format!("Did you mean [{near}]?")
                        });
                    self.problems
                        .push(Problem::new(Origin::File(at), format!("[{name}] is not known. {hint}")));
                }
                _ => self.entry(name, value, at),
            }
        }
    }

    fn entry(&mut self, name: &str, value: &Spanned<DeValue<'_>>, line: usize) {
        let origin = Origin::File(line);
        let Some(&(key, kind)) = KEYS.iter().find(|(key, _)| *key == name) else {
            let hint = nearest(name, KEYS.iter().map(|(key, _)| *key)).map_or_else(
                || "Take it out, or see the list of settings".to_owned(),
                |near| format!("Did you mean {near}?"),
            );
            return self.problems.push(Problem::new(origin, format!("{name} is not known. {hint}")));
        };
        match (kind, as_text(value.get_ref(), kind)) {
            (_, Some(text)) => {
                self.found.insert(key, Found { text, origin });
            }
            (kind, None) => {
                let form = match kind {
                    Kind::Text => "Write it as text in quotes",
                    Kind::Number => "Write it as a whole number, without quotes",
                    Kind::List => "Write it as a list of texts, like [\"127.0.0.1/32\"]",
                };
                let found = value.get_ref().type_str();
                let text = format!("{key}: is written as {found}. {form}");
                self.problems.push(Problem::new(origin, text));
            }
        }
    }

    pub(super) fn environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let named = |key: &str| format!("{PREFIX}{}", key.replace('.', "_").to_ascii_uppercase());
        for (name, text) in variables {
            if !name.starts_with(PREFIX) || name == WHERE {
                continue;
            }
            match KEYS.iter().find(|(key, _)| named(key) == name) {
                // Containers are often given a variable for everything, empty where there is nothing to say.
                Some(_) if text.is_empty() => {}
                Some((key, _)) => {
                    self.found.insert(key, Found { text, origin: Origin::Environment(name) });
                }
                None => {
                    let known: Vec<String> = KEYS.iter().map(|(key, _)| named(key)).collect();
                    let known = known.iter().filter_map(|name| name.strip_prefix(PREFIX));
                    let hint = nearest(&name[PREFIX.len()..], known)
                        .map_or("Unset it".to_owned(), |near| format!("Did you mean {PREFIX}{near}?"));
                    let text = format!("is not known. {hint}");
                    self.problems.push(Problem::new(Origin::Environment(name), text));
                }
            }
        }
    }
}

fn as_text(value: &DeValue<'_>, kind: Kind) -> Option<String> {
    match (kind, value) {
        (Kind::Text, DeValue::String(text)) => Some(text.to_string()),
        (Kind::Number, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        (Kind::List, DeValue::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

/// The known name that was most likely meant: by what stands after the section, and then by the section.
fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    fn parts(name: &str) -> (&str, &str) {
        name.split_once('.').unwrap_or(("", name))
    }
    let (section, key) = parts(typed);
    let scored = known.map(|name| {
        let (near_section, near_key) = parts(name);
        let same = if section == near_section { 0.05 } else { 0.0 };
        (strsim::normalized_damerau_levenshtein(key, near_key) + same, name)
    });
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness >= 0.6).map(|(_, name)| name)
}
