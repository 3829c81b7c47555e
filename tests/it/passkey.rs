//! Passkeys over HTTP, with a device of our own that signs as a browser's would: what it did not sign, signed for another page or
//! signed before is refused.

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use fiddlehead::platform::totp;
use fiddlehead::store;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

use crate::support::{Answer, House, LOCAL, Visitor};

enum Key {
    Curve(Box<EcdsaKeyPair>),
    Edwards(Ed25519KeyPair),
}

/// A device with one passkey.
struct Device {
    key: Key,
    credential: Vec<u8>,
    whose: Vec<u8>,
    counted: u32,
}

/// What the browser is told of a page, and the flags that the device gives.
#[derive(Clone, Copy)]
struct Scene<'a> {
    origin: &'a str,
    name: &'a str,
    flags: u8,
}
const OURS: Scene<'static> = Scene { origin: LOCAL, name: "localhost", flags: 0b101 };

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn client(kind: &str, question: &str, origin: &str) -> Vec<u8> {
    format!(r#"{{"type":"{kind}","challenge":"{question}","origin":"{origin}","crossOrigin":false}}"#)
        .into_bytes()
}

impl Device {
    fn new(number: u8) -> Self {
        let chance = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &chance).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &chance).unwrap();
        Self { key: Key::Curve(Box::new(key)), credential: vec![number; 20], whose: vec![], counted: 0 }
    }

    fn edwards(number: u8) -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let key = Key::Edwards(Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap());
        Self { key, credential: vec![number; 64], whose: vec![], counted: 0 }
    }

    fn data(&self, scene: Scene<'_>) -> Vec<u8> {
        let mut data = Sha256::digest(scene.name.as_bytes()).to_vec();
        data.push(scene.flags);
        data.extend(self.counted.to_be_bytes());
        data
    }

    fn der(&self) -> Vec<u8> {
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        match &self.key {
            Key::Curve(key) => {
                let before = hex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
                [before.as_slice(), key.public_key().as_ref()].concat()
            }
            Key::Edwards(key) => {
                [hex("302a300506032b6570032100").as_slice(), key.public_key().as_ref()].concat()
            }
        }
    }

    /// The answer to the question for a new key.
    fn makes(&self, question: &str, scene: Scene<'_>) -> String {
        let mut data = self.data(Scene { flags: scene.flags | 0b100_0000, ..scene });
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        let client = client("webauthn.create", question, scene.origin);
        [text(&self.credential), text(&client), text(&data), text(&self.der()), String::new()].join(".")
    }

    /// The answer to any other.
    fn signs(&self, question: &str, scene: Scene<'_>) -> String {
        let (client, data) = (client("webauthn.get", question, scene.origin), self.data(scene));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature = match &self.key {
            Key::Curve(key) => key.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec(),
            Key::Edwards(key) => key.sign(&signed).as_ref().to_vec(),
        };
        let parts = [&self.credential, &client, &data, &signature, &self.whose];
        parts.map(|part| text(part)).join(".")
    }
}

