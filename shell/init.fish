# venvwrap's functions for fish 3.1 and newer.
#
# Loaded at first use (start.fish). A command asks the binary for a plan, which arrives on descriptor
# 3 and consists of calls of the functions here; stdout and stderr stay the user's. Loading can be
# repeated; `deactivate` starts no process.

# Calls the binary and carries out the plan it returns. The binary sees the variables as they are
# now, exported or not. An unset variable arrives empty, which means the same to it.
function __venvwrap_call
    builtin set -l plan
    builtin set -l run_status
    builtin set -l word $fish_pid.(builtin random)
    builtin set -l mode ''
    builtin status is-interactive
    and builtin set mode /i
    begin
        builtin set -lx WORKON_HOME $WORKON_HOME
        builtin set -lx PROJECT_HOME $PROJECT_HOME
        builtin set -lx VIRTUALENVWRAPPER_HOOK_DIR $VIRTUALENVWRAPPER_HOOK_DIR
        builtin set -lx VIRTUALENVWRAPPER_PROJECT_FILENAME $VIRTUALENVWRAPPER_PROJECT_FILENAME
        builtin set -lx VIRTUALENVWRAPPER_WORKON_CD $VIRTUALENVWRAPPER_WORKON_CD
        builtin set -lx VIRTUALENVWRAPPER_VIRTUALENV $VIRTUALENVWRAPPER_VIRTUALENV
        builtin set -lx VIRTUALENVWRAPPER_VIRTUALENV_ARGS $VIRTUALENVWRAPPER_VIRTUALENV_ARGS
        builtin set -lx VIRTUALENVWRAPPER_LOG_FILE $VIRTUALENVWRAPPER_LOG_FILE
        builtin set -lx VIRTUALENVWRAPPER_SCRIPT $VIRTUALENVWRAPPER_SCRIPT
        builtin set -lx VIRTUALENVWRAPPER_PYTHON $VIRTUALENVWRAPPER_PYTHON
        builtin set -lx HOOK_VERBOSE_OPTION $HOOK_VERBOSE_OPTION
        command $__venvwrap_executable --plan=fish/2/$word$mode --previous=$__venvwrap_previous $argv 3>| builtin read -z plan
        builtin set run_status $pipestatus[1]
    end
    # A killed binary may leave half a plan.
    if test "$run_status" -lt 128
        and builtin string match -q -- "#<$word"\n"*#$word>"\n "$plan"
        builtin set -e __venvwrap_failed
        builtin set -l outer "$__venvwrap_carrying"
        builtin set -gu __venvwrap_carrying 1
        builtin eval $plan
        or builtin set run_status $status
        test -n "$outer"
        or builtin set -eg __venvwrap_carrying
        # With automatic switching, what was asked for stays.
        if test "$__venvwrap_watcher" = $fish_pid
            and builtin string match -qr '__venvwrap_[dec]' -- $plan
            __venvwrap_choose
        end
        if builtin set -q __venvwrap_failed
            builtin set run_status $__venvwrap_failed
            builtin set -e __venvwrap_failed
        end
    end
    builtin return $run_status
end

# Encodes a value for the record: `%`, `;`, and newline are percent-encoded, because they end an
# escape, a field, and a line.
function __venvwrap_encoded
    builtin set -l lines (builtin string replace -a '%' '%25' -- (builtin string split \n -- "$argv[1]"))
    builtin string replace -a ';' '%3B' -- (builtin string join '%0A' -- $lines)
end

# Decodes a value. Collect it with -N: newlines at the end count.
function __venvwrap_decoded
    builtin set -l lines (builtin string replace -a '%3B' ';' -- (builtin string split '%0A' -- "$argv[1]"))
    builtin set lines (builtin string replace -a '%25' '%' -- $lines)
    builtin set -l value $lines[1]
    for line in $lines[2..-1]
        builtin set value $value\n$line
    end
    builtin printf '%s' $value
end

# The record's field for a variable; `-` marks one that is not exported.
function __venvwrap_keep
    builtin set -l mark -
    builtin set -qx $argv[1]
    and builtin set mark ''
    builtin string join '' -- ";$mark$argv[1]=" (__venvwrap_encoded "$$argv[1]")
end

