//! Sourced hooks: what they may do to the shell, and what they cannot break; and whose project's
//! are sourced.

use std::fs;

use super::telling::{self, assert_heard, hooks, sourced, typed, typing};
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::{MODES, Mode, Shell, hinted};
use crate::support::story::Story;

/// The modes in which a hook's own `cd` and `export` are those of the shell.
fn modes() -> impl Iterator<Item = &'static Mode> {
    MODES.iter().filter(|mode| !mode.name.contains("aliases") && !mode.name.contains("replaced"))
}

#[test]
fn what_a_hook_sets_persists_and_what_fails_in_it_does_not_matter() {
    let sandbox = Sandbox::with_x_and_y();
    for (event, place) in [
        ("postactivate", sandbox.workon_home()),
        ("postactivate", sandbox.environment("x").join("bin")),
        ("predeactivate", sandbox.workon_home()),
        ("postdeactivate", sandbox.environment("x").join("bin")),
    ] {
        let who = if place == sandbox.workon_home() { "GLOBAL" } else { "LOCAL" };
        let name = format!("{who}_{event}");
        let posix = format!(
            "{name}=\"${{#}}${{*}}\"; export EXPORTED=\"it's {name}\"\nvalue={name} root={name} hooks={name} file={name} \
             name={name} rest={name}\nalias of_{name}='echo'\nof_{name}_too() {{ echo '* {name}'; }}\ntypeset lost=1\n\
             cd /usr\nfalse\n[ a = b ]\nreturn 3\n{name}=late\n"
        );
        let fish = format!(
            "set -g {name} (count $argv)\"$argv\"; set -gx EXPORTED \"it's {name}\"\nfor of in value root hooks file name rest\n\
             set -g $of {name}\nend\nalias of_{name}='echo'\nfunction of_{name}_too; echo '* {name}'; end\nset -l lost 1\n\
             cd /usr\nfalse\ntest a = b\nreturn 3\nset -g {name} late\n"
        );
        sourced(&place, event, &posix, &fish);
    }
    let story = Story::new()
        .run(["workon", "x"])
        .get_all(&["GLOBAL_postactivate", "LOCAL_postactivate", "EXPORTED", "value", "root", "lost", "VIRTUAL_ENV"])
        .directory()
        .code("cd /; alias of_LOCAL_postactivate >/dev/null", "cd /; functions -q of_LOCAL_postactivate")
        .run(["of_LOCAL_postactivate_too"])
        .run(["deactivate"])
        .get_all(&["GLOBAL_predeactivate", "LOCAL_postdeactivate", "EXPORTED"])
        .get_all(&["value", "root", "hooks", "file", "name", "rest", "VIRTUAL_ENV"])
        .get("VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV")
        .directory()
        .run(["of_GLOBAL_predeactivate_too"]);
    // With warn_create_global zsh has something to say of every assignment in a hook.
    for mode in modes().filter(|mode| mode.name != "zsh with odd options") {
        // With allexport set everything is exported.
        let export = if mode.name == "zsh with other options" { "export " } else { "" };
        let all = ["value", "root", "hooks", "file", "name", "rest"];
        let all = all.map(|name| format!("{export}{name}=LOCAL_postdeactivate\n")).concat();
        let told = story.played(&sandbox, mode).says("* LOCAL_postactivate\n* GLOBAL_predeactivate\n", "");
        told.records(&format!(
            "workon x: 0
             {export}GLOBAL_postactivate=0
             {export}LOCAL_postactivate=0
             export EXPORTED=it's LOCAL_postactivate
             {export}value=LOCAL_postactivate
             {export}root=LOCAL_postactivate
             unset lost
             export VIRTUAL_ENV=[ROOT]/envs/x
             in /usr
             of_LOCAL_postactivate_too: 0
             deactivate: 0
             {export}GLOBAL_predeactivate=0
             {export}LOCAL_postdeactivate=0
             export EXPORTED=it's LOCAL_postdeactivate
             {all}unset VIRTUAL_ENV
             unset VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
             in /usr
             of_GLOBAL_predeactivate_too: 0"
        ));
    }
}

