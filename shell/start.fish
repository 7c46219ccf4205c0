# What every new fish reads: how the other functions are loaded, and the variables that
# virtualenvwrapper's loader sets. Loading starts no process and can be repeated.

# load PART: defines the functions of a part, from the file installed with this one or from the
# binary.
function __venvwrap_load
    if test -n "$__venvwrap_share" -a -s "$__venvwrap_share/$argv[1].fish"
        builtin source $__venvwrap_share/$argv[1].fish
    else
        command $__venvwrap_executable init fish --part $argv[1] | builtin source
    end
    # Another program's text would load nothing, again and again.
    builtin functions -q __venvwrap_enter
end

# Defined anew by the functions that they load.
function __venvwrap_call
    __venvwrap_load functions
    and __venvwrap_call $argv
end
function __venvwrap_as
    __venvwrap_load functions
    and __venvwrap_as $argv
end
function __venvwrap_is_about_active
    __venvwrap_load functions
    and __venvwrap_is_about_active $argv
end
function __venvwrap_cd
    __venvwrap_load functions
    and __venvwrap_cd $argv
end
function __venvwrap_complete
    __venvwrap_load functions
    and __venvwrap_complete $argv
end

# Another tool's script sourced over ours replaces `deactivate` and then empties VIRTUAL_ENV.
function __venvwrap_replaced --on-variable VIRTUAL_ENV
    test -z "$VENVWRAP_UNDO"
    or __venvwrap_as replaced
end

# source FILE: a step of a plan. Sources a hook, or FILE.fish if that exists; the command goes on
# even if the hook fails.
function __venvwrap_source
    if test -f "$argv[1].fish"
        builtin source $argv[1].fish
    else if test -f "$argv[1]"
        builtin source $argv[1]
    end
    builtin return 0
end

# Whether a directory must be expanded first: a relative path, or one with `~` or a variable.
function __venvwrap_is_short
    builtin string match -qr '^[^/]' -- $argv[1]
    or builtin string match -qr '[~$]|//' -- $argv[1]
    and test ! -d $argv[1]
end

# The variables that virtualenvwrapper's loader sets. Only a directory that must be expanded needs
# other functions. Hook templates that virtualenvwrapper made need VIRTUALENVWRAPPER_HOOK_DIR.
test -n "$WORKON_HOME"
or builtin set -gx WORKON_HOME $HOME/.virtualenvs
if builtin string match -qr '^[^/]|[~$]|//' -- "$WORKON_HOME" "$VIRTUALENVWRAPPER_HOOK_DIR"
    and begin
        __venvwrap_is_short "$WORKON_HOME"
        or __venvwrap_is_short "$VIRTUALENVWRAPPER_HOOK_DIR"
    end
    __venvwrap_load functions
    and __venvwrap_expand
end
if test -z "$VIRTUALENVWRAPPER_HOOK_DIR"
    test -e $WORKON_HOME/initialize.fish -o -e $WORKON_HOME/initialize
    and builtin set -gx VIRTUALENVWRAPPER_HOOK_DIR $WORKON_HOME
end
builtin set -g VIRTUALENVWRAPPER_ENV_BIN_DIR bin
test -n "$VIRTUALENVWRAPPER_PROJECT_FILENAME"
or builtin set -gx VIRTUALENVWRAPPER_PROJECT_FILENAME .project
test -n "$VIRTUALENVWRAPPER_WORKON_CD"
or builtin set -gx VIRTUALENVWRAPPER_WORKON_CD 1
if not builtin set -qx WORKON_HOME VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD
    or test -n "$VIRTUALENVWRAPPER_HOOK_DIR"
    for name in WORKON_HOME VIRTUALENVWRAPPER_HOOK_DIR VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD
        if test -n "$$name"; and not builtin set -qx $name
            builtin set -gx $name $$name
        end
    end
end

# In an environment, or after one.
if builtin set -q VENVWRAP_UNDO; or builtin set -q __venvwrap_record; or builtin set -q __venvwrap_previous; or builtin set -qx __venvwrap_shown
    __venvwrap_load functions
    and __venvwrap_resume
end

# The user's hook for loading.
if test -n "$VIRTUALENVWRAPPER_HOOK_DIR"
    __venvwrap_source $VIRTUALENVWRAPPER_HOOK_DIR/initialize
else
    __venvwrap_source $WORKON_HOME/initialize
end
