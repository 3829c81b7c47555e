//! The parsers that take bytes and give a value: webhooks, files that are brought in, pictures, settings, headers, backups, answers of
//! passkeys, and the values that people type.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::BASE64URL_NOPAD;
use fiddlehead::actions::keeping::import;
use fiddlehead::backups::archive::{Manifest, Part, look, seal, unpack};
use fiddlehead::backups::kit::Key;
use fiddlehead::domain::credits::import::{Dates, Reading};
use fiddlehead::domain::email::EmailAddress;
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::keeping::kit::Recipient;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::people::tag::Tag;
use fiddlehead::domain::text::{Line, Paragraph, Slug, WebAddress};
use fiddlehead::domain::time::Zone;
use fiddlehead::payments::CheckoutId;
use fiddlehead::payments::webhook::{Forged, Secret, verify};
use fiddlehead::platform::config::{self, BaseUrl};
use fiddlehead::platform::entropy::Token;
use fiddlehead::platform::network::Network;
use fiddlehead::platform::passkey::{Answer, Scheme, Site};
use fiddlehead::platform::picture::{Shape, take};
use fiddlehead::platform::{password, totp};
use fiddlehead::web::client_addr;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use super::mutate::Mutator;
use super::{corpus, feed, inputs};
use crate::model::Dice;
use crate::support::at;

const NOW: &str = "2026-04-14T08:00:00Z";

fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[test]
fn webhooks() {
    let words = [
        "checkout.session.completed",
        "\"object\"",
        "cs_test_1",
        "\"client_reference_id\":",
        "t=",
        "v1=",
        "v0=",
    ];
    let (secrets, now) = ([Secret::new(""), Secret::new("whsec_one")], at(NOW));
    // The body, under a signature that is right: what only Stripe can send.
    feed("webhook-body", inputs(1), &Mutator::new(corpus("webhook"), &words, 20_000), |body, _| {
        let header = format!("t={},v1={}", now.as_second(), signature("whsec_one", now.as_second(), body));
        let said = verify(body, &header, &secrets, now);
        assert!(!matches!(said, Err(Forged::Header | Forged::Signature | Forged::Stale)));
        said.is_ok()
    });
    // The header, which anybody can: only one that holds a right signature is believed.
    let body = &corpus("webhook")[0];
    let right = signature("whsec_one", now.as_second(), body);
    let header = format!("t={},v1={right}", now.as_second());
    let rolled = format!("t={},v1={},v1={right},v0=12", now.as_second(), "0".repeat(64));
    let mutator = Mutator::new(vec![header.into_bytes(), rolled.into_bytes()], &words, 4_000);
    feed("webhook-header", inputs(1), &mutator, |header, _| {
        let Ok(header) = std::str::from_utf8(header) else { return false };
        let said = verify(body, header, &secrets, now);
        let holds = header.to_lowercase().contains(&right) && header.contains(&now.as_second().to_string());
        assert!(said.is_err() || holds, "believed: {header}");
        said.is_ok()
    });
}

#[test]
fn files_that_are_brought_in() {
    let words = [
        "sep=;\n",
        "name;email",
        "\"",
        "\"\"",
        "31.12.2026",
        "5/31/2026",
        "1.234,56 €",
        "first name",
        "\u{feff}name",
    ];
    feed("import", inputs(4), &Mutator::new(corpus("import"), &words, 100_000), |file, dice| {
        let Ok(table) = import::read(file) else { return false };
        let dates = if dice.once_in(2) { Dates::DayFirst } else { Dates::MonthFirst };
        let reading = Reading { columns: table.columns.clone(), dates, currency: Currency::USD };
        for (_, fields) in &table.records {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let _ = reading.row(&fields);
        }
        // It is sent again to confirm, and must then be the same.
        let again = import::read(table.text.as_bytes()).expect("what was read once is read again");
        assert_eq!((again.columns, again.records), (table.columns, table.records));
        true
    });
}

#[test]
fn pictures() {
    let root = env!("CARGO_MANIFEST_DIR");
    let file = |name: &str| std::fs::read(format!("{root}/assets/{name}")).unwrap();
    let small = image::DynamicImage::new_rgba8(9, 7);
    let mut webp = Vec::new();
    small.write_to(&mut std::io::Cursor::new(&mut webp), image::ImageFormat::WebP).unwrap();
    let mut png = Vec::new();
    small.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let all = vec![file("demo/hana.jpg"), file("icons/icon-180.png"), png, webp];
    let words = ["IHDR", "IDAT", "\u{0}\u{0}\u{0}\u{0}", "Exif", "RIFF", "VP8X", "ANIM", "iCCP", "zTXt"];
    feed("picture", inputs(400), &Mutator::new(all, &words, 40_000), |bytes, _| {
        match take(bytes, Shape::Portrait) {
            Ok(made) => {
                // What is kept was encoded anew, and holds nothing else.
                assert!(made.starts_with(&[0xff, 0xd8]) && made.ends_with(&[0xff, 0xd9]));
                true
            }
            Err(_) => false,
        }
    });
}

