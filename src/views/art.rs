//! Drawings other than the frond: the sprite they share, icons, sprigs, prints for covers, the key under a counter.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use super::frond::{Counter, Tenth, geometry, rachis};

/// The lobed leaflet, 100 long, and the curled bud: the two shapes of which fronds are made.
const PINNA: &str = "M0 0l5-6.1q12.6-15.5 16.1-4.5 12-15.6 14.9-.6 11.7-14.3 14.3 1 11.6-11.7 14.1 2 11.5-8.4 13.9 2.5 11.3\
    -4.2 13.7 2.7 6 .6 9 3-3 2.4-9 3-2.4 6.9-13.7 2.7-2.4 10.9-13.9 2.5-2.5 13.7-14.1 2-2.6 15.3-14.3 1-2.9 15-14.9\
    -.6-3.5 11-16.1-4.5Z";
const CURL: &str = "M0 0c4.2-.4 8.6-2.2 9.4-6.2.6-3.4-2.4-6-5.2-5-2.6 1-2.5 4.3-.3 4.7 1.5.2 2.4-1.4 1.4-2.5";
const MARK: &str = "M42.3 89.1q2.5-4.7 3.3-7.3t1-5.3-.1-5.4-1.2-5.3-2.3-5-3.2-4.5-5.7-7.8-4.9-12.6 1.4-13.4 7.6-11.1 12\
    -6 13.2 1 10.6 8 4.4 12.5-3.8 12.5-10.6 7.5-12.8-1-8.6-9.4.7-12.6 9.8-7.6 11.7 3.2 3.5 11.3-7.9 9.9\
    a1 1 0 0 1-.6-3q4.6-2.6 5.6-7.5t-2.8-8.3-8.8-2.2-7.3 5.9-.3 9.5 6.7 6.9 9.8.6 8-5.9 2.6-9.6-3.5-9.4-8.2-5.9\
    -10.2-.6-9.1 4.7-5.6 8.7-.8 10.3 4 9.5 5.5 6.9 4.3 5.6 3.1 6.3 1.7 6.8.3 7-1 7-3.9 9.9Zm-.7 2.4\
    a4.5 4.5 0 1 1 9 0a4.5 4.5 0 1 1-9 0Zm16.6-52.3a1.9 1.9 0 1 1 3.9 0a1.9 1.9 0 1 1-3.9 0Zm-7.3 34.4\
    c-12.1 3.9-24.7-1.4-29.9-13 14-5.3 28.1-.2 29.9 13Z";

/// The symbols that fronds, keys and the mark use. Once on each page that draws; the page frames do it.
#[must_use]
pub fn sprite() -> Markup {
    html! {
        svg hidden {
            symbol id="pinna" overflow="visible" { path d=(PINNA) vector-effect="non-scaling-stroke" {} }
            symbol id="curl" overflow="visible" { path d=(CURL) vector-effect="non-scaling-stroke" {} }
            symbol id="mark" viewBox="0 0 100 100" { path d=(MARK) {} }
        }
    }
}

/// Fiddlehead's own mark.
#[must_use]
pub fn mark() -> Markup {
    PreEscaped(r##"<svg class="mark" aria-hidden="true" focusable="false"><use href="#mark"/></svg>"##.into())
}

/// The curl that ends an arc.
#[must_use]
pub fn arc_end() -> Markup {
    PreEscaped(
        r##"<svg class="arc-end" viewBox="0 0 34 30" aria-hidden="true"><use href="#curl" class="is-left" transform="translate(1 0)rotate(90)scale(2.5)"/></svg>"##
            .into(),
    )
}

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal),* $(,)?) => {
        /// The line icons, 24 by 24. Always beside words, so never read aloud.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $name),* }

        impl Icon {
            /// Every icon there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            const fn path(self) -> &'static str {
                match self { $(Self::$name => $path),* }
            }
        }
    };
}

