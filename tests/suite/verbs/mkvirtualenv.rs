//! `mkvirtualenv`: what it makes, what it leaves alone, and what it says. What is in an
//! environment: `creation`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::disk::{names, tree};
use crate::support::pythons::{self, Python};
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

/// The path of an interpreter, as a word.
pub(super) fn path(python: &Python) -> &str {
    python.path.to_str().unwrap()
}

/// What is said of a new environment without pip.
pub(crate) fn created(name: &str, python: &Python) -> String {
    let implementation = if python.implementation == "pypy" { "PyPy" } else { "CPython" };
    format!("Created `{name}` with {implementation} {} and no pip\n", python.full())
}

/// The same without the shell functions. A sandbox has no SHELL.
pub(crate) fn created_by_binary(name: &str, python: &Python) -> String {
    created(name, python) + &not_activated(name)
}

/// What a script is told that calls the binary and not the function.
pub(crate) fn not_activated(name: &str) -> String {
    format!(
        "`{name}` was not activated: the shell functions are not loaded; \
         `venvwrap setup bash` loads them in new shells, `eval \"$(venvwrap init bash)\"` in this one\n"
    )
}

#[test]
fn it_is_made_entered_and_told_in_every_shell() {
    let python = pythons::complete();
    for player in Player::all() {
        let sandbox = Sandbox::new();
        let told = Story::new()
            .run(["mkvirtualenv", "-p", path(python), "my env"])
            .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PATH"])
            .line("python -c 'import sys; print(sys.prefix != sys.base_prefix)'; python -m pip list --format=freeze")
            .run(["lsvirtualenv", "-b"])
            .played(&sandbox, player);
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
    sandbox.run(words).status(0).stdout("").stderr(created_by_binary("x", python));
    assert!(!sandbox.environment("x").join("bin/pip").exists());
}

#[test]
fn one_that_exists_is_entered_and_nothing_in_it_is_rewritten() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", path(python), "x"]).status(0);
    fs::write(sandbox.environment("x").join("bin/activate"), "mine").unwrap();
    let before = tree(&sandbox.workon_home());
    let note = "Environment `x` exists; it was left as it is\n";
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
    let used = ".venvwrap/used/ 755\n.venvwrap/used/x 644 \n";
    let expected = before.replace(".venvwrap/new/ 755\n", &format!(".venvwrap/new/ 755\n{used}"));
    assert_eq!(tree(&sandbox.workon_home()), expected);
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
         hint: `venvwrap upgrade -p {} x` rebuilds it with that Python and keeps its packages\n",
        python.full(),
        other.full(),
        path(other),
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
    let told = created("x", python)
        + "The old `x` is in the trash for 7 days; `venvwrap mvvirtualenv x NAME && venvwrap undo x` brings it back\n"
        + &not_activated("x");
    sandbox.run(words).status(0).stdout("").stderr(told);
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
    for player in Player::all() {
        let sandbox = Sandbox::new();
        let project = sandbox.root().join("my $project");
        fs::create_dir(&project).unwrap();
        let words = ["mkvirtualenv", "-a", "envs/../my $project/", "--without-pip", "-p", path(python), "x"];
        let told = Story::new().run(words).directory().played(&sandbox, player);
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
    sandbox.run(words).status(0).stdout("").stderr(created_by_binary("x", python));
    Story::new()
        .run(["workon", "x"])
        .get("VIRTUAL_ENV_PROMPT")
        .plays(&sandbox, &format!("workon x: 0\nexport VIRTUAL_ENV_PROMPT={prompt}"));
    let words = ["mkvirtualenv", "--prompt", "a\nb", "--without-pip", "-p", path(python), "y"];
    sandbox.run(words).status(1).stdout("").stderr(
        "venvwrap: --prompt: it contains a control character or an invisible character\n\
             hint: --prompt is plain text; set colors in the prompt of your shell\n",
    );
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
    assert!(text.starts_with("venvwrap: no Python found for `3.99`\nhint: searched: "), "{text}");
    let wrong = format!("[ROOT]/tools/python3.99: is CPython {}", pythons::complete().full());
    for tried in [&wrong, "python3.99 in /usr/bin, ", "~/.pyenv/versions/3.99-dev/bin/python"] {
        assert!(text.contains(tried) || text.contains("~/.pyenv/versions: no 3.99"), "{tried}: {text}");
    }
    let [_, _, there, how] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(there.starts_with("hint: installed: ") && there.contains("3.99"), "{text}");
    assert_eq!(how, "hint: your system may have it as the package `python3.99`; uv and pyenv install others");
    drop(pyenv);
}

/// Scripts of virtualenvwrapper's users have them, and so has VIRTUALENVWRAPPER_VIRTUALENV_ARGS.
#[test]
fn options_of_virtualenv_are_taken_and_quiet_is_quiet() {
    let mut sandbox = Sandbox::new();
    let python = path(pythons::complete());
    let make = |sandbox: &Sandbox, options: &[&str]| {
        let words = [&["mkvirtualenv", "--no-seed", "-p", python], options, &["x"]].concat();
        let said = sandbox.run(words).status(0).stdout("").stderr_text();
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        said
    };
    assert_eq!(make(&sandbox, &["-q"]), "");
    assert_eq!(make(&sandbox, &["--quiet", "--no-vcs-ignore", "--distribute"]), "");
    let note = "ignored `-v`: venvwrap does not need this option of virtualenv\n";
    let made = created_by_binary("x", pythons::complete());
    assert_eq!(make(&sandbox, &["-v", "--reset-app-data"]), format!("{note}{made}"));
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", "--no-site-packages -q");
    assert_eq!(make(&sandbox, &[]), "");
    // Another program is told.
    sandbox.unset("VIRTUALENVWRAPPER_VIRTUALENV_ARGS").set("VIRTUALENVWRAPPER_VIRTUALENV", "maker");
    let maker = "#!/bin/sh\necho \"$*\"\nfor name; do :; done\nmkdir -p \"$name/bin\"\ntouch \"$name/pyvenv.cfg\"\n";
    sandbox.program("tools/maker", maker);
    sandbox.run(["mkvirtualenv", "--quiet", "x"]).status(0).stdout("--quiet x\n");
}

/// `--clear` replaces what was installed, not what you set up.
#[test]
fn clear_keeps_link_hooks_paths_and_switches_and_says_how_the_old_one_comes_back() {
    let sandbox = Sandbox::new();
    let python = path(pythons::complete());
    let project = sandbox.root().join("the project");
    fs::create_dir(&project).unwrap();
    let words =
        ["mkvirtualenv", "-q", "--without-pip", "--system-site-packages", "--prompt", "my prompt", "-p", python, "-a"];
    sandbox.run(words.into_iter().map(OsStr::new).chain([project.as_os_str(), OsStr::new("x")])).status(0);
    let root = sandbox.environment("x");
    let hook = root.join("bin/preactivate");
    fs::write(&hook, "#!/bin/sh\necho mine\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o750)).unwrap();
    fs::write(root.join("bin/postactivate.fish"), "echo mine\n").unwrap();
    let story = Story::new().run(["workon", "x"]).run(["add2virtualenv", "."]).run(["deactivate"]);
    story.played(&sandbox, Shell::Bash.plain());
    fs::write(root.join("junk"), "").unwrap();
    let clear = ["mkvirtualenv", "--clear", "--without-pip", "-p", python, "x"];
    sandbox.run(clear).status(0).stderr_contains(
        "Kept: project, hooks, added paths, system site-packages. The old `x` is in the trash for 7 days; \
         `venvwrap mvvirtualenv x NAME && venvwrap undo x` brings it back\n",
    );
    assert!(!root.join("junk").exists());
    assert_eq!(fs::read(root.join(".project")).unwrap(), [bytes(&project), b"\n".to_vec()].concat());
    assert_eq!(fs::metadata(&hook).unwrap().permissions().mode() & 0o777, 0o750);
    assert!(root.join("bin/postactivate.fish").is_file());
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    assert!(cfg.contains("include-system-site-packages = true") && cfg.contains("prompt = my prompt"), "{cfg}");
    let facts = sandbox.run(["run", "x", "python", "-c", "import sys; print(sys.path[-1])"]).status(0).stdout_text();
    assert!(!facts.is_empty());
    assert!(tree(&root).contains("_virtualenv_path_extensions.pth"));
    // Half a hook would be another program: nothing is replaced.
    fs::write(&hook, vec![b'#'; 1024 * 1024 + 1]).unwrap();
    sandbox.run(clear).status(1).stderr(
        "venvwrap: --clear: [ROOT]/envs/x/bin/preactivate is too large to keep\n\
         hint: nothing was replaced; move that file out of the environment first\n",
    );
    assert_eq!(fs::metadata(&hook).unwrap().len(), 1024 * 1024 + 1);
    fs::write(&hook, "#!/bin/sh\n").unwrap();
    // The command that was named brings the old one back.
    sandbox.run(["mvvirtualenv", "x", "new"]).status(0);
    sandbox.run(["undo", "x"]).status(0);
    assert!(root.join("junk").is_file());
    // What is said on the command line wins, and silence stays silent.
    let other = sandbox.root().join("other");
    fs::create_dir(&other).unwrap();
    let words = ["mkvirtualenv", "-q", "--clear", "--without-pip", "-p", python, "--prompt", "other", "-a"];
    sandbox.run(words.into_iter().map(OsStr::new).chain([other.as_os_str(), OsStr::new("x")])).status(0).stderr("");
    assert_eq!(fs::read(root.join(".project")).unwrap(), [bytes(&other), b"\n".to_vec()].concat());
    assert!(fs::read_to_string(root.join("pyvenv.cfg")).unwrap().contains("prompt = other"));
}