# Puts the environment's name before the prompt, by a function around the existing one, which is
# kept under a number. Other tools copy and wrap prompts, too (VS Code, conda), ours included, and
# restore their copies. So our function draws the name only inside an environment and only if no
# other copy of ours has drawn it, and calls the wrapped prompt while that exists.
function __venvwrap_prompt
    test -z "$VIRTUAL_ENV_DISABLE_PROMPT"
    or builtin return 0
    # fish loads the prompt when it first draws it; asking for the function loads it now.
    builtin functions -q fish_prompt
    or builtin return 0
    builtin set -g __venvwrap_shown 1
    __venvwrap_number_of_prompt >/dev/null
    and builtin return 0
    builtin set -l number 1
    while builtin functions -q __venvwrap_prompt_$number
        builtin set number (builtin math $number + 1)
    end
    builtin functions -c fish_prompt __venvwrap_prompt_$number
    builtin eval "function fish_prompt
        __venvwrap_draw $number \$status \$pipestatus -- \$argv
    end"
end

# The number of the prompt that ours wraps, if `fish_prompt` is ours and that prompt exists.
function __venvwrap_number_of_prompt
    builtin set -l number (builtin functions fish_prompt | builtin string replace -rf '^\s*__venvwrap_draw (\d+) .*$' '$1')
    test -n "$number"
    and builtin functions -q __venvwrap_prompt_$number[1]
    and builtin echo $number[1]
end

# draw NUMBER STATUS PIPESTATUS... -- ARGUMENTS: draws the name, then the prompt of that number. A
# prompt may show the statuses of the last command, so they are set again.
function __venvwrap_draw
    builtin set -l number $argv[1]
    builtin set -l last $argv[2]
    builtin set -l pipe
    builtin set -e argv[1..2]
    while builtin set -q argv[1]; and test "$argv[1]" != --
        builtin set -a pipe $argv[1]
        builtin set -e argv[1]
    end
    builtin set -e argv[1]
    if builtin set -q __venvwrap_shown; and not builtin set -q __venvwrap_drawing
        builtin set -l label "$VIRTUAL_ENV_PROMPT"
        builtin set -q VIRTUAL_ENV_PROMPT
        or builtin set label "$CONDA_DEFAULT_ENV"
        builtin printf '(%s) ' (builtin string replace -ra '[[:cntrl:]]' _ -- $label)
    end
    builtin set -l prompt __venvwrap_prompt_$number
    builtin functions -q $prompt
    or builtin return 0
    # Visible only to functions called from here.
    builtin set -lx __venvwrap_drawing 1
    if builtin set -q pipe[2]
        # One piece, so that `eval` ends with one status.
        builtin eval (builtin string join ' | ' -- '__venvwrap_with_status '$pipe)"; $prompt \$argv"
    else
        __venvwrap_with_status $last
        $prompt $argv
    end
end

function __venvwrap_with_status
    builtin return $argv[1]
end

# Defines `deactivate`; an existing function of that name is kept until deactivation.
function __venvwrap_take_deactivate
    if builtin functions -q deactivate
        builtin functions -e __venvwrap_other_deactivate
        builtin functions -c deactivate __venvwrap_other_deactivate
    end
    function deactivate
        __venvwrap_deactivate $argv
    end
end

# Deactivates another tool's environment: activation replaces, as in every tool. If this shell has
# that tool's own `deactivate`, that is called. If VIRTUAL_ENV was only inherited, PATH and the
# variables lose it here. A value that is no environment (`/usr` in some images) is an ordinary
# variable and stays.
function __venvwrap_displace
    __venvwrap_is_of_tool
    and deactivate
    if not builtin string match -q '/*' -- "$VIRTUAL_ENV"; or not test -f $VIRTUAL_ENV/pyvenv.cfg
        builtin return 0
    end
    __venvwrap_without $VIRTUAL_ENV/bin
    builtin set -eg VIRTUAL_ENV
    builtin set -eg VIRTUAL_ENV_PROMPT
    builtin return 0
end

# Whether `deactivate` comes from a script of venv, virtualenv, uv, or venvwrap.
function __venvwrap_is_of_tool
    builtin functions -q deactivate
    and builtin functions deactivate | builtin string match -q '*_OLD_VIRTUAL_PATH*'
end

# Whether `deactivate` is ours.
function __venvwrap_is_deactivate_ours
    builtin functions -q deactivate
    and builtin functions deactivate | builtin string match -q '*__venvwrap_deactivate*'
end

# Removes a directory from PATH, once; fails if it is not there.
function __venvwrap_without
    if builtin set -l place (builtin contains -i -- $argv[1] $PATH)
        builtin set -e PATH[$place]
    end
end

