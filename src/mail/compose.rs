//! A letter as bytes (RFC 5322, MIME): the same for the same letter, 7-bit, lines far below 998 octets.
//!
//! Names and the subject are `Line`s, addresses are `EmailAddress`es, so neither can hold a line end; what comes
//! as a plain string and goes into a header is checked here.

use std::time::SystemTime;

use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use crate::domain::email::EmailAddress;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

use super::{AutoKind, Calendar, Letter, Sender};

/// What a letter holds that no mail can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The message id is not `<id@host>` of plain characters.
    #[error("the message id is not of the form <id@host>")]
    MessageId,
    /// The unsubscribe address is not a web address of plain characters.
    #[error("the unsubscribe address is not a web address")]
    Unsubscribe,
    /// The mail library does not take an address, or a header made of it.
    #[error("an address does not fit a mail")]
    Address,
}

/// The letter's bytes, ready to be sent: lines end in CRLF.
///
/// # Errors
/// If something in it does not fit a header. Another try gives the same answer.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, Unfit> {
    let Letter { message_id, from, reply_to, to, subject, dated_at, kind, .. } = letter;
    if !is_message_id(message_id) {
        return Err(Unfit::MessageId);
    }
    let mut builder = Message::builder()
        .from(sender(from)?)
        .to(mailbox(to)?)
        .subject(subject.as_str())
        .date(date(*dated_at))
        .raw_header(checked("Message-ID", message_id.clone()))
        .raw_header(checked("Auto-Submitted", "auto-generated".into()));
    if let Some(reply_to) = reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if *kind == AutoKind::Nudge {
        builder = builder.raw_header(checked("Precedence", "bulk".into()));
    }
    if let Some(url) = &letter.unsubscribe {
        if !is_web_address(url) {
            return Err(Unfit::Unsubscribe);
        }
        builder = builder.raw_header(checked("List-Unsubscribe", format!("<{url}>")));
        // One click may only be promised over https (RFC 8058, 3.1); without it the page is opened.
        if url.starts_with("https://") {
            builder =
                builder.raw_header(checked("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
        }
    }
    let message = builder.multipart(body(letter)).map_err(|_| Unfit::Address)?;
    Ok(message.formatted())
}

/// Text and HTML; with a calendar object also that, as a part (by which mail programs show the invitation) and as
/// a file (for those that do not).
fn body(letter: &Letter) -> MultiPart {
    let texts = MultiPart::alternative()
        .boundary(boundary("alternative", &letter.message_id))
        .singlepart(quoted("text/plain; charset=utf-8", &letter.text))
        .singlepart(quoted("text/html; charset=utf-8", &letter.html));
    let Some(Calendar { method, ics }) = &letter.calendar else { return texts };
    let invitation = quoted(&format!("text/calendar; charset=utf-8; method={}", method.word()), ics);
    let file = SinglePart::builder()
        .header(content_type("application/ics; name=\"invite.ics\""))
        .header(ContentDisposition::attachment("invite.ics"))
        .header(ContentTransferEncoding::Base64)
        .body(ics.clone().into_bytes());
    MultiPart::mixed()
        .boundary(boundary("mixed", &letter.message_id))
        .multipart(texts.singlepart(invitation))
        .singlepart(file)
}

fn quoted(kind: &str, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type(kind))
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(crlf(text))
}

/// Line ends as mail has them. The library would do it in time quadratic to the number of lines.
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

fn content_type(text: &str) -> ContentType {
    ContentType::parse(text).expect("written here, and every one is composed in a test")
}

/// A boundary that is the same on every try. `=_` cannot occur in a part, since all are quoted-printable, where `=` is
/// followed by a hex digit or a line end, or base64.
fn boundary(part: &str, message_id: &str) -> String {
    let id: String = message_id.chars().filter(char::is_ascii_alphanumeric).take(30).collect();
    format!("=_{part}_{id}")
}

/// A header whose value is plain ASCII without line ends; what is not is made in this file or checked before.
fn checked(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn sender(from: &Sender) -> Result<Mailbox, Unfit> {
    Ok(Mailbox::new(Some(from.name.to_string()), address(&from.address)?))
}

fn mailbox((name, email): &(Option<Line>, EmailAddress)) -> Result<Mailbox, Unfit> {
    Ok(Mailbox::new(name.as_ref().map(ToString::to_string), address(email)?))
}

/// The mail library's form of an address.
pub(super) fn address(email: &EmailAddress) -> Result<lettre::Address, Unfit> {
    email.as_str().parse().map_err(|_| Unfit::Address)
}

/// The date for the header, kept within the years that the mail library can write without panicking.
fn date(at: Timestamp) -> SystemTime {
    let in_9999 = 253_370_764_800;
    let seconds = u64::try_from(at.as_second().clamp(0, in_9999)).unwrap_or(0);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)
}

/// `<id@host>`, in the characters that RFC 5322 lets stand unquoted, short enough for one line.
fn is_message_id(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
    };
    text.len() <= 250
        && text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
            .and_then(|text| text.split_once('@'))
            .is_some_and(|(id, host)| plain(id) && plain(host))
}

