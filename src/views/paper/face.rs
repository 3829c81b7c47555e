//! The two fonts that papers are set in: Rosario, cut down to Latin with its accents and with the figures of tables.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use ttf_parser::GlyphId;

use super::Weight;
use crate::views::asset;

const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font, with the letters that were used of it.
pub(super) struct Face {
    file: &'static [u8],
    face: ttf_parser::Face<'static>,
    name: &'static str,
    used: BTreeMap<u16, char>,
}

impl Face {
    fn of(file: &str, name: &'static str) -> Self {
        let file = asset::named(file).expect("the fonts are in the program").body.as_slice();
        let face = ttf_parser::Face::parse(file, 0).expect("the fonts in the program are sound");
        Self { file, face, name, used: BTreeMap::new() }
    }

    pub(super) fn regular() -> Self {
        Self::of("fonts/paper/rosario-regular.ttf", "Rosario-Regular")
    }

    pub(super) fn strong() -> Self {
        Self::of("fonts/paper/rosario-semibold.ttf", "Rosario-SemiBold")
    }

    pub(super) fn can_spell(&self, text: &str) -> bool {
        text.chars().all(|letter| letter == '\n' || self.face.glyph_index(letter).is_some())
    }

    fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).unwrap_or(GlyphId(0))
    }

    /// In thousandths of the size.
    fn advance(&self, glyph: GlyphId) -> f32 {
        let units = f32::from(self.face.units_per_em());
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default()) * 1000.0 / units
    }

    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(self.glyph(letter))).sum::<f32>() * size / 1000.0
    }

    /// As the page shows it: two bytes a letter.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let glyph = self.glyph(letter);
            self.used.entry(glyph.0).or_insert(letter);
            bytes.extend(glyph.0.to_be_bytes());
        }
        bytes
    }

    /// Writes the font with what reads its letters back as text; takes five references from `next`.
    pub(super) fn write(&self, pdf: &mut Pdf, font: Ref, next: &mut Ref) {
        let [cid, descriptor, file, unicode] = [(); 4].map(|()| next.bump());
        let name = Name(self.name.as_bytes());
        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
        font.cid_to_gid_map_predefined(Name(b"Identity")).default_width(0.0);
        let mut widths = font.widths();
        for glyph in self.used.keys() {
            widths.consecutive(*glyph, [self.advance(GlyphId(*glyph))]);
        }
        widths.finish();
        font.finish();
        let (bounds, scale) = (self.face.global_bounding_box(), 1000.0 / f32::from(self.face.units_per_em()));
        let of = |units: i16| f32::from(units) * scale;
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(of(bounds.x_min), of(bounds.y_min), of(bounds.x_max), of(bounds.y_max)))
            .italic_angle(0.0)
            .ascent(of(self.face.ascender()))
            .descent(of(self.face.descender()))
            .cap_height(of(self.face.capital_height().unwrap_or_default()))
            .stem_v(if self.name.ends_with("Bold") { 120.0 } else { 80.0 })
            .font_file2(file);
        let packed = packed(self.file);
        pdf.stream(file, &packed)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), i32::try_from(self.file.len()).unwrap_or(i32::MAX));
        let mut map = UnicodeCmap::<u16>::new(Name(b"Letters"), IDENTITY);
        for (glyph, letter) in &self.used {
            map.pair(*glyph, *letter);
        }
        pdf.cmap(unicode, &map.finish());
    }
}

/// The same bytes for the same bytes, smaller.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("memory takes every byte")
}

/// Both fonts.
pub(super) struct Faces {
    regular: Face,
    strong: Face,
}

impl Faces {
    pub(super) fn new() -> Self {
        Self { regular: Face::regular(), strong: Face::strong() }
    }

    pub(super) fn of(&mut self, weight: Weight) -> &mut Face {
        match weight {
            Weight::Regular => &mut self.regular,
            Weight::Strong => &mut self.strong,
        }
    }

    pub(super) const fn name(weight: Weight) -> Name<'static> {
        match weight {
            Weight::Regular => Name(b"F1"),
            Weight::Strong => Name(b"F2"),
        }
    }
}
