//! Settings: the storefront's face, the practice's particulars, and her own password.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::catalog::brand::{Accent, DYES};
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::money::Currency;
use crate::domain::people::login::OldPassword;
use crate::domain::people::practitioner::{Practitioner, Role};
use crate::domain::text::Line;
use crate::views::art::{Print, photogram};
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Field, Select, Tag, tag};
use crate::views::{link, text, when};

/// What the page shows: each section has a form of its own.
#[derive(Debug)]
pub struct Settings<'a> {
    /// The storefront's words and colour.
    pub storefront: &'a Typed,
    /// The form for pictures.
    pub pictures: &'a Typed,
    /// The practice's particulars.
    pub practice: &'a Typed,
    /// The form for her password.
    pub password: &'a Typed,
    /// Whether the old one is asked for.
    pub old_password: OldPassword,
    /// Her portrait's address, if she has one.
    pub portrait: Option<&'a str>,
    /// Her cover's address, if she has one.
    pub cover: Option<&'a str>,
    /// The zones that can be chosen.
    pub zones: &'a [String],
    /// The practice's currency.
    pub currency: Currency,
    /// Whether payment online is set up.
    pub online: Readiness,
    /// Whether mail goes out.
    pub mail: Readiness,
}

/// Whether a part of the program is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It is.
    Ready,
    /// It is not; the settings file says how.
    Missing,
}

/// The storefront's form, as it is kept.
#[must_use]
pub fn typed_storefront(storefront: &Storefront, who: &Practitioner) -> Typed {
    let line = |line: &Option<Line>| line.as_ref().map_or(String::new(), ToString::to_string);
    let facts: Vec<&str> = storefront.facts.iter().map(Line::as_str).collect();
    let at_practice = if storefront.at_practice == AtPractice::Offered { "yes" } else { "" };
    Typed::default()
        .with("name", who.name.to_string())
        .with("slug", who.slug.to_string())
        .with("tz", who.zone.to_string())
        .with("accent", storefront.accent.to_string())
        .with("profession", line(&storefront.profession))
        .with("field", line(&storefront.field))
        .with("tagline", line(&storefront.tagline))
        .with("about", storefront.about.to_string())
        .with("facts", facts.join("\n"))
        .with("place", line(&storefront.place))
        .with("at-practice", at_practice)
        .with("currency", storefront.currency.map_or_else(String::new, |currency| currency.to_string()))
}

/// The practice's form, as it is kept.
#[must_use]
pub fn typed_practice(practice: &Practice) -> Typed {
    Typed::default()
        .with("name", practice.name.to_string())
        .with("address", practice.address.to_string())
        .with("email", practice.email.to_string())
        .with("about", practice.about.to_string())
        .with("notice", practice.notice.to_string())
        .with("terms", practice.terms.to_string())
        .with("currency", practice.currency.code())
        .with("zone", practice.zone.to_string())
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, settings: &Settings<'_>) -> Markup {
    let is_owner = desk.who.role == Role::Owner;
    let main = html! {
        div.desk-head {
            h1 { "Settings" }
            ul."filter row" aria-label="On this page" {
                li { a href="#storefront" { "Storefront" } }
                li { a href="#pictures" { "Pictures" } }
                @if is_owner { li { a href="#practice" { "Practice" } } li { a href=(link::desk_people()) { "People" } } li { a href=(link::desk_status()) { "Is all well?" } } }
                li { a href="#payments" { "Payments and mail" } }
                li { a href=(link::desk_calendars()) { "Calendars" } }
                li { a href="#password" { "Password" } }
                li { a href=(link::desk_security()) { "Signing in" } }
            }
        }
        div.settings {
            (section("storefront", "Storefront", settings.storefront, storefront(settings)))
            (section("pictures", "Pictures", settings.pictures, pictures(desk, settings)))
            @if is_owner { (section("practice", "Practice", settings.practice, practice(settings))) }
            (section("payments", "Payments and mail", &Typed::default(), standing(settings)))
            (section("password", "Password", settings.password, password(desk, settings)))
            @if is_owner { (section("export", "Take it away", &Typed::default(), taking_away())) }
        }
    };
    desk.page("Settings", Tab::Settings, &main)
}

fn taking_away() -> Markup {
    html! {
        p { "Everything that the practice keeps, as tables or as one document, whenever you like." }
        div.cluster {
            (Button::new("Take everything away").quiet().link(&link::desk_export()))
            (Button::new("Backups").quiet().link(&link::desk_backups()))
        }
    }
}

