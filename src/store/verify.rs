//! Verifies every page of a data file before it is opened, on all cores: each node of its trees against the checksum that the node above has
//! of it, from the roots in the header on. redb does the same when it opens a file to be checked, on one core and twice over; where
//! a file is not as plain as ours always are, it is left to redb.
//!
//! The format is redb's third (its `docs/design.md`): a header with two commit slots, then pages of 4096 · 2ⁿ bytes.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use twox_hash::XxHash3_128;

const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
const HEADER: usize = 320;
const SLOT: usize = 128;
const PAGE: u64 = 4096;
/// Of the byte after the magic number.
const SECOND_IS_PRIMARY: u8 = 1;
const NOT_CLOSED: u8 = 2;
const TWO_PHASES: u8 = 4;
const UNFLUSHED: u8 = 8;
/// No tree is deeper; where one seems to be, it leads in circles.
const DEPTH: usize = 64;
/// From so many subtrees on they are given to all cores.
const ENOUGH: usize = 512;
/// The largest page: 2²⁰ small ones.
const ORDERS: u8 = 20;

/// What was looked for is not there, or not as it was written, or of a kind that is for redb to look at.
#[derive(Debug)]
struct Doubt;

type Walked<T> = Result<T, Doubt>;

/// Whether every page of a file that nobody has open can be read and is as it was written. Where this says no, redb looks
/// again by itself, and its word counts.
pub(super) fn is_sound(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    // Whoever has it open writes to it; redb will find out.
    file.try_lock_shared().is_ok() && look(&file).is_ok()
}

fn look(file: &File) -> Walked<()> {
    let mut header = [0; HEADER];
    file.read_exact_at(&mut header, 0).map_err(|_| Doubt)?;
    let word = |at: usize| u64::from(u32::from_le_bytes(part(&header, at)));
    let (flags, region_header, region_pages) = (header[MAGIC.len()], word(16), word(20));
    if !header.starts_with(MAGIC) || word(12) != PAGE || flags & (TWO_PHASES | UNFLUSHED) != TWO_PHASES {
        return Err(Doubt);
    }
    // A file that was closed in order says how long it is.
    let region = (region_header + region_pages) * PAGE;
    let trailing = if word(28) > 0 { (region_header + word(28)) * PAGE } else { 0 };
    let length = file.metadata().map_err(|_| Doubt)?.len();
    if region_pages == 0 || flags & NOT_CLOSED == 0 && length != PAGE + word(24) * region + trailing {
        return Err(Doubt);
    }
    // What was committed in two phases is whole if its slot is; which slot that is, is told by a flag.
    let slot = &header[if flags & SECOND_IS_PRIMARY == 0 { 64 } else { 64 + SLOT }..][..SLOT];
    if slot[0] != 3 || XxHash3_128::oneshot(&slot[..SLOT - 16]) != u128::from_le_bytes(part(slot, SLOT - 16))
    {
        return Err(Doubt);
    }
    let pages = Pages { file, region_header: region_header * PAGE, region };
    let mut trees = Vec::new();
    for (there, at) in [(slot[1], 8), (slot[2], 40)] {
        if there != 0 {
            pages.tables(Node::at(&slot[at..], Widths::default()), &mut trees, 0)?;
        }
    }
    pages.verify(trees)
}

/// Some bytes at a place that is there.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("so many bytes")
}

/// How wide keys and values are, if all are the same.
#[derive(Debug, Clone, Copy, Default)]
struct Widths {
    key: Option<usize>,
    value: Option<usize>,
}

/// A node, as the one above it has it.
#[derive(Debug, Clone, Copy)]
struct Node {
    page: u64,
    checksum: u128,
    widths: Widths,
}

impl Node {
    /// From its page number and checksum, which stand side by side wherever a root or a child is named.
    fn at(bytes: &[u8], widths: Widths) -> Self {
        let (page, checksum) = (u64::from_le_bytes(part(bytes, 0)), u128::from_le_bytes(part(bytes, 8)));
        Self { page, checksum, widths }
    }
}

/// What a node is, once it was found to be as it was written.
enum Kind {
    Leaf { pairs: usize },
    Branch { children: usize },
}

struct Pages<'a> {
    file: &'a File,
    region_header: u64,
    region: u64,
}

