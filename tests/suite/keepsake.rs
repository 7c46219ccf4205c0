//! What a person put into an environment outlives the tool that empties it through a project's
//! `.venv`; the link stays out of git, and comes back with its environment.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::answer::Answer;
use crate::support::disk::set_time;
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
    let said = "another tool recreated `x`; restored its project, hooks, added paths, prompt, requested Python\n";
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
    let line = "problem  x  another tool recreated it without what you set up in it\n            \
                `venvwrap doctor --fix x` repairs it\n";
    assert!(text.contains(line), "{text}");
    sandbox
        .run(["doctor", "--fix", "x"])
        .stderr("x: restored its project, hooks, added paths, prompt, requested Python\n");
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
        .stderr("another tool recreated `x`; restored its project, hooks, added paths, prompt, requested Python\nRenamed `x` to `y`\n");
    assert_eq!(fs::read_link(project.join(".venv")).unwrap(), sandbox.environment("y"));
    let python = pythons::complete().path.to_str().unwrap().to_owned();
    run(&sandbox, &project, &peer("uv"), &["venv", "--clear", "--python", &python, ".venv"]).status(0);
    let said = "another tool recreated `y`; restored its project, hooks, added paths, prompt, requested Python
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

/// Creates `x` again with `uv venv --clear` at its own path, as another tool would.
fn recreated(sandbox: &Sandbox) {
    let root = sandbox.environment("x");
    let python = pythons::complete().path.to_str().unwrap();
    run(sandbox, sandbox.root(), &peer("uv"), &["venv", "--clear", "--python", python, root.to_str().unwrap()])
        .status(0);
    has_pip(&root);
}

#[test]
fn hooks_and_the_requested_python_come_back_without_a_project() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", python, "x"]).status(0);
    let root = sandbox.environment("x");
    let request = fs::read(root.join(".requested-python")).unwrap();
    fs::write(root.join("bin/postactivate"), "HOOK=ran\n").unwrap();
    drop(Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr(""));
    recreated(&sandbox);
    assert!(!root.join("bin/postactivate").exists() && !root.join(".requested-python").exists());
    let said = "another tool recreated `x`; restored its hooks, requested Python\n";
    Shell::Bash.plain().run(&sandbox, "workon x; printf '%s\\n' \"$HOOK\"").status(0).stderr(said).stdout("ran\n");
    assert_eq!(fs::read(root.join(".requested-python")).unwrap(), request);
    // A hook that you removed stays away, whatever else changes.
    fs::remove_file(root.join("bin/postactivate")).unwrap();
    fs::write(root.join("pyvenv.cfg"), fs::read(root.join("pyvenv.cfg")).unwrap()).unwrap();
    Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr("");
    assert!(!root.join("bin/postactivate").exists());
}

#[test]
fn an_environment_goes_on_to_see_the_packages_of_its_python() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--system-site-packages", "-p", python, "x"]).status(0);
    let sees = || fs::read_to_string(sandbox.environment("x").join("pyvenv.cfg")).unwrap();
    recreated(&sandbox);
    assert!(sees().contains("include-system-site-packages = false\n"), "{}", sees());
    let said = "another tool recreated `x`; restored its system site-packages, requested Python\n";
    Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr(said);
    assert_eq!(sees().matches("include-system-site-packages = true\n").count(), 1, "{}", sees());
    // What you turn off stays so.
    Shell::Bash.plain().run(&sandbox, "workon x; toggleglobalsitepackages -q; workon x").status(0).stderr("");
    recreated(&sandbox);
    Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr("");
    assert!(sees().contains("include-system-site-packages = false\n"), "{}", sees());
}

