# shellcheck shell=bash
# virtualenvwrapper's lazy loader put its work off because loading took a tenth of a second. Loading venvwrap takes the
# start of a small process, so this is virtualenvwrapper.sh under the name that frameworks try first.

__venvwrap_script="${BASH_SOURCE[0]:-$0}"
# shellcheck source=/dev/null
\builtin source "${__venvwrap_script%_lazy.sh}.sh"
\builtin unset __venvwrap_script
