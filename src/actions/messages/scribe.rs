//! What a message says, from the facts of the hour in which it goes, or in which somebody looks how it would read.

use super::sample;
use crate::actions::calendar::availability::next_free_in;
use crate::actions::first_time;
use crate::app::Fault;
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::credits::selection::Counted;
use crate::domain::email::EmailAddress;
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId, PurchaseId, RefundId};
use crate::domain::messages::message::{About, Kind};
use crate::domain::messages::wording::Wording;
use crate::domain::people::client::Client;
use crate::domain::people::login::{Changed, Person};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::mail::{Calendar, Method};
use crate::store::{Read, audit, billing, calendar, catalog, credits, messages, people};
use crate::views::ics;
use crate::views::messages::booking::{self, Seat, Session};
use crate::views::messages::{Credits, Mailing, Paper, letter, login, nudge, purchase, refund};
use crate::views::text::Reader;

/// How many free times a mail offers.
const TIMES: usize = 3;

/// Whom a letter goes to.
pub(super) struct Addressee {
    pub name: Line,
    pub email: EmailAddress,
    pub zone: Zone,
}

/// What stands in an envelope.
pub(super) struct Content {
    pub mailing: Mailing,
    pub calendar: Option<Calendar>,
    pub reply_to: Option<Practitioner>,
}

impl Content {
    fn of(mailing: Mailing, from: &Practitioner) -> Self {
        Self { mailing, calendar: None, reply_to: Some(from.clone()) }
    }

    pub fn unsigned(mailing: Mailing) -> Self {
        Self { mailing, calendar: None, reply_to: None }
    }
}

/// Messages to a member herself of which the key says what they tell.
pub(super) const SIGN_IN_NEWS: [Kind; 3] = [Kind::NewBrowser, Kind::SignInChanged, Kind::AuditHead];

/// Which of a practitioner's words a mail is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Those that she keeps for the kind, or ours.
    Kept,
    /// These, kept or not.
    These(Wording),
}

pub(super) fn there<T>(found: Option<T>, what: &'static str) -> Result<T, Fault> {
    found.ok_or(Fault::Missing(what))
}

pub(super) fn addressee(read: &impl Read, person: Person) -> Result<Addressee, Fault> {
    match person {
        Person::Client(id) => {
            let Client { name, email, zone, .. } = there(people::client::find(read, id)?, "a client")?;
            Ok(Addressee { name, email, zone })
        }
        Person::Practitioner(id) => {
            let Practitioner { name, email, zone, .. } = practitioner(read, id)?;
            Ok(Addressee { name, email, zone })
        }
    }
}

/// Whether nothing of a lot can be booked any more because its money went back or is questioned.
fn is_closed(balance: &Balance) -> bool {
    balance.available_or_frozen() == 0 && balance.revoked + balance.suspended > 0
}

pub(super) fn practitioner(read: &impl Read, id: PractitionerId) -> Result<Practitioner, Fault> {
    there(people::practitioner::find(read, id)?, "a practitioner")
}

/// Who writes one letter, with everything at hand.
pub(super) struct Scribe<'a, R> {
    pub read: &'a R,
    pub now: Timestamp,
    pub base_url: &'a str,
    pub kind: Kind,
    /// The message's key; of a dispute it names which.
    pub key: &'a str,
    pub to: Person,
    pub addressee: &'a Addressee,
    pub practice: &'a Practice,
    pub unsubscribe: &'a str,
    pub words: Words,
}

