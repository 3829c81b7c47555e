//! A package: the product. What it offers is copied whole at every sale.

use jiff::civil::Date;

use super::policy::{NotAPolicy, Policy, Preset};
use super::selling::Selling;
use crate::domain::id::{PackageId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::{Line, Paragraph, Slug};
use crate::domain::time::{SignedDuration, Timestamp, minutes};

/// How a session takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// In a room; times are always shown in the practitioner's zone as well.
    InPerson {
        /// The address, if it is not the storefront's.
        place: Option<Line>,
    },
    /// By video, at a link.
    Video {
        /// The link that mails and the dashboard show, https only.
        link: Option<Line>,
    },
    /// By telephone; the practitioner calls.
    Phone,
}

/// How long credits can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// So many days; to the end of the last one.
    Days(u32),
    /// So many calendar months; 31 January and one month is the end of February.
    Months(u32),
    /// To the end of a fixed date.
    Until(Date),
    /// For good.
    Never,
}

/// From when the term runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// From the payment (the default).
    AtPayment,
    /// From the first session, which must start within so many days of the payment.
    AtFirstSession {
        /// The latest start, in days after the payment.
        latest_days: u32,
    },
}

/// How long credits are valid, and from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// How long.
    pub term: Term,
    /// From when.
    pub begins: Begins,
}

impl Validity {
    /// So many days from payment.
    #[must_use]
    pub const fn days(n: u32) -> Self {
        Self { term: Term::Days(n), begins: Begins::AtPayment }
    }
}

/// What is offered, and, once sold, what was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The name of the package.
    pub name: Line,
    /// What it is, in some paragraphs.
    pub description: Paragraph,
    /// How many sessions. 1–[`Offer::MOST_SESSIONS`].
    pub sessions: u32,
    /// How long each is, in minutes. 5–480.
    pub length_minutes: u32,
    /// What all of it costs.
    pub price: Money,
    /// How long its credits are valid.
    pub validity: Validity,
    /// The preset that was chosen, by name.
    pub preset: Preset,
    /// The rules of the preset as they were then.
    pub policy: Policy,
    /// How the sessions take place.
    pub format: Format,
    /// Titles of the sessions, in order; none, or as many as there are sessions.
    pub chapters: Vec<Line>,
}

/// Why an offer cannot be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No sessions, or more than [`Offer::MOST_SESSIONS`].
    Sessions,
    /// Shorter than 5 minutes or longer than 8 hours.
    Length,
    /// A term of no days or more than ten years.
    Validity,
    /// A price below nothing.
    Price,
    /// Another number of chapters than of sessions.
    Chapters,
    /// A video link that is not an https address.
    VideoLink,
    /// A rule is out of its bounds.
    Policy(NotAPolicy),
    /// A limit of none, or above [`Selling::HIGHEST_LIMIT`].
    Limit,
    /// Another package of this practitioner has the address.
    SlugTaken,
}

impl Offer {
    /// The most sessions in one package.
    pub const MOST_SESSIONS: u32 = 100;

    /// How long a session is, in elapsed time.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        minutes(i64::from(self.length_minutes))
    }

    /// The title of session `k` (from 1), if it has one.
    #[must_use]
    pub fn chapter(&self, k: u32) -> Option<&Line> {
        self.chapters.get(k.checked_sub(1)? as usize)
    }

    /// Whether it can be published.
    ///
    /// # Errors
    /// [`Refusal`] names the first field that is wrong.
    pub fn check(&self) -> Result<(), Refusal> {
        let term_fits = match self.validity.term {
            Term::Days(n) => (1..=3650).contains(&n),
            Term::Months(n) => (1..=120).contains(&n),
            Term::Until(_) | Term::Never => true,
        };
        let start_fits = match self.validity.begins {
            Begins::AtPayment => true,
            Begins::AtFirstSession { latest_days } => (1..=730).contains(&latest_days),
        };
        let link_fits = match &self.format {
            Format::Video { link: Some(link) } => {
                link.as_str().starts_with("https://") && !link.as_str().contains(' ')
            }
            _ => true,
        };
        match () {
            () if !(1..=Self::MOST_SESSIONS).contains(&self.sessions) => Err(Refusal::Sessions),
            () if !(5..=480).contains(&self.length_minutes) => Err(Refusal::Length),
            () if self.price.minor < 0 => Err(Refusal::Price),
            () if !term_fits || !start_fits => Err(Refusal::Validity),
            () if !self.chapters.is_empty() && self.chapters.len() != self.sessions as usize => {
                Err(Refusal::Chapters)
            }
            () if !link_fits => Err(Refusal::VideoLink),
            () => self.policy.check().map_err(Refusal::Policy),
        }
    }
}

