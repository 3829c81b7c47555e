//! An address as a QR code, for a phone's camera: dark on light whatever the scheme, as readers want it, with the quiet zone
//! of four modules around it.

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of quiet around the code (ISO/IEC 18004).
const QUIET: i32 = 4;

/// The code of a text, as a picture with a name; nothing if the text is longer than any code (about 2,300 bytes).
#[must_use]
pub fn code(text: &str, name: &str) -> Option<Markup> {
    // A long address makes a fine code: with less to repair in it its modules are larger, which a camera likes better on a screen.
    let level = if text.len() > 200 { QrCodeEcc::Low } else { QrCodeEcc::Medium };
    let code = QrCode::encode_text(text, level).ok()?;
    let side = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        // A run of dark modules is one stroke, so that no hairline shows between them.
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|&x| code.get_module(x, y)).count();
            let run = i32::try_from(run).unwrap_or(0);
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    Some(html! {
        svg.qr viewBox=(format!("0 0 {side} {side}")) role="img" aria-label=(name) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_its_text_with_quiet_around_it() {
        let svg = code("https://book.example/trust", "The address as a QR code").unwrap().0;
        // Version 2 (25 modules) with four of quiet at each side; the finder's first row is seven modules wide.
        assert!(svg.contains("viewBox=\"0 0 33 33\"") && svg.contains("M4 4h7v1h-7z"), "{svg}");
        assert!(svg.contains("aria-label=\"The address as a QR code\""));
        assert!(code(&"a".repeat(4000), "too long").is_none());
    }
}
