//! The refund workbench. Everything up to what it would do is read by GET; only the last button changes anything.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::{Answer, Room, named, parse, rule};
use crate::actions::refunds::ask::{self, Behind};
use crate::actions::refunds::{Online, Refusal, send};
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{self, Ask, Facts, Method, Way, quotes, to_come};
use crate::domain::catalog::package::Listing;
use crate::domain::credits::ledger::Sitting;
use crate::domain::id::{BookingId, LotId, RefundId};
use crate::domain::money::Money;
use crate::domain::time::after;
use crate::store::{View, catalog, credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::workbench::{
    Bench, method_name, nothing, page as view, preview as preview_view,
};
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The workbench's routes.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_REFUND_LOT, get(page).post(give_back))
}

/// How money goes back by hand, by name, with its words.
const BY_HAND: [(&str, &str); 3] =
    [("cash", "In cash"), ("card", "By card at the practice"), ("transfer", "By bank transfer")];

/// What was typed, as far as it can be read.
struct Wish {
    release: Vec<BookingId>,
    /// As many as are unused, if she did not say.
    count: Option<u32>,
    fee: Money,
    single: Option<Money>,
    /// The name of the way of reckoning; pro rata, if she did not say.
    method: String,
    own: Option<Money>,
}

fn read(typed: &mut Typed, behind: &Behind) -> Wish {
    let currency = behind.payment.amount.currency;
    let money = |typed: &str| Money::parse(typed, currency).map_err(text::money);
    let release = typed.all("release").iter().filter_map(|id| id.parse().ok()).collect();
    let count = typed
        .read_optional("count", |typed| typed.parse().map_err(|_| "Please write a whole number.".to_owned()));
    let fee = typed.read_optional("fee", money).unwrap_or(Money::zero(currency));
    let single = typed.read_optional("single", money);
    let own = typed.read_optional("own", money);
    let method = Some(typed.value("method")).filter(|name| !name.is_empty()).unwrap_or("pro-rata").to_owned();
    Wish { release, count, fee, single, method, own }
}

/// What is ticked and filled in when the bench is opened: sessions that could be canceled in time, and the price of a single
/// session, if she sells one.
fn opened(room: &Room, view: &View, behind: &Behind) -> Result<Typed, Failure> {
    let (lot, balance) = &behind.counted;
    let mut typed = Typed::default();
    let in_time = after(room.now, lot.offer.policy.window());
    let ahead = to_come(balance, room.now);
    for sitting in balance.sittings.iter().filter(|one| ahead.contains(&one.booking)) {
        if sitting.starts_at >= in_time {
            typed.push("release", sitting.booking.to_string());
        }
    }
    let like = |offer: &crate::domain::catalog::package::Offer| {
        offer.sessions == 1
            && offer.length_minutes == lot.offer.length_minutes
            && offer.price.currency == lot.paid.currency
    };
    let packages = catalog::package::of(view, room.id())?;
    let singles =
        packages.iter().filter(|package| package.listing == Listing::Published && like(&package.offer));
    if let Some(cheapest) = singles.map(|package| package.offer.price).min_by_key(|price| price.minor) {
        typed.set("single", cheapest.digits());
    }
    Ok(typed)
}

