//! What changed from one version of a package to the next, in sentences.

use super::{format, policy, session_terms};
use crate::domain::catalog::package::Offer;

/// An aspect of an offer, in words.
type Aspect = (&'static str, fn(&Offer) -> String);

/// Those that are told with what they were before.
const ASPECTS: [Aspect; 4] = [
    ("Name", |offer| offer.name.to_string()),
    ("Price", |offer| offer.price.to_string()),
    ("Sessions", session_terms),
    ("Where you meet", |offer| format(&offer.format).to_owned()),
];

/// What is different in a version, a sentence each.
#[must_use]
pub fn changed(before: &Offer, after: &Offer) -> Vec<String> {
    let aspects = ASPECTS.iter().map(|(label, words)| (label, words(before), words(after)));
    let mut told: Vec<String> = aspects
        .filter(|(_, was, is)| was != is)
        .map(|(label, was, is)| format!("{label}: {is}; before, {was}."))
        .collect();
    let rules = |offer: &Offer| policy(&offer.policy, offer.validity);
    let old = rules(before);
    told.extend(
        rules(after).into_iter().filter(|rule| !old.contains(rule)).map(|rule| format!("New: {rule}")),
    );
    let same_way = format(&before.format) == format(&after.format);
    let quiet = [
        (before.description != after.description, "What it is for is written anew."),
        (before.chapters != after.chapters, "The chapters are others."),
        (same_way && before.format != after.format, "The link or the place is another."),
    ];
    told.extend(quiet.into_iter().filter(|(differs, _)| *differs).map(|(_, words)| words.to_owned()));
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::package::tests::six_sessions;
    use crate::domain::catalog::package::{Format, Validity};
    use crate::domain::catalog::policy::Preset;
    use crate::domain::money::{Currency, Money};

    #[test]
    fn each_change_is_told_once_and_what_stayed_is_not() {
        let before = six_sessions();
        assert_eq!(changed(&before, &before), Vec::<String>::new());
        let after = Offer {
            price: Money::new(60000, Currency::USD),
            validity: Validity::days(120),
            preset: Preset::Own,
            description: "Anew.".parse().unwrap(),
            format: Format::Video { link: None },
            ..before.clone()
        };
        assert_eq!(
            changed(&before, &after),
            [
                "Price: $600.00; before, $540.00.",
                "New: Sessions can be used until 120 days after you buy.",
                "What it is for is written anew.",
                "The link or the place is another.",
            ]
        );
        let phone = Offer { format: Format::Phone, ..before.clone() };
        assert_eq!(changed(&before, &phone), ["Where you meet: By telephone; before, By video."]);
    }
}
