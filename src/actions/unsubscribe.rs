//! Ending one kind of nudge by the link in a mail, without signing in (RFC 8058). The token names client and kind and is
//! signed with the instance's key.

use data_encoding::BASE32_NOPAD;

use super::{Error, NotThere};
use crate::app::App;
use crate::domain::id::ClientId;
use crate::domain::messages::message::Kind;
use crate::domain::messages::nudge::Wish;
use crate::platform::seal::InstanceKey;
use crate::store::messages::opt_out;

/// The token of a mail's unsubscribe link.
#[must_use]
pub fn token(key: &InstanceKey, client: ClientId, kind: Kind) -> String {
    let named = format!("{client}.{}", kind.name());
    let signature = BASE32_NOPAD.encode(&key.sign(text(&named).as_bytes())).to_ascii_lowercase();
    format!("{named}.{signature}")
}

/// Signatures of unsubscribe links serve for nothing else.
fn text(named: &str) -> String {
    format!("unsubscribe {named}")
}

/// Whose and which nudge a token is about.
///
/// # Errors
/// [`NotThere`] if we did not make it.
pub fn read(app: &App, token: &str) -> Result<(ClientId, Kind), NotThere> {
    let (named, signature) = token.rsplit_once('.').ok_or(NotThere)?;
    let (client, kind) = named.split_once('.').ok_or(NotThere)?;
    let signature = BASE32_NOPAD.decode(signature.to_ascii_uppercase().as_bytes()).map_err(|_| NotThere)?;
    if !app.key.verify(text(named).as_bytes(), &signature) {
        return Err(NotThere);
    }
    let kind = Kind::named(kind).filter(|kind| kind.is_nudge()).ok_or(NotThere)?;
    Ok((client.parse().map_err(|_| NotThere)?, kind))
}

/// Ends, or brings back, one kind of nudge for a client.
///
/// # Errors
/// A [`Fault`](crate::app::Fault) if the file fails.
pub fn wish(app: &App, client: ClientId, kind: Kind, wish: Wish) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| Ok(opt_out::put(tx, client, kind, wish, now)?))
}
