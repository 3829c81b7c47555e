//! The doors that the program is entered by: the one that serves it, encrypted or not, the plain one beside it, and those who look
//! after the certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use data_encoding::BASE64URL_NOPAD;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::reload::News;
use crate::app::{App, Certificate};
use crate::platform::config::{AcmeChallenge, AcmeSettings, Config, TlsMode};
use crate::tls::acme::{Acme, Challenge, External};
use crate::tls::files::Files;
use crate::tls::folder::Folder;
use crate::tls::local_ca::LocalCa;
use crate::tls::shown::{Shown, Standing};
use crate::tls::{TlsError, World, server};
use crate::web::listen::{Bounds, Line, Trusts, serve};
use crate::web::metrics::{self, counting};
use crate::web::plain;
use crate::web::security::{BODY_TIME, Door, Hosts, Hsts, behind};
use crate::web::shares::Shares;
use crate::web::trust::{self, Trust};

/// Doors that listen, and are not open yet.
pub(super) struct Doors {
    /// Where the program is served.
    pub(super) address: SocketAddr,
    /// The certificate, if there is TLS.
    pub(super) shown: Option<Arc<Shown>>,
    main: TcpListener,
    plain: Option<TcpListener>,
    figures: Option<TcpListener>,
    trust: Option<Arc<Trust>>,
    news: News,
    keepers: JoinSet<()>,
}

impl Doors {
    /// Takes the ports and the certificate, so that what is wrong with either is said at the start.
    ///
    /// # Errors
    /// What is wrong, in words for the terminal.
    pub(super) async fn take(app: &App, config: &Config, news: News) -> Result<Self, String> {
        let main = bind(config.listen, "listen").await?;
        let address = main.local_addr().map_err(|why| why.to_string())?;
        let plain = match config.tls.redirect_from {
            Some(at) => Some(bind(at, "tls.redirect_from").await?),
            None => None,
        };
        let figures = match config.metrics {
            Some(at) => Some(bind(at, "metrics.listen").await?),
            None => None,
        };
        let mut doors =
            Self { address, shown: None, main, plain, figures, trust: None, news, keepers: JoinSet::new() };
        doors.dress(app, config).map_err(|why| format!("[tls]: {why}"))?;
        Ok(doors)
    }

    /// Finds the certificate and sets those to work who look after it.
    fn dress(&mut self, app: &App, config: &Config) -> Result<(), TlsError> {
        let (clock, entropy) = (app.clock.clone(), app.entropy.clone());
        let world = World {
            now: Arc::new(move || clock.now()),
            chance: Arc::new(move || u64::from_be_bytes(entropy.bytes())),
        };
        let folder = |name: &str| Folder::at(&config.data_dir.join("tls").join(name));
        let (shown, now) = (Shown::new(), app.clock.now());
        let reload = self.news.certificate.clone();
        match (config.tls.mode, &config.tls.files, &config.tls.acme) {
            (TlsMode::Files, Some((certificate, key)), _) => {
                let files = Files { certificate: certificate.clone(), key: key.clone() };
                shown.show(files.read_at(now)?);
                self.keepers.spawn(files.watch(Arc::clone(&shown), world, reload));
            }
            (TlsMode::Local, _, _) => {
                let authority = LocalCa::open(folder("local")?, config.tls.names.clone(), now)?;
                let identity = authority.identity(now)?;
                shown.note(Standing { renews_at: Some(identity.two_thirds_at()), trouble: None });
                shown.show(identity);
                let plain = self.plain_address(config);
                let trust = Trust::new(authority.der()?, &app.base_url, &plain);
                tracing::info!(fingerprint = trust.fingerprint(), "the authority that devices install");
                self.trust = Some(trust);
                self.keepers.spawn(authority.watch(Arc::clone(&shown), world, reload));
            }
            (TlsMode::Acme, _, Some(settings)) => {
                let acme = acme(settings, config, folder("acme")?);
                if let Some(kept) = acme.kept()? {
                    shown.show(kept);
                }
                self.keepers.spawn(acme.watch(Arc::clone(&shown), world, reload));
            }
            _ => return Ok(()),
        }
        let asked = Arc::clone(&shown);
        app.machine.certificate_from(move || {
            let ends_at = asked.identity()?.ends_at;
            Some(Certificate { ends_at, trouble: asked.standing().trouble })
        });
        self.shown = Some(shown);
        Ok(())
    }

