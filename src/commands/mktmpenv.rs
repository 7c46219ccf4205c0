//! `mktmpenv`: make an environment that goes away when it is left.

use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use clap::Parser;

use super::creation::{Creation, Extra, Options};
use super::{Outcome, Session, Verb, workon};
use crate::activation::Step;
use crate::environment::BIN;
use crate::error::Result;
use crate::hooks;
use crate::output;
use crate::shell::standalone::TMPENV_HOOKS;
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
        let mut extras: Vec<Extra> = extras().into();
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

/// The notice, and the hooks that remove the environment while the notice is there.
fn extras() -> [Extra; 3] {
    let [hook, fish_hook] = TMPENV_HOOKS.map(|(name, code)| (Path::new(BIN).join(name), code.as_bytes().to_vec()));
    [(PathBuf::from(README), notice().into_bytes()), hook, fish_hook]
}
