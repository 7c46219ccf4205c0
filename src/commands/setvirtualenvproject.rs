//! `setvirtualenvproject`: link an environment to a project directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb, elsewhere, uv, workon};
use crate::environment::Environment;
use crate::error::{Error, ProjectError, Result};
use crate::fs::tidied;
use crate::keepsake;
use crate::output;
use crate::project::dot_venv::{self, Form};
use crate::project::{self, Comparison};
use crate::shown::{operands, shown};
use crate::verb::verb;
use crate::versions::Release;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Link an environment to a project directory
///
/// `workon` changes to that directory when it activates the environment; `cdproject` goes there.
#[derive(Debug, Parser)]
#[command(
    name = "setvirtualenvproject",
    after_help = "\
Examples:
  setvirtualenvproject                    link the active environment to this directory
  setvirtualenvproject projectx ~/src/x   link projectx to ~/src/x
  setvirtualenvproject ./.venv .          link the environment at this path
  setvirtualenvproject --default api      make api the default of its project"
)]
pub(crate) struct SetVirtualenvProject {
    /// Name or path of the environment; by default the active one
    #[arg(value_name = "ENVIRONMENT")]
    environment: Option<PathBuf>,
    /// Project directory; by default the current directory
    #[arg(value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    directory: Option<PathBuf>,
    /// Make the project's .venv a link to the environment, for uv and editors. `uv sync` then
    /// removes packages that the project does not list
    #[arg(long)]
    link: bool,
    /// Make it a file with the environment's path (PEP 832), which uv 0.13.9 and newer read
    #[arg(long, conflicts_with = "link")]
    redirect: bool,
    /// Make it the default of its project, if several environments are linked to that: `workon .`
    /// activates it. Without DIRECTORY, an existing link stays
    #[arg(long)]
    default: bool,
}

/// The first uv that reads a redirect file.
const READS_REDIRECTS: Release = Release::new(0, 13, 9);

impl Verb for SetVirtualenvProject {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = match &self.environment {
            Some(named) => find(session, named.as_os_str())?,
            None => session.active()?,
        };
        let linked = project::linked(&environment, session.context)?;
        let project = match &self.directory {
            Some(directory) => session.context.absolute_path(directory)?,
            None => match linked.as_ref().filter(|_| self.default) {
                Some(linked) => linked.clone(),
                None => session.context.working_directory()?,
            },
        };
        if !project.is_dir() {
            return Err(Error::NoDirectory { path: project, hint: "the project directory must exist".to_owned() });
        }
        let home = WorkonHome::locate(session.context)?;
        if self.default && !is_stored(&home, &environment) {
            let message =
                format!("{} is not in WORKON_HOME, so it cannot be a default", session.shown(environment.root()));
            return Err(Error::Usage { message, hint: "leave out --default".to_owned() });
        }
        let form = match (self.link, self.redirect) {
            (_, true) => Some(Form::Redirect),
            (true, _) => Some(Form::Link),
            _ => None,
        };
        if let Some(form) = form {
            if form == Form::Redirect {
                require_redirects(session, &environment, &project)?;
            }
            dot_venv::check(&project, &home, form)?;
        }
        workon::restore(session, &home, &environment)?;
        project::link(&environment, session.context, &project)?;
        keepsake::remember(&home, &environment, session.context);
        if self.default {
            make_default(session, &home, &environment, &project)?;
        } else if linked.is_some_and(|linked| linked != project) && is_stored(&home, &environment) {
            // It was the default of another project.
            home.set_default(environment.name(), false)?;
        }
        let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(&project));
        output::data(text.as_bytes())?;
        if let Some(form) = form {
            let path = dot_venv::make(&project, environment.root(), &home, form)?;
            output::note(&format!("Linked {} to `{}`", session.shown(&path), shown(environment.name())));
            super::mkvirtualenv::hide_from_git(session, &project);
        }
        if self.default {
            output::note(&format!("`{}` is the default of {}", shown(environment.name()), session.shown(&project)));
        }
        if !home.variables_of(&environment).uv {
            return Ok(Outcome::Done);
        }
        uv::warn(session, &home, &environment);
        Ok(uv::in_this_shell(session, &environment, Some(project))?.unwrap_or(Outcome::Done))
    }
}

fn is_stored(home: &WorkonHome, environment: &Environment) -> bool {
    environment.root().parent() == Some(home.path())
}

/// Makes the environment the default of the project, in place of another one.
fn make_default(session: &Session<'_>, home: &WorkonHome, environment: &Environment, project: &Path) -> Result<()> {
    let directory = [vec![tidied(project)]];
    let linked = project::linked_to_first(&directory, home, session.context, Comparison::Whole)?;
    for other in linked.map(|(_, names)| names).unwrap_or_default() {
        if other != environment.name() && home.is_default(&other) {
            home.set_default(&other, false)?;
        }
    }
    home.set_default(environment.name(), true)
}

