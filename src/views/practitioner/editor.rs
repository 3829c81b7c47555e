//! The package editor: a form, and beside it the package as clients will see it.

use jiff::civil::Date;
use maud::{Markup, html};

use super::packages::each;
use super::{Desk, Tab};
use crate::domain::catalog::package::{Begins, Format, Listing, Offer, Package, Term};
use crate::domain::catalog::policy::Preset;
use crate::domain::credits::validity::book_by;
use crate::domain::id::PackageId;
use crate::domain::money::Currency;
use crate::domain::text::Slug;
use crate::domain::time::{Timestamp, Zone, long_date};
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Field, Note, Select};

/// What the editor shows.
#[derive(Debug)]
pub struct Editor<'a> {
    /// The package as it is kept, if it is.
    pub package: Option<&'a Package>,
    /// The id that it has or will have.
    pub id: PackageId,
    /// How often it was sold.
    pub sold: u32,
    /// The currency in which it is priced.
    pub currency: Currency,
    /// What stands in the form.
    pub typed: &'a Typed,
    /// What the form comes to, if it is sound.
    pub offer: Option<&'a Offer>,
}

/// The form of an offer, as it is kept.
#[must_use]
pub fn typed(offer: &Offer, slug: &Slug) -> Typed {
    let (term, amount, until) = match offer.validity.term {
        Term::Days(n) => ("days", n.to_string(), String::new()),
        Term::Months(n) => ("months", n.to_string(), String::new()),
        Term::Until(date) => ("until", String::new(), date.to_string()),
        Term::Never => ("never", String::new(), String::new()),
    };
    let (begins, latest) = match offer.validity.begins {
        Begins::AtPayment => ("payment", String::new()),
        Begins::AtFirstSession { latest_days } => ("first-session", latest_days.to_string()),
    };
    let (format, place, link) = match &offer.format {
        Format::InPerson { place } => ("in-person", place.as_ref(), None),
        Format::Video { link } => ("video", None, link.as_ref()),
        Format::Phone => ("phone", None, None),
    };
    let line = |line: Option<&crate::domain::text::Line>| line.map_or(String::new(), ToString::to_string);
    let mut typed = Typed::default()
        .with("name", offer.name.to_string())
        .with("description", offer.description.to_string())
        .with("sessions", offer.sessions.to_string())
        .with("length", offer.length_minutes.to_string())
        .with("price", offer.price.digits())
        .with("term", term)
        .with("validity", amount)
        .with("until", until)
        .with("begins", begins)
        .with("latest", latest)
        .with("preset", offer.preset.name())
        .with("format", format)
        .with("place", line(place))
        .with("link", line(link))
        .with("slug", slug.to_string());
    for chapter in &offer.chapters {
        typed.push("chapter", chapter.to_string());
    }
    typed
}

/// The form of a new package: six sessions of 50 minutes, 90 days, the standard rules.
#[must_use]
pub fn fresh() -> Typed {
    [
        ("sessions", "6"),
        ("length", "50"),
        ("term", "days"),
        ("validity", "90"),
        ("begins", "payment"),
        ("preset", "standard"),
        ("format", "video"),
    ]
    .into_iter()
    .fold(Typed::default(), |typed, (name, value)| typed.with(name, value))
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, editor: &Editor<'_>) -> Markup {
    let list = link::desk_packages();
    let title = editor.package.map_or("New package", |package| package.offer.name.as_str());
    let action = editor.package.map_or_else(link::desk_package_new, |package| link::desk_package(package.id));
    let typed = editor.typed;
    let main = html! {
        (super::head(Some((&list, "Packages")), title, standing(editor)))
        @if !typed.is_sound() { (ui::note(Note::Bad, "Not saved yet.", html! { "Please look at what is marked below. Everything you typed is kept." })) }
        form."split editor" method="post" action=(action) {
            div."split-main form" {
                input type="hidden" name="id" value=(editor.id);
                (basics(desk, editor))
                (validity(typed))
                (rules(editor))
                (format(typed))
                (chapters(typed))
                (savebar(editor))
            }
            aside.split-side { (preview(desk, editor)) }
        }
        @if let Some(package) = editor.package { (listing(package)) }
    };
    desk.page(title, Tab::Packages, &main)
}

fn standing(editor: &Editor<'_>) -> Markup {
    let Some(package) = editor.package else {
        return html! { "About two minutes. Nothing is shown until you publish it." };
    };
    html! {
        @match package.listing {
            Listing::Published => "On your storefront. ",
            Listing::Draft => "A draft; only you see it. ",
            Listing::Archived => "Put away; its page says that it is no longer offered. ",
        }
        @if editor.sold > 0 { "Sold " (text::times(editor.sold)) ". Sold packages keep what was agreed; changes apply to new purchases only." }
        @else { "Version " (package.version) "." }
    }
}

