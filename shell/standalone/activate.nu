# Enters this environment in Nushell by `overlay use bin/activate.nu`; `deactivate` leaves it. Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for nu
# (in double quotes; a double quote and a backslash inside each get a backslash).
#
# Hiding the overlay gives every variable back, those that were set meanwhile included; only the directory is kept.

export-env {
    let root = __VIRTUAL_ENV__
    let name = __VIRTUAL_ENV_PROMPT__

    # Another environment, or this one, may be active already: it does not stay on PATH below the new entry.
    let left = if ($env.VIRTUAL_ENV? | is-empty) { null } else { $"($env.VIRTUAL_ENV)/bin" }
    let path = $env.PATH? | default [] | split row (char esep) | where $it != $left

    # The prompt may be a text or a closure; the text that a closure gives is drawn as it is.
    if ($env.VIRTUAL_ENV_DISABLE_PROMPT? | default "" | is-empty) {
        let drawn = if "_OLD_VIRTUAL_PROMPT" in $env { $env._OLD_VIRTUAL_PROMPT } else { $env.PROMPT_COMMAND? }
        let mark = $name | str replace --all --regex '[[:cntrl:]]' '_'
        $env._OLD_VIRTUAL_PROMPT = $drawn
        $env.PROMPT_COMMAND = {|| $"\(($mark)) (if ($drawn | describe) == 'closure' { do $drawn } else { $drawn })" }
    }

    # A null hides PYTHONHOME from programs; `hide-env` would hide it for good.
    if "PYTHONHOME" in $env {
        $env.PYTHONHOME = null
    }

    $env.PATH = $path | prepend $"($root)/bin"
    $env.VIRTUAL_ENV = $root
    $env.VIRTUAL_ENV_PROMPT = $name
}

export alias deactivate = overlay hide activate --keep-env [PWD]
