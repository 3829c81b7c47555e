//! What can be done to a lot beside giving and more time: pausing, correcting, passing on; and more time for many. Each page
//! shows the lot as it is and as it would be, in a drawing and in words, before anything happens.

use maud::{Markup, html};

use super::{Desk, Tab, counter_of};
use crate::domain::credits::extension;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::LotId;
use crate::domain::people::client::Client;
use crate::domain::time::{long_date, long_day, short_date};
use crate::views::frond::frond;
use crate::views::link;
use crate::views::text::{self, Said, sessions, use_by};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};
use jiff::civil::Date;

/// A lot and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Whose credits they are.
    pub client: &'a Client,
    /// The lot and what it amounts to.
    pub counted: &'a Counted,
}

impl Subject<'_> {
    fn name(&self) -> &str {
        self.client.name.first_word()
    }
}

const REASON: &str = "Stands in the ledger, where both of you can read it.";

fn frame(desk: &Desk<'_>, subject: &Subject<'_>, title: &str, main: &Markup) -> Markup {
    let href = link::desk_client(subject.client.id);
    let (lot, _) = subject.counted;
    let main = html! {
        (super::head(Some((&href, subject.client.name.as_str())), title, html! { (lot.offer.name) }))
        div.narrow { (main) }
    };
    desk.page(title, Tab::Clients, &main)
}

/// The lot as it is.
fn as_it_is(desk: &Desk<'_>, (lot, balance): &Counted) -> Markup {
    html! {
        div."ba one" {
            (frond(counter_of(balance)))
            p { b { (text::left_to_book(balance.available_or_frozen())) } br; (use_by(lot, balance, desk.now)) }
        }
    }
}

/// The lot as it is and as it would be.
fn as_it_would_be(seen: &Foresight, words: Markup) -> Markup {
    ui::before_after(counter_of(&seen.before), counter_of(&seen.after), words)
}

/// A refusal, and the way back.
fn refused(desk: &Desk<'_>, subject: &Subject<'_>, said: &Said) -> Markup {
    html! {
        (as_it_is(desk, subject.counted))
        (ui::note(Note::Warn, &said.what, html! { (said.then) }))
        p.gap { a href=(link::desk_client(subject.client.id)) { "Back to " (subject.name()) } }
    }
}

fn stay(subject: &Subject<'_>) -> Markup {
    html! { a href=(link::desk_client(subject.client.id)) { "Leave it as it is" } }
}

/// "2 of 6 left", as one says it of somebody.
fn left_of(balance: &Balance) -> String {
    format!("{} of {}", balance.available_or_frozen(), sessions(balance.total))
}

/// Pausing a lot, or ending its pause.
#[must_use]
pub fn pause(
    desk: &Desk<'_>,
    subject: &Subject<'_>,
    seen: Result<&Foresight, &Said>,
    typed: &Typed,
) -> Markup {
    let (lot, balance) = subject.counted;
    let ends = balance.frozen_at.is_some();
    let (title, button, turn) = if ends {
        ("End the pause", "End the pause", "unfreeze")
    } else {
        ("Pause", "Pause these sessions", "freeze")
    };
    let main = match seen {
        Err(said) => refused(desk, subject, said),
        Ok(seen) => html! {
            (as_it_is(desk, subject.counted))
            form.form method="post" action=(link::desk_pause(lot.id)) {
                input type="hidden" name="turn" value=(turn);
                (ui::amiss(typed, "Not paused yet."))
                @if ends { (ui::note(Note::Info, &can_be_booked(&seen.after), until(seen))) }
                @else { (ui::note(Note::Info, "Nothing can be booked while the pause lasts.", waits(subject, seen))) }
                @if !ends {
                    (Field::new("reason", "Why").value(typed.value("reason")).optional().hint(REASON).error(typed.error("reason")))
                }
                (ui::submit(Button::new(button), stay(subject)))
            }
        },
    };
    frame(desk, subject, title, &main)
}

fn can_be_booked(after: &Balance) -> String {
    format!("From now on {} can be booked again.", sessions(after.available))
}

fn until(seen: &Foresight) -> Markup {
    html! { @if let Some(deadline) = &seen.after.deadline { "The date moves by the days of the pause, to " b { (long_date(deadline.on)) } "." } }
}

