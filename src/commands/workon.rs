//! `workon`: activate an environment, or list the names.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::brought::Brought;
use super::here::Found;
use super::{Outcome, Session, Verb, cpvirtualenv, doctor, elsewhere, healing, here, picker};
use crate::activation::{OwnVariables, Plan, Step, Surroundings, Target};
use crate::context::Context;
use crate::elsewhere::Places;
use crate::env_vars;
use crate::environment::Environment;
use crate::environment::appended::{appended_in, needs_its_file, script};
use crate::environment::origin::Origin;
use crate::error::{Error, Result};
use crate::health::{self, Symptom};
use crate::hooks::{self, Hooks};
use crate::keepsake::{self, Timestamps};
use crate::output;
use crate::project;
use crate::relocate;
use crate::shell::Shell;
use crate::shown::{shown, typed_path};
use crate::tmpenv;
use crate::trust::{self, TrustState};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Activate a virtual environment in this shell
///
/// The active environment is deactivated first. If the new one is linked to a project, workon also
/// changes to the project's directory. Without a name, the environments are listed.
///
/// `.` is the environment of the current project. From this directory upward, workon takes the
/// first environment that is linked to the directory, that pipenv uses for it, or that its .venv
/// points to; else the environment named like this directory; else the one another tool keeps for
/// the project. If the project was moved here, workon offers to link its environment to it again.
/// `-` is the environment that was active before in this shell.
///
/// The beginning of a name is enough at a prompt, if no other name begins like that.
///
/// If WORKON_HOME has no environment of that name, workon looks at those of pipenv, poetry, hatch,
/// conda, pyenv-virtualenv, scoop-uv, and uv, and at the .venv of known projects; `lsvirtualenv
/// --all` lists them. If several match, the error lists the unambiguous names.
#[derive(Debug, Parser)]
#[command(
    name = "workon",
    after_help = "\
Examples:
  workon projectx      activate projectx
  workon -n projectx   activate it and stay in this directory
  workon .             activate the environment of the current project
  workon -i            choose one from a list
  workon -             go back to the environment that was active before
  workon poetry:shop   activate the environment that poetry keeps for shop
  workon               list the environments (status 1, as in virtualenvwrapper)"
)]
pub(crate) struct Workon {
    /// Name of the environment, or its beginning; `.` for the current project, `-` for the previous
    /// environment
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// Choose the environment from a list, with fzf if it is installed
    #[arg(short, long, conflicts_with = "name")]
    interactive: bool,
    /// Change to the linked project, whatever VIRTUALENVWRAPPER_WORKON_CD says
    #[arg(short = 'c', long = "cd", overrides_with = "no_cd")]
    cd: bool,
    /// Stay in this directory
    #[arg(short = 'n', long = "no-cd")]
    no_cd: bool,
}

impl Verb for Workon {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let picked;
        let name = match &self.name {
            Some(name) => name,
            None if self.interactive || session.has_prompt() && session.config()?.picker => {
                session.require_shell("workon")?;
                if !Context::can_ask() {
                    return Err(Error::NoTerminal);
                }
                picked = picker::pick(session, &home)?;
                let Some(name) = &picked else { return Ok(Outcome::Status(130)) };
                name
            }
            None => {
                super::lsvirtualenv::print_names(&home)?;
                return Ok(Outcome::Status(1));
            }
        };
        session.require_shell("workon")?;
        let follow = follows_project(session, self.cd, self.no_cd);
        let found = if name == OsStr::new(".") {
            here::for_workon(session, &home)?
        } else {
            Found::Environment(typed(session, &home, name)?)
        };
        match found {
            Found::Environment(environment) => activate(session, &home, environment, follow),
            Found::Copy { source, copy } => cpvirtualenv::activate_copy(session, &home, &source, &copy, follow),
        }
    }
}

