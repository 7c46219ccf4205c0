//! Behavior that only shows at a terminal: completion, the prompt, Ctrl-C.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::support::programs::write_program;
use crate::support::pty::{INTERRUPT, RcFile, Terminal};
use crate::support::pythons;
use crate::support::sandbox::{LIMIT, Sandbox};
use crate::support::shells::Shell;

/// Every shell with its usual settings; zsh with compinit before or after venvwrap.
const SHELLS: [(Shell, RcFile); 4] = [
    (Shell::Bash, RcFile { before: "", after: "" }),
    (Shell::Zsh, RcFile { before: COMPINIT, after: "" }),
    (Shell::Zsh, RcFile { before: "", after: COMPINIT }),
    (Shell::Fish, RcFile { before: "", after: "" }),
];
pub(crate) const COMPINIT: &str = "autoload -Uz compinit; compinit -u -D";

/// Runs the test in a terminal with each shell.
pub(crate) fn in_every_shell(sandbox: &Sandbox, test: impl Fn(&Terminal<'_>)) {
    for (shell, rc) in SHELLS {
        let terminal = Terminal::start_with(sandbox, shell, rc);
        assert_eq!(terminal.screen(), "$", "something was said while loading");
        test(&terminal);
    }
}

#[test]
fn tab_finishes_any_name_so_that_the_shell_takes_it_back_as_that_name() {
    let sandbox = Sandbox::new();
    let cases = [
        ("workon alpi", "alpine"),
        ("workon be", "beta one"),
        ("workon beta\\ ", "beta one"),
        ("workon 'be", "beta one"),
        ("workon \"beta ", "beta one"),
        ("workon it", "it's"),
        ("workon \"it", "it's"),
        ("workon q", "q\"q"),
        ("workon 'q", "q\"q"),
        ("workon 'c$", "c$HOME"),
        ("workon c\\$", "c$HOME"),
        ("workon c", "c$HOME"),
        ("workon x", "x=y"),
        ("workon x=", "x=y"),
        ("workon ü", "ünï 日本"),
        ("workon sl", "sl\\ash"),
        ("workon g", "g*?[a]"),
        ("workon p", "p;&|<>()"),
        ("workon \\~", "~tilde"),
        ("workon \\#", "#hash"),
        ("workon !", "!1"),
        ("workon -n be", "beta one"),
        ("workon -- --h", "--help"),
        ("WORKON_HOME=$WORKON_HOME workon be", "beta one"),
    ];
    for name in cases.iter().map(|case| case.1).chain(["alpha"]).collect::<BTreeSet<_>>() {
        sandbox.minimal_environment(name);
    }
    in_every_shell(&sandbox, |terminal| {
        for (keys, name) in cases {
            terminal.run(format!("{keys}\t"));
            assert_eq!(terminal.value("VIRTUAL_ENV"), format!("[ROOT]/envs/{name}"), "{:?}: {keys}", terminal.shell);
        }
    });
}

#[test]
fn every_verb_that_takes_a_name_completes_it() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("my env");
    sandbox.minimal_environment("other");
    // A directory with a matching name must not be completed.
    sandbox.write("my env/file", "");
    in_every_shell(&sandbox, |terminal| {
        for verb in
            ["workon", "rmvirtualenv", "showvirtualenv", "cpvirtualenv", "mvvirtualenv", "rmvirtualenv --now other"]
        {
            assert_eq!(terminal.completed(format!("{verb} my\t")), format!("{verb} my\\ env "));
        }
        // These commands take only one operand.
        for line in ["showvirtualenv other my", "workon other my", "deactivate my", "lsvirtualenv my"] {
            assert_eq!(terminal.completed(format!("{line}\t")), line);
        }
        assert_eq!(terminal.completed("workon nosuch\t"), "workon nosuch");
    });
}

#[test]
fn an_ambiguous_beginning_goes_as_far_as_it_can_and_shows_the_rest() {
    let sandbox = Sandbox::new();
    for name in ["alpha", "alpine", "beta"] {
        sandbox.minimal_environment(name);
    }
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.completed("workon al\t"), "workon alp");
        let screen = terminal.listed("workon alp", &["alpha", "alpine"]);
        assert!(!screen.contains("beta"), "{screen}");
    });
}

