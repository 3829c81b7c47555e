//! Hours, dates that differ and time off over HTTP, and the calendar that shows them.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::BookingId;
use fiddlehead::store;
use jiff::civil::Weekday;

use crate::support::{House, at};

const RHYTHM: [(&str, &str); 6] =
    [("step", "30"), ("before", "0"), ("after", "10"), ("notice", "24"), ("horizon", "30"), ("limit", "")];

fn week(rows: &[(&'static str, &'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields = RHYTHM.to_vec();
    for (day, from, until) in rows {
        fields.extend([("day", *day), ("from", *from), ("until", *until)]);
    }
    fields
}

fn hours_of(house: &House) -> fiddlehead::domain::calendar::availability::Availability {
    store::calendar::availability::of(&house.app.store.read().unwrap(), house.ines).unwrap().unwrap()
}

#[tokio::test]
async fn rows_come_and_go_without_a_script_and_nothing_is_kept_until_it_is_saved() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let before = hours_of(&house);
    let mut fields = week(&[("monday", "09:00", "12:00"), ("tuesday", "10:00", "11:00")]);
    fields.push(("add", "monday"));
    let answer = ines.post("/desk/hours", &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text.matches("name=\"from\" value").count(), 3, "{}", answer.text);
    assert!(answer.text.contains("value=\"12:00\""), "the next range begins where the last one ended");
    let mut fields = week(&[("monday", "09:00", "12:00"), ("tuesday", "10:00", "11:00")]);
    fields.push(("remove", "0"));
    let answer = ines.post("/desk/hours", &fields).await;
    assert!(!answer.text.contains("value=\"09:00\"") && answer.text.contains("value=\"10:00\""));
    assert_eq!(hours_of(&house), before);
}

#[tokio::test]
async fn hours_and_rhythm_are_saved_whole_or_not_at_all() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let before = hours_of(&house);
    for (rows, why) in [
        (&[("monday", "09:00", "12:00"), ("monday", "11:00", "13:00")][..], "overlap"),
        (&[("monday", "12:00", "09:00")], "The end comes before the start."),
        (&[("monday", "nine", "12:00")], "Please write times like 09:00."),
    ] {
        let answer = ines.post("/desk/hours", &week(rows)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    }
    for (name, value) in
        [("step", "1"), ("after", "241"), ("notice", "721"), ("horizon", "0"), ("limit", "0"), ("limit", "x")]
    {
        let fields: Vec<_> = week(&[("monday", "09:00", "12:00")])
            .into_iter()
            .map(|(field, old)| (field, if field == name { value } else { old }))
            .collect();
        let answer = ines.post("/desk/hours", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        assert!(answer.text.contains("class=\"err\""), "{name}={value}");
    }
    assert_eq!(hours_of(&house), before);
    let rows = week(&[("sunday", "20:00", "23:59"), ("monday", "", "")]);
    assert_eq!(ines.post("/desk/hours", &rows).await.location(), "/desk/hours?done=saved");
    let kept = hours_of(&house);
    assert_eq!(kept.hours().rows().count(), 1, "an empty row is no row");
    assert_eq!(
        kept.hours().on(Weekday::Sunday)[0].to_string(),
        "20:00-24:00",
        "the last minute is the end of the day"
    );
    assert_eq!((kept.rhythm().step(), kept.rhythm().horizon()), (30, 30));
    let page = ines.get("/desk/hours").await;
    assert!(page.text.contains("value=\"23:59\"") && page.text.contains("Sunday 19 April"), "{}", page.text);
}

#[tokio::test]
async fn a_date_that_differs_takes_the_place_of_the_week_and_can_be_taken_away() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let add = |kind, from, until| [("on", "2026-04-20"), ("kind", kind), ("from", from), ("until", until)];
    assert_eq!(
        ines.post("/desk/hours/dates", &add("closed", "", "")).await.location(),
        "/desk/hours?done=saved"
    );
    assert_eq!(
        ines.post("/desk/hours/dates", &add("open", "10:00", "11:00")).await.location(),
        "/desk/hours?done=saved"
    );
    let kept = hours_of(&house);
    assert_eq!(
        (kept.overrides().len(), kept.overrides()[0].ranges().len()),
        (1, 1),
        "the second took the first's place"
    );
    for wrong in [
        add("open", "11:00", "10:00"),
        add("open", "", ""),
        [("on", "2026-04-13"), ("kind", "closed"), ("from", ""), ("until", "")],
    ] {
        assert_eq!(
            ines.post("/desk/hours/dates", &wrong).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong:?}"
        );
    }
    assert!(ines.get("/desk/hours").await.text.contains("Open 10:00 am to 11:00 am"));
    let remove = "/desk/hours/dates/2026-04-20/remove";
    assert_eq!(ines.post(remove, &[]).await.location(), "/desk/hours?done=removed");
    assert_eq!(ines.post(remove, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ines.post("/desk/hours/dates/never/remove", &[]).await.status, StatusCode::NOT_FOUND);
}

const OFF: [(&str, &str); 3] = [("first", "2026-04-20"), ("last", "2026-04-22"), ("note", "Sea")];

/// Nora, with a session on Tuesday 21 April.
async fn booked(house: &House) -> (fiddlehead::domain::id::ClientId, fiddlehead::domain::id::LotId) {
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-21T08:00:00Z"))
        .unwrap();
    (nora, lot)
}

fn closures(house: &House) -> usize {
    store::calendar::closure::of(&house.app.store.read().unwrap(), house.ines).unwrap().len()
}

#[tokio::test]
async fn time_off_asks_what_becomes_of_the_sessions_in_it_and_keeps_them_if_that_is_the_word() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (_, lot) = booked(&house).await;
    let asked = ines.post("/desk/hours/off", &OFF).await;
    assert_eq!(asked.status, StatusCode::OK);
    for words in [
        "One session is booked in that time",
        "Nora Lind",
        "Tuesday 21 April",
        "1 credit comes back. The date of these sessions moves from Monday 13 July 2026 to Thursday 16 July 2026.",
        "an apology with a link to book another time",
    ] {
        assert!(asked.text.contains(words), "{words}: {}", asked.text);
    }
    assert_eq!(closures(&house), 0, "nothing is done before the answer");
    let (id, seen) = (asked.field("id"), asked.field("seen"));
    let answer = |what| [&OFF[..], &[("id", id.as_str()), ("seen", &seen), ("sessions", what)]].concat();
    let silent = ines.post("/desk/hours/off", &answer("")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.text.contains("Please choose what shall become of them.") && silent.field("id") == id);
    for _ in 0..2 {
        assert_eq!(ines.post("/desk/hours/off", &answer("leave")).await.location(), "/desk/hours?done=off");
    }
    assert_eq!((closures(&house), house.balance(lot).held()), (1, 1), "taken once, and the session stays");
    let page = ines.get("/desk/calendar?day=2026-04-21").await;
    assert!(page.text.contains("Time off") && page.text.contains("Nora Lind"));
    let remove = format!("/desk/hours/off/{id}/remove");
    assert_eq!(ines.post(&remove, &[]).await.location(), "/desk/hours?done=removed");
    assert_eq!(closures(&house), 0);
    house.assert_sound();
}

