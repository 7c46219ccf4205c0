//! Automatic switching (`init SHELL --auto`), at a real terminal in every shell: when it switches,
//! when it leaves things alone, and what a hostile project cannot do.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::interactive::COMPINIT;
use crate::support::programs::write_program;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

/// The lines that load the functions with automatic switching, after they were loaded without.
fn automatic(shell: Shell) -> RcFile {
    let after = match shell {
        Shell::Bash => "eval \"$(\"$VENVWRAP\" init bash --auto)\"",
        Shell::Zsh => "eval \"$(\"$VENVWRAP\" init zsh --auto)\"",
        Shell::Fish => "$VENVWRAP init fish --auto | source",
    };
    RcFile { before: "", after }
}

fn in_every_shell(sandbox: &Sandbox, test: impl Fn(&Terminal<'_>)) {
    for shell in Shell::ALL {
        let terminal = Terminal::start_with(sandbox, shell, automatic(shell));
        assert_eq!(terminal.screen(), "$", "{shell:?}: something was said while loading");
        test(&terminal);
    }
}

/// Two projects that are linked to environments, and a directory that is none.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["api", "web"] {
        sandbox.minimal_environment(name);
        let project = sandbox.root().join("src").join(name);
        fs::create_dir_all(project.join("deep/er")).unwrap();
        sandbox.run(["setvirtualenvproject", name, project.to_str().unwrap()]).status(0);
    }
    fs::create_dir_all(sandbox.root().join("none/deep")).unwrap();
    sandbox
}

/// The environment that is active, by its name; empty without one.
fn active(terminal: &Terminal<'_>) -> String {
    terminal.value("VIRTUAL_ENV").replace("[ROOT]/envs/", "")
}

#[track_caller]
fn goes(terminal: &Terminal<'_>, steps: &[(&str, &str)]) {
    for (line, name) in steps {
        terminal.run(line);
        assert_eq!(active(terminal), *name, "{:?}: {line}: {}", terminal.shell, terminal.screen());
    }
}

#[test]
fn entering_a_project_activates_its_environment_and_leaving_deactivates_it() {
    let sandbox = world();
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("cd src/api"), "$ cd src/api\n(api) $");
        goes(
            terminal,
            &[
                ("true", "api"),
                ("cd deep/er", "api"),
                ("cd ../../../web", "web"),
                ("cd -", "api"),
                ("pushd ../../../../none", ""),
                ("cd ../src/web/deep", "web"),
                ("cd ..", "web"),
                ("cd ../../none/deep", ""),
                ("cd ../../src/api", "api"),
            ],
        );
        assert_eq!(terminal.run("cd /"), "(api) $ cd /\n$");
        assert_eq!(terminal.value("VENVWRAP_UNDO"), "");
    });
}

#[test]
fn a_directory_changed_by_a_function_counts() {
    let sandbox = world();
    in_every_shell(&sandbox, |terminal| {
        match terminal.shell {
            Shell::Fish => terminal.run("function go; cd $argv[1]; end"),
            _ => terminal.run("go() { cd \"$1\"; }"),
        };
        goes(terminal, &[("go src/web", "web"), ("go ../..", ""), ("go src/api/deep", "api")]);
    });
}

#[test]
fn what_was_chosen_by_hand_stays_until_its_project_is_left() {
    let sandbox = world();
    in_every_shell(&sandbox, |terminal| {
        goes(
            terminal,
            &[
                ("cd src/api", "api"),
                // Chosen in this project.
                ("workon -n web", "web"),
                ("cd deep", "web"),
                // Not activated automatically, so it stays where there is no project.
                ("cd ../../../none", "web"),
                ("cd ../src/api", "api"),
                ("deactivate", ""),
                ("cd deep", ""),
                ("cd ..", ""),
                ("cd ../web", "web"),
                ("cd ../api", "api"),
                ("cd /; workon web", "web"),
                ("cd deep", "web"),
            ],
        );
        assert_eq!(terminal.value("PWD"), "[ROOT]/src/web/deep");
    });
}

#[test]
fn a_new_shell_looks_where_it_is() {
    let sandbox = world();
    in_every_shell(&sandbox, |terminal| {
        let inner = terminal.shell_in_it();
        // It inherits an environment, and leaves the project by itself.
        goes(terminal, &[("cd src/api", "api"), (inner, "api"), ("cd ../../none", ""), ("exit", "api")]);
        // It starts in a project, whose environment was not active.
        goes(terminal, &[("deactivate", ""), (inner, "api"), ("exit", ""), ("cd ../../none", "")]);
    });
}

