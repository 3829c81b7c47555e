//! The till against a server that speaks Stripe (`tests/peers/stripe_fake.py`): every state a checkout can be in, and
//! what happens when the network, the server or the buyer does not do as hoped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::Timestamp;
use fiddlehead::payments::webhook::{Forged, Heard, Secret, verify};
use fiddlehead::payments::{Ask, CheckoutState, Mode, Stripe, Subject, Till, TillError};
use serde_json::json;

use crate::support::fake_stripe::Fake;

fn ask(bits: u128) -> Ask {
    ask_for(bits, "540.00", "USD")
}

#[expect(clippy::disallowed_methods, reason = "the fake goes by the machine's clock")]
fn ask_for(bits: u128, price: &str, currency: &str) -> Ask {
    Ask {
        purchase: PurchaseId::from_bits(bits),
        idempotency_key: format!("buy-{bits}"),
        amount: Money::parse(price, currency.parse().unwrap()).unwrap(),
        what: "Six sessions & a “letter” + more".parse().unwrap(),
        buyer: "nora+fern@example.org".parse().unwrap(),
        success_url: "https://book.example/paid?a=1&checkout={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "https://book.example/six?b=2#there".to_owned(),
        // On the hour, so that the same purchase asks the same within a test.
        expires_at: Timestamp::from_second(Timestamp::now().as_second() / 3_600 * 3_600 + 7_200).unwrap(),
    }
}

const EPOCH: Timestamp = Timestamp::UNIX_EPOCH;

#[tokio::test]
async fn what_is_asked_arrives_word_for_word() {
    let fake = Fake::start(&[]);
    let ask = ask(1);
    let opened = fake.till().open(&ask).await.unwrap();
    assert_eq!((opened.state, opened.mode, opened.payment.as_ref()), (CheckoutState::Open, Mode::Test, None));
    assert_eq!((opened.purchase, opened.amount), (Some(ask.purchase), Some(ask.amount)));
    assert_eq!(opened.expires_at, Some(ask.expires_at));
    assert!(opened.url.unwrap().starts_with(&format!("http://127.0.0.1:{}/", fake.port)));
    let state = fake.control("GET", "/_control/state", &json!({}));
    let session = &state["sessions"][0];
    for (field, want) in [
        ("success_url", ask.success_url.as_str()),
        ("cancel_url", ask.cancel_url.as_str()),
        ("customer_email", ask.buyer.as_str()),
        ("client_reference_id", &ask.purchase.to_string()),
    ] {
        assert_eq!(session[field], want, "{field}");
    }
    assert_eq!(session["metadata"]["purchase"], ask.purchase.to_string());
}

#[tokio::test]
async fn the_fake_sends_all_that_the_types_of_the_api_version_demand() {
    let fake = Fake::start(&[]);
    let id = fake.till().open(&ask(1)).await.unwrap().id;
    fake.buyer(&id, "debit");
    let base = format!("http://127.0.0.1:{}/", fake.port);
    let client = stripe::ClientBuilder::new("sk_test_fake").url(base).build().unwrap();
    let request = stripe_checkout::checkout_session::RetrieveCheckoutSession::new(id.as_str());
    let session = request.expand(vec!["payment_intent".to_owned()]).send(&client).await.unwrap();
    assert_eq!(session.payment_intent.unwrap().as_object().unwrap().amount, 54_000);
}

#[tokio::test]
async fn the_same_ask_opens_one_checkout_and_another_under_its_key_is_refused() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    let opened = till.open(&ask(1)).await.unwrap();
    assert_eq!(till.open(&ask(1)).await.unwrap().id, opened.id);
    // The key remembers the answer of that hour; what has become of it since is to be looked up.
    fake.buyer(&opened.id, "pay");
    assert_eq!(till.open(&ask(1)).await.unwrap().state, CheckoutState::Open);
    assert_eq!(till.look_up(&opened.id).await.unwrap().state, CheckoutState::Paid);
    let dearer = Ask { idempotency_key: ask(1).idempotency_key, ..ask_for(2, "541", "USD") };
    assert!(matches!(till.open(&dearer).await, Err(TillError::Refused { status: 400, .. })));
    assert_eq!(fake.counts("create").0, 1);
}

