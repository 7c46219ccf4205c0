//! Tests for requests from variables and project files: each is reported in one line.

use std::fs;

use super::{apart, make, on_path, taken};
use crate::support::programs::copy_program;
use crate::support::pythons::{self, Python};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::told::Told;
use crate::verbs::mkvirtualenv::{created, created_by_binary, not_activated};

/// A sandbox with these two Pythons on PATH, `python3` being the second, and a project named `my
/// $project`.
fn world() -> Option<(Sandbox, &'static Python, &'static Python)> {
    let [python3, other, ..] = apart()[..] else {
        eprintln!("skipped: there are no two pythons that each have a directory");
        return None;
    };
    let mut sandbox = Sandbox::new();
    let path = on_path(&sandbox, &[python3, other]);
    sandbox.set("PATH", path);
    fs::create_dir_all(sandbox.root().join("my $project/.git")).unwrap();
    Some((sandbox, python3, other))
}

#[test]
fn a_project_says_which_python_it_wants_in_every_shell() {
    let Some((sandbox, python3, other)) = world() else { return };
    let version = other.minor();
    sandbox.write("my $project/.python-version", format!("# by hand\n{version}\n"));
    let range = format!(">={version},<{}.{}", other.version.0, other.version.1 + 1);
    sandbox.write("my $project/pyproject.toml", format!("[project]\nname = 'x'\nrequires-python = '{range}'\n"));
    let project = sandbox.root().join("my $project");
    let project = project.to_str().unwrap();
    for shell in Shell::ALL {
        let story = Story::new()
            .run(["mkvirtualenv", "--no-pip", "-a", project, "-p", "default", "one"])
            .run(["mkvirtualenv", "--no-pip", "-a", project, "two"])
            .run(["mkvirtualenv", "--no-pip", "-p", &range, "three"]);
        let told: Told<'_> = story.played(&sandbox, shell.plain());
        let text = told.stderr_text();
        assert_eq!(
            text,
            format!(
                "{}Using Python {version}, requested by .python-version of [ROOT]/my $project\n{}{}",
                created("one", python3),
                created("two", other),
                created("three", other)
            )
        );
        for name in ["one", "two", "three"] {
            fs::remove_dir_all(sandbox.environment(name)).unwrap();
        }
    }
    // Without .python-version, the metadata counts.
    fs::remove_file(sandbox.root().join("my $project/.python-version")).unwrap();
    let asks = format!("Using Python {range}, requested by requires-python in pyproject.toml of [ROOT]/my $project\n");
    let linked = "Setting project for x to [ROOT]/my $project\n";
    make(&sandbox, &["-a", "my $project"])
        .status(0)
        .stdout(linked)
        .stderr(format!("{asks}{}", created_by_binary("x", other)));
    // An existing environment is not checked against the request, so no Python is needed.
    make(&sandbox, &["-a", "my $project", "-p", "default"])
        .status(0)
        .stdout(linked)
        .stderr(format!("Environment `x` exists; it was left as it is\n{}", not_activated("x")));
    taken(&sandbox);
    make(&sandbox, &["-q", "-a", "my $project"]).status(0).stdout(linked).stderr("");
    taken(&sandbox);
    // Without `-a`, the project does not count.
    let mut command = sandbox.command(crate::support::sandbox::BINARY);
    command.args(["mkvirtualenv", "--no-pip", "x"]).current_dir(sandbox.root().join("my $project"));
    sandbox.run_command(command, b"").status(0).stdout("").stderr(created_by_binary("x", python3));
}

