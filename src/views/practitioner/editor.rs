//! The package editor: a form, and beside it the package as clients will see it; below it where it can be found, and its
//! versions.

mod listing;
mod preview;
mod rules;
mod versions;

pub use versions::Version;

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::catalog::package::{Begins, Format, Listing, Offer, Package, Term};
use crate::domain::catalog::policy::Changes;
use crate::domain::catalog::selling::{FirstTime, Selling};
use crate::domain::id::PackageId;
use crate::domain::money::Currency;
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Field, Select};

/// What the editor shows.
#[derive(Debug)]
pub struct Editor<'a> {
    /// The package as it is kept, if it is.
    pub package: Option<&'a Package>,
    /// The id that it has or will have.
    pub id: PackageId,
    /// How often it was sold.
    pub sold: u32,
    /// Its versions, newest first.
    pub versions: &'a [Version],
    /// The link by which it is found if it is hidden, absolute.
    pub link: Option<&'a str>,
    /// How it is sold, as it stands in the form.
    pub selling: Selling,
    /// The currency in which it is priced.
    pub currency: Currency,
    /// What stands in the form.
    pub typed: &'a Typed,
    /// What the form comes to, if it is sound.
    pub offer: Option<&'a Offer>,
}

/// The form of a package, as it is kept.
#[must_use]
pub fn typed(package: &Package) -> Typed {
    let Package { offer, slug, selling, .. } = package;
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
    let (changes, count) = match offer.policy.changes {
        Changes::AsManyAsSessions => ("sessions", String::new()),
        Changes::Count(n) => ("count", n.to_string()),
        Changes::Unlimited => ("unlimited", String::new()),
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
        .with("cancel", offer.policy.cancel_hours.to_string())
        .with("late", offer.policy.free_late_cancels.to_string())
        .with("change-kind", changes)
        .with("changes", count)
        .with("grace", offer.policy.grace_days.to_string())
        .with("cooling-off", offer.policy.cooling_off_days.to_string())
        .with("limit", selling.per_client.map_or(String::new(), |most| most.to_string()))
        .with("first-time", selling.first_time.name())
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
        ("cancel", "24"),
        ("late", "0"),
        ("change-kind", "sessions"),
        ("grace", "14"),
        ("cooling-off", "0"),
        ("first-time", "off"),
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
        form."split editor" method="post" action=(action) data-preview="" {
            div."split-main form" {
                input type="hidden" name="id" value=(editor.id);
                (ui::amiss(typed, "Not saved yet."))
                (basics(desk, editor))
                (validity(typed))
                (rules::rules(editor))
                (format(typed))
                (chapters(typed))
                (selling(typed))
                (savebar(editor))
            }
            aside.split-side { (preview::preview(desk, editor)) }
        }
        @if let Some(package) = editor.package {
            (listing::listing(package, editor.link))
            (versions::versions(desk, editor.versions))
        }
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
            Listing::Hidden => "Hidden; only those who have its link find it. ",
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
        [("days", "Days"), ("months", "Months"), ("until", "Until a fixed date"), ("never", "No end date")];
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

/// How it is sold.
fn selling(typed: &Typed) -> Markup {
    let first_times = [
        (FirstTime::NotAsked.name(), "No, it is booked after paying"),
        (FirstTime::Optional.name(), "If the buyer likes"),
        (FirstTime::Required.name(), "Always"),
    ];
    html! {
        fieldset.group {
            legend { "How it is sold" }
            (Field::new("limit", "Most for one client").kind("number").with("min", "1").with("max", "100").with("inputmode", "numeric")
                .hint("1 for an introductory offer. Left empty, there is no limit.")
                .value(typed.value("limit")).error(typed.error("limit")).optional())
            (Select::new("first-time", "The first time is chosen at the checkout", &first_times)
                .hint("It is kept for the buyer until the payment is there. If it is lost all the same, the sale and the sessions stand.")
                .value(typed.value("first-time")).error(typed.error("first-time")))
        }
    }
}

fn savebar(editor: &Editor<'_>) -> Markup {
    let on_sale = editor.package.is_some_and(Package::is_on_sale);
    html! {
        div.savebar {
            @if on_sale { (Button::new("Save package").sends("then", "keep")) }
            @else {
                (Button::new("Save and publish").sends("then", "publish"))
                (Button::new("Save as a draft").quiet().sends("then", "draft"))
            }
            (Button::new("Show preview").quiet().sends("preview", "1"))
        }
    }
}
