# venvwrap's commands for Nushell 0.115 and newer.
#
# `venvwrap init nu` prints a module: a line that names the binary, complete.nu, and this file. A
# command asks the binary for a plan. Nushell can neither redirect descriptor 3 nor evaluate text,
# so the plan arrives in a private file, as JSON: a list of steps, each the words of one command
# here. Stdout and stderr stay the user's. Loading starts no process and can be repeated.
#
# `%` calls a builtin past the user's alias or command of that name.

# Calls the binary and carries out the plan it returns. A failure is raised once that is done:
# changes of the environment survive an error.
def --env --wrapped call-binary [...words] {
    leave-lost-directory
    look-for-uv
    let plan = private-file
    let mode = if $nu.is-interactive { '/i' } else { '' }
    let previous = if $env.__venvwrap.previous == '' { [] } else { [$"--previous=($env.__venvwrap.previous)"] }
    let failure = try {
        ^$executable $"--plan=nu/2/1($mode)" $"--into=($plan)" ...$previous ...$words
        null
    } catch {|error| $error }
    leave-lost-directory
    # A killed binary may leave half a plan, or none.
    let steps = try { %open --raw $plan | from json } catch { null } | default []
    %rm --force $plan
    $env.__venvwrap.failed = 0
    for step in $steps {
        carry-out $step.0 ($step | skip 1)
    }
    # With automatic switching, what was asked for stays.
    if $env.__venvwrap.watches and ($steps | any {|step| $step.0 in [depart enter cd continue] }) {
        choose-project
    }
    if $env.__venvwrap.failed != 0 {
        fail-with $env.__venvwrap.failed
    }
    if $failure != null {
        error make $failure.raw
    }
}

# Calls the binary for a command that never changes this shell: its output can be piped.
def --wrapped call-reader [...words] {
    ^$executable "--plan=nu/2/1" ...$words
}

# In a directory that was removed, Nushell runs nothing: changes to the nearest one that exists.
def --env leave-lost-directory [] {
    mut directory = $env.PWD
    while not (try { '/' | path exists } catch { false }) {
        $directory = $directory | path dirname
        try { %cd $directory }
    }
}

# An empty file that only the user can open.
def private-file [] {
    let runtime = $env.XDG_RUNTIME_DIR? | default ''
    if ($runtime | path type) == dir {
        try { return (%mktemp --tmpdir-path $runtime venvwrap.XXXXXXXXXX) }
    }
    %mktemp --tmpdir-path $nu.temp-dir venvwrap.XXXXXXXXXX
}

# Fails with a status, as a program does: without a message.
def fail-with [status: int] {
    ^/bin/sh -c $"exit ($status)"
}

# A step of a plan: its name, and its words.
def --env carry-out [step: string, words: list<string>] {
    match $step {
        depart => { depart }
        enter => { enter-environment $words.0 $words.1 $words.2 }
        elsewhere => { put-down elsewhere $words.0 }
        conda => { enter-conda $words.0 $words.1 ($words | skip 2 | chunks 2) }
        set => { set-variable $words.0 $words.1 }
        path => { add-to-path $words }
        later => { put-down later $words.0 }
        cd => { change-directory $words.0 }
        project_cd => { tell-hooks $words }
        put_back => { put-back $words.0 $words.1 $words.2 }
        without => { remove-from-path $words.0 }
        uv => { begin-uv $words.1 }
        uv_leave => { end-uv }
        run_hooks => { try { ^$executable hook ...$words } }
        source => { run-hook-file $words.0 }
        text => { run-hook $words.0 }
        continue => { continue-command $words }
        each => { run-in-each $words | ignore }
        each_told => { run-in-each-told $words }
        _ => {}
    }
}

# The value of a variable as text; null if it is unset.
def variable [name: string] {
    let value = $env | get --optional $name
    if $value == null { null } else { $value | into string }
}

# Unsets a variable. A variable that was set in this command hides an inherited one, which then
# shows again: null keeps that one from programs.
def --env forget [name: string] {
    if $name in $env {
        hide-env --ignore-errors $name
        if $name in $env {
            load-env {$name: null}
        }
    }
}