/// Draws with what lies on the bench.
fn with_bench<T>(
    room: &Room,
    view: &View,
    behind: &Behind,
    wish: &Wish,
    draw: impl FnOnce(&Bench<'_>) -> T,
) -> Result<T, Failure> {
    let (lot, balance) = &behind.counted;
    let client = people::client::find(view, lot.client)?.ok_or(Failure::NotFound)?;
    let payer = people::client::find(view, behind.purchase.client)?.ok_or(Failure::NotFound)?;
    let coming = to_come(balance, room.now);
    let ahead: Vec<Sitting> =
        balance.sittings.iter().filter(|one| coming.contains(&one.booking)).copied().collect();
    let released = wish.release.iter().filter(|booking| coming.contains(booking)).count();
    let facts = Facts::of(lot, balance, &behind.given, u32::try_from(released).unwrap_or_default());
    let count = wish.count.unwrap_or(facts.unused());
    let quotes = quotes(lot, &facts, (count, wish.fee, wish.single), room.now);
    let mut ways = vec![("provider", "Online, the way it came")];
    ways.retain(|_| behind.online == Online::Yes);
    ways.extend(BY_HAND);
    Ok(draw(&Bench {
        counted: &behind.counted,
        client: &client,
        payer: &payer,
        payment: &behind.payment,
        facts,
        quotes: &quotes,
        ahead: &ahead,
        ways: &ways,
        today: lot.zone.date(room.now),
    }))
}

/// The lot with what is behind it, or the page that says why nothing of it can be given back here.
fn behind(room: &Room, view: &View, lot: LotId) -> Result<Result<Behind, Markup>, Failure> {
    match rule(ask::look(&room.app, room.id(), lot))? {
        Ok(behind) => Ok(Ok(behind)),
        Err(Refusal::Rule(refusal)) => {
            let lot = credits::lot::find(view, lot)?.ok_or(Failure::NotFound)?;
            let client = people::client::find(view, lot.client)?.ok_or(Failure::NotFound)?;
            Ok(Err(nothing(&room.desk(), &lot, &client, &text::refund_refused(refusal))))
        }
        Err(Refusal::NotThere | Refusal::NotAwaited) => Err(Failure::NotFound),
    }
}

/// The refund that was typed; what cannot be read or is missing is said beside its field.
fn asked(typed: &mut Typed, behind: &Behind, wish: &Wish, id: RefundId) -> Option<Ask> {
    let (lot, balance) = &behind.counted;
    let released = u32::try_from(wish.release.len()).unwrap_or_default();
    let facts = Facts::of(lot, balance, &behind.given, released);
    let count = wish.count.unwrap_or(facts.unused());
    let method = match wish.method.as_str() {
        "own" => Method::Own,
        "whole" => Method::Whole,
        "single" => match wish.single {
            Some(single) => Method::SinglePrice(single),
            None => {
                typed.wrong("single", "Please write the price of a single session.");
                return None;
            }
        },
        _ => Method::ProRata,
    };
    let amount = match (method, wish.own) {
        (Method::Own, Some(own)) => own,
        (Method::Own, None) => {
            typed.wrong("own", "Please write how much goes back.");
            return None;
        }
        _ => facts.amount(method, count, wish.fee),
    };
    let way = way(typed)?;
    let reason = parse::line_or_none(typed, "reason");
    let release = wish.release.clone();
    let ask = Ask { id, lot: lot.id, method, fee: wish.fee, amount, count, release, way, reason };
    typed.is_sound().then_some(ask)
}

fn way(typed: &mut Typed) -> Option<Way> {
    if typed.value("way") == "provider" {
        return Some(Way::Provider { reference: None });
    }
    let means = Means::BY_HAND.into_iter().find(|(name, _)| *name == typed.value("way"));
    if means.is_none() {
        typed.wrong("way", "Please choose how it goes back.");
    }
    let (on, note) = (parse::date(typed, "on"), parse::line_or_none(typed, "note"));
    Some(Way::ByHand { means: means?.1, on: on?, note })
}

/// Where a refusal is said: beside its field, or above the form.
fn refused(typed: &mut Typed, refusal: refund::Refusal) -> Option<Said> {
    let said = text::refund_refused(refusal);
    let field = match refusal {
        refund::Refusal::TooMuch { .. } => "own",
        refund::Refusal::TooManyCredits { .. } => "count",
        refund::Refusal::SessionGone => "release",
        refund::Refusal::NoCoolingOff | refund::Refusal::NotAll => "method",
        refund::Refusal::NotOnline => "way",
        refund::Refusal::InFuture => "on",
        refund::Refusal::NothingPaid
        | refund::Refusal::PaidElsewhere
        | refund::Refusal::Nothing
        | refund::Refusal::UnderWay
        | refund::Refusal::Disputed
        | refund::Refusal::Otherwise { .. } => return Some(said),
    };
    typed.wrong(field, format!("{} {}", said.what, said.then));
    None
}

fn draw(
    room: &Room,
    view: &View,
    behind: &Behind,
    typed: &Typed,
    said: Option<&Said>,
) -> Result<Markup, Failure> {
    let wish = read(&mut typed.clone(), behind);
    with_bench(room, view, behind, &wish, |bench| self::view(&room.desk(), bench, typed, said))
}

/// The bench, or what the chosen refund would do.
async fn page(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let view = room.app.store.read()?;
        let behind = match behind(room, &view, named(&id)?)? {
            Ok(behind) => behind,
            Err(page) => return Ok(Answer::Page(page)),
        };
        if !fields.has("seen") {
            let typed = opened(room, &view, &behind)?;
            return Ok(Answer::Page(draw(room, &view, &behind, &typed, None)?));
        }
        let mut typed = fields.typed();
        let wish = read(&mut typed, &behind);
        if fields.text("then") != "preview" {
            let page = draw(room, &view, &behind, &typed, None)?;
            return Ok(if typed.is_sound() { Answer::Page(page) } else { Answer::Wrong(page) });
        }
        let ask = asked(&mut typed, &behind, &wish, RefundId::from_bits(room.app.id()));
        let mut said = None;
        if let Some(ask) = ask {
            match rule(ask::preview(&room.app, room.id(), &ask))? {
                Ok(seen) => {
                    // What was left open is filled in, so that the next form says all that was shown.
                    let typed =
                        typed.with("count", ask.count.to_string()).with("method", method_name(ask.method));
                    let page = with_bench(room, &view, &behind, &wish, |bench| {
                        preview_view(&room.desk(), bench, &ask, &seen.credit, &typed)
                    })?;
                    return Ok(Answer::Page(page));
                }
                Err(Refusal::Rule(refusal)) => said = refused(&mut typed, refusal),
                Err(Refusal::NotThere | Refusal::NotAwaited) => return Err(Failure::NotFound),
            }
        }
        Ok(Answer::Wrong(draw(room, &view, &behind, &typed, said.as_ref())?))
    })
    .await
}

