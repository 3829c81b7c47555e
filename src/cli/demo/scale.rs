//! `fiddlehead demo --scale 200x100x50`: beside the story, a practice as large as one says, to see how the program bears it. What
//! there is follows from the scale, the seed and the instant; it is written as rows in large transactions.

mod people;
mod weeks;
mod write;

use std::fmt;
use std::io::{IsTerminal, Write as _};
use std::str::FromStr;
use std::sync::Arc;

use crate::app::{App, Fault, Moment};
use crate::domain::time::Timestamp;
use crate::platform::clock::Clock;
use crate::platform::entropy::Entropy;
use people::Staff;
use weeks::Sale;

/// The most bookings that are made: more is a slip of the finger.
const MOST: u64 = 20_000_000;
/// The most bookings of one practitioner: in the ten years that are looked back there is room for no more.
const MOST_OF_ONE: u64 = 15_000;
/// How many sales share a transaction.
const TOGETHER: usize = 2_000;

/// How large a practice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// How many practitioners there are beside those of the story.
    pub practitioners: u32,
    /// How many clients each has.
    pub clients: u32,
    /// How many bookings each client has.
    pub bookings: u32,
}

/// Text that is no scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not of the form 200x100x50 (practitioners, clients of each, bookings of each client; at most 15,000 for one \
     practitioner and 20 million in all)"
)]
pub struct NotAScale;

impl Scale {
    /// How many bookings there are in all.
    #[must_use]
    pub fn total(self) -> u64 {
        [self.practitioners, self.clients, self.bookings].into_iter().map(u64::from).product()
    }
}

impl FromStr for Scale {
    type Err = NotAScale;

    fn from_str(text: &str) -> Result<Self, NotAScale> {
        let parts: Vec<u32> =
            text.split(['x', '×']).map(str::parse).collect::<Result<_, _>>().map_err(|_| NotAScale)?;
        let &[practitioners, clients, bookings] = parts.as_slice() else { return Err(NotAScale) };
        let factors = [practitioners, clients, bookings].map(u64::from);
        let total = factors.into_iter().try_fold(1u64, u64::checked_mul).ok_or(NotAScale)?;
        let scale = Self { practitioners, clients, bookings };
        let of_one = total / u64::from(practitioners).max(1);
        if (1..=MOST).contains(&total) && of_one <= MOST_OF_ONE { Ok(scale) } else { Err(NotAScale) }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.practitioners, self.clients, self.bookings)
    }
}

/// Numbers that follow from a seed (splitmix64). They decide what the crowd does and name its rows; nothing secret comes from them.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    /// Those of one thing of the crowd: each has its own, so that the order of work does not matter.
    fn of(seed: u64, thing: u64) -> Self {
        let mut dice = Self(seed ^ thing.wrapping_mul(0xd6e8_feb8_6659_fd93));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from one to another, both included.
    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + (self.next() % (most - least + 1).unsigned_abs()).cast_signed()
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap_or_default()
    }

    /// Whether something happens that does so many times in a hundred.
    fn hits(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// The bits of an id that was made at an instant.
    fn id(&mut self, at: Timestamp) -> u128 {
        let chance = u128::from(self.next()) << 15 | u128::from(self.next() >> 49);
        u128::from(at.as_millisecond().max(0).unsigned_abs()) << 80 | chance
    }
}

/// Everything that is going to be written, in the order of the sales.
struct Crowd {
    staff: Vec<Staff>,
    sales: Vec<Sale>,
    seed: u64,
}

/// What was asked for on the command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub scale: Scale,
    pub seed: Option<u64>,
}

/// Fills the practice of the story and says how far it is; only one that was played this minute.
pub(super) fn grow(app: &App, asked: Asked) -> Result<(), String> {
    let seed = asked.seed.unwrap_or_else(|| u32::from_be_bytes(app.entropy.bytes()).into());
    let (scale, total) = (asked.scale, asked.scale.total());
    println!(
        "Filling it with {scale}: {total} bookings. Again the same: --scale {scale} --seed {seed} --at {}",
        app.clock.now()
    );
    let begun = Clock::System.now();
    fill(app, scale, seed, &mut bar(total)).map_err(|why| format!("--scale {scale}: {why}"))?;
    println!("Filled in {} s.\n", Clock::System.now().duration_since(begun).as_secs());
    Ok(())
}