#[tokio::test]
async fn a_checkout_is_seen_in_every_state_that_a_buyer_and_her_bank_can_bring_it_to() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    for (bits, steps) in [
        (1, &[("decline", CheckoutState::Open), ("pay", CheckoutState::Paid)][..]),
        (2, &[("debit", CheckoutState::Processing), ("debit_succeed", CheckoutState::Paid)]),
        (3, &[("debit", CheckoutState::Processing), ("debit_fail", CheckoutState::Failed)]),
        (4, &[("lapse", CheckoutState::Expired)]),
    ] {
        let id = till.open(&ask(bits)).await.unwrap().id;
        for (verb, want) in steps {
            fake.buyer(&id, verb);
            let checkout = till.look_up(&id).await.unwrap();
            assert_eq!(checkout.state, *want, "{verb}");
            assert_eq!(checkout.url.is_some(), *want == CheckoutState::Open, "{verb}");
            assert_eq!(checkout.payment.is_some(), *verb != "lapse", "{verb}");
            assert_eq!(checkout.purchase, Some(PurchaseId::from_bits(bits)));
        }
    }
    let nobody = till.look_up(&"cs_test_nobody".parse().unwrap()).await;
    assert!(nobody.unwrap_err().is_missing());
}

#[tokio::test]
async fn money_of_every_kind_is_asked_for_and_read_back_the_same() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    let prices = [
        ("9000", "JPY"),
        ("9000", "ISK"),
        ("50000", "UGX"),
        ("12.340", "KWD"),
        ("0", "EUR"),
        ("0.50", "EUR"),
    ];
    for (bits, (price, currency)) in (1..).zip(prices) {
        let ask = ask_for(bits, price, currency);
        let id = till.open(&ask).await.unwrap().id;
        fake.buyer(&id, "pay");
        let paid = till.look_up(&id).await.unwrap();
        assert_eq!((paid.state, paid.amount), (CheckoutState::Paid, Some(ask.amount)), "{price} {currency}");
        assert_eq!(paid.payment.is_none(), ask.amount.is_zero());
    }
    assert!(matches!(
        till.open(&ask_for(99, "0.10", "USD")).await,
        Err(TillError::Refused { status: 400, .. })
    ));
}

#[tokio::test]
async fn a_person_can_pay_on_the_page() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    let opened = till.open(&ask(1)).await.unwrap();
    let path = opened.url.unwrap().split_once(&fake.port.to_string()).unwrap().1.to_owned();
    for (button, want) in [("decline", CheckoutState::Open), ("pay", CheckoutState::Paid)] {
        fake.control("GET", &path, &json!({}));
        fake.control("POST", &format!("{path}/{button}"), &json!({}));
        assert_eq!(till.look_up(&opened.id).await.unwrap().state, want);
    }
}

#[tokio::test]
async fn closing_races_the_buyer_and_tells_who_won() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    let mut opened = Vec::new();
    for bits in 1..=3 {
        opened.push(till.open(&ask(bits)).await.unwrap().id);
    }
    fake.buyer(&opened[1], "pay");
    fake.buyer(&opened[2], "debit");
    for (id, want) in
        opened.iter().zip([CheckoutState::Expired, CheckoutState::Paid, CheckoutState::Processing])
    {
        assert_eq!(till.close(id).await.unwrap().state, want);
        assert_eq!(till.close(id).await.unwrap().state, want);
    }
    // The answer to the first close is lost on its way: the second try finds it done.
    let id = till.open(&ask(4)).await.unwrap().id;
    fake.faults("expire", "drop_after", 1);
    assert_eq!(till.close(&id).await.unwrap().state, CheckoutState::Expired);
    assert!(till.close(&"cs_test_nobody".parse().unwrap()).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn events_are_read_through_all_pages_oldest_first() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    assert_eq!(till.events(EPOCH).await, Ok(vec![]));
    let mut closed = Vec::new();
    for bits in 0..205 {
        let id = till.open(&ask(bits)).await.unwrap().id;
        fake.buyer(&id, "lapse");
        closed.push(id);
    }
    let paid = till.open(&ask(900)).await.unwrap().id;
    fake.buyer(&paid, "debit");
    fake.buyer(&paid, "debit_fail");
    let events = till.events(EPOCH).await.unwrap();
    let about: Vec<_> = events.iter().map(|notice| notice.about.clone()).collect();
    assert_eq!(about[..205], closed.into_iter().map(Subject::Checkout).collect::<Vec<_>>());
    assert_eq!(about[205..], [paid.clone(), paid].map(Subject::Checkout));
    assert_eq!(fake.counts("events").1, 1 + 3);
    let last = events.last().unwrap().at;
    assert!(till.events(last).await.unwrap().contains(events.last().unwrap()));
    let later = fiddlehead::domain::time::after(last, fiddlehead::domain::time::hours(1));
    assert_eq!(till.events(later).await, Ok(vec![]));
}

