//! A draft as HTML for mail programs: tables, inline styles (the one place that has them), one column of at most 560
//! pixels, no picture, no font from elsewhere. Colours are the palette's, computed; the `style` element only adds the night
//! and small screens for programs that read it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Paper;
use super::draft::{Block, Draft, Span, Times};
use super::plain::imprint;
use crate::views::brand::{Hex, Palette, Scheme, palette};
use crate::views::frond::Counter;
use crate::views::{link, text};

const SERIF: &str = "'Iowan Old Style',Palatino,Georgia,serif";
const SANS: &str = "'Gill Sans',Calibri,'Segoe UI',Verdana,sans-serif";
/// The most leaves that are drawn, as many as fit a small telephone; above that the sentence speaks alone.
const MOST_LEAVES: u32 = 12;

/// The colours of the day, in which inline styles are written.
struct Ink {
    day: Palette,
}

/// The whole document.
pub(super) fn html(paper: &Paper<'_>, draft: &Draft) -> String {
    let [day, night] = [Scheme::Light, Scheme::Dark].map(|scheme| palette(paper.accent, scheme));
    let ink = Ink { day };
    // Keeps mail programs from filling the preview with the first lines of the body.
    let filler = "\u{2007}\u{34f}".repeat(6);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="format-detection" content="telephone=no,date=no,address=no,email=no";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                title { (draft.subject.as_str()) }
                style { (PreEscaped(stylesheet(&night))) }
            }
            body.e-bg style=(format!("margin:0;padding:0;background:{};-webkit-text-size-adjust:100%", ink.day.paper)) {
                div style="display:none;max-height:0;overflow:hidden;mso-hide:all" { (draft.preheader) (filler) }
                table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" .e-bg bgcolor=(ink.day.paper) {
                    tr { td align="center" {
                        (PreEscaped("<!--[if mso]><table role=\"presentation\" width=\"560\"><tr><td><![endif]-->"))
                        table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px" {
                            tr { td.e-pad align="left" style="padding:36px 32px" { div role="main" { (ink.body(paper, draft)) } } }
                        }
                        (PreEscaped("<!--[if mso]></td></tr></table><![endif]-->"))
                    } }
                }
            }
        }
    };
    page.into_string()
}

fn stylesheet(night: &Palette) -> String {
    let Palette { paper, sheet, ink, ink2, rule, edge, ac, fill, on_fill, leaf, wash, .. } = night;
    format!(
        ":root{{color-scheme:light dark}}\
         @media(max-width:480px){{.e-pad{{padding:24px 20px!important}}.e-h1{{font-size:30px!important}}}}\
         @media(prefers-color-scheme:dark){{.e-bg{{background:{paper}!important}}\
         .e-ink,.e-h1{{color:{ink}!important}}.e-ink2{{color:{ink2}!important}}.e-ac{{color:{ac}!important}}\
         .e-sheet{{background:{sheet}!important;border-color:{edge}!important}}.e-rule{{border-color:{rule}!important}}\
         .e-btn{{background:{fill}!important;color:{on_fill}!important}}\
         .e-fill{{background:{leaf}!important;border-color:{leaf}!important}}\
         .e-line{{background:{wash}!important;border-color:{leaf}!important}}\
         .e-ring{{background:transparent!important;border-color:{leaf}!important}}}}"
    )
}

fn serif(size: u32, leading: &str, colour: Hex) -> String {
    format!("font:400 {size}px/{leading} {SERIF};color:{colour}")
}

fn sans(size: u32, colour: Hex) -> String {
    format!("font:400 {size}px/1.5 {SANS};color:{colour}")
}

impl Ink {
    fn body(&self, paper: &Paper<'_>, draft: &Draft) -> Markup {
        let home = paper.url(&link::home());
        html! {
            p style="margin:0 0 28px" {
                a.e-ink href=(home) style=(format!("{};text-decoration:none", serif(21, "1.2", self.day.ink))) {
                    (paper.practice.name.as_str())
                }
            }
            h1.e-h1 style=(format!("margin:0 0 18px;{}", serif(34, "1.12", self.day.ink))) { (draft.heading) }
            @for (_, block) in &draft.blocks { (self.block(block)) }
            (self.foot(paper, draft))
        }
    }

    fn block(&self, block: &Block) -> Markup {
        match block {
            Block::Words(spans) => html! {
                p.e-ink style=(format!("margin:0 0 16px;{}", sans(17, self.day.ink))) { (self.spans(spans)) }
            },
            Block::Hers(lines) => html! {
                p.e-ink style=(format!("margin:0 0 16px;{}", sans(17, self.day.ink))) {
                    @for (i, line) in lines.iter().enumerate() { @if i > 0 { br; } (line) }
                }
            },
            Block::Button(words, url) => self.button(words, url),
            Block::Choices(choices) => self.choices(choices),
            Block::Label { aside, large, small } => self.sheet(&self.label(aside, large, small)),
            Block::Facts(facts) => self.sheet(&self.facts(facts)),
            Block::Counter(counter, strong, rest) => html! {
                (self.leaves(*counter))
                p.e-ink2 style=(format!("margin:0 0 22px;{}", sans(15, self.day.ink2))) { b { (strong) } " " (rest) }
            },
            Block::Code(code) => html! {
                p.e-ink style=(format!("margin:0 0 18px;letter-spacing:2px;{}", serif(34, "1.2", self.day.ink))) { (code) }
            },
        }
    }

