//! Clients with half-used packages, read from the lines of a table that another program or a spreadsheet wrote.
//!
//! **How the books stay exact.** Only the credits that are left come in, at their part of the price. That money was collected in
//! other books: the lot holds it as paid, so that it is owed and earned session by session; it is not among what is collected here in
//! the month of the import, and no payment or receipt is made for it. What is given back of it is settled where it was paid.

use jiff::civil::Date;

use super::lot::{Lot, Origin};
use crate::domain::catalog::package::{Begins, Offer, Term, Validity};
use crate::domain::email::{EmailAddress, NotAnAddress};
use crate::domain::id::{ClientId, LotId, PractitionerId};
use crate::domain::money::{Currency, Money, NotMoney};
use crate::domain::text::{Line, NotText};
use crate::domain::time::{Timestamp, Zone};

/// The most lines of one file.
pub const MOST_LINES: usize = 5_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The whole name.
    Name,
    /// The first name, where it stands alone.
    FirstName,
    /// The last name, where it stands alone.
    LastName,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// The name or address of the package.
    Package,
    /// How many sessions were sold.
    Total,
    /// How many of them were used.
    Used,
    /// How many are left.
    Left,
    /// The last day on which they can be booked.
    ExpiresOn,
    /// What was paid for all of them.
    Paid,
    /// In which currency.
    Currency,
    /// A word about it.
    Note,
}

impl Column {
    /// Every column with the names by which it is known; the first is ours. Case, spaces and signs do not matter.
    pub const NAMES: [(Self, &'static [&'static str]); 13] = [
        (Self::Name, &["name", "client", "clientname", "fullname", "customer", "customername"]),
        (Self::FirstName, &["firstname", "givenname", "forename"]),
        (Self::LastName, &["lastname", "surname", "familyname"]),
        (Self::Email, &["email", "emailaddress", "mail", "clientemail", "customeremail"]),
        (Self::Phone, &["phone", "phonenumber", "telephone", "mobile", "mobilephone", "cell", "tel"]),
        (Self::Package, &["package", "packagename", "product", "program", "pass", "membership", "plan"]),
        (Self::Total, &["total", "sessions", "totalsessions", "credits", "size", "purchased", "bought"]),
        (Self::Used, &["used", "usedsessions", "attended", "taken", "consumed", "redeemed"]),
        (Self::Left, &["remaining", "left", "sessionsleft", "remainingsessions", "creditsleft", "balance"]),
        (
            Self::ExpiresOn,
            &["expireson", "expires", "expiry", "expirydate", "expirationdate", "validuntil", "useby"],
        ),
        (Self::Paid, &["paid", "amount", "amountpaid", "price", "pricepaid"]),
        (Self::Currency, &["currency", "currencycode"]),
        (Self::Note, &["note", "notes", "comment", "tag", "tags", "remark"]),
    ];

    /// The column of that heading.
    #[must_use]
    pub fn named(heading: &str) -> Option<Self> {
        let plain: String =
            heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        Self::NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
    }
}

/// How dates are written. Year first, as in 2026-05-31, is always read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// 31.5.2026, 31/05/2026.
    DayFirst,
    /// 5/31/2026.
    MonthFirst,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is no text of the kind.
    Text(Column, NotText),
    /// It is no e-mail address.
    Email(NotAnAddress),
    /// It is no whole number.
    Number(Column),
    /// It is no amount.
    Money(NotMoney),
    /// It is no date in that form.
    Date,
    /// The date has passed.
    Over(Date),
    /// More were used than there were.
    MoreThanTotal,
    /// Total, used and left do not add up.
    Sum,
    /// How many there were is not said.
    NoTotal,
    /// More than fit in one package.
    TooMany,
    /// There are sessions, but of which package is not said.
    NoPackage,
    /// No package of hers is called so, and none is chosen that such sessions are like.
    UnknownPackage,
    /// The same stands in an earlier line.
    Twice(u64),
    /// Another line gives this address another name.
    OtherName(u64),
}

