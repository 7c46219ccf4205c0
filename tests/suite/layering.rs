//! Who may import whom in src, and who may do what.
//!
//! The table is the architecture: a module imports only what its row names, and only from rows
//! above its own, so there are no cycles. A new module needs a row, and a new import a reason to
//! extend one.

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first, as src/main.rs lists them.
const MAY_IMPORT: &[(&str, &str)] = &[
    ("env_vars", ""),
    ("quoting", ""),
    ("shown", "quoting"),
    ("one_line", ""),
    ("versions", ""),
    ("verb", ""),
    ("error", "shown verb"),
    ("fs", "error shown"),
    ("formats", "error fs one_line quoting shown versions"),
    ("programs", ""),
    ("context", "env_vars error fs programs"),
    ("asked", "context shown"),
    ("isolation", ""),
    (FOR_TESTS, "context"),
    ("directories", "context env_vars error fs"),
    ("output", "error"),
    ("belief", "context directories env_vars error fs output shown"),
    ("uv", "asked belief context formats fs shown versions"),
    ("config", "belief context directories env_vars error fs shown"),
    ("processes", "context env_vars fs"),
    ("environment", "error formats fs one_line shown versions"),
    ("workon_home", "context directories environment error formats fs shown"),
    ("hooks", "context directories env_vars environment error formats output shown workon_home"),
    ("templates", "asked context directories env_vars error hooks programs shown workon_home"),
    ("trust", "belief context directories env_vars error fs shown"),
    ("project", "context directories env_vars environment error formats fs one_line shown workon_home"),
    ("tmpenv", "environment fs processes workon_home"),
    ("customization", "context environment error fs hooks project"),
    ("keepsake", "context customization environment error formats fs hooks project workon_home"),
    (
        "interpreter",
        "asked belief context directories env_vars error formats fs isolation programs quoting shown uv verb versions",
    ),
    ("elsewhere", "context directories env_vars environment error fs interpreter project shown workon_home"),
    ("recipe", "context environment error formats fs hooks one_line project shown workon_home"),
    ("search", "environment error formats fs shown versions"),
    ("seed", "asked belief context env_vars error formats fs interpreter isolation quoting shown uv versions"),
    ("creator", "context env_vars error formats fs interpreter one_line shown versions"),
    (
        "installer",
        "asked belief config context directories env_vars environment error formats fs isolation one_line shown uv versions",
    ),
    // seed: its tests alone.
    ("relocate", "context environment error formats fs interpreter quoting seed"),
    (
        "health",
        "belief config context directories env_vars environment error formats fs hooks interpreter keepsake programs relocate seed tmpenv versions \
         workon_home",
    ),
    ("activation", ""),
    ("variables", "activation env_vars"),
    ("shell", "activation error formats quoting shown variables"),
    (
        "commands",
        "activation asked belief config context creator customization directories elsewhere env_vars environment error formats fs health hooks installer interpreter \
         keepsake output processes programs project recipe relocate search seed shown templates tmpenv trust variables verb workon_home",
    ),
    ("cli", "commands context elsewhere env_vars error output quoting shell verb workon_home"),
    ("main", "cli context"),
];

/// Built for unit tests only, so that everybody's may use it.
const FOR_TESTS: &str = "fuzzed";

/// Commands fill plans and know no shell, but for these: which shell calls (mod), its functions
/// (init), the scripts that an environment carries (where one is made or gets another place), and
/// the formats that can be asked for (env).
const MAY_IMPORT_SHELL: &[&str] = &[
    "commands/mod.rs",
    "commands/init.rs",
    "commands/creation/mod.rs",
    "commands/creation/recipe.rs",
    "commands/cpvirtualenv.rs",
    "commands/elsewhere.rs",
    "commands/env.rs",
    "commands/mktmpenv.rs",
    "commands/mvvirtualenv.rs",
    "commands/doctor/mod.rs",
    "commands/doctor/remedy.rs",
    "commands/doctor/words.rs",
];

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

/// What only one place may write, tests apart: code for a shell, and the way a shell writes a
/// quote.
const ONLY_WRITTEN_IN: &[(&str, &str)] =
    &[("; then\\n", "shell/"), ("end\\n\"", "shell/"), ("\\\\builtin ", "shell/"), ("'\\\\''", "quoting/")];

/// Longer than this, and a file does two things.
const LONGEST: usize = 410;

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

#[test]
fn imports_follow_the_table() {
    let allowed = |module: &str| MAY_IMPORT.iter().find(|row| row.0 == module).map(|row| row.1.split_whitespace());
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        let Some(allowed) = allowed(module).map(Iterator::collect::<Vec<_>>) else {
            wrong.push(format!("{module} has no row in the table"));
            continue;
        };
        for line in &source.code {
            for name in imported(line) {
                let exception = name == "shell" && MAY_IMPORT_SHELL.contains(&source.path.as_str());
                // A group (`crate::{a, b}`) reads as an empty name, which no row has.
                if name != module && name != FOR_TESTS && !exception && !allowed.contains(&name) {
                    wrong.push(format!("{}: {}", source.path, line.trim()));
                }
            }
            // From a file at the top, `super` is the crate, too.
            if !source.path.contains('/') && line.contains("super::") && line.trim() != "use super::*;" {
                wrong.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that the table does not know:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_goes_downwards_and_is_the_index_of_the_house() {
    for (index, (module, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in imports.split_whitespace() {
            assert!(MAY_IMPORT[..index].iter().any(|row| row.0 == import), "{module} imports {import} from above");
        }
    }
    let mut listed: Vec<String> = Vec::new();
    for source in sources().iter().filter(|source| source.path == "main.rs") {
        let modules = source.code.iter().filter_map(|line| line.strip_prefix("mod ")?.split(';').next());
        listed.extend(modules.map(str::to_owned));
    }
    listed.push("main".to_owned());
    assert_eq!(listed, MAY_IMPORT.iter().map(|row| row.0).collect::<Vec<_>>(), "in the order of src/main.rs");
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
fn only_shell_writes_shell_code_and_only_quoting_writes_literals() {
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
