//! A disk in memory that keeps apart what was synced and what was only written, and loses power.

use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

use crate::model::Dice;

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// What a sync does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// What it says.
    Honest,
    /// Nothing.
    Lies,
}

#[derive(Debug, Clone)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// What outlives the power.
    synced: Vec<u8>,
    /// What the program reads: all that was written.
    written: Vec<u8>,
    /// What was written since the last sync, in its order.
    pending: Vec<Pending>,
    sync: Sync,
    /// How many operations until the power goes; none: it stays.
    left: Option<usize>,
}

#[derive(Debug, Clone)]
enum Pending {
    Sector { at: usize, data: Vec<u8> },
    Length(usize),
}

fn apply(bytes: &mut Vec<u8>, pending: &Pending) {
    match pending {
        Pending::Length(len) => bytes.resize(*len, 0),
        Pending::Sector { at, data } => {
            if bytes.len() < at + data.len() {
                bytes.resize(at + data.len(), 0);
            }
            bytes[*at..at + data.len()].copy_from_slice(data);
        }
    }
}

impl Disk {
    pub fn holding(bytes: Vec<u8>) -> Self {
        let state =
            State { written: bytes.clone(), synced: bytes, pending: vec![], sync: Sync::Honest, left: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// What the program has written, synced or not: what a kill leaves.
    pub fn written(&self) -> Vec<u8> {
        self.0.lock().unwrap().written.clone()
    }

    /// Lets the power go after so many writes and syncs.
    pub fn arm(&self, sync: Sync, operations: usize) {
        let mut state = self.0.lock().unwrap();
        (state.sync, state.left) = (sync, Some(operations));
    }

    /// What could be on the disk when the power is back: of the sectors that were not synced each is there or not, and
    /// of several writes to one sector any is the last, since a disk writes in its own order.
    pub fn after_the_cut(&self, dice: &mut Dice) -> Vec<u8> {
        let state = self.0.lock().unwrap();
        assert_eq!(state.left, Some(0), "the power is still on");
        let mut bytes = state.synced.clone();
        let mut pending = state.pending.clone();
        for i in (1..pending.len()).rev() {
            if dice.once_in(4) {
                pending.swap(i, dice.below(i + 1));
            }
        }
        let kept_of = [0, 1, 2, 3, 4][dice.below(5)];
        for one in &pending {
            if dice.below(4) < kept_of {
                apply(&mut bytes, one);
            }
        }
        bytes
    }

    fn operate<T>(&self, act: impl FnOnce(&mut State) -> T) -> Result<T, Error> {
        let mut state = self.0.lock().unwrap();
        match &mut state.left {
            Some(0) => return Err(Error::other("the power is off")),
            Some(left) => *left -= 1,
            None => {}
        }
        let is_last = state.left == Some(0);
        if is_last {
            // It goes before this is done.
            return Err(Error::other("the power went"));
        }
        Ok(act(&mut state))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        Ok(self.0.lock().unwrap().written.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let state = self.0.lock().unwrap();
        let at = usize::try_from(offset).unwrap();
        let from = state.written.get(at..at + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(from);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.operate(|state| {
            let length = Pending::Length(usize::try_from(len).unwrap());
            apply(&mut state.written, &length);
            state.pending.push(length);
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        self.operate(|state| {
            let mut at = usize::try_from(offset).unwrap();
            let mut rest = data;
            while !rest.is_empty() {
                let (head, tail) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                let sector = Pending::Sector { at, data: head.to_vec() };
                apply(&mut state.written, &sector);
                state.pending.push(sector);
                (at, rest) = (at + head.len(), tail);
            }
        })
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.operate(|state| {
            if state.sync == Sync::Honest {
                for one in std::mem::take(&mut state.pending) {
                    apply(&mut state.synced, &one);
                }
            }
        })
    }
}
