//! The real program as a process, against real peers: what it holds when the world outside does its worst.

mod backups;
mod check;
mod console;
mod disk;
mod doctor;
mod logs;
mod mail;
mod metrics;
mod new_user;
mod operator;
mod payments;
mod refunds;
mod released;
mod reload;
mod rotation;
mod sender;
mod tls;

use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::calendar::booking::Booking;
use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::domain::time::{Timestamp, after, hours};

use crate::support::House;

/// Somebody who bought six sessions and paid, by the house's clock.
async fn bought(house: &House, name: &str) -> (ClientId, LotId) {
    house.bought(name, &house.six).await
}

/// Books the first time that is free, whatever day the machine's clock says it is.
fn booked(house: &House, client: ClientId, lot: LotId) -> Booking {
    let now = house.now();
    let next_hour = Timestamp::from_second((now.as_second() / 3_600 + 1) * 3_600).unwrap();
    let id = BookingId::from_bits(house.id());
    let free = (36..24 * 14).find_map(|ahead| {
        let start = after(next_hour, hours(ahead));
        booking::book(&house.app, client, id, lot, start).ok()
    });
    free.expect("some hour of two weeks is free")
}
