//! A letter with its envelope: whom it goes to, who answers, what its message says in that hour.

use super::scribe::{Content, Scribe, Words, addressee, practitioner, there};
use crate::actions::catalog::team;
use crate::actions::people::login::make_link;
use crate::actions::unsubscribe;
use crate::app::{App, Fault, Moment, Post};
use crate::domain::catalog::brand::Accent;
use crate::domain::messages::message::{About, Kind, Message};
use crate::domain::people::login::Person;
use crate::mail::{AutoKind, Letter, Sender};
use crate::platform::entropy::Entropy;
use crate::platform::seal::InstanceKey;
use crate::store::{Tx, catalog, keeping, messages};
use crate::views::link;
use crate::views::messages::{invitation, letter, login};

/// What composing needs of the program.
#[derive(Debug, Clone)]
pub struct Composer {
    base_url: String,
    host: String,
    from: Sender,
    entropy: Entropy,
    key: InstanceKey,
}

impl Composer {
    /// A composer, if mail goes out at all.
    #[must_use]
    pub fn of(app: &App) -> Option<Self> {
        let post = app.post();
        let Post::Office { from, .. } = &*post else { return None };
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
        let mut to = addressee(tx, message.to)?;
        if message.kind == Kind::SignInChanged
            // All that is left is the address: one may have a '/' in it.
            && let Some(before) = message.key.splitn(5, '/').nth(4).and_then(|address| address.parse().ok())
        {
            to.email = before;
        }
        let practice = there(catalog::practice::find(tx)?, "the practice")?;
        let unsubscribe = self.unsubscribe(message);
        let written = messages::wording::written(tx, message.id)?;
        let scribe = Scribe {
            read: tx,
            now: at.now,
            base_url: &self.base_url,
            kind: message.kind,
            key: &message.key,
            to: message.to,
            addressee: &to,
            practice: &practice,
            unsubscribe: &unsubscribe,
            words: written.map_or(Words::Kept, Words::These),
        };
        let content = match message.about {
            About::Oneself if message.kind == Kind::Invitation => {
                let Person::Practitioner(id) = message.to else {
                    return Err(Fault::Missing("a practitioner"));
                };
                let token = team::make_invitation(tx, at, &self.entropy, id)?;
                let paper = scribe.paper(Accent::FERN, None);
                Content::unsigned(invitation::invitation(&paper, practitioner(tx, id)?.role, &token))
            }
            About::Oneself if message.kind == Kind::BackupOverdue => {
                let overdue = keeping::backup::overdue(tx, at.now)?;
                let paper = scribe.paper(Accent::FERN, None);
                Content::unsigned(letter::backup_overdue(&paper, &overdue))
            }
            About::Oneself if message.kind == Kind::SignIn => {
                let fresh = make_link(tx, at, &self.entropy, message.to)?;
                let paper = scribe.paper(Accent::FERN, None);
                Content::unsigned(login::sign_in(&paper, &fresh.token, &fresh.code))
            }
            about => scribe.content(about)?,
        };
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
