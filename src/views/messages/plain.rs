//! A draft as plain text, in lines of at most 72 characters where words allow; addresses stand on lines of their own.

use super::Paper;
use super::draft::{Block, Draft, Span, Times};
use crate::views::text;

const WIDTH: usize = 72;

/// The whole text.
pub(super) fn text(paper: &Paper<'_>, draft: &Draft) -> String {
    let mut parts = vec![format!("Hello {},", paper.first_name()), closed(&draft.heading)];
    parts.extend(draft.blocks.iter().map(|(_, one)| block(one)));
    let mut foot = vec!["-- ".to_owned()];
    foot.extend(draft.foot.iter().map(|spans| paragraph(spans)));
    foot.push(imprint(paper));
    if draft.times == Times::Told {
        foot.push(text::times_in(paper.zone));
    }
    parts.push(foot.join("\n"));
    let mut text = parts.join("\n\n");
    text.push('\n');
    // Words are copied from it, and searched in it.
    text.replace('\u{a0}', " ")
}

/// Name and address of the practice in one line.
pub(super) fn imprint(paper: &Paper<'_>) -> String {
    let address = paper.practice.address.as_str().lines().map(str::trim).filter(|line| !line.is_empty());
    [paper.practice.name.as_str()].into_iter().chain(address).collect::<Vec<_>>().join(", ")
}

/// A heading as a sentence.
fn closed(heading: &str) -> String {
    let ends = heading.ends_with(['.', '?']);
    wrapped(&if ends { heading.to_owned() } else { format!("{heading}.") })
}

fn block(block: &Block) -> String {
    match block {
        Block::Words(spans) => paragraph(spans),
        Block::Button(words, url) => format!("{words}:\n{}", shown(url)),
        Block::Choices(choices) => {
            let lines = choices.iter().map(|(words, url)| format!("  {words}\n  {}", shown(url)));
            lines.collect::<Vec<_>>().join("\n\n")
        }
        Block::Label { aside, large, small } => {
            let lines = [aside].into_iter().chain(large).chain(small).filter(|line| !line.is_empty());
            lines.map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
        }
        Block::Facts(facts) => {
            facts.iter().map(|(name, value)| format!("  {name}: {value}")).collect::<Vec<_>>().join("\n")
        }
        Block::Counter(_, strong, rest) => wrapped(format!("{strong} {rest}").trim_end()),
        Block::Code(code) => format!("  {code}"),
        Block::Hers(lines) => lines.iter().map(|line| wrapped(line)).collect::<Vec<_>>().join("\n"),
    }
}

fn paragraph(spans: &[Span]) -> String {
    let mut words = String::new();
    let mut urls = Vec::new();
    for span in spans {
        match span {
            Span::Plain(text) => words.push_str(text),
            Span::Link(text, url) => {
                words.push_str(text);
                urls.push(shown(url).to_owned());
            }
        }
    }
    [wrapped(&words)].into_iter().chain(urls).collect::<Vec<_>>().join("\n")
}

/// An address as people copy it.
fn shown(url: &str) -> &str {
    url.strip_prefix("mailto:").unwrap_or(url)
}

fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 {
            let fits = column + 1 + length <= WIDTH;
            out.push(if fits { ' ' } else { '\n' });
            column = if fits { column + 1 } else { 0 };
        }
        out.push_str(word);
        column += length;
    }
    out
}
