//! The seed as a whole, with real interpreters.
//!
//! Owns the interpreters and the room for it: a cache, a store and environments under a hostile
//! path. `mechanics` uses a small made-up pip; `peers` the real one, against `python -m venv` and
//! against every installer.

mod mechanics;
mod peers;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::manifest::Manifest;
use super::tree::{self, Tree};
use super::wheel::Wheel;
use super::{LinkMode, Planted, Planting, Seed};
use crate::context::Context;
use crate::interpreter::{self, Interpreter};
use crate::versions::Release;

/// A directory name that every layer has to survive.
const HOSTILE: &str = "a b'c\"d$e`f\\g;h{i,j}é'''k";

/// What the interpreter module would answer, for a Python that is not there.
pub(super) fn made_up_interpreter() -> Interpreter {
    Interpreter {
        executable: PathBuf::from("/made/up/bin/python3"),
        base_executable: PathBuf::from("/made/up/bin/python3.13"),
        base_prefix: PathBuf::from("/made/up"),
        version: Release::new(3, 13, 0),
        release: "final.0".to_owned(),
        implementation: "CPython".to_owned(),
        cache_tag: "cpython-313".to_owned(),
        abiflags: String::new(),
        platlibdir: "lib".to_owned(),
        has_lib64_link: true,
        bundled: Vec::new(),
    }
}

/// Every Python on the search path and of pyenv that brings a pip, the newest first. Asked once.
fn interpreters() -> &'static [Interpreter] {
    static FOUND: OnceLock<Vec<Interpreter>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let process = Context::from_process();
        let mut pythons: Vec<PathBuf> =
            ["python3", "pypy3"].into_iter().flat_map(|name| process.programs(name)).collect();
        let versions = process.home().map(|home| fs::read_dir(home.join(".pyenv/versions")));
        let versions = versions.into_iter().flatten().flatten().flatten();
        pythons.extend(versions.map(|entry| entry.path().join("bin/python")));
        let cache = tempfile::tempdir().unwrap();
        let context = Context::made_of(&[("XDG_CACHE_HOME", cache.path().to_str().unwrap())]);
        let mut found: Vec<_> = pythons.iter().filter_map(|python| interpreter::at(&context, python).ok()).collect();
        found.retain(|interpreter| !interpreter.bundled.is_empty());
        found.sort_by_key(|interpreter| Reverse((interpreter.version, interpreter.base_executable.clone())));
        found.dedup_by(|one, other| one.base_executable == other.base_executable);
        found
    })
}

/// The newest `CPython` of this machine.
pub(crate) fn real_interpreter() -> Interpreter {
    let newest = interpreters().iter().find(|interpreter| interpreter.implementation == "CPython");
    newest.expect("these tests need a CPython with ensurepip: install python3 and python3-venv").clone()
}

/// A room with a cache, a store and environments of its own.
struct Room {
    directory: tempfile::TempDir,
    name: &'static str,
    context: Context,
    interpreter: Interpreter,
}

impl Room {
    fn with(interpreter: Interpreter, name: &'static str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let base = directory.path().join(name);
        fs::create_dir_all(base.join("store")).unwrap();
        let process = Context::from_process();
        let path = process.variable("PATH").unwrap_or_default().to_str().unwrap().to_owned();
        let variables = [("XDG_CACHE_HOME", base.to_str().unwrap()), ("PATH", &path), ("HOME", base.to_str().unwrap())];
        Self { context: Context::made_of(&variables), directory, name, interpreter }
    }

    /// With a pip of three files: everything but what pip itself does.
    fn small() -> Self {
        let mut room = Self::with(real_interpreter(), HOSTILE);
        room.interpreter.bundled = vec![small_pip(&room.base(), "1")];
        room
    }

    fn base(&self) -> PathBuf {
        self.directory.path().join(self.name)
    }

    fn pool(&self) -> PathBuf {
        self.base().join("store/.venvwrap/pool")
    }

