#!/usr/bin/env bash
# Writes the generated pages of the reference into DIRECTORY (docs): commands.md, from the help of each verb, and
# reference.md with the table of variables, from the manual; its other sections stay as they are in docs.
# usage: reference.sh BINARY [DIRECTORY]
set -euo pipefail
docs=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../../docs" && pwd)
binary=$1
directory=${2-$docs}

# Without the caller's environment: no variable of theirs may show up in a committed file.
asked() { env -i HOME=/nonexistent "$binary" "$@"; }

described() { # HEADING VERB...
    printf '\n%s\n\n```text\n' "$1"
    shift
    asked "$@" --help | sed 's/[[:space:]]*$//'
    printf '```\n'
}

commands() {
    local kind word rest within
    # shellcheck disable=SC2016 # Markdown
    printf '# Commands\n\nThe help of every command, written by `make generate`.\n'
    # The groups and verbs of the help, each line with what it is.
    asked --help | awk '/^Options:/ { exit } /^[A-Z][A-Za-z ]*:$/ { sub(/:$/, ""); print "group", $0 }
        /^  [a-z]/ { print "verb", $1 }' | while read -r kind word rest; do
        if [ "$kind" = group ]; then
            printf '\n## %s\n' "$word${rest:+ $rest}"
            continue
        fi
        described "### $word" "$word"
        asked "$word" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ && $1 != "help" { print $1 }' |
            while read -r within; do described "#### $word $within" "$word" "$within"; done
    done
}

variables() {
    printf '| variable | meaning |\n|---|---|\n'
    # In the page, a name follows `.TP` and its line follows the name.
    asked man | awk '/^\.SH/ { on = $2 == "ENVIRONMENT" } on && /^\\fB/ { name = $0; getline
        gsub(/\\f[BR]/, "", name); gsub(/\\\*\(Aq/, "\047"); gsub(/\\-/, "-"); print "| `" name "` | " $0 " |" }'
}

page=$(table=$(variables) awk '/^<!-- \/variables -->$/ { on = 0 } !on
    /^<!-- variables -->$/ { on = 1; print "\n" ENVIRON["table"] "\n" }' "$docs/reference.md")
help=$(commands)
printf '%s\n' "$help" >"$directory/commands.md"
printf '%s\n' "$page" >"$directory/reference.md"