/// A web address that can stand between angle brackets on one line.
fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    url.len() <= 900
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.bytes().all(|b| b.is_ascii_graphic() && !b"<>\",\\".contains(&b))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Method;
    use super::*;
    use proptest::prelude::*;

    pub(in crate::mail) fn letter() -> Letter {
        Letter {
            message_id: "<01h8xyz@book.example>".into(),
            from: Sender {
                name: "Quiet Field".parse().unwrap(),
                address: "hello@quietfield.example".parse().unwrap(),
            },
            reply_to: None,
            to: (Some("Zoë \"Bee\" Lind, PhD".parse().unwrap()), "zoe@example.org".parse().unwrap()),
            subject: "Your session on Tuesday 21 April: see you soon, Zoë".parse().unwrap(),
            text: "Hello Zoë,\n\n.a line that begins with a dot\ntrailing space \n".into(),
            html: format!("<p>{}</p>", "Grüße ".repeat(400)),
            calendar: None,
            unsubscribe: None,
            dated_at: "2026-04-20T07:05:09Z".parse().unwrap(),
            kind: AutoKind::Notice,
        }
    }

    fn composed(letter: &Letter) -> String {
        String::from_utf8(compose(letter).unwrap()).unwrap()
    }

    /// The names of the headers at the top, in order.
    fn header_names(mail: &str) -> Vec<&str> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let starts = |line: &&str| !line.starts_with([' ', '\t']);
        head.split("\r\n").filter(starts).map(|line| line.split_once(':').unwrap().0).collect()
    }

    #[test]
    fn the_same_letter_gives_the_same_bytes_on_every_try() {
        let letter = Letter {
            calendar: Some(Calendar { method: Method::Request, ics: "BEGIN:VCALENDAR\r\n".into() }),
            ..letter()
        };
        assert_eq!(compose(&letter), compose(&letter.clone()));
        assert!(composed(&letter).contains("Message-ID: <01h8xyz@book.example>\r\n"));
        assert!(composed(&letter).contains("Date: Mon, 20 Apr 2026 07:05:09 +0000\r\n"));
    }

    #[test]
    fn a_nudge_can_be_stopped_with_one_click_and_is_marked_as_made_by_a_machine() {
        let url = "https://book.example/stop/nudge?token=abc_DEF-123".to_owned();
        let mail = composed(&Letter { unsubscribe: Some(url.clone()), kind: AutoKind::Nudge, ..letter() });
        for line in [
            format!("List-Unsubscribe: <{url}>"),
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click".into(),
            "Auto-Submitted: auto-generated".into(),
            "Precedence: bulk".into(),
        ] {
            assert!(mail.contains(&format!("\r\n{line}\r\n")), "{line}");
        }
        let plain = composed(&Letter { unsubscribe: Some("http://a.b/stop".into()), ..letter() });
        assert!(plain.contains("List-Unsubscribe: <http://a.b/stop>\r\n") && !plain.contains("-Post"));
        let notice = composed(&letter());
        assert!(notice.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(!notice.contains("Precedence") && !notice.contains("List-"));
    }

    #[test]
    fn plain_strings_that_would_forge_a_header_are_refused() {
        for id in ["", "a@b", "<a@b", "<ab>", "<a@b>\r\nBcc: <x@y.z>", "<a b@c>", "<a@b@c>", "<ü@b>"] {
            assert_eq!(compose(&Letter { message_id: id.into(), ..letter() }), Err(Unfit::MessageId), "{id}");
        }
        let long = format!("https://a.b/{}", "x".repeat(900));
        for url in [
            "ftp://a.b/",
            "http://",
            "https://",
            "https:///a",
            "https://a.b/ c",
            "https://a.b/>\r\nBcc: x",
            &long,
        ] {
            let letter = Letter { unsubscribe: Some(url.into()), ..letter() };
            assert_eq!(compose(&letter), Err(Unfit::Unsubscribe), "{url}");
        }
    }

    #[test]
    fn instants_outside_of_what_a_header_can_say_do_not_break_it() {
        for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            assert!(compose(&Letter { dated_at: at, ..letter() }).is_ok());
        }
    }

    proptest! {
        #[test]
        fn whatever_the_words_are_the_headers_are_ours_and_the_lines_short(
            name in "\\PC{1,60}", subject in "\\PC{1,200}", text in "(?s).{0,300}", html in "(?s).{0,300}",
        ) {
            let (Ok(name), Ok(subject)) = (name.parse::<Line>(), subject.parse::<Line>()) else { return Ok(()) };
            let to = (Some(name.clone()), "zoe@example.org".parse().unwrap());
            let from = Sender { name, ..letter().from };
            let mail = composed(&Letter { from, to, subject, text, html, ..letter() });
            prop_assert_eq!(
                header_names(&mail),
                ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
            );
            prop_assert!(mail.is_ascii());
            prop_assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        }
    }
}
