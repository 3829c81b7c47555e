//! The ceiling: a bare axum server that sends the same bytes with the same headers, in a process of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::load::Answer;

/// Writes what the program answered where the bare server finds it: one file for each, its path first.
pub fn keep(folder: &Path, number: usize, path: &str, answer: &Answer) {
    let mut bytes = format!("{path}\n{}\r\n\r\n", answer.head).into_bytes();
    bytes.extend(&answer.body);
    std::fs::write(folder.join(format!("{number}.answer")), bytes).expect("the folder can be written");
}

fn read(folder: &Path) -> HashMap<String, (HeaderMap, Bytes)> {
    let files = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let files = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "answer"));
    let answers = files.map(|file| {
        let bytes = std::fs::read(file.path()).expect("an answer");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let (path, head) = head.split_once('\n').expect("a path");
        let mut headers = HeaderMap::new();
        for (name, value) in head.lines().skip(1).filter_map(|line| line.trim().split_once(": ")) {
            // These two hyper writes itself.
            if !["content-length", "date"].contains(&name) {
                let name = HeaderName::try_from(name).expect("a name");
                headers.append(name, HeaderValue::try_from(value).expect("a value"));
            }
        }
        (path.to_owned(), (headers, Bytes::copy_from_slice(&bytes[end + 4..])))
    });
    answers.collect()
}

/// Serves those answers until it is killed.
pub async fn serve(at: SocketAddr, folder: &Path) {
    let answers = Arc::new(read(folder));
    let answer = move |request: Request| {
        let answers = Arc::clone(&answers);
        async move {
            let (headers, body) = &answers[request.uri().path()];
            let mut response = Response::new(Body::from(body.clone()));
            *response.headers_mut() = headers.clone();
            response
        }
    };
    let router = Router::new().fallback(answer);
    let listener = TcpListener::bind(at).await.expect("the port is free");
    let Some(config) = crate::tls::server(folder) else {
        axum::serve(listener, router).await.expect("serves");
        return;
    };
    let acceptor = TlsAcceptor::from(Arc::new(config));
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let (acceptor, router) = (acceptor.clone(), router.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = TowerToHyperService::new(router);
            let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
