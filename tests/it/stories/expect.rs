//! What a story expects: every line that begins with "then". Each says what was there if it does not hold.

use fiddlehead::domain::catalog::purchase::State as Sale;
use fiddlehead::domain::messages::message::State;
use fiddlehead::domain::time::{long_day, long_moment};
use fiddlehead::store::{billing, calendar};
use fiddlehead::views::text as words;

use super::sentence::{self, gaps, number, quoted};
use super::world::{Done, World};

type Held = Result<(), String>;

/// A story has no no-break spaces, as nobody types them.
fn same(wanted: &str, found: &str) -> Held {
    if wanted == found.replace('\u{a0}', " ") { Ok(()) } else { Err(format!("there was: {found}")) }
}

impl World {
    /// Looks whether what a line expects holds; nothing if it is no expectation.
    pub fn expect(&mut self, line: &str) -> Option<Held> {
        if let Some(held) = self.about_mail(line) {
            return Some(held);
        }
        if let Some([words]) = gaps(line, "refused: {}") {
            let found = self.refused.take();
            return Some(match (quoted(words), found) {
                (Ok(wanted), Some(found)) => same(&format!("\"{wanted}\""), &format!("\"{found}\"")),
                (Ok(_), None) => Err("nothing was refused".to_owned()),
                (Err(why), _) => Err(why),
            });
        }
        if let Some([done, refused, words]) = gaps(line, "{} is done and {} is refused: {}") {
            return Some(self.outcome_of_all(done, refused, words));
        }
        if let Some([who, when, words]) = gaps(line, "before {} cancels {} the page says {}") {
            let said = self.before_cancel(who, when);
            return Some(said.and_then(|said| same(words, &format!("\"{said}\""))));
        }
        if let Some([who, state]) = gaps(line, "{}'s order {}") {
            return Some(self.sale_stands(who, state));
        }
        if let Some([receipts, payments]) = gaps(line, "there are {} receipts and {} payments") {
            let read = self.read();
            let (found, paid) =
                (billing::receipt::all(&read).unwrap(), billing::payment::all(&read).unwrap());
            return Some(same(
                &format!("{receipts}, {payments}"),
                &format!("{}, {}", found.len(), paid.len()),
            ));
        }
        if let Some([amount, who]) = gaps(line, "{} USD are given back to {}") {
            return Some(self.is_given_back(amount, who));
        }
        if let Some([n, who, when]) = gaps(line, "{} of the sessions of {} stands on {}") {
            return Some(self.standing_on(n, who, when));
        }
        if let Some([who]) = gaps(line, "{} has nothing") {
            let lots = self.lots(who, None);
            let told = |n: usize| if n == 0 { Ok(()) } else { Err(format!("there were {n} lots")) };
            return Some(lots.and_then(|lots| told(lots.len())));
        }
        let [whose, parts] = gaps(line, "{} has {}")?;
        Some(self.balance(whose, parts))
    }

    fn outcome_of_all(&mut self, done: &str, refused: &str, words: &str) -> Held {
        let all = std::mem::take(&mut self.together);
        let no: Vec<String> = all
            .iter()
            .filter_map(|one| match one {
                Done::Refused(words) => Some(format!("\"{words}\"")),
                Done::Yes => None,
            })
            .collect();
        let wanted = vec![words.to_owned(); number(refused)?];
        let held = all.len() - no.len() == number::<usize>(done)? && no == wanted;
        if held { Ok(()) } else { Err(format!("there were {} done; refused: {no:?}", all.len() - no.len())) }
    }

    /// "5 to book, 1 booked, 0 used, 2 expired, use by Monday 13 July", as many of these as are told.
    fn balance(&self, whose: &str, parts: &str) -> Held {
        let (who, package) = match whose.split_once("'s ") {
            Some((who, package)) => (who, Some(package)),
            None => (whose, None),
        };
        let lots = match who.strip_suffix(" together").and_then(|both| both.split_once(" and ")) {
            Some((one, other)) => [self.lots(one, package)?, self.lots(other, package)?].concat(),
            None => self.lots(who, package)?,
        };
        if lots.is_empty() {
            return Err(format!("there was nothing that {whose} has"));
        }
        let sum = |of: fn(&fiddlehead::domain::credits::ledger::Balance) -> u32| -> u32 {
            lots.iter().map(|(_, balance)| of(balance)).sum()
        };
        let first = lots.iter().filter(|(_, balance)| balance.available > 0).chain(&lots);
        let by =
            first.filter_map(|(_, balance)| balance.deadline.as_ref()).map(|deadline| deadline.on).next();
        let all = [
            format!("{} to book", sum(|balance| balance.available)),
            format!("{} booked", sum(|balance| balance.held())),
            format!("{} used", sum(|balance| balance.used())),
            format!("{} expired", sum(|balance| balance.expired)),
            format!("use by {}", by.map_or("any time".to_owned(), long_day)),
        ];
        let holds = parts.split(", ").all(|part| all.iter().any(|one| one == part));
        if holds { Ok(()) } else { Err(format!("there was: {}", all.join(", "))) }
    }