#[test]
fn environments_that_are_not_in_the_store_must_be_trusted_and_are_reported_once() {
    let sandbox = world();
    sandbox.minimal_environment_at(&sandbox.root().join("own/.venv"));
    in_every_shell(&sandbox, |terminal| {
        let screen = terminal.run("cd own");
        let message = "own/.venv is not trusted and was not activated; look at it, then `venvwrap trust ";
        // The screen wraps long lines.
        assert!(screen.replace('\n', "").contains(message), "{screen}");
        goes(terminal, &[("true", ""), ("cd ../src/api", "api")]);
        assert_eq!(terminal.run("cd ../../own"), "(api) $ cd ../../own\n$", "said again");
        goes(terminal, &[("venvwrap trust .", "[ROOT]/own/.venv"), ("cd ..", ""), ("cd own", "[ROOT]/own/.venv")]);
        // Another content is another decision.
        let text = format!("home = /usr/bin\nversion = 3.11.3\n# {:?}\n", terminal.shell);
        fs::write(sandbox.root().join("own/.venv/pyvenv.cfg"), text).unwrap();
        goes(terminal, &[("cd ..", ""), ("cd own", "")]);
        goes(terminal, &[("venvwrap trust .", "[ROOT]/own/.venv"), ("venvwrap trust --remove .; cd ..", "")]);
        goes(terminal, &[("cd own; true", ""), ("cd ..", "")]);
    });
}

#[test]
fn a_project_points_to_an_environment_of_the_store_in_every_way() {
    let sandbox = world();
    let web = sandbox.environment("web");
    let project = |name: &str| {
        let project = sandbox.root().join("ways").join(name);
        fs::create_dir_all(project.join("deep")).unwrap();
        project
    };
    symlink(&web, project("link").join(".venv")).unwrap();
    symlink("../../envs/web", project("relative link").join(".venv")).unwrap();
    fs::write(project("name").join(".venv"), "web\n").unwrap();
    fs::write(project("path").join(".venv"), format!("{}\n", web.to_str().unwrap())).unwrap();
    fs::write(project("list").join(".python-envs"), "../../envs/api\n../../envs/web\n").unwrap();
    in_every_shell(&sandbox, |terminal| {
        for name in ["link", "relative link", "name", "path", "list"] {
            goes(terminal, &[(&format!("cd 'ways/{name}/deep'"), "web"), ("cd ../../..", "")]);
        }
    });
}

#[test]
fn a_worktree_shares_the_environment_of_its_repository() {
    let sandbox = world();
    let git = |words: &[&str]| {
        let mut command = sandbox.command("git");
        command.args(["-C", "src/api", "-c", "user.name=x", "-c", "user.email=x@x"]).args(words);
        sandbox.run_command(command, b"").status(0);
    };
    git(&["init", "-q"]);
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&["worktree", "add", "-q", "-b", "fix", "../api fix"]);
    // A file that names a repository it does not belong to.
    fs::create_dir(sandbox.root().join("forged")).unwrap();
    fs::copy(sandbox.root().join("src/api fix/.git"), sandbox.root().join("forged/.git")).unwrap();
    in_every_shell(&sandbox, |terminal| {
        goes(terminal, &[("cd 'src/api fix'", "api"), ("cd ..", ""), ("cd ../forged", ""), ("cd ..", "")]);
        goes(terminal, &[("cd 'src/api fix'; workon .", "api"), ("cd ../..", "api"), ("deactivate", "")]);
    });
}

