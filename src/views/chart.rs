//! Small charts: drawn with SVG attributes alone, with a legend where there are two kinds of bar, and the same numbers in a
//! table behind each.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::domain::money::{Currency, Money};

/// The drawing: its width, the line on which bars stand, the highest line, and where lines begin.
const WIDTH: f64 = 380.0;
const FOOT: f64 = 166.0;
const HEAD: f64 = 10.0;
const LEFT: f64 = 40.0;

/// The values at which lines are drawn, from nothing to what all bars stay below: at most four, in steps that one counts by.
fn axis(most: i64, unit: i64) -> Vec<i64> {
    let mut step = unit;
    for factor in [2, 5, 10].into_iter().cycle() {
        if most <= step.saturating_mul(3) {
            break;
        }
        let magnitude = power_below(step / unit).saturating_mul(unit);
        step = if factor == 10 { magnitude.saturating_mul(10) } else { magnitude.saturating_mul(factor) };
    }
    let lines = most.max(0).saturating_add(step - 1) / step;
    (0..=lines).map(|n| n * step).collect()
}

/// The largest power of ten that is no larger.
fn power_below(n: i64) -> i64 {
    let mut power = 1;
    while n / power >= 10 {
        power *= 10;
    }
    power
}

/// "$2k", "500", "¥1.5m": what a line stands for.
fn mark(value: i64, unit: i64, sign: &str) -> String {
    let whole = value / unit;
    let tenths = |by: i64, letter: &str| {
        let part = whole % by * 10 / by;
        if part == 0 {
            format!("{sign}{}{letter}", whole / by)
        } else {
            format!("{sign}{}.{part}{letter}", whole / by)
        }
    };
    match whole {
        0 => "0".to_owned(),
        1_000_000.. if whole % 100_000 == 0 => tenths(1_000_000, "m"),
        1_000.. if whole % 100 == 0 => tenths(1_000, "k"),
        _ => format!("{sign}{whole}"),
    }
}

/// Two decimals, as few as are needed.
fn round(n: f64) -> f64 {
    (n * 10.0).round() / 10.0
}

struct Scale {
    lines: Vec<i64>,
}

impl Scale {
    fn y(&self, value: i64) -> f64 {
        let top = self.lines.last().copied().unwrap_or_default().max(1);
        round(FOOT - (FOOT - HEAD) * value.max(0) as f64 / top as f64)
    }

    fn drawn(&self, words: impl Fn(i64) -> String) -> Markup {
        html! {
            @for line in &self.lines {
                path.grid d={ "M40 " (self.y(*line)) "H380" } {}
                text x="32" y=(round(self.y(*line) + 4.0)) text-anchor="end" { (words(*line)) }
            }
        }
    }

    /// A bar with the corner of a leaf; nothing for nothing.
    fn bar(&self, class: &str, left: f64, width: f64, value: i64) -> Markup {
        let top = self.y(value);
        let corner = round(8.0_f64.min(FOOT - top));
        let (left, edge) = (round(left), round(left + width - corner));
        html! {
            @if value > 0 && top < FOOT {
                path class=(class) d={ "M" (left) " 166V" (top) "H" (edge) "a" (corner) " " (corner) " 0 0 1 " (corner) " " (corner) "V166Z" } {}
            }
        }
    }
}

/// The middle of a bar's place.
fn middle(n: usize, of: usize) -> f64 {
    let place = (WIDTH - LEFT) / of.max(1) as f64;
    LEFT + place * (n as f64 + 0.5)
}

/// What was promised and what was kept, month by month: hollow bars and filled ones.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a> {
    /// Names it on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// What the hollow and the filled bars are.
    pub names: [&'a str; 2],
    /// Months and amounts, all in one currency.
    pub rows: &'a [(Date, [Money; 2])],
    /// Their currency.
    pub currency: Currency,
}

impl Pairs<'_> {
    /// The figure.
    #[must_use]
    pub fn figure(&self) -> Markup {
        let unit = 10i64.pow(u32::from(self.currency.decimals()));
        let most =
            self.rows.iter().flat_map(|(_, pair)| pair).map(|money| money.minor).max().unwrap_or_default();
        let scale = Scale { lines: axis(most, unit) };
        let sign = self.currency.sign();
        // A longer sign than one letter has no room beside the lines: the heading names the currency then.
        let short = sign.chars().count() == 1;
        let sign = if short { sign.as_str() } else { "" };
        let [first, second] = self.names;
        html! {
            figure.chart {
                figcaption {
                    h3 id=(self.id) { (self.title) @if !short { ", " (self.currency) } }
                    ul.key { (key("bar hollow", first)) (key("bar", second)) }
                }
                svg viewBox="0 0 380 190" role="img" aria-labelledby=(self.id) {
                    (scale.drawn(|value| mark(value, unit, sign)))
                    @for (n, (month, [promised, kept])) in self.rows.iter().enumerate() {
                        @let middle = middle(n, self.rows.len());
                        (scale.bar("bar hollow", middle - 15.0, 13.0, promised.minor))
                        (scale.bar("bar", middle + 2.0, 13.0, kept.minor))
                        text x=(round(middle)) y="184" text-anchor="middle" { (month.strftime("%b")) }
                    }
                }
                (table(self.title, &["Month", first, second], self.rows.iter().map(|(month, pair)| {
                    (month.strftime("%B %Y").to_string(), pair.iter().map(|money| money.short()).collect())
                })))
            }
        }
    }
}

