//! `mkvirtualenv -i` and `-r`, by pip and by uv; and the creator that the person names.

use std::fs;
use std::os::unix::fs::symlink;

use super::mkvirtualenv::{created, not_activated, path};
use crate::support::disk::names;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

/// In a plain place, as in the next two: pip writes commands that a backquote in their path spoils.
#[test]
fn packages_are_installed_with_the_environments_own_pip() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    fs::write(sandbox.root().join("one.txt"), "./tiny_thing-1.0-py2.py3-none-any.whl\n").unwrap();
    fs::write(sandbox.root().join("two.txt"), "# nothing\n").unwrap();
    // The pip on PATH is somebody else's, and so is PYTHONHOME.
    sandbox.program("tools/pip", "#!/bin/sh\ntouch canary\n");
    sandbox.set("PIP_NO_INDEX", "1");
    sandbox.set("PYTHONHOME", "/nowhere");
    for words in [&["-r", "one.txt", "--requirement", "two.txt"][..], &["-i", wheel.to_str().unwrap()]] {
        let words = [&["mkvirtualenv", "-p", path(python)], words, &["x"]].concat();
        // By a script, which enters nothing, and in a shell.
        let answer = sandbox.run(&words).status(0).stdout_text();
        assert!(answer.contains("Successfully installed tiny-thing-1.0"), "{answer}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        let story = Story::new().run(words.clone()).code("tiny-thing", "tiny-thing");
        let told = story.played(&sandbox, Shell::Bash.plain());
        assert!(told.stdout_text().contains("Successfully installed tiny-thing-1.0"), "{told}");
        assert!(told.stdout_text().ends_with("\ntiny thing 1.0\n"), "{told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    assert!(!sandbox.root().join("canary").exists());
}

/// As virtualenvwrapper does; relative to where one is, and not to the project that is entered.
#[test]
fn a_requirements_file_may_be_named_by_tilde_and_variable() {
    let mut sandbox = Sandbox::plain();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let line = format!("{}\n", wheel.display());
    sandbox.write("home/of home.txt", &line);
    sandbox.write("place/of place.txt", &line);
    // A file that is there is meant as it is called.
    sandbox.write("$PLACE.txt", &line);
    sandbox.write("project/file", "");
    sandbox.set("PIP_NO_INDEX", "1").set("PLACE", "place");
    let python = path(pythons::complete());
    for file in ["~/of home.txt", "$PLACE/of place.txt", "${PLACE}/of place.txt", "$PLACE.txt"] {
        let words = ["mkvirtualenv", "-p", python, "-r", file, "-a", "project", "x"];
        let told = Story::new().run(words).code("tiny-thing", "tiny-thing").played(&sandbox, Shell::Bash.plain());
        assert!(told.stdout_text().ends_with("\ntiny thing 1.0\n"), "{file}: {told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    let gone = ["mkvirtualenv", "-r", "~/$PLACE.txt", "x"];
    sandbox.run(gone).status(1).stderr_contains("cannot read: [ROOT]/home/place.txt: No such file");
}

#[test]
fn an_installation_that_fails_is_told_and_the_environment_stays_and_is_entered() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    sandbox.set("PIP_NO_INDEX", "1");
    let last = "venvwrap: pip install failed with status 1\n\
                hint: the environment was created; the same command again installs into it\n";
    for shell in Shell::ALL {
        let words = ["mkvirtualenv", "-p", path(python), "-i", "no-such-thing", "x"];
        let told = Story::new()
            .run_failing(words)
            .get("VIRTUAL_ENV")
            .code(
                format!("python -m pip --quiet install '{}'", wheel.file_name().unwrap().display()),
                format!("python -m pip --quiet install '{}'", wheel.file_name().unwrap().display()),
            )
            .code("tiny-thing", "tiny-thing")
            .played(&sandbox, shell.plain());
        assert!(told.stderr_text().contains(last), "{told}");
        assert!(told.stdout_text().ends_with("tiny thing 1.0\n"), "{told}");
        told.records(&format!("{}: 1\nexport VIRTUAL_ENV=[ROOT]/envs/x", words.join(" ")));
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn an_environment_without_pip_is_installed_into_by_the_pip_of_its_python_or_by_uv() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let words = ["mkvirtualenv", "--without-pip", "-p", path(python), "-i", wheel.to_str().unwrap()];
    // What was said to pip is not dropped, so that uv does not step in by itself.
    symlink(pythons::peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("PIP_NO_INDEX", "1");
    let answer = sandbox.run(words.iter().chain(&["lent"])).status(0).stdout_text();
    assert!(answer.contains("Successfully installed tiny-thing-1.0"), "{answer}");
    let lent = fs::read_dir(sandbox.environment("lent").join("bin")).unwrap().flatten();
    assert!(!lent.map(|entry| entry.file_name()).any(|name| name == "pip"), "its Python's pip came to help, and left");
    sandbox.unset("PIP_NO_INDEX");
    fs::remove_file(sandbox.tools().join("uv")).unwrap();
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    sandbox.run(words.iter().chain(&["two"])).status(1).stderr(format!(
        "{}venvwrap: no installer for environment `two`: uv is not on PATH\n\
         hint: VENVWRAP_INSTALLER or the setting `installer` requires uv; `auto` uses what is there\n{}",
        created("two", python),
        not_activated("two")
    ));
    // uv where it is chosen, and where there is nothing else.
    symlink(pythons::peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("UV_NO_CACHE", "1").set("UV_OFFLINE", "1");
    for (installer, name) in [("uv", "three"), ("auto", "four")] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        sandbox.run(words.iter().chain(&[name])).status(0).stderr_contains("tiny-thing==1.0");
        let mut command = sandbox.command(sandbox.environment(name).join("bin/tiny-thing"));
        command.env_remove("PATH");
        sandbox.run_command(command, b"").status(0).stdout("tiny thing 1.0\n");
    }
    sandbox.set("VENVWRAP_INSTALLER", "conda");
    sandbox
        .run(words.iter().chain(&["five"]))
        .status(1)
        .stdout("")
        .stderr("venvwrap: VENVWRAP_INSTALLER: `conda` is not an installer\nhint: set it to auto, pip, or uv\n");
    assert!(!sandbox.environment("five").exists());
}

#[test]
fn the_creator_that_the_person_names_makes_it_in_place() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    symlink(pythons::peer("virtualenv"), sandbox.tools().join("virtualenv")).unwrap();
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "virtualenv");
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--no-download --no-periodic-update --prompt 'my prompt'");
    let words = ["mkvirtualenv", "--without-pip", "-p", path(python), "x"];
    sandbox.run(words).status(0);
    let cfg = fs::read_to_string(sandbox.environment("x").join("pyvenv.cfg")).unwrap();
    assert!(cfg.contains("virtualenv = ") && cfg.contains("my prompt"), "{cfg}");
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "'open quote");
    let answer = sandbox.run(["mkvirtualenv", "-p", path(python), "y"]).status(1).stdout("");
    assert!(answer.stderr_text().starts_with("venvwrap: VIRTUALENVWRAPPER_VIRTUALENV_ARGS: "), "{answer}");
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "nosuch");
    sandbox.run(["mkvirtualenv", "-p", path(python), "y"]).status(1).stdout("").stderr(
        "venvwrap: VIRTUALENVWRAPPER_VIRTUALENV: no program `nosuch` on PATH\n\
                 hint: install it, or unset the variable: venvwrap needs no other program to create environments\n",
    );
    // The prompt is kept beside it.
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "x"]);
}

