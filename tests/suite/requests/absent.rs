//! Tests for missing and broken Pythons: the messages, the hints, and `--download`. They use the
//! real uv where no network is needed, and a script in its place otherwise.

use std::fs;
use std::os::unix::fs::symlink;

use super::{apart, make, taken};
use crate::support::disk::names;
use crate::support::pythons::peer;
use crate::support::sandbox::Sandbox;
use crate::verbs::mkvirtualenv::created_by_binary;

/// The hints of a failure that created nothing.
#[track_caller]
fn hints(sandbox: &Sandbox, words: &[&str]) -> Vec<String> {
    let text = make(sandbox, words).status(1).stdout("").stderr_text();
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new(), "{text}");
    let (first, others) = text.split_once('\n').unwrap();
    assert!(first.starts_with("venvwrap: no Python found for `"), "{text}");
    others.lines().map(|line| line.strip_prefix("hint: ").unwrap().to_owned()).collect()
}

#[test]
fn hints_name_the_installers_that_are_available() {
    let mut sandbox = Sandbox::new();
    let store = sandbox.root().join("uv dir");
    sandbox.set("UV_PYTHON_INSTALL_DIR", store);
    let last = |sandbox: &Sandbox, request: &str| hints(sandbox, &["-p", request]).pop().unwrap();
    assert_eq!(
        last(&sandbox, "3.98"),
        "your system may have it as the package `python3.98`; uv and pyenv install others"
    );
    assert_eq!(last(&sandbox, ">3.98"), "uv and pyenv install other Pythons");
    assert!(last(&sandbox, "no-command").starts_with("installed: "));
    // pyenv is installed. It does not accept conditions.
    fs::create_dir_all(sandbox.home().join(".pyenv/bin")).unwrap();
    fs::write(sandbox.home().join(".pyenv/bin/pyenv"), "").unwrap();
    assert_eq!(last(&sandbox, "3.98"), "`pyenv install 3.98` installs it");
    assert_eq!(last(&sandbox, "pypy3.98"), "`pyenv install pypy3.98` installs it");
    assert_eq!(last(&sandbox, ">3.98"), "uv and pyenv install other Pythons");
    // A uv that fails, like a pyenv shim, does not count.
    sandbox.program("tools/uv", "#!/bin/sh\necho 'pyenv: uv: command not found' >&2\nexit 127\n");
    assert_eq!(last(&sandbox, "3.10.2"), "`pyenv install 3.10.2` installs it");
    // The real uv knows which versions it can download.
    fs::remove_file(sandbox.tools().join("uv")).unwrap();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    assert_eq!(
        last(&sandbox, "3.10.2"),
        "`uv python install 3.10.2` installs it; so does `venvwrap mkvirtualenv --download -p 3.10.2 NAME`"
    );
    assert_eq!(
        last(&sandbox, ">=3.10.2,<3.10.3"),
        "`uv python install '>=3.10.2,<3.10.3'` installs it; so does `venvwrap mkvirtualenv --download -p '>=3.10.2,<3.10.3' NAME`"
    );
    assert_eq!(last(&sandbox, "3.98"), "`pyenv install 3.98` installs it");
    let found = sandbox.run(["python", "find", "3.10.2"]).status(1).stdout("").stderr_text();
    assert!(
        found.ends_with(
            "hint: `uv python install 3.10.2` installs it; so does `venvwrap mkvirtualenv --download -p 3.10.2 NAME`\n"
        ),
        "{found}"
    );
    // If a project's file made the request, another hint says how to override it.
    let project = sandbox.write("project/.python-version", "3.10.2\n");
    let told = hints(&sandbox, &["-a", project.parent().unwrap().to_str().unwrap()]);
    assert_eq!(told.last().unwrap(), "`-p` chooses another; `-p default` is the python3 on PATH");
    assert!(told[told.len() - 2].starts_with("`uv python install 3.10.2`"), "{told:?}");
}

