//! What stands in the log of a whole day at the practice: what happened, and nothing of whom it happened to.

use std::sync::Arc;
use std::time::Duration;

use fiddlehead::domain::time::{after, hours};
use serde_json::Value;

use crate::support::fake_stripe::Fake;
use crate::support::guest::Guest;
use crate::support::process::{Program, eventually, free_port, mail_section, real_now, stripe_section};
use crate::support::smtp_peer::{Address, Peer};
use crate::support::{Answer, PASSWORD};

const FORM: &str = "/ines/six-sessions/checkout";
/// Where the client is at home, and what she types; each word is nowhere else.
const AT: &str = "203.0.113.77";
const NAME: &str = "Tamsin Quillfeather";
const MAIL: &str = "tamsin.plover@example.org";
const PHONE: &str = "+1 802 555 0142";
const NOTE: &str = "Dreams of a sparrowhawk";
const GUESS: &str = "guessed-kingfisher-9";

/// Which of some words stand in a log, in any case.
fn leaked<'a>(log: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let log = log.to_lowercase();
    words.into_iter().filter(|word| log.contains(&word.to_lowercase())).map(str::to_owned).collect()
}

fn fields<'a>(page: &Answer, more: &[(&'a str, &str)], names: &[&'a str]) -> Vec<(&'a str, String)> {
    let hidden = names.iter().map(|name| (*name, page.field(name)));
    hidden.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
}

fn post(guest: &mut Guest<'_>, to: &str, form: &[(&str, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    guest.post(to, &form)
}

/// The next mail in which something stands, from there to the end of its line.
fn in_mail(peer: &mut Peer, begins: &str) -> String {
    loop {
        let event = peer.wait_for("accepted");
        let text = event["mail"]["text"][0].as_str().unwrap_or_default().to_owned();
        if let Some((_, rest)) = text.split_once(begins) {
            return rest.split_whitespace().next().unwrap().to_owned();
        }
    }
}

/// Buys, and comes back from the till.
fn buys(guest: &mut Guest<'_>, stripe: &Fake) {
    let page = guest.get(&format!("{FORM}?for={MAIL}"));
    let typed = [
        ("name", NAME),
        ("email", MAIL),
        ("phone", PHONE),
        ("tz", "Europe/Berlin"),
        ("pay", "online"),
        ("agree", "yes"),
    ];
    let form = fields(&page, &typed, &["id", "version"]);
    let wrong: Vec<_> = form.iter().filter(|(name, _)| *name != "agree").cloned().collect();
    assert_eq!(post(guest, FORM, &wrong).status, 422);
    assert_eq!(post(guest, FORM, &form).status, 303);
    let sessions = stripe.state()["sessions"].clone();
    let id = sessions[0]["id"].as_str().unwrap().to_owned();
    stripe.buyer(&id.parse().unwrap(), "pay");
    let bought = format!("/bought/{}", form[0].1);
    eventually("it is paid", || guest.get(&bought).text.contains("are yours").then_some(()));
}

/// Asks for a link, opens it, and books; gives the link's token.
fn signs_in_and_books(guest: &mut Guest<'_>, peer: &mut Peer, base: &str) -> String {
    assert_eq!(guest.post("/sign-in", &[("email", MAIL)]).status, 303);
    let token = in_mail(peer, &format!("{base}/sign-in/link/"));
    assert_eq!(guest.post(&format!("/sign-in/link/{token}"), &[]).location(), "/me");
    let me = guest.get("/me").text;
    let lot = me.split("/me/book/").nth(1).unwrap().split(['"', '/', '?']).next().unwrap().to_owned();
    let day = (2..20).find_map(|ahead| {
        let day = after(real_now(), hours(24 * ahead)).to_string()[..10].to_owned();
        let page = guest.get(&format!("/me/book/{lot}?day={day}")).text;
        Some(page.split("name=\"slot\" value=\"").nth(1)?.split('"').next().unwrap().to_owned())
    });
    let page = guest.get(&format!("/me/book/{lot}/confirm?slot={}", day.unwrap()));
    let form = fields(&page, &[], &["id", "lot", "slot"]);
    assert_eq!(post(guest, "/me/bookings", &form).status, 303);
    assert_eq!(
        guest.post("/me/profile", &[("name", NAME), ("phone", PHONE), ("tz", "Europe/Berlin")]).status,
        303
    );
    token
}

