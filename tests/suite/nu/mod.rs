//! Nushell: the same promises as in the other shells, and what is its own. The stories that have no
//! code of other shells are played in it, too (`story`).

mod prompt;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::disk::names;
use crate::support::nu::{self, quoted};
use crate::support::programs::write_program;
use crate::support::pythons::peer;
use crate::support::sandbox::{Answer, BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;

/// The file with the output of `venvwrap init nu`.
fn functions(sandbox: &Sandbox) -> PathBuf {
    let text = sandbox.run(["init", "nu"]).status(0).stderr("").stdout;
    sandbox.write("functions.nu", text)
}

/// Runs a script that loads the commands and continues with `code`.
#[track_caller]
fn play<'a>(sandbox: &'a Sandbox, code: &str) -> Answer<'a> {
    let text = format!("source {}\n{SEEN}\n{code}\n", quoted(functions(sandbox)));
    let script = sandbox.write("script.nu", text);
    let mut command = nu::command(sandbox);
    command.arg(script);
    let answer = sandbox.run_command(command, b"");
    let left = fs::read_dir(sandbox.root().join("tmp")).unwrap().count();
    assert_eq!(left, 0, "files of plans are left after {answer}");
    answer
}

/// Prints what an activation changes, as Nushell and as a program see it.
const SEEN: &str = r#"
def seen [] {
    for name in [VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME VENVWRAP_UNDO] {
        let inside = $env | get --optional $name
        let outside = ^/usr/bin/env | lines | where ($it | str starts-with $"($name)=") | get --optional 0
        if $inside != null or $outside != null {
            print $"($name)=($inside)"
            if $outside != $"($name)=($inside)" { print $"a program sees ($outside)" }
        }
    }
    print $"PATH ($env.PATH | take until {|each| $each ends-with '/tools' } | str join ' : ')"
    print $"in ($env.PWD)"
}"#;

#[test]
fn the_text_is_read_without_a_complaint_and_can_be_loaded_again() {
    let sandbox = Sandbox::new();
    for auto in [&["init", "nu"][..], &["init", "nu", "--auto"], &["completions", "nu"]] {
        let text = sandbox.run(auto).status(0).stderr("").stdout;
        assert!(text.is_ascii());
        let loaded = sandbox.write("loaded.nu", text);
        let mut command = nu::command(&sandbox);
        command.arg(sandbox.write("script.nu", format!("source {}", quoted(loaded))));
        sandbox.run_command(command, b"").silent();
    }
    let again = format!("source {}\nprint ($env.__venvwrap == $before)", quoted(functions(&sandbox)));
    play(&sandbox, &format!("let before = $env.__venvwrap\n{again}")).status(0).stderr("").stdout("true\n");
}

#[cfg(target_os = "linux")]
#[test]
fn loading_and_deactivating_start_no_process() {
    let sandbox = Sandbox::with_x_and_y();
    let script = format!("source {}\n", quoted(functions(&sandbox)));
    let started = |code: &str| {
        let script = sandbox.write("script.nu", format!("{script}{code}"));
        let mut command = sandbox.command("/usr/bin/strace");
        command.args([
            "-f",
            "-qq",
            "-e",
            "trace=execve",
            "-e",
            "status=successful",
            "-e",
            "signal=none",
            "-o",
            "trace",
        ]);
        command.arg(peer("nu")).arg("--no-config-file").arg(script);
        sandbox.run_command(command, b"").status(0).stdout("").stderr("");
        let trace = fs::read_to_string(sandbox.root().join("trace")).unwrap();
        // Nushell itself asks for the size of the terminal.
        trace.lines().filter(|line| !line.contains("/tput\"")).count()
    };
    assert_eq!(started(""), 1);
    assert_eq!(started("workon x"), 2);
    assert_eq!(started("workon x; deactivate"), 2);
    assert_eq!(started("workon x; cdvirtualenv; deactivate"), 3);
}