#[test]
fn cdvirtualenv_and_cdsitepackages_complete_directories_below_the_environment() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    for directory in ["share/my docs/deep", "lib/python3.11/site-packages/requests/packages"] {
        std::fs::create_dir_all(root.join(directory)).unwrap();
    }
    sandbox.write("share-of-the-working-directory/x", "");
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.completed("cdvirtualenv \t"), "cdvirtualenv ", "none is active");
        terminal.run("workon x");
        assert_eq!(terminal.completed("cdvirtualenv sh\t"), "cdvirtualenv share/");
        assert_eq!(terminal.completed("cdvirtualenv share/\t"), "cdvirtualenv share/my\\ docs/");
        assert_eq!(terminal.completed("cdvirtualenv share/my\\ docs/\t"), "cdvirtualenv share/my\\ docs/deep/");
        assert_eq!(terminal.completed("cdvirtualenv py\t"), "cdvirtualenv py", "pyvenv.cfg is no directory");
        assert_eq!(terminal.completed("cdsitepackages r\t"), "cdsitepackages requests/");
        terminal.run("cdvirtualenv sh\tm\t");
        assert_eq!(terminal.value("PWD"), "[ROOT]/envs/x/share/my docs");
        terminal.run("cdsitepackages req\tpac\t");
        assert_eq!(terminal.value("PWD"), "[ROOT]/envs/x/lib/python3.11/site-packages/requests/packages");
    });
}

#[test]
fn options_and_their_values_are_completed() {
    let sandbox = Sandbox::new();
    sandbox.write("project x/requirements.txt", "");
    sandbox.write("requirements.in", "");
    sandbox.write("pyproject.toml", "[dependency-groups]\ndev = []\n'doc s' = []\n");
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.completed("mkvirtualenv --group de\t"), "mkvirtualenv --group dev ");
        assert_eq!(terminal.completed("mkvirtualenv --group do\t"), "mkvirtualenv --group doc\\ s ");
        assert_eq!(terminal.completed("mkvirtualenv --py\t"), "mkvirtualenv --python ");
        assert_eq!(terminal.completed("mkvirtualenv name --without\t"), "mkvirtualenv name --without-pip ");
        assert_eq!(terminal.completed("lsvirtualenv --j\t"), "lsvirtualenv --json ");
        assert_eq!(terminal.completed("deactivate --h\t"), "deactivate --help ");
        assert_eq!(terminal.completed("mkvirtualenv -r req\t"), "mkvirtualenv -r requirements.in ");
        assert_eq!(terminal.completed("mkvirtualenv -r pro\t"), "mkvirtualenv -r project\\ x/");
        assert_eq!(
            terminal.completed("mkvirtualenv -r project\\ x/\t"),
            "mkvirtualenv -r project\\ x/requirements.txt "
        );
        assert_eq!(terminal.completed("mkvirtualenv -a pro\t"), "mkvirtualenv -a project\\ x/");
        assert_eq!(terminal.completed("mkvirtualenv -a req\t"), "mkvirtualenv -a req", "a file is no project");
        terminal.listed("workon --", &["--cd", "--no-cd", "--help"]);
    });
}

#[test]
fn completion_says_nothing_and_makes_nothing_when_it_cannot() {
    let mut sandbox = Sandbox::new();
    for place in ["a file/below", "not there"] {
        sandbox.write("a file", "");
        sandbox.set("WORKON_HOME", sandbox.root().join(place));
        in_every_shell(&sandbox, |terminal| {
            for typed in ["workon al", "cdvirtualenv b", "mkvirtualenv -p nosuch"] {
                terminal.type_keys(format!("{typed}\t."));
                terminal.wait_for(&format!("{typed}."));
                assert_eq!(terminal.screen(), format!("$ {typed}."));
                assert_eq!(terminal.completed("\x15"), "");
            }
        });
        assert!(!sandbox.root().join("not there").exists());
    }
}

