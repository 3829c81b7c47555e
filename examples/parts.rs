//! The parts on a page of their own, to look at: `cargo run --example parts`, then open the address that it prints. It
//! answers with the headers that the program answers with, so that what the policy forbids is seen here first.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fiddlehead::domain::catalog::brand::{Accent, DYES};
use fiddlehead::views::art::{self, Icon, Print};
use fiddlehead::views::brand::tint_class;
use fiddlehead::views::frond::{Counter, Motion, frond};
use fiddlehead::views::page::{self, Frame, NavLink, Step};
use fiddlehead::views::ui::{
    self, Arc, ArcState, Area, Button, Choice, Choices, CounterPart, Day, Field, Freedom, Note, Plate,
    Select, Tag, Time, TimeGroup,
};
use maud::{Markup, html};

const SIX: Counter = Counter { total: 6, used: 3, booked: 1, lost: 0 };
const SHADES: [&str; 15] = [
    "paper", "sheet", "mount", "wash", "ink", "ink-2", "rule", "edge", "ac", "fill", "leaf", "deep", "pale",
    "warn", "bad",
];

fn section(title: &str, body: &Markup) -> Markup {
    html! { section."sec wrap" { div.sec-head { h2 { (title) } } div.sec-body { (body) } } }
}

fn gallery() -> Markup {
    let cell =
        |c: Counter| html! { li { (frond(c)) p { (c.total) ": " (c.used) " used, " (c.booked) " booked" } } };
    html! {
        div.wrap { h1 { "Parts" } }
        (section("Tokens", &html! {
            ul.sw { @for name in SHADES {
                li { svg viewBox="0 0 10 5" preserveAspectRatio="none" { rect class={ "f-" (name) } width="10" height="5" {} } "--" (name) }
            } }
        }))
        (section("Counter, fresh", &html! { ul.gal { @for n in 1..=20 { (cell(Counter::fresh(n))) } } }))
        (section("Counter, midway", &html! {
            ul.gal { @for n in 1..=20 { (cell(Counter { total: n, used: n / 2, booked: u32::from(n > 2), lost: 0 })) } }
        }))
        (section("Counter, finished", &html! {
            ul.gal {
                @for n in 1..=20 { (cell(Counter { total: n, used: n, booked: 0, lost: 0 })) }
                (cell(Counter { total: 6, used: 4, booked: 0, lost: 2 }))
                (cell(Counter { total: 48, used: 20, booked: 3, lost: 0 }))
            }
        }))
        (section("Sprigs", &html! {
            ul.gal {
                @for n in [1, 3, 6, 8, 12, 16, 20] {
                    li { (art::sprig(Counter { total: n, used: n / 2, booked: u32::from(n > 2), lost: 0 })) }
                }
                li { (art::sprig(Counter { total: 6, used: 4, booked: 0, lost: 2 })) }
            }
            (art::key(SIX))
        }))
        (section("Accents", &html! {
            ul.acc { @for accent in accents() {
                li class={ "tint " (tint_class(accent)) } {
                    (frond(Counter { total: 5, used: 2, booked: 1, lost: 0 }))
                    (Button::new("Book").link("#")) (Button::new("Quiet").quiet().link("#")) a href="#" { "A link, " (accent) }
                }
            } }
        }))
        (section("Notes and buttons", &html! { div.form { (notes()) } }))
        (section("Icons", &html! { div.cluster { @for &shape in Icon::ALL { (art::icon(shape)) } } }))
    }
}

fn accents() -> Vec<Accent> {
    let wild = ["#39ff14", "#000000", "#ffffff"].map(|text| text.parse().expect("a colour"));
    DYES.iter().map(|dye| dye.accent).chain(wild).collect()
}

fn notes() -> Markup {
    html! {
        (ui::note(Note::Info, "For your information.", html! { "Plain." }))
        (ui::note(Note::Good, "Your credit comes back.", html! {}))
        (ui::note(Note::Warn, "That time was just taken.", html! {}))
        (ui::note(Note::Bad, "Your card wasn’t accepted.", html! {}))
        p.cluster {
            (Button::new("Book session 5")) (Button::new("Choose a new time").quiet()) (Button::new("Cancel").danger())
            (Button::new("Small").small()) (Button::new("Add").quiet().small().icon(Icon::Plus))
            (ui::tag(Tag::Good, "Paid")) (ui::tag(Tag::Warn, "Waiting")) (ui::tag(Tag::Bad, "Failed"))
        }
        (ui::label("A label", html! { "Thursday 23 April, 5:30 pm" }, html! {}))
        (ui::sum(&[ui::sum_row("6 sessions of 50 minutes", "$540.00"), ui::sum_total("Today", "$540.00")]))
    }
}

