//! `lssitepackages`: list the active environment's site-packages with `ls`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{ArgAction, Parser};

use super::{Outcome, Session, Verb, legible};
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::environment::path_extensions::{self, PathExtensions};
use crate::error::{Error, Result};
use crate::output;
use crate::programs;

/// List the active environment's site-packages
///
/// All arguments go to ls unchanged, even `-h`. The paths added by add2virtualenv follow.
#[derive(Debug, Parser)]
#[command(
    name = "lssitepackages",
    disable_help_flag = true,
    after_help = "\
Examples:
  lssitepackages         list what is installed
  lssitepackages -lht    with sizes, newest first"
)]
pub(crate) struct LsSitePackages {
    /// Options of ls
    #[arg(value_name = "LS-OPTION", trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
    /// Print help (only as the first argument)
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

impl Verb for LsSitePackages {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.workon_home()?;
        let environment = session.active()?;
        let packages = environment.site_packages()?;
        let ls = ls(session, &environment)?;
        let mut command = session.context.command(&ls);
        command.args(self.options).arg("--").arg(&packages);
        // ls reports its own errors; the status is 0, as in virtualenvwrapper.
        Context::run_in_foreground(&mut command).map_err(Error::io("run", ls))?;
        if let Some(file) = PathExtensions::open(&packages)? {
            output::data(format!("\n{}:\n", path_extensions::NAME).as_bytes())?;
            output::data(&legible(&file.text()))?;
        }
        Ok(Outcome::Done)
    }
}

/// Options that GNU, BSD, and busybox ls share, for completion.
pub(crate) const LS_OPTIONS: [(&str, &str); 11] = [
    ("-1", "One entry a line"),
    ("-a", "Entries that start with a dot, too"),
    ("-d", "The directory itself, not what is in it"),
    ("-F", "A mark behind each that tells its kind"),
    ("-h", "Sizes with units, with -l or -s"),
    ("-l", "Long: mode, owner, size and time"),
    ("-r", "In reverse order"),
    ("-R", "What is below directories, too"),
    ("-s", "The space that each takes"),
    ("-S", "The largest first"),
    ("-t", "The newest first"),
];

/// Finds the system's ls: the environment's bin is first on PATH, and listing must not run its
/// programs.
fn ls(session: &Session<'_>, environment: &Environment) -> Result<PathBuf> {
    let path = session.context.variable(env_vars::PATH).unwrap_or(OsStr::new("/usr/bin:/bin"));
    let mut found = programs::along(path, OsStr::new("ls"), Path::new("/"));
    let missing = || Error::Malformed { what: "ls".to_owned(), reason: "not on PATH".to_owned() };
    found.find(|ls| !ls.starts_with(environment.root())).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Vec<OsString> {
        LsSitePackages::try_parse_from([&["lssitepackages"], words].concat()).unwrap().options
    }

    #[test]
    fn every_argument_goes_to_ls_except_a_leading_help() {
        for words in [&["-h"][..], &["-lh", "-t"], &["--color=always", "-l", "--help"], &["*.py", "--version"], &["-"]]
        {
            assert_eq!(options(words), words);
        }
        let help = LsSitePackages::try_parse_from(["lssitepackages", "--help"]).unwrap_err();
        assert_eq!(help.kind(), clap::error::ErrorKind::DisplayHelp);
    }

    #[test]
    fn an_ls_in_the_environment_is_not_run() {
        use std::os::unix::fs::symlink;
        let room = tempfile::tempdir().unwrap();
        let [root, other] = ["it's $x", "other"].map(|name| room.path().join(name));
        for bin in [root.join("bin"), other.clone()] {
            std::fs::create_dir_all(&bin).unwrap();
            symlink("/bin/sh", bin.join("ls")).unwrap();
        }
        std::fs::write(root.join("pyvenv.cfg"), "home = /x\n").unwrap();
        let environment = Environment::open(&root).unwrap().unwrap();
        let found = |path: &str| {
            let context = Context::made_of(&[("PATH", path)]);
            ls(&Session { context: &context, shell: None, is_interactive: false, previous: None }, &environment)
        };
        let bin = root.join("bin").display().to_string();
        assert_eq!(found(&format!("{bin}:{}", other.display())).unwrap(), other.join("ls"));
        assert!(found(&bin).is_err());
    }
}
