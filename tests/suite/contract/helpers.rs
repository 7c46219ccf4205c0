//! Ground rules, and the functions that other people's hooks and plugins call.

use std::fs;

use super::telling::{assert_heard, hooks, quick_sandbox, sourced, typing};
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

const COMMANDS: &[&str] = &[
    "mkvirtualenv",
    "mktmpenv",
    "mkproject",
    "cpvirtualenv",
    "mvvirtualenv",
    "rmvirtualenv",
    "workon",
    "lsvirtualenv",
    "showvirtualenv",
    "allvirtualenv",
    "cdvirtualenv",
    "cdsitepackages",
    "cdproject",
    "setvirtualenvproject",
    "lssitepackages",
    "add2virtualenv",
    "toggleglobalsitepackages",
    "wipeenv",
    "virtualenvwrapper",
];

#[test]
fn every_command_is_a_function_and_deactivate_is_one_inside() {
    let story = COMMANDS.iter().fold(Story::new(), |story, command| {
        story.code(format!("type {command} | head -n 1 | grep function"), format!("type -t {command}"))
    });
    let is_there = |story: Story| story.code("type deactivate >/dev/null 2>&1", "type -q deactivate");
    let status = |story: Story| story.code("__story_status deactivate $?", "__story_status deactivate $status");
    let story = status(is_there(story)).run(["workon", "x"]);
    let story = status(is_there(story)).run(["deactivate"]);
    let story = status(is_there(story));
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(told.stdout_text().matches("function").count(), COMMANDS.len(), "{told}");
        told.records("deactivate: 1\nworkon x: 0\ndeactivate: 0\ndeactivate: 0\ndeactivate: 1");
    }
}

#[test]
fn what_happens_in_a_subshell_stays_there() {
    let sandbox = Sandbox::with_x_and_y();
    let inside = "cd / && workon y && cdvirtualenv && printf '%s\\n' \"$VIRTUAL_ENV_PROMPT in $(pwd)\"";
    // fish has none: a child is the nearest thing.
    let story = Story::new().run(["workon", "x"]).code(format!("({inside}; deactivate)"), "");
    let story = story.get("VIRTUAL_ENV").directory().run(["deactivate"]).get("VIRTUAL_ENV");
    for mode in MODES.iter().filter(|mode| mode.shell != Shell::Fish) {
        if mode.name.contains("aliases") || mode.name.contains("replaced") {
            continue;
        }
        let told = story.played(&sandbox, mode);
        assert_heard(&told, &["y in"], "y in [ROOT]/envs/y");
        told.records(
            "workon x: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             in [ROOT]
             deactivate: 0
             unset VIRTUAL_ENV",
        );
    }
}

/// `x` linked to the directory `my project`.
fn with_a_project() -> Sandbox {
    let sandbox = Sandbox::with_x_and_y();
    let project = sandbox.root().join("my project");
    fs::create_dir(&project).unwrap();
    fs::write(sandbox.environment("x").join(".project"), bytes(project)).unwrap();
    sandbox
}

#[test]
fn a_change_of_directory_can_be_gone_back_on() {
    let back = |story: Story| story.code("cd - >/dev/null", "cd -").directory();
    let story = back(Story::new().run(["workon", "x"]).directory());
    let story = back(story.run(["cdvirtualenv", "bin"]).directory());
    let story = back(story.run(["cdsitepackages"]).directory());
    let story = back(story.run(["cdproject"]).directory());
    story.plays(
        &with_a_project(),
        "workon x: 0
         in [ROOT]/my project
         in [ROOT]
         cdvirtualenv bin: 0
         in [ROOT]/envs/x/bin
         in [ROOT]
         cdsitepackages: 0
         in [ROOT]/envs/x/lib/python3.11/site-packages
         in [ROOT]
         cdproject: 0
         in [ROOT]/my project
         in [ROOT]",
    );
}

#[test]
fn no_hook_on_the_directory_fires_and_no_option_of_grep_matters() {
    let story = Story::new()
        .export("GREP_OPTIONS", "--color=always -v")
        .code(
            "chpwd() { echo CHPWD; }; chpwd_functions=(chpwd); cd() { echo CD; }; pushd() { echo PUSHD; }",
            "function cd; echo CD; end",
        )
        .run(["workon", "x"])
        .run(["cdvirtualenv", "bin"])
        .run(["cdproject"])
        .run(["virtualenvwrapper_cd", "/"])
        .directory()
        .run(["virtualenvwrapper_show_workon_options"]);
    for shell in Shell::ALL {
        story.played(&with_a_project(), shell.plain()).says("x\ny\n", "").records(
            "workon x: 0
             cdvirtualenv bin: 0
             cdproject: 0
             virtualenvwrapper_cd /: 0
             in /
             virtualenvwrapper_show_workon_options: 0",
        );
    }
}

