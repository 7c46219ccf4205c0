# Automatic switching for Nushell. `venvwrap init nu --auto` prints it behind init.nu, in the
# module.
#
# As in the other shells: one comparison as long as the directory is the same; after a change a
# bounded number of tests, no process; in another project than before, the binary decides.

# Finds the nearest directory that may be a project, from here up to the home directory, or ''. A
# link is a mark wherever it points: to follow it is up to the binary.
def --env find-project [] {
    let cache = $env.XDG_CACHE_HOME? | default ''
    let cache = if ($cache | str starts-with '/') { $cache } else { $nu.home-dir | path join .cache }
    let home = variable WORKON_HOME | default ''
    let index = $"($cache)/venvwrap/linked($home)"
    # Something was created or removed in the store since the list of linked directories was made.
    # Tried once: it may be a store that cannot be listed.
    if ($home | path type) == dir and (is-newer $home $index) {
        if $env.__venvwrap.listed != $home {
            $env.__venvwrap.listed = $home
            try { ^$executable "--plan=nu/2/1" automatic --list }
        }
    } else {
        $env.__venvwrap.listed = ''
    }
    mut place = $env.PWD
    for level in 1..40 {
        if $place in ['/' $nu.home-dir] {
            return ''
        }
        let here = $place
        let shared = linked-in-worktree $here $index
        if $shared != '' {
            return $shared
        }
        let has_mark = [.venv .python-envs Pipfile] | any {|name| $"($here)/($name)" | path type | is-not-empty }
        if $has_mark or ($"($index)($here)/.linked" | path exists) {
            return $here
        }
        $place = $here | path dirname
    }
    ''
}

# Whether the store changed after the index.
def is-newer [store: string, index: string] {
    try { (modified $store) > (modified $index) } catch { true }
}

def modified [path: string] {
    %ls --directory $path | get 0.modified
}

# If this is the top of a worktree, by its file `.git`: the nearest directory, from the current one
# up to here, whose counterpart in the main worktree is linked, or ''. A submodule has such a file,
# too. For a bare repository, which has no main worktree, the list has the repository in its place.
def linked-in-worktree [top: string, index: string] {
    let file = $"($top)/.git"
    if ($file | path type) != file {
        return ''
    }
    let line = first-line $file | default ''
    let main = $line | parse --regex '^gitdir: (?<main>/.*?)(?:/\.git)?/worktrees/[^/]*$' | get --optional 0.main
    if $main == null or not ($"($index)($main)" | path exists) {
        return ''
    }
    mut place = $env.PWD
    loop {
        let below = $place | str replace $top ''
        if ($"($index)($main)($below)/.linked" | path exists) {
            return $place
        }
        if $place == $top {
            return ''
        }
        $place = $place | path dirname
    }
}

# Looks where this shell is now, and switches where the project is another one.
def --env look-for-project [] {
    let foreign = $env.__venvwrap.foreign
    if $env.PWD == $env.__venvwrap.seen and ($foreign == '' or (variable VIRTUAL_ENV) == $foreign) {
        return
    }
    leave-lost-directory
    $env.__venvwrap.seen = $env.PWD
    $env.__venvwrap.foreign = ''
    let project = find-project
    if $project == $env.__venvwrap.project {
        return
    }
    let record = settled-record
    # An environment that another tool activated is its business, until that tool deactivates it.
    if (variable VIRTUAL_ENV | is-not-empty) and not (is-about-active $record) {
        $env.__venvwrap.project = '/'
        $env.__venvwrap.foreign = $env.VIRTUAL_ENV
        return
    }
    $env.__venvwrap.project = $project
    if $project == '' {
        if (values-of $record automatic | is-not-empty) {
            depart
        }
        return
    }
    let quiet = if $project in $env.__venvwrap.reported { [--quiet] } else { [] }
    # direnv switches in some directories only, which the binary decides.
    let beside = if DIRENV_DIFF in $env { [--beside-direnv] } else { [] }
    try { call-binary automatic ...$beside ...$quiet }
    $env.__venvwrap.reported = $env.__venvwrap.reported | append $project | uniq
    # From then on it is deactivated where the project is left.
    let now = variable VENVWRAP_UNDO | default ''
    if $now != '' and $now != $record and (is-about-active $now) {
        put-down automatic $project
    }
}

# After a command that switched or changed the directory: the choice stands until its project is
# left.
def --env choose-project [] {
    $env.__venvwrap.seen = $env.PWD
    $env.__venvwrap.foreign = ''
    $env.__venvwrap.project = find-project
}

# Looks before a prompt, once the directory or the environment is another one. The hooks of others
# stay.
def --env watch-directory [] {
    if not $nu.is-interactive or $env.__venvwrap.watches {
        return
    }
    $env.__venvwrap.watches = true
    for name in [PWD VIRTUAL_ENV] {
        let hooks = $env.config.hooks.env_change | get --optional $name | default []
        let path = [hooks env_change $name] | into cell-path
        $env.config = $env.config | upsert $path ($hooks | append {|before, after| look-for-project })
    }
}
