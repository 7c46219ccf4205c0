# Has uv use the active environment in its project, in fish: as uv.sh in bash and zsh.

# uv_enter PROJECT: begins. Without a project, the record has it.
function __venvwrap_uv_enter
    if test -n "$argv[1]"
        __venvwrap_uv_give_back
        __venvwrap_uv_drop uv
        __venvwrap_put_down uv $argv[1]
    end
    builtin set -gu __venvwrap_uv_answer
    # Before each prompt, too, because `uv init` can make a project of this directory.
    function __venvwrap_uv_look --on-variable PWD --on-event fish_prompt
        __venvwrap_uv_compare
    end
    __venvwrap_uv_compare
end

# uv_leave: a step of a plan. Ends, and leaves none of these functions behind.
function __venvwrap_uv_leave
    __venvwrap_uv_give_back
    __venvwrap_uv_drop uv
    builtin set -eg __venvwrap_uv_answer
    for name in enter look compare is_in lend give_back root drop
        builtin functions -e __venvwrap_uv_$name
    end
    # As in init.fish.
    function __venvwrap_uv_leave
    end
end

# Sets or restores the variable, as the current directory wants it.
function __venvwrap_uv_compare
    __venvwrap_settle
    builtin string match -q '*;uv=*' -- "$VENVWRAP_UNDO"
    or builtin return 0
    builtin set -l field (builtin string match -r ';uv=([^;]*)' -- $VENVWRAP_UNDO)
    builtin set -l project (__venvwrap_decoded $field[2] | builtin string collect -N)
    if __venvwrap_is_about_active "$VENVWRAP_UNDO"
        and __venvwrap_uv_is_in $project
        builtin string match -q '*;lent=*' -- $VENVWRAP_UNDO
        or __venvwrap_uv_lend
    else
        __venvwrap_uv_give_back
    end
    builtin return 0
end

# Whether uv would work on the project here. Starts no process, except in a directory below the
# project that has a project of its own.
function __venvwrap_uv_is_in
    builtin set -l project (builtin realpath -- $argv[1] 2>/dev/null | builtin string collect)
    builtin set -l place (builtin realpath . 2>/dev/null | builtin string collect)
    builtin set -l nested
    while test -n "$place"
        if test "$place" = "$project"
            test -n "$nested"
            or builtin return 0
            if test "$__venvwrap_uv_answer[2]" != "$nested"
                builtin set __venvwrap_uv_answer no $nested
                command $__venvwrap_executable answer in-project -- $project
                and builtin set __venvwrap_uv_answer yes $nested
            end
            test $__venvwrap_uv_answer[1] = yes
            builtin return
        end
        if test -z "$nested" -a -e "$place/pyproject.toml"
            builtin set nested $place
        end
        builtin set place (builtin string replace -r '/[^/]*$' '' -- $place)
    end
    builtin return 1
end

# Sets the variable.
function __venvwrap_uv_lend
    __venvwrap_set UV_PROJECT_ENVIRONMENT (__venvwrap_uv_root | builtin string collect -N)
    builtin set -gx VENVWRAP_UNDO (builtin string replace -r ';set=([^;]*)$' ';lent=$1' -- $VENVWRAP_UNDO)
    builtin set -gu __venvwrap_record $VENVWRAP_UNDO
end

# Restores it, unless somebody else has set it since.
function __venvwrap_uv_give_back
    builtin set -l field (builtin string match -r ';lent=([^;]*)' -- "$VENVWRAP_UNDO")
    or builtin return 0
    __venvwrap_uv_drop lent
    test "$UV_PROJECT_ENVIRONMENT" = (__venvwrap_uv_root | builtin string collect -N)
    or builtin return 0
    if builtin string match -q '*=*' -- $field[2]
        __venvwrap_restore UV_PROJECT_ENVIRONMENT $field[2]
    else
        __venvwrap_restore UV_PROJECT_ENVIRONMENT
    end
end

function __venvwrap_uv_root
    builtin set -l root (builtin string match -r '^root=([^;]*)' -- "$VENVWRAP_UNDO")
    __venvwrap_decoded $root[2]
end

# uv_drop FIELD: removes a field from the record.
function __venvwrap_uv_drop
    builtin set -gx VENVWRAP_UNDO (builtin string replace -r ";$argv[1]=[^;]*" '' -- "$VENVWRAP_UNDO")
    builtin set -gu __venvwrap_record $VENVWRAP_UNDO
end
