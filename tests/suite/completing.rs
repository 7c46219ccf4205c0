//! Tab for every command, at a terminal. How names are quoted, and what there is when nothing can
//! be: interactive.rs.

use std::fs;

use crate::interactive::{COMPINIT, in_every_shell};
use crate::shims::install_shims;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

/// Rc files that load lazily, and not by `eval "$(venvwrap init …)"`.
const LAZY: &str = "VENVWRAP=true; _VIRTUALENVWRAPPER_API=mine; . virtualenvwrapper_lazy.sh";
const LAZY_AFTER: &str = "autoload -Uz compinit; compinit -u -D; VENVWRAP=true; . virtualenvwrapper_lazy.sh";

/// What a person has: two environments, one with a blank in its name, and directories.
fn furnished() -> Sandbox {
    furnish(Sandbox::new())
}

fn furnish(sandbox: Sandbox) -> Sandbox {
    sandbox.minimal_environment("my env");
    sandbox.minimal_environment("other");
    for file in ["src one/file", "source.txt", "sub/deeper dir/file"] {
        sandbox.write(file, "");
    }
    sandbox
}

/// Types each line and Tab, and compares.
#[track_caller]
fn completes(terminal: &Terminal<'_>, cases: &[(&str, &str)]) {
    for (typed, expected) in cases {
        let found = terminal.completed(format!("{typed}\t"));
        assert_eq!(found, *expected, "{:?}: {typed}", terminal.shell);
    }
}

#[test]
fn every_command_completes_its_options() {
    let sandbox = furnished();
    in_every_shell(&sandbox, |terminal| {
        completes(
            terminal,
            &[
                ("mkvirtualenv --cl", "mkvirtualenv --clear "),
                ("mkvirtualenv --her", "mkvirtualenv --here "),
                ("mktmpenv --no-c", "mktmpenv --no-cd "),
                ("mkproject --fo", "mkproject --force "),
                ("cpvirtualenv --h", "cpvirtualenv --help "),
                ("mvvirtualenv --h", "mvvirtualenv --help "),
                ("rmvirtualenv --no", "rmvirtualenv --now "),
                ("workon --no", "workon --no-cd "),
                ("deactivate --h", "deactivate --help "),
                ("lsvirtualenv --bri", "lsvirtualenv --brief "),
                ("showvirtualenv --h", "showvirtualenv --help "),
                ("allvirtualenv --h", "allvirtualenv --help "),
                ("cdvirtualenv --h", "cdvirtualenv --help "),
                ("cdsitepackages --h", "cdsitepackages --help "),
                ("cdproject --h", "cdproject --help "),
                ("setvirtualenvproject --h", "setvirtualenvproject --help "),
                ("lssitepackages --h", "lssitepackages --help "),
                ("add2virtualenv --d", "add2virtualenv --delete "),
                ("toggleglobalsitepackages --q", "toggleglobalsitepackages --quiet "),
                ("wipeenv --h", "wipeenv --help "),
                ("virtualenvwrapper --h", "virtualenvwrapper --help "),
                // What takes no word is offered none.
                ("cdproject so", "cdproject so"),
                ("wipeenv so", "wipeenv so"),
                ("toggleglobalsitepackages my", "toggleglobalsitepackages my"),
                ("virtualenvwrapper my", "virtualenvwrapper my"),
            ],
        );
        terminal.listed("lssitepackages -", &["-a", "-l", "-t", "--help"]);
    });
}

