//! What a new environment gets installed: which program does it, from lock files, dependency groups
//! and projects, and what every one of them gets. With the real pip and uv and without a network;
//! in a plain place, as pip writes commands that a backquote in their path spoils and uv finds no
//! project below a `#`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::interactive::in_every_shell;
use crate::support::disk::names;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

/// A build backend that needs nothing, and makes nothing but a link to the project.
const BACKEND: &str = r"
import os, zipfile

NAME = 'our_project-0.1'

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    files = {
        'our_project.pth': os.getcwd(),
        NAME + '.dist-info/METADATA': 'Metadata-Version: 2.1\nName: our-project\nVersion: 0.1\n',
        NAME + '.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    }
    record = NAME + '.dist-info/RECORD'
    files[record] = ''.join(file + ',,\n' for file in list(files) + [record])
    wheel = NAME + '-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), 'w') as made:
        for file, text in files.items():
            made.writestr(file, text)
    return wheel
";

const PYPROJECT: &str = r#"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "our-project"
version = "0.1"

[dependency-groups]
Dev_Tools = ["other-thing"]
"#;

/// A project and wheels, `uv` on PATH, and no network for it.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    sandbox.write("my project/pyproject.toml", PYPROJECT);
    sandbox.write("my project/backend.py", BACKEND);
    sandbox.write("my project/our_module.py", "NAME = 'our module'\n");
    fs::create_dir(sandbox.root().join("my wheels")).unwrap();
    for version in ["1.0", "2.0"] {
        tiny_thing(&sandbox.root().join("my wheels"), version);
    }
    // Another distribution with the same content, but for the name.
    let wheel = tiny_thing(sandbox.root(), "3.0");
    let mut rename = sandbox.command(&pythons::complete().path);
    rename.args(["-c", RENAME]).arg(&wheel).arg(sandbox.root().join("my wheels/other_thing-3.0-py2.py3-none-any.whl"));
    sandbox.run_command(rename, b"").silent();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("UV_NO_CACHE", "1");
    sandbox
}

const RENAME: &str = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], 'w') as new:
    for name in old.namelist():
        text = old.read(name).decode().replace('tiny_thing', 'other_thing').replace('tiny-thing', 'other-thing')
        new.writestr(name.replace('tiny_thing', 'other_thing'), text)
";

/// A uv that is a script; `body` is what it does when it is to install.
fn made_up_uv(sandbox: &Sandbox, body: &str) {
    // Never through the link to the real one.
    let _ = fs::remove_file(sandbox.tools().join("uv"));
    let text = format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo uv 0.13.8; exit; fi\n{body}\n");
    let file = sandbox.write("tools/uv", text);
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
}

fn python() -> &'static str {
    pythons::complete().path.to_str().unwrap()
}

/// The words of a `mkvirtualenv` of `x` that asks no index.
fn offline<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["mkvirtualenv", "-p", python(), "--find-links", "my wheels", "--no-index"], words, &["x"]].concat()
}

fn is_there(sandbox: &Sandbox, module: &str) -> bool {
    let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
    command.args(["-c", &format!("import {module}")]);
    sandbox.run_command(command, b"").code() == 0
}

