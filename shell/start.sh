# shellcheck shell=bash
# What every new shell reads, the same in bash and zsh: the public functions, which call functions
# that are loaded at first use (__venvwrap_load in load.bash, installed.bash, and those of zsh).
# `venvwrap init` prints a line that sets __venvwrap_executable, then this file, then one of those,
# then start.bash or start.zsh.
#
# The public functions are whole: renamed, copied, or wrapped, they go on working, and loading the
# others never replaces them. Each line costs the start of every shell: about 3 microseconds.

function mkvirtualenv { __venvwrap_call mkvirtualenv "$@"; }
function mktmpenv { __venvwrap_call mktmpenv "$@"; }
function mkproject { __venvwrap_call mkproject "$@"; }
function rmvirtualenv { __venvwrap_call rmvirtualenv "$@"; }
function cpvirtualenv { __venvwrap_call cpvirtualenv "$@"; }
function mvvirtualenv { __venvwrap_call mvvirtualenv "$@"; }
function workon { __venvwrap_call workon "$@"; }
function lsvirtualenv { __venvwrap_call lsvirtualenv "$@"; }
function showvirtualenv { __venvwrap_call showvirtualenv "$@"; }
function allvirtualenv { __venvwrap_call allvirtualenv "$@"; }
function cdvirtualenv { __venvwrap_call cdvirtualenv "$@"; }
function cdsitepackages { __venvwrap_call cdsitepackages "$@"; }
function cdproject { __venvwrap_call cdproject "$@"; }
function setvirtualenvproject { __venvwrap_call setvirtualenvproject "$@"; }
function lssitepackages { __venvwrap_call lssitepackages "$@"; }
function add2virtualenv { __venvwrap_call add2virtualenv "$@"; }
function toggleglobalsitepackages { __venvwrap_call toggleglobalsitepackages "$@"; }
function wipeenv { __venvwrap_call wipeenv "$@"; }
function virtualenvwrapper { __venvwrap_call virtualenvwrapper "$@"; }
function venvwrap { __venvwrap_as venvwrap "$@"; }

# Functions that virtualenvwrapper's hooks and plugins call.
function virtualenvwrapper_verify_active_environment { __venvwrap_as verify_active_environment; }
function virtualenvwrapper_show_workon_options { __venvwrap_call lsvirtualenv -b; }
function virtualenvwrapper_derive_workon_home { __venvwrap_call answer workon-home; }
function virtualenvwrapper_verify_workon_home { __venvwrap_as verify_workon_home "$@"; }
function virtualenvwrapper_verify_workon_environment { __venvwrap_call answer verify-environment -- "$@"; }
function virtualenvwrapper_get_site_packages_dir { __venvwrap_call answer site-packages; }
function virtualenvwrapper_get_python_version { __venvwrap_call answer python-version; }
function virtualenvwrapper_verify_project_home { __venvwrap_as verify_project_home; }
function virtualenvwrapper_run_hook { __venvwrap_as run_hook "$@"; }
function virtualenvwrapper_initialize { __venvwrap_as initialize; }
function virtualenvwrapper_load { \builtin true; }