#[test]
fn names_and_directories_stand_where_each_can_stand() {
    let sandbox = furnished();
    in_every_shell(&sandbox, |terminal| {
        completes(
            terminal,
            &[
                ("rmvirtualenv other m", "rmvirtualenv other my\\ env "),
                ("rmvirtualenv my\\ env o", "rmvirtualenv my\\ env other "),
                ("cpvirtualenv m", "cpvirtualenv my\\ env "),
                ("mvvirtualenv m", "mvvirtualenv my\\ env "),
                ("setvirtualenvproject m", "setvirtualenvproject my\\ env "),
                ("setvirtualenvproject my\\ env sr", "setvirtualenvproject my\\ env src\\ one/"),
                ("setvirtualenvproject other sub/", "setvirtualenvproject other sub/deeper\\ dir/"),
                ("setvirtualenvproject other sub m", "setvirtualenvproject other sub m"),
                ("add2virtualenv sr", "add2virtualenv src\\ one/"),
                ("add2virtualenv sub sr", "add2virtualenv sub src\\ one/"),
                ("mkvirtualenv -a sr", "mkvirtualenv -a src\\ one/"),
                ("mkvirtualenv --from sr", "mkvirtualenv --from src\\ one/"),
                ("mkvirtualenv -r source", "mkvirtualenv -r source.txt "),
                ("mkvirtualenv new -a sub/d", "mkvirtualenv new -a sub/deeper\\ dir/"),
                ("mkvirtualenv o", "mkvirtualenv o"),
            ],
        );
    });
}

#[test]
fn add2virtualenv_completes_what_it_can_take_away() {
    let sandbox = furnished();
    let packages = sandbox.environment("other").join("lib/python3.11/site-packages");
    let old = "import sys; sys.__plen = len(sys.path)\n/the old/one\n/theirs\nimport sys; new=sys.path\n";
    fs::write(packages.join("_virtualenv_path_extensions.pth"), old).unwrap();
    in_every_shell(&sandbox, |terminal| {
        completes(terminal, &[("add2virtualenv -d /the", "add2virtualenv -d /the")]);
        terminal.run("workon other");
        completes(
            terminal,
            &[
                ("add2virtualenv -d /the\\ ", "add2virtualenv -d /the\\ old/one "),
                ("add2virtualenv --delete /thei", "add2virtualenv --delete /theirs "),
                ("add2virtualenv -d sr", "add2virtualenv -d sr"),
                ("add2virtualenv -d imp", "add2virtualenv -d imp"),
            ],
        );
    });
}

#[test]
fn mkproject_completes_its_templates_and_what_mkvirtualenv_takes() {
    let mut sandbox = furnished();
    sandbox.set("VIRTUALENVWRAPPER_HOOK_DIR", sandbox.root().join("hooks"));
    for file in ["hooks/templates/web app/setup.py", "hooks/templates/django", "django-elsewhere"] {
        sandbox.write(file, "");
    }
    in_every_shell(&sandbox, |terminal| {
        completes(
            terminal,
            &[
                ("mkproject -t d", "mkproject -t django "),
                ("mkproject -t django --template w", "mkproject -t django --template web\\ app "),
                ("mkproject -t no", "mkproject -t no"),
                ("mkproject -a sr", "mkproject -a src\\ one/"),
            ],
        );
    });
}

#[test]
fn the_pythons_that_are_there_are_offered_by_version() {
    let mut sandbox = furnished();
    sandbox.write("home/.pyenv/versions/3.97.1/bin/python", "");
    sandbox.write("home/.pyenv/versions/pypy3.96-7.3.11/bin/python", "");
    sandbox.write("my python/bin/python3", "");
    sandbox.unset("PYENV_ROOT");
    in_every_shell(&sandbox, |terminal| {
        completes(
            terminal,
            &[
                ("mkvirtualenv -p 3.97", "mkvirtualenv -p 3.97 "),
                ("mkvirtualenv --python pypy3.96", "mkvirtualenv --python pypy3.96 "),
                ("mktmpenv -p 3.97", "mktmpenv -p 3.97 "),
                ("mkvirtualenv -p ./my", "mkvirtualenv -p ./my\\ python/"),
                ("mkvirtualenv -p ./my\\ python/bin/", "mkvirtualenv -p ./my\\ python/bin/python3 "),
            ],
        );
    });
}

/// In a plain place: at a terminal bash finds no command in a directory of PATH with a quote in its
/// name.
#[test]
fn allvirtualenv_completes_a_command_and_then_its_words() {
    let sandbox = furnish(Sandbox::plain());
    sandbox.program("tools/venvwrap-has-this", "#!/bin/sh\n");
    in_every_shell(&sandbox, |terminal| {
        completes(
            terminal,
            &[
                ("allvirtualenv venvwrap-ha", "allvirtualenv venvwrap-has-this "),
                ("allvirtualenv cat source", "allvirtualenv cat source.txt "),
            ],
        );
        // A function of the person's own, and its completion.
        terminal.run(match terminal.shell {
            Shell::Fish => "function personal_one; end",
            Shell::Bash | Shell::Zsh => "personal_one() { :; }",
        });
        completes(terminal, &[("allvirtualenv personal_", "allvirtualenv personal_one ")]);
    });
}

