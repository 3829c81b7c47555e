//! How a line of a story is read: sentences with gaps, and days, times and stretches of time as people write them.

use fiddlehead::domain::time::{SignedDuration, Timestamp, Zone, hours, long_date, minutes};
use jiff::civil::{Date, DateTime, Time};

/// What stands in the gaps of a sentence, if the line is that sentence: `"{} books {}"` is "Nora books Tuesday 21 April".
pub fn gaps<'a, const N: usize>(line: &'a str, sentence: &str) -> Option<[&'a str; N]> {
    let (first, parts) = sentence.split_once("{}").unwrap_or((sentence, ""));
    let mut rest = line.strip_prefix(first)?;
    let mut found = Vec::new();
    if N > 0 {
        let parts: Vec<&str> = parts.split("{}").collect();
        for (i, part) in parts.iter().enumerate() {
            let end =
                if i + 1 < parts.len() { rest.find(part)? } else { rest.strip_suffix(part).map(str::len)? };
            found.push(&rest[..end]);
            rest = &rest[end + part.len()..];
        }
    }
    if rest.is_empty() { found.try_into().ok() } else { None }
}

/// What stands between straight quotation marks.
pub fn quoted(text: &str) -> Result<&str, String> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.ok_or_else(|| format!("{text} does not stand between quotation marks"))
}

pub fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

/// "Tuesday 21 April", with a year if it is not this one; the day of the week must be right.
pub fn day(text: &str, year: i16) -> Result<Date, String> {
    let words: Vec<&str> = text.split(' ').collect();
    let (&[weekday, day, month], year) = (match words.as_slice() {
        [start @ .., last] if start.len() == 3 => (start, number(last)?),
        all => (all, year),
    }) else {
        return Err(format!("{text} is no day; write it like Tuesday 21 April"));
    };
    let date = Date::strptime("%d %B %Y", format!("{day} {month} {year}"))
        .map_err(|_| format!("{text} is no day; write it like Tuesday 21 April"))?;
    match long_date(date) {
        right if right.starts_with(weekday) => Ok(date),
        right => Err(format!("{text} is wrong: it is {right}")),
    }
}

/// "Tuesday 21 April at 10:00", in a zone.
pub fn moment(text: &str, year: i16, zone: &Zone) -> Result<Timestamp, String> {
    let (date, time) = text.split_once(" at ").ok_or_else(|| format!("{text} has no time of day"))?;
    let local: DateTime = day(date, year)?.to_datetime(clock(time)?);
    let once = zone.tz().to_ambiguous_zoned(local).unambiguous();
    once.map(|zoned| zoned.timestamp()).map_err(|_| format!("{text} is not once in {zone}"))
}

/// "10:00" or "09:00:01".
pub fn clock(text: &str) -> Result<Time, String> {
    let format = if text.len() > 5 { "%H:%M:%S" } else { "%H:%M" };
    Time::strptime(format, text).map_err(|_| format!("{text} is no time of day"))
}

/// "24 hours", "1 second".
pub fn stretch(text: &str) -> Result<SignedDuration, String> {
    let (count, unit) = text.split_once(' ').ok_or_else(|| format!("{text} is no stretch of time"))?;
    let n = number(count)?;
    match unit.trim_end_matches('s') {
        "day" => Ok(hours(24 * n)),
        "hour" => Ok(hours(n)),
        "minute" => Ok(minutes(n)),
        "second" => Ok(SignedDuration::from_secs(n)),
        _ => Err(format!("{text} is no stretch of time")),
    }
}

#[test]
fn a_sentence_gives_its_gaps_and_no_other_line_does() {
    assert_eq!(gaps("Nora books Tuesday", "{} books {}"), Some(["Nora", "Tuesday"]));
    assert_eq!(gaps("Ines marks it paid", "{} marks it paid"), Some(["Ines"]));
    assert_eq!(gaps("the webhook comes", "the webhook comes"), Some([]));
    assert_eq!(gaps::<2>("Nora looks", "{} books {}"), None);
    assert_eq!(gaps::<1>("Ines marks it paid now", "{} marks it paid"), None);
}

#[test]
fn a_day_with_the_wrong_name_is_told() {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let at = |text: &str| moment(text, 2026, &berlin).map(|at| at.to_string());
    assert_eq!(at("Tuesday 21 April at 10:00").as_deref(), Ok("2026-04-21T08:00:00Z"));
    assert_eq!(at("Wednesday 21 April 2027 at 10:00:01").as_deref(), Ok("2027-04-21T08:00:01Z"));
    assert_eq!(
        at("Monday 21 April at 10:00").unwrap_err(),
        "Monday 21 April is wrong: it is Tuesday 21 April 2026"
    );
    assert_eq!(
        at("Sunday 29 March at 02:30").unwrap_err(),
        "Sunday 29 March at 02:30 is not once in Europe/Berlin"
    );
    assert!(at("Tuesday at noon").is_err() && at("Tuesday 31 April at 10:00").is_err());
}
