//! Who may import whom in src, and who may do what.
//!
//! The list of modules in src/main.rs is the architecture: a module imports only modules above it
//! in that list, so there are no cycles. Comments in the list name the floors; docs/design.md
//! shows them, and a test keeps both alike.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Built for unit tests only, so that everybody's may use it.
const FOR_TESTS: &[&str] = &["fuzzed", "stand_in"];

/// What only one place may do: the words that betray it, and the place.
const ONLY_IN: &[(&str, &str)] = &[
    ("__venvwrap_", "shell/"),
    ("std::env", "context.rs"),
    ("process::exit", "context.rs"),
    ("println!", "output.rs"),
    ("print!(", "output.rs"),
    ("io::stdout", "output.rs"),
    ("io::stderr", "output.rs"),
];

/// What only one place may write, tests apart: code for a shell, the way a shell writes a quote,
/// and a sort that is compiled anew for its type.
const ONLY_WRITTEN_IN: &[(&str, &str)] = &[
    ("; then\\n", "shell/"),
    ("end\\n\"", "shell/"),
    ("\\\\builtin ", "shell/"),
    ("'\\\\''", "quoting/"),
    (".sort(", "sorting.rs"),
    (".sort_", "sorting.rs"),
];

/// Longer than this, and a file does two things.
const LONGEST: usize = 400;

/// A source file: its path below src, and its lines that are code.
struct Source {
    path: String,
    code: Vec<String>,
    length: usize,
}

impl Source {
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut directories = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push(Source { path, code: code(&text), length: text.lines().count() });
            }
        }
    }
    assert!(found.len() > 40, "{}", found.len());
    found
}

/// The lines of a text that are not comments.
fn code(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

/// The modules that a line names from the root of the crate.
fn imported(line: &str) -> Vec<&str> {
    let after = line.split("crate::").skip(1);
    after
        .map(|rest| rest.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric()).next().unwrap())
        .collect()
}

/// A floor of the house: its name, what it holds, and its modules, lowest first.
struct Floor {
    name: String,
    holds: String,
    modules: Vec<String>,
}

/// The floors, as src/main.rs lists them.
fn floors() -> Vec<Floor> {
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    let mut floors: Vec<Floor> = Vec::new();
    for line in main.lines() {
        if let Some((name, holds)) = line.strip_prefix("// ").and_then(|heading| heading.split_once(": ")) {
            let (name, holds) = (name.to_owned(), holds.trim_end_matches('.').to_owned());
            floors.push(Floor { name, holds, modules: Vec::new() });
        } else if let Some((module, _)) = line.strip_prefix("mod ").and_then(|rest| rest.split_once(';')) {
            floors.last_mut().expect("a heading before the first module").modules.push(module.to_owned());
        }
    }
    floors
}

#[test]
fn a_module_imports_only_modules_above_it_in_the_index() {
    let index: Vec<String> = floors().into_iter().flat_map(|floor| floor.modules).chain(["main".to_owned()]).collect();
    let place = |module: &str| index.iter().position(|listed| listed == module);
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        let Some(own) = place(module) else {
            wrong.push(format!("{module} is not in the index"));
            continue;
        };
        for line in &source.code {
            for name in imported(line) {
                // A group (`crate::{a, b}`) reads as an empty name, which the index has not.
                let is_lower = place(name).is_some_and(|place| place < own);
                if name != module && !FOR_TESTS.contains(&name) && !is_lower {
                    wrong.push(format!("{}: {}", source.path, line.trim()));
                }
            }
            // From a file at the top, `super` is the crate, too.
            if !source.path.contains('/') && line.contains("super::") && line.trim() != "use super::*;" {
                wrong.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports of modules that are not above in src/main.rs:\n{}", wrong.join("\n"));
}

/// The floors as docs/design.md shows them, the highest first.
fn picture() -> String {
    let mut picture = String::new();
    for floor in floors().iter().rev() {
        let _ = writeln!(picture, "{:<8} {}", floor.name, floor.holds);
        let mut line = String::new();
        for module in floor.modules.iter().filter(|module| !FOR_TESTS.contains(&module.as_str())) {
            if line.len() + module.len() > 80 {
                let _ = writeln!(picture, "        {line}");
                line.clear();
            }
            let _ = write!(line, " {module}");
        }
        let _ = writeln!(picture, "        {line}");
    }
    picture
}

#[test]
fn the_design_shows_the_floors_as_they_are() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/design.md");
    let text = fs::read_to_string(file).unwrap();
    let (_, after) = text.split_once("<!-- floors -->\n\n```text\n").unwrap();
    let (shown, _) = after.split_once("```\n\n<!-- /floors -->").unwrap();
    assert_eq!(shown, picture(), "copy this into docs/design.md:\n{}", picture());
}

#[test]
fn each_thing_is_done_in_one_place() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (words, place) in ONLY_IN {
            if !source.path.starts_with(place) {
                let found = source.code.iter().filter(|line| line.contains(words));
                wrong.extend(found.map(|line| format!("{}: {}", source.path, line.trim())));
            }
        }
        // clap has a `Command`, too.
        let starts = |line: &String| line.contains("process::") && line.contains("Command");
        if source.path != "context.rs" && source.code.iter().any(starts) {
            let found = source.code.iter().filter(|line| line.contains("Command::new("));
            wrong.extend(found.map(|line| format!("{}: {}", source.path, line.trim())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn shell_code_literals_and_sorts_are_written_in_one_place() {
    let is_test = |path: &str| ["tests", "fuzzed", "fake", "real"].iter().any(|word| path.contains(word));
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !is_test(&source.path)) {
        let product: Vec<_> = source.code.iter().take_while(|line| *line != "mod tests {").collect();
        for (words, _) in ONLY_WRITTEN_IN.iter().filter(|(_, place)| !source.path.starts_with(place)) {
            let found = product.iter().filter(|line| line.contains(words));
            wrong.extend(found.map(|line| format!("{}: {}", source.path, line.trim())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_grows_without_end_and_each_says_what_it_owns() {
    for source in sources() {
        assert!(source.length <= LONGEST, "{} has {} lines", source.path, source.length);
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&source.path);
        assert!(fs::read_to_string(file).unwrap().starts_with("//! "), "{}", source.path);
    }
}

/// Prose is read in narrower columns than code. A table row cannot be broken.
const WIDEST_COMMENT: usize = 100;

#[test]
fn no_comment_is_wider_than_prose_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut directories = vec![root.join("src"), root.join("tests")];
    let (mut wide, mut comments) = (Vec::new(), 0);
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
                    comments += 1;
                    if line.chars().count() > WIDEST_COMMENT && !line.contains("//! |") {
                        wide.push(format!("{}: {}", path.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert!(comments > 1000, "{comments}");
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
fn the_reader_of_imports_reads() {
    assert_eq!(imported("use crate::fs::tidied; // and crate::shell"), ["fs", "shell"]);
    assert_eq!(imported("pub(crate) fn f(x: &crate::error::Error) -> crate::env_vars::X"), ["error", "env_vars"]);
    assert_eq!(imported("use crate::{fs, shell};"), [""]);
    assert_eq!(code("// use crate::fs;\nuse crate::fs;\n    /// crate::cli\n"), ["use crate::fs;"]);
}
