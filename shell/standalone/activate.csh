# Activates this environment in the csh or tcsh that sources it; `deactivate` deactivates it. Needs
# no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value, quoted for csh
# (in single quotes; a quote inside is '\'' and an exclamation mark is \!, in quotes too).
#
# The names _OLD_VIRTUAL_PATH and _OLD_VIRTUAL_PROMPT are those of venv, virtualenv and uv, so that
# their scripts and this one can undo each other. In csh only an alias can change the shell, so
# `deactivate` restores the saved PATH and prompt: unlike in sh and fish, changes made to them since
# are lost.

if ( $?_OLD_VIRTUAL_PATH ) then
    deactivate nondestructive
endif

# `eval`, because csh expands all of a one-line `if`, even if it is skipped.
alias deactivate 'if ( $?_OLD_VIRTUAL_PATH ) eval setenv PATH \"\$_OLD_VIRTUAL_PATH:q\"; if ( $?_OLD_VIRTUAL_PROMPT ) eval set prompt = \"\$_OLD_VIRTUAL_PROMPT:q\"; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; if ( $?_OLD_VIRTUAL_ENV ) eval setenv VIRTUAL_ENV \"\$_OLD_VIRTUAL_ENV:q\"; if ( $?_OLD_VIRTUAL_ENV_PROMPT ) eval setenv VIRTUAL_ENV_PROMPT \"\$_OLD_VIRTUAL_ENV_PROMPT:q\"; if ( $?_OLD_VIRTUAL_PYTHONHOME ) eval setenv PYTHONHOME \"\$_OLD_VIRTUAL_PYTHONHOME:q\"; unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PROMPT _OLD_VIRTUAL_ENV _OLD_VIRTUAL_ENV_PROMPT _OLD_VIRTUAL_PYTHONHOME; rehash; if ( "\!:*" != nondestructive ) unalias deactivate'

# Set although nothing was activated in this shell: deactivating restores it, even if empty.
if ( $?VIRTUAL_ENV ) then
    set _OLD_VIRTUAL_ENV = "$VIRTUAL_ENV:q"
endif
if ( $?VIRTUAL_ENV_PROMPT ) then
    set _OLD_VIRTUAL_ENV_PROMPT = "$VIRTUAL_ENV_PROMPT:q"
endif

setenv VIRTUAL_ENV __VIRTUAL_ENV__
setenv VIRTUAL_ENV_PROMPT __VIRTUAL_ENV_PROMPT__

if ( $?PATH ) then
    set _OLD_VIRTUAL_PATH = "$PATH:q"
    setenv PATH "${VIRTUAL_ENV:q}/bin:${PATH:q}"
else
    set _OLD_VIRTUAL_PATH = ''
    setenv PATH "${VIRTUAL_ENV:q}/bin"
endif

if ( $?PYTHONHOME ) then
    set _OLD_VIRTUAL_PYTHONHOME = "$PYTHONHOME:q"
    unsetenv PYTHONHOME
endif

set _virtual_env_mark
if ( $?VIRTUAL_ENV_DISABLE_PROMPT ) then
    if ( "$VIRTUAL_ENV_DISABLE_PROMPT:q" != '' ) unset _virtual_env_mark
endif
# tcsh draws %$NAME without interpreting its value (pypa/virtualenv#3263). csh interprets only the
# exclamation mark, which it draws as a number.
if ( $?_virtual_env_mark && $?prompt ) then
    set _OLD_VIRTUAL_PROMPT = "$prompt:q"
    if ( $?tcsh ) then
        set prompt = '(%$VIRTUAL_ENV_PROMPT) '"$prompt:q"
    else
        set prompt = "($VIRTUAL_ENV_PROMPT:q) $prompt:q"
    endif
endif
unset _virtual_env_mark

rehash
