//! Hints about snapshots, the trash, locks, and kernels of Jupyter.

use std::fs;
use std::os::unix::fs::symlink;

use super::play::After::{Again, Gone, Line, Shown};
use super::play::{NAME, situation};
use super::prepared::{environment, project, removed, script, with_python};
use super::{Row, mentioned, pasted};
use crate::support::jupyter::{kernels, with_ipykernel};
use crate::support::sandbox::Sandbox;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "Saved snapshot {number} of {quoted}; `{back}` goes back to it",
        situation(environment, "venvwrap snapshot {name}", &[Shown]),
    ),
    pasted(
        "No snapshots yet. Save one with `venvwrap snapshot {name}`.",
        situation(environment, "venvwrap snapshot --list {name}", &[Gone]),
    ),
    pasted(
        "Rolled {quoted} back to snapshot {}, taken {}; `venvwrap undo {}` brings back what it was",
        situation(environment, "venvwrap rollback {name}", &[Shown]).after_line("venvwrap snapshot {name}"),
    ),
    pasted("`venvwrap snapshot {}` saves one", situation(environment, "venvwrap rollback {name}", &[Again])),
    pasted(
        "`venvwrap snapshot --list {}` lists them",
        situation(environment, "venvwrap rollback {name} 7", &[Shown]).after_line("venvwrap snapshot {name}"),
    ),
    pasted(
        "{count} would free {size}: `venvwrap snapshot --list`",
        situation(environment, "venvwrap prune", &[Shown]).after_line("venvwrap snapshot {name}"),
    ),
    pasted(
        "Moved {} to the trash; `venvwrap undo {undo}` brings {one} back, `venvwrap prune --trash` frees the space",
        situation(without_project, "venvwrap prune --yes", &[Line("test -L {envs}/{name}/bin/python"), Shown])
            .fill(&[("prune --trash", "prune --trash --yes")]),
    ),
    pasted(
        "`venvwrap prune --trash` deletes it for good, `venvwrap undo {}` brings it back",
        situation(removed, "rmvirtualenv --now {name}", &[Shown, Line("showvirtualenv {name}")])
            .fill(&[("prune --trash", "prune --trash --yes")]),
    ),
    pasted(
        "`venvwrap unlock {}` permits changes",
        situation(environment, "rmvirtualenv {name}", &[Again]).after_line("venvwrap lock {name}"),
    ),
    mentioned("pip prints it", "environment `{name}` is locked; `venvwrap unlock {typed}` unlocks it. This text"),
    mentioned("is the first line of a file", "# Made by `venvwrap lock`.\n"),
    pasted(
        "No kernels yet. Add one with `venvwrap kernel add NAME`.",
        situation(with_kernel_package, "venvwrap kernel list", &[Gone]).fill(&[("NAME", "kernel")]),
    ),
    pasted(
        "Jupyter still lists {kernels}; to remove it, `venvwrap kernel remove {name}`",
        situation(with_file, "rmvirtualenv kernel", &[Shown]),
    ),
    mentioned(
        "after a refusal of the system at the file of a kernel",
        "`venvwrap kernel remove {name}{and} venvwrap kernel add {name}` writes its kernel again",
    ),
    pasted("`venvwrap kernel remove {}`", situation(kernel_left, "venvwrap doctor", &[Gone])),
    pasted("`rm -r {here}`", situation(kernel_of_nobody, "venvwrap doctor", &[Gone])),
    pasted(
        "`venvwrap run {name} python -m pip install ipykernel`, or `venvwrap kernel remove {name}`",
        situation(ipykernel_left, "venvwrap doctor", &[Shown, Gone]),
    ),
    pasted("`rm {here}`, or link it to where that program is now", situation(dead_link, "venvwrap doctor", &[Gone])),
    pasted(
        "`venvwrap run {} python -m pip install ipykernel` installs it",
        situation(with_pip, "venvwrap kernel add {name}", &[Shown]),
    ),
    pasted(
        "`uv pip install --python {} ipykernel` installs it",
        situation(with_uv, "venvwrap kernel add {name}", &[Shown]),
    ),
    pasted(
        "Kept the copy as {quoted}; `venvwrap undo {undo}` brings back what it was",
        situation(environment, "venvwrap try --keep {name} -- true", &[Shown]),
    ),
    mentioned("names the command that ran", "Dropped the copy of {quoted}: `{called}` left no environment in it"),
    mentioned("names the command that ran", "`{called}` ended with status {code}"),
    mentioned("names what was done", "Registered `{name}` with Jupyter as `{}` (kernel `{kernel}`)"),
    mentioned("names what was done", "Updated the kernel `{kernel}` of `{name}`"),
    mentioned("names what was done", "`{name}` already has the kernel `{kernel}`"),
];

/// Its project was deleted.
fn without_project(sandbox: &mut Sandbox) {
    project(sandbox);
    fs::remove_dir(sandbox.root().join("the project")).unwrap();
    sandbox.write("another project/file", "");
}

fn with_kernel_package(sandbox: &mut Sandbox) {
    with_ipykernel(sandbox, "kernel");
}

fn registered(sandbox: &mut Sandbox) {
    with_ipykernel(sandbox, "kernel");
    drop(sandbox.run(["kernel", "add", "kernel"]).status(0));
}

/// The environment was removed by hand.
fn kernel_left(sandbox: &mut Sandbox) {
    registered(sandbox);
    fs::remove_dir_all(sandbox.environment("kernel")).unwrap();
}

/// Somebody put a file beside the kernel.
fn with_file(sandbox: &mut Sandbox) {
    registered(sandbox);
    sandbox.write(kernels(sandbox).join("kernel/mine"), "");
}

/// A kernel in an environment, copied there from another one.
fn kernel_of_nobody(sandbox: &mut Sandbox) {
    let text = "{\"argv\": [\"/gone/bin/python\", \"-m\", \"ipykernel_launcher\"], \"display_name\": \"x\"}";
    let root = sandbox.minimal_environment(NAME);
    sandbox.write(root.join("share/jupyter/kernels/python3/kernel.json"), text);
}

/// ipykernel was uninstalled.
fn ipykernel_left(sandbox: &mut Sandbox) {
    registered(sandbox);
    let root = sandbox.environment("kernel");
    fs::remove_dir_all(root.join("lib/python3.11/site-packages/ipykernel-7.0.dist-info")).unwrap();
    fs::remove_dir_all(root.join("share")).unwrap();
    fs::remove_file(root.join("bin/python")).unwrap();
    sandbox.program(root.join("bin/python"), "#!/bin/sh\ntest \"$*\" = '-m pip install ipykernel'\n");
}

/// A link to a program of an environment that was removed.
fn dead_link(sandbox: &mut Sandbox) {
    let bin = sandbox.home().join(".local/bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(sandbox.environment("removed").join("bin/tool"), bin.join("it's tool")).unwrap();
}

fn with_pip(sandbox: &mut Sandbox) {
    with_python(sandbox, "test \"$*\" = '-m pip install ipykernel'");
    fs::write(sandbox.environment(NAME).join("bin/pip"), "").unwrap();
}

fn with_uv(sandbox: &mut Sandbox) {
    environment(sandbox);
    script(sandbox, "uv", "test \"$1 $2 $3 $5\" = 'pip install --python ipykernel' && test -d \"$4\"");
}

#[test]
fn hints_about_what_is_kept_can_be_pasted() {
    super::play_all(ROWS);
}
