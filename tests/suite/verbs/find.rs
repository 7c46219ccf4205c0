//! `venvwrap find`: which environments hold what, read from disk.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::disk::tree;
use crate::support::programs::write_program;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::verbs::store::bound_by_permissions;

const PACKAGES: &str = "lib/python3.11/site-packages";

/// Metadata as an installer of wheels writes it.
fn distribution(root: &Path, name: &str, version: &str) -> PathBuf {
    let directory = root.join(PACKAGES).join(format!("{name}-{version}.dist-info"));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("METADATA"), format!("Name: {name}\nVersion: {version}\n")).unwrap();
    directory
}

fn program(root: &Path, name: &str) {
    let file = root.join("bin").join(name);
    write_program(&file, "#!/bin/sh\n");
}

/// Three environments; one of them has no Python any more.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, numpy) in [("new", "2.1.0"), ("old", "1.26.4"), ("rc", "2.0.0rc1")] {
        let root = sandbox.minimal_environment(name);
        distribution(&root, "numpy", numpy);
        distribution(&root, "Flask_SQLAlchemy", "3.1");
    }
    fs::remove_file(sandbox.environment("old").join("bin/python")).unwrap();
    sandbox.minimal_environment("empty");
    sandbox
}

#[test]
fn distributions_are_found_by_name_and_by_conditions_as_pep_440_reads_them() {
    let sandbox = world();
    let before = tree(sandbox.root());
    let table = "environment  distribution  version   python
new          numpy         2.1.0     3.11.2
old          numpy         1.26.4    3.11.2
rc           numpy         2.0.0rc1  3.11.2
";
    sandbox.run(["find", "numpy"]).status(0).stdout(table).stderr("");
    let environments = |requirements: &[&str]| {
        let answer = sandbox.run([&["find"], requirements].concat()).status(0).stderr("");
        let text = answer.stdout_text();
        let names: Vec<String> = text.lines().skip(1).map(|line| line.split(' ').next().unwrap().to_owned()).collect();
        names.join(" ")
    };
    for (requirements, expected) in [
        (&["NumPy"][..], "new old rc"),
        // A release candidate of 2.0 is no 1.x.
        (&["numpy<2"], "old"),
        (&["numpy (<2)"], "old"),
        (&["numpy>1.26,<2.1"], "old rc"),
        (&["numpy==2.*"], "new rc"),
        (&["numpy<2", "numpy>=2.1"], "new old"),
        (&["flask.sqlalchemy~=3.0"], "new old rc"),
        (&["numpy<2", "flask-sqlalchemy"], "new old old rc"),
    ] {
        assert_eq!(environments(requirements), expected, "{requirements:?}");
    }
    assert_eq!(tree(sandbox.root()), before);
}

#[test]
fn nothing_found_is_status_1_and_says_where_was_searched() {
    let sandbox = world();
    let said = "Found nothing in 4 environments; `--all` also searches those of other tools\n";
    for words in [&["numpy<1"][..], &["nosuch"], &["--file", "nosuch"], &["--script", "nosuch"], &["--pth"]] {
        sandbox.run([&["find"], words].concat()).status(1).stdout("").stderr(said);
    }
    sandbox.run(["find", "--all", "nosuch"]).status(1).stdout("").stderr("Found nothing in 4 environments\n");
    let json = sandbox.run(["find", "--json", "nosuch"]).status(1).stderr("").stdout_text();
    assert!(json.contains("\"matches\": []"), "{json}");
    let none = "No environments yet. Create one with `venvwrap mkvirtualenv NAME`.\n";
    Sandbox::new().run(["find", "numpy"]).status(1).stdout("").stderr(none);
}

