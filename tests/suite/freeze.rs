//! `venvwrap freeze` writes installed versions to the project's file; with pip and uv, with and
//! without a terminal.
//!
//! src/project/requirements/tests.rs covers which lines change.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::programs::write_program;
use crate::support::pty::Terminal;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::wheel::tiny_thing;

/// A project with an environment `x` that has `tiny-thing` 1.0, and wheels of 1.0 and 2.0.
fn with_tiny_thing() -> (Sandbox, PathBuf) {
    // A plain path: pip writes broken scripts for a path with a backquote.
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
    // Settings that would make pip list another environment.
    sandbox.set("PIP_PATH", "/nowhere").set("PIP_REQUIREMENT", "/nowhere");
    let said = format!("Wrote {shown}: 1 added, 0 removed, 0 unchanged\n");
    sandbox.run(["freeze", "x"]).status(0).stdout("+ tiny-thing==1.0\n").stderr(said);
    sandbox.unset("PIP_PATH").unset("PIP_REQUIREMENT");
    assert_eq!(text(&file), format!("{MARK}tiny-thing==1.0\n"));
    sandbox.run(["freeze", "x"]).status(0).stdout("").stderr(format!("{shown} is up to date: 1 package\n"));
    // A generated file changes without a question; uv lists the same packages.
    upgrade(&sandbox, "tiny-thing==2.0");
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    let change = "- tiny-thing==1.0\n+ tiny-thing==2.0\n";
    let said = format!("Wrote {shown}: 1 added, 1 removed, 0 unchanged\n");
    sandbox.run(["freeze", "x"]).status(0).stdout(change).stderr(said);
    assert_eq!(text(&file), format!("{MARK}tiny-thing==2.0\n"));
    sandbox.run(["freeze", "x", "--to", "-"]).status(0).stdout("tiny-thing==2.0\n").stderr("");
    // And back to 1.0.
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
    let change = "- Tiny_Thing >= 0.5\n+ Tiny_Thing==1.0\n";
    let said = "venvwrap: [ROOT]/my project/requirements.txt was not written by freeze, and there is no terminal to ask on (1 added, 1 \
                removed, 0 unchanged)\nhint: `--yes` changes it; `--dry-run` only shows the changes\n";
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
    let new = "# by hand\n--no-binary other\nTiny_Thing==1.0  # any\nwin==1 ; sys_platform == 'win32'\n";
    assert_eq!(text(&file), new);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    upgrade(&sandbox, "tiny-thing==2.0");
    sandbox.run(["freeze", "x", "-y"]).status(0);
    assert_eq!(text(&file), new.replace("1.0", "2.0"));
    // A file with hashes is refused.
    fs::write(&file, "tiny-thing==1.0 \\\n    --hash=sha256:0\n").unwrap();
    let said = "venvwrap: [ROOT]/my project/requirements.txt has hashes; a list of installed packages has none\n\
                hint: `--to pylock.toml` writes a file with hashes; `--to FILE` leaves this one alone\n";
    sandbox.run(["freeze", "x", "-y"]).status(2).stdout("").stderr(said);
}

#[test]
fn a_lock_file_is_made_by_uv_for_just_what_is_installed() {
    let (mut sandbox, project) = with_tiny_thing();
    let file = project.join("pylock.toml");
    let to_lock = ["freeze", "x", "--to", "my project/pylock.toml"];
    // The newest Python's pip can make lock files.
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
    // An existing lock file is the default target.
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
        (
            &["freeze"][..],
            1,
            "no virtualenv active\nhint: `workon NAME` activates one, once the functions are loaded; see `venvwrap init --help`\n",
        ),
        (
            &["freeze", "x"],
            2,
            "`x` is not linked to a project\nhint: choose a file with `--to FILE`, or link a project: `venvwrap setvirtualenvproject x PROJECT`\n",
        ),
        (
            &["freeze", "x", "--to", "-"],
            1,
            "no installer for environment `x`: it has no pip; uv is not on PATH\n\
             hint: install uv, or add pip: `venvwrap run x python -m ensurepip --default-pip`\n",
        ),
    ] {
        sandbox.run(words).status(status).stdout("").stderr(format!("venvwrap: {said}"));
    }
    fs::write(sandbox.environment("x").join(".project"), "/gone\n").unwrap();
    let said = "venvwrap: `/gone` is not a directory\nhint: choose a file with `--to FILE`\n";
    sandbox.run(["freeze", "x"]).status(1).stdout("").stderr(said);
    // If pip fails, the file stays unchanged.
    let site = sandbox.environment("x").join("lib/python3.11/site-packages/pip");
    fs::create_dir(site).unwrap();
    let project = sandbox.write("project/requirements.txt", MARK);
    let python = sandbox.environment("x").join("bin/python");
    fs::remove_file(&python).unwrap();
    write_program(&python, "#!/bin/sh\necho half==1\nexit 3\n");
    let said = "venvwrap: pip freeze failed with status 3\nhint: its message is above; nothing was written\n";
    sandbox.run(["freeze", "x", "--to", "project/requirements.txt"]).status(3).stdout("").stderr(said);
    assert_eq!(text(&project), MARK);
}

