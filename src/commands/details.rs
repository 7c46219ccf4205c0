//! The details of an environment that `lsvirtualenv` and `showvirtualenv` print.

use std::fmt;
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use indicatif::HumanBytes;
use serde::Serialize;

use super::json::{Named, text};
use super::{Session, doctor};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::Result;
use crate::formats::pyvenv_cfg;
use crate::health;
use crate::hooks::{self, Hooks};
use crate::keepsake;
use crate::output;
use crate::project;
use crate::search;
use crate::shown::{operands, shown};
use crate::size;
use crate::workon_home::WorkonHome;

/// The details of one environment. The serialized form is its JSON object.
#[derive(Debug, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a key of the JSON object")]
pub(super) struct Details {
    #[serde(flatten)]
    named: Named,
    /// The name, escaped for a terminal.
    #[serde(skip)]
    pub(super) shown_name: String,
    /// `store`, or the tool that manages the environment.
    pub(super) origin: &'static str,
    /// `3.13.0`, as pyvenv.cfg records it.
    pub(super) python: Option<String>,
    /// The base interpreter.
    base: Option<String>,
    pub(super) broken: bool,
    system_site_packages: bool,
    /// The linked project directory.
    pub(super) project: Option<String>,
    /// The number of installed distributions, as far as the names of their metadata tell.
    pub(super) packages: Option<usize>,
    /// When the environment was created, in seconds since 1970.
    created: Option<u64>,
    /// When it was last activated or last ran a program, in seconds since 1970.
    last_used: Option<u64>,
    note: Option<String>,
    /// Whether uv uses it in the linked project.
    uv: bool,
    /// Locked against changes.
    pub(super) locked: bool,
    /// What its files hold, in bytes. Only measured if asked for.
    pub(super) apparent_size: Option<u64>,
    /// What deleting it would free, in bytes.
    pub(super) size: Option<u64>,
    /// Labels and values for the terminal.
    #[serde(skip)]
    lines: Vec<(&'static str, String)>,
}

impl Details {
    /// Reads files only; starts no Python.
    pub(super) fn of(session: &Session<'_>, environment: &Environment) -> Result<Self> {
        let broken = match environment.check_python() {
            Err(error) => Some(error.to_string()),
            Ok(()) => {
                health::at_a_glance(environment).map(|(path, symptom)| doctor::describe(session, &path, &symptom))
            }
        };
        let project = project::of(environment, session.context)?;
        let base = environment.base_python();
        let mut lines = vec![("python", environment.version().unwrap_or_else(|| "unknown".to_owned()))];
        lines.extend(broken.clone().map(|reason| ("broken", reason)));
        lines.extend(base.as_ref().map(|base| ("made from", session.shown(base))));
        if environment.origin() != Origin::Store {
            lines.push(("kept by", environment.origin().word().to_owned()));
        }
        lines.push(("path", session.shown(environment.root())));
        lines.extend(project.as_ref().map(|project| ("project", session.shown(project))));
        if environment.sees_system_packages() {
            lines.push(("packages", "its own and those of its base".to_owned()));
        }
        Ok(Self {
            named: Named::of(environment),
            shown_name: shown(environment.name()).to_string(),
            origin: environment.origin().word(),
            python: environment.version(),
            base: base.as_deref().map(text),
            broken: broken.is_some(),
            system_site_packages: environment.sees_system_packages(),
            project: project.as_deref().map(text),
            packages: None,
            created: None,
            last_used: None,
            note: None,
            uv: false,
            locked: false,
            apparent_size: None,
            size: None,
            lines,
        })
    }
}

impl Details {
    /// Also reads what the long list does not print: packages, times, and the note.
    pub(super) fn in_full(session: &Session<'_>, home: &WorkonHome, environment: &Environment) -> Result<Self> {
        let mut details = Self::of(session, environment)?;
        let is_of_store = environment.origin() == Origin::Store;
        details.packages = search::count_distributions(environment);
        details.created = created(environment).and_then(seconds);
        details.last_used = home.last_used(environment.name()).filter(|_| is_of_store).and_then(seconds);
        details.locked = is_of_store && home.is_locked(environment.name());
        details.uv = home.variables_of(environment).uv;
        details.note = home.note(environment.name()).filter(|_| is_of_store);
        Ok(details)
    }

