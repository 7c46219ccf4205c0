//! `virtualenvwrapper.sh` and `virtualenvwrapper_lazy.sh`: what rc files and frameworks load in
//! place of virtualenvwrapper's own, in bash and zsh. Their first Tab is in completing.rs,
//! frameworks are in frameworks.rs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::programs::copy_program;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::{MODES, Mode, Shell};
use crate::support::story::Story;

/// The commands for which virtualenvwrapper's lazy loader has stubs.
const LAZY: [&str; 17] = [
    "mkvirtualenv",
    "rmvirtualenv",
    "lsvirtualenv",
    "showvirtualenv",
    "workon",
    "add2virtualenv",
    "cdsitepackages",
    "cdvirtualenv",
    "lssitepackages",
    "toggleglobalsitepackages",
    "cpvirtualenv",
    "setvirtualenvproject",
    "mkproject",
    "cdproject",
    "mktmpenv",
    "wipeenv",
    "allvirtualenv",
];

/// The state after `make install SHIMS=1`: the binary and both scripts side by side, first on PATH.
pub(crate) fn install_shims(sandbox: &Sandbox) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell");
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    for script in ["virtualenvwrapper.sh", "virtualenvwrapper_lazy.sh"] {
        copy_program(source.join(script), sandbox.tools().join(script));
    }
}

/// The same with two environments and a hook that reports when it runs on loading.
fn shimmed() -> Sandbox {
    let mut sandbox = Sandbox::with_x_and_y();
    install_shims(&sandbox);
    sandbox.set("HOOK_VERBOSE_OPTION", "-q");
    sandbox.write("envs/initialize", "__story_record \"initialize, hooks in $VIRTUALENVWRAPPER_HOOK_DIR\"\n");
    sandbox
}

fn modes() -> impl Iterator<Item = &'static Mode> {
    MODES.iter().filter(|mode| mode.shell != Shell::Fish)
}

/// Code for bash and zsh.
fn code(story: Story, text: &str) -> Story {
    story.code(text, "")
}

/// Loads a script from the tools directory.
fn load(story: Story, script: &str) -> Story {
    code(story, &format!(". tools/{script}"))
}

#[test]
fn the_script_defines_the_commands_and_fires_the_hook_of_loading_once() {
    let sandbox = shimmed();
    let story = load(Story::bare(), "virtualenvwrapper.sh").get("VIRTUALENVWRAPPER_SCRIPT");
    let story = story.run(["workon", "x"]).get("VIRTUAL_ENV").run(["deactivate"]);
    let story = story.get_all(&["VIRTUALENVWRAPPER_HOOK_DIR", "WORKON_HOME", "VIRTUALENVWRAPPER_PROJECT_FILENAME"]);
    for mode in modes() {
        story.played(&sandbox, mode).silent().records(
            "initialize, hooks in [ROOT]/envs
             export VIRTUALENVWRAPPER_SCRIPT=[ROOT]/tools/virtualenvwrapper.sh
             workon x: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             deactivate: 0
             export VIRTUALENVWRAPPER_HOOK_DIR=[ROOT]/envs
             export WORKON_HOME=[ROOT]/envs
             export VIRTUALENVWRAPPER_PROJECT_FILENAME=.project",
        );
    }
    for hook in ["premkvirtualenv", "postactivate", "get_env_details"] {
        assert!(sandbox.workon_home().join(hook).is_file(), "no template of {hook}");
    }
}

#[test]
fn it_can_be_loaded_in_a_function_and_twice_and_changes_nothing_then() {
    let sandbox = shimmed();
    for script in ["virtualenvwrapper.sh", "virtualenvwrapper_lazy.sh"] {
        // zsh's old completion system loads the line editor.
        let story = code(Story::bare(), "[[ -z ${ZSH_VERSION-} ]] || zmodload zsh/zle");
        let story = load(story, "virtualenvwrapper.sh").snapshot("before");
        let story = code(story, &format!("loading() {{ . tools/{script}; virtualenvwrapper_load; }}\nloading"));
        let story =
            code(story, "\\builtin unset -f loading; \\builtin unset VIRTUALENVWRAPPER_LAZY_LOADED").snapshot("after");
        for mode in modes() {
            story.played(&sandbox, mode).silent().same("before", "after");
        }
    }
}

