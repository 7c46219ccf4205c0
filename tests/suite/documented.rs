//! What documents name exists, and the reference is complete: the tests in docs/promises.md,
//! docs/faults.md, and the Makefile, linked files, and every variable, setting, and exit status.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The words in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Whether `name` is a module of the suite or the program, a test in one, or a source file.
pub(crate) fn is_there(name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name.contains(".rs") {
        return root.join(name).is_file() || root.join("tests/suite").join(name).is_file();
    }
    let parts: Vec<&str> = name.split("::").filter(|part| !part.is_empty()).collect();
    let module = |parts: &[&str]| {
        let places =
            ["tests/suite", "src"].map(|place| parts.iter().fold(root.join(place), |place, part| place.join(part)));
        let files = places.into_iter().flat_map(|place| [place.with_extension("rs"), place.join("mod.rs")]);
        files.into_iter().find(|file| file.is_file())
    };
    let has_test = |(test, parts): (&&str, &[&str])| {
        let text = module(parts).map(|file| fs::read_to_string(file).unwrap().replace("    ", ""));
        text.is_some_and(|text| text.contains(&format!("#[test]\nfn {test}(")))
    };
    module(&parts).is_some() || parts.split_last().is_some_and(has_test)
}

#[track_caller]
fn assert_there(names: &[&str], place: &str) {
    let gone: Vec<&&str> = names.iter().filter(|name| !is_there(name)).collect();
    assert!(gone.is_empty(), "{place} names tests that are not there: {gone:?}");
}

#[test]
fn each_promise_names_tests_that_are_there() {
    let text = read("docs/promises.md");
    let promises: Vec<&str> = text.split("\n- ").skip(1).collect();
    assert!(promises.len() >= 7, "{promises:?}");
    for promise in promises {
        let names = promise.trim_end().strip_suffix(']').and_then(|promise| promise.rsplit_once('['));
        let names = quoted(names.unwrap_or_else(|| panic!("no test keeps: {promise}")).1);
        assert!(!names.is_empty(), "no test keeps: {promise}");
        assert_there(&names, "docs/promises.md");
    }
}

/// A newcomer reads it to the end.
#[test]
fn the_readme_is_short() {
    let text = read("README.md");
    let (lines, words) = (text.lines().count(), text.split_whitespace().count());
    assert!(lines < 200 && words <= 1200, "README.md has {lines} lines and {words} words");
}

/// Files that documents link to exist.
#[test]
fn links_lead_to_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let at_the_top = ["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "CHANGELOG.md"];
    let pages = docs.chain(at_the_top.map(|name| root.join(name)));
    for page in pages.filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            let is_elsewhere = link.is_empty() || link.contains("://");
            assert!(is_elsewhere || page.with_file_name("").join(link).exists(), "{}: {link}", page.display());
        }
    }
}

/// The texts of all source files, tests apart.
fn sources() -> Vec<String> {
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut texts = Vec::new();
    while let Some(directory) = directories.pop() {
        for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                directories.push(path);
            } else if !["tests", "fuzzed"].iter().any(|word| path.to_str().unwrap().contains(word)) {
                let text = fs::read_to_string(path).unwrap();
                texts.push(text.split("mod tests {").next().unwrap().to_owned());
            }
        }
    }
    texts
}

/// The words that follow `before` and end with `after`.
fn between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| Some(rest.split_once(after)?.0)).collect()
}

const REGENERATE: &str = "`tests/tools/reference.sh target/*/debug/venvwrap` writes the tables of docs/reference.md";

#[test]
fn the_reference_has_every_variable() {
    let listed = read("docs/reference.md");
    let listed = quoted(&listed);
    let named = read("src/env_vars.rs");
    let own = between(named.split("variables! {").nth(1).unwrap(), "\n    ", ',').into_iter();
    let own = own.map(|lines| lines.rsplit(' ').next().unwrap());
    let texts = sources();
    let of_others = between(&named, "pub(crate) const ", ':').into_iter();
    let read = texts.iter().flat_map(|text| {
        [".variable(\"", ".absolute(\"", ".given(\""].into_iter().flat_map(|call| between(text, call, '"'))
    });
    let is_name = |name: &&str| name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let names: Vec<&str> = own.chain(of_others).chain(read).filter(is_name).filter(|name| *name != "ALL").collect();
    assert!(names.len() > 60, "{names:?}");
    let missing: Vec<&&str> = names.iter().filter(|name| !listed.contains(name)).collect();
    assert!(missing.is_empty(), "docs/reference.md lacks {missing:?}; {REGENERATE}");
}

