//! Makes new inputs of known ones: bits and bytes changed, stretches cut, doubled and moved, words put in, two inputs joined.

use crate::model::Dice;

/// Bytes that parsers trip over.
const BYTES: &[u8] = b"\0\r\n\t \"'<>&;,:=%+-/\\@{}[]()0\x7f\x80\xc0\xe2\xff";

/// Words that mean something nearly everywhere.
pub const WORDS: &[&str] = &[
    "",
    "0",
    "-0",
    "-1",
    "00",
    "1e9",
    "1e999",
    "NaN",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    "0x10",
    "1.5",
    "null",
    "true",
    "{}",
    "[]",
    "../../etc/passwd",
    "%00",
    "%2e%2e%2f",
    "%",
    "%zz",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{200d}",
    "\u{10ffff}",
    "é",
    "e\u{301}",
    "ﷺ",
    "🌿",
    "\r\n",
    "\r\n ",
    "\n\n",
    "=cmd|'/c calc'!A0",
    "<script>alert(1)</script>",
    "'; drop table",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "2026-02-30",
    "2026-02-29",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "-009999-01-01",
    "2026-03-29T02:30",
    "2026-04-21T08:00:00Z",
    "2026-12-31T23:59:60Z",
    "24:00",
    "23:59:60",
    "Europe/Berlin",
    "Mars/Olympus",
    "UTC+25",
    "127.0.0.1",
    "::1",
    "[::1]:80",
    "0177.0.0.1",
    "2130706433",
    "::ffff:127.0.0.1",
    "http://127.0.0.1/",
    "javascript:alert(1)",
    "a@b",
    "a@b@c",
    "\"a b\"@example.org",
    "a@xn--nxasmq6b",
    "00000000000000000000000000",
    "7zzzzzzzzzzzzzzzzzzzzzzzzz",
];

/// Draws inputs.
pub struct Mutator {
    pub corpus: Vec<Vec<u8>>,
    /// Words of this parser's own.
    words: Vec<Vec<u8>>,
    longest: usize,
}

impl Mutator {
    pub fn new(corpus: Vec<Vec<u8>>, words: &[&str], longest: usize) -> Self {
        let words = words.iter().chain(WORDS).map(|word| word.as_bytes().to_vec()).collect();
        Self { corpus, words, longest }
    }

    /// A new input.
    pub fn draw(&self, dice: &mut Dice) -> Vec<u8> {
        let mut input = dice.pick(&self.corpus).unwrap();
        for _ in 0..=dice.below(6) {
            self.change(&mut input, dice);
        }
        input.truncate(self.longest);
        input
    }

    fn change(&self, input: &mut Vec<u8>, dice: &mut Dice) {
        let at = dice.below(input.len() + 1);
        let reach = [4, 32, 1_000][dice.below(3)];
        let until = (at + dice.below(1 + reach)).min(input.len());
        match dice.below(11) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 if at < input.len() => input[at] = BYTES[dice.below(BYTES.len())],
            2 => input.insert(at, BYTES[dice.below(BYTES.len())]),
            3 => drop(input.drain(at..until)),
            4 => {
                let part = input[at..until].to_vec();
                let most = [2, 200][usize::from(dice.once_in(10))];
                let times = 1 + dice.below(most);
                put(input, at, &part.repeat(times));
            }
            5 => {
                let part: Vec<u8> = input.drain(at..until).collect();
                let to = dice.below(input.len() + 1);
                put(input, to, &part);
            }
            6 | 7 => put(input, at, &dice.pick(&self.words).unwrap()),
            8 => {
                // A word instead of what stands between two marks: a value, mostly.
                let word = dice.pick(&self.words).unwrap();
                let mark = |byte: &u8| b"\r\n\"',;:=<>& ".contains(byte);
                let from = input[..at].iter().rposition(mark).map_or(0, |found| found + 1);
                let end = input[at..].iter().position(mark).map_or(input.len(), |found| at + found);
                input.splice(from..end, word);
            }
            9 => {
                let other = dice.pick(&self.corpus).unwrap();
                let from = dice.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => input.truncate(at),
        }
    }
}

fn put(input: &mut Vec<u8>, at: usize, part: &[u8]) {
    input.splice(at..at, part.iter().copied());
}
