# What bench.sh measures inside fish: bench-shell.sh for this shell. fish has no clock to read, but `time`: owns no
# figures, writes a line with the key to stderr and lets `time` say the rest there.
# usage: bench-shell.fish switch|enter|enter-and-leave ROUNDS

set -l task $argv[1]
set -l rounds $argv[2]
venvwrap init fish | source
# `time` does not see a substitution in the words of its own command.
function true_eval
    eval ($BENCH_TRUE)
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
    case enter enter-and-leave
        workon one
        test $task = enter
        or deactivate
end