#[test]
fn what_cannot_be_searched_for_is_a_usage_error_with_the_command_that_can() {
    let sandbox = world();
    let form = "it is not a name with conditions on the version (PEP 508)";
    let quotes = "give a name, or a name with conditions in quotes: `'numpy<2'`, `'numpy>=1.26,!=1.26.2'`";
    for (requirement, reason, hint) in [
        ("numpy=1.26", form, "`venvwrap find 'numpy==1.26'`"),
        ("numpy 1.26", form, "`venvwrap find 'numpy==1.26'`"),
        ("numpy@1.26", form, "`venvwrap find 'numpy==1.26'`"),
        ("numpy<", form, quotes),
        ("numpy=><2", form, quotes),
        ("", form, quotes),
        ("../x", form, quotes),
        ("celery[redis]>5", "an environment does not record extras", "`venvwrap find 'celery>5'`"),
        ("a>1; os_name == 'nt'", "environment markers cannot be searched for", "`venvwrap find 'a>1'`"),
        ("a @ https://h/a.whl", "an address cannot be searched for", "`venvwrap find a`"),
    ] {
        let said = format!("venvwrap: cannot find `{requirement}`: {reason}\nhint: {hint}\n");
        sandbox.run(["find", requirement]).status(2).stdout("").stderr(said);
    }
    for path in ["", "/etc/passwd", "../x"] {
        let said = format!(
            "venvwrap: cannot find `{path}`\nhint: give a path below site-packages, such as `yaml/__init__.py`\n"
        );
        sandbox.run(["find", "--file", path]).status(2).stdout("").stderr(said);
    }
    let said = "venvwrap: cannot find `bin/black`\nhint: give the name of a program, such as `black`\n";
    sandbox.run(["find", "--script", "bin/black"]).status(2).stdout("").stderr(said);
    for words in [&["find"][..], &["find", "numpy", "--pth"], &["find", "--file", "x", "--script", "x"]] {
        sandbox.run(words).status(2).stdout("").stderr_contains("venvwrap: ");
    }
}

#[test]
fn files_are_found_below_site_packages_by_path_and_by_wildcards() {
    let sandbox = world();
    sandbox.write(format!("envs/new/{PACKAGES}/yaml/__init__.py"), "");
    sandbox.write(format!("envs/rc/{PACKAGES}/a/yaml/__init__.py"), "");
    // As on Fedora since 3.14.
    sandbox.write("envs/old/lib64/python3.11/site-packages/yaml/__init__.py", "");
    symlink("gone", sandbox.environment("rc").join(PACKAGES).join("yaml")).unwrap();
    let new = format!("new          3.11.2  [ROOT]/envs/new/{PACKAGES}/yaml/__init__.py\n");
    let old = "old          3.11.2  [ROOT]/envs/old/lib64/python3.11/site-packages/yaml/__init__.py\n";
    let rc = format!("rc           3.11.2  [ROOT]/envs/rc/{PACKAGES}/a/yaml/__init__.py\n");
    let header = "environment  python  path\n";
    let table = format!("{header}{new}{old}");
    sandbox.run(["find", "--file", "yaml/__init__.py"]).status(0).stdout(table).stderr("");
    let table = format!("{header}{new}{old}{rc}");
    sandbox.run(["find", "--file", "**/yaml/__init__.*"]).status(0).stdout(table).stderr("");
    let said = format!("environment `rc`: [ROOT]/envs/rc/{PACKAGES}/yaml is a link to a missing file\n");
    sandbox.run(["find", "--file", "yam?"]).status(0).stderr(said);
}

#[test]
fn scripts_are_programs_in_bin() {
    let sandbox = world();
    program(&sandbox.environment("new"), "black");
    program(&sandbox.environment("old"), "blackd");
    symlink("gone", sandbox.environment("rc").join("bin/black")).unwrap();
    sandbox.write("envs/empty/bin/black", "not executable");
    let table = "environment  python  path\nnew          3.11.2  [ROOT]/envs/new/bin/black\n";
    let said = "environment `rc`: [ROOT]/envs/rc/bin/black is a link to a missing file\n";
    sandbox.run(["find", "--script", "black"]).status(0).stdout(table).stderr(said);
    let answer = sandbox.run(["find", "--script", "black*"]).status(0).stderr(said);
    assert!(answer.stdout_text().ends_with("old          3.11.2  [ROOT]/envs/old/bin/blackd\n"), "{answer}");
}

