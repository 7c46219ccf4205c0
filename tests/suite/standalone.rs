//! The activate scripts that every environment carries: they work without venvwrap, under a hostile
//! path, with a hostile prompt, and leave nothing behind. What is quoted how is tested beside
//! src/shell/standalone.rs.

use std::fs;

use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes, tool};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

const PROMPT: &str = "it's \"q\" $HOME `x` \\b {a,b};é!%~";

/// A sandbox with the environments `x`, which has that prompt, and `y`, as mkvirtualenv makes them.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", python, "--prompt", PROMPT, "x"]).status(0);
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", python, "y"]).status(0);
    sandbox
}

fn source(story: Story, name: &str) -> Story {
    story.code(
        format!(". \"$WORKON_HOME/{name}/bin/activate\""),
        format!("source $WORKON_HOME/{name}/bin/activate.fish"),
    )
}

#[test]
fn bash_zsh_and_fish_are_as_before_in_every_mode() {
    let sandbox = sandbox();
    let mut story = Story::bare().set("PS1", "old \\$ ").export("PYTHONHOME", "/py home").snapshot("before");
    story = source(story, "x").get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PATH"]);
    story = source(story.run(["deactivate"]).snapshot("after"), "x");
    // One on top of the other, and the same again.
    story = source(source(story, "y"), "y").get("PATH").run(["deactivate"]).snapshot("after y");
    // A script for every sh cannot step past aliases and functions, or say `typeset -g` to zsh's
    // warn_create_global.
    let too_odd = |name: &str| ["aliases", "replaced", "odd options"].iter().any(|words| name.contains(words));
    for mode in MODES.iter().filter(|mode| !too_odd(mode.name)) {
        let told = story.played(&sandbox, mode).silent();
        told.same("before", "after").same("before", "after y").records(&format!(
            "export VIRTUAL_ENV=[ROOT]/envs/x
             export VIRTUAL_ENV_PROMPT={PROMPT}
             unset PYTHONHOME
             export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0
             export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0"
        ));
    }
}

