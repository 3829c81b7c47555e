//! What a message says, from the facts of the hour in which it goes.

use crate::actions::people::login::make_link;
use crate::app::{App, Fault, Moment, Post};
use crate::domain::messages::message::{Kind, Message};
use crate::domain::people::login::Person;
use crate::mail::{AutoKind, Letter, Sender};
use crate::platform::entropy::Entropy;
use crate::store::{Tx, people};
use crate::views::link;

/// What composing needs of the program.
#[derive(Debug, Clone)]
pub struct Composer {
    base_url: String,
    host: String,
    from: Sender,
    entropy: Entropy,
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
        })
    }

    /// The letter of a message.
    ///
    /// # Errors
    /// [`Fault`] if what it is about is not there.
    pub fn letter(&self, tx: &Tx<'_>, at: &Moment, message: &Message) -> Result<Letter, Fault> {
        let (name, address) = match message.to {
            Person::Client(id) => people::client::find(tx, id)?.map(|c| (c.name, c.email)),
            Person::Practitioner(id) => people::practitioner::find(tx, id)?.map(|c| (c.name, c.email)),
        }
        .ok_or(Fault::Missing("a person"))?;
        let text = if message.kind == Kind::SignIn {
            let fresh = make_link(tx, at, &self.entropy, message.to)?;
            format!("{}{}\n{}", self.base_url, link::sign_in_link(&fresh.token), fresh.code)
        } else {
            message.kind.name().to_owned()
        };
        Ok(Letter {
            message_id: format!("<{}@{}>", message.id, self.host),
            from: self.from.clone(),
            reply_to: None,
            to: (Some(name), address),
            subject: message.kind.name().parse().expect("a name is a line"),
            html: text.clone(),
            text,
            calendar: None,
            unsubscribe: None,
            dated_at: at.now,
            kind: if message.kind.is_nudge() { AutoKind::Nudge } else { AutoKind::Notice },
        })
    }
}
