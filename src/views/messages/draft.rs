//! What a mail says, before it is set as plain text and as HTML: a heading and some blocks.

use crate::domain::messages::wording::Blank;
use crate::domain::text::Line;
use crate::views::frond::Counter;

/// Words within a paragraph.
#[derive(Debug, Clone)]
pub(super) enum Span {
    /// As they are.
    Plain(String),
    /// Leading somewhere: words and address.
    Link(String, String),
}

impl Span {
    fn words(&self) -> &str {
        match self {
            Self::Plain(words) | Self::Link(words, _) => words,
        }
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

/// A part of a mail.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A paragraph.
    Words(Vec<Span>),
    /// The one thing to press: words and address.
    Button(String, String),
    /// Things to choose from, one a line: words and address.
    Choices(Vec<(String, String)>),
    /// A label: an italic line, one or two large lines, small lines below.
    Label { aside: String, large: Vec<String>, small: Vec<String> },
    /// Pairs, such as of a receipt.
    Facts(Vec<(String, String)>),
    /// The counter with its sentence: what stands out, and the rest.
    Counter(Counter, String, String),
    /// Digits to type, set large.
    Code(String),
    /// A paragraph of the practitioner's, with the lines as she broke them.
    Hers(Vec<String>),
}

/// Whose words a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// Those that open the mail, which a practitioner can write anew.
    Opening,
    /// The program's: times, numbers, buttons, what became of a credit.
    Ours,
    /// Those that close it, which a practitioner can write anew.
    Closing,
}

/// A mail before it is set.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub subject: Line,
    pub preheader: String,
    pub heading: String,
    pub blocks: Vec<(Slot, Block)>,
    /// Why it came and what else is to be known, at the foot.
    pub foot: Vec<Vec<Span>>,
    /// Whether times are told in it, so that the foot names their zone.
    pub times: Times,
    /// What can be filled into a practitioner's own words.
    pub facts: Vec<(Blank, String)>,
}

/// Whether a mail tells times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Told,
    None,
}

impl Draft {
    pub fn new(subject: Line, heading: &str) -> Self {
        Self {
            subject,
            preheader: String::new(),
            heading: heading.to_owned(),
            blocks: Vec::new(),
            foot: Vec::new(),
            times: Times::None,
            facts: Vec::new(),
        }
    }

    pub fn preheader(mut self, text: impl Into<String>) -> Self {
        self.preheader = text.into();
        self
    }

    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push((Slot::Ours, block));
        self
    }

    /// Words that open the mail, unless the practitioner has her own.
    pub fn opens(mut self, text: impl Into<Span>) -> Self {
        self.blocks.push((Slot::Opening, Block::Words(vec![text.into()])));
        self
    }

    /// Words that close it, unless the practitioner has her own.
    pub fn closes(mut self, spans: impl Into<Vec<Span>>) -> Self {
        self.blocks.push((Slot::Closing, Block::Words(spans.into())));
        self
    }

    /// What a blank in the practitioner's words stands for in this mail.
    pub fn knows(mut self, blank: Blank, fact: impl Into<String>) -> Self {
        self.facts.push((blank, fact.into()));
        self
    }

    /// What stands in a slot, as text.
    pub fn said(&self, slot: Slot) -> String {
        let words = self.blocks.iter().filter(|(of, _)| *of == slot).map(|(_, block)| match block {
            Block::Words(spans) => spans.iter().map(Span::words).collect(),
            Block::Hers(lines) => lines.join("\n"),
            _ => String::new(),
        });
        words.collect::<Vec<_>>().join("\n\n")
    }

    pub fn words(self, text: impl Into<Span>) -> Self {
        self.with(Block::Words(vec![text.into()]))
    }

    pub fn spans(self, spans: impl Into<Vec<Span>>) -> Self {
        self.with(Block::Words(spans.into()))
    }

    pub fn button(self, words: impl Into<String>, url: String) -> Self {
        self.with(Block::Button(words.into(), url))
    }

    /// With a block, if there is one.
    pub fn maybe(self, block: Option<Block>) -> Self {
        match block {
            Some(block) => self.with(block),
            None => self,
        }
    }

    pub fn foot(mut self, spans: impl Into<Vec<Span>>) -> Self {
        self.foot.push(spans.into());
        self
    }

    pub fn because(self, why: &str) -> Self {
        self.foot([Span::from(why)])
    }

    pub fn with_times(mut self) -> Self {
        self.times = Times::Told;
        self
    }
}
