//! The first-run wizard: the code from the console, four questions, and the recovery kit. What was typed stays; every step can
//! be left for later.

use maud::{Markup, html};

use super::art::Icon;
use super::frond::{Counter, frond};
use super::page::{self, Frame, Step};
use super::practitioner::backups;
use super::practitioner::hours::DAYS;
use super::practitioner::packages::each;
use super::practitioner::settings::{Readiness, dyes};
use super::text::{self, weekday};
use super::typed::Typed;
use super::ui::{self, Button, Choice, Choices, Field, Note, Select, Tag, tag};
use super::{link, when};
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::package::Offer;
use crate::domain::credits::validity::book_by;
use crate::domain::money::Currency;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, long_date};

/// How many steps there are for all who come to the wizard.
pub const STEPS: u8 = 4;
/// The step of the owner's recovery kit, which comes after them.
pub const KIT: u8 = STEPS + 1;

/// What the wizard ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ends {
    /// How one is paid: for who joins a practice, and where there is nothing to back up.
    #[default]
    WithPayment,
    /// The recovery kit, for the owner.
    WithKit,
}

/// What every page of the wizard knows.
#[derive(Debug, Clone, Default)]
pub struct Wizard {
    /// The colour, once it is chosen.
    pub accent: Accent,
    /// Its end.
    pub ends: Ends,
}

impl Wizard {
    fn last(&self) -> u8 {
        if self.ends == Ends::WithKit { KIT } else { STEPS }
    }

    fn page(&self, title: &str, at: u8, left: &str, main: &Markup) -> Markup {
        let home = link::setup();
        let frame = Frame::new(title, "Fiddlehead", &home, self.accent);
        page::setup(&frame, Step { at: u32::from(at), of: u32::from(self.last()), left }, main)
    }

    fn step(&self, step: u8, typed: &Typed, title: &str, body: Markup, foot: Markup) -> Markup {
        const LEFT: [&str; 4] =
            ["about 9 minutes left", "about 6 minutes left", "about 3 minutes left", "about 2 minutes left"];
        let left = LEFT.get(usize::from(step).saturating_sub(1)).filter(|_| step < self.last());
        let main = html! {
            form."wrap narrow form wizard" method="post" action=(link::setup_step(step)) {
                h1 { (title) }
                @if !typed.is_sound() {
                    // The key's characters on the last page and a password are never sent back.
                    (ui::look_again("Not quite yet.", match step {
                        1 => "Everything you typed is kept, but for the password.",
                        KIT => "Everything you typed is kept, but for the characters of the key.",
                        _ => "Everything you typed is kept.",
                    }))
                }
                (body)
                div.savebar { (foot) }
            }
        };
        self.page(title, step, left.copied().unwrap_or("about a minute left"), &main)
    }
}

/// Where the code is typed that the program wrote to its console.
#[must_use]
pub fn code(wizard: &Wizard, typed: &Typed) -> Markup {
    let main = html! {
        div."wrap quietpage" {
            div.quiet-fig { (frond(Counter::fresh(6))) }
            div {
                h1 { "A new practice" }
                p { "A few questions, under ten minutes. First, so that nobody else begins in your place, the code that the program wrote when it started." }
                form.form method="post" action=(link::setup()) {
                    (ui::amiss(typed, "Not quite yet."))
                    (Field::new("code", "The code from the console").value(typed.value("code")).error(typed.error("code"))
                        .hint("In the terminal, or with: journalctl -u fiddlehead").autocomplete("one-time-code")
                        .with("autocapitalize", "characters").required())
                    (ui::submit(Button::new("Begin").wide(), html! {}))
                }
            }
        }
    };
    wizard.page("A new practice", 1, "about 10 minutes left", &main)
}

/// Whether the account is still to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// It is: a password is needed.
    New,
    /// One came back to this step: the password may stay as it is.
    Kept,
}