#[test]
fn a_hook_that_no_shell_can_read_breaks_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    for event in ["postactivate", "predeactivate", "postdeactivate"] {
        sourced(&sandbox.workon_home(), event, "if (\n", "if (\n");
    }
    let story = Story::new().run(["workon", "x"]).get("VIRTUAL_ENV").run(["workon", "y"]).run(["deactivate"]);
    let story = story.get_all(&["VIRTUAL_ENV", "VENVWRAP_UNDO", "VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV"]);
    for mode in modes() {
        let told = story.played(&sandbox, mode);
        assert!(told.stderr_text().contains("postactivate"), "{told}");
        told.records(
            "workon x: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             workon y: 0
             deactivate: 0
             unset VIRTUAL_ENV
             unset VENVWRAP_UNDO
             unset VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV",
        );
    }
}

#[test]
fn exit_in_a_sourced_hook_ends_the_shell() {
    let sandbox = Sandbox::with_x_and_y();
    sourced(&sandbox.workon_home(), "postactivate", "exit 7\n", "exit 7\n");
    for shell in Shell::ALL {
        let child = Story::new().run(["workon", "x"]);
        let story =
            Story::new().child(shell.plain(), child).code("__story_status child $?", "__story_status child $status");
        let told = story.played(&sandbox, shell.plain()).silent();
        // fish ends only the file that it reads.
        let gone_on = "workon x: 0\nend\nchild: 0";
        told.records(if shell == Shell::Fish { gone_on } else { "child: 7" });
    }
}

#[test]
fn fish_reads_a_hook_without_an_ending_where_there_is_none_of_its_own() {
    let sandbox = Sandbox::with_x_and_y();
    fs::write(sandbox.workon_home().join("initialize"), "echo '* initialize'\n").unwrap();
    fs::write(sandbox.workon_home().join("postactivate"), "echo '* both'\n").unwrap();
    fs::write(sandbox.environment("x").join("bin/postactivate"), "echo '* for bash'\n").unwrap();
    fs::write(sandbox.environment("x").join("bin/postactivate.fish"), "echo '* for fish'\n").unwrap();
    let story = Story::new().run(["workon", "x"]);
    story.played(&sandbox, Shell::Fish.plain()).says("* initialize\n* both\n* for fish\n", "");
    story.played(&sandbox, Shell::Zsh.plain()).says("* initialize\n* both\n* for bash\n", "");
}

#[test]
fn a_projects_hooks_are_sourced_only_as_they_were_when_they_were_trusted() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let project = sandbox.root().join("p");
        let at = project.join(".virtualenvwrapper");
        hooks(&at, "project", telling::PROJECT);
        fs::write(sandbox.environment("x").join(".project"), bytes(&project)).unwrap();
        let story = typed(&["workon x", "deactivate"]);
        let ending = if shell == Shell::Fish { ".fish" } else { "" };
        let trust = format!("venvwrap trust {}", hinted(project.to_str().unwrap()));
        let notices = |event: &str| {
            let file = format!("[ROOT]/p/.virtualenvwrapper/{event}{ending} is not trusted and was not sourced");
            if event == "postactivate" { format!("{file}; look at it, then `{trust}`\n") } else { format!("{file}\n") }
        };
        let untrusted = notices("postactivate") + &notices("predeactivate");
        let told = story.played(&sandbox, shell.plain()).says("> workon x\n> deactivate\n", &untrusted);
        told.records("workon x: 0\ndeactivate: 0");
        Story::new().code(&trust, &trust).played(&sandbox, shell.plain()).records("");
        let trusted = "> workon x
             * project postactivate [] in [ROOT]/p: env=x last= cd=1
             > deactivate
             * project predeactivate [] in [ROOT]/p: env=x last= cd=";
        assert_heard(&story.played(&sandbox, shell.plain()), &[], trusted);
        // One that changes, even while the environment is active, is a new one.
        let change = format!("echo >>\"$VIRTUAL_ENV/../../p/.virtualenvwrapper/predeactivate{ending}\"");
        let story = typing(typed(&["workon x"]).code(&change, &change), "deactivate");
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(told.stderr_text(), notices("predeactivate"), "{told}");
        assert_heard(&told, &[], trusted.rsplit_once('\n').unwrap().0);
        sandbox.run(["trust", "--revoke", project.to_str().unwrap()]).status(0);
        assert_eq!(story.played(&sandbox, shell.plain()).stderr_text(), untrusted);
    }
}
