# Lints the Nushell code in shell/: prints what Nushell finds in it, and fails if that is anything.
# The commands are one module, as `venvwrap init nu` joins them.

# Checks files as one text, and returns the number of problems.
def check [parts: list<any>] {
    let file = mktemp --tmpdir --suffix .nu
    $parts | get text | str join | save --force $file
    let told = ^$nu.current-exe --no-config-file --ide-check 100 $file | lines | each { from json }
    rm $file
    let problems = $told | where type == diagnostic
    for problem in $problems {
        mut start = $problem.span.start
        for part in $parts {
            let length = $part.text | str length
            if $start < $length {
                let line = $part.text | str substring 0..<$start | split row (char newline) | length
                print --stderr $"($part.name):($line): ($problem.message)"
                break
            }
            $start -= $length
        }
    }
    $problems | length
}

def part [name: string] {
    {name: $name, text: (open --raw $name)}
}

let start = {name: 'the first line', text: "module venvwrap-shell { const executable = \"venvwrap\"\n"}
let parts = glob shell/*.nu | sort | path relative-to (pwd) | each {|name| part $name }
let problems = (check [$start ...$parts {name: 'the last line', text: "}\n"}]) + (check [(part shell/standalone/activate.nu)])
exit (if $problems == 0 { 0 } else { 1 })
