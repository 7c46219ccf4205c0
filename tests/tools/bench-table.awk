# Makes the table of bench.sh: medians, ratios, and what they mean for the budgets.
# usage: awk -F '|' -f bench-table.awk SAMPLES ROWS
# SAMPLES: KEY|VALUE, ascending by value.
# ROWS, and comments that start with `#`: RULE|MUST|AIM|OUR KEY|PEER'S KEY|WHAT|PEER. RULE is what MUST and AIM speak of:
# `faster` (times), `at-most` (times the peer), `under` (ms) or `count`; each may be empty, like the peer.

function median(key) {
    if (!(key in count)) return ""
    return (value[key, int((count[key] + 1) / 2)] + value[key, int(count[key] / 2) + 1]) / 2
}

function rounded(number) {
    return sprintf(number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%.0f", number)
}

function limit(number) {
    if (rule == "faster") return number " x faster"
    if (rule == "at-most") return "at most " number " x"
    return rule == "under" ? "under " number " ms" : number ""
}

function holds(number) {
    if (rule == "faster") return theirs / ours >= number
    if (rule == "at-most") return ours / theirs <= number
    return rule == "under" ? ours < number : ours == number
}

function verdict() {
    if (must == "" && aim == "") return "no budget"
    if (must == "") return holds(aim) ? "aim reached" : "aim not reached"
    if (!holds(must)) return "missed"
    if (aim == "") return "met"
    return holds(aim) ? "met, aim reached" : "met, aim not reached"
}

BEGIN {
    print "| What | venvwrap | Compared with | Ratio | Budget | Verdict |"
    print "|---|---|---|---|---|---|"
}

FILENAME == ARGV[1] { value[$1, ++count[$1]] = $2 + 0; next }

!/^#/ {
    rule = $1; must = $2; aim = $3; ours = median($4); theirs = $5 == "" ? "" : median($5)
    budget = must == "" ? "" : limit(must)
    if (aim != "") budget = (budget == "" ? "" : budget ", ") "aim: " limit(aim)
    if (budget == "") budget = "none"
    if (ours == "" || ($5 != "" && theirs == "")) {
        printf "| %s | not measured | %s | | %s | not known |\n", $6, $7, budget
        next
    }
    peer = theirs == "" ? "" : $7 ": " rounded(theirs) " ms"
    if (theirs == "") ratio = ""
    else if (rule == "at-most") ratio = rounded(ours / theirs) " x"
    else ratio = theirs < ours ? rounded(ours / theirs) " x slower" : rounded(theirs / ours) " x faster"
    printf "| %s | %s | %s | %s | %s | %s |\n", $6, rule == "count" ? ours : rounded(ours) " ms", peer, ratio, budget, verdict()
}
