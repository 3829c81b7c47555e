//! What glibc has to be told before anything else runs: how it gives memory back and, linked statically, how it finds names. It stands beside `main`, outside of the
//! library (which forbids it to itself), and is the only file with `unsafe` in it; `tests/it/tidy.rs` holds that.
#![allow(unsafe_code)]

use std::ffi::c_int;
#[cfg(target_feature = "crt-static")]
use std::ffi::{CStr, c_char};
use std::time::Duration;

/// `M_MMAP_THRESHOLD` of `<malloc.h>`.
const MMAP_THRESHOLD: c_int = -3;
/// Blocks from this many bytes on are mapped alone, and given back when freed.
const MAPPED_ALONE: c_int = 1024 * 1024;

/// `M_TRIM_THRESHOLD` of `<malloc.h>`.
const TRIM_THRESHOLD: c_int = -1;
/// How many bytes that are free at a heap's end stay until the next tidying. A commit of a large file takes and gives back some blocks of
/// half a megabyte; fetched anew from the system each time they were a fifth of a booking.
const KEPT_WARM: c_int = 4 * 1024 * 1024;

/// `M_ARENA_MAX` of `<malloc.h>`.
const ARENA_MAX: c_int = -8;
/// How many heaps there are. By itself glibc makes eight for each core, and each keeps what its busiest hour took.
const ARENAS: c_int = 2;
/// How often what is free inside the heaps is given back.
const TIDY_EVERY: Duration = Duration::from_secs(5);

#[cfg(target_feature = "crt-static")]
const DATABASE: &CStr = c"hosts";
#[cfg(target_feature = "crt-static")]
const SOURCES: &CStr = c"files dns";

unsafe extern "C" {
    #[cfg(target_feature = "crt-static")]
    /// `<nss.h>`: 0, or -1 with errno set. Keeps nothing of either text after it returns.
    fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
    /// `<malloc.h>`: 1, or 0 if the value cannot be used. Takes two numbers and locks malloc itself: safe to call at any time.
    safe fn mallopt(parameter: c_int, value: c_int) -> c_int;
    /// `<malloc.h>`: 1 if something was given back, else 0. Takes a number and locks each heap itself: safe to call at any time.
    safe fn malloc_trim(pad: usize) -> c_int;
}

/// Settles how names are looked up and how memory is given back. To be called first in `main`, before any thread.
pub fn settle() {
    // Where /etc/nsswitch.conf names `resolve` or `mdns`, glibc would load their libraries into a program that was linked
    // against none, and die (SIGFPE) at the first host name. /etc/hosts and DNS are built in.
    //
    // SAFETY: both are NUL-terminated texts that live as long as the program, and no other thread runs yet that
    // could be looking a name up while the table is changed.
    #[cfg(target_feature = "crt-static")]
    let looked_up = unsafe { __nss_configure_lookup(DATABASE.as_ptr(), SOURCES.as_ptr()) };
    #[cfg(not(target_feature = "crt-static"))]
    let looked_up = 0;
    // argon2 takes 19 MiB for each password. After the first is freed glibc raises its threshold above that and keeps all
    // later ones: hundreds of megabytes after some logins. A threshold that was set stays.
    let kept_small = mallopt(MMAP_THRESHOLD, MAPPED_ALONE);
    let kept_warm = mallopt(TRIM_THRESHOLD, KEPT_WARM);
    let few = mallopt(ARENA_MAX, ARENAS);
    if looked_up != 0 || kept_small != 1 || kept_warm != 1 || few != 1 {
        eprintln!(
            "the C library did not take its settings (names: {looked_up}, memory: {kept_small}, {kept_warm}, {few})"
        );
    }
    // By itself it gives back only what is free at a heap's very end: after a backup of 100 MB that was next to nothing.
    let tidy = || {
        loop {
            std::thread::sleep(TIDY_EVERY);
            malloc_trim(0);
        }
    };
    // Without it all goes on, with a little more memory.
    let _ = std::thread::Builder::new().name("memory".to_owned()).stack_size(64 << 10).spawn(tidy);
}
