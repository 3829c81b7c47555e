//! Copies a data file without its empty pages, for `tests/released`.

use std::path::Path;

use fiddlehead::store::{Store, snapshot};

fn main() {
    let [from, to] = [1, 2].map(|n| std::env::args().nth(n).expect("two files: from, to"));
    let store = Store::open_existing(Path::new(&from)).expect("it opens");
    let rows = snapshot::copy(&store, Path::new(&to), |_| {}).expect("it can be copied");
    println!("{rows} rows");
}
