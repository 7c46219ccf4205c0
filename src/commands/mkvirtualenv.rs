//! `mkvirtualenv`: make an environment and enter it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb, workon};
use crate::config::{Config, Link};
use crate::creator::virtualenv::{self, HandOver};
use crate::creator::{self, Created, Request};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::installer::{self, Packages};
use crate::interpreter::{self, Interpreter};
use crate::output::{self, Progress};
use crate::project;
use crate::seed::{LinkMode, Planting, Seed};
use crate::shell::standalone;
use crate::shown::shown;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::{Building, WorkonHome};

/// Make a virtual environment and enter it
///
/// The environment appears whole or not at all. One that exists already is entered as it is; nothing in it is
/// rewritten.
#[derive(Debug, Parser)]
#[command(
    name = "mkvirtualenv",
    after_help = "Examples:\n  mkvirtualenv projectx                 with the python3 on PATH\n  mkvirtualenv -p 3.8 old \
                  \x20             with Python 3.8\n  mkvirtualenv -i requests -i rich api  and install these\n  \
                  mkvirtualenv -r requirements.txt api  and install what the file lists\n  mkvirtualenv -a ~/src/api \
                  api         and link it to a project"
)]
pub(crate) struct MkVirtualenv {
    /// Name of the environment
    name: OsString,
    /// Python to use: a version (`3.12`), a command or a path
    #[arg(short, long, value_name = "PYTHON", value_hint = clap::ValueHint::ExecutablePath)]
    python: Option<OsString>,
    /// Let it see the packages of its Python as well
    #[arg(long)]
    system_site_packages: bool,
    /// Leave out pip
    #[arg(long, visible_alias = "no-pip")]
    without_pip: bool,
    /// Text for the prompt instead of the name
    #[arg(long, value_name = "TEXT")]
    prompt: Option<OsString>,
    /// Link it to this project directory: workon will change there
    #[arg(short = 'a', value_name = "PROJECT", value_hint = clap::ValueHint::DirPath)]
    project: Option<PathBuf>,
    /// Install a package; may be repeated
    #[arg(short, long = "install", value_name = "PACKAGE")]
    install: Vec<OsString>,
    /// Install what a requirements file lists; may be repeated
    #[arg(short, long = "requirement", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    requirement: Vec<PathBuf>,
    /// Replace an environment of that name; the old one can be brought back
    #[arg(long)]
    clear: bool,
}

impl Verb for MkVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if self.prompt.as_ref().is_some_and(|text| text.to_string_lossy().chars().any(char::is_control)) {
            let reason = "it has a control character in it, which every prompt would obey".to_owned();
            return Err(Error::Value { what: "--prompt".to_owned(), reason });
        }
        let making = Making {
            session,
            name: EnvironmentName::new(&self.name)?,
            project: self.project.as_deref().map(|directory| project_at(session, directory)).transpose()?,
            config: session.config()?,
            home: session.workon_home()?,
        };
        let packages = self.packages(session)?;
        let environment = match making.home.find(&making.name)? {
            Some(environment) if !self.clear => self.keep(&making, environment)?,
            existing => self.make(&making, existing.as_ref())?,
        };
        if let Some(project) = &making.project {
            let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(project));
            output::data(text.as_bytes())?;
        }
        // From here on the environment stays, whatever happens: it is entered, and the person can go on from there.
        let status = match installer::install(session.context, &environment, making.config.installer, &packages) {
            Ok(()) => 0,
            Err(error) => {
                output::report(&error);
                1
            }
        };
        Ok(Outcome::Plan(workon::enter(session, &environment, workon::follows_project(session, false, false))?, status))
    }
}

impl MkVirtualenv {
    /// What to install; the files must be there before anything is made.
    fn packages(&self, session: &Session<'_>) -> Result<Packages> {
        let mut files = Vec::new();
        for file in &self.requirement {
            let file = session.context.absolute_path(file)?;
            std::fs::metadata(&file).map_err(Error::io("read", &file))?;
            files.push(file);
        }
        Ok(Packages { files, requirements: self.install.clone() })
    }

    /// An environment that exists is left as it is, but for the link to a project where one was asked for.
    fn keep(&self, making: &Making<'_>, environment: Environment) -> Result<Environment> {
        environment.check_python()?;
        if self.python.is_some() {
            let asked = interpreter::find(making.session.context, self.python.as_deref())?;
            let has = environment.version().unwrap_or_else(|| "another python".to_owned());
            if has != asked.version.to_string() {
                let asked = format!("{} ({})", asked.version, making.session.shown(&asked.executable));
                return Err(Error::OtherPython { name: environment.name().to_owned(), has, asked });
            }
        }
        link_project(making, &environment)?;
        output::note(&format!("environment `{}` exists; nothing in it was rewritten", shown(environment.name())));
        Ok(environment)
    }

