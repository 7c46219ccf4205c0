//! Names that the user's shell already uses: read-only variables, aliases, functions, and options
//! that change the meaning of a word.

use std::fs;
use std::path::Path;

use crate::support::sandbox::{BINARY, Sandbox, tool};
use crate::support::shells::{Mode, Shell};
use crate::support::story::Story;

/// Typical variable names of scripts, and former local names of the functions.
const WORDS: &[&str] = &[
    "name",
    "root",
    "path",
    "value",
    "field",
    "rest",
    "hooks",
    "undo",
    "line",
    "lines",
    "words",
    "flags",
    "label",
    "lent",
    "mark",
    "aside",
    "level",
    "file",
    "files",
    "search",
    "status_",
    "plan",
    "text",
    "told",
    "project",
    "own",
    "result",
    "path_was",
    "virtual_env",
    "virtual_env_prompt",
    "pythonhome",
    "command",
    "event",
    "key",
    "item",
    "i",
    "n",
    "x",
];

/// Steps that call everything the functions do, including failures.
fn day() -> Story {
    Story::new()
        .run(["workon", "x"])
        .run(["workon", "y"])
        .run(["lsvirtualenv", "-b"])
        .run_failing(["workon", "missing"])
        .run(["cdvirtualenv", "bin"])
        .run(["allvirtualenv", "true"])
        .code("(deactivate)", "")
        .run(["venvwrap", "workon", "x"])
        .run(["deactivate"])
        .get_all(&["VIRTUAL_ENV", "PATH"])
}

const RECORDS: &str = "workon x: 0
     workon y: 0
     lsvirtualenv -b: 0
     workon missing: 1
     cdvirtualenv bin: 0
     allvirtualenv true: 0
     venvwrap workon x: 0
     deactivate: 0
     unset VIRTUAL_ENV
     export PATH=[ROOT]/tools:/usr/bin:/bin";

#[test]
fn no_variable_of_the_callers_gets_in_the_way() {
    let sandbox = Sandbox::with_x_and_y();
    let each = |code: &str| WORDS.iter().fold(String::new(), |text, word| text + &code.replace("WORD", word) + "\n");
    // In zsh `path` is special.
    let zsh = |code: &str| each(code).replace(&code.replace("WORD", "path"), ":");
    let modes = [
        Mode::of(Shell::Bash, each("readonly WORD=1")),
        Mode::of(Shell::Bash, format!("set -eu\n{}", each("declare -ir WORD=1"))),
        Mode::of(Shell::Zsh, zsh("readonly WORD=1 ")),
        Mode::of(Shell::Zsh, format!("setopt errexit nounset\n{}", zsh("typeset -ir WORD=1 "))),
        Mode::of(
            Shell::Zsh,
            "typeset -T VALUE value :; typeset -U root name rest; typeset -A field hooks; typeset -Z 3 line".to_owned(),
        ),
        Mode::of(Shell::Fish, each("set -gx WORD 1")),
    ];
    for mode in modes {
        let told = day().played(&sandbox, mode);
        assert!(!told.stderr_text().contains("read"), "{told}");
        told.records(RECORDS);
    }
}