    /// Measures its size, which takes a while the first time.
    pub(super) fn measure(&mut self, session: &Session<'_>, environment: &Environment) {
        let size = size::of(environment, session.context);
        (self.apparent_size, self.size) = (Some(size.apparent), Some(size.freed));
    }

    /// Adds the size, if it was measured.
    pub(super) fn add_size(&mut self) {
        if let (Some(size), Some(apparent)) = (self.size, self.apparent_size) {
            let text = format!("{} (apparent: {})", HumanBytes(size), HumanBytes(apparent));
            self.lines.push(("size", text));
        }
    }

    /// The last use. `None` if none was recorded.
    pub(super) fn last_used(&self) -> Option<SystemTime> {
        time(self.last_used?)
    }

    /// The last use, or the creation where no use was recorded since.
    pub(super) fn unused_since(&self) -> Option<SystemTime> {
        time(self.last_used.max(self.created)?)
    }

    /// Adds what only `showvirtualenv` prints. `is_default`: of its project.
    pub(super) fn add_lines(&mut self, is_default: bool) {
        if let Some(packages) = self.packages {
            let count = if self.system_site_packages {
                format!("{packages}, and those of its base")
            } else {
                packages.to_string()
            };
            self.lines.retain(|(label, _)| *label != "packages");
            self.lines.push(("packages", count));
        }
        self.add_size();
        self.lines.extend(self.created.and_then(time).map(|created| ("created", output::ago(created))));
        self.lines.extend(self.last_used().map(|used| ("last used", output::ago(used))));
        self.lines.extend(is_default.then(|| ("default", "of its project".to_owned())));
        self.lines.extend(self.locked.then(|| ("locked", "yes".to_owned())));
        self.lines.extend(self.uv.then(|| ("uv", "uses it in the project".to_owned())));
        let note = self.note.iter().flat_map(|note| note.lines()).map(|line| ("note", shown(line).to_string()));
        self.lines.extend(note);
    }
}

/// When an environment of the store was last used, or created where no use was recorded since.
pub(super) fn unused_since(home: &WorkonHome, environment: &Environment) -> Option<SystemTime> {
    home.last_used(environment.name()).max(created(environment))
}

/// When the directory was created, if the file system records that; else the time of `pyvenv.cfg`.
fn created(environment: &Environment) -> Option<SystemTime> {
    let cfg = || fs::metadata(environment.root().join(pyvenv_cfg::FILE_NAME)).ok()?.modified().ok();
    crate::fs::created(environment.root()).or_else(cfg)
}

fn seconds(time: SystemTime) -> Option<u64> {
    time.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

fn time(seconds: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

impl fmt::Display for Details {
    /// One detail per line; the last line has no line break.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0) + 1;
        for (index, (label, value)) in self.lines.iter().enumerate() {
            let end = if index + 1 == self.lines.len() { "" } else { "\n" };
            write!(formatter, "{:<width$} {value}{end}", format!("{label}:"))?;
        }
        Ok(())
    }
}

/// Reports that another tool recreated an environment of the store.
pub(super) fn say_if_recreated(session: &Session<'_>, home: &WorkonHome, environment: &Environment) {
    if keepsake::was_recreated(home, environment, session.context) {
        let (name, typed) = (shown(environment.name()), operands(&[environment.name()]));
        output::note(&format!(
            "another tool recreated `{name}` without what you set up in it; `venvwrap doctor --fix {typed}` restores it"
        ));
    }
}

/// Runs the hook `get_env_details` with the environment as the active one.
pub(super) fn run_details_hook(hooks: &Hooks<'_>, environment: &Environment) {
    let root = environment.root();
    hooks.run(hooks::GET_ENV_DETAILS, Some(root), &[environment.name()], Some(root));
}
