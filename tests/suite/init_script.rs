//! The output of `venvwrap init`: passes the linters, prints nothing, can be loaded twice, and
//! starts no process while loading.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::sandbox::{BINARY, Sandbox, tool};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

/// The public names that the functions define; all others start with `__venvwrap_`. They are the
/// commands, the functions that virtualenvwrapper's hooks and plugins call, and the variables that
/// hooks read.
const PUBLIC: &[&str] = &[
    "mkvirtualenv",
    "mktmpenv",
    "mkproject",
    "rmvirtualenv",
    "cpvirtualenv",
    "mvvirtualenv",
    "workon",
    "lsvirtualenv",
    "showvirtualenv",
    "allvirtualenv",
    "cdvirtualenv",
    "cdsitepackages",
    "cdproject",
    "setvirtualenvproject",
    "lssitepackages",
    "add2virtualenv",
    "toggleglobalsitepackages",
    "wipeenv",
    "virtualenvwrapper",
    "venvwrap",
    "_virtualenvs",
    "virtualenvwrapper_cd",
    "virtualenvwrapper_derive_workon_home",
    "virtualenvwrapper_get_python_version",
    "virtualenvwrapper_get_site_packages_dir",
    "virtualenvwrapper_initialize",
    "virtualenvwrapper_load",
    "virtualenvwrapper_run_hook",
    "virtualenvwrapper_show_workon_options",
    "virtualenvwrapper_verify_active_environment",
    "virtualenvwrapper_verify_project_home",
    "virtualenvwrapper_verify_workon_environment",
    "virtualenvwrapper_verify_workon_home",
    "VIRTUALENVWRAPPER_ENV_BIN_DIR",
    "VIRTUALENVWRAPPER_PROJECT_FILENAME",
    "VIRTUALENVWRAPPER_WORKON_CD",
];

#[test]
fn loading_says_nothing_and_loading_again_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let story = Story::bare().load().snapshot("once").load().snapshot("twice");
    let inside = story.run(["workon", "x"]).snapshot("inside").load().snapshot("inside twice").run(["deactivate"]);
    let story = inside.snapshot("after");
    for mode in MODES {
        let told = story.played(&sandbox, mode).silent();
        told.same("once", "twice").same("inside", "inside twice").same("once", "after");
    }
}

#[test]
fn loading_defines_the_commands_and_changes_nothing_else() {
    let sandbox = Sandbox::new();
    let list = |shell| match shell {
        Shell::Bash => {
            "list() { compgen -A function; compgen -v; compgen -a || :; set -o; shopt -p || :; trap -p; umask; pwd; echo \"$-$IFS\"; }"
        }
        Shell::Zsh => {
            "zmodload zsh/parameter
             list() {
                 (emulate zsh; print -rl -- ${(k)functions} ${(k)parameters} ${(k)aliases})
                 set -o; trap; umask; pwd; print -r -- \"$-$IFS\"
             }"
        }
        Shell::Fish => {
            "function list; functions -na; set -n; abbr -l; echo $umask; pwd; bind; functions --handlers; end"
        }
    };
    for mode in MODES.iter().filter(|mode| !mode.name.contains("aliases") && !mode.name.contains("replaced")) {
        let shell = mode.shell;
        let functions = shell.functions().to_str().unwrap();
        let script = mode.bare_script(&sandbox, format!("{}\nlist >before\n. '{functions}'\nlist >after", list(shell)));
        sandbox.run_command(mode.command(&sandbox, &script), b"").silent();
        let read = |name: &str| -> BTreeSet<String> {
            let path = sandbox.root().join(name);
            let text = fs::read(&path).unwrap();
            fs::remove_file(path).unwrap();
            String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
        };
        let (before, after) = (read("before"), read("after"));
        assert!(before.len() > 50, "{}: {before:?}", mode.name);
        assert!(before.is_subset(&after), "{}: gone: {:?}", mode.name, before.difference(&after));
        let new: Vec<&str> = after.difference(&before).map(String::as_str).collect();
        let (private, public): (Vec<&str>, Vec<&str>) = new.iter().partition(|name| name.starts_with("__venvwrap_"));
        assert!(private.contains(&"__venvwrap_call"), "{}: {private:?}", mode.name);
        let mut expected: Vec<&str> = PUBLIC.to_vec();
        if mode.name == "zsh -i" {
            // For completions: the rc file may call compinit later.
            expected.push("precmd_functions");
        }
        if shell == Shell::Fish {
            // Handles other tools' activation scripts that are sourced later.
            expected.extend(["Event variable", "VIRTUAL_ENV __venvwrap_replaced"]);
        }
        expected.sort_unstable();
        assert_eq!(public, expected, "{}", mode.name);
    }
}

