//! An archive that comes back as it was, and every way in which it may not.

use super::*;

struct Bench {
    folder: tempfile::TempDir,
    kit: Key,
    proof: Key,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), kit: Key::fresh(), proof: Key::fresh() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn manifest(&self) -> Manifest {
        // Noise, so that it stays large when it is packed.
        let mut noise = Vec::new();
        let mut state = Sha256::digest(b"noise");
        while noise.len() < 400_000 {
            noise.extend_from_slice(&state);
            state = Sha256::digest(state);
        }
        std::fs::write(self.path("fiddlehead.redb"), &noise).unwrap();
        std::fs::write(self.path("instance.key"), [7; 32]).unwrap();
        std::fs::create_dir_all(self.path("tls")).unwrap();
        std::fs::write(self.path("tls/ca.pem"), "a certificate").unwrap();
        let names = ["fiddlehead.redb", "instance.key", "tls/ca.pem"];
        Manifest {
            format: FORMAT,
            version: "0.1.0".to_owned(),
            made_at: "2026-04-14T08:00:00Z".parse().unwrap(),
            base_url: "https://book.example".to_owned(),
            rows: 12,
            counted: BTreeMap::from([("bookings".to_owned(), 3)]),
            parts: names.map(|name| part(name, &self.path(name)).unwrap()).into(),
            not_included: vec![],
        }
    }

    fn sealed(&self, manifest: &Manifest) -> PathBuf {
        let into = self.path("backup.age");
        let _ = std::fs::remove_file(&into);
        let at = |name: &str| self.path(name);
        seal(manifest, at, (&self.kit.recipient(), &self.proof), &into, &|_| {}).unwrap();
        into
    }

    fn unpacked(&self, file: &Path, key: &Key) -> Result<Manifest, Damage> {
        let into = tempfile::tempdir_in(self.folder.path()).unwrap();
        unpack(file, key, into.path(), &|_| {})
    }
}

#[test]
fn it_comes_back_as_it_was_with_either_key_and_with_no_other() {
    let bench = Bench::new();
    let manifest = bench.manifest();
    let file = bench.sealed(&manifest);
    for key in [&bench.kit, &bench.proof] {
        let into = tempfile::tempdir().unwrap();
        let told = std::sync::atomic::AtomicU64::new(0);
        let found =
            unpack(&file, key, into.path(), &|done| told.store(done, std::sync::atomic::Ordering::Relaxed));
        assert_eq!(found.unwrap(), manifest);
        for part in &manifest.parts {
            let (was, is) = (bench.path(&part.name), into.path().join(&part.name));
            assert_eq!(std::fs::read(was).unwrap(), std::fs::read(is).unwrap());
        }
        assert_eq!(told.into_inner(), manifest.parts.iter().map(|part| part.bytes).sum::<u64>());
    }
    assert_eq!(look(&file, &bench.kit).unwrap(), manifest);
    assert!(matches!(bench.unpacked(&file, &Key::fresh()), Err(Damage::WrongKey)));
}

#[test]
fn any_byte_that_flips_and_any_end_that_is_missing_is_found_out() {
    let bench = Bench::new();
    let file = bench.sealed(&bench.manifest());
    let whole = std::fs::read(&file).unwrap();
    assert!(whole.len() > 300_000, "{}", whole.len());
    let stride = whole.len() / 60;
    for at in (0..whole.len()).step_by(stride).chain([whole.len() - 1]) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        std::fs::write(&file, &flipped).unwrap();
        assert!(bench.unpacked(&file, &bench.kit).is_err(), "byte {at}");
        std::fs::write(&file, &whole[..at]).unwrap();
        assert!(
            matches!(bench.unpacked(&file, &bench.kit), Err(Damage::CutOff | Damage::NotABackup)),
            "cut at {at}"
        );
    }
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    std::fs::write(&file, &flipped).unwrap();
    assert!(matches!(bench.unpacked(&file, &bench.kit), Err(Damage::Changed)));
    std::fs::write(&file, [&whole[..], b"more"].concat()).unwrap();
    assert!(bench.unpacked(&file, &bench.kit).is_err(), "something behind its end");
    std::fs::write(&file, "not a backup at all").unwrap();
    assert!(bench.unpacked(&file, &bench.kit).is_err());
}

#[test]
fn a_newer_one_and_one_that_leads_outside_are_refused() {
    let bench = Bench::new();
    let newer = Manifest { format: FORMAT + 1, version: "9.0.0".to_owned(), ..bench.manifest() };
    let file = bench.sealed(&newer);
    let Err(Damage::Newer { format, version }) = bench.unpacked(&file, &bench.kit) else { panic!() };
    assert_eq!((format, version.as_str()), (FORMAT + 1, "9.0.0"));
    for name in ["../instance.key", "/etc/passwd", "a//b", "tls/.", ""] {
        assert!(!stays_inside(name), "{name}");
    }
    let mut lying = bench.manifest();
    lying.parts[1].sha256 = lying.parts[0].sha256.clone();
    let file = bench.sealed(&lying);
    assert!(matches!(bench.unpacked(&file, &bench.kit), Err(Damage::Changed)), "the hash is another part's");
}