#[tokio::test]
async fn sessions_are_cancelled_with_the_time_off_as_the_page_said_or_it_asks_again() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (nora, lot) = booked(&house).await;
    let asked = ines.post("/desk/hours/off", &OFF).await;
    let (id, seen) = (asked.field("id"), asked.field("seen"));
    // Another session is booked while she reads.
    let other = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, other, lot, at("2026-04-22T08:00:00Z")).unwrap();
    let mut answer = [&OFF[..], &[("id", id.as_str()), ("seen", &seen), ("sessions", "cancel")]].concat();
    let again = ines.post("/desk/hours/off", &answer).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("Other sessions are booked in that time by now."), "{}", again.text);
    assert!(again.text.contains("Two sessions are booked in that time"));
    assert_eq!((closures(&house), house.balance(lot).held()), (0, 2), "nothing was changed");
    let other = other.to_string();
    answer.push(("seen", &other));
    for _ in 0..2 {
        let done = ines.post("/desk/hours/off", &answer).await;
        assert_eq!(done.location(), "/desk/hours?done=off-canceled");
    }
    let balance = house.balance(lot);
    assert_eq!((closures(&house), balance.held(), balance.available), (1, 0, 6));
    assert_eq!(balance.deadline.unwrap().on.to_string(), "2026-07-16", "three days later, once");
    house.settle().await;
    let letters = house.mailbox.letters();
    let sorry = letters.iter().filter(|one| {
        one.letter.text.contains("/me/book/") && one.letter.subject.as_str().starts_with("Canceled")
    });
    assert_eq!(
        sorry.count(),
        2,
        "{:?}",
        letters.iter().map(|one| one.letter.subject.to_string()).collect::<Vec<_>>()
    );
    house.assert_sound();
}

