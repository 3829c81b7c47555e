//! The counter, drawn: one frond per package, one leaflet per session. What is spent or booked has opened along the
//! stem, what is left is still wound on the coil. A pure function of four numbers; the algorithm in prose is in the
//! design notes, and `frond_fixtures.json` holds its reference numbers.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use maud::{Markup, PreEscaped};

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

#[derive(Debug, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    /// Heading in radians: 0 is up, clockwise positive.
    heading: f64,
    /// Way along the curve.
    along: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

#[derive(Debug)]
struct Leaf {
    x: f64,
    y: f64,
    angle: f64,
    len: f64,
    side: Side,
    class: &'static str,
}

#[derive(Debug)]
struct Bud {
    x: f64,
    y: f64,
    angle: f64,
    len: f64,
    class: &'static str,
}

#[derive(Debug)]
pub(super) struct Geometry {
    points: Vec<Point>,
    /// Length of stem and coil together.
    len: f64,
    stem: f64,
    radius: f64,
    leaves: Vec<Leaf>,
    buds: Vec<Bud>,
}

/// Length of the blade: where leaves open.
const BLADE: f64 = 156.;
const PETIOLE: f64 = 52.;
/// How fast the coil narrows: its radius falls by e^(-TIGHT · angle).
const TIGHT: f64 = 0.092;
/// Steps in which the stem is walked.
const STEM_STEPS: u32 = 26;

struct Plan {
    n: f64,
    left: u32,
    radius: f64,
    turns: f64,
    stem: f64,
}

pub(super) fn geometry(counter: Counter) -> Geometry {
    let total = counter.total.max(1);
    let open = total.min(counter.used + counter.booked);
    let left = total - open;
    let n = f64::from(total);
    let q = f64::from(left) / n;
    let (radius, turns) = if left > 0 { (60. * q.powf(0.4), 1.25 + 1.05 * q) } else { (8., 0.45) };
    let neck = if left > 0 { radius * 0.9 + 8. } else { 20. };
    let stem = PETIOLE + BLADE * (f64::from(open) / n) + neck;
    let plan = Plan { n, left, radius, turns, stem };
    let (points, len) = walk(&plan);
    let leaves = (0..open).map(|i| leaf(&plan, &points, i, counter.used)).collect();
    let kept = left.saturating_sub(counter.lost);
    let buds = (0..left).map(|j| bud(&plan, &points, j, kept)).collect();
    Geometry { points, len, stem, radius, leaves, buds }
}

/// The curve from the ground up: a swan neck that leans left, then the coil, winding right.
fn walk(plan: &Plan) -> (Vec<Point>, f64) {
    let shrink = (-TIGHT * plan.turns * TAU).exp();
    let coil = plan.turns * TAU * plan.radius * (1. - shrink) / (1. / shrink).ln();
    let mut at = Point { x: 0., y: 0., heading: 17f64.to_radians(), along: 0. };
    let mut points = vec![at];
    let mut go = |way: f64, turn: f64| {
        at.heading += turn / 2.;
        at.x += at.heading.sin() * way;
        at.y -= at.heading.cos() * way;
        at.heading += turn / 2.;
        at.along += way;
        points.push(at);
    };
    for _ in 0..STEM_STEPS {
        go(plan.stem / f64::from(STEM_STEPS), (-50f64).to_radians() / f64::from(STEM_STEPS));
    }
    let steps = (plan.turns * 16. + 0.5).floor().max(10.);
    let way = coil / steps;
    let mut i = 0.;
    while i < steps {
        let t = (i + 0.5) / steps;
        go(way, way / (plan.radius * (1. - t * (1. - shrink))));
        i += 1.;
    }
    (points, plan.stem + coil)
}

/// The point at `along` of the way, between those walked.
fn at(points: &[Point], along: f64) -> Point {
    let i =
        points[1..points.len() - 1].iter().position(|p| p.along >= along).map_or(points.len() - 1, |i| i + 1);
    let (a, b) = (points[i - 1], points[i]);
    let t = ((along - a.along) / (b.along - a.along)).clamp(0., 1.);
    Point {
        x: a.x + (b.x - a.x) * t,
        y: a.y + (b.y - a.y) * t,
        heading: a.heading + (b.heading - a.heading) * t,
        along,
    }
}

