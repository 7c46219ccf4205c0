//! Words that people bring from other tools (uv, conda, pew, virtualfish, pyenv), and the verb that
//! does the job here.

use crate::verb::verb;

/// The verb for a word of another tool.
const VERBS: &[(&[&str], &str)] = &[
    (&["shell", "switch", "enter", "source"], "workon NAME"),
    (&["venv", "virtualenv", "mk", "make", "mkenv"], "mkvirtualenv NAME"),
    (&["temp", "mktmp"], "mktmpenv"),
    (&["envs", "virtualenvs", "versions"], "lsvirtualenv"),
    (&["show", "status", "current", "active"], "showvirtualenv NAME"),
    (&["delete", "del", "uninstall", "destroy"], "rmvirtualenv NAME"),
    (&["move"], "mvvirtualenv NAME NEW"),
    (&["clone", "duplicate"], "cpvirtualenv NAME NEW"),
    (&["cd", "dir"], "cdvirtualenv"),
    (&["cdpackages", "sitepackages_dir"], "cdsitepackages"),
    (&["exit", "leave"], "deactivate"),
    (&["exec", "in"], "venvwrap run NAME CMD"),
    (&["pip"], "venvwrap run NAME pip"),
    (&["sync"], "mkvirtualenv -r FILE NAME"),
    (&["all", "inall"], "allvirtualenv CMD"),
    (&["add", "addpath"], "add2virtualenv DIRECTORY"),
    (&["link", "connect", "project", "local", "setproject"], "setvirtualenvproject NAME DIRECTORY"),
    (&["globalpackages"], "toggleglobalsitepackages"),
    (&["wipe", "reset"], "wipeenv"),
    (&["packages", "graph"], "lssitepackages"),
    (&["pythons", "list_pythons"], "venvwrap python list"),
    (&["locate_python"], "venvwrap python find VERSION"),
    (&["whence"], "venvwrap which NAME TOOL"),
    (&["check", "repair", "fix"], "venvwrap doctor"),
    (&["restore", "recover"], "venvwrap undo"),
    (&["update", "migrate"], "venvwrap upgrade NAME"),
    (&["compare", "drift"], "venvwrap diff NAME OTHER"),
    (&["search", "grep", "locate", "whohas"], "venvwrap find DISTRIBUTION"),
    (&["describe", "dump"], "venvwrap export NAME"),
    (&["clean", "gc", "purge"], "venvwrap prune"),
    (&["allow"], "venvwrap trust"),
    (&["shellenv", "virtualenv-init"], "venvwrap setup"),
];

/// The hint for an unknown verb, or `None` if no other tool is known to use that word for something
/// we do.
pub(super) fn hint(word: &str) -> Option<String> {
    let (_, command) = VERBS.iter().find(|(words, _)| words.contains(&word))?;
    let (name, words) = command.split_once(' ').map_or((*command, ""), |(name, words)| (name, words));
    let name = if name == "venvwrap" { name.to_owned() } else { verb(name) };
    let command = if words.is_empty() { name } else { format!("{name} {words}") };
    Some(format!("the command for that is `{command}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_has_one_verb_and_no_verb_is_shadowed() {
        let mut words: Vec<&str> = VERBS.iter().flat_map(|(words, _)| words.iter().copied()).collect();
        words.sort_unstable();
        words.extend(
            super::super::verbs::VERBS
                .iter()
                .flat_map(|entry| [entry.name].into_iter().chain(entry.short.iter().copied())),
        );
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
        for (_, verb) in VERBS {
            let name = verb.strip_prefix("venvwrap ").unwrap_or(verb).split(' ').next().unwrap();
            assert!(super::super::verbs::VERBS.iter().any(|entry| entry.name == name), "{verb}");
        }
    }

    #[test]
    fn a_word_of_another_tool_gets_the_verb() {
        assert_eq!(hint("switch").unwrap(), "the command for that is `venvwrap workon NAME`");
        assert!(hint("update").unwrap().contains("venvwrap upgrade NAME"));
        assert_eq!(hint("worken"), None);
    }
}
