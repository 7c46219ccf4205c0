//! Hints about projects: their directories, hooks, templates, and files.

use std::fs;

use super::play::After::{Again, Gone, Line, Shown};
use super::play::{NAME, situation};
use super::prepared::{environment, other, project, python, script};
use super::{Row, by, mentioned, pasted};
use crate::support::sandbox::Sandbox;

pub(super) const ROWS: &[Row] = &[
    mentioned("names the command that was typed", "`uv venv --clear` empties it"),
    pasted(
        "{was_linked}; `{} {name} {here}` links it to this project",
        situation(moved_away, "venvwrap run . true", &[Again]).after_line("cd {root}/moved"),
    ),
    pasted(
        "`{set} --default {operands}` makes it the default of this project",
        situation(of_two, "venvwrap run . true", &[Again]).after_line("cd {root}/shared"),
    ),
    mentioned(
        "names both environments",
        "Copied `{name}` as `{own_name}` for this worktree (`worktree = \"own\"` in config.toml)",
    ),
    pasted(
        "if it moved, run `{link}` in its new directory",
        situation(moved, "cdproject", &[Again]).after_line("workon {name}; cd {root}/moved").loaded(),
    ),
    pasted("`{} -f {}` uses it as it is", situation(taken, "mkproject {name}", &[Line("showvirtualenv {name}")])),
    pasted("`mkdir -p {}` creates it", situation(without_project_home, "mkproject --without-pip {name}", &[Again])),
    pasted("`{} --list-templates` lists the templates", situation(projects, "mkproject -t nosuch {name}", &[Shown])),
    pasted("merge both into that file, then `rm {}`", situation(hook_and_copy, "venvwrap trust copy", &[Gone])),
    pasted(
        "`{} -a . NAME` creates another one; with PIPENV_VENV_IN_PROJECT=0, pipenv and --here use WORKON_HOME",
        situation(in_project, "mkvirtualenv --without-pip --here", &[Line("showvirtualenv new")])
            .after_line("cd {root}/shop")
            .fill(&[("NAME", "new")]),
    ),
    pasted(
        "the project must exist; `{} NAME` creates one with an environment",
        situation(projects, "mkvirtualenv -a {root}/nosuch {name}", &[Line("showvirtualenv new")])
            .fill(&[("NAME", "new")]),
    ),
    pasted(
        "create the environment without --link; then `{} --link {link}` links it",
        situation(
            recipe,
            "mkvirtualenv --link --from {root}/api.toml api; mkvirtualenv --from {root}/api.toml api",
            &[Line("test -L {root}/moved/.venv")],
        )
        .fill(&[("PROJECT", "moved")]),
    ),
    pasted(
        "create the environment without --uv; then `venvwrap uv on {name}` has uv use it",
        situation(
            recipe,
            "mkvirtualenv --uv --from {root}/api.toml api; mkvirtualenv --from {root}/api.toml api; setvirtualenvproject api {root}/moved",
            &[Line("venvwrap uv list | grep -q api")],
        ),
    ),
    mentioned("uv is the program, and both are names", "uv uses `{shown_name}` in {project} while it is active"),
    mentioned("uv is the program, and this is a name", "uv does not use `{shown_name}`"),
    pasted(
        "`{link}` makes a link, which any uv follows",
        situation(
            old_uv,
            "setvirtualenvproject --redirect {name} {root}/the*project",
            &[Line("test -L {root}/the*project/.venv")],
        ),
    ),
    pasted(
        "`{} {}` links it to this directory",
        situation(environment, "venvwrap uv on {name}", &[Line("venvwrap uv on {name}")]),
    ),
    pasted(
        "uv uses no environment yet. Have it use one with `venvwrap uv on NAME`.",
        situation(linked, "venvwrap uv list", &[Gone]).fill(&[("NAME", "other")]),
    ),
    pasted(
        "{file} is not trusted and was not sourced; look at it, then `venvwrap trust {project}`",
        situation(hooked, "workon {name}", &[Line("deactivate; workon {name}; test \"$FROM_HOOK\" = yes")]).loaded(),
    ),
    pasted(
        "{what}, then `venvwrap trust {root}`",
        situation(
            copied,
            "cpvirtualenv {root}/away copy",
            &[Line("deactivate; workon copy; test \"$FROM_HOOK\" = yes")],
        )
        .loaded(),
    ),
    pasted(
        "`uv tool install {name}` or `pipx install {name}`",
        situation(installers, "mkproject -t copier:x {name}", &[Shown, Shown]),
    ),
    pasted(
        "{name} is not installed: `uv tool install {name}`",
        situation(installers, "mkproject --list-templates", &[Shown]),
    ),
    by(
        "automatic::found::environments_that_are_not_in_the_store_must_be_trusted_and_are_reported_once",
        "{shown} is not trusted and was not activated; look at it, then `venvwrap trust {typed}`",
    ),
    pasted(
        "Nothing is trusted yet. Trust a project with `venvwrap trust PROJECT`.",
        situation(hooked, "venvwrap trust --list", &[Gone]).fill(&[("PROJECT", "the*project")]),
    ),
    mentioned("names a template", "template `{}:{}`"),
    mentioned(
        "names a word of the lines",
        "{activate}: the lines at its end use `{word}` and were not run; move them to {hook}, which is sourced",
    ),
];

