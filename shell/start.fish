# What every new fish reads after commands.fish: the variables that virtualenvwrapper's loader sets.
# Loading starts no process and can be repeated. Each function that an installation calls here is
# one more file that it reads.

# Another tool's script sourced over ours replaces `deactivate` and then empties VIRTUAL_ENV.
function __venvwrap_replaced --on-variable VIRTUAL_ENV
    test -z "$VENVWRAP_UNDO"
    or __venvwrap_as replaced
end

# The variables that virtualenvwrapper's loader sets. Only a directory that must be expanded needs
# other functions. Hook templates that virtualenvwrapper made need VIRTUALENVWRAPPER_HOOK_DIR.
test -n "$WORKON_HOME"
or builtin set -gx WORKON_HOME $HOME/.virtualenvs
switch "$WORKON_HOME:$VIRTUALENVWRAPPER_HOOK_DIR"
    case '*~*' '*$*' '*//*'
        if test ! -d "$WORKON_HOME"
            or test -n "$VIRTUALENVWRAPPER_HOOK_DIR" -a ! -d "$VIRTUALENVWRAPPER_HOOK_DIR"
            or builtin string match -qv -- '/*' $WORKON_HOME $VIRTUALENVWRAPPER_HOOK_DIR
            __venvwrap_load functions
            and __venvwrap_expand
        end
    case '/*:' '/*:/*'
    case '*'
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

# The user's hook for loading. The variable is set if there is one.
test -z "$VIRTUALENVWRAPPER_HOOK_DIR"
or __venvwrap_source $VIRTUALENVWRAPPER_HOOK_DIR/initialize
