//! Erasing a client: what stands against it now, and the marker that stands in her place where the books must keep a
//! purchase, a payment or a receipt.

use super::client::Client;
use crate::domain::text::Line;
use crate::domain::time::Zone;

/// What still ties her to the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ties {
    /// Sessions that have not ended.
    pub sessions_ahead: usize,
    /// Payments that the provider may still have news of.
    pub payments_on_their_way: usize,
}

/// Why a client cannot be erased now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Sessions are booked; call them off first.
    SessionsAhead(usize),
    /// Money may be on its way; wait until the provider has said.
    PaymentOnItsWay,
}

/// What stands in the place of her name, and of words that were written about her.
#[must_use]
pub fn marker() -> Line {
    "Erased".parse().expect("this is a line")
}

/// The client with nothing of her: the id stays, so that what the books keep still fits together. The address is of the kind
/// that never has a mailbox (RFC 2606).
///
/// # Errors
/// [`Refusal`] says why not now.
pub fn erase(client: &Client, ties: Ties) -> Result<Client, Refusal> {
    match ties {
        Ties { sessions_ahead: n @ 1.., .. } => Err(Refusal::SessionsAhead(n)),
        Ties { payments_on_their_way: 1.., .. } => Err(Refusal::PaymentOnItsWay),
        _ => Ok(Client {
            id: client.id,
            name: marker(),
            email: format!("{}@erased.invalid", client.id).parse().expect("this is an address"),
            phone: None,
            zone: Zone::utc(),
            joined_at: client.joined_at,
            verified_at: None,
            password: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ClientId;
    use crate::domain::time::Timestamp;

    #[test]
    fn nothing_of_her_is_left_but_the_id_and_when_she_came() {
        let nora = Client {
            id: ClientId::from_bits(7),
            name: "Nora Lind".parse().unwrap(),
            email: "nora@example.org".parse().unwrap(),
            phone: "555 0100".parse().ok(),
            zone: "America/New_York".parse().unwrap(),
            joined_at: Timestamp::UNIX_EPOCH,
            verified_at: Some(Timestamp::UNIX_EPOCH),
            password: Some("$argon2id$".to_owned()),
        };
        let free = Ties { sessions_ahead: 0, payments_on_their_way: 0 };
        let left = format!("{:?}", erase(&nora, free).unwrap());
        for word in ["Nora", "Lind", "nora", "example", "0100", "New_York", "argon2"] {
            assert!(!left.contains(word), "{word} in {left}");
        }
        assert_eq!(erase(&nora, Ties { sessions_ahead: 2, ..free }), Err(Refusal::SessionsAhead(2)));
        assert_eq!(erase(&nora, Ties { payments_on_their_way: 1, ..free }), Err(Refusal::PaymentOnItsWay));
    }
}
