//! `workon`: which environment, which directory, and what stands in the way. What it sets:
//! `activation`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::support::disk::tree;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

#[test]
fn without_a_name_it_lists_and_fails_as_virtualenvwrapper_has_it() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("b");
    sandbox.minimal_environment("a b");
    for player in Player::all() {
        let story = Story::new().run_failing(["workon"]).get("VIRTUAL_ENV");
        story.played(&sandbox, player).says("a b\nb\n", "").records("workon: 1\nunset VIRTUAL_ENV");
    }
}

#[test]
fn activating_writes_nothing_but_the_time_of_the_last_use() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let before = tree(&sandbox.workon_home()) + &tree(&sandbox.home());
    Story::new().run(["workon", "x"]).plays(&sandbox, "workon x: 0");
    // fish keeps its own things at home.
    let ours = |text: String| text.lines().filter(|line| !line.contains("fish")).collect::<Vec<_>>().join("\n");
    let before = format!(".venvwrap/ 755\n.venvwrap/used/ 755\n.venvwrap/used/x 644 \n{before}");
    fs::remove_dir_all(sandbox.home().join(".local")).ok();
    fs::remove_dir_all(sandbox.home().join(".config")).ok();
    assert_eq!(ours(tree(&sandbox.workon_home()) + &tree(&sandbox.home())), before);
}

#[test]
fn a_dot_is_the_name_of_the_directory() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("my project");
    let directory = sandbox.root().join("src/my project");
    fs::create_dir_all(&directory).unwrap();
    Story::new()
        .code(r#"builtin cd "$HOME/../src/my project""#, r#"cd "$HOME/../src/my project""#)
        .run(["workon", "."])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon .: 0\nexport VIRTUAL_ENV=[ROOT]/envs/my project");
}

/// A sandbox with `x`, linked to the directory `my $project`, and `y`, whose project is gone.
fn with_projects() -> Sandbox {
    let sandbox = Sandbox::new();
    let x = sandbox.minimal_environment("x");
    let y = sandbox.minimal_environment("y");
    fs::create_dir(sandbox.root().join("my $project")).unwrap();
    let link = |name: &str| [sandbox.root().join(name).as_os_str().as_bytes(), b"\n\n"].concat();
    fs::write(x.join(".project"), link("my $project")).unwrap();
    fs::write(y.join(".project"), link("gone")).unwrap();
    sandbox
}

#[test]
fn it_goes_to_the_linked_project_unless_told_otherwise() {
    let cases: [(&[&str], Option<&str>, &str); 8] = [
        (&["workon", "x"], None, "/my $project"),
        (&["workon", "-n", "x"], None, ""),
        (&["workon", "x", "--no-cd"], None, ""),
        (&["workon", "x"], Some("1"), "/my $project"),
        (&["workon", "x"], Some("0"), ""),
        (&["workon", "x"], Some("yes"), ""),
        (&["workon", "-c", "x"], Some("0"), "/my $project"),
        (&["workon", "-c", "-n", "x"], Some("1"), ""),
    ];
    let sandbox = with_projects();
    for (words, setting, place) in cases {
        let story = Story::new();
        // Not exported: the variables count as the shell has them.
        let story = setting.map_or(story.clone(), |value| story.set("VIRTUALENVWRAPPER_WORKON_CD", value));
        let called = words.join(" ");
        story.run(words).directory().plays(&sandbox, &format!("{called}: 0\nin [ROOT]{place}"));
    }
}

#[test]
fn a_project_that_is_gone_is_said_and_no_reason_to_stay_out() {
    let sandbox = with_projects();
    for player in Player::all() {
        let story = Story::new().run(["workon", "y"]).get("VIRTUAL_ENV").directory();
        let told = story.played(&sandbox, player);
        told.says("", "the project directory [ROOT]/gone does not exist\n").records(
            "workon y: 0
             export VIRTUAL_ENV=[ROOT]/envs/y
             in [ROOT]",
        );
    }
}

#[test]
fn another_file_can_hold_the_project() {
    let sandbox = with_projects();
    fs::rename(sandbox.environment("x").join(".project"), sandbox.environment("x").join("my link")).unwrap();
    Story::new()
        .set("VIRTUALENVWRAPPER_PROJECT_FILENAME", "my link")
        .run(["workon", "x"])
        .directory()
        .plays(&sandbox, "workon x: 0\nin [ROOT]/my $project");
}

#[test]
fn names_that_others_made_are_entered_and_links_too() {
    let sandbox = Sandbox::new();
    let names = ["-rf", "--help", ".hidden", "a:b", "a\tb\nc", "$(touch canary)", "\\", "é", "日本"];
    for name in names {
        sandbox.minimal_environment(name);
        let (shown, drawn) = (name.replace('\n', "\\n"), name.replace(char::is_control, "_"));
        Story::new()
            .run(["workon", "--", name])
            .get("VIRTUAL_ENV_PROMPT")
            .plays(&sandbox, &format!("workon -- {shown}: 0\nexport VIRTUAL_ENV_PROMPT={drawn}"));
    }
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    symlink(outside, sandbox.environment("link")).unwrap();
    Story::new()
        .run(["workon", "link"])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon link: 0\nexport VIRTUAL_ENV=[ROOT]/envs/link");
    assert!(!sandbox.root().join("canary").exists());
}

