//! `fiddlehead check`: a sound data file is called sound, and whatever is not as it must be is named, with exit code 1.

use std::os::unix::fs::FileExt;
use std::process::Output;

use fiddlehead::domain::billing::payment::Payment;
use fiddlehead::domain::billing::receipt::Receipt;
use fiddlehead::domain::calendar::booking::{Booking, State as Place};
use fiddlehead::domain::catalog::purchase::{Purchase, State};
use fiddlehead::domain::credits::ledger::{Actor, Consumed, Entry, What};
use fiddlehead::domain::credits::lot::{Lot, Origin};
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::{after, hours};
use fiddlehead::store::{Store, StoreError, Tx, billing, calendar, catalog, credits};

use super::{booked, bought};
use crate::support::process::{Program, real_now};

/// What a sound house holds, for the tamperer to work on.
#[derive(Clone)]
struct Held {
    lot: Lot,
    purchase: Purchase,
    open: Purchase,
    booking: Booking,
}

async fn sound_house() -> (Program, Held) {
    Program::founded(async |house| {
        let (nora, lot) = bought(house, "Nora Lind").await;
        bought(house, "Edda Stone").await;
        let booking = booked(house, nora, lot);
        let open =
            house.order("Mara Field", &house.six, fiddlehead::actions::catalog::checkout::Choice::Online);
        let read = house.app.store.read().unwrap();
        let lot = credits::lot::find(&read, lot).unwrap().unwrap();
        let purchase = catalog::purchase::find(&read, lot.purchase().unwrap()).unwrap().unwrap();
        Held { lot, purchase, open, booking }
    })
    .await
}

/// The words of `check` over the house's file after somebody wrote into it past all rules.
fn told_after(
    program: &Program,
    tamper: impl Fn(&Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let (drawn, file) = (folder.path().join("drawn"), folder.path().join("fiddlehead.redb"));
    std::fs::copy(program.data_file(), &drawn).unwrap();
    let store = Store::open_existing(&drawn).unwrap();
    store.write(move |tx| tamper(tx)).unwrap();
    std::fs::copy(&drawn, &file).unwrap();
    words(&program.check_of(folder.path()))
}

fn words(told: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (told.status.code(), text(&told.stdout) + &text(&told.stderr))
}

fn entry(n: u128, lot: &Lot, what: What) -> Entry {
    // Ids sort by age: these come after all others.
    let id = EntryId::from_bits(u128::MAX - 1_000 + n);
    Entry { id, lot: lot.id, what, actor: Actor::System, reason: None, at: real_now() }
}

#[tokio::test]
async fn a_sound_house_is_called_sound_and_counted() {
    let (program, _) = sound_house().await;
    let (code, told) = words(&program.check_of(&program.data()));
    assert_eq!(code, Some(0), "{told}");
    for line in ["3 purchases", "2 payments", "2 receipts", "2 lots", "1 bookings", "All sound."] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.contains("collected $1,080.00"), "{told}");
}

#[tokio::test]
async fn a_ledger_that_does_not_add_up_is_named() {
    let (program, held) = sound_house().await;
    let Held { lot, booking, .. } = held;
    let hold = |n: u128| What::Hold {
        booking: BookingId::from_bits(n),
        starts_at: after(real_now(), hours(48)),
        ends_at: after(real_now(), hours(49)),
    };
    let (one, id) = (lot.clone(), lot.id);
    let (code, told) = told_after(&program, move |tx| {
        (0..6).try_for_each(|n| credits::ledger::append(tx, one.practitioner, &entry(n, &one, hold(n))))
    });
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("WRONG lot {id}: entry")), "{told}");
    assert!(told.contains("holds a credit that is not there"), "{told}");
    assert!(told.contains("has a credit tied to it, but it is not there"), "{told}");

    for (what, named) in [
        (booking.hold(), "holds a second credit for one session"),
        (What::Grant(1), "its credits are not granted once"),
        (What::Expire(6), "takes more credits than there are"),
        (What::Waive { booking: BookingId::from_bits(9) }, "waives a session that took no credit"),
    ] {
        let one = lot.clone();
        let what_then = what.clone();
        let (code, told) = told_after(&program, move |tx| {
            credits::ledger::append(tx, one.practitioner, &entry(1, &one, what_then.clone()))
        });
        assert!(
            code == Some(1) && told.contains(named) && told.contains(&id.to_string()),
            "{what:?}: {told}"
        );
    }
}