#[test]
fn startup_code_is_listed_line_by_line_and_inert() {
    let sandbox = world();
    sandbox.write(format!("envs/new/{PACKAGES}/distutils-precedence.pth"), "import os; var = 'x'\n");
    let code = b"# import x\n/path\n\nimport\tevil\x1b[2K;\xe2\x80\xae \xff\nimportlib\n";
    sandbox.write(format!("envs/old/{PACKAGES}/\u{202e}odd.pth"), code);
    sandbox.write(format!("envs/old/{PACKAGES}/not-one.pth.txt"), "import x\n");
    fs::create_dir(sandbox.environment("rc").join(PACKAGES).join("directory.pth")).unwrap();
    let table = "environment  file                      line  code
new          distutils-precedence.pth     1  import os; var = 'x'
old          \\u{202e}odd.pth              4  import\\tevil\\u{1b}[2K;\\u{202e} \u{fffd}
";
    let said =
        format!("environment `rc`: [ROOT]/envs/rc/{PACKAGES}/directory.pth is not a regular file, or a link to none\n");
    sandbox.run(["find", "--pth"]).status(0).stdout(table).stderr(&said);
    let answer = sandbox.run(["find", "--pth", "--json"]).status(0).stderr(&said);
    let value: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(value["matches"][1]["code"], "import\tevil\u{1b}[2K;\u{202e} \u{fffd}");
    assert_eq!(value["matches"][1]["line"], 4);
    assert_eq!(value["notes"].as_array().unwrap().len(), 1);
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        let screen = terminal.run("stty cols 200; venvwrap find --pth");
        assert!(screen.contains("import\\tevil\\u{1b}[2K;\\u{202e}"), "{screen}");
    }
}

/// A search is never ended by what one environment holds.
#[test]
fn damage_is_said_and_the_search_goes_on() {
    let sandbox = world();
    let new = sandbox.environment("new");
    // What an interrupted pip leaves, and what it never writes.
    fs::create_dir(new.join(PACKAGES).join("~umpy-2.0.dist-info")).unwrap();
    fs::create_dir(new.join(PACKAGES).join("numpy-1.0.dist-info")).unwrap();
    distribution(&sandbox.environment("rc"), "pytz", "2004d-x");
    let old = sandbox.environment("old").join(PACKAGES);
    fs::write(old.join("six.egg-info"), "Name: six\nVersion: 1.9\n").unwrap();
    sandbox.write("src/mine/mine.egg-info/PKG-INFO", "Name: mine\nVersion: 0.3\n");
    fs::write(old.join("mine.egg-link"), [sandbox.root().join("src/mine").as_os_str().as_bytes(), b"\n."].concat())
        .unwrap();
    fs::write(old.join("lost.egg-link"), "/gone\n.").unwrap();
    sandbox.write("envs/hollow/pyvenv.cfg", "home = /usr/bin\n");
    let hollow = "environment `hollow`: cannot read: [ROOT]/envs/hollow/lib: No such file or directory (os error 2)\n";
    let twice = format!(
        "environment `new`: [ROOT]/envs/new/{PACKAGES}/numpy-1.0.dist-info has no METADATA: it may be left over\n\
         environment `new`: `numpy` is installed twice: numpy-1.0.dist-info and numpy-2.1.0.dist-info\n"
    );
    let answer = sandbox.run(["find", "numpy"]).status(0).stderr(format!("{hollow}{twice}"));
    assert_eq!(answer.stdout_text().lines().count(), 5, "{answer}");
    for (requirement, row) in [
        ("six<2", "old          six           1.9      3.11.2"),
        ("mine==0.3", "old          mine          0.3      3.11.2"),
        ("lost", "old          lost          -        3.11.2"),
        ("pytz", "rc           pytz          2004d    3.11.2"),
    ] {
        let answer = sandbox.run(["find", requirement]).status(0).stderr(hollow);
        assert_eq!(answer.stdout_text().lines().nth(1), Some(row), "{requirement}");
    }
    for (requirement, said) in [
        ("pytz>1", "environment `rc`: `pytz` has a version that cannot be compared: version `2004d`\n"),
        ("lost>1", "environment `old`: `lost` has a version that cannot be compared: unknown version\n"),
    ] {
        let answer = sandbox.run(["find", requirement]).status(1).stdout("");
        assert!(answer.stderr_text().starts_with(&format!("{hollow}{said}")), "{answer}");
    }
}