#[tokio::test]
async fn a_server_without_events_says_so() {
    let fake = Fake::start(&["--no-events"]);
    let till = fake.till();
    assert!(till.events(EPOCH).await.unwrap_err().is_missing());
    assert_eq!(till.open(&ask(1)).await.unwrap().state, CheckoutState::Open);
}

#[tokio::test]
async fn one_passing_fault_is_not_noticed_and_leaves_one_checkout() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    for (bits, fault) in (1..).zip(["429", "500", "502", "drop", "drop_after"]) {
        fake.faults("create", fault, 1);
        let id = till.open(&ask(bits)).await.unwrap_or_else(|error| panic!("{fault}: {error}")).id;
        assert_eq!(fake.counts("create").0, usize::try_from(bits).unwrap(), "{fault}");
        fake.faults("retrieve", fault, 1);
        assert_eq!(till.look_up(&id).await.unwrap().id, id, "{fault}");
    }
}

#[tokio::test]
async fn a_lasting_fault_is_unreachable_and_the_same_ask_later_finds_its_checkout() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    for fault in ["429", "500", "502", "drop"] {
        fake.faults("any", fault, 99);
        assert!(till.open(&ask(1)).await.unwrap_err().is_passing(), "{fault}");
        assert!(till.events(EPOCH).await.unwrap_err().is_passing(), "{fault}");
    }
    assert_eq!(fake.counts("create"), (0, 8));
    fake.faults("any", "drop_after", 2);
    assert!(till.open(&ask(1)).await.unwrap_err().is_passing());
    assert_eq!(fake.counts("create").0, 1);
    let opened = till.open(&ask(1)).await.unwrap();
    assert_eq!(opened.purchase, Some(ask(1).purchase));
    assert_eq!(fake.counts("create").0, 1);
}

#[tokio::test]
async fn two_at_once_with_one_key_open_one_checkout() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    fake.faults("create", "slow", 1);
    let (ask, impatient) = (ask(1), tokio::time::sleep(Duration::from_millis(200)));
    let (first, second) = tokio::join!(till.open(&ask), async {
        impatient.await;
        till.open(&ask).await
    });
    let first = first.unwrap();
    assert!(second.unwrap_err().is_passing());
    assert_eq!(till.open(&ask).await.unwrap().id, first.id);
    assert_eq!(fake.counts("create").0, 1);
}

#[tokio::test]
async fn a_key_that_is_wrong_or_may_not_is_refused_at_once() {
    let fake = Fake::start(&[]);
    let wrong = fake.till_with("sk_test_other");
    assert!(matches!(wrong.open(&ask(1)).await, Err(TillError::Refused { status: 401, .. })));
    let till = fake.till();
    fake.faults("events", "403", 1);
    assert!(matches!(till.events(EPOCH).await, Err(TillError::Refused { status: 403, .. })));
    assert_eq!(fake.counts("events").1, 1);
}

