//! The people of the practice: inviting, roles, leaving and coming back, all for the owner; and the account of a member who
//! has no desk of her own.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Router};
use maud::Markup;

use super::hand_over::handed;
use super::security::may_try;
use super::settings::change_password;
use super::{Answer, Counter, Owner, Room, done, named, parse, rule};
use crate::actions::Error;
use crate::actions::catalog::team::{self as action, Asked, Refusal, Unchanged};
use crate::actions::people::second;
use crate::domain::id::PractitionerId;
use crate::domain::people::login::Person;
use crate::domain::people::second::Demand;
use crate::store::{View, credits, people};
use crate::views::link::{self, route};
use crate::views::post::Post;
use crate::views::practitioner::hand_over::HandOver;
use crate::views::practitioner::people::{self as view, Factors, Member, ROLES};
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_PEOPLE, get(page).post(invite))
        .route(route::DESK_DEMAND, post(demand))
        .route(route::DESK_MEMBER_FACTOR, post(take_factor_away))
        .route(route::DESK_MEMBER, get(member))
        .route(route::DESK_MEMBER_AGAIN, post(again))
        .route(route::DESK_MEMBER_REVOKE, post(revoke))
        .route(route::DESK_MEMBER_LINK, post(sign_in_link))
        .route(route::DESK_MEMBER_ROLE, post(change_role))
        .route(route::DESK_MEMBER_LEAVE, post(leave))
        .route(route::DESK_MEMBER_BACK, post(come_back))
        .route(route::DESK_ACCOUNT, get(account).post(password))
}

/// An invitation to hand over, made anew.
fn invitation(room: &Room, id: PractitionerId) -> Result<HandOver, Failure> {
    let token = action::hand_over(&room.app, room.member.id, id)?;
    let who = people::practitioner::find(&room.app.store.read()?, id)?.ok_or(Failure::NotFound)?;
    Ok(HandOver {
        name: who.name.to_string(),
        email: who.email,
        what: format!("Your invitation to {}", room.practice.name),
        url: room.app.absolute(&link::join(&token)),
        code: None,
        lives: "7 days".to_owned(),
    })
}

fn draw(room: &Room, read: &View, id: PractitionerId, typed: &Typed) -> Result<Markup, Failure> {
    let members = people::practitioner::all(read)?;
    let mut without = Vec::new();
    for one in members.iter().filter(|one| one.is_active()) {
        if people::second::confirmed(read, one.id)?.is_none() {
            without.push(one.id);
        }
    }
    let factors = Factors { demand: people::second::demanded(read)?, without: &without };
    Ok(view::page(&room.desk(), (&members, factors), id, typed))
}

/// The page of all.
async fn page(Owner(room): Owner) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, PractitionerId::from_bits(room.app.id()), &Typed::default()))
        .await
}

/// Invites somebody.
async fn invite(State(web): State<Web>, Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let id: PractitionerId = named(typed.value("id"))?;
        let (name, email) = (parse::line(&mut typed, "name"), parse::email(&mut typed, "email"));
        let role = read_role(&mut typed);
        if let (Some(name), Some(email), Some(role)) = (name, email, role) {
            web.may_mail(&email)?;
            match rule(action::invite(&room.app, room.member.id, Asked { id, name, email, role }))? {
                Ok(()) if room.post() == Post::Goes => return Ok(done(&link::desk_member(id), "invited")),
                // The answer holds the link, so it is no redirect. Sent again, the form says that the address is taken.
                Ok(()) => {
                    let made = invitation(room, id)?;
                    return Ok(Answer::Page(draw_member(
                        room,
                        &room.app.store.read()?,
                        id,
                        Some(&made),
                        None,
                    )?));
                }
                Err(Refusal::EmailTaken) => {
                    typed.wrong(
                        "email",
                        "Somebody of the practice signs in with this address, or was asked already.",
                    );
                }
                Err(Refusal::NotFounded) => return Err(Failure::NotFound),
            }
        }
        Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, &typed)?))
    })
    .await
}

fn read_role(typed: &mut Typed) -> Option<crate::domain::people::practitioner::Role> {
    typed.read("role", |typed| {
        let found = ROLES.iter().find(|(name, _)| *name == typed).map(|(_, role)| *role);
        found.ok_or_else(|| "Please choose what the person is to be.".to_owned())
    })
}

