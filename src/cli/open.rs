//! Puts the program together from its settings.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use super::ground::DataDisk;
use crate::actions::keeping::upgrade::{self, Upgrade};
use crate::actions::keeping::{rotation, snapshot};
use crate::app::{App, Cashier, Machine, OwnAccounts, Post, Ways};
use crate::backups::Backups;
use crate::calendars::{Calendars, Guard, Resolver};
use crate::domain::keeping::backup::is_ahead;
use crate::mail::{Mail, Sender, Smtp, SmtpSettings};
use crate::payments::webhook::Secret;
use crate::payments::{Stripe, Till};
use crate::platform::clock::Clock;
use crate::platform::config::{self, Config};
use crate::platform::entropy::Entropy;
use crate::platform::password::Passwords;
use crate::store::StoreError;
use crate::store::handle::{Ground, Keeper as _};

/// The name of the key beside it.
pub(super) use crate::actions::keeping::backup::make::KEY as KEY_FILE;
/// The name of the data file in the data directory.
pub(super) use crate::app::DATA_FILE;

/// How often practitioners' own accounts are asked for news where nothing is said of the practice's, in seconds.
const POLL_SECONDS: u32 = 60;

/// The program as the settings have it, on its data directory, which is made if it is not there.
///
/// # Errors
/// What is wrong, in words for the terminal.
pub(super) fn app(config: &Config) -> Result<Arc<App>, String> {
    let folder = &config.data_dir;
    make_folder(folder)?;
    let entropy = Entropy::system();
    let disk = DataDisk::under(folder);
    if disk.ground() == Ground::ReadOnly {
        return Err(format!("{}: {}", folder.display(), StoreError::ReadOnly));
    }
    let file = folder.join(DATA_FILE);
    if let Some(lost) = lost(folder) {
        return Err(format!("{lost}. Nothing was changed"));
    }
    let (store, upgrade) =
        upgrade::open(&file, Clock::System.now()).map_err(|why| format!("{}: {why}", file.display()))?;
    store.keep_with(Box::new(disk));
    if let Some(Upgrade { from, copy }) = upgrade {
        let from = from.unwrap_or_else(|| "another version".to_owned());
        tracing::info!(%from, to = upgrade::VERSION, copy = %copy.display(), "the data were kept aside before this version uses them");
    }
    let key = rotation::settle(folder, &store, &entropy).map_err(|why| why.to_string())?;
    let backups = Backups::new();
    backups.keep_beside(folder);
    Ok(Arc::new(App {
        store,
        clock: Clock::System,
        passwords: Passwords::new(entropy.clone()),
        entropy,
        key,
        ways: watch::Sender::new(ways(config)?),
        backups,
        base_url: config.base_url.to_string(),
        machine: Machine::new(Some(folder.clone()), Clock::System.now()),
        bell: watch::Sender::new(0),
    }))
}

/// The ways out of the program as the settings have them.
///
/// # Errors
/// What is wrong, in words for the terminal.
pub(super) fn ways(config: &Config) -> Result<Ways, String> {
    Ok(Ways {
        cashier: config.stripe.as_ref().map(cashier).transpose()?.map(Arc::new),
        own_accounts: Some(own_accounts(config)),
        post: Arc::new(config.mail.as_ref().map_or(Ok(Post::None), post)?),
        calendars: Arc::new(calendars(config)),
    })
}

/// What to do where snapshots are and the data file they are of is not: a new practice in its place would hide that it is lost.
pub(super) fn lost(folder: &Path) -> Option<String> {
    let file = folder.join(DATA_FILE);
    if !matches!(file.symlink_metadata(), Err(why) if why.kind() == std::io::ErrorKind::NotFound) {
        return None;
    }
    let (now, snapshots) = (Clock::System.now(), snapshot::list(&folder.join(snapshot::FOLDER)).ok()?);
    let (at, newest) = snapshots.iter().find(|(at, _)| !is_ahead(*at, now)).or(snapshots.first())?;
    Some(format!(
        "{} is not there, but snapshots of it are. To bring back the newest, of {at}, run: fiddlehead rollback --data {} --to {}. For a \
         new practice, move the folder {} elsewhere",
        file.display(),
        folder.display(),
        newest.display(),
        snapshot::FOLDER
    ))
}

/// Gives everything in the data directory to whom that belongs: what root did there is for a program that is not root.
pub(super) fn give_to_owner(folder: &Path) -> Result<(), String> {
    let said =
        |why: std::io::Error| format!("{}: {why}. Run: chown -R --reference={0} {0}", folder.display());
    own_within(folder, folder).map_err(said)
}

fn own_within(folder: &Path, data: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            own_within(&path, data)?;
        }
        own(&path, data)?;
    }
    Ok(())
}

/// Gives a file to whom the data directory belongs.
pub(super) fn own(path: &Path, data: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, lchown};
    let (owner, now) = (std::fs::metadata(data)?, std::fs::symlink_metadata(path)?);
    if (owner.uid(), owner.gid()) == (now.uid(), now.gid()) {
        return Ok(());
    }
    lchown(path, Some(owner.uid()), Some(owner.gid()))
}

/// Makes the data directory, readable by its owner only.
pub(super) fn make_folder(folder: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| {
        format!("{}: cannot be made ({why}). Choose another data_dir, or make it", folder.display())
    })
}

/// Practitioners' own accounts are where the practice's is.
fn own_accounts(config: &Config) -> OwnAccounts {
    let (api_base, poll_seconds) = config.stripe.as_ref().map_or_else(
        || (crate::payments::stripe::API_BASE.to_owned(), POLL_SECONDS),
        |stripe| (stripe.api_base.clone(), stripe.poll_seconds),
    );
    OwnAccounts { api_base, poll_seconds }
}

/// Reads calendars of the public internet, and of the networks that the settings open.
fn calendars(config: &Config) -> Calendars {
    let networks = config.allow_private.clone();
    let opens = move |address| networks.iter().any(|network| network.contains(address));
    Calendars::new(Guard::new(Box::new(opens)), Resolver::System)
}

pub(super) fn cashier(stripe: &config::Stripe) -> Result<Cashier, String> {
    let till = Stripe::new(stripe.secret_key.expose(), &stripe.api_base)
        .map_err(|why| format!("[stripe]: {why}"))?;
    let webhook_secrets = stripe.webhook_secret.iter().map(|secret| Secret::new(secret.expose())).collect();
    Ok(Cashier { whose: None, till: Till::Stripe(till), webhook_secrets, poll_seconds: stripe.poll_seconds })
}

pub(super) fn post(mail: &config::Mail) -> Result<Post, String> {
    let from: Sender = mail.from.parse().map_err(|why| format!("mail.from: {why}"))?;
    let ca = |file: &std::path::PathBuf| {
        std::fs::read(file).map_err(|why| format!("mail.ca_file: {}: {why}", file.display()))
    };
    let security = match mail.security {
        config::Security::StartTls => crate::mail::Security::StartTls,
        config::Security::Tls => crate::mail::Security::Tls,
        config::Security::None => crate::mail::Security::None,
    };
    let settings = SmtpSettings {
        host: mail.host.clone(),
        port: mail.port,
        security,
        username: mail.login.as_ref().map(|login| login.username.clone()),
        password: mail.login.as_ref().map(|login| login.password.expose().to_owned()),
        ca_file_pem: mail.ca_file.as_ref().map(ca).transpose()?,
        hello_name: from.address.host().to_owned(),
    };
    let smtp = Smtp::new(settings).map_err(|why| format!("[mail]: {why}"))?;
    Ok(Post::Office { mail: Box::new(Mail::Smtp(smtp)), from })
}
