//! How a message reads or would read: nothing is sent, and nothing is kept.

use super::scribe::{SIGN_IN_NEWS, Scribe, Words, addressee, practitioner, there};
use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::id::{ClientId, LotId, PractitionerId};
use crate::domain::messages::message::{About, Kind, Message};
use crate::domain::messages::wording::Wording;
use crate::domain::people::login::Person;
use crate::store::{Read, View, calendar, catalog, credits, messages, people};
use crate::views::messages::Mailing;

/// In place of a link that ends a kind of nudge, which a preview does not hold.
const NO_LINK: &str = "/unsubscribe/preview";

fn mailing(
    app: &App,
    read: &View,
    (kind, to, about): (Kind, Person, About),
    words: Words,
    key: &str,
) -> Result<Mailing, Fault> {
    let practice = there(catalog::practice::find(read)?, "the practice")?;
    let whom = addressee(read, to)?;
    let unsubscribe = app.absolute(NO_LINK);
    let scribe = Scribe {
        read,
        now: app.clock.now(),
        base_url: &app.base_url,
        kind,
        key,
        to,
        addressee: &whom,
        practice: &practice,
        unsubscribe: &unsubscribe,
        words,
    };
    Ok(scribe.content(about)?.mailing)
}

/// How a message would read if it went now; nothing for a sign-in link, which is nobody's to see.
///
/// # Errors
/// [`Fault`] if what it is about is not there.
pub fn of_message(app: &App, read: &View, message: &Message) -> Result<Option<Mailing>, Fault> {
    let is_told = message.kind == Kind::PasswordChanged || SIGN_IN_NEWS.contains(&message.kind);
    if message.about == About::Oneself && !is_told {
        return Ok(None);
    }
    let words = messages::wording::written(read, message.id)?.map_or(Words::Kept, Words::These);
    mailing(app, read, (message.kind, message.to, message.about), words, &message.key).map(Some)
}

/// How a nudge would read that is sent by hand.
///
/// # Errors
/// [`NotThere`] if there is no such lot of this practitioner.
pub fn of_nudge(
    app: &App,
    read: &View,
    whose: PractitionerId,
    (lot, kind): (LotId, Kind),
) -> Result<Mailing, Error<NotThere>> {
    let lot = credits::lot::find(read, lot)?.filter(|lot| lot.practitioner == whose);
    let lot = lot.ok_or(Error::Refused(NotThere))?;
    let about = (kind, Person::Client(lot.client), About::Lot(lot.id));
    Ok(mailing(app, read, about, Words::Kept, "")?)
}

/// How some words to a client would read.
///
/// # Errors
/// [`NotThere`] if there is no such client of this practitioner.
pub fn of_letter(
    app: &App,
    read: &View,
    whose: PractitionerId,
    (client, words): (ClientId, Wording),
) -> Result<Mailing, Error<NotThere>> {
    let client = people::client::find_of(read, whose, client)?.ok_or(Error::Refused(NotThere))?;
    let about = (Kind::Personal, Person::Client(client.id), About::Letter(whose));
    Ok(mailing(app, read, about, Words::These(words), "")?)
}

/// How a kind of message reads in some words: to one of her clients about the newest thing of the kind, or, where there is
/// none or nobody was chosen, to a made-up one.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn of_kind(
    app: &App,
    read: &View,
    whose: PractitionerId,
    (kind, words): (Kind, Words),
    client: Option<ClientId>,
) -> Result<Mailing, Fault> {
    let about = match client {
        Some(client) => newest(read, whose, client, kind)?.map(|about| (Person::Client(client), about)),
        None => None,
    };
    match about {
        Some((to, about)) => mailing(app, read, (kind, to, about), words, ""),
        None => {
            practitioner(read, whose)?;
            mailing(app, read, (Kind::Sample, Person::Practitioner(whose), About::Wording(kind)), words, "")
        }
    }
}

/// The newest thing between the two that a kind of message can be about.
fn newest(read: &View, whose: PractitionerId, client: ClientId, kind: Kind) -> Result<Option<About>, Fault> {
    if people::client::find_of(read, whose, client)?.is_none() {
        return Ok(None);
    }
    let sale = |paid: fn(&crate::domain::catalog::purchase::Purchase) -> bool| -> Result<_, Fault> {
        let all = catalog::purchase::of_client(read, client)?;
        let mine = all.iter().rev().find(|one| one.practitioner == whose && paid(one));
        Ok(mine.map(|one| About::Purchase(one.id)))
    };
    match kind {
        Kind::Receipt => sale(|one| one.is_paid()),
        Kind::AwaitingPayment | Kind::PaymentFailed => sale(|_| true),
        Kind::Booked | Kind::Moved | Kind::Cancelled | Kind::Reminder => {
            let all = calendar::booking::of_client(read, client)?;
            let fits = |one: &&crate::domain::calendar::booking::Booking| {
                one.practitioner == whose && one.is_confirmed() != (kind == Kind::Cancelled)
            };
            Ok(all.iter().rev().find(fits).map(|one| About::Booking(one.id, one.sequence)))
        }
        _ => Ok(newest_lot(read, whose, client)?.map(About::Lot)),
    }
}

fn newest_lot(read: &impl Read, whose: PractitionerId, client: ClientId) -> Result<Option<LotId>, Fault> {
    let lots = credits::lot::of_client(read, client, crate::domain::time::Timestamp::UNIX_EPOCH)?;
    Ok(lots.iter().rev().find(|(lot, _)| lot.practitioner == whose).map(|(lot, _)| lot.id))
}