    fn spans(&self, spans: &[Span]) -> Markup {
        html! {
            @for span in spans {
                @match span {
                    Span::Plain(text) => { (text) }
                    Span::Link(text, url) => { a.e-ac href=(url) style=(format!("color:{}", self.day.ac)) { (text) } }
                }
            }
        }
    }

    /// The leaf corner is on what is pressed only; Outlook leaves it out, and nothing else.
    fn button(&self, words: &str, url: &str) -> Markup {
        const CORNER: &str = "border-radius:3px 16px 3px 16px";
        let Palette { fill, on_fill, .. } = self.day;
        html! {
            table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 22px" {
                tr { td.e-btn bgcolor=(fill) style=(CORNER) {
                    a.e-btn href=(url) style=(format!(
                        "display:inline-block;padding:14px 26px;font:600 17px/1.2 {SANS};color:{on_fill};text-decoration:none;{CORNER}"
                    )) { (words) }
                } }
            }
        }
    }

    fn choices(&self, choices: &[(String, String)]) -> Markup {
        let style = format!("padding:11px 0;border-top:1px solid {};font:400 17px/1.4 {SANS}", self.day.rule);
        html! {
            table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" .e-rule style=(format!("margin:0 0 20px;border-bottom:1px solid {}", self.day.rule)) {
                @for (words, url) in choices {
                    tr { td.e-rule style=(style) {
                        a.e-ac href=(url) style=(format!("display:block;color:{}", self.day.ac)) { (words) }
                    } }
                }
            }
        }
    }

    fn sheet(&self, within: &Markup) -> Markup {
        let Palette { sheet, edge, rule, .. } = self.day;
        html! {
            table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 22px" {
                tr { td.e-sheet bgcolor=(sheet) style=(format!("border:1px solid {edge};padding:4px")) {
                    table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" {
                        tr { td.e-rule style=(format!("border:1px solid {rule};padding:20px 20px 18px")) { (within) } }
                    }
                } }
            }
        }
    }

    fn label(&self, aside: &str, large: &[String], small: &[String]) -> Markup {
        let italic = format!("margin:0 0 8px;font:italic 400 17px/1.3 {SERIF};color:{}", self.day.ac);
        html! {
            p.e-ac style=(italic) { (aside) }
            p.e-ink style=(format!("margin:0 0 8px;{}", serif(25, "1.2", self.day.ink))) {
                @for (i, line) in large.iter().enumerate() { @if i > 0 { br; } (line) }
            }
            p.e-ink2 style=(format!("margin:0;{}", sans(15, self.day.ink2))) {
                @for (i, line) in small.iter().enumerate() { @if i > 0 { br; } (line) }
            }
        }
    }

    fn facts(&self, facts: &[(String, String)]) -> Markup {
        html! {
            p.e-ink2 style=(format!("margin:0;{}", sans(15, self.day.ink2))) {
                @for (i, (name, value)) in facts.iter().enumerate() { @if i > 0 { br; } (name) ": " b { (value) } }
            }
        }
    }

    /// A row of cells: filled for used, outlined for booked, a ring for what is left. The sentence under it is what counts.
    fn leaves(&self, counter: Counter) -> Markup {
        let Counter { total, used, booked, lost } = counter;
        if total == 0 || total > MOST_LEAVES {
            return html! {};
        }
        let leaf = |i: u32| match i {
            _ if i < used => Leaf::Used,
            _ if i < used + booked => Leaf::Booked,
            _ if i < total.saturating_sub(lost) => Leaf::Left,
            _ => Leaf::Lost,
        };
        html! {
            table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 6px" {
                tr style="font-size:1px;line-height:12px" {
                    @for i in 0..total { (self.leaf(leaf(i))) td width="5" {} }
                }
            }
        }
    }

    fn leaf(&self, leaf: Leaf) -> Markup {
        const OPEN: &str = "border-radius:1px 9px 1px 9px";
        const CURLED: &str = "border-radius:7px";
        let (class, width, ground, line, corner) = match leaf {
            Leaf::Used => ("e-fill", 18, Some(self.day.leaf), "solid", OPEN),
            Leaf::Booked => ("e-line", 18, Some(self.day.wash), "solid", OPEN),
            Leaf::Left => ("e-ring", 12, None, "solid", CURLED),
            Leaf::Lost => ("e-ring", 12, None, "dashed", CURLED),
        };
        let style = format!("border:1px {line} {};{corner}", self.day.leaf);
        html! { td class=(class) width=(width) height="12" bgcolor=[ground] style=(style) { "\u{a0}" } }
    }

    fn foot(&self, paper: &Paper<'_>, draft: &Draft) -> Markup {
        let Palette { rule, ink2, .. } = self.day;
        html! {
            table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" {
                tr { td.e-rule.e-ink2 style=(format!("border-top:1px solid {rule};padding-top:18px;{}", sans(14, ink2))) {
                    @for spans in &draft.foot { (self.spans(spans)) br; }
                    (imprint(paper))
                    @if draft.times == Times::Told { br; (text::times_in(paper.zone)) }
                } }
            }
        }
    }
}

/// A leaf of the counter.
#[derive(Clone, Copy)]
enum Leaf {
    Used,
    Booked,
    Left,
    Lost,
}