#[test]
fn every_command_completes_where_a_failure_ends_the_shell() {
    let story = Story::new()
        .run(["mkvirtualenv", "n"])
        .run(["mkproject", "p"])
        .run(["cdvirtualenv"])
        .run(["cdsitepackages"])
        .run(["lssitepackages"])
        .run(["lsvirtualenv"])
        .run(["lsvirtualenv", "-b"])
        .run(["showvirtualenv"])
        .run(["add2virtualenv", "it's"])
        .run(["toggleglobalsitepackages"])
        .run(["setvirtualenvproject"])
        .run(["cdproject"])
        .run(["allvirtualenv", "pwd"])
        .run(["virtualenvwrapper"])
        .run(["mktmpenv"])
        .run(["workon", "n"])
        .run(["deactivate"])
        .run(["rmvirtualenv", "n"])
        .run(["virtualenvwrapper_initialize"]);
    for mode in MODES.iter().filter(|mode| mode.name.contains("strict") || mode.name.contains("err")) {
        let sandbox = quick_sandbox();
        hooks(&sandbox.workon_home(), "global", &["initialize", "postactivate", "preactivate", "postmkproject"]);
        let told = story.played(&sandbox, mode);
        let failed = told.records.iter().filter(|record| !record.ends_with(b": 0")).count();
        assert_eq!(failed, 1, "all but the end: {told}");
    }
}

#[test]
fn helpers_answer_at_the_prompt() {
    let story = Story::new()
        .run_failing(["virtualenvwrapper_verify_active_environment"])
        .run(["virtualenvwrapper_show_workon_options"])
        .run(["virtualenvwrapper_derive_workon_home"])
        .run(["virtualenvwrapper_verify_workon_home"])
        .run(["virtualenvwrapper_verify_workon_environment", "x"])
        .run_failing(["virtualenvwrapper_verify_workon_environment", "nosuch"])
        .run_failing(["virtualenvwrapper_verify_project_home"])
        .run(["virtualenvwrapper_load"])
        .run(["workon", "x"])
        .run(["virtualenvwrapper_verify_active_environment"])
        .run(["virtualenvwrapper_get_site_packages_dir"])
        .run(["virtualenvwrapper_get_python_version"])
        .set("PROJECT_HOME", "/")
        .run(["virtualenvwrapper_verify_project_home"])
        .set("WORKON_HOME", "~/new")
        .run(["virtualenvwrapper_derive_workon_home"])
        .run(["virtualenvwrapper_verify_workon_home", "-q"])
        .set("WORKON_HOME", "~/newer")
        .run(["virtualenvwrapper_verify_workon_home"]);
    for shell in Shell::ALL {
        story
            .played(&Sandbox::with_x_and_y(), shell.plain())
            .says(
                "x\ny\n[ROOT]/envs\n[ROOT]/envs/x/lib/python3.11/site-packages\n3.11\n[ROOT]/home/new\n",
                "venvwrap: no virtualenv active
venvwrap: environment `nosuch` does not exist in [ROOT]/envs
hint: `lsvirtualenv -b` lists the environments; `mkvirtualenv nosuch` creates it
venvwrap: PROJECT_HOME: directory '' does not exist
NOTE: Virtual environments directory [ROOT]/home/newer does not exist. Creating...
",
            )
            .records(
                "virtualenvwrapper_verify_active_environment: 1
                 virtualenvwrapper_show_workon_options: 0
                 virtualenvwrapper_derive_workon_home: 0
                 virtualenvwrapper_verify_workon_home: 0
                 virtualenvwrapper_verify_workon_environment x: 0
                 virtualenvwrapper_verify_workon_environment nosuch: 1
                 virtualenvwrapper_verify_project_home: 1
                 virtualenvwrapper_load: 0
                 workon x: 0
                 virtualenvwrapper_verify_active_environment: 0
                 virtualenvwrapper_get_site_packages_dir: 0
                 virtualenvwrapper_get_python_version: 0
                 virtualenvwrapper_verify_project_home: 0
                 virtualenvwrapper_derive_workon_home: 0
                 virtualenvwrapper_verify_workon_home -q: 0
                 virtualenvwrapper_verify_workon_home: 0",
            );
    }
}

