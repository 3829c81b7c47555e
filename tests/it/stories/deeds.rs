//! What people do in a story, each sentence by the action that the program has for it.

use fiddlehead::actions::billing::settle;
use fiddlehead::actions::calendar::{availability, booking, change};
use fiddlehead::actions::catalog::package::{self, Written};
use fiddlehead::actions::credits::lot::{self, Gift};
use fiddlehead::actions::{Error, due, unsubscribe};
use fiddlehead::domain::calendar::availability::{Availability, Hours};
use fiddlehead::domain::catalog::package::{Listing, Offer, Package, Validity};
use fiddlehead::domain::catalog::policy::Preset;
use fiddlehead::domain::catalog::selling::{FirstTime, Selling};
use fiddlehead::domain::id::*;
use fiddlehead::domain::messages::nudge::Wish;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::views::text;
use jiff::civil::Weekday;

use super::sentence::{self, gaps, number, quoted};
use super::world::{Done, World};
use crate::support::{office_hours, six_sessions};

pub type Answer = Result<Done, String>;

/// What an action answered, with words for a refusal.
fn answer<T, R>(result: Result<T, Error<R>>, words: impl FnOnce(R) -> String) -> Answer {
    match result {
        Ok(_) => Ok(Done::Yes),
        Err(Error::Refused(refusal)) => Ok(Done::Refused(words(refusal))),
        Err(Error::Failed(fault)) => Err(format!("it failed: {fault}")),
    }
}

fn plain<T, R: std::fmt::Debug>(result: Result<T, Error<R>>) -> Answer {
    answer(result, |refusal| format!("{refusal:?}"))
}

pub fn line<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} does not fit"))
}

impl World {
    /// Does what a line says; nothing if it is no deed.
    pub async fn deed(&mut self, line: &str) -> Option<Answer> {
        if let Some(done) = self.time_passes(line).await {
            return Some(done.map(|()| Done::Yes));
        }
        if let Some(done) = self.sale(line).await {
            return Some(done);
        }
        if let Some(done) = self.refunding(line).await {
            return Some(done);
        }
        if let Some(done) = self.by_practitioner(line) {
            return Some(done);
        }
        self.by_client(line)
    }

    async fn time_passes(&mut self, line: &str) -> Option<Result<(), String>> {
        if let Some([by]) = gaps(line, "{} pass").or_else(|| gaps(line, "{} passes")) {
            return Some(match sentence::stretch(by) {
                Ok(by) => {
                    self.house.live(by).await;
                    Ok(())
                }
                Err(why) => Err(why),
            });
        }
        let (until, off) = match (gaps(line, "On {}"), gaps(line, "The program is switched off until {}")) {
            (Some([until]), _) => (until, false),
            (_, Some([until])) => (until, true),
            _ => return None,
        };
        let until = match self.moment(until) {
            Ok(at) if at >= self.house.now() => at,
            Ok(_) => return Some(Err("that is over already".to_owned())),
            Err(why) => return Some(Err(why)),
        };
        if off {
            self.house.hands.set(until);
        } else {
            due::live_until(&self.house.app, until).await.unwrap();
        }
        Some(Ok(()))
    }

    fn by_client(&mut self, line: &str) -> Option<Answer> {
        if let Some([who, home]) = gaps(line, "{} lives in {}") {
            let known = self::line(home).map(|zone| self.homes.insert(who.to_owned(), zone));
            return Some(known.map(|_| Done::Yes));
        }
        if let Some([who, when]) = gaps(line, "{} books {}") {
            return Some(self.book(who, when));
        }
        if let Some([who, when, to]) = gaps(line, "{} moves {} to {}") {
            return Some(self.reschedule(who, when, to));
        }
        if let Some([who, when]) = gaps(line, "{} cancels {}") {
            return Some(self.cancel(who, when));
        }
        if line == "The link at the foot of that mail is used to get no more of them" {
            return Some(self.unsubscribe());
        }
        None
    }

    /// The sessions are like those of the client's newest lot that has any to book; the program decides which lot pays.
    fn book(&mut self, who: &str, when: &str) -> Answer {
        let (client, start) = (self.client(who)?, self.moment(when)?);
        let lots = self.lots(who, None)?;
        let like = lots.iter().rev().find(|(_, balance)| balance.available > 0).or(lots.last());
        let like = like.map(|(lot, _)| lot.id).ok_or_else(|| format!("{who} has no sessions"))?;
        let id = BookingId::from_bits(self.house.id());
        let zone = self.zone.clone();
        answer(booking::book(&self.house.app, client, id, like, start), |refused| match refused {
            booking::Refusal::Rule(rule) => text::booking(rule, &zone).what,
            booking::Refusal::NotThere => "There is no such thing.".to_owned(),
        })
    }

