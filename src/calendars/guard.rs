//! Which addresses may be connected to for somebody who types them: those of the public internet, and networks that the
//! settings name. Everything else is this computer, the network it stands in, or a form that hides one of the two.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is in a network that the settings open.
pub type Permits = Box<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// The ports at which public calendars are: web, and what CalDAV servers listen at by themselves.
const PORTS: [u16; 5] = [80, 443, 5232, 8008, 8443];

/// Looks at an address before it is connected to.
pub struct Guard(Permits);

impl Guard {
    /// One that lets the public internet pass, and what `permits` does.
    #[must_use]
    pub fn new(permits: Permits) -> Self {
        Self(permits)
    }

    /// Whether the settings open this address, with any port.
    #[must_use]
    pub fn opens(&self, address: IpAddr) -> bool {
        (self.0)(address)
    }

    /// Whether an address may be connected to at all.
    #[must_use]
    pub fn lets_pass(&self, address: IpAddr) -> bool {
        is_public(address) || self.opens(address)
    }

    /// Whether a port may be connected to.
    #[must_use]
    pub fn has_port(&self, address: IpAddr, port: u16) -> bool {
        PORTS.contains(&port) || self.opens(address)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

/// Whether an address is one of the public internet (IANA's special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0
        || a == 10
        || a == 127
        || a == 100 && (64..128).contains(&b)
        || a == 169 && b == 254
        || a == 172 && (16..32).contains(&b)
        // IETF protocols, and the metadata service of one cloud.
        || a == 192 && b == 0 && c == 0
        || a == 192 && b == 0 && c == 2
        || a == 192 && b == 88 && c == 99
        || a == 192 && b == 168
        || a == 198 && (b == 18 || b == 19)
        || a == 198 && b == 51 && c == 100
        || a == 203 && b == 0 && c == 113
        // Multicast, reserved and broadcast.
        || a >= 224
        // Looks public, but is the machine room of one cloud.
        || address == Ipv4Addr::new(168, 63, 129, 16);
    !special
}

/// Only what is given out as global unicast, without the parts of it that stand for something else. Forms that hold an
/// IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) are none of it or are taken out here.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let special =
        a == 0x2001 && (b < 0x0200 || b == 0x0db8) || a == 0x2002 || a == 0x3fff && b < 0x1000 || a == 0x5f00;
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_or_hides_it_does_not_pass() {
        let nasty = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.1.2.3",
            "127.255.255.255",
            "169.254.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::127.0.0.1",
            "::10.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::10.0.0.1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:c0a8:1::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "fe80::a9fe:a9fe",
            "febf::1",
            "fec0::1",
            "ff00::1",
            "ff02::1",
            "ff0e::1",
            "4000::1",
            "e000::1",
        ];
        assert!(nasty.len() >= 60);
        let guard = Guard::new(Box::new(|_| false));
        for text in nasty {
            assert!(!guard.lets_pass(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_public_internet_passes() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "3fff:1000::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_the_settings_open_passes_with_any_port_and_nothing_beside_it() {
        let guard = Guard::new(Box::new(|address| address.to_canonical() == IpAddr::from([192, 168, 1, 5])));
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(guard.lets_pass(at("192.168.1.5")) && guard.has_port(at("192.168.1.5"), 9999));
        assert!(!guard.lets_pass(at("192.168.1.6")));
        assert!(guard.has_port(at("8.8.8.8"), 443) && !guard.has_port(at("8.8.8.8"), 22));
    }
}