# enter ROOT PROMPT HOOKS: a step of a plan. Activates an environment.
function __venvwrap_enter
    __venvwrap_displace
    # A command substitution costs as much as the rest of this function, so it is used only if
    # needed.
    builtin set -l root $argv[1]
    builtin set -l hooks $argv[3]
    builtin string match -qr '[%;\n]' -- $root
    and builtin set root (__venvwrap_encoded $root)
    builtin string match -qr '[%;\n]' -- $hooks
    and builtin set hooks (__venvwrap_encoded $hooks)
    builtin set -l undo "root=$root;hooks=$hooks"
    # A universal variable belongs to all sessions, and shows again once the global one is erased.
    for name in VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME
        builtin set -qg $name
        and builtin set undo "$undo"(__venvwrap_keep $name)
    end
    if not builtin set -q PATH
        builtin set undo "$undo;PATH"
    else if not builtin set -qx PATH
        builtin set undo "$undo;-PATH"
    end
    builtin set -eg PYTHONHOME
    if builtin set -qx PYTHONHOME
        # Only an exported global variable hides the universal one from programs.
        builtin set -gx PYTHONHOME ''
        builtin set undo "$undo;hidden"
    end
    builtin set -gx VIRTUAL_ENV $argv[1]
    builtin set -gx VIRTUAL_ENV_PROMPT $argv[2]
    builtin set -gx VENVWRAP_UNDO $undo
    builtin set -gx PATH $argv[1]/bin $PATH
    # Copies that no other program can change: of the record, and of what this shell itself
    # activated.
    builtin set -gu __venvwrap_record $undo
    builtin set -gu __venvwrap_entered $argv[1]
    builtin set -gu __venvwrap_named "$argv[2]"
    # An environment that is activated again is not the one before itself.
    if test "$argv[1]" = "$__venvwrap_previous"
        builtin set -gu __venvwrap_previous $__venvwrap_earlier
    end
    __venvwrap_prompt
    __venvwrap_take_deactivate
end

# Whether the environment at a root is active. A conda environment is active if no other is.
function __venvwrap_is_active
    if test -n "$VIRTUAL_ENV"
        test "$VIRTUAL_ENV" = "$argv[1]"
    else
        test "$CONDA_PREFIX" = "$argv[1]"
    end
end

# Whether a record describes the active environment.
function __venvwrap_is_about_active
    builtin string match -q 'root=*' -- "$argv[1]"
    and __venvwrap_is_active (__venvwrap_decoded (builtin string sub -s 6 -- (builtin string split ';' -- $argv[1])[1]) | builtin string collect -N)
end

# Decides which record counts. VENVWRAP_UNDO may have been removed or replaced since this shell
# activated (direnv does both). It counts more than the copy only if it describes the active
# environment and the copy does not.
function __venvwrap_settle
    if test -z "$__venvwrap_record" -o "$VENVWRAP_UNDO" = "$__venvwrap_record"
        builtin return 0
    end
    if __venvwrap_is_about_active "$VENVWRAP_UNDO"; and not __venvwrap_is_about_active "$__venvwrap_record"
        builtin return 0
    end
    builtin set -gx VENVWRAP_UNDO $__venvwrap_record
end

