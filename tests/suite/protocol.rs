//! How the functions and the binary work together: streams, descriptors, and a binary that is
//! missing, killed, or of another version.

use std::fs;

use crate::robustness::strace;
use crate::support::sandbox::{BINARY, Sandbox, bytes};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

#[test]
fn no_command_eats_the_callers_stdin() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        let code = match shell {
            Shell::Fish => {
                "while read -l name
                    workon $name; and echo $VIRTUAL_ENV_PROMPT
                    lsvirtualenv -b; showvirtualenv $name >/dev/null; cdvirtualenv bin; deactivate
                end"
            }
            _ => {
                "while read -r name; do
                    workon \"$name\" && echo \"$VIRTUAL_ENV_PROMPT\"
                    lsvirtualenv -b; showvirtualenv \"$name\" >/dev/null; cdvirtualenv bin; deactivate
                done"
            }
        };
        let mode = shell.plain();
        let script = mode.script(&sandbox, code);
        let answer = sandbox.run_command(mode.command(&sandbox, &script), b"x\ny\nx\n");
        answer.status(0).stdout("x\nx\ny\ny\nx\ny\nx\nx\ny\n").stderr("");
    }
}

#[test]
fn closed_streams_do_not_matter() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        for closed in ["<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- 2>&-", "<&- >&- 2>&-"] {
            // Closed for one command, and for the whole shell.
            let once = format!("workon x {closed}\n__story_status workon $STATUS\nworkon z {closed}");
            let once = format!("{once}\n__story_status missing $STATUS\ndeactivate {closed}");
            let whole = format!("exec {closed}\nworkon x\n__story_status workon $STATUS\nworkon z");
            let whole = format!("{whole}\n__story_status missing $STATUS\ndeactivate");
            // fish cannot redirect with `exec` alone.
            for code in if shell == Shell::Fish { vec![once] } else { vec![once, whole] } {
                let story = Story::new().code(code.replace("STATUS", "?"), code.replace("STATUS", "status"));
                story.get("VIRTUAL_ENV").played(&sandbox, shell.plain()).records(
                    "workon: 0
                     missing: 1
                     unset VIRTUAL_ENV",
                );
            }
        }
    }
}

#[test]
fn descriptors_of_the_caller_are_left_alone() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in [Shell::Bash, Shell::Zsh] {
        let code = "exec 3>three 4>four
            workon x; workon; echo before >&3
            deactivate; lsvirtualenv -b
            echo after >&3; echo and >&4
            workon y 3>&- 4>&-; echo \"$VIRTUAL_ENV_PROMPT\" >&4";
        shell.plain().run(&sandbox, code).status(0).stdout("x\ny\nx\ny\n").stderr("");
        assert_eq!(fs::read_to_string(sandbox.root().join("three")).unwrap(), "before\nafter\n");
        assert_eq!(fs::read_to_string(sandbox.root().join("four")).unwrap(), "and\ny\n");
    }
    let code = "begin
            workon x; workon; echo before >&3
            deactivate; lsvirtualenv -b
            echo after >&3; echo and >&4
            workon y 3>&- 4>&-; echo $VIRTUAL_ENV_PROMPT >&4
        end 3>three 4>four";
    Shell::Fish.plain().run(&sandbox, code).status(0).stdout("x\ny\nx\ny\n").stderr("");
    assert_eq!(fs::read_to_string(sandbox.root().join("three")).unwrap(), "before\nafter\n");
    assert_eq!(fs::read_to_string(sandbox.root().join("four")).unwrap(), "and\ny\n");
}

/// A story in which another program replaces the binary.
fn with_program(program: &[u8], story: Story) -> Story {
    let set = |shell: Shell, before: &str| [before.as_bytes(), &shell.quoted(program)].concat();
    let code = Story::new().code(
        set(Shell::Bash, "__venvwrap_load functions; __venvwrap_executable="),
        set(Shell::Fish, "__venvwrap_load functions; set __venvwrap_executable "),
    );
    code.then(story)
}

