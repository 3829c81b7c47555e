//! Tests of the program from outside: its rooms together, and its peers.

mod stripe_peer;
