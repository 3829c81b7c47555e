//! After the checkout form: paid and landed (the mock 04), waiting (15f), on its way, to be paid at the practice, to be
//! shown by a link, failed, gone.

use maud::{Markup, html};

use crate::domain::calendar::reservation::Outcome;
use crate::domain::catalog::purchase::{Purchase, State, Way};
use crate::domain::credits::selection::Counted;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, long_day};
use crate::views::around::{Around, Here, Page};
use crate::views::client::times::time_list;
use crate::views::frond::{Counter, Motion, frond, frond_moving};
use crate::views::post::Post;
use crate::views::ui::{self, Button, Note};
use crate::views::{link, text, when};

/// Who looks at the page after a purchase.
#[derive(Debug, Clone, Copy)]
pub enum Looks<'a> {
    /// The buyer, signed in.
    Buyer(&'a Line),
    /// A browser that nobody is signed in with; perhaps the buyer.
    Somebody,
}

/// A purchase that was paid.
#[derive(Debug)]
pub struct Landed<'a> {
    /// The sale.
    pub purchase: &'a Purchase,
    /// Its credits.
    pub counted: &'a Counted,
    /// With whom.
    pub with: &'a Practitioner,
    /// Who looks.
    pub looks: Looks<'a>,
    /// Its receipt, if there is one.
    pub receipt: Option<u64>,
    /// The first time that was chosen with it.
    pub first: Option<Outcome>,
    /// The next free times.
    pub times: &'a [Timestamp],
    /// The zone to say them in.
    pub zone: &'a Zone,
    /// The present.
    pub now: Timestamp,
}

/// The page right after payment: the counter grown, until when, and times to begin with.
#[must_use]
pub fn landed(around: &Around<'_>, landed: &Landed<'_>) -> Markup {
    let (lot, balance) = landed.counted;
    let counter = Counter::of(balance);
    let many = text::number_first(balance.total);
    let are = if balance.total == 1 { "session is" } else { "sessions are" };
    let title = match landed.looks {
        Looks::Buyer(name) => format!("{many} {are} yours, {}", name.first_word()),
        Looks::Somebody => format!("{many} {are} yours"),
    };
    let status = format!("Payment received. {} added.", text::sessions(balance.total));
    let main = html! {
        div."wrap landed" {
            div.landed-fig { (frond_moving(counter, Motion::Grow)) }
            div.landed-text {
                p.sr role="status" { (status) }
                h1 { (title) }
                @if balance.available > 0 { p.tagline { (text::use_them_by(lot, balance, landed.now)) } }
                (paid(landed, around.post))
                (first_time(landed))
            }
            div.landed-book {
                @if balance.available == 0 { (nothing_to_book()) } @else { (begin(landed, around.post)) }
            }
        }
    };
    around.page(Page::new(&title, Here::Sessions), &main)
}

fn paid(landed: &Landed<'_>, post: Post) -> Markup {
    let amount = landed.purchase.offer.price;
    html! {
        p {
            @if amount.is_zero() { "Nothing to pay. " } @else { "Paid " (amount) ". " }
            @match (landed.receipt, landed.looks) {
                (Some(number), Looks::Buyer(_)) => {
                    (post.says("Your receipt is in your email, and ", "Your receipt is ")) a href=(link::receipt(number)) { "here" } "."
                }
                _ => { (post.says("Your receipt is in your email.", "Your receipt is at the practice, and on your sessions page.")) }
            }
        }
    }
}

fn first_time(landed: &Landed<'_>) -> Markup {
    let said = |at| format!("{}, {}", when::moment(at, landed.zone), text::zone(landed.zone));
    match landed.first {
        None => html! {},
        Some(Outcome::Booked(id, at)) => ui::note(
            Note::Good,
            "Your first session is booked.",
            html! {
                (said(at)) ". "
                @if let Looks::Buyer(_) = landed.looks { a href=(link::booking(id)) { "See it" } }
            },
        ),
        Some(Outcome::Lost(at)) => ui::note(
            Note::Warn,
            "The time you chose was taken meanwhile.",
            html! {
                "It was " (said(at)) ". We are sorry. Your sessions are all here; please choose another time."
            },
        ),
    }
}

fn nothing_to_book() -> Markup {
    html! {
        h2 { "All of them are booked or used" }
        p.more { (Button::new("See your sessions").link(&link::me())) }
    }
}

