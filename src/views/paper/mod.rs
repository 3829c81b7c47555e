//! Papers: what prints, as a PDF of plain blocks that wrap and break by themselves. The text can be read by machines and
//! screen readers (it is tagged), the same paper gives the same bytes, and no font of the reader's is needed.

mod face;
mod press;
mod tags;

use jiff::civil::Date;

use crate::domain::money::Currency;

/// The size of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

impl Sheet {
    /// What lies in the printers where a currency is spent.
    #[must_use]
    pub fn where_spent(currency: Currency) -> Self {
        match currency.code() {
            "USD" | "CAD" | "MXN" | "COP" | "CLP" | "PHP" => Self::Letter,
            _ => Self::A4,
        }
    }

    /// Width and height in points.
    const fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.0, 842.0),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// How words stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weight {
    /// They do not.
    #[default]
    Regular,
    /// They do.
    Strong,
}

/// The line above a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A hairline.
    Hair,
    /// Two: what follows is a sum.
    Double,
}

/// Where the words of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At its left.
    Start,
    /// At its right: amounts.
    End,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its head.
    pub head: &'static str,
    /// Its part of the width, beside the others'.
    pub share: f32,
    /// Where its words stand.
    pub side: Side,
}

/// A line of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// As many as there are columns.
    pub cells: Vec<String>,
    /// How they stand out.
    pub weight: Weight,
    /// The line above them.
    pub rule: Rule,
}

/// A part of a paper.
#[derive(Debug, Clone)]
pub enum Block {
    /// What the paper is.
    Heading(String),
    /// What a part of it is.
    Subheading(String),
    /// Words, one line or several.
    Words(String, Weight),
    /// A table.
    Table(Vec<Column>, Vec<Row>),
    /// Some room.
    Gap,
}

/// A paper.
#[derive(Debug, Clone)]
pub struct Paper {
    /// What it is called where files are listed.
    pub title: String,
    /// Whose it is.
    pub author: String,
    /// Its date.
    pub on: Date,
    /// On what it is printed.
    pub sheet: Sheet,
    /// What stands on it, from above.
    pub blocks: Vec<Block>,
}

impl Paper {
    /// Whether the fonts that are built in have every letter of a text: Latin with its accents, no other script.
    #[must_use]
    pub fn can_spell(text: &str) -> bool {
        face::Face::regular().can_spell(text)
    }

    /// As a PDF; nothing if it has letters that the built-in fonts lack. It prints from its page then.
    #[must_use]
    pub fn pdf(&self) -> Option<Vec<u8>> {
        let spelled = self.blocks.iter().all(|block| match block {
            Block::Heading(text) | Block::Subheading(text) | Block::Words(text, _) => Self::can_spell(text),
            Block::Table(_, rows) => rows.iter().flat_map(|row| &row.cells).all(|text| Self::can_spell(text)),
            Block::Gap => true,
        });
        spelled.then(|| press::print(self))
    }
}

#[cfg(test)]
mod tests;
