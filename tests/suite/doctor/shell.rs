//! What only a shell knows of itself, the set-up, and why a program is the one that runs.

use std::fs;
use std::os::unix::fs::symlink;

use super::{make, world};
use crate::support::pty::{RcFile, Terminal};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

/// A world with an environment `x` that has pip, and a `python` and a `pip` of the system.
fn with_x() -> Sandbox {
    let sandbox = world(Sandbox::plain());
    make(&sandbox, pythons::complete(), "x", &[]);
    sandbox
}

/// What the doctor says in a shell after these lines, and its status.
#[track_caller]
fn told(sandbox: &Sandbox, shell: Shell, before: &str) -> (String, i32) {
    let status = if shell == Shell::Fish { "exit $status" } else { "exit $?" };
    let answer = shell.plain().run(sandbox, format!("{before}\nvenvwrap doctor\n{status}\n")).stderr("");
    (answer.stdout_text(), answer.code())
}

const ACTIVE: &str = "python: [ROOT]/envs/x/bin/python, the active environment's
pip:    [ROOT]/envs/x/bin/pip, the active environment's
";

#[test]
fn in_an_environment_that_is_active_it_says_whose_python_and_pip_run() {
    let sandbox = with_x();
    for shell in Shell::ALL {
        let quiet = "1 environment checked, no problems\n";
        assert_eq!(told(&sandbox, shell, "workon x"), (format!("{ACTIVE}{quiet}"), 0), "{shell:?}");
        assert_eq!(told(&sandbox, shell, ""), (quiet.to_owned(), 0), "{shell:?}");
    }
}

#[test]
fn functions_aliases_and_what_a_shell_remembers_are_told() {
    let sandbox = with_x();
    let other = sandbox.program("other/pip", "#!/bin/sh\n");
    let other = other.to_str().unwrap();
    let function = |command: &str| {
        format!(
            "note     (active)  `python` is a shell function, which decides what runs\n                   `{command}`\n"
        )
    };
    let alias = "problem  (active)  `python` is an alias for `/usr/bin/python3 -q`, which comes before PATH
                   `unalias python`\n";
    let stale = "problem  (active)  the shell remembers [ROOT]/other/pip for `pip` and does not search PATH
                   `hash -r`\n";
    let posix = "workon x\npython() { :; }";
    let cases = [
        (Shell::Bash, posix.to_owned(), function("unset -f python")),
        (Shell::Zsh, posix.to_owned(), function("unset -f python")),
        (Shell::Fish, "workon x\nfunction python; end".to_owned(), function("functions -e python")),
        (
            Shell::Bash,
            "shopt -s expand_aliases\nworkon x\nalias python='/usr/bin/python3 -q'".to_owned(),
            alias.to_owned(),
        ),
        (Shell::Zsh, "workon x\nalias python='/usr/bin/python3 -q'".to_owned(), alias.to_owned()),
        (Shell::Bash, format!("workon x\nhash -p '{other}' pip"), stale.to_owned()),
        (Shell::Zsh, format!("workon x\nhash pip='{other}'"), stale.to_owned()),
    ];
    for (shell, before, expected) in cases {
        let (text, status) = told(&sandbox, shell, &before);
        assert!(text.starts_with(&expected), "{shell:?}: {before}\n{text}");
        assert_eq!(status, i32::from(expected.starts_with("problem")), "{shell:?}: {before}\n{text}");
        assert_eq!(text.lines().count(), 5, "{shell:?}: {before}\n{text}");
    }
    // An alias for another name of the same is in nobody's way.
    for (shell, before) in [(Shell::Bash, "shopt -s expand_aliases\n"), (Shell::Zsh, "")] {
        let (text, status) = told(&sandbox, shell, &format!("{before}workon x\nalias python='python3 -q' pip=pip3"));
        assert!(text.ends_with("1 environment checked, no problems\n") && status == 0, "{shell:?}: {text}");
    }
}

