//! The tests that documents name exist: docs/promises.md for each promise, docs/faults.md for each
//! fault, and the Makefile for `make test-faults`.

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
    let pages = docs.chain(["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root.join(name)));
    for page in pages.filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            let is_elsewhere = link.is_empty() || link.contains("://");
            assert!(is_elsewhere || page.with_file_name("").join(link).exists(), "{}: {link}", page.display());
        }
    }
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
