//! What the program survives, each a short time here and as long as one likes behind `tests/soak`: the counts come from the
//! environment, the seed is told, and what was measured is told in one line that begins with "FIGURE".

mod bit_rot;
mod floods;
mod kills;
mod post;
mod races;
mod thirty_days;

use crate::model::Dice;

/// How many rounds: what the variable says, or what a normal run has the time for.
fn rounds(variable: &str, normally: usize) -> usize {
    std::env::var(variable)
        .map_or(normally, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

/// The first seed: `FIDDLEHEAD_TEST_SEED`, or 0.
fn first_seed() -> u64 {
    u64::try_from(rounds("FIDDLEHEAD_TEST_SEED", 0)).unwrap()
}

/// Tells a figure, as `tests/soak` looks for it.
fn figure(text: &str) {
    eprintln!("FIGURE {text}");
}

/// The middle and the far end of what was measured, and the most.
fn spread(mut measured: Vec<u64>) -> (u64, u64, u64) {
    measured.sort_unstable();
    let at = |of: usize| measured.get(measured.len() * of / 100).or(measured.last()).copied().unwrap_or(0);
    (at(50), at(99), at(100))
}

/// A number of 128 bits for an id.
fn bits(dice: &mut Dice) -> u128 {
    (0..8).fold(0, |bits, _| bits << 16 | u128::try_from(dice.below(1 << 16)).unwrap())
}
