//! One order: each name proved by the first way that the authority offers and we prefer, then the certificate fetched.

use std::net::IpAddr;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeType, Error, Identifier, NewOrder, Order,
    OrderStatus, RetryPolicy,
};

use super::{Acme, Challenge};
use crate::tls::TlsError;
use crate::tls::shown::Shown;

/// How long the authority may take to look, and to issue.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(180));

/// A chain and its key, both in PEM.
pub(super) async fn order(
    account: &Account,
    acme: &Acme,
    shown: &Shown,
    replaces: Option<CertificateIdentifier<'static>>,
) -> Result<(String, String), TlsError> {
    let identifier = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => Identifier::Ip(address),
        Err(_) => Identifier::Dns(name.clone()),
    };
    let identifiers: Vec<Identifier> = acme.names.iter().map(identifier).collect();
    let mut order = place(account, &identifiers, replaces).await?;
    if order.state().status == OrderStatus::Pending {
        prove(&mut order, acme, shown).await?;
        match order.poll_ready(&PATIENCE).await {
            Ok(OrderStatus::Ready) => {}
            Err(why) if is_refused_nonce(&why) => return Err(why.into()),
            _ => return Err(why_not(&mut order).await),
        }
    }
    let key = rcgen::KeyPair::generate()?;
    let mut asked = rcgen::CertificateParams::new(acme.names.clone())?;
    asked.distinguished_name = rcgen::DistinguishedName::new();
    order.finalize_csr(asked.serialize_request(&key)?.der()).await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    Ok((chain, key.serialize_pem()))
}

/// Whether a request was turned away for its nonce alone.
pub(super) fn is_refused_nonce(why: &Error) -> bool {
    matches!(why, Error::Api(problem) if problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:badNonce"))
}

/// Says which certificate the order replaces, which spares limits; an authority that does not want to know is asked plainly.
async fn place(
    account: &Account,
    identifiers: &[Identifier],
    replaces: Option<CertificateIdentifier<'static>>,
) -> Result<Order, TlsError> {
    if let Some(replaces) = replaces {
        match account.new_order(&NewOrder::new(identifiers).replaces(replaces)).await {
            Ok(order) => return Ok(order),
            // A limit is a limit: asking again plainly would run into it once more.
            Err(Error::Api(problem)) if problem.status == Some(429) => return Err(Error::Api(problem).into()),
            Err(why) if is_refused_nonce(&why) => return Err(why.into()),
            Err(Error::Api(_) | Error::Unsupported(_) | Error::Other(_)) => {}
            Err(why) => return Err(why.into()),
        }
    }
    Ok(account.new_order(&NewOrder::new(identifiers)).await?)
}

async fn prove(order: &mut Order, acme: &Acme, shown: &Shown) -> Result<(), TlsError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let name = authorization.identifier().to_string();
        let offered = |one: &Challenge| authorization.challenges.iter().any(|has| has.r#type == kind(*one));
        let Some(way) = acme.challenges.iter().copied().find(offered) else {
            let why = "it offers none of the ways that are open here. Let port 80 be reached from outside"
                .to_owned();
            return Err(TlsError::NotProved { name, why });
        };
        let mut challenge = authorization.challenge(kind(way)).ok_or(Error::Str("the challenge"))?;
        let proof = challenge.key_authorization();
        match way {
            Challenge::Http01 => shown.prove_token(&challenge.token, proof.as_str()),
            Challenge::TlsAlpn01 => shown.prove_name(&name, proof.digest().as_ref())?,
        }
        challenge.set_ready().await?;
    }
    Ok(())
}

const fn kind(way: Challenge) -> ChallengeType {
    match way {
        Challenge::Http01 => ChallengeType::Http01,
        Challenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
    }
}

/// What the authority says of the first name that it could not see to be ours.
async fn why_not(order: &mut Order) -> TlsError {
    let mut authorizations = order.authorizations();
    while let Some(Ok(authorization)) = authorizations.next().await {
        let name = authorization.identifier().to_string();
        if let Some(problem) = authorization.challenges.iter().find_map(|one| one.error.as_ref()) {
            return TlsError::NotProved { name, why: problem.to_string() };
        }
        if authorization.status == AuthorizationStatus::Invalid {
            return TlsError::NotProved { name, why: "it does not say why".to_owned() };
        }
    }
    Error::Timeout(None).into()
}
