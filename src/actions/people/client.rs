//! A client's own particulars.

use std::sync::Arc;

use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::id::ClientId;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::Zone;
use crate::platform::entropy::Token;
use crate::store::people::{client, login};

/// What a client can change of herself.
#[derive(Debug, Clone)]
pub struct Particulars {
    /// Her name.
    pub name: Line,
    /// Her telephone number.
    pub phone: Option<Line>,
    /// Her zone.
    pub zone: Zone,
}

fn change(
    app: &App,
    id: ClientId,
    mut with: impl FnMut(&mut Client) + Send + 'static,
) -> Result<(), Error<NotThere>> {
    app.keep(move |tx| {
        let mut found = client::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        with(&mut found);
        Ok(client::put(tx, &found)?)
    })
}

/// Keeps new particulars.
///
/// # Errors
/// [`NotThere`] if there is no such client.
pub fn save(app: &App, id: ClientId, new: Particulars) -> Result<(), Error<NotThere>> {
    change(app, id, move |client| {
        client.name = new.name.clone();
        client.phone = new.phone.clone();
        client.zone = new.zone.clone();
    })
}

/// Keeps the zone in which times are shown.
///
/// # Errors
/// [`NotThere`] if there is no such client.
pub fn set_zone(app: &App, id: ClientId, zone: Zone) -> Result<(), Error<NotThere>> {
    change(app, id, move |client| client.zone = zone.clone())
}

/// Sets or changes the password; the caller has checked that it is strong enough. Every browser of hers but the one with this cookie is
/// signed out, and links that were sent sign nobody in.
///
/// # Errors
/// [`NotThere`] if there is no such client.
pub async fn set_password(
    app: &Arc<App>,
    id: ClientId,
    (password, cookie): (String, String),
) -> Result<(), Error<NotThere>> {
    let hash = app.passwords.hash(&password).await;
    let here = cookie.parse::<Token>().map(|token| token.digest()).unwrap_or_default();
    app.run(move |app| {
        app.keep(move |tx| {
            let found = client::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
            client::put(tx, &Client { password: Some(hash.clone()), ..found })?;
            login::end_others(tx, Person::Client(id), &here)?;
            Ok(())
        })
    })
    .await
}

/// The client, for pages.
///
/// # Errors
/// [`Fault`] if the file fails or she is not there.
pub fn of(app: &App, id: ClientId) -> Result<Client, Fault> {
    client::find(&app.store.read()?, id)?.ok_or(Fault::Missing("a client"))
}
