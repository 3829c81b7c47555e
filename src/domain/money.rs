//! Money in integer minor units with an ISO 4217 currency, split so that the parts sum exactly.

use std::fmt;
use std::str::FromStr;

/// Why a text is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    /// Not digits with at most one decimal sign.
    #[error("not an amount")]
    Shape,
    /// More decimals than the currency has; holds how many it has.
    #[error("this currency has {0} decimals")]
    Decimals(u8),
    /// More than 10 million units.
    #[error("too large")]
    TooLarge,
    /// A currency that is not in the list of ISO 4217 codes taken here.
    #[error("unknown currency")]
    Currency,
}

/// A currency by its ISO 4217 code, with the number of its decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Currencies without decimals, and with three, after ISO 4217 and Stripe's list of zero-decimal currencies.
const NO_DECIMALS: [&str; 9] = ["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"];
const THREE_DECIMALS: [&str; 4] = ["BHD", "JOD", "KWD", "TND"];
/// Currencies with two decimals that a practice can choose.
const TWO_DECIMALS: [&str; 33] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD",
    "HUF", "IDR", "ILS", "INR", "KES", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB",
    "TRY", "USD", "ZAR",
];

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The ISO code, upper case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII")
    }

    /// How many decimals its amounts are written with.
    #[must_use]
    pub fn decimals(self) -> u8 {
        match self.code() {
            code if NO_DECIMALS.contains(&code) => 0,
            code if THREE_DECIMALS.contains(&code) => 3,
            _ => 2,
        }
    }

    /// The sign before an amount, where one is widely known; otherwise the code and a no-break space.
    #[must_use]
    pub fn sign(self) -> String {
        match self.code() {
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            "JPY" => "¥".to_owned(),
            "INR" => "₹".to_owned(),
            "AUD" => "A$".to_owned(),
            "CAD" => "CA$".to_owned(),
            "NZD" => "NZ$".to_owned(),
            code => format!("{code}\u{a0}"),
        }
    }

    /// Every currency that can be chosen, by code.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let codes = NO_DECIMALS.iter().chain(&THREE_DECIMALS).chain(&TWO_DECIMALS);
        let mut all: Vec<Self> = codes.filter_map(|code| code.parse().ok()).collect();
        all.sort_unstable();
        all
    }
}

impl FromStr for Currency {
    type Err = NotMoney;
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let code = text.trim().to_ascii_uppercase();
        let known = [&NO_DECIMALS[..], &THREE_DECIMALS[..], &TWO_DECIMALS[..]].concat();
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(letters) if known.contains(&code.as_str()) => Ok(Self(letters)),
            _ => Err(NotMoney::Currency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents, yen, fils) of one currency. Never negative where a price is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that can be typed, in whole units.
    pub const LARGEST_UNITS: i64 = 10_000_000;

