//! Where the program is entered: the address that it listens at, the certificate that is shown there, and the name that leads to it.

use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};

use super::{Findings, Running};
use crate::cli::healthcheck::{Answered, PATIENCE, WELL, from_here, status};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, TlsMode, is_loopback_host};
use crate::tls::files::Files;
use crate::tls::probe::{self, Seen};

/// With fewer days left somebody should look; what renews itself has done so before.
const FEW_DAYS: i64 = 14;

/// Whether the program answers there; if not, whether it could listen.
pub(super) fn listening(config: &Config, found: &mut Findings) -> Running {
    let at = config.listen;
    let running = match status(from_here(at), config.tls.mode) {
        Ok(Answered { status: 200, words }) if words != WELL => {
            found.wrong("program", format!("it runs at {at}: {words}"));
            Running::Yes
        }
        Ok(Answered { status: 200, .. }) => {
            found.ok("program", format!("it runs, answers at {at}, and is well"));
            Running::Yes
        }
        Ok(Answered { status: 503, .. }) => {
            found
                .wrong("program", format!("it runs at {at}, and cannot read its data file. Look at the log"));
            Running::Yes
        }
        Ok(Answered { status, .. }) => {
            found.wrong(
                "program",
                format!("another program answers at {at} ({status}). Choose another listen"),
            );
            Running::No
        }
        Err(_) => {
            free("program", at, "listen", found);
            Running::No
        }
    };
    if let (Running::No, Some(at)) = (running, config.tls.redirect_from) {
        free("program", at, "tls.redirect_from", found);
    }
    running
}

/// Whether it could listen at an address where nothing answers.
fn free(about: &'static str, at: SocketAddr, key: &str, found: &mut Findings) {
    match TcpListener::bind(at) {
        Ok(_) => found.look(about, format!("it does not run; {at} is free. Run: systemctl start fiddlehead")),
        Err(why) if why.kind() == std::io::ErrorKind::PermissionDenied => found.look(
            about,
            format!(
                "it does not run, and only root or the service may take {at}. Run: systemctl start fiddlehead"
            ),
        ),
        Err(why) => found
            .wrong(about, format!("it does not run, and {at} cannot be taken ({why}). Choose another {key}")),
    }
}

/// The certificate as visitors see it; of files also when the program does not run.
pub(super) fn certificate(config: &Config, running: Running, found: &mut Findings) {
    let host = config.base_url.host();
    let files = config.tls.files.as_ref();
    let seen = match (config.tls.mode, running) {
        (TlsMode::Off, _) if config.base_url.is_https() => {
            return found.ok("certificate", "the proxy’s, which encrypts in front of the program");
        }
        (TlsMode::Off, _) if is_loopback_host(host) => {
            return found.ok("certificate", "none is needed on this machine");
        }
        (TlsMode::Off, _) => {
            return found.look("certificate", format!("{} is not encrypted. Set tls.mode", config.base_url));
        }
        (_, Running::Yes) => {
            probe::seen(from_here(config.listen), host, PATIENCE).map_err(|why| why.to_string())
        }
        (TlsMode::Files, Running::No) => match files {
            Some((certificate, key)) => Files { certificate: certificate.clone(), key: key.clone() }
                .read()
                .map_err(|why| why.to_string())
                .and_then(|identity| Seen::of(identity.leaf())),
            None => return,
        },
        _ => return found.look("certificate", "is looked at while the program runs"),
    };
    match seen {
        Ok(seen) => judge(config, &seen, found),
        Err(why) => {
            found.wrong("certificate", format!("{why}. Look at the log and at the settings under [tls]"))
        }
    }
}

fn judge(config: &Config, seen: &Seen, found: &mut Findings) {
    let now = Clock::System.now();
    let days = seen.ends_at.duration_since(now).as_hours() / 24;
    let said = format!(
        "{} for {}, issued by {}, {days} days left",
        config.tls.mode,
        seen.names.join(", "),
        seen.issuer
    );
    let missing: Vec<&str> = config
        .tls
        .names
        .iter()
        .filter(|name| !seen.names.iter().any(|has| has.eq_ignore_ascii_case(name)))
        .map(String::as_str)
        .collect();
    let renew = match config.tls.mode {
        TlsMode::Files => "Have it renewed",
        _ => "It should have been renewed: look at the log",
    };
    if now >= seen.ends_at || now < seen.begins_at {
        found.wrong("certificate", format!("{said}: browsers refuse it. {renew}, or set the clock"));
    } else if !missing.is_empty() {
        found.wrong(
            "certificate",
            format!("{said}: it is not for {}. Have one issued that is", missing.join(", ")),
        );
    } else if days < FEW_DAYS {
        found.look("certificate", format!("{said}. {renew}"));
    } else {
        found.ok("certificate", said);
    }
}

/// Whether the name in base_url leads to an address, and to whose.
pub(super) fn name(config: &Config, found: &mut Findings) {
    let host = config.base_url.host();
    if host.parse::<IpAddr>().is_ok() || is_loopback_host(host) {
        return found.ok("name", format!("{host} needs no name server"));
    }
    let addresses: Vec<IpAddr> = match (host, 443).to_socket_addrs() {
        Ok(all) => all.map(|one| one.ip()).collect(),
        Err(why) if host.ends_with(".local") => {
            return found.look(
                "name",
                format!("{host} does not resolve here ({why}). Names in .local are announced by avahi"),
            );
        }
        Err(why) => {
            return found.wrong(
                "name",
                format!("{host} leads nowhere ({why}). Have an A or AAAA record made for it"),
            );
        }
    };
    let said = |one: &IpAddr| format!("{one} ({})", whose(*one));
    let mut all: Vec<String> = addresses.iter().map(said).collect();
    all.sort_unstable();
    all.dedup();
    found.ok("name", format!("{host} leads to {}", all.join(", ")));
}

/// Whose an address is: only one of this machine can be bound.
fn whose(address: IpAddr) -> &'static str {
    let private = match address {
        IpAddr::V4(four) => four.is_private() || four.is_link_local(),
        IpAddr::V6(six) => six.is_unique_local() || six.is_unicast_link_local(),
    };
    match address {
        _ if address.is_loopback() => "this machine alone",
        _ if UdpSocket::bind((address, 0)).is_ok() => "this machine",
        _ if private => "of a house network",
        _ => "public: a router or proxy must lead it here",
    }
}
