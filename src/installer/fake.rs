//! Test fixture: a home, a PATH of one directory, and an environment.

use std::fs;
use std::path::PathBuf;

use crate::context::Context;
use crate::environment::Environment;
pub(super) use crate::stand_in::program;

/// A temporary directory with an odd name, removed on drop.
pub(super) struct Room(tempfile::TempDir);

impl Room {
    pub(super) fn new() -> Self {
        let room = Self(tempfile::Builder::new().prefix("it's $x é").tempdir().unwrap());
        for inner in ["home", "bin", "cache", "envs/x/bin", "envs/x/lib/python3/site-packages", "base"] {
            fs::create_dir_all(room.path(inner)).unwrap();
        }
        room
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// The path as messages show it.
    pub(super) fn shown(&self) -> String {
        crate::shown::shown(self.0.path()).to_string()
    }

    /// A context with its own cache and these variables.
    pub(super) fn context(&self, variables: &[(&str, &str)]) -> Context {
        let paths = [("HOME", "home"), ("PATH", "bin"), ("XDG_CACHE_HOME", "cache")];
        let paths = paths.map(|(name, below)| (name, self.path(below).to_str().unwrap().to_owned()));
        let mut all: Vec<(&str, &str)> = paths.iter().map(|(name, path)| (*name, path.as_str())).collect();
        all.extend(variables);
        Context::made_of(&all)
    }

    pub(super) fn write(&self, below: &str, text: &str) -> PathBuf {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn program(&self, below: &str, body: &str) -> PathBuf {
        program(&self.path(below), body)
    }

    /// The environment, for this version of the Python in `base`.
    pub(super) fn environment(&self, version: &str) -> Environment {
        let base = self.path("base");
        self.write("envs/x/pyvenv.cfg", &format!("home = {}\nversion = {version}\n", base.display()));
        Environment::open(&self.path("envs/x")).unwrap().unwrap()
    }

    /// Gives the environment a pip of this version.
    pub(super) fn pip(&self, version: &str) {
        for directory in ["pip".to_owned(), format!("pip-{version}.dist-info")] {
            fs::create_dir_all(self.path("envs/x/lib/python3/site-packages").join(directory)).unwrap();
        }
    }
}
