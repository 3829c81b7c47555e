//! Reads Rust well enough to hold the walls: which paths a file names, how long its functions are. It is no
//! compiler; what it does not see through (paths made by macros) it leaves alone.

use std::collections::HashMap;
use std::path::Path;

/// One file of the repository, and three views of it in which every line keeps its number.
pub struct Source {
    /// From the root of the repository, with `/`.
    pub path: String,
    /// As it is on disk.
    pub text: String,
    /// Without comments and `#[cfg(test)]` items.
    pub uncommented: String,
    /// Without comments, without what strings and characters hold, and without `#[cfg(test)]` items.
    pub shipped: String,
}

/// A path that a file names, from the crate's root (`crate::` taken off) or beginning with another crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Mention {
    pub line: usize,
    pub segments: Vec<String>,
    pub ours: bool,
}

/// A function and where it stands; `lines` counts from its `fn` to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let bare = blank(text, Blank::CommentsAndLiterals);
        let uncommented = without_tests(&blank(text, Blank::Comments), &bare);
        let shipped = without_tests(&bare, &bare);
        Source { path: path.to_owned(), text: text.to_owned(), uncommented, shipped }
    }

    /// Every `.rs` file below `folder`, in order.
    pub fn below(root: &Path, folder: &str) -> Vec<Source> {
        let mut found = Vec::new();
        let mut waiting = vec![root.join(folder)];
        while let Some(folder) = waiting.pop() {
            let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
            for path in entries.map(|entry| entry.expect("a readable folder").path()) {
                if path.is_dir() {
                    waiting.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let text = std::fs::read_to_string(&path).expect("UTF-8");
                    let name =
                        path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                    found.push(Source::new(&name, &text));
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// The module this file is: `src/domain/credits/lot.rs` is `["domain", "credits", "lot"]`.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
            parts.pop();
        }
        parts
    }

    /// The paths named outside of tests, in imports and inline.
    pub fn mentions(&self) -> Vec<Mention> {
        let tokens = tokens(&self.shipped);
        let module: Vec<String> = self.module().iter().map(|&part| part.to_owned()).collect();
        let mut found = Vec::new();
        let mut bound: HashMap<String, Vec<String>> = HashMap::new();
        let mut at = 0;
        while at < tokens.len() {
            let after = tokens.get(at + 1).map_or("", |next| next.text);
            let inside_a_path = at > 0 && tokens[at - 1].text == "::";
            if tokens[at].text == "use" && after != "<" {
                let mut leaves = Vec::new();
                at = import(&tokens, at + 1, &[], &mut leaves);
                for Leaf { path, name, line } in leaves {
                    let mention = resolve(path, line, &module);
                    if mention.ours {
                        bound.insert(name, mention.segments.clone());
                    }
                    found.push(mention);
                }
            } else if is_word(tokens[at].text) && after == "::" && !inside_a_path {
                let mut path = vec![tokens[at].text.to_owned()];
                let line = tokens[at].line;
                while tokens.get(at + 1).is_some_and(|t| t.text == "::") {
                    match tokens.get(at + 2) {
                        Some(next) if is_word(next.text) => path.push(next.text.to_owned()),
                        _ => break,
                    }
                    at += 2;
                }
                match bound.get(&path[0]) {
                    Some(meant) => {
                        let segments = meant.iter().chain(&path[1..]).cloned().collect();
                        found.push(Mention { line, segments, ours: true });
                    }
                    None => found.push(resolve(path, line, &module)),
                }
            }
            at += 1;
        }
        found
    }

    /// Every function with a body, tests included.
    pub fn functions(&self) -> Vec<Function> {
        let bare = blank(&self.text, Blank::CommentsAndLiterals);
        let tokens = tokens(&bare);
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let Some(name) = tokens.get(at + 1).filter(|next| token.text == "fn" && is_word(next.text))
            else {
                continue;
            };
            let (mut nested, mut depth) = (0_i32, 0_i32);
            for token in &tokens[at + 2..] {
                match token.text {
                    "(" | "[" => nested += 1,
                    ")" | "]" => nested -= 1,
                    ";" if depth == 0 && nested == 0 => break,
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => continue,
                }
                if token.text == "}" && depth == 0 {
                    let (name, line) = (name.text.to_owned(), tokens[at].line);
                    found.push(Function { name, line, lines: token.line - line + 1 });
                    break;
                }
            }
        }
        found
    }

    /// The files that exist for tests only: those of `#[cfg(test)] mod name;`, from the root of the repository.
    pub fn test_files(&self) -> Vec<String> {
        let bare = blank(&self.text, Blank::CommentsAndLiterals);
        let stem = match self.path.strip_suffix("/mod.rs").or(self.path.strip_suffix("/lib.rs")) {
            Some(folder) => folder,
            None => self.path.trim_end_matches(".rs"),
        };
        test_items(&bare)
            .into_iter()
            .filter_map(|(from, to)| bare[from..to].trim_end().strip_suffix(';')?.rsplit_once("mod "))
            .flat_map(|(_, name)| [format!("{stem}/{name}.rs"), format!("{stem}/{name}/mod.rs")])
            .collect()
    }
}

struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// One thing that a `use` brings in, and the name it gives it.
struct Leaf {
    path: Vec<String>,
    name: String,
    line: usize,
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = code[at..].chars().next() {
        let rest = &code[at..];
        let length = if is_word(rest) {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        if first == '\n' {
            line += 1;
        } else if !first.is_whitespace() {
            found.push(Token { text: &rest[..length], line });
        }
        at += length;
    }
    found
}

/// Reads one tree of a `use` from `at`, adds each leaf with the name it binds, and returns where it stopped.
fn import(tokens: &[Token<'_>], mut at: usize, before: &[String], leaves: &mut Vec<Leaf>) -> usize {
    let mut path = before.to_vec();
    let mut name = None;
    let (mut grouped, mut itself) = (false, false);
    let mut line = tokens.get(at).map_or(0, |first| first.line);
    while at < tokens.len() {
        match tokens[at].text {
            "::" => {}
            "{" => {
                grouped = true;
                loop {
                    at = import(tokens, at + 1, &path, leaves);
                    if tokens.get(at).is_none_or(|end| end.text != ",") {
                        break;
                    }
                }
            }
            "as" => {
                at += 1;
                name = tokens.get(at).map(|alias| alias.text.to_owned());
            }
            "self" if !path.is_empty() => itself = true,
            "," | "}" | ";" => break,
            segment => {
                path.push(segment.to_owned());
                line = tokens[at].line;
            }
        }
        at += 1;
    }
    if itself || !grouped && path.len() > before.len() {
        let name = name.or(path.last().cloned()).unwrap_or_default();
        leaves.push(Leaf { path, name, line });
    }
    at
}

/// Turns `crate::`, `self::`, `super::` and the crate's own name into a path from the root.
fn resolve(path: Vec<String>, line: usize, module: &[String]) -> Mention {
    let mut base = module.to_vec();
    let mut taken = 0;
    match path[0].as_str() {
        "crate" | "fiddlehead" => (base, taken) = (Vec::new(), 1),
        "self" => taken = 1,
        "super" => {
            while path.get(taken).is_some_and(|part| part == "super") {
                base.pop();
                taken += 1;
            }
        }
        _ => return Mention { line, segments: path, ours: false },
    }
    base.extend(path.into_iter().skip(taken));
    Mention { line, segments: base, ours: true }
}

/// Where each `#[cfg(test)]` item begins and ends.
fn test_items(bare: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = bare[from..].find("#[cfg(test)]").map(|offset| from + offset) {
        let mut depth = 0_usize;
        let mut end = bare.len();
        for (offset, c) in bare[begin..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && (c == '}' || c == ';') {
                end = begin + offset + 1;
                break;
            }
        }
        found.push((begin, end));
        from = end;
    }
    found
}

/// `text` without the test items that `bare`, the same without comments and literals, shows.
fn without_tests(text: &str, bare: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (begin, end) in test_items(bare) {
        bytes[begin..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    String::from_utf8(bytes).expect("only whole items were hidden")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Blank {
    Comments,
    CommentsAndLiterals,
}

/// The text with the named parts turned to spaces (one for each byte, so that places stay), line ends kept.
fn blank(text: &str, what: Blank) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut hide = |from: usize, to: usize| {
        for byte in &mut out[from..to.min(bytes.len())] {
            *byte = if *byte == b'\n' { b'\n' } else { b' ' };
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        let in_a_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            hide(at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = at + block_comment(rest);
            hide(at, end);
            at = end;
        } else if let Some((open, length)) = literal(rest, in_a_word) {
            if what == Blank::CommentsAndLiterals {
                hide(at + open, at + length);
            }
            at += length;
        } else {
            at += 1;
        }
    }
    String::from_utf8(out).expect("only whole characters were hidden")
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..(at + 2).min(rest.len())] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A string or character that begins here: how long its opening is, and all of it.
fn literal(rest: &[u8], in_a_word: bool) -> Option<(usize, usize)> {
    let until_quote = |open: usize, quote: u8| {
        let mut at = open;
        while at < rest.len() && rest[at] != quote {
            at += if rest[at] == b'\\' { 2 } else { 1 };
        }
        Some((open, (at + 1).min(rest.len())))
    };
    match rest[0] {
        b'"' => until_quote(1, b'"'),
        b'r' if !in_a_word => raw_string(rest, 1),
        b'b' if !in_a_word && rest.get(1) == Some(&b'r') => raw_string(rest, 2),
        // `'a'` is a character, `'a` alone a lifetime.
        b'\'' if rest.get(1) == Some(&b'\\') => until_quote(1, b'\''),
        b'\'' => {
            let one = std::str::from_utf8(&rest[1..rest.len().min(5)])
                .or_else(|e| std::str::from_utf8(&rest[1..1 + e.valid_up_to()]));
            let width = one.ok()?.chars().next()?.len_utf8();
            (rest.get(1 + width) == Some(&b'\'')).then_some((1, width + 2))
        }
        _ => None,
    }
}

fn raw_string(rest: &[u8], prefix: usize) -> Option<(usize, usize)> {
    let hashes = rest[prefix..].iter().take_while(|&&b| b == b'#').count();
    let open = prefix + hashes + 1;
    if rest.get(open - 1) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let end = rest[open..]
        .windows(close.len())
        .position(|w| w == close)
        .map_or(rest.len(), |i| open + i + close.len());
    Some((open, end))
}
