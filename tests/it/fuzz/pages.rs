//! Every form of the program, as the pages show them: walked to by its links as visitor, client and owner, filled with what the page
//! holds, and sent with values, names, paths, cookies and files that are spoiled. A refusal is an answer; a fault is not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::BookingId;
use fiddlehead::platform::clock::stopwatch;

use super::mutate::Mutator;
use super::{LONGEST, inputs, seed, told};
use crate::model::Dice;
use crate::support::{Answer, House, Visitor, at};

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
    is_multipart: bool,
}

/// Forms that make the program ask another server by a name that is typed: what comes back is fed elsewhere.
const OUT: [&str; 2] = ["/desk/calendars", "/desk/backups"];

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">"))
}

/// The links of a page of ours, and its forms.
fn read(page: &str, at: &str) -> (Vec<String>, Vec<Form>) {
    let (mut links, mut forms) = (Vec::new(), Vec::<Form>::new());
    for tag in page.split('<').map(|part| part.split('>').next().unwrap_or("")) {
        match tag.split([' ', '>']).next().unwrap_or("") {
            "a" => {
                links.extend(attribute(tag, "href").filter(|to| to.starts_with('/') && !to.starts_with("//")))
            }
            "form" => {
                let action = attribute(tag, "action").unwrap_or_else(|| at.to_owned());
                let is_multipart = tag.contains("multipart/form-data");
                forms.push(Form { action, fields: Vec::new(), is_multipart });
            }
            "input" | "select" | "textarea" | "button" | "option" => {
                let Some(form) = forms.last_mut() else { continue };
                match attribute(tag, "name") {
                    Some(name) => form.fields.push((name, attribute(tag, "value").unwrap_or_default())),
                    None if tag.starts_with("option") && tag.contains("selected") => {
                        let value = attribute(tag, "value").unwrap_or_default();
                        form.fields.last_mut().into_iter().for_each(|field| field.1.clone_from(&value));
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }
    (links, forms)
}

/// Everything that can be walked to from some pages.
async fn walk(visitor: &mut Visitor<'_>, from: &[&str]) -> (Vec<String>, Vec<Form>) {
    let (mut seen, mut forms) = (BTreeSet::new(), BTreeSet::new());
    let mut ahead: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
    let mut of_a_kind = BTreeMap::<String, usize>::new();
    while let Some(path) = ahead.pop_front() {
        // The same page for another day or id is the same page.
        let kind: String = path
            .split('?')
            .next()
            .unwrap()
            .split('/')
            .map(|part| if part.len() > 20 { "*" } else { part })
            .collect();
        let count = of_a_kind.entry(kind).or_default();
        if *count >= 3 || !seen.insert(path.clone()) {
            continue;
        }
        *count += 1;
        let page = visitor.get(&path).await;
        assert!(!page.status.is_server_error(), "{path}: {}", page.status);
        let (links, found) = read(&page.text, &path);
        ahead.extend(links.into_iter().map(|link| link.split('#').next().unwrap().to_owned()));
        forms.extend(found);
    }
    (seen.into_iter().collect(), forms.into_iter().collect())
}

struct Spoiler {
    values: Mutator,
}

impl Spoiler {
    fn word(&self, like: &str, dice: &mut Dice) -> String {
        let corpus = if like.is_empty() { vec![b"a".to_vec()] } else { vec![like.as_bytes().to_vec()] };
        let of_this = Mutator::new(corpus, &[], 4_000);
        let drawn = if dice.once_in(3) { self.values.draw(dice) } else { of_this.draw(dice) };
        String::from_utf8_lossy(&drawn).into_owned()
    }

    /// A form with a few things wrong.
    fn spoil(&self, form: &Form, dice: &mut Dice) -> Form {
        let mut form = form.clone();
        for _ in 0..1 + dice.below(3) {
            if form.fields.is_empty() {
                form.fields.push((self.word("name", dice), self.word("value", dice)));
            }
            let at = dice.below(form.fields.len());
            match dice.below(10) {
                0 => drop(form.fields.remove(at)),
                1 => form.fields.push(form.fields[at].clone()),
                2 => form.fields[at].0 = self.word(&form.fields[at].0.clone(), dice),
                _ => form.fields[at].1 = self.word(&form.fields[at].1.clone(), dice),
            }
        }
        form
    }

    async fn send(&self, visitor: &mut Visitor<'_>, form: &Form, dice: &mut Dice) -> Answer {
        if !form.is_multipart {
            let mut body = serde_urlencoded::to_string(&form.fields).unwrap().into_bytes();
            if dice.once_in(10) {
                body = Mutator::new(vec![body], &["&", "=", "%", "+"], 20_000).draw(dice);
            }
            return visitor.post_body(&form.action, "application/x-www-form-urlencoded", body).await;
        }
        let mut body = Vec::new();
        for (name, value) in &form.fields {
            let file = if dice.once_in(2) { "; filename=\"a.csv\"\r\nContent-Type: text/csv" } else { "" };
            let name = name.replace(['"', '\r', '\n'], "_");
            body.extend(
                format!(
                    "--frond\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        body.extend(b"--frond--\r\n");
        if dice.once_in(3) {
            body = Mutator::new(
                vec![body],
                &["--frond", "--frond--", "\r\n\r\n", "filename=", "name=\"\""],
                20_000,
            )
            .draw(dice);
        }
        visitor.post_body(&form.action, "multipart/form-data; boundary=frond", body).await
    }

    /// An address with something wrong in its path or query, that can still be sent.
    fn path(&self, path: &str, dice: &mut Dice) -> Option<String> {
        let drawn =
            Mutator::new(vec![path.as_bytes().to_vec()], &["/", "//", "?", "&", "=", "..", "%2f"], 2_000)
                .draw(dice);
        let text = String::from_utf8_lossy(&drawn).into_owned();
        let text = if text.starts_with('/') { text } else { format!("/{text}") };
        text.parse::<axum::http::Uri>().is_ok().then_some(text)
    }
}

fn assert_no_fault(answer: &Answer, what: &dyn std::fmt::Debug) {
    let fine = !answer.status.is_server_error() || answer.status == StatusCode::SERVICE_UNAVAILABLE;
    assert!(fine, "{}: {what:?}\n{}", answer.status, answer.text);
}

async fn lived_in() -> (House, Vec<(&'static str, fiddlehead::domain::id::ClientId)>) {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.bought("Mia Berg", &house.five).await;
    for start in ["2026-04-21T08:00:00Z", "2026-04-23T09:00:00Z"] {
        booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at(start)).unwrap();
    }
    house.settle().await;
    (house, vec![("nora", nora)])
}

#[tokio::test]
async fn every_form_and_address_of_the_program() {
    let count = inputs(25);
    let (mut dice, mut taken, mut slowest) = (Dice::seeded(seed()), 0, std::time::Duration::ZERO);
    let spoiler = Spoiler {
        values: Mutator::new(vec![b"Nora".to_vec(), b"2026-04-21".to_vec(), b"540.00".to_vec()], &[], 4_000),
    };
    let mut kinds = BTreeSet::new();
    let mut done = 0;
    while done < count {
        // A fresh house now and then: what is erased or signed out stays so.
        let (house, people) = lived_in().await;
        let visitors = [house.visitor(), house.client(people[0].1), house.practitioner(house.ines)];
        let doors: [&[&str]; 3] =
            [&["/", "/ines", "/ines/six-sessions/checkout", "/sign-in"], &["/me"], &["/desk"]];
        let mut rounds = Vec::new();
        for (visitor, from) in visitors.iter().zip(doors) {
            let (paths, mut forms) = walk(&mut visitor.clone(), from).await;
            forms.retain(|form| {
                form.action.starts_with('/') && !OUT.iter().any(|out| form.action.starts_with(out))
            });
            assert!(paths.len() > 3 && !forms.is_empty(), "nothing to walk to: {paths:?}");
            rounds.push((visitor.clone(), paths, forms));
        }
        for turn in 0..600.min(count - done) {
            let (visitor, paths, forms) = &rounds[turn % 3];
            let mut visitor = visitor.clone();
            if dice.once_in(20) {
                for cookie in &mut visitor.cookies {
                    cookie.1 = spoiler
                        .word(&cookie.1, &mut dice)
                        .replace(|letter: char| !letter.is_ascii_graphic(), "x");
                }
            }
            let watch = stopwatch();
            let (answer, what) = if dice.once_in(3) {
                let Some(path) = spoiler.path(&dice.pick(paths).unwrap(), &mut dice) else { continue };
                (visitor.get(&path).await, format!("GET {path:?}"))
            } else {
                let form = dice.pick(forms).unwrap();
                kinds.insert(form.fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(","));
                let form = spoiler.spoil(&form, &mut dice);
                (spoiler.send(&mut visitor, &form, &mut dice).await, format!("{form:?}"))
            };
            slowest = slowest.max(watch.elapsed());
            assert!(watch.elapsed() < LONGEST, "{:?}: {what}", watch.elapsed());
            assert_no_fault(&answer, &format!("seed {}, after {done} and {turn}: {what}", seed()));
            taken += usize::from(answer.status == StatusCode::SEE_OTHER);
        }
        done += 600;
        house.settle().await;
        house.assert_sound();
    }
    eprintln!("{} different forms", kinds.len());
    told("pages", count, taken, slowest);
}