/// How many sessions, as far as the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// How many were sold.
    pub total: Option<u32>,
    /// How many were used.
    pub used: Option<u32>,
    /// How many are left.
    pub left: Option<u32>,
}

impl Counts {
    /// Total and used; what is not said follows from the rest, and from the package's own count.
    ///
    /// # Errors
    /// [`Wrong`] if it does not add up.
    pub fn settled(self, package: Option<u32>) -> Result<(u32, u32), Wrong> {
        let total = match (self.total, self.used, self.left) {
            (Some(total), ..) => total,
            (None, Some(used), Some(left)) => used.saturating_add(left),
            (None, ..) => package.or(self.left).ok_or(Wrong::NoTotal)?,
        };
        let used = match (self.used, self.left) {
            (Some(used), Some(left)) if used.saturating_add(left) != total => return Err(Wrong::Sum),
            (Some(used), _) => used,
            (None, Some(left)) => total.checked_sub(left).ok_or(Wrong::MoreThanTotal)?,
            (None, None) => 0,
        };
        match () {
            () if total == 0 => Err(Wrong::NoTotal),
            () if total > Offer::MOST_SESSIONS => Err(Wrong::TooMany),
            () if used > total => Err(Wrong::MoreThanTotal),
            () => Ok((total, used)),
        }
    }
}

/// A line that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub name: Line,
    /// Her address.
    pub email: EmailAddress,
    /// Her number.
    pub phone: Option<Line>,
    /// What her sessions are called; a client without any has none.
    pub package: Option<Line>,
    /// How many.
    pub counts: Counts,
    /// Until when.
    pub expires_on: Option<Date>,
    /// What was paid for all of them.
    pub paid: Option<Money>,
    /// A word about it.
    pub note: Option<Line>,
}

/// How the lines of a file are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What each column holds, from the left; nothing for one that is not known.
    pub columns: Vec<Option<Column>>,
    /// How dates are written.
    pub dates: Dates,
    /// The currency of amounts that name none.
    pub currency: Currency,
}

impl Reading {
    /// Reads a line.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn row(&self, fields: &[&str]) -> Result<Row, Vec<Wrong>> {
        let field = |column: Column| {
            let at = self.columns.iter().position(|known| *known == Some(column));
            at.and_then(|at| fields.get(at)).map_or("", |text| text.trim())
        };
        let mut wrong = Vec::new();
        let name = match (field(Column::FirstName), field(Column::LastName)) {
            _ if !field(Column::Name).is_empty() => field(Column::Name).to_owned(),
            (first, last) => format!("{first} {last}"),
        };
        let name = kept(&mut wrong, name.parse().map_err(|why| Wrong::Text(Column::Name, why)));
        let email = kept(&mut wrong, field(Column::Email).parse().map_err(Wrong::Email));
        let phone = kept(&mut wrong, line(Column::Phone, field(Column::Phone)));
        let package = kept(&mut wrong, line(Column::Package, field(Column::Package)));
        let note = kept(&mut wrong, line(Column::Note, field(Column::Note)));
        let [total, used, left] = [Column::Total, Column::Used, Column::Left]
            .map(|column| kept(&mut wrong, count(column, field(column))).flatten());
        let expires_on = kept(&mut wrong, self.date(field(Column::ExpiresOn)));
        let paid = kept(&mut wrong, self.money(field(Column::Paid), field(Column::Currency)));
        match (name, email, phone, package, note, expires_on, paid) {
            (
                Some(name),
                Some(email),
                Some(phone),
                Some(package),
                Some(note),
                Some(expires_on),
                Some(paid),
            ) if wrong.is_empty() => {
                let counts = Counts { total, used, left };
                Ok(Row { name, email, phone, package, counts, expires_on, paid, note })
            }
            _ => Err(wrong),
        }
    }

    fn date(&self, text: &str) -> Result<Option<Date>, Wrong> {
        if text.is_empty() {
            return Ok(None);
        }
        // A time of day after the date is what spreadsheets add.
        let text = text.split([' ', 'T']).next().unwrap_or(text);
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let [a, b, c] = parts[..] else { return Err(Wrong::Date) };
        let (year, month, day) = match self.dates {
            _ if a.len() == 4 => (a, b, c),
            Dates::DayFirst => (c, b, a),
            Dates::MonthFirst => (c, a, b),
        };
        let number = |text: &str| text.parse::<i16>().map_err(|_| Wrong::Date);
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        let small = |n: i16| i8::try_from(n).map_err(|_| Wrong::Date);
        // Two digits of a year say too little.
        if year < 1000 {
            return Err(Wrong::Date);
        }
        Date::new(year, small(month)?, small(day)?).map(Some).map_err(|_| Wrong::Date)
    }

    fn money(&self, text: &str, currency: &str) -> Result<Option<Money>, Wrong> {
        if text.is_empty() {
            return Ok(None);
        }
        let currency =
            if currency.is_empty() { self.currency } else { currency.parse().map_err(Wrong::Money)? };
        let sign = currency.sign();
        let digits = text.replace(currency.code(), "").replace(sign.trim(), "");
        Money::parse(&digits, currency).map(Some).map_err(Wrong::Money)
    }
}

