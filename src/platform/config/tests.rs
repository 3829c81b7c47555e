//! Tables of settings: what is taken, what is refused and with which words.

mod example;

use super::*;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Loaded, String> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(Some(file), environment)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn config(file: &str, environment: &[(&str, &str)]) -> Config {
    read(file, environment).unwrap_or_else(|problems| panic!("{problems}")).config
}

/// The file of the issue, whole.
const WHOLE: &str = r#"
listen = "127.0.0.1:8080"
base_url = "https://book.example/"
data_dir = "/srv/fiddlehead"
trusted_proxies = ["127.0.0.1/32", "10.0.0.0/8"]
[stripe]
secret_key = "sk_test_abc"
webhook_secret = "whsec_abc"
api_base = "https://stripe.example/"
poll_seconds = 5
[mail]
host = "smtp.example"
port = 2525
security = "starttls"
username = "post"
password = "hush hush"
from = "Quiet Field <hello@quietfield.example>"
[log]
format = "json"
level = "debug"
"#;

#[test]
fn the_whole_file_is_read() {
    let loaded = read(WHOLE, &[]).unwrap();
    assert_eq!(loaded.warnings, Vec::<String>::new());
    let config = loaded.config;
    assert_eq!(config.base_url.to_string(), "https://book.example");
    assert_eq!(config.data_dir, PathBuf::from("/srv/fiddlehead"));
    assert_eq!(config.trusted_proxies.len(), 2);
    let stripe = config.stripe.unwrap();
    assert_eq!((stripe.secret_key.expose(), stripe.poll_seconds), ("sk_test_abc", 5));
    assert_eq!((stripe.api_base.as_str(), stripe.mode()), ("https://stripe.example", Mode::Test));
    assert_eq!(stripe.webhook_secret.unwrap().expose(), "whsec_abc");
    let mail = config.mail.unwrap();
    assert_eq!((mail.host.as_str(), mail.port, mail.security), ("smtp.example", 2525, Security::StartTls));
    assert_eq!(mail.from, "Quiet Field <hello@quietfield.example>");
    assert_eq!(mail.login.unwrap().password.expose(), "hush hush");
    assert_eq!((config.log.format, config.log.level), (log::Format::Json, log::Level::Debug));
}

#[test]
fn with_nothing_said_it_is_a_program_for_this_machine_only() {
    let loaded = load(None, []).unwrap();
    let config = loaded.config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.base_url.to_string(), "http://localhost:8080");
    assert_eq!(config.data_dir, PathBuf::from("/var/lib/fiddlehead"));
    assert!(config.stripe.is_none() && config.mail.is_none() && config.trusted_proxies.is_empty());
    assert_eq!(loaded.warnings, Vec::<String>::new());
}

#[test]
fn stripe_and_mail_have_their_defaults() {
    let config = config(
        "[stripe]\nsecret_key = 'sk_test_a'\n[mail]\nhost = 'smtp.example'\nfrom = 'hello@quietfield.example'",
        &[],
    );
    let stripe = config.stripe.unwrap();
    assert_eq!((stripe.api_base.as_str(), stripe.poll_seconds), ("https://api.stripe.com", 60));
    assert!(stripe.webhook_secret.is_none());
    let mail = config.mail.unwrap();
    assert_eq!((mail.port, mail.security, mail.login.is_none()), (587, Security::StartTls, true));
    for (security, port) in [("tls", 465), ("none", 25)] {
        let text = format!("[mail]\nhost = '127.0.0.1'\nsecurity = '{security}'\nfrom = 'a@b.example'");
        assert_eq!(super::tests::config(&text, &[]).mail.unwrap().port, port);
    }
}

