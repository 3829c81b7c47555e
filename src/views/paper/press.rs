//! Sets the blocks of a paper in lines and pages, and writes the file.

use pdf_writer::types::StructRole;
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::face::{Faces, packed};
use super::tags::{self, Mark, Tag};
use super::{Block, Column, Paper, Row, Rule, Side, Weight};

const MARGIN: f32 = 64.0;
const BODY: f32 = 10.5;
/// From one line to the next, by the size of the letters.
const LEADING: f32 = 1.4;

/// Pages being set.
struct Press {
    faces: Faces,
    pages: Vec<(Content, i32)>,
    width: f32,
    height: f32,
    /// How far down the page is filled.
    y: f32,
}

/// Words at a size.
#[derive(Clone, Copy)]
struct Set {
    size: f32,
    weight: Weight,
}

impl Set {
    fn line(self) -> f32 {
        self.size * LEADING
    }
}

/// A column's place.
#[derive(Clone, Copy)]
struct Place {
    left: f32,
    width: f32,
    side: Side,
}

pub(super) fn print(paper: &Paper) -> Vec<u8> {
    let (width, height) = paper.sheet.size();
    let mut press = Press { faces: Faces::new(), pages: Vec::new(), width, height, y: 0.0 };
    press.turn();
    let mut made = Vec::new();
    for block in &paper.blocks {
        press.block(block, &mut made);
    }
    press.write(paper, &made)
}

impl Press {
    /// A fresh page.
    fn turn(&mut self) {
        self.pages.push((Content::new(), 0));
        self.y = MARGIN;
    }

    /// Room for so much, on this page or the next.
    fn make_room(&mut self, height: f32) {
        if self.y + height > self.height - MARGIN && self.y > MARGIN {
            self.turn();
        }
    }

    fn block(&mut self, block: &Block, made: &mut Vec<Tag>) {
        let whole = Place { left: MARGIN, width: self.width - 2.0 * MARGIN, side: Side::Start };
        let mut words = |press: &mut Self, text: &str, role, size, weight| {
            let set = Set { size, weight };
            let lines = press.wrapped(text, set, whole.width);
            press.make_room(lines.len() as f32 * set.line());
            made.push(Tag::Leaf(role, press.show(&lines, set, whole)));
            press.y += lines.len() as f32 * set.line();
        };
        match block {
            Block::Heading(text) => {
                words(self, text, StructRole::H1, 24.0, Weight::Regular);
                self.y += 6.0;
            }
            Block::Subheading(text) => words(self, text, StructRole::H2, 13.0, Weight::Strong),
            Block::Words(text, weight) => words(self, text, StructRole::P, BODY, *weight),
            Block::Table(columns, rows) => self.table(columns, rows, made),
            Block::Gap => self.y += BODY * LEADING,
        }
    }

    /// Breaks words into lines of a width; a word that is too long for one stands out.
    fn wrapped(&mut self, text: &str, set: Set, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for given in text.split('\n') {
            let mut line = String::new();
            for word in given.split(' ') {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if line.is_empty() || self.faces.of(set.weight).width(&longer, set.size) <= width {
                    line = longer;
                } else {
                    lines.push(std::mem::replace(&mut line, word.to_owned()));
                }
            }
            lines.push(line);
        }
        lines
    }

