# Functions that let a story inspect fish. They change nothing and work in every mode. The line before
# this file sets __story_records. Functions are compared by name, and those that an activation could touch by their text.

function __story_record
    builtin printf '%s\0' "$argv[1]" >>$__story_records
end
function __story_status
    __story_record "$argv[1]: $argv[2]"
end
function __story_get
    if not set -q $argv[1]
        __story_record "unset $argv[1]"
    else if set -qx $argv[1]
        __story_record "export $argv[1]=$$argv[1]"
    else
        __story_record "$argv[1]=$$argv[1]"
    end
end
# Functions that are loaded at first use are loaded, so that states before and after can be compared.
function __story_snapshot
    builtin functions -q __venvwrap_load
    and __venvwrap_load functions
    builtin functions -q fish_prompt
    begin
        builtin set -S
        builtin functions -na
        for name in (builtin functions -na | string match -e -r '^__venvwrap|^__story|^deactivate$|^fish_prompt$')
            builtin functions --no-details $name
        end
        builtin bind
        builtin functions --handlers
        builtin pwd
    end >$argv[1] 2>&1
end