    /// Where the plain door is, as a phone's camera wants it; without one, the encrypted one.
    fn plain_address(&self, config: &Config) -> String {
        let Some(port) = self.plain.as_ref().and_then(|plain| plain.local_addr().ok()).map(|at| at.port())
        else {
            return config.base_url.to_string();
        };
        let host = config.base_url.host();
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        if port == 80 { format!("http://{host}") } else { format!("http://{host}:{port}") }
    }

    /// Serves until `stop` is done.
    pub(super) async fn serve(
        mut self,
        routes: Router,
        app: &Arc<App>,
        config: &Config,
        stop: impl Future<Output = ()>,
    ) {
        let (tell, stopped) = watch::channel(false);
        let until = |mut stopped: watch::Receiver<bool>| async move {
            let _ = stopped.changed().await;
        };
        let routes = match &self.trust {
            Some(trust) => routes.merge(trust::routes(Arc::clone(trust))),
            None => routes,
        };
        let line =
            self.shown.as_ref().map_or(Line::Plain, |shown| Line::Tls(TlsAcceptor::from(server(shown))));
        let inside = counting(
            behind(routes, door(app, config, Hosts::Named(config.tls.names.clone()), &self.news)),
            app,
        );
        let main =
            serve(self.main, line, inside, (Bounds::default(), trusts(&self.news)), until(stopped.clone()));
        let beside = async {
            if let (Some(listener), Some(shown)) = (self.plain, self.shown) {
                // Whatever name it is asked by, it leads to our own.
                let plain = plain::router(&app.base_url, shown, self.trust);
                let plain = counting(behind(plain, door(app, config, Hosts::Any, &self.news)), app);
                let bounds = (Bounds::default(), trusts(&self.news));
                serve(listener, Line::Plain, plain, bounds, until(stopped.clone())).await;
            }
        };
        let watched = async {
            if let Some(listener) = self.figures {
                let figures = metrics::router(Arc::clone(app));
                let bounds = (Bounds::default(), trusts(&self.news));
                serve(listener, Line::Plain, figures, bounds, until(stopped.clone())).await;
            }
        };
        let stopping = async {
            stop.await;
            let _ = tell.send(true);
        };
        tokio::join!(main, beside, watched, stopping);
        self.keepers.shutdown().await;
    }
}

async fn bind(at: SocketAddr, key: &str) -> Result<TcpListener, String> {
    TcpListener::bind(at)
        .await
        .map_err(|why| format!("{at}: cannot listen ({why}). Is another program there? Choose another {key}"))
}

fn acme(settings: &AcmeSettings, config: &Config, folder: Folder) -> Acme {
    let way = |one: &AcmeChallenge| match one {
        AcmeChallenge::Http01 => Challenge::Http01,
        AcmeChallenge::TlsAlpn01 => Challenge::TlsAlpn01,
    };
    let external = settings.external.as_ref().map(|(key_id, key)| External {
        key_id: key_id.clone(),
        key: BASE64URL_NOPAD.decode(key.expose().trim_end_matches('=').as_bytes()).unwrap_or_default(),
    });
    Acme {
        directory: settings.directory.clone(),
        contact: settings.contact.clone(),
        names: config.tls.names.clone(),
        challenges: settings.challenges.iter().map(way).collect(),
        root: settings.root.clone(),
        external,
        folder,
    }
}

/// Which proxies are believed, as the settings have them now.
fn trusts(news: &News) -> Trusts {
    let proxies = news.proxies.clone();
    Arc::new(move |address| proxies.borrow().iter().any(|network| network.contains(address)))
}

fn door(app: &App, config: &Config, hosts: Hosts, news: &News) -> Arc<Door> {
    let trusts = trusts(news);
    // Only a certificate that everybody trusts: with another one a browser that insists would be locked out.
    let public = config
        .tls
        .acme
        .as_ref()
        .is_some_and(|acme| acme.root.is_none() && !acme.directory.contains("staging"));
    Arc::new(Door {
        origin: app.base_url.clone(),
        hosts,
        hsts: if public { Hsts::Year } else { Hsts::Silent },
        trusts: Box::new(move |address| trusts(address)),
        body_time: BODY_TIME,
        bodies: Shares::of_bodies(),
        requests: u64::from_be_bytes(app.entropy.bytes()).into(),
    })
}
