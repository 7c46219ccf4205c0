//! What a person put into an environment outlives the tool that empties it through a project's
//! `.venv`; the link stays out of git, and comes back with its environment.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::answer::Answer;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::{Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::story::Story;

fn project(sandbox: &Sandbox, requires: &str) -> PathBuf {
    let text = format!("[project]\nname = 'demo'\nversion = '0'\nrequires-python = '{requires}'\n");
    sandbox.write("my project/pyproject.toml", text).parent().unwrap().to_path_buf()
}

#[track_caller]
fn run<'a>(sandbox: &'a Sandbox, at: &Path, program: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(program);
    command
        .args(words)
        .current_dir(at)
        .env("UV_OFFLINE", "1")
        .env("UV_NO_CACHE", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    sandbox.run_command(command, b"")
}

/// An environment `x` that is linked to the project, has a hook, a prompt and an added directory,
/// and is then emptied by the real uv, which is asked for another environment in its place.
fn emptied(sandbox: &Sandbox) -> PathBuf {
    let project = project(sandbox, ">=3.8");
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--prompt", "mine", "--link", "-a", "my project", "-p", python, "x"]).status(0);
    let root = sandbox.environment("x");
    fs::create_dir(sandbox.root().join("added")).unwrap();
    let hook = root.join("bin/postactivate");
    fs::write(&hook, "HOOK=ran\n").unwrap();
    fs::write(root.join("bin/postactivate.fish"), "set -g HOOK ran\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o700)).unwrap();
    let add = format!("workon x; add2virtualenv {}/added; deactivate", sandbox.root().display());
    drop(Shell::Bash.plain().run(sandbox, add).status(0).stderr(""));
    uv_empties(sandbox, &project);
    project
}

fn uv_empties(sandbox: &Sandbox, project: &Path) {
    let python = pythons::complete().path.to_str().unwrap();
    run(sandbox, project, &peer("uv"), &["venv", "--clear", "--python", python, ".venv"]).status(0);
    let root = sandbox.environment("x");
    assert!(!root.join(".project").exists() && !root.join("bin/postactivate").exists());
    assert!(fs::read_to_string(root.join("pyvenv.cfg")).unwrap().contains("uv = "));
    has_pip(&root);
}

/// That it has none is said, and is another test's matter.
fn has_pip(root: &Path) {
    fs::write(root.join("bin/pip"), "").unwrap();
}

#[test]
fn workon_restores_what_uv_has_emptied_and_says_so_once() {
    let sandbox = Sandbox::plain();
    let project = emptied(&sandbox);
    let said = "another tool recreated `x`; restored its project, hooks, added paths, prompt\n";
    for shell in Shell::ALL {
        if shell != Shell::Bash {
            uv_empties(&sandbox, &project);
        }
        let print = "workon x\nprintf '%s\\n' \"$HOOK\" \"$VIRTUAL_ENV_PROMPT\"";
        shell.plain().run(&sandbox, print).status(0).stderr(said).stdout("ran\nmine\n");
        shell.plain().run(&sandbox, print).status(0).stderr("").stdout("ran\nmine\n");
    }
    let root = sandbox.environment("x");
    let link = format!("{}\n", project.display());
    assert_eq!(fs::read_to_string(root.join(".project")).unwrap(), link);
    assert_eq!(fs::metadata(root.join("bin/postactivate")).unwrap().permissions().mode() & 0o777, 0o700);
    let packages = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    let added = fs::read_to_string(packages.join("_virtualenv_path_extensions.pth")).unwrap();
    assert!(added.contains(sandbox.root().join("added").to_str().unwrap()), "{added}");
}

#[test]
fn doctor_finds_it_and_restores_it() {
    let sandbox = Sandbox::plain();
    emptied(&sandbox);
    let text = sandbox.run(["doctor", "x"]).status(1).stderr("").stdout_text();
    let line = "problem  x  another tool recreated it, without its project, hooks and added paths\n            \
                `venvwrap doctor --fix x` repairs it\n";
    assert!(text.contains(line), "{text}");
    sandbox.run(["doctor", "--fix", "x"]).stderr("x: restored its project, hooks, added paths, prompt\n");
    assert!(!sandbox.run(["doctor", "x"]).stdout_text().contains("recreated"));
    // A project that the person has unlinked stays so.
    fs::remove_file(sandbox.environment("x").join(".project")).unwrap();
    Story::new().code("workon x", "workon x").get("HOOK").plays(&sandbox, "HOOK=ran");
    assert!(!sandbox.environment("x").join(".project").exists());
}

#[test]
fn it_follows_a_rename_and_a_removal_and_nothing_of_one_name_becomes_another() {
    let sandbox = Sandbox::plain();
    let project = emptied(&sandbox);
    sandbox
        .run(["mvvirtualenv", "x", "y"])
        .status(0)
        .stderr("another tool recreated `x`; restored its project, hooks, added paths, prompt\nRenamed `x` to `y`\n");
    assert_eq!(fs::read_link(project.join(".venv")).unwrap(), sandbox.environment("y"));
    let python = pythons::complete().path.to_str().unwrap().to_owned();
    run(&sandbox, &project, &peer("uv"), &["venv", "--clear", "--python", &python, ".venv"]).status(0);
    let said = "another tool recreated `y`; restored its project, hooks, added paths, prompt
Removed the link [ROOT]/my project/.venv to it
`venvwrap undo y` brings it back, for 7 days\n";
    sandbox.run(["rmvirtualenv", "y"]).status(0).stderr(said);
    // What another program makes under that name is not the person's.
    run(&sandbox, &project, &peer("uv"), &["venv", "--python", &python, sandbox.environment("y").to_str().unwrap()])
        .status(0);
    has_pip(&sandbox.environment("y"));
    Story::new().code("workon y", "workon y").get("HOOK").plays(&sandbox, "unset HOOK");
    sandbox.run(["rmvirtualenv", "--now", "y"]).status(0);
    let said = "Restored `y`\n";
    sandbox.run(["undo", "y"]).status(0).stderr(said);
    assert!(sandbox.environment("y").join("bin/postactivate").is_file());
}

#[test]
fn undo_links_the_project_again_where_nothing_has_its_place() {
    let sandbox = Sandbox::plain();
    let project = project(&sandbox, ">=3.8");
    sandbox.minimal_environment("x");
    sandbox.run(["setvirtualenvproject", "--link", "x", "my project"]).status(0);
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    assert!(fs::symlink_metadata(project.join(".venv")).is_err());
    sandbox.run(["undo", "x"]).status(0).stderr("Restored `x`\nLinked [ROOT]/my project/.venv to it again\n");
    assert_eq!(fs::read_link(project.join(".venv")).unwrap(), sandbox.environment("x"));
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    fs::write(project.join(".venv"), "mine\n").unwrap();
    sandbox
        .run(["undo", "x"])
        .status(0)
        .stderr("Restored `x`\n[ROOT]/my project/.venv already exists; it was left as it is\n");
    assert_eq!(fs::read_to_string(project.join(".venv")).unwrap(), "mine\n");
    // Without a link there is none to bring back.
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    fs::remove_file(project.join(".venv")).unwrap();
    sandbox.run(["undo", "x"]).status(0).stderr("Restored `x`\n");
    assert!(fs::symlink_metadata(project.join(".venv")).is_err());
}

#[test]
fn git_does_not_see_the_link() {
    let sandbox = Sandbox::plain();
    let git = tool("git");
    let top = project(&sandbox, ">=3.8");
    let run = |at: &Path, words: &[&str]| run(&sandbox, at, &git, words).status(0).stdout_text();
    let commit =
        ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always", "commit", "-qm", "x"];
    run(&top, &["init", "-q"]);
    fs::write(top.join(".gitignore"), ".venv/\n").unwrap();
    run(&top, &["add", "."]);
    run(&top, &commit);
    run(&top, &["worktree", "add", "-q", "../tree"]);
    run(&top, &["-c", "protocol.file.allow=always", "submodule", "add", "-q", top.to_str().unwrap(), "sub"]);
    run(&top, &commit);
    let tree = sandbox.root().join("tree");
    let sub = top.join("sub");
    let below = top.join("packages/api");
    fs::create_dir_all(&below).unwrap();
    for (at, name) in [(&top, "top"), (&tree, "tree"), (&sub, "sub"), (&below, "below")] {
        sandbox.minimal_environment(name);
        let at_word = at.to_str().unwrap();
        let said = sandbox.run(["setvirtualenvproject", "--link", name, at_word]).status(0).stderr_text();
        // The work trees of one repository, and what lies below, share the line.
        assert_eq!(said.contains("Added `.venv` to "), ["top", "sub"].contains(&name), "{name}: {said}");
        assert!(at.join(".venv").is_symlink());
        assert_eq!(run(at, &["status", "--porcelain", "."]), "", "{name}");
        let again = sandbox.run(["setvirtualenvproject", "--link", name, at_word]).status(0).stderr_text();
        assert_eq!(again.lines().count(), 1, "{again}");
    }
    let exclude = fs::read_to_string(top.join(".git/info/exclude")).unwrap();
    assert_eq!(exclude.lines().filter(|line| *line == ".venv").count(), 1, "{exclude}");
    // What only looks like a repository, or leads the line through a link, gets none.
    let other = sandbox.root().join("other");
    fs::create_dir_all(other.join("elsewhere/info")).unwrap();
    fs::write(other.join(".git"), "gitdir: elsewhere\n").unwrap();
    sandbox.minimal_environment("z");
    sandbox
        .run(["setvirtualenvproject", "--link", "z", "other"])
        .status(0)
        .stderr("Linked [ROOT]/other/.venv to `z`\n");
    assert!(!other.join("elsewhere/info/exclude").exists());
    fs::write(top.join(".git/info/exclude"), "").unwrap();
    fs::remove_file(top.join(".git/info/exclude")).unwrap();
    symlink(sandbox.write("precious", "mine\n"), top.join(".git/info/exclude")).unwrap();
    sandbox.run(["setvirtualenvproject", "--link", "top", top.to_str().unwrap()]).status(0);
    assert_eq!(fs::read_to_string(sandbox.root().join("precious")).unwrap(), "mine\n");
}
