//! A disk that is slow to sync, such as an SD card: preloaded (LD_PRELOAD), it holds up every sync of a file by some milliseconds, and nothing else.
//! strace could do it too, but stops every thread at every call it makes: what it measured was itself.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::time::Duration;

/// How long a sync is held up.
const SLOW_SYNC: Duration = Duration::from_millis(5);

unsafe extern "C" {
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
}

/// What would have been called.
fn held_up(name: &CStr, file: c_int) -> c_int {
    const NEXT: *mut c_void = usize::MAX as *mut c_void;
    std::thread::sleep(SLOW_SYNC);
    // SAFETY: `name` is one of the two functions below, which every C library has, with this signature.
    let sync: extern "C" fn(c_int) -> c_int = unsafe { std::mem::transmute(dlsym(NEXT, name.as_ptr())) };
    sync(file)
}

// SAFETY: these two take the places of the C library's, on purpose.
#[unsafe(no_mangle)]
extern "C" fn fdatasync(file: c_int) -> c_int {
    held_up(c"fdatasync", file)
}

#[unsafe(no_mangle)]
extern "C" fn fsync(file: c_int) -> c_int {
    held_up(c"fsync", file)
}