/// Step 1: you and the practice.
#[must_use]
pub fn practice(wizard: &Wizard, typed: &Typed, account: Account, zones: &[String]) -> Markup {
    let line = |name: &'static str, label: &'static str| {
        Field::new(name, label).value(typed.value(name)).error(typed.error(name))
    };
    let none = typed.value("tz").is_empty().then_some(("", "Please choose"));
    let zones = when::zones_in_words(zones);
    let zones: Vec<(&str, &str)> =
        none.into_iter().chain(zones.iter().map(|(name, words)| (name.as_str(), words.as_str()))).collect();
    let mut zone =
        Select::new("tz", "Your time zone", &zones).value(typed.value("tz")).error(typed.error("tz"));
    if typed.value("tz").is_empty() {
        zone = zone.guessed();
    }
    let password = Field::new("password", "A password")
        .kind("password")
        .autocomplete("new-password")
        .error(typed.error("password"));
    let password = match account {
        Account::New => password.required().hint("At least 10 characters; a few words in a row are good."),
        Account::Kept => password.hint("Leave it empty to keep the one you have."),
    };
    let body = html! {
        (line("practice", "What’s your practice called?").autocomplete("organization").required())
        (line("name", "Your name").autocomplete("name").required())
        (line("tagline", "In a sentence, what do you help with?").hint("This is the first thing people read.").optional())
        (line("email", "Your email").kind("email").autocomplete("username").hint("You sign in with it, and clients write to it.").required())
        (password)
        (zone)
        (dyes(typed))
    };
    wizard.step(1, typed, "Let’s make you a front door", body, html! { (Button::new("Save and go on")) })
}

/// The package that step 2 begins with.
#[must_use]
pub fn first_package() -> Typed {
    [
        ("name", "6-Session Program"),
        ("sessions", "6"),
        ("length", "50"),
        ("days", "90"),
        ("format", "video"),
        ("preset", "standard"),
    ]
    .into_iter()
    .fold(Typed::default(), |typed, (name, value)| typed.with(name, value))
}

/// Step 2: the first package. `offer` is what the form comes to, if it is sound.
#[must_use]
pub fn package(
    wizard: &Wizard,
    typed: &Typed,
    currency: Currency,
    offer: Option<&Offer>,
    (now, zone): (Timestamp, &Zone),
) -> Markup {
    let number = |name: &'static str, label: &'static str| {
        Field::new(name, label)
            .kind("number")
            .with("inputmode", "numeric")
            .with("min", "1")
            .value(typed.value(name))
            .error(typed.error(name))
            .required()
    };
    let currencies: Vec<String> = Currency::all().iter().map(ToString::to_string).collect();
    let currencies: Vec<(&str, &str)> =
        currencies.iter().map(|code| (code.as_str(), code.as_str())).collect();
    let chosen = if typed.has("currency") { typed.value("currency") } else { currency.code() };
    let formats = [
        Choice::new("video", "By video"),
        Choice::new("in-person", "In person"),
        Choice::new("phone", "By telephone"),
    ];
    let format = if typed.has("format") { typed.value("format") } else { "video" };
    let body = html! {
        p { "Most people sell a run of sessions. We’ve filled one in; change what you like. You can add others later." }
        input type="hidden" name="id" value=(typed.value("id"));
        (Field::new("name", "Name").value(typed.value("name")).error(typed.error("name")).required())
        div.cols {
            (number("sessions", "Sessions"))
            (Field::new("price", "Price for all of them").with("inputmode", "decimal").value(typed.value("price")).error(typed.error("price")).required())
            (number("length", "Minutes each"))
            (number("days", "Use within, days").error(typed.error("validity").or(typed.error("days"))))
        }
        (Select::new("currency", "Currency", &currencies).value(chosen).error(typed.error("currency")))
        (Choices::one("format", "Sessions are", &formats).chosen(format))
        @if let Some(offer) = offer { (adds_up(offer, now, zone)) }
    };
    wizard.step(
        2,
        typed,
        "Your first package",
        body,
        html! {
            (Button::new("Save and go on"))
            a href=(link::setup_step(1)) { "Back" }
            a href=(link::setup_step(3)) { "Do this later" }
        },
    )
}

fn adds_up(offer: &Offer, now: Timestamp, zone: &Zone) -> Markup {
    let until = book_by(offer.validity, now, None, zone);
    html! {
        div."ba one" {
            (frond(Counter::fresh(offer.sessions)))
            p {
                @if let Some(each) = each(offer.price, offer.sessions) { b { (text::capital(&each)) "." } br; }
                @if let Some(until) = until { "Someone who buys today has until " (long_date(until)) ". We’ll remind them a week before." }
            }
        }
    }
}

/// The hours that step 3 begins with: nothing ticked, nine to five filled in.
#[must_use]
pub fn first_hours() -> Typed {
    let mut typed = Typed::default();
    for (_, name) in DAYS {
        typed.set(&format!("{name}-from"), "09:00");
        typed.set(&format!("{name}-until"), "17:00");
    }
    ["tuesday", "wednesday", "thursday"].iter().for_each(|day| typed.push("open", *day));
    typed
}

