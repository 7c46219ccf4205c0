//! `mkvirtualenv --from` installs a project's dependencies with pip and uv; compared with the real
//! pipenv.
//!
//! The unit tests in src/project cover which file is read and how.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::support::pythons::{self, peer};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

fn python() -> &'static str {
    pythons::complete().path.to_str().unwrap()
}

/// A directory that serves as an index with versions 1.0 and 2.0 of one project. Returns its URL
/// and the hash of 1.0.
fn index(sandbox: &Sandbox) -> (String, String) {
    let place = sandbox.root().join("my index/tiny-thing");
    fs::create_dir_all(&place).unwrap();
    let wheels = ["1.0", "2.0"].map(|version| tiny_thing(&place, version));
    let link = |wheel: &Path| {
        let name = wheel.file_name().unwrap().to_str().unwrap();
        format!("<a href=\"{name}\">{name}</a>\n")
    };
    fs::write(place.join("index.html"), wheels.iter().map(|wheel| link(wheel)).collect::<String>()).unwrap();
    let digest = Sha256::digest(fs::read(&wheels[0]).unwrap());
    let hash = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from_digit(half.into(), 16));
    let hash = hash.map(Option::unwrap).collect();
    (format!("file://{}", place.parent().unwrap().to_str().unwrap().replace(' ', "%20")), hash)
}

fn freeze(sandbox: &Sandbox, root: &Path) -> String {
    let mut command = sandbox.command(root.join("bin/python"));
    command.args(["-m", "pip", "freeze"]);
    sandbox.run_command(command, b"").status(0).stdout_text()
}

/// A plain path: pip writes broken scripts for a path with a backquote.
#[test]
fn a_pipfile_lock_is_installed_as_pipenv_does() {
    let mut sandbox = Sandbox::plain();
    let (index, hash) = index(&sandbox);
    let lock = format!(
        r#"{{"_meta": {{"hash": {{"sha256": "x"}}, "pipfile-spec": 6, "requires": {{}}, "sources":
        [{{"name": "mine", "url": "{index}", "verify_ssl": true}}]}},
        "default": {{"tiny-thing": {{"version": "==1.0", "index": "mine", "hashes": ["sha256:{hash}"], "markers":
        "python_version >= '3.0'"}}, "not-here": {{"version": "==9", "markers": "python_version < '3.0'"}}}},
        "develop": {{"no-such-thing": {{"version": "==1"}}}}}}"#
    );
    let project = sandbox.write("my project/Pipfile.lock", lock).parent().unwrap().to_owned();
    fs::write(project.join("Pipfile"), format!("[[source]]\nname = 'mine'\nurl = '{index}'\nverify_ssl = true\n"))
        .unwrap();
    // The lock's index is used, not the user's.
    sandbox.set("PIP_INDEX_URL", "file:///nowhere");
    let words = ["mkvirtualenv", "--from", "my project", "-p", python(), "ours"];
    let told = Story::new().run(words).code("tiny-thing", "tiny-thing").played(&sandbox, Shell::Bash.plain());
    assert!(told.stdout_text().ends_with("\ntiny thing 1.0\n"), "{told}");
    let said = "Installing packages from [ROOT]/my project/Pipfile.lock: `default`, without `develop`\n";
    assert!(told.stderr_text().starts_with(said), "{told}");
    let linked = fs::read(sandbox.environment("ours").join(".project")).unwrap();
    assert_eq!(sandbox.masked(&linked), b"[ROOT]/my project\n");
    assert_eq!(fs::read_dir(sandbox.root().join("tmp")).unwrap().count(), 0, "the requirements were left behind");
    sandbox.set("PIPENV_CUSTOM_VENV_NAME", "theirs");
    let mut command = sandbox.command(peer("pipenv"));
    command.args(["sync", "--python", python()]).current_dir(&project);
    sandbox.run_command(command, b"").status(0);
    let theirs = freeze(&sandbox, &sandbox.environment("theirs"));
    assert_eq!(theirs, "tiny-thing==1.0\n");
    assert_eq!(freeze(&sandbox, &sandbox.environment("ours")), theirs);
    // A wheel with another hash than the locked one.
    let lock = fs::read_to_string(project.join("Pipfile.lock")).unwrap().replace(&hash, &"0".repeat(64));
    fs::write(project.join("Pipfile.lock"), lock).unwrap();
    sandbox.unset("PIPENV_CUSTOM_VENV_NAME");
    let words = ["mkvirtualenv", "--from", "my project", "-p", python(), "other"];
    sandbox.run(words).status(1).stderr_contains("DO NOT MATCH THE HASHES");
    assert_eq!(freeze(&sandbox, &sandbox.environment("other")), "");
}

