//! The web: parses a request, asks an action or reads the store, and answers with a view.

pub mod assets;
pub mod client_addr;
pub mod failure;
pub mod limit;
pub mod listen;
pub mod security;
