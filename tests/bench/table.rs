//! The table: printed while it grows, and added to BENCHMARKS.md at its end.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::disk::median;
use crate::load::Outcome;

/// What is wanted of a figure, and the figure.
pub enum Goal {
    AtLeast(f64, f64),
    AtMost(f64, f64),
}

impl Goal {
    fn words(&self) -> (String, String) {
        let (sign, goal, figure, met) = match *self {
            Self::AtLeast(goal, figure) => ("≥", goal, figure, figure >= goal),
            Self::AtMost(goal, figure) => ("≤", goal, figure, figure <= goal),
        };
        // A ceiling of nothing is a ceiling that did not answer.
        let met = met && figure.is_finite();
        (format!("{sign} {goal}"), format!("{figure:.2} {}", if met { "met" } else { "**missed**" }))
    }
}

/// What was measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<String>,
    notes: Vec<String>,
}

/// Says that answers were not what was wanted, if some were not.
pub fn wrong(count: usize) -> String {
    if count > 0 { format!(" ({count} wrong answers)") } else { String::new() }
}

impl Table {
    pub fn say(&mut self, note: String) {
        println!("{note}");
        self.notes.push(note);
    }

    pub fn row(&mut self, what: &str, words: String, goal: Goal) {
        let (goal, figure) = goal.words();
        let row = format!("| {what} | {words} | {goal} | {figure} |");
        println!("{row}");
        self.rows.push(row);
    }

    /// The rates and the tails of both.
    pub fn ratio(&mut self, what: &str, ours: &[Outcome], bare: &[Outcome], goal: f64) {
        let of = |all: &[Outcome], which: fn(&Outcome) -> f64| median(all.iter().map(which).collect());
        let (rate, ceiling) = (of(ours, |one| one.rate), of(bare, |one| one.rate));
        let (tail, least) = (of(ours, |one| one.percentile(99)), of(bare, |one| one.percentile(99)));
        let off = wrong(ours.iter().chain(bare).map(|one| one.wrong).sum());
        let words = format!("{rate:.0}/s; bare {ceiling:.0}/s{off}");
        self.row(what, words, Goal::AtLeast(goal, rate / ceiling));
        let words = format!("{:.1} ms; bare {:.1} ms", tail / 1000.0, least / 1000.0);
        self.row(&format!("p99 of that: {what}"), words, Goal::AtMost(3.0, tail / least));
    }

    /// Puts it at the end of the file.
    pub fn write(&self, file: &Path) {
        let said = |program: &str, arguments: &[&str]| {
            let output = Command::new(program).args(arguments).output().map(|output| output.stdout);
            String::from_utf8_lossy(&output.unwrap_or_default()).trim().to_owned()
        };
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let cpu = cpu.map_or("unknown processor", |(_, name)| name.trim());
        let (now, commit) =
            (said("date", &["+%Y-%m-%d %H:%M"]), said("git", &["rev-parse", "--short", "HEAD"]));
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let mut text = std::fs::read_to_string(file).unwrap_or_default();
        let _ = write!(
            text,
            "\n## {now}, {commit}\n\n{cpu}, {} cores, Linux {}; load of the machine at the end {load}. The program as it ships, but for \
             the C library, which is outside.\n\n{}\n\n| what | measured | goal | ratio or figure |\n|---|---|---|---|\n{}\n",
            said("nproc", &[]),
            said("uname", &["-r"]),
            self.notes.join(" "),
            self.rows.join("\n"),
        );
        std::fs::write(file, text).expect("BENCHMARKS.md can be written");
    }
}
