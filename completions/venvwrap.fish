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
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mkvirtualenv" -d 'Make a virtual environment and enter it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mktmpenv" -d 'Make an environment that is removed when you leave it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mkproject" -d 'Make a project: its directory below PROJECT_HOME, and an environment linked to it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "rmvirtualenv" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cpvirtualenv" -d 'Copy a virtual environment and enter the copy'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "mvvirtualenv" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "undo" -d 'Bring back an environment that rmvirtualenv removed'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "workon" -d 'Enter a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "deactivate" -d 'Leave the active virtual environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "lsvirtualenv" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "showvirtualenv" -d 'Show what an environment is made of'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdvirtualenv" -d 'Change to the directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdsitepackages" -d 'Change to the site-packages directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "cdproject" -d 'Change to the project of the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "setvirtualenvproject" -d 'Link an environment to a project directory'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "allvirtualenv" -d 'Run a command in every environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "run" -d 'Run a program in an environment, without entering it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "env" -d 'Print what to set for an environment, for a shell, a CI system or another program'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "which" -d 'Print the path of an environment, or of a program in it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "freeze" -d 'Write what is installed back to the project\'s requirements.txt or pylock.toml'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "lssitepackages" -d 'List the site-packages directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "add2virtualenv" -d 'Let the active environment import from directories'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "toggleglobalsitepackages" -d 'Let the active environment see the packages of its Python, or no longer'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "wipeenv" -d 'Remove all packages from the active environment'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "virtualenvwrapper" -d 'Show the commands, and where things are'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "python" -d 'Show which Pythons there are, and which one a request gets'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "doctor" -d 'Look for what is wrong, and say what mends it'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "trust" -d 'Allow a project\'s own hooks to be sourced'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "init" -d 'Print the functions that a shell loads'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "completions" -d 'Print the completion of `venvwrap` for a shell'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "man" -d 'Print the manual page, or write all pages into a directory'
complete -c venvwrap -n "__fish_venvwrap_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s a -d 'Link it to this project directory: workon will change there; without -p its files say which Python to use' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s r -l requirement -d 'Install what a requirements file or a lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l from -d 'Install what a project needs, by its pylock.toml, requirements.txt, pyproject.toml or Pipfile.lock, and link to it' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l group -d 'Install a dependency group of pyproject.toml, the project\'s or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s e -l editable -d 'Install a project in place, from its directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l find-links -d 'Look for packages in this directory too; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l here -d 'Make that of the project one is in: with the name that pipenv has for it, the Python of the Pipfile, and linked'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l link -d 'Have the project\'s .venv lead to it, for uv and editors: with -a, --from or --here'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l download -d 'Where that Python is not there, have uv install it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l system-site-packages -d 'Let it see the packages of its Python as well'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l without-pip -l no-pip -d 'Leave out pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l no-index -d 'Ask no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l offline -d 'Use no network: only --find-links, and the cache of uv'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l no-defaults -d 'Leave out the packages that defaults.txt has for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -l clear -d 'Replace an environment of that name; the old one can be brought back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s q -l quiet -d 'Do not tell what was made'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s v -l distribute -d 'Options of virtualenv, past and present, that make no difference here: accepted, so that old scripts go on'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s a -d 'Link it to this project directory: workon will change there; without -p its files say which Python to use' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s r -l requirement -d 'Install what a requirements file or a lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l from -d 'Install what a project needs, by its pylock.toml, requirements.txt, pyproject.toml or Pipfile.lock, and link to it' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l group -d 'Install a dependency group of pyproject.toml, the project\'s or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s e -l editable -d 'Install a project in place, from its directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l find-links -d 'Look for packages in this directory too; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s c -l cd -d 'Change to its directory, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l download -d 'Where that Python is not there, have uv install it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l system-site-packages -d 'Let it see the packages of its Python as well'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l without-pip -l no-pip -d 'Leave out pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l no-index -d 'Ask no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l offline -d 'Use no network: only --find-links, and the cache of uv'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l no-defaults -d 'Leave out the packages that defaults.txt has for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -l clear -d 'Replace an environment of that name; the old one can be brought back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s q -l quiet -d 'Do not tell what was made'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s v -l distribute -d 'Options of virtualenv, past and present, that make no difference here: accepted, so that old scripts go on'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mktmpenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s t -l template -d 'Fill the project from this template; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s p -l python -d 'Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command or a path' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l prompt -d 'Text for the prompt instead of the name' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s a -d 'Link it to this project directory: workon will change there; without -p its files say which Python to use' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s i -l install -d 'Install a package; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s r -l requirement -d 'Install what a requirements file or a lock file (pylock.toml) lists; may be repeated' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l from -d 'Install what a project needs, by its pylock.toml, requirements.txt, pyproject.toml or Pipfile.lock, and link to it' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l group -d 'Install a dependency group of pyproject.toml, the project\'s or the one here; may be repeated' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s e -l editable -d 'Install a project in place, from its directory; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l find-links -d 'Look for packages in this directory too; may be repeated' -r -f -a "(__fish_complete_directories)"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l extra-search-dir -d 'The same, with a value' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s f -l force -d 'Use the project directory if it exists'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l list-templates -d 'List the templates that -t takes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l json -d 'The list as JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l download -d 'Where that Python is not there, have uv install it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l system-site-packages -d 'Let it see the packages of its Python as well'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l without-pip -l no-pip -d 'Leave out pip'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l no-index -d 'Ask no package index'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l offline -d 'Use no network: only --find-links, and the cache of uv'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l no-defaults -d 'Leave out the packages that defaults.txt has for every new environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -l clear -d 'Replace an environment of that name; the old one can be brought back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s q -l quiet -d 'Do not tell what was made'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s v -l distribute -d 'Options of virtualenv, past and present, that make no difference here: accepted, so that old scripts go on'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mkproject" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -l now -d 'Delete for good and at once: the disk space is free when this returns'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -s f -l force -d 'No question for one that is in use by other processes, and no error for a name that nothing has'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand rmvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cpvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mvvirtualenv" -s f -l force -d 'No question for one that is in use by other processes'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand mvvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -s l -l list -d 'Show what can be brought back, the last one removed first'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -l json -d 'The list as JSON, for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand undo" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s c -l cd -d 'Change to the linked project, whatever VIRTUALENVWRAPPER_WORKON_CD says'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s n -l no-cd -d 'Stay in this directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand workon" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s b -l brief -d 'Names only, one a line; status 1 if there are none'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s l -l long -d 'Names and details (default)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s a -l all -d 'Also those that pipenv, poetry, hatch and conda keep elsewhere, and the `.venv` of projects; a table, without -l'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l json -d 'JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -s h -d 'Show the options in brief; status 1, as virtualenvwrapper has it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lsvirtualenv" -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand showvirtualenv" -l json -d 'JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand showvirtualenv" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdvirtualenv" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdsitepackages" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand cdproject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -l link -d 'Have the project\'s .venv lead to the environment, for uv and editors'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand setvirtualenvproject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -s j -l jobs -d 'At most so many at once; the number of processors if left out' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l status -d 'Tell where it failed, and end with status 1 if it did; otherwise the status is 0'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l parallel -d 'Run a program in several environments at once; status 1 if it fails in one'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -l json -d 'JSON for programs in place of the outputs and the table'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand allvirtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand env" -s f -l format -d 'Who is to read it' -r -f -a "bash\t'bash, and any other POSIX shell'
zsh\t'zsh'
fish\t'fish'
nu\t'Nushell'
pwsh\t'PowerShell'
dotenv\t'.env file, as far as its many readers agree'
github\t'File that GITHUB_ENV names, all but PATH'
github-path\t'File that GITHUB_PATH names'
direnv\t'Lines for .envrc'
systemd\t'File for EnvironmentFile='
json\t'JSON for programs'"
complete -c venvwrap -n "__fish_venvwrap_using_subcommand env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand which" -l json -d 'JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand which" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -l to -d 'File to write, a pylock.toml by its name; `-` for standard output' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s n -l dry-run -d 'Show what would change, and write nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s y -l yes -d 'No question'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand freeze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand lssitepackages" -l help -d 'Print help (as the first word)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand add2virtualenv" -s d -l delete -d 'Take them away again'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand add2virtualenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand toggleglobalsitepackages" -s q -l quiet -d 'Say nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand toggleglobalsitepackages" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand wipeenv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand virtualenvwrapper" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -f -a "list" -d 'List the Pythons of this machine and the environments that use them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and not __fish_seen_subcommand_from list find" -f -a "find" -d 'Print the path of the Python that a request gets'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -l all -d 'Every path that leads to one, and not only the one that lasts'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -l json -d 'JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand python; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l told -d 'What the calling shell knows of itself' -r
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l fix -d 'Mend what is safe: link to the same Python elsewhere, correct the paths of one that was moved, write missing activation scripts, finish renamings, remove what killed commands left'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -l json -d 'JSON for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l check -d 'Only tell by the status whether this one file is trusted' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -s l -l list -d 'Show the project\'s hooks and whether they are trusted, and change nothing'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l json -d 'The list as JSON, for programs'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -l revoke -d 'Take the trust back'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand trust" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -l executable -d 'Path of the binary that the functions start; the one that is running if left out' -r -F
complete -c venvwrap -n "__fish_venvwrap_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand man" -s h -l help -d 'Print help'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "mkvirtualenv" -d 'Make a virtual environment and enter it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "mktmpenv" -d 'Make an environment that is removed when you leave it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "mkproject" -d 'Make a project: its directory below PROJECT_HOME, and an environment linked to it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "rmvirtualenv" -d 'Remove virtual environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "cpvirtualenv" -d 'Copy a virtual environment and enter the copy'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "mvvirtualenv" -d 'Rename a virtual environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "undo" -d 'Bring back an environment that rmvirtualenv removed'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "workon" -d 'Enter a virtual environment in this shell'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "deactivate" -d 'Leave the active virtual environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "lsvirtualenv" -d 'List the virtual environments'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "showvirtualenv" -d 'Show what an environment is made of'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "cdvirtualenv" -d 'Change to the directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "cdsitepackages" -d 'Change to the site-packages directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "cdproject" -d 'Change to the project of the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "setvirtualenvproject" -d 'Link an environment to a project directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "allvirtualenv" -d 'Run a command in every environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "run" -d 'Run a program in an environment, without entering it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "env" -d 'Print what to set for an environment, for a shell, a CI system or another program'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "which" -d 'Print the path of an environment, or of a program in it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "freeze" -d 'Write what is installed back to the project\'s requirements.txt or pylock.toml'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "lssitepackages" -d 'List the site-packages directory of the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "add2virtualenv" -d 'Let the active environment import from directories'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "toggleglobalsitepackages" -d 'Let the active environment see the packages of its Python, or no longer'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "wipeenv" -d 'Remove all packages from the active environment'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "virtualenvwrapper" -d 'Show the commands, and where things are'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "python" -d 'Show which Pythons there are, and which one a request gets'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "doctor" -d 'Look for what is wrong, and say what mends it'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "trust" -d 'Allow a project\'s own hooks to be sourced'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "init" -d 'Print the functions that a shell loads'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "completions" -d 'Print the completion of `venvwrap` for a shell'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "man" -d 'Print the manual page, or write all pages into a directory'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and not __fish_seen_subcommand_from mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv undo workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject allvirtualenv run env which freeze lssitepackages add2virtualenv toggleglobalsitepackages wipeenv virtualenvwrapper python doctor trust init completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from python" -f -a "list" -d 'List the Pythons of this machine and the environments that use them'
complete -c venvwrap -n "__fish_venvwrap_using_subcommand help; and __fish_seen_subcommand_from python" -f -a "find" -d 'Print the path of the Python that a request gets'
