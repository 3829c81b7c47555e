//! The new user whom `tests/packaging` sends to an installed program: she must know the way from the code to the storefront also while
//! nobody packs anything.

use std::process::Command;

use crate::support::process::{Program, eventually};

#[tokio::test]
async fn from_the_code_on_the_console_to_a_storefront_that_strangers_see() {
    let mut program = Program::bare();
    program.start();
    let code = eventually("the code", || {
        let log = program.log();
        let (_, code) = log.split_once("type this code:")?;
        code.split_whitespace().next().map(str::to_owned)
    });
    let browser = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/browser.py");
    for (deed, with) in [("setup", ["--code", code.as_str()].as_slice()), ("look", &[])] {
        let mut person = Command::new("python3");
        person.args(["-B", browser, deed, "--origin", &program.base_url()]).args(with);
        let went = person.output().expect("python3 is needed for the peers of these tests");
        assert!(went.status.success(), "{deed}: {}", String::from_utf8_lossy(&went.stderr));
    }
}
