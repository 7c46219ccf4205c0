# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # see run.sh; backticks are Markdown
# Counts what one command costs whatever the machine is doing: processes and system calls (strace), instructions
# (callgrind; of programs that are not scripts), and the most memory that one of its processes held (time).

# cost LABEL PREPARATION COMMAND…: adds LABEL|PROCESSES|CALLS|INSTRUCTIONS|KIB; what cannot be counted is empty.
cost() {
    local label=$1 preparation=$2 counted instructions='' memory=''
    shift 2
    echo "== cost of $label" >>log
    $preparation
    if ! clean "${where:-$store}" timeout 60 "$strace" -f -qq -o calls "$@" 3>/dev/null >>log 2>&1; then
        failed "cost of $label"
        return
    fi
    # A call that another process interrupted has a second line, without a parenthesis after its name.
    counted=$(grep -c -E '^[0-9]+ +[a-z_0-9]+\(' calls)
    counted="$(($(forks) + 1))|$counted"
    if [ -x /usr/bin/time ]; then
        $preparation
        clean "${where:-$store}" /usr/bin/time -f %M -o memory "$@" 3>/dev/null >>log 2>&1 || true
        memory=$(tail -n 1 memory)
    fi
    # A script would be counted as its interpreter's start alone.
    if [ -n "$valgrind" ] && ${instructions_too:-false}; then
        $preparation
        clean "${where:-$store}" timeout 60 "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null "$@" \
            3>/dev/null >>log 2>collected || true
        instructions=$(awk '/Collected : / { print $NF }' collected)
    fi
    printf '%s|%s|%s|%s\n' "$label" "$counted" "$instructions" "$memory" >>costs
}

remove_new() { clean "$store" settled store/new uv-new virtualenv-new venv-new pew-store/new; }

count_costs() {
    : >costs
    [ -n "$strace" ] || return 0
    local instructions_too=true
    cost 'an empty Rust program' : bin/empty
    cost '`lsvirtualenv -b`' : bin/venvwrap lsvirtualenv -b
    # shellcheck disable=SC2086 # the plan is one word
    cost 'the plan of `workon`' : bin/venvwrap $plan workon one
    cost 'Tab after `workon` in bash' : bin/venvwrap complete bash -- workon 'workon ' ' =:'
    cost 'Tab after `workon` in zsh' : bin/venvwrap complete zsh -- workon ''
    cost '`mkvirtualenv`, prepared' remove_new bin/venvwrap mkvirtualenv -p "$python" new
    cost '`uv venv --seed --offline`' remove_new "$peers/uv" venv --quiet --seed --offline --python "$python" uv-new
    instructions_too=false
    cost '`virtualenv`' remove_new "$peers/virtualenv" --quiet -p "$python" virtualenv-new
    cost '`python -m venv`' remove_new "$python" -m venv venv-new
    where=$room/its-store cost "virtualenvwrapper's \`lsvirtualenv -b\`" : \
        bash -c 'source "$VIRTUALENVWRAPPER_SCRIPT"; lsvirtualenv -b'
    if is_here pew; then where=$room/pew-store cost '`pew ls`' : "$more_peers/pew" ls; fi
    instructions_too=true
    cost '`venvwrap run one true`' : bin/venvwrap run one true
    instructions_too=false
    if is_here pew; then where=$room/pew-store cost '`pew in one true`' : "$more_peers/pew" in one true; fi
    cost '`uv run --no-project true`' : \
        "$peers/uv" run --quiet --offline --no-project --python store/one/bin/python true
    where=$room/pew-store cost '`pipenv run true`' : sh -c 'cd piped && pipenv run true'
}