# PATH as a list, which it is once Nushell has read its configuration.
def path-list [] {
    let path = $env.PATH? | default []
    if ($path | describe) == string { $path | split row (char esep) } else { $path }
}

# Removes a directory from PATH, once, and returns whether it was there.
def --env remove-from-path [directory: string] {
    let path = path-list
    let index = $path | enumerate | where item == $directory | get --optional 0.index
    if $index != null {
        $env.PATH = $path | drop nth $index
    }
    $index != null
}

# Encodes a value for the record: `%`, `;`, and newline end an escape, a field, and a line.
def encoded [value: string] {
    $value | str replace --all '%' '%25' | str replace --all ';' '%3B' | str replace --all (char newline) '%0A'
}

def decoded [value: string] {
    $value | str replace --all '%3B' ';' | str replace --all '%0A' (char newline) | str replace --all '%25' '%'
}

# The record as a table with the columns `name` and `value`; a field without `=` has a null value.
def fields [record: string] {
    $record | split row ';' | each {|field|
        let at = $field | str index-of '='
        if $at < 0 {
            {name: $field, value: null}
        } else {
            let value = $field | str substring ($at + 1)..
            {name: ($field | str substring 0..<$at), value: $value}
        }
    }
}

# The decoded values of the fields with this name.
def values-of [record: string, name: string] {
    let found = $record | parse --regex $"\(?:^|;\)($name)=\(?<value>[^;]*\)" | get value
    if ($found | is-empty) { [] } else { $found | each {|value| decoded $value } }
}

# Adds a field to the record.
def --env put-down [name: string, value: string] {
    write-record $"($env.VENVWRAP_UNDO? | default '');($name)=(encoded $value)"
}

def --env write-record [record: string] {
    $env.VENVWRAP_UNDO = $record
    # A copy that no other program can change.
    $env.__venvwrap.record = $record
}

# Whether the environment at a root is active. A conda environment is active if no other is.
def is-active [root: string] {
    let active = variable VIRTUAL_ENV
    if ($active | is-empty) { (variable CONDA_PREFIX) == $root } else { $active == $root }
}

# Whether a record describes the active environment.
def is-about-active [record: string] {
    let root = values-of $record root | get --optional 0
    $root != null and (is-active $root)
}

# The record that counts. VENVWRAP_UNDO may have been removed or replaced since this shell
# activated (direnv does both). It counts more than the copy only if it describes the active
# environment and the copy does not.
def settled-record [] {
    let copy = $env.__venvwrap.record
    let told = variable VENVWRAP_UNDO | default ''
    if $copy == '' or $told == $copy or ((is-about-active $told) and not (is-about-active $copy)) {
        $told
    } else {
        $copy
    }
}

# Deactivates another tool's environment: activation replaces, as in every tool. A value that is no
# environment (`/usr` in some images) is an ordinary variable and stays.
def --env displace [] {
    let root = variable VIRTUAL_ENV | default ''
    if not ($root | str starts-with '/') or not ($root | path join pyvenv.cfg | path exists) {
        return
    }
    remove-from-path $"($root)/bin"
    forget VIRTUAL_ENV
    forget VIRTUAL_ENV_PROMPT
}

# Activates an environment.
def --env enter-environment [root: string, prompt: string, hooks: string] {
    displace
    let kept = [VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME] | each {|name|
        let value = variable $name
        if $value == null { '' } else { $";($name)=(encoded $value)" }
    }
    let path = if PATH in $env { '' } else { ';PATH' }
    forget PYTHONHOME
    $env.VIRTUAL_ENV = $root
    $env.VIRTUAL_ENV_PROMPT = $prompt
    $env.PATH = path-list | prepend $"($root)/bin"
    write-record $"root=(encoded $root);hooks=(encoded $hooks)($kept | str join)($path)"
    $env.__venvwrap.entered = $root
    $env.__venvwrap.named = $prompt
    # An environment that is activated again is not the one before itself.
    if $root == $env.__venvwrap.previous {
        $env.__venvwrap.previous = $env.__venvwrap.earlier
    }
    show-in-prompt
}

