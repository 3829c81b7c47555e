//! Whether receivers can tell that mail in our name is ours: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) of the domain in
//! mail.from. What is published can be looked at; that the mail server signs, and from where it sends, only a mail shows that was sent.

use std::net::{IpAddr, SocketAddr};

use super::Findings;
use super::names::{NameServers, Told};
use crate::domain::email::EmailAddress;
use crate::mail::Sender;
use crate::platform::config::{self, Config, is_loopback_host};

/// Names that mail servers and providers give their keys.
const SELECTORS: [&str; 24] = [
    "default",
    "dkim",
    "mail",
    "google",
    "selector1",
    "selector2",
    "k1",
    "k2",
    "k3",
    "s1",
    "s2",
    "fm1",
    "fm2",
    "fm3",
    "protonmail",
    "mxvault",
    "zoho",
    "zmail",
    "key1",
    "dk",
    "smtp",
    "sig1",
    "x",
    "mailjet",
];

/// How names are asked for, and what is known beforehand.
#[derive(Debug)]
pub(in crate::cli) struct Hints {
    /// A name server to ask, instead of this machine's.
    pub(in crate::cli) name_server: Option<SocketAddr>,
    /// The name of the DKIM key, where it is known.
    pub(in crate::cli) dkim_selector: Option<String>,
}

/// Looks at the domain in mail.from, if there is mail.
pub(super) fn domain(config: &Config, hints: &Hints, found: &mut Findings) {
    let Some(mail) = &config.mail else { return };
    let Ok(Sender { address, .. }) = mail.from.parse() else { return };
    let domain = address.host();
    if domain.parse::<IpAddr>().is_ok() || is_loopback_host(domain) || domain.ends_with(".local") {
        return found
            .ok("sender", format!("{domain} is of this house: nobody outside asks whose its mail is"));
    }
    let servers = NameServers::new(hints.name_server);
    match servers.texts(domain) {
        Ok(Told::NoName) => {
            found.wrong(
                "sender",
                format!("{domain} is not there, and mail from it is refused. Look at mail.from"),
            );
        }
        Ok(Told::Has(texts)) => {
            spf(domain, &texts, mail, found);
            dkim(domain, hints.dkim_selector.as_deref(), &servers, found);
            dmarc(&address, &servers, found);
            answers(domain, &servers, found);
        }
        Err(why) => found.look("sender", format!("{domain} cannot be looked up ({why})")),
    }
}

fn spf(domain: &str, texts: &[String], mail: &config::Mail, found: &mut Findings) {
    let is_spf =
        |text: &&String| text.split(' ').next().is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"));
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    let host = &mail.host;
    let Some(record) = records.first() else {
        let ours = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(four)) => format!("ip4:{four}"),
            Ok(IpAddr::V6(six)) => format!("ip6:{six}"),
            Err(_) => format!("a:{host}"),
        };
        return found.look(
            "spf",
            format!(
                "{domain} does not say who may send its mail, so some takes it for junk. If your mail provider names a record, have that made; \
                 if {host} itself sends: {domain}. TXT \"v=spf1 mx {ours} ~all\""
            ),
        );
    };
    let everybody = |word: &str| word.eq_ignore_ascii_case("all") || word.eq_ignore_ascii_case("+all");
    if records.len() > 1 {
        found.wrong(
            "spf",
            format!(
                "{domain} has {} records that begin with v=spf1, and receivers heed none of them. Make one of them all, and take the others away",
                records.len()
            ),
        );
    } else if record.split(' ').any(everybody) {
        found.wrong(
            "spf",
            format!("{domain} lets everybody send in its name ({record}). Have it end with ~all"),
        );
    } else {
        found.ok("spf", format!("{domain} says {record:?}. That {host} is among these only a mail shows: look for spf=pass in one that came"));
    }
}

/// Keys are published under a name that only the mail server knows, so that those that are not found may be there all the same.
fn dkim(domain: &str, selector: Option<&str>, servers: &NameServers, found: &mut Findings) {
    let at = |selector: &str| format!("{selector}._domainkey.{domain}");
    let key = |selector: &str| {
        let texts = servers.texts(&at(selector)).map(Told::all).unwrap_or_default();
        texts.into_iter().find_map(|text| key_of(&text))
    };
    let advice = "Your mail provider signs, and names the record: SELECTOR._domainkey";
    if let Some(selector) = selector {
        return match key(selector) {
            Some(Key::There) => found.ok("dkim", signs(&at(selector))),
            Some(Key::Withdrawn) => {
                found.wrong("dkim", format!("the key at {} was withdrawn. Have a new one made", at(selector)))
            }
            None => found.look(
                "dkim",
                format!("there is no key at {}. {advice}.{domain}. TXT \"v=DKIM1; p=…\"", at(selector)),
            ),
        };
    }
    // A server that does as RFC 8020 says has no such name if there is nothing under it.
    let nothing = matches!(servers.texts(&format!("_domainkey.{domain}")), Ok(Told::NoName));
    let there = || SELECTORS.iter().find(|selector| matches!(key(selector), Some(Key::There)));
    match if nothing { None } else { there() } {
        Some(selector) => found.ok("dkim", signs(&at(selector))),
        None if nothing => found.look(
            "dkim",
            format!("{domain} has no key, so nobody can tell its mail from others’. {advice}.{domain}. TXT \"v=DKIM1; p=…\""),
        ),
        None => found.look(
            "dkim",
            format!(
                "no key at the usual names ({} were tried); it may have another. Name it to be sure: fiddlehead doctor --dkim-selector SELECTOR. {advice}.{domain}. TXT \"v=DKIM1; p=…\"",
                SELECTORS.len()
            ),
        ),
    }
}

