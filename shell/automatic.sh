# shellcheck shell=bash
# Automatic switching for bash and zsh, to the letter the same in both. `venvwrap init SHELL --auto`
# prints it after the functions, with automatic.bash or automatic.zsh behind it.
#
# As long as the directory is the same, one comparison is all that happens. After a change, this
# shell itself looks for the project: a bounded number of tests, no process. Only in another project
# than before does the binary decide, by the lookup of `workon .`.
#
# Variables, all private to this shell: __venvwrap_watcher (its process), __venvwrap_seen (the
# directory of the last look), __venvwrap_project (the project there, `/` if unknown), __venvwrap_worktree
# (the top of the worktree there, if its repository has linked directories), __venvwrap_reported
# (projects whose environment was refused or broken, which is said once), __venvwrap_foreign (an
# environment that another tool activated).

# Finds the nearest directory that may be a project, from here up to the home directory: sets the
# caller's __venvwrap_found. A link is a mark wherever it points: to follow it is up to the binary.
# The caller's __venvwrap_from, if not empty, is the directory of the last look: above both, nothing
# is looked at again. (bash copies a function's body at each call: what is rarely needed is in a
# function of its own.)
function __venvwrap_find_project {
    \builtin local "__venvwrap_place=${PWD-}" "__venvwrap_index=${XDG_CACHE_HOME-}" __venvwrap_level
    [[ $__venvwrap_index == /* ]] || __venvwrap_index="${HOME-}/.cache"
    __venvwrap_index="$__venvwrap_index/venvwrap/linked${WORKON_HOME-}"
    __venvwrap_found=''
    # What is in this worktree is known only at its top.
    [[ -z ${__venvwrap_worktree-} ]] || __venvwrap_from=''
    __venvwrap_worktree=''
    if [[ ${WORKON_HOME-} -nt $__venvwrap_index || ! -e $__venvwrap_index ]]; then
        __venvwrap_list
    else
        __venvwrap_listed=''
    fi
    for ((__venvwrap_level = 0; __venvwrap_level < 40; __venvwrap_level++)); do
        if [[ -f $__venvwrap_place/.git ]] && __venvwrap_is_worktree; then
            \builtin return 0
        fi
        if [[ -L $__venvwrap_place/.venv || -e $__venvwrap_place/.venv || -L $__venvwrap_place/.python-envs ||
            -e $__venvwrap_place/.python-envs || -L $__venvwrap_place/Pipfile || -e $__venvwrap_place/Pipfile ||
            -e $__venvwrap_index$__venvwrap_place/.linked ]]; then
            __venvwrap_found="$__venvwrap_place"
            \builtin return 0
        fi
        if [[ -n $__venvwrap_from && $__venvwrap_from/ == "$__venvwrap_place"/* ]]; then
            if [[ -z $__venvwrap_project || $__venvwrap_place/ == "$__venvwrap_project"/* ]]; then
                __venvwrap_found="$__venvwrap_project"
                \builtin return 0
            fi
            # The last look ended below.
            __venvwrap_from=''
        fi
        __venvwrap_place="${__venvwrap_place%/*}"
        [[ -n $__venvwrap_place && $__venvwrap_place != "${HOME-}" ]] || \builtin return 0
    done
}

# Has the list of linked directories made again: something was created or removed in the store since
# then. Tried once: it may be a store that cannot be listed.
function __venvwrap_list {
    if [[ ! -d ${WORKON_HOME-} ]]; then
        __venvwrap_listed=''
    elif [[ ${__venvwrap_listed-} != "$WORKON_HOME" ]]; then
        __venvwrap_listed="$WORKON_HOME"
        __venvwrap_from=''
        (__venvwrap_ready && __venvwrap_run automatic --list) || \builtin true
    fi
}

# Loads the functions of the commands, unless they are there. Where they cannot be, the switch that
# follows says why.
function __venvwrap_ready {
    \builtin typeset -f __venvwrap_run >/dev/null || __venvwrap_load functions
}

# Whether the caller's __venvwrap_place is the top of a worktree, by its file `.git`, and from here up
# to that is a directory whose counterpart in the main worktree is linked: sets the caller's
# __venvwrap_found to the nearest. A submodule has such a file, too. For a bare repository, which has
# no main worktree, the list has the repository in its place.
function __venvwrap_is_worktree {
    [[ ! -L $__venvwrap_place/.git ]] || \builtin return 1
    \builtin local '__venvwrap_line=' "__venvwrap_below=${PWD-}"
    __venvwrap_first_line "$__venvwrap_place/.git"
    [[ $__venvwrap_line == "gitdir: /"*"/worktrees/"* ]] || \builtin return 1
    __venvwrap_line="${__venvwrap_line#gitdir: }"
    __venvwrap_line="${__venvwrap_line%/worktrees/*}"
    __venvwrap_line="$__venvwrap_index${__venvwrap_line%/.git}"
    [[ -e $__venvwrap_line ]] || \builtin return 1
    __venvwrap_worktree="$__venvwrap_place"
    while [[ ! -e $__venvwrap_line${__venvwrap_below#"$__venvwrap_place"}/.linked ]]; do
        [[ $__venvwrap_below != "$__venvwrap_place" ]] || \builtin return 1
        __venvwrap_below="${__venvwrap_below%/*}"
    done
    __venvwrap_found="$__venvwrap_below"
}

# Called before each prompt, and in zsh after each change of directory.
function __venvwrap_automatic {
    [[ ${PWD-} == "${__venvwrap_seen-}" && (-z ${__venvwrap_foreign-} || ${VIRTUAL_ENV-} == "$__venvwrap_foreign") ]] ||
        __venvwrap_look || \builtin true
}

# Looks where this shell is now, and switches where the project is another one. As long as the
# project is known, whether something else switches by directory matters only then.
function __venvwrap_look {
    \builtin local '__venvwrap_found=' "__venvwrap_from=${__venvwrap_seen-}"
    __venvwrap_seen="${PWD-}"
    __venvwrap_foreign=''
    if [[ ${__venvwrap_project-/} == / ]]; then
        __venvwrap_from=''
        __venvwrap_project=/
        \builtin local '__venvwrap_rival=' '__venvwrap_beside='
        ! __venvwrap_yields || \builtin return 0
    fi
    __venvwrap_find_project
    [[ $__venvwrap_found == "$__venvwrap_project" ]] || __venvwrap_change
}

# Switches from the project of the last look to the caller's __venvwrap_found, or to none.
function __venvwrap_change {
    \builtin local '__venvwrap_rival=' '__venvwrap_beside=' '__venvwrap_before='
    if __venvwrap_yields; then
        __venvwrap_project=/
        \builtin return 0
    fi
    # An environment that another tool activated is its business, until that tool deactivates it.
    if [[ -n ${VIRTUAL_ENV-} ]] && __venvwrap_ready && ! __venvwrap_is_inside; then
        __venvwrap_project=/
        __venvwrap_foreign="$VIRTUAL_ENV"
        \builtin return 0
    fi
    __venvwrap_project="$__venvwrap_found"
    if [[ -z $__venvwrap_found ]]; then
        [[ ";${VENVWRAP_UNDO-};" != *";automatic="* ]] || ! __venvwrap_can_switch || __venvwrap_depart
        \builtin return
    fi
    __venvwrap_before="${VENVWRAP_UNDO-}"
    if [[ ${__venvwrap_reported-} == *$'\n'"$__venvwrap_found"$'\n'* ]]; then
        __venvwrap_call automatic ${__venvwrap_beside:+"$__venvwrap_beside"} --quiet || \builtin true
    else
        __venvwrap_call automatic ${__venvwrap_beside:+"$__venvwrap_beside"} || \builtin true
        __venvwrap_reported="${__venvwrap_reported-}"$'\n'"$__venvwrap_found"$'\n'
    fi
    # From then on it is deactivated where the project is left.
    if [[ -n ${VENVWRAP_UNDO-} && ${VENVWRAP_UNDO-} != "$__venvwrap_before" ]] && __venvwrap_is_inside; then
        __venvwrap_put_down automatic "$__venvwrap_found"
    fi
}

# After a command that switched or changed the directory: the choice stands until its project is
# left.
function __venvwrap_choose {
    \builtin local '__venvwrap_found=' '__venvwrap_from='
    __venvwrap_seen="${PWD-}"
    __venvwrap_foreign=''
    __venvwrap_find_project
    __venvwrap_project="$__venvwrap_found"
}