#[test]
fn variables_come_before_the_project_and_after_the_person() {
    let Some((mut sandbox, python3, other)) = world() else { return };
    sandbox.write("my $project/.python-version", "3.99\n");
    let project = ["-q", "-a", "my $project"];
    let told = |sandbox: &Sandbox, words: &[&str]| {
        let said = make(sandbox, words).status(0).stderr_text();
        (said, taken(sandbox))
    };
    let file = |python: &Python| fs::canonicalize(&python.path).unwrap();
    sandbox.set("UV_PYTHON", other.minor());
    assert_eq!(told(&sandbox, &project), (String::new(), file(other)));
    let said = format!("Using Python {}, requested by UV_PYTHON\n{}", other.minor(), created_by_binary("x", other));
    assert_eq!(told(&sandbox, &[]), (said, file(other)));
    // Several versions, as in virtualenv; the first installed one is used.
    sandbox.set("VIRTUALENV_PYTHON", format!("3.99, >=3.98,<4, {}", python3.minor()));
    let said = format!(
        "Using Python {}, requested by VIRTUALENV_PYTHON\n{}",
        python3.minor(),
        created_by_binary("x", python3)
    );
    assert_eq!(told(&sandbox, &[]), (said, file(python3)));
    assert_eq!(told(&sandbox, &["-p", &other.full()]).1, file(other));
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", format!("-p {}", other.full()));
    assert_eq!(told(&sandbox, &project).1, file(other));
    sandbox.unset("VIRTUALENVWRAPPER_VIRTUALENV_ARGS");
    sandbox.set("VIRTUALENV_PYTHON", "3.99\n3.98\n");
    let answer = make(&sandbox, &[]).status(1).stdout("");
    let text = answer.stderr_text();
    assert!(
        text.starts_with("venvwrap: no Python found for `3.99, 3.98`, which VIRTUALENV_PYTHON asks for\n"),
        "{text}"
    );
    assert!(
        text.contains("python3.99 on PATH: not found; ") && text.contains("python3.98 on PATH: not found; "),
        "{text}"
    );
    // Invalid text is an error, not skipped.
    sandbox.set("VIRTUALENV_PYTHON", format!("3.x,{}", other.minor()));
    let hint = "hint: a version is `3.12`, `>=3.11,<3.14`, or `pypy3.10`; `-p` chooses another; `-p default` is the python3 on \
                PATH\n";
    let wrong = format!("venvwrap: VIRTUALENV_PYTHON: `3.x` is not a Python version\n{hint}");
    make(&sandbox, &[]).status(1).stdout("").stderr(wrong);
}

#[test]
fn a_projects_request_is_never_run_and_never_guessed() {
    let Some((sandbox, python3, _)) = world() else { return };
    let evil = sandbox.program("my $project/evil", "#!/bin/sh\ntouch \"${0%/*}/it ran\"\n");
    copy_program(&evil, sandbox.tools().join("evil"));
    let before = crate::support::disk::names(&sandbox.root().join("my $project"));
    for text in
        ["./evil", "my $project/evil", evil.to_str().unwrap(), "evil", "~/evil", "3.x", "my-env", "../../x", "\x1b[31m"]
    {
        sandbox.write("my $project/.python-version", text);
        let answer = make(&sandbox, &["-a", "my $project"]).status(1).stdout("");
        let said = answer.stderr_text();
        assert!(said.starts_with("venvwrap: .python-version of [ROOT]/my $project: `"), "{said}");
        assert!(said.contains("` is not a Python version\nhint: ") && said.lines().count() == 2, "{said}");
        assert!(!said.contains('\x1b'), "{said}");
    }
    fs::remove_file(sandbox.root().join("my $project/.python-version")).unwrap();
    assert_eq!(crate::support::disk::names(&sandbox.root().join("my $project")), before);
    for (file, text, said) in [
        (
            "pyproject.toml",
            "[project]\nrequires-python = 'evil'\n",
            "requires-python in pyproject.toml of [ROOT]/my $project: `evil` is no",
        ),
        (
            "Pipfile",
            "[requires]\npython_version = 'evil'\n",
            "python_version in Pipfile of [ROOT]/my $project: `evil` is no",
        ),
        (
            "pyproject.toml",
            "[project]\nrequires-python = 3\n",
            "[ROOT]/my $project/pyproject.toml: line 2: invalid type",
        ),
        ("pyproject.toml", "[project\n", "[ROOT]/my $project/pyproject.toml: line 1: "),
    ] {
        let file = sandbox.write(format!("my $project/{file}"), text);
        let answer = make(&sandbox, &["-a", "my $project"]).status(1).stdout("");
        let told = answer.stderr_text();
        assert!(told.starts_with(&format!("venvwrap: {said}")) && told.lines().count() == 2, "{told}");
        // The command from the hint works.
        make(&sandbox, &["-q", "-a", "my $project", "-p", "default"]).status(0);
        assert_eq!(taken(&sandbox), fs::canonicalize(&python3.path).unwrap());
        fs::remove_file(file).unwrap();
    }
}

