//! What a message says, from the facts of the hour in which it goes.

use crate::actions::calendar::availability::next_free_in;
use crate::actions::people::login::make_link;
use crate::actions::{first_time, unsubscribe};
use crate::app::{App, Fault, Moment, Post};
use crate::domain::billing::dispute::Dispute;
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::email::EmailAddress;
use crate::domain::id::{BookingId, LotId, PractitionerId, PurchaseId, RefundId};
use crate::domain::messages::message::{About, Kind, Message};
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::mail::{AutoKind, Calendar, Letter, Method, Sender};
use crate::platform::entropy::Entropy;
use crate::platform::seal::InstanceKey;
use crate::store::{Tx, billing, calendar, catalog, credits, people};
use crate::views::messages::booking::{self, Seat, Session};
use crate::views::messages::{Credits, Mailing, Paper, login, nudge, purchase, refund};
use crate::views::text::Reader;
use crate::views::{ics, link};

/// How many free times a mail offers.
const TIMES: usize = 3;

/// What composing needs of the program.
#[derive(Debug, Clone)]
pub struct Composer {
    base_url: String,
    host: String,
    from: Sender,
    entropy: Entropy,
    key: InstanceKey,
}

/// Whom a letter goes to.
struct Addressee {
    name: Line,
    email: EmailAddress,
    zone: Zone,
}

/// What stands in an envelope.
struct Content {
    mailing: Mailing,
    calendar: Option<Calendar>,
    reply_to: Option<Practitioner>,
}

impl Content {
    fn of(mailing: Mailing, from: &Practitioner) -> Self {
        Self { mailing, calendar: None, reply_to: Some(from.clone()) }
    }
}

fn there<T>(found: Option<T>, what: &'static str) -> Result<T, Fault> {
    found.ok_or(Fault::Missing(what))
}

impl Composer {
    /// A composer, if mail goes out at all.
    #[must_use]
    pub fn of(app: &App) -> Option<Self> {
        let Post::Office { from, .. } = &app.post else { return None };
        Some(Self {
            base_url: app.base_url.clone(),
            host: app.host().to_owned(),
            from: from.clone(),
            entropy: app.entropy.clone(),
            key: app.key.clone(),
        })
    }

    /// The letter of a message.
    ///
    /// # Errors
    /// [`Fault`] if what it is about is not there.
    pub fn letter(&self, tx: &Tx<'_>, at: &Moment, message: &Message) -> Result<Letter, Fault> {
        let to = addressee(tx, message.to)?;
        let practice = there(catalog::practice::find(tx)?, "the practice")?;
        let unsubscribe = self.unsubscribe(message);
        let desk =
            Desk { tx, at, composer: self, message, to: &to, practice: &practice, unsubscribe: &unsubscribe };
        let content = desk.content()?;
        let reply_to = content.reply_to.map(|from| (Some(from.name), from.email));
        Ok(Letter {
            message_id: format!("<{}@{}>", message.id, self.host),
            from: Sender { name: practice.name.clone(), address: self.from.address.clone() },
            reply_to: reply_to.or(Some((Some(practice.name), practice.email))),
            to: (Some(to.name), to.email),
            subject: content.mailing.subject,
            text: content.mailing.text,
            html: content.mailing.html,
            calendar: content.calendar,
            // RFC 8058 wants https; without TLS (the demo, a house network) only the words of the mail have the link.
            unsubscribe: Some(unsubscribe).filter(|address| address.starts_with("https://")),
            dated_at: at.now,
            kind: if message.kind.is_nudge() { AutoKind::Nudge } else { AutoKind::Notice },
        })
    }

    fn unsubscribe(&self, message: &Message) -> String {
        match message.to {
            Person::Client(id) if message.kind.is_nudge() => {
                let token = unsubscribe::token(&self.key, id, message.kind);
                format!("{}{}", self.base_url, link::unsubscribe(&token))
            }
            _ => String::new(),
        }
    }
}

fn addressee(tx: &Tx<'_>, person: Person) -> Result<Addressee, Fault> {
    match person {
        Person::Client(id) => {
            let Client { name, email, zone, .. } = there(people::client::find(tx, id)?, "a client")?;
            Ok(Addressee { name, email, zone })
        }
        Person::Practitioner(id) => {
            let Practitioner { name, email, zone, .. } = practitioner(tx, id)?;
            Ok(Addressee { name, email, zone })
        }
    }
}