#[test]
fn every_key_can_be_overridden_from_the_environment() {
    let config = config(
        WHOLE,
        &[
            ("FIDDLEHEAD_LISTEN", "[::1]:9000"),
            ("FIDDLEHEAD_BASE_URL", "https://other.example"),
            ("FIDDLEHEAD_DATA_DIR", "/data"),
            ("FIDDLEHEAD_TRUSTED_PROXIES", "::1/128, 192.168.0.0/16,"),
            ("FIDDLEHEAD_STRIPE_SECRET_KEY", "rk_live_x"),
            ("FIDDLEHEAD_STRIPE_WEBHOOK_SECRET", "whsec_y"),
            ("FIDDLEHEAD_STRIPE_API_BASE", "http://127.0.0.1:12111"),
            ("FIDDLEHEAD_STRIPE_POLL_SECONDS", "1"),
            ("FIDDLEHEAD_MAIL_HOST", "::1"),
            ("FIDDLEHEAD_MAIL_PORT", "1025"),
            ("FIDDLEHEAD_MAIL_SECURITY", "none"),
            ("FIDDLEHEAD_MAIL_USERNAME", "u"),
            ("FIDDLEHEAD_MAIL_PASSWORD", "p"),
            ("FIDDLEHEAD_MAIL_FROM", "x@y.example"),
            ("FIDDLEHEAD_LOG_FORMAT", "human"),
            ("FIDDLEHEAD_LOG_LEVEL", "warn"),
            ("FIDDLEHEAD_CONFIG", "/etc/elsewhere.toml"),
            ("PATH", "/bin"),
        ],
    );
    assert_eq!((config.listen.to_string(), config.base_url.host()), ("[::1]:9000".into(), "other.example"));
    assert_eq!((config.data_dir.to_str(), config.trusted_proxies.len()), (Some("/data"), 2));
    let (stripe, mail) = (config.stripe.unwrap(), config.mail.unwrap());
    assert_eq!((stripe.secret_key.expose(), stripe.mode()), ("rk_live_x", Mode::Live));
    assert_eq!((stripe.api_base.as_str(), stripe.poll_seconds), ("http://127.0.0.1:12111", 1));
    assert_eq!((mail.host.as_str(), mail.port, mail.security), ("::1", 1025, Security::None));
    assert_eq!((mail.from.as_str(), mail.login.unwrap().username.as_str()), ("x@y.example", "u"));
    assert_eq!((config.log.format, config.log.level), (log::Format::Human, log::Level::Warn));
}

#[test]
fn an_empty_variable_says_nothing() {
    let config = config(WHOLE, &[("FIDDLEHEAD_STRIPE_SECRET_KEY", ""), ("FIDDLEHEAD_DATA_DIR", "")]);
    assert_eq!(config.stripe.unwrap().secret_key.expose(), "sk_test_abc");
    assert!(load(None, [("FIDDLEHEAD_MAIL_HOST".to_owned(), String::new())]).unwrap().config.mail.is_none());
}