# leave: a step of a plan. Undoes what is on record, also in a child of the shell that activated.
# PATH loses exactly what was added, wherever it is now. Assigns only the names written here and
# those that the binary's rule for records allows. Whatever others changed meanwhile, no name in the
# prompt, no `deactivate`, and no variable of venvwrap's remains.
function __venvwrap_leave
    __venvwrap_settle
    test -n "$VENVWRAP_UNDO"
    or builtin return 0
    builtin string match -q '*;uv=*' -- $VENVWRAP_UNDO
    and __venvwrap_uv_leave
    builtin set -l root
    builtin set -l path_was exported
    builtin set -l virtual_env
    builtin set -l virtual_env_prompt
    builtin set -l pythonhome
    builtin set -l stood
    for field in (builtin string split ';' -- $VENVWRAP_UNDO)
        switch $field
            case 'root=*%*'
                builtin set root (__venvwrap_decoded (builtin string sub -s 6 -- $field) | builtin string collect -N)
            case 'root=*'
                builtin set root (builtin string sub -s 6 -- $field)
            case 'stood=*'
                builtin string match -qr '^stood=[0-9]{1,4}$' -- $field
                and builtin set stood (builtin string sub -s 7 -- $field)
            case hidden
                test -n "$PYTHONHOME"
                or builtin set -eg PYTHONHOME
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
    if test -n "$root"; and __venvwrap_without $root/bin
        # zsh with `typeset -U path` dropped the user's own entry.
        if test -n "$stood"; and not builtin contains -- "$root/bin" $PATH
            if test $stood -eq 0
                builtin set -p PATH $root/bin
            else if test $stood -lt (builtin count $PATH)
                builtin set PATH $PATH[1..$stood] $root/bin $PATH[(builtin math $stood + 1)..-1]
            else
                builtin set -a PATH $root/bin
            end
        end
    end
    if test $path_was = private
        builtin set -gu PATH $PATH
    else if test $path_was = unset -a -z "$PATH"
        builtin set -e PATH
    end
    # If another tool activated another environment since, the variables are that tool's. The same
    # holds for a conda that went on.
    builtin set -l whose own
    if __venvwrap_is_active "$root"
        builtin string match -q '*;set=*' -- $VENVWRAP_UNDO
        and __venvwrap_call answer record
    else if test -n "$VIRTUAL_ENV"
        builtin set whose other
    else if builtin string match -q '*;set=CONDA_PREFIX*' -- $VENVWRAP_UNDO
        builtin set whose conda
    else
        builtin set whose nobody
    end
    builtin set -q __venvwrap_named
    or builtin set -l __venvwrap_named (builtin string replace -r '^.*/' '' -- "$root")
    if test $whose != other -o "$VIRTUAL_ENV_PROMPT" = "$__venvwrap_named"
        __venvwrap_restore VIRTUAL_ENV_PROMPT $virtual_env_prompt
    end
    if __venvwrap_is_deactivate_ours
        builtin functions -e deactivate
        if builtin functions -q __venvwrap_other_deactivate
            builtin functions -c __venvwrap_other_deactivate deactivate
            builtin functions -e __venvwrap_other_deactivate
        end
    else if __venvwrap_is_of_tool
        # A script was sourced over ours. If it is this environment's, it is undone, too; if
        # another's, it stays.
        test $whose = own
        and builtin functions -e deactivate
    else
        # The user has redefined the function.
        builtin functions -e __venvwrap_other_deactivate
    end
    builtin set -qg PYTHONHOME
    or __venvwrap_restore PYTHONHOME $pythonhome
    # A theme chosen meanwhile stays, and so does a wrapper around our prompt.
    builtin set -eg __venvwrap_shown
    if builtin set -l number (__venvwrap_number_of_prompt)
        builtin functions -e fish_prompt
        builtin functions -c __venvwrap_prompt_$number fish_prompt
        builtin functions -e __venvwrap_prompt_$number
    end
    for name in __venvwrap_record __venvwrap_entered __venvwrap_named VENVWRAP_UNDO
        builtin set -eg $name
    end
    # Last, because it calls the functions that watch VIRTUAL_ENV.
    if builtin contains -- $whose own nobody
        __venvwrap_restore VIRTUAL_ENV $virtual_env
    end
    builtin return 0
end

# Another tool's script sourced over ours replaces `deactivate` and then empties VIRTUAL_ENV, before
# it saves PATH and the prompt: the moment to undo ours. Hooks for deactivation do not run, as in
# virtualenvwrapper.
function __venvwrap_as_replaced
    if test -z "$VENVWRAP_UNDO"
        or not __venvwrap_is_of_tool
        builtin return 0
    end
    builtin functions -e __venvwrap_other_deactivate
    __venvwrap_leave
end

# restore NAME [FIELD]: restores a variable from FIELD of the record, or unsets it without one.
function __venvwrap_restore
    builtin set -eg $argv[1]
    builtin set -q argv[2]
    or builtin return 0
    builtin set -l value (__venvwrap_decoded (builtin string replace -r '^[^=]*=' '' -- $argv[2]) | builtin string collect -N)
    if builtin string match -q -- '-*' $argv[2]
        builtin set -g $argv[1] "$value"
    else
        builtin set -gx $argv[1] "$value"
    end
end

# cd DIRECTORY: a step of a plan. The builtin, past functions of that name; remembers the old
# directory for `cd -` and `prevd`, as fish's own `cd` does.
function __venvwrap_cd
    builtin set -l before $PWD
    builtin cd $argv
    or builtin return
    test "$PWD" != "$before"
    or builtin return 0
    for name in dirprev __fish_cd_direction
        builtin set -q $name
        or builtin set -g $name
    end
    builtin set -a dirprev $before
    builtin set -q dirprev[26]
    and builtin set -e dirprev[1]
    builtin set -e dirnext
    builtin set __fish_cd_direction prev
    builtin return 0
end

