//! The terminal of whoever restores: what is being done and how far it is, and what only a person knows, asked without showing it.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::size;

/// Whether what is told is seen by a person at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Screen,
    /// A log: a line at a time, and fewer of them.
    Log,
}

/// The terminal.
#[derive(Debug)]
pub(super) struct Terminal(Kind);

impl Terminal {
    pub(super) fn of_this_process() -> Self {
        Self(if stderr().is_terminal() { Kind::Screen } else { Kind::Log })
    }

    /// Says what is being done.
    pub(super) fn step(&self, what: &str) {
        eprintln!("{what} …");
    }

    /// Tells how far something is: on a screen on one line, in a log at every tenth.
    pub(super) fn progress<'a>(&'a self, what: &'a str, of: Option<u64>) -> impl Fn(u64) + Send + Sync + 'a {
        let last = AtomicU64::new(u64::MAX);
        move |done| {
            let percent = of.filter(|of| *of > 0).map(|of| (done * 100 / of).min(100));
            let step = match self.0 {
                Kind::Screen => percent.unwrap_or(done >> 20),
                Kind::Log => percent.map_or(done >> 24, |percent| percent / 10),
            };
            if last.swap(step, Ordering::Relaxed) == step {
                return;
            }
            let far = match (percent, of) {
                (Some(percent), Some(of)) => format!("{percent:>3} %, {} of {}", size(done), size(of)),
                _ => size(done),
            };
            match self.0 {
                Kind::Screen => {
                    eprint!("\r{what} … {far}   ");
                    let _ = stderr().flush();
                }
                Kind::Log => eprintln!("{what} … {far}"),
            }
        }
    }

    /// Ends the line of a progress.
    pub(super) fn done(&self) {
        if self.0 == Kind::Screen {
            eprintln!();
        }
    }

    /// Asks for something that is not shown while it is typed.
    pub(super) fn secret(&self, words: &str) -> Result<String, String> {
        let terminal = own()?;
        let before = tcgetattr(&terminal).map_err(|why| why.to_string())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(&terminal, OptionalActions::Flush, &quiet).map_err(|why| why.to_string())?;
        let typed = line(&terminal, words);
        let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
        typed
    }

    /// Goes on only with a yes.
    pub(super) fn confirm(&self, words: &str) -> Result<(), String> {
        let typed = own().and_then(|terminal| line(&terminal, words))?;
        if typed.eq_ignore_ascii_case("yes") { Ok(()) } else { Err("not confirmed".to_owned()) }
    }
}

/// The terminal itself, whatever the streams lead to.
fn own() -> Result<File, String> {
    File::options().read(true).write(true).open("/dev/tty").map_err(|_| "there is no terminal".to_owned())
}

fn line(mut terminal: &File, words: &str) -> Result<String, String> {
    let mut ask = || {
        terminal.write_all(words.as_bytes())?;
        let mut typed = String::new();
        BufReader::new(terminal).read_line(&mut typed)?;
        Ok(typed.trim().to_owned())
    };
    ask().map_err(|why: std::io::Error| why.to_string())
}
