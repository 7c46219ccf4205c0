# Activates this environment in the fish (3.1 and newer) that sources it; `deactivate` deactivates
# it. Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for fish.
#
# The names _OLD_VIRTUAL_PATH, _OLD_VIRTUAL_PYTHONHOME, _OLD_FISH_PROMPT_OVERRIDE and
# _old_fish_prompt are those of venv, virtualenv and uv, so that their scripts and this one can undo
# each other when one is sourced after the other. `builtin` everywhere, because users define
# functions with the names of builtins (pypa/virtualenv#3185).

function deactivate -d 'Leave this Python environment'
    # Removes the entry from wherever it is now, so that other changes to PATH survive. This also
    # deactivates an environment that this shell inherited, for which nothing was saved.
    if builtin test -n "$VIRTUAL_ENV"
        if builtin set -l position (builtin contains -i -- "$VIRTUAL_ENV/bin" $PATH)
            builtin set -e PATH[$position]
            builtin set -q PATH[1]; or builtin set -q _OLD_VIRTUAL_PATH; or builtin set -e PATH
        end
        builtin set -eg VIRTUAL_ENV
        builtin set -eg VIRTUAL_ENV_PROMPT
    else if builtin test -n "$_OLD_VIRTUAL_PATH"
        builtin set -gx PATH $_OLD_VIRTUAL_PATH
        builtin set -eg VIRTUAL_ENV_PROMPT
    end
    builtin set -eg _OLD_VIRTUAL_PATH

    if builtin set -q _OLD_VIRTUAL_ENV
        builtin set -gx VIRTUAL_ENV $_OLD_VIRTUAL_ENV
        builtin set -eg _OLD_VIRTUAL_ENV
    end
    if builtin set -q _OLD_VIRTUAL_ENV_PROMPT
        builtin set -gx VIRTUAL_ENV_PROMPT $_OLD_VIRTUAL_ENV_PROMPT
        builtin set -eg _OLD_VIRTUAL_ENV_PROMPT
    end
    if builtin set -q _OLD_VIRTUAL_PYTHONHOME
        # Erasing the global variable uncovers a universal one.
        builtin set -eg PYTHONHOME
        builtin set -q PYTHONHOME; or builtin set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        builtin set -eg _OLD_VIRTUAL_PYTHONHOME
    end

    # If the prompt was replaced, it no longer calls the saved one: the user changed it, so it
    # stays.
    if builtin set -q _OLD_FISH_PROMPT_OVERRIDE
        builtin set -eg _OLD_FISH_PROMPT_OVERRIDE
        if builtin functions fish_prompt | builtin string match -q '*_old_fish_prompt*'
            builtin functions -e fish_prompt
            builtin functions -c _old_fish_prompt fish_prompt
        end
        builtin functions -e _old_fish_prompt
    end

    if builtin test "$argv[1]" != nondestructive
        builtin functions -e deactivate
    end
end

deactivate nondestructive

# Set although no environment is active: deactivating restores it, even if empty.
if builtin set -q VIRTUAL_ENV
    builtin set -g _OLD_VIRTUAL_ENV $VIRTUAL_ENV
end
if builtin set -q VIRTUAL_ENV_PROMPT
    builtin set -g _OLD_VIRTUAL_ENV_PROMPT $VIRTUAL_ENV_PROMPT
end

builtin set -gx VIRTUAL_ENV __VIRTUAL_ENV__
builtin set -gx VIRTUAL_ENV_PROMPT __VIRTUAL_ENV_PROMPT__

if builtin set -q PATH
    builtin set -g _OLD_VIRTUAL_PATH $PATH
end
builtin set -gx PATH "$VIRTUAL_ENV/bin" $PATH

# Python does not see an unexported PYTHONHOME, and it could not be restored unexported.
if builtin set -qx PYTHONHOME
    builtin set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    # A universal variable belongs to all sessions. Only an exported global one hides it from
    # programs.
    builtin set -eg PYTHONHOME
    builtin set -qx PYTHONHOME; and builtin set -gx PYTHONHOME ''
end

if builtin test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and builtin functions -q fish_prompt
    builtin functions -c fish_prompt _old_fish_prompt
    builtin set -g _OLD_FISH_PROMPT_OVERRIDE "$VIRTUAL_ENV"

    function fish_prompt
        # First, because any earlier command would change $status and $pipestatus for the user's
        # prompt.
        builtin set -l drawn (_old_fish_prompt $argv | builtin string collect -N)
        builtin set -l name (builtin string replace -ra '[[:cntrl:]]' _ -- "$VIRTUAL_ENV_PROMPT")
        builtin printf '(%s) %s' "$name" "$drawn"
    end
end
