//! The log: lines for people or JSON for machines, on standard error. No personal data goes into it: what is logged
//! names things by their identifiers, never by name, address, or what was typed.

use std::fmt;
use std::io::IsTerminal;
use std::str::FromStr;
use std::sync::OnceLock;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Registry, reload};

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people, one line each.
    #[default]
    Human,
    /// For machines, one JSON object a line.
    Json,
}

impl FromStr for Format {
    type Err = NotKnown;
    fn from_str(text: &str) -> Result<Self, NotKnown> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(NotKnown),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Json => "json",
        })
    }
}

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Only what failed.
    Error,
    /// And what somebody should look at.
    Warn,
    /// And what happened: starts, stops, requests, jobs.
    #[default]
    Info,
    /// And how.
    Debug,
    /// Everything, with what the libraries say. (Their own level of that name is compiled away.)
    Trace,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }

    /// The libraries below us are chatty: they say only what somebody should look at, unless all is asked for.
    fn targets(self) -> Targets {
        let (level, others) = match self {
            Self::Error => (tracing::Level::ERROR, tracing::Level::ERROR),
            Self::Warn => (tracing::Level::WARN, tracing::Level::WARN),
            Self::Info => (tracing::Level::INFO, tracing::Level::WARN),
            Self::Debug => (tracing::Level::DEBUG, tracing::Level::WARN),
            Self::Trace => (tracing::Level::TRACE, tracing::Level::TRACE),
        };
        Targets::new().with_default(others).with_target("fiddlehead", level)
    }
}

impl FromStr for Level {
    type Err = NotKnown;
    fn from_str(text: &str) -> Result<Self, NotKnown> {
        let levels = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];
        levels.into_iter().find(|level| level.name() == text).ok_or(NotKnown)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no format or level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known word")]
pub struct NotKnown;

/// What is written, while the log runs; none where `RUST_LOG` says it.
static FILTER: OnceLock<reload::Handle<Targets, Registry>> = OnceLock::new();

/// Writes as much as this from now on, unless `RUST_LOG` says how much.
pub fn set_level(level: Level) {
    if let Some(Err(why)) = FILTER.get().map(|filter| filter.reload(level.targets())) {
        tracing::warn!(%why, "the log goes on as it was");
    }
}

/// Begins to log. `RUST_LOG` goes before the level, where it is set and can be read (`warn,fiddlehead=debug`). A second
/// call changes nothing.
pub fn start(format: Format, level: Level) {
    let asked = std::env::var("RUST_LOG").ok().filter(|text| !text.trim().is_empty());
    let asked: Option<Targets> = asked.and_then(|text| text.parse().ok());
    let by_level = asked.is_none();
    let (filter, handle) = reload::Layer::new(asked.unwrap_or_else(|| level.targets()));
    // Colours only for eyes: in a file or the journal they are noise between the words.
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr);
    let all = tracing_subscriber::registry().with(filter);
    let started = match format {
        Format::Human => all.with(lines.with_target(false)).try_init(),
        Format::Json => all.with(lines.json().flatten_event(true).with_span_events(FmtSpan::NONE)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log was already running");
    } else if by_level {
        let _ = FILTER.set(handle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_levels_read_back_as_they_are_written() {
        for word in ["human", "json"] {
            assert_eq!(word.parse::<Format>().unwrap().to_string(), word);
        }
        for word in ["error", "warn", "info", "debug", "trace"] {
            let level: Level = word.parse().unwrap();
            assert_eq!(level.to_string(), word);
            let filter = level.targets();
            let own: tracing::Level = word.parse().unwrap();
            assert!(filter.would_enable("fiddlehead::web", &own), "{word}");
            assert_eq!(filter.would_enable("hyper", &tracing::Level::INFO), word == "trace");
        }
        assert_eq!("INFO".parse::<Level>(), Err(NotKnown));
    }
}
