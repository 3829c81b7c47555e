//! A person's own feed: its address is made, made anew, and switched off by her; whoever has it may read it.

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::calendar::feed::{Feed, Naming};
use crate::domain::people::login::Person;
use crate::domain::time::Timestamp;
use crate::platform::entropy::Token;
use crate::platform::seal::Secret;
use crate::store::Read;
use crate::store::calendar::feed;

/// Makes the address of a person's feed, or another in its place: the old one is dead. `instead_of` is when the one was made
/// that the page showed; if there is another meanwhile, the form was sent twice and nothing is done.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn renew(app: &App, who: Person, instead_of: Option<Timestamp>) -> Result<(), Error<NotThere>> {
    let (now, token) = (app.clock.now(), app.entropy.token());
    let digest = token.digest();
    let sealed = app.key.key_for(Secret::Feed).seal(&digest, token.to_string().as_bytes(), &app.entropy);
    app.keep(move |tx| {
        let before = feed::of(tx, who)?;
        if before.as_ref().map(|feed| feed.made_at) != instead_of {
            return Ok(());
        }
        let naming = before.map_or(Naming::default(), |feed| feed.naming);
        let made = Feed { who, digest, sealed: sealed.clone(), naming, made_at: now, changed_at: now };
        Ok(feed::put(tx, &made)?)
    })
}

/// Switches a person's feed off.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn switch_off(app: &App, who: Person) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| Ok(feed::remove(tx, who)?))
}

/// Chooses what a feed calls people.
///
/// # Errors
/// [`NotThere`] if it is off.
pub fn name(app: &App, who: Person, naming: Naming) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let found = feed::of(tx, who)?.ok_or(Error::Refused(NotThere))?;
        Ok(feed::put(tx, &Feed { naming, changed_at: now, ..found })?)
    })
}

/// The token of a feed, for its owner to see; none if the key beside the data file is another.
#[must_use]
pub fn token(app: &App, feed: &Feed) -> Option<String> {
    let opened = app.key.key_for(Secret::Feed).open(&feed.digest, &feed.sealed).ok()?;
    String::from_utf8(opened).ok()
}

/// The feed that somebody asks for by its token.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn find(read: &impl Read, token: &str) -> Result<Option<Feed>, Fault> {
    let Ok(token) = token.parse::<Token>() else { return Ok(None) };
    Ok(feed::find(read, &token.digest())?)
}