icons! {
    /// A month's leaf.
    Calendar = "M4 6.5h16v13H4zM4 10.5h16M8.5 4v4M15.5 4v4",
    /// Coins: the books.
    Money = "M4 9c0-2 2.7-3.5 6-3.5S16 7 16 9s-2.7 3.5-6 3.5S4 11 4 9ZM4 9v5c0 2 2.7 3.5 6 3.5M16 9v2M8.5 15.5c0-2 2.6-3.5 5.8-3.5s5.7 1.5 5.7 3.5-2.5 3.5-5.7 3.5-5.8-1.5-5.8-3.5Z",
    /// A clock: hours, zones.
    Clock = "M12 4a8 8 0 1 1 0 16a8 8 0 0 1 0-16ZM12 7.5V12l3 2",
    /// A camera.
    Video = "M3.5 7h11v10h-11zM14.5 11l6-3v8l-6-3",
    /// A place.
    Pin = "M12 20.5c-4-4.5-6-7.6-6-10.5a6 6 0 0 1 12 0c0 2.9-2 6-6 10.5ZM12 12a2 2 0 1 0 0-4a2 2 0 0 0 0 4Z",
    /// From before to after.
    Arrow = "M5 12h14M13.5 6.5L19 12l-5.5 5.5",
    /// The way back.
    Back = "M19 12H5M10.5 6.5L5 12l5.5 5.5",
    /// The week after.
    Next = "M9.5 5.5L16 12l-6.5 6.5",
    /// The week before.
    Prev = "M14.5 5.5L8 12l6.5 6.5",
    /// Done, good.
    Check = "M5 12.5l4.5 4.5L19 7",
    /// Add.
    Plus = "M12 5v14M5 12h14",
    /// Take away.
    Minus = "M5 12h14",
    /// Remove.
    Close = "M6 6l12 12M18 6L6 18",
    /// A letter.
    Mail = "M3.5 6h17v12h-17zM3.5 7l8.5 6.5L20.5 7",
    /// Private.
    Lock = "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    /// Clients.
    People = "M9 11.5a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7ZM3 19.5c.5-4 3-5.5 6-5.5s5.5 1.5 6 5.5M16 5a3.3 3.3 0 0 1 0 6.2M17.5 14.5c2 .6 3.2 2.2 3.5 5",
    /// A seedling: today.
    Today = "M12 20V9M12 13c-4 0-6-2-6-6c4 0 6 2 6 6ZM12 11c0-3.5 2-5.5 6-5.5c0 3.5-2 5.5-6 5.5ZM7 20h10",
    /// A package.
    Pack = "M6 3.5h12v17H6zM9 15.5h6M9 17.8h4M12 12.5c-2.5-2-2.5-5 0-6.5c2.5 1.5 2.5 4.5 0 6.5Z",
    /// Settings.
    Settings = "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4",
    /// Take heed.
    Warn = "M12 4.5L21 19.5H3ZM12 10v4.5M12 16.8v.4",
    /// For your information.
    Info = "M12 4a8 8 0 1 1 0 16a8 8 0 0 1 0-16ZM12 11v5.5M12 7.8v.4",
    /// Write, change.
    Pen = "M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19ZM14 6.5l3.5 3.5",
    /// Print.
    Printer = "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    /// Download.
    Down = "M12 4v11M7 10.5l5 5l5-5M5 20h14",
    /// See it as others do.
    Eye = "M2.5 12c3-5 6-6.5 9.5-6.5s6.5 1.5 9.5 6.5c-3 5-6 6.5-9.5 6.5S5.5 17 2.5 12ZM12 14.5a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5Z",
    /// Copy.
    Copy = "M8 8h12v12H8zM16 8V4H4v12h4",
    /// A payment card.
    Card = "M3.5 6h17v12h-17zM3.5 10h17M6.5 14.5h4",
    /// The practice.
    Home = "M4 11l8-7l8 7v9H4zM10 20v-5.5h4V20",
    /// More.
    Menu = "M4 7h16M4 12h16M4 17h16",
    /// With care.
    Heart = "M12 19.5C5 15 3.5 11.5 4.5 8.5c1-3 5-3.5 7.5 0c2.5-3.5 6.5-3 7.5 0c1 3-.5 6.5-7.5 11Z",
}

/// An icon.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" focusable="false" { path d=(icon.path()) {} } }
}

