//! Each check, against damage that is made for real.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::*;

mod environments;
mod surroundings;

/// A store under a hostile path, with a base interpreter beside it that nobody can start.
struct World {
    _room: tempfile::TempDir,
    root: PathBuf,
    context: Context,
    home: WorkonHome,
}

fn scripts(root: &Path, _prompt: &OsStr) -> Vec<(&'static str, Vec<u8>)> {
    let activate =
        format!("deactivate () {{\n    hash -r\n}}\nVIRTUAL_ENV=\"{}\"\nexport VIRTUAL_ENV\nhash -r\n", root.display());
    vec![("activate", activate.into_bytes()), ("activate.fish", b"# fish\n".to_vec())]
}

impl World {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(variables: &[(&str, &str)]) -> Self {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's {a,b};é");
        fs::create_dir_all(root.join("home")).unwrap();
        fs::create_dir_all(root.join("base/bin")).unwrap();
        fs::write(root.join("base/bin/python3.12"), "not to be started").unwrap();
        let home = root.join("home/.virtualenvs");
        fs::create_dir(&home).unwrap();
        let at = |below: &str| root.join(below).to_str().unwrap().to_owned();
        let mut all = vec![("HOME", at("home")), ("XDG_CACHE_HOME", at("cache"))];
        all.extend(variables.iter().map(|(name, value)| (*name, value.replace("ROOT", root.to_str().unwrap()))));
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let context = Context::made_of(&all);
        Self { context, home: WorkonHome::at(home), root, _room: room }
    }

    fn examination(&self) -> Examination<'_> {
        Examination { context: &self.context, home: &self.home, shell: "bash", scripts }
    }

    /// An environment of ours with which nothing is the matter.
    fn make(&self, name: &str) -> PathBuf {
        let root = self.home.path().join(name);
        let packages = root.join("lib/python3.12/site-packages");
        for directory in ["bin", "lib/python3.12/site-packages/pip", "lib/python3.12/site-packages/pip-1.dist-info"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        for file in ["pip/__init__.py", "pip-1.dist-info/METADATA", "pip-1.dist-info/RECORD"] {
            fs::write(packages.join(file), "").unwrap();
        }
        let base = self.root.join("base/bin");
        let cfg = format!("home = {}\nversion = 3.12.1\nvenvwrap = 0\n", base.display());
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        symlink(base.join("python3.12"), root.join("bin/python")).unwrap();
        symlink("python", root.join("bin/python3")).unwrap();
        for (name, text) in scripts(&root, OsStr::new("")) {
            fs::write(root.join("bin").join(name), text).unwrap();
        }
        fs::write(root.join("bin/pip"), opening(&root.join("bin/python"))).unwrap();
        root
    }

    fn found(&self, name: &str) -> Vec<Symptom> {
        let environment = self.home.get(&EnvironmentName::existing(OsStr::new(name)).unwrap()).unwrap();
        self.examination().environment(&environment).into_iter().map(|finding| finding.symptom).collect()
    }

    fn store(&self) -> Vec<Symptom> {
        self.examination().store().into_iter().map(|finding| finding.symptom).collect()
    }

    /// Mends all it can of an environment, and what was done.
    fn mend(&self, name: &str) -> Vec<Repair> {
        let environment = self.home.get(&EnvironmentName::existing(OsStr::new(name)).unwrap()).unwrap();
        let found = self.examination().environment(&environment);
        found.iter().filter_map(|finding| repair(&self.examination(), finding)).map(|done| done.unwrap()).collect()
    }
}

/// The first lines of a program, in the form for a path with a blank.
fn opening(python: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    crate::formats::shebang::opening(python.as_os_str().as_bytes(), b"", b"", 3)
}

fn names(names: &[&str]) -> Vec<OsString> {
    names.iter().map(OsString::from).collect()
}
