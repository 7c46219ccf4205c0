if [ -f "$VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV/README.tmpenv" ]; then
    \builtin echo "Removing temporary environment: ${VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV##*/}"
    rmvirtualenv "${VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV##*/}"
fi
