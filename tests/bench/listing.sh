# shellcheck shell=bash disable=SC2154 # run.sh has the variables
# Measures lists, completion, searches and removal.

measure_lists_and_removal() {
    # A few at a time: these are so short that a single hiccup of the machine would fall on one of them alone.
    for _ in 1 2 3 4; do
        measure 5 empty '' bin/empty
        measure 5 ls-brief '' 'bin/venvwrap lsvirtualenv -b'
        measure 5 plan '' "bin/venvwrap $plan workon one"
        where=$room/many measure 5 complete '' "bin/venvwrap complete bash -- workon 'workon env' ' =:'"
        where=$room/many measure 5 ls-brief-1000 '' 'bin/venvwrap lsvirtualenv -b'
        measure 5 ls '' "ls $([ "$(uname)" = Linux ] && echo -U || echo -f) many"
        where=$room/some measure 5 ls-long '' 'bin/venvwrap lsvirtualenv'
        where=$room/some measure 5 ls-packages '' 'bin/venvwrap lsvirtualenv --json'
        where=$room/some measure 5 find '' "bin/venvwrap find 'numpy<2'"
        path=$every_python measure 5 python-list '' 'bin/venvwrap python list'
        # It looks on PATH, and nowhere else where we do: both find the same.
        path=$every_python measure 5 uv-python-list '' "'$peers/uv' python list --only-installed --offline"
    done
    if is_here pew; then where=$room/pew-store measure 1 pew-ls '' "'$more_peers/pew' ls"; fi
    if [ "$round" -le 2 ]; then inside bash "$room/its-store" list-virtualenvwrapper 1; fi
    inside bash "$store" remove 6
    cp -R -p store/big copy
    measure 1 rm-rf '' 'rm -rf copy'
}