#[test]
fn loading_makes_the_store_and_tells_of_templates_alone() {
    let mut sandbox = Sandbox::new();
    install_shims(&sandbox);
    sandbox.set("WORKON_HOME", sandbox.root().join("new/envs"));
    for shell in [Shell::Bash, Shell::Zsh] {
        let story = load(Story::bare(), "virtualenvwrapper.sh").run(["lsvirtualenv"]);
        let told = story.played(&sandbox, shell.plain());
        let said = told.stderr_text();
        assert_eq!(said.lines().filter(|line| line.starts_with("venvwrap: creating ")).count(), 12, "{told}");
        assert_eq!(said.lines().filter(|line| line.starts_with("No environments yet. ")).count(), 1, "{told}");
        assert_eq!(said.lines().count(), 13, "{told}");
        told.records("lsvirtualenv: 0");
        fs::remove_dir_all(sandbox.root().join("new")).unwrap();
    }
}

#[test]
fn a_store_that_cannot_be_made_fails_the_loading_and_the_commands_are_there() {
    let mut sandbox = Sandbox::new();
    install_shims(&sandbox);
    sandbox.write("a file", "");
    sandbox.set("WORKON_HOME", sandbox.root().join("a file/envs"));
    for shell in [Shell::Bash, Shell::Zsh] {
        let story = Story::bare().run_failing([".", "tools/virtualenvwrapper.sh"]).run_failing(["lsvirtualenv"]);
        let told = story.played(&sandbox, shell.plain());
        assert!(told.stderr_text().contains("a file/envs"), "{told}");
        told.records(". tools/virtualenvwrapper.sh: 1\nlsvirtualenv: 1");
    }
}

#[test]
fn templates_that_cannot_be_made_do_not_fail_the_loading() {
    let mut sandbox = Sandbox::with_x_and_y();
    install_shims(&sandbox);
    sandbox.write("a file", "");
    sandbox.set("VIRTUALENVWRAPPER_HOOK_DIR", sandbox.root().join("a file/hooks"));
    for shell in [Shell::Bash, Shell::Zsh] {
        let story = Story::bare().run([".", "tools/virtualenvwrapper.sh"]).run(["workon", "x"]);
        let told = story.played(&sandbox, shell.plain());
        assert!(told.stderr_text().contains("a file/hooks"), "{told}");
        told.records(". tools/virtualenvwrapper.sh: 0\nworkon x: 0");
    }
}

#[test]
fn the_binary_is_the_one_beside_the_script_else_the_one_on_path() {
    let mut sandbox = shimmed();
    sandbox.set("PATH", "/usr/bin:/bin");
    let story = load(Story::bare(), "virtualenvwrapper.sh").run(["workon", "x"]);
    for shell in [Shell::Bash, Shell::Zsh] {
        story.played(&sandbox, shell.plain()).silent();
    }
    let elsewhere = sandbox.root().join("else where");
    fs::create_dir(&elsewhere).unwrap();
    fs::rename(sandbox.tools().join("venvwrap"), elsewhere.join("venvwrap")).unwrap();
    let story = code(Story::bare(), ". tools/virtualenvwrapper.sh || :").run_failing(["workon", "x"]);
    for shell in [Shell::Bash, Shell::Zsh] {
        let told = story.played(&sandbox, shell.plain());
        let said = "venvwrap: not on PATH; virtualenvwrapper.sh cannot load it\n";
        assert!(told.stderr_text().starts_with(said), "{told}");
        told.records("workon x: 127");
    }
    sandbox.set("PATH", format!("{}:/usr/bin:/bin", elsewhere.to_str().unwrap()));
    let story = load(Story::bare(), "virtualenvwrapper.sh").run(["workon", "x"]);
    for shell in [Shell::Bash, Shell::Zsh] {
        story.played(&sandbox, shell.plain()).silent();
    }
}