/// Checks the source text, for functions that no test calls.
#[test]
fn every_local_has_a_name_of_ours() {
    let read = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(file)).unwrap();
    let mut seen = 0;
    for file in [
        "start.bash",
        "start.zsh",
        "init.bash",
        "complete.bash",
        "shared.sh",
        "init.zsh",
        "complete.zsh",
        "virtualenvwrapper.sh",
        "virtualenvwrapper_lazy.sh",
    ] {
        for line in read(file).lines().map(str::trim) {
            let declared = line.strip_prefix("\\builtin local ").unwrap_or_default();
            let looped = line.strip_prefix("for ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            // Text after a space within a value is not a name.
            let names = declared.split(' ').take_while(|word| !word.contains("$(")).chain([looped]);
            for name in names.map(|name| name.trim_start_matches(['\'', '"'])).filter(|name| !name.is_empty()) {
                seen += 1;
                assert!(
                    ["__venvwrap_", "VIRTUALENVWRAPPER_", "-"].iter().any(|start| name.starts_with(start)),
                    "{file}: {line}"
                );
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn an_option_that_takes_assignments_out_of_words_and_a_function_called_command_change_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    for prelude in [
        "set -k",
        "set -k; set -eu",
        "command() { echo COMMAND >&2; return 3; }",
        "command() { echo COMMAND >&2; return 3; }; set -eu",
    ] {
        let told = day().snapshot("after").played(&sandbox, Mode::of(Shell::Bash, prelude.to_owned()));
        assert!(!told.stderr_text().contains("COMMAND"), "{told}");
        told.records(RECORDS);
    }
    let told = day().played(&sandbox, Mode::of(Shell::Zsh, "command() { echo COMMAND >&2; return 3 }".to_owned()));
    assert!(!told.stderr_text().contains("COMMAND"), "{told}");
    told.records(RECORDS);
}

#[test]
fn a_prompt_that_cannot_be_set_shows_nothing_and_fails_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    let story = Story::new().run(["workon", "x"]).run(["workon", "y"]).run(["deactivate"]).get("PS1");
    for prelude in ["readonly PS1='mine '", "readonly PS1='mine '; set -eu"] {
        story.played(&sandbox, Mode::of(Shell::Bash, prelude.to_owned())).silent().records(
            "workon x: 0
             workon y: 0
             deactivate: 0
             PS1=mine",
        );
    }
    // zsh shows the name only if there is a prompt.
    let script = "setopt interactive 2>/dev/null; readonly PS1='mine '";
    story.played(&sandbox, Mode::of(Shell::Zsh, script.to_owned())).silent().records(
        "workon x: 0
         workon y: 0
         deactivate: 0
         PS1=mine",
    );
    // Made read-only while an environment is active.
    let late = Story::new().set("PS1", "mine ").run(["workon", "x"]).code("readonly PS1", "").run(["deactivate"]);
    late.get("VIRTUAL_ENV").played(&sandbox, Shell::Bash.plain()).silent().records(
        "workon x: 0
         deactivate: 0
         unset VIRTUAL_ENV",
    );
}

#[test]
fn a_variable_that_cannot_be_set_is_named_and_nothing_is_half_done() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in [Shell::Bash, Shell::Zsh] {
        for name in ["PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "VENVWRAP_UNDO"] {
            let message = format!("venvwrap: cannot switch environments: {name} is readonly in this shell\n");
            let never = Story::new().code(format!("readonly {name}"), "").snapshot("before");
            let never = never.run_failing(["workon", "x"]).snapshot("after");
            never.played(&sandbox, shell.plain()).says("", &message).same("before", "after").records("workon x: 1");
            // Made read-only while an environment is active: the environment stays active as a
            // whole.
            let late = Story::new().run(["workon", "x"]).code(format!("readonly {name}"), "").snapshot("before");
            let late = late.run_failing(["deactivate"]).run_failing(["workon", "y"]).snapshot("after");
            late.played(&sandbox, shell.plain()).says("", &message.repeat(2)).same("before", "after").records(
                "workon x: 0
                 deactivate: 1
                 workon y: 1",
            );
        }
    }
}

/// Aliases that zsh expands in any word, as bat's manual recommends, and worse ones.
const GLOBAL: &str = "alias -g -- -h='-h | cat' --help='--help | cat' name=NAME root=ROOT path=P value=V -g=G -L=L -a=A \
     -p=P -x=X -v=V -f=F -n=N eval=E setopt=S typeset=T export=X unset=U local=LL return=R function=F if=I fi=FI then=T \
     '[[=TEST' case=C esac=ESAC in=IN zsh=Z bash=B complete=COMPLETE answer=ANSWER hook=HOOK init=INIT exec=EXEC \
     whence=W printf=PRINTF x=XX y=YY off=OFF aliases=AL options=OO loading=LOADING define=DEF forget=FORG %s=PS true=FALSE";

#[test]
fn global_aliases_of_zsh_change_nothing_that_is_loaded_or_called() {
    let sandbox = Sandbox::with_x_and_y();
    let binary = String::from_utf8(Shell::Zsh.quoted(BINARY)).unwrap();
    let file = String::from_utf8(Shell::Zsh.quoted(Shell::Zsh.functions().to_str().unwrap())).unwrap();
    let shim = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(name);
        String::from_utf8(Shell::Zsh.quoted(path.to_str().unwrap())).unwrap()
    };
    fs::create_dir_all(sandbox.tools()).unwrap();
    std::os::unix::fs::symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    let share = sandbox.root().join("share");
    let path = share.to_str().unwrap();
    sandbox.run(["init", "zsh", "--executable", BINARY, "--share", path, "--into", path]).status(0).silent();
    let installed = String::from_utf8(Shell::Zsh.quoted(share.join("venvwrap/init.zsh").to_str().unwrap())).unwrap();
    for load in [
        format!("eval \"$({binary} 'init' 'zsh')\""),
        format!("source {file}"),
        format!("f() {{ source {file} }}; f"),
        format!("source {installed}"),
        format!("setopt no_aliases; source {installed}; [[ ! -o aliases ]] && setopt aliases"),
        format!("f() {{ emulate -L zsh; source {installed} }}; f"),
        format!("source {}", shim("virtualenvwrapper.sh")),
        format!("source {}; virtualenvwrapper_load", shim("virtualenvwrapper_lazy.sh")),
    ] {
        // The loading line is read before there are any aliases.
        let code = format!(
            "load() {{ {load} }}\n{GLOBAL}\n\\load\n\\workon \\x && \\builtin \\print \\-r \"$VIRTUAL_ENV_PROMPT\"\n\
             \\lsvirtualenv \\-b\n\\deactivate && \\builtin \\print \\-r \"$PATH ${{options[aliases]}}\""
        );
        let script = Shell::Zsh.plain().bare_script(&sandbox, &code);
        let answer = sandbox.run_command(Shell::Zsh.plain().command(&sandbox, &script), b"").status(0);
        let answer = answer.stdout_contains("x\nx\ny\n[ROOT]/tools:/usr/bin:/bin on\n");
        // The scripts report the templates they create.
        assert!(answer.stderr_text().lines().all(|line| line.starts_with("venvwrap: creating ")), "{load}: {answer}");
    }
}

