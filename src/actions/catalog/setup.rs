//! Setting up: whether the wizard is open, the code that guards it, and a picture on its way to a storefront.

use crate::actions::Error;
use crate::app::App;
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::Role;
use crate::platform::picture::{self, NotAPicture, Shape};
use crate::platform::seal;
use crate::store::catalog::storefront::{self, Picture};
use crate::store::people::practitioner;
use crate::store::{Read, StoreError};

/// Whether there is no owner yet.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_open(read: &impl Read) -> Result<bool, StoreError> {
    Ok(!practitioner::all(read)?.iter().any(|one| one.role == Role::Owner))
}

/// The code that opens the wizard: eight letters and digits that follow from the instance's own key, so that a restart does
/// not change it. It is worth nothing once there is an owner.
#[must_use]
pub fn code(app: &App) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: String = app.key.sign(b"fiddlehead setup code").iter().take(8).map(letter).collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// Whether that is the code; upper or lower case, with or without its hyphen. Takes as long for a wrong one.
#[must_use]
pub fn is_code(app: &App, typed: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).take(64).collect()
    };
    seal::same(&seal::digest(&plain(typed)), &seal::digest(&plain(&code(app))))
}

/// What a browser holds in which the code was typed. It is no code: a short one would be guessed in a cookie, where nobody counts.
#[must_use]
pub fn pass(app: &App) -> String {
    app.key.sign(b"fiddlehead setup pass").iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether that is it.
#[must_use]
pub fn is_pass(app: &App, held: &str) -> bool {
    seal::same(&seal::digest(held), &seal::digest(&pass(app)))
}

/// Makes a picture out of a file and keeps it.
///
/// # Errors
/// [`NotAPicture`] says why the file is none.
pub fn take_picture(
    app: &App,
    whose: PractitionerId,
    which: Picture,
    file: &[u8],
) -> Result<(), Error<NotAPicture>> {
    let shape = match which {
        Picture::Portrait => Shape::Portrait,
        Picture::Cover => Shape::Cover,
    };
    let jpeg = picture::take(file, shape).map_err(Error::Refused)?;
    app.keep(move |tx| Ok(storefront::put_picture(tx, whose, which, Some(&jpeg))?))
}