/// Fills a store with as many people as the scale says, until the present.
///
/// # Errors
/// [`Fault`] if the store fails, or a practitioner's address is taken.
pub fn fill(app: &App, scale: Scale, seed: u64, show: &mut dyn FnMut(u64)) -> Result<(), Fault> {
    let now = app.clock.now();
    let taken = crate::store::people::practitioner::all(&app.store.read()?)?.len();
    let (mut staff, mut sales) = (Vec::new(), Vec::new());
    for number in 0..scale.practitioners {
        let mut dice = Dice::of(seed, u64::from(number) + 1);
        let mut one = Staff::invent(taken + number as usize, now, &mut dice);
        weeks::live(&mut one, number, (scale.clients, scale.bookings), now, &mut dice, &mut sales);
        staff.push(one);
    }
    sales.sort_by_key(|sale| (sale.granted_at, sale.staff, sale.client));
    let crowd = Arc::new(Crowd { staff, sales, seed });
    let joined = Arc::clone(&crowd);
    let at = Moment::of(now, Entropy::seeded(seed));
    app.keep(move |tx| joined.staff.iter().try_for_each(|one| write::join(tx, one)))?;
    let mut done = 0;
    for first in (0..crowd.sales.len()).step_by(TOGETHER) {
        let range = first..(first + TOGETHER).min(crowd.sales.len());
        done += crowd.sales[range.clone()].iter().map(|sale| sale.sittings.len() as u64).sum::<u64>();
        let (crowd, at) = (Arc::clone(&crowd), at.clone());
        app.keep(move |tx| write::sell(tx, &at, &crowd, range.clone()))?;
        show(done);
    }
    Ok(())
}

/// Says on the terminal how far it is: a bar that is drawn over itself, or, in a file, a line for every tenth.
pub(super) fn bar(total: u64) -> impl FnMut(u64) {
    const WIDTH: usize = 30;
    let (on_terminal, mut shown) = (std::io::stderr().is_terminal(), 0);
    move |done| {
        let percent = done.saturating_mul(100) / total.max(1);
        let filled = usize::try_from(percent).unwrap_or_default() * WIDTH / 100;
        if on_terminal {
            let end = if done >= total { "\n" } else { "" };
            eprint!("\r  [{:<WIDTH$}] {percent:>3} %  {done} of {total} bookings{end}", "#".repeat(filled));
            let _ = std::io::stderr().flush();
        } else if percent / 10 > shown {
            shown = percent / 10;
            eprintln!("  {percent:>3} %  {done} of {total} bookings");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_three_numbers_of_which_none_is_nothing() {
        let scale = Scale { practitioners: 200, clients: 100, bookings: 50 };
        assert_eq!("200x100x50".parse(), Ok(scale));
        assert_eq!((scale.total(), scale.to_string().parse()), (1_000_000, Ok(scale)));
        for text in [
            "",
            "200x100",
            "200x100x50x2",
            "0x100x50",
            "1xx2",
            "-1x2x3",
            "4000x4000x4000",
            "1x301x50",
            "a x b x c",
        ] {
            assert_eq!(text.parse::<Scale>(), Err(NotAScale), "{text}");
        }
        assert_eq!("4294967295x4294967295x4294967295".parse::<Scale>(), Err(NotAScale));
    }

    #[test]
    fn dice_repeat_and_stay_in_their_bounds() {
        let throw = |thing| {
            let mut dice = Dice::of(7, thing);
            (0..500).map(|_| dice.between(-3, 3)).collect::<Vec<_>>()
        };
        assert_eq!(throw(1), throw(1));
        assert_ne!(throw(1), throw(2));
        assert!((-3..=3).all(|n| throw(1).contains(&n)) && throw(1).iter().all(|n| (-3..=3).contains(n)));
    }
}
