//! A `.venv` file and `.python-envs` (PEP 832), written by real tools and used by every command
//! that accepts `.`.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::support::answer::Answer;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::{BINARY, Sandbox, tool};
use crate::support::story::Story;

fn project(sandbox: &Sandbox) -> PathBuf {
    let file = sandbox.write("my project/pyproject.toml", "[project]\nname = 'x'\nversion = '0'\n");
    file.parent().unwrap().to_path_buf()
}

#[track_caller]
fn in_project<'a>(sandbox: &'a Sandbox, project: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(BINARY);
    command.args(words).current_dir(project).env("PWD", project);
    sandbox.run_command(command, b"")
}

#[test]
fn the_file_of_virtualenv_leads_to_what_it_made() {
    let sandbox = Sandbox::new();
    let project = project(&sandbox);
    let mut command = sandbox.command(peer("virtualenv"));
    let python = pythons::complete().path.to_str().unwrap();
    command.args(["-q", "--no-download", "--no-periodic-update", "-p", python, "my env"]).current_dir(&project);
    drop(sandbox.run_command(command, b"").status(0));
    assert_eq!(fs::read_to_string(project.join(".venv")).unwrap(), "my env\n");
    // The store's environment of the same name is not meant.
    sandbox.minimal_environment("my env");
    in_project(&sandbox, &project, &["which", "."]).status(0).stdout("[ROOT]/my project/my env\n").stderr("");
    let code = "import os, sys; print(os.path.realpath(sys.prefix))";
    in_project(&sandbox, &project, &["run", ".", "python", "-c", code]).status(0).stdout("[ROOT]/my project/my env\n");
    in_project(&sandbox, &project, &["lsvirtualenv", "--all", "-b"]).status(0).stdout("my env\nmy project\n");
    in_project(&sandbox, &project, &["cpvirtualenv", ".venv", "copy"]).status(0);
    assert!(sandbox.environment("copy").join("pyvenv.cfg").is_file());
    fs::create_dir(project.join("below")).unwrap();
    Story::new()
        .code("\\builtin cd 'my project/below'", "builtin cd 'my project/below'")
        .run(["workon", "."])
        .get("VIRTUAL_ENV")
        .code("deactivate", "deactivate")
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon .: 0\nexport VIRTUAL_ENV=[ROOT]/my project/my env\nunset VIRTUAL_ENV");
}

#[test]
fn a_name_of_the_store_and_paths_from_the_file_are_read() {
    let sandbox = Sandbox::with_x_and_y();
    let project = project(&sandbox);
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    for (text, expected) in [
        ("x\n", "envs/x"),
        ("x", "envs/x"),
        ("../envs/y\n", "envs/y"),
        ("../outside\n", "outside"),
        (&format!("{}\n", outside.display()), "outside"),
    ] {
        fs::write(project.join(".venv"), text).unwrap();
        in_project(&sandbox, &project, &["which", "."]).status(0).stdout(format!("[ROOT]/{expected}\n")).stderr("");
        Story::new()
            .code("\\builtin cd 'my project'", "builtin cd 'my project'")
            .run(["workon", "."])
            .get("VIRTUAL_ENV")
            .plays(&sandbox, &format!("workon .: 0\nexport VIRTUAL_ENV=[ROOT]/{expected}"));
    }
    // None of these is a name or a path, and none may block.
    let file = project.join(".venv");
    for text in [&b"../gone\n"[..], b"gone\n", b"x\ny\n", b"\xff", b"", b"$(touch made)\n", b"-rf\n", b"../envs\n"] {
        fs::write(&file, text).unwrap();
        in_project(&sandbox, &project, &["which", "."]).status(1).stdout("");
    }
    fs::remove_file(&file).unwrap();
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    in_project(&sandbox, &project, &["which", "."]).status(1).stdout("");
    assert!(!project.join("made").exists());
}

#[test]
fn of_a_list_the_last_line_is_meant_and_every_line_is_listed() {
    let sandbox = Sandbox::with_x_and_y();
    let project = project(&sandbox);
    for name in ["one", "two"] {
        sandbox.minimal_environment_at(&project.join(".tox").join(name));
    }
    let list = project.join(".python-envs");
    fs::write(&list, ".tox/one\nssh@example.com:custom\n.tox/two\n").unwrap();
    let which = |expected: &str| {
        in_project(&sandbox, &project, &["which", "."]).status(0).stdout(format!("[ROOT]/{expected}\n")).stderr("");
    };
    which("my project/.tox/two");
    in_project(&sandbox, &project, &["lsvirtualenv", "--all", "-b"]).stdout("x\ny\nmy project\none\n");
    in_project(&sandbox, &project, &["which", "venv:one"]).status(0).stdout("[ROOT]/my project/.tox/one\n");
    // An environment of the store, and `.venv`, which wins.
    fs::write(&list, ".tox/one\r\n../envs/x\r\n").unwrap();
    which("envs/x");
    symlink("../envs/y", project.join(".venv")).unwrap();
    which("envs/y");
    fs::remove_file(project.join(".venv")).unwrap();
    fs::write(project.join(".venv"), ".tox/one\n").unwrap();
    which("my project/.tox/one");
    fs::remove_file(project.join(".venv")).unwrap();
    // If the last line is not an environment, no other line replaces it.
    fs::write(&list, ".tox/one\nssh@example.com:custom\n").unwrap();
    in_project(&sandbox, &project, &["which", "."]).status(1).stdout("");
}

#[test]
fn what_somebody_else_has_put_there_points_nowhere() {
    let sandbox = Sandbox::plain();
    let project = project(&sandbox);
    let file = project.join(".venv");
    let root = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    fs::write(&file, "../outside\n").unwrap();
    if !Uid::effective().is_root() {
        // Only root can give a file away.
        assert!(std::env::var_os("CI").is_none(), "this test needs root");
        return;
    }
    // As another user, who owns these directories.
    let (user, other) = (12345, 12346);
    let own = |path: &Path, owner: u32| chown(path, Some(owner), Some(owner)).unwrap();
    let mut parents = sandbox.root().ancestors().take(2);
    let opened: Vec<&Path> = parents.by_ref().collect();
    for directory in opened {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(directory, mode).unwrap();
    }
    for path in [&project, &file, &root, &sandbox.workon_home(), &sandbox.home(), &root.join("pyvenv.cfg")] {
        own(path, user);
    }
    let run = || {
        let mut command = sandbox.command(tool("setpriv"));
        let cache = sandbox.root().join("home/cache");
        command.args(["--reuid=12345", "--regid=12345", "--clear-groups", "--", BINARY, "which", "."]);
        command.current_dir(&project).env("PWD", &project).env("XDG_CACHE_HOME", cache);
        sandbox.run_command(command, b"")
    };
    drop(run().status(0).stdout("[ROOT]/outside\n"));
    own(&file, other);
    drop(run().status(1).stdout(""));
    own(&file, user);
    own(&root, other);
    drop(run().status(1).stdout(""));
}