impl Pages<'_> {
    /// Reads a node and holds it against its checksum.
    fn node(&self, node: Node, page: &mut Vec<u8>) -> Walked<Kind> {
        // Five bits of order, then region and index, of which larger pages need fewer bits.
        let order = u8::try_from(node.page >> 59).unwrap_or(u8::MAX);
        if order > ORDERS {
            return Err(Doubt);
        }
        let (region, index) = ((node.page >> 20) & 0xF_FFFF, node.page & (0xF_FFFF >> order));
        let size = PAGE << order;
        let start = PAGE + region * self.region + self.region_header + index * size;
        page.resize(usize::try_from(size).map_err(|_| Doubt)?, 0);
        self.file.read_exact_at(page, start).map_err(|_| Doubt)?;
        let count = usize::from(u16::from_le_bytes(part(page, 2)));
        let (kind, end) = match page[0] {
            1 => (Kind::Leaf { pairs: count }, leaf_end(page, count, node.widths)),
            2 => (Kind::Branch { children: count + 1 }, branch_end(page, count, node.widths.key)),
            _ => return Err(Doubt),
        };
        let written = end.and_then(|end| page.get(..end)).ok_or(Doubt)?;
        if XxHash3_128::oneshot(written) == node.checksum { Ok(kind) } else { Err(Doubt) }
    }

    /// The nodes below a branch that was found to be sound.
    fn children(page: &[u8], count: usize, widths: Widths) -> impl Iterator<Item = Node> {
        // All checksums stand before all page numbers.
        let (checksums, numbers) = (8, 8 + 16 * count);
        (0..count).map(move |n| Node {
            page: u64::from_le_bytes(part(page, numbers + 8 * n)),
            checksum: u128::from_le_bytes(part(page, checksums + 16 * n)),
            widths,
        })
    }

    /// The roots of the tables that a tree of tables names.
    fn tables(&self, node: Node, roots: &mut Vec<Node>, depth: usize) -> Walked<()> {
        if depth > DEPTH {
            return Err(Doubt);
        }
        let mut page = Vec::new();
        match self.node(node, &mut page)? {
            Kind::Branch { children } => {
                for child in Self::children(&page, children, node.widths) {
                    self.tables(child, roots, depth + 1)?;
                }
            }
            Kind::Leaf { pairs } => {
                for n in 0..pairs {
                    let (name, table) = pair(&page, pairs, n).ok_or(Doubt)?;
                    roots.extend(root(name, table)?);
                }
            }
        }
        Ok(())
    }

    /// Everything below these nodes, and they themselves.
    fn verify(&self, mut nodes: Vec<Node>) -> Walked<()> {
        let mut page = Vec::new();
        for _ in 0..DEPTH {
            if nodes.is_empty() || nodes.len() >= ENOUGH {
                break;
            }
            let mut below = Vec::new();
            for node in nodes {
                if let Kind::Branch { children } = self.node(node, &mut page)? {
                    below.extend(Self::children(&page, children, node.widths));
                }
            }
            nodes = below;
        }
        let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let work = || {
            let mut pages = Vec::new();
            while let Some(node) = nodes.get(next.fetch_add(1, Ordering::Relaxed)) {
                if stopped.load(Ordering::Relaxed) {
                    return Ok(());
                }
                self.below(*node, &mut pages, 0).inspect_err(|_| stopped.store(true, Ordering::Relaxed))?;
            }
            Ok(())
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let more = if nodes.len() < ENOUGH { 0 } else { cores - 1 };
        std::thread::scope(|scope| {
            let others: Vec<_> = (0..more).map(|_| scope.spawn(work)).collect();
            let mine = work();
            others.into_iter().fold(mine, |all, one| all.and(one.join().unwrap_or(Err(Doubt))))
        })
    }

    /// A node and all below it; a buffer for each level is kept in `pages`.
    fn below(&self, node: Node, pages: &mut Vec<Vec<u8>>, depth: usize) -> Walked<()> {
        if depth > DEPTH {
            return Err(Doubt);
        }
        if pages.len() <= depth {
            pages.push(Vec::new());
        }
        let mut page = std::mem::take(&mut pages[depth]);
        let kind = self.node(node, &mut page);
        if let Kind::Branch { children } = kind? {
            for child in Self::children(&page, children, node.widths) {
                self.below(child, pages, depth + 1)?;
            }
        }
        pages[depth] = page;
        Ok(())
    }
}

/// A number of four bytes, if it is within the page.
fn number(page: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(page.get(at..at + 4)?.try_into().ok()?) as usize)
}

/// Where the ends of keys and of values stand, and where the keys begin.
fn sections(pairs: usize, widths: Widths) -> (usize, usize, usize) {
    let keys = if widths.key.is_none() { 4 * pairs } else { 0 };
    let values = if widths.value.is_none() { 4 * pairs } else { 0 };
    (4, 4 + keys, 4 + keys + values)
}

/// Where the last value of a leaf ends.
fn leaf_end(page: &[u8], pairs: usize, widths: Widths) -> Option<usize> {
    let last = pairs.checked_sub(1)?;
    let (key_ends, value_ends, keys) = sections(pairs, widths);
    match widths.value {
        None => number(page, value_ends + 4 * last),
        Some(width) => {
            let values = widths
                .key
                .map_or_else(|| number(page, key_ends + 4 * last), |key| Some(keys + key * pairs))?;
            Some(values + width * pairs)
        }
    }
}

/// Where the last key of a branch ends.
fn branch_end(page: &[u8], keys: usize, width: Option<usize>) -> Option<usize> {
    let last = keys.checked_sub(1)?;
    let after_children = 8 + 24 * (keys + 1);
    width.map_or_else(|| number(page, after_children + 4 * last), |width| Some(after_children + width * keys))
}

