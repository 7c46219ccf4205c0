# Completion for fish. `venvwrap init` prints it before init.fish.

# Each candidate is a line, with a description after a tab.
function __venvwrap_complete
    builtin set -l typed (builtin commandline -ct)
    builtin set -l word (builtin string unescape -- "$typed")
    or builtin set word $typed
    builtin set -lx WORKON_HOME $WORKON_HOME
    command $__venvwrap_executable complete fish -- (builtin commandline -opc) "$word" 2>/dev/null
end

for command in deactivate mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv workon lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper venvwrap
    # -k keeps their order.
    builtin complete -c $command -k -f -a '(__venvwrap_complete)'
end
# Completes the command line that allvirtualenv runs.
builtin complete -c allvirtualenv -x -n 'builtin test (count (commandline -opc)) -eq 1' -s h -l help -d 'Print help'
builtin complete -c allvirtualenv -x -a '(__fish_complete_subcommand)'

# The name by which users attach the completion to functions of their own.
function _virtualenvs
    __venvwrap_complete
end
