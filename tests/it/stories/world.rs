//! The world of one story: a house, the people in it by their first names, and what was told and refused so far.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use fiddlehead::domain::calendar::booking::Booking;
use fiddlehead::domain::catalog::package::Package;
use fiddlehead::domain::credits::selection::Counted;
use fiddlehead::domain::id::{ClientId, MessageId, PractitionerId, PurchaseId};
use fiddlehead::domain::messages::message::{Kind, Message, State};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{Timestamp, Zone};
use fiddlehead::mail::CapturedLetter;
use fiddlehead::store::{Store, View, calendar, catalog, credits, messages};
use fiddlehead::views::text;

use super::sentence;
use crate::support::House;

/// What an action came to.
pub enum Done {
    Yes,
    /// Refused, in the words that the page would show.
    Refused(String),
}

pub struct World {
    pub house: House,
    /// All days and times of a story are in this zone.
    pub zone: Zone,
    /// By name; the one that was offered last, if a name comes twice.
    pub packages: HashMap<String, Package>,
    pub clients: BTreeMap<String, ClientId>,
    /// Where clients live who live elsewhere.
    pub homes: HashMap<String, Zone>,
    /// Each client's last order.
    pub orders: HashMap<String, PurchaseId>,
    /// Message-IDs of the mails that the story has told.
    pub told: HashSet<String>,
    /// The mail that was told last.
    pub letter: Option<Arc<CapturedLetter>>,
    /// What was refused and has not been told.
    pub refused: Option<String>,
    /// What became of actions at the same time.
    pub together: Vec<Done>,
}

impl World {
    pub async fn begin(now: Timestamp, zone: Zone) -> Self {
        Self {
            house: House::begun(Store::in_memory().unwrap(), now).await,
            zone,
            packages: HashMap::new(),
            clients: BTreeMap::new(),
            homes: HashMap::new(),
            orders: HashMap::new(),
            told: HashSet::new(),
            letter: None,
            refused: None,
            together: Vec::new(),
        }
    }

    pub fn read(&self) -> View {
        self.house.app.store.read().unwrap()
    }

    pub fn year(&self) -> i16 {
        self.zone.date(self.house.now()).year()
    }

    pub fn moment(&self, text: &str) -> Result<Timestamp, String> {
        sentence::moment(text, self.year(), &self.zone)
    }

    pub fn practitioner(&self, name: &str) -> Result<PractitionerId, String> {
        match name {
            "Ines" => Ok(self.house.ines),
            "Hana" => Ok(self.house.hana),
            _ => Err(format!("{name} is no practitioner here; Ines and Hana are")),
        }
    }

    pub fn client(&self, name: &str) -> Result<ClientId, String> {
        let known = || self.clients.keys().cloned().collect::<Vec<_>>().join(", ");
        self.clients
            .get(name)
            .copied()
            .ok_or_else(|| format!("{name} is no client yet; there are: {}", known()))
    }

    pub fn person(&self, name: &str) -> Result<Person, String> {
        self.client(name).map(Person::Client).or_else(|_| self.practitioner(name).map(Person::Practitioner))
    }

    pub fn package(&self, name: &str) -> Result<&Package, String> {
        let name = sentence::quoted(name)?;
        self.packages.get(name).ok_or_else(|| format!("nobody offers \"{name}\""))
    }

    pub fn order(&self, name: &str) -> Result<PurchaseId, String> {
        self.orders.get(name).copied().ok_or_else(|| format!("{name} has ordered nothing"))
    }

    /// The client's lots; of one package only, if it is named.
    pub fn lots(&self, name: &str, package: Option<&str>) -> Result<Vec<Counted>, String> {
        let Ok(client) = self.client(name) else { return Ok(Vec::new()) };
        let mut lots = credits::lot::of_client(&self.read(), client, self.house.now()).unwrap();
        if let Some(package) = package {
            let wanted = sentence::quoted(package)?;
            lots.retain(|(lot, _)| lot.offer.name.as_str() == wanted);
        }
        Ok(lots)
    }

    /// The client's session at a time: the one that stands, or the last one that was called off.
    pub fn session(&self, name: &str, when: &str) -> Result<Booking, String> {
        let at = self.moment(when)?;
        let all = calendar::booking::of_client(&self.read(), self.client(name)?).unwrap();
        let then: Vec<_> = all.iter().filter(|booking| booking.starts_at == at).collect();
        let found = then.iter().find(|booking| booking.is_confirmed()).or(then.last());
        found.map(|booking| (*booking).clone()).ok_or_else(|| format!("{name} has no session on {when}"))
    }

    /// The mails that went to somebody, oldest first, with their state in the story.
    pub fn mails_to(&self, name: &str) -> Result<Vec<Arc<CapturedLetter>>, String> {
        let domain = if self.client(name).is_ok() { "example.org" } else { "quietfield.example" };
        self.person(name)?;
        let address = format!("{}@{domain}", name.to_lowercase());
        let mut all = self.house.mailbox.letters();
        all.reverse();
        all.retain(|mail| mail.letter.to.1.as_str() == address);
        Ok(all)
    }

    pub fn is_told(&self, mail: &CapturedLetter) -> bool {
        self.told.contains(&mail.letter.message_id)
    }

    /// When a mail went.
    pub fn went_at(&self, mail: &CapturedLetter) -> Timestamp {
        let id = mail.letter.message_id.trim_start_matches('<').split('@').next().unwrap();
        let id: MessageId = id.parse().unwrap();
        match messages::message::find(&self.read(), id).unwrap().map(|message| message.state) {
            Some(State::Sent { at }) => at,
            other => panic!("a captured mail is not sent: {other:?}"),
        }
    }

    /// The newest message of a kind to somebody.
    pub fn message(&self, kind: &str, name: &str) -> Result<Message, String> {
        let kind = Kind::named(kind).ok_or_else(|| format!("{kind} is no kind of message"))?;
        let all = messages::message::to(&self.read(), self.person(name)?).unwrap();
        let found = all.into_iter().rfind(|message| message.kind == kind);
        found.ok_or_else(|| format!("there is no {} to {name}", text::kind(kind)))
    }

    pub fn purchase(&self, name: &str) -> Result<fiddlehead::domain::catalog::purchase::Purchase, String> {
        let id = self.order(name)?;
        Ok(catalog::purchase::find(&self.read(), id).unwrap().unwrap())
    }
}