#[test]
fn the_reference_has_every_setting_and_its_default() {
    let source = read("src/config.rs");
    let fields = source.split("pub(crate) struct Config {").nth(1).unwrap().split("\n}").next().unwrap();
    let fields = fields.lines().map(str::trim).filter(|line| line.ends_with(',') && !line.starts_with("//"));
    let keys: Vec<String> = fields
        .map(|line| line.trim_start_matches("pub(crate) ").split(':').next().unwrap().replace('_', "-"))
        .collect();
    assert!(keys.len() >= 7 && keys.contains(&"trash-days".to_owned()), "{keys:?}");
    let manual = read("src/cli/manual.rs");
    let listed = between(&manual, "Settings: ", '.');
    assert_eq!(listed, [keys.join(", ")], "src/cli/manual.rs");
    for (page, row) in [("docs/reference.md", "| `KEY` |"), ("docs/guide.md", "\nKEY = ")] {
        let text = read(page);
        let missing: Vec<&String> = keys.iter().filter(|key| !text.contains(&row.replace("KEY", key))).collect();
        assert!(missing.is_empty(), "{page} lacks the settings {missing:?}");
    }
}

#[test]
fn the_reference_has_every_exit_status() {
    let page = read("docs/reference.md");
    let table = page.split("## Settings").next().unwrap();
    let error = read("src/error/mod.rs");
    let of_errors = error.split("fn status(&self) -> u8 {").nth(1).unwrap().split("\n    }").next().unwrap();
    let numbers = |text: &str| -> Vec<u32> {
        text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
    };
    let mut statuses = numbers(&of_errors.replace("u8", ""));
    let texts = sources();
    statuses.extend(
        texts.iter().flat_map(|text| between(text, "Outcome::Status(", ')')).filter_map(|n| n.parse::<u32>().ok()),
    );
    assert!([1, 2, 126, 127, 130].iter().all(|status| statuses.contains(status)), "{statuses:?}");
    let listed = numbers(table);
    assert!(statuses.iter().all(|status| listed.contains(status)), "docs/reference.md lacks one of {statuses:?}");
}

#[test]
fn what_is_tried_names_files_and_tests_that_are_there() {
    let text = read("docs/faults.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(rows.len() >= 20, "{rows:?}");
    for row in rows {
        let names = row.rsplit('|').nth(1).unwrap();
        assert!(!quoted(names).is_empty(), "{row}");
        // File names without a directory are in that of the first one.
        let mut directory = "";
        for name in quoted(names) {
            let named = format!("{directory}{name}");
            assert!(is_there(name) || is_there(&named), "docs/faults.md names what is not there: {name}");
            directory = name.rfind('/').map_or(directory, |end| &name[..=end]);
        }
    }
}

#[test]
fn what_make_test_faults_runs_is_there() {
    let text = read("Makefile");
    let joined = text.replace("\\\n", " ");
    let line = joined.lines().find_map(|line| line.strip_prefix("FAULTS := ")).unwrap();
    assert_there(&line.split_whitespace().collect::<Vec<_>>(), "the Makefile");
}

#[test]
fn the_reader_of_names_reads() {
    assert!(is_there("documented") && is_there("robustness::killed") && is_there("activation::"));
    assert!(is_there("documented::the_reader_of_names_reads") && is_there("src/fs/mod.rs") && is_there("quoting.rs"));
    for gone in ["nosuch", "robustness::nosuch", "documented::nosuch", "src/nosuch.rs", "documented::is_there"] {
        assert!(!is_there(gone), "{gone}");
    }
}
