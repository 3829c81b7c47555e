//! Names of stores become addresses, each of which is looked at before it is connected to.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower::Service;

use super::Reach;

/// It leads where we do not go.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name leads into a network that is not opened")]
pub(super) struct Inside;

/// Looks names up, and gives addresses that are within reach alone.
#[derive(Clone)]
pub(super) struct Within(pub(super) Reach);

impl Service<Name> for Within {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let reach = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // One that leads inside is enough: such a name is not what it seems.
            if !found.iter().all(|place| reach(place.ip())) {
                return Err(Inside.into());
            }
            Ok(found.into_iter())
        })
    }
}