fn section(id: &str, heading: &str, typed: &Typed, body: Markup) -> Markup {
    html! {
        section.setting id=(id) {
            h2 { (heading) }
            div.form {
                @if !typed.is_sound() { (ui::look_again("Not saved yet.", "")) }
                (body)
            }
        }
    }
}

/// The colours: eight dye plants, or any other.
#[must_use]
pub fn dyes(typed: &Typed) -> Markup {
    let accent: Accent = typed.value("accent").parse().unwrap_or_default();
    let is_preset = DYES.iter().any(|dye| dye.accent == accent);
    let own = if typed.value("accent-own").is_empty() {
        accent.to_string()
    } else {
        typed.value("accent-own").to_owned()
    };
    html! {
        fieldset."choices dyes" {
            legend { "Your color" }
            div {
                @for dye in DYES {
                    label class={ "dye tint dye-" (dye.name.to_lowercase()) } {
                        input type="radio" name="accent" value=(dye.accent) checked[dye.accent == accent];
                        svg viewBox="0 0 40 40" aria-hidden="true" { path d="M3 3H25A12 12 0 0 1 37 15V37H15A12 12 0 0 1 3 25Z" {} }
                        span { (dye.name) }
                    }
                }
                label.dye {
                    input type="radio" name="accent" value="own" checked[!is_preset];
                    input type="color" name="accent-own" value=(own) aria-label="Your own color";
                    span { "Your own" }
                }
            }
            p.hint { "Any color works. We adjust its depth so words stay readable, by day and at night." }
            @if let Some(error) = typed.error("accent") { p.err { (error) } }
        }
    }
}

fn storefront(settings: &Settings<'_>) -> Markup {
    let typed = settings.storefront;
    let line = |name: &'static str, label: &'static str| {
        Field::new(name, label).value(typed.value(name)).error(typed.error(name))
    };
    let zones = when::zones_in_words(settings.zones);
    let zones: Vec<(&str, &str)> =
        zones.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let as_the_practice = format!("As the practice ({})", settings.currency);
    let currencies = currencies();
    let currencies: Vec<(&str, &str)> = std::iter::once(("", as_the_practice.as_str()))
        .chain(currencies.iter().map(|code| (code.as_str(), code.as_str())))
        .collect();
    let pay = [Choice::new("yes", "Also let people pay at the practice")];
    let mut at_practice = Choices::many("at-practice", "Payment", &pay);
    if typed.value("at-practice") == "yes" {
        at_practice = at_practice.chosen("yes");
    }
    html! {
        form.form method="post" action=(link::desk_settings_storefront()) {
            (line("name", "Your name").required().autocomplete("name"))
            (line("slug", "Address of your storefront").required().hint("The part after the name of this site: a to z, digits and hyphens. Old links stop working when it changes."))
            (line("profession", "What you are").optional())
            (line("field", "Your field, in a word").optional().hint("Where several practitioners are on one page, visitors choose by it: Talking, Coaching, Food."))
            (line("tagline", "In a sentence, what do you help with?").optional().hint("This is the first thing people read."))
            (Area::new("about", "About you").value(typed.value("about")).error(typed.error("about")).optional().with("rows", "6"))
            (Area::new("facts", "Facts").value(typed.value("facts")).error(typed.error("facts")).optional().with("rows", "4")
                .hint("One a line: credentials, languages, where. Up to eight."))
            (line("place", "Where sessions in person are").optional())
            (Select::new("tz", "Your time zone", &zones).value(typed.value("tz")).error(typed.error("tz"))
                .hint("Your hours are by its clock. What was sold keeps the zone of its dates."))
            (Select::new("currency", "Currency of your new packages", &currencies).value(typed.value("currency")).error(typed.error("currency"))
                .hint("What is sold keeps its own."))
            (dyes(typed))
            (at_practice)
            (Button::new("Save storefront"))
        }
    }
}

