# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # see run.sh; backticks are Markdown
# Measures how commands grow: with 10, 100 and 1,000 environments of 30 packages each, and with 20, 200 and 2,000
# packages in one environment.

make_growth() {
    local number
    for number in 10 100 1000; do "$python" "$bench/packages.py" --store "$number" some "grow-$number"; done
    for number in 20 2000; do
        cp -R -p store/one "store/packages$number"
        "$python" "$bench/packages.py" "$number" "store/packages$number"
    done
}

measure_growth() {
    local number
    for number in 10 100 1000; do
        local where=$room/grow-$number
        measure 4 "grow-plan-$number" '' "bin/venvwrap $plan workon env0001-0"
        measure 4 "grow-ls-brief-$number" '' 'bin/venvwrap lsvirtualenv -b'
        measure 4 "grow-ls-$number" '' 'bin/venvwrap lsvirtualenv'
        measure 4 "grow-json-$number" '' 'bin/venvwrap lsvirtualenv --json'
        measure 4 "grow-find-$number" '' "bin/venvwrap find 'numpy<2'"
        measure 4 "grow-complete-$number" '' "bin/venvwrap complete zsh -- workon env"
    done
    local where=$store
    for number in 20 2000; do measure 4 "grow-export-$number" '' "bin/venvwrap export packages$number"; done
    measure 4 grow-export-200 '' 'bin/venvwrap export heavy'
}
