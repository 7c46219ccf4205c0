//! Hints about environments of other tools. A script with the name of the tool removes the
//! environment if it is called with the right words in the right directory; elsewhere::owners has
//! the real tools.

use std::fs;

use super::play::After::{Line, Shown};
use super::play::situation;
use super::prepared::script;
use super::{Row, pasted};
use crate::support::conda;
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};

pub(super) const ROWS: &[Row] = &[
    pasted(
        "change it with conda; `conda create -n NAME --clone {path}` copies it",
        situation(of_conda, "mvvirtualenv gis y", &[Shown]).fill(&[("NAME", "copy")]),
    ),
    pasted(
        "`conda env remove -p {path}`",
        situation(of_conda, "rmvirtualenv gis", &[Line("test ! -e {root}/conda/envs/gis")]),
    ),
    pasted(
        "`{} {copy}` makes a copy in WORKON_HOME",
        situation(in_project, "mvvirtualenv shop y", &[Line("showvirtualenv copy")]).fill(&[("NAME", "copy")]),
    ),
    pasted(
        "`rm -r {path}`",
        situation(in_project, "rmvirtualenv shop", &[Line("test ! -e {root}/projects/shop/.venv")]),
    ),
    pasted(
        "`pyenv virtualenv-delete {}`",
        situation(of_pyenv, "rmvirtualenv shop", &[Line("test ! -e {root}/removed")]),
    ),
    pasted("`scuv remove {}`", situation(of_scuv, "rmvirtualenv shop", &[Line("test ! -e {root}/removed")])),
    pasted("`{in_project}pipenv --rm`", situation(of_pipenv, "rmvirtualenv shop", &[Line("test ! -e {root}/removed")])),
    pasted(
        "`{in_project}poetry env remove {}`",
        situation(of_poetry, "rmvirtualenv shop", &[Line("test ! -e {root}/removed")]),
    ),
    pasted(
        "`{in_project}hatch env remove {}`",
        situation(of_hatch, "rmvirtualenv shop", &[Line("test ! -e {root}/removed")]),
    ),
];

/// Accepts the two commands with the prefix.
fn of_conda(sandbox: &mut Sandbox) {
    conda::prefix(sandbox, "conda/envs/gis");
    script(
        sandbox,
        "conda",
        "case \"$1 $2 $3 $4\" in 'env remove -p '*) rm -r \"$4\" ;; 'create -n copy --clone') test -d \"$5\" ;; *) exit 1 ;; esac",
    );
}

fn in_project(sandbox: &mut Sandbox) {
    sandbox.minimal_environment_at(&sandbox.root().join("projects/shop/.venv"));
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
}

/// A project that the tool would know by the directory it runs in.
fn project(sandbox: &mut Sandbox, tool: &str, words: &str) -> String {
    let directory = sandbox.root().join("projects/shop");
    fs::create_dir_all(&directory).unwrap();
    sandbox.write("projects/shop/Pipfile", "");
    sandbox.write("removed", "");
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
    sandbox.set("XDG_CACHE_HOME", sandbox.root().join("cache"));
    script(sandbox, tool, &format!("test \"$*\" = '{words}' && test -f Pipfile && rm ../../removed"));
    let mut command = sandbox.command(&pythons::complete().path);
    command.args(["-c", MARK]).arg(&directory);
    sandbox.run_command(command, b"").status(0).stdout_text().trim().to_owned()
}

/// The mark of a project in the names of poetry and hatch.
const MARK: &str = "import sys, os, base64, hashlib
print(base64.urlsafe_b64encode(hashlib.sha256(os.fsencode(sys.argv[1])).digest()).decode()[:8])";

fn of_pyenv(sandbox: &mut Sandbox) {
    let removed = sandbox.write("removed", "");
    let root = sandbox.root().join("my pyenv");
    sandbox.set("PYENV_ROOT", &root);
    sandbox.minimal_environment_at(&root.join("versions/3.11.7/envs/shop"));
    sandbox.set("REMOVED", removed);
    script(sandbox, "pyenv", "test \"$*\" = 'virtualenv-delete shop' && rm \"$REMOVED\"");
}

fn of_scuv(sandbox: &mut Sandbox) {
    let removed = sandbox.write("removed", "");
    sandbox.set("REMOVED", removed);
    sandbox.minimal_environment_at(&sandbox.home().join(".scuv/virtualenvs/shop"));
    script(sandbox, "scuv", "test \"$*\" = 'remove shop' && rm \"$REMOVED\"");
}

fn of_pipenv(sandbox: &mut Sandbox) {
    project(sandbox, "pipenv", "--rm");
    let root = sandbox.home().join(".local/share/virtualenvs/shop-abcdefgh");
    sandbox.minimal_environment_at(&root);
    fs::write(root.join(".project"), bytes(sandbox.root().join("projects/shop"))).unwrap();
}

fn of_poetry(sandbox: &mut Sandbox) {
    let mark = project(sandbox, "poetry", "env remove shop-*-py3.11");
    let name = format!("shop-{mark}-py3.11");
    sandbox.minimal_environment_at(&sandbox.root().join("cache/pypoetry/virtualenvs").join(&name));
    script(sandbox, "poetry", &format!("test \"$*\" = 'env remove {name}' && test -f Pipfile && rm ../../removed"));
}

fn of_hatch(sandbox: &mut Sandbox) {
    let mark = project(sandbox, "hatch", "env remove default");
    let place = sandbox.home().join(".local/share/hatch/env/virtual/shop").join(mark).join("shop");
    sandbox.minimal_environment_at(&place);
}

#[test]
fn hints_about_other_tools_can_be_pasted() {
    super::play_all(ROWS);
}
