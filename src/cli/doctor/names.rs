//! What name servers say under a name: one question, by UDP and, where the answer is too long for it, by TCP (RFC 1035, RFC 7766). The
//! system's own look-up knows addresses only.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

use domain::base::iana::Rcode;
use domain::base::{Message, MessageBuilder, Name, Rtype};
use domain::rdata::{Mx, Txt};

use crate::platform::entropy::Entropy;

const PATIENCE: Duration = Duration::from_secs(2);
/// How often each server is asked by UDP, where a packet may be lost.
const TRIES: usize = 2;
/// What passes everywhere in one piece (DNS flag day 2020).
const PACKET: u16 = 1232;
const PORT: u16 = 53;

/// What there is under a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told<T> {
    /// Not even the name.
    NoName,
    /// The name is there, with so much of what was asked for, which may be none.
    Has(Vec<T>),
}

impl<T> Told<T> {
    /// What was told, however little.
    pub(super) fn all(self) -> Vec<T> {
        match self {
            Self::NoName => Vec::new(),
            Self::Has(all) => all,
        }
    }
}

/// Servers to ask, one after another until one answers.
#[derive(Debug)]
pub(super) struct NameServers(Vec<SocketAddr>);

impl NameServers {
    /// The one that is named, or those that this machine uses.
    pub(super) fn new(named: Option<SocketAddr>) -> Self {
        Self(named.map_or_else(|| of_file(Path::new("/etc/resolv.conf")), |one| vec![one]))
    }

    /// The texts under a name.
    ///
    /// # Errors
    /// Why none of the servers said.
    pub(super) fn texts(&self, name: &str) -> Result<Told<String>, String> {
        self.told(name, Rtype::TXT, |answer| {
            let found = answer.answer().ok()?.limit_to::<Txt<_>>().filter_map(Result::ok);
            let text = |text: Vec<u8>| String::from_utf8_lossy(&text).into_owned();
            Some(found.map(|record| text(record.data().text())).collect())
        })
    }

    /// The servers that take mail for a domain.
    ///
    /// # Errors
    /// Why none of the servers said.
    pub(super) fn mail_servers(&self, name: &str) -> Result<Told<String>, String> {
        self.told(name, Rtype::MX, |answer| {
            let found = answer.answer().ok()?.limit_to::<Mx<_>>().filter_map(Result::ok);
            Some(found.map(|record| record.data().exchange().to_string()).collect())
        })
    }

    fn told<T>(
        &self,
        name: &str,
        kind: Rtype,
        read: impl Fn(&Message<Vec<u8>>) -> Option<Vec<T>>,
    ) -> Result<Told<T>, String> {
        let question = question(name, kind)?;
        let mut why = "no name server is known here".to_owned();
        for server in &self.0 {
            let answer = match ask(*server, &question) {
                Ok(answer) => answer,
                Err(failed) => {
                    why = format!("{server}: {failed}");
                    continue;
                }
            };
            match answer.header().rcode() {
                Rcode::NXDOMAIN => return Ok(Told::NoName),
                Rcode::NOERROR => match read(&answer) {
                    Some(all) => return Ok(Told::Has(all)),
                    None => why = format!("{server}: its answer cannot be read"),
                },
                other => why = format!("{server}: {other}"),
            }
        }
        Err(why)
    }
}

/// The servers in a file of the system's form; this machine itself if it names none.
fn of_file(file: &Path) -> Vec<SocketAddr> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().filter(|word| *word == "nameserver")?;
        let address: IpAddr = words.next()?.parse().ok()?;
        Some(SocketAddr::new(address, PORT))
    });
    let servers: Vec<_> = named.collect();
    if servers.is_empty() { vec![SocketAddr::from(([127, 0, 0, 1], PORT))] } else { servers }
}

fn question(name: &str, kind: Rtype) -> Result<Message<Vec<u8>>, String> {
    let parsed = Name::vec_from_str(name).map_err(|why| format!("{name} is no name ({why})"))?;
    let mut message = MessageBuilder::new_vec();
    message.header_mut().set_id(u16::from_be_bytes(Entropy::system().bytes()));
    message.header_mut().set_rd(true);
    let mut message = message.question();
    message.push((parsed, kind)).map_err(|why| why.to_string())?;
    let mut message = message.additional();
    let more = message.opt(|options| {
        options.set_udp_payload_size(PACKET);
        Ok(())
    });
    more.map_err(|why| why.to_string())?;
    Ok(message.into_message())
}

fn ask(server: SocketAddr, question: &Message<Vec<u8>>) -> io::Result<Message<Vec<u8>>> {
    let mut answer = by_udp(server, question);
    for _ in 1..TRIES {
        answer = answer.or_else(|_| by_udp(server, question));
    }
    let answer = answer?;
    if answer.header().tc() { by_tcp(server, question) } else { Ok(answer) }
}

fn by_udp(server: SocketAddr, question: &Message<Vec<u8>>) -> io::Result<Message<Vec<u8>>> {
    let socket = UdpSocket::bind(if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(question.as_slice())?;
    let mut packet = vec![0; PACKET.into()];
    let length = socket.recv(&mut packet)?;
    packet.truncate(length);
    answer_to(question, packet)
}

fn by_tcp(server: SocketAddr, question: &Message<Vec<u8>>) -> io::Result<Message<Vec<u8>>> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = u16::try_from(question.as_slice().len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], question.as_slice()].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut answer = vec![0; u16::from_be_bytes(length).into()];
    stream.read_exact(&mut answer)?;
    answer_to(question, answer)
}

fn answer_to(question: &Message<Vec<u8>>, bytes: Vec<u8>) -> io::Result<Message<Vec<u8>>> {
    let answer = Message::try_from_octets(bytes).ok().filter(|answer| {
        // Some servers leave the question away where there is no room for the answer.
        let (ours, its) = (question.header(), answer.header());
        answer.is_answer(question) || (its.tc() && its.qr() && its.id() == ours.id())
    });
    answer.ok_or_else(|| io::Error::other("its answer is to no question of ours"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_servers_are_read_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("resolv.conf");
        std::fs::write(&file, "# by hand\nsearch house\nnameserver 192.168.1.1\nnameserver ::1 # six\nnameserver fe80::1%eth0\n")
            .unwrap();
        assert_eq!(of_file(&file), ["192.168.1.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()]);
        assert_eq!(of_file(&folder.path().join("none")), ["127.0.0.1:53".parse().unwrap()]);
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let ours = question("quietfield.example", Rtype::TXT).unwrap();
        let other = question("quietfield.example", Rtype::TXT).unwrap();
        assert!(answer_to(&ours, ours.as_slice().to_vec()).is_err(), "a question is no answer");
        let mut answer = Message::from_octets(other.as_slice().to_vec()).unwrap();
        answer.header_mut().set_qr(true);
        answer.header_mut().set_id(ours.header().id().wrapping_add(1));
        assert!(answer_to(&ours, answer.as_slice().to_vec()).is_err(), "of another number");
        answer.header_mut().set_id(ours.header().id());
        assert!(answer_to(&ours, answer.as_slice().to_vec()).is_ok());
        answer.header_mut().set_tc(true);
        let mut cut = answer.as_slice()[..12].to_vec();
        cut[4..12].fill(0);
        assert!(
            answer_to(&ours, cut.clone()).is_ok(),
            "too long for a packet, and said so by the header alone"
        );
        cut[0] ^= 1;
        assert!(answer_to(&ours, cut).is_err());
        assert!(question("a..b", Rtype::TXT).is_err());
    }
}
