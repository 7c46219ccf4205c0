# Activates this environment in Nushell with `overlay use bin/activate.nu`; `deactivate` deactivates
# it. Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for nu
# (in double quotes; a double quote and a backslash inside each get a backslash).
#
# Hiding the overlay restores all variables, including those set since; only the directory is kept.

export-env {
    let root = __VIRTUAL_ENV__
    let name = __VIRTUAL_ENV_PROMPT__

    # Another environment, or this one, may be active already. Remove its entry from PATH.
    let left = if ($env.VIRTUAL_ENV? | is-empty) { null } else { $"($env.VIRTUAL_ENV)/bin" }
    let path = $env.PATH? | default [] | split row (char esep) | where $it != $left

    # The prompt may be text or a closure. The text that a closure returns is drawn unchanged.
    if ($env.VIRTUAL_ENV_DISABLE_PROMPT? | default "" | is-empty) {
        let drawn = if "_OLD_VIRTUAL_PROMPT" in $env { $env._OLD_VIRTUAL_PROMPT } else { $env.PROMPT_COMMAND? }
        let mark = $name | str replace --all --regex '[[:cntrl:]]' '_'
        $env._OLD_VIRTUAL_PROMPT = $drawn
        $env.PROMPT_COMMAND = {|| $"\(($mark)) (if ($drawn | describe) == 'closure' { do $drawn } else { $drawn })" }
    }

    # A null hides PYTHONHOME from programs; `hide-env` would not restore it.
    if "PYTHONHOME" in $env {
        $env.PYTHONHOME = null
    }

    $env.PATH = $path | prepend $"($root)/bin"
    $env.VIRTUAL_ENV = $root
    $env.VIRTUAL_ENV_PROMPT = $name
}

export alias deactivate = overlay hide activate --keep-env [PWD]