#[test]
fn names_of_pyenv_mean_what_pyenv_has() {
    let Some((mut sandbox, _, other)) = world() else { return };
    let versions = sandbox.home().join(".pyenv/versions");
    fs::create_dir_all(&versions).unwrap();
    std::os::unix::fs::symlink(other.path.parent().unwrap().parent().unwrap(), versions.join("my-version")).unwrap();
    sandbox.write("my $project/.python-version", "my-version\n");
    make(&sandbox, &["-q", "-a", "my $project"]).status(0);
    assert_eq!(taken(&sandbox), fs::canonicalize(&other.path).unwrap());
    // `system` means the Python outside of pyenv.
    sandbox.write("my $project/.python-version", "system\n");
    let path = on_path(&sandbox, &[other]);
    sandbox.set("PATH", path);
    make(&sandbox, &["-q", "-a", "my $project"]).status(0);
    assert_eq!(taken(&sandbox), fs::canonicalize(&other.path).unwrap());
}

#[test]
fn mkproject_and_mktmpenv_ask_as_well() {
    let Some((mut sandbox, _, other)) = world() else { return };
    let root = sandbox.root().to_path_buf();
    sandbox.set("PROJECT_HOME", root);
    sandbox.write("my $project/.python-version", other.minor());
    let asks = format!("Using Python {}, requested by .python-version of [ROOT]/my $project\n", other.minor());
    let made = created_by_binary("my $project", other);
    sandbox.run(["mkproject", "-f", "--without-pip", "my $project"]).status(0).stderr(format!("{asks}{made}"));
    sandbox.run(["rmvirtualenv", "--now", "my $project"]).status(0);
    let answer = sandbox.run(["mktmpenv", "--without-pip", "-a", "my $project"]).status(0);
    assert!(answer.stderr_text().starts_with(&asks), "{answer}");
    // A creator chosen by the user gets requests it cannot see itself. It reads virtualenv's
    // variable on its own.
    let maker =
        "#!/bin/sh\nprintf '%s;' \"$@\"\nfor name; do :; done\nmkdir -p \"$name/bin\"\ntouch \"$name/pyvenv.cfg\"\n";
    sandbox.program("tools/maker", maker);
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "maker");
    let told = |sandbox: &Sandbox, words: &[&str]| {
        let said = make(sandbox, words).status(0).stdout_text();
        fs::remove_dir_all(sandbox.environment("x")).unwrap();
        said.split("Setting").next().unwrap().to_owned()
    };
    let python = pythons::all().iter().find(|python| python.path == other.path).unwrap();
    let base = told(&sandbox, &["-a", "my $project"]);
    assert!(base.contains(&format!("python{}", python.minor())) && base.starts_with("--python=/"), "{base}");
    assert_eq!(told(&sandbox, &["-a", "my $project", "-p", ">=3"]), "--python=>=3;--without-pip;x;");
    sandbox.set("VIRTUALENV_PYTHON", "3.99");
    assert_eq!(told(&sandbox, &["-a", "my $project"]), "--without-pip;x;");
}