#[test]
fn a_missing_binary_is_reported() {
    let sandbox = Sandbox::with_x_and_y();
    let program = bytes(sandbox.root().join("gone"));
    let story = Story::new().run(["workon", "x"]).snapshot("before");
    let story = story.then(with_program(&program, Story::new().run_failing(["workon", "y"]))).get("VIRTUAL_ENV_PROMPT");
    // Deactivating needs no binary.
    let story = story.run(["deactivate"]).get("VIRTUAL_ENV");
    for mode in MODES {
        let told = story.played(&sandbox, mode);
        assert!(!told.stderr_text().is_empty(), "{told}");
        told.records(
            "workon x: 0
             workon y: 127
             export VIRTUAL_ENV_PROMPT=x
             deactivate: 0
             unset VIRTUAL_ENV",
        );
    }
}

#[test]
fn half_a_plan_of_a_killed_binary_is_not_carried_out() {
    let sandbox = Sandbox::with_x_and_y();
    let killed = "#!/bin/sh\nw=${1#--plan=*/2/}\nprintf '#<%s\\n%s\\n#%s>\\n' \"$w\" '__venvwrap_enter /half half' \"$w\" >&3\nkill -9 $$\n";
    let program = sandbox.program("tools/killed", killed);
    let story = Story::new().run(["workon", "x"]).snapshot("before");
    let story = story.then(with_program(&bytes(&program), Story::new().run_failing(["workon", "y"])));
    for shell in Shell::ALL {
        story.clone().get("VIRTUAL_ENV_PROMPT").played(&sandbox, shell.plain()).records(
            "workon x: 0
             workon y: 137
             export VIRTUAL_ENV_PROMPT=x",
        );
    }
}

#[test]
fn a_child_that_reads_a_closed_stdin_does_not_wait() {
    let sandbox = Sandbox::with_x_and_y();
    let reading =
        sandbox.program("tools/reading", "#!/bin/sh\ncat\nw=${1#--plan=*/2/}\nprintf '#<%s\\n%s\\n#%s>\\n' \"$w\" '__venvwrap_enter /read read' \"$w\" >&3\n");
    let story = with_program(&bytes(&reading), Story::new().code("workon x <&- 2>&-", "workon x <&- 2>&-"));
    for shell in Shell::ALL {
        story.clone().get("VIRTUAL_ENV").played(&sandbox, shell.plain()).records("export VIRTUAL_ENV=/read");
    }
}

#[test]
fn functions_of_another_version_must_be_reloaded() {
    let sandbox = Sandbox::with_x_and_y();
    for (shell, line) in [
        (Shell::Bash, "eval \"$(venvwrap init bash)\""),
        (Shell::Zsh, "eval \"$(venvwrap init zsh)\""),
        (Shell::Fish, "venvwrap init fish | source"),
    ] {
        let edit = shell.older_functions();
        let story = Story::new().code(edit, edit).run(["workon", "x"]).get("VIRTUAL_ENV");
        let message = format!(
            "venvwrap: the functions in this shell are from another version of venvwrap
hint: start a new shell, or load them again: `{line}`\n"
        );
        story.played(&sandbox, shell.plain()).says("", &message).records("workon x: 2\nunset VIRTUAL_ENV");
    }
}

#[test]
fn variables_count_as_they_are_now_exported_or_not() {
    let sandbox = Sandbox::with_x_and_y();
    let other = sandbox.root().join("other");
    sandbox.minimal_environment_at(&other.join("z"));
    Story::new()
        .unset("WORKON_HOME")
        .set("WORKON_HOME", bytes(&other))
        .run(["workon", "z"])
        .get("VIRTUAL_ENV")
        .run(["deactivate"])
        .get("WORKON_HOME")
        .plays(
            &sandbox,
            "workon z: 0
             export VIRTUAL_ENV=[ROOT]/other/z
             deactivate: 0
             WORKON_HOME=[ROOT]/other",
        );
}

#[test]
fn without_the_functions_nothing_is_pretended() {
    let mut sandbox = Sandbox::with_x_and_y();
    for (shell, line) in [
        ("/bin/bash", "`venvwrap setup bash` loads them in new shells, `eval \"$(venvwrap init bash)\"` in this one"),
        ("/usr/bin/zsh", "`venvwrap setup zsh` loads them in new shells, `eval \"$(venvwrap init zsh)\"` in this one"),
        ("/usr/bin/fish", "`venvwrap setup fish` loads them in new shells, `venvwrap init fish | source` in this one"),
    ] {
        sandbox.set("SHELL", shell);
        for verb in ["workon x", "deactivate", "cdvirtualenv"] {
            let name = verb.split(' ').next().unwrap();
            sandbox.run(verb.split(' ')).status(1).stdout("").stderr(format!(
                "venvwrap: `{name}` changes the shell it runs in, but the shell functions are not loaded there\nhint: {line}\n"
            ));
        }
    }
}

