# What the benchmark measures inside fish: tests/bench/shell.sh for this shell. fish has no clock to read, but `time`: owns no
# figures, writes a line with the key to stderr and lets `time` say the rest there.
# usage: bench-shell.fish TASK ROUNDS

set -l task $argv[1]
set -l rounds $argv[2]
# `time` does not see a substitution in the words of its own command.
function true_eval
    eval ($BENCH_TRUE)
end
if string match --quiet '*virtualfish*' $task
    $BENCH_PEERS/python -c 'from virtualfish.loader import load; print("\n".join(load([])))' | source
else
    venvwrap init fish | source
end

switch $task
    case switch
        for i in (seq $rounds)
            echo key fish-true >&2
            time true_eval
            echo key fish-workon >&2
            time workon one
            echo key fish-true >&2
            time true_eval
            echo key fish-workon >&2
            time workon two
            echo key fish-deactivate >&2
            time deactivate
            workon two
        end
    case switch-virtualfish
        for i in (seq $rounds)
            echo key virtualfish-activate >&2
            time vf activate one
            echo key virtualfish-activate >&2
            time vf activate two
        end
    case virtualfish-create
        echo key virtualfish-create >&2
        time vf new -p $BENCH_PYTHON new >/dev/null
    case enter enter-and-leave
        workon one
        test $task = enter
        or deactivate
end
