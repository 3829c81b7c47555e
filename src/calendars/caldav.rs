//! A CalDAV collection (RFC 4791): first whether it is one and has changed, then the events that touch a stretch of time.
//! Servers are not asked to expand series: they differ in how well they do it, and one way to work them out is enough.

use hyper::{Method, StatusCode};
use roxmltree::{Document, Node, ParsingOptions};

use super::address::Address;
use super::fetch::{Question, Web};
use super::well;
use crate::domain::calendar::outside::Trouble;
use crate::domain::time::Timestamp;

const DAV: &str = "DAV:";
const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
const SERVER: &str = "http://calendarserver.org/ns/";

/// The most elements and texts of an answer.
const MOST_NODES: u32 = 200_000;

const STATE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:" xmlns:s="http://calendarserver.org/ns/"><prop><resourcetype/><s:getctag/><sync-token/></prop></propfind>"#;

/// The texts of calendar objects, and what the server calls the state that they are of.
pub(super) type Objects = (Vec<String>, Option<String>);

/// The calendar objects of a collection that touch a stretch of time, and what the server calls its state; none if that is
/// the known one.
pub(super) async fn read(
    web: &Web,
    address: &Address,
    login: Option<&str>,
    known: Option<&str>,
    (from, until): (Timestamp, Timestamp),
) -> Result<Option<Objects>, Trouble> {
    let method = |name: &'static [u8]| Method::from_bytes(name).expect("a method's name");
    let (login_there, body) = (login, STATE.to_owned());
    let propfind =
        Question { method: method(b"PROPFIND"), login: login_there, known: None, depth: Some("0"), body };
    let reply = web.ask(address, &propfind).await?;
    well(&reply, StatusCode::MULTI_STATUS)?;
    let version = state(&reply.body)?;
    if version.is_some() && version.as_deref() == known {
        return Ok(None);
    }
    let report =
        Question { method: method(b"REPORT"), depth: Some("1"), body: query(from, until), ..propfind };
    // The server may have led elsewhere; a password goes along on the same server only.
    let login = login.filter(|_| reply.from.is_beside(address));
    let reply = web.ask(&reply.from, &Question { login, ..report }).await?;
    well(&reply, StatusCode::MULTI_STATUS)?;
    Ok(Some((objects(&reply.body)?, version)))
}

fn query(from: Timestamp, until: Timestamp) -> String {
    let at = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><prop><c:calendar-data/></prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{}" end="{}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"#,
        at(from),
        at(until)
    )
}

fn parse(xml: &str) -> Result<Document<'_>, Trouble> {
    // Without document types there are no entities to blow up.
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|_| Trouble::NotACalendar)
}

/// What the server calls the state of a collection, if the answer is one about a calendar.
fn state(xml: &str) -> Result<Option<String>, Trouble> {
    let document = parse(xml)?;
    let is_calendar = document.descendants().any(|node| {
        node.has_tag_name((CALDAV, "calendar"))
            && node.parent().is_some_and(|parent| parent.has_tag_name((DAV, "resourcetype")))
    });
    if !is_calendar {
        return Err(Trouble::NotACalendar);
    }
    let said = |name: (&str, &str)| {
        let node = document.descendants().find(|node| node.has_tag_name(name));
        node.and_then(|node| node.text()).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    Ok(said((SERVER, "getctag")).or_else(|| said((DAV, "sync-token"))))
}

fn objects(xml: &str) -> Result<Vec<String>, Trouble> {
    let document = parse(xml)?;
    let data = document.descendants().filter(|node| node.has_tag_name((CALDAV, "calendar-data")));
    // A text may come in pieces: characters, and what stands in CDATA.
    let text = |node: Node<'_, '_>| -> String { node.children().filter_map(|child| child.text()).collect() };
    Ok(data.map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_is_known_by_its_type_and_its_state() {
        let of = |kind: &str, state: &str| {
            format!(
                r#"<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"><d:response><d:propstat><d:prop><d:resourcetype><d:collection/>{kind}</d:resourcetype>{state}</d:prop></d:propstat></d:response></d:multistatus>"#
            )
        };
        let both = "<CS:getctag> 7 </CS:getctag><d:sync-token>t</d:sync-token>";
        assert_eq!(state(&of("<C:calendar/>", both)), Ok(Some("7".into())));
        assert_eq!(state(&of("<C:calendar/>", "<d:sync-token>t</d:sync-token>")), Ok(Some("t".into())));
        assert_eq!(state(&of("<C:calendar/>", "<CS:getctag/>")), Ok(None));
        for other in [of("", both), of("<d:calendar/>", both), "<html>".into(), String::new()] {
            assert_eq!(state(&other), Err(Trouble::NotACalendar));
        }
    }

    #[test]
    fn what_is_made_to_burst_does_not() {
        let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><multistatus xmlns="DAV:">&b;</multistatus>"#;
        assert_eq!(objects(bomb), Err(Trouble::NotACalendar));
        assert_eq!(objects(&"<a>".repeat(600_000)), Err(Trouble::NotACalendar));
        assert_eq!(objects(&format!("<a>{}</a>", "<b/>".repeat(400_000))), Err(Trouble::NotACalendar));
        let deep = format!("{}{}", "<a>".repeat(90_000), "</a>".repeat(90_000));
        assert_eq!(objects(&deep), Ok(vec![]));
    }

    #[test]
    fn texts_come_whole() {
        let xml = r#"<m xmlns:c="urn:ietf:params:xml:ns:caldav"><c:calendar-data>a&#13;
<![CDATA[b&]]>c</c:calendar-data><c:calendar-data/></m>"#;
        assert_eq!(objects(xml), Ok(vec!["a\r\nb&c".to_owned(), String::new()]));
    }
}
