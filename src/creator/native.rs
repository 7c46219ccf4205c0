//! Creates PEP 405 environments for CPython 3 and PyPy 3.
//!
//! The layout is the same as from the interpreter's own `venv`, so that `python -m venv --upgrade`,
//! editors and other tools find what they expect. 3.3 is the first version that reads `pyvenv.cfg`.

use std::path::Path;

use super::{Created, Request, link, make_directory, names, pyvenv_cfg, write, write_common};
use crate::error::Result;
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::versions::Release;

/// The first version whose `venv` creates a directory for headers under `include` (bpo-43976).
const HAS_OWN_INCLUDE: Release = Release::new(3, 11, 0);

/// Writes the environment, without `site-packages`.
pub(super) fn create(request: &Request<'_>) -> Result<Created> {
    let (directory, interpreter) = (request.directory, request.interpreter);
    let bin = directory.join("bin");
    make_directory(&bin)?;
    let names = names(interpreter);
    link(&interpreter.base_executable, &bin.join(&names[0]))?;
    for name in &names[1..] {
        link(&names[0], &bin.join(name))?;
    }

    let include = directory.join("include");
    make_directory(&include)?;
    if interpreter.version >= HAS_OWN_INCLUDE && interpreter.implementation == "CPython" {
        make_directory(&include.join(interpreter.library_directory()))?;
    }

    let site_packages = directory.join(interpreter.site_packages());
    make_parents(directory, &site_packages)?;
    if interpreter.has_lib64_link {
        link("lib", &directory.join("lib64"))?;
    } else if interpreter.platlibdir != "lib" {
        // 3.15: platlib is a separate directory (gh-139704).
        let platlib =
            directory.join(&interpreter.platlibdir).join(interpreter.library_directory()).join("site-packages");
        make_parents(directory, &platlib)?;
        make_directory(&platlib)?;
    }

    write_common(request, &bin)?;
    write(&directory.join(FILE_NAME), &pyvenv_cfg(request, &[]))?;
    Ok(Created { site_packages })
}

/// Creates the directories between `top`, which exists, and `path`, without `path` itself.
fn make_parents(top: &Path, path: &Path) -> Result<()> {
    let between = path.strip_prefix(top).ok().and_then(Path::parent).unwrap_or(Path::new(""));
    let mut at = top.to_path_buf();
    for component in between.components() {
        at.push(component);
        make_directory(&at)?;
    }
    Ok(())
}
