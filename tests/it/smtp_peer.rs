//! Letters handed to a mail server that is not ours (tests/peers/smtp_peer.py, on Python's aiosmtpd): what arrives,
//! read again with Python's email package, and what is said of a letter when the server fails in each way it can.

use std::time::Duration;

use fiddlehead::mail::{AutoKind, Calendar, Letter, Method, Security, Sender, SmtpSettings, Undelivered};
use serde_json::{Value, json};

use crate::support::smtp_peer::{Peer, mail};

const ICS: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Gespräch über\\, nun ja\\; Grüße = Züge\r\n  \r\n\
    END:VCALENDAR\r\n";

fn letter() -> Letter {
    Letter {
        message_id: "<01h8xyzabc@book.example>".into(),
        from: Sender { name: "Ålborg \"Quiet\" Field, Ltd. <x@y.z>".parse().unwrap(), address: "hello@quietfield.example".parse().unwrap() },
        reply_to: Some((Some("Nora Lind".parse().unwrap()), "nora@quietfield.example".parse().unwrap())),
        to: (Some("山田 花子; 🌿 =?utf-8?q?x?=".parse().unwrap()), "hanako@example.org".parse().unwrap()),
        subject: "You’re booked: Tuesday 21 April, 5:30 pm – session 4 of 6 of “Six sessions, at your own pace”, with a \
                  subject that goes on for more than one line 🌿".parse().unwrap(),
        text: "Hello Hanako,\n\n.one dot\n..two\nFrom here on\ntrailing  \n\u{a0}= equals =20 soft=\n\n-- \nQuiet Field\n".into(),
        html: format!("<!doctype html><html><body><p>{}</p>\n.\n<p>ende</p></body></html>\n", "Grüße 🌿 ".repeat(300)),
        calendar: None,
        unsubscribe: None,
        dated_at: "2026-04-20T07:05:09Z".parse().unwrap(),
        kind: AutoKind::Notice,
    }
}

fn calendar_letter() -> Letter {
    Letter { calendar: Some(Calendar { method: Method::Request, ics: ICS.into() }), ..letter() }
}

fn why(undelivered: &Undelivered) -> &str {
    match undelivered {
        Undelivered::NotYet { why }
        | Undelivered::Never { why }
        | Undelivered::Unknown { why }
        | Undelivered::Misconfigured { why } => why,
    }
}

fn accepted(told: &[Value]) -> usize {
    told.iter().filter(|event| event["event"] == "accepted").count()
}

/// Line ends inside a mail are CRLF; Python gives them back as it found them.
fn lf(text: &Value) -> String {
    text.as_str().unwrap().replace("\r\n", "\n")
}

#[tokio::test]
async fn a_letter_arrives_over_starttls_and_auth_with_every_part_intact() {
    let Some(mut peer) = Peer::with_faults(&[]) else { return };
    let sent = letter();
    peer.mail().send(&sent).await.unwrap();
    let told = peer.wait_for("accepted");
    assert_eq!(told["mail_from"], "hello@quietfield.example");
    assert_eq!(told["rcpt_to"], json!(["hanako@example.org"]));
    let mail = &told["mail"];
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(mail["headers"]["subject"], sent.subject.as_str());
    assert_eq!(mail["from"], json!([[sent.from.name.as_str(), "hello@quietfield.example"]]));
    assert_eq!(mail["to"], json!([[sent.to.0.as_ref().unwrap().as_str(), "hanako@example.org"]]));
    assert_eq!(mail["reply_to"], json!([["Nora Lind", "nora@quietfield.example"]]));
    assert_eq!(mail["headers"]["message-id"], sent.message_id);
    assert_eq!(mail["headers"]["auto-submitted"], "auto-generated");
    assert_eq!(mail["date"], "2026-04-20T07:05:09+00:00");
    assert_eq!(mail["structure"], json!(["multipart/alternative", "text/plain", "text/html"]));
    assert_eq!(lf(&mail["text"][0]), sent.text);
    assert_eq!(lf(&mail["html"][0]), sent.html);
    assert_eq!(mail["ascii"], true);
    assert!(mail["longest_line"].as_u64().unwrap() <= 998);
}

