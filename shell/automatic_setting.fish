# The installed functions of fish are loaded without a process: whether they switch by directory is
# read here from the settings, `auto = true` in config.toml. Loaded where there is such a file.
function __venvwrap_is_automatic
    builtin set -l file $HOME/.config
    builtin string match -q '/*' -- "$XDG_CONFIG_HOME"
    and builtin set file $XDG_CONFIG_HOME
    if not test -e $file/venvwrap; and test -d "$HOME/Library/Application Support/venvwrap"
        builtin set file "$HOME/Library/Application Support"
    end
    builtin set file $file/venvwrap/config.toml
    # Settings of another user are ignored.
    test -f $file -a -r $file -a -O $file
    or builtin return 1
    while builtin read -l line
        builtin string match -qr '^\s*auto\s*=\s*true\b' -- $line
        and builtin return 0
    end <$file
    builtin return 1
end
