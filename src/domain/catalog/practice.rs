//! The practice: the business that runs the instance.

use crate::domain::email::EmailAddress;
use crate::domain::money::Currency;
use crate::domain::text::{Line, Paragraph};
use crate::domain::time::Zone;

/// The business itself; there is one per instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// Its name, in the head of every page and mail.
    pub name: Line,
    /// Its street address, in the foot of pages and on receipts.
    pub address: Paragraph,
    /// Where clients write to.
    pub email: EmailAddress,
    /// A word about it, on the page that lists several practitioners.
    pub about: Paragraph,
    /// What stands in the foot of every client page, such as whom to call in a crisis.
    pub notice: Paragraph,
    /// The terms that a buyer agrees to.
    pub terms: Paragraph,
    /// The currency in which prices are written.
    pub currency: Currency,
    /// The zone of the place.
    pub zone: Zone,
}
