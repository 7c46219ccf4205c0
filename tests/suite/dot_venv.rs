//! The link `.venv` of a project: created on request, used by the real uv, and removed with its
//! environment.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::answer::Answer;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::story::Story;

fn target(project: &Path) -> Option<PathBuf> {
    fs::read_link(project.join(".venv")).ok()
}

#[track_caller]
fn uv<'a>(sandbox: &'a Sandbox, project: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(peer("uv"));
    command.args(words).current_dir(project).env("UV_OFFLINE", "1").env("UV_NO_CACHE", "1");
    sandbox.run_command(command, b"")
}

#[test]
fn uv_works_in_the_environment_of_the_project() {
    let sandbox = Sandbox::new();
    let text = "[project]\nname = 'x'\nversion = '0'\n";
    let project = sandbox.write("my project/pyproject.toml", text).parent().unwrap().to_owned();
    let python = pythons::complete().path.to_str().unwrap();
    let words = ["mkvirtualenv", "-q", "--link", "-a", "my project", "-p", python, "x"];
    let said = "Setting project for x to [ROOT]/my project\n";
    sandbox.run(words).status(0).stdout(said).stderr("Linked [ROOT]/my project/.venv to `x`\n");
    assert_eq!(target(&project), Some(sandbox.environment("x")));
    // uv finds it by path, installs into it, and runs its programs.
    let code = "import os, sys; print(os.path.realpath(sys.prefix))";
    uv(&sandbox, &project, &["run", "--no-sync", "python", "-c", code]).status(0).stdout("[ROOT]/envs/x\n");
    uv(&sandbox, &project, &["pip", "list", "--format=freeze"]).status(0).stdout_contains("pip==");
    Story::new()
        .code("\\builtin cd 'my project'", "builtin cd 'my project'")
        .run(["workon", "."])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon .: 0\nexport VIRTUAL_ENV=[ROOT]/envs/x");
    // The link follows a rename and is removed with the environment: uv fails on a dangling link.
    sandbox.run(["mvvirtualenv", "x", "y"]).status(0);
    assert_eq!(target(&project), Some(sandbox.environment("y")));
    sandbox.run(["rmvirtualenv", "--now", "y"]).status(0).stderr("Removed the link [ROOT]/my project/.venv to it\n");
    assert_eq!(target(&project), None);
    uv(&sandbox, &project, &["venv", "--python", python]).status(0);
}

#[test]
fn what_is_not_a_link_of_ours_stays_as_it_is() {
    let sandbox = Sandbox::with_x_and_y();
    let project = sandbox.root().join("my project");
    fs::create_dir(&project).unwrap();
    let place = project.join(".venv");
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    let refused = |sandbox: &Sandbox| {
        let said = "venvwrap: [ROOT]/my project/.venv exists and does not name an environment in WORKON_HOME\n\
                    hint: move it away, or leave out --link\n";
        for words in [
            &["mkvirtualenv", "--link", "-a", "my project", "z"][..],
            &["setvirtualenvproject", "--link", "x", "my project"],
        ] {
            sandbox.run(words).status(1).stdout("").stderr(said);
        }
        assert!(!sandbox.environment("z").exists() && !sandbox.environment("x").join(".project").exists());
    };
    fs::create_dir(&place).unwrap();
    refused(&sandbox);
    fs::remove_dir(&place).unwrap();
    fs::write(&place, "x\n").unwrap();
    refused(&sandbox);
    for elsewhere in [outside.as_path(), Path::new("gone")] {
        fs::remove_file(&place).unwrap();
        symlink(elsewhere, &place).unwrap();
        refused(&sandbox);
    }
    fs::remove_file(&place).unwrap();
    // A link of ours is replaced, but not removed with another environment.
    for name in ["x", "y"] {
        let said = format!("Setting project for {name} to [ROOT]/my project\n");
        let linked = format!("Linked [ROOT]/my project/.venv to `{name}`\n");
        sandbox.run(["setvirtualenvproject", "--link", name, "my project"]).status(0).stdout(said).stderr(linked);
        assert_eq!(target(&project), Some(sandbox.environment(name)));
    }
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0).stderr("");
    assert_eq!(target(&project), Some(sandbox.environment("y")));
    assert_eq!(fs::read_dir(&project).unwrap().count(), 1);
    let said = "venvwrap: --link needs a project\nhint: add `-a .`, `--from .`, or `--here`\n";
    sandbox.run(["mkvirtualenv", "--link", "z"]).status(2).stderr(said);
    assert!(!sandbox.environment("z").exists());
}

