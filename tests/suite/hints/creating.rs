//! Hints about the Pythons of environments, and about temporary programs to get one.

use std::fs;
use std::os::unix::fs::symlink;

use super::play::After::{Again, Gone, Line, Shown, Unpasted, Value};
use super::play::{NAME, situation};
use super::prepared::{on_path, python, real_without_pip, script};
use super::{Row, mentioned, pasted};
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "`venvwrap upgrade -p {} {}` rebuilds it with that Python and keeps its packages",
        situation(two_pythons, "mkvirtualenv -p {root}/other {name}", &[Again]).if_possible(has_two),
    ),
    pasted(
        "Upgraded `{name}` from Python {} to {}; `venvwrap undo {undo}` brings the old one back",
        situation(two_pythons, "venvwrap upgrade -p {root}/other {name}", &[Value, Line("venvwrap undo {name}")])
            .if_possible(has_two),
    ),
    pasted(
        "`--download` needs uv, and no uv on PATH works; `pipx install uv` installs it",
        situation(with_pipx, "mkvirtualenv --download -p 3.98 {name}", &[Value, Gone]),
    ),
    pasted(
        "`uv python install {asked}` installs it; so does `{create} --download -p {asked} NAME`",
        situation(with_uv, "mkvirtualenv -p 3.98 {name}", &[Shown, Unpasted("uv's Python is a script here")]),
    ),
    pasted("`pyenv install {version}` installs it", situation(with_pyenv, "mkvirtualenv -p 3.98 {name}", &[Shown])),
    pasted(
        "virtualenv may support it: `uv tool install virtualenv` or `pipx install virtualenv`",
        situation(unsupported, "mkvirtualenv -p {root}/graalpy {name}", &[Shown, Shown]),
    ),
    pasted(
        "`venvwrap doctor --fix {name}` links another Python of the same version; `venvwrap upgrade {name}` rebuilds it \
         with a newer one",
        situation(python_gone, "venvwrap run {name} true", &[Again, Again]),
    ),
    pasted(
        "install Python {series} again, or rebuild it with another: `venvwrap upgrade {}`",
        situation(old_python_gone, "venvwrap run {name} true", &[Again]),
    ),
    pasted(
        "`{} {copy}` makes a copy that can be upgraded",
        situation(linked, "venvwrap upgrade -p {root}/other {name}", &[Line("showvirtualenv copy")])
            .fill(&[("NAME", "copy")])
            .if_possible(has_two),
    ),
    mentioned(
        "a package of the system",
        "your system may have it as the package `{package}`; uv and pyenv install others",
    ),
    mentioned("names what was created", "Created `{name}` with {implementation} {version} and {packages}"),
    mentioned("names the environment", "Linked `{name}` to Python {} ({python}): its Python {before} is missing"),
    mentioned("names the environment", "Linked `{name}` to Python {} ({path})"),
    mentioned("names the environment", "`{name}` has the newest installed Python {}: {version}"),
    mentioned("names the environment", "`{name}` has Python {version} already"),
    mentioned(
        "needs two patch releases of one Python",
        "`{name}` keeps Python {}, because it was created with -p {}; `venvwrap upgrade -p {} {way}` links a newer one",
    ),
];

fn has_two() -> bool {
    pythons::other_than(pythons::complete()).is_some()
}

fn two_pythons(sandbox: &mut Sandbox) {
    real_without_pip(sandbox);
    let other = pythons::other_than(pythons::complete()).unwrap();
    symlink(&other.path, sandbox.root().join("other")).unwrap();
}

const INSTALLS_UV: &str = "test \"$*\" = 'install uv' || exit 1
printf '#!/bin/sh\\necho uv 0.9.0\\n' >\"${0%pipx}uv\" && chmod +x \"${0%pipx}uv\"";

fn with_pipx(sandbox: &mut Sandbox) {
    python(sandbox);
    script(sandbox, "pipx", INSTALLS_UV);
}

const OFFERS: &str = "case $* in
--version) echo uv 0.9.0 ;;
'python list'*) echo cpython-3.98.0 ;;
'python install 3.98') ;;
*) exit 1 ;;
esac";

fn with_uv(sandbox: &mut Sandbox) {
    python(sandbox);
    script(sandbox, "uv", OFFERS);
}

fn with_pyenv(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.write("home/.pyenv/bin/pyenv", "");
    script(sandbox, "pyenv", "test \"$*\" = 'install 3.98'");
}

/// Runs the code that it is given, with other facts.
const CLAIMS: &str = "import platform, sys
platform.python_implementation = lambda: 'GraalVM'
sys.implementation.name = 'graalpy'
sys.executable = sys._base_executable = sys.argv[1]
exec(sys.argv[sys.argv.index('-c') + 1])
";

/// A Python that says it is another implementation.
fn unsupported(sandbox: &mut Sandbox) {
    python(sandbox);
    let at = |name: &str| sandbox.root().join(name);
    let [real, code] = [&pythons::complete().path, &at("graalpy.py")]
        .map(|path| String::from_utf8(Shell::Bash.quoted(bytes(path))).unwrap());
    sandbox.write("graalpy.py", CLAIMS);
    script(sandbox, "graalpy", &format!("exec {real} {code} \"$0\" \"$@\""));
    fs::rename(sandbox.tools().join("graalpy"), at("graalpy")).unwrap();
    for name in ["uv", "pipx"] {
        script(sandbox, name, "case $* in 'tool install virtualenv'|'install virtualenv') ;; *) exit 1 ;; esac");
    }
}

/// The Python of an environment was removed, and the settings forbid the repair on the way.
fn python_gone(sandbox: &mut Sandbox) {
    let python = pythons::complete();
    real_without_pip(sandbox);
    on_path(sandbox, &format!("python{}", python.minor()), &python.path);
    lose_python(sandbox);
    sandbox.write("config/venvwrap/config.toml", "heal = \"never\"\n");
    sandbox.set("XDG_CONFIG_HOME", sandbox.root().join("config"));
}

/// Has the links of an environment point to a Python that does not exist.
fn lose_python(sandbox: &Sandbox) {
    let root = sandbox.environment(NAME);
    for entry in fs::read_dir(root.join("bin")).unwrap().flatten() {
        let is_absolute = fs::read_link(entry.path()).is_ok_and(|target| target.is_absolute());
        if is_absolute {
            fs::remove_file(entry.path()).unwrap();
            symlink(sandbox.root().join("gone/bin/python3"), entry.path()).unwrap();
        }
    }
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    let lines = cfg.lines().map(|line| if line.starts_with("home") { "home = /gone/bin" } else { line });
    fs::write(root.join("pyvenv.cfg"), lines.collect::<Vec<_>>().join("\n")).unwrap();
}

/// A version that no machine has.
fn old_python_gone(sandbox: &mut Sandbox) {
    real_without_pip(sandbox);
    lose_python(sandbox);
    let root = sandbox.environment(NAME);
    let python = pythons::complete();
    fs::rename(root.join(format!("lib/python{}", python.minor())), root.join("lib/python3.0")).unwrap();
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg.replace(&python.full(), "3.0.1")).unwrap();
}

fn linked(sandbox: &mut Sandbox) {
    two_pythons(sandbox);
    fs::rename(sandbox.environment(NAME), sandbox.root().join("away")).unwrap();
    symlink(sandbox.root().join("away"), sandbox.environment(NAME)).unwrap();
}

#[test]
fn hints_about_creating_can_be_pasted() {
    super::play_all(ROWS);
}
