//! Calendars that are not ours, as they are reached: a question to a server of somebody's choosing, behind a guard, and
//! the busy times worked out of the answer. Whose they are and what becomes of them is not decided here.

mod address;
mod caldav;
mod event;
mod fetch;
mod guard;
mod series;
mod zones;

pub use fetch::Resolver;
pub use guard::{Guard, Permits, is_public};

use std::time::Duration;

use hyper::{Method, StatusCode};

use crate::domain::calendar::outside::{Access, Kind, Trouble, merged};
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use address::Address;
use fetch::{Question, Reply, Web};

/// How long busy times may be worked at.
const WORK_TIME: Duration = Duration::from_secs(5);

/// The host that a calendar is on, for people to know it by.
///
/// # Errors
/// [`Trouble`] if the address is none, or carries a login.
pub fn host(access: &Access) -> Result<Line, Trouble> {
    let address = Address::parse(&access.address)?;
    address.host_text().parse().map_err(|_| Trouble::NotAnAddress)
}

/// What is wanted of a calendar.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How it is asked.
    pub kind: Kind,
    /// Where it is.
    pub access: Access,
    /// The version that need not be sent again.
    pub known: Option<String>,
    /// The stretch of time that is of interest.
    pub window: (Timestamp, Timestamp),
    /// The zone of times that name none.
    pub zone: Zone,
    /// The host that our own events are named after: they are no news.
    pub ours: String,
}

/// What a calendar says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is as it was.
    Unchanged,
    /// These times are busy.
    Busy {
        /// In order and apart.
        stretches: Vec<(Timestamp, Timestamp)>,
        /// How many were too many, or too long to work out.
        left_out: usize,
        /// What the server calls this state.
        version: Option<String>,
    },
}

/// Reads calendars that are not ours.
#[derive(Debug)]
pub struct Calendars(Web);

impl Calendars {
    /// One that goes where the guard lets it.
    #[must_use]
    pub fn new(guard: Guard, resolver: Resolver) -> Self {
        Self(Web::new(guard, resolver))
    }

    /// Whether the guard lets an address pass, whatever is asked for there.
    #[must_use]
    pub fn lets_pass(&self, address: std::net::IpAddr) -> bool {
        self.0.guard.lets_pass(address)
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`Trouble`] says what is wrong.
    pub async fn read(&self, wanted: Wanted) -> Result<Answer, Trouble> {
        let address = Address::parse(&wanted.access.address)?;
        let login = wanted.access.login.as_ref().map(|(name, password)| format!("{name}:{password}"));
        let (texts, version) = match wanted.kind {
            Kind::Ics => match self.file(&address, login.as_deref(), wanted.known.as_deref()).await? {
                Some((text, version)) => (vec![text], version),
                None => return Ok(Answer::Unchanged),
            },
            Kind::CalDav => {
                let known = wanted.known.as_deref();
                match caldav::read(&self.0, &address, login.as_deref(), known, wanted.window).await? {
                    Some(found) => found,
                    None => return Ok(Answer::Unchanged),
                }
            }
        };
        // A defect in what reads strange files must cost this calendar only.
        let worked = tokio::task::spawn_blocking(move || event::busy(&texts, &wanted, WORK_TIME)).await;
        let (stretches, left_out) = worked.map_err(|_| Trouble::NotACalendar)??;
        let (stretches, over) = merged(stretches);
        Ok(Answer::Busy { stretches, left_out: left_out + over, version })
    }

    /// A calendar file; none if it is as it was.
    async fn file(
        &self,
        address: &Address,
        login: Option<&str>,
        known: Option<&str>,
    ) -> Result<Option<(String, Option<String>)>, Trouble> {
        let question = Question { method: Method::GET, login, known, depth: None, body: String::new() };
        let reply = self.0.ask(address, &question).await?;
        if reply.status == StatusCode::NOT_MODIFIED && known.is_some() {
            return Ok(None);
        }
        well(&reply, StatusCode::OK)?;
        Ok(Some((reply.body, reply.version)))
    }
}

/// Whether an answer has the status that it should have.
fn well(reply: &Reply, status: StatusCode) -> Result<(), Trouble> {
    match reply.status {
        found if found == status => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Trouble::SignIn),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(Trouble::Gone),
        // An answer, but not of the kind that such a calendar gives.
        found if found.is_success() || found == StatusCode::METHOD_NOT_ALLOWED => Err(Trouble::NotACalendar),
        found => Err(Trouble::Status(found.as_u16())),
    }
}
