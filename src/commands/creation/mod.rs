//! Making an environment and entering it: what `mkvirtualenv`, `mktmpenv` and `mkproject` share.
//!
//! Owns the options of creation and the order of its steps: made in a hidden place, published, its
//! hooks, packages.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Session, abandoned, healing, in_use, install, workon};
use crate::activation::{Plan, Step};
use crate::config::{Config, Link};
use crate::creator::virtualenv::{self, HandOver};
use crate::creator::{self, Created, Request};
use crate::environment::Environment;
use crate::error::{Error, PackageError, Result};
use crate::hooks;
use crate::installer::{self, Packages};
use crate::interpreter::{self, Interpreter};
use crate::keepsake;
use crate::output::{self, Progress};
use crate::project;
use crate::seed::{Download, LinkMode, Planting, Seed};
use crate::shell::standalone;
use crate::shown::{inert, is_legible, operands, shown};
use crate::verb::verb;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::{UnfinishedEnvironment, WorkonHome};

mod options;
mod packages;
mod kept;
mod python;
mod rebuild;
mod recipe;
mod recipe_file;

use kept::Kept;
pub(super) use options::Options;
pub(super) use packages::group_names;
use packages::{dependencies, packages};
pub(super) use python::PythonRequest;
pub(super) use rebuild::Rebuild;
pub(super) use recipe::FromRecipe;
pub(super) use recipe_file::{created_otherwise, made_from_recipe, named_recipe, recipes_in, refuse_other, say_hooks};

/// A creation: what was asked for, looked at and found good, before anything is made.
pub(super) struct Creation<'a> {
    session: &'a Session<'a>,
    options: Options,
    config: Config,
    /// The store.
    pub(super) home: WorkonHome,
    /// The name.
    pub(super) name: EnvironmentName,
    project: Option<PathBuf>,
    /// The directory whose files may say which Python to use: the project's.
    sources: Option<PathBuf>,
    /// What goes before these files where pipenv's environment is to be made.
    of_pipfile: Option<OsString>,
    packages: Packages,
}

/// A file that goes into the new environment: its path there, and its text.
pub(super) type Extra = (PathBuf, Vec<u8>);

/// The plan that enters what was made, and the status to end with.
pub(super) struct Entered {
    pub(super) plan: Plan,
    pub(super) status: u8,
}

impl<'a> Creation<'a> {
    /// Looks at everything that was asked for.
    pub(super) fn prepare(session: &'a Session<'a>, name: &OsStr, options: &Options) -> Result<Self> {
        let options = options.with_defaults(session)?;
        if options.has_some_without_effect() && options.quiet == 0 {
            output::note("an option that is virtualenv's own was accepted and has no effect");
        }
        if options.prompt.as_ref().is_some_and(|text| !is_legible(&text.to_string_lossy())) {
            return Err(PackageError::Prompt.into());
        }
        let name = EnvironmentName::new(name)?;
        let mut project = options.project.as_deref().map(|directory| project_at(session, directory)).transpose()?;
        let mut packages = packages(session, &options.wanted, project.as_deref(), !options.without_pip)?;
        if let Some(from) = &options.wanted.from {
            let (from, directory) = dependencies(session, from, options.quiet)?;
            packages.project = Some(from);
            project.get_or_insert(directory);
        }
        // What has nothing to install has nothing to ask for.
        let is_bare = options.without_pip && packages.is_empty();
        let home = session.workon_home()?;
        abandoned::remove(session, &home);
        if packages.defaults.is_some() && !options.clear && home.find(&name)?.is_some() {
            // They are for new ones.
            packages.defaults = None;
        }
        Ok(Self {
            session,
            name,
            sources: project.clone(),
            of_pipfile: None,
            project,
            packages,
            config: if is_bare { Config::default() } else { session.config()? },
            home,
            options,
        })
    }

