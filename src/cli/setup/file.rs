//! The file of `setup --from` as TOML has it: every key there is. Unknown ones are refused with their line.

use serde::Deserialize;
use toml::Spanned;

/// A text with its place in the file.
pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub practice: Practice,
    #[serde(default)]
    pub practitioner: Vec<Practitioner>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Practice {
    pub name: Text,
    pub address: Option<Text>,
    pub email: Text,
    pub about: Option<Text>,
    pub notice: Option<Text>,
    pub terms: Option<Text>,
    pub currency: Text,
    pub zone: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Practitioner {
    pub name: Text,
    pub slug: Option<Text>,
    pub email: Text,
    pub role: Option<Text>,
    pub zone: Option<Text>,
    pub password: Option<Text>,
    pub password_hash: Option<Text>,
    #[serde(default)]
    pub storefront: Storefront,
    #[serde(default)]
    pub hours: Hours,
    #[serde(default)]
    pub package: Vec<Package>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Storefront {
    pub accent: Option<Text>,
    pub profession: Option<Text>,
    pub tagline: Option<Text>,
    pub about: Option<Text>,
    pub facts: Vec<Text>,
    pub place: Option<Text>,
    pub pay_at_practice: Option<bool>,
    pub portrait: Option<Text>,
    pub cover: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Hours {
    pub monday: Vec<Text>,
    pub tuesday: Vec<Text>,
    pub wednesday: Vec<Text>,
    pub thursday: Vec<Text>,
    pub friday: Vec<Text>,
    pub saturday: Vec<Text>,
    pub sunday: Vec<Text>,
    pub step: Option<Spanned<u16>>,
    pub buffer_before: Option<Spanned<u16>>,
    pub buffer_after: Option<Spanned<u16>>,
    pub notice_hours: Option<Spanned<u16>>,
    pub horizon_days: Option<Spanned<u16>>,
    pub daily_limit: Option<Spanned<u32>>,
    pub date: Vec<OtherDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherDate {
    pub on: Spanned<toml::value::Datetime>,
    #[serde(default)]
    pub open: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub name: Text,
    pub slug: Option<Text>,
    pub description: Option<Text>,
    pub sessions: Spanned<u32>,
    pub length: Spanned<u32>,
    pub price: Text,
    pub days: Option<Spanned<u32>>,
    pub months: Option<Spanned<u32>>,
    pub until: Option<Spanned<toml::value::Datetime>>,
    pub never: Option<Spanned<bool>>,
    pub start_within_days: Option<Spanned<u32>>,
    pub policy: Option<Text>,
    pub format: Option<Text>,
    pub link: Option<Text>,
    pub place: Option<Text>,
    #[serde(default)]
    pub chapters: Vec<Text>,
    pub listing: Option<Text>,
}