/// Linux counts the page faults of exited children: the number stays the same only if there were no
/// children.
#[cfg(target_os = "linux")]
#[test]
fn loading_and_leaving_start_no_process() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    for shell in Shell::ALL {
        let functions = shell.functions().to_str().unwrap();
        let (look, no_path) = match shell {
            Shell::Fish => ("read -l line </proc/$fish_pid/stat; echo $line", "set PATH ''"),
            _ => ("read -r line </proc/$$/stat; echo \"$line\"", "PATH=''"),
        };
        let code = format!(
            "{look}; {no_path}\n. '{functions}'\n{look}
             workon x; {look}
             deactivate; {look}
             /bin/sh -c :; {look}"
        );
        let script = shell.plain().bare_script(&sandbox, code);
        let answer = sandbox.run_command(shell.plain().command(&sandbox, &script), b"").status(0).stderr("");
        let faults = |line: &str| -> u64 {
            // Counted from the end, because the second field is the program's name in parentheses.
            line.rsplit(')').next().unwrap().split_whitespace().nth(8).unwrap().parse().unwrap()
        };
        let stdout = answer.stdout_text();
        let faults: Vec<u64> = stdout.lines().map(faults).collect();
        let [start, loaded, inside, left, control] = faults[..] else { panic!("{answer}") };
        assert_eq!(start, loaded, "{}: a process was started while loading", shell.name());
        assert_eq!(inside, left, "{}: a process was started by deactivate", shell.name());
        assert!(inside > loaded && control > left, "{}: the count counts nothing: {faults:?}", shell.name());
    }
}

#[test]
fn the_line_of_the_readme_works_from_a_hostile_place() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    for shell in Shell::ALL {
        let name = shell.name();
        Story::bare()
            .code(format!("eval \"$(venvwrap init {name})\""), format!("venvwrap init {name} | source"))
            .run(["workon", "x"])
            .get("VIRTUAL_ENV")
            // The functions remember their binary, whatever PATH is later.
            .code("PATH=/nowhere", "set PATH /nowhere")
            .run(["workon", "x"])
            .get("__venvwrap_executable")
            .played(&sandbox, shell.plain())
            .silent()
            .records(
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/envs/x
                 workon x: 0
                 __venvwrap_executable=[ROOT]/tools/venvwrap",
            );
    }
}

#[test]
fn the_text_is_the_code_of_the_files_after_one_line_that_names_the_binary() {
    let sandbox = Sandbox::new();
    let whole = |names: &[&str]| -> String {
        names.iter().map(|name| std::fs::read_to_string(source(name)).unwrap()).collect()
    };
    let code = |names: &[&str]| {
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        whole(names).split_inclusive('\n').filter(is_code).collect::<String>()
    };
    let executable = ["--executable", "/opt/it's/venvwrap"];
    let printed = |shell: Shell, more: &[&str]| {
        sandbox.run([&["init", shell.name()][..], &executable, more].concat()).status(0).stderr("")
    };
    // A single word, which no other shell evaluates.
    let line = "__venvwrap_executable='/opt/it'\\''s/venvwrap' __venvwrap_share=''\n";
    let word =
        String::from_utf8(Shell::Bash.quoted(code(&["start.sh", "load.bash", "start.bash", "initialize.sh"]))).unwrap();
    let other = "venvwrap: this shell is not bash: nothing is loaded";
    let text = format!(
        "{line}case \"${{BASH_VERSION-}}\" in\n'') printf '%s\\n' '{other}' >&2 ;;\n*) \\builtin eval {word} ;;\nesac\n"
    );
    printed(Shell::Bash, &[]).stdout(text);
    let files = ["commands.fish", "completions.fish", "start.fish"];
    let line = "set -g __venvwrap_executable '/opt/it\\'s/venvwrap'\nset -g __venvwrap_share ''\n";
    printed(Shell::Fish, &[]).stdout(format!("{line}{}", code(&files)));
    // A single word, read while aliases are off.
    let line = "\\builtin \\typeset \\-g __venvwrap_aliases=\"${options[aliases]}\" __venvwrap_executable='/opt/it'\\''s/venvwrap' \
                __venvwrap_share=''\n\\builtin \\setopt \\no_aliases\n";
    let again =
        "[[ $__venvwrap_aliases == off ]] || \\builtin setopt aliases\n\\builtin unset __venvwrap_aliases\n".to_owned();
    let files = ["start.sh", "load.zsh", "start.zsh", "initialize.sh"];
    let word = String::from_utf8(Shell::Zsh.quoted(again + &code(&files))).unwrap();
    printed(Shell::Zsh, &[]).stdout(format!("{line}\\builtin \\eval {word}\n"));
    // What a shell loads at first use.
    printed(Shell::Bash, &["--part", "functions"])
        .stdout(format!("#<venvwrap>\n{}", code(&["complete.bash", "shared.sh", "init.bash"])));
    printed(Shell::Fish, &["--part", "automatic"])
        .stdout(format!("#<venvwrap>\n{}", code(&["automatic_setting.fish", "automatic.fish"])));
    // For people.
    let annotated = printed(Shell::Fish, &["--annotated"]).stdout_text();
    for file in ["commands.fish", "completions.fish", "start.fish", "complete.fish", "init.fish"] {
        assert!(annotated.contains(&whole(&[file])), "{file}: {annotated}");
    }
}

