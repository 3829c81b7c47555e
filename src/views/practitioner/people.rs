//! The people of the practice, for its owner: who belongs to it, inviting somebody, and one of them with what can be changed.

use maud::{Markup, html};

use super::hand_over::{self, HandOver};
use super::{Desk, Tab};
use crate::domain::id::PractitionerId;
use crate::domain::people::login::OldPassword;
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::people::second::Demand;
use crate::domain::people::team::{self, Ties};
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::link;
use crate::views::post::Post;
use crate::views::text::{self, Said, capital, counted};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note, Tag};

/// The roles as they are chosen.
pub const ROLES: [(&str, Role); 3] =
    [("practitioner", Role::Practitioner), ("front-desk", Role::FrontDesk), ("owner", Role::Owner)];

/// The name of a role in a form.
fn named(role: Role) -> &'static str {
    ROLES.iter().find(|(_, one)| *one == role).map_or("practitioner", |(name, _)| name)
}

const CHOICES: [Choice<'static>; 3] = [
    Choice::with_detail(
        "practitioner",
        "Practitioner",
        "Gives sessions: own storefront, packages, hours, clients and notes.",
    ),
    Choice::with_detail(
        "front-desk",
        "Front desk",
        "Sees the calendar, clients and their credits of everybody, and takes payments. Never sees notes.",
    ),
    Choice::with_detail(
        "owner",
        "Owner",
        "A practitioner who also runs the practice: its settings, people and money.",
    ),
];

/// How it stands with everybody's second factor.
#[derive(Debug, Clone, Copy)]
pub struct Factors<'a> {
    /// Whether it is asked of all.
    pub demand: Demand,
    /// Who has none.
    pub without: &'a [PractitionerId],
}

fn second_factor(members: &[Practitioner], factors: Factors<'_>) -> Markup {
    let without = members.iter().filter(|one| factors.without.contains(&one.id));
    let names: Vec<&str> = without.map(|one| one.name.as_str()).collect();
    html! {
        section.gap {
            h2 { "Second factor" }
            @if names.is_empty() { p { "Everybody signs in with a second factor." } }
            @else { p { "Without one: " (names.join(", ")) "." } }
            form.form method="post" action=(link::desk_demand()) {
                @match factors.demand {
                    Demand::OfNobody => {
                        input type="hidden" name="of" value="all";
                        (ui::submit(Button::new("Ask it of everybody").quiet(), html! { "Who has none sets one up at the next page they open, before anything else." }))
                    }
                    Demand::OfAll => {
                        p { (ui::tag(Tag::Good, "Asked of everybody")) }
                        input type="hidden" name="of" value="nobody";
                        (Button::new("Leave it to each").quiet())
                    }
                }
            }
            p { a href=(link::desk_audit()) { "Who signed in, and who changed what: the audit log" } }
        }
    }
}

/// The page of all; `id` is whom the form invites.
#[must_use]
pub fn page(
    desk: &Desk<'_>,
    (members, factors): (&[Practitioner], Factors<'_>),
    id: PractitionerId,
    typed: &Typed,
) -> Markup {
    let settings = link::desk_settings();
    let main = html! {
        (super::head(Some((&settings, "Settings")), "People", html! { "Who belongs to " (desk.practice) "." }))
        div.narrow {
            ul.packs { @for member in members { (row(desk, member)) } }
            (second_factor(members, factors))
            section.gap {
                h2 { "Invite somebody" }
                form.form method="post" action=(link::desk_people()) {
                    input type="hidden" name="id" value=(id);
                    (ui::amiss(typed, "Not invited yet."))
                    (Field::new("name", "Name").value(typed.value("name")).error(typed.error("name")).required())
                    (Field::new("email", "Email").kind("email").value(typed.value("email")).error(typed.error("email")).required())
                    (Choices::one("role", "To be", &CHOICES).cards().error(typed.error("role")).required()
                        .chosen(if typed.has("role") { typed.value("role") } else { "practitioner" }))
                    (ui::submit(Button::new("Invite"), html! {
                        (desk.post.says("A link goes out by mail. It works once, for 7 days.",
                            "No mail goes out here: the next page gives you a link to hand over."))
                    }))
                }
            }
        }
    };
    desk.page("People", Tab::Settings, &main)
}

fn row(desk: &Desk<'_>, member: &Practitioner) -> Markup {
    let href = link::desk_member(member.id);
    html! {
        li {
            div {
                h2 { a href=(href) { (member.name) } @if member.id == desk.who.id { " (you)" } }
                p { (capital(text::role(member.role))) ". " (standing(desk, member)) }
            }
            @if member.role.gives_sessions() && member.id != desk.who.id && member.membership != Membership::Invited {
                form method="post" action=(link::desk_seat()) {
                    input type="hidden" name="desk" value=(member.id);
                    (Button::new("Open the desk").quiet().small().heard(&format!(" of {}", member.name)))
                }
            }
        }
    }
}

fn standing(desk: &Desk<'_>, member: &Practitioner) -> Markup {
    match member.membership {
        Membership::Active => html! { (member.email) },
        Membership::Invited => ui::tag(Tag::Warn, "Invited, has not joined yet"),
        Membership::Left { at } => ui::tag(Tag::Plain, &format!("Left {}", long_date(desk.zone().date(at)))),
    }
}

/// A member with all that is asked about her.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// Who she is.
    pub who: &'a Practitioner,
    /// What ties her to the practice.
    pub ties: Ties,
    /// Clients' credits with her that are still to be used.
    pub outstanding: u32,
    /// Until when her invitation holds, if it went out.
    pub invited_until: Option<Timestamp>,
    /// Since when she has a second factor.
    pub factor: Option<Timestamp>,
}