/// Step 3: weekly hours, one stretch a day.
#[must_use]
pub fn hours(wizard: &Wizard, typed: &Typed, zone: &Zone) -> Markup {
    let body = html! {
        p { "Tick the days and give the hours. You can fine-tune this later. " (text::times_in(zone)) }
        @if let Some(error) = typed.error("week") { p.err role="alert" { (error) } }
        ul."weekhours simple" {
            @for (day, name) in DAYS {
                @let (from, until) = (format!("{name}-from"), format!("{name}-until"));
                @let error = typed.error(name);
                @let (invalid, described) = (error.map(|_| "true"), error.map(|_| format!("{name}-e")));
                li {
                    label.choice {
                        input type="checkbox" name="open" value=(name) checked[typed.all("open").iter().any(|open| open == name)];
                        span { (weekday(day)) }
                    }
                    div.range {
                        label.sr for=(from) { (weekday(day)) ", from" }
                        input type="time" id=(from) name=(from) value=(typed.value(&from)) aria-invalid=[invalid] aria-describedby=[described.as_deref()];
                        span aria-hidden="true" { "to" }
                        label.sr for=(until) { (weekday(day)) ", until" }
                        input type="time" id=(until) name=(until) value=(typed.value(&until)) aria-invalid=[invalid] aria-describedby=[described.as_deref()];
                    }
                    @if let Some(error) = error { p.err id={ (name) "-e" } { (error) } }
                }
            }
        }
    };
    wizard.step(
        3,
        typed,
        "When can people come?",
        body,
        html! {
            (Button::new("Save and go on"))
            a href=(link::setup_step(2)) { "Back" }
            a href=(link::setup_step(4)) { "Do this later" }
        },
    )
}

/// Step 4: how to be paid, and what is set up outside of the browser.
#[must_use]
pub fn payment(
    wizard: &Wizard,
    typed: &Typed,
    online: Readiness,
    mail: Readiness,
    storefront_url: &str,
) -> Markup {
    let pay = [Choice::with_detail(
        "yes",
        "Pay at the practice",
        "Cash, card or bank transfer. You mark it paid, and the sessions open.",
    )];
    let mut at_practice = Choices::many("at-practice", "Without a payment provider", &pay).cards();
    if typed.value("at-practice") == "yes" {
        at_practice = at_practice.chosen("yes");
    }
    let body = html! {
        section {
            h2 { "Card, Apple Pay and Google Pay" }
            @match online {
                Readiness::Ready => p { (tag(Tag::Good, "Set up.")) " Through your own Stripe account. Money goes straight to you; Fiddlehead takes nothing." },
                Readiness::Missing => p {
                    (tag(Tag::Warn, "Not set up.")) " With a Stripe account, put its secret key into the settings file, in the part "
                    code { "[stripe]" } ", and have the program read it anew (" code { "systemctl reload fiddlehead" } "). Money goes straight to you; Fiddlehead takes nothing."
                },
            }
        }
        (at_practice)
        section {
            h2 { "Mail" }
            @match mail {
                Readiness::Ready => p { (tag(Tag::Good, "Set up.")) " Receipts, reminders and sign-in links go out by themselves." },
                Readiness::Missing => p {
                    (tag(Tag::Warn, "Not set up.")) " Put your mail server into the settings file, in the part " code { "[mail]" }
                    ". Until then you make sign-in links on each client’s page and hand them over yourself."
                },
            }
        }
        (ui::note(Note::Good, "You’re ready.", html! { "Your storefront is at " b { (storefront_url) } ", and you can change all of this in Settings." }))
    };
    wizard.step(
        4,
        typed,
        "How would you like to be paid?",
        body,
        html! {
            (Button::new(if wizard.ends == Ends::WithKit { "Save and go on" } else { "Finish" }))
            a href=(link::setup_step(3)) { "Back" }
        },
    )
}

/// The owner's last step: the recovery kit, printed and confirmed; `typed` has the key's last characters.
#[must_use]
pub fn kit(wizard: &Wizard, practice: &Line, identity: &str, typed: &Typed) -> Markup {
    let body = html! {
        p { "Machines die. Every night a copy of everything can go to a place of yours, sealed so that only the key on this paper opens it. Keep the paper where you keep your passport." }
        (backups::paper(practice, identity))
        div."form no-print" { (backups::confirm(identity, typed)) }
    };
    wizard.step(
        KIT,
        typed,
        "What if this machine is lost?",
        body,
        html! {
            (Button::new("I have the paper").icon(Icon::Check))
            a href=(link::setup_step(STEPS)) { "Back" }
            a href=(format!("{}?done=ready", link::desk())) { "Do this later" }
        },
    )
}
