//! SIGHUP to `fiddlehead serve`: what can change while it runs does, under requests, and what is wrong changes nothing.

use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::bought;
use crate::support::process::{Program, eventually, free_port, mail_section};
use crate::support::smtp_peer::{Address, Peer};

/// Asks for a link to sign in, and tells whether it was taken.
fn asks_for_mail(program: &Program, from: &str, email: &str) -> u16 {
    program.ask("POST", "/sign-in", from, &[("email", email)]).expect("an answer").status.as_u16()
}

/// Asks for a link to sign in, and waits until it comes by one mail server, and by no other.
fn comes_by(program: &Program, who: &str, one: &mut Peer, other: &mut Peer) {
    let email = format!("{who}@example.org");
    assert_eq!(asks_for_mail(program, "203.0.113.1", &email), 303);
    let mail = one.wait_for("accepted");
    assert_eq!(mail["rcpt_to"][0], email, "{mail}");
    assert!(other.told().iter().all(|event| event["event"] != "accepted"));
}

/// Everything that the supervisor was told, up to READY.
fn until_ready(heard: &UnixDatagram) -> Vec<String> {
    let mut told = Vec::new();
    while told.last().is_none_or(|word| word != "READY=1") {
        let mut bytes = [0; 1024];
        let length = heard.recv(&mut bytes).expect("a word in time");
        told.push(String::from_utf8(bytes[..length].to_vec()).unwrap());
    }
    told
}

/// Tells it to reload, and gives the line that `systemctl status` shows then.
fn reloads(program: &Program, heard: &UnixDatagram) -> String {
    program.signal("HUP");
    let told = until_ready(heard);
    let [reloading, status, _] = &told[..] else { panic!("{told:?}") };
    assert!(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{told:?}");
    status.strip_prefix("STATUS=").unwrap_or_else(|| panic!("{told:?}")).to_owned()
}

/// Stops those who ask, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What is wrong is named where it is, and all stays as it is.
fn wrong_settings_change_nothing(program: &Program, heard: &UnixDatagram, [first, second]: [&Address; 2]) {
    let right = std::fs::read_to_string(program.settings()).unwrap();
    let wrong = right.replace("security = \"starttls\"", "security = \"maybe\"");
    let line = wrong.lines().position(|line| line.contains("maybe")).unwrap() + 1;
    let to_first = wrong.replace(&second.port.to_string(), &first.port.to_string());
    std::fs::write(program.settings(), to_first.replace("debug", "error")).unwrap();
    let status = reloads(program, heard);
    let place =
        format!("{}, line {line}: mail.security: \"maybe\" is not known", program.settings().display());
    assert!(status.contains("those from before stay in force") && status.contains(&place), "{status}");
    assert!(program.log().contains(&place));
    std::fs::remove_file(program.settings()).unwrap();
    assert!(reloads(program, heard).contains("cannot be read"));
    std::fs::write(program.settings(), right).unwrap();
}

#[tokio::test]
async fn mail_the_log_and_proxies_change_under_requests_and_a_wrong_file_changes_nothing() {
    let addresses = [(); 2].map(|()| Arc::new(Address::new(free_port())));
    let (Some(mut first), Some(mut second)) = (addresses[0].open(&[]), addresses[1].open(&[])) else {
        return;
    };
    let (mut program, ()) = Program::founded(async |house| {
        for name in ["Nora Lind", "Edda Stone", "Mara Vale"] {
            bought(house, name).await;
        }
    })
    .await;
    let log = |level: &str| format!("[log]\nlevel = \"{level}\"\n");
    program.configure(&(mail_section(&addresses[0]) + &log("info")));
    let heard = program.supervise();
    program.start();
    assert_eq!(until_ready(&heard), [format!("STATUS=Serving {}", program.base_url()), "READY=1".to_owned()]);
    // The receipts of what they bought, and the practitioner's.
    for _ in 0..6 {
        first.wait_for("accepted");
    }
    comes_by(&program, "nora", &mut first, &mut second);

    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ends = Ends(&stop);
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let answer = program.ask("GET", "/ines", "203.0.113.9", &[]);
                    assert_eq!(answer.map(|answer| answer.status.as_u16()), Some(200), "dropped");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Nothing has changed; then another mail server, more words in the log, and an address that wants a restart.
        assert_eq!(reloads(&program, &heard), "The settings were read anew");
        program.configure(
            &(mail_section(&addresses[1]) + &log("debug") + "[metrics]\nlisten = \"127.0.0.1:9\"\n"),
        );
        let status = reloads(&program, &heard);
        assert_eq!(
            status,
            "The settings were read anew: mail.port, mail.ca_file, log.level. Needs a restart: metrics.listen"
        );
        comes_by(&program, "edda", &mut second, &mut first);

        wrong_settings_change_nothing(&program, &heard, [&addresses[0], &addresses[1]]);
        comes_by(&program, "mara", &mut second, &mut first);

        let before = asked.load(Ordering::Relaxed);
        eventually("requests go on", || (asked.load(Ordering::Relaxed) > before + 20).then_some(()));
    });
    let said = program.log();
    assert!(said.contains("needs a restart") && said.contains("metrics.listen"), "{said}");

    // A connection that never began to speak TLS, or broke off, is told of at this level alone.
    eventually("it says more", || {
        drop(std::net::TcpStream::connect(("127.0.0.1", program.port)).unwrap());
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", program.port)).unwrap();
        std::io::Write::write_all(&mut stream, b"not http\r\n\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(50));
        program.log().contains("DEBUG").then_some(())
    });
    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn who_is_believed_about_visitors_changes_too() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    program.configure(
        "[mail]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"hello@quietfield.example\"\n",
    );
    let heard = program.supervise();
    program.start();
    until_ready(&heard);
    // While the proxy is believed each of these is somebody else; without, they are all one, and too many.
    let many = |program: &Program, house: u8| -> Vec<u16> {
        let one = |n: u8| {
            asks_for_mail(program, &format!("198.51.{house}.{n}"), &format!("{house}-{n}@example.org"))
        };
        (0..25).map(one).collect()
    };
    assert!(many(&program, 100).iter().all(|status| *status == 303));
    let text = std::fs::read_to_string(program.settings()).unwrap();
    std::fs::write(program.settings(), text.replace("trusted_proxies = [\"127.0.0.1/32\"]\n", "")).unwrap();
    assert_eq!(reloads(&program, &heard), "The settings were read anew: trusted_proxies");
    assert!(many(&program, 101).contains(&429));
    program.stop();
}
