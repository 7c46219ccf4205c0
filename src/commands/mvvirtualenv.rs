//! `mvvirtualenv`: give an environment another name.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Parser;

use super::cpvirtualenv;
use super::in_use::{self, Taking};
use super::{Outcome, Session, Verb, elsewhere, kernel, set, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::{is_same, resolved};
use crate::keepsake;
use crate::output;
use crate::project::pipenv::Project;
use crate::project::{self, dot_venv};
use crate::relocate::{self, Relocation, Rewriting};
use crate::shell::standalone;
use crate::shown::{operands, shown};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Rename a virtual environment
///
/// Paths inside the environment (scripts, activation scripts, editable installs, links) are
/// updated, so that everything keeps working; no file is copied. The active environment can be
/// renamed: the shell activates it again under its new name. If other processes use it, they are
/// listed and you are asked: they would keep an old path that no longer exists. If the command is
/// interrupted, both names work, and the same command finishes the rename.
#[derive(Debug, Parser)]
#[command(
    name = "mvvirtualenv",
    after_help = "\
Examples:
  mvvirtualenv projectx shop      rename projectx to shop
  mvvirtualenv -f projectx shop   do not ask, even if other processes use it

After a rename by hand (`mv`), the same command repairs the environment."
)]
pub(crate) struct MvVirtualenv {
    /// Current name
    #[arg(value_name = "ENVIRONMENT")]
    old: OsString,
    /// New name
    #[arg(value_name = "NAME")]
    new: OsString,
    /// Do not ask if other processes use it
    #[arg(short, long)]
    force: bool,
}

impl Verb for MvVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let renaming =
            Renaming { home: &home, old: EnvironmentName::existing(&self.old)?, new: EnvironmentName::new(&self.new)? };
        let state = renaming
            .state()
            .map_err(|error| elsewhere::refused(error, session, &home, &self.old, elsewhere::OwnerAction::Change))?;
        let environment = state.environment();
        let is_active = session
            .active_root()
            .is_some_and(|active| active.file_name() == Some(&self.old) && is_same(active, environment.root()));
        if is_active {
            // Without our function the shell would keep the old name.
            session.require_shell("mvvirtualenv")?;
            if matches!(state, RenameState::Link(_)) {
                // Its deactivation hooks would no longer be where activation found them.
                return Err(Error::Active { name: self.old });
            }
        }
        let force = |_: &OsStr| format!("{} --force {}", verb("mvvirtualenv"), operands(&[&self.old, &self.new]));
        let taking = Taking { question: "Rename it anyway?", force: &force };
        if !self.force && !in_use::may_be_taken(&[environment.root().to_path_buf()], taking)? {
            return Err(Error::Declined);
        }
        let from = home.path().join(&self.old);
        let inside = working_directory_in(session, &from);
        workon::restore(session, &home, environment)?;
        let environment = renaming.run(&state)?;
        set::follow(&home, environment.name(), &from, &environment)?;
        keepsake::forget(&home, &self.old);
        keepsake::remember(&home, &environment, session.context);
        let mut lost = None;
        if let Some(project) = project::linked(&environment, session.context)? {
            dot_venv::follow(&project, &from, environment.root(), &home)?;
            lost = lost_by_pipenv(session, &project, &self.old);
        }
        let followed = kernel::follow(session, &home, &from, &environment);
        let directory = inside.map(|below| environment.root().join(below));
        if !is_active {
            renaming.finish()?;
            output::note(&format!("Renamed `{}` to `{}`", shown(&self.old), shown(&self.new)));
            lost.iter().chain(&followed).for_each(|text| output::note(text));
            return Ok(directory.map_or(Outcome::Done, |to| Outcome::Plan(Plan::of(Step::ChangeDirectory(to)), 0)));
        }
        // The shell deactivates the old name, with its hooks, and activates the new one. Then the
        // old name is removed.
        if let Some(text) = followed {
            output::note(&text);
        }
        let mut plan = workon::enter(session, &home, &environment, false)?;
        if let Some(directory) = directory {
            plan.push(Step::ChangeDirectory(directory));
        }
        plan.push(Step::Continue(vec!["mvvirtualenv".into(), "--force".into(), "--".into(), self.old, self.new]));
        Ok(Outcome::Plan(plan, 0))
    }
}