# Whether an environment's hooks are the user's own: this shell activated it, or it is a direct
# child of WORKON_HOME.
function __venvwrap_is_own
    test "$argv[1]" = "$__venvwrap_entered"
    and builtin return 0
    builtin set -l parts (builtin string match -r '^(/.*|)/([^/]+)$' -- "$argv[1]")
    or builtin return 1
    if builtin contains -- $parts[3] . ..; or test -z "$WORKON_HOME" -o -z "$parts[2]"
        builtin return 1
    end
    test "$parts[2]" = "$WORKON_HOME"
    or test (builtin realpath -- $parts[2]) = (builtin realpath -- $WORKON_HOME)
end

# depart: a step of a plan. Deactivates with hooks: the project's, the environment's, the global one
# before; the environment's, the global one after.
function __venvwrap_depart
    __venvwrap_settle
    builtin set -l root
    builtin set -l hooks
    builtin set -l project
    builtin set -l later
    builtin set -l own __venvwrap_source
    # Decoding takes as long as the rest of this function, so only what was encoded is decoded.
    for field in (builtin string split ';' -- $VENVWRAP_UNDO)
        switch $field
            case 'root=*%*'
                builtin set root (__venvwrap_decoded (builtin string sub -s 6 -- $field) | builtin string collect -N)
            case 'root=*'
                builtin set root (builtin string sub -s 6 -- $field)
            case 'elsewhere=*'
                builtin set project (__venvwrap_decoded (builtin string sub -s 11 -- $field) | builtin string collect -N)
                builtin set own __venvwrap_source_trusted
            case 'later=*'
                builtin set -a later (__venvwrap_decoded (builtin string sub -s 7 -- $field) | builtin string collect -N)
        end
    end
    if test -z "$root"; or not __venvwrap_is_active "$root"
        __venvwrap_leave
        builtin return
    end
    # For `workon -`.
    if test "$__venvwrap_previous" != "$root"
        builtin set -gu __venvwrap_earlier $__venvwrap_previous
        builtin set -gu __venvwrap_previous $root
    end
    # Anybody can write a record, so it decides neither where global hooks are nor whose an
    # environment is.
    if test -n "$VIRTUALENVWRAPPER_HOOK_DIR"
        builtin set hooks $VIRTUALENVWRAPPER_HOOK_DIR
    else
        builtin set hooks $WORKON_HOME
    end
    if test -z "$hooks"; or __venvwrap_is_short $hooks
        builtin set hooks (__venvwrap_call answer hook-directory)
    end
    __venvwrap_is_own "$root"
    or builtin set own __venvwrap_source_trusted
    builtin set -l link .project
    test -z "$VIRTUALENVWRAPPER_PROJECT_FILENAME"
    or builtin set link $VIRTUALENVWRAPPER_PROJECT_FILENAME
    if test -f $root/$link
        # The first line of a file that may be anything.
        builtin read -n 4096 project <$root/$link
    end
    test -z "$project"
    or __venvwrap_source_trusted $project/.virtualenvwrapper/predeactivate
    $own $root/bin/predeactivate
    __venvwrap_source $hooks/predeactivate
    for file in $later
        __venvwrap_source_trusted $file
    end
    __venvwrap_leave
    builtin set -g VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV $root
    __venvwrap_forget_later
    $own $root/bin/postdeactivate
    __venvwrap_source $hooks/postdeactivate
    __venvwrap_forget
end

# If Ctrl-C ends a hook, the next prompt removes its variable.
function __venvwrap_forget_later
    function __venvwrap_forget_now --on-event fish_prompt
        __venvwrap_forget
    end
end

function __venvwrap_forget
    builtin set -eg VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
    builtin set -eg VIRTUALENVWRAPPER_PROJECT_CD
    builtin functions -e __venvwrap_forget_now
    builtin return 0
end

# spoken FILE: prints FILE.fish if it exists, else FILE; fails if neither does.
function __venvwrap_spoken
    for file in $argv[1].fish $argv[1]
        if test -f $file
            builtin echo $file
            builtin return
        end
    end
    builtin return 1
end

# Runs a file that is not the user's own if its content is trusted. The binary passes back the text
# it checked, so a file that is replaced meanwhile is not run.
function __venvwrap_source_trusted
    # The check starts a process, so only if there is such a hook.
    if builtin set -l file (__venvwrap_spoken $argv[1])
        __venvwrap_call trust --check $file
    end
    builtin return 0
end

# text CODE: a step of a plan. Runs the text of a trusted hook.
function __venvwrap_text
    __venvwrap_read_text $argv[1]
    builtin return 0