#[test]
fn the_packages_in_a_worktree_have_the_environments_of_their_repository() {
    let sandbox = world();
    for package in ["src/api/apps/web app", "src/api/apps/none"] {
        sandbox.write(format!("{package}/pyproject.toml"), "");
    }
    sandbox.write("src/api/apps/web app/deep/Makefile", "");
    sandbox.run(["setvirtualenvproject", "web", "src/api/apps/web app"]).status(0);
    let git = |words: &[&str]| {
        let mut command = sandbox.command("git");
        command.args(["-C", "src/api", "-c", "user.name=x", "-c", "user.email=x@x"]).args(words);
        sandbox.run_command(command, b"").status(0);
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    git(&["worktree", "add", "-q", "-b", "fix", "../fix it"]);
    in_every_shell(&sandbox, |terminal| {
        goes(
            terminal,
            &[
                ("cd 'src/fix it/apps/none'", "api"),
                ("cd '../web app'", "web"),
                ("cd deep", "web"),
                ("cd ../..", "api"),
                ("cd 'web app/deep'", "web"),
                ("cd ../../../..", ""),
            ],
        );
    });
    // Without an environment for the whole repository.
    fs::remove_file(sandbox.environment("api").join(".project")).unwrap();
    sandbox.minimal_environment("new in the store");
    in_every_shell(&sandbox, |terminal| {
        goes(
            terminal,
            &[
                ("cd 'src/fix it/apps'", ""),
                ("cd 'web app'", "web"),
                ("cd ../none", ""),
                ("cd '../web app/deep'", "web"),
                ("cd ../..", ""),
                ("cd ../..", ""),
                ("cd 'fix it/apps/web app'", "web"),
                ("cd \"$HOME\"", ""),
            ],
        );
    });
}

#[test]
fn marks_that_lead_nowhere_are_ignored_or_refused_in_one_line() {
    let sandbox = world();
    let mark = |name: &str, make: &dyn Fn(&Path)| {
        let project = sandbox.root().join("bad").join(name);
        fs::create_dir_all(&project).unwrap();
        make(&project.join(".venv"));
    };
    let write = |text: &'static [u8]| move |path: &Path| fs::write(path, text).unwrap();
    let link = |target: &'static str| move |path: &Path| symlink(target, path).unwrap();
    mark("empty", &write(b""));
    mark("control", &write(b"web\x1b[31m\n"));
    mark("binary", &write(b"\xff\xfe\0\0web"));
    mark("huge", &|path| fs::write(path, vec![b'x'; 1 << 20]).unwrap());
    mark("fifo", &|path| nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap());
    mark("unreadable directory", &|path| fs::create_dir(path).unwrap());
    mark("gone from the store", &|path| symlink(sandbox.environment("gone"), path).unwrap());
    let silent = ["empty", "control", "binary", "huge", "fifo", "unreadable directory", "gone from the store"];
    mark("loop", &link(".venv"));
    mark("device", &link("/dev/zero"));
    mark("nowhere", &link("/nosuch/disk/env"));
    mark("command", &write(b"$(touch canary)\n"));
    mark("above", &write(b"../../../../../../../../../../../../etc\n"));
    let refused = ["loop", "device", "nowhere", "command", "above"];
    let others = ["pipfile", "fifo for pipenv", "list", "git", "sparse", "submodule"];
    for name in others {
        fs::create_dir_all(sandbox.root().join("bad").join(name)).unwrap();
    }
    let bad = |path: &str| sandbox.root().join("bad").join(path);
    symlink("/dev/zero", bad("pipfile/Pipfile")).unwrap();
    nix::unistd::mkfifo(&bad("fifo for pipenv/Pipfile"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    symlink("/dev/zero", bad("list/.python-envs")).unwrap();
    fs::write(bad("git/.git"), vec![b'x'; 1 << 20]).unwrap();
    fs::File::create(bad("sparse/.git")).unwrap().set_len(20 << 30).unwrap();
    fs::write(bad("submodule/.git"), "gitdir: ../.git/modules/submodule\n").unwrap();
    in_every_shell(&sandbox, |terminal| {
        for name in silent.into_iter().chain(others) {
            let line = format!("cd 'bad/{name}'");
            assert_eq!(terminal.run(&line), format!("$ {line}\n$"), "{:?}", terminal.shell);
            assert_eq!(active(terminal), "");
            terminal.run("cd ../..");
        }
        for name in refused {
            let screen = terminal.run(format!("cd 'bad/{name}'"));
            assert_eq!(screen.matches("is not trusted and").count(), 1, "{name}: {screen}");
            assert_eq!(active(terminal), "");
            assert_eq!(terminal.run("cd ../.."), "$ cd ../..\n$");
        }
    });
    assert!(!sandbox.root().join("canary").exists() && !sandbox.root().join("bad/command/canary").exists());
}

#[test]
fn no_process_is_started_where_nothing_changes() {
    let sandbox = world();
    let counted = sandbox.tools().join("counted");
    let log = sandbox.root().join("calls");
    let quoted = |path: &Path| String::from_utf8(Shell::Bash.quoted(path.to_str().unwrap())).unwrap();
    let text = format!("#!/bin/sh\necho \"$*\" >>{}\nexec {BINARY} \"$@\"\n", quoted(&log));
    write_program(&counted, text);
    for shell in Shell::ALL {
        let after = match shell {
            Shell::Bash => "eval \"$(\"$VENVWRAP\" init bash --auto --executable counted)\"",
            Shell::Zsh => "eval \"$(\"$VENVWRAP\" init zsh --auto --executable counted)\"",
            Shell::Fish => "$VENVWRAP init fish --auto --executable counted | source",
        };
        fs::write(&log, "").unwrap();
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before: "", after });
        let calls = || fs::read_to_string(&log).unwrap().lines().filter(|line| line.contains("automatic")).count();
        goes(&terminal, &[("true", ""), ("cd none", ""), ("cd deep", ""), ("cd /usr/share; cd -", "")]);
        assert_eq!(calls(), 0, "{shell:?}: {}", fs::read_to_string(&log).unwrap());
        goes(&terminal, &[("cd ../../src/api", "api"), ("cd deep", "api"), ("cd er", "api"), ("true", "api")]);
        assert_eq!(calls(), 1, "{shell:?}: {}", fs::read_to_string(&log).unwrap());
        goes(&terminal, &[("cd ../../../../none", ""), ("cd deep", "")]);
        assert_eq!(calls(), 1, "{shell:?}: leaving needs none");
        if shell == Shell::Fish {
            // fish knows times by the second.
            continue;
        }
        // A new environment in the store: the list of linked directories is made anew.
        sandbox.minimal_environment("new");
        goes(&terminal, &[("cd ..", ""), ("cd deep", ""), ("cd ..", "")]);
        assert_eq!(calls(), 2, "{shell:?}: {}", fs::read_to_string(&log).unwrap());
        fs::remove_dir_all(sandbox.environment("new")).unwrap();
    }
}

#[test]
fn a_link_made_meanwhile_is_found() {
    let sandbox = world();
    in_every_shell(&sandbox, |terminal| {
        terminal.run("cd none");
        terminal.run("setvirtualenvproject api .");
        goes(terminal, &[("cd ..", ""), ("cd none", "api"), ("cd ..", "")]);
        let project = sandbox.root().join("src/api");
        sandbox.run(["setvirtualenvproject", "api", project.to_str().unwrap()]).status(0);
    });
}

#[test]
fn the_prompt_commands_of_others_stay_and_see_the_status() {
    let sandbox = world();
    for before in ["PROMPT_COMMAND=\"asked=\\$?; $PROMPT_COMMAND\"", "PROMPT_COMMAND+=('asked=$?')"] {
        let rc = RcFile { before, ..automatic(Shell::Bash) };
        let terminal = Terminal::start_with(&sandbox, Shell::Bash, rc);
        terminal.run("cd src/api; (exit 7)");
        assert_eq!(terminal.value("asked"), "7", "{before}");
        assert_eq!(active(&terminal), "api");
        terminal.run("case \"${PROMPT_COMMAND[*]}\" in *asked*automatic*) kept=yes ;; esac");
        assert_eq!(terminal.value("kept"), "yes", "{before}");
    }
    let after = "eval \"$(\"$VENVWRAP\" init bash --auto)\"; PROMPT_COMMAND+=('asked=$?')";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before: "", after });
    terminal.run("cd src/api; (exit 7)");
    assert_eq!(terminal.value("asked"), "7");
    // What is set afterwards replaces the first element only.
    let after = "eval \"$(\"$VENVWRAP\" init bash --auto)\"; eval \"$(\"$VENVWRAP\" init bash --auto)\"