#[test]
fn what_stands_before_the_environment_on_path_is_named() {
    let mut sandbox = with_x();
    make(&sandbox, pythons::complete(), "y", &["--without-pip"]);
    for directory in ["pyenv/shims", "conda/bin"] {
        sandbox.program(format!("{directory}/python"), "#!/bin/sh\n");
    }
    fs::create_dir(sandbox.root().join("conda/conda-meta")).unwrap();
    let pyenv = sandbox.root().join("pyenv");
    sandbox.set("PYENV_ROOT", pyenv);
    let cases = [
        ("pyenv/shims", "`python` is [ROOT]/pyenv/shims/python, a shim of pyenv, which comes before"),
        ("conda/bin", "`python` is [ROOT]/conda/bin/python, conda's in [ROOT]/conda, which comes before"),
        ("envs/y/bin", "`python` is [ROOT]/envs/y/bin/python, of the environment [ROOT]/envs/y, which comes before"),
    ];
    for (directory, expected) in cases {
        for shell in Shell::ALL {
            let directory = sandbox.root().join(directory);
            let directory = directory.to_str().unwrap();
            let set = match shell {
                Shell::Fish => format!("workon x\nset PATH '{directory}' $PATH"),
                _ => format!("workon x\nPATH='{directory}':$PATH"),
            };
            let (text, status) = told(&sandbox, shell, &set);
            assert!(text.contains(expected) && text.contains("activate it again: `workon x`"), "{shell:?}: {text}");
            assert_eq!(
                (status, text.contains("the bin of `y` is on PATH")),
                (1, directory.ends_with("y/bin")),
                "{text}"
            );
            // What it says mends it.
            let (text, status) = told(&sandbox, shell, &format!("{set}\nworkon x"));
            assert!(status == 0 && text.starts_with("note") == directory.ends_with("y/bin"), "{shell:?}: {text}");
        }
    }
}