#[test]
fn a_pyproject_gives_its_dependencies_and_the_group_dev_by_pip_and_by_uv() {
    let mut sandbox = Sandbox::plain();
    let wheels = sandbox.root().join("wheels");
    fs::create_dir(&wheels).unwrap();
    tiny_thing(&wheels, "1.0");
    tiny_thing(&wheels, "2.0");
    let text = "[project]\nname = 'x'\ndependencies = ['tiny-thing<2']\n[dependency-groups]\ndev = ['tiny-thing>=1']\n";
    let project = sandbox.write("my project/pyproject.toml", text).parent().unwrap().to_owned();
    let links = wheels.to_str().unwrap().to_owned();
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &links);
    sandbox.set("UV_FIND_LINKS", &links).set("UV_NO_INDEX", "1").set("UV_OFFLINE", "1").set("UV_NO_CACHE", "1");
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    let said = "Installing packages from [ROOT]/my project/pyproject.toml: `dependencies` and the group `dev`\n";
    for installer in ["pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        let mut command = sandbox.command(BINARY);
        command.args(["mkvirtualenv", "--from", ".", "-a", "..", "-p", python(), installer]).current_dir(&project);
        let answer = sandbox.run_command(command, b"").status(0).stderr_contains(said);
        drop(answer.stdout_contains(&format!("Setting project for {installer} to [ROOT]\n")));
        assert_eq!(freeze(&sandbox, &sandbox.environment(installer)), "tiny-thing==1.0\n");
    }
}

/// Relative paths start at the project, in every shell.
#[test]
fn requirements_are_taken_where_they_lie_and_others_come_after() {
    let mut sandbox = Sandbox::plain();
    let project = sandbox.write("my project/requirements.txt", "./tiny_thing-1.0-py2.py3-none-any.whl\n");
    tiny_thing(project.parent().unwrap(), "1.0");
    let other = tiny_thing(sandbox.root(), "2.0");
    sandbox.set("PIP_NO_INDEX", "1");
    for shell in Shell::ALL {
        let words = ["mkvirtualenv", "-q", "--from", "my project", "-p", python()];
        let with_other = [&words[..], &["-i", other.to_str().unwrap(), "x"]].concat();
        let words = if shell == Shell::Bash { with_other } else { [&words[..], &["x"]].concat() };
        let version = if shell == Shell::Bash { "2.0" } else { "1.0" };
        let told = Story::new().run(words).code("tiny-thing", "tiny-thing").played(&sandbox, shell.plain());
        assert!(told.stdout_text().ends_with(&format!("\ntiny thing {version}\n")), "{told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn without_anything_to_take_nothing_is_made() {
    let sandbox = Sandbox::new();
    sandbox.write("empty/setup.cfg", "");
    sandbox.write("dynamic/pyproject.toml", "[project]\nname = 'x'\ndynamic = ['dependencies']\n");
    sandbox.write("broken/Pipfile.lock", "{");
    let hint = "hint: `--from` takes a pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock, or a directory with one; \
                `-e` installs the project itself\n";
    let none = "no pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock there lists dependencies";
    for (from, said) in [
        ("empty", format!("nothing to install from [ROOT]/empty: {none}\n{hint}")),
        (
            "dynamic",
            format!(
                "nothing to install from [ROOT]/dynamic/pyproject.toml: its dependencies are `dynamic`: only a build \
                 lists them\n{hint}"
            ),
        ),
        ("broken", "[ROOT]/broken/Pipfile.lock: EOF while parsing an object at line 1 column 1\n".to_owned()),
        ("gone", "cannot read: [ROOT]/gone: No such file or directory (os error 2)\n".to_owned()),
    ] {
        sandbox.run(["mkvirtualenv", "--from", from, "x"]).status(1).stdout("").stderr(format!("venvwrap: {said}"));
        assert!(!sandbox.environment("x").exists(), "{from}");
    }
}

/// pip would take it from an index by its name, which is another package.
#[test]
fn what_the_project_takes_from_another_place_never_comes_from_an_index() {
    let sandbox = Sandbox::plain();
    let text = "[project]\nname = 'app'\ndependencies = ['tiny-thing']\n[tool.uv.sources]\ntiny-thing = { path = '../thing' \
                }\n";
    sandbox.write("project/pyproject.toml", text);
    let said = "venvwrap: [ROOT]/project/pyproject.toml: `tool.uv.sources` says where `tiny-thing` comes from; an index may \
                have another package of that name\nhint: create the environment without --from, activate it, and run `uv \
                pip install -r pyproject.toml` in the project\n";
    sandbox.run(["mkvirtualenv", "--from", "project", "x"]).status(1).stdout("").stderr(said);
    assert!(!sandbox.environment("x").exists());
}
