//! `venvwrap freeze`: what is installed, in the file of the project; by pip and uv, with and without a person.
//!
//! Which lines stay and which change is tried beside the module that does it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::pty::Terminal;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::wheel::tiny_thing;

/// A project with an environment `x` that has `tiny-thing` 1.0, and wheels of 1.0 and 2.0.
fn with_tiny_thing() -> (Sandbox, PathBuf) {
    // In a plain place: pip writes commands that a backquote in their path spoils.
    let mut sandbox = Sandbox::plain();
    let (wheels, project) = (sandbox.root().join("my wheels"), sandbox.root().join("my project"));
    fs::create_dir(&wheels).unwrap();
    fs::create_dir(&project).unwrap();
    for version in ["1.0", "2.0"] {
        tiny_thing(&wheels, version);
    }
    let links = format!("file://{}", wheels.to_str().unwrap().replace(' ', "%20"));
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &links);
    sandbox.set("UV_NO_INDEX", "1").set("UV_FIND_LINKS", &links).set("UV_OFFLINE", "1").set("UV_NO_CACHE", "1");
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", python, "-a", "my project", "-i", "tiny-thing==1.0", "x"]).status(0);
    (sandbox, project)
}

fn upgrade(sandbox: &Sandbox, word: &str) {
    let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", word]);
    sandbox.run_command(command, b"").status(0);
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

const MARK: &str = "# What is installed, as `venvwrap freeze` found it.\n";

#[test]
fn what_is_installed_goes_into_requirements_and_comes_out_again() {
    let (mut sandbox, project) = with_tiny_thing();
    let file = project.join("requirements.txt");
    let shown = "[ROOT]/my project/requirements.txt";
    let said = format!("{shown}: 1 added, 0 removed, 0 unchanged; nothing was written\n");
    sandbox.run(["freeze", "x", "--dry-run"]).status(0).stdout("+ tiny-thing==1.0\n").stderr(said);
    assert!(!file.exists());
    // Settings of pip that would have another place looked at.
    sandbox.set("PIP_PATH", "/nowhere").set("PIP_REQUIREMENT", "/nowhere");
    let said = format!("Wrote {shown}: 1 added, 0 removed, 0 unchanged\n");
    sandbox.run(["freeze", "x"]).status(0).stdout("+ tiny-thing==1.0\n").stderr(said);
    sandbox.unset("PIP_PATH").unset("PIP_REQUIREMENT");
    assert_eq!(text(&file), format!("{MARK}tiny-thing==1.0\n"));
    sandbox.run(["freeze", "x"]).status(0).stdout("").stderr(format!("{shown} is up to date: 1 package\n"));
    // What it made itself it changes without a question; uv tells the same.
    upgrade(&sandbox, "tiny-thing==2.0");
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    let change = "- tiny-thing==1.0\n+ tiny-thing==2.0\n";
    let said = format!("Wrote {shown}: 1 added, 1 removed, 0 unchanged\n");
    sandbox.run(["freeze", "x"]).status(0).stdout(change).stderr(said);
    assert_eq!(text(&file), format!("{MARK}tiny-thing==2.0\n"));
    sandbox.run(["freeze", "x", "--to", "-"]).status(0).stdout("tiny-thing==2.0\n").stderr("");
    // And back.
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", python, "--from", "my project", "y"]).status(0);
    sandbox.run(["freeze", "y", "--to", "-"]).status(0).stdout("tiny-thing==2.0\n");
}

#[test]
fn what_somebody_wrote_is_changed_after_a_question_only() {
    let (sandbox, project) = with_tiny_thing();
    let file = project.join("requirements.txt");
    let written = "# by hand\n--no-binary other\nTiny_Thing >= 0.5  # any\nwin==1 ; sys_platform == 'win32'\n";
    fs::write(&file, written).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let change = "- Tiny_Thing >= 0.5\n+ tiny-thing==1.0\n";
    let said = "venvwrap: [ROOT]/my project/requirements.txt was not made by freeze, and nobody can be asked (1 added, 1 \
                removed, 0 unchanged)\nhint: `--yes` changes it, `--dry-run` only shows how\n";
    sandbox.run(["freeze", "x"]).status(2).stdout(change).stderr(said);
    assert_eq!(text(&file), written);
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    terminal.run("workon -n x");
    for (answer, is_changed) in [("n", false), ("y", true)] {
        let before = terminal.prompts();
        terminal.type_keys("venvwrap freeze\r");
        terminal.wait_for("requirements.txt: 1 added, 1 removed, 0 unchanged?");
        terminal.type_keys(answer);
        terminal.wait_for_prompt_after(before);
        assert_eq!(text(&file) != written, is_changed, "{}", terminal.screen());
    }
    let new = "# by hand\n--no-binary other\ntiny-thing==1.0  # any\nwin==1 ; sys_platform == 'win32'\n";
    assert_eq!(text(&file), new);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    upgrade(&sandbox, "tiny-thing==2.0");
    sandbox.run(["freeze", "x", "-y"]).status(0);
    assert_eq!(text(&file), new.replace("1.0", "2.0"));
    // Hashes are not of its making.
    fs::write(&file, "tiny-thing==1.0 \\\n    --hash=sha256:0\n").unwrap();
    let said = "venvwrap: [ROOT]/my project/requirements.txt has hashes, which a list of what is installed does not \
                have\nhint: `--to pylock.toml` makes a file with hashes; `--to` another file leaves this one alone\n";
    sandbox.run(["freeze", "x", "-y"]).status(2).stdout("").stderr(said);
}

#[test]
fn a_lock_file_is_made_by_uv_for_just_what_is_installed() {
    let (mut sandbox, project) = with_tiny_thing();
    let file = project.join("pylock.toml");
    let to_lock = ["freeze", "x", "--to", "my project/pylock.toml"];
    // The pip that comes with the newest Python may be new enough.
    let can_lock = sandbox.environment("x").join("bin/pip").is_file() && {
        let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
        command.args(["-m", "pip", "lock", "--help"]);
        sandbox.run_command(command, b"").code() == 0
    };
    if !can_lock {
        let answer = sandbox.run(to_lock).status(1).stdout("");
        let said = answer.stderr_text();
        assert!(
            said.starts_with("venvwrap: no installer for environment `x`: uv is not on PATH; its pip "),
            "{answer}"
        );
        assert!(said.contains(" cannot make lock files (25.1 can)"), "{answer}");
        assert!(!file.exists());
    }
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.run(to_lock).status(0).stdout("+ tiny-thing==1.0\n");
    let made = text(&file);
    assert!(made.starts_with(MARK) && made.contains("lock-version = \"1.0\"") && made.contains("sha256"), "{made}");
    // From now on it is the file that is written, as long as there is one.
    upgrade(&sandbox, "tiny-thing==2.0");
    sandbox.run(["freeze", "x"]).status(0).stdout("- tiny-thing==1.0\n+ tiny-thing==2.0\n");
    let said = "[ROOT]/my project/pylock.toml is up to date: 1 package\n";
    sandbox.run(["freeze", "x"]).status(0).stdout("").stderr(said);
    assert!(!project.join("requirements.txt").exists());
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", python, "--from", "my project", "y"]).status(0);
    sandbox.run(["freeze", "y", "--to", "-"]).status(0).stdout("tiny-thing==2.0\n");
}

#[test]
fn what_cannot_be_written_is_said() {
    let sandbox = Sandbox::with_x_and_y();
    for (words, status, said) in [
        (&["freeze"][..], 1, "no virtualenv active\nhint: `workon NAME` enters one, `workon` lists them\n"),
        (
            &["freeze", "x"],
            2,
            "`x` is linked to no project\nhint: `--to FILE` says where to write; `setvirtualenvproject` links one\n",
        ),
        (
            &["freeze", "x", "--to", "-"],
            1,
            "no installer for environment `x`: it has no pip; uv is not on PATH\n\
             hint: install uv, or give the environment a pip: `python -m ensurepip`\n",
        ),
    ] {
        sandbox.run(words).status(status).stdout("").stderr(format!("venvwrap: {said}"));
    }
    fs::write(sandbox.environment("x").join(".project"), "/gone\n").unwrap();
    let said = "venvwrap: `/gone` is not a directory\nhint: `--to FILE` says where to write\n";
    sandbox.run(["freeze", "x"]).status(1).stdout("").stderr(said);
    // A pip that fails leaves everything as it is.
    let site = sandbox.environment("x").join("lib/python3.11/site-packages/pip");
    fs::create_dir(site).unwrap();
    let project = sandbox.write("project/requirements.txt", MARK);
    let python = sandbox.environment("x").join("bin/python");
    fs::remove_file(&python).unwrap();
    fs::write(&python, "#!/bin/sh\necho half==1\nexit 3\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let said = "venvwrap: pip freeze failed with status 3\nhint: its own message is above; nothing was written\n";
    sandbox.run(["freeze", "x", "--to", "project/requirements.txt"]).status(3).stdout("").stderr(said);
    assert_eq!(text(&project), MARK);
}