#[tokio::test]
async fn papers_and_payments_that_do_not_fit_are_named() {
    let (program, Held { purchase, .. }) = sound_house().await;
    let paper = |number| Receipt {
        id: ReceiptId::from_bits(1),
        number,
        purchase: purchase.id,
        amount: purchase.offer.price,
        issued_at: real_now(),
    };
    let gap = paper(5);
    let (code, told) = told_after(&program, move |tx| billing::receipt::put(tx, &gap));
    assert!(code == Some(1) && told.contains("WRONG receipt 5: number 3 was expected"), "{told}");
    let twice = paper(3);
    let (code, told) = told_after(&program, move |tx| billing::receipt::put(tx, &twice));
    assert!(code == Some(1) && told.contains("2 payments, but 3 receipts"), "{told}");
    let id = purchase.id;
    let (code, told) = told_after(&program, move |tx| {
        let payment = billing::payment::of(tx, id)?.unwrap();
        let amount = Money::new(payment.amount.minor - 1, payment.amount.currency);
        billing::payment::put(tx, &Payment { amount, ..payment })
    });
    assert!(code == Some(1) && told.contains(&format!("purchase {id}: paid another amount")), "{told}");
    assert!(told.contains("payments of 107999 for credits of 108000"), "{told}");
}

#[tokio::test]
async fn a_ledger_without_its_lot_is_named() {
    let (program, Held { lot, .. }) = sound_house().await;
    let stray = LotId::from_bits(5);
    let (code, told) = told_after(&program, move |tx| {
        let entry = Entry { lot: stray, ..entry(1, &lot, What::Grant(6)) };
        credits::ledger::append(tx, lot.practitioner, &entry)
    });
    assert!(
        code == Some(1) && told.contains(&format!("a ledger of lot {stray}, which is not hers")),
        "{told}"
    );
}

#[tokio::test]
async fn credits_without_a_payment_and_a_payment_without_credits_are_named() {
    let (program, Held { lot, purchase, open, .. }) = sound_house().await;
    let stolen =
        Lot { id: Lot::id_for(open.id), origin: Origin::Purchase(open.id), client: open.client, ..lot };
    let (code, told) = told_after(&program, move |tx| {
        credits::lot::put(tx, &stolen)?;
        credits::ledger::append(tx, stolen.practitioner, &entry(1, &stolen, What::Grant(6)))
    });
    let named = format!("WRONG purchase {}: state AwaitingBuyer does not fit its credits", open.id);
    assert!(code == Some(1) && told.contains(&named), "{told}");
    assert!(told.contains("its purchase is not paid"), "{told}");

    let id = purchase.id;
    let undone = Purchase { state: State::Failed { at: real_now() }, ..purchase };
    let (code, told) = told_after(&program, move |tx| catalog::purchase::put(tx, &undone));
    assert!(code == Some(1) && told.contains(&format!("purchase {id}: state Failed")), "{told}");
}

#[tokio::test]
async fn a_lot_that_stands_otherwise_or_not_among_those_of_its_practitioner_is_named() {
    let (program, Held { lot, .. }) = sound_house().await;
    let (id, moved) = (lot.id, Lot { practitioner: PractitionerId::from_bits(9), ..lot.clone() });
    let (code, told) = told_after(&program, move |tx| credits::lot::put(tx, &moved));
    let named = format!("WRONG lot {id}: stands otherwise among those of practitioner {}", lot.practitioner);
    assert!(code == Some(1) && told.contains(&named), "{told}");

    let another = Lot { id: LotId::from_bits(7), practitioner: PractitionerId::from_bits(9), ..lot };
    let (code, told) = told_after(&program, move |tx| credits::lot::put(tx, &another));
    assert!(code == Some(1) && told.contains("2 of 3 lots stand among those of practitioners"), "{told}");
}

