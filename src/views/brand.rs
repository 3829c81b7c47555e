//! The palette from one accent, computed as `assets/css/tokens.css` has the browser compute it: for mails, for
//! `theme-color`, and for browsers that know no relative colour. Lightness is fixed per role and chroma is capped;
//! only hue travels, so that no accent can break contrast.

use std::fmt::{self, Write as _};

use super::asset;
use crate::domain::catalog::brand::Accent;

/// Day or night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Ink on warm paper.
    Light,
    /// A sun print: pale leaves on a ground of the accent's hue.
    Dark,
}

/// A colour as screens have it; shown as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hex([u8; 3]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// What the accent gives to the palette: its chroma and its hue in radians. Its lightness is not asked.
#[derive(Debug, Clone, Copy)]
struct Tint {
    chroma: f64,
    hue: f64,
}

/// A colour in oklab, where mixing is even.
#[derive(Debug, Clone, Copy)]
struct Lab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl Lab {
    /// Lightness in percent, chroma, hue in degrees: as CSS writes `oklch()`.
    fn oklch(lightness: f64, chroma: f64, hue: f64) -> Self {
        let hue = hue.to_radians();
        Self { lightness: lightness / 100., a: chroma * hue.cos(), b: chroma * hue.sin() }
    }

    fn mix(self, other: Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + (b - a) * share;
        Self {
            lightness: between(self.lightness, other.lightness),
            a: between(self.a, other.a),
            b: between(self.b, other.b),
        }
    }

    /// In sRGB, clipped per channel, as browsers do.
    fn hex(self) -> Hex {
        let Self { lightness: l, a, b } = self;
        let cube = |x: f64| x * x * x;
        let long = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
        let medium = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
        let short = cube(l - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
        Hex([
            channel(4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short),
            channel(-1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short),
            channel(-0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short),
        ])
    }
}

/// Linear light to a byte of sRGB.
fn channel(linear: f64) -> u8 {
    let linear = linear.clamp(0., 1.);
    let curved = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1. / 2.4) - 0.055 };
    // Between 0 and 255 by the clamp.
    (curved * 255.).round() as u8
}

/// A byte of sRGB to linear light.
fn linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

impl Tint {
    fn of(accent: Accent) -> Self {
        let [r, g, b] = accent.rgb().map(linear);
        let long = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let medium = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let short = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        Self { chroma: a.hypot(b), hue: b.atan2(a) }
    }

    /// The role's lightness in percent, the accent's chroma times `share` up to `cap`, the accent's hue.
    fn role(self, lightness: f64, share: f64, cap: f64) -> Lab {
        let chroma = (self.chroma * share).min(cap);
        Lab { lightness: lightness / 100., a: chroma * self.hue.cos(), b: chroma * self.hue.sin() }
    }
}