#[test]
fn settings() {
    let words = [
        "[stripe]\n",
        "[mail]\n",
        "[tls]\n",
        "listen = ",
        "base_url = ",
        "\"\"\"",
        "[[",
        "inf",
        "1979-05-27",
        "\\u0000",
    ];
    feed("settings", inputs(4), &Mutator::new(corpus("settings"), &words, 20_000), |text, dice| {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        let said = if dice.once_in(3) {
            let value: String = text.lines().next().unwrap_or("").to_owned();
            let name = [
                "FIDDLEHEAD_LISTEN",
                "FIDDLEHEAD_BASE_URL",
                "FIDDLEHEAD_TLS_MODE",
                "FIDDLEHEAD_TRUSTED_PROXIES",
            ];
            config::load(Some(text), [(name[dice.below(4)].to_owned(), value)])
        } else {
            config::load(Some(text), [])
        };
        match said {
            Ok(_) => true,
            Err(problems) => {
                assert!(
                    !problems.is_empty() && problems.iter().all(|problem| !problem.to_string().is_empty())
                );
                false
            }
        }
    });
}

#[test]
fn headers_of_proxies() {
    let proxies: [IpAddr; 3] = ["127.0.0.1", "10.0.0.2", "2001:db8::7"].map(|text| text.parse().unwrap());
    feed(
        "forwarded",
        inputs(1),
        &Mutator::new(corpus("forwarded"), &["127.0.0.1", "10.0.0.2", ", ", "unknown"], 4_000),
        |lines, _| {
            let mut headers = HeaderMap::new();
            for line in lines.split(|byte| *byte == b'\n') {
                if let Ok(value) = HeaderValue::from_bytes(line) {
                    headers.append("x-forwarded-for", value);
                }
            }
            let stranger: IpAddr = "203.0.113.9".parse().unwrap();
            let trusts = |address: IpAddr| proxies.contains(&address);
            assert_eq!(client_addr::of(stranger, &headers, trusts).0, stranger, "a stranger is believed");
            let found = client_addr::of(proxies[0], &headers, trusts).0;
            let said = lines.split(|byte| b",\n ".contains(byte)).any(|part| {
                std::str::from_utf8(part)
                    .is_ok_and(|part| part.contains(&found.to_string()) || part.contains(':'))
            });
            assert!(said || proxies.contains(&found), "nobody named {found}");
            found != proxies[0]
        },
    );
}

/// What is parsed and written again is the same.
fn same<T: FromStr + std::fmt::Display + PartialEq + std::fmt::Debug>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else { return false };
    let again = value.to_string().parse::<T>().unwrap_or_else(|_| panic!("{value} is not read again"));
    assert_eq!(again, value);
    true
}

#[test]
fn values_that_people_type() {
    let words = ["@", ".", "+", "xn--", "EUR", "JPY", "1,5", "https://", "//", "/24", "/129"];
    feed("values", inputs(1), &Mutator::new(corpus("values"), &words, 3_000), |text, dice| {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        let lines = [same::<Line>(text), same::<EmailAddress>(text), same::<Slug>(text), same::<Tag>(text)];
        for line in lines.iter().zip([text]).filter(|(taken, _)| **taken).map(|(_, text)| text) {
            // A line is one line, in a header too.
            assert!(!line.trim().contains(['\r', '\n', '\0']), "{line:?}");
        }
        let _ = [
            same::<Paragraph>(text),
            same::<Zone>(text),
            same::<Network>(text),
            text.parse::<Token>().is_ok(),
        ];
        let _ = [
            same::<PurchaseId>(text),
            same::<CheckoutId>(text),
            same::<Currency>(text),
            same::<BaseUrl>(text),
        ];
        let _ = (
            text.parse::<WebAddress>(),
            text.parse::<Recipient>(),
            password::check(text, &["fern"]),
            Key::read(text),
        );
        let currency = [Currency::USD, "JPY".parse().unwrap(), "KWD".parse().unwrap()][dice.below(3)];
        if let Ok(money) = Money::parse(text, currency) {
            assert!((0..=Money::LARGEST_UNITS * 1_000).contains(&money.minor), "{text}: {money:?}");
        }
        let _ = totp::fits(b"12345678901234567890", text, 1_776_000_000, 0);
        lines.contains(&true)
    });
}

