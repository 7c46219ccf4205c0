//! Shell frameworks: what oh-my-zsh, prezto and bash-it do with virtualenvwrapper's scripts, in
//! their order and with their options. Written from what they are known to call; none of their code
//! is here.

use std::fs;
use std::os::unix::fs::symlink;

use crate::shims::install_shims;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Mode, Shell};
use crate::support::story::Story;

/// Finds a script on PATH as zsh does, loads it in an anonymous function, and follows the directory
/// from then on: by a `.venv` file with a name in it, an environment called `.venv`, or the name of
/// the repository.
const OH_MY_ZSH: &str = r#"
typeset found
() {
    setopt local_options
    unsetopt equals
    for found in $commands[virtualenvwrapper_lazy.sh] $commands[virtualenvwrapper.sh]; do
        source $found
        break
    done
}
type workon &>/dev/null || __story_record 'workon is not defined'
[[ -n $WORKON_HOME ]] || __story_record 'WORKON_HOME is not set'
follow() {
    [[ -z $following ]] || { __story_record 'followed twice'; return }
    local following=1 top=${PWD:A} name
    while [[ $top != / && ! -e $top/.venv && ! -d $top/.git ]]; do top=${top:h}; done
    if [[ -f $top/.venv ]]; then
        name=$(<$top/.venv)
    elif [[ -f $top/.venv/bin/activate ]]; then
        name=$top/.venv
    elif [[ $top != / ]]; then
        name=${top:t}
    fi
    if [[ -z $name ]]; then
        [[ -z $CD_VIRTUAL_ENV || -z $VIRTUAL_ENV ]] || { deactivate && unset CD_VIRTUAL_ENV }
    elif [[ $VIRTUAL_ENV != $WORKON_HOME/$name ]]; then
        if [[ -e $WORKON_HOME/$name/bin/activate ]]; then
            workon "$name" && export CD_VIRTUAL_ENV=$name
        elif [[ -e $name/bin/activate ]]; then
            source $name/bin/activate && export CD_VIRTUAL_ENV=$name
        fi
    fi
}
chpwd_functions+=(follow)
"#;

/// Sets its options, hides the prompt of environments, wants `virtualenv` or to be told of another,
/// and takes the last of the scripts' names.
const PREZTO: &str = r"
setopt auto_cd auto_pushd pushd_ignore_dups pushd_silent pushd_to_home cdable_vars multios extended_glob combining_chars \
    rc_quotes long_list_jobs auto_resume notify path_dirs
unsetopt clobber bg_nice hup check_jobs mail_warning case_glob
typeset -gU cdpath fpath mailpath path
if (( $+VIRTUALENVWRAPPER_VIRTUALENV || $+commands[virtualenv] )); then
    export WORKON_HOME=${WORKON_HOME:-$HOME/.virtualenvs}
    export VIRTUAL_ENV_DISABLE_PROMPT=12
    scripts=(${(@Ov)commands[(I)virtualenvwrapper(_lazy|).sh]})
    source $scripts[1]
    unset scripts
fi
switch() {
    if [[ -f .venv && $VIRTUAL_ENV:t != $(<.venv) ]]; then workon $(<.venv)
    elif [[ ! -f .venv && -n $VIRTUAL_ENV ]]; then deactivate
    fi
}
autoload -Uz add-zsh-hook
add-zsh-hook chpwd switch
";

/// Finds the script by `source` alone, and makes environments with an option that virtualenv has
/// long forgotten.
const BASH_IT: &str = r#"
if type -a virtualenvwrapper.sh &>/dev/null; then source virtualenvwrapper.sh; fi
make_here() { mkvirtualenv --distribute "${PWD##*/}"; }
work_here() { workon "${PWD##*/}"; }
draw() { PS1="${VIRTUAL_ENV:+[${VIRTUAL_ENV##*/}] }\$ "; }
PROMPT_COMMAND=draw
"#;

/// A world with both shims and the environments `x` and `y`, and directories to change to.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::with_x_and_y();
    install_shims(&sandbox);
    sandbox.set("HOOK_VERBOSE_OPTION", "-q");
    sandbox.write("a project/.venv", "x\n");
    sandbox.write("a project/deep er/file", "");
    sandbox.write("y/.git/HEAD", "");
    sandbox.write("free/file", "");
    let own = sandbox.minimal_environment_at(&sandbox.root().join("own/.venv"));
    let leave = "deactivate() { unset VIRTUAL_ENV; [ \"$1\" = nondestructive ] || unset -f deactivate; }";
    fs::write(
        own.join("bin/activate"),
        format!("{leave}\ndeactivate nondestructive\nVIRTUAL_ENV=by-its-own-script\nhash -r\n"),
    )
    .unwrap();
    sandbox
}

