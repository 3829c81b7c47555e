//! The mail that asks somebody to join the practice.

use super::{Mailing, Paper};
use crate::domain::people::practitioner::Role;
use crate::views::{link, text};

/// The invitation. `token` is in the clear here and nowhere else.
#[must_use]
pub fn invitation(paper: &Paper<'_>, role: Role, token: &str) -> Mailing {
    let practice = &paper.practice.name;
    let what = match role {
        Role::Owner => {
            "You would run the practice with us: your own storefront and clients, and everything that is the practice’s."
        }
        Role::Practitioner => {
            "You would have a storefront of your own, with your packages, your hours and your clients."
        }
        Role::FrontDesk => "You would keep the calendar and the clients’ sessions for those who give them.",
    };
    let draft = paper
        .draft(&format!("Join {practice}"), &format!("{}, come and join us", paper.first_name()))
        .preheader(format!("An invitation to {practice}. It holds for a week."))
        .words(format!("{practice} invites you as {}. {what}", text::role(role)))
        .button("Accept the invitation", paper.url(&link::join(token)))
        .words("The page it opens asks for a password, and you are in. The link works once, for 7 days.")
        .because("You’re getting this because the owner of the practice wrote your address down. If you don’t know the practice, nothing more is needed.");
    paper.set(&draft)
}