fn projects(sandbox: &mut Sandbox) {
    python(sandbox);
    fs::create_dir(sandbox.root().join("projects")).unwrap();
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
}

fn moved(sandbox: &mut Sandbox) {
    project(sandbox);
    fs::rename(sandbox.root().join("the project"), sandbox.root().join("moved")).unwrap();
}

fn moved_away(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.write("the project/pyproject.toml", "[project]\nname = 'shop'\n");
    sandbox.run(["setvirtualenvproject", NAME, "the project"]).status(0);
    fs::rename(sandbox.root().join("the project"), sandbox.root().join("moved")).unwrap();
}

fn of_two(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.minimal_environment("other");
    fs::create_dir(sandbox.root().join("shared")).unwrap();
    for name in [NAME, "other"] {
        sandbox.run(["setvirtualenvproject", name, "shared"]).status(0);
    }
}

fn taken(sandbox: &mut Sandbox) {
    projects(sandbox);
    fs::create_dir(sandbox.root().join("projects").join(NAME)).unwrap();
}

fn without_project_home(sandbox: &mut Sandbox) {
    projects(sandbox);
    fs::remove_dir(sandbox.root().join("projects")).unwrap();
}

fn in_project(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.write("shop/Pipfile", "");
    sandbox.minimal_environment_at(&sandbox.root().join("shop/.venv"));
}

fn linked(sandbox: &mut Sandbox) {
    other(sandbox);
    sandbox.run(["setvirtualenvproject", "other", "."]).status(0);
}

fn old_uv(sandbox: &mut Sandbox) {
    project(sandbox);
    script(sandbox, "uv", "echo uv 0.13.8");
}

fn recipe(sandbox: &mut Sandbox) {
    super::packaging::recipe(sandbox);
    fs::create_dir(sandbox.root().join("moved")).unwrap();
}

fn hooked(sandbox: &mut Sandbox) {
    project(sandbox);
    sandbox.write("the project/.virtualenvwrapper/postactivate", HOOK);
}

const HOOK: &str = "export FROM_HOOK=yes\n";

fn copied(sandbox: &mut Sandbox) {
    let root = sandbox.minimal_environment_at(&sandbox.root().join("away"));
    for hook in ["postactivate", "postactivate.fish"] {
        fs::write(root.join("bin").join(hook), HOOK).unwrap();
    }
}

/// The hook that came with a copy is not trusted, and the copy has got another one since.
fn hook_and_copy(sandbox: &mut Sandbox) {
    copied(sandbox);
    let away = sandbox.root().join("away");
    drop(sandbox.run(["cpvirtualenv".as_ref(), away.as_os_str(), "copy".as_ref()]).status(0));
    fs::write(sandbox.environment("copy").join("bin/postactivate"), "export MINE=yes\n").unwrap();
}

fn installers(sandbox: &mut Sandbox) {
    projects(sandbox);
    for name in ["uv", "pipx"] {
        let accepts = ["copier", "cookiecutter"].map(|name| format!("'tool install {name}'|'install {name}'"));
        script(sandbox, name, &format!("case $* in {}) ;; *) exit 1 ;; esac", accepts.join("|")));
    }
}

#[test]
fn hints_about_projects_can_be_pasted() {
    super::play_all(ROWS);
}
