//! The tests that stand outside the house, one program for all of them.

mod tidy;