#[test]
fn download_lets_uv_install_a_missing_python() {
    let Some(python) = apart().first().copied() else {
        eprintln!("skipped: no python that has a directory to itself");
        return;
    };
    let mut sandbox = Sandbox::new();
    let store = sandbox.root().join("uv dir");
    sandbox.set("UV_PYTHON_INSTALL_DIR", &store);
    // Without uv there is nothing to download with.
    let told = hints(&sandbox, &["--download", "-p", &python.full()]);
    assert_eq!(told.last().unwrap(), "`--download` needs uv, and no uv on PATH works; `pipx install uv` installs it");
    // Acts like a uv that downloads: it links a Python of this machine.
    let uv = "#!/bin/sh\ncase $1 in\n--version) echo 'uv 0.0.0'; exit ;;\nesac\nshift\ncase $1 in\nlist) exit ;;\nesac\n\
              [ \"$1 $2\" = 'install --' ] || exit 9\necho \"installing $3\"\necho progress >&2\n\
              mkdir -p \"$UV_PYTHON_INSTALL_DIR\"\nln -s \"$REAL\" \"$UV_PYTHON_INSTALL_DIR/$KEY\"\n";
    sandbox.program("tools/uv", uv);
    sandbox.set("REAL", python.path.parent().unwrap().parent().unwrap());
    sandbox.set("KEY", format!("cpython-{}-linux-x86_64-gnu", python.full()));
    let version = python.full();
    let made = created_by_binary("x", python);
    make(&sandbox, &["--download", "-p", &format!("cp{version}")])
        .status(0)
        .stdout(format!("installing cpython{version}\n"))
        .stderr(format!("progress\n{made}"));
    assert_eq!(taken(&sandbox), fs::canonicalize(&python.path).unwrap());
    // An installed Python is not downloaded.
    make(&sandbox, &["--download", "-p", &version]).status(0).stdout("").stderr(made.clone());
    taken(&sandbox);
    // The same for a request of a project; VIRTUALENVWRAPPER_VIRTUALENV_ARGS may hold the option.
    fs::remove_dir_all(&store).unwrap();
    let project = sandbox.write("project/.python-version", &version);
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--download");
    let asks = format!("Using Python {version}, requested by .python-version of [ROOT]/project\n");
    make(&sandbox, &["-a", project.parent().unwrap().to_str().unwrap()])
        .status(0)
        .stdout(format!("installing {version}\nSetting project for x to [ROOT]/project\n"))
        .stderr(format!("progress\n{asks}{made}"));
    taken(&sandbox);
    // A uv that installs another version does not help.
    fs::remove_dir_all(&store).unwrap();
    fs::remove_dir(sandbox.workon_home().join(".venvwrap/new")).unwrap();
    fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
    let answer = make(&sandbox, &["-p", "3.98"]).status(1);
    assert!(
        answer.stderr_text().starts_with("progress\nvenvwrap: no Python found for `3.98`\nhint: searched: "),
        "{answer}"
    );
    // Commands cannot be downloaded.
    make(&sandbox, &["-p", "no-command"]).status(1).stdout("");
}

#[test]
fn the_real_uv_that_cannot_download_says_so_itself() {
    let mut sandbox = Sandbox::new();
    let store = sandbox.root().join("uv dir");
    sandbox.set("UV_PYTHON_INSTALL_DIR", store).set("UV_OFFLINE", "1");
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    let answer = make(&sandbox, &["--download", "-p", "3.10.2"]).stdout("");
    let text = answer.stderr_text();
    assert!(answer.code() != 0 && text.contains("error: Failed to install cpython-3.10.2"), "{answer}");
    assert!(
        text.ends_with(
            "venvwrap: uv python install failed with status 1\nhint: its message is above; nothing was created\n"
        ),
        "{text}"
    );
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
}

#[test]
fn a_broken_python_is_reported_in_one_line_with_a_hint() {
    let sandbox = Sandbox::new();
    sandbox.program("tools/noise", "#!/bin/sh\necho 'hello \x1b[31m'\n");
    sandbox.program("tools/empty", "");
    sandbox.program("tools/headless", "#!/gone\n");
    sandbox.program("tools/dies", "#!/bin/sh\nkill -SEGV $$\n");
    sandbox.write("tools/plain", "");
    fs::create_dir(sandbox.tools().join("directory")).unwrap();
    symlink("gone", sandbox.tools().join("broken")).unwrap();
    symlink("round", sandbox.tools().join("round")).unwrap();
    for (name, reason) in [
        ("noise", "is not a working Python: it did not answer, but printed `hello \\u{1b}[31m`"),
        ("empty", "is not a working Python: it printed nothing"),
        ("headless", "is not a working Python: the program named by its first line or headers does not exist"),
        ("dies", "is not a working Python: it was killed by signal 11"),
        ("plain", "is not a working Python: it is not executable"),
        ("broken", "is not a working Python: it is a link to gone, which does not exist"),
        ("round", "is not a working Python: it is a link to round, which does not exist"),
    ] {
        let answer = make(&sandbox, &["-p", &format!("tools/{name}")]).status(1).stdout("");
        let text = answer.stderr_text();
        assert!(text.starts_with(&format!("venvwrap: [ROOT]/tools/{name} {reason}")), "{name}: {text}");
        assert!(text.lines().count() == 2 && text.contains("\nhint: ") && !text.contains('\x1b'), "{name}: {text}");
    }
    for (request, reason) in [
        ("tools/directory", "searched: [ROOT]/tools/directory/bin/python: not found"),
        ("tools/none", "searched: [ROOT]/tools/none: not found"),
        ("tools", "searched: tools on PATH: not found; for the file here, use `./tools`"),
        // PATH skips files that are not executable, as in a shell.
        ("plain", "searched: plain on PATH: not found"),
        ("broken", "searched: broken on PATH: not found"),
    ] {
        assert_eq!(hints(&sandbox, &["-p", request])[0], reason, "{request}");
    }
    let text = make(&sandbox, &["-p", "3.12.x"]).status(2).stdout("").stderr_text();
    assert_eq!(
        text,
        "venvwrap: `3.12.x` is not a Python version\n\
         hint: `-p` takes a version such as `3.12`, `>=3.11,<3.14`, or `pypy3.10`, a command, or a path\n"
    );
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
}