/// A pair of a leaf whose keys and values are of all lengths.
fn pair(page: &[u8], pairs: usize, n: usize) -> Option<(&[u8], &[u8])> {
    let (key_ends, value_ends, keys) = sections(pairs, Widths::default());
    let end = |ends: usize, n: usize| number(page, ends + 4 * n);
    let first_value = end(key_ends, pairs - 1)?;
    let key = if n == 0 { keys } else { end(key_ends, n - 1)? }..end(key_ends, n)?;
    let value = if n == 0 { first_value } else { end(value_ends, n - 1)? }..end(value_ends, n)?;
    Some((page.get(key)?, page.get(value)?))
}

/// The root of a table out of its definition, if there is anything in it.
fn root(name: &[u8], table: &[u8]) -> Walked<Option<Node>> {
    const NORMAL: u8 = 3;
    if table.len() < 52 || table[0] != NORMAL {
        return Err(Doubt);
    }
    let width = |at: usize| (table[at] != 0).then(|| u32::from_le_bytes(part(table, at + 1)) as usize);
    let widths = Widths { key: width(42), value: width(47) };
    let root = (table[9] != 0).then(|| Node::at(&table[10..], widths));
    // A savepoint holds on to another tree; there is none in files of ours.
    if root.is_some() && name.starts_with(b"persistent_savepoints") { Err(Doubt) } else { Ok(root) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::entropy::Entropy;
    use crate::store::{Store, StoreError, builder, table};

    /// A file of a few megabytes with trees of several levels, small and large values, and pages that were freed.
    fn filled(path: &Path) {
        let store = Store::open(path).unwrap();
        for turn in 0..3u64 {
            let kept: Result<(), StoreError> = store.write(move |tx| {
                for n in 0..8_000u64 {
                    table::META.put(tx, &format!("{n:08}"), &(n + turn))?;
                }
                for n in 0..40u128 {
                    let who = crate::domain::id::PractitionerId::from_bits(n << 64);
                    let picture = vec![u8::try_from(n + u128::from(turn)).unwrap(); 1 << (n % 18)];
                    table::PICTURES.put(tx, &(who, 1), &picture)?;
                }
                Ok(())
            });
            kept.unwrap();
        }
    }

    /// Whether redb, which reads everything by itself, finds the file as sound as it was written.
    fn redb_says(path: &Path) -> bool {
        let mut checking = builder();
        checking.set_check_integrity_on_open(true);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| checking.open(path).is_ok()))
            .unwrap_or(false)
    }

    #[test]
    fn a_file_is_sound_after_a_stop_and_after_a_crash_and_not_while_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let (file, crashed) = (folder.path().join("data.redb"), folder.path().join("crashed.redb"));
        filled(&file);
        assert!(is_sound(&file));
        let store = Store::open(&file).unwrap();
        let kept: Result<(), StoreError> = store.write(|tx| table::META.put(tx, &"last".to_owned(), &7));
        kept.unwrap();
        assert!(!is_sound(&file), "somebody writes to it");
        // What is on the disk when the power goes.
        std::fs::copy(&file, &crashed).unwrap();
        drop(store);
        assert!(is_sound(&crashed) && redb_says(&crashed));
        let last = table::META.find(&Store::open(&crashed).unwrap().read().unwrap(), &"last".to_owned());
        assert_eq!(last.unwrap(), Some(7));
        std::fs::write(folder.path().join("empty"), []).unwrap();
        assert!(!is_sound(&folder.path().join("empty")) && !is_sound(&folder.path().join("nowhere")));
    }

    #[test]
    fn no_bit_that_redb_would_miss_in_a_tree_goes_unseen() {
        let folder = tempfile::tempdir().unwrap();
        let (file, hurt) = (folder.path().join("data.redb"), folder.path().join("hurt.redb"));
        filled(&file);
        let whole = std::fs::read(&file).unwrap();
        let (entropy, mut seen) = (Entropy::seeded(11), 0);
        for _ in 0..150 {
            let place = usize::try_from(u64::from_be_bytes(entropy.bytes()) % whole.len() as u64).unwrap();
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << (place % 8);
            std::fs::write(&hurt, &bytes).unwrap();
            let (ours, theirs) = (is_sound(&hurt), redb_says(&hurt));
            assert!(!ours || theirs, "byte {place}: redb sees that it is damaged");
            seen += usize::from(!ours);
        }
        assert!(seen > 10, "only {seen} of 150 met a page that is in use");
        // Each byte of the header: it is refused, or what is served is what was written.
        let all = |store: &Store| table::META.all(&store.read().unwrap()).unwrap();
        let kept = all(&Store::open(&file).unwrap());
        for place in 0..HEADER {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(&hurt, &bytes).unwrap();
            let served = Store::open(&hurt).map_or_else(|_| kept.clone(), |store| all(&store));
            assert!(served == kept, "byte {place} of the header");
        }
    }
}
