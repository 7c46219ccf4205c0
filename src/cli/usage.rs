//! clap's complaints about a command line in the words of our messages: what is missing or unknown,
//! then where to look it up.

use clap::error::{ContextKind, ErrorKind};

use super::{PROGRAM, other_words};
use crate::error::Error;

/// `verb`: what the message is about; `typed`: how it is typed, for the hint.
pub(super) fn usage(error: &clap::Error, verb: &str, typed: &str) -> Error {
    let value = |kind| error.get(kind).map(ToString::to_string);
    // `venvwrap: ` precedes every message.
    let about = if verb == PROGRAM { String::new() } else { format!("{verb}: ") };
    let bare = |argument: String| argument.replace(['<', '>'], "");
    let argument = value(ContextKind::InvalidArg);
    let unknown = value(ContextKind::InvalidSubcommand);
    let see = format!("see `{typed} --help`");
    let did_you_mean = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(value)
        .map(|nearest| format!("did you mean `{nearest}`? {see}"));
    let message = match (error.kind(), argument, &unknown) {
        (ErrorKind::MissingRequiredArgument, Some(missing), _) => format!("{about}missing {}", bare(missing)),
        (ErrorKind::UnknownArgument, Some(unknown), _) if unknown.starts_with('-') => {
            format!("{about}unknown option `{unknown}`")
        }
        (ErrorKind::UnknownArgument, Some(extra), _) => format!("{about}unexpected argument `{extra}`"),
        (ErrorKind::InvalidSubcommand, _, Some(word)) => format!("{about}unknown verb `{word}`"),
        (ErrorKind::InvalidValue, Some(option), _)
            if value(ContextKind::InvalidValue).is_some_and(|it| it.is_empty()) =>
        {
            format!("{about}missing value for {}", bare(option))
        }
        (ErrorKind::InvalidValue, Some(option), _) => {
            format!("{about}invalid {} `{}`", bare(option), value(ContextKind::InvalidValue).unwrap_or_default())
        }
        _ => format!("{about}{}", first_paragraph(error)),
    };
    let other = unknown.filter(|_| verb == PROGRAM).and_then(|word| other_words::hint(&word));
    let hint = other.or(did_you_mean).unwrap_or(see);
    Error::Usage { message, hint }
}

/// What clap says of mistakes that are rarer: on one line.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words = first.split_whitespace().collect::<Vec<_>>().join(" ");
    words.strip_prefix("error: ").unwrap_or(&words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::root;
    use crate::cli::verbs::VERBS;

    #[test]
    fn a_usage_error_is_one_line_and_a_hint() {
        for (words, message, hint) in [
            (&["init", "fsh"][..], "init: invalid SHELL `fsh`", "did you mean `fish`? see `venvwrap init --help`"),
            (&["init"], "init: missing SHELL", "see `venvwrap init --help`"),
            (&["init", "bash", "zsh"], "init: unexpected argument `zsh`", "see `venvwrap init --help`"),
            (
                &["init", "--executible", "x", "bash"],
                "init: unknown option `--executible`",
                "did you mean `--executable`? see `venvwrap init --help`",
            ),
            (
                &["init", "bash", "--executable"],
                "init: missing value for --executable PATH",
                "see `venvwrap init --help`",
            ),
            (&["python", "lst"], "python: unknown verb `lst`", "did you mean `list`? see `venvwrap python --help`"),
            (
                &["undo", "--list", "x"],
                "undo: the argument '--list' cannot be used with '[REMOVED]'",
                "see `venvwrap undo --help`",
            ),
        ] {
            let verb = VERBS.iter().find(|verb| verb.name == words[0]).unwrap();
            let error = (verb.command)().try_get_matches_from(words).unwrap_err();
            let error = usage(&error, words[0], &format!("venvwrap {}", words[0]));
            assert_eq!((error.to_string().as_str(), error.hint().unwrap().as_str()), (message, hint), "{words:?}");
            assert_eq!(error.status(), 2);
        }
    }

    #[test]
    fn a_mistake_before_the_verb_names_the_program_once() {
        let error = root().try_get_matches_from([PROGRAM, "--bogus"]).unwrap_err();
        let error = usage(&error, PROGRAM, PROGRAM);
        assert_eq!(error.to_string(), "unknown option `--bogus`");
        assert_eq!(error.hint().unwrap(), "see `venvwrap --help`");
    }
}
