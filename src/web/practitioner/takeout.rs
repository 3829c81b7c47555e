//! Taking everything away, written while it is sent: the owner's alone.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use axum::routing::get;
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::{Answer, Room, download};
use crate::actions::audit;
use crate::actions::keeping::export::Notes;
use crate::actions::keeping::takeout::{self, Form, Pieces};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::people::practitioner::Role;
use crate::views::link::route;
use crate::views::practitioner::takeout as view;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// How many pieces may wait for a slow reader.
const WAITING: usize = 4;

pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_EXPORT, get(page)).route(route::DESK_EXPORT_FILE, get(file))
}

fn only_the_owner(room: &Room) -> Result<(), Failure> {
    if room.who.role == Role::Owner { Ok(()) } else { Err(Failure::NotFound) }
}

/// What is in it, and in which form.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    only_the_owner(&room)?;
    Ok(Answer::Page(view::page(&room.desk())))
}

/// Pieces as they are written by another thread.
struct Arriving(mpsc::Receiver<Result<Vec<u8>, io::Error>>);

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(|bytes| Frame::data(bytes.into()))))
    }
}

/// The file. A reader who goes away ends the writing; a fault breaks the answer off, so that half of it is not taken for all.
pub async fn file(room: Room, fields: Fields) -> Result<Response, Failure> {
    only_the_owner(&room)?;
    let (form, name, kind) = match fields.text("form") {
        "json" => (Form::Json, "practice.json", "application/json"),
        _ => (Form::Csv, "practice.zip", "application/zip"),
    };
    let notes = if fields.text("notes") == "all" { Notes::AllOfHers } else { Notes::Shared };
    let (app, who) = (Arc::clone(&room.app), room.id());
    room.run(move |room| Ok(audit::record(&room.app, Who::Member(who), What::Exported, Concern::Practice)?))
        .await?;
    let (send, pieces) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        let to = Pieces::new(|piece| send.blocking_send(Ok(piece)).map_err(gone));
        if let Err(fault) = takeout::write(&app, who, notes, form, to) {
            tracing::warn!(%fault, "an export was not finished");
            let _ = send.blocking_send(Err(io::Error::other("the export broke off")));
        }
    });
    Ok(download(name, kind, Body::new(Arriving(pieces))))
}
