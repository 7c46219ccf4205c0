//! Whole environments that change their place, with real interpreters and the scripts of real
//! installers.
//!
//! Owns the environments: one with everything in it that is known to name its place. `moved` looks
//! at what becomes of it, and runs all of it when the old place is gone.

mod moved;
mod tree;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use super::{Relocation, spellings};
use crate::context::Context;
use crate::environment::Environment;
use crate::interpreter::Interpreter;
use crate::seed::tests::real_interpreter;

/// A directory name that every language has to survive.
const HOSTILE: &str = "a b'c\"d$e`f\\g;h{i,j}!é'''k";

/// An activation script of ours, in small: a line for the place and one for the name.
fn small_scripts(root: &Path, prompt: &OsStr) -> Vec<(&'static str, Vec<u8>)> {
    let text = [b"# ours\nroot = ", root.as_os_str().as_bytes(), b"\nname = ", prompt.as_bytes(), b"\n"].concat();
    vec![("activate.nu", text)]
}

/// A room for environments.
struct Room {
    directory: tempfile::TempDir,
    context: Context,
    interpreter: Interpreter,
}

impl Room {
    fn new() -> Self {
        let process = Context::from_process();
        let path = process.variable("PATH").unwrap_or_default().to_str().unwrap().to_owned();
        // Resolved, so that what the kernel says and what was asked for are the same where a test
        // compares them.
        let directory = tempfile::tempdir_in(crate::fs::resolved(&tempfile::env::temp_dir()).unwrap()).unwrap();
        Self { directory, context: Context::made_of(&[("PATH", &path)]), interpreter: real_interpreter() }
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Runs a program with the environment of this process, but for what could lead it elsewhere.
    fn run(&self, program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> Output {
        let mut command = self.context.command(program);
        command.args(arguments).current_dir("/").env("PIP_NO_INDEX", "1").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        for variable in ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"] {
            command.env_remove(variable);
        }
        command.output().unwrap()
    }

    fn succeeds(&self, program: impl AsRef<OsStr>, arguments: &[&OsStr]) -> OsString {
        let output = self.run(&program, arguments);
        assert!(output.status.success(), "{:?} {arguments:?}: {output:?}", program.as_ref());
        let mut text = output.stdout;
        while text.last() == Some(&b'\n') {
            text.pop();
        }
        OsString::from_vec(text)
    }

    fn python(&self, root: &Path, code: &str) -> OsString {
        self.succeeds(root.join("bin/python"), &[OsStr::new("-c"), OsStr::new(code)])
    }

    /// An environment made by `python -m venv`.
    fn venv(&self, root: &Path, options: &[&str]) {
        let words: Vec<&OsStr> = ["-I", "-m", "venv"].iter().chain(options).map(OsStr::new).collect();
        self.succeeds(&self.interpreter.base_executable, &[&*words, &[root.as_os_str()]].concat());
    }

    /// `None` where there is no such program on this machine.
    fn program(&self, name: &str) -> Option<PathBuf> {
        self.context.program(name)
    }

    fn site_packages(&self) -> &'static str {
        // Leaked for the comfort of joining it; a test ends soon.
        Box::leak(self.interpreter.site_packages().to_str().unwrap().to_owned().into_boxed_str())
    }
}

/// The change of place of the environment at `root`.
fn relocation(root: &Path, new: &Path) -> Relocation {
    let environment = Environment::open(root).unwrap().unwrap();
    Relocation::new(&environment, &spellings(root), new, small_scripts)
}

/// Copies `from` to `to`, as if both stood in their places.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    super::copy_tree(from, to, Some(&relocation(from, to)), &|_| Ok(())).unwrap();
}

/// Changes the environment at `from` into one at `to`.
fn renamed(from: &Path, to: &Path) {
    let staging = tempfile::tempdir_in(from.parent().unwrap()).unwrap();
    let rewriting = super::Rewriting::prepare(from, &relocation(from, to), staging.path()).unwrap();
    fs::rename(from, to).unwrap();
    rewriting.apply(to).unwrap();
    let staging = tempfile::tempdir_in(to.parent().unwrap()).unwrap();
    let environment = Environment::open(to).unwrap().unwrap();
    let again = Relocation::new(&environment, &spellings(from), to, small_scripts);
    let left = super::Rewriting::prepare(to, &again, staging.path()).unwrap();
    assert!(left.is_empty(), "done again there is nothing to do: {left:?}");
}

