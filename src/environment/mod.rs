//! A virtual environment on disk: its interpreter, version, prompt, and packages.
//!
//! Owns reading an environment, and the files in it that commands edit (`path_extensions`,
//! `system_packages`). Runs nothing in it (promise 4 of DESIGN.md), so broken environments can be
//! read, too. Finding environments is left to `workon_home`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, StoreError};
use crate::formats::pyvenv_cfg::{self, PyvenvCfg};
use crate::shown::inert;
use crate::sorting;
use crate::versions::Series;

pub(crate) mod appended;
pub(crate) mod conda;
pub(crate) mod direct;
pub(crate) mod distributions;
pub(crate) mod frozen;
pub(crate) mod integrity;
pub(crate) mod origin;
pub(crate) mod path_extensions;
pub(crate) mod requested_python;
pub(crate) mod system_packages;
pub(crate) mod write_protection;

use origin::{Elsewhere, Origin};

/// Longest file of an environment that is read whole. Real ones are shorter.
const SMALL: u64 = 64 * 1024;

/// The directory of the programs.
pub(crate) const BIN: &str = "bin";

/// An environment, identified by its root directory, with links in that path unresolved.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    root: PathBuf,
    cfg: Option<PyvenvCfg>,
    elsewhere: Option<Box<Elsewhere>>,
    is_conda: bool,
}

impl Environment {
    /// Opens the environment at `root`. It has a `pyvenv.cfg` (PEP 405), or `bin/activate`:
    /// virtualenv wrote only that before the PEP, and for Python 2.7 later. `None` if both are
    /// missing.
    pub(crate) fn open(root: &Path) -> Result<Option<Self>> {
        let cfg = match PyvenvCfg::read(root) {
            // An unreadable file does not make the environment missing.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && pyvenv_cfg::exists_in(root) => {
                Some(PyvenvCfg::default())
            }
            other => other.map_err(Error::io("read", root.join(pyvenv_cfg::FILE_NAME)))?,
        };
        let is_one = cfg.is_some() || fs::metadata(root.join(BIN).join("activate")).is_ok_and(|file| file.is_file());
        Ok(is_one.then(|| Self { root: root.to_path_buf(), cfg, elsewhere: None, is_conda: false }))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Marks the environment as another tool's: `origin` keeps it under `name`, shows `label` in
    /// the prompt, and uses it for `project`.
    pub(crate) fn kept_elsewhere(
        mut self,
        origin: Origin,
        name: OsString,
        label: OsString,
        project: Option<PathBuf>,
    ) -> Self {
        self.elsewhere = Some(Box::new(Elsewhere { origin, name, label, project }));
        self
    }