/// The owner writes a note and a letter; somebody guesses her password.
fn at_the_desk(ines: &mut Guest<'_>, thief: &mut Guest<'_>) {
    let email = "ines@quietfield.example";
    assert_eq!(ines.post("/desk/sign-in", &[("email", email), ("password", PASSWORD)]).location(), "/desk");
    let found = ines.get("/desk/clients?q=Quillfeather").text;
    let mut links =
        found.split("/desk/clients/").skip(1).map(|rest| rest.split(['"', '/', '?']).next().unwrap());
    let client = links.find(|id| id.len() == 26).unwrap_or_else(|| panic!("she is not found: {found}"));
    let page = format!("/desk/clients/{client}");
    let id = ines.get(&page).field("id");
    assert_eq!(ines.post(&format!("{page}/notes"), &[("id", &id), ("text", NOTE)]).status, 303);
    assert!(ines.get(&page).text.contains(NOTE));
    // Few enough at her own account that she is let in again.
    for (email, times) in [(email, 8), (MAIL, 1)] {
        for _ in 0..times {
            thief.post("/desk/sign-in", &[("email", email), ("password", GUESS)]);
            thief.post("/sign-in/password", &[("email", email), ("password", GUESS)]);
        }
        thief.post("/sign-in/code", &[("email", email), ("code", GUESS)]);
    }
}

/// What is asked for where nothing is, and in ways that nobody should.
fn strays(thief: &mut Guest<'_>) {
    for path in [
        format!("/?mail={MAIL}&name=Quillfeather"),
        format!("/{GUESS}"),
        format!("/desk/clients/{GUESS}?q={MAIL}"),
        format!("/feeds/{GUESS}.ics"),
        format!("/unsubscribe/{GUESS}"),
        format!("/join/{GUESS}"),
        format!("/sign-in/link/{GUESS}"),
        format!("/bought/{GUESS}"),
        format!("/healthz?{MAIL}"),
        "/%ff%fe".to_owned(),
        format!("/sign-in?next=//{GUESS}"),
        format!("/pictures/{GUESS}"),
        format!("/a/b/c/d/{GUESS}"),
    ] {
        thief.get(&path);
        thief.post(&path, &[("name", NAME), ("email", MAIL)]);
    }
    thief.post("/hooks/stripe", &[("payload", GUESS)]);
    thief.post(FORM, &[("id", GUESS), ("version", GUESS), ("name", NAME), ("email", MAIL), ("phone", PHONE)]);
}

#[tokio::test]
async fn no_name_address_note_or_secret_of_anybody_stands_in_the_log() {
    let address = Arc::new(Address::new(free_port()));
    let Some(mut peer) = address.open(&[]) else { return };
    let stripe = Fake::start(&["--key", crate::support::fake_stripe::KEY]);
    let (mut program, ()) = Program::founded(async |_| {}).await;
    let sections = mail_section(&address) + &stripe_section(stripe.port, "whsec_x");
    program.configure(&format!("{sections}[log]\nlevel = \"debug\"\nformat = \"json\"\n"));
    program.start();
    let (mut tamsin, mut ines, mut thief) = (
        Guest::new(&program, AT),
        Guest::new(&program, "203.0.113.78"),
        Guest::new(&program, "203.0.113.79"),
    );
    buys(&mut tamsin, &stripe);
    let token = signs_in_and_books(&mut tamsin, &mut peer, &program.base_url());
    at_the_desk(&mut ines, &mut thief);
    strays(&mut thief);
    let secrets: Vec<String> = tamsin.secrets().chain(ines.secrets()).map(str::to_owned).collect();
    assert!(secrets.len() >= 2, "both are signed in");
    drop((tamsin, ines, thief));
    // And then no mail goes.
    drop(peer.end());
    let mut late = Guest::new(&program, AT);
    assert_eq!(late.post("/sign-in", &[("email", MAIL)]).status, 303);
    // Time for a try that fails.
    std::thread::sleep(Duration::from_secs(2));
    drop(late);
    program.stop();

    let log = program.log();
    let told: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let routes: Vec<&str> = told.iter().filter_map(|line| line["route"].as_str()).collect();
    for route in ["/me/bookings", "/sign-in/link/{token}", "/desk/clients/{client}/notes", "-"] {
        assert!(routes.contains(&route), "{route}: {routes:?}");
    }
    let words = [
        "quillfeather",
        "tamsin",
        "555 0142",
        "5550142",
        "203.0.113.",
        "sparrowhawk",
        "kingfisher",
        "@",
        "varga",
        "%40",
    ];
    let shared = [
        PASSWORD,
        token.as_str(),
        crate::support::fake_stripe::KEY,
        "whsec_",
        crate::support::smtp_peer::PASSWORD,
    ];
    // Patterns name no practitioner; the name of the data's folder is nobody's.
    let said: String = told.iter().map(|line| format!("{line}\n")).collect();
    let found = leaked(&said, words.into_iter().chain(shared).chain(secrets.iter().map(String::as_str)));
    let lines: Vec<&str> =
        log.lines().filter(|line| !leaked(line, found.iter().map(String::as_str)).is_empty()).collect();
    assert!(found.is_empty(), "{found:?} in\n{}", lines.join("\n"));
}

#[test]
fn a_word_in_the_log_is_found() {
    let line = "{\"route\":\"/me\",\"from\":\"203.0.113.77\",\"who\":\"TAMSIN\"}";
    assert_eq!(leaked(line, ["tamsin", "203.0.113.", "quillfeather"]), ["tamsin", "203.0.113."]);
}