#[test]
fn a_link_that_was_written_or_removed_by_hand_counts() {
    let sandbox = Sandbox::plain();
    sandbox.run(["mkvirtualenv", "-q", "-p", pythons::complete().path.to_str().unwrap(), "x"]).status(0);
    let link = sandbox.environment("x").join(".project");
    for name in ["one", "two"] {
        let project = sandbox.root().join(name);
        let directory = format!("[ROOT]/{name}\n");
        fs::create_dir(&project).unwrap();
        fs::write(&link, format!("{}\n", project.display())).unwrap();
        Shell::Bash.plain().run(&sandbox, "workon x; pwd").status(0).stderr("").stdout(&directory);
        recreated(&sandbox);
        let line = "another tool recreated `x`; restored its project, requested Python\n";
        Shell::Bash.plain().run(&sandbox, "workon x; pwd").status(0).stderr(line).stdout(&directory);
    }
    fs::remove_file(&link).unwrap();
    Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr("");
    recreated(&sandbox);
    Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr("");
    assert!(!link.exists());
}

/// Where the clock stands still: the copy is as old as the link that was edited by hand, or as the
/// environment that was created again.
#[test]
fn what_happens_within_one_tick_of_the_clock_counts() {
    let sandbox = Sandbox::plain();
    sandbox.run(["mkvirtualenv", "-q", "-p", pythons::complete().path.to_str().unwrap(), "x"]).status(0);
    let root = sandbox.environment("x");
    let copy = sandbox.workon_home().join(".venvwrap/kept/x");
    for name in ["one", "two"] {
        fs::create_dir(sandbox.root().join(name)).unwrap();
        fs::write(root.join(".project"), format!("{}\n", sandbox.root().join(name).display())).unwrap();
        if name == "two" {
            set_time(&copy, fs::metadata(root.join(".project")).unwrap().modified().unwrap());
        }
        Shell::Bash.plain().run(&sandbox, "workon x").status(0).stderr("");
    }
    recreated(&sandbox);
    // Not before what is born in the environment, and not after its settings.
    let born = fs::metadata(root.join("bin")).unwrap().created().unwrap();
    for file in [&copy, &root.join("pyvenv.cfg")] {
        set_time(file, born);
    }
    let line = "another tool recreated `x`; restored its project, requested Python\n";
    Shell::Bash.plain().run(&sandbox, "workon x; pwd").status(0).stderr(line).stdout("[ROOT]/two\n");
}

#[test]
fn a_new_link_does_not_hide_what_was_lost() {
    let sandbox = Sandbox::plain();
    emptied(&sandbox);
    fs::create_dir(sandbox.root().join("other")).unwrap();
    sandbox
        .run(["setvirtualenvproject", "x", "other"])
        .status(0)
        .stdout("Setting project for x to [ROOT]/other\n")
        .stderr("another tool recreated `x`; restored its project, hooks, added paths, prompt, requested Python\n");
    assert!(sandbox.environment("x").join("bin/postactivate").is_file());
    recreated(&sandbox);
    sandbox
        .run(["doctor", "--fix", "x"])
        .stderr("x: restored its project, hooks, added paths, prompt, requested Python\n");
    let link = fs::read_to_string(sandbox.environment("x").join(".project")).unwrap();
    assert_eq!(link, format!("{}\n", sandbox.root().join("other").display()));
}

#[test]
fn a_change_of_settings_is_no_recreation() {
    let sandbox = Sandbox::plain();
    sandbox.run(["mkvirtualenv", "-q", "-p", pythons::complete().path.to_str().unwrap(), "x"]).status(0);
    let code = "workon x; add2virtualenv \"$PWD/other\"; toggleglobalsitepackages -q; deactivate; workon x; deactivate
        rmvirtualenv x";
    let said = "`venvwrap undo x` brings it back, for 7 days\n";
    Shell::Bash.plain().run(&sandbox, code).status(0).stderr(said);
}

