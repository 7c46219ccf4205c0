//! `cpvirtualenv`: copy an environment, from the store or from elsewhere, and enter the copy.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Parser;

use super::copying::{Copying, quoted};
use super::{Outcome, Session, Verb, elsewhere, set, untrusted, workon};
use crate::activation::Step;
use crate::directories;
use crate::elsewhere::is_qualified;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::{is_same, resolved};
use crate::health;
use crate::hooks::{self, Hooks};
use crate::keepsake;
use crate::output;
use crate::project::pointer::pointed;
use crate::relocate::{self, Relocation};
use crate::shell::standalone;
use crate::shown::{shown, typed_path};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Copy a virtual environment and activate the copy
///
/// The copy is independent: its scripts, activation scripts, editable installs, and links point
/// into the copy, and the original can be removed. It is linked to the same project. Nothing is
/// written into the original. The copy appears whole or not at all.
#[derive(Debug, Parser)]
#[command(
    name = "cpvirtualenv",
    after_help = "\
Examples:
  cpvirtualenv projectx try-it      copy projectx as try-it
  cpvirtualenv ~/src/api/.venv api  copy an environment from elsewhere
  cpvirtualenv /opt/envs/tools      the same, and keep its name
  cpvirtualenv poetry:shop shop     copy an environment that poetry keeps"
)]
pub(crate) struct CpVirtualenv {
    /// Name of the environment, or path of one outside WORKON_HOME
    #[arg(value_name = "ENVIRONMENT")]
    source: Option<OsString>,
    /// Name of the copy; by default the last part of the path
    #[arg(value_name = "NAME")]
    name: Option<OsString>,
    /// virtualenvwrapper lets them pass.
    #[arg(hide = true)]
    ignored: Vec<OsString>,
}

impl Verb for CpVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let Some(source) = self.source.as_deref().filter(|source| !source.is_empty()) else {
            return refused("Please provide a valid virtualenv to copy.", &nothing_named());
        };
        let source = match find(session, &home, source) {
            Ok(source) => source,
            Err(error) => return refused("Please provide a valid virtualenv to copy.", &error),
        };
        let name = match &self.name {
            Some(name) => EnvironmentName::new(name)?,
            // `.venv`, as it lies in many projects.
            None => EnvironmentName::new(source.label()).map_err(|_| nameless(&source))?,
        };
        if !home.is_free(&name)? {
            let path = home.path().join(name.as_os_str());
            let text = format!("{} virtualenv already exists.", shown(name.as_os_str()));
            return refused(&text, &Error::Exists { path });
        }
        output::data(format!("Copying {} as {}...\n", shown(source.name()), shown(name.as_os_str())).as_bytes())?;
        let environment = copy_with_settings(session, &home, &source, &name)?;
        keepsake::remember(&home, &environment, session.context);
        let follow = workon::follows_project(session, false, false);
        let outcome = activate_copy(session, &home, &source, &environment, follow)?;
        session.note_not_activated(environment.name());
        Ok(outcome)
    }
}

/// Activates a new copy and fires the hooks of copying. The copy stays, whatever happens.
pub(super) fn activate_copy(
    session: &Session<'_>,
    home: &WorkonHome,
    source: &Environment,
    copy: &Environment,
    follow: bool,
) -> Result<Outcome> {
    let hooks = session.hooks(home)?;
    hooks.run(hooks::PRECPVIRTUALENV, None, &[source.root().as_os_str(), copy.name()], None);
    hooks.run(hooks::PREMKVIRTUALENV, None, &[copy.name()], None);
    let mut plan = workon::enter(session, home, copy, follow)?;
    for event in [hooks::POSTMKVIRTUALENV, hooks::POSTCPVIRTUALENV] {
        hooks.files(event, None).into_iter().for_each(|file| plan.push(Step::Source(file)));
    }
    Ok(Outcome::Plan(plan, 0))
}

/// Makes the copy, with the note and the variables that an environment of the store has beside it.
pub(super) fn copy_with_settings(
    session: &Session<'_>,
    home: &WorkonHome,
    source: &Environment,
    name: &EnvironmentName,
) -> Result<Environment> {
    let (environment, aside) = copy(home, &session.hooks(home)?, source, name)?;
    if let [first, rest @ ..] = &aside[..] {
        say_put_aside(session, &environment, first, rest.len());
    }
    if source.root().parent() == Some(home.path()) {
        if let Some(note) = home.note(source.name()) {
            home.set_note(environment.name(), Some(&note))?;
        }
        set::follow(home, source.name(), source.root(), &environment)?;
    }
    Ok(environment)
}

/// What came along from elsewhere and does not run, and how it is made to.
fn say_put_aside(session: &Session<'_>, copy: &Environment, first: &OsStr, others: usize) {
    let first = session.shown(&copy.bin().join(first));
    let root = typed_path(copy.root(), session.context.home());
    let what = match others {
        0 => format!("{first} was copied but is not trusted and does not run; look at it"),
        _ => format!("{first} and {others} more were copied but are not trusted and do not run; look at them"),
    };
    output::note(&format!("{what}, then `venvwrap trust {root}`"));
}