PROMPT_COMMAND=\"more=1;$PROMPT_COMMAND\"";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before: "", after });
    goes(&terminal, &[("cd src/api", "api")]);
    assert_eq!(terminal.value("more"), "1");
    terminal.run(
        "words=(${PROMPT_COMMAND[*]}); count=0; \
         for word in \"${words[@]}\"; do [[ $word != __venvwrap_automatic ]] || count=$((count + 1)); done",
    );
    assert_eq!(terminal.value("count"), "1", "called once for each prompt");
}

#[test]
fn bash_preexec_calls_it_from_its_list() {
    let sandbox = world();
    let before = "bash_preexec_imported=defined; precmd_functions=(theirs); theirs() { :; }
call_all() { local each; for each in \"${precmd_functions[@]}\"; do \"$each\"; done; }
PROMPT_COMMAND=\"$PROMPT_COMMAND; call_all\"";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before, ..automatic(Shell::Bash) });
    goes(&terminal, &[("cd src/api", "api"), ("cd /", "")]);
    terminal.run("kept=\"${precmd_functions[*]}\"");
    assert_eq!(terminal.value("kept"), "theirs __venvwrap_automatic");
}

#[test]
fn it_works_under_the_options_of_careful_people() {
    let sandbox = world();
    let cases = [
        (Shell::Bash, "set -euf -o pipefail; IFS=/"),
        (Shell::Bash, "set -o posix; CDPATH=/nosuch"),
        (Shell::Zsh, "setopt ksh_arrays sh_word_split nounset err_return; IFS=/"),
        (Shell::Zsh, COMPINIT),
    ];
    for (shell, before) in cases {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        let lines = [
            ("cd src/api", "\n(api) $"),
            ("cd deep || true", "\n(api) $"),
            ("cd ../../web", "\n(web) $"),
            ("cd /", "\n$"),
        ];
        for (line, prompt) in lines {
            let screen = terminal.run(line);
            assert!(screen.ends_with(prompt) && screen.lines().count() == 2, "{shell:?}: {before}: {screen}");
        }
    }
}