# Sets what `conda activate --stack` would set, so that conda can go on from there and come back.
def --env enter-conda [root: string, name: string, variables: list<any>] {
    let level = variable CONDA_SHLVL | default ''
    let level = if (variable CONDA_PREFIX | is-empty) or $level !~ '^[0-9]{1,3}$' { 0 } else { $level | into int }
    let next = $level + 1
    forget VIRTUAL_ENV
    forget VIRTUAL_ENV_PROMPT
    if $level > 0 {
        set-variable $"CONDA_PREFIX_($level)" $env.CONDA_PREFIX
        set-variable $"CONDA_STACKED_($next)" 'true'
    }
    set-variable CONDA_PREFIX $root
    set-variable CONDA_SHLVL ($next | into string)
    set-variable CONDA_DEFAULT_ENV $name
    set-variable CONDA_PROMPT_MODIFIER $"\(($name)) "
    for pair in $variables {
        # `conda deactivate` restores the variable from this.
        let before = variable $pair.0
        if $before != null {
            set-variable $"__CONDA_SHLVL_($level)_($pair.0)" $before
        }
        set-variable $pair.0 $pair.1
    }
}

# Sets a variable, and records its earlier value.
def --env set-variable [name: string, value: string] {
    let before = variable $name
    put-down set (if $before == null { $name } else { $"($name)=($before)" })
    load-env {$name: $value}
}

# Puts directories into PATH behind that of the environment, and records them.
def --env add-to-path [directories: list<string>] {
    for directory in $directories {
        put-down set $"+PATH=($directory)"
    }
    let path = path-list
    $env.PATH = $path | first 1 | append $directories | append ($path | skip 1)
}

# Restores a variable. Nushell has no variables that programs do not see.
def --env put-back [name: string, how: string, value: string] {
    if $how == exported { load-env {$name: $value} } else { forget $name }
}

# Undoes what is on record, also in a child of the shell that activated. PATH loses exactly what was
# added, wherever it is now. Assigns only the names written here and those that the binary's rule
# for records allows.
def --env leave [record: string] {
    if $record == '' {
        return
    }
    if (values-of $record uv | is-not-empty) {
        end-uv
    }
    let fields = fields $record
    let root = values-of $record root | get --optional 0 | default ''
    let stood = $fields | where name == stood and value =~ '^[0-9]{1,4}$' | get --optional 0.value
    if $root != '' {
        let bin = $"($root)/bin"
        # zsh with `typeset -U path` dropped the user's own entry.
        if (remove-from-path $bin) and $stood != null and $bin not-in (path-list) {
            let path = path-list
            let place = $stood | into int
            $env.PATH = $path | first $place | append $bin | append ($path | skip $place)
        }
    }
    if ($fields | any {|field| $field.name == PATH and $field.value == null }) and (path-list | is-empty) {
        forget PATH
    }
    # If another tool activated another environment since, the variables are that tool's. The same
    # holds for a conda that went on.
    let sets = $fields | where name == set
    let whose = if (is-active $root) {
        'own'
    } else if (variable VIRTUAL_ENV | is-not-empty) {
        'other'
    } else if ($sets | any {|field| $field.value starts-with CONDA_PREFIX }) {
        'conda'
    } else {
        'nobody'
    }
    if $whose == own and ($sets | is-not-empty) {
        $env.VENVWRAP_UNDO = $record
        try { call-binary answer record }
    }
    let named = if $env.__venvwrap.record == '' { $root | path basename } else { $env.__venvwrap.named }
    if $whose != other or (variable VIRTUAL_ENV_PROMPT) == $named {
        restore VIRTUAL_ENV_PROMPT $fields
    }
    if (variable PYTHONHOME) == null {
        restore PYTHONHOME $fields
    }
    hide-from-prompt
    forget VENVWRAP_UNDO
    $env.__venvwrap.record = ''
    $env.__venvwrap.entered = ''
    $env.__venvwrap.named = ''
    if $whose in [own nobody] {
        restore VIRTUAL_ENV $fields
    }
}

# Restores a variable from its field of the record, or unsets it without one.
def --env restore [name: string, fields: list<any>] {
    let value = $fields | where name == $name | get --optional 0.value
    if $value == null { forget $name } else { load-env {$name: (decoded $value)} }
}

