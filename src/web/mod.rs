//! Who asks is a person with a browser: what comes in over HTTP is parsed, allowed or refused, and answered here.

pub mod client_addr;
pub mod failure;
pub mod limit;
pub mod listen;
pub mod security;
