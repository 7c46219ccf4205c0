if builtin test -f "$VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV/README.tmpenv"
    set -l name (builtin string split / -- $VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV)[-1]
    builtin echo "Removing temporary environment: $name"
    rmvirtualenv $name
end