#[tokio::test]
async fn a_calendar_that_does_not_fit_the_ledger_is_named() {
    let (program, Held { booking, lot, .. }) = sound_house().await;
    let id = booking.id;
    let unpaid = Booking {
        id: BookingId::from_bits(5),
        starts_at: after(booking.starts_at, hours(72)),
        ..booking.clone()
    };
    let over = Booking { id: BookingId::from_bits(6), ..booking.clone() };
    let off = Booking { state: Place::Cancelled { at: real_now(), by: Actor::System }, ..booking.clone() };
    let moved = Booking { starts_at: after(booking.starts_at, hours(1)), ..booking };
    for (tampered, named) in [
        (
            unpaid,
            format!("session {}: its credit in lot {} does not fit it", BookingId::from_bits(5), lot.id),
        ),
        (over, "overlap".to_owned()),
        (off, format!("session {id}: its credit in lot {} does not fit it", lot.id)),
        (moved, format!("session {id}: its credit in lot {} does not fit it", lot.id)),
    ] {
        let (code, told) = told_after(&program, move |tx| calendar::booking::put(tx, &tampered));
        assert!(code == Some(1) && told.contains(&named), "{named}: {told}");
    }
    let late = What::Consume { booking: id, how: Consumed::LateCancel };
    let (code, told) = told_after(&program, move |tx| {
        credits::ledger::append(tx, lot.practitioner, &entry(1, &lot, late.clone()))
    });
    assert!(code == Some(1) && told.contains(&format!("session {id}: its credit")), "{told}");
}

#[tokio::test]
async fn a_damaged_a_missing_and_a_busy_file_are_refused_in_plain_words() {
    let (mut program, _) = sound_house().await;
    let nowhere = tempfile::tempdir().unwrap();
    let (code, told) = words(&program.check_of(nowhere.path()));
    assert!(code == Some(1) && told.contains("fiddlehead.redb"), "{told}");

    program.start();
    let (code, told) = words(&program.check_of(&program.data()));
    assert!(code == Some(1) && told.contains("in use by another fiddlehead"), "{told}");
    program.stop();
    program.assert_sound();

    // Every 64th byte of the middle of the file is turned over: some of it is in use.
    let file = std::fs::File::options().read(true).write(true).open(program.data_file()).unwrap();
    let length = file.metadata().unwrap().len();
    for place in (length / 8..length / 2).step_by(64) {
        let mut byte = [0];
        file.read_exact_at(&mut byte, place).unwrap();
        file.write_all_at(&[!byte[0]], place).unwrap();
    }
    let (code, told) = words(&program.check_of(&program.data()));
    assert_eq!(code, Some(1), "{told}");
    assert!(!told.contains("All sound") && !told.contains("panicked"), "{told}");
}

#[tokio::test]
async fn a_mailed_digest_tells_an_audit_log_that_was_cut_off() {
    use fiddlehead::actions::audit::{record, shown};
    use fiddlehead::domain::audit::{Concern, What, Who};
    use fiddlehead::store::audit;
    let (program, ()) = Program::founded(async |house| {
        for what in [What::SignedIn, What::Exported, What::MadeOwner] {
            record(&house.app, Who::Member(house.ines), what, Concern::Member(house.ines)).unwrap();
        }
    })
    .await;
    let mut head = String::new();
    program.look_and_change(|store| {
        head = shown(&audit::head(&store.read().unwrap()).unwrap().unwrap().link);
    });
    let (code, said) = words(&program.check_head(&head));
    assert!(code == Some(0) && said.contains("as it was mailed, up to entry 3"), "{said}");
    let (code, said) = words(&program.check_head("0000"));
    assert!(code == Some(1) && said.contains("is no fingerprint"), "{said}");
    // Its last entry written anew, by somebody who does it well: check alone finds nothing.
    program.look_and_change(|store| {
        let read = store.read().unwrap();
        let (last, before) =
            (audit::find(&read, 3).unwrap().unwrap(), audit::find(&read, 2).unwrap().unwrap());
        let mut forged = last;
        forged.said.what = What::SignedIn;
        forged.link = fiddlehead::platform::seal::digest_of(&forged.said.bytes(&before.link));
        let put = move |tx: &Tx<'_>| -> Result<(), StoreError> { audit::put(tx, &forged) };
        store.write(put).unwrap();
    });
    program.assert_sound();
    let (code, said) = words(&program.check_head(&head));
    assert!(code == Some(1) && said.contains("no entry has the fingerprint"), "{said}");
}
