//! Backups to real peers: a store that checks signatures, and OpenSSH's own server; and the way back from each.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use fiddlehead::actions::Error;
use fiddlehead::actions::keeping::backup::destination::{
    Draft, Refusal, host_key, keep_destination, public_key, try_destination,
};
use fiddlehead::actions::keeping::backup::kit;
use fiddlehead::actions::keeping::backup::make::{DATA, back_up};
use fiddlehead::domain::id::DestinationId;
use fiddlehead::domain::keeping::backup::{Outcome, Trouble, file_name};
use fiddlehead::domain::keeping::destination::{Access, Login, Place, S3, Sftp, Style};

use crate::backups::{Bench, names, said, whole, why};
use crate::support::s3_peer::{ACCESS_KEY, BUCKET, SECRET_KEY, Store};
use crate::support::sshd::Sshd;

fn bucket(store: &Store, secret: &str) -> (Place, Access) {
    let place = S3 {
        endpoint: store.endpoint().parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        bucket: BUCKET.parse().unwrap(),
        prefix: "practice/backups".parse().unwrap(),
        style: Style::Path,
        access_key: ACCESS_KEY.parse().unwrap(),
        ca: None,
    };
    (Place::S3(place), Access::SecretKey(secret.to_owned()))
}

pub fn draft(bench: &Bench, (place, access): (Place, Access)) -> Draft {
    Draft {
        id: DestinationId::from_bits(bench.app().id()),
        name: "Elsewhere".parse().unwrap(),
        place,
        access,
    }
}

/// `fiddlehead restore` from somewhere, with the key of a kit.
pub fn restore(
    source: &str,
    data: &Path,
    identity: &str,
    environment: &[(&str, &str)],
    more: &[&str],
) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("kit.txt");
    std::fs::write(&key, identity).unwrap();
    Command::new(env!("CARGO_BIN_EXE_fiddlehead"))
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .args(["restore", source, "--data"])
        .arg(data)
        .arg("--identity")
        .arg(key)
        .args(more)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_to_s3_and_comes_back_and_a_wrong_secret_is_told() {
    let store = Store::start().await;
    let bench = Bench::new().await;
    kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
    let wrong = draft(&bench, bucket(&store, "not the secret"));
    assert_eq!(try_destination(bench.app(), &wrong).await, Err(Trouble::SignIn));
    let refused = keep_destination(bench.app(), bench.house.ines, wrong).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Trouble(Trouble::SignIn)))), "{refused:?}");

    let good = draft(&bench, bucket(&store, SECRET_KEY));
    try_destination(bench.app(), &good).await.unwrap();
    keep_destination(bench.app(), bench.house.ines, good.clone()).await.unwrap();
    let made = back_up(bench.app(), good.id).await.unwrap();
    assert!(matches!(made.outcome, Outcome::Verified { .. }), "{made:?}");
    let there = store.folder.path().join(BUCKET).join("practice/backups");
    let files: Vec<String> = names(&there).into_iter().filter(|name| name.ends_with(".age")).collect();
    assert_eq!(files, [file_name(made.started_at)]);

    let bare = tempfile::tempdir().unwrap();
    let keys = [("FIDDLEHEAD_RESTORE_ACCESS_KEY", ACCESS_KEY), ("FIDDLEHEAD_RESTORE_SECRET_KEY", SECRET_KEY)];
    let (source, endpoint) = (format!("s3://{BUCKET}/practice/backups"), store.endpoint());
    let identity = bench.kit.identity.clone();
    let data = bare.path().join("data");
    let told =
        tokio::task::block_in_place(|| restore(&source, &data, &identity, &keys, &["--endpoint", &endpoint]));
    assert!(told.status.success(), "{}", said(&told));
    assert!(said(&told).contains("Fetching … 100 %"), "{}", said(&told));
    whole(&data, bench.house.now());

    // The secret is in no file of ours.
    drop(bench.house);
    let kept = std::fs::read(bench.folder.path().join("data").join(DATA)).unwrap();
    assert!(!kept.windows(SECRET_KEY.len()).any(|part| part == SECRET_KEY.as_bytes()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_to_a_real_ssh_server_and_another_host_key_is_refused() {
    let Some(mut sshd) = Sshd::start() else { return };
    let bench = Bench::new().await;
    kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
    let host = "127.0.0.1".parse().unwrap();
    let shown = host_key(bench.app(), &host, sshd.port).await.unwrap();
    assert_eq!(shown.as_str(), sshd.fingerprint());
    let id = DestinationId::from_bits(bench.app().id());
    let public = public_key(bench.app(), id).unwrap();
    let place = Sftp {
        host,
        port: sshd.port,
        user: sshd.user.parse().unwrap(),
        folder: sshd.files().to_str().unwrap().parse().unwrap(),
        host_key: shown,
        login: Login::Key(public.clone()),
    };
    let draft =
        Draft { id, name: "The server".parse().unwrap(), place: Place::Sftp(place), access: Access::Open };
    assert_eq!(try_destination(bench.app(), &draft).await, Err(Trouble::SignIn), "before the key is there");
    sshd.lets_in(public.as_str());
    keep_destination(bench.app(), bench.house.ines, draft.clone()).await.unwrap();
    let made = back_up(bench.app(), id).await.unwrap();
    assert!(matches!(made.outcome, Outcome::Verified { .. }), "{made:?}");
    assert_eq!(names(&sshd.files()), [file_name(made.started_at).as_str(), "fiddlehead-backups.txt"]);

    // Back, with a key of whoever restores.
    let key = sshd.path("hers");
    let told =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status().unwrap();
    assert!(told.success());
    sshd.lets_in(&std::fs::read_to_string(sshd.path("hers.pub")).unwrap());
    let bare = tempfile::tempdir().unwrap();
    let data = bare.path().join("data");
    let source = format!("sftp://{}@127.0.0.1:{}{}", sshd.user, sshd.port, sshd.files().display());
    let print = sshd.fingerprint();
    let told = restore(
        &source,
        &data,
        &bench.kit.identity,
        &[],
        &["--key", key.to_str().unwrap(), "--host-key", &print],
    );
    assert!(told.status.success(), "{}", said(&told));
    whole(&data, bench.house.now());

    sshd.lets_in(public.as_str());
    sshd.stop();
    assert_eq!(why(&back_up(bench.app(), id).await.unwrap()), Some(Trouble::NoAnswer));
    sshd.new_host_key();
    sshd.launch();
    assert_eq!(why(&back_up(bench.app(), id).await.unwrap()), Some(Trouble::HostKey));
}