/// Whether nothing of a lot can be booked any more because its money went back or is questioned.
fn is_closed(balance: &Balance) -> bool {
    balance.available_or_frozen() == 0 && balance.revoked + balance.suspended > 0
}

fn practitioner(tx: &Tx<'_>, id: PractitionerId) -> Result<Practitioner, Fault> {
    there(people::practitioner::find(tx, id)?, "a practitioner")
}

/// Where one letter is written, with everything at hand.
struct Desk<'a> {
    tx: &'a Tx<'a>,
    at: &'a Moment,
    composer: &'a Composer,
    message: &'a Message,
    to: &'a Addressee,
    practice: &'a Practice,
    unsubscribe: &'a str,
}

impl Desk<'_> {
    fn content(&self) -> Result<Content, Fault> {
        match self.message.about {
            About::Oneself => self.sign_in(),
            About::Purchase(id) => self.purchase(id),
            About::Lot(id) => self.nudge(id),
            About::Booking(id, _) => self.booking(id),
            About::Refund(id) => self.refund(id),
        }
    }

    fn paper(&self, accent: Accent) -> Paper<'_> {
        Paper {
            practice: self.practice,
            accent,
            reader: &self.to.name,
            zone: &self.to.zone,
            base_url: &self.composer.base_url,
            now: self.at.now,
        }
    }

    fn accent(&self, whose: PractitionerId) -> Result<Accent, Fault> {
        Ok(catalog::storefront::find(self.tx, whose)?.map_or(Accent::FERN, |storefront| storefront.accent))
    }

    fn times(&self, lot: &Lot) -> Result<Vec<Timestamp>, Fault> {
        let slots = next_free_in(self.tx, lot.practitioner, lot.offer.length(), self.at.now, TIMES)?;
        Ok(slots.into_iter().map(|slot| slot.start).collect())
    }

    fn counted(&self, id: LotId) -> Result<Counted, Fault> {
        there(credits::lot::counted(self.tx, id, self.at.now)?, "a lot")
    }

    fn sign_in(&self) -> Result<Content, Fault> {
        let fresh = make_link(self.tx, self.at, &self.composer.entropy, self.message.to)?;
        let mailing = login::sign_in(&self.paper(Accent::FERN), &fresh.token, &fresh.code);
        Ok(Content { mailing, calendar: None, reply_to: None })
    }

    fn purchase(&self, id: PurchaseId) -> Result<Content, Fault> {
        let sale: Purchase = there(catalog::purchase::find(self.tx, id)?, "a purchase")?;
        let with = practitioner(self.tx, sale.practitioner)?;
        let paper = self.paper(self.accent(with.id)?);
        if let Person::Practitioner(_) = self.message.to {
            let client = there(people::client::find(self.tx, sale.client)?, "a client")?;
            if self.message.kind == Kind::Disputed {
                let dispute = there(self.dispute()?, "a dispute")?;
                let mailing = refund::disputed(&paper, &dispute, &sale, &client);
                return Ok(Content { mailing, calendar: None, reply_to: None });
            }
            let news = if sale.is_paid() { purchase::News::Paid } else { purchase::News::Awaited };
            let mailing = purchase::to_practitioner(&paper, news, &sale, &client);
            return Ok(Content { mailing, calendar: None, reply_to: None });
        }
        let mailing = match self.message.kind {
            Kind::Receipt => {
                let (lot, balance) = self.counted(Lot::id_for(id))?;
                let payment = there(billing::payment::of(self.tx, id)?, "a payment")?;
                let number = billing::receipt::of(self.tx, id)?.first().map(|receipt| receipt.number);
                let times = self.times(&lot)?;
                let credits = Credits { practitioner: &with, lot: &lot, balance: &balance };
                let first = first_time::outcome(self.tx, id)?;
                let paid = purchase::Paid { number, on: payment.on, first, times: &times };
                purchase::receipt(&paper, &credits, &paid)
            }
            Kind::PaymentFailed => purchase::payment_failed(&paper, &sale, &with),
            _ => purchase::awaiting_payment(&paper, &sale, &with),
        };
        Ok(Content::of(mailing, &with))
    }

    /// The dispute that the message's key names.
    fn dispute(&self) -> Result<Option<Dispute>, Fault> {
        let reference = self.message.key.split('/').nth(1).unwrap_or_default();
        Ok(billing::dispute::find(self.tx, reference)?)
    }

    fn refund(&self, id: RefundId) -> Result<Content, Fault> {
        let given = there(billing::refund::find(self.tx, id)?, "a refund")?;
        let with = practitioner(self.tx, given.practitioner)?;
        let paper = self.paper(self.accent(with.id)?);
        if let Person::Practitioner(_) = self.message.to {
            let client = there(people::client::find(self.tx, given.client)?, "a client")?;
            let mailing = refund::asks(&paper, &given, &client);
            return Ok(Content { mailing, calendar: None, reply_to: None });
        }
        let sale = there(catalog::purchase::find(self.tx, given.purchase)?, "a purchase")?;
        Ok(Content::of(refund::refunded(&paper, &given, &sale, &with), &with))
    }

    fn nudge(&self, id: LotId) -> Result<Content, Fault> {
        let (lot, balance) = self.counted(id)?;
        let with = practitioner(self.tx, lot.practitioner)?;
        let paper = self.paper(self.accent(with.id)?);
        let credits = Credits { practitioner: &with, lot: &lot, balance: &balance };
        let mailing = match self.message.kind {
            Kind::ExpirySoon => nudge::expiry_soon(&paper, &credits, &self.times(&lot)?, self.unsubscribe),
            Kind::Renewal => nudge::renewal(&paper, &credits, self.unsubscribe),
            Kind::Lapsed => nudge::lapsed(&paper, &credits, self.unsubscribe),
            _ => nudge::book_first(&paper, &credits, &self.times(&lot)?, self.unsubscribe),
        };
        Ok(Content::of(mailing, &with))
    }

    fn booking(&self, id: BookingId) -> Result<Content, Fault> {
        let one = there(calendar::booking::find(self.tx, id)?, "a session")?;
        let (lot, balance) = self.counted(one.lot)?;
        let with = practitioner(self.tx, one.practitioner)?;
        let client = there(people::client::find(self.tx, one.client)?, "a client")?;
        let place = catalog::storefront::find(self.tx, with.id)?.and_then(|storefront| storefront.place);
        let paper = self.paper(self.accent(with.id)?);
        let credits = Credits { practitioner: &with, lot: &lot, balance: &balance };
        let session = Session { booking: &one, credits, place: place.as_ref() };
        let (mailing, reader) = match (self.message.to, self.message.kind) {
            (Person::Practitioner(_), kind) => {
                let news = match kind {
                    Kind::Cancelled => booking::News::Cancelled,
                    Kind::Moved => booking::News::Moved,
                    _ => booking::News::Booked,
                };
                (booking::to_practitioner(&paper, news, &session, &client), Reader::Practitioner)
            }
            (_, Kind::Moved) => (booking::moved(&paper, &session), Reader::Client),
            (_, Kind::Cancelled) if is_closed(&balance) => {
                (refund::session_closed(&paper, &one, &with), Reader::Client)
            }
            (_, Kind::Cancelled) => (booking::cancelled(&paper, &session), Reader::Client),
            (_, Kind::Reminder) => (booking::reminder(&paper, &session), Reader::Client),
            _ => (booking::booked(&paper, &session), Reader::Client),
        };
        let seat = Seat {
            practitioner: &with,
            client: &client,
            place: place.as_ref(),
            base_url: &self.composer.base_url,
            reader,
        };
        let calendar = self.calendar(&one, &seat);
        Ok(Content { calendar, ..Content::of(mailing, &with) })
    }

    /// The calendar part: the same UID all its life, a rising SEQUENCE, CANCEL when it is called off. A reminder needs none.
    fn calendar(&self, one: &Booking, seat: &Seat<'_>) -> Option<Calendar> {
        let event = booking::event(one, seat, self.at.now);
        match self.message.kind {
            Kind::Reminder => None,
            Kind::Cancelled => Some(Calendar { method: Method::Cancel, ics: ics::cancel(&event) }),
            _ => Some(Calendar { method: Method::Request, ics: ics::request(&event) }),
        }
    }
}
