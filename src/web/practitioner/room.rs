//! The two proofs of the desk. A `Room` is somebody at her own desk; a `Counter` lets in whoever may sit there besides: the
//! front desk, and the owner at another's. Both hold the same; a handler names in its signature whom it serves.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use super::{Answer, DONE};
use crate::actions::keeping::{backup, hold};
use crate::actions::people::second;
use crate::app::App;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::id::PractitionerId;
use crate::domain::money::Currency;
use crate::domain::people::login::{OldPassword, Proof};
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::people::seat::Seat;
use crate::domain::time::Timestamp;
use crate::store::{View, catalog, people};
use crate::views::link;
use crate::views::post::Post;
use crate::views::practitioner::{Alert, Desk};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::Member;
use crate::web::setting::post_of;

/// A desk that is open, with what every page of it shows. As an extractor it is the full desk: only its own practitioner
/// has it, and others are told so.
pub(in crate::web) struct Room {
    pub(in crate::web) app: Arc<App>,
    pub(in crate::web) practice: Practice,
    /// Whose desk it is.
    pub(in crate::web) who: Practitioner,
    pub(in crate::web) storefront: Storefront,
    pub(in crate::web) now: Timestamp,
    /// Who sits there.
    pub(in crate::web) member: Practitioner,
    /// As what she sits there.
    pub(in crate::web) seat: Seat,
    /// Whether her old password is asked for when she chooses a new one.
    pub(super) old_password: OldPassword,
    /// Whether she proved not long ago that it is she.
    pub(super) proof: Proof,
    /// What her browser's cookie holds.
    pub(super) cookie: String,
    /// Whether the practice asks a second factor of her, and she has none.
    pub(super) owes_factor: bool,
    /// The desks that she may open, her own first.
    desks: Vec<Practitioner>,
    done: Option<&'static str>,
    alert: Option<Alert>,
}

/// A desk that is open to whoever may sit at it: sessions, clients and credits. What a page shows beyond that asks `room.seat`.
pub(in crate::web) struct Counter(pub(in crate::web) Room);

/// The owner at her own desk, who alone sees to the practice and its people. For others there is no such page.
pub(in crate::web) struct Owner(pub(in crate::web) Room);

impl FromRequestParts<Web> for Owner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let room = Room::from_request_parts(parts, web).await?;
        if room.member.role == Role::Owner { Ok(Self(room)) } else { Err(Failure::NotFound.into_response()) }
    }
}

impl FromRequestParts<Web> for Room {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let Counter(room) = Counter::from_request_parts(parts, web).await?;
        if room.seat.is_own() { Ok(room) } else { Err(Failure::NotYourSeat.into_response()) }
    }
}

impl FromRequestParts<Web> for Counter {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let Member { id, desk, old_password, cookie, proof } = Member::from_request_parts(parts, web).await?;
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let done = DONE.iter().find(|(name, _)| *name == query.text("done")).map(|(_, words)| *words);
        let app = Arc::clone(&web.app);
        let opened = web.app.run(move |_| Room::open(app, id, desk, done)).await;
        let room = opened.map_err(IntoResponse::into_response)?;
        // Whoever owes a second factor sets it up before anything else.
        if room.owes_factor && !path_of_signing_in(parts.uri.path()) {
            return Err(Redirect::to(&link::desk_security()).into_response());
        }
        Ok(Self(Room { old_password, cookie, proof, ..room }))
    }
}