#[test]
fn the_prompt_of_pyvenv_cfg_is_shown_whoever_wrote_it() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    for (line, prompt) in [("'my p'", "my p"), ("\"my p\"", "my p"), ("my p", "my p"), ("''", "x"), ("(x)", "(x)")] {
        fs::write(root.join("pyvenv.cfg"), format!("home = /usr/bin\nprompt = {line}\n")).unwrap();
        Story::new()
            .run(["workon", "x"])
            .get("VIRTUAL_ENV_PROMPT")
            .plays(&sandbox, &format!("workon x: 0\nexport VIRTUAL_ENV_PROMPT={prompt}"));
    }
}

/// What will not work in an environment is said when it is activated, with the command that repairs
/// it and loses nothing.
#[test]
fn what_will_not_work_inside_is_said_with_what_repairs_it() {
    let sandbox = Sandbox::new();
    let make = |name: &str| {
        let root = sandbox.minimal_environment(name);
        let activate = fs::read_to_string(root.join("bin/activate")).unwrap();
        fs::write(root.join("bin/activate"), activate.replace("$not_read", &format!("'{name}'"))).unwrap();
        root
    };
    // Moved by hand: its files name the place where it was.
    let moved = make("moved by hand");
    let here = crate::support::sandbox::bytes(sandbox.environment("was here"));
    let named =
        [b"deactivate () {\n    hash -r\n}\nVIRTUAL_ENV=", &Shell::Bash.quoted(here)[..], b"\nhash -r\n"].concat();
    fs::write(moved.join("bin/activate"), named).unwrap();
    // The system's python3 became another minor version.
    let replaced = make("replaced");
    fs::rename(replaced.join("lib/python3.11"), replaced.join("lib/python3.0")).unwrap();
    fs::write(replaced.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.0.1\n").unwrap();
    sandbox.program("pythons/python3.13", "#!/bin/sh\n");
    symlink("python3.13", sandbox.root().join("pythons/python3")).unwrap();
    fs::remove_file(replaced.join("bin/python")).unwrap();
    symlink(sandbox.root().join("pythons/python3"), replaced.join("bin/python")).unwrap();
    // Python finds the environment by this file.
    let bare = make("bare");
    fs::remove_file(bare.join("pyvenv.cfg")).unwrap();
    for (name, says) in [
        ("moved by hand", "its scripts still point to [ROOT]/envs/was here (it was moved or copied by hand)"),
        ("replaced", "its Python is now [ROOT]/pythons/python3.13, but its packages are for 3.0"),
        ("bare", "its pyvenv.cfg is missing, so packages would go into the Python it was made from"),
    ] {
        let typed = if name.contains(' ') { format!("'{name}'") } else { name.to_owned() };
        let effect = match name {
            "replaced" => {
                "links it to another Python 3.0; if there is none, `venvwrap upgrade replaced` rebuilds it with another Python"
            }
            _ => "repairs it",
        };
        for shell in Shell::ALL {
            shell
                .plain()
                .run(&sandbox, format!("workon '{name}'\n"))
                .status(0)
                .stdout("")
                .stderr(format!("environment `{name}`: {says}; `venvwrap doctor --fix {typed}` {effect}\n"));
        }
        let is_broken = name != "moved by hand";
        sandbox.run(["showvirtualenv", "--json", name]).stdout_contains(&format!("\"broken\": {is_broken}"));
        sandbox.run(["doctor", name]).status(1);
    }
    sandbox.run(["doctor", "bare"]).stdout_contains("pyvenv.cfg is missing");
    // Nothing is installed into, or removed from, the Python that it was made from.
    for words in
        [["mkvirtualenv", "-i", "nosuch", "bare"].as_slice(), &["mkvirtualenv", "-q", "-r", "/dev/null", "bare"]]
    {
        sandbox.run(words).status(1).stderr_contains("packages would go into the Python it was made from");
    }
}

/// uv makes environments without pip. `pip` is then the one of some other Python, and installs
/// there.
#[test]
fn an_environment_of_uv_without_pip_is_said_once_and_the_command_that_is_named_adds_it() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::plain();
        let mut uv = sandbox.command(pythons::peer("uv"));
        uv.args(["venv", "--offline", "-q", "-p"]).arg(&pythons::complete().path).arg(sandbox.environment("x"));
        sandbox.run_command(uv, b"").status(0);
        let command = "venvwrap run x python -m ensurepip --default-pip";
        let said = format!(
            "environment `x`: it has no pip, so `pip` is another Python's; `{command}` adds it, or use `uv pip`\n"
        );
        let enter = || shell.plain().run(&sandbox, "workon x\ndeactivate\n");
        enter().status(0).stdout("").stderr(said.as_str());
        enter().status(0).stdout("").stderr("");
        sandbox.run(["doctor", "x"]).status(0).stdout_contains("it has no pip, so `pip` is another Python's");
        shell.plain().run(&sandbox, format!("{command}\nworkon x\npip --version\n")).stdout_contains("envs/x/lib");
        let quiet = sandbox.run(["doctor", "x"]).status(0).stdout_text();
        assert!(!quiet.contains("no pip"), "{quiet}");
    }
}