/// Finishes an interrupted rename.
pub(super) fn finish(
    session: &Session<'_>,
    home: &WorkonHome,
    old: EnvironmentName,
    new: EnvironmentName,
) -> Result<()> {
    let renaming = Renaming { home, old, new };
    let environment = renaming.run(&renaming.state()?)?;
    let about_kernel = kernel::follow(session, home, &home.path().join(renaming.old.as_os_str()), &environment);
    if let Some(text) = about_kernel {
        output::note(&text);
    }
    renaming.finish()
}

/// What to say if pipenv used the environment: it computes the name from the path of the Pipfile.
fn lost_by_pipenv(session: &Session<'_>, project: &Path, old: &OsStr) -> Option<String> {
    let is_its_name = Project::at(project).default_name().is_some_and(|name| name == old);
    let project = session.shown(project);
    is_its_name.then(|| format!("pipenv no longer finds it for {project}: it looks for `{}`", shown(old)))
}

/// The state of a rename when the command starts.
enum RenameState {
    /// Not started.
    Directory(Environment),
    /// Not started, and the old name is a link to an environment elsewhere.
    Link(Environment),
    /// Interrupted: the environment has its new name, but files may still contain the old one.
    Half(Environment),
}

impl RenameState {
    fn environment(&self) -> &Environment {
        match self {
            Self::Directory(environment) | Self::Link(environment) | Self::Half(environment) => environment,
        }
    }
}

struct Renaming<'a> {
    home: &'a WorkonHome,
    old: EnvironmentName,
    new: EnvironmentName,
}

impl Renaming<'_> {
    fn state(&self) -> Result<RenameState> {
        let Self { home, old, new } = self;
        if old == new {
            return Err(StoreError::SameName { name: old.as_os_str().to_owned() }.into());
        }
        if home.is_half_renamed(old, new) {
            return Ok(RenameState::Half(home.get(new)?));
        }
        let Some(environment) = home.find(old)? else {
            // Renamed by hand, or interrupted on a system without atomic exchange.
            let renamed = home.find(new)?.filter(|environment| !is_link(environment.root()));
            return renamed.map(RenameState::Half).ok_or_else(|| home.unknown(old.as_os_str()));
        };
        home.movable(old)?;
        if !home.is_free(new)? {
            return Err(Error::Exists { path: home.path().join(new.as_os_str()) });
        }
        Ok(if is_link(environment.root()) {
            RenameState::Link(environment)
        } else {
            RenameState::Directory(environment)
        })
    }

    /// Renames the environment and rewrites the old path in files. Until [`Self::finish`], both
    /// names work.
    fn run(&self, state: &RenameState) -> Result<Environment> {
        let Self { home, old, new } = self;
        let (from, to) = (home.path().join(old.as_os_str()), home.path().join(new.as_os_str()));
        let environment = state.environment();
        let mut olds = relocate::spellings(&from);
        if matches!(state, RenameState::Directory(_)) {
            olds.extend(cpvirtualenv::made_elsewhere(environment));
        }
        let relocation = Relocation::new(environment, &olds, &to, standalone::scripts);
        let staging = home.start_building()?;
        let rewriting = Rewriting::prepare(environment.root(), &relocation, staging.path())?;
        match state {
            RenameState::Link(_) if rewriting.is_empty() => home.rename_link(old, new)?,
            RenameState::Link(_) => {
                return Err(StoreError::RenameLink { name: old.as_os_str().to_owned() }.into());
            }
            RenameState::Half(_) if rewriting.is_empty() && !home.is_half_renamed(old, new) => {
                return Err(home.unknown(old.as_os_str()));
            }
            RenameState::Half(_) => rewriting.apply(&to)?,
            RenameState::Directory(_) => {
                home.rename(old, new)?;
                rewriting.apply(&to)?;
            }
        }
        home.get(new)
    }

    /// Removes the old name.
    fn finish(&self) -> Result<()> {
        self.home.drop_old_name(&self.old, &self.new)
    }
}

fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink())
}

