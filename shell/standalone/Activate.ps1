# Activates this environment in the PowerShell that dot-sources it; `deactivate` deactivates it.
# Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for PowerShell
# (in single quotes; a single quote inside, straight or curly, is doubled).
#
# The names _OLD_VIRTUAL_PATH, _OLD_VIRTUAL_PYTHONHOME and _OLD_VIRTUAL_PROMPT are venv's, so that
# venv's script and this one can undo each other when one is sourced after the other.

function global:deactivate ([switch] $NonDestructive) {
    # Removes the entry from wherever it is now, so that other changes to PATH survive. This also
    # deactivates an environment that this shell inherited, for which nothing was saved.
    if ((Test-Path -LiteralPath Env:VIRTUAL_ENV) -and (Test-Path -LiteralPath Env:PATH)) {
        $entries = [System.Collections.Generic.List[string]] $env:PATH.Split([System.IO.Path]::PathSeparator)
        [void] $entries.Remove("$env:VIRTUAL_ENV/bin")
        $env:PATH = $entries -join [System.IO.Path]::PathSeparator
    }
    Remove-Item -ErrorAction Ignore -LiteralPath 'Env:VIRTUAL_ENV', 'Env:VIRTUAL_ENV_PROMPT', 'Env:_OLD_VIRTUAL_PATH'

    if (Test-Path -LiteralPath Env:_OLD_VIRTUAL_PYTHONHOME) {
        $env:PYTHONHOME = $env:_OLD_VIRTUAL_PYTHONHOME
        Remove-Item -LiteralPath Env:_OLD_VIRTUAL_PYTHONHOME
    }

    # If the prompt was replaced, it no longer calls the saved one: the user changed it, so it
    # stays.
    if (Test-Path -LiteralPath Function:_OLD_VIRTUAL_PROMPT) {
        if ("$function:prompt".Contains('_OLD_VIRTUAL_PROMPT')) {
            Set-Item -Path Function:global:prompt -Value $function:_OLD_VIRTUAL_PROMPT
        }
        Remove-Item -LiteralPath Function:_OLD_VIRTUAL_PROMPT
    }

    if (-not $NonDestructive) {
        Remove-Item -LiteralPath Function:deactivate
    }
}

deactivate -NonDestructive

$env:VIRTUAL_ENV = __VIRTUAL_ENV__
$env:VIRTUAL_ENV_PROMPT = __VIRTUAL_ENV_PROMPT__

if (Test-Path -LiteralPath Env:PATH) {
    $env:_OLD_VIRTUAL_PATH = $env:PATH
    $env:PATH = "$env:VIRTUAL_ENV/bin" + [System.IO.Path]::PathSeparator + $env:PATH
} else {
    $env:PATH = "$env:VIRTUAL_ENV/bin"
}

if (Test-Path -LiteralPath Env:PYTHONHOME) {
    $env:_OLD_VIRTUAL_PYTHONHOME = $env:PYTHONHOME
    Remove-Item -LiteralPath Env:PYTHONHOME
}

if (-not $env:VIRTUAL_ENV_DISABLE_PROMPT) {
    Set-Item -Path Function:global:_OLD_VIRTUAL_PROMPT -Value $function:prompt

    function global:prompt {
        # First, because any earlier statement would change `$?` for the user's prompt.
        $drawn = -join @(_OLD_VIRTUAL_PROMPT)
        $name = $env:VIRTUAL_ENV_PROMPT -replace '\p{Cc}', '_'
        "($name) $drawn"
    }
}
