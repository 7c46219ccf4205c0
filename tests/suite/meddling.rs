//! What others change while one is inside, and what start-up files do to a shell that was started
//! inside.
//!
//! Leaving always ends with no name before the prompt, no `deactivate` and no variable of ours, and
//! with PATH as it was.

use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

/// The shells with a prompt of their own.
fn prompting() -> impl Iterator<Item = &'static crate::support::shells::Mode> {
    MODES.iter().filter(|mode| ["bash", "zsh -i", "fish"].contains(&mode.name))
}

#[test]
fn leaving_ends_clean_whatever_was_changed_inside() {
    let sandbox = Sandbox::with_x_and_y();
    for (posix, fish) in [
        ("unset VENVWRAP_UNDO", "set -e VENVWRAP_UNDO"),
        ("unset VIRTUAL_ENV", "set -e VIRTUAL_ENV"),
        ("unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT VENVWRAP_UNDO", "set -e VIRTUAL_ENV VIRTUAL_ENV_PROMPT VENVWRAP_UNDO"),
        (
            "export VENVWRAP_UNDO='root=/evil;VIRTUAL_ENV=/evil;PYTHONHOME=/evil'",
            "set -gx VENVWRAP_UNDO 'root=/evil;PYTHONHOME=/evil'",
        ),
        ("export VENVWRAP_UNDO=x", "set -gx VENVWRAP_UNDO x"),
        ("VIRTUAL_ENV_PROMPT=other", "set -gx VIRTUAL_ENV_PROMPT other"),
    ] {
        let story = Story::new().set("PS1", "$ ").snapshot("outside").run(["workon", "x"]).code(posix, fish);
        let story = story.run(["deactivate"]).snapshot("after");
        let story =
            story.run(["workon", "x"]).code(posix, fish).run(["workon", "y"]).run(["deactivate"]).snapshot("switched");
        for mode in prompting() {
            story.played(&sandbox, mode).silent().same("outside", "after").same("outside", "switched");
        }
    }
}