/// Without `compinit`, zsh has only its old completion system, compctl.
#[test]
fn zsh_without_compinit_has_its_files_and_no_noise() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("alpha");
    sandbox.write("some file", "");
    let terminal = Terminal::start(&sandbox, Shell::Zsh);
    assert_eq!(terminal.screen(), "$");
    assert_eq!(terminal.run("workon alpha"), "$ workon alpha\n(alpha) $");
    assert_eq!(terminal.completed("cat so\t"), "cat some\\ file ");
}

#[test]
fn the_prompt_shows_the_name_once_and_only_inside() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.minimal_environment("y z");
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("workon x"), "$ workon x\n(x) $");
        assert_eq!(terminal.run("workon x"), "(x) $ workon x\n(x) $");
        assert_eq!(terminal.run("workon 'y z'"), "(x) $ workon 'y z'\n(y z) $");
        // A nested shell shows the active environment, and can deactivate without the outer shell.
        let inner = terminal.shell_in_it();
        assert_eq!(terminal.run(inner), format!("(y z) $ {inner}\n(y z) $"));
        assert_eq!(terminal.run("deactivate"), "(y z) $ deactivate\n$");
        assert!(terminal.run("exit").ends_with("\n(y z) $"));
        assert_eq!(terminal.run("deactivate"), "(y z) $ deactivate\n$");
    });
}

#[test]
fn a_hostile_name_is_drawn_and_not_obeyed() {
    let sandbox = Sandbox::new();
    let names = ["a$(touch canary)b", "`touch canary`", "%F{red}%d%", "\\u\\w", "!1", "${(e)x}", "(touch canary)"];
    let drawn = ["a_(touch canary)b", "_touch canary_", "%F{red}%d%", "_u_w", "_1", "_{(e)x}", "(touch canary)"];
    for name in names {
        sandbox.minimal_environment(name);
    }
    let obeying = RcFile { before: "setopt prompt_subst prompt_bang prompt_percent", after: COMPINIT };
    for (shell, rc) in [SHELLS[0], (Shell::Zsh, obeying), SHELLS[3]] {
        let terminal = Terminal::start_with(&sandbox, shell, rc);
        for (name, drawn) in names.into_iter().zip(drawn) {
            terminal.run([b"workon ".as_slice(), &shell.quoted(name)].concat());
            // bash and zsh evaluate the prompt text; fish prints the output of a function.
            let drawn = if shell == Shell::Fish { name } else { drawn };
            assert_eq!(terminal.run("true"), format!("({drawn}) $ true\n({drawn}) $"), "{shell:?}: {name}");
        }
        assert!(terminal.run("deactivate").ends_with("\n$"));
    }
    assert!(!sandbox.root().join("canary").exists());
}

#[test]
fn a_custom_prompt_is_left_alone() {
    let mut sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.set("VIRTUAL_ENV_DISABLE_PROMPT", "1");
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("workon x"), "$ workon x\n$");
        assert_eq!(terminal.run("deactivate"), "$ deactivate\n$");
    });
}

#[test]
fn workon_goes_to_the_project() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let project = sandbox.root().join("my $project");
    std::fs::create_dir(&project).unwrap();
    std::fs::write(root.join(".project"), format!("{}\n", project.to_str().unwrap())).unwrap();
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("workon x\t"), "$ workon x\n(x) $");
        assert_eq!(terminal.value("PWD"), "[ROOT]/my $project");
        terminal.run("cd /; deactivate");
        terminal.run("workon -n x");
        assert_eq!(terminal.value("PWD"), "/");
    });
}

/// The next connection to INDEX. A wait without an end would hang the whole suite.
fn next_connection(index: &TcpListener) -> TcpStream {
    let mut sockets = [PollFd::new(index.as_fd(), PollFlags::POLLIN)];
    assert_eq!(poll(&mut sockets, PollTimeout::try_from(LIMIT).unwrap()), Ok(1), "nobody asked the index");
    let (connection, _) = index.accept().unwrap();
    connection.set_read_timeout(Some(LIMIT)).unwrap();
    connection
}