    /// The tool that keeps the environment.
    pub(crate) fn origin(&self) -> Origin {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.origin,
            None if self.is_conda => Origin::Conda,
            None => Origin::Store,
        }
    }

    /// The project that the owning tool keeps this environment for, if known.
    pub(crate) fn project_of_owner(&self) -> Option<&Path> {
        self.elsewhere.as_ref()?.project.as_deref()
    }

    /// The last component of the root. For an environment outside the store: what a user types.
    pub(crate) fn name(&self) -> &OsStr {
        match &self.elsewhere {
            Some(elsewhere) => &elsewhere.name,
            None => self.root.file_name().unwrap_or_default(),
        }
    }

    /// The name without the prefix for the owning tool.
    pub(crate) fn label(&self) -> &OsStr {
        self.elsewhere.as_ref().map_or_else(|| self.name(), |elsewhere| &elsewhere.label)
    }

    /// The content of `pyvenv.cfg`, if the file exists.
    pub(crate) fn cfg(&self) -> Option<&PyvenvCfg> {
        self.cfg.as_ref()
    }

    pub(crate) fn bin(&self) -> PathBuf {
        self.root.join(BIN)
    }

    /// `bin/python`.
    pub(crate) fn python(&self) -> PathBuf {
        self.root.join(BIN).join("python")
    }

    /// Fails if `bin/python` is missing, or a link to a missing file, which the error names. Starts
    /// nothing.
    pub(crate) fn check_python(&self) -> Result<()> {
        let python = self.python();
        match fs::metadata(&python) {
            Ok(_) => Ok(()),
            // A conda environment can hold any packages, and needs no Python.
            Err(_) if self.is_conda && self.conda_python().is_none() => Ok(()),
            Err(_) if self.elsewhere.is_some() => Err(StoreError::BrokenElsewhere {
                name: self.name().to_owned(),
                python: end_of_links(&python),
                owner: self.origin().word(),
            }
            .into()),
            Err(_) => Err(Error::Broken { name: self.name().to_owned(), python: end_of_links(&python) }),
        }
    }

    /// The text for the prompt, safe to show on a terminal: `prompt` of `pyvenv.cfg`, else the
    /// name.
    pub(crate) fn prompt(&self) -> OsString {
        if self.is_conda {
            return inert(&self.conda_name());
        }
        let configured = self.cfg.as_ref().and_then(PyvenvCfg::prompt);
        inert(configured.map_or_else(|| self.label(), OsStr::from_bytes))
    }

    /// The version of the Python, from `pyvenv.cfg`, else from the name of the library directory
    /// (`2.7`).
    pub(crate) fn version(&self) -> Option<String> {
        if self.is_conda {
            return self.conda_python();
        }
        let recorded = self.cfg.as_ref().and_then(PyvenvCfg::version);
        recorded.or_else(|| {
            let library = self.library().ok()?;
            let name = library.file_name()?.to_str()?;
            Some(name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).to_owned())
        })
    }

    /// The base interpreter, if `pyvenv.cfg` records it.
    pub(crate) fn base_python(&self) -> Option<PathBuf> {
        let cfg = self.cfg.as_ref()?;
        cfg.executables().next().or_else(|| Some(self.python_in(&cfg.home()?)))
    }

    /// The interpreter in `home` (PEP 405): the target of `bin/python`, else the first existing
    /// file with the name of an interpreter.
    fn python_in(&self, home: &Path) -> PathBuf {
        let linked = fs::read_link(self.python()).ok().filter(|target| target.parent() == Some(home));
        // `python3` may be another version since then.
        let names = match self.series() {
            Some(series) => vec![format!("python{series}"), format!("pypy{series}")],
            None => ["python3", "python", "pypy3", "pypy"].map(str::to_owned).to_vec(),
        };
        let all: Vec<PathBuf> = linked.into_iter().chain(names.iter().map(|name| home.join(name))).collect();
        all.iter().find(|path| path.is_file()).or(all.first()).cloned().unwrap_or_default()
    }

    /// The directory of the installed packages under `lib` (sysconfig's `purelib`). It is searched
    /// for, because its path depends on the implementation and build.
    pub(crate) fn site_packages(&self) -> Result<PathBuf> {
        Ok(self.library()?.join("site-packages"))
    }

    /// The names of the installed distributions, each once.
    pub(crate) fn distributions(&self) -> Result<Vec<String>> {
        distributions::names(self.package_directories()?.iter().map(PathBuf::as_path))
    }

    /// The origins of the distributions that were not installed from an index. Fails if their
    /// metadata contains a line break.
    pub(crate) fn direct_origins(&self) -> Result<Vec<direct::DirectOrigin>> {
        direct::origins(self.package_directories()?.iter().map(PathBuf::as_path))
    }

    /// All directories of installed packages: sysconfig's `purelib`, and `platlib` if it differs.
    pub(crate) fn package_directories(&self) -> Result<Vec<PathBuf>> {
        let packages = self.site_packages()?;
        // Fedora's `lib64` is a link to `lib` up to 3.14, and a directory of its own since
        // (gh-139704).
        if fs::read_link(self.root.join("lib64")).is_ok_and(|target| target == Path::new("lib")) {
            return Ok(vec![packages]);
        }
        let library = packages.parent().and_then(Path::file_name).unwrap_or_default();
        let platform = self.root.join("lib64").join(library).join("site-packages");
        let has_both = platform.is_dir() && !crate::fs::is_same(&packages, &platform);
        Ok(std::iter::once(packages).chain(has_both.then_some(platform)).collect())
    }

    fn library(&self) -> Result<PathBuf> {
        let lib = self.root.join("lib");
        let mut found: Vec<PathBuf> = fs::read_dir(&lib)
            .map_err(Error::io("read", &lib))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.join("site-packages").is_dir())
            .collect();
        // An environment that was upgraded in place has several. The recorded version decides.
        sorting::sort(&mut found);
        let wanted = self.cfg.as_ref().and_then(PyvenvCfg::version).and_then(|version| Series::of(&version));
        let minor = wanted.map(|series| series.to_string()).unwrap_or_default();
        let is_wanted = |path: &PathBuf| path.to_string_lossy().trim_end_matches('t').ends_with(&minor);
        let index = found.iter().position(is_wanted).unwrap_or(0);
        if found.is_empty() {
            let reason = "no site-packages under its lib directory";
            return Err(Error::NotAnEnvironment { path: self.root.clone(), reason });
        }
        Ok(found.swap_remove(index))
    }
}

/// The end of a chain of links, even if it is missing. Follows 40 links, as the kernel does.
pub(crate) fn end_of_links(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("/")).join(target);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn made(cfg: &str) -> (tempfile::TempDir, PathBuf) {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's $x");
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::create_dir_all(root.join("lib/python3.9/site-packages")).unwrap();
        fs::create_dir_all(root.join("lib/python3.12/site-packages")).unwrap();
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        (room, root)
    }

    #[test]
    fn facts_are_read_without_running_python() {
        let (_room, root) = made("home = /opt/py/bin\nversion = 3.12.4\ninclude-system-site-packages = True\n");
        let environment = Environment::open(&root).unwrap().unwrap();
        assert_eq!(environment.prompt(), "it's $x");
        assert_eq!(environment.version().unwrap(), "3.12.4");
        assert_eq!(environment.site_packages().unwrap(), root.join("lib/python3.12/site-packages"));
        assert_eq!(environment.base_python().unwrap(), Path::new("/opt/py/bin/python3.12"));
    }

    #[test]
    fn a_missing_interpreter_is_named() {
        let (_room, root) = made("home = /gone\n");
        symlink("python3", root.join("bin/python")).unwrap();
        symlink("/gone/python3", root.join("bin/python3")).unwrap();
        let error = Environment::open(&root).unwrap().unwrap().check_python().unwrap_err();
        assert!(error.to_string().ends_with("its Python, /gone/python3, does not exist"), "{error}");
    }

    #[test]
    fn a_plain_directory_is_no_environment() {
        let room = tempfile::tempdir().unwrap();
        assert!(Environment::open(room.path()).unwrap().is_none());
        fs::create_dir(room.path().join("bin")).unwrap();
        fs::write(room.path().join("bin/activate"), "").unwrap();
        assert!(Environment::open(room.path()).unwrap().is_some());
    }
}
