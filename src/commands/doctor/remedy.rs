//! What to do about each symptom. A command in backticks can be pasted as it is.

use std::ffi::OsString;
use std::path::Path;

use super::words::Words;
use super::{Finding, Subject, Symptom};
use crate::belief;
use crate::env_vars;
use crate::health::{self, MetadataFile};
use crate::shell::Shell;
use crate::shown::{operands, typed};
use crate::verb;

impl Words<'_> {
    /// What to do, in one line.
    #[allow(clippy::too_many_lines, reason = "an arm for each symptom")]
    pub(super) fn remedy(&self, finding: &Finding) -> String {
        let (here, and) = (self.typed(&finding.path), verb::and());
        let root = &finding.root;
        let name = match &finding.subject {
            Subject::Environment(name) => name,
            _ => finding.path.file_name().unwrap_or_default(),
        };
        let fix = match &finding.subject {
            Subject::Environment(name) => format!("`venvwrap doctor --fix {}` repairs it", operands(&[name])),
            _ => "`venvwrap doctor --fix`".to_owned(),
        };
        // Outside the store venvwrap changes nothing.
        let can_fix = finding.subject != Subject::Elsewhere;
        let recreate = if can_fix {
            format!("`{} --clear {}` recreates it", self.verb("mkvirtualenv"), operands(&[name]))
        } else {
            "recreate it with the tool that made it".to_owned()
        };
        let python = || match &finding.subject {
            Subject::Environment(name) => format!("venvwrap run {} python", operands(&[name])),
            _ => self.typed(&root.join("bin/python")),
        };
        let relink = fix.trim_end_matches(" repairs it");
        // Reads the packages from disk, and builds with another Python.
        let rebuild = if can_fix {
            format!("`venvwrap upgrade {}` rebuilds it with another Python", operands(&[name]))
        } else {
            recreate.clone()
        };
        let load = self.shell.loading_line();
        match &finding.symptom {
            Symptom::PythonMissing { series: Some(series), .. }
            | Symptom::HomeMissing { series: Some(series), .. }
            | Symptom::PythonReplaced { series, can_relink: true, .. }
                if can_fix =>
            {
                format!("{relink} links it to another Python {series}; if there is none, {rebuild}")
            }
            Symptom::PythonMissing { .. } | Symptom::HomeMissing { .. } | Symptom::PythonReplaced { .. } => {
                format!("install that Python again, or {rebuild}")
            }
            Symptom::PythonOutsideHome { .. } => format!("if it does not work, {recreate}"),
            Symptom::Moved { can_rewrite: true, .. } if !can_fix => {
                let copy = copy_name(root);
                let (copy, root, verb) = (operands(&[copy]), self.typed(root), self.verb("cpvirtualenv"));
                format!("`{verb} {root} {copy}{and} venvwrap doctor --fix {copy}` makes a working copy in WORKON_HOME")
            }
            Symptom::NoActivate { .. } | Symptom::NoCfg if !can_fix => recreate,
            Symptom::Moved { can_rewrite: true, .. }
            | Symptom::NoActivate { .. }
            | Symptom::Recreated
            | Symptom::NoCfg
            | Symptom::Leftovers { .. }
            | Symptom::TmpenvAbandoned
            | Symptom::CacheDamaged
            | Symptom::RenameNotStarted { .. } => fix,
            Symptom::KernelDangling { environment: Some(name), .. } => {
                format!("`venvwrap kernel remove {}`", operands(&[name]))
            }
            Symptom::KernelDangling { .. } => format!("`rm -r {here}`"),
            Symptom::KernelWithoutIpykernel { environment, .. } => {
                let name = operands(&[environment]);
                format!("`venvwrap run {name} python -m pip install ipykernel`, or `venvwrap kernel remove {name}`")
            }
            Symptom::WrapperDangling { .. } => format!("`rm {here}`, or link it to where that program is now"),
            Symptom::UvWithoutProject => {
                let (verb, name) = (self.verb("setvirtualenvproject"), operands(&[name]));
                format!("`{verb} {name} DIRECTORY` links it to one; `venvwrap uv off {name}` ends the use by uv")
            }
            Symptom::UvBesideDotVenv => {
                let name = operands(&[name]);
                format!(
                    "remove it if nothing needs it: `rm -r {here}`; or `venvwrap uv off {name}`, and uv uses only that"
                )
            }
            Symptom::Moved { .. } | Symptom::NoSitePackages => recreate,
            Symptom::ScriptPythonMissing { scripts, .. } | Symptom::ScriptPythonElsewhere { scripts, .. } => {
                let it = if scripts.len() == 1 { "it" } else { "them" };
                let paths = self.typed_all(&root.join("bin"), scripts);
                format!("reinstall the package that has {it}, or remove {it}: `rm {paths}`")
            }
            Symptom::ActivateEdited { .. } => {
                let hook = root.join("bin/postactivate");
                format!("move what you added to the end of that file, or to {}", self.session.shown(&hook))
            }
            Symptom::Unreadable { is_ours }
            | Symptom::NotWritable { is_ours }
            | Symptom::StoreNotWritable { is_ours }
            | Symptom::CacheNotWritable { is_ours } => {
                let root = self.typed(root);
                if *is_ours { format!("`chmod -R u+rwX {root}`") } else { format!("`sudo chown -R \"$USER\" {root}`") }
            }
            Symptom::PipModuleMissing => format!("`rm -r {here}{and} {} -m ensurepip --default-pip`", python()),
            Symptom::NoPip => format!("`{} -m ensurepip --default-pip`", python()),
            Symptom::PipOfOtherPython => format!("`{} -m ensurepip --default-pip` adds it, or use `uv pip`", python()),
            Symptom::NoPipCommand => format!("`{} -m pip install --force-reinstall pip`", python()),
            Symptom::MetadataIncomplete { missing: MetadataFile::Metadata, names }
            | Symptom::PipLeftovers { names } => {
                let directory = finding.path.parent().unwrap_or(Path::new(""));
                format!("`rm -r {}`", self.typed_all(directory, names))
            }
            Symptom::MetadataIncomplete { missing: MetadataFile::Record, names } => {
                let package = |name: &OsString| name.to_string_lossy().split('-').next().unwrap_or_default().to_owned();
                let packages: Vec<String> = names.iter().map(package).collect();
                format!("`{} -m pip install --ignore-installed --no-deps {}`", python(), operands(&packages))
            }
            Symptom::PrivateDirectoryUnusable { remedy, .. } | Symptom::Undeletable { remedy, .. } => remedy.clone(),
            Symptom::NotPrivate { doubt, variable } => belief::remedy(doubt, variable),
            Symptom::NoStore => format!("`mkdir -p {here}`, or create an environment"),
            Symptom::StoreUnusable { .. } => "set WORKON_HOME to a directory, or move this out of the way".to_owned(),
            Symptom::StoreReadOnly => "mount it read-write, or set WORKON_HOME to another directory".to_owned(),
            Symptom::StoreOpen => format!("`chmod o-w {here}`"),
            Symptom::DanglingLink { .. } => format!("`{} {}`", self.verb("rmvirtualenv"), operands(&[name])),
            Symptom::LinkLoop => format!("`rm {here}`"),
            Symptom::Husk => {
                // Outside of WORKON_HOME, where doctor would find it again.
                let mut aside = name.to_owned();
                aside.push(".old");
                let aside = self.typed(&self.session.context.home().unwrap_or(Path::new("/var/tmp")).join(aside));
                format!("`mv {here} {aside}{and} {} {}`", self.verb("mkvirtualenv"), operands(&[name]))
            }
            Symptom::Strays { .. } => "move it elsewhere if it does not belong there".to_owned(),
            Symptom::RenameUnfinished { old, new } => {
                format!("`{} {}` finishes it", self.verb("mvvirtualenv"), operands(&[old, new]))
            }
            Symptom::LittleSpace { .. } => {
                format!("`{} --now NAME` deletes an environment for good", self.verb("rmvirtualenv"))
            }
            Symptom::FunctionsOutdated | Symptom::FunctionsMissing { has_line: true, .. } => {
                format!("start a new shell, or run `{load}`")
            }
            Symptom::FunctionsMissing { .. } => {
                format!("`venvwrap setup {}` loads them in new shells, `{load}` in this one", self.shell)
            }
            Symptom::CommandsReplaced => format!("move this line to the end of {}: `{load}`", self.rc_file()),
            Symptom::LoadedTwice { .. } => "remove that line: every new fish reads the file of the package".to_owned(),
            Symptom::SwitchingLeft { .. } => "one of the two is enough: keep that tool's, or `--auto`".to_owned(),
            Symptom::VirtualenvwrapperLoaded => {
                format!("remove the line that loads virtualenvwrapper.sh from {}", self.rc_file())
            }
            Symptom::Copies { .. } => format!("keep one of them: `rm {here}`"),
            Symptom::UnseenByApps { default, is_free: true } => format!("`ln -s {here} {}`", self.typed(default)),
            Symptom::UnseenByApps { .. } => {
                format!("add this line to ~/.profile: `export WORKON_HOME={}`", typed(&finding.path))
            }
            Symptom::ActiveMissing
                if self.has_functions() && self.session.context.variable(env_vars::VENVWRAP_UNDO).is_some() =>
            {
                "`deactivate`".to_owned()
            }
            Symptom::ActiveMissing => self.unset("VIRTUAL_ENV"),
            Symptom::ActiveNotOnPath | Symptom::Shadowed { .. } => {
                let activate = self.activate();
                format!("activate it again: `{activate}`")
            }
            Symptom::NotInActive { command: "pip", .. } => "`python -m ensurepip --default-pip`".to_owned(),
            Symptom::NotInActive { .. } => match self.active_name() {
                Some(name) => format!("`venvwrap doctor --fix {}`", operands(&[name])),
                None => "recreate the environment".to_owned(),
            },
            Symptom::Alias { command, .. } => format!("`unalias {command}`"),
            Symptom::Function { command } if self.shell == Shell::Fish => format!("`functions -e {command}`"),
            Symptom::Function { command } => format!("`unset -f {command}`"),
            Symptom::StaleHash { .. } => "`hash -r`".to_owned(),
            Symptom::OtherOnPath { root } => {
                let name = root.file_name().unwrap_or_default();
                let activate = format!(", or activate it: `workon {}`", operands(&[name]));
                format!("remove it where PATH is set{}", if self.has_functions() { &activate } else { "" })
            }
            Symptom::PythonHome => self.unset("PYTHONHOME"),
            Symptom::PythonPath => self.unset("PYTHONPATH"),
        }
    }

    fn rc_file(&self) -> String {
        let file = health::rc_file(self.session.context, self.shell.name());
        file.map_or_else(|| "your rc file".to_owned(), |(file, _)| self.session.shown(&file))
    }

    /// The command that activates the active environment again.
    fn activate(&self) -> String {
        if let Some(name) = self.active_name().filter(|_| self.has_functions()) {
            return format!("workon {}", operands(&[name]));
        }
        let root = self.session.active_root().unwrap_or(Path::new(""));
        let (verb, script) = match self.shell {
            Shell::Bash | Shell::Zsh => ("source", "bin/activate"),
            Shell::Fish => ("source", "bin/activate.fish"),
            Shell::Nu => ("overlay use", "bin/activate.nu"),
        };
        format!("{verb} {}", self.typed(&root.join(script)))
    }

    fn unset(&self, variable: &str) -> String {
        match self.shell {
            Shell::Bash | Shell::Zsh => format!("`unset {variable}`"),
            Shell::Fish => format!("`set -e {variable}`"),
            Shell::Nu => format!("`hide-env {variable}`"),
        }
    }

    fn typed_all(&self, directory: &Path, names: &[OsString]) -> String {
        names.iter().map(|name| self.typed(&directory.join(name))).collect::<Vec<_>>().join(" ")
    }

    /// How to call a verb: by its function, or without functions by the binary.
    fn verb(&self, verb: &str) -> String {
        if self.has_functions() { verb.to_owned() } else { format!("venvwrap {verb}") }
    }
}

/// A name for the copy of an environment: that of its project's directory, unless that is hidden.
fn copy_name(root: &Path) -> String {
    let names = [root.parent(), Some(root)].into_iter().flatten().filter_map(Path::file_name);
    let mut names = names.map(|name| name.to_string_lossy().trim_start_matches(['.', '-']).to_owned());
    names.find(|name| !name.is_empty()).unwrap_or_else(|| "copy".to_owned())
}