#[test]
fn the_lazy_script_loads_with_the_first_command_and_hands_it_on() {
    let sandbox = shimmed();
    sandbox.minimal_environment("two  words");
    let story = load(Story::bare(), "virtualenvwrapper_lazy.sh").get("VIRTUALENVWRAPPER_LAZY_LOADED");
    let story = story.get("VIRTUALENVWRAPPER_SCRIPT").get("VIRTUALENVWRAPPER_HOOK_DIR");
    let story = LAZY.iter().fold(story, |story, name| code(story, &format!("typeset -f {name} >/dev/null")));
    // virtualenvwrapper has no such stub, so the real functions must be loaded.
    let story = story.run_failing(["virtualenvwrapper_show_workon_options"]);
    let story = story.run(["workon", "two  words"]).get("VIRTUAL_ENV").get("VIRTUALENVWRAPPER_LAZY_LOADED");
    let story = story.run_failing(["workon", "nosuch"]).run(["deactivate"]).run(["virtualenvwrapper_load"]);
    // This mode exports every variable.
    for mode in modes().filter(|mode| mode.name != "zsh with other options") {
        let told = story.played(&sandbox, mode);
        let said = told.stderr_text();
        assert!(said.contains("nosuch") && !said.contains("recursion"), "{told}");
        told.records(
            "VIRTUALENVWRAPPER_LAZY_LOADED=
             export VIRTUALENVWRAPPER_SCRIPT=[ROOT]/tools/virtualenvwrapper.sh
             unset VIRTUALENVWRAPPER_HOOK_DIR
             virtualenvwrapper_show_workon_options: 127
             initialize, hooks in [ROOT]/envs
             workon two  words: 0
             export VIRTUAL_ENV=[ROOT]/envs/two  words
             VIRTUALENVWRAPPER_LAZY_LOADED=1
             workon nosuch: 1
             deactivate: 0
             virtualenvwrapper_load: 0",
        );
    }
}

#[test]
fn names_of_others_are_stubs_too_and_one_that_nothing_defines_ends() {
    let sandbox = shimmed();
    sandbox.write("envs/initialize", "mine() { __story_record \"mine: $*\"; }\n");
    let story = Story::bare()
        .set("_VIRTUALENVWRAPPER_API", "  mine theirs workon mine  a;touch${IFS}canary $(touch${IFS}canary)");
    let story = load(story, "virtualenvwrapper_lazy.sh").run(["mine", "a  b", "c"]).run_failing(["theirs"]);
    let first = load(Story::bare().set("_VIRTUALENVWRAPPER_API", "theirs"), "virtualenvwrapper_lazy.sh");
    let first = first.run_failing(["theirs"]).run_failing(["toggleglobalsitepackages"]).run_failing(["cpvirtualenv"]);
    for shell in [Shell::Bash, Shell::Zsh] {
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(told.stderr_text().lines().count(), 1, "theirs is not there, and that is all: {told}");
        told.records("mine: a  b c\nmine a  b c: 0\ntheirs: 127");
        let told = first.played(&sandbox, shell.plain());
        assert!(told.stderr_text().contains("theirs"), "{told}");
        assert!(
            told.records.starts_with(&[b"theirs: 127".to_vec(), b"toggleglobalsitepackages: 1".to_vec()]),
            "{told}"
        );
    }
    assert!(!sandbox.root().join("canary").exists());
}

