# shellcheck shell=bash disable=SC2154 # run.sh has the variables
# Measures what automatic switching costs at a prompt and after `cd`, beside the hooks of pyenv-virtualenv, direnv, mise
# and scoop-uv, each with a project of its own.

hooks=(venvwrap pyenv-virtualenv direnv mise scoop-uv)

# A project for each, beside a directory ten levels deep that is in none.
make_projects() {
    local name
    mkdir -p home/1/2/3/4/5/6/7/8/9/below home/projects pyenv/versions pyenv/plugins pew-store fish-store scuv piped
    for name in "${hooks[@]}"; do mkdir "home/projects/$name"; done
    clean "$store" bin/venvwrap setvirtualenvproject "$store/one" "$room/home/projects/venvwrap" >>log 2>&1
    if is_here pyenv-virtualenv; then
        ln -s "$pyenv_root/plugins/pyenv-virtualenv" pyenv/plugins/
        "$python" -m venv --without-pip pyenv/versions/benched
        echo benched >home/projects/pyenv-virtualenv/.python-version
    fi
    if is_here direnv; then
        echo "source '$room/store/one/bin/activate'" >home/projects/direnv/.envrc
        clean "$store" "$direnv" allow home/projects/direnv/.envrc 2>>log
    fi
    if is_here mise; then
        printf '[env]\n_.python.venv = "%s"\n' "$room/store/one" >home/projects/mise/mise.toml
        clean "$store" "$more_peers/mise" trust "$room/home/projects/mise/mise.toml" >>log 2>&1
    fi
    if is_here scoop-uv; then
        if clean "$store" scuv create --python-path "$python" benched >>log 2>&1; then
            (cd home/projects/scoop-uv && clean "$store" scuv use benched >>"$room/log" 2>&1) || true
        else
            absent scoop-uv 'could not create an environment'
        fi
    fi
}

# Environments of peers that more than one measurement needs.
make_peers_things() {
    : >piped/Pipfile
    # Under a name with a hash; `pipenv run` needs it.
    (cd piped && clean "$room/pew-store" pipenv --python "$python" >>"$room/log" 2>&1) || true
    if is_here pew; then
        clean "$room/pew-store" "$more_peers/pew" new -d -p "$python" one >>log 2>&1 ||
            absent pew 'could not create an environment'
    fi
    if is_here virtualfish; then cp -R -p store/one store/two fish-store/; fi
}

measure_hooks() {
    local name
    for name in "${hooks[@]}"; do
        if is_here "$name"; then inside bash "$store" hook 2 "$name"; fi
    done
    inside zsh "$store" hook 2 venvwrap
}

# Processes of one prompt, and of one `cd` that changes nothing: three less one, halved.
count_hooks() {
    local name task one
    for name in "${hooks[@]}"; do
        is_here "$name" || continue
        for task in idle stay change; do
            inside bash "$store" "hook-$task" 1 "$name"
            one=$(forks)
            inside bash "$store" "hook-$task" 3 "$name"
            count "$name-$task-processes" $((($(forks) - one) / 2))
        done
    done
    inside zsh "$store" hook-stay 1 venvwrap
    one=$(forks)
    inside zsh "$store" hook-stay 3 venvwrap
    count zsh-venvwrap-stay-processes $((($(forks) - one) / 2))
}
