//! Variables, set before and after loading, exported or not; and the files that are made where
//! hooks are in use.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::telling::{self, assert_heard, hooks, quick_sandbox, sourced, typed, write};
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::Story;

const LOADED: &[&str] = &[
    "WORKON_HOME",
    "VIRTUALENVWRAPPER_HOOK_DIR",
    "VIRTUALENVWRAPPER_PROJECT_FILENAME",
    "VIRTUALENVWRAPPER_WORKON_CD",
    "VIRTUALENVWRAPPER_ENV_BIN_DIR",
];

#[test]
fn loading_sets_what_is_not_set_and_writes_directories_out() {
    let mut sandbox = Sandbox::new();
    sandbox.set("DISK", sandbox.root().join("envs"));
    for (before, after) in [
        ("", "[ROOT]/home/.virtualenvs"),
        ("my envs", "[ROOT]/home/my envs"),
        ("~", "[ROOT]/home"),
        ("~/my envs", "[ROOT]/home/my envs"),
        ("$DISK/inner", "[ROOT]/envs/inner"),
        ("${DISK}//inner/", "[ROOT]/envs/inner"),
        ("/x/../y/", "/x/../y/"),
        ("/x//y/", "/x/y"),
    ] {
        for (name, fallback) in [("WORKON_HOME", "[ROOT]/home/.virtualenvs"), ("VIRTUALENVWRAPPER_HOOK_DIR", "")] {
            let after = if before.is_empty() { fallback } else { after };
            let story = Story::bare().unset("WORKON_HOME").set(name, before).load().get(name).load().get(name);
            let line = if after.is_empty() { format!("{name}=\n") } else { format!("export {name}={after}\n") };
            story.plays(&sandbox, &line.repeat(2));
        }
    }
    let made = names(&sandbox.home());
    assert!(!made.iter().any(|name| name.contains("env")), "loading makes nothing: {made:?}");
}

#[test]
fn what_was_set_before_loading_stays_and_is_exported() {
    let sandbox = Sandbox::new();
    let story = Story::bare().unset("WORKON_HOME").set("WORKON_HOME", bytes(sandbox.root().join("mine")));
    let story = story.set("VIRTUALENVWRAPPER_PROJECT_FILENAME", "my link").set("VIRTUALENVWRAPPER_WORKON_CD", "0");
    // A function is where shell frameworks load it.
    let load = |shell: Shell| format!(". '{}'", shell.functions().display());
    for shell in Shell::ALL {
        let code = load(shell);
        let story =
            story.clone().code(format!("load() {{ {code}\n}}; load"), format!("function load; {code}; end; load"));
        story.get_all(LOADED).run_failing(["workon"]).played(&sandbox, shell.plain()).records(
            "export WORKON_HOME=[ROOT]/mine
             unset VIRTUALENVWRAPPER_HOOK_DIR
             export VIRTUALENVWRAPPER_PROJECT_FILENAME=my link
             export VIRTUALENVWRAPPER_WORKON_CD=0
             VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
             workon: 1",
        );
    }
}

#[test]
fn hooks_are_found_where_the_variable_says_however_it_is_written() {
    for directory in ["~/my hooks", "$HOME/my hooks", "my hooks"] {
        for shell in Shell::ALL {
            let sandbox = Sandbox::with_x_and_y();
            let events = ["initialize", "preactivate", "postactivate", "postdeactivate"];
            hooks(&sandbox.home().join("my hooks"), "global", &events);
            let story = Story::bare().set("VIRTUALENVWRAPPER_HOOK_DIR", directory).load();
            let told = story.run(["workon", "x"]).run(["deactivate"]).played(&sandbox, shell.plain());
            assert_heard(
                &told,
                &[],
                "* global initialize [] in [ROOT]: env= last= cd=
                 * global preactivate [x] in [ROOT]/envs: env= last= cd=
                 * global postactivate [] in [ROOT]: env=x last= cd=1
                 * global postdeactivate [] in [ROOT]: env= last=x cd=",
            );
            assert_eq!(names(&sandbox.root().join("~")), Vec::<String>::new());
        }
    }
}