/// Gives it back: begins the refund, and sends it if it goes by the provider.
async fn give_back(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    let app = std::sync::Arc::clone(&room.app);
    let begun = room.run(move |room| begin(room, named(&id)?, &fields)).await?;
    let refund = match begun {
        Ok(refund) => refund,
        Err(answer) => return Ok(answer),
    };
    if refund.is_going() {
        send::look(&app, refund.id).await?;
    }
    Ok(Answer::To(link::desk_refund(refund.id)))
}

/// The refund as it began, or the bench again with what is wrong.
fn begin(room: &Room, lot: LotId, fields: &Fields) -> Result<Result<refund::Refund, Answer>, Failure> {
    let view = room.app.store.read()?;
    let behind = match behind(room, &view, lot)? {
        Ok(behind) => behind,
        Err(page) => return Ok(Err(Answer::Wrong(page))),
    };
    let mut typed = fields.typed();
    let wish = read(&mut typed, &behind);
    let id: RefundId = named(typed.value("id"))?;
    let shown = Money::parse(typed.value("amount"), behind.payment.amount.currency);
    let mut said = None;
    if let (Some(ask), Ok(amount)) = (asked(&mut typed, &behind, &wish, id), shown) {
        match rule(ask::begin(&room.app, room.id(), Ask { amount, ..ask }))? {
            Ok(refund) => return Ok(Ok(refund)),
            Err(Refusal::Rule(refusal)) => said = refused(&mut typed, refusal),
            Err(Refusal::NotThere | Refusal::NotAwaited) => return Err(Failure::NotFound),
        }
    }
    Ok(Err(Answer::Wrong(draw(room, &view, &behind, &typed, said.as_ref())?)))
}
