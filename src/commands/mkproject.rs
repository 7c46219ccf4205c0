//! `mkproject`: make a project directory, an environment, and the link between them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::creation::{Creation, Options};
use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::directories;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::hooks;
use crate::output;
use crate::project;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Make a project: its directory below PROJECT_HOME, and an environment linked to it
#[derive(Debug, Parser)]
#[command(
    name = "mkproject",
    after_help = "Examples:\n  mkproject api                 make PROJECT_HOME/api and the environment api\n  mkproject -f api \
                  \x20             use the directory if it is there\n  mkproject -t django api       and fill it from a \
                  template\n\nTemplates are programs in VIRTUALENVWRAPPER_HOOK_DIR/templates, called with the name and \
                  the directory,\nor directories there, which are copied."
)]
pub(crate) struct MkProject {
    /// Name of the project and of the environment
    name: OsString,
    /// Use the project directory if it exists
    #[arg(short, long)]
    force: bool,
    /// Fill the project from this template; may be repeated
    #[arg(short, long, value_name = "TEMPLATE")]
    template: Vec<OsString>,
    #[command(flatten)]
    options: Options,
}

impl Verb for MkProject {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let above = project_home(session)?;
        let name = EnvironmentName::new(&self.name)?;
        let directory = above.join(name.as_os_str());
        if !self.force && fs::symlink_metadata(&directory).is_ok() {
            return Err(Error::Value {
                what: "mkproject".to_owned(),
                reason: format!("{} already exists, -f uses it", session.shown(&directory)),
            });
        }
        let creation = Creation::prepare(session, &self.name, &self.options)?;
        for template in &self.template {
            find_template(session, &creation.home, template)?;
        }
        let environment = creation.make_or_keep(&[])?;
        let mut entered = creation.enter(&environment)?;
        let hooks = session.hooks(&creation.home)?;
        for file in hooks.files(hooks::POSTMKVIRTUALENV, None) {
            entered.plan.push(Step::Source(file));
        }
        let finish = Finish { name: self.name, templates: self.template };
        if session.shell.is_none() {
            finish.run(session)?;
            return Ok(Outcome::Plan(entered.plan, entered.status));
        }
        let mut words = vec![OsString::from("finish-project")];
        words.extend(finish.templates.iter().flat_map(|template| [OsString::from("-t"), template.clone()]));
        words.extend([OsString::from("--"), finish.name]);
        entered.plan.push(Step::Continue(words));
        Ok(Outcome::Plan(entered.plan, entered.status))
    }
}

/// The second half of `mkproject`, once the environment is entered. Not meant to be typed.
#[derive(Debug, Parser)]
#[command(name = "finish-project", hide = true)]
pub(crate) struct Finish {
    /// Name of the project and of the environment
    name: OsString,
    /// Template
    #[arg(short = 't')]
    templates: Vec<OsString>,
}

impl Verb for Finish {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let hooks = session.hooks(&home)?;
        let environment = home.get(&EnvironmentName::existing(&self.name)?)?;
        let directory = project_home(session)?.join(&self.name);
        hooks.run(hooks::PREMKPROJECT, None, &[&self.name], None);
        output::data(format!("Creating {}\n", shown(&directory)).as_bytes())?;
        fs::create_dir_all(&directory).map_err(Error::io("create", &directory))?;
        link(session, &environment, &directory)?;
        for template in &self.templates {
            apply(session, &home, template, &self.name, &directory)?;
        }
        let mut plan = Plan::of(Step::ChangeDirectory(directory));
        hooks.files(hooks::POSTMKPROJECT, None).into_iter().map(Step::Source).for_each(|step| plan.push(step));
        Ok(Outcome::Plan(plan, 0))
    }
}

/// Writes the link and says so.
fn link(session: &Session<'_>, environment: &Environment, directory: &Path) -> Result<()> {
    project::link(environment, session.context, directory)?;
    let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(directory));
    output::data(text.as_bytes())
}

/// PROJECT_HOME, which is never made here.
fn project_home(session: &Session<'_>) -> Result<PathBuf> {
    let wrong = |reason: String| Error::Value { what: env_vars::PROJECT_HOME.to_owned(), reason };
    let Some(directory) = directories::named_by(session.context, env_vars::PROJECT_HOME)? else {
        return Err(wrong("set it to the directory that holds your projects".to_owned()));
    };
    if directory.is_dir() {
        return Ok(directory);
    }
    Err(wrong(format!("directory {} does not exist", session.shown(&directory))))
}

/// A template of that name: a program or a directory.
fn find_template(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<PathBuf> {
    let name = EnvironmentName::existing(name)?;
    let templates = session.hooks(home)?.directory().join("templates");
    let template = templates.join(name.as_os_str());
    if template.try_exists().unwrap_or(false) {
        return Ok(template);
    }
    let reason = format!("none of that name in {}", session.shown(&templates));
    Err(Error::Value { what: format!("template `{}`", shown(name.as_os_str())), reason })
}

fn apply(session: &Session<'_>, home: &WorkonHome, name: &OsStr, project: &OsStr, directory: &Path) -> Result<()> {
    let template = find_template(session, home, name)?;
    output::data(format!("\nApplying template {}\n", shown(name)).as_bytes())?;
    if template.is_dir() {
        return copy_into(&template, directory);
    }
    let mut command = session.context.command(&template);
    command.arg(project).arg(directory).current_dir(directory);
    let status = command.status().map_err(Error::io("run", &template))?;
    if !status.success() {
        output::note(&format!("template {} ended with status {}", shown(name), status.code().unwrap_or(1)));
    }
    Ok(())
}

/// Copies what is in `from`; what the project has already stays.
fn copy_into(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
        let entry = entry.map_err(Error::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let is_there = fs::symlink_metadata(&target).is_ok();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !is_there {
                fs::create_dir(&target).map_err(Error::io("create", &target))?;
            }
            copy_into(&source, &target)?;
        } else if !is_there {
            reflink_copy::reflink_or_copy(&source, &target).map_err(Error::io("write", &target))?;
        }
    }
    Ok(())
}
