//! `mkproject`: make a project directory, an environment, and the link between them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;
use serde::Serialize;

use super::creation::{Creation, Options};
use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::context::shell_status;
use crate::directories;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, ProjectError, Result};
use crate::hooks;
use crate::output::{self, Column, Table};
use crate::project;
use crate::shown::shown;
use crate::templates::{TemplateRow, Templates};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Create a project directory and its environment
///
/// The directory is created in PROJECT_HOME, and the environment is linked to it.
#[derive(Debug, Parser)]
#[command(
    name = "mkproject",
    after_help = "\
Examples:
  mkproject api                       create PROJECT_HOME/api and the environment api
  mkproject -f api                    use the directory if it exists
  mkproject -t django api             fill it from a template
  mkproject -t copier:gh:me/web api   fill it from a copier template
  mkproject --list-templates          list the templates

Templates are programs in VIRTUALENVWRAPPER_HOOK_DIR/templates, called with the name and the
directory; directories there, which are copied; sources of copier and cookiecutter; and plugins
(virtualenvwrapper.project.template) of the Python that VIRTUALENVWRAPPER_PYTHON names."
)]
pub(crate) struct MkProject {
    /// Name of the project and of the environment
    #[arg(required_unless_present = "list_templates")]
    name: Option<OsString>,
    /// Use the project directory if it exists
    #[arg(short, long)]
    force: bool,
    /// Fill the project from this template; may be repeated
    #[arg(short, long, value_name = "TEMPLATE")]
    template: Vec<OsString>,
    /// List the templates that -t takes
    #[arg(long, conflicts_with_all = ["name", "template"])]
    list_templates: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list_templates")]
    json: bool,
    #[command(flatten)]
    options: Options,
}

/// The JSON of the templates.
#[derive(Debug, Serialize)]
struct List {
    templates: Vec<TemplateRow>,
}

impl Verb for MkProject {
    /// Help ends with the templates, as in virtualenvwrapper.
    fn instead(end: &clap::Error, session: &Session<'_>) -> Option<Result<Outcome>> {
        (end.kind() == ErrorKind::DisplayHelp).then(|| {
            let list = list(session, false)?;
            // The heading takes the place of the table's own.
            let rows = list.split_inclusive(|byte| *byte == b'\n').skip(1);
            let rows: Vec<u8> = rows.flat_map(|row| [b"  ", row].concat()).collect();
            output::data(&[super::rendered(end).as_bytes(), b"\nAvailable templates:\n", &rows].concat())?;
            Ok(Outcome::Done)
        })
    }

    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if self.list_templates {
            output::data(&list(session, self.json)?)?;
            return Ok(Outcome::Done);
        }
        let above = project_home(session)?;
        let typed = self.name.unwrap_or_default();
        let name = EnvironmentName::new(&typed)?;
        let directory = above.join(name.as_os_str());
        if !self.force && fs::symlink_metadata(&directory).is_ok() {
            return Err(ProjectError::Exists { name: typed, directory }.into());
        }
        let creation = Creation::prepare(session, &typed, &self.options)?.with_sources(&directory);
        let mut templates = Vec::new();
        for word in &self.template {
            templates.push(templates_of(session, &creation.home)?.find(word)?.word().to_owned());
        }
        let environment = creation.make_or_keep(&[])?;
        let mut entered = creation.enter(&environment)?;
        let hooks = session.hooks(&creation.home)?;
        for file in hooks.files(hooks::POSTMKVIRTUALENV, None) {
            entered.plan.push(Step::Source(file));
        }
        let finish = Finish { name: typed, templates };
        if session.shell.is_none() {
            let status = finish.make(session)?.1;
            return Ok(Outcome::Plan(entered.plan, entered.status.max(status)));
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
        let (plan, status) = self.make(session)?;
        Ok(Outcome::Plan(plan, status))
    }
}

impl Finish {
    /// Makes the directory and fills it. A template that fails is told, and is the status; what
    /// there is stays.
    fn make(&self, session: &Session<'_>) -> Result<(Plan, u8)> {
        let home = session.workon_home()?;
        let hooks = session.hooks(&home)?;
        let environment = home.get(&EnvironmentName::existing(&self.name)?)?;
        let directory = project_home(session)?.join(&self.name);
        hooks.run(hooks::PREMKPROJECT, None, &[&self.name], None);
        output::data(format!("Creating {}\n", shown(&directory)).as_bytes())?;
        fs::create_dir_all(&directory).map_err(Error::io("create", &directory))?;
        link(session, &environment, &directory)?;
        let mut status = 0;
        for word in &self.templates {
            let word_shown = shown(word);
            output::data(format!("\nApplying template {word_shown}\n").as_bytes())?;
            let templates = templates_of(session, &home)?;
            match templates.find(word).and_then(|template| templates.apply(&template, &self.name, &directory)) {
                Ok(ended) if ended.is_none_or(|ended| ended.success()) => continue,
                Ok(ended) => {
                    let code = ended.map_or(1, shell_status);
                    output::note(&format!("template {word_shown} failed with status {code}"));
                }
                Err(error) => output::report(&error),
            }
            status = 1;
        }
        let mut plan = Plan::of(Step::ChangeDirectory(directory));
        hooks.files(hooks::POSTMKPROJECT, None).into_iter().map(Step::Source).for_each(|step| plan.push(step));
        Ok((plan, status))
    }
}

/// The names that Tab can offer for `-t`.
pub(crate) fn template_names(session: &Session<'_>) -> Result<Vec<OsString>> {
    Ok(templates_of(session, &WorkonHome::locate(session.context)?)?.local_names())
}

fn templates_of<'a>(session: &'a Session<'_>, home: &WorkonHome) -> Result<Templates<'a>> {
    Ok(Templates::of(session.context, &session.hooks(home)?, home))
}

const COLUMNS: &[Column] = &[Column::shrinking("template"), Column::shrinking("description")];

/// The templates, a line each with a description, or as JSON.
fn list(session: &Session<'_>, as_json: bool) -> Result<Vec<u8>> {
    let (templates, wrong) = templates_of(session, &WorkonHome::locate(session.context)?)?.list();
    if let Some(wrong) = wrong {
        output::report(&wrong);
    }
    if as_json {
        return super::json::document(&List { templates });
    }
    let mut table = Table::new(COLUMNS);
    for TemplateRow { name, description, .. } in templates {
        table.push([name, description]);
    }
    Ok(table.text().into_bytes())
}

/// Writes the link and says so.
fn link(session: &Session<'_>, environment: &Environment, directory: &Path) -> Result<()> {
    project::link(environment, session.context, directory)?;
    let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(directory));
    output::data(text.as_bytes())
}

/// PROJECT_HOME, which is never made here.
fn project_home(session: &Session<'_>) -> Result<PathBuf> {
    let Some(directory) = directories::named_by(session.context, env_vars::PROJECT_HOME)? else {
        return Err(ProjectError::NoHome.into());
    };
    if directory.is_dir() {
        return Ok(directory);
    }
    Err(ProjectError::MissingHome { directory }.into())
}