#[test]
fn another_tool_that_switches_by_directory_goes_first() {
    let sandbox = world();
    let rivals = [
        (Shell::Bash, "_pyenv_virtualenv_hook() { :; }"),
        (Shell::Zsh, "_pyenv_virtualenv_hook() { :; }"),
        (Shell::Zsh, "workon_cwd() { :; }"),
        (Shell::Zsh, "check_venv() { :; }; AUTOSWITCH_VERSION=3"),
        (Shell::Fish, "function __vfsupport_auto_activate; end"),
    ];
    for (shell, before) in rivals {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        goes(&terminal, &[("cd src/api", ""), ("cd ..", "")]);
        let screen = terminal.run("venvwrap doctor");
        assert!(screen.contains("automatic switching is off here, because"), "{screen}");
    }
    // direnv and mise decide directory by directory.
    fs::write(sandbox.root().join("src/web/.envrc"), "layout python\n").unwrap();
    fs::write(sandbox.root().join("src/api/.envrc"), "export DEBUG=1\n").unwrap();
    for (shell, before) in [
        (Shell::Bash, "_direnv_hook() { :; }"),
        (Shell::Zsh, "_direnv_hook() { :; }"),
        (Shell::Fish, "function __direnv_export_eval; end"),
    ] {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        goes(&terminal, &[("cd src/web", ""), ("cd ../api", "api")]);
    }
    in_every_shell(&sandbox, |terminal| {
        goes(terminal, &[("cd src/web", "web")]);
    });
    // An environment that somebody else activated is not replaced.
    in_every_shell(&sandbox, |terminal| {
        match terminal.shell {
            Shell::Fish => terminal.run("set -gx VIRTUAL_ENV /usr"),
            _ => terminal.run("export VIRTUAL_ENV=/usr"),
        };
        goes(terminal, &[("cd src/api", "/usr"), ("cd deep", "/usr")]);
        match terminal.shell {
            Shell::Fish => terminal.run("set -e VIRTUAL_ENV"),
            _ => terminal.run("unset VIRTUAL_ENV"),
        };
        goes(terminal, &[("true", "api"), ("cd /", "")]);
    });
}

#[test]
fn the_installed_file_obeys_the_settings() {
    let sandbox = world();
    for shell in Shell::ALL {
        let share = sandbox.root().join("share");
        let share = share.to_str().unwrap();
        sandbox
            .run(["init", shell.name(), "--executable", BINARY, "--share", share, "--into", share])
            .status(0)
            .silent();
        symlink(share, sandbox.home().join("installed")).unwrap();
        let after = format!(". ~/installed/venvwrap/init.{}", shell.name()).leak();
        let rc = RcFile { before: "", after };
        let settings = sandbox.home().join(".config/venvwrap/config.toml");
        for (text, name) in [("", ""), ("# auto = true\nauto = false\n", ""), ("heal = \"auto\"\nauto = true", "api")] {
            sandbox.write(&settings, text);
            let terminal = Terminal::start_with(&sandbox, shell, rc);
            goes(&terminal, &[("cd src/api", name)]);
        }
        fs::remove_file(settings).unwrap();
        fs::remove_file(sandbox.home().join("installed")).unwrap();
    }
}

#[test]
fn hooks_fire_as_for_workon_and_nothing_is_printed_twice() {
    let sandbox = world();
    for name in ["postactivate", "postdeactivate"] {
        sandbox.write(format!("envs/{name}"), format!("echo {name}\n"));
    }
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("cd src/api"), "$ cd src/api\npostactivate\n(api) $");
        assert_eq!(terminal.run("cd /"), "(api) $ cd /\npostdeactivate\n$");
    });
}