fn go(story: Story, directory: &str) -> Story {
    story.code(format!("cd \"$ROOT/{directory}\""), "").get("VIRTUAL_ENV").get("CD_VIRTUAL_ENV")
}

fn begun(sandbox: &Sandbox, framework: &str) -> Story {
    let root = sandbox.root().to_str().unwrap();
    Story::bare().set("ROOT", root).code(framework, "").run(["virtualenvwrapper_load"])
}

fn zsh_modes() -> impl Iterator<Item = &'static Mode> {
    MODES.iter().filter(|mode| ["zsh", "zsh -i"].contains(&mode.name))
}

#[test]
fn oh_my_zsh_finds_the_script_and_follows_the_directory() {
    let sandbox = world();
    // The environment changes the directory itself, which nobody may follow.
    fs::write(sandbox.environment("x").join(".project"), sandbox.root().join("a project/deep er").to_str().unwrap())
        .unwrap();
    let story = Story::bare().set("ROOT", sandbox.root().to_str().unwrap()).code(OH_MY_ZSH, "");
    let story = ["a project", "y", "free", "own", "free", "a project/deep er", "free"].into_iter().fold(story, go);
    for lazily in [true, false] {
        if !lazily {
            fs::remove_file(sandbox.tools().join("virtualenvwrapper_lazy.sh")).unwrap();
        }
        for mode in zsh_modes() {
            story.played(&sandbox, mode).silent().records(
                "export VIRTUAL_ENV=[ROOT]/envs/x
                 export CD_VIRTUAL_ENV=x
                 export VIRTUAL_ENV=[ROOT]/envs/y
                 export CD_VIRTUAL_ENV=y
                 unset VIRTUAL_ENV
                 unset CD_VIRTUAL_ENV
                 VIRTUAL_ENV=by-its-own-script
                 export CD_VIRTUAL_ENV=[ROOT]/own/.venv
                 unset VIRTUAL_ENV
                 unset CD_VIRTUAL_ENV
                 export VIRTUAL_ENV=[ROOT]/envs/x
                 export CD_VIRTUAL_ENV=x
                 unset VIRTUAL_ENV
                 unset CD_VIRTUAL_ENV",
            );
        }
    }
}

#[test]
fn prezto_loads_it_among_its_options_and_switches() {
    let mut sandbox = world();
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "virtualenv");
    let story = begun(&sandbox, PREZTO).get("VIRTUALENVWRAPPER_LAZY_LOADED").set("PS1", "$ ");
    let story = story.code("cd \"$ROOT/a project\"", "").get("VIRTUAL_ENV").get("PS1");
    let story = story.code("cd \"$ROOT/free\"", "").get("VIRTUAL_ENV").run_failing(["workon"]);
    for mode in zsh_modes() {
        story.played(&sandbox, mode).says("x\ny\n", "").records(
            "virtualenvwrapper_load: 0
             VIRTUALENVWRAPPER_LAZY_LOADED=1
             export VIRTUAL_ENV=[ROOT]/envs/x
             PS1=$
             unset VIRTUAL_ENV
             workon: 1",
        );
    }
}

#[test]
fn bash_it_sources_it_by_name_and_makes_environments_of_directories() {
    let sandbox = world();
    symlink(&pythons::complete().path, sandbox.tools().join("python3")).unwrap();
    let story = begun(&sandbox, BASH_IT).get("VIRTUALENVWRAPPER_SCRIPT").set("PS1", "");
    let story = story.code("cd free", "").run(["make_here"]).code("draw", "").get("PS1").run(["deactivate"]);
    let story = story.code("draw", "").get("PS1").run(["work_here"]).get("VIRTUAL_ENV").run(["deactivate"]);
    let told = story.played(&sandbox, Shell::Bash.plain());
    told.records(
        "virtualenvwrapper_load: 0
         export VIRTUALENVWRAPPER_SCRIPT=[ROOT]/tools/virtualenvwrapper.sh
         make_here: 0
         PS1=[free] $
         deactivate: 0
         PS1=$
         work_here: 0
         export VIRTUAL_ENV=[ROOT]/envs/free
         deactivate: 0",
    );
}