/// Writes a direct_url.json, which the package's build controls.
fn write_direct_url(sandbox: &Sandbox, text: &str) {
    let lib = sandbox.environment("x").join("lib");
    let site = lib.join(&crate::support::disk::names(&lib)[0]).join("site-packages/tiny_thing-1.0.dist-info");
    fs::write(site.join("direct_url.json"), text).unwrap();
}

#[test]
fn the_metadata_of_a_package_writes_no_line_of_its_own() {
    let (mut sandbox, project) = with_tiny_thing();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    let file = project.join("requirements.txt");
    for installer in ["pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for url in [
            r#"{"url": "https://h/x.whl\n--index-url https://evil", "archive_info": {}}"#,
            r#"{"url": "https://h/x.whl\rsix==1", "archive_info": {}}"#,
            r#"{"url": "https://h/x.whl\u2028--index-url https://evil", "archive_info": {}}"#,
            r#"{"url": "https://h/r", "subdirectory": "a\u0085b", "vcs_info": {"vcs": "git", "commit_id": "0"}}"#,
            r#"{"url": "file:///p%0A--index-url%20https://evil", "dir_info": {"editable": true}}"#,
        ] {
            write_direct_url(&sandbox, url);
            for words in [&["freeze", "x"][..], &["freeze", "x", "--to", "-"], &["freeze", "x", "--to", "pylock.toml"]]
            {
                let answer = sandbox.run(words).status(1).stdout("");
                let said = "contains a line break or another control character\nhint: that package could add lines";
                assert!(answer.stderr_text().contains(said), "{url}: {answer}");
            }
        }
        // Options after a URL; uv escapes them.
        write_direct_url(&sandbox, r#"{"url": "https://h/x.whl --config-settings a=b", "archive_info": {}}"#);
        let answer = sandbox.run(["freeze", "x", "--to", "-"]);
        let is_refused = answer.stderr_text().contains("is not a line for a package\nhint: nothing was written");
        assert!(if installer == "pip" { is_refused } else { !answer.stdout_text().contains(" --") }, "{answer}");
        // A password.
        write_direct_url(&sandbox, r#"{"url": "https://me:secret@h/x.whl", "archive_info": {}}"#);
        sandbox.run(["freeze", "x", "--to", "-"]).status(0).stdout("tiny-thing @ https://h/x.whl\n").stderr("");
    }
    assert!(!file.exists() && !sandbox.root().join("pylock.toml").exists());
}

#[test]
fn what_is_written_to_a_link_is_written_to_its_file() {
    let (sandbox, project) = with_tiny_thing();
    let [link, missing] = ["link.txt", "missing.txt"].map(|name| sandbox.root().join(name));
    symlink("my project/requirements-3.txt", &link).unwrap();
    symlink("my project/new.txt", &missing).unwrap();
    let crlf = "\u{feff}# mine\r\npip==1\r\ntiny_thing==0.5 --global-option=x\r\n./vendor/x\r\n";
    fs::write(project.join("requirements-3.txt"), crlf).unwrap();
    for name in ["link.txt", "missing.txt"] {
        sandbox.run(["freeze", "x", "-y", "--to", name]).status(0);
    }
    assert!(link.is_symlink() && missing.is_symlink());
    assert_eq!(text(&project.join("requirements-3.txt")), crlf.replace("0.5", "1.0"));
    assert_eq!(text(&project.join("new.txt")), format!("{MARK}tiny-thing==1.0\n"));
    let said = "venvwrap: freeze: /dev/null is not a regular file\nhint: `--to -` writes to standard output\n";
    sandbox.run(["freeze", "x", "-y", "--to", "/dev/null"]).status(1).stdout("").stderr(said);
    sandbox.run(["freeze", "x", "-y", "--to", "my project"]).status(1).stdout("");
}

/// With pip and uv. The repository has a remote with a password, which must not reach the file.
#[test]
fn a_project_in_a_repository_stays_as_the_file_calls_it() {
    let (mut sandbox, project) = with_tiny_thing();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    symlink(crate::support::sandbox::tool("git"), sandbox.tools().join("git")).unwrap();
    for words in [
        &["init", "-q"][..],
        &["remote", "add", "origin", "https://me:secret@h.invalid/r.git"],
        &["-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "x"],
    ] {
        let mut git = sandbox.command(sandbox.tools().join("git"));
        git.args(words).current_dir(&project);
        sandbox.run_command(git, b"").status(0);
    }
    let url = format!("file://{}", project.to_str().unwrap().replace(' ', "%20"));
    write_direct_url(&sandbox, &format!(r#"{{"url": "{url}", "dir_info": {{"editable": true}}}}"#));
    let file = project.join("requirements.txt");
    for installer in ["pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for old in ["-e .\n", "--editable .[dev]  # us\n", ""] {
            fs::write(&file, old).unwrap();
            let answer = sandbox.run(["freeze", "x", "-y"]).status(0);
            assert_eq!(text(&file), if old.is_empty() { "-e .\n" } else { old }, "{installer}: {answer}");
        }
        let answer = sandbox.run(["freeze", "x", "--to", "-"]).status(0);
        assert!(!answer.stdout_text().contains("secret"), "{answer}");
    }
}