/// Files that cannot be used, and what is said of them.
const UNUSABLE: &[(&str, &str)] = &[
    ("listne = 'x'", "line 1: listne is not known. Did you mean listen?"),
    (
        "\n\n[stripe]\nsecret_kye = 'sk_test_a'",
        "line 4: stripe.secret_kye is not known. Did you mean stripe.secret_key?",
    ),
    ("secret_key = 'sk_test_a'", "line 1: secret_key is not known. Did you mean stripe.secret_key?"),
    ("[mail]\nurl = 'x'", "line 2: mail.url is not known. Take it out, or see the list of settings"),
    ("[stipe]\nsecret_key = 'x'", "line 1: [stipe] is not known. Did you mean [stripe]?"),
    (
        "[backup]\nto = 'x'",
        "line 1: [backup] is not known. The sections are [network], [tls], [stripe], [mail], [log]",
    ),
    ("stripe = 'x'", "line 1: stripe is not known."),
    ("listen = 8080", "line 1: listen: is written as integer. Write it as text in quotes"),
    (
        "listen = 'localhost:8080'",
        "line 1: listen: \"localhost:8080\" cannot be used. Write an address and a port",
    ),
    ("listen = ''", "line 1: listen: is empty. Give it a value, or take the line out"),
    (
        "listen = '0.0.0.0:80'",
        "base_url: is missing. Write the address that people type, like https://book.example",
    ),
    ("base_url = 'book.example'", "line 1: base_url: \"book.example\" has no scheme. Begin it with https://"),
    ("base_url = 'https://a.example/b'", "base_url: \"https://a.example/b\" has something after the host."),
    ("listen = 'x", "line 1: this is no TOML"),
    ("listen = '127.0.0.1:1'\nlisten = '127.0.0.1:2'", "line 2: this is no TOML"),
    ("trusted_proxies = '127.0.0.1'", "line 1: trusted_proxies: is written as string. Write it as a list"),
    (
        "trusted_proxies = ['10.0.0.1/8']",
        "trusted_proxies: \"10.0.0.1/8\" is not a network; write an address",
    ),
    ("[stripe]", "stripe.secret_key: is missing. Write the secret key of your Stripe account"),
    ("[stripe]\npoll_seconds = 5", "stripe.secret_key: is missing."),
    ("[stripe]\nsecret_key = ''", "line 2: stripe.secret_key: is empty."),
    ("[stripe]\nsecret_key = 'sk_test_a'\nwebhook_secret = ''", "line 3: stripe.webhook_secret: is empty."),
    (
        "[stripe]\nsecret_key = 'pk_test_a'",
        "line 2: stripe.secret_key: is a publishable key. Write the secret one",
    ),
    (
        "[stripe]\nsecret_key = 'sk_test_a'\npoll_seconds = 0",
        "line 3: stripe.poll_seconds: 0 is out of range. Write a whole number from 1 to 86400",
    ),
    ("[stripe]\nsecret_key = 'sk_test_a'\npoll_seconds = -1", "stripe.poll_seconds: \"-1\" cannot be used."),
    (
        "[stripe]\nsecret_key = 'sk_test_a'\npoll_seconds = '5'",
        "stripe.poll_seconds: is written as string. Write it as a whole number",
    ),
    (
        "[stripe]\nsecret_key = 'sk_test_a'\napi_base = 'stripe.example'",
        "stripe.api_base: \"stripe.example\" has no scheme.",
    ),
    (
        "[stripe]\nsecret_key = 'sk_test_a'\nsecret_key_file = '/x'",
        "line 2: stripe.secret_key: is given, and stripe.secret_key_file too. Keep one of the two",
    ),
    (
        "[stripe]\nsecret_key_file = '/nowhere/at/all'",
        "line 2: stripe.secret_key_file: /nowhere/at/all cannot be read",
    ),
    (
        "[stripe]\nsecret_key = \"sk_test_a\\nb\"",
        "line 2: stripe.secret_key: holds a line break or another control character.",
    ),
    ("[mail]\nfrom = 'a@b.example'", "mail.host: is missing. Write the name of your mail server"),
    ("[mail]\nhost = 'smtp.example'", "mail.from: is missing. Write an address"),
    ("[mail]\nhost = 'smtp://x'\nfrom = 'a@b.example'", "line 2: mail.host: \"smtp://x\" is no host name."),
    (
        "[mail]\nhost = 'x.example:25'\nfrom = 'a@b.example'",
        "line 2: mail.host: \"x.example:25\" is no host name.",
    ),
    (
        "[mail]\nhost = 'x.example'\nport = 70000\nfrom = 'a@b.example'",
        "line 3: mail.port: 70000 is out of range.",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nsecurity = 'ssl'",
        "line 4: mail.security: \"ssl\" is not known. Write starttls, tls or none",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nsecurity = 'none'",
        "line 4: mail.security: none is only for a server on this machine.",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nusername = 'u'",
        "mail.password: is missing, while mail.username is given.",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\npassword = 'p'",
        "mail.username: is missing, while mail.password is given.",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'nobody'",
        "line 3: mail.from: \"nobody\" cannot be used. Write an address",
    ),
    (
        "[mail]\nhost = 'x.example'\nfrom = \"A\\r\\nBcc: b <a@b.example>\"",
        "line 3: mail.from: holds a line break",
    ),
    ("[mail]\nhost = 'x.example'\nfrom = 'a@b'", "line 3: mail.from: \"a@b\" has no full host name."),
    (
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nca_file = '/nowhere.pem'",
        "line 4: mail.ca_file: /nowhere.pem cannot be read",
    ),
    ("[tls]\nmode = 'on'", "line 2: tls.mode: \"on\" is not known. Write off, files, local or acme"),
    (
        "listen = '127.0.0.1:8443'\nbase_url = 'http://127.0.0.1:8443'\n[tls]\nmode = 'local'",
        "line 2: base_url: http://127.0.0.1:8443 is not https, but tls.mode is local. Write it with https://",
    ),
    (
        "base_url = 'https://book.local'\n[tls]\nmode = 'acme'\nredirect_from = '127.0.0.1:80'",
        "line 3: tls.mode: acme cannot be had for book.local, which is a name of this network only. Write local",
    ),
    (
        "base_url = 'https://book.example'\n[tls]\nmode = 'acme'\nacme_challenges = ['http-01']",
        "line 4: tls.acme_challenges: http-01 needs port 80.",
    ),
    (
        "base_url = 'https://book.example'\n[tls]\nmode = 'files'\ncertificate = '/nowhere.pem'\nkey = '/dev/null'",
        "line 4: tls.certificate: /nowhere.pem cannot be read",
    ),
    (
        "base_url = 'https://book.example'\n[tls]\nmode = 'local'\nnames = ['https://x.example']",
        "line 4: tls.names: \"https://x.example\" is no name or address.",
    ),
    (
        "[log]\nlevel = 'loud'",
        "line 2: log.level: \"loud\" cannot be used. Write error, warn, info, debug or trace",
    ),
    ("[log]\nformat = 'xml'", "line 2: log.format: \"xml\" cannot be used. Write human or json"),
];