#[test]
fn deactivating_restores_what_activating_changed() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.set("PYTHONHOME", "/odd;50%");
    let outside = "PYTHONHOME=/odd;50%\nPATH \nin [ROOT]\n";
    let inside = |name: &str| {
        format!(
            "VIRTUAL_ENV=[ROOT]/envs/{name}\nVIRTUAL_ENV_PROMPT={name}\n\
             VENVWRAP_UNDO=root=[ENCODED]/envs/{name};hooks=[ENCODED]/envs;PYTHONHOME=/odd%3B50%25\n\
             PATH [ROOT]/envs/{name}/bin\nin [ROOT]\n"
        )
    };
    let answer = play(&sandbox, "seen; workon x; seen; workon y; seen; workon '-'; seen; deactivate; seen").status(0);
    let answer = answer.stderr("");
    let encoded = sandbox.root().to_str().unwrap().replace('%', "%25").replace(';', "%3B");
    let text = answer.stdout_text().replace(&encoded, "[ENCODED]");
    assert_eq!(text, format!("{outside}{}{}{}{outside}", inside("x"), inside("y"), inside("x")));
}

#[test]
fn names_and_values_are_data() {
    let sandbox = Sandbox::new();
    let name = "it's (1) \"$x\" {y} `z`";
    sandbox.minimal_environment(name);
    sandbox.run(["set", name, "A=$env.HOME (1) \"q\" 'r' \\", "--path", "/opt/(x)"]).status(0);
    let code = format!(
        "workon {name}\nseen\nprint $env.A\n^/usr/bin/printenv A\n$env.A = 'mine'\nworkon {name}\ndeactivate\n\
         print ($env.A? | to nuon)\nseen",
        name = quoted(name)
    );
    let answer = play(&sandbox, &code).status(0).stderr("");
    let text = answer.stdout_text();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("VENVWRAP_UNDO=")).collect();
    let value = "$env.HOME (1) \"q\" 'r' \\";
    let root = format!("VIRTUAL_ENV=[ROOT]/envs/{name}");
    let prompt = format!("VIRTUAL_ENV_PROMPT={name}");
    let path = format!("PATH [ROOT]/envs/{name}/bin : /opt/(x)");
    assert_eq!(lines, [&*root, &prompt, &path, "in [ROOT]", value, value, "null", "PATH ", "in [ROOT]"]);
}

#[test]
fn a_value_that_is_no_text_is_refused() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("plan", "");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let root = sandbox.minimal_environment(std::ffi::OsStr::from_bytes(b"x\xff"));
    let mut command = sandbox.command(BINARY);
    command.arg("--plan=nu/2/1").arg(format!("--into={}", file.display()));
    command.arg("workon").arg(root.file_name().unwrap());
    sandbox.run_command(command, b"").status(1).stdout("").stderr(
        "venvwrap: nu cannot hold `[ROOT]/envs/x\\xff`: it is not UTF-8\nhint: use bash, zsh, or fish for it\n",
    );
    assert_eq!(fs::read(file).unwrap(), b"");
}

#[test]
fn an_environment_lives_from_creation_to_removal() {
    let sandbox = Sandbox::plain();
    let code = "
        mkvirtualenv --no-pip one
        print (^python -c 'import os, sys; print(os.path.basename(sys.prefix))' | str trim)
        cdvirtualenv bin
        print $env.PWD
        cpvirtualenv one two
        print $env.VIRTUAL_ENV
        workon one
        mvvirtualenv one three
        deactivate
        print (lsvirtualenv -b | lines | to nuon)
        allvirtualenv python -c 'import os; print(os.environ[\"VIRTUAL_ENV_PROMPT\"], os.getcwd())'
        cd ($env.WORKON_HOME | path join two)
        rmvirtualenv two three
        print $env.PWD
        venvwrap undo two
        mktmpenv --no-pip
        print ($env.PWD == $env.VIRTUAL_ENV)
        deactivate
        lsvirtualenv -b | print";
    let text = play(&sandbox, code).status(0).stdout_text();
    let is_temporary = |line: &str| line.starts_with("Removing temporary environment: tmp-");
    assert_eq!(text.lines().filter(|line| is_temporary(line)).count(), 1, "{text}");
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.contains("temporary") && !line.starts_with("Removing tmp-")).collect();
    assert_eq!(
        lines.join("\n"),
        "one\n[ROOT]/envs/one/bin\nCopying one as two...\n[ROOT]/envs/two\n[three, two]\n\
         three\n=====\nthree [ROOT]/envs/three\n\ntwo\n===\ntwo [ROOT]/envs/two\n\n\
         Removing two...\nRemoving three...\n[ROOT]/envs\ntrue\ntwo"
    );
}

