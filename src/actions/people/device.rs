//! Telling a member of a sign-in from a browser from which she had not signed in before. The browser is known by a cookie that
//! signs nobody in; it is handed out in the answer that hands out the login, which comes after what is kept here.

use crate::actions::{audit, outbox};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::device::{Device, JUST_JOINED};
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::after;
use crate::platform::entropy::Token;
use crate::store::people::{device, practitioner};

/// Takes note of the browser from which a member has just signed in, and tells her if it is a new one; gives what its cookie
/// is to hold.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn signed_in_from(
    app: &App,
    member: PractitionerId,
    (cookie, browser): (&str, Option<Line>),
) -> Result<String, Fault> {
    let at = app.moment();
    // A browser that two members use keeps one cookie, and is known of each for herself.
    let token: Token = cookie.parse().unwrap_or_else(|_| app.entropy.token());
    let digest = token.digest();
    app.keep(move |tx| -> Result<(), Fault> {
        let known = device::of(tx, member)?;
        let before = known.iter().find(|(of, one)| *of == digest && at.now < one.ends_at());
        if let Some((_, before)) = before {
            return Ok(device::put(tx, member, &digest, &Device { seen_at: at.now, ..*before })?);
        }
        device::put(tx, member, &digest, &Device { known_at: at.now, seen_at: at.now })?;
        let found = practitioner::find(tx, member)?;
        let is_first =
            known.is_empty() && found.is_some_and(|one| at.now < after(one.joined_at, JUST_JOINED));
        if is_first {
            return Ok(());
        }
        audit::note(tx, at.now, Who::Member(member), What::NewBrowser, Concern::Member(member))?;
        let browser = browser.as_ref().map_or("", Line::as_str);
        let apart: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let what = format!("{member}/{}/{browser}/{apart}", at.now);
        let to = Person::Practitioner(member);
        Ok(outbox::queue(tx, &at, Kind::NewBrowser, to, About::Oneself, &what, at.now)?)
    })?;
    Ok(token.to_string())
}

/// Whether a member of this address has signed in before from the browser whose cookie holds that.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn is_known(app: &App, email: &EmailAddress, cookie: &str) -> Result<bool, Fault> {
    let Ok(token) = cookie.parse::<Token>() else { return Ok(false) };
    let (read, digest, now) = (app.store.read()?, token.digest(), app.clock.now());
    let Some(member) = practitioner::with_email(&read, email)? else { return Ok(false) };
    Ok(device::of(&read, member.id)?.iter().any(|(of, one)| *of == digest && now < one.ends_at()))
}
