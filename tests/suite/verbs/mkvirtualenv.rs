//! `mkvirtualenv`: what it makes, what it leaves alone, and what it says. What is in an environment: `creation`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::disk::{names, tree};
use crate::support::pythons::{self, Python};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

fn path(python: &Python) -> &str {
    python.path.to_str().unwrap()
}

/// What is said of a new environment without pip.
fn created(name: &str, python: &Python) -> String {
    let implementation = if python.implementation == "pypy" { "PyPy" } else { "CPython" };
    format!("Created `{name}` with {implementation} {} and no pip\n", python.full())
}

#[test]
fn it_is_made_entered_and_told_in_every_shell() {
    let python = pythons::complete();
    for shell in Shell::ALL {
        let sandbox = Sandbox::new();
        let told = Story::new()
            .run(["mkvirtualenv", "-p", path(python), "my env"])
            .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PATH"])
            .code(
                "python -c 'import sys; print(sys.prefix != sys.base_prefix)'; python -m pip list --format=freeze",
                "python -c 'import sys; print(sys.prefix != sys.base_prefix)'; python -m pip list --format=freeze",
            )
            .run(["lsvirtualenv", "-b"])
            .played(&sandbox, shell.plain());
        let (stderr, stdout) = (told.stderr_text(), told.stdout_text());
        let told = told.records(&format!(
            "mkvirtualenv -p {} my env: 0
             export VIRTUAL_ENV=[ROOT]/envs/my env
             export VIRTUAL_ENV_PROMPT=my env
             export PATH=[ROOT]/envs/my env/bin:[ROOT]/tools:/usr/bin:/bin
             lsvirtualenv -b: 0",
            path(python)
        ));
        let pip = stdout.lines().find_map(|line| line.strip_prefix("pip==")).expect("pip in the list");
        let said = format!("Created `my env` with CPython {} and pip {pip}", python.full());
        assert!(stderr.starts_with(&said) && stderr.lines().count() == 1, "{told}");
        assert!(stdout.starts_with("True\n") && stdout.ends_with("\nmy env\n"), "{told}");
        assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "my env"]);
        assert_eq!(names(&sandbox.workon_home().join(".venvwrap/new")), Vec::<String>::new());
    }
}

#[test]
fn a_script_can_make_one_without_the_functions() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let words = ["mkvirtualenv", "--without-pip", "-p", path(python), "x"];
    sandbox.run(words).status(0).stdout("").stderr(created("x", python));
    assert!(!sandbox.environment("x").join("bin/pip").exists());
}

#[test]
fn one_that_exists_is_entered_and_nothing_in_it_is_rewritten() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", path(python), "x"]).status(0);
    fs::write(sandbox.environment("x").join("bin/activate"), "mine").unwrap();
    let before = tree(&sandbox.workon_home());
    let note = "environment `x` exists; nothing in it was rewritten\n";
    for shell in Shell::ALL {
        let story = Story::new()
            .run(["mkvirtualenv", "x"])
            .get("VIRTUAL_ENV")
            // The same Python may be named.
            .run(["mkvirtualenv", "-p", &python.full(), "x"]);
        let mut sandbox_path = sandbox.variables()[std::ffi::OsStr::new("PATH")].clone();
        sandbox_path.push(":");
        sandbox_path.push(python.path.parent().unwrap());
        let story = Story::new().export("PATH", sandbox_path.as_bytes()).then(story);
        story.played(&sandbox, shell.plain()).says("", &note.repeat(2)).records(&format!(
            "mkvirtualenv x: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             mkvirtualenv -p {} x: 0",
            python.full()
        ));
    }
    assert_eq!(tree(&sandbox.workon_home()), before);
}

#[test]
fn one_that_exists_with_another_python_is_refused_and_the_ways_out_are_named() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", path(python), "x"]).status(0);
    let before = tree(&sandbox.workon_home());
    let words = ["mkvirtualenv", "-p", path(other), "x"];
    sandbox.run(words).status(1).stdout("").stderr(format!(
        "venvwrap: environment `x` exists and has {}, not {} ({})\n\
         hint: take another name, or replace it with `mkvirtualenv --clear -p … x`\n",
        python.full(),
        other.full(),
        path(other)
    ));
    assert_eq!(tree(&sandbox.workon_home()), before);
}