/// The page of one; `made` is a link that was just made for her, `refused` says why the last act was not done.
#[must_use]
pub fn member(desk: &Desk<'_>, one: &Member<'_>, made: Option<&HandOver>, refused: Option<&Said>) -> Markup {
    let people = link::desk_people();
    let who = one.who;
    let main = html! {
        (super::head(Some((&people, "People")), who.name.as_str(), html! {
            (capital(text::role(who.role))) ". " (standing(desk, who))
        }))
        @if let Some(said) = refused { (ui::note(Note::Bad, &said.what, html! { (said.then) })) }
        @if let Some(made) = made { (hand_over::part(made)) }
        div."narrow form" {
            @match who.membership {
                Membership::Invited => (invited(desk, one, made)),
                Membership::Active => {
                    @if desk.post == Post::HandedOver && who.id != desk.who.id { (sign_in_link(who)) }
                    (factor(desk, one)) (role(one)) (leave(one))
                }
                Membership::Left { .. } => (left(one)),
            }
        }
    };
    desk.page(who.name.as_str(), Tab::Settings, &main)
}

fn invited(desk: &Desk<'_>, one: &Member<'_>, made: Option<&HandOver>) -> Markup {
    let who = one.who;
    html! {
        p {
            @match one.invited_until {
                Some(until) => { "The invitation to " (who.email) " holds until " (long_moment(until, desk.zone())) "." }
                None if desk.post == Post::Goes => { "The invitation to " (who.email) " is on its way." }
                None => { "No link was made yet." }
            }
        }
        @match desk.post {
            Post::Goes => {
                form method="post" action=(link::desk_member_again(who.id)) { (Button::new("Send it again").quiet()) }
                p.hint { "The link of the mail before opens nothing from then on." }
            }
            Post::HandedOver => {
                form method="post" action=(link::desk_member_again(who.id)) {
                    (Button::new(if made.is_some() { "Make another link" } else { "Make the link" }).quiet())
                }
                p.hint { "A new link takes the place of the one before." }
            }
        }
        details.act {
            summary { "Call the invitation off" }
            p { "The link opens nothing any more, and " (who.name.first_word()) " is not on the list." }
            form method="post" action=(link::desk_member_revoke(who.id)) { (Button::new("Call it off").danger()) }
        }
    }
}

/// The way back in for a member who has forgotten her password, where no mail could bring it.
fn sign_in_link(who: &Practitioner) -> Markup {
    let first = who.name.first_word();
    html! {
        details.act {
            summary { "Make a sign-in link" }
            p { "For when " (first) " has forgotten the password. It works once, for 30 minutes; a new password can be chosen then." }
            form method="post" action=(link::desk_member_link(who.id)) { (Button::new("Make the link").quiet()) }
        }
    }
}