fn draw_member(
    room: &Room,
    read: &View,
    id: PractitionerId,
    made: Option<&HandOver>,
    refused: Option<&Said>,
) -> Result<Markup, Failure> {
    let who = people::practitioner::find(read, id)?.ok_or(Failure::NotFound)?;
    let ties = action::ties(read, id, room.now)?;
    let lots = credits::lot::of(read, id, room.now)?;
    let outstanding = lots.iter().map(|(_, balance)| balance.available_or_frozen() + balance.held()).sum();
    let invitations = people::invitation::all(read)?;
    let hers = invitations.iter().find(|one| one.member == id);
    let factor = people::second::confirmed(read, id)?.and_then(|one| one.confirmed_at);
    let invited_until = hers.map(|one| one.ends_at());
    let one = Member { who: &who, ties, outstanding, invited_until, factor };
    Ok(view::member(&room.desk(), &one, made, refused))
}

/// One of them.
async fn member(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_member(room, read, named(&id)?, None, None)).await
}

/// Sends an invitation anew. Where no mail goes out, the answer holds its link, so it is no redirect.
async fn again(
    State(web): State<Web>,
    Owner(room): Owner,
    Path(id): Path<String>,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id = named(&id)?;
        if room.post() == Post::Goes {
            let who = people::practitioner::find(&room.app.store.read()?, id)?.ok_or(Failure::NotFound)?;
            web.may_mail(&who.email)?;
            action::invite_again(&room.app, room.member.id, id)?;
            return Ok(done(&link::desk_member(id), "invited"));
        }
        let made = invitation(room, id)?;
        Ok(Answer::Page(draw_member(room, &room.app.store.read()?, id, Some(&made), None)?))
    })
    .await
}

/// Makes a sign-in link for a member, only where no mail goes out. The answer holds it.
async fn sign_in_link(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id = named(&id)?;
        let found = people::practitioner::find(&room.app.store.read()?, id)?;
        let who = found.filter(|one| one.is_active() && room.post() == Post::HandedOver);
        let who = who.ok_or(Failure::NotFound)?;
        let made = handed(room, Person::Practitioner(id), (who.name.as_str(), &who.email))?;
        Ok(Answer::Page(draw_member(room, &room.app.store.read()?, id, Some(&made), None)?))
    })
    .await
}

/// Calls an invitation off.
async fn revoke(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        action::revoke(&room.app, room.member.id, named(&id)?)?;
        Ok(done(&link::desk_people(), "removed"))
    })
    .await
}

/// Changes a member, or says why not.
async fn change(
    room: Room,
    id: String,
    act: impl FnOnce(&Room, PractitionerId) -> Result<(), Error<Unchanged>> + Send + 'static,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id = named(&id)?;
        match rule(act(room, id))? {
            Ok(()) => Ok(done(&link::desk_member(id), "saved")),
            Err(Unchanged::NotThere) => Err(Failure::NotFound),
            Err(Unchanged::Rule(refusal)) => {
                let said = text::team(refusal);
                let read = room.app.store.read()?;
                Ok(Answer::Wrong(draw_member(room, &read, id, None, Some(&said))?))
            }
        }
    })
    .await
}

/// Gives another role.
async fn change_role(Owner(room): Owner, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    let role = read_role(&mut fields.typed()).ok_or(Failure::Unreadable)?;
    change(room, id, move |room, id| action::change_role(&room.app, room.member.id, (id, role))).await
}

/// Lets a member leave.
async fn leave(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    change(room, id, |room, id| action::leave(&room.app, room.member.id, id)).await
}

/// Asks a second factor of everybody, or leaves it to each.
async fn demand(Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let (demand, what) = match fields.text("of") {
            "all" => (Demand::OfAll, "demanded"),
            _ => (Demand::OfNobody, "not-demanded"),
        };
        second::demand(&room.app, room.member.id, demand)?;
        Ok(done(&link::desk_people(), what))
    })
    .await
}

/// Takes away the second factor of a colleague who has lost it. The owner's own is taken away by a code of it.
async fn take_factor_away(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id = named(&id)?;
        if id == room.member.id {
            return Err(Failure::NotFound);
        }
        second::take_away(&room.app, room.member.id, id)?;
        Ok(done(&link::desk_member(id), "factor-gone"))
    })
    .await
}

/// Lets a member come back.
async fn come_back(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    change(room, id, |room, id| action::come_back(&room.app, room.member.id, id)).await
}

/// The sign-in of whoever sits there.
async fn account(Counter(room): Counter) -> Result<Answer, Failure> {
    room.run(|room| {
        Ok(Answer::Page(view::account(&room.desk(), (&room.member, room.old_password), &Typed::default())))
    })
    .await
}

/// Changes her password.
async fn password(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Counter(room): Counter,
    fields: Fields,
) -> Result<Answer, Failure> {
    may_try(&web, &room, from)?;
    match change_password(&room, fields).await? {
        Ok(()) => Ok(done(&link::desk_account(), "password")),
        Err(typed) => {
            room.run(move |room| {
                Ok(Answer::Wrong(view::account(&room.desk(), (&room.member, room.old_password), &typed)))
            })
            .await
        }
    }
}
