//! `venvwrap adopt`: the environment of a project gets a name.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use crate::support::answer::Answer;
use crate::support::disk::{names, set_time, tree};
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;

/// A file that names the place of its environment.
const PTH: &str = "lib/python3.11/site-packages/x.pth";

/// A project with an environment that has a prompt, as uv makes it.
fn shop(sandbox: &Sandbox) -> PathBuf {
    let project = sandbox.root().join("my shop");
    let root = sandbox.minimal_environment_at(&project.join(".venv"));
    fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.4\nprompt = my shop\n").unwrap();
    fs::write(root.join(PTH), format!("{}/src\n", root.display())).unwrap();
    project
}

#[track_caller]
fn adopt<'a>(sandbox: &'a Sandbox, words: &[&Path]) -> Answer<'a> {
    sandbox.run([Path::new("adopt")].iter().chain(words))
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink())
}

const MOVED: &str =
    "Moved [ROOT]/my shop/.venv to `my shop`, with a link in its place; `venvwrap undo 'my shop'` moves it back\n";

#[test]
fn a_real_environment_works_under_both_paths_and_comes_back_byte_for_byte() {
    let sandbox = Sandbox::plain();
    let project = sandbox.root().join("my shop");
    fs::create_dir(&project).unwrap();
    let mut make = sandbox.command(&pythons::complete().path);
    make.args(["-m", "venv", ".venv"]).current_dir(&project);
    sandbox.run_command(make, b"").status(0);
    let state = || (tree(&project.join(".venv/bin")), fs::read(project.join(".venv/pyvenv.cfg")).unwrap());
    let before = state();
    adopt(&sandbox, &[&project]).status(0).stdout("").stderr(MOVED);
    let (link, root) = (project.join(".venv"), sandbox.environment("my shop"));
    assert_eq!(fs::read_link(&link).unwrap(), root);
    for place in [&link, &root] {
        let mut pip = sandbox.command(place.join("bin/pip"));
        pip.arg("--version");
        sandbox.run_command(pip, b"").status(0).stdout_contains("[ROOT]/envs/my shop/lib/");
    }
    for shell in Shell::ALL {
        let script = "cd 'my shop'; workon .; printf '[%s %s]' \"$VIRTUAL_ENV\" \"$VIRTUAL_ENV_PROMPT\"\n";
        shell.plain().run(&sandbox, script).status(0).stdout_contains("[[ROOT]/envs/my shop my shop]");
    }
    sandbox.run(["undo", "my shop"]).status(0).stdout("").stderr("Moved `my shop` back to [ROOT]/my shop/.venv\n");
    assert!(state() == before);
    assert_eq!(names(&project), [".venv"]);
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap"]);
}

#[test]
fn it_is_a_full_member_of_the_store() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    adopt(&sandbox, &[&project, Path::new("backend")]).status(0);
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout("backend\n");
    let link = project.join(".venv");
    sandbox.run(["mvvirtualenv", "backend", "api"]).status(0);
    assert_eq!(fs::read_link(&link).unwrap(), sandbox.environment("api"));
    sandbox.run(["rmvirtualenv", "api"]).status(0);
    assert!(!is_link(&link));
    sandbox.run(["undo"]).status(0).stderr("Restored `api`\nLinked [ROOT]/my shop/.venv to it again\n");
    sandbox.run(["undo"]).status(0).stderr("Moved `api` back to [ROOT]/my shop/.venv\n");
    assert!(link.is_dir() && !is_link(&link));
    let cfg = fs::read_to_string(link.join("pyvenv.cfg")).unwrap();
    assert!(cfg.ends_with("prompt = my shop\n"), "{cfg}");
}

#[test]
fn registered_it_stays_where_it_is_whatever_becomes_of_the_name() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    let root = project.join(".venv");
    let before = tree(&root);
    let words = [Path::new("--in-place"), &project, Path::new("shop")];
    let said = "Registered [ROOT]/my shop/.venv as `shop`; `venvwrap undo shop` removes the name\n";
    adopt(&sandbox, &words).status(0).stdout("").stderr(said);
    assert_eq!(fs::read_link(sandbox.environment("shop")).unwrap(), root);
    for shell in Shell::ALL {
        let script = "workon shop; printf '[%s %s]' \"$VIRTUAL_ENV\" \"$PWD\"\n";
        shell.plain().run(&sandbox, script).stdout_contains("[[ROOT]/envs/shop [ROOT]/my shop]");
    }
    sandbox.run(["rmvirtualenv", "shop"]).status(0).stdout("Removing shop...\n").stderr(
        "Removed only the name; [ROOT]/my shop/.venv stays as it is\n\
         `venvwrap undo shop` brings it back, for 7 days\n",
    );
    assert!(root.join("bin/python").exists());
    sandbox.run(["undo"]).status(0);
    sandbox.run(["rmvirtualenv", "--now", "shop"]).status(0);
    assert!(root.join("bin/python").exists());
    // The link to the project is still there: it is not written twice, nor removed.
    adopt(&sandbox, &words).status(0);
    sandbox.run(["undo", "shop"]).status(0).stderr("Removed the name `shop`; [ROOT]/my shop/.venv stays as it is\n");
    fs::remove_file(root.join(".project")).unwrap();
    assert_eq!(tree(&root), before);
}

