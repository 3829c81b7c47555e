//! `fiddlehead password`: another password for a member of the practice who has lost hers, by whoever has the machine.

use std::io::BufRead;
use std::path::PathBuf;

use super::{Environment, Settings, open, serve};
use crate::actions::Error;
use crate::actions::people::practitioner::{self as account, Factor, Instead};
use crate::domain::email::EmailAddress;
use crate::platform::config::Config;
use crate::platform::password::{LONGEST, SHORTEST, Weak, check};
use crate::views::link;

/// How she comes in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// By a password that is typed twice, unseen.
    Asked,
    /// By one that a program hands over.
    StandardInput,
    /// By a link, once.
    Link,
}

/// Changes it.
///
/// # Errors
/// What is wrong, in words for the terminal; nothing was changed then.
pub(super) fn run(
    email: &str,
    (way, factor): (Way, Factor),
    settings: &Settings,
    data: Option<PathBuf>,
    environment: Environment,
) -> Result<(), String> {
    let email: EmailAddress = email
        .parse()
        .map_err(|_| format!("{email}: is no e-mail address. Write the one she signs in with"))?;
    let loaded = settings.load(environment)?;
    let config = Config { data_dir: data.unwrap_or(loaded.config.data_dir.clone()), ..loaded.config };
    if !config.data_dir.join(open::DATA_FILE).exists() {
        return Err(format!("{}: no data file is there. Name the right data_dir", config.data_dir.display()));
    }
    // Before anything is typed: it is held while the program runs.
    let app = open::app(&config)?;
    let instead = match way {
        Way::Link => Instead::Link,
        Way::Asked => Instead::Password(hashed(&app, &asked()?, &email)?),
        Way::StandardInput => Instead::Password(hashed(&app, &read(std::io::stdin().lock())?, &email)?),
    };
    let reset = account::reset(&app, &email, (instead, factor)).map_err(|error| match error {
        Error::Refused(_) => format!("{email}: nobody of the practice signs in with this address"),
        Error::Failed(fault) => fault.to_string(),
    })?;
    open::give_to_owner(&config.data_dir)?;
    match &reset.link {
        Some(fresh) => println!(
            "She has no password now. Start the program, and have her open this within 30 minutes; it works once:\n{}\n\
             She can choose a new password under Settings.",
            app.absolute(&link::sign_in_link(&fresh.token))
        ),
        None => println!("{email} has a new password."),
    }
    if factor == Factor::Lost {
        println!("She has no second factor any more. She can set one up under Signing in.");
    }
    let told = match config.mail {
        Some(_) => "A mail tells her of the change once the program runs",
        None => "No mail is set up, so tell her of the change yourself",
    };
    println!("She was signed out everywhere ({} logins and links). {told}.", reset.ended);
    Ok(())
}

fn hashed(app: &crate::app::App, password: &str, email: &EmailAddress) -> Result<String, String> {
    check(password, &[email.as_str()]).map_err(|why| match why {
        Weak::Short => {
            format!("The password is too short. Take at least {SHORTEST} characters; nothing was changed")
        }
        Weak::Long => format!("The password is too long. Take at most {LONGEST} bytes; nothing was changed"),
        Weak::Personal => {
            "The password is little more than a name that everybody knows. Nothing was changed".to_owned()
        }
        Weak::Common => "The password is one of those that are guessed first. Nothing was changed".to_owned(),
    })?;
    Ok(serve::runtime()?.block_on(app.passwords.hash(password)))
}

/// Typed twice at the terminal, without being shown.
fn asked() -> Result<String, String> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt).map_err(|why| {
            format!("No terminal to ask at ({why}). Use --stdin or --link; nothing was changed")
        })
    };
    let (first, again) = (ask("New password: ")?, ask("Once more: ")?);
    if first == again { Ok(first) } else { Err("The two are not the same. Nothing was changed".to_owned()) }
}

/// The first line, without its end.
fn read(mut from: impl BufRead) -> Result<String, String> {
    let mut line = String::new();
    from.read_line(&mut line).map_err(|why| format!("standard input: {why}"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
