//! The files that pages refer to, built into the program: their contents, their addresses, their kinds. Each goes by a
//! name that holds a hash of its contents, so that browsers may keep it for ever. `web::assets` serves them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use super::brand;
use crate::domain::catalog::brand::Accent;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The stylesheets of every page in the order in which they are joined; a test sees that none is left out. Layers decide between
/// tokens, elements, parts and print; between parts the later wins.
const STYLESHEETS: &[&str] = &[
    "tokens",
    "base",
    "parts/rhythm",
    "parts/layout",
    "parts/type",
    "parts/frame",
    "parts/button",
    "parts/cover",
    "parts/storefront",
    "parts/section",
    "parts/plate",
    "parts/label",
    "parts/counter",
    "parts/arc",
    "parts/bookbar",
    "parts/lists",
    "parts/plain",
    "print",
];

/// What those have who were let in or want to be: buying, booking, signing in. A storefront comes first, and sooner without it.
const INNER_STYLESHEETS: &[&str] = &["parts/times", "parts/landed", "parts/form", "parts/trust"];

/// What only the practitioner's side and setting up have besides.
const DESK_STYLESHEETS: &[&str] = &["parts/desk", "parts/calendar", "parts/placement", "parts/dyes"];

/// A file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// Its address: `/assets/icons/favicon-0123456789ab.svg`.
    pub url: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its contents.
    pub body: Vec<u8>,
}

struct Manifest {
    /// By the name that the source has: `icons/favicon.svg`.
    by_name: HashMap<String, Asset>,
    /// From the address to the name.
    names: HashMap<String, String>,
}

static MANIFEST: LazyLock<Manifest> = LazyLock::new(gather);

/// The demo's own.
const DEMO_STYLESHEETS: &[&str] = &["parts/demo"];

/// The names of the joined stylesheets.
const STYLESHEET: &str = "fiddlehead.css";
const INNER_STYLESHEET: &str = "inner.css";
const DESK_STYLESHEET: &str = "desk.css";
const DEMO_STYLESHEET: &str = "demo.css";

/// What names the contents: twelve digits of their SHA-256.
pub fn hash(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body)[..6])
}

/// The media type by the last part of a file's name.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "ttf" => "font/ttf",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `icons/favicon.svg` and contents to `/assets/icons/favicon-0123456789ab.svg`.
fn address(name: &str, body: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("/assets/{stem}-{}.{ending}", hash(body))
}

fn gather() -> Manifest {
    let mut manifest = Manifest { by_name: HashMap::new(), names: HashMap::new() };
    let text = |name: &str| -> String {
        let file = Files::get(name).unwrap_or_else(|| panic!("assets/{name} is in the program"));
        String::from_utf8_lossy(&file.data).into_owned()
    };
    for name in Files::iter() {
        if name.ends_with(".js") {
            manifest.add(&name, without_remarks(&text(&name)).into_bytes());
        } else if !name.starts_with("css/") && !name.ends_with(".webmanifest") {
            let body = Files::get(&name).map(|file| file.data).unwrap_or(Cow::Borrowed(&[]));
            manifest.add(&name, body.into_owned());
        }
    }
    // These name others, so they come last.
    let mut css = String::new();
    let sheet_of = |name: &str| without_comments(&text(&format!("css/{name}.css")));
    for sheet in STYLESHEETS {
        css += &sheet_of(sheet);
        if *sheet == "tokens" {
            css += &format!("@layer tokens{{{}}}\n", brand::fallback(":root,.tint", Accent::FERN));
        }
    }
    let css = manifest.with_addresses(&css);
    manifest.add(STYLESHEET, css.into_bytes());
    let joined = |sheets: &[&str]| -> String { sheets.iter().copied().map(sheet_of).collect() };
    let inner = joined(INNER_STYLESHEETS);
    manifest.add(DESK_STYLESHEET, (inner.clone() + &joined(DESK_STYLESHEETS)).into_bytes());
    manifest.add(INNER_STYLESHEET, inner.into_bytes());
    manifest.add(DEMO_STYLESHEET, joined(DEMO_STYLESHEETS).into_bytes());
    let page =
        manifest.with_addresses(&text("site.webmanifest")).replace("\"url(", "\"").replace(")\"", "\"");
    manifest.add("site.webmanifest", page.into_bytes());
    manifest
}

impl Manifest {
    fn add(&mut self, name: &str, body: Vec<u8>) {
        let url = address(name, &body);
        self.names.insert(url.clone(), name.to_owned());
        self.by_name.insert(name.to_owned(), Asset { url, kind: kind(name), body });
    }

    /// Every `url(../fonts/goudy.woff2)` by its address.
    fn with_addresses(&self, text: &str) -> String {
        let mut parts = text.split("url(");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (path, rest) = part.split_once(')').unwrap_or((part, ""));
            let name = path.trim_start_matches("../");
            let asset = self.by_name.get(name).unwrap_or_else(|| panic!("{path} is an asset"));
            out += &format!("url({}){rest}", asset.url);
        }
        out
    }
}

/// Comments and indents are for those who read the source.
fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += part.split_once("*/").map_or("", |(_, rest)| rest.trim_start_matches('\n'));
    }
    out.lines().map(str::trim_start).collect::<Vec<_>>().join("\n") + "\n"
}

/// A script's comments stand on lines of their own.
fn without_remarks(script: &str) -> String {
    let said = |line: &&str| !line.starts_with("//") && !line.is_empty();
    script.lines().map(str::trim).filter(said).collect::<Vec<_>>().join("\n") + "\n"
}