#[test]
fn the_annotated_text_loads_the_same() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        let text = sandbox.run(["init", shell.name(), "--annotated"]).status(0).stderr("").stdout;
        let file = sandbox.write(format!("annotated.{}", shell.name()), text);
        let load = [b". ", &shell.quoted(file.to_str().unwrap())[..]].concat();
        Story::bare()
            .code(&load, &load)
            .run(["workon", "x"])
            .get("VIRTUAL_ENV_PROMPT")
            .run(["deactivate"])
            .played(&sandbox, shell.plain())
            .silent()
            .records("workon x: 0\nexport VIRTUAL_ENV_PROMPT=x\ndeactivate: 0");
    }
}

/// Writes the files of an installation, and returns the file that a shell sources.
fn installed(sandbox: &Sandbox, shell: Shell) -> String {
    let share = sandbox.root().join("pre fix/share");
    let path = share.to_str().unwrap();
    sandbox.run(["init", shell.name(), "--executable", BINARY, "--share", path, "--into", path]).status(0).silent();
    share.join(format!("venvwrap/init.{}", shell.name())).to_str().unwrap().to_owned()
}

#[test]
fn the_installed_file_loads_the_functions_at_first_use_without_a_process() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.set("PROJECT_HOME", sandbox.root().to_path_buf());
    for mode in MODES {
        let file = mode.shell.quoted(installed(&sandbox, mode.shell));
        let load = [b". ", &file[..]].concat();
        let is_loaded = |story: Story| {
            story.code(
                "\\builtin typeset -f __venvwrap_enter >|loaded && __story_record loaded || __story_record stubs",
                "builtin functions -q __venvwrap_enter && __story_record loaded || __story_record stubs",
            )
        };
        let story = is_loaded(Story::bare().code(&load, &load));
        // Only the binary that was installed is called: to load is to read a file.
        let story = is_loaded(story.run(["virtualenvwrapper_verify_project_home"])).run(["workon", "x"]);
        let story = story.get("VIRTUAL_ENV_PROMPT").code(&load, &load).run(["deactivate"]).get("VIRTUAL_ENV");
        story.played(&sandbox, mode).silent().records(
            "stubs
             virtualenvwrapper_verify_project_home: 0
             loaded
             workon x: 0
             export VIRTUAL_ENV_PROMPT=x
             deactivate: 0
             unset VIRTUAL_ENV",
        );
    }
}

#[test]
fn a_renamed_function_works_before_and_after_the_others_are_loaded() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        let rename = match shell {
            Shell::Bash => {
                "eval \"my_$(declare -f workon)\"; workon() { __story_record \"mine $*\"; my_workon \"$@\"; }"
            }
            Shell::Zsh => {
                "functions[my_workon]=$functions[workon]; function workon { __story_record \"mine $*\"; my_workon \"$@\" }"
            }
            Shell::Fish => {
                "functions -c workon my_workon; function workon; __story_record \"mine $argv\"; my_workon $argv; end"
            }
        };
        for load in [shell.functions().to_str().unwrap().to_owned(), installed(&sandbox, shell)] {
            let load = [b". ", &shell.quoted(load)[..], b"\n", rename.as_bytes()].concat();
            Story::bare()
                .code(&load, &load)
                .run(["workon", "x"])
                .run(["workon", "y"])
                .get("VIRTUAL_ENV_PROMPT")
                .played(&sandbox, shell.plain())
                .silent()
                .records("mine x\nworkon x: 0\nmine y\nworkon y: 0\nexport VIRTUAL_ENV_PROMPT=y");
        }
    }
}

#[test]
fn functions_that_cannot_be_loaded_fail_the_command() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        for program in ["/nowhere/venvwrap", "/bin/true"] {
            let set = match shell {
                Shell::Fish => format!("set __venvwrap_executable {program}"),
                _ => format!("__venvwrap_executable={program}"),
            };
            let told = Story::new()
                .code(&set, &set)
                .run_failing(["workon", "x"])
                .get("VIRTUAL_ENV")
                .played(&sandbox, shell.plain());
            let records: Vec<String> =
                told.records.iter().map(|record| String::from_utf8_lossy(record).into_owned()).collect();
            assert_eq!(records.len(), 3, "{told}");
            assert!(records[0] != "workon x: 0" && records[1] == "unset VIRTUAL_ENV", "{told}");
        }
    }
}