#[test]
fn undo_without_a_name_reverses_what_was_done_last() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    adopt(&sandbox, &[&project, Path::new("shop")]).status(0);
    sandbox.minimal_environment("x");
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    // Within one second, which is as exact as the names in the trash are.
    let private = sandbox.workon_home().join(".venvwrap");
    let place = names(&private.join("trash")).remove(0);
    let second = Duration::from_secs(place.split_once('.').unwrap().0.parse().unwrap());
    set_time(&private.join("adopted/shop"), UNIX_EPOCH + second + Duration::from_millis(500));
    set_time(&private.join("trash").join(place), UNIX_EPOCH + second + Duration::from_millis(900));
    sandbox.run(["undo"]).status(0).stderr("Restored `x`\n");
    sandbox.run(["undo"]).status(0).stderr("Moved `shop` back to [ROOT]/my shop/.venv\n");
    assert!(!is_link(&project.join(".venv")));
}

#[test]
fn a_dry_run_says_it_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    let before = tree(sandbox.root());
    let said = "Would move [ROOT]/my shop/.venv to [ROOT]/envs as `my shop`, with a link in its place\n";
    adopt(&sandbox, &[Path::new("-n"), &project]).status(0).stdout("").stderr(said);
    let said = "Would name [ROOT]/my shop/.venv `my shop`, leave it there, and link it to [ROOT]/my shop\n";
    adopt(&sandbox, &[Path::new("-n"), Path::new("--in-place"), &project]).status(0).stdout("").stderr(said);
    assert_eq!(tree(sandbox.root()), before);
}

#[test]
fn what_is_not_safe_is_refused_and_nothing_changes() {
    let sandbox = Sandbox::with_x_and_y();
    let project = shop(&sandbox);
    let make = |path: &str| sandbox.minimal_environment_at(&sandbox.root().join(path));
    fs::create_dir_all(sandbox.root().join("plain/.venv")).unwrap();
    fs::create_dir(sandbox.root().join("empty")).unwrap();
    fs::create_dir(sandbox.root().join("linked")).unwrap();
    symlink(sandbox.environment("x"), sandbox.root().join("linked/.venv")).unwrap();
    sandbox.write("file/.venv", "x\n");
    make("x/.venv");
    make("a\nb/.venv");
    make("conda/.venv/conda-meta");
    sandbox.write("conda/.venv/conda-meta/history", "");
    sandbox.write("conda/.venv/pyvenv.cfg", "home = /usr/bin\n");
    make("others/.venv");
    let mut cases = vec![
        ("empty", "empty/.venv: it does not exist\n"),
        ("linked", "linked/.venv: it is a link to [ROOT]/envs/x\nhint: `venvwrap workon x` activates it\n"),
        ("file", "file/.venv: it is a file that names an environment\n"),
        ("x", "x/.venv: `x` already exists in WORKON_HOME\nhint: `venvwrap adopt "),
        ("conda", "conda/.venv: it is an environment of conda\n"),
        ("envs/x", "envs/x: it is in WORKON_HOME\nhint: `venvwrap workon x` activates it\n"),
        ("x/.venv/..", "x/.venv: `x` already exists in WORKON_HOME\n"),
    ];
    if nix::unistd::geteuid().is_root() {
        chown(sandbox.root().join("others/.venv"), Some(4321), None).unwrap();
        cases.push(("others", "others/.venv: it belongs to another user\nhint: `venvwrap cpvirtualenv "));
    }
    let before = tree(sandbox.root());
    for (path, said) in cases {
        for option in ["--force", "--in-place", "--dry-run"] {
            let answer = adopt(&sandbox, &[Path::new(option), &sandbox.root().join(path)]).status(1).stdout("");
            answer.stderr_contains(&format!("venvwrap: cannot adopt [ROOT]/{said}"));
        }
    }
    adopt(&sandbox, &[&sandbox.root().join("plain")])
        .status(1)
        .stderr_contains("plain/.venv is not a virtual environment");
    adopt(&sandbox, &[Path::new("no/such")]).status(1).stderr_contains("`[ROOT]/no/such` is not a directory");
    adopt(&sandbox, &[&project, Path::new("a/b")]).status(1).stderr_contains("it has a `/` in it");
    adopt(&sandbox, &[&sandbox.root().join("a\nb")]).status(1).stderr_contains("control character");
    assert_eq!(tree(sandbox.root()), before);
    // In use.
    let mut sleeping =
        sandbox.command(tool("sleep")).arg("60").env("VIRTUAL_ENV", project.join(".venv")).spawn().unwrap();
    let answer = adopt(&sandbox, &[&project]).status(1).stdout("");
    answer.stderr_contains("run `venvwrap adopt --force ").stderr_contains("sleep 60");
    assert!(!is_link(&project.join(".venv")));
    adopt(&sandbox, &[Path::new("--force"), &project]).status(0).stderr(MOVED);
    sandbox.run(["undo", "my shop"]).status(1).stderr_contains("or run `venvwrap undo --force 'my shop'`");
    sandbox.run(["undo", "--force", "my shop"]).status(0);
    sleeping.kill().unwrap();
    sleeping.wait().unwrap();
}