/// The address of a file under `assets/`, by the name that it has there: `asset::url("icons/favicon.svg")`.
///
/// # Panics
/// If there is no such file: a misspelt name is a mistake of ours, which the page's own test meets.
#[must_use]
pub fn url(name: &str) -> &'static str {
    match MANIFEST.by_name.get(name) {
        Some(asset) => &asset.url,
        None => panic!("no asset is called {name}"),
    }
}

/// The stylesheets, joined. Pages load it with their accent: `brand::stylesheet_url`.
///
/// # Panics
/// Never: it is made with the list of files.
#[must_use]
pub fn css() -> &'static Asset {
    &MANIFEST.by_name[STYLESHEET]
}

/// The address of the second one: it follows the first on clients' pages that are not for everybody.
#[must_use]
pub fn inner_css_url() -> &'static str {
    url(INNER_STYLESHEET)
}

/// The address of what stands in its place on the practitioner's side and in setting up.
#[must_use]
pub fn desk_css_url() -> &'static str {
    url(DESK_STYLESHEET)
}

/// The address of what the demo's strip and mailbox are set in.
#[must_use]
pub fn demo_css_url() -> &'static str {
    url(DEMO_STYLESHEET)
}

/// Whether a page is whole with the first stylesheet and without a script: it uses no class that only the second one knows, and no hook.
/// Pages for everybody are held against this in every build that looks at itself.
#[must_use]
pub fn is_plain(page: &str) -> bool {
    // These are everybody's; the second stylesheet has them inside of its own only.
    const SHARED: [&str; 3] = ["icon", "label", "narrow"];
    static BEYOND: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let css = String::from_utf8_lossy(&MANIFEST.by_name[INNER_STYLESHEET].body);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let names = css.split('.').skip(1).map(|text| text.split(|c| !is_part(c)).next().unwrap_or_default());
        let names = names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        names.filter(|name| !SHARED.contains(name)).map(str::to_owned).collect()
    });
    let attributes = page.split(" class=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let mut classes = attributes.flat_map(|(classes, _)| classes.split(' '));
    !classes.any(|class| BEYOND.contains(class)) && !page.contains(" data-")
}

/// The file at an address, for `web::assets`; none if there is none.
#[must_use]
pub fn at(url: &str) -> Option<&'static Asset> {
    named(MANIFEST.names.get(url)?)
}

/// The file of a name under `assets/`, for the few that browsers ask for by a name of their own.
#[must_use]
pub fn named(name: &str) -> Option<&'static Asset> {
    MANIFEST.by_name.get(name)
}

/// Every file, in no order.
pub fn all() -> impl Iterator<Item = &'static Asset> {
    MANIFEST.by_name.values()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stylesheet_is_joined() {
        let mut found: Vec<String> =
            Files::iter().filter(|name| name.starts_with("css/")).map(Cow::into_owned).collect();
        let mut joined = STYLESHEETS
            .iter()
            .chain(INNER_STYLESHEETS)
            .chain(DESK_STYLESHEETS)
            .chain(DEMO_STYLESHEETS)
            .map(|sheet| format!("css/{sheet}.css"))
            .collect::<Vec<_>>();
        found.sort();
        joined.sort();
        assert_eq!(found, joined);
    }

    #[test]
    fn the_stylesheet_names_fonts_by_their_addresses_and_nothing_from_outside() {
        let css = String::from_utf8(named(STYLESHEET).unwrap().body.clone()).unwrap();
        assert!(css.starts_with("@layer tokens, base, parts, print;"));
        assert_eq!(css.matches("url(").count(), 8);
        for part in css.split("url(").skip(1) {
            let address = part.split_once(')').unwrap().0;
            assert!(at(address).is_some(), "{address}");
        }
        assert!(!css.contains("/*") && !css.contains("data:") && !css.contains("http"));
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        // The design allows 30,000 bytes; calendar rows, dyes and old browsers' colours are ours.
        assert!(css.len() < 37_000, "{}", css.len());
    }

    #[test]
    fn a_page_that_wants_more_than_the_first_stylesheet_is_known() {
        assert!(is_plain(r#"<a class="top wrap" href="/x">the time of day</a><p class="row">"#));
        for more in [r#"<p class="err">"#, r#"<p class="row note warn">"#, r#"<p data-copy="x">"#] {
            assert!(!is_plain(more), "{more}");
        }
    }

    #[test]
    fn an_address_holds_the_hash_of_what_it_names() {
        for asset in all() {
            let stem = asset.url.rsplit_once('.').unwrap().0;
            assert!(stem.ends_with(&hash(&asset.body)), "{}", asset.url);
            assert_ne!(asset.kind, "application/octet-stream", "{}", asset.url);
            assert_eq!(at(&asset.url).unwrap().url, asset.url);
        }
        assert!(url("icons/favicon.svg").starts_with("/assets/icons/favicon-"));
        assert!(at("/assets/icons/favicon.svg").is_none());
    }

    #[test]
    fn the_web_manifest_names_icons_that_are_there() {
        let page: serde_json::Value =
            serde_json::from_slice(&named("site.webmanifest").unwrap().body).unwrap();
        let icons = page["icons"].as_array().unwrap();
        assert_eq!(icons.len(), 3);
        for icon in icons {
            assert!(at(icon["src"].as_str().unwrap()).is_some(), "{icon}");
        }
    }

    #[test]
    fn every_font_has_its_licence_beside_it() {
        for licence in ["fonts/OFL-Rosario.txt", "fonts/OFL-SortsMillGoudy.txt"] {
            assert!(String::from_utf8_lossy(&named(licence).unwrap().body).contains("SIL OPEN FONT LICENSE"));
        }
    }
}