#[test]
fn backups() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Key::fresh());
    let data = vec![7; 3_000];
    std::fs::write(folder.path().join("data"), &data).unwrap();
    let part = |name: &str| Part {
        name: name.to_owned(),
        bytes: 3_000,
        sha256: data_encoding::HEXLOWER.encode(&<Sha256 as sha2::Digest>::digest(&data)),
    };
    let manifest = Manifest {
        format: 1,
        version: "0.1.0".to_owned(),
        made_at: at(NOW),
        base_url: "http://book.example".to_owned(),
        rows: 3,
        counted: std::collections::BTreeMap::new(),
        parts: vec![part("data"), part("more/of it")],
        not_included: vec![],
    };
    let file = folder.path().join("sealed");
    let source = folder.path().join("data");
    seal(&manifest, |_| source.clone(), (&key.recipient(), &key), &file, &|_| {}).unwrap();
    let mutator = Mutator::new(
        vec![std::fs::read(&file).unwrap()],
        &["-> X25519 ", "---", "age-encryption.org/v1"],
        100_000,
    );
    let whole = mutator.corpus[0].clone();
    let into = folder.path().join("into");
    feed("backup", inputs(100), &mutator, |bytes, dice: &mut Dice| {
        std::fs::write(&file, bytes).unwrap();
        let _ = std::fs::remove_dir_all(&into);
        std::fs::create_dir(&into).unwrap();
        let seen = if dice.once_in(2) { look(&file, &key) } else { unpack(&file, &key, &into, &|_| {}) };
        assert!(seen.is_err() || seen.unwrap() == manifest, "something else was opened");
        bytes == whole
    });
}

/// A passkey's answer before it is text: its parts with this between.
const BETWEEN: &[u8] = b"|||";

#[test]
fn answers_of_passkeys() {
    let site = Site::of("https://book.example").unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let says = |kind: &str| {
        let question = BASE64URL_NOPAD.encode(&[5; 32]);
        format!(
            r#"{{"type":"{kind}","challenge":"{question}","origin":"https://book.example","crossOrigin":false}}"#
        )
        .into_bytes()
    };
    let name = Sha256::digest(b"book.example");
    let data = [&name[..], &[0b101, 0, 0, 0, 2]].concat();
    let client = says("webauthn.get");
    let signed = pair.sign(&[data.as_slice(), &Sha256::digest(&client)].concat());
    let get = [&[1; 20][..], &client, &data, signed.as_ref(), &[9; 16]].join(BETWEEN);
    // A new key: flags, count, kind of device, the length of its name, and that; the key as DER.
    let fresh = [&name[..], &[0b100_0101, 0, 0, 0, 2], &[0; 16], &[0, 20], &[1; 20]].concat();
    let der =
        [&data_encoding::HEXLOWER.decode(b"302a300506032b6570032100").unwrap(), pair.public_key().as_ref()];
    let create = says("webauthn.create");
    let make = [&[1; 20][..], &create, &fresh, &der.concat(), b""].join(BETWEEN);
    let words = [
        "|||",
        "\"type\":",
        "webauthn.get",
        "null",
        "true",
        "\"topOrigin\":\"x\"",
        "\u{0}\u{0}",
        "[[[[",
        "\\u0000",
    ];
    let (mut fits, mut made) = (0, 0);
    feed("passkey", inputs(1), &Mutator::new(vec![get, make], &words, 20_000), |raw, _| {
        let mut parts = vec![Vec::new()];
        let mut rest = raw;
        while let Some((first, after)) = rest.split_first() {
            if let Some(next) = rest.strip_prefix(BETWEEN) {
                parts.push(Vec::new());
                rest = next;
            } else {
                parts.last_mut().unwrap().push(*first);
                rest = after;
            }
        }
        let text = parts.iter().map(|part| BASE64URL_NOPAD.encode(part)).collect::<Vec<_>>().join(".");
        let Ok(answer) = Answer::read(&text) else { return false };
        let asked = answer.question();
        made += usize::from(answer.made(&site).is_ok());
        if answer.signed_by(&site, (Scheme::EdDsa, pair.public_key().as_ref()), 1).is_ok() {
            assert!(parts[1] == client && parts[2] == data, "what was not signed passes");
            assert!(asked.is_ok());
            fits += 1;
        }
        asked.is_ok()
    });
    assert!(fits > 0 && made > 0, "what is sound is taken");
}
