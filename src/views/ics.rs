//! Calendar objects (RFC 5545, RFC 5546): an invitation, its cancellation, a feed. Emitted by hand, so that every
//! value passes through one of four forms that cannot break out of its line.

use crate::domain::email::EmailAddress;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

/// Whether a session will happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It will.
    Confirmed,
    /// It will not.
    Cancelled,
}

/// One session as a calendar sees it. Times are said in UTC, so that no zone data need go with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Names the session in every calendar, for ever: the same in the invitation, each change and the cancellation.
    pub uid: String,
    /// Rises with each change, so that a late mail does not undo a newer one.
    pub sequence: u32,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What it is called.
    pub summary: Line,
    /// What is said about it; lines end in `\n`.
    pub description: String,
    /// Where it is.
    pub location: Option<Line>,
    /// An `http(s)` address of its page; what is none is left out.
    pub url: Option<String>,
    /// Who gives it.
    pub organizer: (Line, EmailAddress),
    /// Who comes to it. Left out of what is published (RFC 5546, 3.2.1).
    pub attendee: Option<(Line, EmailAddress)>,
    /// When this version of the object was made.
    pub stamp: Timestamp,
    /// Whether it will happen.
    pub status: Status,
}

/// An invitation, or a change to one: same `uid`, higher `sequence`.
#[must_use]
pub fn request(event: &Event) -> String {
    let mut object = Object::begin("REQUEST");
    object.event(event, event.status, event.attendee.as_ref());
    object.end()
}

/// Takes an invitation back, whatever the event's own status says.
#[must_use]
pub fn cancel(event: &Event) -> String {
    let mut object = Object::begin("CANCEL");
    object.event(event, Status::Cancelled, event.attendee.as_ref());
    object.end()
}

/// Events for information: a feed to subscribe to, or a file to take away.
#[must_use]
pub fn publish(events: &[Event], name: &Line) -> String {
    let mut object = Object::begin("PUBLISH");
    object.text("NAME", name.as_str());
    object.text("X-WR-CALNAME", name.as_str());
    object.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    object.line("X-PUBLISHED-TTL:PT1H");
    for event in events {
        object.event(event, event.status, None);
    }
    object.end()
}

/// A `VCALENDAR` being written.
struct Object(String);

impl Object {
    fn begin(method: &'static str) -> Self {
        let mut object = Self(String::new());
        for line in
            ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fiddlehead//Fiddlehead//EN", "CALSCALE:GREGORIAN"]
        {
            object.line(line);
        }
        object.line(&format!("METHOD:{method}"));
        object
    }

    fn end(mut self) -> String {
        self.line("END:VCALENDAR");
        self.0
    }

    fn event(&mut self, event: &Event, status: Status, attendee: Option<&(Line, EmailAddress)>) {
        self.line("BEGIN:VEVENT");
        self.text("UID", &event.uid);
        self.line(&format!("SEQUENCE:{}", event.sequence));
        for (name, at) in [("DTSTAMP", event.stamp), ("DTSTART", event.start), ("DTEND", event.end)] {
            self.line(&format!("{name}:{}", at.strftime("%Y%m%dT%H%M%SZ")));
        }
        self.text("SUMMARY", event.summary.as_str());
        if !event.description.is_empty() {
            self.text("DESCRIPTION", &event.description);
        }
        if let Some(location) = &event.location {
            self.text("LOCATION", location.as_str());
        }
        if let Some(url) = event.url.as_deref().filter(|url| is_web_address(url)) {
            self.line(&format!("URL:{url}"));
        }
        self.person("ORGANIZER", "", &event.organizer);
        if let Some(attendee) = attendee {
            // They chose the time themselves, so there is nothing to answer.
            self.person("ATTENDEE", ";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE", attendee);
        }
        self.line(match status {
            Status::Confirmed => "STATUS:CONFIRMED",
            Status::Cancelled => "STATUS:CANCELLED",
        });
        self.line("TRANSP:OPAQUE");
        self.line("END:VEVENT");
    }

    fn person(&mut self, property: &str, parameters: &str, (name, address): &(Line, EmailAddress)) {
        self.line(&format!("{property};CN=\"{}\"{parameters}:{}", quotable(name), mailto(address)));
    }

