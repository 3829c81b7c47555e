//! `fiddlehead setup --from practice.toml`: does without a browser what the wizard does. Reads the whole file first and
//! changes nothing if anything is wrong with it; a second run finds nothing to change, and says so.

mod file;
pub mod plan;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Environment, Settings, open};
use crate::actions::Error;
use crate::actions::calendar::availability;
use crate::actions::catalog::practice::{self, Newcomer};
use crate::actions::catalog::{package, setup};
use crate::actions::people::practitioner::{self as account, Account};
use crate::app::App;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::id::{PackageId, PractitionerId};
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::platform::config::Config;
use crate::store::catalog::storefront::Picture;
use crate::store::{calendar, catalog, people};
use crate::views::link;
use plan::{Member, Password, Plan, Product};

/// Reads the file and does what it says.
///
/// # Errors
/// What is wrong, in words for the terminal.
pub(super) fn run(
    from: &Path,
    settings: &Settings,
    data: Option<PathBuf>,
    environment: Environment,
) -> Result<(), String> {
    let text =
        std::fs::read_to_string(from).map_err(|why| format!("{}: cannot be read ({why})", from.display()))?;
    let folder = from.parent().unwrap_or(Path::new("."));
    let plan = plan::read(&text, folder).map_err(|wrong| {
        wrong.iter().map(|one| format!("{}, {one}", from.display())).collect::<Vec<_>>().join("\n")
    })?;
    let loaded = settings.load(environment)?;
    let config = Config { data_dir: data.unwrap_or(loaded.config.data_dir.clone()), ..loaded.config };
    let app = open::app(&config)?;
    let told = super::serve::runtime()?.block_on(apply(&app, plan));
    open::give_to_owner(&config.data_dir)?;
    let told = told?;
    told.iter().for_each(|line| println!("{line}"));
    println!("Storefront: {}", app.absolute("/"));
    Ok(())
}

fn failed<R: std::fmt::Debug>(what: &str) -> impl Fn(Error<R>) -> String {
    move |error| match error {
        Error::Refused(refusal) => format!("{what}: refused ({refusal:?})"),
        Error::Failed(fault) => format!("{what}: {fault}"),
    }
}

/// Does it all, member by member; says in a line each what was made, changed or left.
///
/// # Errors
/// What failed. What stands before it is done, and done once: run it again.
pub async fn apply(app: &Arc<App>, plan: Plan) -> Result<Vec<String>, String> {
    check_members(app, &plan)?;
    let name = &plan.practice.name;
    let kept = view(app, catalog::practice::find)?;
    let how = match &kept {
        None => "made",
        Some(kept) if *kept == plan.practice => "as before",
        Some(_) => "changed",
    };
    let mut told = vec![format!("practice {name}: {how}")];
    for member in plan.members {
        told.extend(settle(app, &plan.practice, member).await?);
    }
    if kept.as_ref() != Some(&plan.practice) {
        practice::save(app, plan.practice).map_err(failed("practice"))?;
    }
    Ok(told)
}

fn view<T>(
    app: &App,
    look: impl FnOnce(&crate::store::View) -> Result<T, crate::store::StoreError>,
) -> Result<T, String> {
    app.store.read().and_then(|read| look(&read)).map_err(|why| why.to_string())
}

/// Addresses that somebody else has are found before anything is changed.
fn check_members(app: &App, plan: &Plan) -> Result<(), String> {
    let open = view(app, setup::is_open)?;
    if open && !plan.members.iter().any(|member| member.is_owner()) {
        return Err("no practitioner has role = \"owner\", and the practice has none yet".to_owned());
    }
    let all = view(app, people::practitioner::all)?;
    for member in &plan.members {
        let other = all.iter().find(|one| one.slug == member.slug && one.email.key() != member.email.key());
        if let Some(other) = other {
            return Err(format!(
                "practitioner {}: the address /{} is {}’s",
                member.email, member.slug, other.name
            ));
        }
        if link::RESERVED.contains(&member.slug.as_str()) {
            return Err(format!(
                "practitioner {}: /{} is kept for the program’s own pages",
                member.email, member.slug
            ));
        }
    }
    Ok(())
}

/// One member: account, password, storefront, hours, pictures, packages.
async fn settle(
    app: &Arc<App>,
    practice: &crate::domain::catalog::practice::Practice,
    member: Member,
) -> Result<Vec<String>, String> {
    let found = view(app, |read| people::practitioner::with_email(read, &member.email))?;
    let label = format!("practitioner {} (/{})", member.name, member.slug);
    let mut told = Vec::new();
    let id = match found {
        None => {
            let id = PractitionerId::from_bits(app.id());
            make(app, practice, &member, id).await?;
            told.push(format!("{label}: made"));
            id
        }
        Some(kept) => {
            let changed = change(app, &member, &kept).await?;
            let how = if changed.is_empty() {
                "as before".to_owned()
            } else {
                format!("changed {}", changed.join(", "))
            };
            told.push(format!("{label}: {how}"));
            if kept.role != member.role {
                told.push(format!(
                    "{label}: the role stays as it is, {}, as a file changes none; an owner does, at the desk, under People",
                    role(kept.role)
                ));
            }
            kept.id
        }
    };
    for (which, name, file) in &member.pictures {
        told.push(format!("{label}: {name} {}", keep_picture(app, id, *which, file)?));
    }
    for product in member.packages {
        told.push(keep_package(app, id, product)?);
    }
    Ok(told)
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Practitioner => "practitioner",
        Role::FrontDesk => "front desk",
    }
}