# Deactivates with hooks: the project's, the environment's, the global one before; the
# environment's, the global one after.
def --env depart [] {
    leave-lost-directory
    look-for-uv
    let record = settled-record
    let root = values-of $record root | get --optional 0 | default ''
    if $root == '' or not (is-active $root) {
        leave $record
        return
    }
    # For `workon -`.
    if $env.__venvwrap.previous != $root {
        $env.__venvwrap.earlier = $env.__venvwrap.previous
        $env.__venvwrap.previous = $root
    }
    let elsewhere = values-of $record elsewhere | get --optional 0
    let is_own = $elsewhere == null and (is-own $root)
    # Anybody can write a record, so it decides neither where global hooks are nor whose an
    # environment is.
    let hooks = variable VIRTUALENVWRAPPER_HOOK_DIR | default ''
    let hooks = if $hooks == '' { variable WORKON_HOME | default '' } else { $hooks }
    let hooks = if $hooks == '' or (is-short $hooks) { answer hook-directory } else { $hooks }
    let project = linked-project $root | default ($elsewhere | default '')
    if $project != '' {
        source-trusted $"($project)/.virtualenvwrapper/predeactivate"
    }
    source-own $is_own $"($root)/bin/predeactivate"
    source-hook $"($hooks)/predeactivate"
    for file in (values-of $record later) {
        source-trusted-file $file
    }
    leave $record
    $env.VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV = $root
    source-own $is_own $"($root)/bin/postdeactivate"
    source-hook $"($hooks)/postdeactivate"
    forget VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
    # What the hook of a temporary environment does in the other shells.
    if $is_own and ($"($root)/README.tmpenv" | path type) == file {
        let name = $root | path basename
        print $"Removing temporary environment: ($name)"
        call-binary rmvirtualenv -- $name
    }
}

# Whether an environment's hooks are the user's own: this shell activated it, or it is a direct
# child of WORKON_HOME.
def is-own [root: string] {
    if $root == $env.__venvwrap.entered {
        return true
    }
    let home = variable WORKON_HOME | default ''
    if $home == '' or ($root | path basename) in ['' '.' '..'] {
        return false
    }
    let parent = $root | path dirname
    $parent == $home or ($parent | path expand) == ($home | path expand)
}

# The first line of the link to the project, a file that may be anything.
def linked-project [root: string] {
    let link = variable VIRTUALENVWRAPPER_PROJECT_FILENAME | default .project
    let file = $"($root)/($link)"
    if (is-file $file) { first-line $file }
}

# The first line of a file, as far as it is text.
def first-line [file: string] {
    try { %open --raw $file | first 4096 | into binary | decode utf-8 | lines | get --optional 0 }
}

# Whether a path is a file, or a link to one.
def is-file [path: string] {
    ($path | path type) == file or (($path | path type) == symlink and ($path | path expand | path type) == file)
}

# Whether a directory must be expanded first: a relative path, or one with `~` or a variable.
def is-short [directory: string] {
    $directory !~ '^/' or $directory =~ '[~$]|//' and ($directory | path type) != dir
}

# What the binary says of a directory: the line that it prints.
def answer [question: string] {
    ^$executable "--plan=nu/2/1" answer $question | str trim --right --char (char newline)
}

# The builtin, past a command of the user.
def --env change-directory [directory: string] {
    %cd $directory
    look-for-uv
}

# Tells hooks and their children whether activation changes to the project.
def --env tell-hooks [follow: list<string>] {
    if ($follow | is-empty) {
        forget VIRTUALENVWRAPPER_PROJECT_CD
    } else {
        $env.VIRTUALENVWRAPPER_PROJECT_CD = $follow.0
    }
}

# Calls the binary again; a failure is the failure of the whole command.
def --env continue-command [words: list<string>] {
    let status = try {
        call-binary ...$words
        0
    } catch {|error| $error.exit_code? | default 1 }
    $env.__venvwrap.failed = $status
}

