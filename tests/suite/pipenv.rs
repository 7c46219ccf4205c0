//! pipenv and venvwrap use the same environment for a project, whoever created it.
//!
//! With the real pipenv. src/project/pipenv/tests.rs compares names for odd paths and settings.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::answer::Answer;
use crate::support::disk::names;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::story::Story;

/// Runs pipenv in a directory of the sandbox.
#[track_caller]
fn pipenv<'a>(sandbox: &'a Sandbox, directory: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(peer("pipenv"));
    command.args(words).current_dir(directory);
    sandbox.run_command(command, b"")
}

/// Runs venvwrap there.
#[track_caller]
fn ours<'a>(sandbox: &'a Sandbox, directory: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(BINARY);
    command.args(words).current_dir(directory);
    sandbox.run_command(command, b"")
}

const PIPFILE: &str = "[packages]\n";

#[test]
fn what_is_made_here_is_what_pipenv_uses() {
    // A plain path: pipenv crashes on a WORKON_HOME with a `$` in it.
    let sandbox = Sandbox::plain();
    let python = pythons::complete().path.to_str().unwrap();
    let root = sandbox.root().join("src/My \"$Project\" é\\[x]/deeper than that");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("Pipfile"), PIPFILE).unwrap();
    // Through a symlink and from a subdirectory: pipenv resolves links.
    let link = sandbox.root().join("link");
    symlink(&root, &link).unwrap();
    ours(&sandbox, &link.join("a/b"), &["mkvirtualenv", "--without-pip", "--here", "-p", python]).status(0);
    let name = &names(&sandbox.workon_home()).into_iter().find(|name| !name.starts_with('.')).unwrap();
    assert!(name.starts_with("deeper_than_that-") && name.len() == "deeper_than_that-12345678".len(), "{name}");
    let at = format!("[ROOT]/envs/{name}\n");
    assert_eq!(pipenv(&sandbox, &root, &["--venv"]).status(0).stdout_text(), at);
    let code = "import sys; print(sys.prefix)";
    let told = pipenv(&sandbox, &link.join("a"), &["run", "python", "-c", code]).status(0).stdout_text();
    assert_eq!(told, at);
    // venvwrap finds it as well and creates no second one.
    ours(&sandbox, &root.join("a"), &["which", "."]).status(0).stdout(&at);
    ours(&sandbox, &root, &["mkvirtualenv", "--here"]).status(0).stderr_contains("exists; it was left as it is");
    let project = fs::read(sandbox.environment(name).join(".project")).unwrap();
    assert_eq!(sandbox.masked(&project), b"[ROOT]/src/My \"$Project\" \xc3\xa9\\[x]/deeper than that\n");
    let cfg = fs::read_to_string(sandbox.environment(name).join("pyvenv.cfg")).unwrap();
    assert!(cfg.contains("deeper than that"), "{cfg}");
}

#[test]
fn what_pipenv_has_made_is_entered_by_a_dot() {
    let sandbox = Sandbox::plain();
    let root = sandbox.root().join("my project");
    fs::create_dir_all(root.join("a")).unwrap();
    fs::write(root.join("Pipfile"), PIPFILE).unwrap();
    let python = pythons::complete().path.to_str().unwrap();
    pipenv(&sandbox, &root, &["--python", python]).status(0);
    let name = &names(&sandbox.workon_home())[0];
    let enter = "\\builtin cd 'my project/a'";
    let story = Story::new().code(enter, "builtin cd 'my project/a'").run(["workon", "."]).get("VIRTUAL_ENV");
    story.plays(&sandbox, &format!("workon .: 0\nexport VIRTUAL_ENV=[ROOT]/envs/{name}"));
    // Without `.project`, the name is enough.
    fs::remove_file(sandbox.environment(name).join(".project")).unwrap();
    ours(&sandbox, &root.join("a"), &["which", "."]).status(0).stdout(format!("[ROOT]/envs/{name}\n"));
}

/// A second environment for the project is refused.
#[test]
fn where_pipenv_would_look_elsewhere_nothing_is_made() {
    let mut sandbox = Sandbox::new();
    let project = sandbox.write("project/Pipfile", PIPFILE).parent().unwrap().to_owned();
    let hint = "hint: `venvwrap mkvirtualenv -a . NAME` creates another one; with PIPENV_VENV_IN_PROJECT=0, pipenv and --here use \
                WORKON_HOME\n";
    let refused = |sandbox: &Sandbox, reason: &str| {
        let said = "venvwrap: pipenv keeps the environment of [ROOT]/project in [ROOT]/project/.venv";
        ours(sandbox, &project, &["mkvirtualenv", "--here"])
            .status(1)
            .stdout("")
            .stderr(format!("{said}: {reason}\n{hint}"));
        assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
    };
    sandbox.set("PIPENV_VENV_IN_PROJECT", "yes");
    refused(&sandbox, "its settings say so");
    sandbox.unset("PIPENV_VENV_IN_PROJECT");
    fs::create_dir(project.join(".venv")).unwrap();
    refused(&sandbox, "it exists");
    sandbox.set("PIPENV_PIPFILE", "gone");
    let said = "venvwrap: PIPENV_PIPFILE: [ROOT]/project/gone does not exist\n\
                hint: unset PIPENV_PIPFILE, or set it to a Pipfile\n";
    ours(&sandbox, &project, &["mkvirtualenv", "--here"]).status(1).stderr(said);
    ours(&sandbox, &project, &["mkvirtualenv", "--here", "x"])
        .status(2)
        .stderr_contains("cannot be used with '[NAME]'");
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
}

#[test]
fn a_store_that_pipenv_does_not_know_is_said() {
    let mut sandbox = Sandbox::plain();
    let project = sandbox.write("project/Pipfile", PIPFILE).parent().unwrap().to_owned();
    sandbox.unset("WORKON_HOME");
    let python = pythons::complete().path.to_str().unwrap();
    let words = ["mkvirtualenv", "--quiet", "--without-pip", "--here", "-p", python];
    ours(&sandbox, &project, &words).status(0).stderr(
        "pipenv uses ~/.local/share/virtualenvs, not ~/.virtualenvs: WORKON_HOME is not exported\n\
         NOTE: Virtual environments directory [ROOT]/home/.virtualenvs does not exist. Creating...\n",
    );
}
