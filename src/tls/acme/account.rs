//! Our account with the authority: made once, kept with its key, and made anew if the settings name another authority.

use instant_acme::{Account, AccountCredentials, ExternalAccountKey, NewAccount};

use super::Acme;
use super::client::{Heard, Https};
use crate::tls::TlsError;

const CREDENTIALS: &str = "account.json";
const DIRECTORY: &str = "account.directory";

/// The account of an earlier run, or a new one.
pub(super) async fn open(acme: &Acme, heard: &Heard) -> Result<Account, TlsError> {
    let builder = || {
        let https = Https::trusting(acme.root.as_deref(), heard.clone())?;
        Ok::<_, TlsError>(Account::builder_with_http(Box::new(https)))
    };
    let same = acme.folder.read(DIRECTORY)?.is_some_and(|kept| kept == acme.directory.as_bytes());
    if let Some(kept) = acme.folder.read(CREDENTIALS)?.filter(|_| same) {
        match serde_json::from_slice::<AccountCredentials>(&kept) {
            Ok(credentials) => return Ok(builder()?.from_credentials(credentials).await?),
            Err(why) => {
                tracing::warn!(%why, path = acme.folder.path(CREDENTIALS), "the kept account cannot be read; a new one is made")
            }
        }
    }
    let contact = acme.contact.as_ref().map(|address| format!("mailto:{address}"));
    let contact: Vec<&str> = contact.as_deref().into_iter().collect();
    let asked = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let external = acme.external.as_ref().map(|one| ExternalAccountKey::new(one.key_id.clone(), &one.key));
    let (account, credentials) = builder()?.create(&asked, acme.directory.clone(), external.as_ref()).await?;
    let text = serde_json::to_vec(&credentials).map_err(instant_acme::Error::from)?;
    acme.folder.write(CREDENTIALS, &text)?;
    acme.folder.write(DIRECTORY, acme.directory.as_bytes())?;
    Ok(account)
}