fn waits(subject: &Subject<'_>, seen: &Foresight) -> Markup {
    html! {
        @if seen.before.held() > 0 { "What is booked stays: " (sessions(seen.before.held())) ". " }
        @match &seen.before.deadline {
            Some(deadline) => { "The date, now " b { (long_date(deadline.on)) } ", waits and moves on by the days of the pause. " }
            None => { "It has no date that could run out. " }
        }
        (subject.name()) " gets no reminders about it meanwhile."
    }
}

/// Correcting the number: the form, and with a number in it what would become of the lot.
#[must_use]
pub fn adjust(desk: &Desk<'_>, subject: &Subject<'_>, seen: Option<&Foresight>, typed: &Typed) -> Markup {
    let (lot, balance) = subject.counted;
    let now = balance.total.to_string();
    let to = if typed.has("to") { typed.value("to") } else { &now };
    let action = link::desk_adjust(lot.id);
    let fields = html! {
        (ui::amiss(typed, "Not corrected yet."))
        (Field::new("to", "Sessions in all").kind("number").with("min", "0").with("max", "100").value(to).required()
            .hint("How many this package should have had from the beginning.").error(typed.error("to")))
        (Field::new("reason", "Why").value(typed.value("reason")).required().hint(REASON).error(typed.error("reason")))
    };
    let main = html! {
        @match seen {
            None => {
                (as_it_is(desk, subject.counted))
                form.form action=(action) { (fields) (ui::submit(Button::new("See what changes"), stay(subject))) }
            }
            Some(seen) => {
                (as_it_would_be(seen, html! {
                    (subject.name()) " will have " b { (left_of(&seen.after)) } " left, not " (left_of(&seen.before)) "."
                }))
                form.form method="post" action=(action) {
                    input type="hidden" name="from" value=(balance.total);
                    input type="hidden" name="to" value=(typed.value("to"));
                    input type="hidden" name="reason" value=(typed.value("reason"));
                    (ui::note(Note::Info, &format!("“{}”", typed.value("reason")), worth(lot, seen)))
                    (ui::submit(Button::new("Correct the number"), html! {
                        span { a href=(action) { "Another number" } ", or " (stay(subject)) }
                    }))
                }
            }
        }
    };
    frame(desk, subject, "Correct the number", &main)
}

/// What a correction does to the books.
fn worth(lot: &Lot, seen: &Foresight) -> Markup {
    let stake = seen.after.stake(lot);
    html! {
        @if stake.is_zero() { "No money stands behind these sessions, so the books stay as they are." }
        @else if seen.after.total == 0 { "What was paid stays in the books." }
        @else {
            "What was paid, " (stake) ", stays, and counts for " (sessions(seen.after.total)) " instead of "
            (seen.before.total) ": about " (stake.part(1, seen.after.total)) " each."
        }
    }
}

