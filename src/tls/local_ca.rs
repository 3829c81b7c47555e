//! A certificate authority of our own, for an office network that nothing reaches from outside: made once, kept in the data
//! directory, installed once on each device. The certificates that it signs renew themselves.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::sync::watch;

use super::folder::Folder;
use super::identity::Identity;
use super::shown::{Shown, Standing};
use super::{TlsError, World};

const CA: &str = "ca.pem";
const CA_KEY: &str = "ca.key";
const LEAF: &str = "certificate.pem";
const LEAF_KEY: &str = "certificate.key";

/// How long the authority is good: longer than the machine it runs on.
const CA_DAYS: i64 = 20 * 365;
/// How long a certificate is good. Apple's devices take at most 825 days of an authority that was installed by hand.
const LEAF_DAYS: i64 = 90;
/// A clock that is behind (a Raspberry Pi has none of its own) still finds the certificate begun.
const EARLIER_DAYS: i64 = 2;
/// How often the certificate's age is looked at.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// The same instant as rcgen wants it, whose type is not ours to name.
macro_rules! midnight {
    ($now:expr, $days:expr) => {{
        let (year, month, day) = civil($now, $days);
        date_time_ymd(year, month, day)
    }};
}

/// The authority.
#[derive(Debug, Clone)]
pub struct LocalCa {
    folder: Folder,
    names: Vec<String>,
    /// The authority's own certificate, in PEM: what devices install.
    pub pem: String,
}

impl LocalCa {
    /// Opens the authority in a folder, or makes it there. `names` are the names and addresses that the certificate
    /// is for.
    ///
    /// # Errors
    /// [`TlsError`] if the folder or what is in it cannot be used.
    pub fn open(folder: Folder, names: Vec<String>, now: Timestamp) -> Result<Self, TlsError> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let pem = match (folder.read(CA)?, folder.read(CA_KEY)?) {
            (Some(pem), Some(_)) => text(pem),
            (None, None) => make_authority(&folder, &names, now)?,
            _ => {
                let what = format!(
                    "{CA} and {CA_KEY} belong together, and one is missing. Bring it back from a backup, or remove the other and install the new authority on every device"
                );
                return Err(TlsError::Content { path: folder.path(CA), what });
            }
        };
        Ok(Self { folder, names, pem })
    }

    /// The certificate to show: the one that is there, or a new one if it is old or for other names.
    ///
    /// # Errors
    /// [`TlsError`] if none can be made or kept.
    pub fn identity(&self, now: Timestamp) -> Result<Identity, TlsError> {
        if let (Some(chain), Some(key)) = (self.folder.read(LEAF)?, self.folder.read(LEAF_KEY)?)
            && let Ok(kept) = Identity::from_pem(&chain, &key)
            && kept.covers(&self.names)
            && now < kept.two_thirds_at()
            && chain.ends_with(self.pem.as_bytes())
        {
            return Ok(kept);
        }
        self.sign(now)
    }

    fn sign(&self, now: Timestamp) -> Result<Identity, TlsError> {
        let missing = || TlsError::Content { path: self.folder.path(CA_KEY), what: "is gone".to_owned() };
        let ca_key = self.folder.read(CA_KEY)?.ok_or_else(missing)?;
        let issuer =
            Issuer::from_ca_cert_pem(&self.pem, KeyPair::from_pem(&String::from_utf8_lossy(&ca_key))?)?;
        let key = KeyPair::generate()?;
        let mut asked = CertificateParams::new(self.names.clone())?;
        asked.distinguished_name = rcgen::DistinguishedName::new();
        asked
            .distinguished_name
            .push(DnType::CommonName, self.names.first().map_or("fiddlehead", String::as_str));
        (asked.not_before, asked.not_after) = (midnight!(now, -EARLIER_DAYS), midnight!(now, LEAF_DAYS));
        asked.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        asked.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        asked.use_authority_key_identifier_extension = true;
        let chain = format!("{}{}", asked.signed_by(&key, &issuer)?.pem(), self.pem);
        let identity = Identity::from_pem(chain.as_bytes(), key.serialize_pem().as_bytes())
            .map_err(|what| TlsError::Content { path: self.folder.path(LEAF), what })?;
        // The key first: a certificate without its key would be of no use, and is made anew.
        self.folder.write(LEAF_KEY, key.serialize_pem().as_bytes())?;
        self.folder.write(LEAF, chain.as_bytes())?;
        Ok(identity)
    }

    /// The authority's certificate as devices download it (DER).
    ///
    /// # Errors
    /// [`TlsError::Content`] if its file was damaged.
    pub fn der(&self) -> Result<Vec<u8>, TlsError> {
        CertificateDer::from_pem_slice(self.pem.as_bytes())
            .map(|der| der.to_vec())
            .map_err(|why| TlsError::Content { path: self.folder.path(CA), what: why.to_string() })
    }

    /// Shows a new certificate whenever the old one grows old, until the program ends.
    pub async fn watch(self, shown: Arc<Shown>, world: World, mut reload: watch::Receiver<u64>) {
        loop {
            let now = (world.now)();
            match self.identity(now) {
                Ok(identity) => {
                    let renews_at = Some(identity.two_thirds_at());
                    shown.show(identity);
                    shown.note(Standing { renews_at, trouble: None });
                }
                Err(why) => {
                    tracing::error!(%why, "the certificate cannot be renewed; the old one is shown on");
                    shown.note(Standing { trouble: Some((now, why.to_string())), ..shown.standing() });
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                rung = reload.changed() => if rung.is_err() { return },
            }
        }
    }
}

fn make_authority(folder: &Folder, names: &[String], now: Timestamp) -> Result<String, TlsError> {
    let key = KeyPair::generate()?;
    let mut asked = CertificateParams::default();
    asked.distinguished_name = rcgen::DistinguishedName::new();
    let place = names.first().map_or("this network", String::as_str);
    let name = format!("Fiddlehead at {place}, {}", now.to_zoned(TimeZone::UTC).date());
    asked.distinguished_name.push(DnType::CommonName, name);
    asked.distinguished_name.push(DnType::OrganizationName, "Fiddlehead");
    asked.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    asked.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (asked.not_before, asked.not_after) = (midnight!(now, -EARLIER_DAYS), midnight!(now, CA_DAYS));
    let pem = asked.self_signed(&key)?.pem();
    folder.write(CA_KEY, key.serialize_pem().as_bytes())?;
    folder.write(CA, pem.as_bytes())?;
    Ok(pem)
}

/// Year, month and day so many days from now.
fn civil(now: Timestamp, days: i64) -> (i32, u8, u8) {
    let today = now.to_zoned(TimeZone::UTC).date();
    let date = today.checked_add(jiff::Span::new().days(days)).unwrap_or(today);
    (date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
}