fn basics(desk: &Desk<'_>, editor: &Editor<'_>) -> Markup {
    let typed = editor.typed;
    let price = format!("Price, in {}", editor.currency.code());
    let number = |name: &'static str, label: &'static str| {
        Field::new(name, label)
            .kind("number")
            .with("inputmode", "numeric")
            .value(typed.value(name))
            .error(typed.error(name))
            .required()
    };
    let address = format!("{}/", link::storefront(&desk.who.slug));
    let slug_hint = format!("The page will be at {address} and this. Left empty, it is made from the name.");
    html! {
        fieldset.group {
            legend { "The package" }
            (Field::new("name", "Name").value(typed.value("name")).error(typed.error("name")).required())
            (Area::new("description", "What it is for").value(typed.value("description")).error(typed.error("description"))
                .hint("A sentence or two. The first paragraph stands on the storefront.").with("rows", "3"))
            div.cols {
                (number("sessions", "Sessions").with("min", "1").with("max", "100"))
                (Field::new("price", &price).with("inputmode", "decimal").value(typed.value("price")).error(typed.error("price")).required())
                (number("length", "Minutes each").with("min", "5").with("max", "480"))
            }
            details.act open[typed.error("slug").is_some()] {
                summary { "Address of its page" }
                (Field::new("slug", "Address").hint(&slug_hint).value(typed.value("slug")).error(typed.error("slug")).optional())
            }
        }
    }
}

fn validity(typed: &Typed) -> Markup {
    let terms =
        [("days", "days"), ("months", "months"), ("until", "until a fixed date"), ("never", "no end date")];
    let begins =
        [Choice::new("payment", "From the payment"), Choice::new("first-session", "From the first session")];
    let chosen = if typed.has("begins") { typed.value("begins") } else { "payment" };
    html! {
        fieldset.group {
            legend { "How long it is good for" }
            div.cols {
                (Field::new("validity", "Use within").kind("number").with("min", "1").value(typed.value("validity")).error(typed.error("validity")))
                (Select::new("term", "Counted in", &terms).value(typed.value("term")))
                (Field::new("until", "Fixed date, if you chose one").kind("date").value(typed.value("until")).error(typed.error("until")))
            }
            details.act open[typed.value("begins") == "first-session" || typed.error("latest").is_some()] {
                summary { "From when it counts" }
                (Choices::one("begins", "It counts", &begins).chosen(chosen))
                (Field::new("latest", "If from the first session: to begin within, days").kind("number").with("min", "1").with("max", "730")
                    .value(typed.value("latest")).error(typed.error("latest")))
            }
        }
    }
}

/// The three sets of rules, each in plain words, for a package as it is typed.
fn rules(editor: &Editor<'_>) -> Markup {
    let typed = editor.typed;
    let validity =
        editor.offer.map_or(crate::domain::catalog::package::Validity::days(90), |offer| offer.validity);
    let words = Preset::ALL.map(|preset| text::policy(&preset.policy(), validity).join(" "));
    let names = ["Gentle", "Standard", "Strict"];
    let choices: Vec<Choice<'_>> = Preset::ALL
        .iter()
        .zip(names)
        .zip(&words)
        .map(|((preset, name), words)| Choice::with_detail(preset.name(), name, words))
        .collect();
    let chosen = Preset::named(typed.value("preset")).unwrap_or(Preset::Standard);
    html! {
        fieldset.group {
            legend { "Rules" }
            p.hint { "Clients read the one you choose, in these words, before they buy." }
            (Choices::one("preset", "Which rules hold", &choices).cards().chosen(chosen.name()).error(typed.error("preset")))
        }
    }
}

fn format(typed: &Typed) -> Markup {
    let formats = [
        Choice::new("video", "By video"),
        Choice::new("in-person", "In person"),
        Choice::new("phone", "By telephone; you call"),
    ];
    let chosen = if typed.has("format") { typed.value("format") } else { "video" };
    html! {
        fieldset.group {
            legend { "Where you meet" }
            (Choices::one("format", "Sessions are", &formats).chosen(chosen).error(typed.error("format")))
            (Field::new("link", "Video link").kind("url").value(typed.value("link")).error(typed.error("link")).optional()
                .hint("For video: the same room each time. Clients see it on their page and in their mails."))
            (Field::new("place", "Address").value(typed.value("place")).error(typed.error("place")).optional()
                .hint("For sessions in person, if it is not the one on your storefront."))
        }
    }
}