#[test]
fn what_cannot_be_used_is_refused_with_what_to_do_and_where() {
    for (file, words) in UNUSABLE {
        let problems = read(file, &[]).expect_err(file);
        assert!(problems.contains(words), "{file}\n  said: {problems}\n  not:  {words}");
        assert!(!problems.contains('\n'), "one mistake, one problem: {file}\n{problems}");
    }
}

#[test]
fn unknown_names_in_the_environment_are_refused_too() {
    for (name, words) in [
        (
            "FIDDLEHEAD_STRIPE_SECRT_KEY",
            "FIDDLEHEAD_STRIPE_SECRT_KEY: is not known. Did you mean FIDDLEHEAD_STRIPE_SECRET_KEY?",
        ),
        ("FIDDLEHEAD_SMTP", "FIDDLEHEAD_SMTP: is not known."),
        ("FIDDLEHEAD_", "FIDDLEHEAD_: is not known."),
    ] {
        let problems = read("", &[(name, "x")]).unwrap_err();
        assert!(problems.contains(words), "{problems}");
    }
    let problems = read(WHOLE, &[("FIDDLEHEAD_MAIL_PORT", "smtp")]).unwrap_err();
    assert!(problems.starts_with("FIDDLEHEAD_MAIL_PORT: mail.port: \"smtp\" cannot be used."), "{problems}");
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    let problems = read("listen = 'x'\nbase_url = 'y'\n[log]\nlevel = 'z'\n[mail]\nhost = 'h.example'", &[])
        .unwrap_err();
    let lines: Vec<&str> = problems.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["mail.from", "line 1", "line 2", "line 4"]);
}

#[test]
fn what_works_but_is_odd_is_warned_about() {
    for (file, environment, words) in [
        ("base_url = 'http://book.example'", None, "base_url: http://book.example is not encrypted"),
        ("[stripe]\nsecret_key = 'sk_live_a'", None, "is a live key, but base_url is http://localhost:8080"),
        ("[stripe]\nsecret_key = 'hello'", None, "begins with none of sk_test_"),
        ("[stripe]\nsecret_key = 'sk_test_a'\nwebhook_secret = 'x'", None, "does not begin with whsec_"),
        (
            "[stripe]\nsecret_key = 'sk_test_a'\napi_base = 'http://far.example'",
            None,
            "stripe.api_base: http://far.example is not encrypted",
        ),
        (
            "[mail]\nhost = 'localhost'\nfrom = 'a@b.example'\nusername = 'u'\nsecurity = 'none'",
            Some(("FIDDLEHEAD_MAIL_PASSWORD", "p")),
            "is sent to the server unencrypted",
        ),
    ] {
        let warnings = read(file, environment.as_slice()).unwrap().warnings;
        assert!(warnings.len() == 1 && warnings[0].contains(words), "{file}: {warnings:?}");
    }
}

