//! Whether mail goes out: a page that would promise a mail says instead what is handed over at the practice.

/// Whether mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post {
    /// By a server, or into the demo's mailbox.
    Goes,
    /// Not at all: whoever sits at the desk hands over what a mail would hold.
    HandedOver,
}

impl Post {
    /// The words for where mail goes out, or those for where none does.
    #[must_use]
    pub const fn says<'a>(self, goes: &'a str, handed_over: &'a str) -> &'a str {
        match self {
            Self::Goes => goes,
            Self::HandedOver => handed_over,
        }
    }

    /// What is said to the desk of a message to somebody; where none goes, that she has to be told otherwise.
    #[must_use]
    pub fn tells(self, goes: &str, name: &str) -> String {
        match self {
            Self::Goes => goes.to_owned(),
            Self::HandedOver => format!("No mail goes out: please tell {name} yourself."),
        }
    }
}