# Nushell evaluates no text at run time. So a hook runs in a Nushell of its own, which has the
# environment and no configuration; what it changes in the environment and where it changes to are
# taken over. Aliases and commands that it defines are lost.
def --env run-hook [code: string] {
    let told = private-file
    let before = $env
    with-env {VENVWRAP_TOLD: $told} {
        let end = '
            $env | transpose name value | where {|each| ($each.value | describe) in [string "list<string>"] }
            | to json --raw | %save --force --raw $env.VENVWRAP_TOLD'
        try { ^$nu.current-exe --no-config-file --commands $"($code)(char newline)($end)" }
    }
    let after = try { %open --raw $told | from json } catch { null }
    %rm --force $told
    if $after == null {
        return
    }
    let own = [
        VENVWRAP_TOLD VENVWRAP_UNDO OLDPWD SHLVL CMD_DURATION_MS LAST_EXIT_CODE FILE_PWD CURRENT_FILE PROCESS_PATH
    ]
    for change in ($after | where name not-in $own) {
        let is_same = $change.value == (try { $before | get --optional $change.name })
        if $change.name == PWD {
            if not $is_same {
                %cd $change.value
            }
        } else if not $is_same and $change.name !~ '^(TRANSIENT_)?PROMPT_|^NU_' {
            load-env {$change.name: $change.value}
        }
    }
    let names = $after | get name
    for name in ($before | columns | where {|name| $name not-in $names and $name not-in $own }) {
        if ($before | get $name | describe) == string and $name !~ '^(TRANSIENT_)?PROMPT_|^NU_' {
            forget $name
        }
    }
}

# Runs FILE.nu, if it exists. Other hooks are for other shells.
def --env source-hook [file: string] {
    run-hook-file $"($file).nu"
}

def --env run-hook-file [file: string] {
    if (is-file $file) {
        run-hook $"source ($file | to json --raw)"
    }
}

# The same for a file that is not the user's own, if its content is trusted. The binary passes back
# the text it checked, so a file that is replaced meanwhile is not run.
def --env source-trusted [file: string] {
    source-trusted-file $"($file).nu"
}

def --env source-trusted-file [file: string] {
    # The check starts a process, so only if there is such a hook.
    if (is-file $file) {
        try { call-binary trust --check $file }
    }
}

def --env source-own [is_own: bool, file: string] {
    if $is_own { source-hook $file } else { source-trusted $file }
}

# Runs a program in an environment, without hooks, and returns its status. WORDS: the heading, the
# root, the prompt, the directory of the hooks, and the command.
def run-in-each [words: list<string>] {
    let heading = $words.0
    print $heading ('' | fill --character '=' --width ($heading | str length --grapheme-clusters))
    let bin = $"($words.1)/bin"
    let command = $words | skip 4
    # The variables of the environment come first.
    let has_own = ($command | get --optional 0) == __venvwrap_with
    let end = if $has_own { $command | enumerate | where item == '--' | get 0.index } else { -1 }
    let pairs = if $end > 1 { $command | slice 1..<$end | chunks 2 } else { [] }
    let command = $command | skip ($end + 1)
    let added = $pairs | where $it.0 == PATH | each {|pair| $pair.1 } | reverse
    let own = $pairs | where $it.0 != PATH | reduce --fold {} {|pair, all| $all | upsert $pair.0 $pair.1 }
    let environment = {
        VIRTUAL_ENV: $words.1
        VIRTUAL_ENV_PROMPT: $words.2
        PATH: (path-list | prepend $added | prepend $bin)
    }
    let status = try {
        %cd $words.1
        with-env ($own | merge $environment) {
            if ($command | is-not-empty) {
                run-external $command.0 ...($command | skip 1)
            }
        }
        0
    } catch {|error|
        if $error.exit_code? == null {
            print --stderr $error.msg
        }
        $error.exit_code? | default 127
    }
    print ''
    $status
}

# The same; a failure is reported and is the failure of the whole command.
def --env run-in-each-told [words: list<string>] {
    let status = run-in-each $words
    if $status != 0 {
        print --stderr $"venvwrap: status ($status) in `($words.0)`"
        $env.__venvwrap.failed = 1
    }
}

# Puts the environment's name before the prompt. PROMPT_COMMAND may be text or a closure.
def --env show-in-prompt [] {
    let drawn = $env.PROMPT_COMMAND?
    if (variable VIRTUAL_ENV_DISABLE_PROMPT | is-not-empty) or $drawn == null or (is-our-prompt $drawn) {
        return
    }
    $env.__venvwrap.prompt = $drawn
    $env.PROMPT_COMMAND = {|| draw-venvwrap-prompt $drawn }
}

