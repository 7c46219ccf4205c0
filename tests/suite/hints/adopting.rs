//! Hints about environments of projects that are given a name.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::play::After::{Again, Line, Shown};
use super::play::situation;
use super::prepared::{python, script};
use super::{Row, pasted};
use crate::support::sandbox::Sandbox;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "Moved {from} to {name}, with a link in its place; `venvwrap undo {undo}` moves it back",
        situation(shop, "venvwrap adopt {root}/shop", &[Line("test ! -L {root}/shop/.venv")]),
    ),
    pasted(
        "Registered {from} as {name}; `venvwrap undo {undo}` removes the name",
        situation(shop, "venvwrap adopt --in-place {root}/shop", &[Line("test ! -e {envs}/shop")]),
    ),
    pasted(
        "`{} {} {}` makes a copy",
        situation(linked_elsewhere, "venvwrap adopt {root}/shop", &[Line("showvirtualenv shop")]),
    ),
    pasted(
        "`venvwrap adopt --in-place {}` takes that one",
        situation(called_venv, "venvwrap adopt {root}/shop", &[Line("showvirtualenv shop")]),
    ),
    pasted(
        "`venvwrap adopt --in-place {}` names it where it is",
        situation(called_venv, "venvwrap adopt {root}/shop/venv", &[Line("showvirtualenv shop")]),
    ),
    pasted(
        "`{} -a {words}` creates an environment for it",
        situation(without, "venvwrap adopt {root}/shop", &[Line("showvirtualenv shop")]),
    ),
    pasted(
        "`rm {}` removes the link",
        situation(dangling, "venvwrap adopt {root}/shop", &[Line("test ! -L {root}/shop/.venv")]),
    ),
    pasted("`cat {}` shows which", situation(file, "venvwrap adopt {root}/shop", &[Shown])),
    pasted("`conda create -n {} --clone {}` copies it", situation(of_conda, "venvwrap adopt {root}/shop", &[Shown])),
    pasted("`venvwrap undo {other}` first", situation(registered, "venvwrap adopt {root}/shop", &[Again])),
    pasted(
        "`venvwrap adopt {option}{directory} NAME` gives it another name",
        situation(hidden, "venvwrap adopt {root}/.shop", &[Line("showvirtualenv other")]).fill(&[("NAME", "other")]),
    ),
    pasted(
        "`venvwrap adopt {option}{directory} {other}` gives it another name",
        situation(taken, "venvwrap adopt --in-place {root}/shop", &[Line("showvirtualenv shop-2")]),
    ),
    pasted(
        "look at its bin, then `venvwrap trust {}`",
        situation(with_hook, "venvwrap adopt --in-place {root}/shop", &[Again]),
    ),
];

#[test]
fn hints_about_adopting_can_be_pasted() {
    super::play_all(ROWS);
}

fn at(sandbox: &Sandbox, path: &str) -> PathBuf {
    sandbox.minimal_environment_at(&sandbox.root().join(path))
}

/// A project with an environment.
fn shop(sandbox: &mut Sandbox) {
    at(sandbox, "shop/.venv");
}

fn called_venv(sandbox: &mut Sandbox) {
    at(sandbox, "shop/venv");
}

fn hidden(sandbox: &mut Sandbox) {
    at(sandbox, ".shop/.venv");
}

fn linked_elsewhere(sandbox: &mut Sandbox) {
    let root = at(sandbox, "other place");
    without(sandbox);
    symlink(root, sandbox.root().join("shop/.venv")).unwrap();
}

fn without(sandbox: &mut Sandbox) {
    python(sandbox);
    fs::create_dir(sandbox.root().join("shop")).unwrap();
}

fn dangling(sandbox: &mut Sandbox) {
    without(sandbox);
    symlink("nowhere", sandbox.root().join("shop/.venv")).unwrap();
}

fn file(sandbox: &mut Sandbox) {
    sandbox.write("shop/.venv", "shop\n");
}

fn of_conda(sandbox: &mut Sandbox) {
    shop(sandbox);
    sandbox.write("shop/.venv/conda-meta/history", "");
    script(sandbox, "conda", "test \"$1 $2 $3 $4\" = 'create -n shop --clone' && test -d \"$5\"");
}

fn registered(sandbox: &mut Sandbox) {
    shop(sandbox);
    let project = sandbox.root().join("shop");
    drop(sandbox.run(["adopt".as_ref(), "--in-place".as_ref(), project.as_os_str()]).status(0));
}

fn taken(sandbox: &mut Sandbox) {
    shop(sandbox);
    sandbox.minimal_environment("shop");
}

fn with_hook(sandbox: &mut Sandbox) {
    shop(sandbox);
    sandbox.write("shop/.venv/bin/postactivate", "echo hello\n");
}
