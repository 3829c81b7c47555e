//! Finding a client by what one remembers of her: parts of her name, address or number, without regard to case, accents
//! or the way in which a number is written.

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::client::Client;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    words: Vec<String>,
    /// All of it, if it can only be a telephone number.
    number: Option<String>,
}

impl Search {
    /// From what was typed.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let words = plain(typed).split_whitespace().map(str::to_owned).collect();
        let is_number = typed.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
        let number = digits(typed).trim_start_matches('0').to_owned();
        Self { words, number: (is_number && number.len() > 2).then_some(number) }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a client is found: every word is in her name, address or number.
    #[must_use]
    pub fn finds(&self, client: &Client) -> bool {
        let phone = client.phone.as_ref().map_or(String::new(), |phone| digits(phone.as_str()));
        if self.number.as_ref().is_some_and(|number| phone.contains(number)) {
            return true;
        }
        let name = client.name.as_str();
        let text = format!("{}\n{}\n{}", plain(name), spelled_out(name), plain(&client.email.to_string()));
        self.words.iter().all(|word| {
            let number = digits(word);
            let by_phone = number.len() > 2 && phone.contains(number.trim_start_matches('0'));
            text.contains(word) || by_phone
        })
    }
}

/// The digits of a number; the zero of "+46 (0)70", which is dialled only at home, is left out.
fn digits(text: &str) -> String {
    text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect()
}

/// Letters and the marks that stand on them, each for itself, in lower case.
fn parts(text: &str) -> Vec<char> {
    DecomposingNormalizerBorrowed::new_nfd().normalize(&text.to_lowercase()).chars().collect()
}

const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// Letters that are no letter with a mark, as they are typed without them.
const fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        '’' | 'ʼ' => "'",
        _ => return None,
    })
}

fn push(out: &mut String, c: char) {
    match without_stroke(c) {
        Some(letters) => out.push_str(letters),
        None if is_mark(c) => {}
        None => out.push(c),
    }
}

/// "Müller" as "muller".
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    parts(text).into_iter().for_each(|c| push(&mut out, c));
    out
}

/// What a list of names is sorted by, so that Łukasz stands between Leo and Marta. Names that differ only in marks keep one order.
#[must_use]
pub fn alphabetical(name: &str) -> (String, String) {
    (plain(name), name.to_owned())
}

/// "Müller" as "mueller", the way in which it is written where there are no such keys.
fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in parts(text) {
        match (c, out.chars().last()) {
            ('\u{308}', Some('a' | 'o' | 'u')) => out.push('e'),
            ('\u{30a}', Some('a')) => out.push('a'),
            ('ø', _) => out.push_str("oe"),
            _ => push(&mut out, c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ClientId;
    use crate::domain::time::Timestamp;

    fn client(name: &str, email: &str, phone: Option<&str>) -> Client {
        Client {
            id: ClientId::from_bits(1),
            name: name.parse().unwrap(),
            email: email.parse().unwrap(),
            phone: phone.map(|phone| phone.parse().unwrap()),
            zone: "Europe/Stockholm".parse().unwrap(),
            joined_at: Timestamp::UNIX_EPOCH,
            verified_at: None,
            password: None,
        }
    }

    #[test]
    fn a_search_finds_by_name_mail_and_number() {
        let nora = client("Nora Lindqvist", "nora@lindqvist.example", Some("+46 (0)70-123 45 67"));
        for found in [
            "nora",
            "LIND nora",
            "lindqvist.example",
            "0701234567",
            "123",
            "070 123 45 67",
            "+46 70 123 45 67",
            "0046701234567",
            "nora 123",
            "",
        ] {
            assert!(Search::new(found).finds(&nora), "{found}");
        }
        for other in ["nora meyer", "99", "070999", "070 123 45 68", "nora 999"] {
            assert!(!Search::new(other).finds(&nora), "{other}");
        }
    }

    #[test]
    fn a_list_is_sorted_as_people_look_for_names() {
        let mut names = ["Żaneta", "Zoë", "Marta", "Łukasz", "leo", "Ørjan", "Olga", "Petra"];
        names.sort_by_cached_key(|name| alphabetical(name));
        assert_eq!(names, ["leo", "Łukasz", "Marta", "Olga", "Ørjan", "Petra", "Żaneta", "Zoë"]);
    }

    #[test]
    fn accents_are_neither_needed_nor_in_the_way() {
        for (name, found) in [
            ("Jürgen Müller", &["muller", "mueller", "MÜLLER", "mu\u{308}ller", "jurgen"][..]),
            ("Mu\u{308}ller", &["müller", "muller", "mueller"]),
            ("Łukasz Żółć", &["lukasz", "zolc", "żółć"]),
            ("Søren Ågård", &["soren", "soeren", "agard", "aagaard", "søren"]),
            ("Zoë Đặng", &["zoe", "dang", "đặng"]),
            ("Þóra Æsir", &["thora", "aesir"]),
            ("Weiß", &["weiss", "WEISS", "weiß"]),
            ("Şebnem İnce", &["sebnem", "ince"]),
            ("Seán O’Brien", &["sean o'brien", "o’brien"]),
            ("Νίκος", &["νικος", "ΝΊΚΟΣ"]),
            ("日本 花子", &["花子"]),
        ] {
            for typed in found {
                let one = client(name, "x@y.example", None);
                assert!(Search::new(typed).finds(&one), "{typed} does not find {name}");
            }
        }
        assert!(!Search::new("moller").finds(&client("Jürgen Müller", "x@y.example", None)));
    }
}