# A theme chosen meanwhile stays.
def --env hide-from-prompt [] {
    if (is-our-prompt $env.PROMPT_COMMAND?) and $env.__venvwrap.prompt != null {
        $env.PROMPT_COMMAND = $env.__venvwrap.prompt
    }
    $env.__venvwrap.prompt = null
}

def is-our-prompt [drawn: any] {
    ($drawn | describe) == closure and (view source $drawn) =~ draw-venvwrap-prompt
}

def draw-venvwrap-prompt [drawn: any] {
    let label = variable VIRTUAL_ENV_PROMPT | default (variable CONDA_DEFAULT_ENV) | default ''
    let label = $label | str replace --all --regex '[[:cntrl:]]' _
    let rest = if ($drawn | describe) == closure { do $drawn } else { $drawn }
    $"\(($label)) ($rest)"
}

# Deactivate the active virtual environment.
@complete venvwrap-candidates
export def --env --wrapped deactivate [...words] {
    if ($words | get --optional 0) in ['-h' '--help'] {
        call-reader deactivate ...$words
    } else if (settled-record) == '' {
        print --stderr 'venvwrap: no virtualenv active'
        fail-with 1
    } else {
        depart
    }
}

# Activate a virtual environment.
@complete venvwrap-candidates
export def --env --wrapped workon [...words] {
    call-binary workon ...$words
}

# Create and activate a virtual environment.
@complete venvwrap-candidates
export def --env --wrapped mkvirtualenv [...words] {
    call-binary mkvirtualenv ...$words
}

# Create a temporary virtual environment.
@complete venvwrap-candidates
export def --env --wrapped mktmpenv [...words] {
    call-binary mktmpenv ...$words
}

# Create a virtual environment with a project directory.
@complete venvwrap-candidates
export def --env --wrapped mkproject [...words] {
    call-binary mkproject ...$words
}

# Remove virtual environments.
@complete venvwrap-candidates
export def --env --wrapped rmvirtualenv [...words] {
    call-binary rmvirtualenv ...$words
}

# Copy a virtual environment.
@complete venvwrap-candidates
export def --env --wrapped cpvirtualenv [...words] {
    call-binary cpvirtualenv ...$words
}

# Rename a virtual environment.
@complete venvwrap-candidates
export def --env --wrapped mvvirtualenv [...words] {
    call-binary mvvirtualenv ...$words
}

# Run a program in every virtual environment.
@complete venvwrap-candidates
export def --env --wrapped allvirtualenv [...words] {
    call-binary allvirtualenv ...$words
}

# Change to the active virtual environment.
@complete venvwrap-candidates
export def --env --wrapped cdvirtualenv [...words] {
    call-binary cdvirtualenv ...$words
}

# Change to the site-packages of the active virtual environment.
@complete venvwrap-candidates
export def --env --wrapped cdsitepackages [...words] {
    call-binary cdsitepackages ...$words
}

# Change to the project of the active virtual environment.
@complete venvwrap-candidates
export def --env --wrapped cdproject [...words] {
    call-binary cdproject ...$words
}

# List virtual environments.
@complete venvwrap-candidates
export def --wrapped lsvirtualenv [...words] {
    call-reader lsvirtualenv ...$words
}

# Show the details of virtual environments.
@complete venvwrap-candidates
export def --wrapped showvirtualenv [...words] {
    call-reader showvirtualenv ...$words
}

# Link a virtual environment to a project.
@complete venvwrap-candidates
export def --env --wrapped setvirtualenvproject [...words] {
    call-binary setvirtualenvproject ...$words
}

# List the site-packages of the active virtual environment.
@complete venvwrap-candidates
export def --wrapped lssitepackages [...words] {
    call-reader lssitepackages ...$words
}

# Add directories to the import path of the active virtual environment.
@complete venvwrap-candidates
export def --wrapped add2virtualenv [...words] {
    call-reader add2virtualenv ...$words
}

# Toggle the system's packages in the active virtual environment.
@complete venvwrap-candidates
export def --wrapped toggleglobalsitepackages [...words] {
    call-reader toggleglobalsitepackages ...$words
}

