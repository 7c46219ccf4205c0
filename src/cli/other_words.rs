//! Words that people bring from other tools (uv, conda, pew, virtualfish, pyenv), and the verb that
//! does the job here.

/// The verb for a word of another tool.
const VERBS: &[(&[&str], &str)] = &[
    (&["activate", "use", "shell", "switch"], "workon NAME"),
    (&["create", "new", "venv", "mk", "make"], "mkvirtualenv NAME"),
    (&["tmp", "temp", "mktmp"], "mktmpenv"),
    (&["list", "ls", "envs", "virtualenvs", "versions"], "lsvirtualenv"),
    (&["info", "show", "status"], "showvirtualenv NAME"),
    (&["rm", "remove", "delete", "del", "uninstall"], "rmvirtualenv NAME"),
    (&["mv", "rename"], "mvvirtualenv NAME NEW"),
    (&["cp", "copy", "clone"], "cpvirtualenv NAME NEW"),
    (&["cd"], "cdvirtualenv"),
    (&["exit", "leave"], "deactivate"),
    (&["exec", "in"], "venvwrap run NAME CMD"),
    (&["all", "inall"], "allvirtualenv CMD"),
    (&["add", "addpath"], "add2virtualenv DIRECTORY"),
    (&["link", "connect", "project"], "setvirtualenvproject NAME DIRECTORY"),
    (&["pythons"], "venvwrap python list"),
    (&["check", "repair", "fix"], "venvwrap doctor"),
    (&["restore", "recover"], "venvwrap undo"),
    (&["update", "migrate"], "venvwrap upgrade NAME"),
    (&["lock"], "venvwrap freeze NAME"),
    (&["compare", "drift"], "venvwrap diff NAME OTHER"),
    (&["search", "grep", "locate", "whohas"], "venvwrap find DISTRIBUTION"),
    (&["describe", "dump"], "venvwrap export NAME"),
    (&["prune", "clean", "gc"], "venvwrap doctor --fix"),
    (&["allow"], "venvwrap trust"),
    (&["hook", "setup", "install"], "venvwrap init SHELL"),
];

/// The hint for an unknown verb, or `None` if no other tool is known to use that word for something
/// we do.
pub(super) fn hint(word: &str) -> Option<String> {
    let (_, verb) = VERBS.iter().find(|(words, _)| words.contains(&word))?;
    Some(format!("the command for that is `{verb}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_has_one_verb_and_no_verb_is_shadowed() {
        let mut words: Vec<&str> = VERBS.iter().flat_map(|(words, _)| words.iter().copied()).collect();
        words.sort_unstable();
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
        for (_, verb) in VERBS {
            let name = verb.strip_prefix("venvwrap ").unwrap_or(verb).split(' ').next().unwrap();
            assert!(super::super::VERBS.iter().any(|entry| entry.name == name), "{verb}");
        }
    }

    #[test]
    fn a_word_of_another_tool_gets_the_verb() {
        assert_eq!(hint("activate").unwrap(), "the command for that is `workon NAME`");
        assert!(hint("update").unwrap().contains("venvwrap upgrade NAME"));
        assert_eq!(hint("worken"), None);
    }
}
