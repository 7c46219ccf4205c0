# shellcheck shell=bash
# Functions that are the same in bash and zsh, to the letter; loaded at first use, with init.bash or
# init.zsh. Those files have the functions that access variables by name, look at other functions,
# or depend on a shell's own options.
#
# This text must mean the same in bash under set -e, -u, -C, -f, and in POSIX mode, and in zsh under
# ksharrays, shwordsplit, nounset, and err_return: only calls, and quoted words.

# Replaces the current subshell with the binary, which sees the variables as they are now, exported
# or not.
function __venvwrap_run {
    # shellcheck disable=SC2034 # for the binary
    \builtin export WORKON_HOME PROJECT_HOME VIRTUALENVWRAPPER_HOOK_DIR VIRTUALENVWRAPPER_PROJECT_FILENAME \
        VIRTUALENVWRAPPER_WORKON_CD VIRTUALENVWRAPPER_VIRTUALENV VIRTUALENVWRAPPER_VIRTUALENV_ARGS \
        VIRTUALENVWRAPPER_LOG_FILE VIRTUALENVWRAPPER_SCRIPT VIRTUALENVWRAPPER_PYTHON HOOK_VERBOSE_OPTION
    # shellcheck disable=SC2154 # set by the line before this file
    \builtin exec "$__venvwrap_executable" "$@"
}

# elsewhere PROJECT: a step of a plan, after `enter`. Marks the environment as another tool's, with
# its project if known. Its own hooks are sourced only if they are trusted.
function __venvwrap_elsewhere {
    __venvwrap_put_down elsewhere "$1"
}

# later FILE: a step of a plan, after `enter`. Sources FILE on deactivation, if it is trusted then.
function __venvwrap_later {
    __venvwrap_put_down later "$1"
}

# source FILE: a step of a plan. Sources a hook; the command goes on even if the hook fails.
function __venvwrap_source {
    [[ ! -f $1 ]] || __venvwrap_read "$1" || \builtin true
}

# Runs a file that is not the user's own if its content is trusted. The binary passes back the text
# it checked, so a file that is replaced meanwhile is not run.
function __venvwrap_source_trusted {
    # The check starts a process, so only if there is such a hook.
    [[ ! -f $1 ]] || __venvwrap_call trust --check "$1" || \builtin true
}

# text CODE: a step of a plan. Runs the text of a trusted hook.
function __venvwrap_text {
    __venvwrap_read_lines "$1" || \builtin true
}

# run_hooks EVENT NAME: a step of a plan. Has the binary run the hooks now.
function __venvwrap_run_hooks {
    (__venvwrap_run hook "$@") || \builtin true
}

