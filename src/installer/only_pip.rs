//! Finds lines in requirements files that uv 0.13 rejects or understands differently than pip.
//!
//! `auto` uses pip for such a file. Differences that are not known here show when uv fails: see
//! [`is_about_syntax`].

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::fs::{read_small, tidied};
use crate::shown::shown;

/// Most files that are read through `-r` and `-c`.
const MOST: usize = 64;
const LIMIT: u64 = 1024 * 1024;

/// Options that mean the same to uv and pip. Index options are not among them: with several indexes
/// uv uses the first that has the package, pip considers all.
const KNOWN_TO_UV: [&str; 14] = [
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-f",
    "--find-links",
    "-i",
    "--index-url",
    "--no-binary",
    "--no-index",
    "--only-binary",
    "--pre",
    "-r",
    "--requirement",
];

/// The first construct that only pip understands, in these files or the files they include, for a
/// message.
pub(super) fn in_files<'a>(files: impl IntoIterator<Item = &'a Path>) -> Option<String> {
    let mut next: Vec<PathBuf> = files.into_iter().map(Path::to_path_buf).collect();
    let mut seen: Vec<PathBuf> = Vec::new();
    while let Some(file) = next.pop() {
        if seen.contains(&file) || seen.len() >= MOST {
            continue;
        }
        seen.push(file.clone());
        let text = match read_small(&file, LIMIT) {
            Ok(Some(text)) => text,
            Err(error) if error.kind() == ErrorKind::FileTooLarge => return Some("a file of this size".to_owned()),
            // The installer reports files that cannot be read.
            _ => continue,
        };
        let directory = file.parent().unwrap_or(Path::new("/"));
        let Ok(text) = std::str::from_utf8(&text) else { return Some("text that is not UTF-8".to_owned()) };
        for line in joined(text) {
            match line {
                Ok(line) => {
                    if let Some(found) = in_line(&line, directory) {
                        return Some(found);
                    }
                    let include = ["-r ", "-c ", "--requirement ", "--constraint ", "--requirement=", "--constraint="];
                    let included = include.iter().find_map(|option| line.strip_prefix(option));
                    next.extend(
                        included.filter(|file| !file.contains("://")).map(|file| tidied(&directory.join(file.trim()))),
                    );
                }
                Err(line) => return Some(format!("`{}`, which goes on in the next line", shown(&line))),
            }
        }
    }
    None
}

/// Logical lines without comments, continuation lines joined. `Err`: a continued line that uv
/// rejects, because it continues with something other than hashes.
fn joined(text: &str) -> Vec<Result<String, String>> {
    let mut lines = Vec::new();
    let mut begun: Option<String> = None;
    for line in text.lines() {
        let goes_on = line.ends_with('\\') && !line.trim_start().starts_with('#');
        let part = line.strip_suffix('\\').filter(|_| goes_on).unwrap_or(line);
        let is_hash = part.trim().is_empty() || part.trim_start().starts_with("--hash");
        let so_far = begun.take();
        if let Some(start) = so_far.as_deref().filter(|start| !is_hash && !start.trim().is_empty()) {
            lines.push(Err(start.trim().to_owned()));
        }
        let whole = so_far.unwrap_or_default() + part;
        if goes_on {
            begun = Some(whole);
        } else {
            lines.push(Ok(without_comment(&whole).to_owned()));
        }
    }
    lines.extend(begun.map(|line| Ok(without_comment(&line).to_owned())));
    lines
}

fn without_comment(line: &str) -> &str {
    let starts = |at: usize| at == 0 || line[..at].ends_with(char::is_whitespace);
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| starts(*at));
    line[..comment.unwrap_or(line.len())].trim()
}