end

# A separate function, because a hook may `return`.
function __venvwrap_read_text
    builtin set -l __venvwrap_code $argv[1]
    builtin set -e argv
    builtin eval $__venvwrap_code
end

# put_down FIELD VALUE: adds a field to the record.
function __venvwrap_put_down
    builtin set -gx VENVWRAP_UNDO "$VENVWRAP_UNDO;$argv[1]="(__venvwrap_encoded "$argv[2]")
    builtin set -gu __venvwrap_record $VENVWRAP_UNDO
end

# elsewhere PROJECT: a step of a plan, after `enter`. Marks the environment as another tool's, with
# its project if known. Its own hooks are sourced only if they are trusted.
function __venvwrap_elsewhere
    __venvwrap_put_down elsewhere "$argv[1]"
end

# later FILE: a step of a plan, after `enter`. Sources FILE on deactivation, if it is trusted then.
function __venvwrap_later
    __venvwrap_put_down later $argv[1]
end

# conda ROOT NAME [VARIABLE VALUE]...: a step of a plan, after `enter`, for a conda environment.
# Sets what `conda activate --stack` would set, so that conda can go on from there and come back.
function __venvwrap_conda
    builtin set -l level 0
    test -n "$CONDA_PREFIX"
    and builtin string match -qr '^[0-9]{1,3}$' -- "$CONDA_SHLVL"
    and builtin set level (builtin math -- $CONDA_SHLVL)
    builtin set -l next (builtin math $level + 1)
    builtin set -eg VIRTUAL_ENV
    builtin set -eg VIRTUAL_ENV_PROMPT
    if test $level -gt 0
        __venvwrap_set CONDA_PREFIX_$level $CONDA_PREFIX
        __venvwrap_set CONDA_STACKED_$next true
    end
    __venvwrap_set CONDA_PREFIX $argv[1]
    __venvwrap_set CONDA_SHLVL $next
    __venvwrap_set CONDA_DEFAULT_ENV $argv[2]
    __venvwrap_set CONDA_PROMPT_MODIFIER "($argv[2]) "
    builtin set -e argv[1..2]
    while builtin set -q argv[2]
        # `conda deactivate` restores the variable from this.
        builtin set -qg $argv[1]
        and __venvwrap_set __CONDA_SHLVL_{$level}_$argv[1] "$$argv[1]"
        __venvwrap_set $argv[1] $argv[2]
        builtin set -e argv[1..2]
    end
    builtin return 0
end

# set NAME VALUE: sets and exports a variable, and records its earlier value.
function __venvwrap_set
    if not builtin set -qg $argv[1]
        __venvwrap_put_down set $argv[1]
    else if builtin set -qx $argv[1]
        __venvwrap_put_down set "$argv[1]=$$argv[1]"
    else
        __venvwrap_put_down set "-$argv[1]=$$argv[1]"
    end
    builtin set -gx $argv[1] "$argv[2]"
    builtin return 0
end

# A plan defines it anew for an environment that uv uses (uv.fish).
function __venvwrap_uv_leave
end

# uv CODE PROJECT: a step of a plan, after `enter`. Loads the functions of uv.fish and begins.
function __venvwrap_uv
    builtin eval $argv[1]
    __venvwrap_uv_enter $argv[2]
end

# path DIRECTORY...: a step of a plan, after `enter`. Puts directories into PATH behind that of the
# environment, and records them.
function __venvwrap_path
    for directory in $argv
        __venvwrap_put_down set "+PATH=$directory"
    end
    builtin set -l rest $PATH
    builtin set -e rest[1]
    builtin set -gx PATH $PATH[1] $argv $rest
    builtin return 0
end

# with [NAME VALUE]... -- WORDS: runs a command with the variables of its environment, for `each`. As
# PATH, a value is a directory for PATH.
function __venvwrap_with
    # A variable is local to its block, so the rest is run in there.
    if test "$argv[1]" = --
        if builtin set -q argv[2]
            $argv[2..-1]
        end
    else if test "$argv[1]" = PATH
        builtin set -l rest $PATH
        builtin set -e rest[1]
        builtin set -lx PATH $PATH[1] $argv[2] $rest
        __venvwrap_with $argv[3..-1]
    else
        builtin set -lx $argv[1] $argv[2]
        __venvwrap_with $argv[3..-1]
    end
end

# put_back NAME HOW VALUE: a step of a plan. Restores a variable: unset, exported, or private.
function __venvwrap_put_back
    builtin set -eg $argv[1]
    switch $argv[2]
        case exported
            builtin set -gx $argv[1] "$argv[3]"
        case private
            builtin set -g $argv[1] "$argv[3]"
    end
    builtin return 0
