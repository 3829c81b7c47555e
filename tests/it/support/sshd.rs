//! OpenSSH's own server (Debian's `openssh-server`) on a port of this machine, with keys of its own, that lets in whom its
//! `authorized_keys` names and serves files by SFTP.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::process::{eventually, free_port};

const PROGRAM: &str = "/usr/sbin/sshd";

/// The server; it ends with the test.
pub struct Sshd {
    folder: tempfile::TempDir,
    child: Option<Child>,
    pub port: u16,
    pub user: String,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(program: &str, arguments: &[&str]) -> String {
    let told = Command::new(program).args(arguments).output().unwrap();
    assert!(told.status.success(), "{program}: {}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

impl Sshd {
    /// Starts it; nothing if it is not installed.
    pub fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            assert!(std::env::var_os("CI").is_none(), "no sshd: tests/run installs openssh-server");
            eprintln!("\n  SKIPPED, NOT PASSED: no sshd; tests/run installs openssh-server\n");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("files")).unwrap();
        // Its separation of privileges wants a folder that a system makes when it starts.
        let _ = std::fs::create_dir_all("/run/sshd");
        let user = run("id", &["-un"]);
        let mut sshd = Self { folder, child: None, port: free_port(), user };
        std::fs::write(sshd.path("authorized_keys"), "").unwrap();
        sshd.new_host_key();
        sshd.launch();
        Some(sshd)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder that is meant for backups.
    pub fn files(&self) -> PathBuf {
        self.path("files")
    }

    /// Gives it another key, as if it were another server.
    pub fn new_host_key(&self) {
        let key = self.path("host_key");
        let _ = std::fs::remove_file(&key);
        run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", key.to_str().unwrap()]);
    }

    /// The fingerprint of its key, as OpenSSH says it.
    pub fn fingerprint(&self) -> String {
        let told =
            run("ssh-keygen", &["-l", "-E", "sha256", "-f", self.path("host_key.pub").to_str().unwrap()]);
        told.split(' ').nth(1).unwrap().to_owned()
    }

    pub fn lets_in(&self, public_key: &str) {
        std::fs::write(self.path("authorized_keys"), format!("{public_key}\n")).unwrap();
    }

    pub fn launch(&mut self) {
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin yes\n\
             Subsystem sftp internal-sftp\n",
            self.port,
            self.path("host_key").display(),
            self.path("authorized_keys").display(),
        );
        std::fs::write(self.path("config"), config).unwrap();
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["-D", "-e", "-f"])
            .arg(self.path("config"))
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let port = self.port;
        eventually("sshd listens", || {
            assert!(child.try_wait().unwrap().is_none(), "sshd ended at once");
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        self.child = Some(child);
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
