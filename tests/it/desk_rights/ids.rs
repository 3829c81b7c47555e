//! What the addresses of the desk name, and the forms that would do something there.

use fiddlehead::domain::id::{
    BookingId, ClientId, LotId, NoteId, PackageId, PractitionerId, PurchaseId, RefundId,
};

/// Ids of one practitioner's.
pub struct Ids {
    pub practitioner: PractitionerId,
    pub client: ClientId,
    pub lot: LotId,
    pub booking: BookingId,
    pub purchase: PurchaseId,
    pub package: PackageId,
    pub closure: String,
    pub message: String,
    pub note: NoteId,
    /// Another client of Ines's.
    pub other: ClientId,
    pub outside: String,
    pub refund: RefundId,
}

impl Ids {
    pub fn filled_into(&self, pattern: &str) -> String {
        // What a page must be asked for, to have something to show.
        let asks = pattern.ends_with("/confirm") || pattern.ends_with("/weekly");
        let time = "2026-04-28T08:00:00Z";
        let query = if asks { format!("?slot={time}&w0={time}&reason=flood") } else { String::new() };
        format!("{pattern}{query}")
            .replace("{member}", &self.practitioner.to_string())
            .replace("{client}", &self.client.to_string())
            .replace("{lot}", &self.lot.to_string())
            .replace("{booking}", &self.booking.to_string())
            .replace("{purchase}", &self.purchase.to_string())
            .replace("{package}", &self.package.to_string())
            .replace("{closure}", &self.closure)
            .replace("{message}", &self.message)
            .replace("{note}", &self.note.to_string())
            .replace("{outside}", &self.outside)
            .replace("{kind}", "book-first")
            .replace("{place}", "folder")
            .replace("{destination}", &self.practitioner.to_string())
            .replace("{refund}", &self.refund.to_string())
            .replace("{date}", "2026-05-04")
            .replace("{number}", "1")
            .replace("{file}", "earned.csv")
            .replace("{ending}", "statement.pdf")
    }

    /// A form that would do something at that address, were it hers.
    pub fn fields(&self, pattern: &str) -> Vec<(&'static str, String)> {
        let package = self.package.to_string();
        match pattern {
            "/desk/people" => vec![
                ("id", PractitionerId::from_bits(78).to_string()),
                ("name", "Thief".into()),
                ("email", "thief@quietfield.example".into()),
                ("role", "owner".into()),
            ],
            "/desk/people/{member}/role" => vec![("role", "front-desk".into())],
            "/desk/seat" => vec![("desk", self.practitioner.to_string())],
            "/desk/clients/{client}/comp" => vec![
                ("id", LotId::from_bits(77).to_string()),
                ("count", "3".into()),
                ("days", "30".into()),
                ("package", package),
                ("reason", "theft".into()),
            ],
            "/desk/clients/{client}/book" | "/desk/clients/{client}/book-gift" => vec![
                ("id", BookingId::from_bits(78).to_string()),
                ("slot", "2026-04-28T08:00:00Z".into()),
                ("lot", self.lot.to_string()),
                ("package", package),
                ("reason", "theft".into()),
            ],
            "/desk/lots/{lot}/weekly" => vec![
                ("first", "2026-04-28T08:00:00Z".into()),
                ("id", BookingId::from_bits(78).to_string()),
                ("slot", "2026-04-28T08:00:00Z".into()),
            ],
            "/desk/bookings/{booking}/move" => vec![("slot", "2026-04-28T08:00:00Z".into())],
            "/desk/clients/new" => vec![
                ("id", ClientId::from_bits(78).to_string()),
                ("name", "Somebody".into()),
                ("email", "somebody@example.org".into()),
            ],
            "/desk/clients/extend" => {
                vec![("lot", format!("{}/2027-01-01", self.lot)), ("reason", "theft".into())]
            }
            "/desk/clients/{client}/edit" => {
                vec![("name", "Stolen".into()), ("email", "thief@example.org".into()), ("sure", "yes".into())]
            }
            "/desk/clients/{client}/tags" => vec![("tag", "stolen".into())],
            "/desk/clients/{client}/sell" => vec![
                ("id", PurchaseId::from_bits(79).to_string()),
                ("package", package),
                ("version", "1".into()),
                ("pay", "practice".into()),
            ],
            "/desk/clients/{client}/notes" => {
                vec![("id", NoteId::from_bits(80).to_string()), ("text", "theft".into())]
            }
            "/desk/lots/{lot}/pause" => vec![("turn", "freeze".into())],
            "/desk/lots/{lot}/adjust" => {
                vec![("from", "6".into()), ("to", "7".into()), ("reason", "theft".into())]
            }
            "/desk/lots/{lot}/pass-on" => vec![
                ("id", LotId::from_bits(81).to_string()),
                ("who", self.other.to_string()),
                ("count", "1".into()),
                ("reason", "theft".into()),
            ],
            _ => self.more_fields(pattern),
        }
    }

    fn more_fields(&self, pattern: &str) -> Vec<(&'static str, String)> {
        let package = self.package.to_string();
        match pattern {
            "/desk/lots/{lot}/refund" => vec![
                ("id", RefundId::from_bits(77).to_string()),
                ("method", "own".into()),
                ("own", "1".into()),
                ("amount", "1".into()),
                ("way", "cash".into()),
                ("on", "2026-04-14".into()),
            ],
            "/desk/lots/{lot}/extend" => vec![("to", "2027-01-01".into()), ("reason", "theft".into())],
            "/desk/purchases/{purchase}/paid" => vec![("on", "2026-04-14".into()), ("means", "cash".into())],
            "/desk/packages/new" | "/desk/packages/{package}" => [
                ("id", package.as_str()),
                ("name", "Theft"),
                ("sessions", "1"),
                ("length", "50"),
                ("price", "1"),
                ("term", "never"),
                ("preset", "strict"),
                ("format", "phone"),
                ("then", "publish"),
            ]
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
            "/desk/packages/{package}/listing" => vec![("to", "archive".into())],
            "/desk/messages/write" | "/desk/messages/write/preview" => vec![
                ("id", package),
                ("client", self.client.to_string()),
                ("subject", "Theft".into()),
                ("text", "theft".into()),
            ],
            "/desk/messages/words/{kind}" | "/desk/messages/words/{kind}/preview" => {
                vec![("subject", "Theft".into()), ("client", self.client.to_string())]
            }
            "/desk/import/confirm" => vec![
                ("id", package.clone()),
                ("like", package),
                ("pasted", "name,email,package,total\nTheft,t@example.org,Theft,3".into()),
            ],
            "/desk/clients/{client}/erase" => {
                vec![("email", "nora@example.org".into()), ("settled", "yes".into())]
            }
            "/desk/settings/practice" => {
                [("name", "Theft"), ("email", "a@b.example"), ("currency", "EUR"), ("zone", "UTC")]
                    .map(|(name, value)| (name, value.to_owned()))
                    .to_vec()
            }
            _ => Vec::new(),
        }
    }
}