/// As virtualenvwrapper's users do: its function is called `_virtualenvs`.
#[test]
fn names_can_be_attached_to_commands_of_ones_own() {
    let sandbox = furnished();
    in_every_shell(&sandbox, |terminal| {
        terminal.run(match terminal.shell {
            Shell::Bash => "complete -F _virtualenvs bare; complete -o default -o nospace -F _virtualenvs likeours",
            Shell::Zsh => "bare() { : }; likeours() { : }; compctl -K _virtualenvs bare; compdef _virtualenvs likeours",
            Shell::Fish => "complete -c bare -f -a '(_virtualenvs)'; complete -c likeours -f -a '(_virtualenvs)'",
        });
        let nospace = if terminal.shell == Shell::Bash { "" } else { " " };
        completes(
            terminal,
            &[
                ("bare m", "bare my\\ env "),
                ("bare other m", "bare other my\\ env "),
                ("likeours m", &format!("likeours my\\ env{nospace}")),
                ("likeours x o", &format!("likeours x other{nospace}")),
            ],
        );
    });
}

/// zsh without compinit has compctl, and so had virtualenvwrapper.
#[test]
fn zsh_without_compinit_completes_too() {
    let sandbox = furnished();
    sandbox.minimal_environment("it's $x");
    sandbox.write("envs/other/share/deep/x", "");
    let terminal = Terminal::start(&sandbox, Shell::Zsh);
    terminal.run("compctl -K _virtualenvs bare");
    completes(
        &terminal,
        &[
            ("workon m", "workon my\\ env "),
            ("workon my\\ e", "workon my\\ env "),
            ("workon it", "workon it\\'s\\ \\$x "),
            ("workon --no", "workon --no-cd "),
            ("rmvirtualenv other m", "rmvirtualenv other my\\ env "),
            ("bare o", "bare other "),
            ("setvirtualenvproject my\\ env so", "setvirtualenvproject my\\ env so"),
            ("cat so", "cat source.txt "),
            ("allvirtualenv cat so", "allvirtualenv cat source.txt "),
        ],
    );
    terminal.run("workon ot\t");
    completes(
        &terminal,
        &[("cdvirtualenv sha", "cdvirtualenv share/"), ("cdvirtualenv share/", "cdvirtualenv share/deep/")],
    );
}

#[test]
fn the_first_tab_loads_what_was_put_off() {
    let sandbox = furnished();
    install_shims(&sandbox);
    sandbox.write("envs/initialize", "touch loaded; complete_mine() { :; }\n");
    let rc_files = [
        (Shell::Bash, RcFile { before: LAZY, after: "" }),
        (Shell::Zsh, RcFile { before: LAZY, after: "" }),
        (Shell::Zsh, RcFile { before: LAZY, after: COMPINIT }),
        (Shell::Zsh, RcFile { before: LAZY_AFTER, after: "" }),
    ];
    for (shell, rc) in rc_files {
        for (typed, expected) in [("workon m", "workon my\\ env "), ("mkvirtualenv --cl", "mkvirtualenv --clear ")] {
            let terminal = Terminal::start_with(&sandbox, shell, rc);
            assert!(!sandbox.root().join("loaded").exists(), "{shell:?} {rc:?}");
            assert_eq!(terminal.completed(format!("{typed}\t")), expected, "{shell:?} {rc:?}");
            assert!(sandbox.root().join("loaded").exists(), "{shell:?} {rc:?}");
            assert_eq!(terminal.completed("workon o\t"), "workon other ", "{shell:?} {rc:?}");
            assert_eq!(terminal.run("workon o\t"), "$ workon other\n(other) $", "{shell:?} {rc:?}");
            fs::remove_file(sandbox.root().join("loaded")).unwrap();
        }
    }
}
