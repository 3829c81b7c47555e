//! A long list, page by page.

use maud::{Markup, html};

/// A page of a list.
pub struct Page<'a, T> {
    /// What stands on it.
    pub rows: &'a [T],
    /// Which one it is, from 1.
    at: usize,
    /// How many there are.
    count: usize,
}

impl<'a, T> Page<'a, T> {
    /// The page that was asked for, from 1, of a list with so many on a page; the last one if there are not so many.
    pub fn of(all: &'a [T], asked: usize, size: usize) -> Self {
        let count = all.len().div_ceil(size).max(1);
        let at = asked.clamp(1, count);
        Self { rows: &all[(at - 1) * size..all.len().min(at * size)], at, count }
    }

    /// The same page with its rows as something else, such as with names that are looked up only for what is shown.
    #[must_use]
    pub const fn showing<'b, U>(&self, rows: &'b [U]) -> Page<'b, U> {
        Page { rows, at: self.at, count: self.count }
    }

    /// The way to the pages before and after, if there are any. `to` is the address of a page.
    pub fn turn(&self, to: impl Fn(usize) -> String) -> Markup {
        let Self { at, count, .. } = *self;
        html! {
            @if count > 1 {
                nav.cluster.calfoot aria-label="Pages" {
                    @if at > 1 { a rel="prev" href=(to(at - 1)) { "The page before" } }
                    span { "Page " (at) " of " (count) }
                    @if at < count { a rel="next" href=(to(at + 1)) { "The next page" } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_on_one_page_and_who_asks_for_too_much_gets_the_nearest() {
        let all: Vec<u8> = (0..25).collect();
        let page = |asked| Page::of(&all, asked, 10);
        assert_eq!([1, 2, 3].map(|asked| page(asked).rows).concat(), all);
        assert_eq!((page(0).rows, page(9).rows), (&all[..10], &all[20..]));
        assert!(Page::of(&all[..0], 3, 10).rows.is_empty());
    }

    #[test]
    fn there_is_a_way_to_the_pages_beside_it_and_none_where_there_is_one() {
        let all = [0; 25];
        let turn =
            |asked, size| Page::of(&all, asked, size).turn(|page| format!("/list?page={page}")).into_string();
        let middle = turn(2, 10);
        assert!(middle.contains("/list?page=1") && middle.contains("/list?page=3"), "{middle}");
        assert!(middle.contains("Page 2 of 3"), "{middle}");
        assert!(!turn(1, 10).contains("prev") && !turn(3, 10).contains("next"));
        assert_eq!(turn(1, 25), "");
    }
}