/// Where a package can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// On the storefront.
    Published,
    /// On sale for those who have its link, and not on the storefront.
    Hidden,
    /// Not yet, or no longer, on the storefront; only its practitioner sees it.
    Draft,
    /// Put away; sold lots live on, its page says that it is no longer offered.
    Archived,
}

/// A product of one practitioner, in its newest version. Sales keep the version they were made under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its identifier, the same in every version.
    pub id: PackageId,
    /// Who gives its sessions.
    pub practitioner: PractitionerId,
    /// Its part of the address; unique with its practitioner.
    pub slug: Slug,
    /// Counts from 1; a change of the offer makes the next.
    pub version: u32,
    /// What it offers.
    pub offer: Offer,
    /// How it is sold.
    pub selling: Selling,
    /// Where it can be found.
    pub listing: Listing,
    /// What stands in its address instead of the slug while it is hidden, so that nobody guesses it; made when it is first
    /// hidden.
    pub key: Option<Slug>,
    /// Its place on the storefront, lowest first.
    pub position: u32,
    /// When this version was made.
    pub changed_at: Timestamp,
}

impl Package {
    /// Its part of the address, as links have it.
    #[must_use]
    pub fn address(&self) -> &Slug {
        match (self.listing, &self.key) {
            (Listing::Hidden | Listing::Archived, Some(key)) => key,
            _ => &self.slug,
        }
    }

    /// Whether it can be bought.
    #[must_use]
    pub const fn is_on_sale(&self) -> bool {
        matches!(self.listing, Listing::Published | Listing::Hidden)
    }

    /// Whether its page is there for somebody who asks by this part of an address. What was ever hidden does not show itself
    /// to those who guess its name, unless it was published since.
    #[must_use]
    pub fn answers_to(&self, asked: &Slug) -> bool {
        match self.listing {
            Listing::Published => true,
            Listing::Draft => false,
            Listing::Hidden | Listing::Archived => self.key.as_ref().is_none_or(|key| key == asked),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::money::Currency;

    /// "6-Session Anxiety Therapy Program, $540, 90 days", under the standard policy.
    pub(crate) fn six_sessions() -> Offer {
        Offer {
            name: "6-Session Anxiety Therapy Program".parse().unwrap(),
            description: Paragraph::default(),
            sessions: 6,
            length_minutes: 50,
            price: Money::new(54000, Currency::USD),
            validity: Validity::days(90),
            preset: Preset::Standard,
            policy: Preset::Standard.policy(),
            format: Format::Video { link: Some("https://meet.example/ines".parse().unwrap()) },
            chapters: vec![],
        }
    }

    #[test]
    fn a_hidden_package_is_found_by_its_key_alone() {
        let slug = |text: &str| text.parse::<Slug>().unwrap();
        let package = |listing, key: Option<&str>| Package {
            id: PackageId::from_bits(1),
            practitioner: PractitionerId::from_bits(2),
            slug: slug("six"),
            version: 1,
            offer: six_sessions(),
            selling: Selling::default(),
            listing,
            key: key.map(slug),
            position: 0,
            changed_at: Timestamp::UNIX_EPOCH,
        };
        let key = Some("k3y");
        for (listing, key, address, by_slug, by_key) in [
            (Listing::Published, None, "six", true, true),
            (Listing::Published, key, "six", true, true),
            (Listing::Hidden, key, "k3y", false, true),
            (Listing::Draft, key, "six", false, false),
            (Listing::Archived, key, "k3y", false, true),
            (Listing::Archived, None, "six", true, true),
        ] {
            let package = package(listing, key);
            let answers = ["six", "k3y"].map(|asked| package.answers_to(&slug(asked)));
            assert_eq!((package.address().as_str(), answers), (address, [by_slug, by_key]), "{listing:?}");
        }
    }

    #[test]
    fn an_offer_is_checked_field_by_field() {
        let good = six_sessions();
        assert_eq!(good.check(), Ok(()));
        let cases = [
            (Offer { sessions: 0, ..good.clone() }, Refusal::Sessions),
            (Offer { sessions: 101, ..good.clone() }, Refusal::Sessions),
            (Offer { length_minutes: 4, ..good.clone() }, Refusal::Length),
            (Offer { price: Money::new(-1, Currency::USD), ..good.clone() }, Refusal::Price),
            (Offer { validity: Validity::days(0), ..good.clone() }, Refusal::Validity),
            (Offer { chapters: vec!["One".parse().unwrap()], ..good.clone() }, Refusal::Chapters),
            (
                Offer { policy: Policy { cancel_hours: 169, ..good.policy }, ..good.clone() },
                Refusal::Policy(NotAPolicy::Window),
            ),
            (
                Offer {
                    format: Format::Video { link: Some("javascript:alert(1)".parse().unwrap()) },
                    ..good.clone()
                },
                Refusal::VideoLink,
            ),
        ];
        for (offer, refusal) in cases {
            assert_eq!(offer.check(), Err(refusal));
        }
    }
}
