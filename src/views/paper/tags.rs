//! What is what on a paper, for readers that do not see it: headings, paragraphs and tables, tied to the marks on the pages.

use pdf_writer::types::StructRole;
use pdf_writer::{Finish, Pdf, Ref};

/// A mark on a page: words that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) page: usize,
    pub(super) number: i32,
}

/// A part of the paper.
#[derive(Debug)]
pub(super) enum Tag {
    /// Words.
    Leaf(StructRole, Mark),
    /// Parts that belong together.
    Group(StructRole, Vec<Tag>),
}

/// Writes the tree under its root; gives for each page the element of each mark, by its number.
pub(super) fn write(pdf: &mut Pdf, root: Ref, tags: &[Tag], pages: &[Ref], next: &mut Ref) -> Vec<Vec<Ref>> {
    let mut marked = vec![Vec::new(); pages.len()];
    let document = next.bump();
    let children: Vec<Ref> = tags.iter().map(|_| next.bump()).collect();
    let mut element = pdf.struct_element(document);
    element.kind(StructRole::Document).parent(root);
    element.children().struct_elements(&children);
    element.finish();
    for (tag, id) in tags.iter().zip(children) {
        one(pdf, (id, document), tag, pages, next, &mut marked);
    }
    marked.insert(0, vec![document]);
    marked
}

trait Elements {
    fn struct_elements(&mut self, ids: &[Ref]);
}

impl Elements for pdf_writer::writers::StructChildren<'_> {
    fn struct_elements(&mut self, ids: &[Ref]) {
        for id in ids {
            self.struct_element(*id);
        }
    }
}

fn one(
    pdf: &mut Pdf,
    (id, parent): (Ref, Ref),
    tag: &Tag,
    pages: &[Ref],
    next: &mut Ref,
    marked: &mut [Vec<Ref>],
) {
    match tag {
        Tag::Leaf(role, mark) => {
            let mut element = pdf.struct_element(id);
            element.kind(*role).parent(parent).page(pages[mark.page]);
            element.children().marked_content_id(mark.number);
            // Marks are numbered in the order in which they are made.
            marked[mark.page].push(id);
        }
        Tag::Group(role, tags) => {
            let children: Vec<Ref> = tags.iter().map(|_| next.bump()).collect();
            let mut element = pdf.struct_element(id);
            element.kind(*role).parent(parent);
            element.children().struct_elements(&children);
            element.finish();
            for (tag, child) in tags.iter().zip(children) {
                one(pdf, (child, id), tag, pages, next, marked);
            }
        }
    }
}