fn signs(name: &str) -> String {
    format!(
        "there is a key at {name}. That your mail server signs with it only a mail shows: look for dkim=pass in one that came"
    )
}

enum Key {
    There,
    Withdrawn,
}

/// The key in a text, which may do without its version.
fn key_of(text: &str) -> Option<Key> {
    let tags = || {
        text.split(';').filter_map(|tag| tag.split_once('=')).map(|(name, value)| (name.trim(), value.trim()))
    };
    if tags().any(|(name, value)| name == "v" && value != "DKIM1") {
        return None;
    }
    let (_, key) = tags().find(|(name, _)| *name == "p")?;
    Some(if key.is_empty() { Key::Withdrawn } else { Key::There })
}

fn dmarc(address: &EmailAddress, servers: &NameServers, found: &mut Findings) {
    let domain = address.host();
    // The domain above speaks for those below that say nothing themselves.
    let above = std::iter::successors(Some(domain), |name| name.split_once('.').map(|(_, rest)| rest));
    for name in above.filter(|name| name.contains('.')) {
        let told = match servers.texts(&format!("_dmarc.{name}")) {
            Ok(told) => told.all(),
            Err(why) => return found.look("dmarc", format!("_dmarc.{name} cannot be looked up ({why})")),
        };
        let is_dmarc =
            |text: &String| text.split(';').next().is_some_and(|tag| tag.replace(' ', "") == "v=DMARC1");
        let records: Vec<String> = told.into_iter().filter(is_dmarc).collect();
        match &records[..] {
            [] => {}
            [record] => return policy(name, record, found),
            _ => {
                return found.wrong(
                    "dmarc",
                    format!(
                        "_dmarc.{name} has {} records, and receivers heed none of them. Keep one",
                        records.len()
                    ),
                );
            }
        }
    }
    found.look(
        "dmarc",
        format!(
            "{domain} does not say what becomes of mail that others send in its name; large providers want it said. Have this made: \
             _dmarc.{domain}. TXT \"v=DMARC1; p=none; rua=mailto:{address}\""
        ),
    );
}

fn policy(name: &str, record: &str, found: &mut Findings) {
    let mut tags = record.split(';').filter_map(|tag| tag.split_once('='));
    let policy = tags.find(|(tag, _)| tag.trim() == "p").map(|(_, policy)| policy.trim().to_lowercase());
    match policy.as_deref() {
        Some("quarantine" | "reject") => found.ok("dmarc", format!("_dmarc.{name} says {record:?}")),
        Some("none") => found.ok(
            "dmarc",
            format!("_dmarc.{name} says {record:?}, which only watches. Once mail has passed for some weeks, p=quarantine keeps others out"),
        ),
        _ => found.wrong(
            "dmarc",
            format!("_dmarc.{name} says {record:?}, without p=none, p=quarantine or p=reject, and receivers do not heed it. Put one in"),
        ),
    }
}

/// Who answers a mail of ours, or whose server cannot deliver it, writes to the sender.
fn answers(domain: &str, servers: &NameServers, found: &mut Findings) {
    match servers.mail_servers(domain).map(Told::all) {
        Ok(all) if all.is_empty() => found.look(
            "answers",
            format!("{domain} names no server that takes mail, so answers to yours are lost. Have an MX record made, or take a mail.from that is read"),
        ),
        Ok(all) => found.ok("answers", format!("go to {}", all.join(", "))),
        Err(why) => found.look("answers", format!("{domain} cannot be looked up ({why})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_that_is_not_empty_and_of_this_kind() {
        for (text, there) in [
            ("v=DKIM1; k=rsa; p=MIGf", Some(true)),
            ("k=ed25519;p=MIGf", Some(true)),
            ("v=DKIM1; p=", Some(false)),
            ("v=spf1 -all", None),
            ("v=DKIM2; p=MIGf", None),
            ("hello", None),
        ] {
            assert_eq!(key_of(text).map(|key| matches!(key, Key::There)), there, "{text}");
        }
    }
}