fn begin(landed: &Landed<'_>, post: Post) -> Markup {
    let (lot, balance) = landed.counted;
    let first = landed.with.name.first_word();
    let heading =
        if balance.chapters().next().is_none() { "When shall we begin?" } else { "When shall we meet next?" };
    html! {
        h2 { (heading) }
        @if landed.times.is_empty() {
            p { (first) " has no free times at the moment. Your sessions keep; new times open every day." }
        } @else {
            p.hint {
                (first) "’s next free times, in " (text::zone(landed.zone)) ". "
                @match landed.looks {
                    Looks::Buyer(_) => "Pick one and you’re booked in two taps.",
                    Looks::Somebody => (post.says(
                        "Pick one, and sign in with the link in your email.",
                        "Pick one, and sign in with a link that the practice hands you.",
                    )),
                }
            }
            (time_list(&link::book_confirm(lot.id), landed.times, landed.zone))
        }
        p.more { (Button::new("See all times").quiet().link(&link::book(lot.id))) }
        p.aside {
            "Not ready to choose? That’s fine. " (post.says("We’ll send one short reminder tomorrow, and your", "Your"))
            " sessions keep"
            @if let Some(deadline) = &balance.deadline {
                " until " (long_day(deadline.on))
            }
            "."
        }
    }
}

/// The way to the provider's page, where a browser would not let the form lead there by itself.
#[must_use]
pub fn go_on(around: &Around<'_>, purchase: &Purchase, url: &str) -> Markup {
    let main = ui::quietpage(
        frond_moving(Counter::fresh(purchase.offer.sessions), Motion::Wait),
        "On to the payment page",
        html! {
            p { "Your order is noted. The payment page opens by itself in a moment." }
            p.cluster { (Button::new("Go to the payment page").link(url)) }
        },
    );
    let refresh = html! { meta http-equiv="refresh" content={ "0; url=" (url) }; };
    around.page(Page::new("On to the payment page", Here::Elsewhere).head(refresh), &main)
}

/// A purchase that is not paid.
#[derive(Debug, Clone, Copy)]
pub struct Unpaid<'a> {
    /// The sale.
    pub purchase: &'a Purchase,
    /// With whom.
    pub with: &'a Practitioner,
    /// Where it can be begun again, if it is still offered.
    pub again: Option<&'a str>,
    /// The first time that was chosen with it.
    pub first: Option<Timestamp>,
    /// The zone to say it in.
    pub zone: &'a Zone,
}

/// The page of a purchase that is not paid, as it stands.
#[must_use]
pub fn unpaid(around: &Around<'_>, unpaid: &Unpaid<'_>) -> Markup {
    let Unpaid { purchase, again, .. } = *unpaid;
    match (purchase.state, purchase.way) {
        (State::AwaitingPractice, _) => at_practice(around, unpaid),
        (State::AwaitingProof, _) => proof(around, unpaid),
        (State::Processing, _) => processing(around, unpaid),
        (State::Failed { .. }, _) => failed(around, purchase, again),
        (State::Lapsed { .. } | State::Withdrawn { .. }, _) => gone(around, purchase, again),
        (State::AwaitingBuyer | State::Paid { .. }, Way::Online | Way::AtPractice | Way::Free) => {
            waiting(around, purchase, again)
        }
    }
}

fn wilting(purchase: &Purchase) -> Markup {
    let sessions = purchase.offer.sessions;
    frond(Counter { total: sessions, used: 0, booked: 0, lost: sessions })
}

/// The provider has not said yet that the money is there.
fn waiting(around: &Around<'_>, purchase: &Purchase, again: Option<&str>) -> Markup {
    let here = link::bought(purchase.id);
    let main = html! {
        div."wrap quietpage" data-wait=(link::bought_yet(purchase.id)) {
            div.quiet-fig { (frond_moving(Counter::fresh(purchase.offer.sessions), Motion::Wait)) }
            div role="status" {
                h1 { "Just a moment" }
                p {
                    "We are waiting for word of your payment. This page checks by itself. "
                    a href=(here) { "Check now" }
                }
                div.skel aria-hidden="true" { i {} i {} i {} }
                p.aside {
                    "Taking longer than a minute? You can close this page. "
                    (around.post.says("Your sessions and receipt will arrive by email", "Your sessions will be there all the same"))
                    ", and you won’t be charged twice."
                }
                @if let Some(again) = again {
                    p { "You left the payment page without paying? " a href=(again) { "Go back to it" } }
                }
            }
        }
    };
    let refresh = html! { meta http-equiv="refresh" content="5"; };
    around.page(Page::new("Confirming your payment", Here::Elsewhere).head(refresh), &main)
}

