//! Time-based one-time codes (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six digits, a new one every 30 seconds.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// How long a code is shown, in seconds.
const STEP: i64 = 30;
/// How many bytes a secret has: as many as SHA-1 gives (RFC 4226, 4).
pub const SECRET: usize = 20;

/// The code of a step.
fn code(secret: &[u8], step: u64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("a key of any length is taken");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[hash.len() - 1] & 0xf);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

/// The step of an instant, in seconds since 1970.
fn step_at(seconds: i64) -> u64 {
    u64::try_from(seconds.div_euclid(STEP)).unwrap_or(0)
}

/// The code that an app shows at an instant.
#[must_use]
pub fn code_at(secret: &[u8], seconds: i64) -> String {
    code(secret, step_at(seconds))
}

/// To which step a typed code belongs: of now, the one before or the one after, as clocks differ, and later than `used`, so
/// that no code is taken twice.
#[must_use]
pub fn fits(secret: &[u8], typed: &str, seconds: i64, used: u64) -> Option<u64> {
    let now = step_at(seconds);
    let near = now.saturating_sub(1)..=now + 1;
    near.filter(|step| *step > used)
        .find(|step| code(secret, *step).as_bytes().ct_eq(typed.as_bytes()).into())
}

/// The secret as it is typed into an app.
#[must_use]
pub fn shown(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What an app reads out of the QR code.
#[must_use]
pub fn address(practice: &str, account: &str, secret: &[u8]) -> String {
    let (practice, account) = (escaped(practice), escaped(account));
    let secret = shown(secret);
    format!(
        "otpauth://totp/{practice}:{account}?secret={secret}&issuer={practice}&algorithm=SHA1&digits=6&period=30"
    )
}

/// All but letters and digits as percent signs with two digits.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1; it prints eight digits, of which the last six are ours.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(b"12345678901234567890", seconds), eight[2..], "{seconds}");
        }
        // RFC 4226, appendix D.
        let all: Vec<String> = (0..4).map(|step| code(b"12345678901234567890", step)).collect();
        assert_eq!(all, ["755224", "287082", "359152", "969429"]);
    }

    #[test]
    fn a_code_fits_a_step_early_and_late_and_never_twice() {
        let (secret, now) = (b"12345678901234567890", 1_111_111_109);
        let step = step_at(now);
        let typed = code_at(secret, now);
        for (at, expected) in [
            (now - 60, None),
            (now - 30, Some(step)),
            (now, Some(step)),
            (now + 30, Some(step)),
            (now + 60, None),
        ] {
            assert_eq!(fits(secret, &typed, at, 0), expected, "{at}");
        }
        assert_eq!(fits(secret, &typed, now, step), None, "used");
        assert_eq!(
            fits(secret, &code_at(secret, now - 30), now, step),
            None,
            "older than the one that was used"
        );
        assert_eq!(fits(secret, &code_at(secret, now + 30), now, step), Some(step + 1));
        for wrong in ["", "8180", "0818045", "081805", "é81804"] {
            assert_eq!(fits(secret, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_can_read_the_address_whatever_the_practice_is_called() {
        let address = address("Quiet & Field: Zoë", "ines@quietfield.example", b"12345678901234567890");
        assert_eq!(
            address,
            "otpauth://totp/Quiet%20%26%20Field%3A%20Zo%C3%AB:ines%40quietfield.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Quiet%20%26%20Field%3A%20Zo%C3%AB\
             &algorithm=SHA1&digits=6&period=30"
        );
    }
}
