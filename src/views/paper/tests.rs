//! Papers, as far as they can be seen from inside; a reader of PDFs reads them in `tests/it`.

use super::*;

fn paper(words: &str) -> Paper {
    let columns = vec![
        Column { head: "What", share: 3.0, side: Side::Start },
        Column { head: "Amount", share: 1.0, side: Side::End },
    ];
    let row = Row {
        cells: vec![words.to_owned(), "$540.00".to_owned()],
        weight: Weight::Regular,
        rule: Rule::Hair,
    };
    Paper {
        title: "Receipt".to_owned(),
        author: "Quiet Field".to_owned(),
        on: "2026-04-14".parse().unwrap(),
        sheet: Sheet::A4,
        blocks: vec![
            Block::Heading("Receipt".to_owned()),
            Block::Words(words.to_owned(), Weight::Strong),
            Block::Gap,
            Block::Table(columns, vec![row; 60]),
        ],
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    assert_eq!(paper("Łukasz Żółć").pdf(), paper("Łukasz Żółć").pdf());
    assert_ne!(paper("Łukasz Żółć").pdf(), paper("Łukasz Żółw").pdf());
}

#[test]
fn names_in_latin_letters_can_be_spelled_and_others_are_left_to_the_page() {
    for name in [
        "Łukasz Żółć",
        "Đorđe Šišić",
        "Ștefan Țurcanu",
        "Åsa Öberg",
        "O’Brien – “Nora”",
        "PLN\u{a0}12,000",
        "−$0.50 ₹5 €7 £1",
    ] {
        assert!(Paper::can_spell(name), "{name}");
        assert!(paper(name).pdf().is_some());
    }
    for name in ["Ольга", "名前", "نور", "🌿"] {
        assert!(!Paper::can_spell(name), "{name}");
        assert_eq!(paper(name).pdf(), None);
    }
}

#[test]
fn a_long_table_goes_on_over_the_page() {
    let pdf = paper("one").pdf().unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert_eq!(text.matches("/Type /Page\n").count(), 2, "{}", text.matches("/Type /Page").count());
}

#[test]
fn the_fonts_stay_small() {
    let fonts = ["regular", "semibold"].map(|name| format!("fonts/paper/rosario-{name}.ttf"));
    let size: usize = fonts.iter().map(|name| crate::views::asset::named(name).unwrap().body.len()).sum();
    assert!(size < 60_000, "{size}");
}
