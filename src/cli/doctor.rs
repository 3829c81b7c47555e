//! `fiddlehead doctor`: looks at what can be wrong around the program and says what to do, a line each. It changes nothing, sends no
//! mail, and works beside the running program as well as without it.

mod clock;
mod data;
mod doors;
mod names;
mod outside;
pub(super) mod sender;

use super::{Environment, Settings, serve};
use crate::platform::config::Config;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    Look,
    Wrong,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Look => "look",
            Self::Wrong => "WRONG",
        }
    }
}

/// One line: what was looked at, how it stands, and what to do.
#[derive(Debug)]
struct Finding {
    verdict: Verdict,
    about: &'static str,
    said: String,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, about: &'static str, said: impl Into<String>) {
        self.0.push(Finding { verdict: Verdict::Ok, about, said: said.into() });
    }

    fn look(&mut self, about: &'static str, said: impl Into<String>) {
        self.0.push(Finding { verdict: Verdict::Look, about, said: said.into() });
    }

    fn wrong(&mut self, about: &'static str, said: impl Into<String>) {
        self.0.push(Finding { verdict: Verdict::Wrong, about, said: said.into() });
    }
}

/// Whether the program answers where its settings say that it listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Running {
    Yes,
    No,
}

/// What may be asked.
#[derive(Debug)]
pub(super) enum Reach {
    /// This machine alone.
    Offline,
    /// Other machines too; the time of this server.
    Everything {
        /// A name or address, with its port.
        time_server: String,
        /// For the domain that mail comes from.
        hints: sender::Hints,
    },
}

/// Looks at everything, and prints it.
///
/// # Errors
/// That something is wrong, after the lines that say what.
pub(super) fn run(settings: &Settings, reach: &Reach, environment: Environment) -> Result<(), String> {
    let loaded = settings.load(environment)?;
    let mut found = Findings::default();
    let from = settings.file().map_or("no file".to_owned(), |path| path.display().to_string());
    found.ok("settings", format!("from {from} and the environment; they can be used"));
    loaded.warnings.iter().for_each(|warning| found.look("settings", warning));
    serve::runtime()?.block_on(look(&loaded.config, reach, &mut found));
    for Finding { verdict, about, said } in &found.0 {
        println!("{:<5}  {about:<11}  {said}", verdict.word());
    }
    let count = |wanted| found.0.iter().filter(|one| one.verdict == wanted).count();
    match (count(Verdict::Wrong), count(Verdict::Look)) {
        (0, 0) => println!("\nAll is well."),
        (0, look) => println!("\nIt works. Please look at {look}."),
        (wrong, _) => return Err(format!("\nWrong: {wrong}. The lines above say what to do")),
    }
    Ok(())
}

/// Nearest things first: what is wrong there makes the others wrong too.
async fn look(config: &Config, reach: &Reach, found: &mut Findings) {
    data::folder(config, found);
    data::disk(config, found);
    let running = doors::listening(config, found);
    data::file(config, running, found);
    data::snapshots(config, running, found);
    data::backups(config, running, found);
    doors::certificate(config, running, found);
    let Reach::Everything { time_server, hints } = reach else {
        found.look("offline", "clock, names, mail and Stripe were not looked at");
        return;
    };
    clock::against(time_server, found);
    doors::name(config, found);
    outside::mail(config, found).await;
    sender::domain(config, hints, found);
    outside::stripe(config, found).await;
}