    fn reschedule(&mut self, who: &str, when: &str, to: &str) -> Answer {
        let (session, to) = (self.session(who, when)?, self.moment(to)?);
        let moved = change::reschedule(&self.house.app, session.client, session.id, to);
        answer(moved, |refused| self.words(refused))
    }

    /// Cancels with the consequence that the page shows at that moment.
    fn cancel(&mut self, who: &str, when: &str) -> Answer {
        let session = self.session(who, when)?;
        let app = &self.house.app;
        let told = match change::preview_cancel(app, session.client, session.id) {
            Ok(credit) => change::Returns::of(credit),
            Err(Error::Refused(refused)) => return Ok(Done::Refused(self.words(refused))),
            Err(Error::Failed(fault)) => return Err(fault.to_string()),
        };
        answer(change::cancel(app, session.client, session.id, told), |refused| self.words(refused))
    }

    fn words(&self, refused: change::Refusal) -> String {
        match refused {
            change::Refusal::Rule(rule) => text::change(rule, &self.zone).what,
            other => format!("{other:?}"),
        }
    }

    /// What the page says before a cancel.
    pub fn before_cancel(&self, who: &str, when: &str) -> Result<String, String> {
        let session = self.session(who, when)?;
        let credit = change::preview_cancel(&self.house.app, session.client, session.id);
        let credit = credit.map_err(|error| format!("{error:?}"))?;
        let lots = self.lots(who, None)?;
        let (lot, _) = lots.iter().find(|(lot, _)| lot.id == session.lot).unwrap();
        Ok(text::credit(credit, lot, &self.zone))
    }

    fn unsubscribe(&mut self) -> Answer {
        let mail = self.letter.as_ref().ok_or("no mail was told yet")?;
        let link = mail.letter.text.split_once("/unsubscribe/").ok_or("that mail has no such link")?.1;
        let token = link.split_whitespace().next().unwrap_or_default();
        let (client, kind) = unsubscribe::read(&self.house.app, token).map_err(|_| "the link is not ours")?;
        plain(unsubscribe::wish(&self.house.app, client, kind, Wish::OptedOut))
    }

    fn by_practitioner(&mut self, line: &str) -> Option<Answer> {
        if let Some([who, package]) = gaps(line, "{} lets buyers of {} choose a first time") {
            return Some(self.ask_for_a_first_time(who, package));
        }
        if let Some([who, name, count, length, price, days, preset]) =
            gaps(line, "{} offers {}: {} sessions of {} minutes for {} USD, valid {} days, {}")
        {
            return Some(self.offer(who, name, [count, length, price, days, preset]));
        }
        if let Some([who, from, to]) = gaps(line, "{} works every day from {} to {}") {
            return Some(self.work(who, from, to));
        }
        if let Some([who, client]) = gaps(line, "{} marks {}'s order paid in cash") {
            return Some(self.mark_paid(who, client));
        }
        if let Some([who, client]) = gaps(line, "{} withdraws {}'s order") {
            let ids = self.practitioner(who).and_then(|who| Ok((who, self.order(client)?)));
            return Some(ids.and_then(|(who, id)| plain(settle::withdraw(&self.house.app, who, id))));
        }
        if let Some([who, client, count, package, days, why]) =
            gaps(line, "{} gives {} {} more like {} for {} days, because {}")
        {
            return Some(self.give(who, client, package, [count, days, why]));
        }
        if let Some([who, client, package, to, why]) = gaps(line, "{} extends {}'s {} to {}, because {}") {
            return Some(self.extend(who, client, package, to, why));
        }
        self.about_a_session(line)
    }

    fn about_a_session(&mut self, line: &str) -> Option<Answer> {
        let ids = |who: &str, client: &str, when: &str| {
            Ok::<_, String>((self.practitioner(who)?, self.session(client, when)?.id))
        };
        if let Some([who, client, when]) = gaps(line, "{} cancels {}'s session on {}") {
            let found = ids(who, client, when);
            return Some(found.and_then(|(who, id)| {
                answer(change::cancel_by_practitioner(&self.house.app, who, id, None), |no| self.words(no))
            }));
        }
        if let Some([who, client, when]) = gaps(line, "{} marks {}'s session on {} missed") {
            return Some(
                ids(who, client, when)
                    .and_then(|(who, id)| plain(lot::mark_missed(&self.house.app, who, id))),
            );
        }
        if let Some([who, client, when]) = gaps(line, "{} gives back the credit of {}'s session on {}") {
            return Some(
                ids(who, client, when).and_then(|(who, id)| plain(lot::waive(&self.house.app, who, id))),
            );
        }
        None
    }