/// The same for one line, or for one argument. Option values may hold passwords, so only the option
/// is quoted.
pub(super) fn in_line(line: &str, directory: &Path) -> Option<String> {
    let quoted = |text: &str| Some(format!("`{}`", shown(text)));
    if ["hg+", "svn+", "bzr+"].iter().any(|system| line.contains(system) && line.contains("://")) {
        return quoted(line.split('+').next().map_or("", |start| start.rsplit([' ', '@']).next().unwrap_or(start)));
    }
    let (option, value) = line.split_at(line.find(['=', ' ', '\t']).unwrap_or(line.len()));
    if line.starts_with('-') {
        let value = value.trim_start_matches('=').trim();
        let is_missing = || {
            let path = value.strip_prefix("file://").unwrap_or(value);
            !path.contains("://") && !std::fs::exists(directory.join(path)).unwrap_or(true)
        };
        return match option {
            _ if !KNOWN_TO_UV.contains(&option) => quoted(option),
            "-e" | "--editable" if value.contains("git+") => quoted(&format!("{option} git+…")),
            "-f" | "--find-links" if is_missing() => Some(format!("a missing directory for `{option}`")),
            _ => None,
        };
    }
    let options = line.split_whitespace().skip(1).find(|word| word.starts_with('-') && !word.starts_with("--hash"));
    if let Some(option) = options {
        return quoted(option.split('=').next().unwrap_or(option));
    }
    let is_address = line.contains("://");
    let has_star = |part: &str| part.contains(".*") && part.starts_with(['<', '>', '~']);
    let version = line.split(';').next().unwrap_or_default();
    let parts =
        version.match_indices(['<', '>', '~', '=', '!']).map(|(at, _)| version[at..].split(',').next().unwrap_or(""));
    parts.into_iter().find(|part| !is_address && has_star(part)).and_then(|part| quoted(part.trim()))
}

/// Whether uv's stderr reports a syntax that pip may accept.
pub(super) fn is_about_syntax(said: &str) -> bool {
    let first = said.lines().find_map(|line| line.strip_prefix("error: ")).unwrap_or_default();
    [
        "Couldn't parse requirement",
        "Error parsing included file",
        "Expected ",
        "Failed to parse",
        "Invalid URL in ",
        "Unexpected ",
        "Unsupported editable requirement",
        "failed to decode file",
    ]
    .iter()
    .any(|start| first.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        let room = tempfile::tempdir().unwrap();
        std::fs::write(room.path().join("base.txt"), text).unwrap();
        std::fs::write(room.path().join("r.txt"), "six\n-c base.txt\n-r r.txt\n").unwrap();
        in_files([&*room.path().join("r.txt")])
    }

    #[test]
    fn what_only_pip_understands_is_found_in_included_files_too() {
        for (text, shown) in [
            ("-e git+https://u:p@h/r#egg=x", "`-e git+…`"),
            ("--editable x @ git+https://h/r", "`--editable git+…`"),
            ("--extra-index-url https://u:secret@h", "`--extra-index-url`"),
            ("--trusted-host=h", "`--trusted-host`"),
            ("--prefer-binary", "`--prefer-binary`"),
            ("-rother.txt", "`-rother.txt`"),
            ("six --config-settings='a=b'", "`--config-settings`"),
            ("six==1 --global-option=x --hash=sha256:0", "`--global-option`"),
            ("six \\\n  ==1", "`six`, which goes on in the next line"),
            ("six==1 ; a \\\n > '3'", "`six==1 ; a`, which goes on in the next line"),
            ("six>=1.16.*", "`>=1.16.*`"),
            ("six!=1,~= 1.*", "`~= 1.*`"),
            ("--find-links ./gone", "a missing directory for `--find-links`"),
            ("x @ hg+https://h/x", "`hg`"),
        ] {
            assert_eq!(found(text).as_deref(), Some(shown), "{text}");
        }
        let room = tempfile::tempdir().unwrap();
        std::fs::write(room.path().join("r.txt"), b"# -*- coding: latin-1 -*-\nsix # \xe9\n").unwrap();
        assert_eq!(in_files([&*room.path().join("r.txt")]).unwrap(), "text that is not UTF-8");
    }

    #[test]
    fn what_both_understand_is_left_to_uv() {
        for text in [
            "",
            "six",
            "six==1.* # why --x",
            "a[b]>=1,!=1.5.* ; python_version >= '3.*'",
            "-e .",
            "-e ./x[y]",
            "--index-url https://h",
            "-f https://h",
            "--find-links .",
            "x @ git+https://h/r@1",
            "x @ https://h/a-1.*-b",
            "six==1 \\\n  --hash=sha256:0 \\\n    --hash=sha256:1\n",
            "--pre\n--no-index",
            "\u{feff}six",
            "-r gone.txt",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
