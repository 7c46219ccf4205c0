//! Creates environments for CPython 2.7, which does not read `pyvenv.cfg`.
//!
//! It finds its prefix by following links from its executable, so the executable is a copy. It
//! finds its library by the file `os.py`, so that file is linked. And venvwrap's own `site.py`
//! (site27.py) adds the base interpreter's library.

use super::{Created, Request, link, make_directory, names, pyvenv_cfg, write, write_common};
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg::FILE_NAME;

const SITE: &[u8] = include_bytes!("site27.py");

/// Writes the environment, without `site-packages`.
pub(super) fn create(request: &Request<'_>) -> Result<Created> {
    let (directory, interpreter) = (request.directory, request.interpreter);
    let base = interpreter.base_prefix.join("lib/python2.7");
    let bin = directory.join("bin");
    make_directory(&bin)?;
    let names = names(interpreter);
    let executable = bin.join(&names[0]);
    reflink_copy::reflink_or_copy(&interpreter.base_executable, &executable).map_err(Error::io("copy", &executable))?;
    for name in &names[1..] {
        link(&names[0], &bin.join(name))?;
    }
    make_directory(&directory.join("include"))?;
    let lib = directory.join("lib");
    let library = lib.join("python2.7");
    make_directory(&lib)?;
    make_directory(&library)?;
    link(base.join("os.py"), &library.join("os.py"))?;
    link(base.join("lib-dynload"), &library.join("lib-dynload"))?;
    write(&library.join("site.py"), SITE)?;
    if !request.system_site_packages {
        // pip 19 and 20 read this file to refuse `--user` in such an environment.
        write(&library.join("no-global-site-packages.txt"), b"")?;
    }
    write_common(request, &bin)?;
    let prefix = interpreter.base_prefix.as_os_str();
    write(&directory.join(FILE_NAME), &pyvenv_cfg(request, &[("base-prefix", prefix)]))?;
    Ok(Created { site_packages: library.join("site-packages") })
}