#[test]
fn clear_replaces_and_the_old_one_can_come_back() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let broken = sandbox.minimal_environment("x");
    fs::remove_file(broken.join("bin/python")).unwrap();
    fs::write(broken.join("note"), "old").unwrap();
    let words = ["mkvirtualenv", "--clear", "--without-pip", "-p", path(python), "x"];
    sandbox.run(words).status(0).stdout("").stderr(created("x", python));
    assert!(!sandbox.environment("x").join("note").exists());
    // A Python that cannot be had costs nothing.
    let before = tree(&sandbox.workon_home());
    sandbox.run(["mkvirtualenv", "--clear", "-p", "no such", "x"]).status(1);
    assert_eq!(tree(&sandbox.workon_home()), before);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    sandbox.run(["undo", "x"]).status(0);
    assert_eq!(fs::read_to_string(sandbox.environment("x").join("note")).unwrap(), "old");
}

#[test]
fn what_is_in_the_way_stays_as_it_is() {
    let sandbox = Sandbox::new();
    let outside = sandbox.write("outside/precious", "");
    sandbox.write("envs/plain/file", "");
    sandbox.write("envs/file", "");
    symlink(outside.parent().unwrap(), sandbox.environment("link")).unwrap();
    symlink("nowhere", sandbox.environment("dangling")).unwrap();
    let before = tree(sandbox.root());
    for name in ["plain", "file", "link", "dangling"] {
        for words in [&["mkvirtualenv", name][..], &["mkvirtualenv", "--clear", name]] {
            let answer = sandbox.run(words).status(1).stdout("");
            assert!(answer.stderr_text().contains("is not a virtual environment"), "{answer}");
            assert_eq!(tree(sandbox.root()), before, "{name}");
        }
    }
}

#[test]
fn a_project_is_linked_said_and_gone_to() {
    let python = pythons::complete();
    for shell in Shell::ALL {
        let sandbox = Sandbox::new();
        let project = sandbox.root().join("my $project");
        fs::create_dir(&project).unwrap();
        let words = ["mkvirtualenv", "-a", "envs/../my $project/", "--without-pip", "-p", path(python), "x"];
        let told = Story::new().run(words).directory().played(&sandbox, shell.plain());
        told.says("Setting project for x to [ROOT]/my $project\n", &created("x", python))
            .records(&format!("{}: 0\nin [ROOT]/my $project", words.join(" ")));
        let link = [project.as_os_str().as_bytes(), b"\n"].concat();
        assert_eq!(fs::read(sandbox.environment("x").join(".project")).unwrap(), link);
        // One that exists gets the new link, and nothing else.
        sandbox.run(["mkvirtualenv", "-a", ".", "x"]).status(0).stdout("Setting project for x to [ROOT]\n");
        let link = [sandbox.root().as_os_str().as_bytes(), b"\n"].concat();
        assert_eq!(fs::read(sandbox.environment("x").join(".project")).unwrap(), link);
    }
}

#[test]
fn a_prompt_of_ones_own_is_kept_in_the_environment() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let prompt = "it's \"my\" $HOME `x` %d ü";
    let words = ["mkvirtualenv", "--prompt", prompt, "--without-pip", "-p", path(python), "x"];
    sandbox.run(words).status(0).stdout("").stderr(created("x", python));
    Story::new()
        .run(["workon", "x"])
        .get("VIRTUAL_ENV_PROMPT")
        .plays(&sandbox, &format!("workon x: 0\nexport VIRTUAL_ENV_PROMPT={prompt}"));
    let words = ["mkvirtualenv", "--prompt", "a\nb", "--without-pip", "-p", path(python), "y"];
    sandbox
        .run(words)
        .status(1)
        .stdout("")
        .stderr("venvwrap: --prompt: it has a control character in it, which every prompt would obey\n");
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "x"]);
}

#[test]
fn a_version_that_nothing_here_has_is_told_with_all_that_was_tried() {
    let mut sandbox = Sandbox::new();
    let pyenv = sandbox.write("home/.pyenv/versions/3.99-dev/bin/python", "#!/bin/sh\nexit 3\n");
    sandbox.set("PATH", sandbox.tools());
    symlink(pythons::complete().path.clone(), sandbox.tools().join("python3.99")).unwrap();
    let answer = sandbox.run(["mkvirtualenv", "-p", "3.99", "x"]).status(1).stdout("");
    let text = answer.stderr_text();
    assert!(text.starts_with("venvwrap: no python found for `3.99`\nhint: looked at "), "{text}");
    let wrong = format!("[ROOT]/tools/python3.99: is CPython {}", pythons::complete().full());
    for tried in [&wrong, "python3.99 in /usr/bin, ", "~/.pyenv/versions/3.99-dev/bin/python"] {
        assert!(text.contains(tried) || text.contains("~/.pyenv/versions: no 3.99"), "{tried}: {text}");
    }
    assert_eq!(text.lines().count(), 2, "{text}");
    drop(pyenv);
}