async fn make(
    app: &Arc<App>,
    practice: &crate::domain::catalog::practice::Practice,
    member: &Member,
    id: PractitionerId,
) -> Result<(), String> {
    let password = match &member.password {
        Some(Password::Hash(hash)) => Some(hash.clone()),
        Some(Password::Plain(plain)) => Some(app.passwords.hash(plain).await),
        None => None,
    };
    let practitioner = Practitioner {
        id,
        slug: member.slug.clone(),
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role,
        zone: member.hours.zone().clone(),
        joined_at: app.clock.now(),
        password,
        membership: Membership::Active,
    };
    let storefront = Storefront { practitioner: id, ..member.storefront.clone() };
    let newcomer = Newcomer { practitioner, storefront, hours: member.hours.clone() };
    let open = view(app, setup::is_open)?;
    if open && member.is_owner() {
        practice::found(app, practice.clone(), newcomer).map_err(failed("practice"))
    } else {
        practice::join(app, newcomer).map_err(failed("practitioner"))
    }
}

/// Brings what is kept of a member to what the file says; names what changed.
async fn change(app: &Arc<App>, member: &Member, kept: &Practitioner) -> Result<Vec<&'static str>, String> {
    let mut changed = Vec::new();
    let zone = member.hours.zone();
    if kept.name != member.name || kept.slug != member.slug || kept.zone != *zone {
        let account = Account {
            name: member.name.clone(),
            slug: member.slug.clone(),
            email: kept.email.clone(),
            zone: zone.clone(),
        };
        account::save(app, kept.id, account).map_err(failed("account"))?;
        changed.push("account");
    }
    if new_password(app, member, kept).await? {
        changed.push("password");
    }
    let before = view(app, |read| catalog::storefront::find(read, kept.id))?;
    // The file says nothing of a field and of a currency of her own, so they stay.
    let empty = Storefront::new(kept.id);
    let Storefront { field, currency, .. } = before.clone().unwrap_or(empty);
    let storefront = Storefront { practitioner: kept.id, field, currency, ..member.storefront.clone() };
    if before.as_ref() != Some(&storefront) {
        practice::save_storefront(app, storefront).map_err(failed("storefront"))?;
        changed.push("storefront");
    }
    if view(app, |read| calendar::availability::of(read, kept.id))?.as_ref() != Some(&member.hours) {
        availability::save(app, kept.id, member.hours.clone()).map_err(failed("hours"))?;
        changed.push("hours");
    }
    Ok(changed)
}

async fn new_password(app: &Arc<App>, member: &Member, kept: &Practitioner) -> Result<bool, String> {
    match &member.password {
        None => Ok(false),
        Some(Password::Hash(hash)) if kept.password.as_ref() == Some(hash) => Ok(false),
        Some(Password::Hash(hash)) => {
            account::set_hash(app, kept.id, hash.clone()).map_err(failed("password"))?;
            Ok(true)
        }
        Some(Password::Plain(plain)) => {
            if kept.password.is_some() && app.passwords.verify(plain, kept.password.as_deref()).await {
                return Ok(false);
            }
            account::set_password(app, kept.id, plain.clone()).await.map_err(failed("password"))?;
            Ok(true)
        }
    }
}

fn keep_picture(app: &App, id: PractitionerId, which: Picture, file: &[u8]) -> Result<&'static str, String> {
    let before = view(app, |read| catalog::storefront::picture(read, id, which))?;
    setup::take_picture(app, id, which, file).map_err(failed("picture"))?;
    let after = view(app, |read| catalog::storefront::picture(read, id, which))?;
    Ok(if before == after { "as before" } else { "taken" })
}

fn keep_package(app: &App, whose: PractitionerId, product: Product) -> Result<String, String> {
    let label = format!("package {}", product.slug);
    let found = view(app, |read| catalog::package::with_slug(read, whose, &product.slug))?;
    if let Some(kept) = &found
        && kept.offer == product.offer
        && kept.listing == product.listing
    {
        return Ok(format!("{label}: as before"));
    }
    let id = found.as_ref().map_or_else(|| PackageId::from_bits(app.id()), |kept| kept.id);
    let kept = package::save(app, whose, id, product.slug, product.offer, product.listing)
        .map_err(failed(&label))?;
    let how = if found.is_none() { "made" } else { "changed" };
    Ok(format!("{label}: {how}, version {}", kept.version))
}
