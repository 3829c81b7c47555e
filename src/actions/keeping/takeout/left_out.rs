//! What of the data file is not in the export, and why; a test finds every table either here or in a sheet.

/// Tables that no sheet tells of, each lot of them with the reason.
pub(super) const LEFT_OUT: &[(&[&str], &str)] = &[
    (&["pictures"], "Pictures are not in it. Each can be saved from the page that shows it."),
    (
        &["links", "logins", "latest_link", "halfway", "second_factors", "passkeys", "devices"],
        "Links, sign-ins and second factors: they would let whoever has the file in.",
    ),
    (&["audit"], "The audit log, which the owner takes as a table of its own."),
    (&["note_keys"], "The keys of notes. Notes that go along are readable without."),
    (
        &["kit", "destinations", "backups", "held"],
        "Backups: where this machine sends them, how it signs in there, and what became of each.",
    ),
    (&["busy"], "What other calendars take, which is read anew from them."),
    (
        &["meta", "due", "due_of"],
        "What the program keeps for itself: the number of the file’s format, and what it looks at when.",
    ),
    (
        &[
            "client_by_email",
            "practitioner_by_slug",
            "practitioner_by_email",
            "packages_of",
            "package_by_slug",
            "purchases_of_client",
            "purchases_of",
            "purchase_by_checkout",
            "lots_of_client",
            "lots_of",
            "calendar",
            "bookings_of_client",
            "reserved",
            "called_off",
            "outsides_of",
            "feed_of",
            "receipts_of",
            "refunds_of",
            "refund_by_reference",
            "refunds_asking",
            "disputes_of",
            "disputes_open",
            "message_by_key",
            "messages_to",
        ],
        "Ways to find what stands in the tables above.",
    ),
];

#[cfg(test)]
mod tests {
    use super::LEFT_OUT;
    use crate::actions::keeping::takeout::SHEETS;
    use crate::store::TABLES;

    /// Which sheet tells of a table.
    const TOLD: &[(&str, &str)] = &[
        ("practice", "practice"),
        ("practitioners", "practitioners"),
        ("storefronts", "practitioners"),
        ("invitations", "invitations"),
        ("own_accounts", "own_accounts"),
        ("hours", "weekly_hours"),
        ("closures", "time_off"),
        ("outsides", "other_calendars"),
        ("feeds", "calendar_feeds"),
        ("packages", "packages"),
        ("versions", "package_versions"),
        ("version_made_at", "package_versions"),
        ("clients", "clients"),
        ("clients_of", "clients_of_practitioners"),
        ("tags", "clients_of_practitioners"),
        ("imports", "imports"),
        ("purchases", "purchases"),
        ("reservations", "first_times"),
        ("payments", "payments"),
        ("receipts", "receipts"),
        ("refunds", "refunds"),
        ("disputes", "disputes"),
        ("lots", "credits"),
        ("ledgers", "ledger"),
        ("bookings", "sessions"),
        ("booked_anyway", "sessions"),
        ("messages", "messages"),
        ("sent", "messages"),
        ("written", "messages"),
        ("wordings", "words"),
        ("opt_outs", "opt_outs"),
        ("notes", "notes"),
    ];

    #[test]
    fn every_table_is_in_the_export_or_left_out_for_a_reason_and_no_table_is_both() {
        let left_out = || LEFT_OUT.iter().flat_map(|(tables, _)| tables.iter().copied());
        let mut accounted: Vec<&str> = TOLD.iter().map(|(table, _)| *table).chain(left_out()).collect();
        accounted.sort_unstable();
        let mut kept = TABLES.to_vec();
        kept.sort_unstable();
        assert_eq!(
            accounted, kept,
            "a new table belongs into a sheet of the export, or here with the reason why not"
        );
    }

    #[test]
    fn what_is_said_to_be_in_a_sheet_names_one_that_is_there() {
        for (table, sheet) in TOLD {
            assert!(SHEETS.iter().any(|one| one.name == *sheet), "{table}: no sheet {sheet}");
        }
        for sheet in SHEETS {
            let told = TOLD.iter().any(|(_, one)| *one == sheet.name);
            let of_hours = ["special_dates", "booking_rules"].contains(&sheet.name);
            assert!(told || of_hours, "{}: of which table?", sheet.name);
        }
    }
}
