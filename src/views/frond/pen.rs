//! How drawings write numbers and curves: shortly.

use std::fmt::Write as _;

/// A number as the drawings write it: one decimal at most, never "-0".
pub(in crate::views) struct Tenth(pub f64);

impl std::fmt::Display for Tenth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whole numbers are written many times faster than fractions, and a page has hundreds of these.
        let tenths = tenths(self.0);
        let (sign, whole, part) = (if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
        if part == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

/// Writes a path from point to point in whole tenths: most of a storefront's bytes are such lines, and this is half of what the same
/// curves take with every control point written out.
pub(super) struct Pen {
    path: String,
    at: (i64, i64),
    /// Whether the last number has a fraction, and none if the last character is no digit.
    ended: Option<bool>,
}

impl Pen {
    /// One that was set down on a point.
    pub(super) fn down_at(point: (f64, f64)) -> Self {
        let mut pen = Self { path: "M".to_owned(), at: (0, 0), ended: None };
        pen.to(whole(point));
        pen
    }

    /// A half circle to the other side.
    pub(super) fn round_to(&mut self, point: (f64, f64)) {
        self.path.push_str("a1 1 0 0 1");
        self.ended = Some(false);
        self.to(whole(point));
    }

    /// A smooth curve from the first of these points, where the pen is, to the last. Each other one draws the curve to itself, and it
    /// passes halfway between them; so each follows from the one before, and what rounding does to one is made good at the next.
    pub(super) fn along(&mut self, points: &[(f64, f64)]) {
        let [_, pulls @ .., end] = points else { return };
        let mut pull = (0, 0);
        for (i, &this) in pulls.iter().enumerate() {
            if i == 0 {
                pull = whole(this);
                self.command('q');
                let from = self.at;
                self.write(pull.0 - from.0);
                self.write(pull.1 - from.1);
            } else {
                pull = (2 * self.at.0 - pull.0, 2 * self.at.1 - pull.1);
                if i == 1 {
                    self.command('t');
                }
            }
            let halfway = |pull: i64, next: f64| tenths(f64::midpoint(pull as f64 / 10., next));
            match pulls.get(i + 1) {
                Some(next) => self.to((halfway(pull.0, next.0), halfway(pull.1, next.1))),
                None => self.to(whole(*end)),
            }
        }
    }

    /// The path, closed.
    pub(super) fn closed(mut self) -> String {
        self.path.push('Z');
        self.path
    }

    fn to(&mut self, point: (i64, i64)) {
        let from = std::mem::replace(&mut self.at, point);
        self.write(point.0 - from.0);
        self.write(point.1 - from.1);
    }

    fn command(&mut self, letter: char) {
        self.path.push(letter);
        self.ended = None;
    }

    /// A number of tenths; what tells it from the one before is often its own first character.
    fn write(&mut self, tenths: i64) {
        let (whole, part) = (tenths.abs() / 10, tenths.abs() % 10);
        let begins_with_dot = whole == 0 && part != 0;
        let told_apart = tenths < 0 || (begins_with_dot && self.ended == Some(true));
        if self.ended.is_some() && !told_apart {
            self.path.push(' ');
        }
        if tenths < 0 {
            self.path.push('-');
        }
        let _ = match part {
            0 => write!(self.path, "{whole}"),
            _ if whole == 0 => write!(self.path, ".{part}"),
            _ => write!(self.path, "{whole}.{part}"),
        };
        self.ended = Some(part != 0);
    }
}

fn tenths(value: f64) -> i64 {
    (value * 10. + 0.5).floor() as i64
}

fn whole((x, y): (f64, f64)) -> (i64, i64) {
    (tenths(x), tenths(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_as_fractions_are() {
        for n in -4_000..4_000 {
            let value = f64::from(n) / 40.;
            let fraction = format!("{}", (value * 10. + 0.5).floor() / 10. + 0.);
            assert_eq!(Tenth(value).to_string(), fraction, "{value}");
        }
    }
}
