//! What answers: routes, forms, and the pages that a request is given.

pub mod assets;