/// virtualenvwrapper says these on stdout, and scripts look for them there (CONTRACT.md, 3.1). What
/// can be done about it is on stderr, as with every command.
fn refused(text: &str, error: &Error) -> Result<Outcome> {
    output::data(format!("{text}\n").as_bytes())?;
    output::report(error);
    Ok(Outcome::Status(error.status()))
}

fn nothing_named() -> Error {
    StoreError::MissingName { of: "cpvirtualenv" }.into()
}

fn nameless(source: &Environment) -> Error {
    StoreError::UnlistedCopy { name: source.name().to_owned(), root: source.root().to_path_buf() }.into()
}

/// The environment of that name in the store, else the one at that path, which is relative to the
/// caller's directory and may begin with `~` or hold `$NAME`.
fn find(session: &Session<'_>, home: &WorkonHome, source: &OsStr) -> Result<Environment> {
    let named = EnvironmentName::existing(source);
    if let Ok(name) = &named
        && let Some(environment) = home.find(name)?
    {
        return Ok(environment);
    }
    let path = session.context.absolute_path(&PathBuf::from(directories::expanded(source, session.context)?))?;
    if let Some(environment) = Environment::open(&path)? {
        return Ok(environment);
    }
    // A file `.venv` with the place of another.
    let project = path.parent().filter(|_| path.file_name().is_some_and(|name| name == ".venv") && path.is_file());
    if let Some(root) = project.and_then(|project| pointed(project, home).default)
        && let Some(environment) = Environment::open(&root)?
    {
        return Ok(environment);
    }
    match std::fs::symlink_metadata(&path) {
        Ok(_) => Err(Error::NotAnEnvironment { path, reason: "it has neither pyvenv.cfg nor bin/activate" }),
        Err(_) if named.is_ok() || is_qualified(source) => {
            let found = elsewhere::instead_of(home.unknown(source), session, home, source)?;
            if found.is_conda() {
                // What is in it names its place in ways that only conda knows.
                return Err(elsewhere::owned(session, &found, elsewhere::OwnerAction::Change));
            }
            Ok(found)
        }
        Err(_) => Err(StoreError::NothingToCopy { path }.into()),
    }
}

/// Makes the copy in a hidden place and puts it in the store. Gives the names of what would run on
/// activation and came from outside the store: it is put aside.
fn copy(
    home: &WorkonHome,
    hooks: &Hooks<'_>,
    source: &Environment,
    name: &EnvironmentName,
) -> Result<(Environment, Vec<OsString>)> {
    source.check_python()?;
    if home.path().ancestors().any(|above| is_same(above, source.root())) {
        return Err(StoreError::StoreInside { root: source.root().to_path_buf() }.into());
    }
    let to = home.path().join(name.as_os_str());
    let mut olds = places(source.root());
    olds.extend(made_elsewhere(source));
    let relocation = Relocation::new(source, &olds, &to, standalone::scripts);
    let copying = Copying {
        from: source.root(),
        relocation: Some(&relocation),
        text: format!("Copying {}", shown(source.name())),
        kept: quoted(source.name()),
    };
    let (building, _) = copying.copy_into(home.start_building()?)?;
    building.unlock()?;
    let aside = if untrusted::is_in(home, source.root()) {
        Vec::new()
    } else {
        let scripts = standalone::scripts(&to, name.as_os_str());
        let activate = scripts.into_iter().find(|(script, _)| *script == "activate").map(|(_, text)| text);
        untrusted::put_aside(building.path(), &activate.unwrap_or_default())?
    };
    if hooks.are_in_use() {
        hooks.make_local_templates(&building.path().join("bin"))?;
    }
    Ok((home.publish(building, name)?, aside))
}

