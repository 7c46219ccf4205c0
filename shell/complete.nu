# Completion for Nushell. `venvwrap init nu` prints it before init.nu, inside the module.

# The candidates for the words of a command line, quoted where Nushell would read them otherwise.
def venvwrap-candidates [spans: list<string>] {
    ^$executable complete nu -- ...($spans | each {|word| typed-word $word }) e> /dev/null | from json
}

# A word as it is being typed, without its quotes; the closing one may be missing.
def typed-word [word: string] {
    let quote = $word | str substring 0..0
    if $quote not-in ['"' "'" '`'] {
        return $word
    }
    let inner = $word | str substring 1..
    let inner = if ($inner | str ends-with $quote) { $inner | str substring 0..-2 } else { $inner }
    if $quote == '"' {
        $inner | str replace --all --regex '\\(["\\])' '$1'
    } else {
        $inner
    }
}