#[test]
fn an_entry_of_path_that_was_there_before_stays_where_path_is_unique() {
    let sandbox = Sandbox::with_x_and_y();
    let bin = sandbox.environment("x").join("bin");
    for declared in ["typeset -U path", "typeset -U PATH", "typeset -U path PATH"] {
        for at in [0, 1, 3] {
            let mut entries = vec!["/usr/bin".to_owned(), "/bin".to_owned(), "/opt/a b".to_owned()];
            entries.insert(at, bin.to_str().unwrap().to_owned());
            let prelude =
                format!("{declared}; PATH={}", String::from_utf8(Shell::Zsh.quoted(entries.join(":"))).unwrap());
            let mode = Mode::of(Shell::Zsh, prelude);
            let story = Story::new().snapshot("before").run(["workon", "x"]).run(["workon", "y"]).run(["workon", "x"]);
            let story = story.code("path+=(/late); path=(${path:#/late})", "").run(["deactivate"]).snapshot("after");
            story.played(&sandbox, mode).silent().same("before", "after");
            // And in a child of another kind of shell.
            for child in Shell::ALL {
                let left = Story::new().run(["deactivate"]).get("PATH");
                let story = Story::new().run(["workon", "x"]).child(child.plain(), left);
                let path = entries.join(":").replace(sandbox.root().to_str().unwrap(), "[ROOT]");
                story
                    .played(&sandbox, mode)
                    .silent()
                    .records(&format!("workon x: 0\ndeactivate: 0\nexport PATH={path}\nend"));
            }
        }
    }
}

#[test]
fn what_is_universal_in_fish_is_never_taken_from_other_sessions() {
    let sandbox = Sandbox::with_x_and_y();
    // With --no-config, fish has no universal variables.
    let run = |code: String| {
        let mut command = sandbox.command(tool("fish"));
        command.arg(Shell::Fish.plain().script(&sandbox, code));
        sandbox.run_command(command, b"")
    };
    for name in ["PYTHONHOME", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "VIRTUALENVWRAPPER_PROJECT_CD", "CONDA_PREFIX"] {
        for exported in ["-Ux", "-U"] {
            let code = format!(
                "set {exported} {name} /universal
                 workon x; workon y
                 test $VIRTUAL_ENV_PROMPT = y; and python3 -c 'import os; print(repr(os.environ.get(\"PYTHONHOME\", \"\")))'
                 deactivate
                 set -S {name} | string match -r 'global|universal.*|\\|.*\\|'"
            );
            let export = if exported == "-U" { "unexported" } else { "exported" };
            let seen = format!("''\nuniversal scope, {export}, with 1 elements\n|/universal|\n");
            run(code).status(0).stdout(seen).stderr("");
            run(format!("echo ${name}; set -eU {name}")).status(0).stdout("/universal\n");
        }
    }
}
