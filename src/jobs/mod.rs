//! The timetable: what is looked at without being asked, and how often. No truth depends on it; it only wakes.

pub mod runner;