#[test]
fn a_failure_is_one_after_the_changes_and_ends_a_script() {
    let sandbox = Sandbox::with_x_and_y();
    let missing = "venvwrap: environment `nix` does not exist in [ROOT]/envs\n\
                   hint: `lsvirtualenv -b` lists the environments; `mkvirtualenv nix` creates it\n";
    play(&sandbox, "workon nix\nprint no").status(1).stdout("").stderr(missing);
    play(&sandbox, "deactivate\nprint no").status(1).stdout("").stderr("venvwrap: no virtualenv active\n");
    play(&sandbox, "workon x; try { workon nix } catch {|error| print $error.exit_code }; print $env.VIRTUAL_ENV")
        .status(0)
        .stdout("1\n[ROOT]/envs/x\n")
        .stderr(missing);
    let answer = play(&sandbox, "allvirtualenv --status false\nprint no");
    assert_ne!(answer.code(), 0, "{answer}");
}

#[test]
fn the_record_is_the_one_of_the_other_shells() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["set", "x", "A=of x"]).status(0);
    let tell = "printf '%s ' \"${VIRTUAL_ENV-unset}\" \"${A-unset}\" \"${VENVWRAP_UNDO-unset}\"";
    let bash = sandbox.write("child.bash", format!(". '{}'\ndeactivate\n{tell}\n", Shell::Bash.functions().display()));
    let code = format!("workon x; ^bash {}; print $env.A; deactivate; print ($env.A? | to nuon)", quoted(bash));
    play(&sandbox, &code).status(0).stderr("").stdout("unset unset unset of x\nnull\n");
    let script = format!(
        "source {}\nprint ($env.PATH | first)\ndeactivate\nprint $env.A? $env.PATH.0",
        quoted(functions(&sandbox))
    );
    let child = sandbox.write("child.nu", script);
    let words = [peer("nu").into_os_string(), "--no-config-file".into(), child.into_os_string()];
    let words = words.map(|word| String::from_utf8(Shell::Bash.quoted(word.as_bytes())).unwrap()).join(" ");
    let code = format!("export A=mine\nworkon x\nPATH=/late:$PATH\n{words}\necho \"$A\"");
    let answer = Shell::Bash.plain().run(&sandbox, code).status(0).stderr("");
    assert_eq!(answer.stdout_text(), "[ROOT]/envs/x/bin\nmine\n/late\nof x\n");
}

#[test]
fn hooks_in_nushell_change_the_environment_and_others_are_for_other_shells() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.write("envs/postactivate", "export FROM_SH=1\n");
    sandbox.write("envs/x/bin/postactivate", "export FROM_SH=1\n");
    let hook = "$env.FROM_NU = $\"of ($env.VIRTUAL_ENV | path basename) \\(1)\"\n$env.PATH = $env.PATH | append /added\ncd /\n";
    sandbox.write("envs/postactivate.nu", hook);
    sandbox.write("envs/predeactivate.nu", "print $\"leaving ($env.VIRTUAL_ENV_PROMPT)\"\nhide-env FROM_NU\n");
    sandbox.write("envs/initialize.nu", "print loaded\n");
    let broken = sandbox.write("envs/x/bin/postdeactivate.nu", "$env.LOST = 1\nexit 3\n");
    let code = "workon x; print $env.FROM_NU ($env.FROM_SH? | to nuon) $env.PWD ($env.PATH | last); deactivate; print ([$env.FROM_NU? $env.LOST?] | to nuon)";
    play(&sandbox, code).status(0).stderr("").stdout("loaded\nof x (1)\nnull\n/\n/added\nleaving x\n[null, null]\n");
    fs::remove_file(broken).unwrap();
    // A project's hook runs only if it is trusted, and another language is not offered.
    let project = sandbox.root().join("project");
    sandbox.write("project/.virtualenvwrapper/postactivate", "exit 1\n");
    sandbox.write("project/.virtualenvwrapper/predeactivate.nu", "print 'of the project'\n");
    sandbox.run(["setvirtualenvproject", "x", project.to_str().unwrap()]).status(0);
    let refused = "[ROOT]/project/.virtualenvwrapper/predeactivate.nu is not trusted and was not sourced\n";
    let code = "workon --no-cd x; deactivate";
    play(&sandbox, code).status(0).stdout("loaded\nleaving x\n").stderr(refused);
    sandbox.run(["trust", project.to_str().unwrap()]).status(0);
    play(&sandbox, code).status(0).stdout("loaded\nof the project\nleaving x\n").stderr("");
}

