//! What a form sent: names and values as typed, kept so that a page with errors can show them again.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use super::failure::Failure;
use crate::views::typed::Typed;

/// The most fields of a form. The longest of ours (an extension for a hundred clients, a day's sessions that are called off) has a few
/// hundred; without a bound 256 KB of `a&a&…` would be 130,000 pairs, and 50 times their own room.
const MOST_FIELDS: usize = 2_000;

/// The fields of a form or of an address, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field, or nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// The same, as one that may not be there: an empty field counts as none.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field was sent at all, as a ticked box is.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A field as a value, if it can be read as one.
    #[must_use]
    pub fn read<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).trim().parse().ok()
    }

    /// All names and values, as they were sent.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a field, which is there no more afterwards.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        self.0.retain(|(key, _)| key != name);
        found
    }

    /// As a form sends them.
    #[must_use]
    pub fn encoded(&self) -> String {
        serde_urlencoded::to_string(&self.0).unwrap_or_default()
    }

    /// As views take it: with room for what is wrong.
    #[must_use]
    pub fn typed(&self) -> Typed {
        Typed::new(self.0.iter().cloned())
    }

    /// Reads `a=1&b=2`.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] if it is not of that form, [`Failure::TooLarge`] if it has more fields than any of ours.
    pub fn parse(encoded: &[u8]) -> Result<Self, Failure> {
        if encoded.iter().filter(|byte| **byte == b'&').count() >= MOST_FIELDS {
            return Err(Failure::TooLarge);
        }
        serde_urlencoded::from_bytes(encoded).map(Self).map_err(|_| Failure::Unreadable)
    }
}

/// From the body of a POST, and from the address of a GET.
impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD) {
            return Self::parse(request.uri().query().unwrap_or_default().as_bytes());
        }
        let form = request.headers().get(axum::http::header::CONTENT_TYPE);
        if !form.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded")) {
            return Err(Failure::Unreadable);
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            Failure::of_status(axum::response::IntoResponse::into_response(rejection).status(), "")
        })?;
        Self::parse(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_typed() {
        let fields = Fields::parse(b"name=Nora+Lind&day=1&day=2&empty=+&caf%C3%A9=yes").unwrap();
        assert_eq!(fields.text("name"), "Nora Lind");
        assert_eq!(fields.all("day").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((fields.some("empty"), fields.has("empty"), fields.has("none")), (None, true, false));
        assert_eq!(fields.text("café"), "yes");
        assert_eq!(fields.read::<u32>("day"), Some(1));
    }

    #[test]
    fn more_fields_than_any_form_has_are_refused_before_they_are_read() {
        let of = |count: usize| Fields::parse("a&".repeat(count).trim_end_matches('&').as_bytes());
        assert_eq!(of(MOST_FIELDS).map(|fields| fields.pairs().count()).ok(), Some(MOST_FIELDS));
        assert!(matches!(of(MOST_FIELDS + 1), Err(Failure::TooLarge)));
        assert!(matches!(Fields::parse("&".repeat(256 * 1024).as_bytes()), Err(Failure::TooLarge)));
    }
}