end

# run_hooks EVENT NAME: a step of a plan. Has the binary run the hooks now.
function __venvwrap_run_hooks
    builtin set -lx WORKON_HOME $WORKON_HOME
    builtin set -lx VIRTUALENVWRAPPER_HOOK_DIR $VIRTUALENVWRAPPER_HOOK_DIR
    command $__venvwrap_executable hook $argv
    builtin return 0
end

# project_cd [1|0]: a step of a plan. Tells hooks and their children whether activation changes to
# the project.
function __venvwrap_project_cd
    if builtin set -q argv[1]
        builtin set -gx VIRTUALENVWRAPPER_PROJECT_CD $argv[1]
        __venvwrap_forget_later
    else
        __venvwrap_forget
    end
    # A hook that activated another environment has unset it already.
    builtin return 0
end

# continue WORDS: a step of a plan. Calls the binary again; a failure is the failure of the whole
# command.
function __venvwrap_continue
    __venvwrap_call $argv
    or builtin set -g __venvwrap_failed $status
end

# each HEADING ROOT PROMPT HOOKS WORDS: a step of a plan. Runs a command in an environment, without
# hooks.
function __venvwrap_each
    __venvwrap_in_each $argv
    builtin return 0
end

# each_told: a step of a plan. Like `each`, but a failure is reported and is the failure of the
# whole command.
function __venvwrap_each_told
    __venvwrap_in_each $argv
    or begin
        builtin echo "venvwrap: status $status in `$argv[1]`" >&2
        builtin set -g __venvwrap_failed 1
    end
    builtin return 0
end

# fish has no subshells: other changes that the command makes in this shell stay, but the
# environment and the directory are restored.
function __venvwrap_in_each
    builtin echo $argv[1]
    builtin string replace -ra '.' '=' -- $argv[1]
    builtin set -l before $PWD
    builtin set -lx VIRTUAL_ENV $argv[2]
    builtin set -lx VIRTUAL_ENV_PROMPT $argv[3]
    builtin set -lx PATH $argv[2]/bin $PATH
    builtin set -l became 1
    if builtin cd -- $argv[2]
        builtin set became 0
        if builtin set -q argv[5]
            $argv[5..-1]
            builtin set became $status
        end
        builtin cd -- $before
    end
    builtin echo
    builtin return $became
end

# The body of `deactivate`.
function __venvwrap_deactivate
    switch "$argv[1]"
        case -h --help
            __venvwrap_call deactivate $argv[1]
        case '*'
            __venvwrap_settle
            if test -z "$VENVWRAP_UNDO"
                builtin echo 'venvwrap: no virtualenv active' >&2
                builtin return 1
            end
            __venvwrap_depart
            # As in venv's scripts, the function stays.
            test "$argv[1]" != nondestructive
            or __venvwrap_take_deactivate
    end
end

# The body of `venvwrap doctor`. The binary sees files and exported variables; this tells it what a
# command is in this shell, as NAME KIND TEXT. fish's aliases are functions.
function __venvwrap_doctor
    builtin set -l told
    for name in python pip
        builtin functions -q $name
        and builtin set -a told --told "$name function"
    end
    builtin string match -q '*__venvwrap_call*' -- (builtin functions workon)
    or builtin set -a told --told 'workon other'
    if test "$__venvwrap_watcher" = $fish_pid
        builtin set -a told --told 'automatic on'
        __venvwrap_yields
        and builtin set -a told --told "automatic left to $__venvwrap_rival"
    end
    __venvwrap_call doctor --told 'functions of fish' $told $argv
end

# `venvwrap workon x` and the commands that have no function of their own. Commands that never
# change this shell run without a plan, so `run` can hand the terminal to a program.
function __venvwrap_as_venvwrap
    switch "$argv[1]"
        case doctor
            __venvwrap_doctor $argv[2..-1]
        case trust
            # With automatic switching, the project is looked at once more.
            if test -z "$VIRTUAL_ENV"
                builtin set -eg __venvwrap_seen
                builtin set -eg __venvwrap_project
            end
            __venvwrap_call $argv
        case run env which init completions man
            builtin set -lx WORKON_HOME $WORKON_HOME
            command $__venvwrap_executable $argv
        case '*'
            __venvwrap_call $argv
    end
end

# as NAME ARGUMENTS: the body of the public function NAME.
function __venvwrap_as
    __venvwrap_as_$argv[1] $argv[2..-1]