#[tokio::test]
async fn an_invitation_arrives_as_a_part_and_as_a_file_byte_for_byte() {
    let Some(mut peer) = Peer::with_faults(&[]) else { return };
    let url = "https://book.example/stop?token=abc";
    let sent = Letter { unsubscribe: Some(url.into()), kind: AutoKind::Nudge, ..calendar_letter() };
    peer.mail().send(&sent).await.unwrap();
    let mail = &peer.wait_for("accepted")["mail"];
    assert_eq!(mail["defects"], json!([]));
    assert_eq!(
        mail["structure"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics"
        ])
    );
    assert_eq!(mail["calendar"], json!([["REQUEST", ICS]]));
    assert_eq!(mail["files"], json!([["invite.ics", "application/ics", ICS]]));
    assert_eq!(mail["headers"]["list-unsubscribe"], format!("<{url}>"));
    assert_eq!(mail["headers"]["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
    assert_eq!(mail["headers"]["precedence"], "bulk");
}

#[tokio::test]
async fn tls_from_the_start_and_both_kinds_of_auth_work() {
    for mechanism in ["PLAIN", "LOGIN"] {
        let Some(mut peer) = Peer::start("tls", &["--only-auth", mechanism]) else { return };
        let mail = mail(peer.settings(Security::Tls));
        mail.probe().await.unwrap();
        mail.send(&letter()).await.unwrap();
        let auth = peer.wait_for("auth");
        assert_eq!((&auth["mechanism"], &auth["right"]), (&json!(mechanism), &json!(true)));
        assert_eq!(accepted(&peer.end()), 1, "the probe sends nothing");
    }
}

#[tokio::test]
async fn a_server_on_this_machine_may_do_without_tls() {
    let Some(peer) = Peer::start("none", &[]) else { return };
    mail(peer.settings(Security::None)).send(&letter()).await.unwrap();
    assert_eq!(accepted(&peer.end()), 1);
}

#[tokio::test]
async fn a_server_that_is_out_of_order_for_a_while_costs_only_the_while() {
    let faults =
        ["421-hello", "454-auth", "451-rcpt", "451-data", "451-data", "drop-at-data", "silence-at-data"];
    let Some(mut peer) = Peer::with_faults(&faults) else { return };
    let mail = peer.mail();
    for fault in faults {
        let undelivered = mail.send(&letter()).await.unwrap_err();
        assert!(matches!(undelivered, Undelivered::NotYet { .. }), "{fault}: {undelivered}");
        assert_eq!(peer.wait_for("fault")["fault"], fault);
    }
    mail.send(&letter()).await.unwrap();
    assert_eq!(peer.wait_for("accepted")["mail"]["headers"]["message-id"], letter().message_id);
    assert_eq!(accepted(&peer.end()), 0, "one letter, once");
}

#[tokio::test]
async fn a_line_that_breaks_before_the_letter_is_complete_leaves_no_doubt() {
    let Some(mut peer) = Peer::with_faults(&["drop-in-body"]) else { return };
    // More than the machine's buffers hold, so that the end cannot have been sent when the line breaks.
    let long = Letter { text: "a long story\n".repeat(1_500_000), ..letter() };
    let undelivered = peer.mail().send(&long).await.unwrap_err();
    assert!(matches!(undelivered, Undelivered::NotYet { .. }), "{undelivered}");
    peer.wait_for("fault");
    assert_eq!(accepted(&peer.end()), 0);
}

#[tokio::test]
async fn a_refused_recipient_or_letter_is_refused_for_ever() {
    let Some(peer) = Peer::with_faults(&["550-rcpt", "550-data"]) else { return };
    for words in ["RCPT TO: 550 5.1.1 no such person here", "DATA: 550 5.7.1 this looks like spam"] {
        let undelivered = peer.mail().send(&letter()).await.unwrap_err();
        assert_eq!(undelivered, Undelivered::Never { why: words.into() });
    }
    assert_eq!(accepted(&peer.end()), 0);
}

#[tokio::test]
async fn no_answer_to_a_whole_letter_leaves_its_fate_unknown() {
    let kept = [("silence-after-dot", 1), ("drop-before-acceptance", 0), ("drop-after-acceptance", 1)];
    for (fault, kept) in kept {
        let Some(peer) = Peer::with_faults(&[fault]) else { return };
        let mail = peer.mail();
        let sent = tokio::time::timeout(Duration::from_secs(20), mail.send(&letter())).await;
        let undelivered = sent.expect("a silent server must not hold the sender").unwrap_err();
        assert!(matches!(undelivered, Undelivered::Unknown { .. }), "{fault}: {undelivered}");
        assert_eq!(accepted(&peer.end()), kept, "{fault}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let Some(peer) = Peer::with_faults(&["slow-verdict"]) else { return };
    peer.mail().send(&letter()).await.unwrap();
    assert_eq!(accepted(&peer.end()), 1);
}

#[tokio::test]
async fn what_only_the_owner_can_mend_is_told_apart() {
    let Some(peer) = Peer::with_faults(&["550-sender", "554-relay", "no-starttls"]) else { return };
    for words in ["MAIL FROM: 550", "RCPT TO: 554 5.7.1 Relay", "offers no STARTTLS"] {
        let undelivered = peer.mail().send(&letter()).await.unwrap_err();
        assert!(matches!(undelivered, Undelivered::Misconfigured { .. }), "{words}: {undelivered}");
        assert!(why(&undelivered).contains(words), "{undelivered}");
    }
    let told = peer.end();
    assert_eq!(accepted(&told), 0);
    let signed_in = told.iter().filter(|event| event["event"] == "auth").count();
    assert_eq!(signed_in, 2, "no password goes over a line without TLS");
}

#[tokio::test]
async fn a_wrong_password_is_the_owners_to_mend() {
    let Some(peer) = Peer::with_faults(&[]) else { return };
    let mail = mail(SmtpSettings { password: Some("wrong".into()), ..peer.settings(Security::StartTls) });
    for undelivered in [mail.probe().await.unwrap_err(), mail.send(&letter()).await.unwrap_err()] {
        assert!(matches!(undelivered, Undelivered::Misconfigured { .. }), "{undelivered}");
        assert!(why(&undelivered).starts_with("AUTH: 535"), "{undelivered}");
    }
    assert_eq!(accepted(&peer.end()), 0);
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_or_not_the_hosts_ends_it_before_the_password() {
    for (security, kind) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let Some(peer) = Peer::start(security, &[]) else { return };
        let Some(other) = Peer::start_as("other.example", security, &[]) else { return };
        let unknown = SmtpSettings { ca_file_pem: None, ..peer.settings(kind) };
        for settings in [unknown, other.settings(kind)] {
            let undelivered = mail(settings).send(&letter()).await.unwrap_err();
            assert!(matches!(undelivered, Undelivered::Misconfigured { .. }), "{undelivered}");
            assert!(why(&undelivered).contains("certificate"), "{undelivered}");
        }
        for told in [peer.end(), other.end()] {
            assert!(told.iter().all(|event| event["event"] == "connected"), "{told:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_put_in_before_the_line_was_secured_is_noticed() {
    let Some(peer) = Peer::with_faults(&["inject-starttls"]) else { return };
    let undelivered = peer.mail().send(&letter()).await.unwrap_err();
    assert!(why(&undelivered).contains("before it was secured"), "{undelivered}");
    assert!(matches!(undelivered, Undelivered::Misconfigured { .. }));
}

#[tokio::test]
async fn nobody_at_the_port_is_a_reason_to_try_again() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port: free,
        security: Security::StartTls,
        username: None,
        password: None,
        ca_file_pem: None,
        hello_name: "book.example".into(),
    };
    for security in [Security::StartTls, Security::Tls, Security::None] {
        let undelivered = mail(SmtpSettings { security, ..settings.clone() }).probe().await.unwrap_err();
        assert!(matches!(undelivered, Undelivered::NotYet { .. }), "{undelivered}");
    }
}