    /// Shows lines from `y` on, under one mark.
    fn show(&mut self, lines: &[String], set: Set, place: Place) -> Mark {
        let page = self.pages.len() - 1;
        let (content, next) = &mut self.pages[page];
        let face = self.faces.of(set.weight);
        let mark = Mark { page, number: *next };
        *next += 1;
        content.begin_marked_content_with_properties(Name(b"Span")).properties().identify(mark.number);
        content.begin_text().set_font(Faces::name(set.weight), set.size);
        for (i, line) in lines.iter().enumerate() {
            let left = match place.side {
                Side::Start => place.left,
                Side::End => place.left + place.width - face.width(line, set.size),
            };
            let base = self.height - self.y - set.size - i as f32 * set.line();
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, left, base]);
            // A space at the end of a line keeps words apart where lines are read as one.
            let line = if i + 1 < lines.len() { format!("{line} ") } else { line.clone() };
            content.show(Str(&face.encode(&line)));
        }
        content.end_text().end_marked_content();
        mark
    }

    fn table(&mut self, columns: &[Column], rows: &[Row], made: &mut Vec<Tag>) {
        const BETWEEN: f32 = 12.0;
        let shares: f32 = columns.iter().map(|column| column.share).sum();
        let width = self.width - 2.0 * MARGIN;
        let mut left = MARGIN;
        let places: Vec<Place> = columns
            .iter()
            .map(|column| {
                let all = width * column.share / shares;
                let last = left + all >= self.width - MARGIN - 0.5;
                let place = Place { left, width: all - if last { 0.0 } else { BETWEEN }, side: column.side };
                left += all;
                place
            })
            .collect();
        let heads: Vec<String> = columns.iter().map(|column| column.head.to_owned()).collect();
        let set = |weight| Set { size: BODY, weight };
        let mut lines = vec![self.row(&heads, set(Weight::Strong), &places, None, StructRole::TH)];
        for row in rows {
            lines.push(self.row(&row.cells, set(row.weight), &places, Some(row.rule), StructRole::TD));
        }
        made.push(Tag::Group(StructRole::Table, lines));
        self.rule(Rule::Hair);
    }

    fn row(
        &mut self,
        cells: &[String],
        set: Set,
        places: &[Place],
        rule: Option<Rule>,
        role: StructRole,
    ) -> Tag {
        const PADDING: f32 = 3.5;
        let cells: Vec<Vec<String>> =
            cells.iter().zip(places).map(|(text, place)| self.wrapped(text, set, place.width)).collect();
        let most = cells.iter().map(Vec::len).max().unwrap_or_default();
        let height = most as f32 * set.line() + 2.0 * PADDING;
        self.make_room(height);
        if let Some(rule) = rule {
            self.rule(rule);
        }
        self.y += PADDING;
        let leaves =
            cells.iter().zip(places).map(|(lines, place)| Tag::Leaf(role, self.show(lines, set, *place)));
        let row = Tag::Group(StructRole::TR, leaves.collect());
        self.y += height - PADDING;
        row
    }

    /// A line across the page; no reader needs to hear of it.
    fn rule(&mut self, rule: Rule) {
        let (left, right, at) = (MARGIN, self.width - MARGIN, self.height - self.y);
        let page = self.pages.len() - 1;
        let content = &mut self.pages[page].0;
        content.begin_marked_content(Name(b"Artifact")).set_stroke_gray(0.55).set_line_width(0.6);
        let lines: &[f32] = if rule == Rule::Double { &[0.0, 2.0] } else { &[0.0] };
        for up in lines {
            content.move_to(left, at + up).line_to(right, at + up).stroke();
        }
        content.end_marked_content();
    }

    fn write(self, paper: &Paper, made: &[Tag]) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let mut next = Ref::new(1);
        let [catalog, tree, info, root, regular, strong] = [(); 6].map(|()| next.bump());
        let pages: Vec<Ref> = self.pages.iter().map(|_| next.bump()).collect();
        let marked = tags::write(&mut pdf, root, made, &pages, &mut next);
        let mut cover = pdf.catalog(catalog);
        cover.pages(tree).lang(TextStr("en"));
        cover.mark_info().marked(true);
        cover.viewer_preferences().display_doc_title(true);
        cover.pair(Name(b"StructTreeRoot"), root);
        cover.finish();
        let mut struct_root = pdf.indirect(root).start::<pdf_writer::writers::StructTreeRoot<'_>>();
        struct_root.child(marked[0][0]);
        let mut parents = struct_root.parent_tree();
        let mut numbers = parents.nums();
        let lists: Vec<Ref> = pages.iter().map(|_| next.bump()).collect();
        for (key, list) in (0i32..).zip(&lists) {
            numbers.insert(key, *list);
        }
        numbers.finish();
        parents.finish();
        struct_root.parent_tree_next_key(i32::try_from(lists.len()).unwrap_or(i32::MAX));
        struct_root.finish();
        for (list, elements) in lists.iter().zip(&marked[1..]) {
            pdf.indirect(*list).array().items(elements.iter().copied());
        }
        pdf.pages(tree).kids(pages.iter().copied()).count(i32::try_from(pages.len()).unwrap_or(i32::MAX));
        for ((key, id), (content, _)) in (0i32..).zip(&pages).zip(self.pages) {
            let body = next.bump();
            let mut page = pdf.page(*id);
            page.parent(tree).media_box(Rect::new(0.0, 0.0, self.width, self.height)).contents(body);
            page.struct_parents(key);
            page.resources()
                .fonts()
                .pair(Faces::name(Weight::Regular), regular)
                .pair(Faces::name(Weight::Strong), strong);
            page.finish();
            pdf.stream(body, &packed(&content.finish())).filter(Filter::FlateDecode);
        }
        let mut faces = self.faces;
        faces.of(Weight::Regular).write(&mut pdf, regular, &mut next);
        faces.of(Weight::Strong).write(&mut pdf, strong, &mut next);
        let year = u16::try_from(paper.on.year()).unwrap_or_default();
        let (month, day) = (paper.on.month().unsigned_abs(), paper.on.day().unsigned_abs());
        pdf.document_info(info)
            .title(TextStr(&paper.title))
            .author(TextStr(&paper.author))
            .producer(TextStr("Fiddlehead"))
            .creation_date(Date::new(year).month(month).day(day));
        pdf.finish()
    }
}
