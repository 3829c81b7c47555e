//! The frond's measures: the curve that is walked, where leaves open on it, where buds sit on the coil.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use super::Counter;
use super::pen::{Pen, Tenth};

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
pub(in crate::views) struct Geometry {
    points: Vec<Point>,
    /// Length of stem and coil together.
    len: f64,
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

/// The measures that follow from the counts.
struct Plan {
    n: f64,
    open: u32,
    left: u32,
    /// Where the coil begins.
    radius: f64,
    /// How far it is still wound.
    turns: f64,
    stem: f64,
}

fn plan(counter: Counter) -> Plan {
    let total = counter.total.max(1);
    let open = total.min(counter.used + counter.booked);
    let left = total - open;
    let n = f64::from(total);
    let q = f64::from(left) / n;
    let (radius, turns) = if left > 0 { (60. * q.powf(0.4), 1.25 + 1.05 * q) } else { (8., 0.45) };
    let neck = if left > 0 { radius * 0.9 + 8. } else { 20. };
    let stem = PETIOLE + BLADE * (f64::from(open) / n) + neck;
    Plan { n, open, left, radius, turns, stem }
}

pub(in crate::views) fn geometry(counter: Counter) -> Geometry {
    let plan = plan(counter);
    let (points, len) = walk(&plan);
    let leaves = (0..plan.open).map(|i| leaf(&plan, &points, i, counter.used)).collect();
    let kept = plan.left.saturating_sub(counter.lost);
    let buds = (0..plan.left).map(|j| bud(&plan, &points, j, kept)).collect();
    Geometry { points, len, leaves, buds }
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

/// The stem with its coil, tapered from 6.4 to 1.7, as one closed path moved by `dx`, `dy`.
pub(in crate::views) fn rachis(geometry: &Geometry, dx: f64, dy: f64) -> String {
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
    let mut pen = Pen::down_at(sides[0][0]);
    pen.along(&sides[0]);
    pen.round_to(sides[1][0]);
    pen.along(&sides[1]);
    pen.closed()
}

impl Geometry {
    /// Bounds from left to right of all that is drawn.
    pub(super) fn bounds(&self) -> (f64, f64) {
        let tip = |x: f64, angle: f64, len: f64| x + angle.sin() * len;
        self.points
            .iter()
            .map(|p| p.x)
            .chain(self.leaves.iter().map(|l| tip(l.x, l.angle, l.len)))
            .chain(self.buds.iter().map(|b| tip(b.x, b.angle, b.len)))
            .fold((f64::MAX, f64::MIN), |(min, max), x| (min.min(x), max.max(x)))
    }

    /// The buds and leaves as `<use>` of the sprite's symbols. The plain kind has no state classes: for the prints.
    pub(in crate::views) fn leaflets(
        &self,
        dx: f64,
        dy: f64,
        class: fn(&'static str) -> &'static str,
    ) -> String {
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

#[cfg(test)]
mod tests {
    use super::super::tests::{counter, fixtures};
    use super::*;

    fn close(got: f64, want: &serde_json::Value, what: &str) {
        let want = want.as_f64().unwrap();
        assert!((got - want).abs() <= 0.0051, "{what}: {got} is not {want}");
    }

    #[test]
    fn leaves_and_buds_stand_where_the_reference_puts_them() {
        let fixtures = fixtures();
        assert_eq!(fixtures.len(), 14);
        for fixture in fixtures {
            let counter = counter(&fixture);
            let what = format!("{counter:?}");
            let g = geometry(counter);
            close(plan(counter).radius, &fixture["radius"], &what);
            close(plan(counter).stem, &fixture["stem"], &what);
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
}
