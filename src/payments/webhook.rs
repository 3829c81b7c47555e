//! Webhooks: who may say that something became of a payment. The signature is checked over the raw bytes, before
//! anything is read from them; what is then read is a reason to look at the till, never a proof.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use super::{Notice, Subject, is_plain};
use crate::domain::time::Timestamp;

/// How far a signature's instant may be from ours, in seconds: Stripe's own tolerance.
pub const TOLERANCE_SECONDS: i64 = 300;

/// What is listened to; see [`super::Till::events`], which asks for the same.
pub const HEARD: [&str; 11] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
];

/// The secret that an endpoint shares with Stripe: `whsec_…`. There are two while it is being rolled.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as it was configured, trimmed. An empty one verifies nothing.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A message that is truly Stripe's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Something became of a checkout, a refund or a dispute: look it up.
    Notice(Notice),
    /// About something else. Say thanks and forget it.
    Ignored,
}

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// The `Stripe-Signature` header has no instant or no `v1` signature.
    #[error("the signature header cannot be read")]
    Header,
    /// None of the signatures is one that our secrets make.
    #[error("the signature is wrong")]
    Signature,
    /// Signed too long ago (or too far ahead): it may be a recording.
    #[error("signed more than five minutes from now")]
    Stale,
    /// Signed rightly, but not a JSON object.
    #[error("the body cannot be read")]
    Body,
}

/// Checks a message against the secrets of the endpoint, and says what it is about.
///
/// `payload` is the body as it came, `header` the value of `Stripe-Signature`: `t=1492774577,v1=5257a8…,v1=…`.
///
/// # Errors
/// [`Forged`], if it is not to be believed.
pub fn verify(payload: &[u8], header: &str, secrets: &[Secret], now: Timestamp) -> Result<Heard, Forged> {
    let (signed_at, signatures) = read_header(header)?;
    let genuine = secrets.iter().filter(|secret| !secret.0.is_empty()).any(|secret| {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()).expect("a key of any length is taken");
        mac.update(signed_at.to_string().as_bytes());
        mac.update(b".");
        mac.update(payload);
        // `verify_slice` compares in constant time.
        signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    });
    if !genuine {
        return Err(Forged::Signature);
    }
    if now.as_second().saturating_sub(signed_at).saturating_abs() > TOLERANCE_SECONDS {
        return Err(Forged::Stale);
    }
    read_event(payload)
}

/// The instant, as it was written, and the `v1` signatures. Other schemes (`v0`) are passed over.
fn read_header(header: &str) -> Result<(i64, Vec<Vec<u8>>), Forged> {
    let (mut signed_at, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", seconds)) => {
                let digits = !seconds.is_empty() && seconds.bytes().all(|b| b.is_ascii_digit());
                let read = seconds.parse::<i64>().ok().filter(|_| digits);
                // The number is signed as text: a second way to write it would not be what was signed.
                signed_at = Some(read.filter(|n| n.to_string() == seconds).ok_or(Forged::Header)?);
            }
            // A dozen is more than a rolled secret ever makes; the rest of a flood is not looked at.
            Some(("v1", hex)) if signatures.len() < 12 => {
                signatures.extend(data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok());
            }
            _ => {}
        }
    }
    match signed_at {
        Some(at) if !signatures.is_empty() => Ok((at, signatures)),
        _ => Err(Forged::Header),
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    id: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    data: Data,
}

#[derive(Deserialize, Default)]
struct Data {
    #[serde(default)]
    object: serde_json::Value,
}

fn read_event(payload: &[u8]) -> Result<Heard, Forged> {
    let body: serde_json::Value = serde_json::from_slice(payload).map_err(|_| Forged::Body)?;
    if !body.is_object() {
        return Err(Forged::Body);
    }
    Ok(notice(body).map_or(Heard::Ignored, Heard::Notice))
}

