//! Strange input for every parser of what comes from outside: bytes that are mutated from a corpus (`tests/fuzz/corpus` and what the
//! pages themselves hold) with words that mean something to the parser. No coverage guides it: what it found is worth what its corpus
//! is. Nothing may panic, take long or be taken for what it is not. `FIDDLEHEAD_FUZZ` says how many inputs a cheap parser gets; a
//! failing one is kept in `target/fuzz`.

mod bytes;
mod calendars;
mod mutate;
mod pages;
mod replies;

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use fiddlehead::platform::clock::stopwatch;

use crate::model::Dice;
use mutate::Mutator;

/// How long one input may take, in a program that is not optimized, on a machine that is busy.
const LONGEST: Duration = Duration::from_secs(20);

fn number(variable: &str, normally: usize) -> usize {
    std::env::var(variable).map_or(normally, |text| text.parse().unwrap())
}

/// How many inputs a parser gets, one of so many of the cheapest's.
fn inputs(one_of: usize) -> usize {
    (number("FIDDLEHEAD_FUZZ", 20_000) / one_of).max(1)
}

fn seed() -> u64 {
    u64::try_from(number("FIDDLEHEAD_TEST_SEED", 0)).unwrap()
}

/// The files of a corpus.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|one| one.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Keeps an input that failed; where.
fn keep(target: &str, input: &[u8]) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{target}-{:08x}", crc32(input)));
    std::fs::write(&file, input).unwrap();
    file.display().to_string()
}

fn crc32(input: &[u8]) -> u32 {
    input.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What a server says to whatever it is asked.
type Says = Arc<Mutex<(StatusCode, Vec<u8>)>>;

/// A server that says it, whatever that is just then; its port.
async fn server(says: Says) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = move || {
        let (status, body) = says.lock().unwrap().clone();
        async move { (status, [(header::ETAG, "\"1\"")], body) }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    port
}

/// Gives a parser so many inputs. It says how many of them it took for something, which must be some: else the corpus is worthless.
fn feed(target: &str, count: usize, mutator: &Mutator, mut parse: impl FnMut(&[u8], &mut Dice) -> bool) {
    let (mut dice, mut taken, mut slowest) = (Dice::seeded(seed()), 0, Duration::ZERO);
    for turn in 0..count {
        let input =
            if turn < mutator.corpus.len() { mutator.corpus[turn].clone() } else { mutator.draw(&mut dice) };
        let watch = stopwatch();
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| parse(&input, &mut dice)));
        slowest = slowest.max(watch.elapsed());
        match outcome {
            Ok(understood) if watch.elapsed() < LONGEST => taken += usize::from(understood),
            Ok(_) => panic!("{target}: {:?} for {}", watch.elapsed(), keep(target, &input)),
            Err(_) => panic!("{target}: input {turn} of seed {}: {}", seed(), keep(target, &input)),
        }
    }
    told(target, count, taken, slowest);
}

fn told(target: &str, count: usize, taken: usize, slowest: Duration) {
    assert!(taken > 0, "{target}: nothing of the corpus is understood");
    eprintln!(
        "FIGURE fuzz {target}: seed {}, {count} inputs, {taken} understood, no panic, {} ms at most",
        seed(),
        slowest.as_millis()
    );
}