/// A transfer as far as it is known.
#[derive(Debug, Clone)]
pub enum Passing<'a> {
    /// To whom is not known yet: these are found.
    Finding(&'a [Client]),
    /// Known to whom.
    Chosen(&'a Client),
    /// All is known.
    Seen {
        /// Who gets them.
        to: &'a Client,
        /// What becomes of the lot.
        from: &'a Foresight,
        /// The lot that she gets.
        lot: &'a Lot,
    },
}

/// Passing credits on: to whom, then how many and why, then what would become of both.
#[must_use]
pub fn pass_on(desk: &Desk<'_>, subject: &Subject<'_>, passing: &Passing<'_>, typed: &Typed) -> Markup {
    let main = match passing {
        Passing::Finding(found) => find_somebody(desk, subject, found, typed),
        Passing::Chosen(to) => how_many(desk, subject, to, typed),
        Passing::Seen { to, from, lot } => pass_on_now(subject, to, (from, lot), typed),
    };
    frame(desk, subject, "Pass sessions on", &main)
}

fn find_somebody(desk: &Desk<'_>, subject: &Subject<'_>, found: &[Client], typed: &Typed) -> Markup {
    let (lot, _) = subject.counted;
    let action = link::desk_pass_on(lot.id);
    let looked = !typed.value("q").trim().is_empty();
    html! {
        (as_it_is(desk, subject.counted))
        form."inline gap" role="search" action=(action) {
            (Field::new("q", "To whom? Name, email or phone").kind("search").value(typed.value("q")).required())
            (Button::new("Find").quiet())
        }
        @if looked && found.is_empty() { p.gap { "Nobody found." } }
        ul.plainlist {
            @for client in found { li { a href={ (action) "?who=" (client.id) } { (client.name) } ", " (client.email) } }
        }
        p.gap { a href={ (link::desk_client_new()) "?lot=" (lot.id) } { "Somebody new" } " " (stay_or(subject)) }
    }
}

fn stay_or(subject: &Subject<'_>) -> Markup {
    html! { "or " a href=(link::desk_client(subject.client.id)) { "leave it as it is" } "." }
}

fn how_many(desk: &Desk<'_>, subject: &Subject<'_>, to: &Client, typed: &Typed) -> Markup {
    let (lot, balance) = subject.counted;
    let action = link::desk_pass_on(lot.id);
    let all = balance.available.max(1).to_string();
    let count = if typed.has("count") { typed.value("count") } else { &all };
    html! {
        (as_it_is(desk, subject.counted))
        form.form action=(action) {
            input type="hidden" name="who" value=(to.id);
            (ui::amiss(typed, "Not passed on yet."))
            p { "To " b { (to.name) } ", " (to.email) ". " a href=(action) { "Somebody else" } }
            (Field::new("count", "How many").kind("number").with("min", "1").with("max", &all).value(count).required()
                .hint("Only what is not booked can be passed on.").error(typed.error("count")))
            (Field::new("reason", "Why").value(typed.value("reason")).required().hint(REASON).error(typed.error("reason")))
            (ui::submit(Button::new("See what changes"), stay(subject)))
        }
    }
}

fn pass_on_now(subject: &Subject<'_>, to: &Client, (from, lot): (&Foresight, &Lot), typed: &Typed) -> Markup {
    let (whole, _) = subject.counted;
    let action = link::desk_pass_on(whole.id);
    let other = to.name.first_word();
    html! {
        (as_it_would_be(from, html! {
            (subject.name()) " will have " b { (left_of(&from.after)) } " left." br;
            (other) " will have " b { (sessions(lot.offer.sessions)) } " of the same kind."
        }))
        form.form method="post" action=(action) {
            input type="hidden" name="id" value=(lot.id);
            @for name in ["who", "count", "reason"] { input type="hidden" name=(name) value=(typed.value(name)); }
            (ui::note(Note::Info, &format!("“{}”", typed.value("reason")), html! {
                @if let Some(deadline) = &from.before.deadline { "They keep their date, " (long_date(deadline.on)) ". " }
                @if lot.paid.is_zero() { "No money stands behind them. " }
                @else { (lot.paid) " of what was paid goes along. Money given back for them would go to whoever paid. " }
                "Nothing is written to either of them; both find it in their ledger."
            }))
            (ui::submit(Button::new(&format!("Pass on to {other}")), html! {
                span { a href={ (action) "?who=" (to.id) } { "Another number" } ", or " (stay(subject)) }
            }))
        }
    }
}

/// A lot of the list of those that get more time.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// Whose.
    pub client: &'a Client,
    /// The lot.
    pub lot: &'a Lot,
    /// Its date now.
    pub by: Option<Date>,
    /// The date that it would have, or why it gets none; nothing before a number of days is known.
    pub to: Option<Result<Date, extension::Refusal>>,
    /// Whether it is ticked.
    pub is_ticked: bool,
}

/// Time off by whose length dates can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// How many days.
    pub days: i32,
}

/// How long time off was, as a proposal.
#[must_use]
pub fn away(one: Away) -> String {
    let span = if one.first == one.last {
        long_day(one.first)
    } else {
        format!("{} to {}", long_day(one.first), long_day(one.last))
    };
    format!("{} as you are away, {span}", text::days(u32::try_from(one.days).unwrap_or(0)))
}