#[tokio::test]
async fn time_off_can_be_a_part_of_a_day_and_what_is_wrong_is_said_beside_it() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let day = |more: &[(&'static str, &'static str)]| {
        [&[("first", "2026-04-20"), ("last", "2026-04-20")], more].concat()
    };
    for (fields, field, why) in [
        (vec![("first", "2026-04-22"), ("last", "2026-04-20")], "last", "The end comes before the start."),
        (day(&[("from", "14:00"), ("until", "13:00")]), "off-until", "The end comes before the start."),
        (day(&[("from", "soon")]), "off-from", "Please write a time like 09:00."),
        (vec![("first", "never"), ("last", "2026-04-20")], "first", "Please choose a date"),
    ] {
        let answer = ines.post("/desk/hours/off", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(
            answer.text.contains(why) && answer.text.contains(&format!("id=\"{field}-e\"")),
            "{fields:?} {}",
            answer.text
        );
    }
    assert_eq!(closures(&house), 0);
    let afternoon = day(&[("from", "13:00"), ("until", "23:59")]);
    assert_eq!(ines.post("/desk/hours/off", &afternoon).await.location(), "/desk/hours?done=off");
    let kept = store::calendar::closure::of(&house.app.store.read().unwrap(), house.ines).unwrap();
    assert_eq!((kept[0].from(), kept[0].until()), (at("2026-04-20T11:00:00Z"), at("2026-04-20T22:00:00Z")));
}

#[tokio::test]
async fn the_free_times_are_shown_before_the_hours_are_saved() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let before = hours_of(&house);
    let saved = ines.get("/desk/hours").await.text;
    assert!(saved.contains("for sessions of 50 minutes, as saved."), "{saved}");
    // 24 hours of notice from Tuesday 10:00: Thursday morning is the first; ten minutes after each.
    let mut fields = week(&[("thursday", "09:00", "12:00")]);
    fields.push(("preview", "1"));
    let shown = ines.post("/desk/hours", &fields).await;
    assert_eq!(shown.status, StatusCode::OK);
    let times = shown.text.split("id=\"free\"").nth(1).unwrap();
    assert!(
        times.contains(
            "5 free times in the next 7 days, for sessions of 50 minutes. As typed, not saved yet."
        ),
        "{times}"
    );
    assert!(times.contains("Thursday 16 April") && !times.contains("Friday") && times.contains("11:00 am"));
    // What cannot be read is said beside its field, and no times are shown for it.
    let mut fields = week(&[("thursday", "12:00", "09:00")]);
    fields.push(("preview", "1"));
    let wrong = ines.post("/desk/hours", &fields).await;
    assert!(wrong.status == StatusCode::OK && wrong.text.contains("The end comes before the start."));
    assert!(wrong.text.contains("<title>Error: Your hours · "), "{}", wrong.text);
    // Beside the range that it is about, and tied to both of its fields.
    let tied = "aria-invalid=\"true\" aria-describedby=\"row-0-e\"";
    assert_eq!((wrong.text.matches(tied).count(), wrong.text.matches("id=\"row-0-e\"").count()), (2, 1));
    let overlap = week(&[("thursday", "09:00", "12:00"), ("thursday", "11:00", "14:00")]);
    let overlap = ines.post("/desk/hours", &overlap).await;
    assert!(
        overlap.status == StatusCode::UNPROCESSABLE_ENTITY && overlap.text.contains("id=\"row-1-e\""),
        "{}",
        overlap.text
    );
    assert!(
        overlap.text.contains(">Thursday, from<") && overlap.text.contains(">Thursday, second hours, from<")
    );
    assert!(wrong.text.contains("The times appear when what is marked is put right."));
    assert_eq!(hours_of(&house), before, "a preview keeps nothing");
}

#[tokio::test]
async fn the_free_times_can_be_seen_for_each_length_that_is_sold() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let hour =
        fiddlehead::domain::catalog::package::Offer { length_minutes: 90, ..crate::support::six_sessions() };
    let (id, slug) = (fiddlehead::domain::id::PackageId::from_bits(house.id()), "long".parse().unwrap());
    let listing = fiddlehead::domain::catalog::package::Listing::Draft;
    fiddlehead::actions::catalog::package::save(&house.app, house.ines, id, slug, hour, listing).unwrap();
    let mut fields = week(&[("thursday", "09:00", "12:00")]);
    fields.extend([("preview", "1"), ("for", "90")]);
    let shown = ines.post("/desk/hours", &fields).await.text;
    assert!(shown.contains("4 free times in the next 7 days, for sessions of 90 minutes."), "{shown}");
    assert!(shown.contains("<option value=\"90\" selected"), "{shown}");
    fields.push(("for", "7"));
    assert!(ines.post("/desk/hours", &fields).await.status == StatusCode::OK);
}

#[tokio::test]
async fn any_day_can_be_asked_of_the_calendar() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    for day in ["2026-04-14", "1970-01-01", "9998-12-31", "-009999-01-01", "9999-12-31", "nonsense", ""] {
        let page = ines.get(&format!("/desk/calendar?day={day}")).await;
        assert_eq!(page.status, StatusCode::OK, "{day}");
    }
}