/// What an event is about, if it is one that is listened to and whole.
pub(super) fn notice(event: serde_json::Value) -> Option<Notice> {
    let event: Event = serde_json::from_value(event).ok()?;
    if !HEARD.contains(&event.kind.as_str()) || !is_plain(&event.id) {
        return None;
    }
    let id = event.data.object.get("id")?.as_str()?;
    let about = match event.kind.split('.').collect::<Vec<_>>()[..] {
        ["checkout", ..] => Subject::Checkout(id.parse().ok()?),
        ["charge", "dispute", _] => Subject::Dispute(id.parse().ok()?),
        ["charge", _] => Subject::Charge(id.parse().ok()?),
        _ => Subject::Refund(id.parse().ok()?),
    };
    Some(Notice { event: event.id, about, at: Timestamp::from_second(event.created).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test_secret";
    const SIGNED: i64 = 1_492_774_577;
    const BODY: &str = r#"{"id":"evt_1","object":"event","type":"checkout.session.completed","created":1492774570,
        "data":{"object":{"id":"cs_test_1","object":"checkout.session"}},"livemode":false}"#;

    fn sign(secret: &str, at: i64, payload: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.{payload}").as_bytes());
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    }

    fn check(payload: &str, header: &str, secrets: &[&str], now: i64) -> Result<Heard, Forged> {
        let secrets: Vec<Secret> = secrets.iter().map(|text| Secret::new(text)).collect();
        verify(payload.as_bytes(), header, &secrets, Timestamp::from_second(now).unwrap())
    }

    fn the_notice() -> Heard {
        Heard::Notice(Notice {
            event: "evt_1".to_owned(),
            about: Subject::Checkout("cs_test_1".parse().unwrap()),
            at: Timestamp::from_second(1_492_774_570).unwrap(),
        })
    }

    /// Made with `printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test_secret`.
    #[test]
    fn a_signature_that_another_program_made_is_believed() {
        let header = "t=1492774577,v1=799c4ba7bb339f3c8601adfd112f0e477c930a268be1243d341abb8286501c2f,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
        assert_eq!(check(r#"{"id":"evt_1"}"#, header, &[SECRET], SIGNED), Ok(Heard::Ignored));
    }

    #[test]
    fn a_header_is_believed_only_with_a_signature_of_ours_over_these_bytes_and_this_instant() {
        let good = sign(SECRET, SIGNED, BODY);
        let old = sign("whsec_old", SIGNED, BODY);
        let other = sign("whsec_other", SIGNED, BODY);
        let unkeyed = sign("", SIGNED, BODY);
        let both = [SECRET, "whsec_old"];
        type Row<'a> = (&'a str, String, &'a [&'a str], Result<Heard, Forged>);
        let table: &[Row] = &[
            ("Stripe's own shape", format!("t={SIGNED},v1={good},v0={other}"), &[SECRET], Ok(the_notice())),
            ("spaces", format!("t={SIGNED}, v1={good}"), &[SECRET], Ok(the_notice())),
            ("the order is free", format!("v1={good},t={SIGNED}"), &[SECRET], Ok(the_notice())),
            (
                "the second v1 is ours",
                format!("t={SIGNED},v1={other},v1={good}"),
                &[SECRET],
                Ok(the_notice()),
            ),
            ("the old secret while rolling", format!("t={SIGNED},v1={old}"), &both, Ok(the_notice())),
            ("a dropped secret", format!("t={SIGNED},v1={old}"), &[SECRET], Err(Forged::Signature)),
            ("a foreign secret", format!("t={SIGNED},v1={other}"), &both, Err(Forged::Signature)),
            ("another instant", format!("t={},v1={good}", SIGNED + 1), &[SECRET], Err(Forged::Signature)),
            ("v0 alone", format!("t={SIGNED},v0={good}"), &[SECRET], Err(Forged::Header)),
            ("no instant", format!("v1={good}"), &[SECRET], Err(Forged::Header)),
            ("no number", format!("t=now,v1={good}"), &[SECRET], Err(Forged::Header)),
            ("a zero before", format!("t=0{SIGNED},v1={good}"), &[SECRET], Err(Forged::Header)),
            ("half a signature", format!("t={SIGNED},v1={}", &good[..32]), &[SECRET], Err(Forged::Signature)),
            ("no hex", format!("t={SIGNED},v1=zz"), &[SECRET], Err(Forged::Header)),
            ("nothing", String::new(), &[SECRET], Err(Forged::Header)),
            ("an empty secret", format!("t={SIGNED},v1={unkeyed}"), &["", "  "], Err(Forged::Signature)),
            ("no secret", format!("t={SIGNED},v1={unkeyed}"), &[], Err(Forged::Signature)),
        ];
        for (name, header, secrets, want) in table {
            assert_eq!(&check(BODY, header, secrets, SIGNED), want, "{name}");
        }
        let header = format!("t={SIGNED},v1={good}");
        let changed = BODY.replace("cs_test_1", "cs_test_2");
        assert_eq!(check(&changed, &header, &[SECRET], SIGNED), Err(Forged::Signature));
    }

    #[test]
    fn a_signature_is_good_for_five_minutes() {
        let header = format!("t={SIGNED},v1={}", sign(SECRET, SIGNED, BODY));
        for (late, want) in [
            (300, Ok(the_notice())),
            (301, Err(Forged::Stale)),
            (-300, Ok(the_notice())),
            (-301, Err(Forged::Stale)),
        ] {
            assert_eq!(check(BODY, &header, &[SECRET], SIGNED + late), want, "{late}");
        }
    }

    #[test]
    fn an_event_is_about_what_its_name_says() {
        let about = |kind: &str, id: &str| {
            let event = serde_json::json!({"id": "evt_1", "type": kind, "created": 1, "data": {"object": {"id": id}}});
            notice(event).map(|notice| notice.about)
        };
        let charge = Some(Subject::Charge("ch_1".parse().unwrap()));
        let refund = Some(Subject::Refund("re_1".parse().unwrap()));
        let dispute = Some(Subject::Dispute("dp_1".parse().unwrap()));
        assert_eq!(about("charge.refunded", "ch_1"), charge);
        for kind in ["refund.created", "refund.updated", "refund.failed"] {
            assert_eq!(about(kind, "re_1"), refund, "{kind}");
        }
        for kind in ["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"] {
            assert_eq!(about(kind, "dp_1"), dispute, "{kind}");
        }
        for kind in ["charge.succeeded", "charge.dispute.funds_withdrawn", "payout.paid"] {
            assert_eq!(about(kind, "ch_1"), None, "{kind}");
        }
    }

    #[test]
    fn what_is_signed_but_not_about_a_payment_is_ignored() {
        let heard = |body: &str| {
            check(body, &format!("t={SIGNED},v1={}", sign(SECRET, SIGNED, body)), &[SECRET], SIGNED)
        };
        for body in [
            "{}",
            r#"{"id":"evt_1","type":"charge.succeeded","created":1,"data":{"object":{"id":"ch_1"}}}"#,
            r#"{"id":"evt_1","type":"checkout.session.completed","created":1}"#,
            r#"{"id":"evt_1","type":"checkout.session.completed","created":1,"data":{"object":{"id":"../x"}}}"#,
            r#"{"id":7,"type":[]}"#,
            r#"{"object":"v2.core.event","id":"evt_2","type":"v2.core.account.updated"}"#,
        ] {
            assert_eq!(heard(body), Ok(Heard::Ignored), "{body}");
        }
        for body in ["", "hello", "[1]", "{"] {
            assert_eq!(heard(body), Err(Forged::Body), "{body}");
        }
    }
}