/// Activates an environment, after a look at what will not work inside.
pub(super) fn activate(
    session: &Session<'_>,
    home: &WorkonHome,
    environment: Environment,
    follow: bool,
) -> Result<Outcome> {
    let mut environment = healing::with_python(session, environment)?;
    let mut symptom = health::at_a_glance(&environment);
    if matches!(symptom, Some((_, Symptom::PythonReplaced { .. }))) {
        environment = healing::with_own_version(session, environment);
        symptom = health::at_a_glance(&environment);
    }
    if let Some(symptom) = symptom {
        doctor::warn(session, home, &environment, symptom);
    }
    // In another tool's environment, that tool installs the packages.
    if environment.origin() == Origin::Store
        && let Some(symptom) = health::borrowed_pip(&environment)
        && home.is_first_time(environment.root())
    {
        doctor::warn(session, home, &environment, symptom);
    }
    tmpenv::join(&environment);
    Ok(Outcome::Plan(enter(session, home, &environment, follow)?, 0))
}

/// The lines that the user appended to `bin/activate`. Also reports a script that was written for
/// another path.
fn appended(session: &Session<'_>, home: &WorkonHome, environment: &Environment) -> Result<Option<Vec<u8>>> {
    let Some(text) = script(&environment.bin().join("activate"))? else { return Ok(None) };
    if let Some(from) = relocate::named_elsewhere(&text, environment.root()) {
        let symptom = Symptom::Moved { from, can_rewrite: true };
        doctor::warn(session, home, environment, (environment.root().to_path_buf(), symptom));
    }
    Ok(appended_in(&text))
}

/// The environment of that name, or the current project's for `.`. Other tools' environments are
/// searched only if WORKON_HOME has none of the name.
pub(super) fn environment(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    if name == OsStr::new(".") { here::environment(session, home) } else { elsewhere::get(session, home, name) }
}

/// The environment that was typed at a prompt: also `-`, and the beginning of a name.
fn typed(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    if name == OsStr::new("-") {
        return previous(session, home);
    }
    let error = match environment(session, home, name) {
        Err(error @ Error::UnknownEnvironment { .. }) => error,
        found => return found,
    };
    if name.is_empty() || !session.config()?.prefix.unwrap_or_else(|| session.has_prompt()) {
        return Err(error);
    }
    let [whole] = &home.names_with(name.as_bytes())?[..] else { return Err(error) };
    home.get(&EnvironmentName::existing(whole)?)
}

/// The environment that was active before in this shell.
fn previous(session: &Session<'_>, home: &WorkonHome) -> Result<Environment> {
    let root = session.previous.ok_or(Error::NoPrevious)?;
    let name = root.file_name().unwrap_or_default();
    if root.parent() == Some(home.path()) {
        return home.get(&EnvironmentName::existing(name)?);
    }
    Places::beside(session.context, home).at(root).ok_or_else(|| home.unknown(root.as_os_str()))
}

/// Whether activation changes to the project: by the last option, else by
/// VIRTUALENVWRAPPER_WORKON_CD, where only `1` is a yes. Loading the functions sets it to `1`, so
/// an empty value is a no.
pub(super) fn follows_project(session: &Session<'_>, cd: bool, no_cd: bool) -> bool {
    let setting = session.context.variable(env_vars::VIRTUALENVWRAPPER_WORKON_CD);
    cd || (!no_cd && setting.is_some_and(|value| value == "1"))
}

/// The plan that activates an environment, with hooks.
pub(super) fn enter(session: &Session<'_>, home: &WorkonHome, environment: &Environment, follow: bool) -> Result<Plan> {
    let hooks = session.hooks(home)?;
    let is_of_store = environment.origin() == Origin::Store;
    let saved = is_of_store.then(|| restore(session, home, environment)).transpose()?;
    // Read the environment again if it was changed.
    let again = if matches!(saved, Some((_, true))) { Environment::open(environment.root())? } else { None };
    let environment = again.as_ref().unwrap_or(environment);
    let project = project_directory(session, environment)?;
    if let Some((timestamps, _)) = saved {
        timestamps.refresh(home, environment, project.is_some(), session.context);
    }
    let brought = Brought::of(session, environment)?;
    let own = elsewhere::OwnFiles::of(session, &hooks, environment, &brought)?;
    let mut after = own.entering;
    if let Some(project) = &project {
        after.extend(project_hook(session, &hooks, project)?);
    }
    let of_person = hooks.files(hooks::POSTACTIVATE, Some(environment.root()).filter(|_| is_of_store));
    after.extend(of_person.into_iter().map(Step::Source));
    after.extend(own.entered);
    let appended = if is_of_store { appended(session, home, environment)? } else { own.appended };
    let own_variables = home.variables_of(environment);
    let uv_project = project.clone().filter(|_| own_variables.uv);
    let around = Surroundings {
        before: hooks.words(hooks::PREACTIVATE, environment),
        follow,
        directory: project.filter(|_| follow),
        appended: runnable(session, environment, appended),
        after,
        later: own.leaving,
    };
    // Without a shell, nothing is activated.
    if session.shell.is_some() {
        home.record_use(environment);
    }
    Ok(Plan::switch(target(&hooks, environment, own_variables, uv_project, brought), around))
}