/// More time for many: who, and how many days; then each new date, and one button for all. There may be `more` than all
/// that are listed.
#[must_use]
pub fn extend_many(
    desk: &Desk<'_>,
    (all, more): (&[Candidate<'_>], usize),
    aways: &[Away],
    typed: &Typed,
) -> Markup {
    let href = link::desk_clients();
    let is_seen = all.iter().any(|one| one.to.is_some());
    let main = html! {
        (super::head(Some((&href, "Clients")), "More time for several", html! { "Everybody whose sessions you tick gets it, or nobody." }))
        @if all.is_empty() { p { "Nobody has sessions left that reach a date." } }
        @else if is_seen { (each_new_date(all, typed)) }
        @else {
            @if more > 0 {
                (ui::note(Note::Info, &format!("These are the {} whose date comes first.", all.len()), html! {
                    (more) " more can be extended once these are done."
                }))
            }
            (whom(desk, all, aways, typed))
        }
    };
    desk.page("More time for several", Tab::Clients, &main)
}

fn whom(desk: &Desk<'_>, all: &[Candidate<'_>], aways: &[Away], typed: &Typed) -> Markup {
    let action = link::desk_extend_many();
    html! {
        form.form action=(action) {
            input type="hidden" name="show" value=(typed.value("show"));
            fieldset.choices {
                legend { "Whose sessions" }
                @for one in all {
                    label.choice {
                        input type="checkbox" name="lot" value=(one.lot.id) checked[one.is_ticked];
                        span {
                            (one.client.name)
                            small { (one.lot.offer.name) @if let Some(by) = one.by { ", " (text::to_use(one.lot)) " by " (text::day(by, desk.zone().date(desk.now))) } }
                        }
                    }
                }
                @if let Some(error) = typed.error("lot") { p.err { (error) } }
            }
            div."form narrow" {
                (Field::new("days", "Days more").kind("number").with("min", "1").with("max", "365").value(typed.value("days"))
                    .required().hint("Added to the date that each has.").error(typed.error("days")))
                @if !aways.is_empty() {
                    ul.plainlist { @for one in aways { li { a href={ (action) "?show=" (typed.value("show")) "&fill=" (one.days) } { (away(*one)) } } } }
                }
                (Field::new("reason", "Why").value(typed.value("reason")).required().hint(REASON).error(typed.error("reason")))
                (ui::submit(Button::new("See the new dates"), html! { a href=(link::desk_clients()) { "Leave them as they are" } }))
            }
        }
    }
}

fn each_new_date(all: &[Candidate<'_>], typed: &Typed) -> Markup {
    let can: Vec<(LotId, Date)> = all.iter().filter_map(|one| Some((one.lot.id, one.to?.ok()?))).collect();
    let n = u32::try_from(can.len()).unwrap_or(u32::MAX);
    let button = format!("Extend {}", text::counted(n, "date", "dates"));
    html! {
        table.ledger {
            caption.sr { "Each date now and then" }
            thead { tr { th scope="col" { "Who" } th scope="col" { "Now" } th scope="col" { "Then" } } }
            tbody {
                @for one in all {
                    tr {
                        td { (one.client.name) br; span.hint { (one.lot.offer.name) } }
                        td { @if let Some(by) = one.by { (short_date(by)) } }
                        td {
                            @match one.to {
                                Some(Ok(to)) => b { (short_date(to)) },
                                Some(Err(why)) => (text::extension(why)),
                                None => {}
                            }
                        }
                    }
                }
            }
        }
        form."form narrow gap" method="post" action=(link::desk_extend_many()) {
            @for (lot, to) in &can { input type="hidden" name="lot" value={ (lot) "/" (to) }; }
            @for name in ["days", "reason", "show"] { input type="hidden" name=(name) value=(typed.value(name)); }
            @if let Some(error) = typed.error("lot") { (ui::note(Note::Bad, "Nothing was changed.", html! { (error) })) }
            (ui::note(Note::Info, &format!("“{}”", typed.value("reason")), html! {
                "Sessions that had reached their date come back. Reminders are set anew for a week before each date. Nothing is sent now."
            }))
            @if can.is_empty() { p { a href=(link::desk_extend_many()) { "Choose again" } } }
            @else { (ui::submit(Button::new(&button), html! { a href=(link::desk_clients()) { "Leave them as they are" } })) }
        }
    }
}
