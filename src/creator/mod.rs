//! Creates an environment: its directories, links and `pyvenv.cfg`.
//!
//! Owns the layout on disk (`native`, `python27`), and the call of virtualenv if the user asks for
//! it. Packages are left to `seed`, the text of activation scripts to `shell`, and moving the
//! finished environment to its final path to `workon_home`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::interpreter::Interpreter;
use crate::one_line::is_one_line;
use crate::versions::Release;

mod native;
mod python27;
pub(crate) mod virtualenv;

/// What to create.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) interpreter: &'a Interpreter,
    /// The empty directory to write to.
    pub(crate) directory: &'a Path,
    /// The final path of the environment, which all files refer to.
    pub(crate) root: &'a Path,
    pub(crate) system_site_packages: bool,
    /// Text for the prompt, if it is not the name.
    pub(crate) prompt: Option<&'a OsStr>,
    /// Scripts for `bin`: name and content.
    pub(crate) scripts: &'a [(&'static str, Vec<u8>)],
}

/// A new environment, but for its packages.
#[derive(Debug)]
pub(crate) struct Created {
    /// The path of `site-packages`, which is not created yet.
    pub(crate) site_packages: PathBuf,
}

/// Whether venvwrap can create environments of this interpreter; if not, why.
pub(crate) fn supports(interpreter: &Interpreter) -> std::result::Result<(), &'static str> {
    let Release { major, minor, .. } = interpreter.version;
    match (interpreter.implementation.as_str(), major, minor) {
        ("CPython", 2, 7) | ("CPython" | "PyPy", 3, 3..) => Ok(()),
        ("CPython" | "PyPy", ..) => Err("venvwrap supports Python 2.7 and 3.3 or newer"),
        _ => Err("venvwrap supports CPython and PyPy"),
    }
}

/// Writes an environment into the request's directory, without starting anything. [`supports`] must
/// accept the interpreter.
pub(crate) fn create(request: &Request<'_>) -> Result<Created> {
    let base = request.interpreter.base_executable.as_os_str();
    if [Some(base), request.prompt].iter().flatten().any(|value| !is_one_line(value.as_bytes())) {
        return Err(Error::CannotCreate {
            python: request.interpreter.executable.clone(),
            // PEP 405: a value is one line.
            reason: "pyvenv.cfg cannot hold a path or a prompt with a line break or another control character"
                .to_owned(),
            hint: "choose another Python or another --prompt".to_owned(),
        });
    }
    if request.interpreter.version.major == 2 { python27::create(request) } else { native::create(request) }
}

/// The keys that venvwrap writes in every environment (PEP 405, PEP 838), in the order of `venv`.
fn pyvenv_cfg(request: &Request<'_>, more: &[(&str, &OsStr)]) -> Vec<u8> {
    let interpreter = request.interpreter;
    let version = interpreter.version;
    let home = interpreter.base_executable.parent().unwrap_or(Path::new("/"));
    let series = version.series().to_string();
    let version = version.to_string();
    let mut pairs = vec![
        ("home", home.as_os_str().as_bytes()),
        ("include-system-site-packages", if request.system_site_packages { b"true" } else { b"false" }),
        ("version", version.as_bytes()),
        ("python-version", series.as_bytes()),
        ("implementation", interpreter.implementation.as_bytes()),
        ("executable", interpreter.base_executable.as_os_str().as_bytes()),
    ];
    pairs.extend(request.prompt.map(|prompt| ("prompt", prompt.as_bytes())));
    pairs.extend(more.iter().map(|(key, value)| (*key, value.as_bytes())));
    pairs.push(("venvwrap", env!("CARGO_PKG_VERSION").as_bytes()));
    PyvenvCfg::text(pairs)
}

/// Writes the files that keep an environment out of commits and backups, and the scripts of `bin`.
fn write_common(request: &Request<'_>, bin: &Path) -> Result<()> {
    const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# Backups may skip this directory: venvwrap can create it again.\n";
    write(&request.directory.join(".gitignore"), b"*\n")?;
    write(&request.directory.join("CACHEDIR.TAG"), TAG.as_bytes())?;
    for (name, content) in request.scripts {
        write(&bin.join(name), content)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).map_err(Error::io("write", path))
}

fn make_directory(path: &Path) -> Result<()> {
    fs::create_dir(path).map_err(Error::io("create", path))
}

fn link(target: impl AsRef<Path>, path: &Path) -> Result<()> {
    std::os::unix::fs::symlink(target, path).map_err(Error::io(Error::LINKING, path))
}

/// The names of the interpreter in `bin`. The others are links to the first one.
fn names(interpreter: &Interpreter) -> Vec<OsString> {
    let Release { major, minor, .. } = interpreter.version;
    let mut names = vec!["python".to_owned(), format!("python{major}"), format!("python{major}.{minor}")];
    if interpreter.is_free_threaded() {
        names.push(format!("python{major}.{minor}t"));
    }
    if interpreter.implementation == "PyPy" {
        let suffix = if major == 2 { String::new() } else { major.to_string() };
        names.push("pypy".to_owned());
        names.extend([format!("pypy{suffix}")].into_iter().filter(|name| name != "pypy"));
    }
    names.into_iter().map(OsString::from).collect()
}
