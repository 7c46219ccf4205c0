//! Writes the content of a site-packages tree: unpacked wheels, compiled files, and a RECORD that
//! lacks only the rows of the scripts.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use super::wheel::{Wheel, write_new};
use crate::asked::{Patience, ask};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::formats::dist_info::{INSTALLER, RECORD, REQUESTED};
use crate::formats::record::{self, InstalledFile};
use crate::interpreter::Interpreter;
use crate::isolation;
use crate::versions::Release;

/// How long compiling may take. One second is usual, and the environment works without.
const LONGEST_COMPILING: Patience = Patience::seconds(120);

/// The inputs of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeInputs<'a> {
    pub(super) context: &'a Context,
    pub(super) interpreter: &'a Interpreter,
    pub(super) wheels: &'a [Wheel],
}

/// Unpacks, compiles and records into `site_packages`, which must not exist.
pub(super) fn make(making: TreeInputs<'_>, site_packages: &Path) -> Result<()> {
    fs::create_dir(site_packages).map_err(Error::io("create", site_packages))?;
    let mut unpacked = Vec::new();
    for wheel in making.wheels {
        unpacked.push(wheel.unpack(site_packages).map_err(Error::io("unpack", &wheel.path))?);
    }
    compile(making, site_packages);
    for (wheel, rows) in making.wheels.iter().zip(unpacked) {
        record(making, wheel, rows, site_packages).map_err(Error::io("write in", site_packages))?;
    }
    Ok(())
}

/// Compiles all files that compile. Nothing here is an error: pip contains files for other Pythons,
/// and an environment works without compiled files.
fn compile(making: TreeInputs<'_>, site_packages: &Path) {
    let TreeInputs { context, interpreter, .. } = making;
    let run = |options: &[&str]| {
        drop(ask(context, &interpreter.base_executable, LONGEST_COMPILING, |command| {
            command.args(options).arg("-q").arg(site_packages).current_dir("/");
            // With this variable, Python checks its compiled files by hash at each start.
            isolation::without_variables(command).env_remove("SOURCE_DATE_EPOCH");
        }));
    };
    if interpreter.version.major < 3 {
        return run(&["-E", "-s", "-m", "compileall"]);
    }
    run(&["-I", "-m", "compileall", "-j0"]);
    let is_compiled = |wheel: &Wheel| site_packages.join(&wheel.name).join("__pycache__").is_dir();
    if !making.wheels.iter().any(is_compiled) {
        // Several processes need semaphores, which some containers lack.
        run(&["-I", "-m", "compileall"]);
    }
}

/// Writes the metadata that an installer adds to a package: INSTALLER, REQUESTED, RECORD.
fn record(making: TreeInputs<'_>, wheel: &Wheel, mut rows: Vec<InstalledFile>, site_packages: &Path) -> io::Result<()> {
    let dist_info = wheel.dist_info();
    let compiled = rows.iter().filter_map(|row| compiled(row.path(), making.interpreter));
    let compiled: Vec<String> = compiled.filter(|path| site_packages.join(path).is_file()).collect();
    rows.extend(compiled.into_iter().map(InstalledFile::unhashed));
    let mut add = |name: &str, content: &[u8]| {
        let path = format!("{dist_info}/{name}");
        rows.push(InstalledFile::of(&path, content));
        write_new(&site_packages.join(path), content, 0o666)
    };
    // Without venvwrap, pip would have installed the package. Any other word makes other tools
    // refuse to uninstall it.
    add(INSTALLER, b"pip\n")?;
    if marks_requested(making.wheels) {
        add(REQUESTED, b"")?;
    }
    let path = format!("{dist_info}/{RECORD}");
    rows.push(InstalledFile::unhashed(path.clone()));
    write_new(&site_packages.join(path), &record::text(rows), 0o666)
}

/// The first pip that writes REQUESTED. An older one does not remove it.
const MARKS_REQUESTED: Release = Release::new(20, 2, 0);

fn marks_requested(wheels: &[Wheel]) -> bool {
    let pip = wheels.iter().find(|wheel| wheel.name == "pip");
    pip.is_none_or(|pip| Release::leading(&pip.version) >= Some(MARKS_REQUESTED))
}

/// The path of the compiled file for `source`.
pub(super) fn compiled(source: &str, interpreter: &Interpreter) -> Option<String> {
    let path = Path::new(source);
    (path.extension() == Some(OsStr::new("py"))).then_some(())?;
    if interpreter.version.major < 3 {
        return Some(format!("{source}c"));
    }
    let name = format!("{}.{}.pyc", path.file_stem()?.to_str()?, interpreter.cache_tag);
    path.parent()?.join("__pycache__").join(name).into_os_string().into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::made_up_interpreter;

    #[test]
    fn compiled_files_have_the_path_for_that_python() {
        let mut interpreter = made_up_interpreter();
        assert_eq!(compiled("x.py", &interpreter).unwrap(), "__pycache__/x.cpython-313.pyc");
        assert_eq!(compiled("a/b.c.py", &interpreter).unwrap(), "a/__pycache__/b.c.cpython-313.pyc");
        assert_eq!(compiled("a/b.txt", &interpreter), None);
        interpreter.version.major = 2;
        assert_eq!(compiled("a/b.py", &interpreter).unwrap(), "a/b.pyc");
    }

    #[test]
    fn requested_is_written_if_that_pip_would() {
        let with = |name: &str| marks_requested(&[Wheel::named(Path::new(name)).unwrap()]);
        assert!(!with("pip-18.1-py2.py3-none-any.whl"));
        assert!(!with("pip-20.1.1-py2.py3-none-any.whl"));
        assert!(with("pip-20.2-py2.py3-none-any.whl"));
        assert!(with("pip-24.2-py3-none-any.whl"));
    }
}