fn sessions() -> Markup {
    let titles = [
        "Where you are now",
        "Noticing the pattern",
        "The body’s alarm",
        "Testing predictions",
        "Making room",
        "Keeping it going",
    ];
    let states =
        [ArcState::Done, ArcState::Done, ArcState::Done, ArcState::Booked, ArcState::Next, ArcState::Open];
    let arc: Vec<Arc<'_>> = (1..)
        .zip(titles.into_iter().zip(states))
        .map(|(number, (title, state))| Arc {
            number,
            title,
            state,
            lines: html! { p { "Tuesday 3 March" } },
        })
        .collect();
    let part = CounterPart {
        counter: SIX,
        motion: Motion::Grow,
        heard: "6-Session Anxiety Therapy Program: sessions left",
        until: html! { "Use by " b { time datetime="2026-05-25" { "Monday 25 May" } } br; "41 days from today" },
        name: html! { b { "6-Session Anxiety Therapy Program" } " with Ines Varga" },
        action: Some(Button::new("Book session 5").wide().lap().link("/slots")),
    };
    html! {
        div."wrap split home" {
            h1.split-head { "Good evening, Nora" }
            div.split-main {
                (ui::label("Your next session", html! { "Tuesday 21 April, 5:30 pm" }, html! {
                    p { "Session 4 of 6, " i { "Testing predictions." } " With Ines, by video." }
                    p.cluster { (Button::new("Video link").quiet().icon(Icon::Video).link("#")) a href="#" { "Move or cancel" } }
                }))
                section { div.head-row { h2 { "Your program" } p { "Session 4 of 6" } } (ui::arc(&arc)) }
            }
            aside.split-side { (ui::counter(&part)) }
        }
    }
}

fn slots() -> Markup {
    let day = |name, number, freedom| Day { name, number, freedom };
    let days = [
        day("Mon", "20", Freedom::None),
        day("Tue", "21", Freedom::Some(2, "#")),
        day("Wed", "22", Freedom::None),
        day("Thu", "23", Freedom::Shown(5, "#")),
        day("Fri", "24", Freedom::Some(4, "#")),
        day("Sat", "25", Freedom::None),
        day("Sun", "26", Freedom::None),
    ];
    let group = |heading, words: &[&'static str]| TimeGroup {
        heading,
        heard_day: None,
        times: words.iter().map(|&words| Time { value: words, words }).collect(),
    };
    let groups =
        [group("Afternoon", &["1:30 pm", "3:30 pm"]), group("Evening", &["5:30 pm", "6:30 pm", "7:30 pm"])];
    let zones = [("America/New_York", "Eastern time (New York)"), ("Europe/Budapest", "Budapest")];
    let places = [
        Choice::with_detail("video", "By video", "The link is on your sessions page and in your email."),
        Choice::with_detail("room", "On Pine Street", "14 Pine Street, second floor. There is an elevator."),
    ];
    html! {
        div."wrap narrow" {
            (ui::crumb("/sessions", "Your sessions"))
            h1 { "Choose a time for session 5" }
            (ui::balance(SIX, "2 sessions left.", "Use by Monday 25 May."))
            (ui::weeknav(None, "20 to 26 April", Some(("#", "27 April to 3 May"))))
            (ui::week(&days))
            h2 { "Thursday 23 April" }
            (ui::times("#", &[], &groups))
            form.form method="post" {
                (Choices::one("where", "Where would you like to meet?", &places).cards().chosen("video"))
                (ui::before_after(SIX, Counter { booked: 2, ..SIX }, html! { "This uses " b { "1 credit." } br; "You’ll have " b { "1 of 6" } " left, until 25 May." }))
                (Field::new("email", "Email").kind("email").value("nora@").hint("Your receipt goes here.").error(Some("That isn’t an address yet.")))
                (Select::new("tz", "Your time zone", &zones).guessed())
                (Area::new("why", "A word for Ines").optional())
                (ui::consent("terms", html! { "I’ve read the " a href="#" { "cancellation policy" } "." }, None))
                (ui::submit(Button::new("Book session 5").wide(), html! { "Move or cancel until Wednesday 22 April, 5:30 pm and the credit comes back." }))
            }
        }
    }
}