#[test]
fn a_change_of_an_environment_emptied_while_active_hides_nothing_that_was_lost() {
    for (line, remark) in [
        ("add2virtualenv \"$PWD/other\"", ""),
        ("add2virtualenv -d \"$PWD/other\"", "`[ROOT]/other` was not on the path\n"),
    ] {
        let sandbox = Sandbox::plain();
        emptied(&sandbox);
        let code = format!(
            "workon x; cd ..; '{}' venv -q --offline --no-cache --clear --python '{}' \"$VIRTUAL_ENV\"
             : >\"$VIRTUAL_ENV/bin/pip\"; {line}; deactivate; workon x",
            peer("uv").display(),
            pythons::complete().path.display()
        );
        let said = "another tool recreated `x`; restored its project, hooks, added paths, prompt, requested Python\n";
        Shell::Bash.plain().run(&sandbox, code).status(0).stderr(format!("{said}{said}{remark}"));
        let packages = fs::read_dir(sandbox.environment("x").join("lib")).unwrap().next().unwrap().unwrap().path();
        let added = fs::read_to_string(packages.join("site-packages/_virtualenv_path_extensions.pth")).unwrap();
        assert!(added.contains(sandbox.root().join("added").to_str().unwrap()), "{added}");
    }
}

#[test]
fn the_switch_is_toggled_from_where_it_was_before_the_environment_was_emptied() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete().path.display();
    sandbox.run(["mkvirtualenv", "-q", "-p", &python.to_string(), "x"]).status(0);
    let code = format!(
        "workon x; toggleglobalsitepackages -q; deactivate; workon x
         '{}' venv -q --offline --no-cache --clear --python '{python}' \"$VIRTUAL_ENV\"
         : >\"$VIRTUAL_ENV/bin/pip\"; toggleglobalsitepackages",
        peer("uv").display()
    );
    let said = "another tool recreated `x`; restored its system site-packages, requested Python\n";
    Shell::Bash.plain().run(&sandbox, code).status(0).stderr(said).stdout("Disabled global site-packages\n");
}

/// A real project of uv whose environment is ours, by the variable that uv reads: no `.venv` leads
/// there, and none is made.
#[test]
fn a_uv_project_loses_nothing_when_it_requires_another_python() {
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let sandbox = Sandbox::plain();
    let project = sandbox.root().join("my project");
    let root = sandbox.environment("x");
    let run = |words: &[&str]| {
        let mut command = sandbox.command(peer("uv"));
        command.args(words).current_dir(&project);
        for (name, value) in [("UV_OFFLINE", "1"), ("UV_NO_CACHE", "1"), ("UV_NO_MANAGED_PYTHON", "1")] {
            command.env(name, value);
        }
        let path = [&python.path, &other.path].map(|python| python.parent().unwrap().to_str().unwrap()).join(":");
        command.env("PATH", path).env("UV_PROJECT_ENVIRONMENT", &root);
        sandbox.run_command(command, b"").status(0)
    };
    fs::create_dir(&project).unwrap();
    run(&["init", "-q", "--bare", "--name", "demo", "--no-pin-python", "--python", &python.minor()]);
    sandbox.run(["mkvirtualenv", "-q", "-a", "my project", "-p", python.path.to_str().unwrap(), "x"]).status(0);
    sandbox.run(["note", "x", "mine"]).status(0);
    sandbox.run(["set", "x", "KEY=value"]).status(0);
    fs::write(root.join("bin/postactivate"), "HOOK=ran\n").unwrap();
    drop(Shell::Bash.plain().run(&sandbox, "workon x").status(0));
    run(&["sync", "-q"]);
    assert!(root.join("bin/postactivate").is_file(), "uv keeps an environment that fits");
    let text = format!("[project]\nname = 'demo'\nversion = '0'\nrequires-python = '=={}.*'\n", other.minor());
    fs::write(project.join("pyproject.toml"), text).unwrap();
    run(&["sync", "-q"]);
    assert!(!root.join(".project").exists() && !root.join("bin/postactivate").exists());
    has_pip(&root);
    let said = "another tool recreated `x` without what you set up in it; `venvwrap doctor --fix x` restores it\n";
    for verb in ["lsvirtualenv", "showvirtualenv"] {
        let words = if verb == "lsvirtualenv" { vec![verb] } else { vec![verb, "x"] };
        sandbox.run(words).status(0).stderr(said);
    }
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stderr("").stdout("x\n");
    // The link is found by the directory, too.
    let mut command = sandbox.command(crate::support::sandbox::BINARY);
    command.args(["which", "."]).current_dir(&project);
    sandbox.run_command(command, b"").status(0).stderr("");
    let print = "cd 'my project'; workon .; printf '%s\\n' \"$HOOK $KEY\"; pwd";
    Shell::Bash
        .plain()
        .run(&sandbox, print)
        .status(0)
        .stderr("another tool recreated `x`; restored its project, hooks, prompt\n")
        .stdout("ran value\n[ROOT]/my project\n");
    sandbox.run(["note", "x"]).status(0).stdout("mine\n");
    assert!(fs::symlink_metadata(project.join(".venv")).is_err());
    sandbox.run(["lsvirtualenv"]).status(0).stderr("");
}

