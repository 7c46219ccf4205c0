# Automatic switching for fish. `venvwrap init fish --auto` prints it after the functions.
#
# As in bash and zsh (automatic.sh): one comparison as long as the directory is the same; after a
# change a bounded number of tests, no process; in another project than before, the binary decides.

# Finds the nearest directory that may be a project, from here up to the home directory: sets
# __venvwrap_found. A link is a mark wherever it points: to follow it is up to the binary. FROM is
# the directory of the last look: above both, nothing is looked at again.
function __venvwrap_find_project
    builtin set -l from $argv[1]
    builtin set -g __venvwrap_found
    # What is in this worktree is known only at its top.
    test -n "$__venvwrap_worktree"
    and builtin set from
    builtin set -g __venvwrap_worktree
    builtin set -l index $HOME/.cache
    builtin string match -q '/*' -- "$XDG_CACHE_HOME"
    and builtin set index $XDG_CACHE_HOME
    builtin set index $index/venvwrap/linked$WORKON_HOME
    # Something was created or removed in the store since the list of linked directories was made.
    # Tried once: it may be a store that cannot be listed.
    if test -d "$WORKON_HOME"
        and __venvwrap_is_newer $WORKON_HOME $index
        if test "$__venvwrap_listed" != "$WORKON_HOME"
            builtin set -g __venvwrap_listed $WORKON_HOME
            builtin set from
            begin
                builtin set -lx WORKON_HOME $WORKON_HOME
                command $__venvwrap_executable automatic --list
            end
        end
    else
        builtin set -e __venvwrap_listed
    end
    builtin set -l place $PWD
    for level in (builtin string split / -- $PWD)
        if test -f $place/.git; and __venvwrap_is_worktree $place $index
            builtin return 0
        end
        if test -L $place/.venv; or test -e $place/.venv; or test -L $place/.python-envs; or test -e $place/.python-envs
            or test -L $place/Pipfile
            or test -e $place/Pipfile
            or test -e $index$place/.linked
            builtin set __venvwrap_found $place
            builtin return 0
        end
        if test -n "$from"
            and builtin string match -qr -- '^'(builtin string escape --style=regex -- $place)/ $from/
            if test -z "$__venvwrap_project"
                or builtin string match -qr -- '^'(builtin string escape --style=regex -- $__venvwrap_project)/ $place/
                builtin set __venvwrap_found $__venvwrap_project
                builtin return 0
            end
            # The last look ended below.
            builtin set from
        end
        builtin set place (builtin string replace -r '/[^/]*$' '' -- $place)
        if test -z "$place" -o "$place" = "$HOME"
            builtin return 0
        end
    end
end

# Whether the store changed after the index. Older versions of fish cannot tell.
function __venvwrap_is_newer
    test -e $argv[2]
    or builtin return 0
    builtin path mtime -- $argv 2>/dev/null | begin
        builtin read -l store
        and builtin read -l index
        and test $store -gt $index
    end
end

# Whether a directory is the top of a worktree, and from here up to that is a directory whose
# counterpart in the main worktree is linked: sets __venvwrap_found to the nearest. A submodule has a
# file `.git`, too. For a bare repository, which has no main worktree, the list has the repository in
# its place.
function __venvwrap_is_worktree
    test -L $argv[1]/.git
    and builtin return 1
    builtin read -n 4096 -l line <$argv[1]/.git
    builtin set -l main (builtin string replace -rf '^gitdir: (/.*?)(/\.git)?/worktrees/[^/]*$' '$1' -- $line)
    test -n "$main"
    and test -e $argv[2]$main
    or builtin return 1
    builtin set -g __venvwrap_worktree $argv[1]
    builtin set -l below $PWD
    while not test -e (builtin string replace -- $argv[1] $argv[2]$main $below)/.linked
        test "$below" != $argv[1]
        or builtin return 1
        builtin set below (builtin string replace -r '/[^/]*$' '' -- $below)
    end
    builtin set __venvwrap_found $below
end

# Whether something else in this shell switches environments by directory. direnv does so in some
# directories only, which the binary decides.
function __venvwrap_yields
    builtin set -g __venvwrap_rival
    builtin set -g __venvwrap_beside
    builtin functions -q __direnv_export_eval
    and builtin set __venvwrap_beside --beside-direnv
    builtin functions -q _pyenv_virtualenv_hook
    and builtin set __venvwrap_rival pyenv-virtualenv
    builtin functions -q __vfsupport_auto_activate
    and builtin set __venvwrap_rival "virtualfish's auto_activation"
    test -n "$__venvwrap_rival"
end

# Looks where this shell is now, and switches where the project is another one.
function __venvwrap_look
    builtin set -l from $__venvwrap_seen
    builtin set -g __venvwrap_seen $PWD
    builtin set -g __venvwrap_foreign
    if __venvwrap_yields
        builtin set -g __venvwrap_project /
        builtin return 0
    end
    if not builtin set -q __venvwrap_project[1]; or test "$__venvwrap_project" = /
        builtin set from
    end
    __venvwrap_find_project $from
    test "$__venvwrap_found" = "$__venvwrap_project"
    and builtin return 0
    # An environment that another tool activated is its business, until that tool deactivates it.
    if test -n "$VIRTUAL_ENV"; and not __venvwrap_is_about_active "$VENVWRAP_UNDO"
        builtin set -g __venvwrap_project /
        builtin set -g __venvwrap_foreign $VIRTUAL_ENV
        builtin return 0
    end
    builtin set -g __venvwrap_project "$__venvwrap_found"
    if test -z "$__venvwrap_found"
        builtin string match -q '*;automatic=*' -- "$VENVWRAP_UNDO"
        and __venvwrap_depart
        builtin return 0
    end
    builtin set -l before "$VENVWRAP_UNDO"
    if builtin contains -- $__venvwrap_found $__venvwrap_reported
        __venvwrap_call automatic $__venvwrap_beside --quiet
    else
        __venvwrap_call automatic $__venvwrap_beside
        builtin set -ga __venvwrap_reported $__venvwrap_found
    end
    # From then on it is deactivated where the project is left.
    if test -n "$VENVWRAP_UNDO" -a "$VENVWRAP_UNDO" != "$before"; and __venvwrap_is_about_active "$VENVWRAP_UNDO"
        __venvwrap_put_down automatic $__venvwrap_found
    end
    builtin return 0
end

# After a command that switched or changed the directory: the choice stands until its project is
# left.
function __venvwrap_choose
    builtin set -g __venvwrap_seen $PWD
    builtin set -g __venvwrap_foreign
    __venvwrap_find_project
    builtin set -g __venvwrap_project "$__venvwrap_found"
end

function __venvwrap_watch
    builtin set -gu __venvwrap_watcher $fish_pid
    builtin set -gu __venvwrap_seen
    builtin set -gu __venvwrap_project /
    builtin set -gu __venvwrap_reported
    builtin set -gu __venvwrap_listed
    builtin set -gu __venvwrap_worktree
    builtin set -gu __venvwrap_foreign
    # A command substitution may be captured; while a plan is carried out, the command that asked
    # for it has the choice.
    function __venvwrap_moved --on-variable PWD
        builtin status is-command-substitution
        or builtin set -q __venvwrap_carrying
        or __venvwrap_look
    end
    # The first prompt, and what happened in a substitution.
    function __venvwrap_automatic --on-event fish_prompt
        test "$PWD" = "$__venvwrap_seen"
        and test -z "$__venvwrap_foreign" -o "$VIRTUAL_ENV" = "$__venvwrap_foreign"
        or __venvwrap_look
    end
end