#[test]
fn an_environment_that_is_not_on_path_or_is_gone_and_variables_in_its_way_are_told() {
    let mut sandbox = with_x();
    let run = |sandbox: &Sandbox, variables: &[(&str, &str)]| {
        let mut command = sandbox.command(BINARY);
        command.arg("doctor").envs(variables.iter().copied());
        sandbox.run_command(command, b"").stderr("").stdout_text()
    };
    let x = sandbox.environment("x");
    let x = x.to_str().unwrap();
    let text = run(&sandbox, &[("VIRTUAL_ENV", x)]);
    assert!(
        text.contains(
            "[ROOT]/envs/x/bin is not on PATH\n                   activate it again: `source [ROOT]/envs/x/bin/activate`"
        ),
        "{text}"
    );
    let text = run(&sandbox, &[("VIRTUAL_ENV", "/gone")]);
    assert!(
        text.contains("VIRTUAL_ENV is /gone, which is not an environment\n                   `unset VIRTUAL_ENV`"),
        "{text}"
    );
    let path = format!("{x}/bin:/usr/bin:/bin");
    let text = run(&sandbox, &[("PATH", &path)]);
    assert!(text.starts_with("note     (active)  the bin of `x` is on PATH, but `x` is not active\n"), "{text}");
    sandbox.set("VIRTUAL_ENV", x).set("PATH", path);
    let text = run(&sandbox, &[("PYTHONHOME", "/usr"), ("PYTHONPATH", "/lib/mine")]);
    for line in [
        "problem  (active)  PYTHONHOME is /usr: Python looks for its standard library there\n",
        "note     (active)  PYTHONPATH is /lib/mine: modules there come before installed packages\n",
        "1 environment checked; 1 problem, 1 note\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}

#[test]
fn one_from_elsewhere_is_entered_as_it_was() {
    let sandbox = with_x();
    let root = sandbox.root().join("project/.venv");
    fs::create_dir(sandbox.root().join("project")).unwrap();
    fs::rename(sandbox.environment("x"), &root).unwrap();
    let root = root.to_str().unwrap();
    for (shell, script) in [(Shell::Bash, "activate"), (Shell::Zsh, "activate"), (Shell::Fish, "activate.fish")] {
        let set = if shell == Shell::Fish { "set -gx VIRTUAL_ENV" } else { "export VIRTUAL_ENV=" };
        let (text, status) = told(&sandbox, shell, &format!("{set} '{root}'").replace("= ", "="));
        let mend = format!("activate it again: `source [ROOT]/project/.venv/bin/{script}`");
        assert!(text.contains(&mend) && status == 1, "{shell:?}: {text}");
    }
}

/// The checks of an environment are made for the active one, too, wherever it stands; mending is
/// for those in the store.
#[test]
fn one_from_elsewhere_is_looked_at_like_those_in_the_store() {
    let sandbox = with_x();
    let root = sandbox.root().join("project/.venv");
    fs::create_dir(sandbox.root().join("project")).unwrap();
    fs::rename(sandbox.environment("x"), &root).unwrap();
    let text = root.to_str().unwrap();
    for shell in Shell::ALL {
        let enter = match shell {
            Shell::Fish => format!("set -gx VIRTUAL_ENV '{text}'; set -gx PATH '{text}/bin' $PATH"),
            _ => format!("export VIRTUAL_ENV='{text}' PATH='{text}/bin':$PATH"),
        };
        let (said, status) = told(&sandbox, shell, &enter);
        let moved = "problem  (active)  its scripts still point to [ROOT]/envs/x (it was moved or copied by hand)
                   `cpvirtualenv [ROOT]/project/.venv project && venvwrap doctor --fix project` makes a working copy in WORKON_HOME\n";
        assert!(said.contains(moved) && status == 1, "{shell:?}: {said}");
        assert!(said.contains("1 environment checked"), "{shell:?}: {said}");
        // What it says helps; and nothing but the copy is changed.
        let copy = format!("cpvirtualenv '{text}' copied >/dev/null && venvwrap doctor --fix copied >/dev/null 2>&1");
        let (said, status) = told(&sandbox, shell, &format!("{enter}\n{copy}"));
        assert!(said.ends_with("1 environment checked, no problems\n"), "{said}");
        assert_eq!(status, 0, "{shell:?}: {said}");
        sandbox.run(["rmvirtualenv", "--now", "copied"]).status(0);
    }
    let python = root.join("bin/python");
    let real = fs::read_link(&python).unwrap();
    for name in [&python, &root.join(real.file_name().unwrap())] {
        drop(fs::remove_file(name));
    }
    symlink("/opt/gone/bin/python3", &python).unwrap();
    let mut command = sandbox.command(BINARY);
    command.args(["doctor", "--json", "--fix"]).env("VIRTUAL_ENV", &root);
    let answer = sandbox.run_command(command, b"").status(1);
    let said: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let gone = said["findings"].as_array().unwrap().iter().find(|finding| finding["kind"] == "python-gone").unwrap();
    let environment = serde_json::json!({"name": ".venv", "path": root});
    assert_eq!((&gone["about"], &gone["environment"]), (&"active".into(), &environment), "{gone}");
    assert_eq!(gone["mend"], "install that Python again, or recreate it with the tool that made it");
    assert_eq!(said["mended"].as_array().unwrap().len(), 0, "{said}");
}

#[test]
fn functions_of_another_version_are_a_finding_among_the_others() {
    let sandbox = with_x();
    for shell in Shell::ALL {
        let (said, status) = told(&sandbox, shell, shell.older_functions());
        let line = if shell == Shell::Fish { "venvwrap init fish | source" } else { "eval \"$(venvwrap init " };
        let expected = format!(
            "problem  (shell)  the functions in this shell are from another version of venvwrap
                  start a new shell, or run `{line}"
        );
        assert!(said.starts_with(&expected) && status == 1, "{shell:?}: {said}");
        assert!(said.ends_with("1 environment checked; 1 problem\n"), "{shell:?}: {said}");
    }
}

#[test]
fn without_pip_of_its_own_the_one_that_runs_instead_is_named() {
    let sandbox = world(Sandbox::plain());
    make(&sandbox, pythons::complete(), "x", &["--without-pip"]);
    sandbox.program("tools/pip", "#!/bin/sh\n");
    for shell in Shell::ALL {
        let (text, status) = told(&sandbox, shell, "workon x");
        let note = "note     (active)  `pip` is [ROOT]/tools/pip: the environment has none\n";
        assert!(text.starts_with(note) && status == 0, "{shell:?}: {text}");
        assert!(text.contains("`python -m ensurepip --default-pip`\n"), "{shell:?}: {text}");
    }
}

#[test]
fn other_peoples_commands_and_programs_of_our_name_are_told() {
    let sandbox = with_x();
    for (shell, before) in
        [(Shell::Bash, "workon() { :; }"), (Shell::Zsh, "workon() { :; }"), (Shell::Fish, "function workon; end")]
    {
        let (text, status) = told(&sandbox, shell, before);
        assert!(text.starts_with("problem  (shell)  `workon` is not venvwrap's in this shell"), "{shell:?}: {text}");
        assert!(text.contains(&format!("init {}", shell.name())) && status == 1, "{shell:?}: {text}");
    }
    for shell in [Shell::Bash, Shell::Zsh] {
        let (text, status) = told(&sandbox, shell, "virtualenvwrapper_workon_help() { :; }");
        assert!(text.starts_with("note     (shell)  virtualenvwrapper is loaded in this shell, too\n"), "{text}");
        assert_eq!(status, 0);
    }
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    sandbox.run(["doctor"]).status(0).stdout("1 environment checked, no problems\n");
    let copy = sandbox.program("more/venvwrap", "#!/bin/sh\n");
    let mut command = sandbox.command(BINARY);
    command.arg("doctor").env("PATH", format!("{}:/usr/bin", copy.parent().unwrap().display()));
    let answer = sandbox.run_command(command, b"").status(0).stderr("");
    let text = answer.stdout_text();
    assert!(text.starts_with("note     (shell)  PATH also has [ROOT]/more/venvwrap; this one is "), "{text}");
    assert!(text.contains("\n                  keep one of them: `rm [ROOT]/more/venvwrap`\n"), "{text}");
}

#[test]
fn a_person_is_told_that_the_functions_are_not_loaded_and_a_script_is_not() {
    let sandbox = with_x();
    sandbox.run(["doctor"]).status(0).stdout("1 environment checked, no problems\n");
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let text = terminal.run("\"$VENVWRAP\" doctor");
    assert!(text.contains("problem  (shell)  the functions are not loaded"), "{text}");
    assert!(!terminal.run("venvwrap doctor").contains("not loaded"));
}

/// A WORKON_HOME that only shells know of.
#[test]
fn where_editors_look_is_told_with_the_link_that_helps() {
    let sandbox = Sandbox::plain();
    make(&sandbox, pythons::complete(), "x", &["--without-pip"]);
    let expected = "note     (shell)  apps not started from a shell (VS Code, PyCharm) do not see WORKON_HOME; they look in ~/.virtualenvs
                  `ln -s [ROOT]/envs ~/.virtualenvs`
1 environment checked, no problems; 1 note\n";
    sandbox.run(["doctor"]).status(0).stdout(expected).stderr("");
    sandbox.write("home/.config/environment.d/venvs.conf", "WORKON_HOME=/anywhere\n");
    sandbox.run(["doctor"]).status(0).stdout("1 environment checked, no problems\n");
}

#[test]
fn programs_get_the_same_and_more() {
    let sandbox = with_x();
    for shell in Shell::ALL {
        let answer = shell.plain().run(&sandbox, "workon x\nvenvwrap doctor --json\n").status(0).stderr("");
        let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
        let x = sandbox.environment("x");
        let rc = ["home/.bashrc", "home/.zshrc", "home/.config/fish/config.fish"][shell as usize];
        let expected = serde_json::json!({
            "schema": 1,
            "workon_home": sandbox.workon_home(),
            "environments": [{"name": "x", "path": x}],
            "findings": [],
            "mended": [],
            "commands": [
                {"command": "python", "path": x.join("bin/python"), "of": "the active environment's", "replaced_by": null},
                {"command": "pip", "path": x.join("bin/pip"), "of": "the active environment's", "replaced_by": null},
            ],
            "shell": {
                "name": shell.name(),
                "functions": true,
                "rc_file": sandbox.root().join(rc),
                "rc_file_loads": false,
            },
        });
        assert_eq!(told, expected, "{shell:?}");
    }
}

#[test]
fn asking_leaves_every_shell_as_it_was_and_every_command_has_a_long_name() {
    let sandbox = world(Sandbox::new());
    let doctor = Story::new().snapshot("before").code("venvwrap doctor >doctor", "venvwrap doctor >doctor");
    let story = doctor.snapshot("after").code("venvwrap --version >version", "venvwrap --version >version");
    sandbox.minimal_environment("x");
    Story::new()
        .run(["venvwrap", "workon", "x"])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "venvwrap workon x: 0\nexport VIRTUAL_ENV=[ROOT]/envs/x");
    fs::remove_dir_all(sandbox.environment("x")).unwrap();
    for mode in MODES {
        story.played(&sandbox, mode).silent().same("before", "after");
        let read = |name: &str| fs::read_to_string(sandbox.root().join(name)).unwrap();
        assert_eq!(read("doctor"), "0 environments checked, no problems\n", "{}", mode.name);
        assert!(read("version").starts_with("venvwrap "), "{}", mode.name);
        for name in ["doctor", "version"] {
            fs::remove_file(sandbox.root().join(name)).unwrap();
        }
    }
}

#[test]
fn tab_offers_what_the_binary_can_be_asked_for_and_names() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("alpine one");
    for shell in Shell::ALL {
        let compinit = RcFile { before: "autoload -Uz compinit; compinit -u -D", after: "" };
        let rc = if shell == Shell::Zsh { compinit } else { RcFile::default() };
        let terminal = Terminal::start_with(&sandbox, shell, rc);
        for (typed, expected) in [
            ("venvwrap doc\t", "venvwrap doctor "),
            ("venvwrap doctor --js\t", "venvwrap doctor --json "),
            ("venvwrap doctor al\t", "venvwrap doctor alpine\\ one "),
        ] {
            assert_eq!(terminal.completed(typed), expected, "{shell:?}: {typed}");
        }
    }
}
