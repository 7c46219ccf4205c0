//! `.` stands for the current project's environment in workon, run, env, and which.

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

/// What `.` stands for in a directory, or the error.
fn here(sandbox: &Sandbox, directory: &Path) -> String {
    let mut command = sandbox.command(BINARY);
    // PWD keeps symlinks, as in a shell.
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
    // Written by hand, with `..` and a slash at the end.
    link(&sandbox, "inner", &outer.join("docs/../tests/"));
    assert_eq!(here(&sandbox, &inner), "inner");
    assert_eq!(here(&sandbox, outer), "outer");
    // Links to a missing directory, to nothing, or to an invalid path are ignored.
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
    let sandbox = Sandbox::plain();
    let project = made(&sandbox, "my project");
    link(&sandbox, "one", &project);
    // A second name for the same environment is not a second environment.
    symlink("one", sandbox.environment("alias")).unwrap();
    assert_eq!(here(&sandbox, &project), "one");
    link(&sandbox, "two", &project);
    let said = "venvwrap: [ROOT]/my project is the project of `one` and `two`\nhint: name the one you mean: `one` or `two`\n\
         hint: `venvwrap setvirtualenvproject --default one '[ROOT]/my project'` makes it the default of this project\n";
    assert_eq!(here(&sandbox, &project), said);
    // The directory's name alone does not decide between linked environments.
    sandbox.minimal_environment("my project");
    assert_eq!(here(&sandbox, &project), said);
    Story::new()
        .code("\\builtin cd 'my project'", "builtin cd 'my project'")
        .code("workon . 2>/dev/null || :", "workon . 2>/dev/null")
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "unset VIRTUAL_ENV");
    // Of several linked ones (cpvirtualenv copies the link), the name of the directory or `.venv`
    // decides.
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
    // A link made with setvirtualenvproject wins over `.venv`.
    symlink(sandbox.environment("my env"), below.join(".venv")).unwrap();
    link(&sandbox, "linked", &below);
    assert_eq!(here(&sandbox, &below), "linked");
}