    fn offer(&mut self, who: &str, name: &str, [count, length, price, days, preset]: [&str; 5]) -> Answer {
        let name = quoted(name)?;
        let preset = Preset::named(preset).ok_or_else(|| format!("{preset} is no preset"))?;
        let (units, cents) = price.split_once('.').ok_or("a price has cents")?;
        let minor = number::<i64>(units)? * 100 + number::<i64>(cents)?;
        let offer = Offer {
            name: line(name)?,
            sessions: number(count)?,
            length_minutes: number(length)?,
            price: Money::new(minor, Currency::USD),
            validity: Validity::days(number(days)?),
            preset,
            policy: preset.policy(),
            ..six_sessions()
        };
        let slug = line(&format!("story-{}", self.packages.len()))?;
        let (whose, id) = (self.practitioner(who)?, PackageId::from_bits(self.house.id()));
        let saved = package::save(&self.house.app, whose, id, slug, offer, Listing::Published);
        let saved = saved.map_err(|refused| format!("{refused:?}"))?;
        self.packages.insert(name.to_owned(), saved);
        Ok(Done::Yes)
    }

    fn ask_for_a_first_time(&mut self, who: &str, package: &str) -> Answer {
        let Package { id, slug, offer, listing, .. } = self.package(package)?.clone();
        let selling = Some(Selling { first_time: FirstTime::Optional, ..Selling::default() });
        let written = Written { id, slug, offer, selling, listing };
        plain(package::write(&self.house.app, self.practitioner(who)?, written))
    }

    fn work(&mut self, who: &str, from: &str, to: &str) -> Answer {
        let week = Weekday::Monday.cycle_forward().take(7).map(|day| (day, from, to));
        let hours = Hours::parse(week).map_err(|error| error.to_string())?;
        let zone = self.zone.clone();
        let new = Availability::new(zone, hours, vec![], *office_hours().rhythm());
        let new = new.map_err(|error| error.to_string())?;
        plain(availability::save(&self.house.app, self.practitioner(who)?, new))
    }

    fn mark_paid(&mut self, who: &str, client: &str) -> Answer {
        let (whose, id) = (self.practitioner(who)?, self.order(client)?);
        let how = (fiddlehead::domain::billing::payment::Means::Cash, self.zone.date(self.house.now()), None);
        plain(settle::mark_paid(&self.house.app, whose, id, how))
    }

    fn give(&mut self, who: &str, client: &str, package: &str, [count, days, why]: [&str; 3]) -> Answer {
        let gift = Gift {
            id: LotId::from_bits(self.house.id()),
            client: self.client(client)?,
            package: self.package(package)?.id,
            sessions: number(count)?,
            days: number(days)?,
            reason: line(quoted(why)?)?,
        };
        plain(lot::comp(&self.house.app, self.practitioner(who)?, gift))
    }

    fn extend(&mut self, who: &str, client: &str, package: &str, to: &str, why: &str) -> Answer {
        let (whose, to) = (self.practitioner(who)?, sentence::day(to, self.year())?);
        let lots = self.lots(client, Some(package))?;
        let (found, _) = lots.last().ok_or_else(|| format!("{client} has no {package}"))?;
        plain(lot::extend(&self.house.app, whose, found.id, to, line(quoted(why)?)?))
    }

    /// Books at the same time, from a thread for each.
    pub fn together(&mut self, lines: &[&str]) -> Result<(), String> {
        let mut asked = Vec::new();
        for line in lines {
            let [who, when] = gaps(line, "{} books {}").ok_or("only bookings are told at the same time")?;
            let lots = self.lots(who, None)?;
            let (like, _) = lots.last().ok_or_else(|| format!("{who} has no sessions"))?;
            let id = BookingId::from_bits(self.house.id());
            asked.push((self.client(who)?, id, like.id, self.moment(when)?));
        }
        let (app, zone) = (&self.house.app, &self.zone);
        let gate = std::sync::Barrier::new(asked.len());
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let book = |(client, id, like, start)| {
                let gate = &gate;
                scope.spawn(move || {
                    gate.wait();
                    answer(booking::book(app, client, id, like, start), |refused| match refused {
                        booking::Refusal::Rule(rule) => text::booking(rule, zone).what,
                        booking::Refusal::NotThere => "There is no such thing.".to_owned(),
                    })
                })
            };
            let running: Vec<_> = asked.into_iter().map(book).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        self.together = answers.into_iter().collect::<Result<_, _>>()?;
        Ok(())
    }
}
