//! A look through all of the data: the running program takes one at its snapshot every hour, in the memory that it has.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::served;
use crate::table::{Goal, Table};

/// What the look takes, by a process of its own: memory at most, and time.
pub fn look(table: &mut Table, program: &Path, data: &Path) {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["check", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut most = 0.0;
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("a child") {
            break ended;
        }
        most = f64::max(most, served::memory(child.id(), "VmHWM"));
        std::thread::sleep(Duration::from_millis(20));
    };
    let words = format!("{most:.0} MB, {:.0} s", begun.elapsed().as_secs_f64());
    let most = if ended.success() { most } else { f64::NAN };
    table.row("all of the data looked through, as every hour, large", words, Goal::AtMost(100.0, most));
}
