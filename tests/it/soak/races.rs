//! Sixty-four at once for one thing, over HTTP: the same hour, and the last credit in as many tabs. One gets it, the others are told
//! so, and no credit is lost. `FIDDLEHEAD_RACES` says how many rounds there are of each.

use std::sync::Barrier;

use fiddlehead::actions::catalog::package::{self, Written};
use fiddlehead::actions::people::login;
use fiddlehead::domain::catalog::package::{Listing, Offer};
use fiddlehead::domain::catalog::policy::Preset;
use fiddlehead::domain::id::*;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{Timestamp, Zone, after, hours};
use fiddlehead::store::{calendar, credits};

use super::{bits, figure, first_seed, rounds};
use crate::model::Dice;
use crate::support::caller::Caller;
use crate::support::process::{Program, real_now};
use crate::support::{Answer, House, six_sessions};

const RUNNERS: usize = 64;

/// Somebody at the start, with an address and a login of her own.
struct Runner {
    lot: LotId,
    cookies: String,
    from: String,
}

impl Runner {
    fn books(&self, caller: Caller, id: BookingId, start: Timestamp) -> Answer {
        let (id, lot, slot) = (id.to_string(), self.lot.to_string(), start.to_string());
        let form = [("id", id.as_str()), ("lot", lot.as_str()), ("slot", slot.as_str())];
        let answer = caller.ask("POST", "/me/bookings", &self.from, (&form, &self.cookies));
        answer.expect("each is answered")
    }

    fn cancels(&self, caller: Caller, id: BookingId) {
        let path = format!("/me/bookings/{id}/cancel");
        let answer =
            caller.ask("POST", &path, &self.from, (&[("credit", "returns")], &self.cookies)).unwrap();
        assert_eq!(answer.status, 303, "{}", answer.text);
    }
}

/// Clients with credits that come back as often as one likes.
async fn runners(house: &House) -> Vec<Runner> {
    let gentle = Offer {
        name: "Two, gently".parse().unwrap(),
        sessions: 1,
        preset: Preset::Gentle,
        policy: Preset::Gentle.policy(),
        ..six_sessions()
    };
    let written = Written {
        id: PackageId::from_bits(house.id()),
        slug: "gently".parse().unwrap(),
        offer: gentle,
        selling: None,
        listing: Listing::Published,
    };
    let package = package::write(&house.app, house.ines, written).unwrap();
    let mut all = Vec::new();
    for turn in 0..RUNNERS {
        let (client, lot) = house.bought(&format!("Runner{turn} Fern"), &package).await;
        let cookie = login::sign_in(&house.app, Person::Client(client)).unwrap().cookie;
        let from = format!("10.1.{}.{}", turn / 200, turn % 200);
        all.push(Runner { lot, cookies: format!("fiddlehead={cookie}"), from });
    }
    all
}

/// Hours in which Ines works, from the day after tomorrow on.
fn starts() -> Vec<Timestamp> {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let next_hour = Timestamp::from_second((real_now().as_second() / 3_600 + 1) * 3_600).unwrap();
    let all = (48..24 * 55).map(|ahead| after(next_hour, hours(ahead)));
    let works = |start: &Timestamp| {
        let local = berlin.local(*start);
        (9..16).contains(&local.hour()) && local.weekday().to_monday_zero_offset() < 5
    };
    all.filter(works).collect()
}

/// All go at the same instant; who got it.
fn race(caller: Caller, entries: &[(&Runner, BookingId, Timestamp)]) -> usize {
    let line = Barrier::new(entries.len());
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (runner, id, start) in entries {
            let line = &line;
            running.push(scope.spawn(move || {
                line.wait();
                runner.books(caller, *id, *start)
            }));
        }
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let won: Vec<usize> = (0..answers.len()).filter(|turn| answers[*turn].status == 303).collect();
    let codes: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(won.len(), 1, "there is one winner: {codes:?}");
    for answer in answers.iter().filter(|answer| answer.status != 303) {
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert!(answer.text.contains("</html>") && answer.text.contains("class=\"note"), "{}", answer.text);
    }
    won[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_at_once_one_gets_the_hour_and_one_the_last_credit() {
    let (count, seed) = (rounds("FIDDLEHEAD_RACES", 5), first_seed());
    let mut dice = Dice::seeded(seed);
    let (mut program, runners) = Program::founded(async |house| runners(house).await).await;
    program.start();
    let (caller, starts) = (program.caller(), starts());
    let mut firsts = 0;
    for round in 0..count {
        let start = starts[dice.below(starts.len())];
        let ids: Vec<BookingId> = (0..RUNNERS).map(|_| BookingId::from_bits(bits(&mut dice))).collect();
        let same: Vec<_> = runners.iter().zip(&ids).map(|(runner, id)| (runner, *id, start)).collect();
        let winner = race(caller, &same);
        firsts += usize::from(winner == 0);
        runners[winner].cancels(caller, ids[winner]);

        let ids: Vec<BookingId> = (0..RUNNERS).map(|_| BookingId::from_bits(bits(&mut dice))).collect();
        let tabs: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(turn, id)| (&runners[0], *id, starts[turn * 3 % starts.len()]))
            .collect();
        let winner = race(caller, &tabs);
        runners[0].cancels(caller, ids[winner]);
        if round % 100 == 99 {
            eprintln!("{} rounds", round + 1);
        }
    }
    program.stop();
    program.assert_sound();
    program.look(|store| {
        let read = store.read().unwrap();
        assert_eq!(calendar::booking::all(&read).unwrap().len(), 2 * count);
        for runner in &runners {
            let (_, balance) = credits::lot::counted(&read, runner.lot, real_now()).unwrap().unwrap();
            assert_eq!((balance.available, balance.held()), (1, 0), "a credit was lost");
        }
    });
    figure(&format!(
        "races: seed {seed}, {count} rounds × {RUNNERS} clients for one hour (the first of the line won {firsts}), {count} rounds × \
         {RUNNERS} tabs for one last credit: one winner each time, every credit back"
    ));
}
