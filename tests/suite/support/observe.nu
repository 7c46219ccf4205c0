# Commands that let a story inspect Nushell. The line before this file sets story_records.

def story-record [text: string] {
    $"($text)(char nul)" | save --append --raw $story_records
}
def story-get [name: string] {
    let value = $env | get --optional $name
    let text = if ($value | describe) starts-with list { $value | str join ':' } else { $value }
    story-record (if $value == null { $"unset ($name)" } else { $"export ($name)=($text)" })
}
# `$env` has the state of Nushell, its configuration included; a null is as good as unset. venvwrap's
# own record remembers other environments for `workon -`, and an answer about a directory.
def story-snapshot [file: string] {
    $env | reject --optional CMD_DURATION_MS LAST_EXIT_CODE OLDPWD FILE_PWD CURRENT_FILE PROCESS_PATH
    | update __venvwrap {|each| $each.__venvwrap | reject previous earlier nested }
    | transpose name value | where value != null | sort-by name
    | each {|each| $"($each.name)=($each.value | to nuon --serialize)(char newline)" }
    | str join | save --raw $file
}