/// The counter at text size, on one line, for lists and bars. At most 20 leaves.
#[must_use]
pub fn sprig(counter: Counter) -> Markup {
    let counter = counter.drawn();
    let total = counter.total;
    let step = if total > 12 { 7 } else { 9 };
    let width = 22 + total * step;
    let wide = f64::from(width);
    let mut svg = format!(
        r#"<svg class="sprig" viewBox="0 0 {width} 24" width="{width}" height="24" aria-hidden="true" focusable="false"><path class="frond-line" d="M2 14C{} 11 {} 11 {} 12.4C{} 13 {} 7.4 {} 6.4C{} 5.8 {} 9.8 {} 10"/>"#,
        Tenth(wide * 0.3),
        Tenth(wide * 0.6),
        width - 12,
        width - 4,
        width - 2,
        Tenth(wide - 6.2),
        Tenth(wide - 9.4),
        Tenth(wide - 10.4),
        Tenth(wide - 7.6),
    );
    let open = counter.used + counter.booked;
    for i in 0..total {
        let x = f64::from(8 + i * step);
        let k = if i % 2 == 0 { -1. } else { 1. };
        let y = |far: f64| Tenth(12.4 + far * k);
        let _ = if i < open {
            let class = if i < counter.used { "is-used" } else { "is-booked" };
            write!(
                svg,
                r#"<path class="{class}" d="M{x} 12.4C{} {} {} {} {} {}C{} {} {} {} {x} 12.4Z"/>"#,
                x + 1.,
                y(5.5),
                x + 4.,
                y(8.5),
                x + 8.,
                y(9.5),
                Tenth(x + 8.4),
                y(5.5),
                x + 6.,
                y(1.5),
            )
        } else {
            let class = if i < open + counter.left() { "is-left" } else { "is-lost" };
            write!(svg, r#"<circle class="{class}" cx="{}" cy="{}" r="2.3"/>"#, x + 3., y(4.6))
        };
    }
    svg.push_str("</svg>");
    PreEscaped(svg)
}

/// The key under a counter, which is also its text: "3 used, 1 booked, 2 left". Numbers that are nothing are left
/// out, except what is left.
#[must_use]
pub fn key(counter: Counter) -> Markup {
    let leaf = |class: &str| {
        PreEscaped(format!(
            r##"<svg viewBox="0 0 24 12" aria-hidden="true"><use href="#pinna" class="{class}" transform="translate(1 6)scale(.22)"/></svg>"##
        ))
    };
    let bud = |class: &str| {
        PreEscaped(format!(
            r##"<svg viewBox="0 0 14 14" aria-hidden="true"><use href="#curl" class="{class}" transform="translate(2 13)scale(.95)"/></svg>"##
        ))
    };
    html! {
        ul.key {
            @if counter.used > 0 { li { (leaf("is-used")) (counter.used) " used" } }
            @if counter.booked > 0 { li { (leaf("is-booked")) (counter.booked) " booked" } }
            @if counter.left() > 0 || counter.lost == 0 { li { (bud("is-left")) (counter.left()) " left" } }
            @if counter.lost > 0 { li { (bud("is-lost")) (counter.lost) " past their date" } }
        }
    }
}

/// A stream of numbers in 0..1 that a text decides: FNV-1a, then mulberry32.
struct Seeded(u32);

impl Seeded {
    fn new(seed: &str) -> Self {
        let fnv = |hash: u32, unit: u16| (hash ^ u32::from(unit)).wrapping_mul(16_777_619);
        Self(seed.encode_utf16().fold(2_166_136_261, fnv))
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut t = self.0;
        t = (t ^ t >> 15).wrapping_mul(t | 1);
        t ^= t.wrapping_add((t ^ t >> 7).wrapping_mul(t | 61));
        f64::from(t ^ t >> 14) / 4_294_967_296.
    }
}

/// How large a print is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    /// The cover across a storefront: 1200 × 420.
    Cover,
    /// The print on a card of the co-op's page: 420 × 260.
    Card,
}

