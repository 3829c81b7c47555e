//! The counter, drawn: one frond per package, one leaflet per session. What is spent or booked has opened along the
//! stem, what is left is still wound on the coil. A pure function of four numbers; the algorithm in prose is in the
//! design notes, and `frond/fixtures.json` holds its reference numbers.

mod geometry;
mod pen;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use maud::{Markup, PreEscaped};

use crate::domain::credits::ledger::Balance;

pub(super) use geometry::{geometry, rachis};
pub(super) use pen::Tenth;

/// How many sessions a package has, and how many of them are used, booked, or lost to their date. The rest are left
/// to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Counter {
    /// Sessions that the package has.
    pub total: u32,
    /// Sessions that were held, missed or cancelled too late.
    pub used: u32,
    /// Sessions on the calendar.
    pub booked: u32,
    /// Sessions that reached their date unbooked.
    pub lost: u32,
}

impl Counter {
    /// A package that nobody has booked from yet.
    #[must_use]
    pub const fn fresh(total: u32) -> Self {
        Self { total, used: 0, booked: 0, lost: 0 }
    }

    /// What a lot amounts to. What was taken back or waits for a dispute is not drawn; what is frozen is still left.
    #[must_use]
    pub fn of(balance: &Balance) -> Self {
        Self {
            total: balance.total.saturating_sub(balance.revoked).saturating_sub(balance.suspended),
            used: balance.used(),
            booked: balance.held(),
            lost: balance.expired,
        }
    }

    /// Sessions left to book.
    #[must_use]
    pub const fn left(self) -> u32 {
        self.total.saturating_sub(self.used).saturating_sub(self.booked).saturating_sub(self.lost)
    }

    /// The same fact in words, for those who cannot see it: "2 of 6 sessions left to book; 3 used, 1 booked".
    #[must_use]
    pub fn in_words(self) -> String {
        let noun = if self.total == 1 { "session" } else { "sessions" };
        let mut words = format!("{} of {} {noun} left to book; {} used", self.left(), self.total, self.used);
        for (count, word) in [(self.booked, "booked"), (self.lost, "past their date")] {
            if count > 0 {
                let _ = write!(words, ", {count} {word}");
            }
        }
        words
    }

    /// At most 20 leaflets are drawn: above that the counts are scaled, and none that is there disappears.
    #[must_use]
    pub fn drawn(self) -> Self {
        const MOST: u32 = 20;
        let used = self.used.min(self.total);
        let booked = self.booked.min(self.total - used);
        let lost = self.lost.min(self.total - used - booked);
        if self.total <= MOST {
            return Self { used, booked, lost, ..self };
        }
        let counts = [used, booked, lost, self.total - used - booked - lost].map(u64::from);
        let total = u64::from(self.total);
        // In units of 1/total of a leaflet: what each kind is due, less what it was given.
        let mut given =
            counts.map(|count| if count == 0 { 0 } else { (count * u64::from(MOST) / total).max(1) });
        while given.iter().sum::<u64>() != u64::from(MOST) {
            let few = given.iter().sum::<u64>() < u64::from(MOST);
            let due = |i: &usize| i128::from(counts[*i] * u64::from(MOST)) - i128::from(given[*i] * total);
            if few {
                given[(0..4).max_by_key(due).unwrap_or(0)] += 1;
            } else {
                given[(0..4).filter(|&i| given[i] > 1).min_by_key(due).unwrap_or(0)] -= 1;
            }
        }
        let [used, booked, lost, _] = given.map(|count| u32::try_from(count).unwrap_or(0));
        Self { total: MOST, used, booked, lost }
    }
}

/// How a frond behaves when it appears; reduced motion stills all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Motion {
    /// It stands still.
    #[default]
    Still,
    /// Its leaves fade in once: something was just bought or booked.
    Grow,
    /// Its buds breathe: a payment is being confirmed.
    Wait,
}

/// The most drawings that are remembered, of about 4 KB each; a practice shows far fewer.
const REMEMBERED: usize = 512;