    fn text(&mut self, property: &str, text: &str) {
        self.line(&format!("{property}:{}", escaped(text)));
    }

    /// One content line, folded so that none is longer than 75 octets (RFC 5545, 3.1), never within a character.
    fn line(&mut self, line: &str) {
        let mut room = 75;
        for c in line.chars() {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = 74;
            }
            room -= c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

/// A TEXT value (RFC 5545, 3.3.11): backslash, semicolon, comma and line end escaped, other controls dropped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            _ if c.is_control() => {}
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A name that can stand between quotation marks as a parameter. The marks themselves cannot be said there, and some
/// programs read `\` and `^` (RFC 6868) as the beginning of an escape.
fn quotable(name: &Line) -> String {
    let plain = |c| match c {
        '"' => '\'',
        '\\' => '/',
        '^' => ' ',
        c => c,
    };
    name.as_str().chars().filter(|c| !c.is_control()).map(plain).collect()
}

/// An address as a URI (RFC 6068): what would mean something else there is written as `%XX`.
fn mailto(address: &EmailAddress) -> String {
    let mut uri = String::from("mailto:");
    for c in address.as_str().chars() {
        if c.is_ascii_alphanumeric() || "-._~!$'*+@".contains(c) {
            uri.push(c);
        } else {
            let mut utf8 = [0; 4];
            for octet in c.encode_utf8(&mut utf8).bytes() {
                uri.push_str(&format!("%{octet:02X}"));
            }
        }
    }
    uri
}

fn is_web_address(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event() -> Event {
        Event {
            uid: "01h8xyz@book.example".into(),
            sequence: 2,
            start: "2026-04-21T21:30:00Z".parse().unwrap(),
            end: "2026-04-21T22:20:00.9Z".parse().unwrap(),
            summary: "Session 4 of 6: breath, and; back\\slash".parse().unwrap(),
            description: "Dear Zoë,\r\n\nbring: a mat, water; nothing else.\u{7}\r\nEND:VEVENT".into(),
            location: Some("12 Fern Lane, 2nd floor; ring twice".parse().unwrap()),
            url: Some("https://book.example/my/sessions/01h8?a=b&c=d".into()),
            organizer: (
                "Quiet \"Field\": Ltd; ^n x\\y".parse().unwrap(),
                "hello@quietfield.example".parse().unwrap(),
            ),
            attendee: Some((
                "山田 花子 さん 山田 花子 さん 山田 花子".parse().unwrap(),
                "a&b%c?=x@example.org".parse().unwrap(),
            )),
            stamp: "2026-04-20T07:05:09.123Z".parse().unwrap(),
            status: Status::Confirmed,
        }
    }

    #[test]
    fn an_invitation_is_these_octets() {
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fiddlehead//Fiddlehead//EN\r\n\
            CALSCALE:GREGORIAN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:01h8xyz@book.example\r\nSEQUENCE:2\r\n\
            DTSTAMP:20260420T070509Z\r\nDTSTART:20260421T213000Z\r\nDTEND:20260421T222000Z\r\n\
            SUMMARY:Session 4 of 6: breath\\, and\\; back\\\\slash\r\n\
            DESCRIPTION:Dear Zoë\\,\\n\\nbring: a mat\\, water\\; nothing else.\\nEND:VEVENT\r\n\
            LOCATION:12 Fern Lane\\, 2nd floor\\; ring twice\r\n\
            URL:https://book.example/my/sessions/01h8?a=b&c=d\r\n\
            ORGANIZER;CN=\"Quiet 'Field': Ltd;  n x/y\":mailto:hello@quietfield.example\r\n\
            ATTENDEE;CN=\"山田 花子 さん 山田 花子 さん 山田 花子\";ROLE=\r\n \
            REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:a%26b%25c%3F%3Dx@examp\r\n le.org\r\n\
            STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(request(&event()), expected);
    }

    #[test]
    fn a_cancellation_names_the_same_event_and_calls_it_off() {
        let object = cancel(&Event { sequence: 3, ..event() });
        for line in ["METHOD:CANCEL", "UID:01h8xyz@book.example", "SEQUENCE:3", "STATUS:CANCELLED"] {
            assert!(object.contains(&format!("\r\n{line}\r\n")), "{line}");
        }
        assert!(!object.contains("CONFIRMED"));
    }

    #[test]
    fn what_is_published_names_no_client() {
        let called_off = Event { uid: "2@book.example".into(), status: Status::Cancelled, ..event() };
        let object = publish(&[event(), called_off], &"Nora, sessions".parse().unwrap());
        assert!(
            object
                .contains("\r\nMETHOD:PUBLISH\r\nNAME:Nora\\, sessions\r\nX-WR-CALNAME:Nora\\, sessions\r\n")
        );
        assert_eq!(object.matches("BEGIN:VEVENT").count(), 2);
        assert!(object.contains("STATUS:CONFIRMED") && object.contains("STATUS:CANCELLED"));
        assert!(!object.contains("ATTENDEE") && !object.contains("example.org"));
    }

    #[test]
    fn an_address_that_is_none_is_left_out() {
        for url in
            ["javascript:alert(1)", "https://a.b/\r\nATTENDEE:x", "https://a.b/ ü", "https://a.b/\"", ""]
        {
            assert!(!request(&Event { url: Some(url.into()), ..event() }).contains("\r\nURL"), "{url}");
        }
    }

    /// The content lines, unfolded.
    fn unfolded(object: &str) -> Vec<String> {
        let body = object.strip_suffix("\r\n").unwrap().replace("\r\n ", "");
        body.split("\r\n").map(ToOwned::to_owned).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut text = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some(c @ ('\\' | ';' | ',')) => text.push(c),
                    other => panic!("no escape: {other:?}"),
                },
                ';' | ',' => panic!("{c} stands bare"),
                c => text.push(c),
            }
        }
        text
    }

    fn value<'a>(lines: &'a [String], property: &str) -> Vec<&'a str> {
        lines.iter().filter_map(|line| line.strip_prefix(property)?.strip_prefix(':')).collect()
    }

    proptest! {
        #[test]
        fn any_words_come_back_and_stay_in_their_lines(
            summary in "\\PC{1,200}", name in "\\PC{1,120}", uid in "\\PC{1,80}",
            description in "(?s)([ -~äß🌿山,;\\\\\n\r\t\0\u{85}]|\r\n){0,400}",
        ) {
            let (Ok(summary), Ok(name)) = (summary.parse::<Line>(), name.parse::<Line>()) else { return Ok(()) };
            let attendee = Some((name.clone(), "zoe@example.org".parse().unwrap()));
            let organizer = (name.clone(), "nora@example.org".parse().unwrap());
            let event = Event {
                uid: uid.clone(), summary: summary.clone(), location: Some(name.clone()),
                description: description.clone(), attendee, organizer, ..event()
            };
            let object = request(&event);
            prop_assert!(object.ends_with("\r\n"));
            for line in object.strip_suffix("\r\n").unwrap().split("\r\n") {
                prop_assert!(line.len() <= 75, "{} octets: {line}", line.len());
                prop_assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{line:?}");
            }
            let lines = unfolded(&object);
            let said = description.replace("\r\n", "\n").replace('\r', "\n");
            let said: String = said.chars().filter(|&c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
            for (property, text) in [
                ("UID", uid.as_str()), ("SUMMARY", summary.as_str()), ("LOCATION", name.as_str()),
                ("DESCRIPTION", said.as_str()),
            ] {
                let expected = if property == "DESCRIPTION" && description.is_empty() { vec![] } else { vec![text] };
                let found: Vec<String> = value(&lines, property).into_iter().map(unescaped).collect();
                prop_assert_eq!(found, expected);
            }
            // A name ends where its quotation mark does.
            for property in ["ORGANIZER;CN=\"", "ATTENDEE;CN=\""] {
                let people: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix(property)).collect();
                prop_assert_eq!(people.len(), 1);
                prop_assert_eq!(people[0].matches('"').count(), 1);
            }
            prop_assert_eq!(lines.iter().filter(|line| line.starts_with("BEGIN:")).count(), 2);
        }
    }
}
