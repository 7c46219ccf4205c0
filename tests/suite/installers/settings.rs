//! Settings of pip and uv decide which of them installs, and never where packages go.

use std::fs;

use super::{is_there, offline, world};
use crate::support::sandbox::Sandbox;

#[test]
fn uv_steps_aside_where_something_was_said_to_pip_alone() {
    let mut sandbox = world();
    let by_uv = |sandbox: &Sandbox, variable: &str| {
        let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"])).status(0);
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        let is_uv = answer.stderr_text().contains(" + tiny-thing==2.0");
        assert_ne!(
            is_uv,
            answer.stdout_text().contains("Successfully installed tiny-thing-2.0"),
            "{variable}: {answer}"
        );
        is_uv
    };
    assert!(by_uv(&sandbox, "none"));
    sandbox.set("PIP_NO_CACHE_DIR", "1").set("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple");
    assert!(!by_uv(&sandbox, "PIP_EXTRA_INDEX_URL"));
    sandbox.set("UV_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple");
    assert!(by_uv(&sandbox, "both"));
    sandbox.unset("PIP_EXTRA_INDEX_URL").unset("PIP_CONFIG_FILE");
    sandbox.write("home/.config/pip/pip.conf", "[install]\nno-binary = other-thing\n");
    assert!(!by_uv(&sandbox, "pip.conf"));
}

/// Lines that only pip understands, and a file that uv rejects for a reason not known beforehand.
#[test]
fn pip_installs_what_uv_cannot_read_and_one_line_says_so() {
    let sandbox = world();
    sandbox.write("base.txt", "tiny-thing\\\n<2\n");
    for (text, why) in [
        ("--extra-index-url http://u:secret@127.0.0.1:9/simple\ntiny-thing<2\n", "`--extra-index-url`"),
        ("--trusted-host x\ntiny-thing<2\n", "`--trusted-host`"),
        (
            "tiny-thing<2 ; python_version \\\n  > '2'\n",
            "`tiny-thing<2 ; python_version`, which goes on in the next line",
        ),
        ("-r base.txt\n", "`tiny-thing`, which goes on in the next line"),
        ("--find-links ./gone\ntiny-thing<2\n", "a missing directory for `--find-links`"),
    ] {
        sandbox.write("r.txt", text);
        let answer = sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0);
        let said = answer.stderr_text();
        assert!(said.contains(&format!("using pip: uv does not read {why} as pip does\n")), "{text}: {answer}");
        assert!(answer.stdout_text().contains("Successfully installed tiny-thing-1.0"), "{text}: {answer}");
        assert!(!said.contains("secret"), "{answer}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    sandbox.write("r.txt", b"# -*- coding: latin-1 -*-\ntiny-thing<2 # \xe9\n");
    let said = "using pip: uv does not read text that is not UTF-8 as pip does\n";
    sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0).stderr_contains(said);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // To pip, a vertical tab ends a line; uv reports a syntax error.
    sandbox.write("r.txt", "tiny-thing<2\u{b}other-thing\n");
    let answer = sandbox.run(offline(&["-q", "-r", "r.txt"])).status(0);
    assert!(answer.stderr_text().contains("using pip: uv cannot read it\n"), "{answer}");
    assert!(is_there(&sandbox, "tiny_thing") && is_there(&sandbox, "other_thing"));
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // Other failures are not tried again with pip.
    sandbox.write("r.txt", "gone-thing\n");
    let answer = sandbox.run(offline(&["-q", "-r", "r.txt"]));
    assert!(answer.code() == 1 && !answer.stderr_text().contains("pip installs this"), "{answer}");
}

#[test]
fn no_setting_puts_packages_into_another_place() {
    let mut sandbox = world();
    let elsewhere = sandbox.root().join("elsewhere");
    let elsewhere = elsewhere.to_str().unwrap();
    for installer in ["auto", "pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for (name, value) in [
            ("PIP_USER", "1"),
            ("PIP_TARGET", elsewhere),
            ("PIP_PREFIX", elsewhere),
            ("PIP_ROOT", elsewhere),
            ("PIP_DRY_RUN", "1"),
            ("UV_SYSTEM_PYTHON", "1"),
        ] {
            sandbox.set(name, value);
            let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"])).status(0);
            assert!(is_there(&sandbox, "tiny_thing"), "{installer} {name}: {answer}");
            let is_told = installer == "pip" && name.starts_with("PIP_") && name != "PIP_USER";
            let said = format!("ignored {name}: packages are installed into the environment\n");
            assert_eq!(answer.stderr_text().contains(&said), is_told, "{installer} {name}: {answer}");
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
            sandbox.unset(name);
        }
    }
    // pip's files: a switch is overridden, and a target is refused if pip would obey it.
    let file = "home/.config/pip/pip.conf";
    sandbox.unset("PIP_CONFIG_FILE").set("VENVWRAP_INSTALLER", "pip");
    for (text, place) in
        [("[install]\nuser = true\ndry-run = true\n", None), ("[global]\ntarget = /t\n", Some("target"))]
    {
        sandbox.write(file, text);
        let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"]));
        let said = "venvwrap: install: `target` of ~/.config/pip/pip.conf would install the packages somewhere else\n\
                        hint: remove that line; PIP_CONFIG_FILE=/dev/null makes pip ignore its files\n";
        let is_refused = place.is_some();
        assert_eq!(answer.stderr_text().contains(said), is_refused, "{text}: {answer}");
        assert_eq!(answer.code() == 0, !is_refused, "{answer}");
        assert_eq!(is_there(&sandbox, "tiny_thing"), !is_refused, "{text}: {answer}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    fs::remove_file(sandbox.root().join(file)).unwrap();
    sandbox.set("PIP_CONFIG_FILE", "/dev/null");
    // uv's files: `auto` takes pip, and `uv` is refused.
    for (file, text) in [
        ("home/.config/uv/uv.toml", "[pip]\ntarget = '/t'\n"),
        ("uv.toml", "[pip]\nprefix = '/t'\n"),
        ("pyproject.toml", "[tool.uv.pip]\ntarget = '/t'\n"),
    ] {
        sandbox.write(file, text);
        for installer in ["auto", "uv"] {
            sandbox.set("VENVWRAP_INSTALLER", installer);
            let answer = sandbox.run(offline(&["-q", "-i", "tiny-thing"]));
            assert_eq!(is_there(&sandbox, "tiny_thing"), installer == "auto", "{file}: {answer}");
            assert_eq!(answer.code() == 0, installer == "auto", "{file}: {answer}");
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        }
        fs::remove_file(sandbox.root().join(file)).unwrap();
    }
}
