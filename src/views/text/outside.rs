//! Words for what is wrong with calendars that are not ours: what is, and where it can be helped, how.

use crate::domain::calendar::outside::{MOST, Trouble};

/// Why a calendar could not be read.
#[must_use]
pub fn trouble(why: Trouble) -> String {
    match why {
        Trouble::NotAnAddress => "This is no web address. It begins with https:// or webcal://.",
        Trouble::LoginInAddress => {
            "A name or password stands in the address. Please take it out and write it in the fields below."
        }
        Trouble::Unencrypted => {
            "Your password would go there unencrypted. Please use an address that begins with https://."
        }
        Trouble::Port => "The address has a port where no calendars are. We ask at 80, 443, 5232, 8008 and 8443.",
        Trouble::Inside => {
            "This address leads into the network that this program stands in. Whoever runs it can allow that in the \
             settings file, under [network]."
        }
        Trouble::NoHost => "There is no server of that name. Please look at the address again.",
        Trouble::NoAnswer => "The server does not answer.",
        Trouble::Certificate => "The server’s certificate cannot be trusted, so we don’t talk to it.",
        Trouble::Slow => "The server takes too long to answer.",
        Trouble::SignIn => "The server doesn’t take the name and password, or asks for some.",
        Trouble::Gone => "There is no calendar at this address. Perhaps it was made anew.",
        Trouble::Status(status) => return format!("The server answers with an error of its own ({status})."),
        Trouble::TooManyRedirects => "The address leads elsewhere again and again.",
        Trouble::Downgrade => "The address leads to one that is not encrypted.",
        Trouble::TooLarge => "What comes back is larger than 2 MB.",
        Trouble::NotACalendar => {
            "Something answers, but it is no calendar. Please copy the address of the calendar itself, not of a page."
        }
        Trouble::Sealed => {
            "Its address cannot be opened with the key beside the data file. Please remove it and add it again."
        }
    }
    .to_owned()
}

/// Why no more calendars are added.
#[must_use]
pub fn not_added() -> String {
    format!("You have {MOST} calendars here, which is as many as there can be. Please remove one first.")
}
