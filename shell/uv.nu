# Has uv use the active environment in its project, for Nushell: as uv.sh does in bash and zsh.
#
# `$env` is compared before each prompt, without a process. `cd other; uv sync` on one line, or in
# a script, has no prompt between: so Nushell asks here again when it hands the variable to a
# program.

# Begins, as a step of a plan.
def --env begin-uv [project: string] {
    give-back-uv
    write-record $"(without-field (settled-record) uv);uv=(encoded $project)"
    watch-uv
    look-for-uv
}

def --env end-uv [] {
    give-back-uv
    write-record (without-field (settled-record) uv)
    unwatch-uv
}

# Sets or restores the variable, as the current directory wants it.
def --env look-for-uv [] {
    let record = settled-record
    if not ($record | str contains ';uv=') {
        return
    }
    let project = values-of $record uv | get 0
    if (is-about-active $record) and (is-in-uv-project $project) {
        if not ($record | str contains ';lent=') {
            let before = variable UV_PROJECT_ENVIRONMENT
            let before = if $before == null { '' } else { $"=($before)" }
            write-record $"($record);lent=(encoded $'UV_PROJECT_ENVIRONMENT($before)')"
            $env.UV_PROJECT_ENVIRONMENT = values-of $record root | get 0
        }
    } else {
        give-back-uv
    }
}

# Restores the variable, unless somebody else has set it since.
def --env give-back-uv [] {
    let record = settled-record
    let lent = values-of $record lent | get --optional 0
    if $lent == null {
        return
    }
    write-record (without-field $record lent)
    if (variable UV_PROJECT_ENVIRONMENT) == (values-of $record root | get --optional 0) {
        let before = value-before-uv $lent
        if $before == null { forget UV_PROJECT_ENVIRONMENT } else { $env.UV_PROJECT_ENVIRONMENT = $before }
    }
}

# The earlier value in the field `lent`. A variable that bash had not exported does not count.
def value-before-uv [lent: string] {
    $lent | parse --regex '(?s)^UV_PROJECT_ENVIRONMENT=(?<value>.*)' | get --optional 0.value
}

def without-field [record: string, name: string] {
    $record | split row ';' | where {|field| not ($field starts-with $"($name)=") } | str join ';'
}

# Whether uv would work on a project here. Starts no process, except for a directory below the
# project that has a project of its own; that answer is remembered.
def --env is-in-uv-project [project: string] {
    let project = $project | path expand
    mut place = $env.PWD | path expand
    if $place != $project and not ($place | str starts-with $"($project | str trim --right --char '/')/") {
        return false
    }
    while $place != $project {
        if ($"($place)/pyproject.toml" | path exists) {
            let nested = $place
            if $env.__venvwrap.nested.0 != $nested {
                # Converting uv's variable for this program would ask again, without end.
                let is_member = with-env {ENV_CONVERSIONS: {}} {
                    try { ^$executable answer in-project -- $project; true } catch { false }
                }
                $env.__venvwrap.nested = [$nested $is_member]
            }
            return $env.__venvwrap.nested.1
        }
        $place = $place | path dirname
    }
    true
}

# What a program gets as UV_PROJECT_ENVIRONMENT: outside of the project the earlier value, or the
# empty one, which uv takes for none.
def uv-for-program [value: any] {
    try {
        let record = settled-record
        let project = values-of $record uv | get --optional 0
        let lent = values-of $record lent | get --optional 0
        if $lent == null or $value != (values-of $record root | get 0) or (is-in-uv-project $project) {
            $value | into string
        } else {
            value-before-uv $lent | default ''
        }
    } catch { '' }
}

def --env watch-uv [] {
    $env.ENV_CONVERSIONS = $env.ENV_CONVERSIONS? | default {} | upsert UV_PROJECT_ENVIRONMENT {
        from_string: {|text| $text }
        to_string: {|value| uv-for-program $value }
    }
    if $nu.is-interactive {
        change-prompt-hooks { append {|| look-for-uv } }
    }
}

def --env unwatch-uv [] {
    $env.ENV_CONVERSIONS = $env.ENV_CONVERSIONS? | default {} | reject --optional UV_PROJECT_ENVIRONMENT
    if $nu.is-interactive {
        change-prompt-hooks { }
    }
}

# Replaces our hook before a prompt. Those of others stay.
def --env change-prompt-hooks [add: closure] {
    let hooks = $env.config.hooks.pre_prompt? | default [] | append []
    let others = $hooks | where {|hook| ($hook | describe) != closure or (view source $hook) !~ look-for-uv }
    $env.config.hooks.pre_prompt = $others | do $add
}
