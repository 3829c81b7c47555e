//! People's own feeds: given to whoever has the address, without a look at cookies; and what a page does to its reader's own.

use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Web;
use super::assets::made;
use super::client_addr::ClientAddr;
use super::failure::Failure;
use super::form::Fields;
use super::limit::{Key, Rate};
use crate::actions::Error;
use crate::actions::calendar::feed as action;
use crate::app::{App, Fault};
use crate::domain::calendar::booking::{Booking, State as Standing};
use crate::domain::calendar::feed::{BACK, CALLED_OFF, Feed, Naming};
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, before, minutes};
use crate::store::{View, calendar, catalog, people};
use crate::views::feed::{self as view, Own};
use crate::views::ics::Event;
use crate::views::messages::booking::Seat;
use crate::views::text::Reader;
use crate::views::{asset, link};

/// How often one feed may be asked for.
const OFTEN: Rate = Rate { burst: 30, per: minutes(10) };
/// How often one address may ask for what is no feed.
const GUESSES: Rate = Rate { burst: 20, per: minutes(10) };

/// The one route.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(link::route::FEED, get(feed))
}

async fn feed(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let now = web.app.clock.now();
    let token = file.strip_suffix(".ics").unwrap_or_default().to_owned();
    let asked = token.clone();
    let found = web.app.run(move |app| -> Result<_, Failure> {
        let read = app.store.read()?;
        action::find(&read, &asked)?.map(|feed| Ok((entries(app, &read, &feed)?, feed))).transpose()
    });
    let Some(((entries, name), feed)) = found.await? else {
        if let Some(Extension(from)) = from {
            let key = Key::address("feed", from.0);
            web.limit.allow(key, GUESSES, now).map_err(|wait| Failure::TooMany(wait.0))?;
        }
        return Err(Failure::NotFound);
    };
    let key = Key::account("feed", &token);
    web.limit.allow(key, OFTEN, now).map_err(|wait| Failure::TooMany(wait.0))?;
    let text = view::file(&entries, &name);
    Ok(answer(text, view::changed_at(&feed, &entries), &headers))
}

/// The file, or word that it is as it was.
fn answer(text: String, changed_at: Timestamp, headers: &HeaderMap) -> Response {
    // Weak, as it goes out plain or packed.
    let tag = format!("W/\"{}\"", asset::hash(text.as_bytes()));
    let changed = changed_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let said = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let same = match said(header::IF_NONE_MATCH) {
        Some(tags) => tags.split(',').any(|one| one.trim().trim_start_matches("W/") == &tag[2..]),
        None => said(header::IF_MODIFIED_SINCE) == Some(&changed),
    };
    let keep = "private, no-cache";
    let mut response = if same {
        (StatusCode::NOT_MODIFIED, [(header::CACHE_CONTROL, keep)]).into_response()
    } else {
        made(text.into_bytes(), "text/calendar; charset=utf-8", keep, headers)
    };
    for (name, value) in [(header::ETAG, tag), (header::LAST_MODIFIED, changed)] {
        response.headers_mut().extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    }
    response
}

/// The entries of a feed, by start, and what the calendar is called.
fn entries(app: &App, read: &View, feed: &Feed) -> Result<(Vec<Event>, Line), Failure> {
    let now = app.clock.now();
    let practice = catalog::practice::find(read)?.ok_or(Failure::NotFound)?;
    let told = |booking: &Booking| match booking.state {
        Standing::Confirmed => booking.starts_at >= before(now, BACK),
        Standing::Cancelled { at, .. } => at >= before(now, CALLED_OFF),
    };
    let bookings = match feed.who {
        Person::Client(id) => calendar::booking::of_client(read, id)?,
        Person::Practitioner(id) => {
            let ahead = (before(now, BACK), Timestamp::MAX);
            let mut all = calendar::booking::on_calendar(read, id, ahead)?;
            all.extend(calendar::booking::called_off(read, id, before(now, CALLED_OFF))?);
            all.sort_by_key(|booking| (booking.starts_at, booking.id));
            all
        }
    };
    let entry = |booking: &Booking| -> Result<Event, Failure> {
        let seat = people_of(read, booking)?;
        let reader = match feed.who {
            Person::Client(_) => Reader::Client,
            Person::Practitioner(_) => Reader::Practitioner,
        };
        let (practitioner, client, place) = &seat;
        let seat = Seat { practitioner, client, place: place.as_ref(), base_url: &app.base_url, reader };
        Ok(view::entry(booking, &seat, feed.naming))
    };
    let entries = bookings.iter().filter(|booking| told(booking)).map(entry).collect::<Result<_, _>>()?;
    Ok((entries, practice.name))
}

fn people_of(read: &View, booking: &Booking) -> Result<(Practitioner, Client, Option<Line>), Fault> {
    let practitioner = people::practitioner::find(read, booking.practitioner)?;
    let client = people::client::find(read, booking.client)?.ok_or(Fault::Missing("a client"))?;
    let place = catalog::storefront::find(read, booking.practitioner)?.and_then(|found| found.place);
    Ok((practitioner.ok_or(Fault::Missing("a practitioner"))?, client, place))
}

/// What a page shows its reader of her own feed.
pub(super) fn own(app: &App, read: &View, who: Person) -> Result<Own, Failure> {
    Ok(match calendar::feed::of(read, who)? {
        None => Own::Off,
        Some(feed) => Own::On {
            address: action::token(app, &feed).map(|token| app.absolute(&link::feed(&token))),
            made_at: feed.made_at,
            naming: feed.naming,
        },
    })
}

/// Does to a person's own feed what her form says; gives the name of what was done.
pub(super) fn act(app: &App, who: Person, fields: &Fields) -> Result<&'static str, Failure> {
    let done = match fields.text("act") {
        "make" => action::renew(app, who, fields.read("instead")).map(|()| "feed"),
        "off" => action::switch_off(app, who).map(|()| "feed-off"),
        "naming" => {
            let word = fields.text("naming");
            let naming = Naming::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, naming)| naming);
            action::name(app, who, naming.ok_or(Failure::Unreadable)?).map(|()| "saved")
        }
        _ => return Err(Failure::Unreadable),
    };
    done.map_err(|error| match error {
        Error::Refused(_) => Failure::NotFound,
        Error::Failed(fault) => fault.into(),
    })
}
