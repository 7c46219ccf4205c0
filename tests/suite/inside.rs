//! While an environment is active: the prompt, lines appended to activate, and directories.

use std::fs;

use crate::support::programs::write_program;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

#[test]
fn the_prompt_shows_the_name_and_keeps_edits() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("a$b`c\\d!e%f");
    let story = Story::new()
        .set("PS1", "$ ")
        .run(["workon", "a$b`c\\d!e%f"])
        .get("VIRTUAL_ENV_PROMPT")
        .get("PS1")
        .code("PS1=\"new $PS1 > \"", "")
        .run(["deactivate"])
        .get("PS1")
        .export("VIRTUAL_ENV_DISABLE_PROMPT", "1")
        .run(["workon", "a$b`c\\d!e%f"])
        .get("PS1")
        .get("VIRTUAL_ENV_PROMPT")
        .run(["deactivate"])
        .get("PS1");
    for (mode, drawn) in [("bash", "a_b_c_d_e%f"), ("zsh -i", "a_b_c_d_e%%f")] {
        let mode = MODES.iter().find(|known| known.name == mode).unwrap();
        story.played(&sandbox, mode).silent().records(&format!(
            "workon a$b`c\\d!e%f: 0
             export VIRTUAL_ENV_PROMPT=a$b`c\\d!e%f
             PS1=({drawn}) $
             deactivate: 0
             PS1=new $  >
             workon a$b`c\\d!e%f: 0
             PS1=new $  >
             export VIRTUAL_ENV_PROMPT=a$b`c\\d!e%f
             deactivate: 0
             PS1=new $  >"
        ));
    }
}

#[test]
fn the_prompt_of_fish_is_wrapped_and_comes_back() {
    let sandbox = Sandbox::new();
    let name = "it's \u{1b}[31m$x %s";
    sandbox.minimal_environment(name);
    let draw = |story: Story| story.code("", "false; fish_prompt; echo");
    let workon = |story: Story| draw(story.run(["workon", name]));
    let story = Story::new().code("", "function fish_prompt; echo -n \"[$status]> \"; end").snapshot("before");
    let story = draw(draw(workon(workon(story))).run(["deactivate"])).snapshot("after");
    // With the prompt disabled, and with a prompt replaced inside.
    let story = workon(story.export("VIRTUAL_ENV_DISABLE_PROMPT", "1")).run(["deactivate"]);
    let story = draw(workon(story.unset("VIRTUAL_ENV_DISABLE_PROMPT")).code("", "function fish_prompt; echo new; end"));
    let drawn = "(it's _[31m$x %s) [1]> ";
    draw(story.run(["deactivate"]))
        .played(&sandbox, Shell::Fish.plain())
        .says(&format!("{drawn}\n{drawn}\n{drawn}\n[1]> \n[1]> \n{drawn}\nnew\n\nnew\n\n"), "")
        .same("before", "after");
}

#[test]
fn lines_appended_to_bin_activate_take_effect() {
    let sandbox = Sandbox::with_x_and_y();
    let append = |name: &str, lines: &str| {
        let file = sandbox.environment(name).join("bin/activate");
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text + lines).unwrap();
    };
    append("x", "# mine\nexport MINE=\"it's $VIRTUAL_ENV_PROMPT\"\nset -- a b\nreturn 3\nMINE=late\n");
    append("y", "MINE=broken\nif (\n");
    let story = Story::new()
        .run(["workon", "x"])
        .get("MINE")
        .get("VIRTUAL_ENV")
        .unset("MINE")
        .run(["workon", "y"])
        .get("VIRTUAL_ENV")
        .run(["deactivate"])
        .get("VIRTUAL_ENV");
    let mine = |mine: &str| {
        format!(
            "workon x: 0
             {mine}
             export VIRTUAL_ENV=[ROOT]/envs/x
             workon y: 0
             export VIRTUAL_ENV=[ROOT]/envs/y
             deactivate: 0
             unset VIRTUAL_ENV"
        )
    };
    // The user's aliases and functions apply in appended lines, as they should.
    for mode in MODES.iter().filter(|mode| !mode.name.contains("aliases") && !mode.name.contains("replaced")) {
        let told = story.played(&sandbox, mode);
        if mode.shell == Shell::Fish {
            told.silent().records(&mine("unset MINE"));
        } else {
            told.records(&mine("export MINE=it's x"));
        }
    }
}

#[test]
fn directories_of_the_environment_and_of_its_project_are_gone_to() {
    let sandbox = Sandbox::with_x_and_y();
    let project = sandbox.write("-proj it's/file", "");
    fs::write(sandbox.environment("x").join(".project"), bytes(project.parent().unwrap())).unwrap();
    Story::new()
        .run(["workon", "x"])
        .directory()
        .run(["cdvirtualenv"])
        .directory()
        .run(["cdvirtualenv", "bin"])
        .directory()
        .run(["cdsitepackages"])
        .directory()
        .run(["workon", "-n", "x"])
        .directory()
        .plays_in_every_mode(
            &sandbox,
            "workon x: 0
             in [ROOT]/-proj it's
             cdvirtualenv: 0
             in [ROOT]/envs/x
             cdvirtualenv bin: 0
             in [ROOT]/envs/x/bin
             cdsitepackages: 0
             in [ROOT]/envs/x/lib/python3.11/site-packages
             workon -n x: 0
             in [ROOT]/envs/x/lib/python3.11/site-packages",
        );
}

#[test]
fn commands_are_looked_up_anew() {
    let sandbox = Sandbox::with_x_and_y();
    for (place, word) in [(sandbox.tools(), "outside"), (sandbox.environment("x").join("bin"), "in x")] {
        let file = place.join("greet");
        write_program(&file, format!("#!/bin/sh\nprintf '%s\\n' '{word}'\n"));
    }
    let story = Story::new().code("greet", "greet").run(["workon", "x"]).code("greet", "greet");
    let story = story.run(["workon", "y"]).code("greet", "greet").run(["workon", "x"]).code("greet", "greet");
    let story = story.run(["deactivate"]).code("greet", "greet");
    for mode in MODES {
        story.played(&sandbox, mode).says("outside\nin x\noutside\nin x\noutside\n", "");
    }
}

/// The lines that `nodeenv -p` appends need the path of their file, and their `exit` would end the
/// shell.
#[test]
fn appended_lines_that_are_for_a_file_are_passed_over_as_a_whole_and_the_shell_lives() {
    let nodeenv = "if [ \"${BASH_SOURCE}\" ] ; then\n    SOURCE=\"${BASH_SOURCE[0]}\"\n    DIR=\"$( dirname \"$SOURCE\" )\"
    while [ -h \"$SOURCE\" ]; do SOURCE=\"$(readlink \"$SOURCE\")\"; done\n    NODE_VIRTUAL_ENV=\"$( cd -P \"$( dirname \"$SOURCE\" )\" && pwd )\"
else\n    NODE_VIRTUAL_ENV=\"$(dirname \"$(dirname \"$0\")\")\"\nfi\nexport NODE_VIRTUAL_ENV\n";
    for (lines, word) in [
        (nodeenv, "BASH_SOURCE"),
        ("export NODE_VIRTUAL_ENV=1\nexit 3\n", "exit"),
        ("NODE_VIRTUAL_ENV=$0\nexec true\n", "$0"),
        ("export NODE_VIRTUAL_ENV=1\nif true; then exec true; fi\n", "exec"),
    ] {
        let sandbox = Sandbox::with_x_and_y();
        let maker = "deactivate () {\n    hash -r\n}\nhash -r\n";
        std::fs::write(sandbox.environment("x").join("bin/activate"), format!("{maker}{lines}")).unwrap();
        let story = Story::new().run(["workon", "x"]).get("NODE_VIRTUAL_ENV").run(["deactivate"]).get("VIRTUAL_ENV");
        for shell in Shell::ALL {
            let said = format!(
                "[ROOT]/envs/x/bin/activate: the lines at its end use `{word}` and were not run; move them to [ROOT]/envs/x/bin/postactivate, which is sourced\n"
            );
            story.played(&sandbox, shell.plain()).says("", if shell == Shell::Fish { "" } else { &said }).records(
                "workon x: 0
                 unset NODE_VIRTUAL_ENV
                 deactivate: 0
                 unset VIRTUAL_ENV",
            );
        }
    }
}
