//! The nudge pass: what it costs to attend to what is due, for each thing that is.

use std::path::Path;
use std::time::Instant;

use fiddlehead::actions::due::{Which, attend};
use fiddlehead::cli::demo::practice_of;
use fiddlehead::platform::clock::Clock;
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::platform::seal::InstanceKey;
use fiddlehead::store::{Store, due};

use crate::table::{Goal, Table};

/// How many messages come due in the hour that is lived through.
const DUE: usize = 400;

/// Milliseconds for each message.
async fn one(data: &Path) -> (f64, usize) {
    let store = Store::open_existing(&data.join("fiddlehead.redb")).expect("a data file");
    let key = InstanceKey::at(&data.join("instance.key"), &Entropy::system()).expect("a key");
    let played =
        practice_of(store, key, "http://127.0.0.1:8799", Clock::System.now(), Entropy::system()).await;
    let (app, _demo) = played.expect("the demo's practice");
    // Whatever the measurements before left behind is attended to first.
    attend(&app, Which::Books).await.expect("the index");
    attend(&app, Which::Messages).await.expect("the index");
    let far = jiff::SignedDuration::from_hours(24 * 60);
    let ahead = app.clock.now().checked_add(far).expect("in time");
    let is_message = |due| matches!(due, due::Due::Message(_));
    let coming = due::by(&app.store.read().expect("a view"), ahead, DUE, is_message).expect("the index");
    app.clock.hands().expect("a clock that can be set").set(coming.last().expect("something is due").0);
    let begun = Instant::now();
    let count = attend(&app, Which::Messages).await.expect("the index");
    (begun.elapsed().as_secs_f64() * 1000.0 / count as f64, count)
}

/// Both sizes; each letter is worded and captured, and its state committed, as it would be with a mail server.
pub async fn compare(table: &mut Table, small: &Path, large: &Path) {
    let ((fast, few), (slow, many)) = (one(small).await, one(large).await);
    let words = format!("{fast:.2} ms for each of {few} small, {slow:.2} ms for each of {many} large");
    table.row("nudge pass, large against small", words, Goal::AtMost(3.0, slow / fast));
}
