//! Registers an environment as a kernel of the user's Jupyter.
//!
//! The spec is the one that the environment's own ipykernel ships, with the environment's Python in
//! place of `python`, and with the environment's programs first on PATH for `!pip install` in a
//! notebook. Owns what such a kernel is called.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{FILE_NAME, KernelSpec, LIMIT, LOGOS, MARK, has_ipykernel, inside, of_environment, user_directory};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::{read_small, rename_without_replacing, write_whole};

/// Kernel names that Jupyter gives its own Python: a spec of the user would hide that kernel.
const TAKEN: [&str; 3] = ["python", "python2", "python3"];

/// Limit for the names that are tried for a kernel.
const ATTEMPTS: usize = 100;

/// What registering did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registration {
    Added,
    Updated,
    Unchanged,
}

/// Registers the environment, or updates its kernel. Kernels that the user made for it are left as
/// they are, and no second one is added.
pub(crate) fn register(context: &Context, environment: &Environment) -> Result<(KernelSpec, Registration)> {
    let name = environment.name();
    if !has_ipykernel(environment) {
        let has_pip = fs::metadata(environment.bin().join("pip")).is_ok();
        let root = environment.root().to_path_buf();
        return Err(StoreError::NoIpykernel { name: name.to_owned(), root, has_pip }.into());
    }
    let mut found = of_environment(context, environment.root());
    if let Some(at) = found.iter().position(KernelSpec::is_ours) {
        let spec = found.swap_remove(at);
        let content = filled(spec.content.clone(), environment, name)?;
        let is_changed = content != spec.content;
        if is_changed {
            write_whole(&spec.directory.join(FILE_NAME), &as_text(&content)?)?;
        }
        let (spec, is_renamed) = under_name_of(KernelSpec { content, ..spec }, name);
        let done = if is_changed || is_renamed { Registration::Updated } else { Registration::Unchanged };
        return Ok((spec, done));
    }
    if let Some(spec) = found.into_iter().next() {
        return Ok((spec, Registration::Unchanged));
    }
    let kernels = user_directory(context).ok_or(StoreError::NoHome { variable: Some("JUPYTER_DATA_DIR") })?;
    let template = inside(environment.root()).into_iter().find(KernelSpec::runs_ipykernel);
    let content = template.map_or_else(default_content, |template| template.content);
    let mut content = filled(content, environment, name)?;
    content.insert("display_name".to_owned(), display_name(name).into());
    let text = as_text(&content)?;
    for candidate in names(name) {
        let directory = kernels.join(candidate);
        match write(&directory, &text, environment) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Another command registered it meanwhile.
                if let Some(spec) = of_environment(context, environment.root()).into_iter().find(KernelSpec::is_ours) {
                    return Ok((spec, Registration::Unchanged));
                }
            }
            Err(error) => return Err(Error::io("write", directory)(error)),
            Ok(()) => return Ok((KernelSpec { directory, text, content }, Registration::Added)),
        }
    }
    Err(Error::Exists { path: kernels.join(slug(name)) })
}

/// Creates a kernel spec. `kernel.json` comes last and never replaces another: without it, Jupyter
/// does not see the directory.
pub(super) fn write(directory: &Path, text: &[u8], environment: &Environment) -> io::Result<()> {
    if fs::symlink_metadata(directory.join(FILE_NAME)).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let is_new = fs::symlink_metadata(directory).is_err();
    fs::create_dir_all(directory)?;
    let written = write_files(directory, text, environment);
    // A kernel that is there belongs to another command.
    if written.is_err() && is_new && fs::symlink_metadata(directory.join(FILE_NAME)).is_err() {
        let _ = crate::fs::remove_tree(directory);
    }
    written
}

fn write_files(directory: &Path, text: &[u8], environment: &Environment) -> io::Result<()> {
    let of_package = environment.site_packages().map(|packages| packages.join("ipykernel/resources"));
    for logo in LOGOS {
        let logo_of = |resources: &Path| read_small(&resources.join(logo), LIMIT).ok().flatten();
        let shipped = inside(environment.root()).into_iter().find_map(|spec| logo_of(&spec.directory));
        // Without its pictures a kernel works as well.
        if let Some(picture) = shipped.or_else(|| logo_of(of_package.as_deref().ok()?)) {
            let _ = write_whole(&directory.join(logo), &picture);
        }
    }
    let mut file = tempfile::Builder::new()
        .prefix(".venvwrap-")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(directory)?;
    file.write_all(text)?;
    file.persist_noclobber(directory.join(FILE_NAME)).map(drop).map_err(|error| error.error)
}