#[test]
fn a_plan_goes_into_a_new_private_file_only() {
    let sandbox = Sandbox::with_x_and_y();
    let into = |file: &Path| {
        let mut command = sandbox.command(BINARY);
        command.args(["--plan=nu/2/1", &format!("--into={}", file.to_str().unwrap()), "workon", "x"]);
        sandbox.run_command(command, b"")
    };
    let private = |name: &str, text: &str, mode: u32| {
        let file = sandbox.write(name, text);
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        file
    };
    let plan = private("plan", "", 0o600);
    into(&plan).silent();
    assert!(fs::read_to_string(&plan).unwrap().starts_with("[[\"depart\"],[\"enter\",\""));
    let link = sandbox.root().join("link");
    symlink(private("target", "", 0o600), &link).unwrap();
    let pipe = sandbox.root().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let refused = [private("open", "", 0o644), private("full", "x", 0o600), link, pipe, sandbox.root().join("none")];
    for file in &refused {
        let answer = into(file);
        assert_eq!((answer.code(), answer.stdout_text()), (1, String::new()), "{answer}");
        let named = format!("venvwrap: cannot write: [ROOT]/{}", file.file_name().unwrap().to_str().unwrap());
        assert!(answer.stderr_text().starts_with(&named), "{answer}");
    }
    assert_eq!(fs::read_to_string(sandbox.root().join("full")).unwrap(), "x");
}

#[test]
fn a_removed_directory_is_left_before_anything_runs() {
    let sandbox = Sandbox::with_x_and_y();
    let code = "mkdir deep/er; cd deep/er; ^rm -r ../../deep; workon x; print $env.PWD; deactivate; print ($env.VIRTUAL_ENV? | to nuon)";
    play(&sandbox, code).status(0).stderr("").stdout("[ROOT]\nnull\n");
}

#[test]
fn commands_of_the_user_with_the_names_of_builtins_do_no_harm() {
    let sandbox = Sandbox::with_x_and_y();
    let functions = functions(&sandbox);
    let prelude = "alias cd = ^false\nalias rm = ^false\nalias open = ^false\ndef mktemp [] { error make {msg: no} }\ndef ls [] { [] }";
    let text = format!("{prelude}\nsource {}\nworkon x; cdvirtualenv; ^pwd; deactivate", quoted(functions));
    let mut command = nu::command(&sandbox);
    command.arg(sandbox.write("script.nu", text));
    sandbox.run_command(command, b"").status(0).stderr("").stdout("[ROOT]/envs/x\n");
}

#[test]
fn tab_offers_names_in_the_quotes_of_nushell() {
    let sandbox = Sandbox::new();
    for name in ["api", "it's $x", "two words"] {
        sandbox.minimal_environment(name);
    }
    let offered = |line: &str| {
        let text = format!("source {}\n{line}", quoted(functions(&sandbox)));
        let script = sandbox.write("line.nu", &text);
        let mut command = nu::command(&sandbox);
        command.args(["--ide-complete", &text.len().to_string()]).arg(script);
        sandbox.run_command(command, b"").status(0).stdout_text()
    };
    let answer = sandbox.run(["complete", "nu", "--", "workon", ""]).status(0).stderr("");
    assert_eq!(
        answer.stdout_text(),
        "[{\"value\":\"api\",\"description\":\"3.11.2\"},{\"value\":\"\\\"it's $x\\\"\",\"description\":\"3.11.2\"},\
         {\"value\":\"\\\"two words\\\"\",\"description\":\"3.11.2\"}]\n"
    );
    assert!(offered("workon a").contains("api"));
    assert!(offered("venvwrap showv").contains("showvirtualenv"));
}