/// The current directory relative to `root`, if it is below it.
fn working_directory_in(session: &Session<'_>, root: &Path) -> Option<PathBuf> {
    let directory = session.context.working_directory().ok()?;
    let below = |directory: &Path, root: &Path| directory.strip_prefix(root).map(Path::to_path_buf).ok();
    below(&directory, root).or_else(|| below(&resolved(&directory).ok()?, &resolved(root).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::fs::symlink;

    /// An environment that was made at `made` and stands at `root`.
    fn make(root: &Path, made: &Path) {
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("pyvenv.cfg"), "home = /bin\n").unwrap();
        fs::write(root.join("bin/tool"), format!("#!/bin/sh\necho '{}/x'\n", made.display())).unwrap();
        for (name, text) in standalone::scripts(made, made.file_name().unwrap()) {
            fs::write(root.join("bin").join(name), text).unwrap();
        }
    }

    fn rename(home: &WorkonHome, old: &str, new: &str) -> Result<Environment> {
        let name = |text: &str| EnvironmentName::existing(OsStr::new(text));
        let renaming = Renaming { home, old: name(old)?, new: name(new)? };
        let environment = renaming.run(&renaming.state()?)?;
        renaming.finish().map(|()| environment)
    }

    /// Whether everything in the environment is as if it had been made there.
    fn assert_stands(root: &Path) {
        for (name, text) in standalone::scripts(root, root.file_name().unwrap()) {
            let there = fs::read(root.join("bin").join(name)).unwrap();
            assert_eq!(String::from_utf8_lossy(&there), String::from_utf8_lossy(&text), "{name}");
        }
        assert!(!fs::symlink_metadata(root).unwrap().is_symlink());
    }

    #[test]
    fn a_renamed_environment_is_as_if_made_under_its_name() {
        let (_room, home) = WorkonHome::scratch();
        let root = home.path().join("old");
        make(&root, &root);
        let environment = rename(&home, "old", "new's").unwrap();
        assert_eq!(environment.name(), "new's");
        assert_stands(&home.path().join("new's"));
        assert_eq!(home.names().unwrap(), ["new's"]);
        assert!(fs::symlink_metadata(root).is_err());
    }

    #[test]
    fn one_that_was_renamed_half_or_by_hand_is_finished() {
        let (_room, home) = WorkonHome::scratch();
        let (old, new) = (home.path().join("old"), home.path().join("new"));
        make(&old, &old);
        let name = |text: &str| EnvironmentName::existing(OsStr::new(text)).unwrap();
        home.rename(&name("old"), &name("new")).unwrap();
        rename(&home, "old", "new").unwrap();
        assert_stands(&new);
        assert_eq!(home.names().unwrap(), ["new"]);
        // There is nothing left of the old name.
        assert!(matches!(rename(&home, "old", "new"), Err(Error::UnknownEnvironment { .. })));
        fs::rename(&new, home.path().join("by hand")).unwrap();
        rename(&home, "new", "by hand").unwrap();
        assert_stands(&home.path().join("by hand"));
    }

    #[test]
    fn what_is_in_the_way_stays_and_so_does_the_environment() {
        let (_room, home) = WorkonHome::scratch();
        let root = home.path().join("old");
        make(&root, &root);
        fs::write(home.path().join("hook"), "").unwrap();
        assert!(matches!(rename(&home, "old", "hook"), Err(Error::Exists { .. })));
        assert!(rename(&home, "old", "old").is_err());
        assert!(matches!(rename(&home, "hook", "x"), Err(Error::NotAnEnvironment { .. })));
        assert!(matches!(rename(&home, "ol", "x"), Err(Error::UnknownEnvironment { .. })));
        assert_stands(&root);
    }

    #[test]
    fn a_link_is_renamed_and_what_it_leads_to_is_not_written_to() {
        let (room, home) = WorkonHome::scratch();
        let outside = room.path().join("outside");
        make(&outside, &outside);
        symlink(&outside, home.path().join("link")).unwrap();
        rename(&home, "link", "other").unwrap();
        assert_eq!(fs::read_link(home.path().join("other")).unwrap(), outside);
        assert_stands(&outside);
        // One that was made in the store and then moved away: it needs the link.
        let named = room.path().join("named");
        make(&named, &home.path().join("needed"));
        symlink(&named, home.path().join("needed")).unwrap();
        assert!(rename(&home, "needed", "free").is_err());
        assert_eq!(home.names().unwrap(), ["needed", "other"]);
    }
}
