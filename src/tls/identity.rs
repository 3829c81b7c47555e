//! A certificate with its key, and what is said on it: whom it names and until when it is good.

use std::sync::Arc;

use jiff::Timestamp;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate chain with the key of its first certificate.
#[derive(Debug, Clone)]
pub struct Identity {
    /// What handshakes use.
    pub certified: Arc<CertifiedKey>,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// From when it is good.
    pub begins_at: Timestamp,
    /// Until when it is good.
    pub ends_at: Timestamp,
}

impl Identity {
    /// Reads a chain and a key, both in PEM.
    ///
    /// # Errors
    /// What is wrong with them, and what to do.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, String> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<_, _>>()
            .map_err(|why| format!("holds no certificate in PEM ({why})"))?;
        let first = chain.first().ok_or("holds no certificate. Write the whole chain there, in PEM")?;
        let (names, begins_at, ends_at) = facts(first)?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|why| format!("its key is no private key in PEM without a password ({why})"))?;
        let key = any_supported_type(&key).map_err(|why| format!("its key cannot be used ({why})"))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(_) => return Err("the key belongs to another certificate".to_owned()),
        }
        Ok(Self { certified: Arc::new(certified), names, begins_at, ends_at })
    }

    /// The certificate itself, without its chain.
    ///
    /// # Panics
    /// Never: a chain is never empty.
    #[must_use]
    pub fn leaf(&self) -> &CertificateDer<'static> {
        self.certified.cert.first().expect("from_pem refuses an empty chain")
    }

    /// Whether it is for all of these names.
    #[must_use]
    pub fn covers(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.names.iter().any(|has| has.eq_ignore_ascii_case(name)))
    }

    /// Why browsers refuse it at this hour, if they do.
    #[must_use]
    pub fn out_of_time(&self, now: Timestamp) -> Option<String> {
        if now >= self.ends_at {
            return Some(format!(
                "it ended at {}: browsers refuse it. Have it renewed, or set the clock",
                self.ends_at
            ));
        }
        (now < self.begins_at).then(|| {
            format!("it begins at {} only: browsers refuse it. Set the clock, or wait", self.begins_at)
        })
    }

    /// When two thirds of its life are over: from then on another one is wanted.
    #[must_use]
    pub fn two_thirds_at(&self) -> Timestamp {
        let life = self.ends_at.as_second() - self.begins_at.as_second();
        Timestamp::from_second(self.begins_at.as_second() + life / 3 * 2).unwrap_or(self.ends_at)
    }
}

/// What is said on a certificate.
pub(super) fn facts(certificate: &CertificateDer<'_>) -> Result<(Vec<String>, Timestamp, Timestamp), String> {
    let (_, read) = X509Certificate::from_der(certificate)
        .map_err(|why| format!("the certificate is damaged ({why})"))?;
    let instant = |second: i64| Timestamp::from_second(second).map_err(|why| why.to_string());
    let (begins_at, ends_at) =
        (instant(read.validity().not_before.timestamp())?, instant(read.validity().not_after.timestamp())?);
    let alternatives = read.subject_alternative_name().ok().flatten();
    let names = alternatives
        .map_or_else(Vec::new, |found| found.value.general_names.iter().filter_map(name_of).collect());
    Ok((names, begins_at, ends_at))
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|four| std::net::Ipv4Addr::from(four).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|all| std::net::Ipv6Addr::from(all).to_string()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    fn made(names: &[&str]) -> (String, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut asked = CertificateParams::new(names).unwrap();
        asked.not_before = date_time_ymd(2026, 1, 1);
        asked.not_after = date_time_ymd(2026, 4, 1);
        (asked.self_signed(&key).unwrap().pem(), key)
    }

    #[test]
    fn a_certificate_says_whom_it_names_and_until_when() {
        let (pem, key) = made(&["book.example", "192.168.1.20", "fd00::1"]);
        let identity = Identity::from_pem(pem.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
        assert_eq!(identity.names, ["book.example", "192.168.1.20", "fd00::1"]);
        assert_eq!(identity.ends_at, "2026-04-01T00:00:00Z".parse().unwrap());
        assert_eq!(identity.two_thirds_at(), "2026-03-02T00:00:00Z".parse().unwrap());
        let wrong = |at: &str| identity.out_of_time(at.parse().unwrap());
        assert_eq!(wrong("2026-03-02T00:00:00Z"), None);
        assert!(wrong("2026-04-01T00:00:00Z").unwrap().contains("ended"));
        assert!(wrong("2025-12-31T00:00:00Z").unwrap().contains("begins"));
        assert!(identity.covers(&["BOOK.example".into()]) && !identity.covers(&["other.example".into()]));
    }

    #[test]
    fn a_key_of_another_certificate_is_refused_and_so_is_what_is_no_pem() {
        let (pem, key) = made(&["book.example"]);
        let other = KeyPair::generate().unwrap().serialize_pem();
        assert!(Identity::from_pem(pem.as_bytes(), other.as_bytes()).unwrap_err().contains("another"));
        assert!(Identity::from_pem(b"", key.serialize_pem().as_bytes()).unwrap_err().contains("whole chain"));
        assert!(Identity::from_pem(pem.as_bytes(), b"nothing").unwrap_err().contains("no private key"));
    }
}
