//! Other makers' `activate` sourced while one of ours is active: that one takes over, and leaving
//! it leads back outside.
//!
//! Such a script takes the name `deactivate` for itself before it does anything else, so no code of
//! ours runs. fish tells us that VIRTUAL_ENV changed; bash and zsh tell nothing, but the scripts
//! themselves put back what `_OLD_VIRTUAL_…` says. What stays there is the record, VENVWRAP_UNDO,
//! which the next `workon` drops.

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

/// A world with `x` and the scripts of `venv`, `virtualenv`, `uv` and ours.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    let python = &pythons::complete().path;
    for (program, words) in [
        (python.clone(), &["-m", "venv", "--without-pip", "of-venv"][..]),
        (pythons::peer("virtualenv"), &["--no-seed", "of-virtualenv"]),
        (pythons::peer("uv"), &["venv", "--quiet", "--offline", "of-uv"]),
    ] {
        let mut command = sandbox.command(program);
        command.args(words).env("UV_PYTHON", python);
        sandbox.run_command(command, b"").status(0);
    }
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", python.to_str().unwrap(), "of-ours"]).status(0);
    sandbox
}

const PLAIN: [&str; 4] = ["of-venv", "of-virtualenv", "of-uv", "envs/of-ours"];

fn source(story: Story, plain: &str) -> Story {
    story.code(format!(". {plain}/bin/activate"), format!("source {plain}/bin/activate.fish"))
}

/// Drops what is left of us in bash and zsh, and of virtualenv's script in zsh.
fn without_record(story: Story) -> Story {
    story.code(
        "unset VENVWRAP_UNDO __venvwrap_shown __venvwrap_drawn __venvwrap_record __venvwrap_entered __venvwrap_named; if [ -n \"${ZSH_VERSION-}\" ]; then psvar=(); fi",
        "set -q VENVWRAP_UNDO; and echo still there",
    )
}

#[test]
fn leaving_it_leads_back_to_where_all_began() {
    let sandbox = sandbox();
    for plain in PLAIN {
        // Exported, because venv's script exports it for good.
        let outside = Story::new().export("PS1", "$ ").export("PYTHONHOME", "/py").snapshot("outside");
        let story = source(outside.run(["workon", "x"]), plain).get("VIRTUAL_ENV").get("PATH");
        let story = without_record(story.run(["deactivate"])).snapshot("after");
        // And with ours again afterwards, which must find nothing of the first.
        let story = story.run(["workon", "x"]).get("PATH").run(["deactivate"]).snapshot("after ours");
        for mode in MODES.iter().filter(|mode| ["bash", "zsh", "zsh -i", "fish"].contains(&mode.name)) {
            let told = story.played(&sandbox, mode).silent().records(&format!(
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/{plain}
                 export PATH=[ROOT]/{plain}/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0
                 workon x: 0
                 export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0"
            ));
            told.same("outside", "after").same("outside", "after ours");
        }
    }
}

/// Entering replaces, as in virtualenvwrapper and in all of these scripts.
#[test]
fn workon_over_it_and_back_is_outside_of_both() {
    let sandbox = sandbox();
    for plain in PLAIN {
        let outside = Story::new().export("PS1", "$ ").export("PYTHONHOME", "/py").snapshot("outside");
        let story = source(outside, plain).run(["workon", "x"]).get("VIRTUAL_ENV").get("PATH").run(["deactivate"]);
        let story = story.code("if [ -n \"${ZSH_VERSION-}\" ]; then psvar=(); fi", "").snapshot("after");
        for mode in MODES.iter().filter(|mode| ["bash", "zsh", "zsh -i", "fish"].contains(&mode.name)) {
            let told = story.played(&sandbox, mode).silent().same("outside", "after");
            told.records(
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/envs/x
                 export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0",
            );
        }
    }
}

/// In a child there is no `deactivate` to call: PATH, prompt and VIRTUAL_ENV tell the same
/// afterwards.
#[test]
fn one_that_was_only_inherited_is_replaced_too() {
    let sandbox = sandbox();
    for (plain, label) in [("of-venv", "of-venv"), ("of-uv", "(of-uv) "), ("of-virtualenv", "")] {
        let root = sandbox.root().join(plain);
        let path = [root.join("bin").to_str().unwrap(), sandbox.tools().to_str().unwrap(), "/usr/bin:/bin"].join(":");
        let story = Story::bare()
            .export("VIRTUAL_ENV", root.to_str().unwrap())
            .export("VIRTUAL_ENV_PROMPT", label)
            .export("PS1", format!("({plain}) $ "))
            .export("PATH", path)
            .load()
            .run(["workon", "x"])
            .get("PATH")
            .run(["deactivate"])
            .get_all(&["PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "VENVWRAP_UNDO", "PS1"]);
        for mode in MODES.iter().filter(|mode| ["bash", "zsh -i", "fish"].contains(&mode.name)) {
            let prompt = if mode.shell == Shell::Fish { format!("({plain}) $ ") } else { "$".to_owned() };
            story.played(&sandbox, mode).silent().records(&format!(
                "workon x: 0
                 export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 unset VIRTUAL_ENV
                 unset VIRTUAL_ENV_PROMPT
                 unset VENVWRAP_UNDO
                 export PS1={}",
                prompt.trim_end()
            ));
        }
    }
    // What is no environment is only a variable, and /usr/bin stays on PATH.
    let story = Story::new().export("VIRTUAL_ENV", "/usr").snapshot("before").run(["workon", "x"]).run(["deactivate"]);
    for shell in Shell::ALL {
        story.clone().snapshot("after").played(&sandbox, shell.plain()).silent().same("before", "after");
    }
}

#[test]
fn a_child_shell_of_it_is_not_taken_for_one_of_ours() {
    let sandbox = sandbox();
    for child in Shell::ALL {
        let inner = Story::new().get("VIRTUAL_ENV").run_failing(["deactivate"]);
        let story = source(Story::new().run(["workon", "x"]), "of-venv").child(child.plain(), inner);
        for shell in Shell::ALL {
            let told = story.played(&sandbox, shell.plain());
            told.records(
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/of-venv
                 deactivate: 127
                 end",
            );
        }
    }
}

#[test]
fn a_nondestructive_deactivate_keeps_the_function() {
    let story = Story::new().run(["workon", "x"]).run(["deactivate", "nondestructive"]).get("VIRTUAL_ENV");
    let story = story.run_failing(["deactivate"]).run(["workon", "y"]).run(["deactivate"]).get("PATH");
    for shell in Shell::ALL {
        story.played(&Sandbox::with_x_and_y(), shell.plain()).records(
            "workon x: 0
             deactivate nondestructive: 0
             unset VIRTUAL_ENV
             deactivate: 1
             workon y: 0
             deactivate: 0
             export PATH=[ROOT]/tools:/usr/bin:/bin",
        );
    }
}