/// How many of something, in a row of places.
#[derive(Debug, Clone, Copy)]
pub struct Counts<'a> {
    /// Names it on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: &'a str,
    /// What the places are, and what is counted.
    pub heads: [&'a str; 2],
    /// Short and long names of the places, with their counts.
    pub rows: &'a [(String, String, u32)],
}

impl Counts<'_> {
    /// The figure.
    #[must_use]
    pub fn figure(&self) -> Markup {
        let most = self.rows.iter().map(|(_, _, count)| i64::from(*count)).max().unwrap_or_default();
        let scale = Scale { lines: axis(most, 1) };
        html! {
            figure.chart {
                figcaption { h3 id=(self.id) { (self.title) } }
                svg viewBox="0 0 380 190" role="img" aria-labelledby=(self.id) {
                    (scale.drawn(|value| mark(value, 1, "")))
                    @for (n, (short, _, count)) in self.rows.iter().enumerate() {
                        @let middle = middle(n, self.rows.len());
                        (scale.bar("bar", middle - 14.15, 28.3, i64::from(*count)))
                        @if *count > 0 {
                            text x=(round(middle)) y=(round(scale.y(i64::from(*count)) - 6.0)) text-anchor="middle" { (count) }
                        }
                        text x=(round(middle)) y="184" text-anchor="middle" { (short) }
                    }
                }
                (table(self.title, &self.heads, self.rows.iter().map(|(_, long, count)| (long.clone(), vec![count.to_string()]))))
            }
        }
    }
}

fn key(class: &str, words: &str) -> Markup {
    html! { li { svg viewBox="0 0 14 14" aria-hidden="true" { path class=(class) d="M1 13V2H8a5 5 0 0 1 5 5V13Z" {} } (words) } }
}

fn table(title: &str, heads: &[&str], rows: impl Iterator<Item = (String, Vec<String>)>) -> Markup {
    html! {
        details.astable {
            summary { "Show as a table" }
            table {
                caption.sr { (title) }
                thead { tr { @for (n, head) in heads.iter().enumerate() { th scope="col" class=[(n > 0).then_some("num")] { (head) } } } }
                tbody {
                    @for (name, values) in rows {
                        tr { th scope="row" { (name) } @for value in values { td.num { (value) } } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_drawn_at_steps_that_one_counts_by() {
        assert_eq!(axis(366_000, 100), [0, 200_000, 400_000], "dollars: 0, $2k, $4k");
        assert_eq!(axis(12, 1), [0, 5, 10, 15]);
        assert_eq!(axis(1, 1), [0, 1]);
        assert_eq!(axis(3, 1), [0, 1, 2, 3]);
        assert_eq!(axis(4, 1), [0, 2, 4]);
        assert_eq!(axis(1_234_567, 1), [0, 500_000, 1_000_000, 1_500_000], "yen");
        assert_eq!(axis(0, 100), [0], "nothing at all");
        assert_eq!(axis(-500, 100), [0]);
        assert_eq!(axis(1500, 1000), [0, 1000, 2000], "dinars: 0, 1, 2");
    }

    #[test]
    fn every_bar_stays_below_the_last_line_whatever_there_is() {
        for most in (0..2000).chain([99_999, 100_001, 9_000_000_000]) {
            for unit in [1, 100, 1000] {
                let lines = axis(most, unit);
                assert!(lines.len() <= 4 && *lines.last().unwrap() >= most, "{most} {unit}: {lines:?}");
                assert!(lines.windows(2).all(|pair| (pair[1] - pair[0]) % unit == 0));
            }
        }
    }

    #[test]
    fn lines_are_named_briefly() {
        assert_eq!(mark(0, 100, "$"), "0");
        assert_eq!(mark(200_000, 100, "$"), "$2k");
        assert_eq!(mark(150_000, 100, "$"), "$1.5k");
        assert_eq!(mark(50_000, 100, "$"), "$500");
        assert_eq!(mark(1_500_000, 1, "¥"), "¥1.5m");
        assert_eq!(mark(9000, 1000, ""), "9");
    }

    #[test]
    fn a_chart_has_its_numbers_in_a_table_and_no_style() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let month = |text: &str| text.parse().unwrap();
        let rows =
            [(month("2026-03-01"), [usd(54000), usd(-9000)]), (month("2026-04-01"), [usd(0), usd(18000)])];
        let of = |rows| {
            let names = ["Collected", "Earned"];
            Pairs { id: "c", title: "Collected and earned", names, rows, currency: Currency::USD }.figure().0
        };
        let page = of(&rows);
        assert!(page.contains("<td class=\"num\">$540</td><td class=\"num\">−$90</td>"), "{page}");
        assert_eq!(page.matches("<path class=\"bar\" d=\"M").count(), 2, "the key and one bar: {page}");
        assert_eq!(page.matches("<path class=\"bar hollow\" d=\"M").count(), 2, "{page}");
        assert!(page.contains("aria-labelledby=\"c\"") && !page.contains("style"));
        let nothing = of(&[(month("2026-03-01"), [usd(0), usd(0)])]);
        assert!(!nothing.contains("NaN") && nothing.matches("class=\"grid\"").count() == 1, "{nothing}");
    }
}