/// Whether a page is about signing in itself.
fn path_of_signing_in(path: &str) -> bool {
    [link::desk_security(), link::desk_proof()]
        .iter()
        .any(|own| path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The desks at which a member may sit, her own first.
fn desks_of(read: &View, member: &Practitioner) -> Result<Vec<Practitioner>, Failure> {
    let mut desks = Vec::new();
    let hosts =
        if member.role.sees_to_others() { people::practitioner::all(read)? } else { vec![member.clone()] };
    for host in hosts {
        // Who has left has no desk of her own any more; the owner and the front desk see to what was sold for her.
        let is_host = host.role.gives_sessions()
            && host.membership != Membership::Invited
            && catalog::storefront::find(read, host.id)?.is_some();
        if is_host && Seat::of(member, host.id).is_some() {
            desks.push(host);
        }
    }
    desks.sort_by_key(|host| host.id != member.id);
    Ok(desks)
}

/// What everybody at the desk has to know.
fn alert(app: &App, read: &View) -> Result<Option<Alert>, Failure> {
    if hold::is_held(read)? {
        return Ok(Some(Alert::Held));
    }
    if !backup::overdue(app)?.is_empty() {
        return Ok(Some(Alert::NoBackup));
    }
    if app.backups.data_dir().is_err() {
        return Ok(None);
    }
    if backup::kit_in_force(app)?.is_none() {
        return Ok(Some(Alert::NoKit));
    }
    Ok(backup::standings(app)?.is_empty().then_some(Alert::NoPlace))
}

impl Room {
    /// Opens the desk that a member chose, or the first at which she may sit.
    pub(in crate::web) fn open(
        app: Arc<App>,
        member: PractitionerId,
        chosen: Option<PractitionerId>,
        done: Option<&'static str>,
    ) -> Result<Self, Failure> {
        let read = app.store.read()?;
        let practice = catalog::practice::find(&read)?.ok_or(Failure::NotFound)?;
        let member = people::practitioner::find(&read, member)?.filter(Practitioner::is_active);
        let member = member.ok_or(Failure::NotFound)?;
        let desks = desks_of(&read, &member)?;
        let who = desks.iter().find(|host| Some(host.id) == chosen).or(desks.first());
        let who = who.ok_or(Failure::NotFound)?.clone();
        let seat = Seat::of(&member, who.id).ok_or(Failure::NotFound)?;
        let storefront = catalog::storefront::find(&read, who.id)?.ok_or(Failure::NotFound)?;
        let now = app.clock.now();
        let alert = alert(&app, &read)?;
        let old_password = OldPassword::Asked;
        let (cookie, proof) = (String::new(), Proof::Stale);
        let owes_factor = second::is_owed(&read, member.id)?;
        Ok(Self {
            app,
            practice,
            who,
            storefront,
            now,
            member,
            seat,
            old_password,
            proof,
            cookie,
            owes_factor,
            desks,
            done,
            alert,
        })
    }

    /// What its pages are drawn with.
    pub(in crate::web) fn desk(&self) -> Desk<'_> {
        Desk {
            practice: &self.practice.name,
            who: &self.who,
            seat: self.seat,
            desks: &self.desks,
            accent: self.storefront.accent,
            now: self.now,
            post: self.post(),
            done: self.done,
            alert: self.alert,
        }
    }

    /// Whether mail goes out.
    pub(in crate::web) fn post(&self) -> Post {
        post_of(&self.app)
    }

    /// The currency of her new packages.
    pub(in crate::web) fn currency(&self) -> Currency {
        self.storefront.currency(&self.practice)
    }

    /// The desks that she may open, her own first.
    pub(super) fn desks(&self) -> &[Practitioner] {
        &self.desks
    }

    /// Whose desk it is.
    pub(in crate::web) const fn id(&self) -> PractitionerId {
        self.who.id
    }

    /// Reads, acts and draws off the event loop.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let app = Arc::clone(&self.app);
        app.run(move |_| work(&self)).await
    }

    /// The same, for what goes on afterwards.
    pub(super) async fn run_and_keep<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<(Self, T), Failure> {
        let app = Arc::clone(&self.app);
        app.run(move |_| work(&self).map(|done| (self, done))).await
    }

    /// Reads and draws a page.
    pub(super) async fn show(
        self,
        draw: impl FnOnce(&Self, &View) -> Result<Markup, Failure> + Send + 'static,
    ) -> Result<Answer, Failure> {
        self.run(move |room| Ok(Answer::Page(draw(room, &room.app.store.read()?)?))).await
    }
}