    fn seed(&self, link_mode: LinkMode) -> Seed<'_> {
        Seed::for_interpreter(&self.context, &self.interpreter, link_mode, &self.pool(), || {
            crate::seed::Download::ByAny
        })
        .unwrap()
    }

    /// What is planted, pip first.
    fn wheels(&self) -> Vec<Wheel> {
        self.seed(LinkMode::Auto).choice.stock().unwrap().wheels.clone()
    }

    /// An environment as `creator` would have it before the seed, planted under a temporary name
    /// and renamed.
    fn environment(&self, name: &str, link_mode: LinkMode) -> (Environment<'_>, Planted) {
        let seed = self.seed(link_mode);
        let (temporary, root) = (self.base().join(".temporary"), self.base().join(name));
        let version = self.interpreter.version;
        let site_packages = temporary.join(self.interpreter.site_packages());
        fs::create_dir_all(temporary.join("bin")).unwrap();
        fs::create_dir_all(site_packages.parent().unwrap()).unwrap();
        symlink(&self.interpreter.base_executable, temporary.join("bin/python")).unwrap();
        symlink("python", temporary.join(format!("bin/python{}", version.series()))).unwrap();
        let home = self.interpreter.base_executable.parent().unwrap().display().to_string();
        let text = format!("home = {home}\ninclude-system-site-packages = false\nversion = {version}\n");
        fs::write(temporary.join("pyvenv.cfg"), text).unwrap();
        let planting =
            Planting { site_packages: &site_packages, bin: &temporary.join("bin"), final_bin: &root.join("bin") };
        let planted = seed.plant(&planting).unwrap();
        fs::rename(&temporary, &root).unwrap();
        let site_packages = root.join(self.interpreter.site_packages());
        (Environment { context: &self.context, root, site_packages, version }, planted)
    }

    /// The one tree of the cache, as it is now and as its manifest has it.
    fn tree(&self) -> (Manifest, Tree) {
        let trees = self.base().join("venvwrap/trees");
        let seed = self.seed(LinkMode::Auto);
        let tree = tree::open(&trees, seed.choice.stock().unwrap().identity.key()).unwrap();
        assert_eq!(fs::read_dir(&trees).unwrap().count(), 1, "one tree and no leftovers");
        (Manifest::of(&tree.site_packages).unwrap(), tree)
    }

    fn assert_cache_is_whole(&self) {
        let (now, tree) = self.tree();
        assert!(now == tree.manifest, "the cache was altered");
    }
}

struct Environment<'a> {
    context: &'a Context,
    root: PathBuf,
    site_packages: PathBuf,
    version: Release,
}

impl Environment<'_> {
    /// Runs a script of `bin` directly, as a person would. Gives what it prints.
    fn succeeds(&self, script: &str, arguments: &[&str]) -> String {
        let mut command = self.context.command(self.root.join("bin").join(script));
        command.args(arguments).current_dir("/").env_remove("PYTHONPATH");
        command.env("PIP_NO_INDEX", "1").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        if self.version.major == 2 {
            // Python 2 knows no pyvenv.cfg; that its environments work is the creator's to see to.
            command.env("PYTHONPATH", &self.site_packages);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{script} {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn python(&self, code: &str) -> String {
        self.succeeds("python", &["-c", code])
    }
}

/// A pip that prints its version and first argument.
fn small_pip(directory: &Path, version: &str) -> PathBuf {
    let path = directory.join(format!("pip-{version}-py2.py3-none-any.whl"));
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    let dist_info = format!("pip-{version}.dist-info");
    let metadata = format!("Metadata-Version: 2.1\nName: pip\nVersion: {version}\n");
    let main = format!("import sys\ndef main():\n    print('small pip {version}: ' + sys.argv[1])\n");
    for (name, content) in [
        ("pip/__init__.py", ""),
        ("pip/main.py", &main),
        ("pip/deep/er/data.txt", "data"),
        (&format!("{dist_info}/METADATA"), &metadata),
        (&format!("{dist_info}/entry_points.txt"), "[console_scripts]\npip = pip.main:main\npip3 = pip.main:main\n"),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path
}

fn files_in(root: &Path) -> BTreeSet<PathBuf> {
    let manifest = Manifest::of(root).unwrap();
    let files = manifest.directories.iter();
    files.flat_map(|directory| directory.files.iter().map(|entry| directory.path.join(&entry.name))).collect()
}