#[test]
fn hooks_call_commands_and_helpers() {
    let sandbox = with_a_project();
    let posix = "virtualenvwrapper_verify_active_environment && lsvirtualenv -b && cdvirtualenv bin && \
                 virtualenvwrapper_cd .. && printf '* %s\\n' \"$(virtualenvwrapper_get_python_version)\"\n";
    let fish = "virtualenvwrapper_verify_active_environment; and lsvirtualenv -b; and cdvirtualenv bin; and \
                virtualenvwrapper_cd ..; and printf '* %s\\n' (virtualenvwrapper_get_python_version)\n";
    sourced(&sandbox.workon_home(), "postactivate", posix, fish);
    // One that enters another environment: the last one counts.
    sourced(&sandbox.environment("y").join("bin"), "postactivate", "workon -n x\n", "workon -n x\n");
    sourced(&sandbox.workon_home(), "postdeactivate", "cdproject || echo '* none'\n", "cdproject; or echo '* none'\n");
    let story =
        Story::new().run(["workon", "x"]).directory().run(["workon", "y"]).get("VIRTUAL_ENV").run(["deactivate"]);
    let story = story.get("VIRTUAL_ENV").get("PATH");
    for mode in MODES.iter().filter(|mode| !mode.name.contains("aliases") && !mode.name.contains("replaced")) {
        let told = story.played(&sandbox, mode);
        assert_heard(
            &told,
            &["x", "y"],
            "x
             y
             * 3.11
             * none
             x
             y
             * 3.11
             * none
             x
             y
             * 3.11
             * none",
        );
        told.records(
            "workon x: 0
             in [ROOT]/envs/x
             workon y: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             deactivate: 0
             unset VIRTUAL_ENV
             export PATH=[ROOT]/tools:/usr/bin:/bin",
        );
    }
}

#[test]
fn run_hook_fires_the_hooks_of_an_event() {
    let sandbox = with_a_project();
    hooks(
        &sandbox.workon_home(),
        "global",
        &["preactivate", "postactivate", "predeactivate", "postmkproject", "premkproject"],
    );
    hooks(&sandbox.environment("x").join("bin"), "local", &["preactivate", "postactivate", "predeactivate"]);
    let story = [
        "workon x",
        "virtualenvwrapper_run_hook preactivate x",
        "virtualenvwrapper_run_hook pre_activate nosuch",
        "virtualenvwrapper_run_hook post_activate",
        "virtualenvwrapper_run_hook pre_deactivate",
        "virtualenvwrapper_run_hook project.pre_mkproject p",
        "virtualenvwrapper_run_hook project.post_mkproject",
        "virtualenvwrapper_run_hook --name user_scripts pre_activate x",
        "virtualenvwrapper_run_hook no_such_event",
    ]
    .iter()
    .fold(Story::new(), |story, line| typing(story, line));
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[],
            "> workon x
             * global preactivate [x] in [ROOT]/envs: env= last= cd=
             * local preactivate [x] in [ROOT]/envs: env= last= cd=
             * global postactivate [] in [ROOT]/my project: env=x last= cd=1
             * local postactivate [] in [ROOT]/my project: env=x last= cd=1
             > virtualenvwrapper_run_hook preactivate x
             * global preactivate [x] in [ROOT]/envs: env=x last= cd=
             * local preactivate [x] in [ROOT]/envs: env=x last= cd=
             > virtualenvwrapper_run_hook pre_activate nosuch
             * global preactivate [nosuch] in [ROOT]/envs: env=x last= cd=
             > virtualenvwrapper_run_hook post_activate
             * global postactivate [] in [ROOT]/my project: env=x last= cd=
             * local postactivate [] in [ROOT]/my project: env=x last= cd=
             > virtualenvwrapper_run_hook pre_deactivate
             * local predeactivate [] in [ROOT]/my project: env=x last= cd=
             * global predeactivate [] in [ROOT]/my project: env=x last= cd=
             > virtualenvwrapper_run_hook project.pre_mkproject p
             * global premkproject [p] in [ROOT]/envs: env=x last= cd=
             > virtualenvwrapper_run_hook project.post_mkproject
             * global postmkproject [] in [ROOT]/my project: env=x last= cd=
             > virtualenvwrapper_run_hook --name user_scripts pre_activate x
             * global preactivate [x] in [ROOT]/envs: env=x last= cd=
             * local preactivate [x] in [ROOT]/envs: env=x last= cd=
             > virtualenvwrapper_run_hook no_such_event",
        );
        let failed = told.records.iter().filter(|record| !record.ends_with(b": 0")).count();
        assert_eq!(failed, 1, "all but the end: {told}");
    }
}
