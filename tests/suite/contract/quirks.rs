//! Quirks of virtualenvwrapper that are not to come back, by their number in the contract, as far
//! as no other test is about them.
//!
//! Elsewhere: Q1, Q2 `verbs::rmvirtualenv`; Q3, Q10, Q14, Q21 `verbs::installing` and src/commands;
//! Q4, Q22 `temporary`; Q5, Q17 `projects`; Q15 the tests of copying; Q16 `verbs::bad_input`; Q18
//! `shims`; Q19 `variables`; Q20 `init_script` and the modes of every shell.

use std::fs;

use super::telling::{assert_heard, hooks, quick_sandbox, write};
use crate::support::disk::names;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

/// Q6 to Q9: options after the name, blanks in words, an option given twice, files where the caller
/// is.
#[test]
fn words_stay_whole_wherever_they_stand() {
    for shell in Shell::ALL {
        let mut sandbox = quick_sandbox();
        sandbox.set("VENVWRAP_INSTALLER", "uv");
        let uv = "#!/bin/sh\n[ \"$1\" != --version ] || exec echo uv 1.0\nprintf '*'\nprintf ' <%s>' \"$@\"\necho\n";
        write(&sandbox.tools().join("uv"), uv, 0o755);
        sandbox.write("src/my req.txt", "");
        fs::create_dir(sandbox.root().join("src/my project")).unwrap();
        let words = ["mkvirtualenv", "a b", "-a", "my project", "-i", "one two", "-r", "my req.txt", "-i", "three"];
        let story = Story::new().code("cd \"$HOME/../src\"", "cd $HOME/../src").run(words).directory();
        let told =
            story.get("VIRTUAL_ENV_PROMPT").run(["mkvirtualenv", " c", "--prompt=d e"]).get("VIRTUAL_ENV_PROMPT");
        let told = told.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[],
            "* <pip> <install> <--python> <[ROOT]/envs/a b/bin/python> <-r> <[ROOT]/src/my req.txt> <one two> <three>",
        );
        told.records(
            "mkvirtualenv a b -a my project -i one two -r my req.txt -i three: 0
             in [ROOT]/src/my project
             export VIRTUAL_ENV_PROMPT=a b
             mkvirtualenv  c --prompt=d e: 0
             export VIRTUAL_ENV_PROMPT=d e",
        );
        let made: Vec<String> =
            names(&sandbox.workon_home()).into_iter().filter(|name| !name.starts_with('.')).collect();
        assert_eq!(made, [" c", "a b"]);
    }
}

/// Q11: a command that reads gets what the caller gives it, and not the names of the environments.
#[test]
fn a_command_in_every_environment_reads_the_callers_stdin() {
    let story = Story::new().code(
        "reader() { read -r line; printf '* %s\\n' \"$line\"; }; printf '1\\n2\\n3\\n' | allvirtualenv reader",
        "function reader; read -l line; echo \"* $line\"; end; printf '1\\n2\\n3\\n' | allvirtualenv reader",
    );
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        assert_heard(&story.played(&sandbox, shell.plain()), &["x", "y"], "x\n* 1\ny\n* 2");
    }
}

/// Q12, Q13: no command leaves variables behind or takes the caller's for its own.
#[test]
fn the_callers_variables_are_neither_changed_nor_used() {
    let sandbox = Sandbox::with_x_and_y();
    hooks(&sandbox.workon_home(), "global", &["get_env_details"]);
    let mine =
        ["env_name", "a", "i", "tst", "activate", "path_file", "pydir", "remove", "absolute_path", "site_packages"];
    let story = mine.iter().fold(Story::new(), |story, name| story.set(name, "mine"));
    let story = story
        .set("IFS", " /:x")
        // As it is after the one below.
        .code("OLDPWD=$PWD", "")
        .snapshot("before")
        .run(["allvirtualenv", "true"])
        .run(["lsvirtualenv"])
        .run(["lsvirtualenv", "-b"])
        .run(["showvirtualenv", "y"])
        .code("\\builtin cd envs/x", "builtin cd envs/x")
        .run(["workon", "."])
        .run(["setvirtualenvproject"])
        .run(["lssitepackages"])
        .run(["add2virtualenv", "-d", "none"])
        .run(["deactivate"])
        .code("\\builtin cd ../..", "builtin cd ../..")
        .code("OLDPWD=$PWD", "")
        .snapshot("after");
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &["* global"],
            "* global get_env_details [x] in [ROOT]/envs: env=x last= cd=
             * global get_env_details [y] in [ROOT]/envs: env=y last= cd=
             * global get_env_details [y] in [ROOT]/envs: env=y last= cd=",
        );
        told.same("before", "after").records(
            "allvirtualenv true: 0
             lsvirtualenv: 0
             lsvirtualenv -b: 0
             showvirtualenv y: 0
             workon .: 0
             setvirtualenvproject: 0
             lssitepackages: 0
             add2virtualenv -d none: 0
             deactivate: 0",
        );
    }
}