# project_cd [1|0]: a step of a plan. Tells hooks and their children whether activation changes to
# the project.
function __venvwrap_project_cd {
    if [[ $# -gt 0 ]]; then
        # shellcheck disable=SC2034 # for the hooks
        \builtin export "VIRTUALENVWRAPPER_PROJECT_CD=$1"
    else
        \builtin unset VIRTUALENVWRAPPER_PROJECT_CD
    fi
}

# continue WORDS: a step of a plan. Calls the binary again; a failure is the failure of the whole
# command, in the caller's variable.
function __venvwrap_continue {
    __venvwrap_call "$@" || __venvwrap_status=$?
}

# each HEADING ROOT PROMPT HOOKS WORDS: a step of a plan. Runs a command in an environment, in a
# subshell, without hooks.
function __venvwrap_each {
    __venvwrap_in_each "$@" || \builtin true
    \builtin printf '\n'
}

# each_told: a step of a plan. Like `each`, but a failure is reported and is the failure of the
# whole command, in the caller's variable.
function __venvwrap_each_told {
    __venvwrap_in_each "$@" || {
        \builtin printf '%s\n' "venvwrap: status $? in \`$1\`" >&2
        __venvwrap_status=1
    }
    \builtin printf '\n'
}

function __venvwrap_in_each {
    \builtin printf '%s\n%s\n' "$1" "${1//?/=}"
    (
        __venvwrap_leave
        __venvwrap_enter "$2" "$3" "$4"
        __venvwrap_cd "$2" || \builtin exit
        \builtin shift 4
        [[ $# -eq 0 ]] || "$@"
    )
}

# with [NAME VALUE]... -- WORDS: runs a command with the variables of its environment, in the subshell
# of `each`. As PATH, a value is a directory for PATH.
function __venvwrap_with {
    case "$1" in
        --)
            \builtin shift
            [[ $# -eq 0 ]] || "$@"
            \builtin return
            ;;
        PATH) __venvwrap_path "$2" ;;
        *) __venvwrap_set "$1" "$2" ;;
    esac
    \builtin shift 2
    __venvwrap_with "$@"
}

# A plan defines these two anew for an environment that uv uses (uv.sh).
function __venvwrap_uv_look { \builtin true; }
function __venvwrap_uv_leave { \builtin true; }

# appended LINES: a step of a plan. Runs the lines that the user appended to bin/activate; the
# environment is active even if they fail.
function __venvwrap_appended {
    __venvwrap_read_lines "$1" || \builtin true
}

# The body of `deactivate`.
function __venvwrap_deactivate {
    case "${1-}" in
        -h | --help) __venvwrap_call deactivate "$1" ;;
        *)
            __venvwrap_settle
            if [[ -z ${VENVWRAP_UNDO-} ]]; then
                \builtin printf '%s\n' 'venvwrap: no virtualenv active' >&2
                \builtin return 1
            fi
            __venvwrap_can_switch || \builtin return
            __venvwrap_depart
            # As in venv's scripts, the function stays.
            [[ ${1-} != nondestructive ]] || __venvwrap_take_deactivate
            ;;
    esac
}

# The body of `venvwrap`: `venvwrap workon x`, and the commands that have no function of their own.
# Commands that never change this shell run without a plan, so `run` can hand the terminal to a
# program.
function __venvwrap_as_venvwrap {
    case "${1-}" in
        doctor)
            \builtin shift
            __venvwrap_doctor "$@"
            ;;
        trust)
            # With automatic switching, the project is looked at once more.
            [[ -n ${VIRTUAL_ENV-} ]] || \builtin unset __venvwrap_seen __venvwrap_project
            __venvwrap_call "$@"
            ;;
        run | env | which | init | completions | man) (__venvwrap_run "$@") ;;
        *) __venvwrap_call "$@" ;;
    esac
}

# as NAME ARGUMENTS: the body of the public function NAME.
function __venvwrap_as {
    \builtin local __venvwrap_body
    __venvwrap_body="__venvwrap_as_$1"
    \builtin shift
    "$__venvwrap_body" "$@"
}

# The bodies of functions that virtualenvwrapper's hooks and plugins call.
function __venvwrap_as_verify_active_environment {
    [[ -n ${VIRTUAL_ENV-} && -d $VIRTUAL_ENV ]] && \builtin return 0
    \builtin printf '%s\n' 'venvwrap: no virtualenv active' >&2
    \builtin return 1
}
function __venvwrap_as_verify_workon_home {
    if [[ ${1-} == -q ]]; then
        __venvwrap_call answer verify-workon-home 2>/dev/null
    else
        __venvwrap_call answer verify-workon-home
    fi
}
function __venvwrap_as_verify_project_home {
    [[ -d ${PROJECT_HOME-} ]] && \builtin return 0
    \builtin printf '%s\n' "venvwrap: PROJECT_HOME: directory '${PROJECT_HOME-}' does not exist" >&2
    \builtin return 1
}
function __venvwrap_as_run_hook {
    # virtualenvwrapper can run a single plugin by name; there are none here.
    [[ ${1-} != --name ]] || \builtin shift 2
    __venvwrap_call hook "$@"
}
function __venvwrap_as_initialize {
    \builtin export "VIRTUALENVWRAPPER_HOOK_DIR=${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}"
    __venvwrap_call hook initialize
}

# Whether a directory must be expanded first: a relative path, or one with `~` or a variable.
function __venvwrap_is_short {
    [[ $1 != /* || ( $1 == *[~$]* || $1 == *//* ) && ! -d $1 ]]
}
