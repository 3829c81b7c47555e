//! What was typed into a form, and what is wrong with it: kept whole, so that nobody types anything twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The fields of a form by name, with errors beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    values: BTreeMap<String, Vec<String>>,
    errors: BTreeMap<Cow<'static, str>, String>,
}

impl Typed {
    /// A form as it was sent: names may come more than once.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut this = Self::default();
        for (name, value) in pairs {
            this.values.entry(name).or_default().push(value);
        }
        this
    }

    /// The same with a field set to one value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a field to one value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), vec![value.into()]);
    }

    /// Adds a value to a field that may have many.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.values.entry(name.to_owned()).or_default().push(value.into());
    }

    /// The same without some fields.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|name| {
            self.values.remove(*name);
        });
        self
    }

    /// What stands in a field; nothing if it is not there.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// Everything in a field that may have many.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the form had such a field, filled in or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Says what is wrong with a field; the first word stays.
    pub fn wrong(&mut self, name: impl Into<Cow<'static, str>>, why: impl Into<String>) {
        self.errors.entry(name.into()).or_insert_with(|| why.into());
    }

    /// What is wrong with a field, if anything is.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.get(name).map(String::as_str)
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.errors.is_empty()
    }

    /// Reads a field; if it cannot be read, `why` is said beside it.
    pub fn read<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match read(self.value(name).trim()) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong(name, why);
                None
            }
        }
    }

    /// Reads a field that may be left empty.
    pub fn read_optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.value(name).trim().is_empty() { None } else { self.read(name, read) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stays_beside_what_is_wrong_with_it() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut typed = Typed::new([pair("n", "six"), pair("from", "09:00"), pair("from", "13:00")]);
        let number = typed.read("n", |text| text.parse::<u32>().map_err(|_| "A whole number.".to_owned()));
        typed.wrong("n", "Another word.");
        assert_eq!((number, typed.value("n"), typed.error("n")), (None, "six", Some("A whole number.")));
        assert_eq!(typed.all("from"), ["09:00", "13:00"]);
        assert_eq!(typed.read_optional("none", |_| Ok(1)), None);
        assert!(!typed.is_sound() && typed.error("none").is_none());
    }
}