fn question(answer: &Answer) -> String {
    answer.text.split("\"challenge\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn asked(visitor: &mut Visitor<'_>) -> String {
    question(&visitor.post("/desk/sign-in/passkey/begin", &[]).await)
}

async fn sign_in(visitor: &mut Visitor<'_>, answer: &str) -> Answer {
    visitor.post("/desk/sign-in/passkey", &[("answer", answer), ("next", "/desk/clients")]).await
}

/// Hana's second factor, on.
fn with_factor(house: &House) {
    use fiddlehead::actions::people::second;
    second::begin(&house.app, house.hana).unwrap();
    let read = house.app.store.read().unwrap();
    let member = store::people::practitioner::find(&read, house.hana).unwrap().unwrap();
    let fiddlehead::domain::people::second::Standing::Pending(pending) =
        second::standing(&house.app, &member, "Quiet Field").unwrap()
    else {
        panic!("it is not being set up")
    };
    let secret = data_encoding::BASE32_NOPAD.decode(pending.secret.as_bytes()).unwrap();
    let code = totp::code_at(&secret, house.now().as_second());
    second::confirm(&house.app, house.hana, &code).unwrap();
}

async fn add(visitor: &mut Visitor<'_>, device: &Device, scene: Scene<'_>) -> Answer {
    let question = question(&visitor.post("/desk/security/passkeys/begin", &[]).await);
    let fields = [("passkey-name", "my phone"), ("answer", &device.makes(&question, scene))];
    visitor.post("/desk/security/passkeys", &fields).await
}

#[tokio::test]
async fn a_passkey_is_added_signs_in_alone_and_is_taken_away() {
    let house = House::new().await.on_this_machine();
    let mut hana = house.practitioner(house.hana);
    let mut device = Device::new(1);
    let early = add(&mut hana, &device, OURS).await;
    assert!(early.status == 422 && early.text.contains("once your second factor is on"), "{}", early.text);
    with_factor(&house);
    assert_eq!(add(&mut hana, &device, OURS).await.location(), "/desk/security?done=passkey");
    let page = hana.get("/desk/security").await.text;
    assert!(page.contains("<h3>my phone</h3>"), "{page}");
    let again = add(&mut hana, &device, OURS).await;
    assert!(again.status == 422 && again.text.contains("is here already"), "{}", again.text);
    // With it alone she is in, past both steps; the device may say whose it is.
    for whose in [vec![], house.hana.bits().to_be_bytes().to_vec()] {
        device.whose = whose;
        let mut visitor = house.visitor();
        let question = asked(&mut visitor).await;
        let answer = sign_in(&mut visitor, &device.signs(&question, OURS)).await;
        assert_eq!(answer.location(), "/desk/clients", "{}", answer.text);
        assert_eq!(visitor.get("/desk").await.status, StatusCode::OK);
    }
    let name = hana.get("/desk/security").await.field("passkey");
    // Nobody takes another's away.
    house.practitioner(house.ines).post("/desk/security/passkeys/remove", &[("passkey", &name)]).await;
    assert!(hana.get("/desk/security").await.text.contains("<h3>my phone</h3>"));
    hana.post("/desk/security/passkeys/remove", &[("passkey", &name)]).await;
    assert!(!hana.get("/desk/security").await.text.contains("<h3>my phone</h3>"));
    let mut visitor = house.visitor();
    let question = asked(&mut visitor).await;
    assert_eq!(sign_in(&mut visitor, &device.signs(&question, OURS)).await.status, 422);
    house.assert_sound();
    house.settle().await;
    let subjects: Vec<String> = house.mailed().into_iter().map(|(subject, _)| subject).collect();
    for told in ["A passkey was added", "A passkey was taken away"] {
        assert!(subjects.iter().any(|subject| subject == told), "{subjects:?}");
    }
}

#[tokio::test]
async fn what_was_signed_for_another_page_or_question_or_before_is_refused() {
    let house = House::new().await.on_this_machine();
    let mut hana = house.practitioner(house.hana);
    with_factor(&house);
    let (device, other) = (Device::new(1), Device::new(1));
    add(&mut hana, &device, OURS).await;
    let mut visitor = house.visitor();
    let fresh = asked(&mut visitor).await;
    let good = device.signs(&fresh, OURS);
    assert_eq!(sign_in(&mut visitor, &good).await.location(), "/desk/clients");
    let mut thief = house.visitor();
    assert_eq!(sign_in(&mut thief, &good).await.status, 422, "a replay");
    let never = text(&[7; 32]);
    assert_eq!(sign_in(&mut thief, &device.signs(&never, OURS)).await.status, 422, "a question of nobody’s");
    for (what, scene) in [
        ("another origin", Scene { origin: "https://evil.example", ..OURS }),
        ("another port", Scene { origin: "http://localhost:9999", ..OURS }),
        ("another name", Scene { name: "evil.example", ..OURS }),
        ("a device that nobody unlocked", Scene { flags: 0b001, ..OURS }),
        ("a device at which nobody was", Scene { flags: 0b100, ..OURS }),
    ] {
        let question = asked(&mut thief).await;
        assert_eq!(sign_in(&mut thief, &device.signs(&question, scene)).await.status, 422, "{what}");
        let added = add(&mut hana, &Device::new(9), scene).await;
        assert_eq!(added.status, 422, "{what}: nor is one added there");
    }
    // One passkey is not tried for ever; an hour later it is a new one.
    house.live(fiddlehead::domain::time::hours(1)).await;
    let mut hana = house.practitioner(house.hana);
    let question = asked(&mut thief).await;
    assert_eq!(sign_in(&mut thief, &other.signs(&question, OURS)).await.status, 422, "another key");
    let question = asked(&mut thief).await;
    let mut parts: Vec<String> = device.signs(&question, OURS).split('.').map(str::to_owned).collect();
    parts[4] = text(&house.ines.bits().to_be_bytes());
    assert_eq!(sign_in(&mut thief, &parts.join(".")).await.status, 422, "it says that it is another’s");
    // A question for adding one signs nobody in, and the other way round.
    let asked_to_add = crate::passkey::question(&hana.post("/desk/security/passkeys/begin", &[]).await);
    assert_eq!(sign_in(&mut thief, &device.signs(&asked_to_add, OURS)).await.status, 422);
    let asked_to_use = asked(&mut thief).await;
    let fields = [("passkey-name", "mine"), ("answer", &Device::new(9).makes(&asked_to_use, OURS))];
    assert_eq!(hana.post("/desk/security/passkeys", &fields).await.status, 422);
    for nonsense in ["", "....", "AA.AA.AA.AA.AA", "<script>"] {
        assert_eq!(sign_in(&mut house.visitor(), nonsense).await.status, 422, "{nonsense}");
    }
    assert!(thief.get("/desk").await.location().starts_with("/desk/sign-in"));
    house.assert_sound();
}

#[tokio::test]
async fn a_device_that_counts_cannot_be_copied() {
    let house = House::new().await.on_this_machine();
    let mut hana = house.practitioner(house.hana);
    with_factor(&house);
    let mut device = Device::edwards(2);
    device.counted = 5;
    add(&mut hana, &device, OURS).await;
    for (counted, expected) in [(6, 303), (6, 422), (3, 422), (0, 422), (9, 303)] {
        device.counted = counted;
        let mut visitor = house.visitor();
        let question = asked(&mut visitor).await;
        let answer = sign_in(&mut visitor, &device.signs(&question, OURS)).await;
        assert_eq!(answer.status, expected, "counted {counted}");
    }
}

#[tokio::test]
async fn a_passkey_proves_who_sits_there_and_another_members_does_not() {
    let house = House::new().await.on_this_machine();
    let mut hana = house.practitioner(house.hana);
    with_factor(&house);
    let device = Device::new(1);
    add(&mut hana, &device, OURS).await;
    let stale = fiddlehead::domain::time::after(house.now(), fiddlehead::domain::time::minutes(20));
    house.hands.set(stale);
    let mut ines = house.practitioner(house.ines);
    house.hands.set(fiddlehead::domain::time::after(stale, fiddlehead::domain::time::minutes(20)));
    let question = asked(&mut ines).await;
    let proof = format!("passkey.{}", device.signs(&question, OURS));
    let wrong = ines.post("/desk/people", &[("proof", &proof)]).await;
    assert!(wrong.status == 422 && wrong.text.contains("Is it you?"), "{}", wrong.text);
    let again = hana.post("/desk/proof", &[("proof", &proof), ("next", "/desk/till")]).await;
    assert_eq!(again.status, 422, "the question was used up");
    let question = asked(&mut hana).await;
    let proof = format!("passkey.{}", device.signs(&question, OURS));
    let done = hana.post("/desk/proof", &[("proof", &proof), ("next", "/desk/till")]).await;
    assert_eq!(done.location(), "/desk/till", "{}", done.text);
}

#[tokio::test]
async fn passkeys_go_with_the_second_factor_and_are_not_offered_where_they_cannot_work() {
    let house = House::new().await;
    let (mut hana, mut ines) = (house.practitioner(house.hana), house.practitioner(house.ines));
    for path in ["/desk/security", "/desk/sign-in"] {
        let page = hana.get(path).await.text;
        assert!(!page.contains("passkey"), "{path}");
    }
    let local = house.on_this_machine();
    assert!(local.visitor().get("/desk/sign-in").await.text.contains("Sign in with a passkey"));
    with_factor(&local);
    let device = Device::new(1);
    add(&mut local.practitioner(house.hana), &device, OURS).await;
    ines.post(&format!("/desk/people/{}/second-factor", house.hana), &[]).await;
    let read = house.app.store.read().unwrap();
    assert!(store::people::passkey::of(&read, house.hana).unwrap().is_empty());
    let mut visitor = local.visitor();
    let question = asked(&mut visitor).await;
    assert_eq!(sign_in(&mut visitor, &device.signs(&question, OURS)).await.status, 422);
}
