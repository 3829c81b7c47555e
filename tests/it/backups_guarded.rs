//! Backups to places that are guarded in other ways: a store behind TLS of an office's own authority, and a server that lets in by
//! password; and the way back from each.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use fiddlehead::actions::Error;
use fiddlehead::actions::keeping::backup::destination::{
    Draft, Refusal, host_key, keep_destination, try_destination,
};
use fiddlehead::actions::keeping::backup::kit;
use fiddlehead::actions::keeping::backup::make::{DATA, back_up};
use fiddlehead::app::Ways;
use fiddlehead::calendars::{Calendars, Guard, Resolver};
use fiddlehead::domain::id::DestinationId;
use fiddlehead::domain::keeping::backup::{Outcome, Trouble, file_name};
use fiddlehead::domain::keeping::destination::{Access, Login, Place, S3, Sftp, Style};

use crate::backups::{Bench, names, said, whole};
use crate::backups_elsewhere::{draft, restore};
use crate::support::radicale::calendars;
use crate::support::s3_peer::{ACCESS_KEY, BUCKET, SECRET_KEY, Store};
use crate::support::smtp_peer::python;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_with_a_certificate_of_an_office_is_trusted_by_its_authority_alone() {
    let (store, ca) = Store::start_over_tls().await;
    let bench = Bench::new().await;
    kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
    let place = |ca: Option<&str>| {
        let place = S3 {
            endpoint: store.endpoint().parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            bucket: BUCKET.parse().unwrap(),
            prefix: "practice".parse().unwrap(),
            style: Style::Path,
            access_key: ACCESS_KEY.parse().unwrap(),
            ca: ca.map(|ca| ca.parse().unwrap()),
        };
        draft(&bench, (Place::S3(place), Access::SecretKey(SECRET_KEY.to_owned())))
    };
    assert_eq!(try_destination(bench.app(), &place(None)).await, Err(Trouble::Certificate));
    let (_other, another) = Store::start_over_tls().await;
    assert_eq!(try_destination(bench.app(), &place(Some(&another))).await, Err(Trouble::Certificate));

    let good = place(Some(&ca));
    keep_destination(bench.app(), bench.house.ines, good.clone()).await.unwrap();
    let made = back_up(bench.app(), good.id).await.unwrap();
    assert!(matches!(made.outcome, Outcome::Verified { .. }), "{made:?}");

    let bare = tempfile::tempdir().unwrap();
    let file = bare.path().join("ca.pem");
    std::fs::write(&file, &ca).unwrap();
    let keys = [("FIDDLEHEAD_RESTORE_ACCESS_KEY", ACCESS_KEY), ("FIDDLEHEAD_RESTORE_SECRET_KEY", SECRET_KEY)];
    let (source, endpoint, data) =
        (format!("s3://{BUCKET}/practice"), store.endpoint(), bare.path().join("data"));
    let identity = bench.kit.identity.clone();
    let back = |more: &[&str]| {
        let all = [&["--endpoint", &endpoint], more].concat();
        tokio::task::block_in_place(|| restore(&source, &data, &identity, &keys, &all))
    };
    let refused = back(&[]);
    assert!(!refused.status.success() && said(&refused).contains("certificate"), "{}", said(&refused));
    let told = back(&["--ca", file.to_str().unwrap()]);
    assert!(told.status.success(), "{}", said(&told));
    whole(&data, bench.house.now());
}