fn kept<T>(wrong: &mut Vec<Wrong>, read: Result<T, Wrong>) -> Option<T> {
    read.map_err(|why| wrong.push(why)).ok()
}

fn line(column: Column, text: &str) -> Result<Option<Line>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|why| Wrong::Text(column, why))
}

fn count(column: Column, text: &str) -> Result<Option<u32>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    // Spreadsheets write whole numbers as 6.0.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    whole.parse().map(Some).map_err(|_| Wrong::Number(column))
}

/// Sessions that are to come in, with the rules they follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfUsed {
    /// What was agreed, as a package of hers has it now.
    pub offer: Offer,
    /// How many were sold.
    pub total: u32,
    /// How many were used.
    pub used: u32,
}

impl HalfUsed {
    /// The sessions of a line: like those of a package, under the name that the line gives them.
    ///
    /// # Errors
    /// [`Wrong`] says why not.
    pub fn of(
        row: &Row,
        like: (&Offer, Line),
        (total, used): (u32, u32),
        today: Date,
    ) -> Result<Self, Wrong> {
        if let Some(over) = row.expires_on.filter(|on| *on < today) {
            return Err(Wrong::Over(over));
        }
        let (offer, name) = like;
        let paid = row.paid.unwrap_or(Money::zero(offer.price.currency));
        let worth = Money { minor: paid.minor - paid.first_parts(used, total).minor, ..paid };
        let chapters = match offer.chapters.get(used as usize..) {
            Some(rest) if offer.chapters.len() == total as usize => rest.to_vec(),
            _ => Vec::new(),
        };
        let offer = Offer {
            name,
            sessions: total - used,
            price: worth,
            validity: Validity {
                term: row.expires_on.map_or(Term::Never, Term::Until),
                begins: Begins::AtPayment,
            },
            chapters,
            ..offer.clone()
        };
        Ok(Self { offer, total, used })
    }

    /// The lot that holds them.
    #[must_use]
    pub fn lot(
        &self,
        id: LotId,
        (client, practitioner): (ClientId, PractitionerId),
        zone: &Zone,
        now: Timestamp,
    ) -> Lot {
        Lot {
            id,
            client,
            practitioner,
            origin: Origin::Import { used_before: self.used },
            paid: self.offer.price,
            offer: self.offer.clone(),
            granted_at: now,
            zone: zone.clone(),
        }
    }

    /// Whether a lot came in from the same line before.
    #[must_use]
    pub fn is(&self, lot: &Lot) -> bool {
        let (old, new) = (&lot.offer, &self.offer);
        lot.origin == Origin::Import { used_before: self.used }
            && (&old.name, old.sessions, old.validity, old.price)
                == (&new.name, new.sessions, new.validity, new.price)
    }
}

/// A file that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// When.
    pub at: Timestamp,
    /// How many lines it had.
    pub lines: u32,
    /// How many clients were new.
    pub clients: u32,
    /// How many half-used packages came in.
    pub lots: u32,
}

#[cfg(test)]
mod tests;
