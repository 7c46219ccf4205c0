# Completion for fish, loaded at the first Tab.

# Each candidate is a line, with a description after a tab.
function __venvwrap_complete
    builtin set -l typed (builtin commandline -ct)
    builtin set -l word (builtin string unescape -- "$typed")
    or builtin set word $typed
    builtin set -lx WORKON_HOME $WORKON_HOME
    command $__venvwrap_executable complete fish -- (builtin commandline -opc) "$word" 2>/dev/null
end
