//! The people of a practice in a test.

use fiddlehead::actions;
use fiddlehead::actions::catalog::practice::Newcomer;
use fiddlehead::app::App;
use fiddlehead::domain::catalog::brand::Accent;
use fiddlehead::domain::catalog::storefront::Storefront;
use fiddlehead::domain::id::PractitionerId;
use fiddlehead::domain::people::practitioner::{Membership, Practitioner, Role};

use super::{House, line, office_hours};

/// Somebody who belongs to the practice, in Berlin.
fn member(app: &App, name: &str, slug: &str, role: Role, password: Option<String>) -> Practitioner {
    Practitioner {
        id: PractitionerId::from_bits(app.id()),
        email: line(&format!("{slug}@quietfield.example")),
        slug: line(slug),
        name: line(name),
        role,
        zone: line("Europe/Berlin"),
        joined_at: app.clock.now(),
        password,
        membership: Membership::Active,
    }
}

/// A practitioner with a storefront and office hours.
pub(super) fn newcomer(app: &App, name: &str, slug: &str, role: Role, password: &str) -> Newcomer {
    let practitioner = member(app, name, slug, role, Some(password.to_owned()));
    let storefront = Storefront {
        accent: Accent::FERN,
        profession: Some(line("Licensed therapist")),
        tagline: Some(line("Anxiety narrows the day. Together we widen it again.")),
        place: Some(line("14 Pine Street, Burlington")),
        ..Storefront::new(practitioner.id)
    };
    Newcomer { practitioner, storefront, hours: office_hours() }
}

impl House {
    /// A member who gives no sessions: the front desk.
    pub fn front_desk(&self, name: &str) -> PractitionerId {
        let slug = name.to_lowercase().replace(' ', "-");
        let member = member(&self.app, name, &slug, Role::FrontDesk, None);
        let id = member.id;
        actions::catalog::practice::join_front_desk(&self.app, member).unwrap();
        id
    }
}
