//! The rules of a package: three sets in plain words, and her own.

use maud::{Markup, html};

use super::Editor;
use crate::domain::catalog::package::Validity;
use crate::domain::catalog::policy::Preset;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{Choice, Choices, Field, Select};

/// The sets of rules, each in plain words, for a package as it is typed.
pub(super) fn rules(editor: &Editor<'_>) -> Markup {
    let typed = editor.typed;
    let validity = editor.offer.map_or(Validity::days(90), |offer| offer.validity);
    let words = Preset::ALL.map(|preset| text::policy(&preset.policy(), validity).join(" "));
    let names = ["Gentle", "Standard", "Strict"];
    let own = Choice::with_detail(
        Preset::Own.name(),
        "Your own",
        "What you set below. The preview says it in words.",
    );
    let choices: Vec<Choice<'_>> = Preset::ALL
        .iter()
        .zip(names)
        .zip(&words)
        .map(|((preset, name), words)| Choice::with_detail(preset.name(), name, words))
        .chain([own])
        .collect();
    let is_own = typed.value("preset") == Preset::Own.name();
    let chosen =
        if is_own { Preset::Own } else { Preset::named(typed.value("preset")).unwrap_or(Preset::Standard) };
    html! {
        fieldset.group {
            legend { "Rules" }
            p.hint { "Clients read the one you choose, in these words, before they buy." }
            (Choices::one("preset", "Which rules hold", &choices).cards().chosen(chosen.name()).error(typed.error("preset")))
            details.act open[is_own] {
                summary { "Set rules of your own" }
                (own_rules(typed))
            }
        }
    }
}

fn own_rules(typed: &Typed) -> Markup {
    let number = |name: &'static str, label: &'static str, most: &'static str| {
        Field::new(name, label)
            .kind("number")
            .with("min", "0")
            .with("max", most)
            .with("inputmode", "numeric")
            .value(typed.value(name))
            .error(typed.error(name))
    };
    let kinds = [
        ("sessions", "as often as there are sessions"),
        ("count", "a number of times"),
        ("unlimited", "as often as they like"),
    ];
    html! {
        p.hint { "These hold if “Your own” is chosen above." }
        div.cols {
            (number("cancel", "Free until, hours before", "168"))
            (number("late", "Late cancels forgiven", "100"))
            (number("grace", "Sessions up to, days after the date", "366"))
        }
        div.cols {
            (Select::new("change-kind", "Moving or canceling in time", &kinds).value(typed.value("change-kind")))
            (number("changes", "How many times, if a number", "1000"))
            (number("cooling-off", "Full refund within, days", "366"))
        }
    }
}