    fn sale_stands(&self, who: &str, wanted: &str) -> Held {
        let found = match self.purchase(who)?.state {
            Sale::AwaitingBuyer => "waits for the buyer",
            Sale::Processing => "waits for the bank",
            Sale::AwaitingPractice => "is to be paid at the practice",
            Sale::AwaitingProof => "waits for proof of the address",
            Sale::Paid { .. } => "is paid",
            Sale::Failed { .. } => "has failed",
            Sale::Lapsed { .. } => "has lapsed",
            Sale::Withdrawn { .. } => "is withdrawn",
        };
        same(wanted, found)
    }

    fn standing_on(&self, n: &str, who: &str, when: &str) -> Held {
        let (at, whose) = (self.moment(when)?, self.practitioner(who)?);
        let until = at + fiddlehead::domain::time::minutes(1);
        let found = calendar::booking::on_calendar(&self.read(), whose, (at, until)).unwrap().len();
        same(n, &found.to_string())
    }

    fn about_mail(&mut self, line: &str) -> Option<Held> {
        if line == "no other mails" {
            let names: Vec<String> =
                self.clients.keys().cloned().chain(["Ines", "Hana"].map(str::to_owned)).collect();
            let untold = names.iter().flat_map(|name| self.untold(name)).collect::<Vec<_>>();
            return Some(if untold.is_empty() { Ok(()) } else { Err(format!("there were: {untold:#?}")) });
        }
        if let Some([who]) = gaps(line, "no mail to {}") {
            let untold = self.untold(who);
            let known = self.person(who).map(|_| ());
            return Some(known.and_then(|()| {
                if untold.is_empty() { Ok(()) } else { Err(format!("there were: {untold:#?}")) }
            }));
        }
        if let Some([who, subject]) = gaps(line, "a mail to {} says {}") {
            return Some(self.tell(who, subject));
        }
        if let Some([words]) = gaps(line, "in it stands {}") {
            return Some(self.in_it(words, |letter| letter.text.clone()));
        }
        if let Some([words]) = gaps(line, "its calendar says {}") {
            let ics = |letter: &fiddlehead::mail::Letter| {
                letter.calendar.as_ref().map_or("no calendar".to_owned(), |part| part.ics.clone())
            };
            return Some(self.in_it(words, ics));
        }
        if let Some([when]) = gaps(line, "it came on {}") {
            let Some(mail) = &self.letter else { return Some(Err("no mail was told".to_owned())) };
            let found = self.went_at(mail);
            return Some(self.moment(when).and_then(|wanted| {
                if wanted == found {
                    Ok(())
                } else {
                    Err(format!("it came {}", long_moment(found, &self.zone)))
                }
            }));
        }
        if let Some([kind, who, why]) = gaps(line, "the {} nudge to {} was not sent: {}") {
            return Some(self.message(kind, who).and_then(|message| match message.state {
                State::Suppressed { why: found, .. } => {
                    same(why, &format!("\"{}\"", words::suppressed(found)))
                }
                other => Err(format!("there was: {}", words::state(&other, &self.zone))),
            }));
        }
        let [kind, who, when] = gaps(line, "the {} nudge to {} waits for {}")?;
        Some(self.message(kind, who).and_then(|message| match message.state {
            State::Planned if message.due_at == self.moment(when)? => Ok(()),
            State::Planned => Err(format!("it waits for {}", long_moment(message.due_at, &self.zone))),
            other => Err(format!("there was: {}", words::state(&other, &self.zone))),
        }))
    }

    fn untold(&self, name: &str) -> Vec<String> {
        let mails = self.mails_to(name).unwrap_or_default();
        let untold = mails.iter().filter(|mail| !self.is_told(mail));
        untold
            .map(|mail| {
                let at = long_moment(self.went_at(mail), &self.zone);
                format!("to {name}, {at}: \"{}\"", mail.letter.subject.as_str())
            })
            .collect()
    }

    /// The next mail to somebody; none may be left out.
    fn tell(&mut self, who: &str, subject: &str) -> Held {
        let wanted = quoted(subject)?;
        let mails = self.mails_to(who)?;
        let next = mails.iter().find(|mail| !self.is_told(mail) && mail.letter.subject.as_str() == wanted);
        let Some(next) = next else { return Err(format!("there were untold: {:#?}", self.untold(who))) };
        self.told.insert(next.letter.message_id.clone());
        self.letter = Some(next.clone());
        Ok(())
    }

    fn in_it(&self, words: &str, of: impl Fn(&fiddlehead::mail::Letter) -> String) -> Held {
        let wanted = quoted(words)?;
        let mail = self.letter.as_ref().ok_or("no mail was told")?;
        let text = of(&mail.letter);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if flat.contains(wanted) { Ok(()) } else { Err(format!("there was: {text}")) }
    }
}

/// The day, for the first line of a story.
pub fn opening(
    line: &str,
) -> Result<(fiddlehead::domain::time::Timestamp, fiddlehead::domain::time::Zone), String> {
    let [when, zone] = gaps(line, "On {} in {}")
        .ok_or("a story begins like: On Tuesday 14 April 2026 at 10:00 in Europe/Berlin")?;
    let zone = zone.parse().map_err(|_| format!("{zone} is no time zone"))?;
    Ok((sentence::moment(when, 0, &zone)?, zone))
}