/// In a plain place, as in the next two: pip writes commands that a backquote in their path spoils.
#[test]
fn packages_are_installed_with_the_environments_own_pip() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    fs::write(sandbox.root().join("one.txt"), "./tiny_thing-1.0-py2.py3-none-any.whl\n").unwrap();
    fs::write(sandbox.root().join("two.txt"), "# nothing\n").unwrap();
    // The pip on PATH is somebody else's, and so is PYTHONHOME.
    let other = sandbox.write("tools/pip", "#!/bin/sh\ntouch canary\n");
    fs::set_permissions(other, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.set("PIP_NO_INDEX", "1");
    sandbox.set("PYTHONHOME", "/nowhere");
    for words in [&["-r", "one.txt", "--requirement", "two.txt"][..], &["-i", wheel.to_str().unwrap()]] {
        let words = [&["mkvirtualenv", "-p", path(python)], words, &["x"]].concat();
        let story = Story::new().run(words.clone()).code("tiny-thing", "tiny-thing");
        let told = story.played(&sandbox, Shell::Bash.plain());
        assert!(told.stdout_text().contains("Successfully installed tiny-thing-1.0"), "{told}");
        assert!(told.stdout_text().ends_with("\ntiny thing 1.0\n"), "{told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
    assert!(!sandbox.root().join("canary").exists());
}

#[test]
fn an_installation_that_fails_is_told_and_the_environment_stays_and_is_entered() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    sandbox.set("PIP_NO_INDEX", "1");
    let last = "venvwrap: pip install failed with status 1\n\
                hint: the environment is there; enter it and try again with `pip install …`\n";
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
fn without_pip_there_is_nothing_to_install_with_unless_uv_is() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let words = ["mkvirtualenv", "--without-pip", "-p", path(python), "-i", wheel.to_str().unwrap()];
    let answer = sandbox.run(words.iter().chain(&["one"])).status(1).stdout("");
    assert!(
        answer.stderr_text().ends_with(
            "the environment has no pip to install with\nhint: leave out --without-pip, or set VENVWRAP_INSTALLER=uv\n"
        ),
        "{answer}"
    );
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    sandbox
        .run(words.iter().chain(&["two"]))
        .status(1)
        .stderr(format!("{}venvwrap: installer: uv is not on PATH\n", created("two", python)));
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
        .stderr("venvwrap: VENVWRAP_INSTALLER: `conda` is none of auto, pip, uv\n");
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
    sandbox
        .run(["mkvirtualenv", "-p", path(python), "y"])
        .status(1)
        .stdout("")
        .stderr("venvwrap: VIRTUALENVWRAPPER_VIRTUALENV: no program `nosuch` on PATH\n");
    assert_eq!(names(&sandbox.workon_home()), ["x"]);
}

#[test]
fn a_creator_that_fails_leaves_nothing_and_its_words_are_kept_apart() {
    let mut sandbox = Sandbox::new();
    let python = pythons::complete();
    let creator = sandbox.write(
        "tools/my creator",
        "#!/bin/sh\nprintf '<%s>' \"$@\" >\"$HOME/words\"\neval \"last=\\${$#}\"\ntouch \"$last/half\"\nexit 3\n",
    );
    fs::set_permissions(&creator, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "my creator");
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--one 'two three'");
    let words = ["mkvirtualenv", "--prompt", "a b", "-p", path(python), "my env"];
    sandbox.run(words).status(1).stdout("").stderr(
        "venvwrap: [ROOT]/tools/my creator failed with status 3\n\
         hint: its own message is above; unset VIRTUALENVWRAPPER_VIRTUALENV to let venvwrap make it\n",
    );
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
    let told = sandbox.masked(&fs::read(sandbox.home().join("words")).unwrap());
    let told = String::from_utf8(told).unwrap();
    assert!(
        told.starts_with("<--one><two three><--python></") && told.ends_with("><--prompt><a b><[ROOT]/envs/my env>")
    );
}
