//! What a passkey's device says (Web Authentication, level 3, 7.1 and 7.2), checked: that it answers this site and this question,
//! that its owner unlocked it, and that the signature is of the key. Signatures are checked by ring, which TLS uses too. No
//! attestation is asked for, so that what a browser gives apart (the key as DER, the authenticator's data) is all that is read;
//! the crates that read every kind of it bring RSA code with an open advisory.

use std::net::IpAddr;

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Where passkeys work: a name that browsers tie them to, and the one origin that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The name: a host.
    pub name: String,
    /// The origin of our pages.
    pub origin: String,
}

impl Site {
    /// Of a program with that address: over https under a name, or on this machine, as `localhost` then. Nothing elsewhere, where
    /// browsers have no passkeys.
    #[must_use]
    pub fn of(base_url: &str) -> Option<Self> {
        let (scheme, rest) = base_url.split_once("://")?;
        let authority = rest.split('/').next().filter(|text| !text.is_empty())?;
        let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
        let (host, port) = authority.split_at(port_at.unwrap_or(authority.len()));
        let number = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let name = match number {
            Ok(address) if address.is_loopback() => "localhost",
            Ok(_) => return None,
            Err(_) => host,
        };
        let works = scheme == "https" || scheme == "http" && name == "localhost";
        works.then(|| Self { name: name.to_owned(), origin: format!("{scheme}://{name}{port}") })
    }
}

/// By what signatures are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA (PKCS #1) with SHA-256.
    Rs256,
}

/// It is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOurs;

/// A key that was just made, as the page sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The name that the device has for it.
    pub credential: Vec<u8>,
    /// By what its signatures are checked.
    pub scheme: Scheme,
    /// The public key, as ring wants it.
    pub key: Vec<u8>,
    /// How often it was used.
    pub counted: u32,
}

/// The question that an answer answers.
pub type Question = [u8; 32];

/// What a device answered, as the page sent it: parts in base64url with points between.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The name that the device has for the key.
    pub credential: Vec<u8>,
    client: Vec<u8>,
    data: Vec<u8>,
    last: Vec<u8>,
    /// Whose the key is, as the device has it; it may say nothing.
    pub whose: Vec<u8>,
}

/// The longest part that is read.
const LONGEST: usize = 8 * 1024;
/// In the flags: she was there, she unlocked it, a new key follows.
const PRESENT: u8 = 0b1;
const VERIFIED: u8 = 0b100;
const ATTESTED: u8 = 0b100_0000;

impl Answer {
    /// Reads what the page sent.
    ///
    /// # Errors
    /// [`NotOurs`] if it is not of that form.
    pub fn read(text: &str) -> Result<Self, NotOurs> {
        if text.len() > 4 * LONGEST {
            return Err(NotOurs);
        }
        let parts = text.split('.').map(|part| BASE64URL_NOPAD.decode(part.as_bytes()));
        let parts: Vec<Vec<u8>> = parts.collect::<Result<_, _>>().map_err(|_| NotOurs)?;
        let [credential, client, data, last, whose] = parts.try_into().map_err(|_| NotOurs)?;
        Ok(Self { credential, client, data, last, whose })
    }

    fn said(&self) -> Result<Value, NotOurs> {
        serde_json::from_slice(&self.client).map_err(|_| NotOurs)
    }