#[test]
fn a_snapshot_is_saved_before_uv_recreates_an_environment() {
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let sandbox = Sandbox::plain();
    let project = project(&sandbox, &format!("=={}.*", python.minor()));
    sandbox
        .run(["mkvirtualenv", "-q", "--link", "-a", "my project", "-p", python.path.to_str().unwrap(), "x"])
        .status(0);
    let root = sandbox.environment("x");
    fs::write(root.join("bin/postactivate"), "HOOK=ran\n").unwrap();
    let path = [&python.path, &other.path, &peer("uv")].map(|file| file.parent().unwrap().to_str().unwrap()).join(":");
    let uv = |words: &[&str]| {
        let mut command = sandbox.command(crate::support::sandbox::BINARY);
        command.args(["run", "x", "uv"]).args(words).current_dir(&project).env("PATH", &path);
        for (name, value) in [("UV_OFFLINE", "1"), ("UV_NO_CACHE", "1"), ("UV_NO_MANAGED_PYTHON", "1")] {
            command.env(name, value);
        }
        sandbox.run_command(command, b"").status(0)
    };
    for words in [&["sync", "-q"][..], &["run", "-q", "python", "-c", "0", "-p", "3"], &["pip", "list", "-q"]] {
        uv(words).stderr("");
    }
    assert!(root.join("bin/postactivate").is_file());
    let text = format!("[project]\nname = 'demo'\nversion = '0'\nrequires-python = '=={}.*'\n", other.minor());
    fs::write(project.join("pyproject.toml"), text).unwrap();
    uv(&["run", "-q", "--no-sync", "--no-project", "python", "-c", "0"]).stderr("");
    let said = uv(&["sync", "-q", "--dry-run"]).stderr_text();
    assert!(!said.contains("snapshot"), "{said}");
    let saved =
        |number: u8| format!("Saved snapshot {number} of `x`; `venvwrap rollback x {number}` goes back to it\n");
    let said = format!(
        "uv will recreate `x`: [ROOT]/my project/pyproject.toml asks for Python `=={}.*`, and it has {}\n{}",
        other.minor(),
        python.full(),
        saved(1)
    );
    uv(&["sync", "-q"]).stderr(said);
    assert!(!root.join("bin/postactivate").exists());
    uv(&["sync", "-q"]).stderr("");
    let said = format!("uv will recreate `x`: `uv venv --clear` empties it\n{}", saved(2));
    uv(&["venv", "-q", "--clear"]).stderr(said);
    sandbox.run(["rollback", "x", "1"]).status(0);
    assert!(root.join("bin/postactivate").is_file() && root.join("bin/pip").is_file());
    sandbox.run(["doctor", "x"]).status(0).stderr("");
    // The other file that uv reads.
    fs::write(project.join("pyproject.toml"), "[project]\nname = 'demo'\nversion = '0'\n").unwrap();
    fs::write(project.join(".python-version"), format!("{}\n", other.minor())).unwrap();
    let said = uv(&["sync", "-q"]).stderr_text();
    assert!(said.contains("/.python-version asks for Python") && said.contains("Saved snapshot"), "{said}");
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
