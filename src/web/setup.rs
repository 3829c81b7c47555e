//! The first-run wizard. Before there is an owner the code from the console opens it; afterwards the owner can walk through it
//! again, and who joins the practice goes on with its second step. Each step keeps what it was told at once, so each works alone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::Web;
use super::client_addr::ClientAddr;
use super::failure::Failure;
use super::form::Fields;
use super::guard::{self, Perhaps};
use super::limit::{Key, Rate};
use super::practitioner::{Room, parse, rule};
use crate::actions::calendar::availability;
use crate::actions::catalog::practice::{self, Newcomer};
use crate::actions::catalog::setup;
use crate::actions::people::login;
use crate::actions::people::practitioner::{self as account, Account as Changed};
use crate::app::App;
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::money::Currency;
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::text::{Line, Paragraph, Slug};
use crate::domain::time::{Zone, minutes};
use crate::views::link::{self, route};
use crate::views::setup::{self as view, Account, Ends, KIT, Wizard};
use crate::views::typed::Typed;

mod steps;

/// The wizard's routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(route::SETUP, get(code_form).post(code))
        .route(route::SETUP_STEP, get(step_form).post(step))
}

/// The cookie that shows that the code was typed while the first step is filled in; over TLS bound to this host as all cookies are.
const fn cookie(https: bool) -> &'static str {
    if https { "__Host-fiddlehead-setup" } else { "fiddlehead-setup" }
}

/// Tries at the code from one place.
const TRIES: Rate = Rate { burst: 10, per: minutes(15) };

fn has_code(app: &App, headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|(name, value)| name == cookie(app.is_https()) && setup::is_pass(app, value))
}

