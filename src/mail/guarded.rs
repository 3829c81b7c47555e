//! A line to the server that notices words put into it before it was secured.
//!
//! After STARTTLS the mail library goes on with what it had already read. Somebody on the way could append answers
//! of their own to the server's last plain one, and they would be taken for answers that came through TLS: a letter
//! would count as accepted that never was. This client never sends two commands at once, so a read in plain text that
//! holds more than the end of one answer is such an attempt.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the error says when a read held more than one answer.
pub(super) const INJECTED: &str = "somebody put words into the line before it was secured";

/// A TCP connection that begins in plain text and will be secured with STARTTLS.
#[derive(Debug)]
pub(super) struct Guarded {
    stream: TcpStream,
    answers: Answers,
}

impl Guarded {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, answers: Answers::default() }
    }
}

/// Follows plain-text answers: lines `250-…` and, last, `250 …`.
#[derive(Debug, Default)]
struct Answers {
    /// The first octets of the line that is being read, up to the one after the code.
    head: Vec<u8>,
    stage: Stage,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Plain,
    /// STARTTLS was sent; the next answer is the last in plain text.
    Asked,
    /// What follows is TLS, which looks after itself.
    Secured,
    /// The line is not the server's alone: nothing more is said on it, not even goodbye.
    Spoilt,
}

impl Answers {
    fn sending(&mut self, command: &[u8]) -> io::Result<()> {
        if self.stage == Stage::Plain && command.starts_with(b"STARTTLS") {
            self.stage = Stage::Asked;
        }
        match self.stage {
            Stage::Spoilt => Err(spoilt()),
            Stage::Plain | Stage::Asked | Stage::Secured => Ok(()),
        }
    }

    fn received(&mut self, octets: &[u8]) -> io::Result<()> {
        if self.stage == Stage::Secured {
            return Ok(());
        }
        for (i, &octet) in octets.iter().enumerate() {
            if octet != b'\n' {
                if self.head.len() < 4 {
                    self.head.push(octet);
                }
                continue;
            }
            let last_line = self.head.get(3) != Some(&b'-');
            self.head.clear();
            if last_line {
                if i + 1 < octets.len() {
                    self.stage = Stage::Spoilt;
                    return Err(spoilt());
                }
                if self.stage == Stage::Asked {
                    self.stage = Stage::Secured;
                }
            }
        }
        Ok(())
    }
}

fn spoilt() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, INJECTED)
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.answers.received(&buf.filled()[before..])?;
        }
        read
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.answers.sending(buf)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Guarded {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_many_lines_in_any_pieces_are_let_through() {
        let mut answers = Answers::default();
        for piece in ["220 hello\r\n", "250-host\r\n250-SI", "ZE\r\n25", "0 STARTTLS", "\r\n"] {
            answers.received(piece.as_bytes()).unwrap();
        }
        answers.sending(b"STARTTLS\r\n").unwrap();
        answers.received(b"220 go\r\n").unwrap();
        assert_eq!(answers.stage, Stage::Secured);
        answers.received(b"\x16\x03\x03\n\n\n").unwrap();
    }

    #[test]
    fn words_after_the_end_of_an_answer_are_refused() {
        let mut early = Answers::default();
        assert!(early.received(b"250-host\r\n250 STARTTLS\r\n220 go\r\n").is_err());
        let mut late = Answers::default();
        late.sending(b"STARTTLS\r\n").unwrap();
        assert!(late.received(b"220 go\r\n250 injected\r\n").is_err());
        assert!(late.sending(b"QUIT\r\n").is_err());
    }
}
