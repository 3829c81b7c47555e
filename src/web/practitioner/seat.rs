//! Choosing at whose desk one works: the front desk goes from one to the next, the owner looks in.

use axum::extract::State;

use super::{Answer, named, rule};
use crate::actions::people::login;
use crate::views::link;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::Member;

/// Opens the desk of `desk`, in this browser, from now on.
pub async fn choose(State(web): State<Web>, member: Member, fields: Fields) -> Result<Answer, Failure> {
    let whose = named(fields.text("desk"))?;
    let sat = web.app.run(move |app| rule(login::sit_at(app, &member.cookie, whose))).await?;
    sat.map_err(|_| Failure::NotFound)?;
    Ok(Answer::To(link::desk()))
}
