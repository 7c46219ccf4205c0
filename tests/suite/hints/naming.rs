//! Hints about names of environments: unknown, taken, active, or in use.

use std::fs;
use std::os::unix::fs::symlink;

use super::play::After::{Again, Line, Shown, Unpasted};
use super::play::{NAME, situation};
use super::prepared::{environment, other, python, real_without_pip, removed, script};
use super::{Row, mentioned, pasted};
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "`{list} -b` lists the environments; `{create} {}` creates it",
        situation(python_and_other, "showvirtualenv {name}", &[Shown, Line("showvirtualenv {name}")]),
    ),
    pasted(
        "`{} -b` lists the environments; `{} NAME` activates one",
        situation(other, "lssitepackages", &[Shown, Again]).loaded().fill(&[("NAME", "other")]),
    ),
    pasted(
        "`workon NAME` activates one, once the functions are loaded; see `venvwrap init --help`",
        situation(other, "lssitepackages", &[Unpasted("the functions are not loaded"), Shown]).absent(),
    ),
    pasted(
        "`{} NAME` activates one",
        situation(other, "workon -", &[Line("deactivate")]).loaded().fill(&[("NAME", "other")]),
    ),
    pasted("`{} -b` lists the environments", situation(other, "setvirtualenvproject {name} {root}", &[Shown])),
    pasted(
        "`{} -b` lists the environments; a path is relative to this directory",
        situation(other, "cpvirtualenv ./no/such copy", &[Shown]),
    ),
    pasted("`ls {}` lists its programs", situation(environment, "venvwrap run {name} nosuchprogram", &[Shown])),
    pasted(
        "`chmod +x {}` makes it executable",
        situation(not_executable, "venvwrap run {name} {root}/my*tool", &[Again]),
    ),
    pasted(
        "`deactivate` first",
        situation(environment, "workon {name}; rmvirtualenv {name}", &[Line("rmvirtualenv {name}")]).loaded(),
    ),
    pasted(
        "stop that process first, or run `{force}`",
        situation(in_use, "rmvirtualenv {name}", &[Line("sh {root}/end {root}/process")]).after_line(USE),
    ),
    pasted(
        "`{} {}` activates it",
        situation(created_meanwhile, "mkvirtualenv --without-pip {name}", &[Line("deactivate")]).loaded(),
    ),
    pasted(
        "`venvwrap undo --list` lists the removed environments",
        situation(removed, "venvwrap undo nosuch", &[Shown]),
    ),
    pasted(
        "rename that one first: `{} {rename}`",
        situation(taken, "venvwrap undo {name}", &[Again]).fill(&[("NAME", "other")]),
    ),
    pasted(
        "`{} {copy}` makes a copy that is not a link",
        situation(link, "mvvirtualenv {name} other", &[Line("mvvirtualenv copy other")]).fill(&[("NAME", "copy")]),
    ),
    pasted(
        "`{} {copy}` gives it another name",
        situation(dot_venv, "cpvirtualenv {root}/project/.venv", &[Line("showvirtualenv copy")])
            .fill(&[("NAME", "copy")]),
    ),
    pasted(
        "`venvwrap undo {name}` brings it back, for {days} days",
        situation(environment, "rmvirtualenv {name}", &[Line("showvirtualenv {name}")]),
    ),
    pasted(
        "Removed temporary environment {shown}: its shell was killed; `venvwrap undo {typed}` brings it back",
        situation(abandoned, "rmvirtualenv {name}", &[Line("ls -d {envs}/tmp-*")]),
    ),
    pasted(
        "`{} {rename}{} venvwrap undo {}`",
        situation(
            real_without_pip,
            "mkvirtualenv --without-pip --clear {name}",
            &[Line("showvirtualenv other; showvirtualenv {name}")],
        )
        .fill(&[("NAME", "other")]),
    ),
    pasted(
        "No environments yet. Create one with `{} NAME`.",
        situation(python, "lsvirtualenv", &[Line("showvirtualenv other")]).fill(&[("NAME", "other")]),
    ),
    pasted(
        "in the project's directory, run `{link}`",
        situation(environment, "workon {name}; cdproject", &[Line("cdproject")]).loaded(),
    ),
    mentioned(
        "names the verb that needs the functions",
        "`{verb}` changes the shell it runs in, but the shell functions are not loaded there",
    ),
];

/// A process that uses the environment, until it is killed.
const USE: &str = "env VIRTUAL_ENV={envs}/{name} sh {root}/use {root}/process >/dev/null 2>&1 </dev/null";

/// Writes the scripts that start and end the process.
fn in_use(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.write("use", "sleep 60 &\necho $! >\"$1\"\n");
    sandbox.write("end", "kill \"$(cat \"$1\")\"\n");
}

fn python_and_other(sandbox: &mut Sandbox) {
    python(sandbox);
    other(sandbox);
}

fn not_executable(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.write("my 'tool", "#!/bin/sh\n");
}

/// The first start of the Python, to examine it, creates an environment of the same name.
fn created_meanwhile(sandbox: &mut Sandbox) {
    let other = sandbox.minimal_environment_at(&sandbox.root().join("other"));
    let [python, from, to] = [&pythons::complete().path, &other, &sandbox.environment(NAME)]
        .map(|path| String::from_utf8(Shell::Bash.quoted(bytes(path))).unwrap());
    script(sandbox, "python3", &format!("cp -R {from} {to} 2>/dev/null\nexec {python} \"$@\""));
    sandbox.set("XDG_CACHE_HOME", sandbox.root().join("cache"));
}

/// In the trash, and another one with its name in the store.
fn taken(sandbox: &mut Sandbox) {
    removed(sandbox);
    environment(sandbox);
}

fn link(sandbox: &mut Sandbox) {
    let target = sandbox.minimal_environment_at(&sandbox.root().join("away"));
    symlink(&target, sandbox.environment(NAME)).unwrap();
    // It has the name to be rewritten.
    let shebang = [b"#!", &bytes(sandbox.environment(NAME))[..], b"/bin/python\n"].concat();
    fs::write(target.join("bin/tool"), shebang).unwrap();
}

fn dot_venv(sandbox: &mut Sandbox) {
    sandbox.minimal_environment_at(&sandbox.root().join("project/.venv"));
}

/// The shell of a temporary environment was killed.
fn abandoned(sandbox: &mut Sandbox) {
    python(sandbox);
    environment(sandbox);
    drop(Shell::Bash.plain().run(sandbox, "mktmpenv -q -n --without-pip\nkill -9 $$\n"));
}

#[test]
fn hints_about_names_can_be_pasted() {
    super::play_all(ROWS);
}
