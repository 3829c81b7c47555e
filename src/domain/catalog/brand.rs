//! How a practice looks to others: its accent, the one colour from which `views::brand` derives all others.

use std::fmt;
use std::str::FromStr;

/// Text that is no colour of the form `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a colour of the form #rrggbb")]
pub struct NotAnAccent;

/// A practitioner's colour, any that sRGB has. What is shown keeps its hue and never its lightness, so none can
/// make a page unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Accent([u8; 3]);

impl Accent {
    /// Fern, the green that a new practice begins with.
    pub const FERN: Self = Self([0x3d, 0x6a, 0x41]);

    /// Red, green and blue, 0 to 255 each.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        self.0
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self::FERN
    }
}

impl FromStr for Accent {
    type Err = NotAnAccent;
    fn from_str(text: &str) -> Result<Self, NotAnAccent> {
        let digits = text.trim().strip_prefix('#').ok_or(NotAnAccent)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnAccent);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_| NotAnAccent)?;
        let [_, r, g, b] = value.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

/// As `#rrggbb`, lower case.
impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A preset accent, named for the plant that dyes so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dye {
    /// The plant, as readers see it.
    pub name: &'static str,
    /// Its colour.
    pub accent: Accent,
}

/// The eight presets, in the order in which they are offered.
pub const DYES: [Dye; 8] = [
    Dye { name: "Fern", accent: Accent::FERN },
    Dye { name: "Woad", accent: Accent([0x2f, 0x5d, 0x7c]) },
    Dye { name: "Madder", accent: Accent([0xa2, 0x45, 0x2f]) },
    Dye { name: "Weld", accent: Accent([0x8a, 0x74, 0x1c]) },
    Dye { name: "Walnut", accent: Accent([0x6d, 0x4c, 0x33]) },
    Dye { name: "Heather", accent: Accent([0x7d, 0x4a, 0x6b]) },
    Dye { name: "Bilberry", accent: Accent([0x3f, 0x4a, 0x7d]) },
    Dye { name: "Slate", accent: Accent([0x4a, 0x5a, 0x63]) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_is_read_as_it_is_written() {
        for text in ["#3d6a41", "#000000", "#ffffff", "#39ff14"] {
            assert_eq!(text.parse::<Accent>().unwrap().to_string(), text);
        }
        assert_eq!(" #A2452F ".parse::<Accent>().unwrap().to_string(), "#a2452f");
    }

    #[test]
    fn nothing_but_six_digits_is_an_accent() {
        for text in
            ["", "3d6a41", "#3d6", "#3d6a4", "#3d6a411", "#+d6a41", "#3d6a4g", "red", "#3d6a41;}", "#é6a41"]
        {
            assert_eq!(text.parse::<Accent>(), Err(NotAnAccent), "{text}");
        }
    }
}
