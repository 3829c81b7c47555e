//! A visitor of the program that runs as a process.

use super::Answer;
use super::process::Program;

/// Somebody with a browser at the running program: keeps cookies, follows nothing by itself.
pub struct Guest<'a> {
    program: &'a Program,
    from: String,
    cookies: std::collections::BTreeMap<String, String>,
}

impl<'a> Guest<'a> {
    /// At an address of the internet.
    pub fn new(program: &'a Program, from: &str) -> Self {
        Self { program, from: from.to_owned(), cookies: std::collections::BTreeMap::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask("POST", path, form)
    }

    /// The secrets that her browser holds.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str).filter(|value| !value.is_empty())
    }

    fn ask(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.program.ask_with(method, path, &self.from, (form, &cookies.join("; ")));
        let answer = answer.unwrap_or_else(|| panic!("{method} {path}: no answer"));
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}
