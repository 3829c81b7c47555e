//! How the program stands: the owner's page.

use axum::Router;
use axum::routing::get;

use super::{Answer, Owner};
use crate::actions::keeping::standing::{Room as DiskRoom, Standing, standing};
use crate::app::App;
use crate::payments::{Mode, Till};
use crate::views::link::route;
use crate::views::practitioner::status::{
    self as view, Certificate, Elsewhere, Kept, Online, Outbox, Status, Verdict,
};
use crate::web::Web;
use crate::web::failure::Failure;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_STATUS, get(page))
}

async fn page(Owner(room): Owner) -> Result<Answer, Failure> {
    room.run(|room| {
        let stands = standing(&room.app)?;
        Ok(Answer::Page(view::page(&room.desk(), &status(&room.app, stands))))
    })
    .await
}

fn status(app: &App, stands: Standing) -> Status<'_> {
    let kept = stands.kept.as_ref().map(|kept| Kept {
        file: kept.file.clone(),
        free: kept.free.clone(),
        room: match kept.room {
            DiskRoom::Enough => Verdict::Well,
            DiskRoom::Little => Verdict::Look,
            DiskRoom::None => Verdict::Wrong,
        },
        snapshots: kept.snapshots,
        newest_at: kept.newest_at,
    });
    let outbox = stands.outbox.map(|outbox| Outbox {
        waiting: outbox.waiting,
        since: outbox.since,
        tried: outbox.tried,
        given_up: outbox.given_up,
        sent_at: outbox.sent_at,
    });
    let online = app.cashier().map(|cashier| match cashier.till {
        Till::Sandbox(_) => Online::Sandbox,
        Till::Stripe(_) => Online::Stripe {
            mode: if cashier.till.mode() == Mode::Live { Verdict::Well } else { Verdict::Look },
            heard_at: stands.heard_at,
            every: cashier.poll_seconds,
        },
    });
    let Standing { elsewhere, .. } = stands;
    let certificate = app.machine.certificate();
    Status {
        version: env!("CARGO_PKG_VERSION"),
        began_at: app.machine.began_at,
        address: &app.base_url,
        kept,
        elsewhere: Elsewhere {
            places: elsewhere.places,
            overdue: elsewhere.overdue,
            behind: elsewhere.behind,
        },
        outbox,
        online,
        certificate: certificate.map(|one| Certificate { ends_at: one.ends_at, trouble: one.trouble }),
        late_since: stands.late_since,
    }
}
