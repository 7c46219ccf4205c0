//! `allvirtualenv`: a command of the calling shell in every environment.

use std::fs;

use super::telling::{hooks, sourced};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn any_command_of_the_shell_runs_in_each_with_its_words_and_without_hooks() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        sandbox.minimal_environment("it's");
        hooks(&sandbox.workon_home(), "global", &["preactivate", "postactivate", "predeactivate", "postdeactivate"]);
        let story = Story::new()
            .code(
                "tell() { printf '* %s|' \"$#\" \"$@\" \"$VIRTUAL_ENV_PROMPT\"; pwd; return 3; }",
                "function tell; printf '* %s|' (count $argv) $argv $VIRTUAL_ENV_PROMPT; pwd; return 3; end",
            )
            .run(["allvirtualenv", "tell", "a  b", "$x;`y`", ""])
            .get("VIRTUAL_ENV")
            .directory()
            .run(["allvirtualenv", "test", "-n", "never failing"])
            .run(["allvirtualenv", "sh", "-c", "command -v python"])
            .run(["allvirtualenv"]);
        let told = story.played(&sandbox, shell.plain());
        let (names, rule) = (["it's", "x", "y"], |name: &str| "=".repeat(name.len()));
        let each = |said: &dyn Fn(&str) -> String| {
            names.map(|name| format!("{name}\n{}\n{}\n", rule(name), said(name))).concat()
        };
        let told_each = each(&|name| format!("* 3|* a  b|* $x;`y`|* |* {name}|[ROOT]/envs/{name}\n"));
        let python = each(&|name| format!("[ROOT]/envs/{name}/bin/python\n"));
        let nothing = each(&|_| String::new());
        told.says(&[told_each, nothing.clone(), python, nothing].concat(), "").records(
            "allvirtualenv tell a  b $x;`y` : 0
             unset VIRTUAL_ENV
             in [ROOT]
             allvirtualenv test -n never failing: 0
             allvirtualenv sh -c command -v python: 0
             allvirtualenv: 0",
        );
    }
}

#[test]
fn the_active_environment_stays_and_an_empty_store_is_nothing() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let story = Story::new()
            .run(["workon", "y"])
            .snapshot("before")
            .run(["allvirtualenv", "eval", "builtin cd /"])
            .snapshot("after");
        let story = story.code("allvirtualenv exit 4 >/dev/null", "");
        let told = story.run(["deactivate"]).get("PATH").played(&sandbox, shell.plain());
        told.same("before", "after").records(
            "workon y: 0
             allvirtualenv eval builtin cd /: 0
             deactivate: 0
             export PATH=[ROOT]/tools:/usr/bin:/bin",
        );
        fs::remove_dir_all(sandbox.environment("x")).unwrap();
        fs::remove_dir_all(sandbox.environment("y")).unwrap();
        sourced(&sandbox.workon_home(), "postactivate", "", "");
        Story::new().run(["allvirtualenv", "pwd"]).plays(&sandbox, "allvirtualenv pwd: 0");
    }
}
