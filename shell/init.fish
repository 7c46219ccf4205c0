# venvwrap's functions for fish 3.1 and newer.
#
# The line before this file sets __venvwrap_executable. Each command asks the binary for a plan, which comes on
# descriptor 3 and is made of calls of the functions below; stdout and stderr stay yours. Nothing here starts a process
# while it is loaded, and leaving an environment starts none at all. Loading it twice changes nothing.

# Runs a command of the binary and carries out its plan. The variables count as they are now, exported or not; an unset
# one becomes an empty one, which the binary takes alike.
function __venvwrap_call
    builtin set -l plan
    builtin set -l run_status
    begin
        builtin set -lx WORKON_HOME $WORKON_HOME
        builtin set -lx PROJECT_HOME $PROJECT_HOME
        builtin set -lx VIRTUALENVWRAPPER_HOOK_DIR $VIRTUALENVWRAPPER_HOOK_DIR
        builtin set -lx VIRTUALENVWRAPPER_PROJECT_FILENAME $VIRTUALENVWRAPPER_PROJECT_FILENAME
        builtin set -lx VIRTUALENVWRAPPER_WORKON_CD $VIRTUALENVWRAPPER_WORKON_CD
        builtin set -lx VIRTUALENVWRAPPER_VIRTUALENV $VIRTUALENVWRAPPER_VIRTUALENV
        builtin set -lx VIRTUALENVWRAPPER_VIRTUALENV_ARGS $VIRTUALENVWRAPPER_VIRTUALENV_ARGS
        command $__venvwrap_executable --plan=fish/1 $argv 3>| builtin read -z plan
        builtin set run_status $pipestatus[1]
    end
    # A binary that was killed may have written half a plan.
    if test "$run_status" -lt 128 -a -n "$plan"
        builtin eval $plan
        or builtin set run_status $status
    end
    builtin return $run_status
end

# A value as it stands in the record: `%`, `;` and newline as in a URL, for they end an escape, a field and a line.
function __venvwrap_encoded
    builtin set -l lines (builtin string replace -a '%' '%25' -- (builtin string split \n -- "$argv[1]"))
    builtin string replace -a ';' '%3B' -- (builtin string join '%0A' -- $lines)
end

# The way back. To be collected with -N: newlines at the end count.
function __venvwrap_decoded
    builtin set -l lines (builtin string replace -a '%3B' ';' -- (builtin string split '%0A' -- "$argv[1]"))
    builtin set lines (builtin string replace -a '%25' '%' -- $lines)
    builtin set -l value $lines[1]
    for line in $lines[2..-1]
        builtin set value $value\n$line
    end
    builtin printf '%s' $value
end

# What a variable is now, as a field of the record: an empty line when unset; one that is not exported is marked by a `-`.
function __venvwrap_keep
    if not builtin set -q $argv[1]
        builtin echo
        builtin return 0
    end
    builtin set -l mark -
    builtin set -qx $argv[1]
    and builtin set mark ''
    builtin string join '' -- ";$mark$argv[1]=" (__venvwrap_encoded "$$argv[1]")
end

# Puts the name of the environment before the prompt.
function __venvwrap_prompt
    if test -n "$VIRTUAL_ENV_DISABLE_PROMPT"; or builtin functions -q __venvwrap_other_prompt
        builtin return 0
    end
    # Not loaded yet where no prompt was drawn: asking for it loads it.
    builtin functions -q fish_prompt
    or builtin return 0
    builtin functions -c fish_prompt __venvwrap_other_prompt
    function fish_prompt
        builtin set -l last $status
        builtin printf '(%s) ' (builtin string replace -ra '[[:cntrl:]]' _ -- "$VIRTUAL_ENV_PROMPT")
        __venvwrap_with_status $last
        __venvwrap_other_prompt
    end
end

# The wrapped prompt may show the status of the last command.
function __venvwrap_with_status
    builtin return $argv[1]
end

# Defines `deactivate`; one that is there already is put aside until we leave.
function __venvwrap_take_deactivate
    if builtin functions -q deactivate
        builtin functions -e __venvwrap_other_deactivate
        builtin functions -c deactivate __venvwrap_other_deactivate
    end
    function deactivate
        __venvwrap_deactivate $argv
    end
end

# enter ROOT PROMPT: a step of a plan.
function __venvwrap_enter
    builtin set -l undo root=(__venvwrap_encoded $argv[1])
    for name in VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME
        builtin set undo "$undo"(__venvwrap_keep $name)
    end
    if not builtin set -q PATH
        builtin set undo "$undo;PATH"
    else if not builtin set -qx PATH
        builtin set undo "$undo;-PATH"
    end
    builtin set -e PYTHONHOME
    builtin set -gx VIRTUAL_ENV $argv[1]
    builtin set -gx VIRTUAL_ENV_PROMPT $argv[2]
    builtin set -gx VENVWRAP_UNDO $undo
    builtin set -gx PATH $argv[1]/bin $PATH
    __venvwrap_prompt
    __venvwrap_take_deactivate
end