/// "Thursday 16 April, 5:30 pm, Berlin": the first time that was chosen, if one was.
fn chosen(unpaid: &Unpaid<'_>) -> Option<String> {
    unpaid.first.map(|at| format!("{}, {}", when::moment(at, unpaid.zone), text::zone(unpaid.zone)))
}

fn processing(around: &Around<'_>, unpaid: &Unpaid<'_>) -> Markup {
    let purchase = unpaid.purchase;
    around.quiet(
        "Your payment is on its way",
        frond_moving(Counter::fresh(purchase.offer.sessions), Motion::Wait),
        html! {
            p role="status" {
                "Your bank has the order. That can take a few working days. "
                (around.post.says("We write to you the moment it arrives, and ", "As soon as it arrives, "))
                "your " (text::sessions(purchase.offer.sessions)) " " (open(purchase.offer.sessions)) " for booking then."
            }
            @if let Some(chosen) = chosen(unpaid) { p { "Your first time is kept for you: " (chosen) "." } }
            p.aside { "There is nothing to do, and nothing will be charged twice." }
            p.cluster { a href=(link::bought(purchase.id)) { "Check again" } a href=(link::me()) { "Your sessions" } }
        },
    )
}

fn at_practice(around: &Around<'_>, unpaid: &Unpaid<'_>) -> Markup {
    let Unpaid { purchase, with, .. } = *unpaid;
    let first = with.name.first_word();
    around.quiet(
        "Your sessions are waiting for you",
        frond(Counter::fresh(purchase.offer.sessions)),
        html! {
            (ui::label("To pay at the practice", html! { (purchase.offer.price) }, html! {
                p { (purchase.offer.name.as_str()) ", with " (with.name.as_str()) }
                p { "Your reference: " b.whole { (purchase.reference.as_str()) } }
            }))
            h2.gap { "What happens next" }
            ul.plainlist {
                li { "Pay " (first) " at the practice, and name the reference." }
                li { "Once the payment is marked as received, your " (text::sessions(purchase.offer.sessions)) " " (open(purchase.offer.sessions)) " for booking." }
                @if let Some(chosen) = chosen(unpaid) {
                    li { "If it is still free then, we book the time you chose: " (chosen) ". It is not kept until you have paid." }
                }
                li { (around.post.says("We write to you then, with your receipt. A copy of this page is in your email.", "Your receipt is on your sessions page then. Please note the reference, or keep this page.")) }
            }
            p.cluster { a href=(link::me()) { "Your sessions" } }
        },
    )
}

const fn open(n: u32) -> &'static str {
    if n == 1 { "opens" } else { "open" }
}

const fn are(n: u32) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

fn proof(around: &Around<'_>, unpaid: &Unpaid<'_>) -> Markup {
    let purchase = unpaid.purchase;
    around.quiet(
        around.post.says("Look in your email", "One step more, at the practice"),
        frond(Counter::fresh(purchase.offer.sessions)),
        html! {
            p role="status" {
                (around.post.says("We have sent you a link. Open it, and your ", "The practice hands you a link to sign in. Open it, and your "))
                (text::sessions(purchase.offer.sessions)) " " (are(purchase.offer.sessions)) " ready to book."
            }
            @if let Some(chosen) = chosen(unpaid) { p { "Your first time is kept for half an hour: " (chosen) "." } }
            @if around.post == Post::Goes {
                p.aside { "Nothing after a minute? Look in spam, or " a href=(link::sign_in()) { "ask for another link" } "." }
            }
        },
    )
}

fn failed(around: &Around<'_>, purchase: &Purchase, again: Option<&str>) -> Markup {
    around.quiet(
        "The payment did not come",
        wilting(purchase),
        html! {
            (ui::note(Note::Warn, "Nothing was charged.", html! {
                "The bank did not carry out the order for " (purchase.offer.price) ", so no sessions were added."
            }))
            (way_back(again, "Try again"))
        },
    )
}

fn gone(around: &Around<'_>, purchase: &Purchase, again: Option<&str>) -> Markup {
    let withdrawn = matches!(purchase.state, State::Withdrawn { .. });
    let first = if withdrawn { "This purchase was called off." } else { "The payment page has closed." };
    around.quiet(
        "Nothing was bought",
        wilting(purchase),
        html! {
            (ui::note(Note::Info, first, html! { "Nothing was charged." }))
            (way_back(again, "Begin again"))
        },
    )
}

fn way_back(again: Option<&str>, words: &str) -> Markup {
    html! {
        p."cluster gap" {
            @match again {
                Some(href) => { (Button::new(words).link(href)) }
                None => { (Button::new("See what is offered").link(&link::home())) }
            }
            a href=(link::me()) { "Your sessions" }
        }
    }
}