    /// Makes it, in place of `existing` if there is one.
    fn make(&self, making: &Making<'_>, existing: Option<&Environment>) -> Result<Environment> {
        let Making { session, home, name, .. } = making;
        if let Some(existing) = existing {
            // Said before the work, and again by the removal itself.
            if session.active_root().is_some_and(|active| crate::fs::is_same(active, existing.root())) {
                return Err(Error::Active { name: existing.name().to_owned() });
            }
        }
        let interpreter = interpreter::find(session.context, self.python.as_deref())?;
        if let Some(program) = virtualenv::creator(session.context, &interpreter)? {
            let removed = existing.map(|_| home.remove(name, session.active_root())).transpose()?;
            return self.hand_over(making, &program, &interpreter).inspect_err(|_| {
                // Another program failed where ours stood; what is told is its failure.
                let _ = removed.map(|removed| home.restore(Some(&removed.name)));
            });
        }
        let (building, with) = self.build(making, &interpreter)?;
        let environment = match existing {
            Some(_) => home.replace(building, name, session.active_root())?,
            None => home.publish(building, name)?,
        };
        let Interpreter { implementation, version, .. } = &interpreter;
        output::note(&format!("Created `{}` with {implementation} {version} and {with}", shown(name.as_os_str())));
        Ok(environment)
    }

    /// Writes it to a hidden place, and says what is in it.
    fn build(&self, making: &Making<'_>, interpreter: &Interpreter) -> Result<(Building, String)> {
        let Making { session, home, name, .. } = making;
        let building = home.start_building()?;
        let root = home.path().join(name.as_os_str());
        let prompt = self.prompt.as_deref().unwrap_or(name.as_os_str());
        let request = Request {
            interpreter,
            directory: building.path(),
            root: &root,
            system_site_packages: self.system_site_packages,
            prompt: self.prompt.as_deref(),
            scripts: &standalone::scripts(&root, prompt),
        };
        let created = creator::create(&request)?;
        if let Some(project) = &making.project {
            let file = project::file(building.path(), session.context);
            std::fs::write(&file, project::link_text(project)?).map_err(Error::io("write", file))?;
        }
        if self.without_pip {
            let packages = created.site_packages;
            std::fs::create_dir(&packages).map_err(Error::io("create", &packages))?;
            return Ok((building, "no pip".to_owned()));
        }
        let with = plant(making, &request, &created)?;
        Ok((building, with))
    }

    /// Lets another program make it, in its place.
    fn hand_over(&self, making: &Making<'_>, program: &Path, interpreter: &Interpreter) -> Result<Environment> {
        let root = making.home.path().join(making.name.as_os_str());
        let asked = HandOver {
            python: &interpreter.base_executable,
            system_site_packages: self.system_site_packages,
            without_pip: self.without_pip,
            prompt: self.prompt.as_deref(),
        };
        virtualenv::create(making.session.context, program, &asked, &root)?;
        let environment = making.home.get(&making.name)?;
        link_project(making, &environment)?;
        Ok(environment)
    }
}

/// What a creation works with.
struct Making<'a> {
    session: &'a Session<'a>,
    config: Config,
    home: WorkonHome,
    name: EnvironmentName,
    project: Option<PathBuf>,
}

fn link_project(making: &Making<'_>, environment: &Environment) -> Result<()> {
    let Some(project) = &making.project else { return Ok(()) };
    let file = project::file(environment.root(), making.session.context);
    crate::fs::write_whole(&file, &project::link_text(project)?)
}

/// The setting, as `seed` takes it.
pub(super) fn link_mode(config: &Config) -> LinkMode {
    match config.link {
        Link::Auto => LinkMode::Auto,
        Link::Copy => LinkMode::Copy,
    }
}

/// Puts the packages in, says which, and has the next ones prepared.
fn plant(making: &Making<'_>, request: &Request<'_>, created: &Created) -> Result<String> {
    let Making { session, config, home, .. } = making;
    let seed = Seed::for_interpreter(session.context, request.interpreter, link_mode(config), &home.pool())?;
    let progress = seed.needs_building().then(|| Progress::start(format!("Preparing {} (once)", seed.described())));
    seed.plant(&Planting {
        site_packages: &created.site_packages,
        bin: &request.directory.join("bin"),
        final_bin: &request.root.join("bin"),
    })?;
    drop(progress);
    if !seed.is_stocked() {
        let python = request.interpreter.executable.as_os_str();
        let words = [OsStr::new("background"), OsStr::new("stage"), home.path().as_os_str(), python];
        session.context.start_in_background(&words);
    }
    Ok(seed.described())
}

fn project_at(session: &Session<'_>, directory: &Path) -> Result<PathBuf> {
    let directory = session.context.absolute_path(directory)?;
    if directory.is_dir() {
        return Ok(directory);
    }
    let reason = format!("{} is not a directory", session.shown(&directory));
    Err(Error::Value { what: "-a".to_owned(), reason })
}