fn write(path: &Path, text: impl AsRef<[u8]>, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A wheel with one module and the commands that call it: each prints its own name and the prefix
/// of its Python.
fn wheel(directory: &Path, name: &str, commands: &[&str]) -> PathBuf {
    let path = directory.join(format!("{name}-1.0-py3-none-any.whl"));
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    let module = "import os, sys\ndef main():\n    print(os.path.basename(sys.argv[0]), *sys.argv[1:], sys.prefix)\n";
    let commands: Vec<String> = commands.iter().map(|command| format!("{command} = {name}:main\n")).collect();
    let info = format!("{name}-1.0.dist-info");
    let record =
        format!("{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/entry_points.txt,,\n{info}/RECORD,,\n");
    for (file, text) in [
        (format!("{name}.py"), module.to_owned()),
        (format!("{info}/METADATA"), format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")),
        (
            format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned(),
        ),
        (format!("{info}/entry_points.txt"), format!("[console_scripts]\n{}", commands.concat())),
        (format!("{info}/RECORD"), record),
    ] {
        archive.start_file(file, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path
}

/// What a project needs to be installed editable without anything from the index: a backend of its
/// own (PEP 660).
const BACKEND: &str = r"
import os, zipfile
def get_requires_for_build_editable(config_settings=None):
    return []
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = 'inside-1.0-py3-none-any.whl'
    here = os.path.dirname(os.path.abspath(__file__))
    files = {
        '__editable__.inside-1.0.pth': here + '\n',
        'inside-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: inside\nVersion: 1.0\n',
        'inside-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
        'inside-1.0.dist-info/entry_points.txt': '[console_scripts]\ninside = inside:main\n',
    }
    files['inside-1.0.dist-info/RECORD'] = ''.join(path + ',,\n' for path in files)
    with zipfile.ZipFile(os.path.join(wheel_directory, name), 'w') as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return name
";

/// Installs packages with the environment's own pip: one with commands, and one that is editable
/// and lies inside.
fn install_packages(room: &Room, root: &Path) {
    let pip = |arguments: &[&OsStr]| {
        let words = ["-m", "pip", "-q", "install", "--no-deps"].map(OsStr::new);
        room.succeeds(root.join("bin/python"), &[&words, arguments].concat());
    };
    pip(&[wheel(room.directory.path(), "tool", &["tool", "other-tool"]).as_os_str()]);
    let project = root.join("src/inside");
    let pyproject = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n\
                     [project]\nname = 'inside'\nversion = '1.0'\n";
    write(&project.join("pyproject.toml"), pyproject, 0o644);
    write(&project.join("backend.py"), BACKEND, 0o644);
    let module = "import sys\ndef main():\n    print(__file__, sys.prefix)\n";
    write(&project.join("inside.py"), module, 0o644);
    pip(&[OsStr::new("--no-build-isolation"), OsStr::new("-e"), project.as_os_str()]);
}

/// Puts in what else is known to name its environment (FINDINGS.md 5), and what only seems to.
fn add_everything(room: &Room, root: &Path) {
    let place = root.to_str().unwrap();
    let site = root.join(room.site_packages());
    let python = root.join("bin/python").to_str().unwrap().to_owned();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let body = format!(
        "__requires__ = 'a==1'\n__file__ = {}\nprint(open(__file__).read())\n",
        json(&format!("{place}/src/a.py"))
    );
    let script = |name: &str, text: String| write(&root.join("bin").join(name), text, 0o755);
    script("setuptools-develop", format!("#!{python} -E\n# EASY-INSTALL-DEV-SCRIPT: 'a==1','a.py'\n{body}"));
    write(&root.join("src/a.py"), "a", 0o644);
    script("with-coding", format!("#!{python}\n# -*- coding: utf-8 -*-\nprint('é', __import__('sys').prefix)\n"));
    script("by-env", "#!/usr/bin/env python3\nprint('x')\n".to_owned());
    script("in-shell", format!("#!/bin/sh\necho '{place}/share'\n"));
    script("postactivate", format!("# no first line\nexport DATA=\"{place}/share\"\n"));
    let appended = format!("\nexport MINE=\"{place}/share:$HOME\" # in {place}\n");
    File::options().append(true).open(root.join("bin/activate")).unwrap().write_all(appended.as_bytes()).unwrap();

    write(&site.join("easy-install.pth"), format!("{place}/src/a\n/elsewhere/b\n"), 0o644);
    write(&site.join("a.egg-link"), format!("{place}/src/a\n."), 0o644);
    let finder = format!("MAPPING: dict[str, str] = {{'a': {}}}\n", json(&format!("{place}/src/a")));
    write(&site.join("__editable___a_finder.py"), finder, 0o644);
    let kernel = serde_json::json!({"argv": [python, "-m", "ipykernel"], "env": {"A": place}});
    write(&root.join("share/jupyter/kernels/x/kernel.json"), kernel.to_string(), 0o644);
    write(&root.join("etc/tool.ini"), format!("[a]\ndata = {place}/share\nlist={place}/a:{place}/b\n"), 0o640);
    write(&root.join("share/latin.txt"), [b"\xe9\xff ", place.as_bytes(), b"/share\n"].concat(), 0o444);
    write(&root.join("share/near.txt"), format!("{place}3/x {place}-old {place}.d/x\n"), 0o644);
    write(&root.join("share/binary"), [b"\0\x01", place.as_bytes(), b"\0"].concat(), 0o644);
    write(&root.join("bin/activate.nu"), &small_scripts(root, root.file_name().unwrap())[0].1, 0o644);
    write(&root.join(".project"), "/my/project\n", 0o644);

    symlink(root.join("src/inside"), root.join("share/absolute")).unwrap();
    symlink("../src/inside", root.join("share/relative")).unwrap();
    symlink(Path::new("../../").join(root.file_name().unwrap()).join("src"), root.join("share/around")).unwrap();
    symlink("/usr", root.join("share/outside")).unwrap();
    fs::hard_link(root.join("etc/tool.ini"), room.path("hard-link")).unwrap();
    nix::unistd::mkfifo(&root.join("share/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
}