#[test]
fn a_creator_that_fails_leaves_nothing_and_its_words_are_kept_apart() {
    let mut sandbox = Sandbox::new();
    let python = pythons::complete();
    sandbox.program(
        "tools/my creator",
        "#!/bin/sh\nprintf '<%s>' \"$@\" >\"$HOME/words\"\neval \"last=\\${$#}\"\nmkdir \"$last\"; touch \"$last/half\"\nexit 3\n",
    );
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "my creator");
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--one 'two three'");
    let words = ["mkvirtualenv", "--prompt", "a b", "-p", path(python), "my env"];
    sandbox.run(words).status(3).stdout("").stderr(
        "venvwrap: [ROOT]/tools/my creator failed with status 3\n\
         hint: its message is above; without VIRTUALENVWRAPPER_VIRTUALENV, venvwrap creates the environment itself\n",
    );
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
    let told = sandbox.masked(&fs::read(sandbox.home().join("words")).unwrap());
    let told = String::from_utf8(told).unwrap();
    assert!(told.starts_with("<--one><two three><--python=/") && told.ends_with("><--prompt><a b><my env>"), "{told}");
}

#[test]
fn requirements_come_from_a_url_and_not_from_standard_input() {
    let sandbox = Sandbox::plain();
    let file = sandbox.write("requirements.txt", "# nothing\n");
    let url = format!("file://{}", file.display());
    sandbox.run(["mkvirtualenv", "-q", "--no-index", "-r", &url, "x"]).status(0);
    let said = "venvwrap: -r -: requirements are not read from standard input\nhint: `-r` takes a file or a URL\n";
    sandbox.run(["mkvirtualenv", "-r", "-", "y"]).status(1).stdout("").stderr(said);
    assert!(!sandbox.environment("y").exists());
    let url = format!("file://{}/gone.txt", sandbox.root().display());
    let answer = sandbox.run(["mkvirtualenv", "-q", "--no-index", "-r", &url, "z"]);
    assert!(answer.code() != 0 && answer.stderr_text().contains("gone.txt"), "{answer}");
}