# Uninstall all packages of the active virtual environment.
@complete venvwrap-candidates
export def --wrapped wipeenv [...words] {
    call-reader wipeenv ...$words
}

# List the commands.
@complete venvwrap-candidates
export def --wrapped virtualenvwrapper [...words] {
    call-reader virtualenvwrapper ...$words
}

# The verbs with a plan, under all their names. Others leave their output to a pipe.
const WITH_PLAN = [
    workon activate use deactivate mkvirtualenv create new mktmpenv tmp mkproject rmvirtualenv rm remove cpvirtualenv cp
    copy mvvirtualenv mv rename allvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject
]

# Keep virtual environments in one place, and switch between them.
@complete venvwrap-candidates
export def --env --wrapped venvwrap [...words] {
    let verb = $words | get --optional 0
    if $verb in [run env which init completions man] {
        ^$executable ...$words
    } else if $verb == doctor {
        let told = if $env.__venvwrap.watches { [--told 'automatic on'] } else { [] }
        call-reader doctor --told 'functions of nu' ...$told ...($words | skip 1)
    } else if $verb == trust {
        # With automatic switching, the project is looked at once more.
        if (variable VIRTUAL_ENV | is-empty) {
            $env.__venvwrap.seen = ''
            $env.__venvwrap.project = '/'
        }
        call-binary ...$words
    } else if $verb in $WITH_PLAN or ($verb == uv and ($words | get --optional 1) in [on off]) {
        call-binary ...$words
    } else {
        call-reader ...$words
    }
}

# The variables that virtualenvwrapper's loader sets. A process starts only for a directory that
# must be expanded.
def --env set-defaults [] {
    let home = variable WORKON_HOME | default ''
    if $home == '' {
        $env.WORKON_HOME = $nu.home-dir | path join .virtualenvs
    } else if (is-short $home) {
        $env.WORKON_HOME = answer workon-home
    }
    let hooks = variable VIRTUALENVWRAPPER_HOOK_DIR | default ''
    if $hooks != '' and (is-short $hooks) {
        $env.VIRTUALENVWRAPPER_HOOK_DIR = answer hook-directory
    }
    $env.VIRTUALENVWRAPPER_ENV_BIN_DIR = 'bin'
    if (variable VIRTUALENVWRAPPER_PROJECT_FILENAME | is-empty) {
        $env.VIRTUALENVWRAPPER_PROJECT_FILENAME = '.project'
    }
    if (variable VIRTUALENVWRAPPER_WORKON_CD | is-empty) {
        $env.VIRTUALENVWRAPPER_WORKON_CD = '1'
    }
}

# For a shell started inside an environment, or one that reads its configuration again: moves the
# environment to the front of PATH, behind which the configuration put it. A removed environment
# gets no name in the prompt, and can be deactivated all the same.
def --env resume [] {
    let record = settled-record
    if $record == '' or not (is-about-active $record) {
        return
    }
    let root = values-of $record root | get 0
    if $env.__venvwrap.record == '' {
        $env.__venvwrap.record = $record
        $env.__venvwrap.named = variable VIRTUAL_ENV_PROMPT | default ''
    }
    if (values-of $record uv | is-not-empty) {
        watch-uv
        look-for-uv
    }
    let is_there = [pyvenv.cfg conda-meta] | any {|name| $root | path join $name | path exists }
    if ($"($root)/bin" | path type) != dir or not $is_there {
        return
    }
    remove-from-path $"($root)/bin"
    $env.PATH = path-list | prepend $"($root)/bin"
    if $nu.is-interactive {
        show-in-prompt
    }
}

# Loads the commands: called when the module is used. A record is private to this shell, because
# programs see only text.
def --env load-commands [] {
    let here = $env.__venvwrap?
    $env.__venvwrap = {
        record: '', entered: '', named: '', previous: '', earlier: '', prompt: null, failed: 0
        watches: false, seen: '', project: '/', reported: [], listed: '', foreign: '', nested: ['' false]
    } | merge (if ($here | describe) =~ '^record' { $here } else { {} })
    set-defaults
    resume
    source-hook $"(variable VIRTUALENVWRAPPER_HOOK_DIR | default $env.WORKON_HOME)/initialize"
}
