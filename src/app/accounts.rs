//! Whose cashier sells, and whose sold: the practice's, or the one at a practitioner's own account.

use std::sync::Arc;

use super::{App, Cashier, Fault};
use crate::domain::catalog::account::{Account, Secrets};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::id::PractitionerId;
use crate::payments::webhook::Secret;
use crate::payments::{Mode, Stripe, Till};
use crate::store::catalog::account::{self, Sealed};

/// Where practitioners' own accounts are.
#[derive(Debug, Clone)]
pub struct OwnAccounts {
    /// The address of the provider's API.
    pub api_base: String,
    /// How often it is asked for news, in seconds.
    pub poll_seconds: u32,
}

impl Cashier {
    /// Whether this account sold something online, or another that its practitioner has or had. What it says of any other sale is
    /// made up: who holds an account writes into its payments whatever she likes.
    #[must_use]
    pub fn sold(&self, purchase: &Purchase) -> bool {
        let seller = purchase.till.as_ref().map(|till| till.account.map(|_| purchase.practitioner));
        seller == Some(self.whose)
    }
}

impl App {
    /// The cashier with whom a practitioner's packages are bought now.
    #[must_use]
    pub fn cashier_of(&self, practitioner: PractitionerId) -> Option<Arc<Cashier>> {
        let own = self.store.read().and_then(|read| account::selling(&read, practitioner));
        match own {
            Ok(None) => self.cashier(),
            own => self.opened(practitioner, own.map_err(Fault::Store)),
        }
    }

    /// Whether somebody could pay a practitioner with a card that is none, as the key of the account is for tests. Not with
    /// the sandbox, which says so itself on every page.
    #[must_use]
    pub fn charges_nothing(&self, practitioner: PractitionerId) -> bool {
        self.cashier_of(practitioner).is_some_and(|cashier| match &cashier.till {
            Till::Stripe(_) => cashier.till.mode() == Mode::Test,
            Till::Sandbox(_) => false,
        })
    }

    /// The cashier who sold something, and who alone knows of that sale and can give its money back.
    #[must_use]
    pub fn cashier_who_sold(&self, purchase: &Purchase) -> Option<Arc<Cashier>> {
        let Some(number) = purchase.till.as_ref().and_then(|till| till.account) else {
            return self.cashier();
        };
        let own = self.store.read().and_then(|read| account::find(&read, purchase.practitioner, number));
        self.opened(purchase.practitioner, own.map_err(Fault::Store))
    }

    /// An account of a practitioner's, if it opens; never the practice's in its place.
    fn opened(&self, whose: PractitionerId, own: Result<Option<Sealed>, Fault>) -> Option<Arc<Cashier>> {
        match own.and_then(|own| own.map(|own| self.open_account(&own)).transpose()) {
            Ok(cashier) => cashier.map(Arc::new),
            Err(fault) => {
                tracing::error!(practitioner = %whose, %fault, "an account of a practitioner’s own cannot be used");
                None
            }
        }
    }

    /// The cashier of an account of a practitioner's own.
    ///
    /// # Errors
    /// [`Fault`] if its secrets do not open, or there can be no such accounts here.
    pub fn open_account(&self, (account, sealed): &Sealed) -> Result<Cashier, Fault> {
        let at = self.own_accounts().ok_or(Fault::Missing("the place of own accounts"))?;
        let opened = self.key.for_secrets().open(account.bound().as_bytes(), sealed);
        let text = opened.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Fault::Sealed)?;
        let secrets = Secrets::of_text(&text).ok_or(Fault::Sealed)?;
        let till = Stripe::new(&secrets.key, &at.api_base).map_err(|_| Fault::Sealed)?;
        let webhook_secrets =
            if secrets.webhook.is_empty() { vec![] } else { vec![Secret::new(&secrets.webhook)] };
        let whose = Some(account.practitioner);
        Ok(Cashier { whose, till: Till::Stripe(till), webhook_secrets, poll_seconds: at.poll_seconds })
    }

    /// The secrets of an account, sealed for the data file.
    #[must_use]
    pub fn seal_account(&self, account: &Account, secrets: &Secrets) -> Vec<u8> {
        self.key.for_secrets().seal(account.bound().as_bytes(), secrets.text().as_bytes(), &self.entropy)
    }

    /// Every account of a practitioner's own, the retired ones too, that opens.
    ///
    /// # Errors
    /// [`Fault`] if the file fails.
    pub fn own_cashiers(&self) -> Result<Vec<(Account, Arc<Cashier>)>, Fault> {
        let all = account::all(&self.store.read()?)?;
        let opened = all.into_iter().filter_map(|own| {
            let account = own.0.clone();
            Some((account.clone(), self.opened(account.practitioner, Ok(Some(own)))?))
        });
        Ok(opened.collect())
    }
}
