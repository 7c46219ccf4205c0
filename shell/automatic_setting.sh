# shellcheck shell=bash
# The installed functions of bash and zsh are loaded without a process: whether they switch by
# directory is read here from the settings, `auto = true` in config.toml. Loaded where there is such a
# file (watch_by_settings.sh).

function __venvwrap_is_automatic {
    \builtin local __venvwrap_line "__venvwrap_file=${XDG_CONFIG_HOME-}"
    [[ $__venvwrap_file == /* ]] || __venvwrap_file="${HOME-}/.config"
    [[ -e $__venvwrap_file/venvwrap || ! -d ${HOME-}/Library/Application\ Support/venvwrap ]] ||
        __venvwrap_file="${HOME-}/Library/Application Support"
    __venvwrap_file="$__venvwrap_file/venvwrap/config.toml"
    # Settings of another user are ignored.
    [[ -f $__venvwrap_file && -r $__venvwrap_file && -O $__venvwrap_file ]] || \builtin return 1
    while IFS=' ' \builtin read -r __venvwrap_line || [[ -n $__venvwrap_line ]]; do
        case "$__venvwrap_line" in
            auto=true* | auto\ =true* | auto=\ true* | auto\ =\ true*) \builtin return 0 ;;
        esac
    done <"$__venvwrap_file"
    \builtin return 1
}
