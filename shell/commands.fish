# The public functions of fish, and those through which they load all others at first use.
# `venvwrap init` prints them before start.fish; an installation has each as a file where fish looks
# for functions.

function mkvirtualenv
    __venvwrap_call mkvirtualenv $argv
end
function mktmpenv
    __venvwrap_call mktmpenv $argv
end
function mkproject
    __venvwrap_call mkproject $argv
end
function rmvirtualenv
    __venvwrap_call rmvirtualenv $argv
end
function cpvirtualenv
    __venvwrap_call cpvirtualenv $argv
end
function mvvirtualenv
    __venvwrap_call mvvirtualenv $argv
end
function workon
    __venvwrap_call workon $argv
end
function lsvirtualenv
    __venvwrap_call lsvirtualenv $argv
end
function showvirtualenv
    __venvwrap_call showvirtualenv $argv
end
function allvirtualenv
    __venvwrap_call allvirtualenv $argv
end
function cdvirtualenv
    __venvwrap_call cdvirtualenv $argv
end
function cdsitepackages
    __venvwrap_call cdsitepackages $argv
end
function cdproject
    __venvwrap_call cdproject $argv
end
function setvirtualenvproject
    __venvwrap_call setvirtualenvproject $argv
end
function lssitepackages
    __venvwrap_call lssitepackages $argv
end
function add2virtualenv
    __venvwrap_call add2virtualenv $argv
end
function toggleglobalsitepackages
    __venvwrap_call toggleglobalsitepackages $argv
end
function wipeenv
    __venvwrap_call wipeenv $argv
end
function virtualenvwrapper
    __venvwrap_call virtualenvwrapper $argv
end
function venvwrap
    __venvwrap_as venvwrap $argv
end
function virtualenvwrapper_verify_active_environment
    __venvwrap_as verify_active_environment
end
function virtualenvwrapper_cd
    __venvwrap_cd $argv
end
function virtualenvwrapper_show_workon_options
    __venvwrap_call lsvirtualenv -b
end
function virtualenvwrapper_derive_workon_home
    __venvwrap_call answer workon-home
end
function virtualenvwrapper_verify_workon_home
    __venvwrap_as verify_workon_home $argv
end
function virtualenvwrapper_verify_workon_environment
    __venvwrap_call answer verify-environment -- $argv
end
function virtualenvwrapper_get_site_packages_dir
    __venvwrap_call answer site-packages
end
function virtualenvwrapper_get_python_version
    __venvwrap_call answer python-version
end
function virtualenvwrapper_verify_project_home
    __venvwrap_as verify_project_home
end
function virtualenvwrapper_load
    builtin return 0
end
function virtualenvwrapper_run_hook
    __venvwrap_as run_hook $argv
end
function virtualenvwrapper_initialize
    __venvwrap_as initialize
end
function _virtualenvs
    __venvwrap_complete
end

# load PART: defines the functions of a part, from the file installed with this one or from the
# binary.
function __venvwrap_load
    if test -n "$__venvwrap_share" -a -s "$__venvwrap_share/$argv[1].fish"
        builtin source $__venvwrap_share/$argv[1].fish
    else
        command $__venvwrap_executable init fish --part $argv[1] | builtin source
    end
    # Another program's text would load nothing, again and again.
    builtin functions -q __venvwrap_enter
end

# Defined anew by the functions that they load.
function __venvwrap_call
    __venvwrap_load functions
    and __venvwrap_call $argv
end
function __venvwrap_as
    __venvwrap_load functions
    and __venvwrap_as $argv
end
function __venvwrap_is_about_active
    __venvwrap_load functions
    and __venvwrap_is_about_active $argv
end
function __venvwrap_cd
    __venvwrap_load functions
    and __venvwrap_cd $argv
end
function __venvwrap_complete
    __venvwrap_load functions
    and __venvwrap_complete $argv
end

# source FILE: a step of a plan. Sources a hook, or FILE.fish if that exists; the command goes on
# even if the hook fails.
function __venvwrap_source
    if test -f "$argv[1].fish"
        builtin source $argv[1].fish
    else if test -f "$argv[1]"
        builtin source $argv[1]
    end
    builtin return 0
end