/// The cover of a practice that has no photo: fronds laid on a sensitised sheet. The slug decides how they lie, so
/// the same practice always has the same print. The slug must be unlike that of other prints on the page.
#[must_use]
pub fn photogram(slug: &str, print: Print) -> Markup {
    let (w, h, density) = match print {
        Print::Cover => (1200., 420., 1.),
        Print::Card => (420., 260., 1.3),
    };
    let mut chance = Seeded::new(slug);
    let id: String = slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let (big, young) = (format!("print-{id}-a"), format!("print-{id}-b"));
    let group = |counter: Counter| {
        let g = geometry(counter);
        let class = |class| if class == "is-left" { "ph-curl" } else { "" };
        format!(
            r#"<path d="{}"/>{}"#,
            rachis(&g, 0., 0.),
            g.leaflets(0., 0., class).replace(r#" class="""#, "")
        )
    };
    let lay = |id: &str, at: (f64, f64), turn: f64, scale: f64, opacity: f64| {
        format!(
            r##"<use href="#{id}" opacity="{opacity:.2}" transform="translate({} {})rotate({})scale({scale:.2})"/>"##,
            Tenth(at.0),
            Tenth(at.1),
            Tenth(turn),
        )
    };
    let (mut soft, mut sharp) = (String::new(), String::new());
    let far = (w / 120. * density + 0.5_f64).floor();
    let mut i = 0.;
    while i < far {
        let at = (w * (i + 0.2 + chance.next() * 0.7) / far, h + 50. + chance.next() * 60.);
        let (turn, scale) = (-26. + chance.next() * 62., h / 250. * (1.1 + chance.next() * 0.7));
        soft += &lay(&big, at, turn, scale, 0.10 + chance.next() * 0.12);
        i += 1.;
    }
    let near = (far * 0.62 + 0.5).floor().max(3.);
    let mut i = 0.;
    while i < near {
        let at = (w * (i + 0.3 + chance.next() * 0.4) / near, h + 12. + chance.next() * 34.);
        let (turn, scale) = (-16. + chance.next() * 44., h / 250. * (0.72 + chance.next() * 0.42));
        let which = if i % 3. == 1. { &young } else { &big };
        sharp += &lay(which, at, turn, scale, 0.5 + chance.next() * 0.42);
        i += 1.;
    }
    PreEscaped(format!(
        r#"<svg class="photogram" viewBox="0 0 {w} {h}" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false"><defs><g id="{big}">{}</g><g id="{young}">{}</g></defs><g class="ph-soft">{soft}</g><g>{sharp}</g></svg>"#,
        group(Counter { total: 19, used: 19, booked: 0, lost: 0 }),
        group(Counter { total: 7, used: 3, booked: 0, lost: 0 }),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_slug_gives_the_reference_print() {
        let want = include_str!("art/photogram.svg")
            .replace(r#" class="""#, "")
            .replace("#ph", "#print-quiet-field-");
        let want =
            want.replace(r#"id="ph"#, r#"id="print-quiet-field-"#).replace(r#"opacity="."#, r#"opacity="0."#);
        let uses = |svg: &str| -> Vec<String> {
            svg.split("<use ").skip(1).map(|u| u.split("/>").next().unwrap().to_owned()).collect()
        };
        let got = photogram("quiet-field", Print::Cover).0;
        let laid =
            |svg: &str| -> Vec<String> { uses(svg).into_iter().filter(|u| u.contains("opacity")).collect() };
        assert_eq!(laid(&got).len(), 16);
        assert_eq!(laid(&got), laid(&want));
        assert_eq!(uses(&got).len(), uses(&want).len());
        assert_ne!(laid(&got), laid(&photogram("quiet-fields", Print::Cover).0));
    }

    #[test]
    fn a_sprig_has_a_leaf_for_every_session() {
        let svg = sprig(Counter { total: 6, used: 3, booked: 1, lost: 1 }).0;
        for (class, count) in [("is-used", 3), ("is-booked", 1), ("is-left", 1), ("is-lost", 1)] {
            assert_eq!(svg.matches(class).count(), count, "{class}");
        }
        assert_eq!(sprig(Counter::fresh(48)).0.matches("<circle").count(), 20);
    }

    #[test]
    fn the_key_says_the_numbers() {
        let text = key(Counter { total: 6, used: 3, booked: 1, lost: 0 }).0;
        assert!(text.contains("3 used") && text.contains("1 booked") && text.contains("2 left"));
        let text = key(Counter { total: 6, used: 4, booked: 0, lost: 2 }).0;
        assert!(text.contains("2 past their date") && !text.contains(" left<"));
    }
}
