# Enters this environment in the PowerShell that dot-sources it; `deactivate` leaves it. Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for PowerShell
# (in single quotes; a single quote inside, straight or curly, is doubled).
#
# The names _OLD_VIRTUAL_PATH, _OLD_VIRTUAL_PYTHONHOME and _OLD_VIRTUAL_PROMPT are those of venv, so that
# its script and this one can undo each other when one is sourced on top of the other.

function global:deactivate ([switch] $NonDestructive) {
    # The entry goes from wherever it stands now, so edits made to PATH meanwhile survive. It is also
    # the only way to leave an environment that this shell inherited, and nothing was saved for.
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

    # A prompt that was replaced meanwhile no longer calls the one put aside: it is the user's and stays.
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
        # First, because any statement before it would hide `$?` from the user's prompt.
        $drawn = -join @(_OLD_VIRTUAL_PROMPT)
        $name = $env:VIRTUAL_ENV_PROMPT -replace '\p{Cc}', '_'
        "($name) $drawn"
    }
}
