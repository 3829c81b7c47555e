//! The machine's clock against a time server, by one packet of SNTP (RFC 4330).

use std::net::{ToSocketAddrs, UdpSocket};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Findings;
use crate::platform::clock::{Clock, stopwatch};

const PATIENCE: Duration = Duration::from_secs(3);
/// Seconds from 1900, where SNTP begins, to 1970.
const FROM_1900: i64 = 2_208_988_800;
/// From here on codes and links could be of the wrong minute.
const LOOK: SignedDuration = SignedDuration::from_secs(2);
/// Stripe's signatures are good for five minutes.
const WRONG: SignedDuration = SignedDuration::from_secs(60);

/// How far it is off.
pub(super) fn against(server: &str, found: &mut Findings) {
    let off = match asked(server) {
        Ok(off) => off,
        Err(why) => {
            let words = "Look with `timedatectl` whether the clock is synchronized";
            return found.look("clock", format!("{server} does not tell the time ({why}). {words}"));
        }
    };
    let seconds = off.as_secs_f64();
    let (apart, how) = (off.abs(), if off.is_negative() { "ahead" } else { "behind" });
    let said = format!("{:.1} s {how} of {server}", seconds.abs());
    match apart {
        _ if apart < LOOK => found.ok("clock", said),
        _ if apart < WRONG => found.look("clock", format!("{said}. Run: timedatectl set-ntp true")),
        _ => found.wrong(
            "clock",
            format!("{said}: links, webhooks and reminders go wrong. Run: timedatectl set-ntp true"),
        ),
    }
}

/// How much later the server's time is than ours.
fn asked(server: &str) -> std::io::Result<SignedDuration> {
    let other = |why: &str| std::io::Error::other(why.to_owned());
    let address = server.to_socket_addrs()?.next().ok_or_else(|| other("it has no address"))?;
    let socket = UdpSocket::bind(if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })?;
    socket.connect(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let mut packet = [0; 48];
    // Version 4, as a client.
    packet[0] = 0x23;
    let took = stopwatch();
    socket.send(&packet)?;
    let length = socket.recv(&mut packet)?;
    let (ours, took) = (Clock::System.now(), took.elapsed());
    // Stratum 0 is a refusal.
    if length < packet.len() || packet[0] & 7 != 4 || packet[1] == 0 {
        return Err(other("its answer is not SNTP"));
    }
    let part = |at: usize| u32::from_be_bytes(std::array::from_fn(|i| packet[at + i]));
    let nanoseconds = i32::try_from((u64::from(part(44)) * 1_000_000_000) >> 32).unwrap_or_default();
    let theirs = Timestamp::new(i64::from(part(40)) - FROM_1900, nanoseconds)
        .map_err(|why| other(&why.to_string()))?;
    let half = SignedDuration::try_from(took / 2).unwrap_or_default();
    Ok(theirs.duration_since(ours).saturating_add(half))
}
