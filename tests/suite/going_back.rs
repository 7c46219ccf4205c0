//! Going quickly: `workon -`, the beginning of a name, and what Tab shows beside a name.

use std::fs;

use crate::interactive::in_every_shell;
use crate::support::programs::write_program;
use crate::support::pty::Terminal;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

#[test]
fn workon_dash_goes_back_and_forth_also_after_deactivate() {
    let sandbox = Sandbox::with_x_and_y();
    let went = |name: &str| format!("workon -: 0\nexport VIRTUAL_ENV=[ROOT]/envs/{name}");
    Story::new()
        .run(["workon", "x"])
        .run(["workon", "y"])
        .run(["workon", "-"])
        .get("VIRTUAL_ENV")
        .run(["workon", "-"])
        .get("VIRTUAL_ENV")
        .run(["deactivate"])
        .run(["workon", "-"])
        .get("VIRTUAL_ENV")
        // Activated again, it is not its own previous one.
        .run(["workon", "y"])
        .run(["venvwrap", "use", "-n", "-"])
        .get("VIRTUAL_ENV")
        .plays_in_every_mode(
            &sandbox,
            &format!(
                "workon x: 0\nworkon y: 0\n{}\n{}\ndeactivate: 0\n{}\nworkon y: 0\nvenvwrap use -n -: 0\n\
                 export VIRTUAL_ENV=[ROOT]/envs/x",
                went("x"),
                went("y"),
                went("y"),
            ),
        );
}

#[test]
fn the_previous_environment_is_that_of_the_shell_and_may_be_gone() {
    let sandbox = Sandbox::with_x_and_y();
    for player in Player::all() {
        let none = "venvwrap: workon: this shell has no previous environment\nhint: `workon NAME` activates one\n";
        let story = Story::new().run_failing(["workon", "-"]);
        story.played(&sandbox, player).says("", none).records("workon -: 1");
        if let Player::Mode(mode) = player {
            Story::new()
                .run(["workon", "x"])
                .run(["deactivate"])
                .child(mode, story)
                .played(&sandbox, mode)
                .says("", none)
                .records("workon x: 0\ndeactivate: 0\nworkon -: 1\nend");
        }
        let gone = Story::new()
            .run(["workon", "x"])
            .run(["workon", "y"])
            .run(["mvvirtualenv", "x", "z"])
            .run_failing(["workon", "-"])
            .get("VIRTUAL_ENV")
            .played(&sandbox, player);
        gone.records("workon x: 0\nworkon y: 0\nmvvirtualenv x z: 0\nworkon -: 1\nexport VIRTUAL_ENV=[ROOT]/envs/y");
        sandbox.run(["mvvirtualenv", "z", "x"]).status(0);
    }
    // It is nobody's name.
    sandbox.run(["run", "-", "true"]).status(1).stdout("");
}

#[test]
fn another_tools_environment_is_gone_back_to() {
    let sandbox = Sandbox::with_x_and_y();
    let project = sandbox.root().join("shop");
    fs::create_dir(&project).unwrap();
    sandbox.minimal_environment_at(&project.join(".venv"));
    sandbox.run(["setvirtualenvproject", "y", project.to_str().unwrap()]).status(0);
    Story::new()
        .run(["workon", "shop"])
        .run(["workon", "x"])
        .run(["workon", "-"])
        .get("VIRTUAL_ENV")
        .plays(&sandbox, "workon shop: 0\nworkon x: 0\nworkon -: 0\nexport VIRTUAL_ENV=[ROOT]/shop/.venv");
}

#[test]
fn the_beginning_of_a_name_is_enough_at_a_terminal_where_one_has_it() {
    let sandbox = Sandbox::new();
    for name in ["alpha", "alpine", "beta one"] {
        sandbox.minimal_environment(name);
    }
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.run("workon be"), "$ workon be\n(beta one) $");
        assert_eq!(terminal.run("workon alph"), "(beta one) $ workon alph\n(alpha) $");
        let screen = terminal.run("workon al");
        assert!(screen.contains("environment `al` does not exist"), "{screen}");
        assert!(screen.contains("hint: did you mean `alpha` or `alpine`?"), "{screen}");
        assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/alpha");
        // Nothing is removed by half a name.
        let screen = terminal.run("rmvirtualenv be");
        assert!(screen.contains("environment `be` does not exist"), "{screen}");
    });
}

#[test]
fn in_scripts_a_name_is_whole_unless_the_settings_say_otherwise() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("beta");
    for shell in Shell::ALL {
        let script = |environment: &str| {
            let answer = shell.plain().run(&sandbox, "workon be; printf '[%s]' \"$VIRTUAL_ENV\"\n");
            answer.status(0).stdout_contains(&format!("[{environment}]"));
        };
        script("");
        sandbox.write("home/.config/venvwrap/config.toml", "prefix = true\n");
        script("[ROOT]/envs/beta");
        sandbox.write("home/.config/venvwrap/config.toml", "prefix = false\n");
        let terminal = Terminal::start(&sandbox, shell);
        assert!(terminal.run("workon be").contains("does not exist"));
        fs::remove_file(sandbox.home().join(".config/venvwrap/config.toml")).unwrap();
    }
}

