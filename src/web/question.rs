//! What passkeys were asked: each question is answered once, within five minutes, and for what it was asked. Kept in memory, and
//! bounded; who lost one to a restart or a flood asks again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::domain::id::PractitionerId;
use crate::domain::time::{SignedDuration, Timestamp, after, minutes};

/// What is asked: chance.
type Question = [u8; 32];

/// How long a question waits for its answer.
const LIFE: SignedDuration = minutes(5);
/// How many wait at once; beyond it the oldest is forgotten. About 1 MB.
const MOST: usize = 10_000;

/// For what a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in, or to prove who sits there.
    Use,
    /// To add a passkey for a member.
    Add(PractitionerId),
}

/// The questions that wait.
#[derive(Debug, Default)]
pub struct Questions(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    by_question: HashMap<Question, (Purpose, Timestamp, u64)>,
    by_age: BTreeMap<u64, Question>,
    asked: u64,
}

impl Questions {
    /// Keeps a question that is asked now.
    pub fn ask(&self, question: Question, purpose: Purpose, now: Timestamp) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.asked += 1;
        let age = waiting.asked;
        waiting.by_question.insert(question, (purpose, now, age));
        waiting.by_age.insert(age, question);
        if waiting.by_question.len() > MOST
            && let Some((_, oldest)) = waiting.by_age.pop_first()
        {
            waiting.by_question.remove(&oldest);
        }
    }

    /// Takes a question, if it was asked for this purpose and not long ago: there is no second time.
    #[must_use]
    pub fn take(&self, question: &Question, purpose: Purpose, now: Timestamp) -> Option<()> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked_for, at, age) = waiting.by_question.remove(question)?;
        waiting.by_age.remove(&age);
        (asked_for == purpose && now < after(at, LIFE)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once_in_time_and_for_its_purpose() {
        let (questions, now) = (Questions::default(), "2026-04-21T10:00:00Z".parse().unwrap());
        let hers = Purpose::Add(PractitionerId::from_bits(1));
        let ask = |number: u8, purpose| questions.ask([number; 32], purpose, now);
        ask(1, Purpose::Use);
        assert_eq!(questions.take(&[1; 32], Purpose::Use, now), Some(()));
        assert_eq!(questions.take(&[1; 32], Purpose::Use, now), None, "a replay");
        ask(2, hers);
        assert_eq!(questions.take(&[2; 32], Purpose::Use, now), None, "asked for something else");
        assert_eq!(questions.take(&[2; 32], hers, now), None, "and used up by that");
        ask(3, Purpose::Use);
        assert_eq!(questions.take(&[3; 32], Purpose::Use, after(now, LIFE)), None, "too late");
        assert_eq!(questions.take(&[4; 32], Purpose::Use, now), None, "never asked");
    }

    #[test]
    fn a_flood_of_questions_takes_no_more_memory() {
        let (questions, now) = (Questions::default(), "2026-04-21T10:00:00Z".parse().unwrap());
        for number in 0..MOST as u64 + 20 {
            let mut question = [0; 32];
            question[..8].copy_from_slice(&number.to_be_bytes());
            questions.ask(question, Purpose::Use, now);
        }
        let waiting = questions.0.lock().unwrap();
        assert_eq!((waiting.by_question.len(), waiting.by_age.len()), (MOST, MOST));
    }
}
