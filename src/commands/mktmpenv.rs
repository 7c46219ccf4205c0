//! `mktmpenv`: make an environment that goes away when it is left.

use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;

use clap::Parser;

use super::creation::{Creation, Extra, Options};
use super::{Outcome, Session, Verb, workon};
use crate::activation::Step;
use crate::error::Result;
use crate::hooks;
use crate::output;
use crate::tmpenv::{self, PREFIX, README};

/// Create an environment that `deactivate` removes
///
/// Delete its file README.tmpenv to keep it.
#[derive(Debug, Parser)]
#[command(
    name = "mktmpenv",
    after_help = "\
Examples:
  mktmpenv -i requests     try a package
  mktmpenv -n              stay in this directory
  rm README.tmpenv         keep the environment after all"
)]
pub(crate) struct MkTmpenv {
    /// Change to its directory, whatever VIRTUALENVWRAPPER_WORKON_CD says
    #[arg(short = 'c', long = "cd", overrides_with = "no_cd")]
    cd: bool,
    /// Stay in this directory
    #[arg(short = 'n', long = "no-cd")]
    no_cd: bool,
    #[command(flatten)]
    options: Options,
}

impl Verb for MkTmpenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let name = OsString::from(format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish()));
        let creation = Creation::prepare(session, &name, &self.options)?;
        let mut extras: Vec<Extra> = extras(&name).into();
        // Without a shell that activates it, nobody can have abandoned it.
        extras.extend(tmpenv::owners().filter(|_| session.shell.is_some()));
        let environment = creation.make_or_keep(&extras)?;
        let mut entered = creation.enter(&environment)?;
        for file in session.hooks(&creation.home)?.files(hooks::POSTMKVIRTUALENV, None) {
            entered.plan.push(Step::Source(file));
        }
        if workon::follows_project(session, self.cd, self.no_cd) {
            entered.plan.push(Step::ChangeDirectory(environment.root().to_path_buf()));
        }
        output::data(notice().as_bytes())?;
        Ok(Outcome::Plan(entered.plan, entered.status))
    }
}

fn notice() -> String {
    "This is a temporary environment. It will be deleted when you run 'deactivate'.\n".to_owned()
}

/// The notice, and the hooks that remove the environment as long as the notice is there. The name
/// is of our making: hexadecimal digits.
fn extras(name: &std::ffi::OsStr) -> [Extra; 3] {
    let name = name.to_string_lossy();
    let (home, said) = ("VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV", format!("Removing temporary environment: {name}"));
    let posix =
        format!("if [ -f \"${home}/{README}\" ]; then\n    \\builtin echo '{said}'\n    rmvirtualenv '{name}'\nfi\n");
    let fish =
        format!("if builtin test -f \"${home}/{README}\"\n    builtin echo '{said}'\n    rmvirtualenv '{name}'\nend\n");
    [
        (PathBuf::from(README), notice().into_bytes()),
        (PathBuf::from("bin/postdeactivate"), posix.into_bytes()),
        (PathBuf::from("bin/postdeactivate.fish"), fish.into_bytes()),
    ]
}