/// Fails if the uv that runs here stops at a redirect file.
fn require_redirects(session: &Session<'_>, environment: &Environment, project: &Path) -> Result<()> {
    let Ok(found) = crate::uv::find(session.context) else { return Ok(()) };
    if found.release >= READS_REDIRECTS {
        return Ok(());
    }
    let names = operands(&[environment.name(), project.as_os_str()]);
    let link = format!("{} --link {names}", verb("setvirtualenvproject"));
    Err(ProjectError::NoRedirects { release: found.release, link }.into())
}

/// Finds an environment by name, else by path. The name has precedence over a directory of the same
/// name in the working directory.
fn find(session: &Session<'_>, named: &OsStr) -> Result<Environment> {
    let home = session.workon_home()?;
    if let Ok(name) = EnvironmentName::existing(named) {
        match home.get(&name) {
            Err(Error::UnknownEnvironment { .. } | Error::NotAnEnvironment { .. }) => {}
            other => return other,
        }
    }
    let at =
        if named.is_empty() { None } else { Environment::open(&session.context.absolute_path(Path::new(named))?)? };
    if let Some(environment) = at {
        return Ok(environment);
    }
    elsewhere::instead_of(home.unknown(named), session, &home, named).map_err(|error| match error {
        Error::UnknownEnvironment { nearest, .. } => Error::NoVirtualenv { named: named.to_owned(), nearest },
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use std::fs;

    /// A store with an environment `x`, another environment elsewhere, and a project.
    struct Room {
        keep: tempfile::TempDir,
    }

    impl Room {
        fn new() -> Self {
            let room = Self { keep: tempfile::tempdir().unwrap() };
            for root in [room.at("envs/x"), room.at("else where/x")] {
                fs::create_dir_all(&root).unwrap();
                fs::write(root.join("pyvenv.cfg"), "home = /x\n").unwrap();
            }
            fs::create_dir_all(room.at("it's a $project")).unwrap();
            room
        }

        fn at(&self, path: &str) -> PathBuf {
            self.keep.path().join(path)
        }

        fn call(&self, active: &str, words: &[&str]) -> Result<Outcome> {
            let home = self.at("envs");
            let variables = [("WORKON_HOME", home.to_str().unwrap()), ("HOME", "/h"), ("VIRTUAL_ENV", active)];
            let context = Context::made_of(&variables);
            let words = [&["setvirtualenvproject"], words].concat();
            SetVirtualenvProject::try_parse_from(words).unwrap().run(&Session {
                context: &context,
                shell: None,
                is_interactive: false,
                previous: None,
            })
        }

        /// What the `.project` files say, below the room.
        fn links(&self) -> Vec<Option<String>> {
            let read = |directory: &str| fs::read_to_string(self.at(directory).join(".project")).ok();
            ["envs", "envs/x", "else where/x"].map(read).to_vec()
        }
    }

    #[test]
    fn an_environment_goes_by_its_name_or_its_path() {
        let room = Room::new();
        let project = room.at("it's a $project");
        let text = Some(format!("{}\n", project.display()));
        let typed = format!("{}/../it's a $project/", project.display());
        room.call("", &["x", &typed]).unwrap();
        assert_eq!(room.links(), [None, text.clone(), None]);
        room.call("", &[room.at("else where/x").to_str().unwrap(), project.to_str().unwrap()]).unwrap();
        assert_eq!(room.links(), [None, text.clone(), text]);
    }

    #[test]
    fn what_is_wrong_writes_nothing_anywhere() {
        let room = Room::new();
        let project = room.at("it's a $project").to_str().unwrap().to_owned();
        assert!(matches!(room.call("", &[]), Err(Error::NoneActive)));
        assert!(matches!(room.call("/gone", &[]), Err(Error::LostActive { .. })));
        // An unset variable, most likely: not meant to be the active one, nor this directory.
        for words in [["setvirtualenvproject", "", &project], ["setvirtualenvproject", "x", ""]] {
            assert!(SetVirtualenvProject::try_parse_from(words).is_err());
        }
        assert!(
            matches!(room.call("", &["X", &project]), Err(Error::NoVirtualenv { nearest, .. }) if nearest == ["x"])
        );
        assert!(matches!(room.call("", &["..", &project]), Err(Error::NoVirtualenv { .. })));
        assert!(matches!(room.call("", &[&project, &project]), Err(Error::NoVirtualenv { .. })));
        assert!(matches!(room.call("", &["x", "/gone"]), Err(Error::NoDirectory { .. })));
        let file = room.at("envs/x/pyvenv.cfg").to_str().unwrap().to_owned();
        assert!(matches!(room.call("", &["x", &file]), Err(Error::NoDirectory { .. })));
        let broken = room.at("a\nb");
        fs::create_dir(&broken).unwrap();
        assert!(room.call("", &["x", broken.to_str().unwrap()]).is_err());
        assert_eq!(room.links(), [None, None, None]);
    }

    #[test]
    fn without_words_it_is_the_active_one_and_this_directory() {
        let room = Room::new();
        room.call(room.at("envs/x").to_str().unwrap(), &[]).unwrap();
        let here = Context::made_of(&[]).working_directory().unwrap();
        assert_eq!(room.links(), [None, Some(format!("{}\n", here.display())), None]);
    }
}