/// A package index that accepts the request and never answers.
#[test]
fn ctrl_c_ends_an_installation_and_leaves_the_shell_and_the_environment() {
    let mut sandbox = Sandbox::new();
    let index = TcpListener::bind("127.0.0.1:0").unwrap();
    sandbox.set("PIP_INDEX_URL", format!("http://{}/simple", index.local_addr().unwrap()));
    sandbox.set("PIP_CONFIG_FILE", "/dev/null");
    // Debian's pip, for one, never asks whether there is a newer one.
    sandbox.set("NEWEST", &pythons::complete().path);
    in_every_shell(&sandbox, |terminal| {
        let prompts = terminal.prompts();
        terminal.type_keys("mkvirtualenv -p \"$NEWEST\" -i nothing slow\r");
        let connection = next_connection(&index);
        let request = BufReader::new(&connection).lines().next().unwrap().unwrap();
        assert!(request.starts_with("GET /simple/nothing/ "), "{request}");
        terminal.type_keys(INTERRUPT);
        terminal.wait_for_prompt_after(prompts);
        let screen = terminal.screen();
        // All messages come before the prompt: pip's, which may end in a traceback of what it was
        // doing, then the interruption, and the environment that exists.
        let hint = "hint: the environment was created; the same command again installs into it";
        let last = screen.lines().rev().take(3).collect::<Vec<_>>();
        assert!(last[0].ends_with('$') && last[1] == hint, "{screen}");
        assert_eq!(last[2], "venvwrap: pip install was interrupted", "{screen}");
        assert!(screen.contains("ERROR: Operation cancelled by user\n"), "{screen}");
        // Nor does pip then ask, for some seconds, whether there is a newer pip.
        index.set_nonblocking(true).unwrap();
        assert_eq!(index.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{screen}");
        index.set_nonblocking(false).unwrap();
        // zsh ends interrupted functions with status 1.
        let (ask, status) = match terminal.shell {
            Shell::Bash => ("echo $?", "\n130\n"),
            Shell::Zsh => ("echo $?", "\n1\n"),
            Shell::Fish => ("echo $status", "\n130\n"),
        };
        let screen = terminal.run(ask);
        assert!(screen.contains(status), "{screen}");
        assert!(terminal.run("workon slow").ends_with("\n(slow) $"));
        assert!(terminal.run("python -c 'import pip; print(pip.__file__[:0], 6 * 7)'").ends_with("\n 42\n(slow) $"));
        assert!(terminal.run("deactivate; rmvirtualenv --now slow").ends_with("\nRemoving slow...\n$"));
    });
}

/// A hook that announces itself and then waits on a pipe until Ctrl-C.
fn waiting(sandbox: &Sandbox, hook: &str, shell: Shell) -> std::path::PathBuf {
    let pipe = sandbox.root().join("pipe");
    if !pipe.exists() {
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    }
    let quoted = String::from_utf8(shell.quoted(pipe.to_str().unwrap())).unwrap();
    sandbox.write(format!("envs/{hook}"), format!("sh -c 'echo waiting; exec cat \"$1\"' sh {quoted}\n"));
    pipe
}

#[test]
fn ctrl_c_in_a_hook_leaves_none_of_its_variables() {
    let sandbox = Sandbox::with_x_and_y();
    in_every_shell(&sandbox, |terminal| {
        for (hook, line, variable) in [
            ("postactivate", "workon x", "VIRTUALENVWRAPPER_PROJECT_CD"),
            ("postdeactivate", "deactivate", "VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV"),
        ] {
            waiting(&sandbox, hook, terminal.shell);
            let prompts = terminal.prompts();
            terminal.type_keys(format!("{line}\r"));
            terminal.wait_for("waiting");
            terminal.type_keys(INTERRUPT);
            terminal.wait_for_prompt_after(prompts);
            assert_eq!(terminal.value(variable), "", "{:?}: {}", terminal.shell, terminal.screen());
            std::fs::remove_file(sandbox.workon_home().join(hook)).unwrap();
            terminal.run("clear");
        }
        assert_eq!(terminal.value("VIRTUAL_ENV"), "", "{:?}", terminal.shell);
    });
}

#[test]
fn ctrl_z_while_an_environment_is_made_does_not_take_the_terminal_away() {
    let sandbox = Sandbox::with_x_and_y();
    let script = sandbox.workon_home().join("premkvirtualenv");
    for nested in [false, true] {
        let terminal = Terminal::start(&sandbox, Shell::Fish);
        if nested {
            // In a session with a parent, Ctrl-Z can stop fish's process group.
            let prompts = terminal.prompts();
            terminal.type_keys("fish -i\r");
            terminal.wait_for_prompt_after(prompts);
        }
        let pipe = waiting(&sandbox, "premkvirtualenv", Shell::Bash);
        let text = std::fs::read(&script).unwrap();
        write_program(&script, [b"#!/bin/sh\n", &text[..]].concat());
        let prompts = terminal.prompts();
        terminal.type_keys("mkvirtualenv --without-pip new\r");
        terminal.wait_for("waiting");
        terminal.type_keys("\x1a");
        terminal.wait_for("^Z");
        std::fs::write(&pipe, "go on\n").unwrap();
        terminal.wait_for_prompt_after(prompts);
        assert_eq!(terminal.value("VIRTUAL_ENV_PROMPT"), "new", "{}", terminal.screen());
        std::fs::remove_file(&script).unwrap();
        terminal.run("deactivate; rmvirtualenv --now new");
    }
}

#[test]
fn the_prompt_of_fish_sees_every_status_and_what_it_is_called_with() {
    let sandbox = Sandbox::with_x_and_y();
    let code = "function fish_prompt; echo -n \"[$status $pipestatus $argv] \"; end
        workon x; true | false | sh -c 'exit 3'; fish_prompt one 'two words'; echo";
    Shell::Fish.plain().run(&sandbox, code).status(0).stdout("(x) [3 0 1 3 one two words] \n").stderr("");
}

/// A line with a comment, as documents have them. At the prompt of zsh, `#` is a word like any
/// other unless it is told otherwise.
#[test]
fn a_pasted_comment_names_no_environments() {
    let sandbox = Sandbox::new();
    for name in ["x", "y", "web", "#"] {
        sandbox.minimal_environment(name);
    }
    let refused = "venvwrap: zsh does not take comments at its prompt: `#` is a word of the command\n\
                   hint: `setopt interactive_comments` turns them on; for the name `#`, put `--` before it\n";
    in_every_shell(&sandbox, |terminal| {
        if terminal.shell == Shell::Zsh {
            for line in [
                "rmvirtualenv --now x # not web",
                "venvwrap rm --now x '#' web",
                "mkvirtualenv --without-pip # one",
                "workon x # and its project",
                "venvwrap lock x # no changes",
                "venvwrap undo # bring it back",
            ] {
                let screen = terminal.run(line);
                assert!(screen.ends_with(&format!("{line}\n{refused}$")), "{screen}");
            }
            assert!(terminal.run("allvirtualenv echo '#' c").contains("\n# c\n"));
            terminal.run("setopt interactive_comments");
        }
        terminal.run("venvwrap snapshot x # before");
        assert_eq!(terminal.run("workon x # and its project"), "$ workon x # and its project\n(x) $");
        terminal.run("deactivate # the shell is as it was");
        assert_eq!(terminal.value("VIRTUAL_ENV"), "");
        let screen = terminal.run("rmvirtualenv x # not web");
        assert!(screen.contains("Removing x...\n") && !screen.contains("web..."), "{screen}");
        terminal.run("venvwrap undo x # bring it back");
        terminal.run("rmvirtualenv -- '#' && venvwrap undo -- '#'");
    });
    let mut left: Vec<_> =
        std::fs::read_dir(sandbox.environment("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.retain(|name| !name.to_str().unwrap().starts_with('.'));
    left.sort();
    assert_eq!(left, ["#", "web", "x", "y"]);
}
