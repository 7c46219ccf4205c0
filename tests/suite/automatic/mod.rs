//! Automatic switching (`init SHELL --auto`), at a real terminal in every shell: when it switches,
//! and when it leaves things alone.

use std::fs;
use std::path::Path;

use crate::support::programs::write_program;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

mod found;
mod others;

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