#[test]
fn secrets_can_come_from_files_and_the_environment_goes_before_either_form() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (key, hook, empty, two) = (
        path("key", "sk_test_file\n"),
        path("hook", "whsec_file"),
        path("empty", " \n"),
        path("two", "a\nb"),
    );
    let file = format!("[stripe]\nsecret_key_file = '{key}'\nwebhook_secret_file = '{hook}'");
    let stripe = config(&file, &[]).stripe.unwrap();
    assert_eq!(stripe.secret_key.expose(), "sk_test_file");
    assert_eq!(stripe.webhook_secret.unwrap().expose(), "whsec_file");

    let stripe = config(&file, &[("FIDDLEHEAD_STRIPE_SECRET_KEY", "sk_test_env")]).stripe.unwrap();
    assert_eq!(stripe.secret_key.expose(), "sk_test_env");
    let inline = "[stripe]\nsecret_key = 'sk_test_inline'";
    let stripe = config(inline, &[("FIDDLEHEAD_STRIPE_SECRET_KEY_FILE", &key)]).stripe.unwrap();
    assert_eq!(stripe.secret_key.expose(), "sk_test_file");

    for bad in [&empty, &two] {
        let problems = read(&format!("[stripe]\nsecret_key_file = '{bad}'"), &[]).unwrap_err();
        assert!(problems.contains("does not hold one line with the secret"), "{problems}");
    }
    let file = format!("[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nca_file = '{empty}'");
    assert!(read(&file, &[]).unwrap_err().contains("holds no certificate in PEM form"));
    let ca = path("ca.pem", "-----BEGIN CERTIFICATE-----\n");
    let file = format!(
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\nusername = 'u'\npassword_file = '{hook}'\nca_file = '{ca}'"
    );
    let mail = config(&file, &[]).mail.unwrap();
    assert_eq!((mail.login.unwrap().password.expose(), mail.ca_file), ("whsec_file", Some(ca.into())));
}

#[test]
fn secrets_are_shown_nowhere() {
    let loaded = read(WHOLE, &[("FIDDLEHEAD_STRIPE_SECRET_KEY", "sk_test_env")]).unwrap();
    let debug = format!("{loaded:?}");
    let table: Vec<_> = loaded.table().collect();
    let shown = format!("{table:?}");
    for secret in ["sk_test_env", "sk_test_abc", "whsec_abc", "hush hush"] {
        assert!(!debug.contains(secret) && !shown.contains(secret), "{secret}");
    }
    assert!(debug.contains("***"));
    let line = |key: &str| table.iter().find(|(name, ..)| *name == key).cloned().unwrap();
    assert_eq!(
        line("stripe.secret_key"),
        ("stripe.secret_key", Some("***".into()), Origin::Environment("FIDDLEHEAD_STRIPE_SECRET_KEY".into()))
    );
    assert_eq!(line("mail.port"), ("mail.port", Some("2525".into()), Origin::File(13)));
    assert_eq!(line("mail.ca_file"), ("mail.ca_file", None, Origin::Default));
}

/// No mistake in a secret may print it.
#[test]
fn problems_and_warnings_do_not_repeat_a_secret() {
    for file in [
        "[stripe]\nsecret_key = 'pk_hidden'",
        "[stripe]\nsecret_key = \"hidden\\n\"",
        "[mail]\nhost = 'x.example'\nfrom = 'a@b.example'\npassword = 'hidden'",
        "[stripe]\nsecret_key = 'hidden'\nwebhook_secret = 'hidden'\nsecret_key_file = '/x'",
    ] {
        assert!(!format!("{:?}", read(file, &[]).map(|loaded| loaded.warnings)).contains("hidden"), "{file}");
    }
}
