//! The audit log in words.

use crate::domain::audit::{What, Who};

/// What was done, as the end of a sentence that begins with who did it.
#[must_use]
pub const fn deed(what: What) -> &'static str {
    match what {
        What::SignedIn => "signed in",
        What::SignInRefused => "was refused at the sign-in of",
        What::NewBrowser => "signed in from a browser that was not known",
        What::SignedOut => "signed other browsers out",
        What::Proved => "proved again who it is",
        What::ProofRefused => "was refused when asked again who it is",
        What::PasswordChanged => "changed the password of",
        What::AddressChanged => "signs in with another address",
        What::FactorOn => "turned the second factor on",
        What::FactorOff => "took away the second factor of",
        What::CodesRenewed => "made new recovery codes",
        What::PasskeyAdded => "added a passkey",
        What::PasskeyRemoved => "took a passkey away",
        What::FactorDemanded => "asked everybody for a second factor",
        What::FactorNotDemanded => "left the second factor to each",
        What::Invited => "invited",
        What::InvitationRevoked => "called off the invitation of",
        What::Joined => "joined the practice",
        What::MadeOwner => "made an owner of",
        What::MadePractitioner => "made a practitioner of",
        What::MadeFrontDesk => "put at the front desk",
        What::Left => "ended the membership of",
        What::CameBack => "let back in",
        What::LinkShown => "made a sign-in link to hand over to",
        What::PracticeChanged => "changed the practice’s particulars",
        What::AccountConnected => "connected an own account at the payment provider",
        What::AccountRemoved => "removed the own account at the payment provider",
        What::KitSet => "put a recovery kit in force",
        What::PlaceAdded => "added a place for backups,",
        What::PlaceRemoved => "removed a place for backups,",
        What::BackedUp => "made and proved a backup at",
        What::Exported => "took the whole practice as a file",
        What::ClientExported => "took a file of what is kept about",
        What::ClientErased => "erased",
        What::MoneyBack => "began to give money back,",
        What::Restored => "brought the data back from a backup",
        What::LetGo => "let everything go on after that",
        What::KeyRotated => "sealed everything with another instance key",
    }
}

/// Somebody of whom no name is kept.
#[must_use]
pub const fn somebody(who: Who) -> &'static str {
    match who {
        Who::Member(_) => "A member who is not there any more",
        Who::Client(_) => "A client",
        Who::Console => "Whoever was at the machine",
        Who::Clock => "The program",
        Who::Stranger => "Somebody",
    }
}
