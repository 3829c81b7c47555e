//! Her own particulars, the zone of her pages, her password, and which nudges she takes.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::people::client::{self as action, Particulars};
use crate::actions::people::{Weak, check_password};
use crate::actions::unsubscribe;
use crate::domain::id::ClientId;
use crate::domain::messages::message::Kind;
use crate::domain::messages::nudge::Wish;
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::{Zone, minutes};
use crate::store::View;
use crate::store::messages::opt_out;
use crate::views::client::profile::{self as view, Forms};
use crate::views::{link, text};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::feeds;
use crate::web::form::Fields;
use crate::web::guard::{self, SignedIn};
use crate::web::limit::{Key, Rate};
use crate::web::setting::{Answer, Setting, draw, post_of};

/// How often a password may be tried from a signed-in browser.
const PASSWORDS: Rate = Rate { burst: 5, per: minutes(10) };

/// What was done, by the word in the address that a form leads to.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("Saved."),
        "messages" => Some("Saved. We write to you as you wish."),
        "password" => Some("Your password is set, and your other browsers are signed out."),
        "feed" => Some("Your calendar has its address."),
        "feed-off" => Some("Your calendar’s address is off. Nobody can read it any more."),
        "asked" => Some("The practice is asked. It writes to you if something has to be settled first."),
        _ => None,
    }
}

fn leads_to(word: &str) -> Response {
    Redirect::to(&format!("{}?done={word}", link::profile())).into_response()
}

fn wishes_of(read: &View, client: ClientId) -> Result<Vec<(Kind, Wish)>, Failure> {
    let nudges = Kind::ALL.into_iter().filter(|kind| kind.is_nudge());
    nudges.map(|kind| Ok((kind, opt_out::wish(read, client, kind)?))).collect()
}

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let done = done(fields.text("done"));
    page(&web, client, StatusCode::OK, Forms { done, ..Forms::default() }).await
}

async fn page(
    web: &Web,
    client: ClientId,
    status: StatusCode,
    forms: Forms<'static>,
) -> Result<Answer, Failure> {
    draw(web, move |app, read| {
        let setting = Setting::read(app, read, Some(client), None)?;
        let wishes = wishes_of(read, client)?;
        let feed = feeds::own(app, read, Person::Client(client))?;
        Ok(Answer(status, view::profile(&setting.around(), setting.me()?, &wishes, &feed, &forms)))
    })
    .await
}

pub(super) async fn save(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut forms = Forms::default();
    let name: Option<Line> =
        fields.text("name").parse().map_err(|why| forms.name_wrong = Some(text::text(why))).ok();
    let phone: Option<Option<Line>> = match fields.some("phone") {
        None => Some(None),
        Some(typed) => typed.parse().map(Some).map_err(|why| forms.phone_wrong = Some(text::text(why))).ok(),
    };
    let zone: Option<Zone> = fields.read("tz");
    if zone.is_none() {
        forms.zone_wrong = Some("Please choose your time zone from the list.".to_owned());
    }
    if let (Some(name), Some(phone), Some(zone)) = (name, phone, zone) {
        web.app.run(move |app| action::save(app, client, Particulars { name, phone, zone })).await?;
        return Ok(leads_to("saved"));
    }
    let (name, phone) = (fields.text("name").to_owned(), fields.text("phone").to_owned());
    draw(&web, move |app, read| {
        let setting = Setting::read(app, read, Some(client), None)?;
        let wishes = wishes_of(read, client)?;
        let feed = feeds::own(app, read, Person::Client(client))?;
        let forms = Forms { name: Some(&name), phone: Some(&phone), ..forms };
        let page = view::profile(&setting.around(), setting.me()?, &wishes, &feed, &forms);
        Ok(Answer::wrong(page).into_response())
    })
    .await
}

pub(super) async fn password(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let key = Key::account("password", &client.to_string());
    web.limit.allow(key, PASSWORDS, web.app.clock.now()).map_err(|wait| Failure::TooMany(wait.0))?;
    let (old, new) = (fields.text("old").to_owned(), fields.text("new").to_owned());
    let known = web.app.run(move |app| action::of(app, client)).await?;
    let about = [known.name.as_str(), known.email.as_str()];
    let mut forms = Forms::default();
    if known.password.is_some() && !web.app.passwords.verify(&old, known.password.as_deref()).await {
        forms.old_wrong = Some(post_of(&web.app).says(
            "That is not your password now. A link by email always lets you in.",
            "That is not your password now. A link from the practice always lets you in.",
        ));
    }
    if let Err(weak) = check_password(&new, &about) {
        forms.new_wrong = Some(match weak {
            Weak::Short => "That is shorter than 10 characters.",
            Weak::Long => "That is longer than a password can be here.",
            Weak::Personal => "That is little more than a name that everybody knows. Please add a few words.",
            Weak::Common => "That is among the passwords that are guessed first. Please choose another.",
        });
    }
    if forms.old_wrong.is_some() || forms.new_wrong.is_some() {
        return Ok(page(&web, client, StatusCode::UNPROCESSABLE_ENTITY, forms).await?.into_response());
    }
    // Hers is the first: that of the desk comes after it.
    let cookie = guard::tokens(&web.app, &headers).into_iter().next().unwrap_or_default();
    action::set_password(&web.app, client, (new, cookie)).await?;
    Ok(leads_to("password"))
}

/// Makes the address of her feed, or another, or switches it off.
pub(super) async fn feed(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let done = web.app.run(move |app| feeds::act(app, Person::Client(client), &fields)).await?;
    Ok(leads_to(done))
}

pub(super) async fn wishes(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let welcome: Vec<Kind> = fields.all("nudge").filter_map(Kind::named).collect();
    web.app
        .run(move |app| {
            Kind::ALL.into_iter().filter(|kind| kind.is_nudge()).try_for_each(|kind| {
                let wish = if welcome.contains(&kind) { Wish::Welcome } else { Wish::OptedOut };
                unsubscribe::wish(app, client, kind, wish)
            })
        })
        .await?;
    Ok(leads_to("messages"))
}

/// The zone in which times are shown, changed from a page of times; back to that page.
pub(super) async fn zone(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let zone: Zone = fields.read("tz").ok_or(Failure::Unreadable)?;
    web.app.run(move |app| action::set_zone(app, client, zone)).await?;
    Ok(Redirect::to(&link::safe_next(fields.some("next"))).into_response())
}