end

# The bodies of functions that virtualenvwrapper's hooks and plugins call.
function __venvwrap_as_verify_active_environment
    test -n "$VIRTUAL_ENV" -a -d "$VIRTUAL_ENV"
    and builtin return 0
    builtin echo 'venvwrap: no virtualenv active' >&2
    builtin return 1
end
function __venvwrap_as_verify_workon_home
    if test "$argv[1]" = -q
        __venvwrap_call answer verify-workon-home 2>/dev/null
    else
        __venvwrap_call answer verify-workon-home
    end
end
function __venvwrap_as_verify_project_home
    test -n "$PROJECT_HOME" -a -d "$PROJECT_HOME"
    and builtin return 0
    builtin echo "venvwrap: PROJECT_HOME: directory '$PROJECT_HOME' does not exist" >&2
    builtin return 1
end
function __venvwrap_as_run_hook
    # virtualenvwrapper can run a single plugin by name; there are none here.
    test "$argv[1]" = --name
    and builtin set -e argv[1..2]
    __venvwrap_call hook $argv
end
function __venvwrap_as_initialize
    builtin set -q VIRTUALENVWRAPPER_HOOK_DIR[1]
    or builtin set -gx VIRTUALENVWRAPPER_HOOK_DIR $WORKON_HOME
    __venvwrap_call hook initialize
end

# Whether a directory must be expanded first: a relative path, or one with `~` or a variable.
function __venvwrap_is_short
    builtin string match -qr '^[^/]' -- $argv[1]
    or builtin string match -qr '[~$]|//' -- $argv[1]
    and test ! -d $argv[1]
end

# Expands WORKON_HOME and VIRTUALENVWRAPPER_HOOK_DIR; starts a process for one that must be expanded.
function __venvwrap_expand
    if __venvwrap_is_short $WORKON_HOME
        builtin set -gx WORKON_HOME (__venvwrap_call answer workon-home)
    end
    if test -n "$VIRTUALENVWRAPPER_HOOK_DIR"
        and __venvwrap_is_short $VIRTUALENVWRAPPER_HOOK_DIR
        builtin set -gx VIRTUALENVWRAPPER_HOOK_DIR (__venvwrap_call answer hook-directory)
    end
end

# For a shell started inside an environment, or one that reads its start-up files again: moves the
# environment to the front of PATH, behind which those files (pyenv's line, fish_add_path) put it,
# and undoes an activate script that they sourced. A removed environment gets no name in the prompt,
# and can be deactivated all the same.
function __venvwrap_resume
    # Private to a shell, so an exported one comes from elsewhere.
    for name in __venvwrap_record __venvwrap_entered __venvwrap_named __venvwrap_shown __venvwrap_drawing __venvwrap_previous __venvwrap_earlier
        builtin set -qx $name
        and builtin set -e $name
    end
    __venvwrap_settle
    test -n "$VENVWRAP_UNDO"
    and __venvwrap_is_about_active $VENVWRAP_UNDO
    or builtin return 0
    builtin set -l root $VIRTUAL_ENV
    builtin set -l label $VIRTUAL_ENV_PROMPT
    if test -z "$root"
        builtin set root $CONDA_PREFIX
    else if __venvwrap_is_of_tool
        # The function that watches VIRTUAL_ENV would deactivate.
        builtin set -l record $VENVWRAP_UNDO
        builtin set -eg VENVWRAP_UNDO
        deactivate
        builtin set -gx VIRTUAL_ENV $root
        # Some tools include the parentheses.
        builtin set -gx VIRTUAL_ENV_PROMPT (builtin string replace -r '^\((.*)\) $' '$1' -- "$label")
        builtin set -gx VENVWRAP_UNDO $record
    end
    if test -z "$__venvwrap_record"
        builtin set -gu __venvwrap_record $VENVWRAP_UNDO
        builtin set -gu __venvwrap_named "$VIRTUAL_ENV_PROMPT"
    end
    builtin functions -q deactivate
    or __venvwrap_take_deactivate
    builtin string match -q '*;uv=*' -- $VENVWRAP_UNDO
    and __venvwrap_call answer uv
    if not test -d $root/bin; or not test -f $root/pyvenv.cfg -o -d $root/conda-meta
        builtin return 0
    end
    if test "$PATH[1]" != $root/bin
        __venvwrap_without $root/bin
        builtin set -gx PATH $root/bin $PATH
    end
    if builtin status is-interactive
        __venvwrap_prompt
    end
end