#[test]
fn setup_writes_the_commands_where_nushell_loads_them() {
    let sandbox = Sandbox::with_x_and_y();
    let file = sandbox.home().join(".config/nushell/autoload/venvwrap.nu");
    let answer = sandbox.run(["setup", "nu", "--yes"]).status(0);
    assert!(answer.stderr_text().starts_with("Set up nu in ~/.config/nushell/autoload/venvwrap.nu\n"), "{answer}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\n# The output of init nu\nmodule venvwrap-shell {\n"), "{text}");
    sandbox.run(["setup", "nu", "--yes"]).status(0).stdout("").stderr_contains("nu is already set up in");
    let mut command = sandbox.command(peer("nu"));
    // At a prompt Nushell loads the files of this directory, of which it tells here.
    command.args(["--no-config-file", "--commands"]);
    command.arg("source ($nu.user-autoload-dirs.0 | path join venvwrap.nu); workon x; print $env.VIRTUAL_ENV");
    sandbox.run_command(command, b"").status(0).stderr("").stdout("[ROOT]/envs/x\n");
    sandbox.run(["setup", "nu", "--auto", "--yes"]).status(0);
    sandbox.run(["setup", "nu", "--yes"]).status(0).stderr_contains("nu is already set up in");
    assert!(fs::read_to_string(&file).unwrap().contains("\nwatch-directory\n"));
    sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
    assert!(!file.exists());
}

#[test]
fn what_doctor_offers_can_be_typed() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.set("PYTHONPATH", "/lib/mine");
    let look = "let told = venvwrap doctor | complete | get stdout";
    let code = format!(
        "workon x; {look}; print ($told =~ '`hide-env PYTHONPATH`'); hide-env PYTHONPATH; {look}; print ($told =~ PYTHONPATH)"
    );
    play(&sandbox, &code).status(0).stdout("true\nfalse\n");
}

/// What a message has between backticks after this word.
fn offered(text: &str, word: &str) -> String {
    let start = text.find(&format!("`{word} ")).unwrap_or_else(|| panic!("no `{word}` in {text}")) + 1;
    // A name may have a backtick, too.
    let end = ["` brings", "` permits", "`\n"].iter().filter_map(|end| text[start..].find(end)).min().unwrap();
    text[start..start + end].to_owned()
}

#[test]
fn a_hint_with_a_hostile_name_can_be_pasted() {
    let names = [
        "it's $x \"q\"",
        "it's",
        "a\\'b\\\\ c\\",
        "$(touch pwned) `touch pwned`",
        "(touch pwned); #'!",
        "a\u{202e}\tb",
        "-x 'y",
        "\"'",
    ];
    let sandbox = Sandbox::new();
    for name in names {
        let root = sandbox.minimal_environment(name);
        sandbox.run(["lock", "--", name]).status(0);
        let remove = format!("rmvirtualenv -- {}", quoted(name));
        let refused = play(&sandbox, &remove).status(1);
        let hint = offered(&refused.stderr_text(), "venvwrap unlock");
        play(&sandbox, &hint).status(0).stdout("");
        let removed = play(&sandbox, &remove).status(0);
        assert!(!root.exists(), "{name}");
        let hint = offered(&removed.stderr_text(), "venvwrap undo");
        play(&sandbox, &hint).status(0).stdout("");
        assert!(root.exists(), "{name}: {hint}");
    }
    assert!(!sandbox.root().join("pwned").exists());
    // Two commands in one line, which Nushell does not join with `&&`.
    let name = names[0];
    for file in ["pyvenv.cfg", "bin/activate"] {
        fs::remove_file(sandbox.environment(name).join(file)).unwrap();
    }
    let found = play(&sandbox, "try { venvwrap doctor }").status(0).stdout_text();
    let start = found.find("`mv ").unwrap() + 1;
    let line = found[start..].lines().next().unwrap().trim_end_matches('`').to_owned() + " --without-pip";
    play(&sandbox, &line).status(0).stderr_contains("Created `it's $x \"q\"`");
}

/// The variable that has uv use an environment, in `$env` and for a program.
const UV: &str = r#"
def uv-sees [] {
    let outside = do { ^/usr/bin/printenv UV_PROJECT_ENVIRONMENT } | complete | get stdout | str trim
    print $"($env.UV_PROJECT_ENVIRONMENT?), a program: ($outside)"
}"#;