#[test]
fn an_environment_named_by_another_stays_and_nothing_of_ours_does() {
    let sandbox = Sandbox::with_x_and_y();
    let names = ["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "VENVWRAP_UNDO", "PATH", "PS1"];
    let story = Story::new().set("PS1", "$ ").run(["workon", "x"]).export("VIRTUAL_ENV", "/other").run(["deactivate"]);
    let story = story.get_all(&names).run_failing(["deactivate"]);
    for mode in prompting() {
        story.played(&sandbox, mode).records(
            "workon x: 0
             deactivate: 0
             export VIRTUAL_ENV=/other
             unset VIRTUAL_ENV_PROMPT
             unset VENVWRAP_UNDO
             export PATH=[ROOT]/tools:/usr/bin:/bin
             PS1=$
             deactivate: 127",
        );
    }
}

#[test]
fn a_deactivate_that_was_defined_inside_is_the_persons_own() {
    let sandbox = Sandbox::with_x_and_y();
    let define = |story: Story| story.code("deactivate() { :; }", "function deactivate; true; end");
    let outside = define(Story::new()).snapshot("outside").code("unset -f deactivate", "functions -e deactivate");
    let story = define(outside.run(["workon", "x"])).run(["venvwrap", "deactivate"]).snapshot("after");
    let story = define(story.run(["workon", "x"])).run(["workon", "y"]).run(["deactivate"]).snapshot("switched");
    for mode in prompting() {
        story.played(&sandbox, mode).silent().same("outside", "after").same("outside", "switched");
    }
}

/// virtualenvwrapper's own example, and the one that its users make of it.
#[test]
fn what_hooks_make_of_the_prompt_does_not_pile_up() {
    let sandbox = Sandbox::with_x_and_y();
    for hook in ["PS1=\"hook $_OLD_VIRTUAL_PS1\"\n", "PS1=\"hook $PS1\"\n"] {
        sandbox.write("envs/x/bin/postactivate", hook);
        let mut story = Story::new().set("PS1", "$ ").snapshot("outside");
        for _ in 0..3 {
            story = story.run(["workon", "x"]).run(["deactivate"]);
        }
        let story =
            story.snapshot("after").run(["workon", "x"]).run(["workon", "y"]).run(["deactivate"]).snapshot("switched");
        for mode in prompting().filter(|mode| mode.shell != Shell::Fish) {
            story.played(&sandbox, mode).silent().same("outside", "after").same("outside", "switched");
        }
    }
}

/// As VS Code and conda do it: a copy of the prompt, with something around.
#[test]
fn a_prompt_of_fish_that_others_wrapped_and_put_back_is_drawn_in_every_order() {
    let draw = |story: Story| story.code("", "false | true | false; fish_prompt a b; echo");
    let wrap = |story: Story, mark: &str| {
        let code =
            format!("functions -c fish_prompt __{mark}; function fish_prompt; echo -n {mark}; __{mark} $argv; end");
        story.code("", code)
    };
    let story = Story::new().code("", "function fish_prompt; echo -n \"[$status,$pipestatus,$argv]\"; end");
    let story = draw(draw(story).run(["workon", "x"]));
    let story = draw(draw(wrap(story, "code")).run(["deactivate"]));
    let story = draw(draw(story.run(["workon", "y"])).run(["deactivate"]));
    let story = draw(draw(wrap(story.run(["workon", "x"]), "conda")).run(["deactivate"]));
    let story = draw(story.code("", "functions -e fish_prompt; functions -c __conda fish_prompt"));
    let story = draw(draw(story.run(["workon", "x"])).run(["deactivate"]));
    let sandbox = Sandbox::with_x_and_y();
    let told = story.played(&sandbox, Shell::Fish.plain());
    let inner = "[0,0,a b]";
    told.says(
        &format!(
            "[1,1 0 1,a b]\n(x) [1,1 0 1,a b]\ncode(x) {inner}\ncode{inner}\n(y) code{inner}\ncode{inner}\n\
             conda(x) code{inner}\ncondacode{inner}\ncode{inner}\n(x) code{inner}\ncode{inner}\n"
        ),
        "",
    );
}

/// What a real login shell prints that was started inside `x`: its start-up file puts something
/// before PATH.
#[test]
fn a_login_shell_that_was_started_inside_is_inside() {
    let sandbox = Sandbox::with_x_and_y();
    let first = sandbox.root().join("first");
    std::fs::create_dir(&first).unwrap();
    for (reset, exported) in [(false, false), (true, false), (false, true)] {
        for child in Shell::ALL {
            let (mut put, load) =
                (child.quoted(first.to_str().unwrap()), child.quoted(child.functions().to_str().unwrap()));
            put = match (child, reset) {
                (Shell::Fish, false) => [b"set -gx PATH ", &put[..], b" $PATH"].concat(),
                (Shell::Fish, true) => [b"set -gx PATH ", &put[..], b" /usr/bin /bin"].concat(),
                (_, false) => [b"PATH=", &put[..], b":$PATH"].concat(),
                (_, true) => [b"PATH=", &put[..], b":/usr/bin:/bin"].concat(),
            };
            let prompt: &[u8] = match (child, exported) {
                (Shell::Fish, _) => b"function fish_prompt; echo -n '$ '; end",
                (_, false) => b"PS1='$ '",
                // A bash that is not interactive takes none from outside.
                (Shell::Bash, true) => b"PS1='(x) $ '",
                (Shell::Zsh, true) => b":",
            };
            let file = match child {
                Shell::Bash => ".bash_profile",
                Shell::Zsh => ".zshrc",
                Shell::Fish => ".config/fish/config.fish",
            };
            let text = [&put[..], b"\n", prompt, b"\n. ", &load, b"\n. ", &load, b"\n"].concat();
            sandbox.write(format!("home/{file}"), &text);
            let code = match child {
                Shell::Bash | Shell::Zsh => {
                    "f() { case $PATH in */envs/x/bin*) echo on PATH;; esac; printf '%s\\n' \"${PATH%%:*}|$PS1|\"; }; \
                     f; deactivate; f; echo \"${VIRTUAL_ENV-unset}\""
                }
                Shell::Fish => {
                    "function f; string match -q '*/envs/x/bin*' -- \"$PATH\"; and echo on PATH; echo $PATH[1]'|'(fish_prompt)'|'; end; \
                     f; deactivate; f; set -q VIRTUAL_ENV; or echo unset"
                }
            };
            let options = if child == Shell::Bash { "--login" } else { "-l -i" };
            let program = crate::support::sandbox::tool(child.name());
            let shell = Shell::Bash;
            let line = [
                &shell.quoted(program.to_str().unwrap())[..],
                format!(" {options} -c ").as_bytes(),
                &shell.quoted(code),
            ]
            .concat();
            let start = Story::new().set("PS1", "$ ");
            let start = if exported { start.export("PS1", "$ ") } else { start };
            let told = start.run(["workon", "x"]).code(line, "").played(&sandbox, shell.plain());
            told.says("on PATH\n[ROOT]/envs/x/bin|(x) $ |\n[ROOT]/first|$ |\nunset\n", "");
        }
    }
}
