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

#[tokio::test]
async fn time_off_shows_who_is_booked_in_it_before_it_is_taken() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-21T08:00:00Z"))
        .unwrap();
    let off = [("first", "2026-04-20"), ("last", "2026-04-22"), ("note", "Sea")];
    let asked = ines.post("/desk/hours/off", &off).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("One session is booked in these days.") && asked.text.contains("Nora Lind"));
    let closures = || store::calendar::closure::of(&house.app.store.read().unwrap(), house.ines).unwrap();
    assert!(closures().is_empty());
    let id = asked.field("id");
    let sure = [&off[..], &[("sure", "yes"), ("id", &id)]].concat();
    for _ in 0..2 {
        assert_eq!(ines.post("/desk/hours/off", &sure).await.location(), "/desk/hours?done=off");
    }
    assert_eq!(closures().len(), 1, "sent twice, it is taken once");
    assert_eq!(house.balance(lot).held(), 1, "the session stays");
    let page = ines.get("/desk/calendar?day=2026-04-21").await;
    assert!(
        page.text.contains("20 to 26 April")
            && page.text.contains("Time off")
            && page.text.contains("Nora Lind")
    );
    let wrong = [("first", "2026-04-22"), ("last", "2026-04-20")];
    assert!(ines.post("/desk/hours/off", &wrong).await.text.contains("The end comes before the start."));
    let remove = format!("/desk/hours/off/{id}/remove");
    assert_eq!(ines.post(&remove, &[]).await.location(), "/desk/hours?done=removed");
    assert!(closures().is_empty());
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
