//! What is said to people: practitioners' own words, and how messages read.

use super::Report;
use crate::app::Fault;
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::EDITABLE;
use crate::store::{View, messages, people};

/// Own words are a practitioner's and for a kind that takes them; what was written for a message, or how one read, is of one
/// that is there.
pub(super) fn look(read: &View, report: &mut Report) -> Result<(), Fault> {
    let wordings = messages::wording::all(read)?;
    report.count("own words", wordings.len());
    for (whose, kind, _) in wordings {
        let takes = Kind::named(&kind).is_some_and(|kind| EDITABLE.contains(&kind));
        report.expect(takes, || format!("practitioner {whose}: own words for {kind}, which takes none"));
        let there = people::practitioner::find(read, whose)?.is_some();
        report.expect(there, || format!("own words for {kind} are of {whose}, who is not there"));
    }
    let written = |report: &mut Report, id| {
        let there = messages::message::find(read, id)?.is_some();
        report.expect(there, || format!("message {id}: its words are kept, but it is not there"));
        Ok(())
    };
    let mut sent = 0;
    messages::sent::each(read, |id| {
        sent += 1;
        written(report, id)
    })?;
    report.count("sent copies", sent);
    messages::wording::each_written(read, |id| written(report, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{MessageId, PractitionerId};
    use crate::domain::messages::wording::Wording;
    use crate::store::Store;
    use crate::store::messages::sent::Copy;

    #[test]
    fn words_for_a_kind_that_takes_none_and_copies_of_no_message_are_found() {
        let store = Store::in_memory().unwrap();
        let copy = Copy { subject: "Hello".to_owned(), text: "Hello".to_owned() };
        let words = Wording { subject: Some("Hello".parse().unwrap()), ..Wording::default() };
        store
            .write(move |tx| {
                messages::sent::put(tx, MessageId::from_bits(7), &copy)?;
                messages::wording::put(tx, PractitionerId::from_bits(3), Kind::SignIn, &words)
            })
            .unwrap();
        let mut report = Report::default();
        look(&store.read().unwrap(), &mut report).unwrap();
        assert_eq!(report.wrong.len(), 3, "{:?}", report.wrong);
    }
}