#[test]
fn hooks_see_the_variables_of_virtualenvwrapper() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        sandbox.minimal_environment("x");
        let tell = "printf '* %s\\n' \"$WORKON_HOME\" \"$VIRTUALENVWRAPPER_HOOK_DIR\" \"$PROJECT_HOME\" \"$VIRTUAL_ENV\" \
                    \"$VIRTUALENVWRAPPER_ENV_BIN_DIR\" \"$VIRTUALENVWRAPPER_PROJECT_FILENAME\"\n";
        sourced(&sandbox.workon_home(), "postactivate", tell, tell);
        sourced(&sandbox.workon_home(), "initialize", "", "");
        let told = Story::new().run(["workon", "x"]).played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[],
            "* [ROOT]/envs
             * [ROOT]/envs
             * [ROOT]/projects
             * [ROOT]/envs/x
             * bin
             * .project",
        );
    }
}

#[test]
fn variables_count_as_they_are_at_the_call() {
    for shell in Shell::ALL {
        let mut sandbox = quick_sandbox();
        sandbox.unset("PROJECT_HOME");
        let standing = sandbox.variables()[std::ffi::OsStr::new("VIRTUALENVWRAPPER_VIRTUALENV_ARGS")].clone();
        sandbox.unset("VIRTUALENVWRAPPER_VIRTUALENV_ARGS");
        fs::create_dir(sandbox.root().join("my projects")).unwrap();
        let told = Story::new()
            .set("PROJECT_HOME", bytes(sandbox.root().join("my projects")))
            .set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", [&bytes(standing)[..], b" --prompt 'my prompt'"].concat())
            .set("VIRTUALENVWRAPPER_PROJECT_FILENAME", "my link")
            // A bad one is nothing to us: nothing goes there.
            .set("TMPDIR", "/no/such/directory")
            .set("VIRTUALENVWRAPPER_PYTHON", "/no/such/python")
            .run(["mkproject", "n"])
            .get("VIRTUAL_ENV_PROMPT")
            .set("WORKON_HOME", bytes(sandbox.root().join("other")))
            .run(["mkproject", "m"])
            .get("VIRTUAL_ENV")
            .run(["deactivate"])
            .played(&sandbox, shell.plain());
        assert!(
            told.stderr_text().contains("NOTE: Virtual environments directory [ROOT]/other does not exist."),
            "{told}"
        );
        told.records(
            "mkproject n: 0
             export VIRTUAL_ENV_PROMPT=my prompt
             mkproject m: 0
             export VIRTUAL_ENV=[ROOT]/other/m
             deactivate: 0",
        );
        assert_eq!(names(&sandbox.root().join("my projects")), ["m", "n"]);
        let link = fs::read(sandbox.environment("n").join("my link")).unwrap();
        assert_eq!(link, bytes(sandbox.root().join("my projects/n\n")));
    }
}

/// A sandbox with a creator that tells how it is called, and makes what it is told by
/// `CREATOR_MAKES`.
fn with_creator() -> Sandbox {
    let sandbox = Sandbox::new();
    let tell = "#!/bin/sh\nprintf '* creator in %s:' \"$(pwd -P)\"\nprintf ' <%s>' \"$@\"\necho\n";
    let make = "eval \"name=\\${$#}\"\n[ -n \"$CREATOR_MAKES\" ] || exit 0\ncp -R \"$HOME/../model\" \"$name\"\n";
    write(&sandbox.tools().join("creator"), &format!("{tell}{make}"), 0o755);
    let model = sandbox.minimal_environment_at(&sandbox.root().join("model"));
    fs::remove_file(model.join("bin/python")).unwrap();
    write(&model.join("bin/python"), "#!/bin/sh\n", 0o755);
    hooks(&sandbox.workon_home(), "global", &["premkvirtualenv", "postmkvirtualenv"]);
    sandbox
}