fn storefront() -> Markup {
    let terms = ["6 sessions of 50 minutes", "Use within 90 days"];
    let plate = |sessions, title, aside| {
        ui::plate(&Plate {
            sessions,
            title,
            href: "#",
            blurb: "Map the pattern, soften the alarm, and practice what helps between sessions.",
            price: "$540",
            each: "$90 a session",
            terms: &terms,
            aside,
        })
    };
    html! {
        div.cover { (art::photogram("quiet-field-2", Print::Cover)) }
        section."intro wrap" {
            img.portrait src=(fiddlehead::views::asset::url("demo/ines.svg")) width="200" height="240" alt="Ines Varga";
            div.intro-name { h1 { "Ines Varga" } p { "Anxiety therapy" } }
            p.tagline { "Anxiety narrows the day. " em { "Together we widen it again." } }
        }
        section."sec wrap" {
            div.sec-head { h2 { "Packages" } p { "Pay once, then book each session when it suits you." } }
            div."sec-body wide" { div.plates {
                (plate(6, "6-Session Anxiety Therapy Program", Some("Most people begin here.")))
                (plate(3, "First Steps", None)) (plate(12, "Burnout Recovery", None))
            } }
        }
    }
}

fn today() -> Markup {
    html! {
        div.desk-head { h1 { "Tuesday 14 April" } p { "Three sessions today. The first is in 25 minutes." } }
        (ui::empty(frond(Counter::fresh(6)), "The first one is the quiet part", html! { p { "Send your link to one person who has asked." } }))
    }
}

fn send(page: Markup) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
        manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
        trusted-types 'none'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], page).into_response()
}

fn client(title: &str, main: &Markup) -> Response {
    let nav = [NavLink::to("/sessions", "2 sessions left").here(), NavLink::to("/slots", "Book")];
    let tints = accents();
    let mut frame = Frame::new(title, "Quiet Field", "/storefront", DYES[0].accent);
    frame.nav = &nav;
    frame.tints = &tints;
    frame.me = Some(ui::plain("/sign-out", "Sign out"));
    frame.foot = Some(html! { p { b { "Quiet Field" } br; "14 Pine Street, Burlington, Vermont" } });
    frame.kept_href = Some("/");
    frame.head = Some(html! { link rel="stylesheet" href="/gallery.css"; });
    frame.bookbar =
        Some(ui::bookbar(SIX, "2 left", "by 25 May", Button::new("Book session 5").link("/slots")));
    send(page::client(&frame, main))
}

fn gallery_css() -> String {
    let mut css = String::from(
        ".gal{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:1.25rem 1rem}\
         .gal p{font-size:.8125rem;color:var(--ink-2);text-align:center}\
         .sw{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.5rem,1fr));gap:.5rem}.sw li{font-size:.8125rem}\
         .sw svg{width:100%;height:3rem;outline:1px solid var(--rule)}.acc{display:grid;gap:1rem}\
         .acc li{display:flex;flex-wrap:wrap;gap:1rem;align-items:center;padding:1rem;background:var(--paper)}\
         .acc .frond{width:3.5rem}",
    );
    for name in SHADES {
        css += &format!(".f-{name}{{fill:var(--{name})}}");
    }
    css
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let tabs = || {
        [
            ("Today", Icon::Today),
            ("Calendar", Icon::Calendar),
            ("Clients", Icon::People),
            ("Packages", Icon::Pack),
            ("Hours", Icon::Clock),
            ("Settings", Icon::Settings),
        ]
        .map(|(text, shape)| NavLink::to("#", text).icon(shape))
    };
    let desk = move || async move {
        let mut nav = tabs();
        nav[0] = nav[0].here();
        let mut frame = Frame::new("Today", "Quiet Field", "#", DYES[0].accent);
        frame.nav = &nav;
        frame.me = Some(
            html! { a href="/storefront" { (art::icon(Icon::Eye)) "See your storefront" } (ui::plain("#", "Sign out")) },
        );
        send(page::desk(&frame, &today()))
    };
    let setup = || async {
        let frame = Frame::new("Your first package", "Fiddlehead", "#", DYES[2].accent);
        let step = Step { at: 2, of: 4, left: "about 6 minutes left" };
        send(page::setup(
            &frame,
            step,
            &html! { form."wrap narrow form" { h1 { "Your first package" } (Field::new("n", "Name").value("6-Session Program")) } },
        ))
    };
    let routes = Router::new()
        .route("/", get(|| async { client("Components", &gallery()) }))
        .route("/sessions", get(|| async { client("Your sessions", &sessions()) }))
        .route("/slots", get(|| async { client("Choose a time", &slots()) }))
        .route("/storefront", get(|| async { client("Ines Varga", &storefront()) }))
        .route(
            "/quiet",
            get(|| async {
                client(
                    "Not found",
                    &ui::quietpage(
                        frond(Counter::fresh(1)),
                        "Nothing grows here",
                        html! { p { "The page may have moved." } },
                    ),
                )
            }),
        )
        .route("/desk", get(desk))
        .route("/setup", get(setup))
        .route("/gallery.css", get(|| async { ([(header::CONTENT_TYPE, "text/css")], gallery_css()) }))
        .merge(fiddlehead::web::assets::routes());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, routes).await
}