/// A colleague's second factor, which the owner takes away if it is lost.
fn factor(desk: &Desk<'_>, one: &Member<'_>) -> Markup {
    let Some(since) = one.factor else { return html! { p { "No second factor." } } };
    let first = one.who.name.first_word();
    html! {
        p { "Signs in with a second factor since " (long_date(desk.zone().date(since))) "." }
        @if one.who.id != desk.who.id {
            details.act {
                summary { "Take the second factor away" }
                p { "For when " (first) " has lost the phone and the recovery codes. Ask in person first: somebody else may have written. The password alone signs in then; a mail tells " (first) "." }
                form method="post" action=(link::desk_member_factor(one.who.id)) { (Button::new("Take it away").danger()) }
            }
        }
    }
}

fn role(one: &Member<'_>) -> Markup {
    let who = one.who;
    let can = |(_, role): &&(&str, Role)| team::change_role(who, *role, one.ties).is_ok();
    let open: Vec<Choice<'_>> = ROLES
        .iter()
        .filter(can)
        .filter_map(|(name, _)| CHOICES.iter().find(|choice| choice.value == *name))
        .copied()
        .collect();
    let blocked = ROLES.iter().find_map(|(_, role)| team::change_role(who, *role, one.ties).err());
    html! {
        details.act {
            summary { "Change the role" }
            @if open.len() > 1 {
                form.form method="post" action=(link::desk_member_role(who.id)) {
                    (Choices::one("role", "To be", &open).cards().chosen(named(who.role)))
                    (ui::submit(Button::new("Change the role").quiet(), html! { "It holds from the next page on that " (who.name.first_word()) " opens." }))
                }
            }
            @if let Some(refusal) = blocked { p.hint { (text::team(refusal).then) } }
        }
    }
}

fn leave(one: &Member<'_>) -> Markup {
    let who = one.who;
    let name = who.name.first_word();
    html! {
        details.act {
            summary { "Let " (name) " leave" }
            @match team::leave(who, one.ties) {
                Ok(()) => {
                    p {
                        (name) " is signed out everywhere and cannot sign in any more."
                        @if who.role.gives_sessions() {
                            " The storefront and its packages are no longer found, and no time can be booked. "
                            @if one.outstanding > 0 {
                                (counted(one.outstanding, "credit that is", "credits that are")) " not used "
                                @if one.outstanding == 1 { "stays" } @else { "stay" } " valid: you see to "
                                @if one.outstanding == 1 { "it" } @else { "them" } " at " (name) "’s desk."
                            }
                            " Notes stay sealed; nobody else reads them."
                        }
                        " You can take this back."
                    }
                    form method="post" action=(link::desk_member_leave(who.id)) { (Button::new(&format!("Let {name} leave")).danger()) }
                }
                Err(refusal) => {
                    @let said = text::team(refusal);
                    p { b { (said.what) } " " (said.then) }
                    @if matches!(refusal, team::Refusal::Upcoming(_)) { (open_desk(who)) }
                }
            }
        }
    }
}

fn open_desk(who: &Practitioner) -> Markup {
    html! {
        form method="post" action=(link::desk_seat()) {
            input type="hidden" name="desk" value=(who.id);
            (Button::new(&format!("Open {}’s desk", who.name.first_word())).quiet())
        }
    }
}

fn left(one: &Member<'_>) -> Markup {
    let who = one.who;
    html! {
        @if who.role.gives_sessions() {
            p {
                @if one.outstanding > 0 { (counted(one.outstanding, "credit", "credits")) " of clients can still be extended, passed on or refunded." }
                @else { "No client has credits left." }
            }
            (open_desk(who))
        }
        details.act {
            summary { "Let " (who.name.first_word()) " come back" }
            p { "With the same address and password; the storefront, packages and hours are as they were." }
            form method="post" action=(link::desk_member_back(who.id)) { (Button::new("Let them back in").quiet()) }
        }
    }
}

/// The sign-in of a member who has no desk of her own.
#[must_use]
pub fn account(desk: &Desk<'_>, (member, old): (&Practitioner, OldPassword), typed: &Typed) -> Markup {
    let main = html! {
        (super::head(None, "Your account", html! { (capital(text::role(member.role))) ". You sign in as " (member.email) "." }))
        div."narrow form" {
            h2 { "Password" }
            @if !typed.is_sound() { (ui::look_again("Not saved yet.", "")) }
            (super::settings::password_form((member, old), &link::desk_account(), typed))
            p { a href=(link::desk_security()) { "Second factor, and where you are signed in" } }
        }
    };
    desk.page("Your account", Tab::None, &main)
}
