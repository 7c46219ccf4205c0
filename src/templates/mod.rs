//! Project templates: what `mkproject -t` accepts, and how a template fills a project.
//!
//! Owns the four kinds: directories and programs in the hook directory's `templates`, sources of
//! copier and cookiecutter (`generator`), and plugins of virtualenvwrapper (`plugin`).

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use serde::Serialize;

use crate::context::Context;
use crate::error::{Error, ProjectError, Result};
use crate::fs::entries_in;
use crate::hooks::Hooks;
use crate::shown::{shown, shown_path};
use crate::sorting;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::{EnvironmentName, nearest};

mod generator;
mod plugin;

use generator::Generator;
use plugin::Plugins;

/// Their directory in the hook directory.
pub(crate) const DIRECTORY: &str = "templates";

/// The templates available to the user.
#[derive(Debug)]
pub(crate) struct Templates<'a> {
    context: &'a Context,
    store: PathBuf,
    directory: PathBuf,
}

/// An existing template.
#[derive(Debug)]
pub(crate) struct Template {
    /// The argument of `-t`, independent of the working directory.
    word: OsString,
    kind: TemplateKind,
}

#[derive(Debug)]
enum TemplateKind {
    Directory(PathBuf),
    Program(PathBuf),
    Generator(Generator, OsString),
    Plugin,
}

/// A row of `mkproject --list-templates`.
#[derive(Debug, Serialize)]
pub(crate) struct TemplateRow {
    /// The argument of `-t`.
    pub(crate) name: String,
    /// `directory`, `program`, `plugin` or `generator`.
    pub(crate) kind: &'static str,
    pub(crate) description: String,
}

impl Template {
    /// An argument of `-t` that works from every directory.
    pub(crate) fn word(&self) -> &OsStr {
        &self.word
    }
}

impl<'a> Templates<'a> {
    /// Reads nothing yet.
    pub(crate) fn of(context: &'a Context, hooks: &Hooks<'_>, home: &WorkonHome) -> Self {
        Self { context, store: home.path().to_path_buf(), directory: hooks.directory().join(DIRECTORY) }
    }

    /// Finds a template: a copier or cookiecutter source, a file in `templates`, or a plugin.
    pub(crate) fn find(&self, word: &OsStr) -> Result<Template> {
        if let Some((generator, source)) = Generator::read(word) {
            let source = generator.check(self.context, source)?;
            let mut word = OsString::from(format!("{}:", generator.name()));
            word.push(&source);
            return Ok(Template { word, kind: TemplateKind::Generator(generator, source) });
        }
        let name = EnvironmentName::existing(word)?;
        let file = self.directory.join(name.as_os_str());
        let kind = match fs::metadata(&file) {
            Ok(entry) if entry.is_dir() => TemplateKind::Directory(file),
            Ok(entry) if entry.permissions().mode() & 0o111 == 0 => {
                return Err(ProjectError::TemplateNotExecutable { name: word.to_owned(), file }.into());
            }
            Ok(_) => TemplateKind::Program(file),
            Err(_) => match Plugins::locate(self.context)? {
                Some(plugins) if plugins.has(word)? => TemplateKind::Plugin,
                _ => return Err(self.unknown(word)),
            },
        };
        Ok(Template { word: word.to_owned(), kind })
    }

    /// The names of directories and programs, sorted. Starts nothing.
    pub(crate) fn local_names(&self) -> Vec<OsString> {
        let entries = entries_in(&self.directory);
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.retain(|name| !name.as_bytes().starts_with(b"."));
        sorting::sort(&mut names);
        names
    }

    /// Everything that `-t` accepts, and the error if the plugins could not be listed.
    pub(crate) fn list(&self) -> (Vec<TemplateRow>, Option<Error>) {
        let local = |name: OsString| {
            let file = self.directory.join(&name);
            let path = shown_path(&file, self.context.home());
            let (kind, description) = if file.is_dir() {
                ("directory", format!("copies {path}"))
            } else {
                ("program", format!("runs {path}"))
            };
            TemplateRow { name: shown(&name).to_string(), kind, description }
        };
        let mut all: Vec<TemplateRow> = self.local_names().into_iter().map(local).collect();
        let plugins =
            Plugins::locate(self.context).and_then(|plugins| plugins.map_or(Ok(Vec::new()), |own| own.list()));
        let (plugins, wrong) = match plugins {
            Ok(plugins) => (plugins, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let plugin = |(name, about): (String, String)| TemplateRow {
            name: shown(&name).to_string(),
            kind: "plugin",
            description: shown(&about).to_string(),
        };
        all.extend(plugins.into_iter().map(plugin));
        all.extend(Generator::ALL.into_iter().map(|generator| {
            let name = generator.name();
            let description = match generator.find(self.context) {
                Some(_) => format!("a template of {name}, by directory or address"),
                None => format!("{name} is not installed: `uv tool install {name}`"),
            };
            TemplateRow { name: format!("{name}:SRC"), kind: "generator", description }
        }));
        (all, wrong)
    }

    /// Fills the project in `directory`. Returns the status of a program or plugin; `None` after a
    /// directory was copied.
    pub(crate) fn apply(&self, template: &Template, project: &OsStr, directory: &Path) -> Result<Option<ExitStatus>> {
        // An interrupt during an earlier template stops everything; from here on it is for this
        // template.
        Context::unblock_interrupts();
        let status = match &template.kind {
            TemplateKind::Directory(from) => return copy_into(from, directory).map(|()| None),
            TemplateKind::Generator(generator, source) => generator.run(self.context, source, project, directory)?,
            TemplateKind::Program(program) => {
                let mut command = self.context.command(program);
                command.arg(project).arg(directory).current_dir(directory);
                Context::run_in_foreground(&mut command).map_err(Error::io("run", program))?
            }
            TemplateKind::Plugin => {
                let plugins = Plugins::locate(self.context)?.ok_or_else(|| self.unknown(&template.word))?;
                let mut command = plugins.command(&template.word, project, directory);
                // virtualenvwrapper runs all its Python code in WORKON_HOME.
                command.current_dir(&self.store);
                Context::run_in_foreground(&mut command).map_err(Error::io("run", "VIRTUALENVWRAPPER_PYTHON"))?
            }
        };
        Ok(Some(status))
    }

    fn unknown(&self, word: &OsStr) -> Error {
        let (all, _) = self.list();
        let names = all.into_iter().filter(|each| each.kind != "generator").map(|each| OsString::from(each.name));
        Error::UnknownTemplate {
            name: word.to_owned(),
            directory: self.directory.clone(),
            nearest: nearest(word, names),
        }
    }
}

/// Copies the contents of `from`, links as links; existing files stay.
fn copy_into(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
        let entry = entry.map_err(Error::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(Error::io("read", &source))?;
        let exists = fs::symlink_metadata(&target).is_ok();
        if kind.is_dir() {
            if !exists {
                fs::create_dir(&target).map_err(Error::io("create", &target))?;
            }
            copy_into(&source, &target)?;
        } else if kind.is_symlink() && !exists {
            let target_of_link = fs::read_link(&source).map_err(Error::io("read", &source))?;
            std::os::unix::fs::symlink(target_of_link, &target).map_err(Error::io("create", &target))?;
        } else if !exists {
            let written = reflink_copy::reflink_or_copy(&source, &target).and_then(|_| {
                // A reflink copy does not keep the mode.
                fs::set_permissions(&target, fs::metadata(&source)?.permissions())
            });
            written.map_err(Error::io("write", &target))?;
        }
    }
    Ok(())
}