#[test]
fn a_creator_of_the_persons_choice_is_called_as_virtualenvwrapper_calls_it() {
    for shell in Shell::ALL {
        let sandbox = with_creator();
        let story = Story::new()
            .set("VIRTUALENVWRAPPER_VIRTUALENV", "creator")
            .set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--one  'two three'")
            .export("CREATOR_MAKES", "1")
            .run(["mkvirtualenv", "-p", "/py thon", "it's new"])
            .get("VIRTUAL_ENV")
            // What exists is left alone, and the hooks fire again.
            .run(["mkvirtualenv", "it's new"])
            .export("CREATOR_MAKES", "")
            .run_failing(["mkvirtualenv", "nothing"])
            .set("VIRTUALENVWRAPPER_VIRTUALENV", "no such creator")
            .run_failing(["mkvirtualenv", "nothing"])
            .get("VIRTUAL_ENV");
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[""],
            "* creator in [ROOT]/envs: <--one> <two three> <--python=/py thon> <it's new>
             * global premkvirtualenv [it's new] in [ROOT]/envs: env= last= cd=
             * global postmkvirtualenv [] in [ROOT]: env=it's new last= cd=
             * global premkvirtualenv [it's new] in [ROOT]/envs: env=it's new last= cd=
             * global postmkvirtualenv [] in [ROOT]: env=it's new last= cd=
             * creator in [ROOT]/envs: <--one> <two three> <nothing>",
        );
        assert!(told.stderr_text().contains("no program `no such creator` on PATH"), "{told}");
        told.records(
            "mkvirtualenv -p /py thon it's new: 0
             export VIRTUAL_ENV=[ROOT]/envs/it's new
             mkvirtualenv it's new: 0
             mkvirtualenv nothing: 1
             mkvirtualenv nothing: 1
             export VIRTUAL_ENV=[ROOT]/envs/it's new",
        );
    }
}

#[test]
fn virtualenv_itself_makes_them_where_it_is_named() {
    let python = pythons::complete().path.to_str().unwrap();
    for shell in Shell::ALL {
        // Its scripts cannot live under every path.
        let sandbox = Sandbox::plain();
        symlink(pythons::peer("virtualenv"), sandbox.tools().join("virtualenv")).unwrap();
        let story = Story::new()
            .set("VIRTUALENVWRAPPER_VIRTUALENV", "virtualenv")
            .set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--quiet --no-periodic-update --no-seed")
            .run(["mkvirtualenv", "-p", python, "--prompt", "my env", "n"])
            .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"])
            .code("python -c 'import sys; print(sys.prefix)'", "python -c 'import sys; print(sys.prefix)'")
            .run(["lsvirtualenv", "-b"])
            .run(["deactivate"]);
        let told = story.played(&sandbox, shell.plain()).says("[ROOT]/envs/n\nn\n", "");
        told.records(&format!(
            "mkvirtualenv -p {python} --prompt my env n: 0
             export VIRTUAL_ENV=[ROOT]/envs/n
             export VIRTUAL_ENV_PROMPT=my env
             lsvirtualenv -b: 0
             deactivate: 0"
        ));
        let cfg = fs::read_to_string(sandbox.environment("n").join("pyvenv.cfg")).unwrap();
        assert!(cfg.contains("virtualenv = "), "{cfg}");
    }
}

/// What is in a directory by name and mode, without what begins with a dot.
fn modes(directory: &Path) -> String {
    let is_ours = |name: &String| !name.starts_with('.') && !directory.join(name).is_dir();
    let mode = |name: String| {
        let mode = fs::metadata(directory.join(&name)).unwrap().permissions().mode() & 0o7777;
        format!("{name} {mode:o}\n")
    };
    names(directory).into_iter().filter(is_ours).map(mode).collect()
}

const GLOBAL: &str = "get_env_details 755\ninitialize 644\npostactivate 644\npostdeactivate 644\npostmkproject 755\n\
                      postmkvirtualenv 644\npostrmvirtualenv 755\npreactivate 755\npredeactivate 644\npremkproject 755\n\
                      premkvirtualenv 755\nprermvirtualenv 755\n";

/// A sandbox with virtualenvwrapper's file name, and the words that load it.
fn with_shim() -> (Sandbox, String) {
    let mut sandbox = quick_sandbox();
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell/virtualenvwrapper.sh");
    fs::copy(file, sandbox.home().join("virtualenvwrapper.sh")).unwrap();
    let log = sandbox.root().join("hooks.log");
    sandbox.set("SHELL", "/bin/my sh").set("VIRTUALENVWRAPPER_LOG_FILE", log);
    (sandbox, ". \"$HOME/virtualenvwrapper.sh\"".to_owned())
}

#[test]
fn virtualenvwrappers_own_file_name_makes_the_templates_on_every_load() {
    for shell in Shell::ALL {
        let (sandbox, load) = with_shim();
        // fish has no such file; what it does is this function.
        let load = |story: Story| match shell {
            Shell::Fish => story.load().code("", "virtualenvwrapper_initialize"),
            _ => story.code(&load, ""),
        };
        let story = load(Story::bare().code("umask 077", "umask 077")).get_all(LOADED);
        let story = story.code("rm \"$WORKON_HOME/postactivate\"", "rm $WORKON_HOME/postactivate");
        let story = story.set("HOOK_VERBOSE_OPTION", "-q");
        let told = load(story).run(["mkvirtualenv", "n"]).run(["lsvirtualenv", "-b"]).played(&sandbox, shell.plain());
        let created = told.stderr_text().matches("venvwrap: creating [ROOT]/envs/").count();
        assert_eq!(created, 12, "each once, and the one that was made again without a word: {told}");
        assert_eq!(told.stdout_text(), "n\n", "{told}");
        told.records(
            "export WORKON_HOME=[ROOT]/envs
             export VIRTUALENVWRAPPER_HOOK_DIR=[ROOT]/envs
             export VIRTUALENVWRAPPER_PROJECT_FILENAME=.project
             export VIRTUALENVWRAPPER_WORKON_CD=1
             VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
             mkvirtualenv n: 0
             lsvirtualenv -b: 0",
        );
        assert_eq!(modes(&sandbox.workon_home()), GLOBAL);
        let local = modes(&sandbox.environment("n").join("bin"));
        for line in GLOBAL.lines() {
            let is_local = telling::LOCAL.contains(&line.split(' ').next().unwrap());
            assert_eq!(local.contains(line), is_local, "{line} in {local}");
        }
        for (name, about) in [("premkvirtualenv", "# This hook is run "), ("postactivate", "# This hook is sourced ")] {
            let text = fs::read_to_string(sandbox.environment(name)).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            assert!(lines[0] == "#!/bin/my sh" && lines[1].starts_with(about), "{text}");
            assert!(lines[2..lines.len() - 1].iter().all(|line| line.starts_with("# ")) && lines.last() == Some(&""));
        }
        let log = fs::metadata(sandbox.root().join("hooks.log")).unwrap();
        assert_eq!((log.len(), log.permissions().mode() & 0o777), (0, 0o664));
    }
}

#[test]
fn a_new_persons_store_stays_free_of_templates() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        typed(&["mkvirtualenv n", "deactivate"])
            .played(&sandbox, shell.plain())
            .records("mkvirtualenv n: 0\ndeactivate: 0");
        assert_eq!(modes(&sandbox.workon_home()), "");
        assert!(!tree(&sandbox.environment("n")).contains("postactivate"));
    }
}