# leave: a step of a plan. Takes back what VENVWRAP_UNDO says, also in a child of the shell that entered; PATH loses
# exactly what was added, wherever it stands now. Only the names written here are ever assigned.
function __venvwrap_leave
    test -n "$VENVWRAP_UNDO"
    or builtin return 0
    builtin set -l root
    builtin set -l path_was exported
    builtin set -l virtual_env
    builtin set -l virtual_env_prompt
    builtin set -l pythonhome
    for field in (builtin string split ';' -- $VENVWRAP_UNDO)
        switch $field
            case 'root=*'
                builtin set root (__venvwrap_decoded (builtin string sub -s 6 -- $field) | builtin string collect -N)
            case PATH
                builtin set path_was unset
            case -PATH
                builtin set path_was private
            case 'VIRTUAL_ENV=*' '-VIRTUAL_ENV=*'
                builtin set virtual_env $field
            case 'VIRTUAL_ENV_PROMPT=*' '-VIRTUAL_ENV_PROMPT=*'
                builtin set virtual_env_prompt $field
            case 'PYTHONHOME=*' '-PYTHONHOME=*'
                builtin set pythonhome $field
        end
    end
    if builtin set -l place (builtin contains -i -- "$root/bin" $PATH); and test -n "$root"
        builtin set -e PATH[$place]
    end
    if test $path_was = private
        builtin set -gu PATH $PATH
    else if test $path_was = unset -a -z "$PATH"
        builtin set -e PATH
    end
    # Another tool may have entered another environment since; then these are its own.
    if test "$VIRTUAL_ENV" = "$root"
        __venvwrap_restore VIRTUAL_ENV $virtual_env
        __venvwrap_restore VIRTUAL_ENV_PROMPT $virtual_env_prompt
        builtin functions -e deactivate
        if builtin functions -q __venvwrap_other_deactivate
            builtin functions -c __venvwrap_other_deactivate deactivate
            builtin functions -e __venvwrap_other_deactivate
        end
    end
    builtin set -q PYTHONHOME
    or __venvwrap_restore PYTHONHOME $pythonhome
    # A theme that was chosen meanwhile stays.
    if builtin functions -q __venvwrap_other_prompt
        if builtin functions fish_prompt | builtin string match -q '*__venvwrap_other_prompt*'
            builtin functions -e fish_prompt
            builtin functions -c __venvwrap_other_prompt fish_prompt
        end
        builtin functions -e __venvwrap_other_prompt
    end
    builtin set -e VENVWRAP_UNDO
end

# restore NAME [FIELD]: what FIELD, from the record, says of the variable; unset where it says nothing.
function __venvwrap_restore
    builtin set -e $argv[1]
    builtin set -q argv[2]
    or builtin return 0
    builtin set -l value (__venvwrap_decoded (builtin string replace -r '^[^=]*=' '' -- $argv[2]) | builtin string collect -N)
    if builtin string match -q -- '-*' $argv[2]
        builtin set -g $argv[1] "$value"
    else
        builtin set -gx $argv[1] "$value"
    end
end

# cd DIRECTORY: a step of a plan. The builtin knows no history of directories and no CDPATH surprises.
function __venvwrap_cd
    builtin cd -- $argv[1]
end

# What `deactivate` does.
function __venvwrap_deactivate
    switch "$argv[1]"
        case -h --help
            __venvwrap_call deactivate $argv[1]
        case '*'
            if test -z "$VENVWRAP_UNDO"
                builtin echo 'venvwrap: no virtualenv active' >&2
                builtin return 1
            end
            __venvwrap_leave
    end
end

function mkvirtualenv
    __venvwrap_call mkvirtualenv $argv
end
function rmvirtualenv
    __venvwrap_call rmvirtualenv $argv
end
function workon
    __venvwrap_call workon $argv
end
function lsvirtualenv
    __venvwrap_call lsvirtualenv $argv
end
function showvirtualenv
    __venvwrap_call showvirtualenv $argv
end
function cdvirtualenv
    __venvwrap_call cdvirtualenv $argv
end
function cdsitepackages
    __venvwrap_call cdsitepackages $argv
end

# Each candidate is a line, with a description after a tab.
function __venvwrap_complete
    builtin set -l typed (builtin commandline -ct)
    builtin set -l word (builtin string unescape -- "$typed")
    or builtin set word $typed
    builtin set -lx WORKON_HOME $WORKON_HOME
    command $__venvwrap_executable complete fish -- (builtin commandline -opc) "$word" 2>/dev/null
end

for command in mkvirtualenv rmvirtualenv workon deactivate lsvirtualenv showvirtualenv cdvirtualenv cdsitepackages
    builtin complete -c $command -f -a '(__venvwrap_complete)'
end

# A shell that was started inside an environment can leave it too, and shows where it is.
if test -n "$VENVWRAP_UNDO" -a -n "$VIRTUAL_ENV"
    builtin functions -q deactivate
    or __venvwrap_take_deactivate
    if builtin status is-interactive
        __venvwrap_prompt
    end
end
