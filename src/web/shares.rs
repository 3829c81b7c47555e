//! What there is for all, such as room for bodies that are being read: bounded in sum, and so that nobody takes all of it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::limit::Key;

/// Room for all bodies that are being read: a form of the largest kind twice, or ten thousand sign-ins.
const BODIES: usize = 40 * 1024 * 1024;
/// How long a body waits for room; at most a quarter of the time that it has.
const WAIT: Duration = Duration::from_secs(5);
/// How often it looks whether there is some.
const LOOK: Duration = Duration::from_millis(50);

/// How much was taken, and by whom.
pub struct Shares {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<Key, usize>,
}

impl fmt::Debug for Shares {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Shares({} of {})", self.taken().all, self.all)
    }
}

impl Shares {
    /// So much for all, and so much of it for each.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, taken: Mutex::default() })
    }

    /// Those of bodies: one sender has half of the room, which two pictures fit into.
    #[must_use]
    pub fn of_bodies() -> Arc<Self> {
        Self::new(BODIES, BODIES / 2)
    }

    /// A share of somebody's, with nothing in it yet.
    #[must_use]
    pub fn share(self: &Arc<Self>, by: Key) -> Share {
        Share { of: Arc::clone(self), by, much: 0 }
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What somebody has taken; given back when it is dropped.
#[derive(Debug)]
pub struct Share {
    of: Arc<Shares>,
    by: Key,
    much: usize,
}

impl Share {
    /// Takes so much more, if there is as much for her.
    pub fn take(&mut self, much: usize) -> bool {
        if much == 0 {
            return true;
        }
        let mut taken = self.of.taken();
        let hers = taken.by.get(&self.by).copied().unwrap_or_default();
        if taken.all + much > self.of.all || hers + much > self.of.each {
            return false;
        }
        taken.all += much;
        taken.by.insert(self.by, hers + much);
        self.much += much;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        taken.all = taken.all.saturating_sub(self.much);
        let left = taken.by.get(&self.by).map_or(0, |hers| hers.saturating_sub(self.much));
        match left {
            0 => taken.by.remove(&self.by),
            left => taken.by.insert(self.by, left),
        };
    }
}

/// A body that is read as far as there is room for it.
pub struct MeteredBody {
    body: Body,
    tab: Arc<Tab>,
    held: Option<Frame<Bytes>>,
    waits: Option<(Pin<Box<Sleep>>, Instant)>,
    longest: Duration,
}

/// What a request has taken for its body. It is kept until the answer is there, as the handler has what was read.
#[derive(Debug)]
pub struct Tab {
    share: Mutex<Share>,
    refused: AtomicBool,
}

impl Tab {
    /// Whether there was no room.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Acquire)
    }
}

impl MeteredBody {
    /// Bounds a body by what there is; `patience` is the time that it has to arrive.
    #[must_use]
    pub fn new(body: Body, share: Share, patience: Duration) -> (Self, Arc<Tab>) {
        let tab = Arc::new(Tab { share: Mutex::new(share), refused: AtomicBool::new(false) });
        let longest = WAIT.min(patience / 4);
        (Self { body, tab: Arc::clone(&tab), held: None, waits: None, longest }, tab)
    }
}

impl HttpBody for MeteredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = match self.held.take() {
            Some(frame) => frame,
            None => match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            },
        };
        let much = frame.data_ref().map_or(0, Bytes::len);
        let longest = self.longest;
        loop {
            if self.tab.share.lock().unwrap_or_else(PoisonError::into_inner).take(much) {
                self.waits = None;
                return Poll::Ready(Some(Ok(frame)));
            }
            let (look, until) = self
                .waits
                .get_or_insert_with(|| (Box::pin(tokio::time::sleep(LOOK)), Instant::now() + longest));
            if Instant::now() >= *until {
                self.tab.refused.store(true, Ordering::Release);
                let full =
                    io::Error::new(io::ErrorKind::OutOfMemory, "too much is being read at this moment");
                return Poll::Ready(Some(Err(axum::Error::new(full))));
            }
            if look.as_mut().poll(context).is_pending() {
                self.held = Some(frame);
                return Poll::Pending;
            }
            look.as_mut().reset(Instant::now() + LOOK);
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.held.is_none() { self.body.size_hint() } else { SizeHint::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_her_share_or_than_there_is_and_what_is_dropped_is_there_again() {
        let shares = Shares::new(10, 6);
        let of = |text: &str| shares.share(Key::address("body", text.parse().unwrap()));
        let (mut one, mut again) = (of("2001:db8::1"), of("2001:db8::2"));
        assert!(one.take(4) && again.take(2) && !again.take(1), "one network");
        let mut other = of("203.0.113.9");
        assert!(!other.take(5) && other.take(4) && !other.take(1), "all is taken");
        drop(one);
        assert!(other.take(2) && !other.take(1) && again.take(2));
        drop((again, other));
        assert!(shares.taken().by.is_empty() && shares.taken().all == 0);
    }
}