/// Restores and reports what another tool removed by recreating the environment. Returns the ages
/// of what is kept, and whether anything was restored.
pub(super) fn restore(
    session: &Session<'_>,
    home: &WorkonHome,
    environment: &Environment,
) -> Result<(Timestamps, bool)> {
    let timestamps = Timestamps::of(home, environment);
    if let Some(restored) = keepsake::restore(timestamps, home, environment, session.context)? {
        output::note(&format!(
            "another tool recreated `{}`; restored its {}",
            shown(environment.name()),
            restored.join(", ")
        ));
        return Ok((Timestamps::of(home, environment), true));
    }
    Ok((timestamps, false))
}

/// The active environment, to be changed. What another tool removed by recreating it while it was
/// active is restored first: the change must not hide that.
pub(super) fn active_restored(session: &Session<'_>) -> Result<Environment> {
    let environment = session.active_unlocked()?;
    match WorkonHome::locate(session.context) {
        Ok(home) if restore(session, &home, &environment)?.1 => session.active_unlocked(),
        _ => Ok(environment),
    }
}

/// The appended lines, unless they work only in a sourced file or would end the shell; those are
/// reported.
fn runnable(session: &Session<'_>, environment: &Environment, lines: Option<Vec<u8>>) -> Option<Vec<u8>> {
    let lines = lines?;
    let Some(word) = needs_its_file(&lines) else { return Some(lines) };
    // Other shells never run them.
    if session.shell.is_some_and(Shell::reads_sh) {
        let activate = session.shown(&environment.bin().join("activate"));
        let hook = session.shown(&environment.bin().join("postactivate"));
        output::note(&format!(
            "{activate}: the lines at its end use `{word}` and were not run; move them to {hook}, which is sourced"
        ));
    }
    None
}

/// What the plan needs to know to activate an environment.
pub(super) fn target(
    hooks: &Hooks<'_>,
    environment: &Environment,
    own: OwnVariables,
    uv_project: Option<PathBuf>,
    brought: Brought,
) -> Target {
    Target {
        own,
        uv_project,
        root: environment.root().to_path_buf(),
        prompt: environment.prompt(),
        hooks: hooks.directory().to_path_buf(),
        elsewhere: elsewhere::entry(environment, brought),
    }
}

/// The project's own `postactivate`, if its content is trusted; otherwise it is reported.
fn project_hook(session: &Session<'_>, hooks: &Hooks<'_>, project: &Path) -> Result<Option<Step>> {
    let Some(file) = hooks.file_in(&project.join(trust::PROJECT_HOOKS), hooks::POSTACTIVATE) else { return Ok(None) };
    if let TrustState::Trusted(text) = trust::state_of(session.context, &file)? {
        return Ok(Some(Step::Text(text)));
    }
    let (file, project) = (session.shown(&file), typed_path(project, session.context.home()));
    output::note(&format!("{file} is not trusted and was not sourced; look at it, then `venvwrap trust {project}`"));
    Ok(None)
}

/// The project's directory. A missing one is reported and does not prevent activation.
fn project_directory(session: &Session<'_>, environment: &Environment) -> Result<Option<PathBuf>> {
    let Some(project) = project::of(environment, session.context)? else {
        return Ok(None);
    };
    let project = session.context.absolute_path(&project)?;
    if project.is_dir() {
        return Ok(Some(project));
    }
    output::note(&format!("the project directory {} does not exist", session.shown(&project)));
    Ok(None)
}