#[test]
fn uv_uses_the_environment_in_its_project_and_in_no_other() {
    let mut sandbox = Sandbox::with_x_and_y();
    for directory in ["my project", "my project/nested", "my project/src", "other"] {
        fs::create_dir_all(sandbox.root().join(directory)).unwrap();
    }
    for project in ["my project", "my project/nested", "other"] {
        sandbox.write(format!("{project}/pyproject.toml"), "[project]\nname = 'x'\n");
    }
    symlink(sandbox.root().join("my project/src"), sandbox.root().join("link")).unwrap();
    sandbox.run(["setvirtualenvproject", "x", "my project"]).status(0);
    sandbox.run(["uv", "on", "x"]).status(0);
    let code = |before: &str| {
        format!(
            "{UV}\n{before}\nworkon x; uv-sees; cd src; uv-sees; cd ../nested; uv-sees; cd ../../link; uv-sees
             cd ../other; uv-sees; cdvirtualenv; uv-sees; cdproject; uv-sees; venvwrap uv off; uv-sees
             venvwrap uv on; uv-sees; mvvirtualenv x new; uv-sees; setvirtualenvproject new ../other; uv-sees
             setvirtualenvproject new '../my project'; uv-sees; mvvirtualenv new x; $env.UV_PROJECT_ENVIRONMENT = 'mine'
             cd ../other; uv-sees; cdproject; uv-sees; workon -n y; uv-sees; workon x; cd ../other; deactivate; uv-sees
             if 'UV_PROJECT_ENVIRONMENT' in $env.ENV_CONVERSIONS {{ print 'a program' }}"
        )
    };
    let x = "[ROOT]/envs/x";
    let inside = format!("{x}, a program: {x}\n");
    for (before, value) in [("", ""), ("$env.UV_PROJECT_ENVIRONMENT = 'a;%b'", "a;%b")] {
        let kept = format!("{x}, a program: {value}\n");
        let outside = format!("{value}, a program: {value}\n");
        let new = inside.replace("/x", "/new");
        let mine = "mine, a program: mine\n";
        let expected = [
            &inside, &inside, &kept, &inside, &kept, &outside, &inside, &outside, &inside, &new, &outside, &new, mine,
            &inside, mine, mine,
        ];
        let text = play(&sandbox, &code(before)).status(0).stdout_text();
        let seen: String = text.lines().filter(|line| line.contains("program")).flat_map(|line| [line, "\n"]).collect();
        assert_eq!(seen, expected.concat());
    }
    // In a child of another shell, and in one of Nushell.
    sandbox.set("UV_PROJECT_ENVIRONMENT", "before");
    let child =
        format!("source {}\n{UV}\nuv-sees; cd ../other; uv-sees; deactivate; uv-sees", quoted(functions(&sandbox)));
    let child = sandbox.write("child.nu", child);
    let words = [peer("nu").into_os_string(), "--no-config-file".into(), child.clone().into_os_string()];
    let words = words.map(|word| String::from_utf8(Shell::Bash.quoted(word.as_bytes())).unwrap()).join(" ");
    let told = format!("{inside}{x}, a program: before\nbefore, a program: before\n");
    let answer = Shell::Bash.plain().run(&sandbox, format!("workon x\n{words}")).status(0).stderr("");
    assert_eq!(answer.stdout_text(), told);
    let code = format!("workon x; ^$nu.current-exe --no-config-file {}", quoted(child));
    play(&sandbox, &code).status(0).stderr("").stdout(told);
}

#[test]
fn commands_of_another_version_are_told_how_to_get_the_new_ones() {
    let sandbox = Sandbox::new();
    sandbox.run(["--plan=nu/0", "workon", "x"]).status(2).stdout("").stderr(
        "venvwrap: the functions in this shell are from another version of venvwrap\n\
         hint: run `venvwrap setup nu`, and start a new shell\n",
    );
}