/// Every way to spell the place that an environment was moved from by hand: its files still name
/// it, and whatever is there now has nothing to do with the copy. Said where that place cannot be
/// told from others.
pub(super) fn made_elsewhere(environment: &Environment) -> Vec<PathBuf> {
    match health::moved_from(environment) {
        Some((from, true)) => relocate::spellings(&from),
        Some((from, false)) => {
            let name = shown(environment.name());
            output::note(&format!("the scripts of `{name}` still point to {} (it was moved by hand)", shown(&from)));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Every way to spell where an environment stands; one that is a link in the store was made to
/// stand elsewhere.
pub(super) fn places(root: &Path) -> Vec<PathBuf> {
    let mut places = relocate::spellings(root);
    places.extend(resolved(root).ok());
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use std::fs;

    const HOSTILE: &str = "it's \"my\" $H {a,b};é";

    struct Room {
        directory: tempfile::TempDir,
        context: Context,
    }

    impl Room {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let base = directory.path().join(HOSTILE);
            fs::create_dir_all(base.join("store")).unwrap();
            let base = base.to_str().unwrap();
            let home = format!("{base}/store");
            let context = Context::made_of(&[("HOME", base), ("WORKON_HOME", &home), ("THERE", base)]);
            Self { directory, context }
        }

        fn base(&self) -> PathBuf {
            self.directory.path().join(HOSTILE)
        }

        fn store(&self) -> WorkonHome {
            WorkonHome::at(self.base().join("store"))
        }

        /// An environment as far as these commands look at it.
        fn make(&self, path: &str) -> PathBuf {
            let root = self.base().join(path);
            fs::create_dir_all(root.join("bin")).unwrap();
            fs::write(root.join("pyvenv.cfg"), "home = /bin\n").unwrap();
            std::os::unix::fs::symlink("/bin/sh", root.join("bin/python")).unwrap();
            root
        }

        fn find(&self, source: &str) -> Result<PathBuf> {
            let session = Session { context: &self.context, shell: None, is_interactive: false, previous: None };
            find(&session, &self.store(), OsStr::new(source)).map(|found| found.root().to_path_buf())
        }

        fn copy(&self, source: &Path, name: &str) -> Result<Environment> {
            let source = Environment::open(source).unwrap().unwrap();
            let (store, name) = (self.store(), EnvironmentName::new(OsStr::new(name)).unwrap());
            copy(&store, &Hooks::locate(&self.context, &store, "").unwrap(), &source, &name).map(|(copy, _)| copy)
        }
    }

    #[test]
    fn a_name_is_looked_for_in_the_store_first() {
        let room = Room::new();
        let (inside, outside) = (room.make("store/one"), room.make("elsewhere/.venv"));
        assert_eq!(room.find("one").unwrap(), inside);
        for source in ["~/elsewhere/.venv", "$THERE/elsewhere/.venv/", "${THERE}/elsewhere/../elsewhere/.venv"] {
            assert_eq!(room.find(source).unwrap(), outside, "{source}");
        }
        assert_eq!(room.find(outside.to_str().unwrap()).unwrap(), outside);
    }

    #[test]
    fn what_is_no_environment_is_told_apart_from_what_is_not_there() {
        let room = Room::new();
        room.make("store/one");
        fs::create_dir(room.base().join("store/plain")).unwrap();
        assert!(matches!(room.find("ones"), Err(Error::UnknownEnvironment { nearest, .. }) if nearest == ["one"]));
        assert!(matches!(room.find("plain"), Err(Error::NotAnEnvironment { .. })));
        assert!(matches!(room.find("~/store"), Err(Error::NotAnEnvironment { .. })));
        assert!(matches!(room.find("~/nothing"), Err(Error::Store(StoreError::NothingToCopy { .. }))));
    }

    #[test]
    fn the_copy_has_what_a_person_added() {
        let room = Room::new();
        let root = room.make("store/original");
        let text = format!("#!/bin/sh\necho \"{}/data\"\n", root.display());
        for file in ["bin/postactivate", "bin/predeactivate", ".project", "notes/mine.txt"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), &text).unwrap();
        }
        fs::write(root.join(".project"), "/my/project\n").unwrap();
        let copy = room.copy(&root, "a b").unwrap();
        assert_eq!(copy.root(), room.base().join("store/a b"));
        assert_eq!(fs::read_to_string(copy.root().join(".project")).unwrap(), "/my/project\n");
        crate::fs::remove_tree(&root).unwrap();
        let output = room.context.command("/bin/sh").arg(copy.root().join("bin/postactivate")).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{}/data\n", copy.root().display()));
        assert_eq!(fs::read_dir(room.base().join("store/.venvwrap/new")).unwrap().count(), 0);
    }

    #[test]
    fn what_a_link_in_the_store_leads_to_is_copied_and_left_alone() {
        let room = Room::new();
        let root = room.make("elsewhere/env");
        fs::write(root.join("bin/tool"), format!("#!{}/bin/python\n", root.display())).unwrap();
        std::os::unix::fs::symlink(&root, room.base().join("store/link")).unwrap();
        let copy = room.copy(&room.base().join("store/link"), "copy").unwrap();
        assert!(fs::symlink_metadata(copy.root()).unwrap().is_dir());
        let script = fs::read_to_string(copy.root().join("bin/tool")).unwrap();
        assert!(script.contains("/copy/bin/python"), "{script}");
        assert!(!script.contains("elsewhere"), "{script}");
    }

    #[test]
    fn what_cannot_be_copied_leaves_nothing_behind() {
        let room = Room::new();
        let around = room.make("");
        assert!(room.copy(&around, "x").unwrap_err().to_string().contains("inside"));
        let broken = room.make("store/broken");
        fs::remove_file(broken.join("bin/python")).unwrap();
        assert!(matches!(room.copy(&broken, "x"), Err(Error::Broken { .. })));
        let whole = room.make("store/whole");
        fs::create_dir(room.base().join("store/taken")).unwrap();
        assert!(room.copy(&whole, "taken").is_err());
        assert_eq!(room.store().names().unwrap(), ["broken", "whole"]);
        assert_eq!(fs::read_dir(room.base().join("store/.venvwrap/new")).unwrap().count(), 0);
    }
}
