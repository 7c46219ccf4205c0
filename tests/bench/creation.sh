# shellcheck shell=bash disable=SC2154 # run.sh has the variables
# Measures creating, copying and removing environments, and building them from recipes.

measure_creation() {
    local ours="bin/venvwrap mkvirtualenv -p '$python'" uv="'$peers/uv' venv --quiet --python '$python'"
    local uv_seed="$uv --seed --offline"
    # uv takes the newest pip that it has seen, venvwrap the one of that Python: this is uv with that one.
    local uv_wheel="$uv_seed --no-index --find-links '$wheels'"
    # The same pause before each of these: a processor that slept is slower.
    measure 3 pool 'settled store/new' "$ours new"
    measure 3 uv-seed 'settled uv-new' "$uv_seed uv-new"
    measure 3 uv-wheel 'settled uv-new' "$uv_wheel uv-new"
    measure 2 virtualenv 'settled virtualenv-new' "'$peers/virtualenv' --quiet -p '$python' virtualenv-new"
    measure 1 venv 'settled venv-new' "'$python' -m venv venv-new"
    measure_back_to_back
    measure 5 bare 'rm -rf store/bare' "$ours --without-pip bare"
    measure 5 uv-bare 'rm -rf uv-bare' "$uv uv-bare"
    measure 2 venv-bare 'rm -rf venv-bare' "'$python' -m venv --without-pip venv-bare"
    measure 2 first-pip 'fresh new' 'store/new/bin/pip --version'
    measure 2 uv-first-pip "$uv_wheel --clear uv-new" 'uv-new/bin/pip --version'
    measure 2 refill "sh -c 'rm -rf store/.venvwrap/pool/*/0'" "bin/venvwrap background stage '$store' '$python'"
    # With a cache of its own. What it prepared behind the prompt would be removed while it works.
    background=0 cache=$room/cold/cache where=$room/cold measure 2 cold "sh -c 'rm -rf cold; mkdir cold'" "$ours new"
    # The slow ones need no more samples than these.
    if [ "$round" -le 2 ]; then measure_slow_creation; fi
}

# At a prompt two environments are prepared; in a script, none is.
measure_back_to_back() {
    local ours="bin/venvwrap mkvirtualenv -p '$python'"
    clean "$store" settled store/new
    measure 1 burst '' "$ours burst{n}" --parameter-scan n 1 10
    rm -rf store/burst* script-store
    mkdir script-store
    where=$room/script-store measure 1 script-burst '' "$ours burst{n}" --parameter-scan n 1 10
    clean "$store" settled store/new
    measure 1 uv-burst '' "'$peers/uv' venv --quiet --python '$python' --seed --offline burst{n}" --parameter-scan n 1 10
    rm -rf burst*
}

measure_slow_creation() {
    inside bash "$room/its-store" create-virtualenvwrapper 1
    rm -rf its-store/new
    local in_project="sh -c 'cd piped && pipenv --python \"$python\"'"
    where=$room/pew-store measure 1 pipenv-create "sh -c 'rm -rf pew-store/piped-*'" "$in_project"
    if is_here pew; then
        where=$room/pew-store measure 1 pew-create 'rm -rf pew-store/new' "'$more_peers/pew' new -d -p '$python' new"
    fi
    if is_here pyenv-virtualenv; then
        measure 1 pyenv-virtualenv-create 'rm -rf pyenv/versions/new' "'$pyenv_root/bin/pyenv' virtualenv system new"
    fi
    if is_here scoop-uv; then
        measure 3 scoop-uv-create 'rm -rf scuv/virtualenvs/new' "scuv create --python-path '$python' new"
    fi
    if is_here virtualfish; then inside fish "$store" virtualfish-create 1; fi
    rm -rf fish-store/new
}

measure_copies() {
    measure 2 cp-a 'rm -rf copy' 'cp -a store/big copy'
    rm -rf copy
    measure 2 snapshot 'rm -rf store/.venvwrap/snapshots' 'bin/venvwrap snapshot big'
    rm -rf store/.venvwrap/snapshots
    measure 2 cpvirtualenv 'rm -rf store/copy' 'bin/venvwrap cpvirtualenv big copy'
    rm -rf store/copy
    # A file system of its own, as root with the tools for XFS.
    if $namespace && mount_reflinks >>log 2>&1; then
        where=$room/reflinks measure 3 snapshot-reflinks 'rm -rf reflinks/.venvwrap' 'bin/venvwrap snapshot big'
        measure 1 cp-a-reflinks 'rm -rf reflinks/copy' 'cp -a --reflink=never reflinks/big reflinks/copy'
        rm -rf reflinks/copy reflinks/.venvwrap
    fi
}

measure_recipes() {
    for _ in 1 2; do
        measure 4 export '' 'bin/venvwrap export heavy'
        measure 4 ls-r '' "ls -R $heavy"
        measure 4 relink 'orphan orphan' "bin/venvwrap $plan workon orphan"
        measure 4 upgrade 'orphan orphan' 'bin/venvwrap upgrade orphan'
    done
    measure 1 pip-freeze '' 'store/heavy/bin/pip freeze'
    measure 1 by-hand '' 'by-hand other'
}
