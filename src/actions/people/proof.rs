//! Proving anew who sits at an open desk, before what is grave: by a code of the second factor of who has one, else by the
//! password. Who has neither signs in again by a link.

use std::sync::Arc;

use super::passkey::{self, Fits};
use super::second::use_up;
use crate::actions::{Error, audit};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::people::login::{Login, Person};
use crate::domain::people::practitioner::Practitioner;
use crate::platform::entropy::Token;
use crate::store::people::{login, practitioner, second};
use crate::store::{Read, StoreError};

/// By what a member proves that it is she.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a code of her app, or a recovery code.
    Code,
    /// By her password.
    Password,
    /// By signing in again: she has neither.
    Link,
}

/// What stands before the answer of a passkey, where a code or password could be typed.
pub const BY_PASSKEY: &str = "passkey.";

/// What she typed does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong;

/// Whether a password was hers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Password {
    /// It was, by this hash.
    Fits(String),
    DoesNot,
}

impl Password {
    /// Whether it is hers still: while it was looked at she may have changed it, or left.
    fn holds(&self, read: &impl Read, member: PractitionerId) -> Result<bool, StoreError> {
        let Self::Fits(verified) = self else { return Ok(false) };
        let found = practitioner::find(read, member)?.filter(Practitioner::is_active);
        Ok(found.is_some_and(|one| one.password.as_ref() == Some(verified)))
    }
}

/// By what a member proves it.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn asked_of(read: &impl Read, member: PractitionerId) -> Result<By, StoreError> {
    if second::confirmed(read, member)?.is_some() {
        return Ok(By::Code);
    }
    let has_password = practitioner::find(read, member)?.is_some_and(|one| one.password.is_some());
    Ok(if has_password { By::Password } else { By::Link })
}

/// Takes what she typed; her browser has proved it then for a while.
///
/// # Errors
/// [`Wrong`] if it does not do.
pub async fn prove(
    app: &Arc<App>,
    (member, cookie): (PractitionerId, &str),
    typed: &str,
) -> Result<(), Error<Wrong>> {
    let token: Token = cookie.parse().map_err(|_| Error::Refused(Wrong))?;
    let found = app.run(move |app| -> Result<_, Fault> {
        let read = app.store.read()?;
        let hash = practitioner::find(&read, member)?.and_then(|one| one.password);
        Ok((asked_of(&read, member)?, hash))
    });
    let password = match found.await? {
        (By::Password, Some(hash)) if app.passwords.verify(typed, Some(&hash)).await => Password::Fits(hash),
        _ => Password::DoesNot,
    };
    let (digest, typed) = (token.digest(), typed.to_owned());
    app.run(move |app| settle(app, member, &digest, (password, &typed))).await
}

/// Looks at a code if one is asked for, and notes what came of it.
fn settle(
    app: &App,
    member: PractitionerId,
    digest: &[u8; 32],
    (password, typed): (Password, &str),
) -> Result<(), Error<Wrong>> {
    let (now, key, digest, typed) = (app.clock.now(), app.key.clone(), *digest, typed.to_owned());
    let site = passkey::site(app);
    let proved = app.keep(move |tx| -> Result<bool, Fault> {
        let by_code = asked_of(tx, member)? == By::Code;
        let fits = match by_code {
            _ if let Some(answer) = typed.strip_prefix(BY_PASSKEY) => {
                passkey::proves(tx, (site.as_ref(), answer), member, now)? == Fits::Yes
            }
            true => match use_up(tx, &key, (member, &typed), now) {
                Ok(()) => true,
                Err(Error::Refused(_)) => false,
                Err(Error::Failed(fault)) => return Err(fault),
            },
            false => password.holds(tx, member)?,
        };
        let what = if fits { What::Proved } else { What::ProofRefused };
        audit::note(tx, now, Who::Member(member), what, Concern::Member(member))?;
        let here = login::find(tx, &digest)?.filter(|one| one.who == Person::Practitioner(member));
        if let Some(here) = here.filter(|_| fits) {
            login::put(tx, &digest, &Login { proved_at: Some(now), ..here })?;
        }
        Ok(fits)
    })?;
    if proved { Ok(()) } else { Err(Error::Refused(Wrong)) }
}