/// Has the settings open nothing, or what calendars of the tests are on: this machine.
fn open(bench: &Bench, calendars: Calendars) {
    let ways = bench.app().ways.borrow().clone();
    bench.app().go_by(Ways { calendars: Arc::new(calendars), ..ways });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_within_the_own_network_is_refused_until_the_settings_open_it() {
    let store = Store::start().await;
    let bench = Bench::new().await;
    kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
    open(&bench, Calendars::new(Guard::new(Box::new(|_| false)), Resolver::System));
    let port = store.endpoint().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let at = |endpoint: &str| {
        let place = S3 {
            endpoint: endpoint.parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            bucket: BUCKET.parse().unwrap(),
            prefix: "practice".parse().unwrap(),
            style: Style::Path,
            access_key: ACCESS_KEY.parse().unwrap(),
            ca: None,
        };
        draft(&bench, (Place::S3(place), Access::SecretKey(SECRET_KEY.to_owned())))
    };
    // By number in every spelling, by a name that means this machine, and where a cloud tells its secrets.
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f000001",
        "2130706433",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let refused = try_destination(bench.app(), &at(&format!("http://{host}:{port}"))).await;
        assert_eq!(refused, Err(Trouble::Inside), "{host}");
    }
    for elsewhere in ["http://169.254.169.254", "http://[fd00:ec2::254]", "https://10.0.0.1"] {
        assert_eq!(try_destination(bench.app(), &at(elsewhere)).await, Err(Trouble::Inside), "{elsewhere}");
    }
    let refused = keep_destination(bench.app(), bench.house.ines, at(&store.endpoint())).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Trouble(Trouble::Inside)))), "{refused:?}");
    // A server is not even asked for its key, which would tell that there is one.
    for host in ["127.0.0.1", "localhost", "::1", "127.1"] {
        let asked = host_key(bench.app(), &host.parse().unwrap(), port).await;
        assert_eq!(asked, Err(Trouble::Inside), "{host}");
    }
    open(&bench, calendars());
    let good = at(&format!("http://localhost:{port}"));
    keep_destination(bench.app(), bench.house.ines, good.clone()).await.unwrap();
    // And one that is kept is looked at each time that something goes there.
    open(&bench, Calendars::new(Guard::new(Box::new(|_| false)), Resolver::System));
    let made = back_up(bench.app(), good.id).await.unwrap();
    assert!(matches!(made.outcome, Outcome::Failed { why: Trouble::Inside, .. }), "{made:?}");
}

const USER: &str = "backups";
const PASSWORD: &str = "moss under the third step";

/// `tests/peers/sftp_server.py`; it ends with the test.
struct Server {
    process: Child,
    port: u16,
    fingerprint: String,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn lets_in_by(way: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(python()?)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/sftp_server.py"))
            .args(["--user", USER, "--password", PASSWORD, "--by", way, "--folder"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let (port, fingerprint) = (lines.next().unwrap().parse().unwrap(), lines.next().unwrap());
        Some(Self { process, port, fingerprint, folder })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_lets_in_by_password_or_by_a_question_and_the_password_is_kept_sealed() {
    for way in ["password", "question"] {
        let Some(server) = Server::lets_in_by(way) else { return };
        let bench = Bench::new().await;
        kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
        let host = "127.0.0.1".parse().unwrap();
        let shown = host_key(bench.app(), &host, server.port).await.unwrap();
        assert_eq!(shown.as_str(), server.fingerprint);
        let with = |password: &str| {
            let place = Sftp {
                host: host.clone(),
                port: server.port,
                user: USER.parse().unwrap(),
                folder: "/".parse().unwrap(),
                host_key: shown.clone(),
                login: Login::Password,
            };
            Draft {
                id: DestinationId::from_bits(7),
                name: "The server".parse().unwrap(),
                place: Place::Sftp(place),
                access: Access::Password(password.to_owned()),
            }
        };
        assert_eq!(try_destination(bench.app(), &with("guessed")).await, Err(Trouble::SignIn), "{way}");
        keep_destination(bench.app(), bench.house.ines, with(PASSWORD)).await.unwrap();
        let made = back_up(bench.app(), DestinationId::from_bits(7)).await.unwrap();
        assert!(matches!(made.outcome, Outcome::Verified { .. }), "{way}: {made:?}");
        assert_eq!(
            names(server.folder.path()),
            [file_name(made.started_at).as_str(), "fiddlehead-backups.txt"]
        );

        let bare = tempfile::tempdir().unwrap();
        let data = bare.path().join("data");
        let source = format!("sftp://{USER}@127.0.0.1:{}/", server.port);
        let (identity, print) = (bench.kit.identity.clone(), server.fingerprint.clone());
        let back = |password: &str| {
            let given = [("FIDDLEHEAD_RESTORE_PASSWORD", password)];
            tokio::task::block_in_place(|| {
                restore(&source, &data, &identity, &given, &["--host-key", &print])
            })
        };
        assert!(!back("guessed").status.success());
        let told = back(PASSWORD);
        assert!(told.status.success(), "{way}: {}", said(&told));
        whole(&data, bench.house.now());
        let kept = std::fs::read(bench.folder.path().join("data").join(DATA)).unwrap();
        assert!(!kept.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()), "{way}");
    }
}
