//! The program's door: hands the command line to `cli`.

fn main() -> std::process::ExitCode {
    fiddlehead::cli::run(std::env::args_os(), std::env::vars_os())
}
