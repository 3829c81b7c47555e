//! Every address of the desk, with what each kind of member gets there.

/// What another practitioner gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Another {
    /// Her own page of the kind; nothing in it is somebody else's.
    Hers,
    /// Not found.
    NotFound,
}
use Another::{Hers, NotFound};

/// What the front desk gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrontDesk {
    /// As the practitioner whose desk she has open.
    Served,
    /// Told that it is for the practitioner herself; nothing is changed.
    TurnedAway,
}
use FrontDesk::{Served, TurnedAway};

/// Every address under /desk: method, pattern, whether it names something of somebody's, whether the front desk has business there.
pub const ROUTES: &[(&str, &str, Another, FrontDesk)] = &[
    ("GET", "/desk", Hers, Served),
    ("POST", "/desk/seat", NotFound, Served),
    ("GET", "/desk/calendar", Hers, Served),
    ("GET", "/desk/clients", Hers, Served),
    ("GET", "/desk/clients/{client}", NotFound, Served),
    ("GET", "/desk/clients/{client}/comp", NotFound, TurnedAway),
    ("POST", "/desk/clients/{client}/comp", NotFound, TurnedAway),
    ("GET", "/desk/clients/new", Hers, Served),
    ("POST", "/desk/clients/new", Hers, Served),
    ("GET", "/desk/clients/extend", Hers, Served),
    ("POST", "/desk/clients/extend", NotFound, Served),
    ("GET", "/desk/clients/{client}/edit", NotFound, Served),
    ("POST", "/desk/clients/{client}/edit", NotFound, Served),
    ("POST", "/desk/clients/{client}/tags", NotFound, TurnedAway),
    ("GET", "/desk/clients/{client}/sell", NotFound, Served),
    ("POST", "/desk/clients/{client}/sell", NotFound, Served),
    ("GET", "/desk/clients/{client}/notes", NotFound, TurnedAway),
    ("POST", "/desk/clients/{client}/notes", NotFound, TurnedAway),
    ("GET", "/desk/clients/{client}/notes/{note}", NotFound, TurnedAway),
    ("GET", "/desk/clients/{client}/notes/{note}/remove", NotFound, TurnedAway),
    ("POST", "/desk/clients/{client}/notes/{note}/remove", NotFound, TurnedAway),
    ("GET", "/desk/lots/{lot}/pause", NotFound, Served),
    ("POST", "/desk/lots/{lot}/pause", NotFound, Served),
    ("GET", "/desk/lots/{lot}/adjust", NotFound, TurnedAway),
    ("POST", "/desk/lots/{lot}/adjust", NotFound, TurnedAway),
    ("GET", "/desk/lots/{lot}/pass-on", NotFound, TurnedAway),
    ("POST", "/desk/lots/{lot}/pass-on", NotFound, TurnedAway),
    ("GET", "/desk/lots/{lot}/extend", NotFound, Served),
    ("POST", "/desk/lots/{lot}/extend", NotFound, Served),
    ("GET", "/desk/bookings/{booking}", NotFound, Served),
    ("POST", "/desk/bookings/{booking}/missed", NotFound, Served),
    ("POST", "/desk/bookings/{booking}/waive", NotFound, Served),
    ("POST", "/desk/bookings/{booking}/cancel", NotFound, Served),
    ("GET", "/desk/purchases/{purchase}", NotFound, Served),
    ("POST", "/desk/purchases/{purchase}/paid", NotFound, Served),
    ("POST", "/desk/purchases/{purchase}/withdraw", NotFound, TurnedAway),
    ("GET", "/desk/refunds/{refund}", NotFound, TurnedAway),
    ("GET", "/desk/packages", Hers, TurnedAway),
    ("GET", "/desk/packages/new", Hers, TurnedAway),
    ("POST", "/desk/packages/new", NotFound, TurnedAway),
    ("GET", "/desk/packages/{package}", NotFound, TurnedAway),
    ("POST", "/desk/packages/{package}", NotFound, TurnedAway),
    ("POST", "/desk/packages/{package}/listing", NotFound, TurnedAway),
    ("GET", "/desk/hours", Hers, TurnedAway),
    ("POST", "/desk/hours", Hers, TurnedAway),
    ("POST", "/desk/hours/dates", Hers, TurnedAway),
    ("POST", "/desk/hours/dates/{date}/remove", NotFound, TurnedAway),
    ("POST", "/desk/hours/off", Hers, TurnedAway),
    ("POST", "/desk/hours/off/{closure}/remove", NotFound, TurnedAway),
    ("GET", "/desk/messages", Hers, TurnedAway),
    ("POST", "/desk/messages", NotFound, TurnedAway),
    ("POST", "/desk/messages/{message}/retry", NotFound, TurnedAway),
    ("GET", "/desk/people", NotFound, TurnedAway),
    ("POST", "/desk/people", NotFound, TurnedAway),
    ("GET", "/desk/people/{member}", NotFound, TurnedAway),
    ("POST", "/desk/people/{member}/again", NotFound, TurnedAway),
    ("POST", "/desk/people/{member}/revoke", NotFound, TurnedAway),
    ("POST", "/desk/people/{member}/role", NotFound, TurnedAway),
    ("POST", "/desk/people/{member}/leave", NotFound, TurnedAway),
    ("POST", "/desk/people/{member}/back", NotFound, TurnedAway),
    ("GET", "/desk/till", Hers, TurnedAway),
    ("POST", "/desk/till", NotFound, TurnedAway),
    ("POST", "/desk/till/remove", Hers, TurnedAway),
    ("GET", "/desk/account", Hers, Served),
    ("POST", "/desk/account", Hers, Served),
    ("GET", "/desk/settings", Hers, TurnedAway),
    ("POST", "/desk/settings/storefront", Hers, TurnedAway),
    ("POST", "/desk/settings/practice", NotFound, TurnedAway),
    ("POST", "/desk/settings/password", Hers, TurnedAway),
    ("POST", "/desk/settings/pictures", Hers, TurnedAway),
    // The doors, which are open to anybody.
    ("GET", "/desk/sign-in", Hers, Served),
    ("POST", "/desk/sign-in", Hers, Served),
    ("POST", "/desk/sign-in/link", Hers, Served),
];
