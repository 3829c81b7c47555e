//! What is given back when a client leaves: pro rata of the price paid over unused, unexpired credits, or with the
//! used sessions re-priced at the single price, less a fee; never below nothing (domain.md, Rules and example 1).

use crate::domain::money::Money;

/// How a refund is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The worth of the unused credits.
    ProRata,
    /// What was paid less the used sessions at the price of a single one.
    SinglePrice(Money),
    /// All that was paid: a change of mind within the cooling-off period.
    Whole,
}

/// The amount to give back for `unused` of `of` credits that were bought for `paid`, `used` of them used.
#[must_use]
pub fn amount(method: Method, paid: Money, of: u32, used: u32, unused: u32, fee: Money) -> Money {
    let before_fee = match method {
        Method::ProRata => paid.minor - paid.first_parts(of.saturating_sub(unused), of).minor,
        Method::SinglePrice(single) => paid.minor - single.minor.saturating_mul(i64::from(used)),
        Method::Whole => paid.minor,
    };
    Money { minor: (before_fee - fee.minor).clamp(0, paid.minor), ..paid }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    /// domain.md, worked example 1: 540.00 for 6; 2 attended, 4 unused once the held one is released.
    #[test]
    fn the_worked_example_comes_out_to_the_cent() {
        let refund = |method, used, unused, fee| amount(method, usd(54000), 6, used, unused, usd(fee)).minor;
        assert_eq!(refund(Method::ProRata, 2, 4, 0), 36000);
        assert_eq!(refund(Method::SinglePrice(usd(11000)), 2, 4, 0), 32000);
        assert_eq!(refund(Method::ProRata, 2, 4, 2500), 33500);
        assert_eq!(refund(Method::SinglePrice(usd(11000)), 5, 1, 0), 0);
        assert_eq!(refund(Method::Whole, 2, 4, 0), 54000);
    }

    #[test]
    fn a_fee_larger_than_the_refund_asks_nothing_of_the_client() {
        assert_eq!(amount(Method::ProRata, usd(10000), 3, 2, 1, usd(9999)).minor, 0);
    }
}