    /// An amount.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// What was typed into a price field: `540`, `540.5`, `540,50`, `1 200.00`. Grouping by commas is refused.
    ///
    /// # Errors
    /// [`NotMoney`] if it is no amount of this currency.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, NotMoney> {
        let digits: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\'')).collect();
        let digits = digits.replace(',', ".");
        let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
        let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !numeric(whole) || !numeric(part) {
            return Err(NotMoney::Shape);
        }
        let decimals = usize::from(currency.decimals());
        if part.len() > decimals {
            return Err(NotMoney::Decimals(currency.decimals()));
        }
        let whole: i64 = whole.parse().map_err(|_| NotMoney::TooLarge)?;
        if whole > Self::LARGEST_UNITS {
            return Err(NotMoney::TooLarge);
        }
        let part: i64 = if decimals == 0 {
            0
        } else {
            format!("{part:0<decimals$}").parse().map_err(|_| NotMoney::Shape)?
        };
        Ok(Self { minor: whole * 10i64.pow(decimals as u32) + part, currency })
    }

    /// The worth of the first `count` of `of` equal parts: ⌊p·count/of⌋ (domain.md, Money). The parts sum to the whole.
    #[must_use]
    pub fn first_parts(self, count: u32, of: u32) -> Self {
        if of == 0 {
            return Self { minor: 0, ..self };
        }
        let minor = i128::from(self.minor) * i128::from(count.min(of)) / i128::from(of);
        Self { minor: i64::try_from(minor).expect("a part is no larger than the whole"), ..self }
    }

    /// The worth of part `k` (from 1) of `of`.
    #[must_use]
    pub fn part(self, k: u32, of: u32) -> Self {
        Self {
            minor: self.first_parts(k, of).minor - self.first_parts(k.saturating_sub(1), of).minor,
            ..self
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The digits alone, `540.00`, as a number field or an accountant's file wants them.
    #[must_use]
    pub fn digits(self) -> String {
        let decimals = usize::from(self.currency.decimals());
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if decimals == 0 {
            return format!("{sign}{minor}");
        }
        let unit = 10u64.pow(decimals as u32);
        format!("{sign}{}.{:0decimals$}", minor / unit, minor % unit)
    }

    /// As shown to people, without decimals where they are all zero: `$540`, `€1,204.50`, `¥9,000`.
    #[must_use]
    pub fn short(self) -> String {
        let text = self.to_string();
        let zeros = format!(".{}", "0".repeat(usize::from(self.currency.decimals())));
        text.strip_suffix(&zeros).filter(|_| zeros.len() > 1).map_or(text.clone(), str::to_owned)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("−", rest));
        let (whole, part) =
            digits.split_once('.').map_or((digits, String::new()), |(w, p)| (w, format!(".{p}")));
        let mut grouped = String::new();
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{sign}{}{grouped}{part}", self.currency.sign())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digits(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text, Currency::USD).unwrap()
    }

    #[test]
    fn amounts_are_read_as_they_are_typed() {
        for (typed, minor) in
            [("540", 54000), ("540.5", 54050), ("540,50", 54050), ("1 200.00", 120_000), ("0", 0)]
        {
            assert_eq!(usd(typed).minor, minor, "{typed}");
        }
        for typed in ["", "-1", "1.234", "1,000.00", "abc", "1e3", "10000001", "99999999999999999999"] {
            assert!(Money::parse(typed, Currency::USD).is_err(), "{typed}");
        }
    }

    #[test]
    fn yen_has_no_decimals_and_dinar_three() {
        let yen = "jpy".parse().unwrap();
        assert_eq!(Money::parse("9000", yen).unwrap().to_string(), "¥9,000");
        assert_eq!(Money::parse("9000.5", yen), Err(NotMoney::Decimals(0)));
        let dinar = "KWD".parse().unwrap();
        assert_eq!(Money::parse("1.5", dinar).unwrap().minor, 1500);
    }

    #[test]
    fn money_is_shown_with_its_sign() {
        assert_eq!(usd("1204.50").to_string(), "$1,204.50");
        assert_eq!(usd("540").short(), "$540");
        assert_eq!(usd("540.10").short(), "$540.10");
        assert_eq!(Money::new(-50, Currency::USD).to_string(), "−$0.50");
        assert_eq!(Money::parse("12000", "PLN".parse().unwrap()).unwrap().short(), "PLN\u{a0}12,000");
    }

    /// domain.md, worked example 2.
    #[test]
    fn a_hundred_for_three_is_3333_3333_3334() {
        let price = usd("100.00");
        assert_eq!([1, 2, 3].map(|k| price.part(k, 3).minor), [3333, 3333, 3334]);
    }

    proptest::proptest! {
        #[test]
        fn the_parts_sum_to_the_whole(minor in 0i64..1_000_000_000, of in 1u32..200) {
            let price = Money::new(minor, Currency::EUR);
            proptest::prop_assert_eq!((1..=of).map(|k| price.part(k, of).minor).sum::<i64>(), minor);
        }
    }
}