fn chapters(typed: &Typed) -> Markup {
    let count = typed.value("sessions").trim().parse::<usize>().unwrap_or(0).clamp(1, 100);
    let titles = typed.all("chapter");
    html! {
        fieldset.group {
            legend { "Chapters" }
            details.act open[titles.iter().any(|title| !title.trim().is_empty()) || typed.error("chapters").is_some()] {
                summary { "Give the sessions titles" }
                p.hint { "A title for each session, if the program has a shape. Clients see where they are in it. Refresh the preview after changing the number of sessions." }
                @if let Some(error) = typed.error("chapters") { p.err #chapters-e { (error) } }
                ol.chapters {
                    @for i in 0..count {
                        @let id = format!("chapter-{}", i + 1);
                        li {
                            label for=(id) { span.sr { "Session " } (i + 1) }
                            input id=(id) name="chapter" value=(titles.get(i).map_or("", String::as_str))
                                aria-describedby=[typed.error("chapters").map(|_| "chapters-e")];
                        }
                    }
                }
            }
        }
    }
}

fn savebar(editor: &Editor<'_>) -> Markup {
    let published = editor.package.is_some_and(|package| package.listing == Listing::Published);
    html! {
        div.savebar {
            @if published { (Button::new("Save package").sends("then", "keep")) }
            @else {
                (Button::new("Save and publish").sends("then", "publish"))
                (Button::new("Save as a draft").quiet().sends("then", "draft"))
            }
            (Button::new("Refresh preview").quiet().sends("preview", "1"))
        }
    }
}

/// Publishing, taking off, putting away: each its own form, below the editor's.
fn listing(package: &Package) -> Markup {
    let button = |to: &'static str, words: &'static str, meaning: &'static str| {
        html! {
            li { form method="post" action=(link::desk_package_listing(package.id)) {
                button.plain name="to" value=(to) { (words) } " " span.hint { (meaning) }
            } }
        }
    };
    html! {
        section.gap {
            h2 { "On the storefront" }
            ul.plainlist {
                @if package.listing != Listing::Published { (button("publish", "Publish it", "Clients can buy it as it was last saved.")) }
                @if package.listing != Listing::Draft { (button("draft", "Take it off", "It becomes a draft that only you see.")) }
                @if package.listing != Listing::Archived { (button("archive", "Put it away", "It is no longer offered. Sold sessions go on as agreed.")) }
            }
        }
    }
}

fn preview(desk: &Desk<'_>, editor: &Editor<'_>) -> Markup {
    html! {
        section.preview aria-label="Preview" {
            p.hint { "As clients will see it" }
            @match editor.offer {
                Some(offer) => (specimen(offer, desk.now, desk.zone())),
                None => p { "The preview appears when what is marked is put right." },
            }
        }
    }
}

/// The plate of a package that cannot be bought from here, and what its numbers come to.
fn specimen(offer: &Offer, now: Timestamp, zone: &Zone) -> Markup {
    let price = if offer.price.is_zero() { "Free".to_owned() } else { offer.price.short() };
    let each = each(offer.price, offer.sessions);
    html! {
        article.plate {
            div.plate-fig { (frond(Counter::fresh(offer.sessions))) }
            div.plate-text {
                h2 { (offer.name) }
                @if let Some(first) = offer.description.paragraphs().next() { p { (first) } }
                p.price { b { (price) } @if let Some(each) = &each { " " span { (each) } } }
                ul.terms {
                    li { (text::session_terms(offer)) }
                    li { (text::format(&offer.format)) }
                    li { (text::validity_terms(offer.validity)) }
                }
            }
        }
        p.derived { output { (derived(offer, now, zone)) } }
    }
}

/// "$90 a session. Bought today, it runs until 13 July 2026."
fn derived(offer: &Offer, now: Timestamp, zone: &Zone) -> String {
    let until = |date: Date| format!("Bought today, it runs until {}.", long_date(date));
    let runs =
        book_by(offer.validity, now, None, zone).map_or_else(|| "It has no end date.".to_owned(), until);
    each(offer.price, offer.sessions)
        .map_or_else(|| runs.clone(), |each| format!("{}. {runs}", text::capital(&each)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::package::tests::six_sessions;

    #[test]
    fn what_a_package_comes_to_is_said_in_one_line() {
        let now = "2026-04-14T14:00:00Z".parse().unwrap();
        let zone = "America/New_York".parse().unwrap();
        assert_eq!(
            derived(&six_sessions(), now, &zone),
            "$90 a session. Bought today, it runs until Monday 13 July 2026."
        );
    }
}
