//! Moving an environment: every path in it that points to the old location is changed.
//!
//! Owns finding these paths and changing them, in a copy ([`copy_tree`]) or in place
//! ([`Rewriting`]). All other files keep their bytes and times; so do all compiled files and other
//! binaries. Nothing outside the environment changes, and no Python is started. Where environments
//! may be, and when one appears there, is left to `workon_home`.

mod activation_script;
mod copy;
mod edit;
#[cfg(test)]
mod fuzzed;
mod in_place;
mod record;
mod script;
mod source;
mod spelling;
#[cfg(test)]
mod tests;
mod url;

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use self::activation_script::{OurScript, Renaming};
use self::spelling::Spelling;
use crate::environment::{BIN, Environment};
use crate::formats::pyvenv_cfg;
use crate::formats::shebang::is_script;
use crate::fs::{resolved, tidied};
use crate::quoting::Language;

pub(crate) use activation_script::named_elsewhere;
pub(crate) use copy::{copy_again, copy_tree};
pub(crate) use in_place::Rewriting;

/// The activation scripts for a root and a prompt: file name in `bin`, and content.
pub(crate) type ActivationScripts = fn(&Path, &OsStr) -> Vec<(&'static str, Vec<u8>)>;

/// A move from one location to another.
#[derive(Debug)]
pub(crate) struct Relocation {
    /// The old location with all links resolved, so that `..` means what it means to the kernel.
    old: PathBuf,
    new: PathBuf,
    spelling: Spelling,
    renaming: Option<Renaming>,
    ours: Vec<OurScript>,
    /// The major version of the environment's Python.
    major: u32,
}

impl Relocation {
    /// From `olds`, the spellings of the location that `environment` was created for (as typed
    /// first, resolved last), to `new`. All paths are absolute and tidy.
    pub(crate) fn new(environment: &Environment, olds: &[PathBuf], new: &Path, scripts: ActivationScripts) -> Self {
        let renamed = olds.first().and_then(|old| old.file_name()).zip(new.file_name());
        Self::made(environment, olds, new, scripts, renamed.is_some_and(|(old, new)| old != new))
    }

    /// Like [`Self::new`], but the prompt stays as it is.
    pub(crate) fn keeping_prompt(
        environment: &Environment,
        olds: &[PathBuf],
        new: &Path,
        scripts: ActivationScripts,
    ) -> Self {
        Self::made(environment, olds, new, scripts, false)
    }

    fn made(
        environment: &Environment,
        olds: &[PathBuf],
        new: &Path,
        scripts: ActivationScripts,
        renames: bool,
    ) -> Self {
        let named = olds.first().map_or(Path::new("/"), PathBuf::as_path);
        let (old_name, new_name) = (named.file_name().unwrap_or_default(), new.file_name().unwrap_or_default());
        let prompt = environment.prompt();
        let is_name = renames && (prompt == environment.name() || prompt == old_name);
        let (old_prompt, new_prompt) = if is_name { (old_name, new_name) } else { (&*prompt, &*prompt) };
        let ours = scripts(named, old_prompt).into_iter().zip(scripts(new, new_prompt));
        Self {
            old: olds.last().cloned().unwrap_or_default(),
            new: new.to_path_buf(),
            spelling: Spelling::new(olds, new),
            renaming: renames.then(|| Renaming { old: old_name.to_owned(), new: new_name.to_owned() }),
            ours: ours.map(|((name, old), (_, new))| OurScript { name, old, new }).collect(),
            major: environment.series().map_or(3, |series| series.major),
        }
    }

    /// The new content of a file. `None` if nothing changes. `path` is relative to the root.
    fn rewritten(&self, path: &Path, content: &[u8]) -> Option<Vec<u8>> {
        let name = path.file_name().unwrap_or_default();
        if path == Path::new(pyvenv_cfg::FILE_NAME) {
            return self.cfg(content);
        }
        let lower = name.to_ascii_lowercase();
        let activates = [&b"activate"[..], b"deactivate"].iter().any(|word| lower.as_bytes().starts_with(word));
        if activates && path.parent() == Some(Path::new(BIN)) {
            return self.activation_script(name, content);
        }
        if !self.spelling.may_be_in(content) {
            return None;
        }
        if is_script(content) {
            return script::replaced(&self.spelling, content, self.major);
        }
        // A NUL means a binary file, where a path of another length could break things.
        if memchr::memchr(0, content).is_some() {
            return None;
        }
        match path.extension().map(OsStr::as_bytes) {
            Some(b"pth" | b"egg-link") => self.spelling.replaced_lines(content),
            None if name == ".project" => self.spelling.replaced_lines(content),
            _ => self.spelling.replaced(content, language(path)),
        }
    }

    /// Changes `pyvenv.cfg`: paths, and the command that created the environment.
    fn cfg(&self, content: &[u8]) -> Option<Vec<u8>> {
        let made = pyvenv_cfg::with_values(content, |key, value| match key {
            "prompt" => self.renaming.as_ref().and_then(|renaming| renaming.replaced_value(value)),
            // Only people read the command; and Python does not start if the file is not UTF-8.
            "command" => {
                let new = self.spelling.replaced(value, Language::Plain);
                new.map(|new| String::from_utf8_lossy(&new).into_owned().into_bytes())
            }
            _ => self.spelling.replaced_path(value),
        });
        (made != content).then_some(made)
    }

    fn activation_script(&self, name: &OsStr, content: &[u8]) -> Option<Vec<u8>> {
        let language = language(Path::new(name));
        let ours = self.ours.iter().find(|ours| name == ours.name);
        let first = ours.and_then(|ours| ours.replaced(content));
        let second = self.spelling.replaced(first.as_deref().unwrap_or(content), language).or(first);
        let renamed = |text| self.renaming.as_ref()?.replaced(text, language);
        renamed(second.as_deref().unwrap_or(content)).or(second)
    }

    /// The new target of a link. `None` if it stays. `path` is relative to the root.
    fn retargeted(&self, path: &Path, target: &Path) -> Option<PathBuf> {
        let replaced = |target: &Path| {
            let bytes = self.spelling.replaced_path(target.as_os_str().as_bytes())?;
            Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
        };
        if target.is_absolute() {
            return replaced(target);
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        if !leaves(directory, target) {
            return None;
        }
        // Above the root, a relative target means another file from the new location; it may also
        // come back into the environment.
        let absolute = tidied(&self.old.join(directory).join(target));
        replaced(&absolute).or_else(|| (self.old.parent() != self.new.parent()).then_some(absolute))
    }
}

/// A JSON file from outside the environment with the new location. `None` if nothing changes.
pub(crate) fn replaced_in_json(text: &[u8], olds: &[PathBuf], new: &Path) -> Option<Vec<u8>> {
    Spelling::new(olds, new).replaced(text, Language::Json)
}

/// A text from outside the environment, such as a value or a list of directories, with the new
/// location. `None` if nothing changes.
pub(crate) fn replaced_in_text(text: &[u8], olds: &[PathBuf], new: &Path) -> Option<Vec<u8>> {
    Spelling::new(olds, new).replaced(text, Language::Plain)
}

/// A location as it is typed, and with the links above it resolved. Whether the last component is
/// a link does not matter.
pub(crate) fn spellings(location: &Path) -> Vec<PathBuf> {
    let parent = location.parent().map(resolved).and_then(Result::ok);
    let other = parent.zip(location.file_name()).map(|(parent, name)| parent.join(name));
    std::iter::once(location.to_path_buf()).chain(other).collect()
}

/// Whether `target` passes above the root, seen from a directory relative to the root.
fn leaves(directory: &Path, target: &Path) -> bool {
    let mut depth = directory.components().count();
    for component in target.components() {
        match component {
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            _ => {}
        }
    }
    false
}

/// Whether a file is never searched, by its name: libraries and archives, and compiled files, which
/// Python corrects on import.
fn is_opaque(path: &Path) -> bool {
    let opaque: [&[u8]; 8] = [b"pyc", b"pyo", b"so", b"dylib", b"a", b"o", b"whl", b"gz"];
    path.extension().is_some_and(|extension| opaque.contains(&extension.as_bytes()))
}

/// The language of a file without `#!`, by its name.
fn language(path: &Path) -> Language {
    let name = path.file_name().unwrap_or_default();
    match path.extension().map(OsStr::as_bytes) {
        Some(b"py" | b"pyi" | b"xsh") => Language::Python,
        Some(b"json" | b"ipynb") => Language::Json,
        Some(b"sh" | b"bash" | b"zsh" | b"ksh") => Language::Sh,
        Some(b"csh" | b"tcsh") => Language::Csh,
        Some(b"fish") => Language::Fish,
        Some(b"nu") => Language::Nu,
        Some(b"ps1") => Language::PowerShell,
        // Hooks (CONTRACT.md 4) are sourced, with or without `#!`.
        None if name.as_bytes().ends_with(b"activate") || name == "get_env_details" => Language::Sh,
        _ => Language::Text,
    }
}
