//! The command line: what can be asked of the program, and what it answers to the shell (0 done, 1 failed, 2 not
//! understood).

mod check;
mod check_config;
pub mod demo;
mod doctor;
mod doors;
mod export;
mod ground;
mod healthcheck;
mod jobs;
mod open;
mod password;
mod reload;
mod restore;
mod rollback;
mod rotate_key;
mod serve;
pub mod setup;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use reload::Origin;

use crate::actions::people::practitioner::Factor;
use crate::platform::config::{self, Loaded};

/// Where the settings are looked for if nothing else is said.
const USUAL_FILE: &str = "/etc/fiddlehead/fiddlehead.toml";

#[derive(Debug, Parser)]
#[command(name = "fiddlehead", version, about, disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show which settings are effective and where they come from, and what is wrong or missing.
    CheckConfig(Settings),
    /// Serve the practice.
    Serve {
        #[command(flatten)]
        settings: Settings,
        /// Where everything is kept, instead of data_dir.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Set the practice up from a file, without a browser; a second run finds nothing to change.
    Setup {
        /// The file that describes the practice (TOML); packaging/practice.example.toml shows every key.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        settings: Settings,
        /// Where everything is kept, instead of data_dir.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Ask the program that is running with these settings whether it is well.
    Healthcheck(Settings),
    /// Look at what can be wrong around the program, running or not, and say what to do.
    Doctor {
        #[command(flatten)]
        settings: Settings,
        /// Ask nobody but this machine.
        #[arg(long)]
        offline: bool,
        /// Whom to ask for the time.
        #[arg(long, value_name = "HOST:PORT", default_value = "pool.ntp.org:123")]
        time_server: String,
        /// Whom to ask for names, instead of the name servers that this machine uses.
        #[arg(long, value_name = "ADDRESS:PORT")]
        name_server: Option<SocketAddr>,
        /// The name of the key that your mail server signs with (DKIM), instead of the usual ones.
        #[arg(long, value_name = "NAME")]
        dkim_selector: Option<String>,
    },
    /// Show the whole product on this machine: a practice that lives already, with a sandbox till, a mailbox and a time machine.
    Demo(demo::Asked),
    /// Write everything that the practice keeps into a file: .json for one document, .zip for tables. Notes stay sealed.
    Export {
        /// The data directory. Stop the program before.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The file to write; one that is there already is left alone.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Go back to the data as they were before an upgrade; what they are now is kept aside.
    Rollback {
        /// The data directory. Stop the program before.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Which copy, instead of the newest from before an upgrade.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// Only show what one can go back to.
        #[arg(long)]
        list: bool,
    },
    /// Give a member of the practice another password, without the old one. Stop the program before.
    Password {
        /// The address that she signs in with.
        email: String,
        /// Read the new one from standard input, its first line, instead of asking.
        #[arg(long, conflicts_with = "link")]
        stdin: bool,
        /// Make a link that signs her in once, instead of a password.
        #[arg(long)]
        link: bool,
        /// Take her second factor away too, as the app and the recovery codes are lost.
        #[arg(long)]
        without_second_factor: bool,
        #[command(flatten)]
        settings: Settings,
        /// Where everything is kept, instead of data_dir.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Make another instance key, and seal everything anew with it. Stop the program before.
    RotateKey {
        #[command(flatten)]
        settings: Settings,
        /// Where everything is kept, instead of data_dir.
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
    /// Bring a practice back from a backup: from a file, a folder, S3 or SFTP, into a data directory that has no data yet.
    Restore(restore::Asked),
    /// Verify every invariant of the ledger and the books, offline, and say what was counted.
    Check {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// A fingerprint of the audit log out of a mail: whether the log still leads to it.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
}

/// Where the settings are.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// The settings file (TOML). Without it /etc/fiddlehead/fiddlehead.toml, if that exists.
    #[arg(long, value_name = "FILE", env = "FIDDLEHEAD_CONFIG")]
    config: Option<PathBuf>,
}

/// The environment as text.
pub type Environment = Vec<(String, String)>;

/// Does what the command line asks.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> ExitCode {
    let asked = match CommandLine::try_parse_from(arguments) {
        Ok(asked) => asked,
        Err(other) => {
            let _ = other.print();
            return if other.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let done = ours(environment).and_then(|environment| match asked.verb {
        Verb::CheckConfig(settings) => check_config::run(&settings, environment),
        Verb::Setup { from, settings, data } => setup::run(&from, &settings, data, environment),
        Verb::Serve { settings, data } => serve::run(Origin { settings, data, environment }),
        Verb::Healthcheck(settings) => healthcheck::run(&settings, environment),
        Verb::Doctor { settings, offline, time_server, name_server, dkim_selector } => {
            let hints = doctor::sender::Hints { name_server, dkim_selector };
            let reach = match offline {
                true => doctor::Reach::Offline,
                false => doctor::Reach::Everything { time_server, hints },
            };
            doctor::run(&settings, &reach, environment)
        }
        Verb::Demo(asked) => demo::run(asked),
        Verb::Rollback { data, list: true, .. } => rollback::list(&data),
        Verb::Rollback { data, to, .. } => rollback::run(&data, to.as_deref()),
        Verb::Password { email, stdin, link, without_second_factor, settings, data } => {
            let factor = if without_second_factor { Factor::Lost } else { Factor::Kept };
            let way = match (link, stdin) {
                (true, _) => password::Way::Link,
                (_, true) => password::Way::StandardInput,
                _ => password::Way::Asked,
            };
            password::run(&email, (way, factor), &settings, data, environment)
        }
        Verb::RotateKey { settings, data } => rotate_key::run(&settings, data, environment),
        Verb::Restore(asked) => restore::run(&asked, &environment),
        Verb::Check { data, head } => check::run(&data, head.as_deref()),
        Verb::Export { data, out } => export::run(&data, &out),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The variables that are meant for this program.
fn ours(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Environment, String> {
    let meant = |(name, value): (OsString, OsString)| {
        let name = name.into_string().ok().filter(|name| name.starts_with("FIDDLEHEAD_"))?;
        Some(match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(format!("{name}: is not UTF-8 text. Set it anew")),
        })
    };
    environment.into_iter().filter_map(meant).collect()
}

impl Settings {
    /// The file that is read, if there is one.
    fn file(&self) -> Option<PathBuf> {
        let usual = || Some(PathBuf::from(USUAL_FILE)).filter(|usual| usual.exists());
        self.config.clone().or_else(usual)
    }

    /// Reads the file, if there is one, and the environment.
    ///
    /// # Errors
    /// All that is wrong, in words for the terminal.
    pub fn load(&self, environment: Environment) -> Result<Loaded, String> {
        let file = self.file();
        let text = file.as_ref().map(|path| {
            std::fs::read_to_string(path).map_err(|why| {
                format!("{}: cannot be read ({why}). Check the path and who may read it", path.display())
            })
        });
        let mut loaded = config::load(text.transpose()?.as_deref(), environment).map_err(|problems| {
            let said = |problem: &config::Problem| match (&file, problem.line()) {
                (Some(path), Some(_)) => format!("{}, {problem}", path.display()),
                _ => problem.to_string(),
            };
            problems.iter().map(said).collect::<Vec<_>>().join("\n")
        })?;
        loaded.warnings.extend(file.as_deref().and_then(|file| open_to_all(file, &loaded)));
        Ok(loaded)
    }
}

/// That everybody on the machine may read a file with secrets in it.
fn open_to_all(file: &Path, loaded: &Loaded) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let mut secrets = loaded.table().filter(|(_, value, origin)| {
        value.as_deref() == Some("***") && matches!(origin, config::Origin::File(_))
    });
    let (key, ..) = secrets.next()?;
    let mode = file.metadata().ok()?.mode() & 0o777;
    (mode & 0o004 != 0).then(|| {
        format!(
            "{key}: everybody on this machine may read it (mode {mode:o}). Run: chown root:fiddlehead {0}; chmod 640 {0}",
            file.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        CommandLine::command().debug_assert();
    }

    #[test]
    fn only_our_variables_are_looked_at() {
        use std::os::unix::ffi::OsStringExt;
        let odd = || OsString::from_vec(vec![0xff]);
        let variable = |name: &str| (OsString::from(name), OsString::from("x"));
        let kept =
            ours([variable("PATH"), variable("FIDDLEHEAD_LISTEN"), ("LC_ODD".into(), odd()), (odd(), odd())]);
        assert_eq!(kept, Ok(vec![("FIDDLEHEAD_LISTEN".to_owned(), "x".to_owned())]));
        assert!(ours([("FIDDLEHEAD_DATA_DIR".into(), odd())]).unwrap_err().contains("is not UTF-8"));
    }
}
