//! Stories: what happens to people's packages, in sentences that a practitioner can read, lived through on a set clock.
//! Each `.story` file here is one test. A line is a deed, or it begins with "then" and expects something; what is
//! refused and not told, and a line that nobody understands, end the story.

mod deeds;
mod expect;
mod refunding;
mod sales;
mod sentence;
mod world;

use std::path::Path;

use world::{Done, World};

/// Lives through a story; says at which line it went another way.
async fn live(name: &str, text: &str) -> Result<(), String> {
    let mut world = None;
    let lines: Vec<(usize, &str)> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .collect();
    let mut at = 0;
    while let Some(&(number, line)) = lines.get(at) {
        at += 1;
        let together: Vec<&str> = lines[at..]
            .iter()
            .take_while(|(_, next)| next.starts_with("  "))
            .map(|(_, next)| next.trim())
            .collect();
        at += together.len();
        let result = match &mut world {
            None => expect::opening(line).map(Some),
            Some(world) => sentence_of(world, line, &together).await.map(|()| None),
        };
        match result {
            Ok(Some((now, zone))) => world = Some(World::begin(now, zone).await),
            Ok(None) => {}
            Err(why) => return Err(format!("tests/it/stories/{name}.story:{number}: {line}\n  {why}")),
        }
    }
    match world.map(|world| world.refused) {
        Some(Some(words)) => Err(format!("tests/it/stories/{name}.story: refused at the end: {words}")),
        Some(None) => Ok(()),
        None => Err(format!("tests/it/stories/{name}.story tells nothing")),
    }
}

async fn sentence_of(world: &mut World, line: &str, together: &[&str]) -> Result<(), String> {
    if let Some(expected) = line.strip_prefix("then ") {
        return world.expect(expected).ok_or("nobody knows how to expect this")?;
    }
    if let Some(words) = &world.refused {
        return Err(format!("what came before was refused: \"{words}\""));
    }
    if line == "At the same time" {
        world.together(together)?;
    } else {
        match world.deed(line).await.ok_or("nobody knows how to do this")?? {
            Done::Yes => {}
            Done::Refused(words) => world.refused = Some(words),
        }
    }
    world.house.settle().await;
    world.house.assert_sound();
    Ok(())
}

async fn tell(name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/stories/{name}.story"));
    if let Err(why) = live(name, &std::fs::read_to_string(file).unwrap()).await {
        panic!("{why}");
    }
}

macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            tell(stringify!($name)).await;
        })*

        #[test]
        fn every_story_is_told() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stories");
            let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
            for story in files.filter(|file| file.extension().is_some_and(|end| end == "story")) {
                let name = story.file_stem().unwrap().to_str().unwrap().to_owned();
                assert!([$(stringify!($name)),*].contains(&name.as_str()), "{name}.story is not in the list");
            }
        }
    };
}

stories! {
    a_first_time,
    a_gift,
    at_the_practice,
    bank_debit,
    dispute,
    from_purchase_to_renewal,
    lapsed,
    late_and_missed,
    more_time,
    no_more_of_these,
    paid_once,
    quiet_hours,
    refund,
    switched_off,
    the_night_the_clocks_change,
    the_practitioner_cancels,
    two_at_once,
    which_lot_pays,
}

/// A story whose last line goes wrong, and what is said of it.
async fn wrong(last: &str) -> String {
    let text = format!(
        "# A comment\nOn Tuesday 14 April 2026 at 10:00 in Europe/Berlin\n\
         Ines offers \"Two\": 2 sessions of 50 minutes for 180.00 USD, valid 90 days, standard\n\
         Nora buys \"Two\" from Ines and pays online\n{last}"
    );
    live("sample", &text).await.unwrap_err()
}

#[tokio::test]
async fn a_line_that_nobody_understands_is_named_with_its_place() {
    assert_eq!(
        wrong("Nora dances").await,
        "tests/it/stories/sample.story:5: Nora dances\n  nobody knows how to do this"
    );
    assert!(wrong("then Nora dances").await.ends_with("nobody knows how to expect this"));
    assert!(live("none", "# nothing").await.unwrap_err().ends_with("tells nothing"));
}

#[tokio::test]
async fn an_expectation_that_does_not_hold_shows_what_was_there() {
    for (line, there) in [
        ("then Nora has 3 to book", "2 to book, 0 booked, 0 used, 0 expired, use by Monday 13 July"),
        ("then no mail to Nora", "Receipt"),
        ("then no other mails", "to Ines"),
        ("then a mail to Nora says \"Hello\"", "Receipt"),
        ("then the book-first nudge to Nora was not sent: \"x\"", "Waiting for its time."),
        ("then the book-first nudge to Nora waits for Tuesday 14 April at 10:00", "Wednesday 15 April"),
        ("then Nora's order has failed", "is paid"),
        ("then there are 2 receipts and 1 payments", "1, 1"),
        ("then refused: \"x\"", "nothing was refused"),
        ("then Mia has 1 to book", "nothing"),
        ("then Nora has nothing", "1 lots"),
    ] {
        let said = wrong(line).await;
        assert!(said.contains(there), "{said}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_not_told_ends_the_story() {
    let late = "Nora books Tuesday 14 April at 12:00";
    assert!(wrong(late).await.contains("refused at the end: That time is too soon"));
    assert!(wrong(&format!("{late}\n1 hour passes")).await.contains("what came before was refused"));
}