/// The lines of a drawing. They follow from these four numbers and nothing else, so that what was drawn once need not be drawn
/// again: by the profile two fifths of a storefront were this.
fn lines(drawn: Counter) -> Arc<str> {
    static DRAWN: LazyLock<RwLock<HashMap<Counter, Arc<str>>>> = LazyLock::new(RwLock::default);
    if let Some(lines) = DRAWN.read().unwrap_or_else(PoisonError::into_inner).get(&drawn) {
        return Arc::clone(lines);
    }
    let geometry = geometry(drawn);
    let (min, max) = geometry.bounds();
    let (dx, dy) = (100. - f64::midpoint(min, max), 260.);
    let (stem, leaflets) = (rachis(&geometry, dx, dy), geometry.leaflets(dx, dy, |class| class));
    let lines: Arc<str> = format!(r#"<path class="frond-stem" d="{stem}"/>{leaflets}"#).into();
    let mut all = DRAWN.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= REMEMBERED {
        all.clear();
    }
    all.insert(drawn, Arc::clone(&lines));
    lines
}

fn draw(counter: Counter, class: &str, said: &str) -> Markup {
    let lines = lines(counter.drawn());
    PreEscaped(format!(
        r#"<svg class="{class}" viewBox="0 0 200 264" {said} focusable="false">{lines}</svg>"#
    ))
}

/// The frond beside words that say the same; hidden from screen readers.
#[must_use]
pub fn frond(counter: Counter) -> Markup {
    draw(counter, "frond", r#"aria-hidden="true""#)
}

/// The same, moving as it appears.
#[must_use]
pub fn frond_moving(counter: Counter, motion: Motion) -> Markup {
    let class = match motion {
        Motion::Still => "frond",
        Motion::Grow => "frond grow",
        Motion::Wait => "frond wait",
    };
    draw(counter, class, r#"aria-hidden="true""#)
}

/// A frond that stands alone, and so says what it shows.
#[must_use]
pub fn frond_alone(counter: Counter) -> Markup {
    draw(counter, "frond", &format!(r#"role="img" aria-label="{}""#, counter.in_words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn fixtures() -> Vec<serde_json::Value> {
        serde_json::from_str(include_str!("frond/fixtures.json")).unwrap()
    }

    pub(super) fn counter(fixture: &serde_json::Value) -> Counter {
        let number = |name: &str| u32::try_from(fixture[name].as_u64().unwrap()).unwrap();
        Counter { total: number("total"), used: number("used"), booked: number("booked"), lost: 0 }
    }

    /// Numbers apart from what is between them.
    fn pieces(svg: &str) -> (String, Vec<f64>) {
        let (mut text, mut numbers, mut number) = (String::new(), Vec::new(), String::new());
        for c in svg.chars().chain(['\n']) {
            if c.is_ascii_digit() || c == '.' || (c == '-' && number.is_empty()) {
                number.push(c);
            } else {
                match number.parse() {
                    Ok(value) => {
                        numbers.push(value);
                        text.push('0');
                    }
                    Err(_) => text.push_str(&number),
                }
                number.clear();
                text.push(c);
            }
        }
        (text, numbers)
    }

    /// The points of a path, those that only draw the curve too, as they lie on the sheet. Numbers are cut off where the grammar of paths
    /// lets them: at a sign, or at a second dot.
    fn traced(path: &str) -> Vec<(f64, f64)> {
        let mut commands: Vec<(char, Vec<String>)> = Vec::new();
        for c in path.chars() {
            let Some((_, numbers)) = commands.last_mut().filter(|_| !c.is_ascii_alphabetic()) else {
                commands.push((c, vec![String::new()]));
                continue;
            };
            let last = numbers.last_mut().unwrap();
            match c {
                ' ' => numbers.push(String::new()),
                '-' if !last.is_empty() => numbers.push(c.to_string()),
                '.' if last.contains('.') => numbers.push(c.to_string()),
                _ => last.push(c),
            }
        }
        let (mut points, mut at, mut pull) = (Vec::new(), (0., 0.), (0., 0.));
        for (command, numbers) in commands {
            let numbers: Vec<f64> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
            let numbers = if command.eq_ignore_ascii_case(&'a') { &numbers[5..] } else { &numbers[..] };
            let from = if command.is_ascii_lowercase() { at } else { (0., 0.) };
            let pairs = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1]));
            match command {
                'M' | 'A' | 'a' | 'Q' | 'q' => {
                    points.extend(pairs.map(|(x, y)| (from.0 + x, from.1 + y)));
                    (at, pull) = (points[points.len() - 1], points[points.len().saturating_sub(2)]);
                }
                't' => pairs.for_each(|(x, y)| {
                    pull = (2. * at.0 - pull.0, 2. * at.1 - pull.1);
                    at = (at.0 + x, at.1 + y);
                    points.extend([pull, at]);
                }),
                _ => assert_eq!(command, 'Z'),
            }
        }
        points
    }

    #[test]
    fn the_drawing_is_the_reference_drawing() {
        for fixture in fixtures() {
            let (got, want) = (frond(counter(&fixture)).0, fixture["svg"].as_str().unwrap());
            let stem = |svg: &str| {
                let (before, path) = svg.split_once(r#" d=""#).unwrap();
                let (path, after) = path.split_once('"').unwrap();
                (traced(path), format!("{before}{after}"))
            };
            let ((stem, rest), (want_stem, want_rest)) = (stem(&got), stem(want));
            assert_eq!(stem.len(), want_stem.len());
            for (got, want) in stem.iter().zip(&want_stem) {
                assert!((got.0 - want.0).hypot(got.1 - want.1) < 0.25, "{got:?} is not {want:?}");
            }
            let ((text, numbers), (want_text, want_numbers)) = (pieces(&rest), pieces(&want_rest));
            assert_eq!(text, want_text);
            for (got, want) in numbers.iter().zip(&want_numbers) {
                assert!((got - want).abs() < 0.006, "{got} is not {want}");
            }
        }
    }

    #[test]
    fn a_drawing_that_is_remembered_is_of_its_own_counts_and_the_oldest_are_forgotten() {
        let anew = |counter: Counter| {
            let geometry = geometry(counter.drawn());
            let (min, max) = geometry.bounds();
            geometry.leaflets(100. - f64::midpoint(min, max), 260., |class| class)
        };
        // More than are remembered, each twice.
        let all = (0..=20).flat_map(|used| {
            (0..=20 - used).flat_map(move |booked| {
                (0..=20 - used - booked).map(move |lost| Counter { total: 20, used, booked, lost })
            })
        });
        let all: Vec<_> = all.take(2 * REMEMBERED + 7).collect();
        assert!(all.len() > REMEMBERED);
        for counter in all.iter().chain(&all) {
            assert!(frond(*counter).0.contains(&anew(*counter)), "{counter:?}");
        }
    }

    #[test]
    fn sessions_past_their_date_are_dashed_buds() {
        let svg = frond(Counter { total: 6, used: 3, booked: 0, lost: 2 }).0;
        assert_eq!(
            (svg.matches("is-used").count(), svg.matches("is-left").count(), svg.matches("is-lost").count()),
            (3, 1, 2)
        );
    }

    #[test]
    fn the_words_count_what_the_drawing_shows() {
        let c = Counter { total: 6, used: 3, booked: 1, lost: 0 };
        assert_eq!(c.in_words(), "2 of 6 sessions left to book; 3 used, 1 booked");
        assert!(
            frond_alone(c)
                .0
                .contains(r#"role="img" aria-label="2 of 6 sessions left to book; 3 used, 1 booked""#)
        );
        assert_eq!(Counter::fresh(1).in_words(), "1 of 1 session left to book; 0 used");
    }

    proptest::proptest! {
        #[test]
        fn above_twenty_every_kind_that_is_there_is_still_drawn(
            used in 0u32..400, booked in 0u32..400, lost in 0u32..400, left in 0u32..400,
        ) {
            let c = Counter { total: used + booked + lost + left, used, booked, lost };
            let d = c.drawn();
            proptest::prop_assert!(d.total <= 20);
            if c.total > 0 {
                proptest::prop_assert_eq!(d.used + d.booked + d.lost + d.left(), d.total);
                for (before, after) in [(c.used, d.used), (c.booked, d.booked), (c.lost, d.lost), (c.left(), d.left())] {
                    proptest::prop_assert_eq!(before == 0, after == 0);
                }
            }
        }

        #[test]
        fn any_four_numbers_give_a_drawing(total in 0u32..60, used in 0u32..70, booked in 0u32..70, lost in 0u32..70) {
            let svg = frond(Counter { total, used, booked, lost }).0;
            proptest::prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}