fn leaf(plan: &Plan, points: &[Point], i: u32, used: u32) -> Leaf {
    let step = BLADE / plan.n;
    let p = at(points, PETIOLE + step * (f64::from(i) + 0.5));
    let t = if plan.n > 1. { f64::from(i) / (plan.n - 1.) } else { 0.4 };
    let profile = 0.98 - 0.06 * (TAU * t).cos() - (0.16 + 0.32 * (plan.n / 12.).min(1.)) * t * t;
    let young = if plan.left > 0 { 0.7 + 0.3 * ((plan.stem - p.along) / 110.).min(1.) } else { 1. };
    let (side, lean) = if i % 2 == 1 { (Side::Right, 76. - 14. * t) } else { (Side::Left, -(66. - 14. * t)) };
    Leaf {
        x: p.x,
        y: p.y,
        angle: p.heading + lean.to_radians(),
        len: (26. + step * 2.5).min(92.) * profile * young,
        side,
        class: if i < used { "is-used" } else { "is-booked" },
    }
}

fn bud(plan: &Plan, points: &[Point], j: u32, kept: u32) -> Bud {
    let left = f64::from(plan.left);
    let gap = 46f64.to_radians().min(330f64.to_radians() / left);
    // A few buds sit nearer the crown.
    let first = gap * 0.55 + 44f64.to_radians() * (1. - left / 6.).max(0.);
    let turned = first + gap * f64::from(j);
    let crown = STEM_STEPS as usize;
    let heading = points[crown].heading + turned;
    let mut i = crown;
    while i < points.len() - 1 && points[i].heading < heading {
        i += 1;
    }
    let (a, b) = (points[i - 1], points[i]);
    let t = (heading - a.heading) / (b.heading - a.heading);
    let rho = plan.radius * (-TIGHT * turned).exp();
    Bud {
        x: a.x + (b.x - a.x) * t,
        y: a.y + (b.y - a.y) * t,
        angle: heading - 90f64.to_radians(),
        len: (rho * 0.46).min(rho * gap * 0.84).min(19.),
        class: if j < kept { "is-left" } else { "is-lost" },
    }
}

/// A number as the drawings write it: one decimal at most, never "-0".
pub(super) struct Tenth(pub f64);

impl std::fmt::Display for Tenth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", (self.0 * 10. + 0.5).floor() / 10. + 0.)
    }
}

/// The stem with its coil, tapered from 6.4 to 1.7, as one closed path moved by `dx`, `dy`.
pub(super) fn rachis(geometry: &Geometry, dx: f64, dy: f64) -> String {
    let last = geometry.points.len() - 1;
    let mut sides = [Vec::new(), Vec::new()];
    for (i, p) in geometry.points.iter().enumerate() {
        if i % 2 == 0 || i == last {
            let half = (6.4 + (1.7 - 6.4) * (p.along / geometry.len).powf(0.8)) / 2.;
            let (nx, ny) = (p.heading.cos() * half, p.heading.sin() * half);
            sides[0].push((p.x + dx - nx, p.y + dy - ny));
            sides[1].push((p.x + dx + nx, p.y + dy + ny));
        }
    }
    sides[1].reverse();
    let mut path = String::new();
    for (side, lead) in sides.iter().zip(["M", "A1 1 0 0 1 "]) {
        let _ = write!(path, "{lead}{} {}", Tenth(side[0].0), Tenth(side[0].1));
        let end = side.len() - 1;
        for i in 1..end {
            let (a, b) = (side[i], side[i + 1]);
            let to = if i < end - 1 { ((a.0 + b.0) / 2., (a.1 + b.1) / 2.) } else { b };
            let _ = write!(path, "Q{} {} {} {}", Tenth(a.0), Tenth(a.1), Tenth(to.0), Tenth(to.1));
        }
    }
    path.push('Z');
    path
}

impl Geometry {
    /// Bounds from left to right of all that is drawn.
    fn bounds(&self) -> (f64, f64) {
        let tip = |x: f64, angle: f64, len: f64| x + angle.sin() * len;
        self.points
            .iter()
            .map(|p| p.x)
            .chain(self.leaves.iter().map(|l| tip(l.x, l.angle, l.len)))
            .chain(self.buds.iter().map(|b| tip(b.x, b.angle, b.len)))
            .fold((f64::MAX, f64::MIN), |(min, max), x| (min.min(x), max.max(x)))
    }