/// As after half an installation. fish has them from the binary then.
#[test]
fn functions_of_which_the_installed_file_is_missing_or_empty_fail_the_command() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in [Shell::Bash, Shell::Zsh] {
        let file = installed(&sandbox, shell);
        let load = [b". ", &shell.quoted(&file)[..]].concat();
        let functions = file.replace("init.", "functions.");
        let story = Story::bare().code(&load, &load).run_failing(["workon", "x"]).get("VIRTUAL_ENV");
        for spoil in [|file: &str| fs::write(file, "").unwrap(), |file: &str| fs::remove_file(file).unwrap()] {
            spoil(&functions);
            let told = story.played(&sandbox, shell.plain());
            let told = told.records("workon x: 1\nunset VIRTUAL_ENV");
            let place = format!("[ROOT]/pre fix/share/venvwrap/functions.{}", shell.name());
            let said = format!("venvwrap: {place} is missing or empty\nhint: install venvwrap again\n");
            assert_eq!(told.stderr_text(), said);
        }
    }
}

#[test]
fn an_unknown_shell_is_refused() {
    let sandbox = Sandbox::new();
    for arguments in [&["init"][..], &["init", "tcsh"]] {
        let answer = sandbox.run(arguments).status(2).stdout("");
        assert_eq!(answer.stderr_text().lines().count(), 2, "one line and a hint: {answer}");
    }
}

#[test]
fn the_linters_have_nothing_to_say() {
    let sandbox = Sandbox::new();
    let check = |program: &str, options: &[&str], file: &str| {
        let mut command = sandbox.command(tool(program));
        command.args(options).arg(source(file));
        sandbox.run_command(command, b"").silent();
    };
    let shims = ["virtualenvwrapper.sh", "virtualenvwrapper_lazy.sh"];
    let of_both = ["start.sh", "initialize.sh", "shared.sh", "tmpenv.bash"].into_iter().chain(shims);
    let of_bash = ["start.bash", "load.bash", "installed.bash", "init.bash", "complete.bash"];
    for file in of_bash.into_iter().chain(of_both.clone()) {
        check("shellcheck", &[], file);
        check("bash", &["--posix", "-n"], file);
    }
    check("shellcheck", &[], "standalone/activate");
    let of_zsh = ["start.zsh", "load.zsh", "installed.zsh", "init.zsh", "complete.zsh"];
    for file in of_zsh.into_iter().chain(of_both) {
        check("zsh", &["-n"], file);
    }
    for file in [
        "start.fish",
        "commands.fish",
        "completions.fish",
        "installed.fish",
        "init.fish",
        "complete.fish",
        "tmpenv.fish",
        "standalone/activate.fish",
    ] {
        check("fish", &["--no-execute"], file);
        check("fish_indent", &["--check"], file);
    }
}

fn source(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(file)
}

#[test]
fn another_shell_that_reads_the_line_for_bash_says_so_and_goes_on() {
    let sandbox = Sandbox::new();
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    let said = "venvwrap: this shell is not bash: nothing is loaded\n";
    let functions = String::from_utf8(Shell::Bash.quoted(Shell::Bash.functions().to_str().unwrap())).unwrap();
    for shell in [&["dash"][..], &["dash", "-e"], &["dash", "-u"], &["zsh", "-f"]] {
        for line in ["eval \"$(venvwrap init bash)\"".to_owned(), format!(". {functions}")] {
            let script = sandbox.write("profile", format!("{line}\necho on\n"));
            let mut command = sandbox.command(tool(shell[0]));
            command.args(&shell[1..]).arg(script);
            sandbox.run_command(command, b"").status(0).stdout("on\n").stderr(said);
        }
    }
}

/// yash under LC_ALL=C cannot read a script with non-ASCII bytes, even in comments.
#[test]
fn everything_that_a_shell_reads_is_ascii() {
    let mut files = vec![source("standalone"), source("")];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
            continue;
        }
        let text = fs::read(&path).unwrap();
        let line = text.split(|byte| *byte == b'\n').position(|line| !line.is_ascii());
        assert_eq!(line, None, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 12, "{seen}");
    let sandbox = Sandbox::new();
    for shell in Shell::ALL {
        assert!(sandbox.run(["init", shell.name(), "--executable", "/v"]).status(0).stdout.is_ascii(), "{shell:?}");
    }
}