macro_rules! palette {
    ($($(#[$doc:meta])* $name:ident $css:literal),* $(,)?) => {
        /// All colours of one scheme, as `tokens.css` names them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Palette { $($(#[$doc])* pub $name: Hex),* }

        impl Palette {
            /// `--paper:#f8f4ea;--sheet:…`
            fn declarations(&self) -> String {
                let mut css = String::new();
                $(let _ = write!(css, concat!("--", $css, ":{};"), self.$name);)*
                css.pop();
                css
            }
        }
    };
}

palette! {
    /// The page.
    paper "paper",
    /// Labels, plates, fields.
    sheet "sheet",
    /// The foot, the desk's side.
    mount "mount",
    /// Text.
    ink "ink",
    /// Second text.
    ink2 "ink-2",
    /// Hairlines, for decoration only.
    rule "rule",
    /// Borders of controls.
    edge "edge",
    /// Links and small accents.
    ac "ac",
    /// The filled button.
    fill "fill",
    /// The filled button's words.
    on_fill "on-fill",
    /// Fronds, icons, bars; never text.
    leaf "leaf",
    /// Notes, what is chosen.
    wash "wash",
    /// The ground of a print.
    deep "deep",
    /// The leaves of a print.
    pale "pale",
    /// Something to heed.
    warn "warn",
    /// The ground of a heedful note.
    warn_wash "warn-wash",
    /// Something wrong.
    bad "bad",
    /// The ground of a note of something wrong.
    bad_wash "bad-wash",
}

/// All colours of an accent.
#[must_use]
pub fn palette(accent: Accent, scheme: Scheme) -> Palette {
    paint(Tint::of(accent), scheme)
}

/// The numbers of `tokens.css`, line by line.
fn paint(tint: Tint, scheme: Scheme) -> Palette {
    let (paper, leaf);
    match scheme {
        Scheme::Light => {
            paper = Lab::oklch(97., 0.012, 88.);
            leaf = tint.role(50., 1., 0.13);
            Palette {
                paper: paper.hex(),
                sheet: Lab::oklch(99., 0.007, 92.).hex(),
                mount: Lab::oklch(94.2, 0.016, 86.).hex(),
                ink: Lab::oklch(26., 0.02, 130.).hex(),
                ink2: Lab::oklch(44., 0.02, 120.).hex(),
                rule: Lab::oklch(86., 0.018, 88.).hex(),
                edge: Lab::oklch(57., 0.02, 100.).hex(),
                ac: tint.role(42., 1., 0.12).hex(),
                fill: tint.role(38., 1., 0.1).hex(),
                on_fill: Lab::oklch(98., 0.01, 95.).hex(),
                leaf: leaf.hex(),
                wash: paper.mix(leaf, 0.08).hex(),
                deep: tint.role(31., 0.6, 0.075).hex(),
                pale: tint.role(92., 0.3, 0.045).hex(),
                warn: Lab::oklch(46., 0.09, 70.).hex(),
                warn_wash: Lab::oklch(95.5, 0.035, 85.).hex(),
                bad: Lab::oklch(46., 0.15, 28.).hex(),
                bad_wash: Lab::oklch(95.5, 0.02, 28.).hex(),
            }
        }
        Scheme::Dark => {
            paper = tint.role(21.5, 0.36, 0.04);
            leaf = tint.role(82., 0.7, 0.075);
            Palette {
                paper: paper.hex(),
                sheet: tint.role(25.8, 0.38, 0.044).hex(),
                mount: tint.role(18., 0.32, 0.034).hex(),
                ink: Lab::oklch(93.5, 0.018, 95.).hex(),
                ink2: Lab::oklch(79., 0.02, 100.).hex(),
                rule: tint.role(36.5, 0.4, 0.045).hex(),
                edge: tint.role(62., 0.36, 0.045).hex(),
                ac: tint.role(86., 0.7, 0.075).hex(),
                fill: tint.role(87., 0.5, 0.055).hex(),
                on_fill: tint.role(21., 0.36, 0.04).hex(),
                leaf: leaf.hex(),
                wash: paper.mix(leaf, 0.13).hex(),
                deep: tint.role(29., 0.6, 0.07).hex(),
                pale: tint.role(91., 0.3, 0.045).hex(),
                warn: Lab::oklch(84., 0.09, 80.).hex(),
                warn_wash: Lab::oklch(30., 0.045, 75.).hex(),
                bad: Lab::oklch(83., 0.085, 28.).hex(),
                bad_wash: Lab::oklch(30., 0.055, 28.).hex(),
            }
        }
    }
}

/// The palette of `selector` for browsers that know no relative colour (before Chrome 119, Safari 16.4,
/// Firefox 128), in both schemes.
#[must_use]
pub fn fallback(selector: &str, accent: Accent) -> String {
    let [light, dark] = [Scheme::Light, Scheme::Dark].map(|scheme| palette(accent, scheme).declarations());
    format!(
        "@supports not (color:oklch(from red l c h)){{{selector}{{{light}}}\
         @media screen and (prefers-color-scheme:dark){{{selector}{{{dark}}}}}}}\n"
    )
}

/// The class under which the accent is in force inside a page of another accent (with `tint`: `class="tint k3d6a41"`).
#[must_use]
pub fn tint_class(accent: Accent) -> String {
    accent.to_string().replacen('#', "k", 1)
}

/// What of a page's stylesheet is its own: the accent, the accents that parts of it have, and their palettes for old browsers.
#[must_use]
pub fn stylesheet(accent: Accent, tints: &[Accent]) -> String {
    let mut css = format!(":root{{--accent:{accent}}}\n{}", fallback(":root", accent));
    for &tint in tints {
        let class = format!(".{}", tint_class(tint));
        let _ = write!(css, "{class}{{--accent:{tint}}}\n{}", fallback(&class, tint));
    }
    css
}

/// The most accents that one stylesheet holds besides the page's own.
const MOST_TINTS: usize = 60;

/// Where `web::assets` serves that stylesheet, all in one, so that a page waits for one file only: the colours are in the name, so no
/// store is asked, and so is a hash that stands for the contents, so it may be kept for ever. `/brand/3d6a41+a2452f-0123456789ab.css`
#[must_use]
pub fn stylesheet_url(accent: Accent, tints: &[Accent]) -> String {
    let tints = &tints[..tints.len().min(MOST_TINTS)];
    let hash = hash(&stylesheet(accent, tints));
    let names: Vec<String> = std::iter::once(&accent)
        .chain(tints)
        .map(|a| a.to_string().trim_start_matches('#').to_owned())
        .collect();
    format!("/brand/{}-{hash}.css", names.join("+"))
}

/// Names the contents by the name that the common part has, which holds its hash, and the page's own part.
fn hash(own: &str) -> String {
    asset::hash(format!("{}\n{own}", asset::css().url).as_bytes())
}

/// The whole stylesheet that goes by this name, the last part of what `stylesheet_url` gave; none if nothing does.
#[must_use]
pub fn stylesheet_named(name: &str) -> Option<String> {
    let (colours, hash) = name.strip_suffix(".css")?.split_once('-')?;
    let accents: Vec<Accent> = colours
        .split('+')
        .take(MOST_TINTS + 2)
        .map(|colour| format!("#{colour}").parse())
        .collect::<Result<_, _>>()
        .ok()?;
    let (&accent, tints) = accents.split_first()?;
    if tints.len() > MOST_TINTS {
        return None;
    }
    let own = stylesheet(accent, tints);
    (self::hash(&own) == hash).then(|| String::from_utf8_lossy(&asset::css().body).into_owned() + &own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::brand::DYES;

    /// WCAG 2.2 contrast of two colours, 1 to 21.
    fn contrast(a: Hex, b: Hex) -> f64 {
        let light = |Hex([r, g, b]): Hex| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    /// The least contrast that each pair may have, with what the design notes promise of it.
    fn pairs(p: Palette) -> [(&'static str, f64, f64); 14] {
        [
            ("ink on paper", contrast(p.ink, p.paper), 7.),
            ("second ink on paper", contrast(p.ink2, p.paper), 6.25),
            ("second ink on wash", contrast(p.ink2, p.wash), 4.5),
            ("second ink on mount", contrast(p.ink2, p.mount), 4.5),
            ("link on paper", contrast(p.ac, p.paper), 6.25),
            ("link on sheet", contrast(p.ac, p.sheet), 6.25),
            ("link on wash", contrast(p.ac, p.wash), 6.05),
            ("words on the button", contrast(p.on_fill, p.fill), 8.45),
            ("leaf on wash", contrast(p.leaf, p.wash), 4.25),
            ("edge on paper", contrast(p.edge, p.paper), 3.),
            ("edge on sheet", contrast(p.edge, p.sheet), 3.),
            ("warning", contrast(p.warn, p.warn_wash), 4.5),
            ("bad", contrast(p.bad, p.bad_wash), 4.5),
            ("print", contrast(p.pale, p.deep), 4.5),
        ]
    }

    #[test]
    fn no_hue_and_no_chroma_breaks_contrast() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let mut worst = [f64::MAX; 14];
            for degrees in 0..360 {
                for step in 0..=30 {
                    let tint = Tint { chroma: f64::from(step) / 100., hue: f64::from(degrees).to_radians() };
                    for (i, (name, got, least)) in pairs(paint(tint, scheme)).into_iter().enumerate() {
                        assert!(
                            got >= least,
                            "{name} is {got:.2} in {scheme:?} at {degrees}°, {}",
                            tint.chroma
                        );
                        worst[i] = worst[i].min(got);
                    }
                }
            }
            println!("{scheme:?}: worst {worst:.2?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_accent_that_can_be_typed_breaks_contrast(value in 0u32..0x100_0000) {
            let accent: Accent = format!("#{value:06x}").parse().unwrap();
            for scheme in [Scheme::Light, Scheme::Dark] {
                for (name, got, least) in pairs(palette(accent, scheme)) {
                    proptest::prop_assert!(got >= least, "{} is {:.2} in {:?} for {}", name, got, scheme, accent);
                }
            }
        }
    }

    /// `brand/fixtures.txt` holds what Chromium made of `tokens.css`, read back from a canvas.
    #[test]
    fn the_palette_is_the_one_that_the_browser_computes() {
        let lines: Vec<&str> = include_str!("brand/fixtures.txt").lines().collect();
        assert_eq!(lines.len(), 8);
        for line in lines {
            let mut words = line.split(' ');
            let accent: Accent = words.next().unwrap().parse().unwrap();
            let scheme = if words.next() == Some("light") { Scheme::Light } else { Scheme::Dark };
            let (ours, theirs) = (palette(accent, scheme).declarations(), words.next().unwrap());
            assert_eq!(ours.split(';').count(), theirs.split(';').count());
            for (ours, theirs) in ours.split(';').zip(theirs.split(';')) {
                let read = |text: &str| -> (String, [u8; 3]) {
                    let (name, colour) = text.split_once(':').unwrap();
                    (name.to_owned(), colour.parse::<Accent>().unwrap().rgb())
                };
                let ((name, a), (their_name, b)) = (read(ours), read(theirs));
                assert_eq!(name, their_name);
                assert!(
                    a.iter().zip(b).all(|(&a, b)| a.abs_diff(b) <= 1),
                    "{accent} {scheme:?}: {ours}, {theirs}"
                );
            }
        }
    }

    #[test]
    fn the_dyes_in_the_stylesheet_are_the_presets() {
        let css = include_str!("../../assets/css/parts/dyes.css");
        for dye in DYES {
            let rule = format!(".dye-{}{{--accent:{}}}", dye.name.to_lowercase(), dye.accent);
            assert!(css.contains(&rule), "{rule}");
        }
        assert_eq!(css.matches("--accent").count(), DYES.len());
    }

    #[test]
    fn a_stylesheet_is_found_by_its_address_and_by_no_other() {
        let accents = [DYES[1].accent, DYES[2].accent];
        let url = stylesheet_url(Accent::FERN, &accents);
        let name = url.strip_prefix("/brand/").unwrap();
        let css = stylesheet_named(name).unwrap();
        let own = css.strip_prefix(std::str::from_utf8(&asset::css().body).unwrap()).unwrap();
        assert_eq!(own, stylesheet(Accent::FERN, &accents));
        assert!(own.starts_with(":root{--accent:#3d6a41}\n@supports not"));
        assert!(css.contains(".ka2452f{--accent:#a2452f}"));
        for other in [
            "",
            "x.css",
            "3d6a41-000000000000.css",
            &name.replacen("3d6a41", "3d6a42", 1),
            &format!("a{name}"),
        ] {
            assert_eq!(stylesheet_named(other), None, "{other}");
        }
    }
}
