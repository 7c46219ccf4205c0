# Which commands complete names of environments. A package has a file for each where fish looks for
# completions.

for command in deactivate mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv workon lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper venvwrap
    # -k keeps their order.
    builtin complete -c $command -k -f -a '(__venvwrap_complete)'
end
# Completes the command line that allvirtualenv runs.
builtin complete -c allvirtualenv -x -n 'builtin test (count (commandline -opc)) -eq 1' -s h -l help -d 'Print help'
builtin complete -c allvirtualenv -x -a '(__fish_complete_subcommand)'