#[test]
fn a_lock_file_a_group_and_a_project_in_every_shell() {
    let sandbox = world();
    let mut lock = sandbox.command(sandbox.tools().join("uv"));
    lock.args(["pip", "compile", "--quiet", "--format", "pylock.toml", "--no-index", "--find-links", "my wheels"]);
    lock.args(["--python", python(), "-o", "my project/pylock.toml", "-"]);
    sandbox.run_command(lock, b"tiny-thing<2\n").status(0);
    let wanted = ["-a", "my project", "-r", "my project/pylock.toml", "--group", "dev.tools", "-e", "my project"];
    for shell in Shell::ALL {
        let import = "python -c 'import our_module; print(our_module.NAME)'";
        let story = Story::new().run(offline(&wanted)).directory().code("tiny-thing", "tiny-thing");
        let told = story.code("other-thing", "other-thing").code(import, import).played(&sandbox, shell.plain());
        let told = told.records(&format!("{}: 0\nin [ROOT]/my project", offline(&wanted).join(" ")));
        assert!(told.stdout_text().ends_with("\ntiny thing 1.0\ntiny thing 3.0\nour module\n"), "{told}");
        let said = told.stderr_text();
        assert!(said.find(" + tiny-thing==1.0") < said.find(" + our-project==0.1"), "uv, the lock first: {told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn what_cannot_be_installed_is_said_before_anything_is_made() {
    let sandbox = world();
    sandbox.write("empty/pyproject.toml", "");
    sandbox.write("wrong/pyproject.toml", "[");
    let groups = "hint: `--group` takes a name, or PATH:NAME with the path of a project";
    for (words, status, said) in [
        (["-r", "gone.txt"], 1, "cannot read: [ROOT]/gone.txt: No such file or directory"),
        (["--find-links", "gone"], 1, "cannot read: [ROOT]/gone: No such file or directory"),
        (["-e", "my wheels"], 1, "-e: no project in [ROOT]/my wheels: neither pyproject.toml nor setup.py\nhint: `-e`"),
        (["-e", "my project[x"], 1, "-e: no project in [ROOT]/my project[x: "),
        (["--group", "dev"], 1, "cannot read: [ROOT]/pyproject.toml: No such file or directory"),
        (
            ["--group", "my project:dev"],
            1,
            "--group: no dependency group `dev` in [ROOT]/my project/pyproject.toml\nhint: it \
                                           has Dev_Tools\n",
        ),
        (
            ["--group", "empty:dev"],
            1,
            "--group: no dependency group `dev` in [ROOT]/empty/pyproject.toml\nhint: that file has no groups",
        ),
        (["--group", "wrong:dev"], 1, "[ROOT]/wrong/pyproject.toml: "),
        (["--group", "my project/backend.py:dev"], 1, groups),
    ] {
        let answer = sandbox.run(offline(&words)).stdout("");
        let told = answer.stderr_text();
        assert!(answer.code() >= status && told.starts_with("venvwrap: ") && told.contains(said), "{said}: {answer}");
    }
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
}

#[test]
fn uv_steps_aside_where_something_was_said_to_pip_alone() {
    let mut sandbox = world();
    let by_uv = |sandbox: &Sandbox, variable: &str| {
        let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"])).status(0);
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        let is_uv = answer.stderr_text().contains(" + tiny-thing==2.0");
        assert_ne!(
            is_uv,
            answer.stdout_text().contains("Successfully installed tiny-thing-2.0"),
            "{variable}: {answer}"
        );
        is_uv
    };
    assert!(by_uv(&sandbox, "none"));
    sandbox.set("PIP_NO_CACHE_DIR", "1").set("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple");
    assert!(!by_uv(&sandbox, "PIP_EXTRA_INDEX_URL"));
    sandbox.set("UV_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple");
    assert!(by_uv(&sandbox, "both"));
    sandbox.unset("PIP_EXTRA_INDEX_URL").unset("PIP_CONFIG_FILE");
    sandbox.write("home/.config/pip/pip.conf", "[install]\nno-binary = other-thing\n");
    assert!(!by_uv(&sandbox, "pip.conf"));
}

#[test]
fn every_new_environment_gets_the_defaults_and_no_other() {
    let sandbox = world();
    let said = "Installing the default packages from ~/.config/venvwrap/defaults.txt\n";
    let list = "home/.config/venvwrap/defaults.txt";
    sandbox.write(list, "# nothing yet\n\n");
    made_up_uv(&sandbox, "echo STARTED; exit 1");
    sandbox.run(offline(&[])).status(0).stdout("");
    // One that exists is not new.
    sandbox.write(list, "other-thing  # always\n");
    sandbox.run(["mkvirtualenv", "x"]).status(0).stdout("");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    sandbox.run(offline(&["--without-pip"])).status(0).stdout("");
    sandbox.run(offline(&["--clear", "--no-defaults"])).status(0).stdout("");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    fs::remove_file(sandbox.tools().join("uv")).unwrap();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    let answer = sandbox.run(offline(&["-i", "tiny-thing"])).status(0).stderr_contains(said);
    let text = answer.stderr_text();
    assert!(text.find("other-thing==3.0") < text.find("tiny-thing==2.0"), "first: {answer}");
    assert!(is_there(&sandbox, "other_thing") && is_there(&sandbox, "tiny_thing"));
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // What was asked for comes all the same.
    sandbox.write(list, "gone-thing\n");
    for shell in Shell::ALL {
        let story = Story::new().run_failing(offline(&["-i", "tiny-thing"])).get("VIRTUAL_ENV");
        let told = story.code("tiny-thing", "tiny-thing").played(&sandbox, shell.plain());
        let told =
            told.records(&format!("{}: 1\nexport VIRTUAL_ENV=[ROOT]/envs/x", offline(&["-i", "tiny-thing"]).join(" ")));
        assert!(told.stdout_text().ends_with("tiny thing 2.0\n"), "{told}");
        let failed = "venvwrap: uv pip install -r [ROOT]/home/.config/venvwrap/defaults.txt failed with status 1\n\
                      hint: the environment was created; fix that file, or leave it out with --no-defaults\n";
        assert!(told.stderr_text().contains(failed), "{told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn what_one_installed_the_other_changes_and_removes() {
    let mut sandbox = world();
    sandbox.run(offline(&["-i", "tiny-thing<2", "-e", "my project"])).status(0).stderr_contains("+ tiny-thing==1.0");
    let own = |sandbox: &Sandbox, words: &[&str]| {
        let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
        command.args(["-m", "pip", "install", "--quiet", "--no-index", "--find-links", "my wheels"]).args(words);
        sandbox.run_command(command, b"").status(0);
    };
    own(&sandbox, &["tiny-thing>1", "other-thing"]);
    let list = |sandbox: &Sandbox| {
        let all = names(
            &sandbox
                .environment("x")
                .join("lib")
                .join(format!("python{}", pythons::complete().minor()))
                .join("site-packages"),
        );
        // Before 3.12 setuptools comes with pip.
        let is_ours = |name: &String| !name.starts_with("pip-") && !name.starts_with("setuptools-");
        all.into_iter().filter(|name| name.ends_with(".dist-info") && is_ours(name)).collect::<Vec<_>>()
    };
    assert_eq!(list(&sandbox), ["other_thing-3.0.dist-info", "our_project-0.1.dist-info", "tiny_thing-2.0.dist-info"]);
    let entered = Story::new().run(["workon", "x"]);
    let told = entered.clone().run(["lssitepackages"]).run(["wipeenv"]).played(&sandbox, Shell::Bash.plain());
    assert!(told.stdout_text().contains("tiny_thing-2.0.dist-info"), "{told}");
    assert_eq!(list(&sandbox), Vec::<String>::new(), "its own pip removes what uv installed: {told}");
    // The other way round.
    own(&sandbox, &["tiny-thing<2", "other-thing"]);
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    sandbox.run(["showvirtualenv", "x"]).status(0);
    entered.run(["wipeenv"]).played(&sandbox, Shell::Bash.plain()).records("workon x: 0\nwipeenv: 0");
    assert_eq!(list(&sandbox), Vec::<String>::new());
    assert!(!Path::new(&sandbox.environment("x").join("bin/tiny-thing")).exists());
}

#[test]
fn the_installer_has_the_terminal_and_leaves_the_input_of_a_script_alone() {
    let mut sandbox = Sandbox::new();
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    made_up_uv(&sandbox, "cat; printf 'in %s\\n' \"$VIRTUAL_ENV\"; exit 7");
    for shell in Shell::ALL {
        let mode = shell.plain();
        let script =
            mode.script(&sandbox, "mkvirtualenv -q -i a x || echo failed\ncat\ndeactivate\nrmvirtualenv --now x\n");
        let answer = sandbox.run_command(mode.command(&sandbox, &script), b"the rest\n");
        assert!(answer.stdout_text().starts_with("in [ROOT]/envs/x\nfailed\nthe rest\n"), "{answer}");
        assert!(answer.stderr_text().contains("uv pip install failed with status 7\n"), "{answer}");
    }
    made_up_uv(&sandbox, "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo at a terminal; exit 7");
    in_every_shell(&sandbox, |terminal| {
        let screen = terminal.run("mkvirtualenv -q -i a x");
        assert!(screen.contains("\nat a terminal\n"), "{screen}");
        let status = if terminal.shell == Shell::Fish { "echo $status" } else { "echo $?" };
        assert!(terminal.run(status).contains("\n7\n"));
        terminal.run("deactivate; rmvirtualenv --now x");
    });
}

/// What stands in the working directory under the name of a module is nobody's module. By every
/// Python that is here.
#[test]
fn nothing_of_the_working_directory_is_imported() {
    let mut sandbox = world();
    let canary = sandbox.root().join("canary");
    for name in [
        "pip",
        "types",
        "site",
        "sitecustomize",
        "usercustomize",
        "runpy",
        "os",
        "json",
        "importlib",
        "io",
        "re",
        "ssl",
    ] {
        let text = format!("open({:?}, 'a').write('{name}\\n')\n", canary.to_str().unwrap());
        sandbox.write(format!("hostile/{name}.py"), &text);
    }
    let text = format!("open({:?}, 'a').write('pip\\n')\n", canary.to_str().unwrap());
    for name in ["__init__", "__main__"] {
        sandbox.write(format!("hostile/pip/{name}.py"), &text);
    }
    sandbox.set("PYTHONPATH", sandbox.root().join("hostile")).set("PYTHONINSPECT", "1");
    let wheels = sandbox.root().join("my wheels");
    let wheels = wheels.to_str().unwrap();
    let hostile = sandbox.root().join("hostile");
    let command = |sandbox: &Sandbox, words: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_venvwrap"));
        command.args(words).current_dir(&hostile);
        command
    };
    for installer in ["pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for python in pythons::all() {
            let is_old = python.version < (3, 8, 0);
            if (installer == "uv" && is_old) || !python.has_ensurepip {
                continue;
            }
            let path = python.path.to_str().unwrap();
            let words =
                ["mkvirtualenv", "-q", "-p", path, "--find-links", wheels, "--no-index", "-i", "tiny-thing", "x"];
            let answer = sandbox.run_command(command(&sandbox, &words), b"").status(0);
            assert!(!canary.exists(), "{path}: {}: {answer}", fs::read_to_string(&canary).unwrap());
            let freeze = command(&sandbox, &["freeze", "x", "--to", "-"]);
            sandbox.run_command(freeze, b"").status(0).stdout("tiny-thing==2.0\n");
            let mut wipe = command(&sandbox, &["wipeenv"]);
            wipe.env("VIRTUAL_ENV", sandbox.environment("x"));
            sandbox.run_command(wipe, b"").status(0);
            assert!(!canary.exists(), "{path}: {}", fs::read_to_string(&canary).unwrap());
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        }
    }
}

/// The pip of the Python it was made from, and the templates of VIRTUALENVWRAPPER_PYTHON, likewise.
#[test]
fn a_lent_pip_and_a_template_import_nothing_of_the_working_directory_either() {
    let mut sandbox = world();
    let canary = sandbox.root().join("canary");
    for name in ["pip", "types", "json", "runpy", "importlib"] {
        let text = format!("open({:?}, 'a').write('{name}\\n')\n", canary.to_str().unwrap());
        sandbox.write(format!("hostile/{name}.py"), &text);
        sandbox.write(format!("envs/{name}.py"), &text);
    }
    let hostile = sandbox.root().join("hostile");
    sandbox.set("VENVWRAP_INSTALLER", "pip").set("VIRTUALENVWRAPPER_PYTHON", python());
    let wheels = sandbox.root().join("my wheels");
    let words = ["--find-links", wheels.to_str().unwrap(), "--no-index", "--without-pip", "-i", "tiny-thing", "x"];
    for words in
        [&[&["mkvirtualenv", "-q", "-p", python()], &words[..]].concat()[..], &["mkproject", "--list-templates"]]
    {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_venvwrap"));
        command.args(words).current_dir(&hostile);
        let answer = sandbox.run_command(command, b"").status(0);
        assert!(!canary.exists(), "{}: {answer}", fs::read_to_string(&canary).unwrap());
    }
    assert!(is_there(&sandbox, "tiny_thing"));
}

/// What the file itself says to pip alone, and what uv refuses for a reason that is not known
/// beforehand.
#[test]
fn pip_installs_what_uv_cannot_read_and_one_line_says_so() {
    let sandbox = world();
    sandbox.write("base.txt", "tiny-thing\\\n<2\n");
    for (text, why) in [
        ("--extra-index-url http://u:secret@127.0.0.1:9/simple\ntiny-thing<2\n", "`--extra-index-url`"),
        ("--trusted-host x\ntiny-thing<2\n", "`--trusted-host`"),
        (
            "tiny-thing<2 ; python_version \\\n  > '2'\n",
            "`tiny-thing<2 ; python_version`, which goes on in the next line",
        ),
        ("-r base.txt\n", "`tiny-thing`, which goes on in the next line"),
        ("--find-links ./gone\ntiny-thing<2\n", "a missing directory for `--find-links`"),
    ] {
        sandbox.write("r.txt", text);
        let answer = sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0);
        let said = answer.stderr_text();
        assert!(said.contains(&format!("using pip: uv does not read {why} as pip does\n")), "{text}: {answer}");
        assert!(answer.stdout_text().contains("Successfully installed tiny-thing-1.0"), "{text}: {answer}");
        assert!(!said.contains("secret"), "{answer}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    sandbox.write("r.txt", b"# -*- coding: latin-1 -*-\ntiny-thing<2 # \xe9\n");
    let said = "using pip: uv does not read text that is not UTF-8 as pip does\n";
    sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0).stderr_contains(said);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // uv says it, pip can: a vertical tab ends a line to pip.
    sandbox.write("r.txt", "tiny-thing<2\u{b}other-thing\n");
    let answer = sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0);
    assert!(answer.stderr_text().contains("using pip: uv cannot read it\n"), "{answer}");
    assert!(is_there(&sandbox, "tiny_thing") && is_there(&sandbox, "other_thing"));
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // What fails for another reason is not tried twice.
    sandbox.write("r.txt", "gone-thing\n");
    let answer = sandbox.run(offline(&["-q", "-r", "r.txt"]));
    assert!(answer.code() == 1 && !answer.stderr_text().contains("pip installs this"), "{answer}");
}

/// Whatever is set, what is said to be installed is in the environment.
#[test]
fn no_setting_puts_packages_into_another_place() {
    let mut sandbox = world();
    let elsewhere = sandbox.root().join("elsewhere");
    let elsewhere = elsewhere.to_str().unwrap();
    for installer in ["auto", "pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for (name, value) in [
            ("PIP_USER", "1"),
            ("PIP_TARGET", elsewhere),
            ("PIP_PREFIX", elsewhere),
            ("PIP_ROOT", elsewhere),
            ("PIP_DRY_RUN", "1"),
            ("UV_SYSTEM_PYTHON", "1"),
        ] {
            sandbox.set(name, value);
            let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"])).status(0);
            assert!(is_there(&sandbox, "tiny_thing"), "{installer} {name}: {answer}");
            let is_told = installer == "pip" && name.starts_with("PIP_") && name != "PIP_USER";
            let said = format!("ignored {name}: packages are installed into the environment\n");
            assert_eq!(answer.stderr_text().contains(&said), is_told, "{installer} {name}: {answer}");
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
            sandbox.unset(name);
        }
    }
    // The files of pip: a switch is taken back, a place is refused where pip would obey it.
    let file = "home/.config/pip/pip.conf";
    sandbox.unset("PIP_CONFIG_FILE").set("VENVWRAP_INSTALLER", "pip");
    for (text, place) in
        [("[install]\nuser = true\ndry-run = true\n", None), ("[global]\ntarget = /t\n", Some("target"))]
    {
        sandbox.write(file, text);
        let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"]));
        let said = "venvwrap: install: `target` of ~/.config/pip/pip.conf would install the packages somewhere else\n\
                        hint: remove that line; PIP_CONFIG_FILE=/dev/null makes pip ignore its files\n";
        let is_refused = place.is_some();
        assert_eq!(answer.stderr_text().contains(said), is_refused, "{text}: {answer}");
        assert_eq!(answer.code() == 0, !is_refused, "{answer}");
        assert_eq!(is_there(&sandbox, "tiny_thing"), !is_refused, "{text}: {answer}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    fs::remove_file(sandbox.root().join(file)).unwrap();
    sandbox.set("PIP_CONFIG_FILE", "/dev/null");
    // Those of uv: pip does it, and uv is refused where it was asked for.
    for (file, text) in [
        ("home/.config/uv/uv.toml", "[pip]\ntarget = '/t'\n"),
        ("uv.toml", "[pip]\nprefix = '/t'\n"),
        ("pyproject.toml", "[tool.uv.pip]\ntarget = '/t'\n"),
    ] {
        sandbox.write(file, text);
        for installer in ["auto", "uv"] {
            sandbox.set("VENVWRAP_INSTALLER", installer);
            let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"]));
            assert_eq!(is_there(&sandbox, "tiny_thing"), installer == "auto", "{file}: {answer}");
            assert_eq!(answer.code() == 0, installer == "auto", "{file}: {answer}");
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        }
        fs::remove_file(sandbox.root().join(file)).unwrap();
    }
}
