//! Creating the environment: in a hidden place, then published under its name in one step.
//!
//! Owns the files of a new environment and their order. Another program may create it instead
//! (`creator::virtualenv`), for Pythons that have no `venv` and for users who chose one.

use std::ffi::OsStr;
use std::path::Path;

use super::super::in_use;
use super::kept::Kept;
use super::python::record_request;
use super::{Creation, Extra};
use crate::config::{Config, Link};
use crate::creator::virtualenv::{self, HandOver};
use crate::creator::{self, Created, Request};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::installer;
use crate::interpreter::Interpreter;
use crate::keepsake;
use crate::output::{self, Progress};
use crate::project;
use crate::seed::{Download, LinkMode, Planting, Seed};
use crate::shell::standalone;
use crate::shown::{inert, operands, shown};
use crate::verb::{and, verb};
use crate::workon_home::UnfinishedEnvironment;

impl Creation<'_> {
    /// Creates the environment, in place of `existing` if there is one.
    pub(super) fn make(&self, existing: Option<&Environment>, extras: &[Extra]) -> Result<Environment> {
        let Self { session, options, home, name, .. } = self;
        if let Some(existing) = existing {
            // Reported before the work; the removal checks again.
            if session.active_root().is_some_and(|active| crate::fs::is_same(active, existing.root())) {
                return Err(Error::Active { name: existing.name().to_owned() });
            }
            home.movable(name)?;
            if !in_use::may_be_taken(&[existing.root().to_path_buf()], in_use::Taking::AWAY)? {
                return Err(Error::Declined);
            }
        }
        let request = self.python_request()?;
        let kept = Kept::of(session, existing)?;
        if let Some(program) = virtualenv::named(session.context)? {
            let environment = self.hand_over(&program, request.for_creator()?.as_deref(), existing, extras, &kept)?;
            self.say_kept(existing, &kept);
            return Ok(environment);
        }
        let interpreter = request.find()?;
        if let Some(program) = virtualenv::needed(session.context, &interpreter)? {
            let python = Some(interpreter.base_executable.as_os_str());
            let environment = self.hand_over(&program, python, existing, extras, &kept)?;
            self.say_kept(existing, &kept);
            return Ok(environment);
        }
        let (building, with) = self.build(&interpreter, extras, &kept)?;
        let environment = if existing.is_some() {
            let environment = home.replace(building, name, session.active_root())?;
            keepsake::forget(home, name.as_os_str());
            keepsake::remember(home, &environment, session.context);
            environment
        } else {
            // What an earlier environment of that name left is not for this one.
            keepsake::forget(home, name.as_os_str());
            home.publish(building, name)?
        };
        let Interpreter { implementation, version, .. } = &interpreter;
        if options.quiet == 0 {
            output::note(&format!("Created `{}` with {implementation} {version} and {with}", shown(name.as_os_str())));
        }
        self.say_kept(existing, &kept);
        Ok(environment)
    }

    /// Tells what of the old environment is in the new one, and how the old one comes back.
    fn say_kept(&self, existing: Option<&Environment>, kept: &Kept) {
        if existing.is_none() || self.options.quiet > 0 {
            return;
        }
        let (name, days) = (self.name.as_os_str(), self.config.trash_kept_for().as_secs() / 86_400);
        let kept = match kept.described().as_slice() {
            [] => String::new(),
            names => format!("Kept: {}. ", names.join(", ")),
        };
        let rename = operands(&[name, OsStr::new("NAME")]);
        let undo = format!("`{} {rename}{} venvwrap undo {}`", verb("mvvirtualenv"), and(), operands(&[name]));
        output::note(&format!(
            "{kept}The old `{}` is in the trash for {days} days; {undo} brings it back",
            shown(name)
        ));
    }

    /// Writes the environment to a hidden place. The text names its installers.
    pub(super) fn build(
        &self,
        interpreter: &Interpreter,
        extras: &[Extra],
        kept: &Kept,
    ) -> Result<(UnfinishedEnvironment, String)> {
        let Self { session, options, home, name, .. } = self;
        let building = home.start_building()?;
        let root = home.path().join(name.as_os_str());
        let own_prompt = options.prompt.clone().or_else(|| kept.prompt());
        let prompt = inert(own_prompt.as_deref().unwrap_or(name.as_os_str()));
        let request = Request {
            interpreter,
            directory: building.path(),
            root: &root,
            system_site_packages: options.system_site_packages || kept.system_site_packages(),
            prompt: own_prompt.as_deref(),
            scripts: &standalone::scripts(&root, &prompt),
        };
        let created = creator::create(&request)?;
        if let Some(project) = &self.project {
            let file = project::file(building.path(), session.context);
            std::fs::write(&file, project::link_text(project)?).map_err(Error::io("write", file))?;
        }
        record_request(session, options, building.path(), Some(interpreter))?;
        write_extras(building.path(), extras)?;
        let with = if options.without_pip {
            let packages = &created.site_packages;
            std::fs::create_dir(packages).map_err(Error::io("create", packages))?;
            "no pip".to_owned()
        } else {
            self.plant(&request, &created)?
        };
        kept.write(session, building.path(), Some(&created.site_packages))?;
        let hooks = session.hooks(home)?;
        if hooks.are_in_use() {
            hooks.make_local_templates(&building.path().join("bin"))?;
        }
        Ok((building, with))
    }

    /// Has another program create the environment, at its final place.
    fn hand_over(
        &self,
        program: &Path,
        python: Option<&OsStr>,
        existing: Option<&Environment>,
        extras: &[Extra],
        kept: &Kept,
    ) -> Result<Environment> {
        let Self { session, options, home, name, .. } = self;
        let prompt = options.prompt.clone().or_else(|| kept.prompt());
        let removed = existing.map(|_| home.remove(name, session.active_root())).transpose()?;
        let asked = HandOver {
            python,
            system_site_packages: options.system_site_packages || kept.system_site_packages(),
            without_pip: options.without_pip,
            prompt: prompt.as_deref(),
            quiet: options.quiet > 0,
            is_offline: self.packages.sources.no_index || self.packages.sources.is_offline,
        };
        let made = virtualenv::create(session.context, program, &asked, home.path(), name.as_os_str())
            .and_then(|()| home.get(name))
            .inspect_err(|_| {
                // The failure to report is that of the program.
                let _ = removed.map(|removed| home.restore(Some(&removed.name)));
            });
        let environment = made?;
        self.link_project(&environment)?;
        record_request(session, options, environment.root(), None)?;
        write_extras(environment.root(), extras)?;
        kept.write(session, environment.root(), environment.site_packages().ok().as_deref())?;
        let hooks = session.hooks(home)?;
        if hooks.are_in_use() {
            hooks.make_local_templates(&environment.bin())?;
        }
        Ok(environment)
    }

    /// Puts the installers in, returns their description, and has the next ones prepared.
    fn plant(&self, request: &Request<'_>, created: &Created) -> Result<String> {
        let Self { session, config, home, .. } = self;
        let (context, sources) = (session.context, &self.packages.sources);
        let download = || match installer::pip_has_own_settings(context, request.root) {
            _ if sources.no_index || sources.is_offline => Download::Never,
            true => Download::ByPip,
            false => Download::ByAny,
        };
        let seed = Seed::for_interpreter(context, request.interpreter, link_mode(config), &home.pool(), download)?;
        let progress = seed.needs_building().then(|| Progress::start(format!("Preparing {} (once)", seed.described())));
        seed.plant(&Planting {
            site_packages: &created.site_packages,
            bin: &request.directory.join("bin"),
            final_bin: &request.root.join("bin"),
        })?;
        drop(progress);
        if session.may_work_in_background() && seed.wants_staging() {
            let python = request.interpreter.executable.as_os_str();
            let words = ["background", "stage", "--when-quiet"].map(OsStr::new);
            let words = [&words[..], &[home.path().as_os_str(), python]].concat();
            session.context.start_in_background(&words);
        }
        Ok(seed.described())
    }
}

fn write_extras(root: &Path, extras: &[Extra]) -> Result<()> {
    extras.iter().try_for_each(|(path, text)| {
        let file = root.join(path);
        std::fs::write(&file, text).map_err(Error::io("write", file))
    })
}

/// The setting in the terms of `seed`.
pub(in crate::commands) fn link_mode(config: &Config) -> LinkMode {
    match config.link {
        Link::Auto => LinkMode::Auto,
        Link::Copy => LinkMode::Copy,
    }
}