/// A uv that only knows its version.
fn uv_of(sandbox: &Sandbox, version: &str) {
    sandbox.program("tools/uv", format!("#!/bin/sh\necho 'uv {version}'\n"));
}

#[test]
fn a_redirect_file_is_written_where_uv_reads_it_and_goes_where_a_link_goes() {
    let sandbox = Sandbox::with_x_and_y().with_own_cache();
    let project = sandbox.write("my project/.git/HEAD", "x").parent().unwrap().parent().unwrap().to_owned();
    fs::create_dir(project.join(".git/objects")).unwrap();
    sandbox.write("my project/.gitignore", ".venv/\n");
    let place = project.join(".venv");
    let text = || fs::read_to_string(&place).unwrap();
    let root = |name: &str| format!("{}\n", sandbox.environment(name).display());
    let words = ["setvirtualenvproject", "--redirect", "x", "my project"];
    uv_of(&sandbox, "0.13.8");
    // The hint is pasted in tests/suite/hints.
    sandbox.run(words).status(1).stdout("").stderr_contains(
        "venvwrap: --redirect: uv 0.13.8 stops at a file `.venv`; uv 0.13.9 is the first that reads it\nhint: ",
    );
    assert!(!place.exists() && !sandbox.environment("x").join(".project").exists());
    fs::remove_file(sandbox.tools().join("uv")).unwrap();
    uv_of(&sandbox, "0.13.9");
    let said = "Setting project for x to [ROOT]/my project\n";
    let linked = "Linked [ROOT]/my project/.venv to `x`\n\
                  Added `.venv` to [ROOT]/my project/.git/info/exclude, so that git ignores it\n";
    sandbox.run(words).status(0).stdout(said).stderr(linked);
    assert_eq!(text(), root("x"));
    Story::new()
        .code("\\builtin cd 'my project'", "builtin cd 'my project'")
        .run(["workon", "."])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon .: 0\nexport VIRTUAL_ENV=[ROOT]/envs/x");
    sandbox.run(["mvvirtualenv", "x", "z"]).status(0);
    assert_eq!(text(), root("z"));
    sandbox.run(["rmvirtualenv", "z"]).status(0).stderr_contains("Removed the link [ROOT]/my project/.venv to it\n");
    assert!(fs::symlink_metadata(&place).is_err());
    sandbox.run(["undo", "z"]).status(0).stderr_contains("Linked [ROOT]/my project/.venv to it again\n");
    assert_eq!(text(), root("z"));
    // A link takes its place, and the other way round.
    sandbox.run(["setvirtualenvproject", "--link", "z", "my project"]).status(0);
    assert_eq!(target(&project), Some(sandbox.environment("z")));
    sandbox.run(["setvirtualenvproject", "--redirect", "y", "my project"]).status(0);
    assert_eq!(text(), root("y"));
    // That of another environment stays.
    sandbox.run(["rmvirtualenv", "--now", "z"]).status(0);
    assert_eq!(text(), root("y"));
    for foreign in ["elsewhere\n", "/opt/x\n", "x\n"] {
        fs::write(&place, foreign).unwrap();
        sandbox.run(["setvirtualenvproject", "--redirect", "y", "my project"]).status(1).stdout("").stderr(
            "venvwrap: [ROOT]/my project/.venv exists and does not name an environment in WORKON_HOME\n\
             hint: move it away, or leave out --redirect\n",
        );
        assert_eq!(text(), foreign);
    }
}