fn pictures(desk: &Desk<'_>, settings: &Settings<'_>) -> Markup {
    let typed = settings.pictures;
    html! {
        @match settings.cover {
            Some(url) => div."cover mini" { img src=(url) alt="Your cover"; },
            None => { div."cover mini" { (photogram(desk.who.slug.as_str(), Print::Cover)) } p.hint { "No cover? We print one for you from ferns, in your color." } },
        }
        @if let Some(url) = settings.portrait { img.portrait src=(url) alt="Your portrait" width="150" height="180"; }
        form.form method="post" enctype="multipart/form-data" action=(link::desk_settings_pictures()) {
            p.hint { "JPEG, PNG or WebP, up to 8 MB. We crop the middle and take everything hidden out of the file, such as where it was taken." }
            div.cols {
                (Field::new("cover", "Cover picture").kind("file").with("accept", "image/jpeg,image/png,image/webp").error(typed.error("cover")).optional())
                (Field::new("portrait", "Your portrait").kind("file").with("accept", "image/jpeg,image/png,image/webp").error(typed.error("portrait")).optional())
            }
            div.cluster {
                (Button::new("Save pictures").quiet())
                @if settings.cover.is_some() { button.plain name="remove" value="cover" { "Take the cover away" } }
                @if settings.portrait.is_some() { button.plain name="remove" value="portrait" { "Take the portrait away" } }
            }
        }
    }
}

/// Every currency with its code, for a list.
fn currencies() -> Vec<String> {
    Currency::all().iter().map(ToString::to_string).collect()
}

fn practice(settings: &Settings<'_>) -> Markup {
    let typed = settings.practice;
    let currencies = currencies();
    let currencies: Vec<(&str, &str)> =
        currencies.iter().map(|code| (code.as_str(), code.as_str())).collect();
    let zones = when::zones_in_words(settings.zones);
    let zones: Vec<(&str, &str)> =
        zones.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let line = |name: &'static str, label: &'static str| {
        Field::new(name, label)
            .id(&format!("practice-{name}"))
            .value(typed.value(name))
            .error(typed.error(name))
    };
    let area = |name: &'static str, label: &'static str| {
        Area::new(name, label)
            .id(&format!("practice-{name}"))
            .value(typed.value(name))
            .error(typed.error(name))
            .optional()
    };
    html! {
        form.form method="post" action=(link::desk_settings_practice()) {
            (line("name", "Practice name").required())
            (area("address", "Address").with("rows", "3").hint("In the foot of pages and on receipts."))
            (line("email", "Where clients write to").kind("email").required())
            (area("about", "About the practice").with("rows", "3").hint("On the page that lists several practitioners."))
            (area("notice", "A line in the foot of every client page").with("rows", "2").hint("For example whom to call in a crisis."))
            (area("terms", "Terms").with("rows", "8").hint("What a buyer agrees to, beside the rules of the package. Each sale keeps the terms it was made under."))
            div.cols {
                (Select::new("currency", "Currency", &currencies).id("practice-currency").value(typed.value("currency")).error(typed.error("currency"))
                    .hint("For new packages; what is sold keeps its own."))
                (Select::new("zone", "Time zone of the place", &zones).id("practice-zone").value(typed.value("zone")).error(typed.error("zone")))
            }
            (Button::new("Save practice").quiet())
        }
    }
}

fn standing(settings: &Settings<'_>) -> Markup {
    html! {
        p {
            @match settings.online {
                Readiness::Ready => { (tag(Tag::Good, "Payment online is set up.")) }
                Readiness::Missing => { (tag(Tag::Warn, "No payment online.")) " Add the part [stripe] to the settings file." }
            }
            " " a href=(link::desk_till()) { "Your own Stripe account" } "."
        }
        p {
            @match settings.mail {
                Readiness::Ready => { (tag(Tag::Good, "Mail goes out.")) }
                Readiness::Missing => { (tag(Tag::Warn, "No mail is sent.")) " Add the part [mail] to the settings file." }
            }
            " " a href=(link::desk_messages()) { "See all messages" } "."
        }
    }
}

fn password(desk: &Desk<'_>, settings: &Settings<'_>) -> Markup {
    html! {
        (password_form((desk.who, settings.old_password), &link::desk_settings_password(), settings.password))
        p { a href=(link::desk_security()) { "Second factor, and where you are signed in" } }
        p.hint { "You sign in as " (desk.who.email) ". " (text::times_in(&desk.who.zone)) }
    }
}

/// The form in which a member changes her own password.
#[must_use]
pub fn password_form((member, old): (&Practitioner, OldPassword), action: &str, typed: &Typed) -> Markup {
    html! {
        form.form method="post" action=(action) {
            input type="hidden" name="username" autocomplete="username" value=(member.email);
            @if member.password.is_some() && old == OldPassword::Asked {
                (Field::new("old", "Your password now").kind("password").autocomplete("current-password").required().error(typed.error("old")))
            }
            (Field::new("new", "New password").kind("password").autocomplete("new-password").required().error(typed.error("new"))
                .hint("At least 10 characters; a few words in a row are good. Your other browsers are signed out."))
            (Button::new("Change password").quiet())
        }
    }
}
