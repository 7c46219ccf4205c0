# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_venvwrap_global_optspecs
    string join \n h/help V/version
end

function __fish_venvwrap_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_venvwrap_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_venvwrap_using_subcommand
    set -l cmd (__fish_venvwrap_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c venvwrap -n "__fish_venvwrap_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -s V -l version -d 'Print version'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mkvirtualenv" -d 'Create a virtual environment and activate it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "create" -d 'Create a virtual environment and activate it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "new" -d 'Create a virtual environment and activate it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mktmpenv" -d 'Create an environment that `deactivate` removes'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "tmp" -d 'Create an environment that `deactivate` removes'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cpvirtualenv" -d 'Copy a virtual environment and activate the copy'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cp" -d 'Copy a virtual environment and activate the copy'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "copy" -d 'Copy a virtual environment and activate the copy'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mvvirtualenv" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mv" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "rename" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "rmvirtualenv" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "rm" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "remove" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "adopt" -d 'Give a project\'s .venv a name'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "undo" -d 'Bring back a removed environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "prune" -d 'Remove environments that are not needed anymore'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "snapshot" -d 'Save a copy of an environment to go back to'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "rollback" -d 'Go back to a snapshot of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "lock" -d 'Lock environments against changes'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "unlock" -d 'Permit changes of locked environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "export" -d 'Write environments to a file for `venvwrap import`'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "import" -d 'Create the environments in a file of `export`'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "workon" -d 'Activate a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "activate" -d 'Activate a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "use" -d 'Activate a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "deactivate" -d 'Deactivate the active virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdvirtualenv" -d 'Change to the active environment\'s directory'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdsitepackages" -d 'Change to the active environment\'s site-packages'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "allvirtualenv" -d 'Run a command in every environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "run" -d 'Run a program in an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "try" -d 'Run a program in a copy of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "env" -d 'Print an environment\'s variables for another tool'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "which" -d 'Print the path of an environment or its programs'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "lsvirtualenv" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "ls" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "list" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "showvirtualenv" -d 'Show the details of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "info" -d 'Show the details of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "lssitepackages" -d 'List the active environment\'s site-packages'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "find" -d 'Find what is installed, in all environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "diff" -d 'Compare an environment with another or with a file'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "virtualenvwrapper" -d 'List the commands and directories'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "add2virtualenv" -d 'Add directories to the active environment\'s path'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "toggleglobalsitepackages" -d 'Toggle access to the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "wipeenv" -d 'Uninstall all packages of the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "note" -d 'Print or write the note of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "set" -d 'Set variables of an environment, or list them'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "unset" -d 'Remove variables of an environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "kernel" -d 'Register environments as Jupyter kernels'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mkproject" -d 'Create a project directory and its environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "setvirtualenvproject" -d 'Link an environment to a project directory'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdproject" -d 'Change to the active environment\'s project'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "freeze" -d 'Write installed versions back to the project'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "uv" -d 'Have uv use an environment in its project'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "trust" -d 'Trust a project\'s hooks, so that they are sourced'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "python" -d 'List the Pythons on this machine, or find one'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "doctor" -d 'Find problems and the command that fixes each'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "upgrade" -d 'Move environments to another Python, with packages'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "setup" -d 'Load the commands in every new shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "prompt" -d 'Print the active environment for a prompt'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "init" -d 'Print the shell functions for your rc file'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "completions" -d 'Print the completion of `venvwrap` for a shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "man" -d 'Print the manual page, or write all pages'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l here -d 'Create the environment pipenv would use for this project: same name, the Pipfile\'s Python, linked to the project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l link -d 'Make the project\'s .venv a link to it, for uv and editors; needs -a, --from, or --here. `uv sync` then removes packages that the project does not list'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l uv -d 'Have uv use it in its project, in place of a .venv there. Without -a, the project is the one of this directory, which also gives the NAME'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l here -d 'Create the environment pipenv would use for this project: same name, the Pipfile\'s Python, linked to the project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l link -d 'Make the project\'s .venv a link to it, for uv and editors; needs -a, --from, or --here. `uv sync` then removes packages that the project does not list'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l uv -d 'Have uv use it in its project, in place of a .venv there. Without -a, the project is the one of this directory, which also gives the NAME'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l here -d 'Create the environment pipenv would use for this project: same name, the Pipfile\'s Python, linked to the project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l link -d 'Make the project\'s .venv a link to it, for uv and editors; needs -a, --from, or --here. `uv sync` then removes packages that the project does not list'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l uv -d 'Have uv use it in its project, in place of a .venv there. Without -a, the project is the one of this directory, which also gives the NAME'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s c -l cd -d 'Change to its directory, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s c -l cd -d 'Change to its directory, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand tmp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cpvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mvvirtualenv" -s f -l force -d 'Do not ask if other processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mvvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mv" -s f -l force -d 'Do not ask if other processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rename" -s f -l force -d 'Do not ask if other processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rename" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -l now -d 'Delete for good; the disk space is free when this returns'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -s f -l force -d 'Do not ask about environments in use by other processes; missing ones are no error'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rm" -l now -d 'Delete for good; the disk space is free when this returns'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rm" -s f -l force -d 'Do not ask about environments in use by other processes; missing ones are no error'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand remove" -l now -d 'Delete for good; the disk space is free when this returns'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand remove" -s f -l force -d 'Do not ask about environments in use by other processes; missing ones are no error'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand adopt" -l in-place -d 'Leave the environment where it is'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand adopt" -s n -l dry-run -d 'Say what would happen and change nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand adopt" -s f -l force -d 'Do not ask if other processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand adopt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -s l -l list -d 'List what can be brought back, most recent first'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -s f -l force -d 'Do not ask if other processes use an adopted environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -l json -d 'Print the list as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -l unused -d 'Also propose environments unused for this long: `90d`, `12w`' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -l older-than -d 'With --trash: only those removed at least this long ago: `1d`, `12h`' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -l trash -d 'Delete removed environments for good'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -l cache -d 'Delete prepared packages, and what is remembered of interpreters and sizes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -s n -l dry-run -d 'Change nothing; only list'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -s y -l yes -d 'Do not ask'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -l json -d 'Print the proposals as JSON and change nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand snapshot" -s l -l list -d 'List the copies'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand snapshot" -l remove -d 'Delete these copies for good'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand snapshot" -l json -d 'Print the list as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rollback" -s f -l force -d 'Do not ask if other processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand unlock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand export" -s o -l output -d 'File to write; by default, and with `-`, standard output. A file that export wrote is replaced; any other only with --force' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand export" -l format -d 'What to write' -r -f -a "toml\t'A recipe: everything that `import` needs'
requirements\t'A requirements file'
pylock\t'A lock file (PEP 751)'"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand export" -l all -d 'Export every environment of WORKON_HOME'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand export" -s f -l force -d 'Replace FILE even if export did not write it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand import" -s n -l dry-run -d 'Show the plan and change nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand import" -l hooks -d 'Also write the hooks, which your shell will run'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s i -l interactive -d 'Choose the environment from a list, with fzf if it is installed'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s c -l cd -d 'Change to the linked project, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand activate" -s i -l interactive -d 'Choose the environment from a list, with fzf if it is installed'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand activate" -s c -l cd -d 'Change to the linked project, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand activate" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand activate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand use" -s i -l interactive -d 'Choose the environment from a list, with fzf if it is installed'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand use" -s c -l cd -d 'Change to the linked project, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand use" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdvirtualenv" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdsitepackages" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -s j -l jobs -d 'Number of environments at once; by default the number of processors' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l status -d 'Report failures, and end with status 1 if there are any; otherwise the status is always 0'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l parallel -d 'Run a program in several environments at once; status 1 if it fails in any'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l json -d 'Print JSON instead of the output and the table'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand try" -l keep -d 'Keep the copy if the program ends with status 0; do not ask'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand try" -l drop -d 'Drop the copy; do not ask'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand try" -s f -l force -d 'Keep it even if other processes use the environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand try" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand env" -s f -l format -d 'Output format' -r -f -a "bash\t'bash, and any other POSIX shell'
zsh\t'zsh'
fish\t'fish'
nu\t'Nushell'
pwsh\t'PowerShell'
dotenv\t'.env file, as far as its many readers agree'
github\t'File that GITHUB_ENV names, all but PATH'
github-path\t'File that GITHUB_PATH names'
direnv\t'Lines for .envrc'
systemd\t'File for EnvironmentFile='
json\t'JSON'"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand which" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand which" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l unused -d 'List only environments that were not used for so long: `90d`, `12w`' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l sort -d 'Sort by name, Python (newest first), last use (oldest first), size, or packages (most first)' -r -f -a "name\t''
python\t''
used\t''
size\t''
packages\t''"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s b -l brief -d 'Print names only, one per line; status 1 if there are none'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s l -l long -d 'Print a paragraph for each, as in a pipe'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s a -l all -d 'Include environments of pipenv, poetry, hatch, conda, and the .venv of projects; a table unless -l is given'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l broken -d 'List only broken environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l size -d 'Add what deleting each would free, and what its files hold; measured once a day, and when packages change'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l json -d 'Print JSON; with -b only names and paths'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s h -d 'Print a short usage; status 1, as in virtualenvwrapper'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l unused -d 'List only environments that were not used for so long: `90d`, `12w`' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l sort -d 'Sort by name, Python (newest first), last use (oldest first), size, or packages (most first)' -r -f -a "name\t''
python\t''
used\t''
size\t''
packages\t''"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -s b -l brief -d 'Print names only, one per line; status 1 if there are none'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -s l -l long -d 'Print a paragraph for each, as in a pipe'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -s a -l all -d 'Include environments of pipenv, poetry, hatch, conda, and the .venv of projects; a table unless -l is given'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l broken -d 'List only broken environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l size -d 'Add what deleting each would free, and what its files hold; measured once a day, and when packages change'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l json -d 'Print JSON; with -b only names and paths'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -s h -d 'Print a short usage; status 1, as in virtualenvwrapper'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand ls" -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l unused -d 'List only environments that were not used for so long: `90d`, `12w`' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l sort -d 'Sort by name, Python (newest first), last use (oldest first), size, or packages (most first)' -r -f -a "name\t''
python\t''
used\t''
size\t''
packages\t''"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -s b -l brief -d 'Print names only, one per line; status 1 if there are none'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -s l -l long -d 'Print a paragraph for each, as in a pipe'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -s a -l all -d 'Include environments of pipenv, poetry, hatch, conda, and the .venv of projects; a table unless -l is given'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l broken -d 'List only broken environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l size -d 'Add what deleting each would free, and what its files hold; measured once a day, and when packages change'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l json -d 'Print JSON; with -b only names and paths'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -s h -d 'Print a short usage; status 1, as in virtualenvwrapper'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand list" -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand showvirtualenv" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand showvirtualenv" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand info" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand info" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lssitepackages" -l help -d 'Print help (only as the first argument)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -l file -d 'Find a file or directory below site-packages' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -l script -d 'Find a program in bin' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -l pth -d 'List the lines of .pth files that run code: those that start with `import`'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -s a -l all -d 'Include environments of pipenv, poetry, hatch, conda, and the .venv of projects'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand diff" -s p -l packages -d 'Compare Python and packages only'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand diff" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand virtualenvwrapper" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand add2virtualenv" -s d -l delete -d 'Remove the directories from the path'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand add2virtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand toggleglobalsitepackages" -s q -l quiet -d 'Print nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand toggleglobalsitepackages" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand wipeenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand note" -l remove -d 'Remove the note'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand note" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand set" -l from-file -d 'Set the variables of a .env file' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand set" -l path -d 'Put a directory into PATH, before those that are there' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand set" -l json -d 'Print the list as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand unset" -l path -d 'Directory that was put into PATH' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand unset" -l all -d 'Remove all variables and directories'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand unset" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and not __fish_seen_subcommand_from add remove sync list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and not __fish_seen_subcommand_from add remove sync list" -f -a "add" -d 'Have Jupyter list environments as kernels'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and not __fish_seen_subcommand_from add remove sync list" -f -a "remove" -d 'Stop listing environments as kernels'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and not __fish_seen_subcommand_from add remove sync list" -f -a "sync" -d 'Have Jupyter list every environment that has ipykernel'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and not __fish_seen_subcommand_from add remove sync list" -f -a "list" -d 'List the kernels of the user, and the environment of each'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand kernel; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s t -l template -d 'Fill the project from this template; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s a -d 'Link it to this project: workon changes to its directory; without -p the project\'s files choose the Python' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s r -l requirement -d 'Install what a requirements file or lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l from -d 'Install what a project\'s pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock lists, and link to it; or build what a recipe of `venvwrap export` describes' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l group -d 'Install a dependency group of the project\'s pyproject.toml, or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s e -l editable -d 'Install a project in editable mode; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l find-links -d 'Also find packages in this directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s f -l force -d 'Use the project directory if it exists'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l list-templates -d 'List the templates that -t takes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l json -d 'Print the list as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l download -d 'Have uv install that Python if it is missing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l system-site-packages -d 'Also see the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l without-pip -l no-pip -d 'Do not install pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l no-index -d 'Use no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l offline -d 'Use no network, only --find-links and uv\'s cache'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l no-defaults -d 'Skip the packages that defaults.txt lists for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l clear -d 'Replace an existing environment of that name; `venvwrap undo` brings the old one back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s q -l quiet -d 'Print no summary of what was created'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s v -l distribute -d 'Options of virtualenv that have no effect here; accepted so that old scripts keep working'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -l link -d 'Make the project\'s .venv a link to the environment, for uv and editors. `uv sync` then removes packages that the project does not list'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -l redirect -d 'Make it a file with the environment\'s path (PEP 832), which uv 0.13.9 and newer read'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -l default -d 'Make it the default of its project, if several environments are linked to that: `workon .` activates it. Without DIRECTORY, an existing link stays'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdproject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -l to -d 'File to write; a name like pylock.toml makes a lock file; `-` for standard output' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s n -l dry-run -d 'Show what would change and write nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s y -l yes -d 'Do not ask'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and not __fish_seen_subcommand_from on off list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and not __fish_seen_subcommand_from on off list" -f -a "on" -d 'Have uv use the environment in its project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and not __fish_seen_subcommand_from on off list" -f -a "off" -d 'Have uv use the project\'s .venv again'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and not __fish_seen_subcommand_from on off list" -f -a "list" -d 'List the environments that uv uses in their projects'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and __fish_seen_subcommand_from on" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and __fish_seen_subcommand_from off" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand uv; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l check -d 'Have the shell run this one file as it is now, if it is trusted' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -s l -l list -d 'List the project\'s files and whether they are trusted; without PROJECT, all trusted files'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l json -d 'Print the list as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l remove -l revoke -d 'Stop trusting the project\'s files'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -f -a "list" -d 'List the Pythons on this machine and the environments that use them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -f -a "find" -d 'Print the path of the Python for a request'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -l all -d 'List every path of an interpreter, not only the most stable one'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from find" -s a -d 'Let the files of this project choose, as `mkvirtualenv -a` does' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from find" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l told -d 'Lines of the calling shell\'s report' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l fix -d 'Repair what is safe: link to the same Python elsewhere, update the paths of a moved environment, write missing activation scripts, finish renames, remove what killed commands left'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l json -d 'Print JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -s p -l python -d 'Python to move to: a version (`3.13`, `pypy3.10`), a command, or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -l all -d 'Upgrade every environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -l latest -d 'Install the newest versions of the packages that you asked for, and what they need'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -l force -d 'Exchange it even if packages are missing or conflict, or if processes use it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -s n -l dry-run -d 'Show the plan and change nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -l json -d 'Print the result as JSON'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand upgrade" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -l auto -d 'Activate a project\'s environment when you enter its directory, and deactivate it when you leave; kept by later runs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -l replace-virtualenvwrapper -d 'Also disable lines that load virtualenvwrapper; --uninstall enables them again'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -l compat -d 'Also write virtualenvwrapper.sh and virtualenvwrapper_lazy.sh beside the binary; --uninstall removes them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -l uninstall -d 'Remove the block'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -s n -l dry-run -d 'Show what would change and write nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -s y -l yes -d 'Do not ask'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prompt" -l format -d 'Text with {name}, {python}, and {broken}, which is `!` or nothing' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand prompt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l executable -d 'Binary that the functions start [default: the running one]' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l part -d 'Functions that a shell loads at first use' -r -f -a "functions\t''
automatic\t'Those of automatic switching'"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l share -d 'Directory share/ of an installation, where the functions will be files' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l into -d 'Directory to write those files into' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l auto -d 'Activate a project\'s environment when you enter its directory, and deactivate it when you leave (`auto = true` in the settings does the same)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l annotated -d 'Print all of it with comments, for people to read'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand man" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "mkvirtualenv" -d 'Create a virtual environment and activate it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "mktmpenv" -d 'Create an environment that `deactivate` removes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "cpvirtualenv" -d 'Copy a virtual environment and activate the copy'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "mvvirtualenv" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "rmvirtualenv" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "adopt" -d 'Give a project\'s .venv a name'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "undo" -d 'Bring back a removed environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "prune" -d 'Remove environments that are not needed anymore'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "snapshot" -d 'Save a copy of an environment to go back to'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "rollback" -d 'Go back to a snapshot of an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "lock" -d 'Lock environments against changes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "unlock" -d 'Permit changes of locked environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "export" -d 'Write environments to a file for `venvwrap import`'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "import" -d 'Create the environments in a file of `export`'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "workon" -d 'Activate a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "deactivate" -d 'Deactivate the active virtual environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "cdvirtualenv" -d 'Change to the active environment\'s directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "cdsitepackages" -d 'Change to the active environment\'s site-packages'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "allvirtualenv" -d 'Run a command in every environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "run" -d 'Run a program in an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "try" -d 'Run a program in a copy of an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "env" -d 'Print an environment\'s variables for another tool'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "which" -d 'Print the path of an environment or its programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "lsvirtualenv" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "showvirtualenv" -d 'Show the details of an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "lssitepackages" -d 'List the active environment\'s site-packages'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "find" -d 'Find what is installed, in all environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "diff" -d 'Compare an environment with another or with a file'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "virtualenvwrapper" -d 'List the commands and directories'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "add2virtualenv" -d 'Add directories to the active environment\'s path'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "toggleglobalsitepackages" -d 'Toggle access to the packages of its Python'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "wipeenv" -d 'Uninstall all packages of the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "note" -d 'Print or write the note of an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "set" -d 'Set variables of an environment, or list them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "unset" -d 'Remove variables of an environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "kernel" -d 'Register environments as Jupyter kernels'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "mkproject" -d 'Create a project directory and its environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "setvirtualenvproject" -d 'Link an environment to a project directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "cdproject" -d 'Change to the active environment\'s project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "freeze" -d 'Write installed versions back to the project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "uv" -d 'Have uv use an environment in its project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "trust" -d 'Trust a project\'s hooks, so that they are sourced'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "python" -d 'List the Pythons on this machine, or find one'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "doctor" -d 'Find problems and the command that fixes each'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "upgrade" -d 'Move environments to another Python, with packages'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "setup" -d 'Load the commands in every new shell'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "prompt" -d 'Print the active environment for a prompt'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "init" -d 'Print the shell functions for your rc file'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "completions" -d 'Print the completion of `venvwrap` for a shell'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "man" -d 'Print the manual page, or write all pages'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv cpvirtualenv mvvirtualenv rmvirtualenv adopt undo prune snapshot rollback lock unlock export import workon deactivate cdvirtualenv cdsitepackages allvirtualenv run try env which lsvirtualenv showvirtualenv lssitepackages find diff virtualenvwrapper add2virtualenv toggleglobalsitepackages wipeenv note set unset kernel mkproject setvirtualenvproject cdproject freeze uv trust python doctor upgrade setup prompt init completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from kernel" -f -a "add" -d 'Have Jupyter list environments as kernels'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from kernel" -f -a "remove" -d 'Stop listing environments as kernels'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from kernel" -f -a "sync" -d 'Have Jupyter list every environment that has ipykernel'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from kernel" -f -a "list" -d 'List the kernels of the user, and the environment of each'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from uv" -f -a "on" -d 'Have uv use the environment in its project'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from uv" -f -a "off" -d 'Have uv use the project\'s .venv again'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from uv" -f -a "list" -d 'List the environments that uv uses in their projects'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from python" -f -a "list" -d 'List the Pythons on this machine and the environments that use them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from python" -f -a "find" -d 'Print the path of the Python for a request'
