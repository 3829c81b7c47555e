//! Tells a supervisor such as systemd how the program is: ready, alive, reading its settings anew, stopping (sd_notify(3): one datagram each to the
//! socket in `NOTIFY_SOCKET`). Where nobody supervises, it says nothing.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use super::clock::monotonic_microseconds;

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Requests are answered from now on.
    Ready,
    /// Still well; to be said more often than the watchdog's time.
    Alive,
    /// The settings are read anew; it ends with [`Word::Ready`].
    Reloading,
    /// The end has begun, as asked.
    Stopping,
}

impl Word {
    fn datagram(self) -> String {
        match self {
            Self::Ready => "READY=1".to_owned(),
            Self::Alive => "WATCHDOG=1".to_owned(),
            // The time tells this reload from an earlier one.
            Self::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()),
            Self::Stopping => "STOPPING=1".to_owned(),
        }
    }
}

/// Who started the program and wants to hear of it, if anybody does.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    socket: Option<SocketAddr>,
    watchdog: Option<Duration>,
}

impl Supervisor {
    /// As the environment of the process has it.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self::of(|name| std::env::var_os(name), std::process::id())
    }

    /// As an environment has it, for the process with this number.
    fn of(variable: impl Fn(&str) -> Option<OsString>, pid: u32) -> Self {
        let Some(named) = variable("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Self::default();
        };
        let socket = address(&named)
            .inspect_err(|why| {
                tracing::warn!("NOTIFY_SOCKET cannot be used ({why}): the supervisor hears nothing")
            })
            .ok();
        let number = |name: &str| variable(name)?.to_str()?.parse::<u64>().ok();
        // The variable may have been inherited from a process that is watched itself.
        let meant = variable("WATCHDOG_PID").is_none() || number("WATCHDOG_PID") == Some(pid.into());
        let watchdog = number("WATCHDOG_USEC").filter(|microseconds| meant && *microseconds > 0);
        Self { watchdog: watchdog.filter(|_| socket.is_some()).map(Duration::from_micros), socket }
    }

    /// After how long without [`Word::Alive`] the program is taken for hung and started anew; none if nobody watches.
    #[must_use]
    pub const fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Says it. That it cannot be said is logged and changes nothing else.
    pub fn tell(&self, word: Word) {
        self.send(&word.datagram());
    }

    /// Says in a line for people how it is; `systemctl status` shows it.
    pub fn status(&self, line: &str) {
        self.send(&format!("STATUS={}", line.replace('\n', " ")));
    }

    fn send(&self, datagram: &str) {
        let Some(socket) = &self.socket else { return };
        let sent = UnixDatagram::unbound().and_then(|from| from.send_to_addr(datagram.as_bytes(), socket));
        if let Err(why) = sent {
            tracing::warn!("the supervisor cannot be told ({why})");
        }
    }
}

/// A path, or after `@` a name in Linux' abstract namespace.
fn address(named: &OsStr) -> io::Result<SocketAddr> {
    match named.as_bytes() {
        #[cfg(target_os = "linux")]
        [b'@', name @ ..] => <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name),
        [b'/', ..] => SocketAddr::from_pathname(named),
        _ => Err(io::Error::new(io::ErrorKind::Unsupported, "neither a path nor an abstract name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supervised(variables: &[(&str, &str)]) -> Supervisor {
        let find =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        Supervisor::of(find, 42)
    }

    fn heard(at: &UnixDatagram) -> String {
        at.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut bytes = [0; 128];
        let length = at.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    #[test]
    fn each_word_arrives_at_a_socket_that_is_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let supervisor = supervised(&[("NOTIFY_SOCKET", path.to_str().unwrap())]);
        for (word, datagram) in
            [(Word::Ready, "READY=1"), (Word::Alive, "WATCHDOG=1"), (Word::Stopping, "STOPPING=1")]
        {
            supervisor.tell(word);
            assert_eq!(heard(&socket), datagram);
        }
        supervisor.status("Serving\nhttps://book.example");
        assert_eq!(heard(&socket), "STATUS=Serving https://book.example");
        let began = monotonic_microseconds();
        supervisor.tell(Word::Reloading);
        let told = heard(&socket);
        let at: u64 = told.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap().parse().unwrap();
        assert!((began..=monotonic_microseconds()).contains(&at), "{told}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_word_arrives_at_an_abstract_socket() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("fiddlehead-notify-{}", std::process::id());
        let socket = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        supervised(&[("NOTIFY_SOCKET", &format!("@{name}"))]).tell(Word::Ready);
        assert_eq!(heard(&socket), "READY=1");
    }

    #[test]
    fn where_nobody_listens_nothing_happens() {
        for variables in [
            &[][..],
            &[("NOTIFY_SOCKET", "")],
            &[("NOTIFY_SOCKET", "vsock:2:1234"), ("WATCHDOG_USEC", "1000000")],
            &[("WATCHDOG_USEC", "1000000")],
        ] {
            let supervisor = supervised(variables);
            supervisor.tell(Word::Ready);
            assert!(supervisor.socket.is_none() && supervisor.watchdog().is_none(), "{variables:?}");
        }
        supervised(&[("NOTIFY_SOCKET", "/nowhere/notify")]).tell(Word::Ready);
    }

    #[test]
    fn the_watchdogs_time_is_read_if_it_is_meant_for_this_process() {
        for (usec, pid, time) in [
            ("30000000", None, Some(Duration::from_secs(30))),
            ("30000000", Some("42"), Some(Duration::from_secs(30))),
            ("30000000", Some("41"), None),
            ("30000000", Some("x"), None),
            ("0", None, None),
            ("soon", None, None),
        ] {
            let mut variables = vec![("NOTIFY_SOCKET", "/run/notify"), ("WATCHDOG_USEC", usec)];
            variables.extend(pid.map(|pid| ("WATCHDOG_PID", pid)));
            assert_eq!(supervised(&variables).watchdog(), time, "{usec} {pid:?}");
        }
    }
}