#[test]
fn zsh_and_fish_show_python_and_project_beside_a_name() {
    let sandbox = Sandbox::new();
    for name in ["alpha", "alpine"] {
        let root = sandbox.minimal_environment(name);
        fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.4\n").unwrap();
    }
    fs::write(sandbox.environment("alpine").join(".project"), "/src/\x1b[31mshop\n").unwrap();
    for shell in ["zsh", "fish"] {
        let listed = sandbox.run(["complete", shell, "--", "workon", "al"]).status(0).stderr("").stdout_text();
        assert_eq!(listed, "alpha\t3.11.4\nalpine\t3.11.4  /src/\\u{1b}[31mshop\n");
    }
    // bash shows names only, and a long list has no room.
    sandbox.run(["complete", "bash", "--", "workon", "workon al", " "]).status(0).stdout("alpha \nalpine \n");
    for number in 0..64 {
        sandbox.minimal_environment(format!("al{number}"));
    }
    let listed = sandbox.run(["complete", "zsh", "--", "workon", "al"]).status(0).stdout_text();
    assert!(!listed.contains('\t') && listed.lines().count() == 66, "{listed}");
}

/// Three environments; the last used first: beta, gamma, alpha.
fn used() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["alpha", "beta", "gamma one"] {
        sandbox.minimal_environment(name);
    }
    for (age, name) in [(20, "gamma one"), (10, "beta")] {
        let file = sandbox.write(format!("envs/.venvwrap/used/{name}"), "");
        let time = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
        fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
    }
    sandbox
}

#[test]
fn completion_offers_what_is_used_often_and_lately_first() {
    let sandbox = used();
    for shell in ["zsh", "fish"] {
        let names = || -> Vec<String> {
            let listed = sandbox.run(["complete", shell, "--", "workon", ""]).status(0).stderr("").stdout_text();
            listed.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
        };
        assert_eq!(names(), ["beta", "gamma one", "alpha"]);
    }
    // Thrice counts more than once, a moment later.
    for name in ["gamma one", "gamma one", "gamma one", "beta"] {
        sandbox.run(["run", name, "true"]).status(0);
    }
    sandbox.run(["mvvirtualenv", "gamma one", "delta"]).status(0);
    in_every_shell(&sandbox, |terminal| {
        let screen = terminal.listed("workon ", &["alpha", "beta", "delta"]);
        let at = |name: &str| screen.rfind(name).unwrap();
        assert!(at("delta") < at("beta") && at("beta") < at("alpha"), "{:?}: {screen}", terminal.shell);
    });
    // A rename by hand is followed when `doctor --fix` repairs it.
    let root = sandbox.environment("delta");
    fs::write(root.join("bin/tool"), format!("#!{}/bin/python\n", root.display())).unwrap();
    fs::write(
        root.join("bin/activate"),
        format!("VIRTUAL_ENV='{}'\n", root.display().to_string().replace('\'', "'\\''")),
    )
    .unwrap();
    fs::rename(&root, sandbox.environment("zeta")).unwrap();
    sandbox.run(["doctor", "--fix", "zeta"]);
    let listed = sandbox.run(["complete", "zsh", "--", "workon", ""]).stdout_text();
    assert!(listed.starts_with("zeta"), "{listed}");
}

#[test]
fn workon_i_offers_a_list_with_the_last_used_first() {
    let sandbox = used();
    // Also where fzf is installed: one that cannot be started comes first on PATH.
    let fzf = sandbox.tools().join("fzf");
    write_program(&fzf, "#!/nowhere/sh\n");
    in_every_shell(&sandbox, |terminal| {
        let prompts = terminal.prompts();
        terminal.type_keys("workon -i\r");
        terminal.wait_for("gamma one  3.11.2");
        // Down.
        terminal.type_keys("\x1b[B\r");
        terminal.wait_for_prompt_after(prompts);
        assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/gamma one", "{}", terminal.screen());
        let prompts = terminal.prompts();
        terminal.type_keys("workon -i\r");
        terminal.wait_for("alpha      3.11.2");
        terminal.type_keys("q");
        terminal.wait_for_prompt_after(prompts);
        assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/gamma one");
        // Used now.
        terminal.run("deactivate; workon -n beta; deactivate");
    });
}

#[test]
fn fzf_is_asked_where_it_is_and_a_bare_workon_where_the_settings_say_so() {
    let sandbox = used();
    sandbox.minimal_environment("with\ttab");
    let fzf = sandbox.tools().join("fzf");
    write_program(&fzf, "#!/bin/sh\ntee \"$HOME/offered\" | sed -n 2p\nprintf '%s\\n' \"$@\" >\"$HOME/words\"\n");
    sandbox.write("home/.config/venvwrap/config.toml", "picker = true\n");
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    assert_eq!(terminal.run("workon"), "$ workon\n(gamma one) $");
    let offered = fs::read_to_string(sandbox.home().join("offered")).unwrap();
    assert_eq!(
        offered,
        "0/beta/beta       3.11.2\n1/gamma one/gamma one  3.11.2\n2/alpha/alpha      3.11.2\n3/with\ttab/with\\ttab  3.11.2\n"
    );
    assert!(fs::read_to_string(sandbox.home().join("words")).unwrap().ends_with("showvirtualenv -- {s2}\n"));
    // Nothing chosen.
    fs::write(&fzf, "#!/bin/sh\nexit 130\n").unwrap();
    terminal.run("workon");
    assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/gamma one");
    // A script gets its list.
    for shell in Shell::ALL {
        shell.plain().run(&sandbox, "workon\n").status(1).stdout("alpha\nbeta\ngamma one\nwith\ttab\n").stderr("");
        let refused = "venvwrap: workon: `-i` needs a terminal\nhint: `workon NAME` activates one\n";
        shell.plain().run(&sandbox, "workon -i\n").status(1).stdout("").stderr(refused);
    }
}
