//! `.`: the environment of the project that one is in, for workon, run, env and which.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::story::Story;

fn link(sandbox: &Sandbox, name: &str, project: &Path) {
    if !sandbox.environment(name).is_dir() {
        sandbox.minimal_environment(name);
    }
    fs::write(sandbox.environment(name).join(".project"), [project.as_os_str().as_bytes(), b"\n"].concat()).unwrap();
}

/// The name of what `.` stands for in a directory, or what is said instead.
fn here(sandbox: &Sandbox, directory: &Path) -> String {
    let mut command = sandbox.command(BINARY);
    // As a shell has it: by the way one has gone.
    command.args(["which", "."]).current_dir(directory).env("PWD", directory);
    let answer = sandbox.run_command(command, b"");
    let path = answer.stdout_text();
    path.trim_end().strip_prefix("[ROOT]/envs/").map_or_else(|| answer.stderr_text(), str::to_owned)
}

fn made(sandbox: &Sandbox, path: &str) -> PathBuf {
    let path = sandbox.root().join(path);
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn what_is_linked_to_the_nearest_directory_comes_first() {
    let sandbox = Sandbox::new();
    let inner = made(&sandbox, "src/it's a $project/tests");
    let outer = inner.parent().unwrap();
    sandbox.minimal_environment("tests");
    assert_eq!(here(&sandbox, &inner), "tests");
    link(&sandbox, "all", &sandbox.root().join("src"));
    assert_eq!(here(&sandbox, &inner), "all");
    link(&sandbox, "outer", outer);
    assert_eq!(here(&sandbox, &inner), "outer");
    // Written by hand: with a slash at its end, by way of another directory.
    link(&sandbox, "inner", &outer.join("docs/../tests/"));
    assert_eq!(here(&sandbox, &inner), "inner");
    assert_eq!(here(&sandbox, outer), "outer");
    // One that is linked to what is gone, to nothing, or to no place at all is in nobody's way.
    link(&sandbox, "gone", &sandbox.root().join("gone"));
    link(&sandbox, "relative", Path::new("."));
    fs::write(sandbox.minimal_environment("odd").join(".project"), vec![b'x'; 20_000]).unwrap();
    assert_eq!(here(&sandbox, &inner), "inner");
}

#[test]
fn links_on_the_way_make_no_difference() {
    let sandbox = Sandbox::new();
    let project = made(&sandbox, "disk/project");
    let below = made(&sandbox, "disk/project/below");
    symlink(sandbox.root().join("disk"), sandbox.root().join("src")).unwrap();
    let typed = sandbox.root().join("src/project");
    for spelling in [&project, &typed] {
        link(&sandbox, "x", spelling);
        for place in [&project, &below, &typed, &typed.join("below")] {
            assert_eq!(here(&sandbox, place), "x", "{} from {}", spelling.display(), place.display());
        }
    }
}

#[test]
fn several_are_named_and_none_is_taken() {
    let sandbox = Sandbox::new();
    let project = made(&sandbox, "my project");
    link(&sandbox, "one", &project);
    // Another name for the same is no other.
    symlink("one", sandbox.environment("alias")).unwrap();
    assert_eq!(here(&sandbox, &project), "one");
    link(&sandbox, "two", &project);
    let said =
        "venvwrap: [ROOT]/my project is the project of `one` and `two`\nhint: name the one you mean: `one` or `two`\n";
    assert_eq!(here(&sandbox, &project), said);
    // One that is only named like the directory is not taken for it.
    sandbox.minimal_environment("my project");
    assert_eq!(here(&sandbox, &project), said);
    Story::new()
        .code("\\builtin cd 'my project'", "builtin cd 'my project'")
        .code("workon . 2>/dev/null || :", "workon . 2>/dev/null")
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "unset VIRTUAL_ENV");
    // Of several (cpvirtualenv copies the link) the one that is named so is, as ever, and what
    // .venv leads to.
    symlink(sandbox.environment("two"), project.join(".venv")).unwrap();
    assert_eq!(here(&sandbox, &project), "two");
    fs::remove_file(project.join(".venv")).unwrap();
    link(&sandbox, "my project", &project);
    assert_eq!(here(&sandbox, &project), "my project");
}

#[test]
fn a_link_of_the_home_directory_is_not_that_of_everything_in_it() {
    let sandbox = Sandbox::new();
    let project = made(&sandbox, "home/src/project");
    link(&sandbox, "everything", &sandbox.home());
    sandbox.minimal_environment("project");
    assert_eq!(here(&sandbox, &project), "project");
    assert_eq!(here(&sandbox, &sandbox.home()), "everything");
    assert!(here(&sandbox, Path::new("/")).contains("is not a valid environment name"));
}

#[test]
fn a_link_called_venv_leads_to_it_and_a_directory_does_not() {
    let sandbox = Sandbox::new();
    let project = made(&sandbox, "project");
    let below = made(&sandbox, "project/below");
    sandbox.minimal_environment("my env");
    sandbox.minimal_environment("below");
    symlink(sandbox.environment("my env"), project.join(".venv")).unwrap();
    assert_eq!(here(&sandbox, &below), "my env");
    fs::remove_file(project.join(".venv")).unwrap();
    sandbox.minimal_environment_at(&project.join(".venv"));
    assert_eq!(here(&sandbox, &below), "below");
    // One that is linked is nearer the person's word than what a tool has left.
    symlink(sandbox.environment("my env"), below.join(".venv")).unwrap();
    link(&sandbox, "linked", &below);
    assert_eq!(here(&sandbox, &below), "linked");
}