    /// The question that it answers, if it was one of ours.
    ///
    /// # Errors
    /// [`NotOurs`] if it names none.
    pub fn question(&self) -> Result<Question, NotOurs> {
        let said = self.said()?;
        let text = said["challenge"].as_str().ok_or(NotOurs)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotOurs)?;
        bytes.try_into().map_err(|_| NotOurs)
    }

    /// Whether it was given to our own page for this purpose, by a device that its owner unlocked.
    fn check(&self, site: &Site, purpose: &str, flags: u8) -> Result<u32, NotOurs> {
        let said = self.said()?;
        let framed = said["crossOrigin"].as_bool().unwrap_or(false) || !said["topOrigin"].is_null();
        let ours = said["type"] == purpose && said["origin"] == site.origin.as_str() && !framed;
        let (name, rest) = self.data.split_first_chunk::<32>().ok_or(NotOurs)?;
        let ([is], rest) = rest.split_first_chunk::<1>().ok_or(NotOurs)?;
        let (counted, _) = rest.split_first_chunk::<4>().ok_or(NotOurs)?;
        let wanted: [u8; 32] = Sha256::digest(site.name.as_bytes()).into();
        let flags = PRESENT | VERIFIED | flags;
        if ours && bool::from(name.ct_eq(&wanted)) && is & flags == flags {
            Ok(u32::from_be_bytes(*counted))
        } else {
            Err(NotOurs)
        }
    }

    /// A new key. The last part is the key as DER.
    ///
    /// # Errors
    /// [`NotOurs`] if it is not for this site, or of no kind that is taken.
    pub fn made(&self, site: &Site) -> Result<Made, NotOurs> {
        let counted = self.check(site, "webauthn.create", ATTESTED)?;
        // After name, flags and count: the kind of device, the length of the key's name, and that.
        let named = self.data.get(53..55).ok_or(NotOurs)?;
        let length = usize::from(u16::from_be_bytes([named[0], named[1]]));
        let credential = self.data.get(55..55 + length).ok_or(NotOurs)?;
        if credential != self.credential || credential.is_empty() || length > 1023 {
            return Err(NotOurs);
        }
        let (scheme, key) = public(&self.last)?;
        Ok(Made { credential: credential.to_vec(), scheme, key, counted })
    }

    /// Whether it is signed by a key; the answer is how often that was used. The last part is the signature.
    ///
    /// # Errors
    /// [`NotOurs`] if it is not, not for this site, or from a copy of the device, which counts anew.
    pub fn signed_by(
        &self,
        site: &Site,
        (scheme, key): (Scheme, &[u8]),
        counted: u32,
    ) -> Result<u32, NotOurs> {
        let now = self.check(site, "webauthn.get", 0)?;
        if (now != 0 || counted != 0) && now <= counted {
            return Err(NotOurs);
        }
        let algorithm: &dyn VerificationAlgorithm = match scheme {
            Scheme::Es256 => &signature::ECDSA_P256_SHA256_ASN1,
            Scheme::EdDsa => &signature::ED25519,
            Scheme::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        };
        let signed = [self.data.as_slice(), &Sha256::digest(&self.client)].concat();
        UnparsedPublicKey::new(algorithm, key).verify(&signed, &self.last).map_err(|_| NotOurs)?;
        Ok(now)
    }
}

/// What stands before the bytes of a key of a curve, in DER.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// What names RSA in DER, and the tag of the bits that follow.
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03];

/// A key out of its DER (RFC 5280, `SubjectPublicKeyInfo`), as ring wants it.
fn public(der: &[u8]) -> Result<(Scheme, Vec<u8>), NotOurs> {
    let after = |before: &[u8], length: usize| der.strip_prefix(before).filter(|key| key.len() == length);
    if let Some(point) = after(P256, 65) {
        return Ok((Scheme::Es256, point.to_vec()));
    }
    if let Some(key) = after(ED25519, 32) {
        return Ok((Scheme::EdDsa, key.to_vec()));
    }
    // A long sequence; what names RSA; bits of a length in two bytes, none of them unused; the key up to the end.
    let inside = der.strip_prefix(&[0x30, 0x82]).and_then(|rest| rest.get(2..)).ok_or(NotOurs)?;
    let bits = inside.strip_prefix(RSA).and_then(|rest| rest.strip_prefix(&[0x82])).ok_or(NotOurs)?;
    let (length, bits) = bits.split_first_chunk::<2>().ok_or(NotOurs)?;
    let key = bits.strip_prefix(&[0]).ok_or(NotOurs)?;
    if usize::from(u16::from_be_bytes(*length)) != key.len() + 1 || !(256..=1100).contains(&key.len()) {
        return Err(NotOurs);
    }
    Ok((Scheme::Rs256, key.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_work_over_https_and_on_this_machine_and_nowhere_else() {
        let of = |url: &str| Site::of(url).map(|site| (site.name, site.origin));
        let site = |name: &str, origin: &str| Some((name.to_owned(), origin.to_owned()));
        assert_eq!(of("https://book.example"), site("book.example", "https://book.example"));
        assert_eq!(of("https://book.example:8443"), site("book.example", "https://book.example:8443"));
        assert_eq!(of("http://localhost:8095"), site("localhost", "http://localhost:8095"));
        assert_eq!(of("http://127.0.0.1:8095"), site("localhost", "http://localhost:8095"));
        for elsewhere in ["http://book.example", "https://192.0.2.7", "https://[2001:db8::1]", "nothing"] {
            assert_eq!(of(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_and_never_panics() {
        for text in ["", ".", "....", "a.b.c.d.e", "AA.AA.AA.AA", "e30.e30.e30.e30.e30", &"A".repeat(40_000)]
        {
            let read = Answer::read(text);
            assert!(read.is_err() || read.unwrap().question().is_err(), "{text}");
        }
        for der in [&[][..], P256, ED25519, &[0x30, 0x82, 1], &[0x30, 0x82, 1, 2, 0x30]] {
            assert_eq!(public(der), Err(NotOurs));
        }
    }

    #[test]
    fn an_rsa_key_is_taken_out_of_its_der() {
        let key = vec![7; 270];
        let mut der = vec![0x30, 0x82, 1, 0x22];
        der.extend(RSA);
        der.extend([0x82, 1, 15, 0]);
        der.extend(&key);
        assert_eq!(public(&der), Ok((Scheme::Rs256, key)));
        der.pop();
        assert_eq!(public(&der), Err(NotOurs));
    }
}