fn with_code(app: &App, seconds: u32, answer: impl IntoResponse) -> Response {
    let (name, secure) = (cookie(app.is_https()), if app.is_https() { "; Secure" } else { "" });
    let pass = setup::pass(app);
    let text = format!("{name}={pass}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut answer = answer.into_response();
    let value = HeaderValue::from_str(&text).expect("a code is ASCII");
    answer.headers_mut().append(header::SET_COOKIE, value);
    answer
}

fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

fn wrong(page: maud::Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn is_open(web: &Web) -> Result<bool, Failure> {
    web.app.run(|app| -> Result<_, Failure> { Ok(setup::is_open(&app.store.read()?)?) }).await
}

/// Where the code is typed; once there is an owner, the desk.
async fn code_form(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Failure> {
    if !is_open(&web).await? {
        return Ok(to(&link::desk()));
    }
    if has_code(&web.app, &headers) {
        return Ok(to(&link::setup_step(1)));
    }
    Ok(view::code(&wizard_of(&web.app, &Typed::default()), &Typed::default()).into_response())
}

async fn code(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    if !is_open(&web).await? {
        return Ok(to(&link::desk()));
    }
    let place = from.map_or_else(
        || Key::account("setup", ""),
        |Extension(ClientAddr(address))| Key::address("setup", address),
    );
    web.limit.allow(place, TRIES, web.app.clock.now()).map_err(|wait| Failure::TooMany(wait.0))?;
    let mut typed = fields.typed();
    if setup::is_code(&web.app, typed.value("code")) {
        return Ok(with_code(&web.app, 3600, Redirect::to(&link::setup_step(1))));
    }
    typed.wrong("code", "That is not the code. It stands in the terminal where the program runs.");
    Ok(wrong(view::code(&wizard_of(&web.app, &typed), &typed)))
}

/// Who may be at a step.
enum Entrant {
    /// Nobody has founded the practice yet, and this browser has the code.
    Founder,
    /// The owner, or somebody who joined, signed in.
    Member(Box<Room>),
}

/// Whoever may be at this step, or where they are sent.
async fn enter(
    web: &Web,
    who: Option<PractitionerId>,
    headers: &HeaderMap,
    step: u8,
) -> Result<Result<Entrant, Response>, Failure> {
    if !(1..=KIT).contains(&step) {
        return Err(Failure::NotFound);
    }
    if is_open(web).await? {
        let may = has_code(&web.app, headers);
        return Ok(match (may, step) {
            (false, _) => Err(to(&link::setup())),
            (true, 1) => Ok(Entrant::Founder),
            (true, _) => Err(to(&link::setup_step(1))),
        });
    }
    let Some(id) = who else {
        return Ok(Err(to(&link::then(&link::desk_sign_in(), &link::desk()))));
    };
    let app = Arc::clone(&web.app);
    let room = web.app.run(move |_| Room::open(app, id, Some(id), None)).await?;
    match (room.member.role, step) {
        _ if !room.seat.is_own() => Err(Failure::NotFound),
        // The first step is the practice's; who joined it has answered hers where she accepted.
        (Role::Practitioner, 1) => Ok(Err(to(&link::desk_settings()))),
        _ => Ok(Ok(Entrant::Member(Box::new(room)))),
    }
}

async fn step_form(
    State(web): State<Web>,
    Perhaps(who): Perhaps<PractitionerId>,
    headers: HeaderMap,
    Path(step): Path<u8>,
) -> Result<Response, Failure> {
    match enter(&web, who, &headers, step).await? {
        Err(elsewhere) => Ok(elsewhere),
        Ok(Entrant::Founder) => {
            let wizard = wizard_of(&web.app, &Typed::default());
            let page = view::practice(&wizard, &Typed::default(), Account::New, &Zone::names());
            Ok(page.into_response())
        }
        Ok(Entrant::Member(room)) => web.app.run(move |_| steps::show(&room, step)).await,
    }
}

async fn step(
    State(web): State<Web>,
    Perhaps(who): Perhaps<PractitionerId>,
    headers: HeaderMap,
    Path(step): Path<u8>,
    fields: Fields,
) -> Result<Response, Failure> {
    let entrant = match enter(&web, who, &headers, step).await? {
        Err(elsewhere) => return Ok(elsewhere),
        Ok(entrant) => entrant,
    };
    let typed = fields.typed();
    match (entrant, step) {
        (Entrant::Founder, _) => found(&web, typed).await,
        (Entrant::Member(room), 1) => again(&web, (*room, &headers), typed).await,
        (Entrant::Member(room), step) => web.app.run(move |_| steps::take(&room, step, typed)).await,
    }
}

/// What step 1 asks.
struct Answers {
    practice: Line,
    name: Line,
    email: EmailAddress,
    tagline: Option<Line>,
    zone: Zone,
    accent: Accent,
}

fn read_answers(typed: &mut Typed) -> Option<Answers> {
    let (practice, name) = (parse::line(typed, "practice"), parse::line(typed, "name"));
    let email = parse::email(typed, "email");
    let tagline = parse::line_or_none(typed, "tagline");
    let (zone, accent) = (parse::zone(typed, "tz"), parse::accent(typed));
    if typed.error("tagline").is_some() {
        return None;
    }
    Some(Answers { practice: practice?, name: name?, email: email?, tagline, zone: zone?, accent: accent? })
}

/// An address for the storefront: from her name, from the practice's, or the plainest word there is.
fn slug_for(answers: &Answers) -> Slug {
    let free = |slug: &Slug| !link::RESERVED.contains(&slug.as_str());
    let names = [answers.name.as_str(), answers.practice.as_str()];
    let made = names.into_iter().filter_map(Slug::from_name).find(free);
    made.unwrap_or_else(|| "practice".parse().expect("a plain word is a slug"))
}

/// Founds the practice and signs its owner in.
async fn found(web: &Web, mut typed: Typed) -> Result<Response, Failure> {
    let password = password(&mut typed);
    let answers = read_answers(&mut typed);
    let (Some(password), Some(answers)) = (password, answers) else {
        let wizard = wizard_of(&web.app, &typed);
        return Ok(wrong(view::practice(&wizard, &typed, Account::New, &Zone::names())));
    };
    let hash = web.app.passwords.hash(&password).await;
    let opened = web
        .app
        .run(move |app| -> Result<_, Failure> {
            let (practice, owner) = beginning(app, answers, hash);
            let id = owner.practitioner.id;
            // Somebody was faster: the wizard has closed meanwhile.
            if rule(practice::found(app, practice, owner))?.is_err() {
                return Ok(None);
            }
            Ok(Some(login::sign_in(app, Person::Practitioner(id))?))
        })
        .await?;
    let Some(opened) = opened else { return Ok(to(&link::desk_sign_in())) };
    let onwards = with_code(&web.app, 0, Redirect::to(&link::setup_step(2)));
    Ok(guard::set(&web.app, opened.who, &opened.cookie, onwards))
}

/// The owner's, which is more than her name and her practice's.
fn password(typed: &mut Typed) -> Option<String> {
    let about = ["practice", "name", "email"].map(|field| typed.value(field).to_owned());
    parse::password(typed, "password", &about.each_ref().map(String::as_str))
}

fn wizard_of(app: &App, typed: &Typed) -> Wizard {
    Wizard { accent: parse::accent(&mut typed.clone()).unwrap_or_default(), ends: ends(app) }
}

/// The owner's wizard ends with the recovery kit where there are data to bring back.
fn ends(app: &App) -> Ends {
    if app.backups.data_dir().is_ok() { Ends::WithKit } else { Ends::WithPayment }
}

/// A practice as it begins: nothing but what was asked.
fn beginning(app: &App, answers: Answers, password: String) -> (Practice, Newcomer) {
    let id = PractitionerId::from_bits(app.id());
    let slug = slug_for(&answers);
    let Answers { practice, name, email, tagline, zone, accent } = answers;
    let nothing = Paragraph::default;
    let practice = Practice {
        name: practice,
        address: nothing(),
        email: email.clone(),
        about: nothing(),
        notice: nothing(),
        terms: nothing(),
        currency: Currency::USD,
        zone: zone.clone(),
    };
    let joined_at = app.clock.now();
    let (role, password, membership) = (Role::Owner, Some(password), Membership::Active);
    let newcomer =
        Newcomer::fresh(Practitioner { id, slug, name, email, role, zone, joined_at, password, membership });
    let storefront = Storefront { accent, tagline, ..newcomer.storefront };
    (practice, Newcomer { storefront, ..newcomer })
}

/// The owner came back to step 1.
async fn again(
    web: &Web,
    (room, headers): (Room, &HeaderMap),
    mut typed: Typed,
) -> Result<Response, Failure> {
    let kept = typed.value("password").is_empty();
    let password = if kept { None } else { password(&mut typed) };
    let answers = read_answers(&mut typed).filter(|_| typed.is_sound());
    let id = room.id();
    let taken = web
        .app
        .run(move |_| -> Result<_, Failure> {
            let Some(answers) = answers else { return Ok(Some(typed)) };
            let Answers { practice, name, email, tagline, zone, accent } = answers;
            let changed = Changed { name, email, slug: room.who.slug.clone(), zone: zone.clone() };
            if let Err(refusal) = rule(account::save(&room.app, id, changed))? {
                super::practitioner::account_wrong(&mut typed, refusal)?;
                return Ok(Some(typed));
            }
            let kept = Practice { name: practice, zone: zone.clone(), ..room.practice.clone() };
            practice::save(&room.app, kept)?;
            practice::save_storefront(&room.app, Storefront { accent, tagline, ..room.storefront.clone() })?;
            availability::move_to(&room.app, id, zone)?;
            Ok(None)
        })
        .await?;
    if let Some(typed) = taken {
        return Ok(wrong(view::practice(
            &wizard_of(&web.app, &typed),
            &typed,
            Account::Kept,
            &Zone::names(),
        )));
    }
    if let Some(password) = password {
        let cookie = guard::tokens(&web.app, headers).pop().unwrap_or_default();
        account::change_password(&web.app, id, password, cookie).await?;
    }
    Ok(to(&link::setup_step(2)))
}
