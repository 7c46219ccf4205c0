//! The files with shell functions that an installation has below share/, so that loading them
//! starts no process.

use std::path::{Path, PathBuf};

use super::Shell;
use super::init::{COMMANDS_OF_FISH, COMPLETIONS_OF_FISH, Part, Script, Switching, code, part};

/// The files of a shell, with their paths below `share`, which is where they will be.
pub(crate) fn files(shell: Shell, executable: &Path, share: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let script = Script { executable, switching: Switching::BySettings, share: Some(share) };
    let start = script.text(shell);
    let mut files: Vec<(PathBuf, Vec<u8>)> = [
        ("init", start.clone()),
        ("functions", part(shell, Part::Functions)),
        ("automatic", part(shell, Part::Automatic)),
    ]
    .into_iter()
    .map(|(name, text)| (PathBuf::from(format!("venvwrap/{name}.{shell}")), text))
    .collect();
    if shell == Shell::Fish {
        files.push(("fish/vendor_conf.d/venvwrap.fish".into(), start));
        files.extend(functions_of_fish());
        files.extend(completions_of_fish());
    }
    files
}

/// fish loads a function from the file of its name.
fn functions_of_fish() -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    let text = String::from_utf8_lossy(&code(&[COMMANDS_OF_FISH])).into_owned();
    let functions: Vec<String> = text.split_inclusive("\nend\n").map(str::to_owned).collect();
    functions.into_iter().filter_map(|function| {
        let name = function.strip_prefix("function ")?.lines().next()?;
        Some((format!("fish/vendor_functions.d/{name}.fish").into(), function.into_bytes()))
    })
}

/// fish loads completions from the file of the command's name. That of `venvwrap` replaces the one
/// for shells without the functions.
fn completions_of_fish() -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    let text = String::from_utf8_lossy(&code(&[COMPLETIONS_OF_FISH])).into_owned();
    let (of_names, others) = text.split_once("\nend\n").unwrap_or_default();
    let (names, complete) = of_names.split_once('\n').unwrap_or_default();
    let names = names.split_whitespace().skip_while(|word| *word != "in").skip(1);
    let complete = complete.trim();
    let of_name = names.map(|name| (name, format!("builtin set -l command {name}\n{complete}\n")));
    let files: Vec<_> = of_name
        .chain([("allvirtualenv", others.to_owned())])
        .map(|(name, text)| (format!("fish/vendor_completions.d/{name}.fish").into(), text.into_bytes()))
        .collect();
    files.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fish_has_a_file_for_each_command() {
        let files = files(Shell::Fish, Path::new("/p/bin/venvwrap"), Path::new("/p/share"));
        let text = |path: &str| {
            let file = files.iter().find(|(other, _)| other == Path::new(path));
            String::from_utf8(file.unwrap_or_else(|| panic!("no {path}")).1.clone()).unwrap()
        };
        assert_eq!(
            text("fish/vendor_functions.d/workon.fish"),
            "function workon\n    __venvwrap_call workon $argv\nend\n"
        );
        assert_eq!(
            text("fish/vendor_completions.d/workon.fish"),
            "builtin set -l command workon\nbuiltin complete -c $command -k -f -a '(__venvwrap_complete)'\n"
        );
        assert!(text("fish/vendor_completions.d/allvirtualenv.fish").starts_with("builtin complete -c allvirtualenv "));
        let start = text("fish/vendor_conf.d/venvwrap.fish");
        assert!(start.starts_with(
            "set -g __venvwrap_executable '/p/bin/venvwrap'\nset -g __venvwrap_share '/p/share/venvwrap'\nset -l \
             directory '/p/share/fish'\n"
        ));
        assert_eq!(text("venvwrap/init.fish"), start);
        let count = |directory: &str| files.iter().filter(|(path, _)| path.starts_with(directory)).count();
        assert_eq!((count("fish/vendor_functions.d"), count("fish/vendor_completions.d")), (40, 21));
    }
}