#[test]
fn the_lazy_script_loads_what_it_is_told_to_and_starts_nothing_before() {
    let mut sandbox = shimmed();
    sandbox.write("their script.sh", "workon() { __story_record \"theirs: $*\"; }\n");
    let story = Story::bare().set("VIRTUALENVWRAPPER_SCRIPT", sandbox.root().join("their script.sh").to_str().unwrap());
    let story = load(story, "virtualenvwrapper_lazy.sh").run(["workon", "x"]).get("VIRTUALENVWRAPPER_SCRIPT");
    for mode in modes() {
        story.played(&sandbox, mode).silent().records(
            "theirs: x
             workon x: 0
             export VIRTUALENVWRAPPER_SCRIPT=[ROOT]/their script.sh",
        );
    }
    // If the script is missing, every command reports it.
    let story = Story::bare().set("VIRTUALENVWRAPPER_SCRIPT", "/nowhere/virtualenvwrapper.sh");
    let story = load(story, "virtualenvwrapper_lazy.sh").run_failing(["workon", "x"]).run_failing(["workon", "x"]);
    let said = "venvwrap: VIRTUALENVWRAPPER_SCRIPT: '/nowhere/virtualenvwrapper.sh' is not there\n";
    for mode in modes().filter(|mode| !mode.name.contains("traps")) {
        let told = story.played(&sandbox, mode).says("", &said.repeat(2));
        told.records("workon x: 1\nworkon x: 1");
    }
    // Not beside the lazy script, but on PATH.
    fs::create_dir(sandbox.root().join("alone")).unwrap();
    fs::rename(sandbox.tools().join("virtualenvwrapper_lazy.sh"), sandbox.root().join("alone/lazy.sh")).unwrap();
    let story = code(Story::bare(), ". alone/lazy.sh").run(["workon", "x"]).get("VIRTUALENVWRAPPER_SCRIPT");
    sandbox.unset("WORKON_HOME");
    sandbox.minimal_environment_at(&sandbox.home().join(".virtualenvs/x"));
    for shell in [Shell::Bash, Shell::Zsh] {
        story.played(&sandbox, shell.plain()).silent().records(
            "workon x: 0
             export VIRTUALENVWRAPPER_SCRIPT=[ROOT]/tools/virtualenvwrapper.sh",
        );
    }
}

#[test]
fn a_shell_inside_an_environment_can_leave_it_although_it_loads_lazily() {
    let sandbox = shimmed();
    sandbox.write("envs/initialize", "");
    let root = sandbox.environment("x").to_str().unwrap().to_owned();
    let undo = format!("root={}", root.replace('%', "%25").replace(';', "%3B"));
    let story =
        load(Story::bare().export("VIRTUAL_ENV", root).export("VENVWRAP_UNDO", undo), "virtualenvwrapper_lazy.sh");
    let story = story.run(["deactivate"]).get("VIRTUAL_ENV");
    for mode in modes() {
        story.played(&sandbox, mode).silent().records("deactivate: 0\nunset VIRTUAL_ENV");
    }
}

/// Linux counts the page faults of children that a shell has waited for.
#[cfg(target_os = "linux")]
#[test]
fn the_lazy_script_starts_no_process() {
    let sandbox = shimmed();
    let count = "{ read -r stat </proc/$$/stat; stat=${stat##*) }; set -- ${=stat}; __story_record \"${9}\"; }";
    for shell in [Shell::Bash, Shell::Zsh] {
        let count = if shell == Shell::Bash { count.replace("${=stat}", "$stat") } else { count.to_owned() };
        let story = code(load(code(Story::bare(), &count), "virtualenvwrapper_lazy.sh"), &count);
        let story = code(story.run(["workon", "x"]), &count);
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(told.records[0], told.records[1], "{told}");
        assert_ne!(told.records[1], told.records[4], "a child would have been seen: {told}");
    }
}

#[test]
fn the_binary_prints_the_scripts() {
    let sandbox = Sandbox::new();
    for script in ["virtualenvwrapper.sh", "virtualenvwrapper_lazy.sh"] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(script);
        sandbox.run(["init", script]).status(0).stdout(fs::read(source).unwrap()).stderr("");
    }
    // They are no shells: `venvwrap init` does not complete them.
    sandbox.run(["complete", "bash", "--", "vir", "venvwrap init vir", " "]).status(0).stdout("").stderr("");
}