/// What a variable is like beforehand, in words and as steps of a story.
type State = (&'static str, fn(Story, &str) -> Story);

#[test]
fn states_of_variables_come_back() {
    let sandbox = sandbox();
    for name in ["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PS1", "PATH"] {
        let states: [State; 3] = [
            ("unset", |story, _| story),
            ("empty", |story, name| story.export(name, "")),
            ("set", |story, name| story.export(name, "/usr/bin:/a b")),
        ];
        let mut story = Story::bare();
        // A VIRTUAL_ENV that is set is one that was entered: its script leaves it.
        let states = states.iter().filter(|(state, _)| !(name == "VIRTUAL_ENV" && *state == "set"));
        let states: Vec<_> = states.collect();
        for (state, set) in &states {
            story = set(story.unset(name), name).snapshot(&format!("{name} {state}"));
            story = source(story, "x").run(["deactivate"]).snapshot(&format!("{name} {state} after"));
        }
        for shell in Shell::ALL {
            let mut told = story.played(&sandbox, shell.plain()).silent();
            for (state, _) in &states {
                told = told.same(&format!("{name} {state}"), &format!("{name} {state} after"));
            }
        }
    }
}

#[test]
fn edits_of_path_and_prompt_made_inside_survive() {
    let story = source(Story::bare().set("PS1", "$ "), "y")
        .code("PATH=\"/first:$PATH:/last\"; PS1=\"<$PS1>\"", "set PATH /first $PATH /last; set PS1 '<$ >'")
        .run(["deactivate"])
        .get_all(&["PATH", "PS1"]);
    story.plays(
        &sandbox(),
        "deactivate: 0
         export PATH=/first:[ROOT]/tools:/usr/bin:/bin:/last
         PS1=<$ >",
    );
}

#[test]
fn a_plain_sh_is_as_before() {
    let sandbox = sandbox();
    // `_` and PPID aside, `set` lists all there is.
    let script = sandbox.write(
        "script",
        "PS1='old '; PYTHONHOME='/py home'; export PYTHONHOME
         set >\"$HOME/before\"
         . \"$WORKON_HOME/x/bin/activate\"
         /bin/sh -c 'printf \"%s\\n\" \"$VIRTUAL_ENV\" \"$VIRTUAL_ENV_PROMPT\" \"$PATH\" \"${PYTHONHOME-unset}\"'
         printf '%s\\n' \"$PS1\"
         deactivate
         set >\"$HOME/after\"
         if command -v deactivate; then exit 3; fi",
    );
    let cases: [(&str, &[&str]); 6] = [
        ("dash", &[]),
        ("dash", &["-eu"]),
        ("dash", &["-fC"]),
        ("bash", &["--posix", "--norc"]),
        ("zsh", &["--emulate", "sh", "-f"]),
        ("zsh", &["--emulate", "ksh", "-f"]),
    ];
    for (shell, options) in cases {
        for file in ["before", "after"] {
            let _ = fs::remove_file(sandbox.home().join(file));
        }
        let mut command = sandbox.command(tool(shell));
        command.args(options).arg(&script);
        sandbox.run_command(command, b"").status(0).stderr("").stdout(format!(
            "[ROOT]/envs/x\n{PROMPT}\n[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin\nunset\n(it's \"q\" _HOME _x_ _b \
             {{a,b}};é__~) old \n"
        ));
        let state = |file: &str| {
            let text = fs::read(sandbox.home().join(file)).unwrap();
            let text = String::from_utf8_lossy(&text).into_owned();
            let volatile = ["_=", "BASH_", "LINENO=", "RANDOM=", "SECONDS=", "PIPESTATUS=", "?=", "status="];
            let lines = text.lines().filter(|line| !volatile.iter().any(|name| line.starts_with(name)));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(state("before"), state("after"), "{shell} {options:?}");
        assert!(state("before").len() > 8);
    }
}

#[test]
fn csh_is_as_before() {
    let sandbox = sandbox();
    let script = sandbox.write(
        "script.csh",
        "set prompt = 'p%% \"x\" $HOME `x` '
         setenv PYTHONHOME '/py home'
         setenv VIRTUAL_ENV ''
         set > \"$HOME:q/before\"; printenv >> \"$HOME:q/before\"; alias >> \"$HOME:q/before\"
         source \"$WORKON_HOME:q/y/bin/activate.csh\"
         source \"$WORKON_HOME:q/x/bin/activate.csh\"
         printf '%s\\n' \"$VIRTUAL_ENV:q\" \"$VIRTUAL_ENV_PROMPT:q\" \"$PATH:q\" $?PYTHONHOME \"$prompt:q\"
         deactivate
         set > \"$HOME:q/after\"; printenv >> \"$HOME:q/after\"; alias >> \"$HOME:q/after\"\n",
    );
    let mut command = sandbox.command(tool("tcsh"));
    command.arg("-f").arg(&script);
    sandbox.run_command(command, b"").status(0).stderr("").stdout(format!(
        "[ROOT]/envs/x\n{PROMPT}\n[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin\n0\n(%$VIRTUAL_ENV_PROMPT) p%% \"x\" $HOME \
         `x` \n"
    ));
    let state = |file: &str| {
        let mut lines: Vec<String> = String::from_utf8_lossy(&fs::read(sandbox.home().join(file)).unwrap())
            .lines()
            .filter(|line| !line.starts_with("_\t"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(state("before"), state("after"));
    assert!(state("before").len() > 20);
}

#[test]
fn a_running_python_can_enter() {
    let sandbox = Sandbox::new();
    let oldest = pythons::all().iter().find(|python| python.implementation == "cpython").unwrap();
    for python in [oldest, pythons::complete()] {
        let path = python.path.to_str().unwrap();
        let name = python.minor();
        sandbox.run(["mkvirtualenv", "--without-pip", "-p", path, "--prompt", PROMPT, &name]).status(0);
        let root = sandbox.environment(&name);
        let file = bytes(root.join("bin/activate_this.py"));
        let packages = root.join(format!("lib/python{name}/site-packages"));
        fs::write(packages.join("mine.py"), "word = 'imported'\n").unwrap();
        let code = "import os, sys\nexec(open(os.environ['SCRIPT']).read())\nimport mine\nprint(mine.word)\n\
                    print(sys.prefix == os.environ['VIRTUAL_ENV'] == os.path.dirname(os.path.dirname(os.environ['SCRIPT'])))\n\
                    print(os.environ['VIRTUAL_ENV_PROMPT'] == os.environ['EXPECTED'])\n";
        let mut command = sandbox.command(path);
        command.args(["-c", code]).env("SCRIPT", std::ffi::OsStr::new(std::str::from_utf8(&file).unwrap()));
        command.env("EXPECTED", PROMPT);
        sandbox.run_command(command, b"").status(0).stdout("imported\nTrue\nTrue\n").stderr("");
    }
}
