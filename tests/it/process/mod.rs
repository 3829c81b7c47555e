//! The real program as a process, against real peers: what it holds when the world outside does its worst.

mod payments;