    /// The buds and leaves as `<use>` of the sprite's symbols. The plain kind has no state classes: for the prints.
    pub(super) fn leaflets(&self, dx: f64, dy: f64, class: fn(&'static str) -> &'static str) -> String {
        let mut uses = String::new();
        for b in &self.buds {
            let _ = write!(
                uses,
                r##"<use href="#curl" class="{}" transform="translate({} {})rotate({})scale({})"/>"##,
                class(b.class),
                Tenth(b.x + dx),
                Tenth(b.y + dy),
                Tenth(b.angle.to_degrees() - 90.),
                (b.len / 12. * 100. + 0.5).floor() / 100.,
            );
        }
        for l in &self.leaves {
            let scale = l.len / 100.;
            let mirror = if l.side == Side::Right { "-" } else { "" };
            let _ = write!(
                uses,
                r##"<use href="#pinna" class="{}" transform="translate({} {})rotate({})scale({scale:.2} {mirror}{scale:.2})"/>"##,
                class(l.class),
                Tenth(l.x + dx),
                Tenth(l.y + dy),
                Tenth(l.angle.to_degrees() - 90.),
            );
        }
        uses
    }
}

fn draw(counter: Counter, class: &str, said: &str) -> Markup {
    let geometry = geometry(counter.drawn());
    let (min, max) = geometry.bounds();
    let (dx, dy) = (100. - f64::midpoint(min, max), 260.);
    PreEscaped(format!(
        r#"<svg class="{class}" viewBox="0 0 200 264" {said} focusable="false"><path class="frond-stem" d="{}"/>{}</svg>"#,
        rachis(&geometry, dx, dy),
        geometry.leaflets(dx, dy, |class| class),
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

    fn close(got: f64, want: &serde_json::Value, what: &str) {
        let want = want.as_f64().unwrap();
        assert!((got - want).abs() <= 0.0051, "{what}: {got} is not {want}");
    }

    fn fixtures() -> Vec<serde_json::Value> {
        serde_json::from_str(include_str!("frond_fixtures.json")).unwrap()
    }

    fn counter(fixture: &serde_json::Value) -> Counter {
        let number = |name: &str| u32::try_from(fixture[name].as_u64().unwrap()).unwrap();
        Counter { total: number("total"), used: number("used"), booked: number("booked"), lost: 0 }
    }

    #[test]
    fn leaves_and_buds_stand_where_the_reference_puts_them() {
        let fixtures = fixtures();
        assert_eq!(fixtures.len(), 14);
        for fixture in fixtures {
            let counter = counter(&fixture);
            let what = format!("{counter:?}");
            let g = geometry(counter);
            close(g.radius, &fixture["radius"], &what);
            close(g.stem, &fixture["stem"], &what);
            close(g.len, &fixture["length"], &what);
            assert_eq!(g.points.len() as u64, fixture["points"].as_u64().unwrap(), "{what}");
            let tip = g.points.last().unwrap();
            close(tip.x, &fixture["tip"][0], &what);
            close(tip.y, &fixture["tip"][1], &what);
            let (leaves, buds) = (fixture["leaves"].as_array().unwrap(), fixture["buds"].as_array().unwrap());
            assert_eq!((g.leaves.len(), g.buds.len()), (leaves.len(), buds.len()), "{what}");
            for (leaf, want) in g.leaves.iter().zip(leaves) {
                close(leaf.x, &want["x"], &what);
                close(leaf.y, &want["y"], &what);
                close(leaf.angle.to_degrees(), &want["angle"], &what);
                close(leaf.len, &want["len"], &what);
                assert_eq!(leaf.class.trim_start_matches("is-"), want["kind"], "{what}");
                assert_eq!(want["side"] == 1, leaf.side == Side::Right, "{what}");
            }
            for (bud, want) in g.buds.iter().zip(buds) {
                close(bud.x, &want["x"], &what);
                close(bud.y, &want["y"], &what);
                close(bud.angle.to_degrees(), &want["angle"], &what);
                close(bud.len, &want["len"], &what);
            }
        }
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

    #[test]
    fn the_drawing_is_the_reference_drawing() {
        for fixture in fixtures() {
            let (text, numbers) = pieces(&frond(counter(&fixture)).0);
            let (want_text, want_numbers) = pieces(fixture["svg"].as_str().unwrap());
            assert_eq!(text, want_text);
            for (got, want) in numbers.iter().zip(&want_numbers) {
                assert!((got - want).abs() < 0.006, "{got} is not {want}");
            }
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