    /// The project, whose `.venv` can be made a link.
    pub(super) fn linkable_project(&self) -> Result<&Path> {
        let Some(project) = &self.project else {
            let message = "--link needs a project".to_owned();
            return Err(Error::Usage { message, hint: "add `-a .`, `--from .`, or `--here`".to_owned() });
        };
        project::dot_venv::check(project, &self.home)?;
        Ok(project)
    }

    /// What to take where neither the person nor their standing options say: a text for the prompt,
    /// and the Python that the Pipfile asks for.
    pub(super) fn suggest(&mut self, prompt: Option<OsString>, python: Option<OsString>) {
        self.options.prompt = self.options.prompt.take().or(prompt);
        self.of_pipfile = python;
    }

    /// Has the files in this directory, where it is there, say which Python to use.
    pub(super) fn with_sources(mut self, directory: &Path) -> Self {
        if directory.is_dir() {
            self.sources = Some(directory.to_path_buf());
        }
        self
    }

    /// Makes the environment, or leaves the one of that name as it is; fires the hook that comes
    /// before entering.
    pub(super) fn make_or_keep(&self, extras: &[Extra]) -> Result<Environment> {
        let environment = match self.home.find(&self.name)? {
            Some(environment) if !self.options.clear => self.keep(environment)?,
            existing => self.make(existing.as_ref(), extras)?,
        };
        let hooks = self.session.hooks(&self.home)?;
        hooks.run(hooks::PREMKVIRTUALENV, None, &[environment.name()], None);
        if let Some(project) = &self.project {
            let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(project));
            output::data(text.as_bytes())?;
        }
        Ok(environment)
    }

    /// The plan to activate the environment and install into it. Without a shell function to carry
    /// it out, packages are installed at once. The environment stays from here on, whatever fails.
    pub(super) fn enter(&self, environment: &Environment) -> Result<Entered> {
        if self.project.is_some() {
            keepsake::remember(&self.home, environment, self.session.context);
        }
        let follow = workon::follows_project(self.session, false, false);
        let mut entered = Entered { plan: workon::enter(self.session, &self.home, environment, follow)?, status: 0 };
        if !self.packages.is_empty() && self.session.shell.is_some() {
            // After the hooks of entering, which may set what the installer needs.
            entered.plan.push(Step::Continue(install::words(environment.root(), &self.packages)));
        } else if !self.packages.is_empty() {
            entered.status = install::carry_out(self.session, environment, self.config.installer, &self.packages);
        }
        if self.options.quiet == 0 {
            self.session.note_not_activated(environment.name());
        }
        Ok(entered)
    }

    /// An environment that exists is left as it is, but for the link to a project where one was
    /// asked for.
    fn keep(&self, environment: Environment) -> Result<Environment> {
        let environment = healing::with_python(self.session, environment)?;
        let context = self.session.context;
        // Only the person counts here: to enter what is there, nobody else has to be asked.
        if let Some(python) = &self.options.python
            && !interpreter::answers(context, python, &environment.python())?
        {
            let asked = self.python_request()?.find()?;
            let has = environment.version().unwrap_or_else(|| "another python".to_owned());
            if has != asked.version.to_string() {
                let asked = format!("{} ({})", asked.version, self.session.shown(&asked.executable));
                let (name, request) = (environment.name().to_owned(), python.clone());
                return Err(Error::OtherPython { name, has, asked, request });
            }
        }
        self.link_project(&environment)?;
        output::note(&format!("Environment `{}` exists; it was left as it is", shown(environment.name())));
        Ok(environment)
    }

    fn python_request(&self) -> Result<PythonRequest<'_>> {
        PythonRequest::of(self.session, &self.options, self.sources.as_deref(), self.of_pipfile.as_deref())
    }

    /// Makes it, in place of `existing` if there is one.
    fn make(&self, existing: Option<&Environment>, extras: &[Extra]) -> Result<Environment> {
        let Self { session, options, home, name, .. } = self;
        if let Some(existing) = existing {
            // Said before the work, and again by the removal itself.
            if session.active_root().is_some_and(|active| crate::fs::is_same(active, existing.root())) {
                return Err(Error::Active { name: existing.name().to_owned() });
            }
            home.movable(name)?;
            if !in_use::may_be_taken(&[existing.root().to_path_buf()], in_use::Taking::AWAY)? {
                return Err(Error::Declined);
            }
        }
        let wish = self.python_request()?;
        let kept = Kept::of(session, existing)?;
        if let Some(program) = virtualenv::named(session.context)? {
            let environment = self.hand_over(&program, wish.for_creator()?.as_deref(), existing, extras, &kept)?;
            self.say_kept(existing, &kept);
            return Ok(environment);
        }
        let interpreter = wish.find()?;
        if let Some(program) = virtualenv::needed(session.context, &interpreter)? {
            let python = Some(interpreter.base_executable.as_os_str());
            let environment = self.hand_over(&program, python, existing, extras, &kept)?;
            self.say_kept(existing, &kept);
            return Ok(environment);
        }
        let (building, with) = self.build(&interpreter, extras, &kept)?;
        let environment = if existing.is_some() {
            home.replace(building, name, session.active_root())?
        } else {
            // What was kept of one that had the name before is not this one's.
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

    /// Says what of the old environment is in the new one, and how the old one comes back.
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
        let undo = format!("`{} {rename} && venvwrap undo {}`", verb("mvvirtualenv"), operands(&[name]));
        output::note(&format!(
            "{kept}The old `{}` is in the trash for {days} days; {undo} brings it back",
            shown(name)
        ));
    }

    /// Writes it to a hidden place, and says what is in it.
    fn build(
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
            system_site_packages: options.system_site_packages || kept.system_site_packages,
            prompt: own_prompt.as_deref(),
            scripts: &standalone::scripts(&root, &prompt),
        };
        let created = creator::create(&request)?;
        if let Some(project) = &self.project {
            let file = project::file(building.path(), session.context);
            std::fs::write(&file, project::link_text(project)?).map_err(Error::io("write", file))?;
        }
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

    /// Lets another program make it, in its place.
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
            system_site_packages: options.system_site_packages || kept.system_site_packages,
            without_pip: options.without_pip,
            prompt: prompt.as_deref(),
            quiet: options.quiet > 0,
            is_offline: self.packages.sources.no_index || self.packages.sources.is_offline,
        };
        let made = virtualenv::create(session.context, program, &asked, home.path(), name.as_os_str())
            .and_then(|()| home.get(name))
            .inspect_err(|_| {
                // Another program failed where ours stood; what is told is its failure.
                let _ = removed.map(|removed| home.restore(Some(&removed.name)));
            });
        let environment = made?;
        self.link_project(&environment)?;
        write_extras(environment.root(), extras)?;
        kept.write(session, environment.root(), environment.site_packages().ok().as_deref())?;
        let hooks = session.hooks(home)?;
        if hooks.are_in_use() {
            hooks.make_local_templates(&environment.bin())?;
        }
        Ok(environment)
    }

    /// Puts the packages in, says which, and has the next ones prepared.
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

    fn link_project(&self, environment: &Environment) -> Result<()> {
        let Some(project) = &self.project else { return Ok(()) };
        project::link(environment, self.session.context, project)
    }
}

fn write_extras(root: &Path, extras: &[Extra]) -> Result<()> {
    extras.iter().try_for_each(|(path, text)| {
        let file = root.join(path);
        std::fs::write(&file, text).map_err(Error::io("write", file))
    })
}

/// The setting, as `seed` takes it.
pub(super) fn link_mode(config: &Config) -> LinkMode {
    match config.link {
        Link::Auto => LinkMode::Auto,
        Link::Copy => LinkMode::Copy,
    }
}

fn project_at(session: &Session<'_>, directory: &Path) -> Result<PathBuf> {
    let directory = session.context.absolute_path(directory)?;
    if directory.is_dir() {
        return Ok(directory);
    }
    Err(Error::NoDirectory {
        path: directory,
        hint: "the project must exist; `mkproject NAME` creates one with an environment",
    })
}