#[test]
fn without_the_functions_a_new_environment_is_created_and_reported_as_not_active() {
    let mut sandbox = Sandbox::with_x_and_y();
    let home = sandbox.home();
    fs::create_dir_all(home.join("projects")).unwrap();
    sandbox.set("PROJECT_HOME", home.join("projects"));
    // The calling shell decides, or else SHELL.
    for (caller, login, line) in [
        (
            "bash",
            "/usr/bin/zsh",
            "`venvwrap setup bash` loads them in new shells, `eval \"$(venvwrap init bash)\"` in this one",
        ),
        (
            "zsh",
            "/usr/bin/fish",
            "`venvwrap setup zsh` loads them in new shells, `eval \"$(venvwrap init zsh)\"` in this one",
        ),
        (
            "fish",
            "/bin/bash",
            "`venvwrap setup fish` loads them in new shells, `venvwrap init fish | source` in this one",
        ),
        (
            "sh",
            "/usr/bin/fish",
            "`venvwrap setup fish` loads them in new shells, `venvwrap init fish | source` in this one",
        ),
    ] {
        sandbox.set("SHELL", login);
        let create = |words: &str| {
            let mut command = sandbox.command(caller);
            let code = format!("{} {words}; true", crate::support::sandbox::BINARY);
            command.args(["-c", &code]);
            let answer = sandbox.run_command(command, b"").status(0);
            answer
                .stderr_text()
                .lines()
                .filter(|line| line.contains("not activated"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let expected =
            |name: &str| vec![format!("`{name}` was not activated: the shell functions are not loaded; {line}")];
        assert_eq!(create(&format!("mkvirtualenv --without-pip {caller}")), expected(caller));
        assert_eq!(create(&format!("mkproject --without-pip p-{caller}")), expected(&format!("p-{caller}")));
        assert_eq!(create(&format!("cpvirtualenv {caller} c-{caller}")), expected(&format!("c-{caller}")));
        assert_eq!(create(&format!("mkvirtualenv -q --without-pip q-{caller}")), Vec::<String>::new());
        let temporary = create("mktmpenv --without-pip");
        assert_eq!(temporary.len(), 1);
        assert!(temporary[0].starts_with("`tmp-") && temporary[0].ends_with(line), "{temporary:?}");
        assert!(sandbox.environment(format!("c-{caller}")).is_dir());
    }
}

/// Code that makes the shell trace its commands to the descriptor of the plan.
const NOISE: &[(Shell, &str)] = &[
    (Shell::Bash, "exec 3>noise; BASH_XTRACEFD=3; set -x"),
    (Shell::Bash, "exec 3>noise; BASH_XTRACEFD=3; PS4='> '; set -x"),
    (Shell::Bash, "exec 3>noise; BASH_XTRACEFD=3; PS4='exit 7 #'; set -x"),
    (Shell::Bash, "exec 3>noise; BASH_XTRACEFD=3; PS4='$(echo \"exec touch harm\")\n'; set -xeu"),
    (Shell::Bash, "exec 3>noise; set -T; trap 'echo \"touch harm; $BASH_COMMAND\" >&3' DEBUG"),
    (
        Shell::Bash,
        "exec 3>noise; set -ET; trap 'printf \"%s\" \"#<#<$BASH_COMMAND\" >&3' DEBUG; trap 'echo harm >&3' ERR",
    ),
    (Shell::Zsh, "exec 3>noise; TRAPDEBUG() { print -ru3 -- 'touch harm'; print -ru3 -- $ZSH_DEBUG_CMD }"),
    (Shell::Zsh, "exec 3>noise; trap 'print -ru3 -- \"touch harm; $ZSH_DEBUG_CMD\"' DEBUG"),
    (Shell::Zsh, "exec 3>noise; exec 2>&3; PS4='> '; setopt xtrace; set -x"),
    (Shell::Fish, "set -g fish_trace 1"),
];

#[test]
fn other_output_on_the_descriptor_of_plans_is_never_run() {
    let sandbox = Sandbox::with_x_and_y();
    for (shell, noise) in NOISE {
        let story =
            Story::new().code(noise, noise).run(["lsvirtualenv", "-b"]).run(["workon", "x"]).run(["workon", "y"]);
        let story = story.run_failing(["workon", "missing"]).run(["cdvirtualenv", "bin"]).get("VIRTUAL_ENV");
        let story = story.directory().run(["venvwrap", "lsvirtualenv", "-b"]).run(["deactivate"]).get("VIRTUAL_ENV");
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(told.stdout_text(), "x\ny\nx\ny\n", "{noise}: {told}");
        told.records(
            "lsvirtualenv -b: 0
             workon x: 0
             workon y: 0
             workon missing: 1
             cdvirtualenv bin: 0
             export VIRTUAL_ENV=[ROOT]/envs/y
             in [ROOT]/envs/y/bin
             venvwrap lsvirtualenv -b: 0
             deactivate: 0
             unset VIRTUAL_ENV",
        );
        assert!(
            !sandbox.root().join("harm").exists() && !sandbox.environment("y").join("bin/harm").exists(),
            "{noise}"
        );
    }
}

#[test]
fn a_plan_without_its_marks_or_with_those_of_another_call_is_not_run() {
    let sandbox = Sandbox::with_x_and_y();
    let frames = [
        "'__venvwrap_enter /bad bad'",
        "'#<1.2' '__venvwrap_enter /bad bad' '#1.2>'",
        "\"#<$w\" '__venvwrap_enter /bad bad'",
        "'__venvwrap_enter /bad bad' \"#$w>\"",
        "\"#$w>\" '__venvwrap_enter /bad bad' \"#<$w\"",
    ];
    for (number, frame) in frames.iter().enumerate() {
        let text = format!("#!/bin/sh\nw=${{1#--plan=*/2/}}\nprintf '%s\\n' {frame} >&3\n");
        let program = sandbox.program(format!("tools/fake{number}"), text);
        let story = with_program(&bytes(&program), Story::new().run(["workon", "x"]).get("VIRTUAL_ENV"));
        for shell in Shell::ALL {
            story.played(&sandbox, shell.plain()).silent().records("workon x: 0\nunset VIRTUAL_ENV");
        }
    }
}

/// The option that the function passes to the binary.
#[test]
fn the_function_passes_the_mark_of_the_call_and_whether_there_is_a_prompt() {
    let sandbox = Sandbox::with_x_and_y();
    let program = sandbox.program("tools/tells", "#!/bin/sh\necho \"$1\"\n");
    let story = with_program(&bytes(&program), Story::new().run(["workon", "x"]).run(["workon", "x"]));
    for mode in MODES {
        let told = story.played(&sandbox, mode);
        let interactive = if mode.options().any(|option| option == "-i") { "/i" } else { "" };
        let stdout = told.stdout_text();
        let words: Vec<&str> = stdout
            .lines()
            .map(|line| {
                let option = line.strip_prefix(&format!("--plan={}/2/", mode.shell.name())).unwrap();
                option.strip_suffix(interactive).unwrap()
            })
            .collect();
        assert!(words.len() == 2 && words[0] != words[1], "{told}");
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')), "{told}");
    }
}

/// Several commands may write to one terminal (`xargs -P`).
#[test]
fn an_error_and_its_hint_are_one_write() {
    let sandbox = Sandbox::new();
    for (variable, has_color) in [("NO_COLOR", false), ("CLICOLOR_FORCE", true)] {
        let Some(mut command) = strace(&sandbox) else { return };
        command.env(variable, "1").args(["-e", "trace=write", BINARY, "mvvirtualenv", "gone", "new"]);
        let told = sandbox.run_command(command, b"").status(1).stdout("").stderr_text();
        assert_eq!(told.lines().count(), 2, "{told}");
        assert_eq!(told.contains('\x1b'), has_color, "{told}");
        let trace = fs::read_to_string(sandbox.root().join("trace")).unwrap();
        assert_eq!(trace.matches("write(2,").count(), 1, "{trace}");
    }
}
