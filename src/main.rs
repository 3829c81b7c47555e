//! The program's door: hands the command line to `cli`.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod static_glibc;

fn main() -> std::process::ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    static_glibc::settle();
    fiddlehead::cli::run(std::env::args_os(), std::env::vars_os())
}