/// The spec with the environment's current paths and name. `before`: its previous name. A display
/// name that the user chose stays.
pub(super) fn filled(
    mut content: Map<String, Value>,
    environment: &Environment,
    before: &OsStr,
) -> Result<Map<String, Value>> {
    let Some((python, bin)) =
        environment.python().to_str().map(str::to_owned).zip(environment.bin().to_str().map(str::to_owned))
    else {
        return Err(StoreError::NoKernelPath { root: environment.root().to_path_buf() }.into());
    };
    if let Some(program) = content.get_mut("argv").and_then(|words| words.get_mut(0)) {
        *program = python.into();
    }
    if content.get("display_name").is_some_and(|shown| *shown == display_name(before)) {
        content.insert("display_name".to_owned(), display_name(environment.name()).into());
    }
    if let Some(metadata) = section(&mut content, "metadata") {
        metadata.insert(MARK.to_owned(), true.into());
    }
    if let Some(variables) = section(&mut content, "env") {
        variables.insert("VIRTUAL_ENV".to_owned(), in_template(&environment.root().to_string_lossy()).into());
        variables.insert("PATH".to_owned(), format!("{}:${{PATH}}", in_template(&bin)).into());
    }
    Ok(content)
}

fn section<'c>(content: &'c mut Map<String, Value>, key: &str) -> Option<&'c mut Map<String, Value>> {
    content.entry(key).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

/// A value of `env`, which Jupyter reads as a `string.Template` of Python.
fn in_template(value: &str) -> String {
    value.replace('$', "$$")
}

/// What ipykernel 4.6 to 7 start with, for environments without a spec of their own.
fn default_content() -> Map<String, Value> {
    let content = json!({
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "language": "python",
    });
    content.as_object().cloned().unwrap_or_default()
}

pub(super) fn as_text(content: &Map<String, Value>) -> Result<Vec<u8>> {
    let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
    let mut text = serde_json::to_vec_pretty(content).map_err(wrong)?;
    text.push(b'\n');
    Ok(text)
}

/// What Jupyter shows for an environment of this name.
fn display_name(name: &OsStr) -> String {
    format!("Python ({})", name.to_string_lossy())
}

/// The names that a kernel of this environment can have, the best first. Jupyter accepts letters,
/// digits, `-`, `.`, and `_`, and does not tell upper case from lower case.
fn names(environment: &OsStr) -> impl Iterator<Item = String> {
    let slug = slug(environment);
    let first = (!TAKEN.contains(&&*slug)).then(|| slug.clone());
    first.into_iter().chain((2..ATTEMPTS).map(move |number| format!("{slug}-{number}")))
}

fn slug(environment: &OsStr) -> String {
    let kept = |character: char| match character.to_ascii_lowercase() {
        kept if kept.is_ascii_alphanumeric() || "-._".contains(kept) => kept,
        _ => '-',
    };
    environment.to_string_lossy().chars().map(kept).collect()
}

/// Renames the kernel if its name is that of another environment, and returns whether it was.
pub(super) fn under_name_of(spec: KernelSpec, environment: &OsStr) -> (KernelSpec, bool) {
    if names(environment).any(|name| spec.name() == OsStr::new(&name)) {
        return (spec, false);
    }
    for name in names(environment) {
        let directory = spec.directory.with_file_name(name);
        match rename_without_replacing(&spec.directory, &directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            // Under its old name it works as well.
            Err(_) => break,
            Ok(()) => return (KernelSpec { directory, ..spec }, true),
        }
    }
    (spec, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(name: &str) -> String {
        names(OsStr::new(name)).next().unwrap()
    }

    #[test]
    fn kernel_names_are_what_jupyter_accepts() {
        assert_eq!(first("projectx"), "projectx");
        assert_eq!(first("My Proj.2_é"), "my-proj.2_-");
        assert_eq!(first("Python3"), "python3-2");
        assert_eq!(names(OsStr::new("x")).nth(1).unwrap(), "x-2");
    }

    #[test]
    fn a_dollar_in_a_path_is_no_variable_of_a_template() {
        assert_eq!(in_template("/it's $HOME/x"), "/it's $$HOME/x");
    }
}