#[test]
fn what_would_run_on_activation_does_not_until_it_is_trusted() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    let hook = sandbox.write("my shop/.venv/bin/postactivate", "echo RAN\n");
    let refused = "venvwrap: cannot adopt [ROOT]/my shop/.venv: files in it would run on activation and are not trusted\n\
                   hint: look at its bin, then `venvwrap trust ";
    adopt(&sandbox, &[Path::new("--in-place"), &project]).status(1).stderr_contains(refused);
    let said = "[ROOT]/envs/my shop/bin/untrusted-postactivate is not trusted and does not run; look at it, then `venvwrap trust ";
    adopt(&sandbox, &[&project]).status(0).stderr_contains(said).stderr_contains(MOVED);
    let answer = Shell::Bash.plain().run(&sandbox, "workon 'my shop'\n");
    assert!(!answer.stdout_text().contains("RAN"), "{answer}");
    sandbox.run(["undo", "my shop"]).status(0);
    assert_eq!(fs::read_to_string(&hook).unwrap(), "echo RAN\n");
    // Trusted, it is as the user's own.
    sandbox.run([Path::new("trust"), &project.join(".venv")]).status(0);
    adopt(&sandbox, &[&project]).status(0).stderr(MOVED);
    Shell::Bash.plain().run(&sandbox, "workon 'my shop'\n").stdout_contains("RAN");
}

#[test]
fn another_file_system_means_a_copy_and_nothing_is_lost() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::of(sandbox.root().join("my shop"), 8) else { return };
    let project = shop(&sandbox);
    let before = tree(&project);
    let said = "Would copy [ROOT]/my shop/.venv to [ROOT]/envs, on another file system, as `my shop`, with a link in its place\n";
    adopt(&sandbox, &[Path::new("-n"), &project]).status(0).stderr(said);
    let copied = "Copied [ROOT]/my shop/.venv: WORKON_HOME is on another file system\n";
    adopt(&sandbox, &[&project]).status(0).stdout("").stderr(format!("{copied}{MOVED}"));
    assert_eq!(fs::read_link(project.join(".venv")).unwrap(), sandbox.environment("my shop"));
    let script = fs::read_to_string(sandbox.environment("my shop").join(PTH)).unwrap();
    assert!(script.ends_with("/envs/my shop/src\n"), "{script}");
    assert_eq!(names(disk.path()), [".venv"]);
    sandbox.run(["undo", "my shop"]).status(0).stderr(
        "Moved `my shop` back to [ROOT]/my shop/.venv\n\
         It was copied there, from another file system; the trash has the other one\n",
    );
    assert_eq!(tree(&project), before);
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap"]);
}

#[test]
fn an_interrupted_adoption_is_finished_by_the_same_command() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    let old = fs::read_to_string(project.join(".venv").join(PTH)).unwrap();
    adopt(&sandbox, &[&project]).status(0);
    let script = sandbox.environment("my shop").join(PTH);
    let new = fs::read_to_string(&script).unwrap();
    // As it is when the process is killed between the exchange and the rewriting.
    fs::write(&script, &old).unwrap();
    let finished = "Finished moving [ROOT]/my shop/.venv to `my shop`\n";
    adopt(&sandbox, &[&project]).status(0).stdout("").stderr(finished);
    assert_eq!(fs::read_to_string(&script).unwrap(), new);
    adopt(&sandbox, &[&project]).status(1).stderr_contains("it is a link to [ROOT]/envs/my shop\n");
    // A move back, killed in the same way.
    sandbox.run(["undo", "my shop"]).status(0);
    fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
    adopt(&sandbox, &[Path::new("--in-place"), &project]).status(0);
    fs::write(project.join(".venv").join(PTH), &new).unwrap();
    sandbox.run(["undo", "my shop"]).status(0);
    assert_eq!(fs::read_to_string(project.join(".venv").join(PTH)).unwrap(), old);
}

#[test]
fn what_took_the_place_of_the_link_is_left_alone() {
    let sandbox = Sandbox::new();
    let project = shop(&sandbox);
    adopt(&sandbox, &[&project]).status(0);
    fs::remove_file(project.join(".venv")).unwrap();
    sandbox.write("my shop/.venv/mine", "");
    let before = tree(&project);
    sandbox.run(["undo"]).status(1).stdout("").stderr(
        "venvwrap: cannot move `my shop` back: [ROOT]/my shop/.venv is not a link to [ROOT]/envs/my shop\n\
         hint: move away what is there, or put the link back\n",
    );
    assert_eq!(tree(&project), before);
    assert!(sandbox.environment("my shop").join("bin/python").exists());
}
