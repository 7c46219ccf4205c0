//! `cdvirtualenv`, `cdsitepackages`, and `cdproject`: change to a directory of the active
//! environment, or to its project.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb, workon};
use crate::activation::{Plan, Step};
use crate::error::{Error, Result};
use crate::project;
use crate::verb::verb;
use crate::workon_home::WorkonHome;

/// Change to the active environment's directory
#[derive(Debug, Parser)]
#[command(
    name = "cdvirtualenv",
    after_help = "Examples:\n  cdvirtualenv        go to its root\n  cdvirtualenv bin    go to its bin"
)]
pub(crate) struct CdVirtualenv {
    /// Directory below it
    #[arg(id = "below-environment", value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

impl Verb for CdVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("cdvirtualenv")?;
        session.workon_home()?;
        let environment = session.active()?;
        Ok(go(environment.root(), self.directory))
    }
}

/// Change to the active environment's site-packages
#[derive(Debug, Parser)]
#[command(
    name = "cdsitepackages",
    after_help = "Examples:\n  cdsitepackages          go to site-packages\n  cdsitepackages requests go to a package in it"
)]
pub(crate) struct CdSitePackages {
    /// Directory below it
    #[arg(id = "below-site-packages", value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

impl Verb for CdSitePackages {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("cdsitepackages")?;
        session.workon_home()?;
        Ok(go(&session.active()?.site_packages()?, self.directory))
    }
}

/// Change to the active environment's project
///
/// `setvirtualenvproject` and `mkvirtualenv -a` link an environment to a project.
#[derive(Debug, Parser)]
#[command(name = "cdproject", after_help = "Example:\n  cdproject    go to the project")]
pub(crate) struct CdProject {}

impl Verb for CdProject {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("cdproject")?;
        session.workon_home()?;
        Ok(go(&project_of_active(session)?, None))
    }
}

/// The project's directory. Fails if it does not exist.
fn project_of_active(session: &Session<'_>) -> Result<PathBuf> {
    let environment = session.active()?;
    let mut linked = project::linked(&environment, session.context)?;
    // Another tool may have recreated the environment while it is active.
    if linked.is_none()
        && let Ok(home) = WorkonHome::locate(session.context)
        && workon::restore(session, &home, &environment)?.1
    {
        linked = project::linked(&environment, session.context)?;
    }
    let Some(project) = linked.or_else(|| session.project_of_owner()) else {
        return Err(Error::NoProject { file: project::file(environment.root(), session.context) });
    };
    let project = session.context.absolute_path(&project)?;
    if project.is_dir() {
        return Ok(project);
    }
    let link = verb("setvirtualenvproject");
    let hint = format!("if it moved, run `{link}` in its new directory");
    Err(Error::NoDirectory { path: project, hint })
}

/// The shell's own `cd` reports a missing directory and decides the status.
fn go(to: &Path, below: Option<PathBuf>) -> Outcome {
    let directory = below.map_or_else(|| to.to_path_buf(), |below| crate::fs::tidied(&to.join(below)));
    Outcome::Plan(Plan::of(Step::ChangeDirectory(directory)), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use std::fs;

    #[test]
    fn cdproject_needs_an_existing_project() {
        let room = tempfile::tempdir().unwrap();
        let [root, project] = ["env", "it's $x"].map(|name| room.path().join(name));
        fs::create_dir(&root).unwrap();
        fs::write(root.join("pyvenv.cfg"), "home = /x\n").unwrap();
        let context = Context::made_of(&[("VIRTUAL_ENV", root.to_str().unwrap())]);
        let session = Session { context: &context, shell: None, is_interactive: false, previous: None };
        let call = || project_of_active(&session);
        let write = |text: &str| fs::write(root.join(".project"), text).unwrap();
        assert_eq!(call().unwrap_err().to_string(), format!("No project set in {}/.project", root.display()));
        write("\n");
        assert!(matches!(call(), Err(Error::NoProject { .. })));
        write(&format!("{}\n", project.display()));
        assert!(matches!(call(), Err(Error::NoDirectory { path, .. }) if path == project));
        fs::create_dir(&project).unwrap();
        assert_eq!(call().unwrap(), project);
        assert!(matches!(CdProject {}.run(&session), Err(Error::NoFunctions { .. })));
    }
}