impl<R: Read> Scribe<'_, R> {
    /// What a message about something says; a sign-in link is nobody's to see, and is worded where it is made.
    pub fn content(&self, about: About) -> Result<Content, Fault> {
        match about {
            About::Oneself if self.kind == Kind::PasswordChanged => {
                Ok(Content::unsigned(login::password_changed(&self.paper(Accent::FERN, None))))
            }
            About::Oneself if SIGN_IN_NEWS.contains(&self.kind) => self.news_of_sign_in(),
            About::Oneself => Err(Fault::Missing("a sign-in link")),
            About::Purchase(id) => self.purchase(id),
            About::Lot(id) => self.lot(id),
            About::Booking(id, _) => self.booking(id),
            About::Letter(whose) => self.letter(whose),
            About::Wording(kind) => self.sample(kind),
            About::Client(id) => self.client(id),
            About::Refund(id) => self.refund(id),
        }
    }

    /// What a member is told of her sign-in, or an owner of the audit log; the key has the facts.
    fn news_of_sign_in(&self) -> Result<Content, Fault> {
        let paper = self.paper(Accent::FERN, None);
        let parts: Vec<&str> = self.key.split('/').collect();
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        Ok(Content::unsigned(match self.kind {
            Kind::NewBrowser => {
                let at = there(part(2).parse::<Timestamp>().ok(), "an instant")?;
                login::new_browser(&paper, part(3), at)
            }
            Kind::SignInChanged => {
                let changed = Changed::ALL.into_iter().find(|one| one.name() == part(1));
                login::changed(&paper, there(changed, "a change")?)
            }
            _ => {
                let number = there(part(3).parse().ok(), "a number")?;
                let entry = there(audit::find(self.read, number)?, "an entry of the audit log")?;
                login::audit_head(&paper, number, &crate::actions::audit::shown(&entry.link))
            }
        }))
    }

    pub fn paper<'p>(&'p self, accent: Accent, wording: Option<&'p Wording>) -> Paper<'p> {
        Paper {
            practice: self.practice,
            accent,
            reader: &self.addressee.name,
            zone: &self.addressee.zone,
            base_url: self.base_url,
            now: self.now,
            wording: wording.map(|wording| (self.kind, wording)),
        }
    }

    fn accent(&self, whose: PractitionerId) -> Result<Accent, Fault> {
        Ok(catalog::storefront::find(self.read, whose)?.map_or(Accent::FERN, |storefront| storefront.accent))
    }

    /// What she says in mails of this kind; a mail to a practitioner is in ours.
    fn wording(&self, whose: PractitionerId) -> Result<Option<Wording>, Fault> {
        match (&self.words, self.to) {
            (Words::These(wording), _) => Ok(Some(wording.clone())),
            (Words::Kept, Person::Client(_)) => Ok(Some(messages::wording::of(self.read, whose, self.kind)?)),
            (Words::Kept, Person::Practitioner(_)) => Ok(None),
        }
    }

    fn times(&self, lot: &Lot) -> Result<Vec<Timestamp>, Fault> {
        let slots = next_free_in(self.read, lot.practitioner, lot.offer.length(), self.now, TIMES)?;
        Ok(slots.into_iter().map(|slot| slot.start).collect())
    }

    fn counted(&self, id: LotId) -> Result<Counted, Fault> {
        there(credits::lot::counted(self.read, id, self.now)?, "a lot")
    }

    fn purchase(&self, id: PurchaseId) -> Result<Content, Fault> {
        let sale: Purchase = there(catalog::purchase::find(self.read, id)?, "a purchase")?;
        let with = practitioner(self.read, sale.practitioner)?;
        if let Person::Practitioner(_) = self.to {
            let paper = self.paper(self.accent(with.id)?, None);
            let client = there(people::client::find(self.read, sale.client)?, "a client")?;
            if self.kind == Kind::Disputed {
                let reference = self.key.split('/').nth(1).unwrap_or_default();
                let dispute = there(billing::dispute::find(self.read, reference)?, "a dispute")?;
                return Ok(Content::unsigned(refund::disputed(&paper, &dispute, &sale, &client)));
            }
            let news = if sale.is_paid() { purchase::News::Paid } else { purchase::News::Awaited };
            return Ok(Content::unsigned(purchase::to_practitioner(&paper, news, &sale, &client)));
        }
        if self.kind != Kind::Receipt {
            return self.order(&with, &sale);
        }
        let counted = self.counted(Lot::id_for(id))?;
        let payment = there(billing::payment::of(self.read, id)?, "a payment")?;
        let number = billing::receipt::of(self.read, id)?.first().map(|receipt| receipt.number);
        self.receipt(&with, &counted, number, payment.on)
    }

    fn receipt(
        &self,
        with: &Practitioner,
        (lot, balance): &Counted,
        number: Option<u64>,
        on: jiff::civil::Date,
    ) -> Result<Content, Fault> {
        let wording = self.wording(with.id)?;
        let paper = self.paper(self.accent(with.id)?, wording.as_ref());
        let times = self.times(lot)?;
        let credits = Credits { practitioner: with, lot, balance };
        let first = match lot.origin {
            Origin::Purchase(id) => first_time::outcome(self.read, id)?,
            Origin::Comp { .. } | Origin::Transfer { .. } | Origin::Import { .. } => None,
        };
        let paid = purchase::Paid { number, on, first, times: &times };
        Ok(Content::of(purchase::receipt(&paper, &credits, &paid), with))
    }

    fn order(&self, with: &Practitioner, sale: &Purchase) -> Result<Content, Fault> {
        let wording = self.wording(with.id)?;
        let paper = self.paper(self.accent(with.id)?, wording.as_ref());
        let mailing = match self.kind {
            Kind::PaymentFailed => purchase::payment_failed(&paper, sale, with),
            _ => purchase::awaiting_payment(&paper, sale, with),
        };
        Ok(Content::of(mailing, with))
    }

    fn lot(&self, id: LotId) -> Result<Content, Fault> {
        let counted = self.counted(id)?;
        self.credits(&practitioner(self.read, counted.0.practitioner)?, &counted)
    }

    fn credits(&self, with: &Practitioner, (lot, balance): &Counted) -> Result<Content, Fault> {
        let wording = self.wording(with.id)?;
        let paper = self.paper(self.accent(with.id)?, wording.as_ref());
        let credits = Credits { practitioner: with, lot, balance };
        let mailing = match self.kind {
            Kind::ExpirySoon => nudge::expiry_soon(&paper, &credits, &self.times(lot)?, self.unsubscribe),
            Kind::Renewal => nudge::renewal(&paper, &credits, self.unsubscribe),
            Kind::Lapsed => nudge::lapsed(&paper, &credits, self.unsubscribe),
            Kind::Welcome => letter::welcome(&paper, &credits),
            _ => nudge::book_first(&paper, &credits, &self.times(lot)?, self.unsubscribe),
        };
        Ok(Content::of(mailing, with))
    }

    fn booking(&self, id: BookingId) -> Result<Content, Fault> {
        let one = there(calendar::booking::find(self.read, id)?, "a session")?;
        let counted = self.counted(one.lot)?;
        let with = practitioner(self.read, one.practitioner)?;
        let client = there(people::client::find(self.read, one.client)?, "a client")?;
        self.session(&with, &client, &one, &counted)
    }

    fn session(
        &self,
        with: &Practitioner,
        client: &Client,
        one: &Booking,
        (lot, balance): &Counted,
    ) -> Result<Content, Fault> {
        let place = catalog::storefront::find(self.read, with.id)?.and_then(|storefront| storefront.place);
        let wording = self.wording(with.id)?;
        let paper = self.paper(self.accent(with.id)?, wording.as_ref());
        let credits = Credits { practitioner: with, lot, balance };
        let session = Session { booking: one, credits, place: place.as_ref() };
        let (mailing, reader) = match (self.to, self.kind) {
            (Person::Practitioner(_), kind) => {
                let news = match kind {
                    Kind::Cancelled => booking::News::Cancelled,
                    Kind::Moved => booking::News::Moved,
                    _ => booking::News::Booked,
                };
                (booking::to_practitioner(&paper, news, &session, client), Reader::Practitioner)
            }
            (_, Kind::Moved) => (booking::moved(&paper, &session), Reader::Client),
            (_, Kind::Cancelled) if is_closed(balance) => {
                (refund::session_closed(&paper, one, with), Reader::Client)
            }
            (_, Kind::Cancelled) => (booking::cancelled(&paper, &session), Reader::Client),
            (_, Kind::Reminder) => (booking::reminder(&paper, &session), Reader::Client),
            _ => (booking::booked(&paper, &session), Reader::Client),
        };
        let place = place.as_ref();
        let seat = Seat { practitioner: with, client, place, base_url: self.base_url, reader };
        let calendar = self.calendar(one, &seat);
        Ok(Content { calendar, ..Content::of(mailing, with) })
    }

    /// The calendar part: the same UID all its life, a rising SEQUENCE, CANCEL when it is called off. A reminder needs none.
    fn calendar(&self, one: &Booking, seat: &Seat<'_>) -> Option<Calendar> {
        let event = booking::event(one, seat, self.now);
        match self.kind {
            Kind::Reminder => None,
            Kind::Cancelled => Some(Calendar { method: Method::Cancel, ics: ics::cancel(&event) }),
            _ => Some(Calendar { method: Method::Request, ics: ics::request(&event) }),
        }
    }

    fn letter(&self, whose: PractitionerId) -> Result<Content, Fault> {
        let with = practitioner(self.read, whose)?;
        let Words::These(words) = &self.words else { return Err(Fault::Missing("what was written")) };
        let paper = self.paper(self.accent(with.id)?, Some(words));
        Ok(Content::of(letter::personal(&paper, &with), &with))
    }

    fn refund(&self, id: RefundId) -> Result<Content, Fault> {
        let given = there(billing::refund::find(self.read, id)?, "a refund")?;
        let with = practitioner(self.read, given.practitioner)?;
        let paper = self.paper(self.accent(with.id)?, None);
        if let Person::Practitioner(_) = self.to {
            let client = there(people::client::find(self.read, given.client)?, "a client")?;
            return Ok(Content::unsigned(refund::asks(&paper, &given, &client)));
        }
        let sale = there(catalog::purchase::find(self.read, given.purchase)?, "a purchase")?;
        Ok(Content::of(refund::refunded(&paper, &given, &sale, &with), &with))
    }

    fn client(&self, id: ClientId) -> Result<Content, Fault> {
        let client = there(people::client::find(self.read, id)?, "a client")?;
        Ok(Content::unsigned(letter::erasure_asked(&self.paper(Accent::FERN, None), &client)))
    }

    /// A message as it might read, to the practitioner herself: about nobody.
    fn sample(&self, kind: Kind) -> Result<Content, Fault> {
        let Person::Practitioner(whose) = self.to else { return Err(Fault::Missing("a practitioner")) };
        let with = practitioner(self.read, whose)?;
        let mut packages = catalog::package::of(self.read, whose)?;
        let offer = (!packages.is_empty()).then(|| packages.swap_remove(0).offer);
        let scene = sample::scene(kind, &with, offer, self.now);
        let to = Person::Client(scene.client.id);
        let addressee =
            Addressee { name: scene.client.name.clone(), email: with.email.clone(), zone: with.zone.clone() };
        let words = match &self.words {
            Words::Kept => Words::These(messages::wording::of(self.read, whose, kind)?),
            these => these.clone(),
        };
        let scribe = Scribe { read: self.read, kind, to, addressee: &addressee, words, ..*self };
        let content = match kind {
            Kind::Receipt => scribe.receipt(&with, &scene.counted, Some(1), with.zone.date(self.now))?,
            Kind::AwaitingPayment | Kind::PaymentFailed => scribe.order(&with, &scene.purchase)?,
            Kind::Booked | Kind::Moved | Kind::Cancelled | Kind::Reminder => {
                scribe.session(&with, &scene.client, &scene.booking, &scene.counted)?
            }
            _ => scribe.credits(&with, &scene.counted)?,
        };
        // A test is no appointment: no calendar part goes along.
        Ok(Content { calendar: None, ..content })
    }
}
