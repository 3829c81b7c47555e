//! The mailbox: what the practice has sent, as letters to read. Their links work.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};

use super::{DemoWeb, page};
use crate::domain::email::EmailAddress;
use crate::domain::id::MessageId;
use crate::domain::text::Line;
use crate::domain::time::long_moment;
use crate::views::demo::{self, LetterPage, Listed};
use crate::web::failure::Failure;
use crate::web::security::{FRAMING, NoStore, OwnPolicy};

/// A mail: inline styles and nothing else, within our own pages only.
const FRAMED: OwnPolicy = OwnPolicy(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-top-navigation-by-user-activation allow-popups",
);

/// All letters, newest first.
pub async fn list(State(DemoWeb { web, demo }): State<DemoWeb>) -> Result<Response, Failure> {
    let letters = web.app.captured().ok_or(Failure::NotFound)?.letters();
    let listed = letters.iter().filter_map(|captured| {
        let letter = &captured.letter;
        let to = letter.to.0.as_ref().map_or(letter.to.1.as_str(), Line::as_str);
        let id = id_of(&letter.message_id)?;
        Some(Listed { id, to, subject: &letter.subject, at: letter.dated_at })
    });
    Ok(page(demo::mailbox(&listed.collect::<Vec<_>>(), &demo.zone, demo.accent)))
}

/// One letter.
pub async fn letter(
    State(DemoWeb { web, demo }): State<DemoWeb>,
    Path(message): Path<String>,
) -> Result<Response, Failure> {
    let id: MessageId = message.parse().map_err(|_| Failure::NotFound)?;
    let letters = web.app.captured().ok_or(Failure::NotFound)?.letters();
    let mut all = letters.iter().map(|captured| &captured.letter);
    let letter = all.find(|letter| is_for(id, &letter.message_id)).ok_or(Failure::NotFound)?;
    let mut headers = vec![
        ("From", address(Some(&letter.from.name), &letter.from.address)),
        ("To", address(letter.to.0.as_ref(), &letter.to.1)),
        ("Date", long_moment(letter.dated_at, &demo.zone)),
        ("Message-ID", letter.message_id.clone()),
    ];
    headers.extend(letter.reply_to.as_ref().map(|(name, to)| ("Reply-To", address(name.as_ref(), to))));
    headers.extend(letter.unsubscribe.clone().map(|url| ("List-Unsubscribe", url)));
    let shown = LetterPage {
        id,
        subject: &letter.subject,
        headers: &headers,
        text: &letter.text,
        calendar: letter.calendar.as_ref().map(|calendar| calendar.ics.as_str()),
    };
    let mut response = page(demo::letter(&shown, demo.accent));
    response.extensions_mut().insert(FRAMING);
    Ok(response)
}

/// The HTML of one letter, for the frame.
pub async fn html(
    State(DemoWeb { web, .. }): State<DemoWeb>,
    Path(message): Path<String>,
) -> Result<Response, Failure> {
    let id: MessageId = message.parse().map_err(|_| Failure::NotFound)?;
    let letters = web.app.captured().ok_or(Failure::NotFound)?.letters();
    let mut all = letters.iter().map(|captured| &captured.letter);
    let letter = all.find(|letter| is_for(id, &letter.message_id)).ok_or(Failure::NotFound)?;
    let mut response = Html(demo::letter_html(&letter.html)).into_response();
    response.extensions_mut().insert(FRAMED);
    response.extensions_mut().insert(NoStore);
    Ok(response)
}

/// The message that a letter was sent for: `<id@host>`.
fn id_of(message_id: &str) -> Option<MessageId> {
    message_id.strip_prefix('<')?.split('@').next()?.parse().ok()
}

fn is_for(id: MessageId, message_id: &str) -> bool {
    id_of(message_id) == Some(id)
}

fn address(name: Option<&Line>, address: &EmailAddress) -> String {
    name.map_or_else(|| address.to_string(), |name| format!("{} <{address}>", name.as_str()))
}
