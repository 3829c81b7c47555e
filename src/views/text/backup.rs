//! Words for backups: what is being done, why there is none, why one cannot be opened; each says what can be done about it.

use crate::domain::keeping::backup::{Doing, Trouble};
use crate::domain::keeping::destination::NotAPlace;

/// Beside the field for the last characters of a recovery kit's key.
pub const NOT_THE_ENDING: &str = "These are not its last six characters. Please look at the paper again.";

/// What is being done.
#[must_use]
pub const fn backup_doing(doing: Doing) -> &'static str {
    match doing {
        Doing::Copying => "Copying the data",
        Doing::Checking => "Checking the copy",
        Doing::Sealing => "Sealing it to your recovery kit",
        Doing::Sending => "Sending it",
        Doing::Fetching => "Fetching it back",
        Doing::Opening => "Opening what came back",
        Doing::Proving => "Checking what came back",
    }
}

/// Why there is no backup.
#[must_use]
pub fn backup_trouble(why: Trouble) -> String {
    match why {
        Trouble::NoKit => "There is no recovery kit yet. Please print one and confirm it: backups are sealed to it.",
        Trouble::Sealed => {
            "What one signs in with there cannot be opened with the key beside the data. Please take this destination \
             away and set it up again."
        }
        Trouble::NotThere => "There is no such folder or bucket. Please make it, or look at how it is spelled.",
        Trouble::NotMounted => {
            "The folder is there, but not the marker that was put into it. If it is a disk: please plug it in or mount it."
        }
        Trouble::Anothers => "Another practice keeps its backups there. Please choose a folder of its own.",
        Trouble::ReadOnly => {
            "It can be read only. Please mount it for writing; a disk that was not unmounted properly may want a repair."
        }
        Trouble::Forbidden => {
            "The program may not write, read or list there. Please give it the right to; for a folder, make it the \
             program’s own."
        }
        Trouble::Full => "It is full. Please make room there, or choose a larger one.",
        Trouble::FullHere => {
            "There is too little room beside the data to make the copy. Please free about twice the size of the data file."
        }
        Trouble::TooLarge => "The data are larger than what can be sent there at once (5 GB).",
        Trouble::NoHost => "There is no server of that name. Please look at the address again.",
        Trouble::Inside => {
            "This address leads into the network that this program stands in. Whoever runs it can allow that in the settings \
             file, under [network]."
        }
        Trouble::NoAnswer => "The server does not answer, or the connection broke. It is tried again by itself.",
        Trouble::Slow => "The server takes too long. It is tried again by itself.",
        Trouble::Certificate => {
            "The server’s certificate cannot be trusted, so we don’t talk to it. If it has an authority of its own, please \
             give us that one’s certificate."
        }
        Trouble::SignIn => "The name, the password or the key is not taken. Please look at them again.",
        Trouble::Region => "The store says that the region is another. Please look it up where the bucket was made.",
        Trouble::Clock => {
            "The store says that the clocks are too far apart. Please look whether the time of this machine is right."
        }
        Trouble::Elsewhere => {
            "The store says that the bucket is elsewhere. Please take the address that it gives for the bucket’s region."
        }
        Trouble::Status(status) => {
            return format!("The store answers with an error of its own ({status}). It is tried again by itself.");
        }
        Trouble::HostKey => {
            "The server shows another key than the one that you confirmed, so nothing was sent. If it was set up anew, \
             please take the destination away and add it again; otherwise somebody may be in between."
        }
        Trouble::NoSftp => "One can sign in there, but the server speaks no SFTP. Please have it switched on.",
        Trouble::Odd => "It does not do what it should with a file; the log has its words. It is tried again by itself.",
        Trouble::Gone => "What was written there is not there when it is read back.",
        Trouble::Differs => {
            "What is read back is not what was written: the disk or the connection is not to be trusted. Please use another."
        }
        Trouble::Unsound(count) => {
            return format!(
                "The check finds {count} things wrong in the data. Please run “fiddlehead check” and ask for help; the \
                 backups before this one are kept."
            );
        }
        Trouble::BrokeOff => "The program ended before it was through. It is tried again by itself.",
        Trouble::NotHere => "No backups are made here.",
        Trouble::Failed => "The data could not be read or copied. The log says why.",
    }
    .to_owned()
}

/// Why a part of a destination was not taken.
#[must_use]
pub const fn not_a_place(why: NotAPlace) -> &'static str {
    match why {
        NotAPlace::Empty => "Please write something here.",
        NotAPlace::TooLong => "This is too long.",
        NotAPlace::Characters => "There is a character in it that cannot stand here.",
        NotAPlace::NotWhole => {
            "Please write the whole path, from the first slash on, as in /mnt/usb/fiddlehead."
        }
        NotAPlace::Address => "Please write it as in https://s3.example.com, with nothing behind the name.",
        NotAPlace::Fingerprint => "A fingerprint begins with SHA256: and has 43 characters behind it.",
        NotAPlace::Certificate => {
            "This is no certificate. It begins with -----BEGIN CERTIFICATE----- and is copied with all its lines."
        }
    }
}

/// Why a backup cannot be opened, for the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened<'a> {
    /// It is not sealed to the key that was given.
    WrongKey,
    /// It is no backup of ours.
    NotABackup,
    /// It ends too early.
    CutOff,
    /// It was changed.
    Changed,
    /// It was made by a newer version, of this name.
    Newer(&'a str),
}

/// Why a backup cannot be opened.
#[must_use]
pub fn not_opened(why: NotOpened<'_>) -> String {
    match why {
        NotOpened::WrongKey => {
            "this key does not open it. A backup opens with the recovery kit that was in force when it was made: look for \
             the kit of that time"
        }
        NotOpened::NotABackup => "this is no backup of Fiddlehead. Its files are called fiddlehead-….age",
        NotOpened::CutOff => {
            "the file is cut off: its end is missing or was changed. Copy it anew from where it came, or take another backup"
        }
        NotOpened::Changed => {
            "the file was changed: a byte in it is not as it was written. Copy it anew from where it came, or take another \
             backup"
        }
        NotOpened::Newer(version) => {
            return format!("it was made by version {version}, which is newer than this one. Install that version, or a later one");
        }
    }
    .to_owned()
}
