//! Tests of requests: which are valid, which are refused, and which interpreters meet them.

use super::super::facts::Interpreter;
use super::super::label::Label;
use super::*;

fn parsed(text: &str) -> Result<Request> {
    Request::parse(Some(OsStr::new(text)), &Context::made_of(&[("HOME", "/home/me")]))
}

fn described(text: &str) -> Description {
    match parsed(text) {
        Ok(Request::Described(description)) => description,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn nothing_is_the_default() {
    assert_eq!(parsed("default").unwrap(), Request::Default);
    assert_eq!(Request::parse(None, &Context::made_of(&[])).unwrap(), Request::Default);
}

#[test]
fn versions_are_understood_in_every_usual_spelling() {
    for (text, shown) in [
        ("3", "3"),
        ("3.12", "3.12"),
        (" 3.12\n", "3.12"),
        ("v3.12", "3.12"),
        ("312", "3.12"),
        ("27", "2.7"),
        ("3.12.4", "3.12.4"),
        ("python3.12", "3.12"),
        ("python@3.12", "3.12"),
        ("python 3.12", "3.12"),
        ("Python3", "3"),
        ("cpython@3.12", "cpython3.12"),
        ("cp312", "cpython3.12"),
        ("cp-3.12", "cpython3.12"),
        ("cp", "cpython"),
        ("cpython", "cpython"),
        ("pypy", "pypy"),
        ("PyPy3.9", "pypy3.9"),
        ("pp310", "pypy3.10"),
        ("pypy@3.10", "pypy3.10"),
        ("pypy-3.10", "pypy3.10"),
        ("graalpy@3.11", "graalpy3.11"),
        ("any", "any"),
        // Builds.
        ("3.13t", "3.13t"),
        ("313t", "3.13t"),
        ("3.13+freethreaded", "3.13t"),
        ("3.14d", "3.14d"),
        ("3.14+debug", "3.14d"),
        ("3.14td", "3.14td"),
        ("3.14+freethreaded+debug", "3.14td"),
        ("3.14+gil", "3.14+gil"),
        ("3.14+gil+debug", "3.14+gil+debug"),
        ("python3.13t", "3.13t"),
        // Pre-releases.
        ("3.15.0rc1", "3.15.0rc1"),
        ("3.15rc1", "3.15rc1"),
        ("3.15.0a2t", "3.15.0a2t"),
        ("3.15beta1", "3.15b1"),
        ("cpython3.15c2", "cpython3.15rc2"),
        // Conditions.
        (">=3.11,<3.14", ">=3.11,<3.14"),
        (" >= 3.11 , < 3.14 ", ">=3.11,<3.14"),
        ("~=3.11", "~=3.11"),
        ("==3.12.*", "3.12"),
        ("==3.12", "3.12"),
        ("===3.12.4", "3.12.4"),
        ("==3", "3"),
        ("==10", "==10"),
        ("==3rc1", "==3rc1"),
        ("cpython==0rc1t", "cpython==0rc1+freethreaded"),
        ("cpython==10t", "cpython==10+freethreaded"),
        ("!=3.12.1", "!=3.12.1"),
        ("==3.12.*,!=3.12.1", "==3.12.*,!=3.12.1"),
        ("cpython>=3.12", "cpython>=3.12"),
        ("pypy@>=3.9,<3.11", "pypy>=3.9,<3.11"),
        (">=3.13t", ">=3.13+freethreaded"),
        (">=3.13,<4+gil", ">=3.13,<4+gil"),
        (">=3.15.0rc1", ">=3.15.0rc1"),
        // Keys.
        ("cpython-3.12.3-linux-x86_64-gnu", "cpython-3.12.3-linux-x86_64-gnu"),
        ("cpython-3.13.0+freethreaded-macos-aarch64-none", "cpython-3.13.0+freethreaded-macos-aarch64-none"),
        ("cpython-linux", "cpython-any-linux"),
        ("any-3.12-any-x86_64", "any-3.12-any-x86_64"),
        ("3.12-linux", "any-3.12-linux"),
        ("pypy->=3.9-linux-any-any", "pypy->=3.9-linux"),
        ("cpython-3.12-any-any-any", "cpython3.12"),
    ] {
        assert_eq!(described(text).to_string(), shown, "{text}");
        assert_eq!(described(shown), described(text), "{text}");
    }
}

#[test]
fn an_invalid_version_is_refused_in_one_line_with_a_hint() {
    for text in [
        "",
        "3.",
        "3..1",
        "3.12.4.5",
        "3.x",
        "3.*",
        "3.12.*",
        "3.999",
        "3.12\n3",
        "cpython@",
        "pypy@x",
        "cpython>=x",
        ">=",
        "^3.8",
        ">=3.8 <3.10",
        "3.8,3.9",
        "~=3",
        "3.12tt",
        "3.12dt",
        "3.12+x",
        "3.12+gil+freethreaded",
        "3.12+",
        "3rc1",
        "3.12-dev",
        "3.12-lunix",
        "3.12-linux-x86_64-gnu-x",
        "12345",
    ] {
        let error = parsed(text).unwrap_err();
        assert_eq!((error.to_string().lines().count(), error.status()), (1, 2), "{text}");
        assert!(error.hint().unwrap().contains("`3.12`"), "{text}");
    }
}

#[test]
fn other_words_are_commands() {
    let words = [
        "python",
        "python3-dbg",
        "python3.11-config",
        "mypython",
        "jython",
        "it's $x",
        "-c",
        "pypy3clean",
        "py38",
        "vi",
    ];
    for text in words {
        assert_eq!(parsed(text).unwrap(), Request::Command(text.into()));
    }
}

#[test]
fn a_slash_or_a_tilde_makes_a_path() {
    assert_eq!(parsed("/opt/py 'x'/../bin/python").unwrap(), Request::Path("/opt/bin/python".into()));
    assert_eq!(parsed("~/py").unwrap(), Request::Path("/home/me/py".into()));
    assert_eq!(parsed("~").unwrap(), Request::Path("/home/me".into()));
    assert!(matches!(parsed("./3.12").unwrap(), Request::Path(path) if path.is_absolute()));
}

#[test]
fn commands_go_from_the_exact_to_the_general() {
    let commands = |text| [described(text).exact_commands(), described(text).general_commands()].map(|c| c.join(" "));
    assert_eq!(commands("3.12.4"), ["python3.12", "python3 python"]);
    assert_eq!(commands("2.7"), ["python2.7", "python2 python"]);
    assert_eq!(commands("3"), ["python3", "python"]);
    assert_eq!(commands("3.13t"), ["python3.13t python3.13", "python3 python"]);
    assert_eq!(commands("3.13td"), ["python3.13td python3.13", "python3 python"]);
    assert_eq!(commands("pypy"), ["pypy3 pypy", ""]);
    assert_eq!(commands("any"), ["python3 python pypy3 pypy", ""]);
    assert_eq!(commands(">3.8,<3.11"), ["python3 python3.10 python3.9 python3.8", "python"]);
    assert_eq!(commands("pypy<3"), ["pypy3 pypy2.7", "pypy"]);
    assert_eq!(commands(">=3.13,<3.14+freethreaded"), ["python3 python3.13t python3.13", "python"]);
    assert_eq!(commands("pypy3.9"), ["pypy3.9", "pypy3 pypy"]);
}

#[test]
fn an_interpreter_has_to_be_what_was_asked_for() {
    let mut python = super::super::fake::interpreter(Path::new("/opt/x"), "3.13.1");
    for fits in ["3", "3.13", "3.13.1", "cpython3.13"] {
        assert_eq!(described(fits).mismatch(&python), None, "{fits}");
    }
    for other in ["3.1", "3.13.0", "2", "pypy3.13"] {
        assert_eq!(described(other).mismatch(&python).unwrap(), "is CPython 3.13.1", "{other}");
    }
    python.abiflags = "t".to_owned();
    for fits in ["3.13t", ">=3.13t", "any"] {
        assert_eq!(described(fits).mismatch(&python), None, "{fits}");
    }
    for other in ["3.13", ">=3.13", "3.13+gil", "3.13td", "3.13d"] {
        assert_eq!(described(other).mismatch(&python).unwrap(), "is CPython 3.13.1, free-threaded", "{other}");
    }
    assert!(Description::default().mismatch(&python).is_some());
}

/// PEP 779: from 3.14 on, a free-threaded build is supported, and taken if it comes first.
#[test]
fn a_free_threaded_build_is_one_of_several_from_3_14_on() {
    let mut python = super::super::fake::interpreter(Path::new("/opt/x"), "3.14.0");
    python.abiflags = "t".to_owned();
    for fits in ["3.14", "3.14t", ">=3.13", "3"] {
        assert_eq!(described(fits).mismatch(&python), None, "{fits}");
    }
    assert!(described("3.14+gil").mismatch(&python).is_some());
    python.abiflags = "td".to_owned();
    let told = described("3.14+gil").mismatch(&python).unwrap();
    assert_eq!(told, "is CPython 3.14.0, free-threaded, for debugging");
}

#[test]
fn a_pre_release_or_a_debug_build_is_second_best_unless_it_was_asked_for() {
    let mut python = super::super::fake::interpreter(Path::new("/opt/x"), "3.15.0");
    python.release = "candidate.1".to_owned();
    let judged = |text: &str, python: &Interpreter| {
        let wanted = described(text);
        wanted.mismatch(python).is_none().then(|| wanted.is_second_best(python))
    };
    for second in ["3", "3.15", ">=3.14", "cpython"] {
        assert_eq!(judged(second, &python), Some(true), "{second}");
    }
    for first in ["3.15rc1", "3.15.0rc1", ">=3.15.0a1", "any"] {
        assert_eq!(judged(first, &python), Some(false), "{first}");
    }
    for other in ["3.15.0", "3.15rc2", "3.15.1rc1", "<3.15", ">=3.15.0rc2"] {
        assert_eq!(judged(other, &python), None, "{other}");
    }
    assert_eq!(described("3.15.0").mismatch(&python).unwrap(), "is CPython 3.15.0rc1");
    python.release = "final.0".to_owned();
    assert_eq!(judged("3.15rc1", &python), None);
    assert_eq!(judged("3.15.0", &python), Some(false));
    python.abiflags = "d".to_owned();
    assert_eq!((judged("3.15", &python), judged("3.15d", &python)), (Some(true), Some(false)));
}

#[test]
fn a_key_has_to_fit_in_all_its_parts() {
    let python = super::super::fake::interpreter(Path::new("/opt/x"), "3.13.1");
    assert_eq!(described("cpython-3.13.1").mismatch(&python), None);
    let elsewhere = if cfg!(target_os = "macos") { "linux" } else { "macos" };
    let told = described(&format!("cpython-3.13.1-{elsewhere}")).mismatch(&python).unwrap();
    assert_eq!(told, format!("is CPython 3.13.1, and not for {elsewhere}"));
}

#[test]
fn directories_of_installations_are_chosen_by_name_newest_first() {
    let names = [
        "3.8.2",
        "3.8.18",
        "3.80.1",
        "3.8-dev",
        "3.8.19rc1",
        "cpython-3.8-linux-x86_64-gnu",
        "cpython-3.8.20-linux-x86_64-gnu",
        "3.8.9t",
        "3.8t-dev",
        "cpython-3.8.1+freethreaded-linux-x86_64-gnu",
        "pypy3.8-7.3.11",
        "pypy-3.8.16-linux-x86_64-gnu",
        "my-env",
        "miniconda3-4.7",
        "3.8_old",
    ];
    let chosen = |text: &str| {
        let wanted = described(text);
        let mut found: Vec<(Label, &str)> =
            names.iter().filter_map(|name| Some((Label::parse(name)?, *name))).collect();
        found.retain(|(label, _)| wanted.fits_label(label));
        found.sort_by_key(|(label, _)| label.newest_first());
        found.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(" ")
    };
    let newest = "cpython-3.8-linux-x86_64-gnu cpython-3.8.20-linux-x86_64-gnu 3.8.18 3.8.2 3.8-dev 3.8.19rc1";
    assert_eq!(chosen("3.8"), newest);
    assert_eq!(chosen("3.8t"), "3.8.9t cpython-3.8.1+freethreaded-linux-x86_64-gnu 3.8t-dev");
    assert_eq!(chosen("pypy3.8"), "pypy-3.8.16-linux-x86_64-gnu pypy3.8-7.3.11");
    assert_eq!(chosen("3.8.18"), "3.8.18");
}
