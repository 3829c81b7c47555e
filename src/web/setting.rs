//! What a page for visitors and clients stands in: the practice, the accent in force, who reads. Read once a request.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::Web;
use super::failure::Failure;
use super::security::NoStore;
use crate::app::{App, Post as AppPost};
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::package::Listing;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::credits::selection::{Counted, front};
use crate::domain::id::{ClientId, LotId, PractitionerId};
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Slug;
use crate::domain::time::{Timestamp, Zone};
use crate::store::{View, catalog, credits, people};
use crate::views::around::{Around, Reader};
use crate::views::post::Post;

/// All that stands around a page, owned.
pub struct Setting {
    /// The practice.
    pub practice: Practice,
    /// The signed-in client, if there is one.
    pub client: Option<Client>,
    /// Her lots, with what they amount to.
    pub lots: Vec<Counted>,
    /// The present.
    pub now: Timestamp,
    post: Post,
    accent: Accent,
    storefront: Option<Slug>,
    tints: Vec<Accent>,
}

impl Setting {
    /// For a page about one practitioner, or about none in particular; no practice, no page.
    ///
    /// # Errors
    /// [`Failure::NotFound`] before the practice is set up.
    pub fn read(
        app: &App,
        read: &View,
        client: Option<ClientId>,
        whose: Option<PractitionerId>,
    ) -> Result<Self, Failure> {
        let practice = catalog::practice::find(read)?.ok_or(Failure::NotFound)?;
        let now = app.clock.now();
        let client = client.map(|id| people::client::find(read, id)).transpose()?.flatten();
        let lots = match &client {
            Some(client) => credits::lot::of_client(read, client.id, now)?,
            None => Vec::new(),
        };
        let whose = match whose.or_else(|| front(&lots).map(|(lot, _)| lot.practitioner)) {
            Some(whose) => Some(whose),
            None => only_one(read)?,
        };
        let practitioner = whose.map(|whose| people::practitioner::find(read, whose)).transpose()?.flatten();
        let accent = match whose {
            Some(whose) => catalog::storefront::find(read, whose)?.map(|storefront| storefront.accent),
            None => None,
        };
        Ok(Self {
            practice,
            client,
            lots,
            now,
            post: post_of(app),
            accent: accent.unwrap_or_default(),
            storefront: practitioner.map(|practitioner| practitioner.slug),
            tints: Vec::new(),
        })
    }

    /// The same, with accents of its own for parts of the page.
    #[must_use]
    pub fn with_tints(mut self, tints: Vec<Accent>) -> Self {
        self.tints = tints;
        self
    }

    /// As views take it.
    #[must_use]
    pub fn around(&self) -> Around<'_> {
        let reader = match &self.client {
            None => Reader::Visitor,
            Some(client) => Reader::Client { name: &client.name, left: self.left(), book: self.book() },
        };
        Around {
            practice: &self.practice,
            accent: self.accent,
            tints: &self.tints,
            storefront: self.storefront.as_ref(),
            reader,
            post: self.post,
        }
    }

    /// How many sessions the client can book with the practitioner whose lot stands first.
    fn left(&self) -> u32 {
        let Some((first, _)) = front(&self.lots) else { return 0 };
        let with_her = self.lots.iter().filter(|(lot, _)| lot.practitioner == first.practitioner);
        with_her.map(|(_, balance)| balance.available).sum()
    }

    fn book(&self) -> Option<LotId> {
        front(&self.lots).filter(|(_, balance)| balance.available > 0).map(|(lot, _)| lot.id)
    }

    /// The zone to show times in: the client's, or else a practitioner's.
    #[must_use]
    pub fn zone<'a>(&'a self, or: &'a Practitioner) -> &'a Zone {
        self.client.as_ref().map_or(&or.zone, |client| &client.zone)
    }

    /// The client; only for pages that nobody else sees.
    ///
    /// # Errors
    /// [`Failure::NotFound`] if the account is gone.
    pub fn me(&self) -> Result<&Client, Failure> {
        self.client.as_ref().ok_or(Failure::NotFound)
    }
}

/// Whether mail goes out, as pages say it.
#[must_use]
pub fn post_of(app: &App) -> Post {
    match *app.post() {
        AppPost::Office { .. } => Post::Goes,
        AppPost::None => Post::HandedOver,
    }
}

/// The practitioner with a storefront, if there is one alone.
fn only_one(read: &View) -> Result<Option<PractitionerId>, Failure> {
    let members = members(read)?;
    Ok(if let [(one, _)] = &members[..] { Some(one.id) } else { None })
}

/// Those who are with the practice and have a storefront. Among several, one who has nothing on it yet is not shown.
///
/// # Errors
/// A [`Failure`] if the file fails.
pub fn members(read: &View) -> Result<Vec<(Practitioner, Storefront)>, Failure> {
    let mut members = Vec::new();
    for practitioner in people::practitioner::all(read)? {
        let storefront = catalog::storefront::find(read, practitioner.id)?;
        if let Some(storefront) = storefront.filter(|_| practitioner.is_active()) {
            let packages = catalog::package::of(read, practitioner.id)?;
            let sells = packages.iter().any(|package| package.listing == Listing::Published);
            members.push((practitioner, storefront, sells));
        }
    }
    let anybody = members.iter().any(|(.., sells)| *sells);
    members.retain(|(.., sells)| *sells || !anybody);
    Ok(members.into_iter().map(|(practitioner, storefront, _)| (practitioner, storefront)).collect())
}

/// A page with its status.
pub struct Answer(pub StatusCode, pub Markup);

impl Answer {
    /// As it should be.
    #[must_use]
    pub const fn page(markup: Markup) -> Self {
        Self(StatusCode::OK, markup)
    }

    /// The same page again, with what is wrong with what was sent.
    #[must_use]
    pub const fn wrong(markup: Markup) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, markup)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.0, self.1).into_response();
        // Each of these pages may know its reader.
        response.extensions_mut().insert(NoStore);
        response
    }
}

/// Reads and draws off the event loop, from one view of the store.
///
/// # Errors
/// What the work returned.
pub async fn draw<T: Send + 'static>(
    web: &Web,
    work: impl FnOnce(&App, &View) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    web.app.run(move |app| work(app, &app.store.read()?)).await
}

/// An id or a name out of an address; what is none leads nowhere.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn named<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}