#[tokio::test]
async fn a_live_key_says_that_the_money_is_real() {
    let fake = Fake::start(&["--key", "rk_live_fake"]);
    let till = fake.till_with("rk_live_fake");
    assert_eq!((till.mode(), till.open(&ask(1)).await.unwrap().mode), (Mode::Live, Mode::Live));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let till = Till::Stripe(Stripe::new("sk_test_fake", "http://127.0.0.1:1").unwrap());
    assert!(till.open(&ask(1)).await.unwrap_err().is_passing());
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stripe = Stripe::new("sk_test_fake", &base).unwrap().with_patience(Duration::from_secs(1));
    let (till, id) = (Till::Stripe(stripe), "cs_test_1".parse().unwrap());
    let patient = tokio::time::timeout(Duration::from_secs(5), till.look_up(&id));
    assert!(patient.await.expect("it gives up").unwrap_err().is_passing());
    drop(listener);
}

#[tokio::test]
async fn a_key_that_was_used_up_by_a_failure_stays_so_and_a_new_one_helps() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    fake.faults("create", "500_saved", 1);
    for _ in 0..2 {
        assert!(till.open(&ask(1)).await.unwrap_err().is_passing());
    }
    let again = Ask { idempotency_key: "buy-1-again".to_owned(), ..ask(1) };
    assert_eq!(till.open(&again).await.unwrap().state, CheckoutState::Open);
}

#[tokio::test]
async fn a_key_that_may_not_see_payments_leaves_a_debit_under_way() {
    let fake = Fake::start(&[]);
    let till = fake.till();
    let id = till.open(&ask(1)).await.unwrap().id;
    fake.buyer(&id, "debit");
    fake.buyer(&id, "debit_fail");
    fake.faults("expand", "403", 1);
    assert_eq!(till.look_up(&id).await.unwrap().state, CheckoutState::Processing);
    assert_eq!(till.look_up(&id).await.unwrap().state, CheckoutState::Failed);
}

/// Takes webhooks as they come: the value of `Stripe-Signature` and the raw body.
fn listen(listener: TcpListener) -> mpsc::Receiver<(String, Vec<u8>)> {
    let (send, heard) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut length, mut signature) = (0, String::new());
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                match line.trim_end().split_once(": ") {
                    Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                        length = value.parse().unwrap();
                    }
                    Some((name, value)) if name.eq_ignore_ascii_case("stripe-signature") => {
                        value.clone_into(&mut signature);
                    }
                    Some(_) => {}
                    None if line.trim_end().is_empty() => break,
                    None => {}
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            if send.send((signature, body)).is_err() {
                return;
            }
        }
    });
    heard
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the fake goes by the machine's clock")]
async fn of_webhooks_lost_doubled_forged_and_replayed_the_true_ones_are_believed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hooks/stripe", listener.local_addr().unwrap());
    let heard = listen(listener);
    let fake = Fake::start(&["--webhook", &address, "--secret", "whsec_new", "--secret", "whsec_old"]);
    let till = fake.till();
    let secrets = ["", "whsec_old"].map(Secret::new);
    for (bits, fault, want) in [
        (1, "forge", &[Err(Forged::Signature), Ok(())][..]),
        (2, "stale", &[Err(Forged::Stale), Ok(())]),
        (3, "double", &[Ok(()), Ok(())]),
        (4, "delay", &[Ok(())]),
        (5, "lose", &[]),
    ] {
        fake.control("POST", "/_control/faults", &json!({"hooks": [{"fault": fault, "times": 1}]}));
        let id = till.open(&ask(bits)).await.unwrap().id;
        fake.buyer(&id, "pay");
        let mut outcomes = Vec::new();
        for _ in want {
            let (header, body) = heard.recv_timeout(Duration::from_secs(5)).unwrap();
            outcomes.push(verify(&body, &header, &secrets, Timestamp::now()).map(|said| match said {
                Heard::Notice(notice) => assert_eq!(notice.about, Subject::Checkout(id.clone())),
                Heard::Ignored => panic!("{fault}: not heard"),
            }));
        }
        outcomes.sort_by_key(Result::is_ok);
        assert_eq!(outcomes, want, "{fault}");
        assert!(heard.recv_timeout(Duration::from_millis(200)).is_err(), "{fault}: more came");
    }
    assert_eq!(till.events(EPOCH).await.unwrap().len(), 5);
}