/// A program in front of venvwrap is killed with half a plan written, as long as a file says so.
#[test]
fn a_killed_command_changes_nothing_and_works_again() {
    let sandbox = Sandbox::with_x_and_y();
    let text = String::from_utf8(sandbox.run(["init", "nu"]).status(0).stdout).unwrap();
    let program = sandbox.root().join("killed");
    let code = format!(
        "#!/bin/sh\n[ -f half ] || exec {BINARY} \"$@\"\n\
         for word; do case $word in --into=*) cat half >\"${{word#--into=}}\"; break ;; esac; done\nkill -9 $$\n"
    );
    write_program(&program, code);
    let start = format!("const executable = {}", nu::quoted(BINARY));
    assert!(text.contains(&start), "{text:.200}");
    let text = text.replace(&start, &format!("const executable = {}", quoted(program)));
    let functions = sandbox.write("killed.nu", text);
    let whole = format!("[[\"enter\",{0},\"y\",{0}],[\"cd\",\"/\"]]", quoted(sandbox.environment("y")));
    for length in [0, 1, 9, whole.len() / 2, whole.len() - 1] {
        sandbox.write("half", &whole[..length]);
        let code = format!(
            "source {}\n{SEEN}\nmv half aside; workon x; seen; mv aside half
             print (try {{ workon y; 0 }} catch {{ 1 }}); seen; rm half; workon y; deactivate; seen",
            quoted(&functions)
        );
        let mut command = nu::command(&sandbox);
        command.arg(sandbox.write("script.nu", code));
        let text = sandbox.run_command(command, b"").status(0).stdout_text();
        let (before, after) = text.split_once("1\n").unwrap();
        assert_eq!(after, format!("{before}PATH \nin [ROOT]\n"), "{length}");
        assert_eq!(names(&sandbox.root().join("tmp")), Vec::<String>::new(), "{length}");
    }
}

/// On the disk where plans would be.
#[cfg(target_os = "linux")]
#[test]
fn without_space_or_a_writable_disk_the_shell_stays_as_it_is() {
    let mut sandbox = Sandbox::with_x_and_y();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    disk.fill_but(0);
    let temporary = sandbox.root().join("tmp");
    let inside = play(&sandbox, "workon x; seen").status(0).stdout_text();
    let code = "try { workon x } catch { print failed }; seen";
    let outside = "failed\nPATH \nin [ROOT]\n";
    sandbox.set("TMPDIR", disk.path());
    let full = "venvwrap: cannot write: the plan for this shell: No space left on device (os error 28)\n";
    play(&sandbox, code).status(0).stdout(outside).stderr(full);
    assert_eq!(names(disk.path()), ["filling"]);
    disk.empty();
    play(&sandbox, code).status(0).stdout(&inside).stderr("");
    disk.protect();
    play(&sandbox, code).status(0).stdout(outside).stderr("");
    // The runtime directory is tried first, then the one for temporary files.
    sandbox.set("XDG_RUNTIME_DIR", disk.path()).set("TMPDIR", temporary);
    play(&sandbox, code).status(0).stdout(&inside).stderr("");
}

#[test]
fn shells_that_switch_at_once_get_their_own_plans() {
    let sandbox = Sandbox::with_x_and_y();
    let code = |name: &str| {
        let lines = format!("workon {name}; print $env.VIRTUAL_ENV; deactivate\n").repeat(6);
        let made = "try { mkvirtualenv -q --without-pip made } catch { workon made }; print $env.VIRTUAL_ENV";
        sandbox.write(format!("{name}.nu"), format!("source {}\n{lines}{made}", quoted(nu::functions())))
    };
    let scripts = ["x", "y"].map(|name| (name, code(name)));
    std::thread::scope(|scope| {
        let play = |(name, script): (&'static str, PathBuf)| {
            let mut command = nu::command(&sandbox);
            command.arg(script);
            (name, sandbox.run_command(command, b"").status(0).stdout_text())
        };
        let playing = [0, 1, 0, 1].map(|index| {
            let pair = scripts[index].clone();
            scope.spawn(move || play(pair))
        });
        for each in playing {
            let (name, text) = each.join().unwrap();
            assert_eq!(text, format!("[ROOT]/envs/{name}\n").repeat(6) + "[ROOT]/envs/made\n");
        }
    });
    assert_eq!(names(&sandbox.root().join("tmp")), Vec::<String>::new());
}
