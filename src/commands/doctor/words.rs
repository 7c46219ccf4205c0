//! The words of findings: what is the matter, and what mends it. Commands in backticks can be typed
//! as they stand.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{About, Answering, Finding, Session, What};
use crate::belief;
use crate::env_vars;
use crate::fs::is_same;
use crate::health::{Lacking, Maker};
use crate::shell::Shell;
use crate::shown::{operands, shown, typed_path};
use crate::workon_home::WorkonHome;

/// More names than this are counted.
const MANY: usize = 3;

pub(super) struct Words<'a> {
    pub(super) session: &'a Session<'a>,
    /// The shell that commands are written for.
    pub(super) shell: Shell,
    pub(super) home: &'a WorkonHome,
}

impl Words<'_> {
    /// With what something is the matter: an environment by its name, the rest in brackets.
    pub(super) fn about(finding: &Finding) -> String {
        match &finding.about {
            About::Environment(name) => shown(name).to_string(),
            About::Store => "(store)".to_owned(),
            About::Setup => "(shell)".to_owned(),
            About::Active | About::Elsewhere(_) => "(active)".to_owned(),
        }
    }

    /// What is the matter.
    #[allow(clippy::too_many_lines, reason = "an arm for each finding")]
    pub(super) fn what(&self, finding: &Finding) -> String {
        let path = |path: &Path| self.session.shown(path);
        let here = path(&finding.path);
        match &finding.what {
            What::PythonGone { python, .. } => format!("its python, {}, is gone", path(python)),
            What::HomeGone { home, .. } => format!("{}, where its python comes from, is gone", path(home)),
            What::PythonReplaced { python, series, .. } => {
                format!("its python is {} by now, and its packages are for {series}", path(python))
            }
            What::NoCfg => format!("{here} is missing: `pip install` would install into the Python it was made from"),
            What::NotOfHome { python, home } => {
                format!("its python, {}, is none of those in {}, which pyvenv.cfg names", path(python), path(home))
            }
            What::MadeAnew => "another tool recreated it, without its project, hooks and added paths".to_owned(),
            What::Moved { from, .. } => {
                format!("its scripts still point to {} (it was moved or copied by hand)", path(from))
            }
            What::ScriptsGone { scripts, python } => {
                format!("{} {}, which is gone", starting(scripts), path(python))
            }
            What::ScriptsElsewhere { scripts, python } => {
                format!("{} {}, which is another environment's", starting(scripts), path(python))
            }
            What::NoActivate { scripts } => format!("not in its bin: {}", scripts.join(", ")),
            What::ActivateEdited { lines } => {
                let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
                let lines = if lines.len() == 1 { "line" } else { "lines" };
                format!("`workon` does not read {lines} {} of {here}, which somebody added", numbers.join(", "))
            }
            What::Unreadable { .. } => format!("{here} may not be read"),
            What::NotWritable { .. } => format!("{here} may not be written to, so nothing can be installed"),
            What::NoSitePackages => format!("there is no site-packages in {here}"),
            What::PipGone => "of its pip only the metadata is left".to_owned(),
            What::NoPip => "it was made with pip, which is gone".to_owned(),
            What::PipOfAnother => "it has no pip: `pip` is another Python's when it is active".to_owned(),
            What::NoPipCommand => "it has pip, but no command `pip`: another one runs when it is active".to_owned(),
            What::OddMetadata { lacking: Lacking::Metadata, names } => {
                format!("no METADATA in {}: nobody can tell what it is", listed(names))
            }
            What::OddMetadata { lacking: Lacking::Record, names } => {
                format!("no RECORD in {}: pip can neither upgrade nor remove it", listed(names))
            }
            What::PipLeftovers { names } => format!("left by a pip that was interrupted: {}", listed(names)),
            What::NoStore => format!("{here} does not exist yet"),
            What::StoreUnusable { reason } => format!("{here} cannot be used: {reason}"),
            What::StoreNotWritable { .. } => format!("{here} may not be written to, so no environment can be made"),
            What::StoreReadOnly => format!("{here} is on a disk that is mounted to be read only"),
            What::StoreOpen => format!("everybody may put things into {here}"),
            What::DanglingLink { target } => format!("{here} is a link to {}, which is gone", path(target)),
            What::LinkLoop => format!("{here} is a link that leads to itself"),
            What::Husk => format!("{here} has a python, but neither pyvenv.cfg nor bin/activate"),
            What::Strangers { names } => format!("neither environment nor hook: {}", listed(names)),
            What::TmpenvAbandoned => format!("{here} is a temporary environment whose shell was killed"),
            What::Leftovers { count: 1 } => "something was being made when its command was killed".to_owned(),
            What::Leftovers { count } => format!("{count} things were being made when their commands were killed"),
            What::HalfRenamed { old, new } => {
                format!("the renaming of `{}` to `{}` was cut short: both are names of it", shown(old), shown(new))
            }
            What::UnbegunRename { name } => format!("a renaming to `{}` was cut short before it began", shown(name)),
            What::LittleSpace { left } => format!("{} MB are left on the disk of {here}", left >> 20),
            What::ShelfUnusable { reason, .. } => format!("cannot use {here}: {reason}"),
            What::Undeletable { reason, .. } => format!("cannot delete {here}: {reason}"),
            What::NotPrivate { doubt, .. } => format!("ignored {here}: {doubt}"),
            What::CacheDamaged => format!("{here} is damaged, and will be made anew when it is needed"),
            What::CacheNotWritable { .. } => {
                format!("nothing can be kept in {here}, so making an environment takes longer")
            }
            What::NotLoaded { rc_file, has_line: true } => {
                format!("the functions are not loaded in this shell, although {} loads them", path(rc_file))
            }
            What::NotLoaded { .. } => "the functions are not loaded in this shell".to_owned(),
            What::OtherVersion => "the functions in this shell are of another version of venvwrap".to_owned(),
            What::OtherCommands => "`workon` is not venvwrap's in this shell: something else has defined it".to_owned(),
            What::OldLoaded => "virtualenvwrapper is loaded in this shell, too".to_owned(),
            What::Copies { running, others } => {
                let others: Vec<String> = others.iter().map(|other| path(other)).collect();
                format!("PATH has {} besides {}, which runs", others.join(", "), path(running))
            }
            What::UnseenByEditors { default, .. } => {
                format!("programs that no shell starts, such as editors, look in {}", path(default))
            }
            What::ActiveGone => format!("VIRTUAL_ENV is {here}, which is no environment"),
            What::ActiveNotOnPath => format!("{here} is not on PATH"),
            What::Shadowed { command, by, maker } => {
                format!("`{command}` is {}: it stands before the environment's on PATH", self.program(by, maker))
            }
            What::NotOfActive { command, by, maker } => {
                format!("`{command}` is {}: the environment has none", self.program(by, maker))
            }
            What::Alias { command, text } => {
                format!("`{command}` is an alias for `{}`: it comes before PATH", shown(text))
            }
            What::Function { command } => format!("`{command}` is a function of this shell: it decides what runs"),
            What::StaleHash { command, remembered } => {
                format!("this shell remembers {} for `{command}`, and does not look on PATH", path(remembered))
            }
            What::OtherOnPath { root } => {
                let name = root.file_name().unwrap_or_default();
                format!("the bin of `{}` is on PATH, and it is not active", shown(name))
            }
            What::PythonHome => format!("PYTHONHOME is {here}: python looks for its own library there"),
            What::PythonPath => format!("PYTHONPATH is {here}: what lies there comes before what is installed"),
        }
    }

    /// What mends it, in one line.
    #[allow(clippy::too_many_lines, reason = "an arm for each finding")]
    pub(super) fn mend(&self, finding: &Finding) -> String {
        let here = self.path(&finding.path);
        let name = match &finding.about {
            About::Environment(name) => name,
            _ => finding.path.file_name().unwrap_or_default(),
        };
        let fix = match &finding.about {
            About::Environment(name) => format!("`venvwrap doctor --fix {}`", operands(&[name])),
            _ => "`venvwrap doctor --fix`".to_owned(),
        };
        let anew = match &finding.about {
            About::Elsewhere(_) => "make it anew with what made it".to_owned(),
            _ => format!("`{} --clear {}` makes it anew", self.verb("mkvirtualenv"), operands(&[name])),
        };
        let root = self.root(finding);
        let python = || self.path(&root.join("bin/python"));
        let load = self.shell.loading_line();
        let rc_file = || {
            let file = crate::health::rc_file(self.session.context, self.shell.name());
            file.map_or_else(|| "your rc file".to_owned(), |file| self.session.shown(&file))
        };
        // Only what is in the store is changed by us.
        let can_fix = !matches!(finding.about, About::Elsewhere(_));
        match &finding.what {
            What::PythonGone { series: Some(series), .. }
            | What::HomeGone { series: Some(series), .. }
            | What::PythonReplaced { series, can_relink: true, .. }
                if can_fix =>
            {
                format!("{fix} links it to another python {series}; without one, {anew}")
            }
            What::PythonGone { .. } | What::HomeGone { .. } | What::PythonReplaced { .. } => {
                format!("install that python again; or {anew}")
            }
            What::NotOfHome { .. } => format!("where it does not work, {anew}"),
            What::Moved { can_rewrite: true, .. } if !can_fix => {
                // The directory of the project, of which `.venv` and `env` say nothing.
                let named = [root.parent(), Some(&*root)].into_iter().flatten().filter_map(Path::file_name);
                let named = named.map(|name| name.to_string_lossy().trim_start_matches(['.', '-']).to_owned());
                let copy = named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "copy".to_owned());
                let (copy, root, verb) = (operands(&[copy]), self.path(&root), self.verb("cpvirtualenv"));
                format!("`{verb} {root} {copy} && venvwrap doctor --fix {copy}` makes a whole copy in the store")
            }
            What::NoActivate { .. } | What::NoCfg if !can_fix => anew,
            What::Moved { can_rewrite: true, .. }
            | What::NoActivate { .. }
            | What::MadeAnew
            | What::NoCfg
            | What::Leftovers { .. }
            | What::TmpenvAbandoned
            | What::CacheDamaged
            | What::UnbegunRename { .. } => fix,
            What::Moved { .. } | What::NoSitePackages => anew,
            What::ScriptsGone { .. } | What::ScriptsElsewhere { .. } => {
                format!(
                    "install the package again that they belong to: `{} -m pip install --force-reinstall …`",
                    python()
                )
            }
            What::ActivateEdited { .. } => {
                let hook = root.join("bin/postactivate");
                format!("what is to count on entering belongs at its end, or in {}", self.session.shown(&hook))
            }
            What::Unreadable { is_ours }
            | What::NotWritable { is_ours }
            | What::StoreNotWritable { is_ours }
            | What::CacheNotWritable { is_ours } => self.permit(&root, *is_ours),
            What::PipGone => format!("`rm -r {here} && {} -m ensurepip --default-pip`", python()),
            What::NoPip | What::PipOfAnother => format!("`{} -m ensurepip --default-pip`", python()),
            What::NoPipCommand => format!("`{} -m pip install --force-reinstall pip`", python()),
            What::OddMetadata { lacking: Lacking::Metadata, names } | What::PipLeftovers { names } => {
                let directory = finding.path.parent().unwrap_or(Path::new(""));
                let paths: Vec<String> = names.iter().map(|name| self.path(&directory.join(name))).collect();
                format!("`rm -r {}`", paths.join(" "))
            }
            What::OddMetadata { lacking: Lacking::Record, names } => {
                let stem = |name: &OsString| name.to_string_lossy().split('-').next().unwrap_or_default().to_owned();
                let names: Vec<String> = names.iter().map(stem).collect();
                format!("`{} -m pip install --ignore-installed --no-deps {}`", python(), operands(&names))
            }
            What::ShelfUnusable { remedy, .. } | What::Undeletable { remedy, .. } => remedy.clone(),
            What::NotPrivate { doubt, variable } => belief::remedy(doubt, variable),
            What::NoStore => format!("`mkdir -p {here}`, or make an environment"),
            What::StoreUnusable { .. } => {
                "set WORKON_HOME to a directory, or move what is there out of the way".to_owned()
            }
            What::StoreReadOnly => "mount that disk to be written to, or set WORKON_HOME to another".to_owned(),
            What::StoreOpen => format!("`chmod o-w {here}`"),
            What::DanglingLink { .. } => format!("`{} {}`", self.verb("rmvirtualenv"), operands(&[name])),
            What::LinkLoop => format!("`rm {here}`"),
            What::Husk => {
                let mut aside = finding.path.clone().into_os_string();
                aside.push(".old");
                let aside = self.path(Path::new(&aside));
                format!("`mv {here} {aside}`, and `{} {}`", self.verb("mkvirtualenv"), operands(&[name]))
            }
            What::Strangers { .. } => "what is not needed there can go elsewhere".to_owned(),
            What::HalfRenamed { old, new } => {
                format!("`{} {}` finishes it", self.verb("mvvirtualenv"), operands(&[old, new]))
            }
            What::LittleSpace { .. } => {
                format!("`{} --now NAME` removes for good what is not needed", self.verb("rmvirtualenv"))
            }
            What::OtherVersion | What::NotLoaded { has_line: true, .. } => {
                format!("start a new shell, or type: {load}")
            }
            What::NotLoaded { .. } => format!("add to {}: {load}", rc_file()),
            What::OtherCommands => format!("have this be the last of them in {}: {load}", rc_file()),
            What::OldLoaded => format!("take the line that loads virtualenvwrapper.sh out of {}", rc_file()),
            What::Copies { .. } => format!("keep one of them: `rm {here}`"),
            What::UnseenByEditors { default, is_free: true } => format!("`ln -s {here} {}`", self.path(default)),
            What::UnseenByEditors { .. } => "set WORKON_HOME where your session begins, in ~/.profile".to_owned(),
            What::ActiveGone
                if self.has_functions() && self.session.context.variable(env_vars::VENVWRAP_UNDO).is_some() =>
            {
                "`deactivate`".to_owned()
            }
            What::ActiveGone => self.unset("VIRTUAL_ENV"),
            What::ActiveNotOnPath | What::Shadowed { .. } => format!("enter it again: `{}`", self.enter()),
            What::NotOfActive { command: "pip", .. } => "`python -m ensurepip --default-pip`".to_owned(),
            What::NotOfActive { .. } => match self.active_name() {
                Some(name) => format!("`venvwrap doctor --fix {}`", operands(&[name])),
                None => "make the environment anew".to_owned(),
            },
            What::Alias { command, .. } => format!("`unalias {command}`"),
            What::Function { command } if self.shell == Shell::Fish => format!("`functions -e {command}`"),
            What::Function { command } => format!("`unset -f {command}`"),
            What::StaleHash { .. } => "`hash -r`".to_owned(),
            What::OtherOnPath { root } => {
                let name = root.file_name().unwrap_or_default();
                let enter = format!(", or activate it: `workon {}`", operands(&[name]));
                format!("remove it where PATH is set{}", if self.has_functions() { &enter } else { "" })
            }
            What::PythonHome => self.unset("PYTHONHOME"),
            What::PythonPath => self.unset("PYTHONPATH"),
        }
    }

    /// What a command runs, in a line.
    pub(super) fn answering(&self, answering: &Answering) -> String {
        let Answering { command, replaced, path, maker } = answering;
        let label = format!("{command}:");
        let what = match (replaced, path) {
            (Some(by), _) => format!("{} of this shell", article(by)),
            (None, Some(path)) => self.program(path, maker),
            (None, None) => "not on PATH".to_owned(),
        };
        format!("{label:<7} {what}\n")
    }

    /// Whose a program is, where there is more to say than its path.
    pub(super) fn maker(&self, maker: &Maker) -> Option<String> {
        Some(match maker {
            Maker::Active => "the active environment's".to_owned(),
            Maker::Environment(root) => format!("of the environment {}", self.session.shown(root)),
            Maker::Shim(tool) => format!("a shim of {tool}"),
            Maker::Conda(prefix) => format!("conda's in {}", self.session.shown(prefix)),
            Maker::System => "the system's".to_owned(),
            Maker::Other => return None,
        })
    }

    /// A program, and whose it is.
    fn program(&self, path: &Path, maker: &Maker) -> String {
        let path = self.session.shown(path);
        self.maker(maker).map_or_else(|| path.clone(), |maker| format!("{path}, {maker}"))
    }

    /// What enters the active environment.
    fn enter(&self) -> String {
        if let Some(name) = self.active_name().filter(|_| self.has_functions()) {
            return format!("workon {}", operands(&[name]));
        }
        let root = self.session.active_root().unwrap_or(Path::new(""));
        let script = if self.shell == Shell::Fish { "bin/activate.fish" } else { "bin/activate" };
        format!("source {}", self.path(&root.join(script)))
    }

    /// The name of the active environment, where it is one of the store.
    fn active_name(&self) -> Option<&OsStr> {
        let root = self.session.active_root()?;
        is_same(self.home.path(), root.parent()?).then(|| root.file_name().unwrap_or_default())
    }

    fn permit(&self, path: &Path, is_ours: bool) -> String {
        let path = self.path(path);
        if is_ours { format!("`chmod -R u+rwX {path}`") } else { format!("`sudo chown -R \"$USER\" {path}`") }
    }

    fn unset(&self, variable: &str) -> String {
        if self.shell == Shell::Fish { format!("`set -e {variable}`") } else { format!("`unset {variable}`") }
    }

    /// A path as a word that can be typed.
    fn path(&self, path: &Path) -> String {
        typed_path(path, self.session.context.home())
    }

    /// What is typed for a verb of the functions: by the binary, where the shell has not loaded
    /// them.
    fn verb(&self, verb: &str) -> String {
        if self.has_functions() { verb.to_owned() } else { format!("venvwrap {verb}") }
    }

    fn has_functions(&self) -> bool {
        self.session.shell.is_some()
    }

    /// The root of the environment that a finding is about; else what it was seen at.
    fn root<'b>(&'b self, finding: &'b Finding) -> Cow<'b, Path> {
        match &finding.about {
            About::Environment(name) => Cow::Owned(self.home.path().join(name)),
            About::Elsewhere(root) => Cow::Borrowed(root),
            _ => Cow::Borrowed(&finding.path),
        }
    }
}

/// Names, the first of many.
fn listed(names: &[OsString]) -> String {
    let first: Vec<String> = names.iter().take(MANY).map(|name| shown(name).to_string()).collect();
    match names.len().saturating_sub(MANY) {
        0 => first.join(", "),
        1 => format!("{} and another one", first.join(", ")),
        more => format!("{} and {more} others", first.join(", ")),
    }
}

/// Programs of a `bin`, and the verb.
fn starting(scripts: &[OsString]) -> String {
    let verb = if scripts.len() == 1 { "starts" } else { "start" };
    format!("in its bin, {} {verb}", listed(scripts))
}

fn article(by: &str) -> String {
    if by.starts_with('a') { format!("an {by}") } else { format!("a {by}") }
}