#[test]
fn a_directory_without_permission_is_said_and_the_search_goes_on() {
    let sandbox = world();
    let packages = sandbox.environment("new").join(PACKAGES);
    fs::set_permissions(&packages, fs::Permissions::from_mode(0o000)).unwrap();
    let denied = format!("[ROOT]/envs/new/{PACKAGES}: Permission denied (os error 13)\n");
    for words in [&["find", "numpy"][..], &["find", "--file", "numpy*"]] {
        let answer = bound_by_permissions(&sandbox, words).status(0);
        assert_eq!(answer.stderr_text(), format!("environment `new`: cannot list: {denied}"), "{answer}");
    }
    fs::set_permissions(&packages, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn odd_names_are_inert_on_a_terminal_and_found_again_in_json() {
    let sandbox = world();
    let odd = OsStr::from_bytes(b"\x1b[31mred\xff");
    distribution(&sandbox.minimal_environment(odd), "odd", "1");
    let table = "environment        distribution  version  python
\\u{1b}[31mred\\xff  odd           1        3.11.2
";
    sandbox.run(["find", "odd"]).status(0).stdout(table).stderr("");
    let answer = sandbox.run(["find", "odd", "--json"]).status(0).stderr("");
    let value: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(value["matches"][0]["environment"]["name_bytes"], "1b5b33316d726564ff");
    assert_eq!(value["matches"][0]["version"], "1");
}

#[test]
fn tab_offers_what_is_installed() {
    let sandbox = world();
    program(&sandbox.environment("new"), "black");
    let zsh = RcFile { before: "autoload -Uz compinit; compinit -u -D", after: "" };
    let plain = RcFile { before: "", after: "" };
    for (shell, rc) in [(Shell::Bash, plain), (Shell::Zsh, zsh), (Shell::Fish, plain)] {
        let terminal = Terminal::start_with(&sandbox, shell, rc);
        for (typed, whole) in [
            ("venvwrap find num", "venvwrap find numpy "),
            ("venvwrap find numpy fla", "venvwrap find numpy flask-sqlalchemy "),
            ("venvwrap find --script bl", "venvwrap find --script black "),
            ("venvwrap find --fi", "venvwrap find --file "),
        ] {
            assert_eq!(terminal.completed(format!("{typed}\t")), whole, "{shell:?}");
        }
    }
}

/// The functions of a shell do not stand in front of the system's own `find`.
#[test]
fn conditions_reach_it_through_every_shell() {
    let sandbox = world();
    let expected = sandbox.run(["find", "numpy<2", "numpy>2.0,!=2.2.*"]).status(0).stdout;
    for shell in Shell::ALL {
        let code = "venvwrap find 'numpy<2' \"numpy>2.0,!=2.2.*\"; find envs/old -name pyvenv.cfg -prune";
        let expected = [&sandbox.masked(&expected)[..], b"envs/old/pyvenv.cfg\n"].concat();
        drop(shell.plain().run(&sandbox, code).status(0).stderr("").stdout(expected));
    }
}
