//! `venvwrap set` and `unset`: variables of an environment, in every shell and every format, and
//! wherever the environment goes.

use std::fs;
use std::os::unix::fs::symlink;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

const HOOK: &str = "hint: a `postactivate` hook in its bin can set any variable\n";

#[test]
fn variables_are_set_listed_and_removed_and_nothing_changes_in_the_environment() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let before = tree(&root);
    let none = "No variables yet. Set one with `venvwrap set x KEY=VALUE`.\n";
    sandbox.run(["set", "x"]).status(0).stdout("").stderr(none);
    let bin = sandbox.root().join("home/bin");
    fs::create_dir(&bin).unwrap();
    sandbox.run(["set", "x", "B=it's = $x", "A=1", "--path", "home/bin", "--path", "/bin"]).status(0).silent();
    let listed = "A=1\nB=it's = $x\nPATH=[ROOT]/home/bin:/bin:$PATH\n";
    sandbox.run(["set", "x"]).status(0).stdout(listed).stderr("");
    // Set again, a directory comes first, once.
    sandbox.run(["set", "x", "A=", "--path", "/bin"]).status(0).silent();
    let report: Value =
        serde_json::from_slice(&sandbox.run(["set", "x", "--json"]).status(0).stderr("").stdout).unwrap();
    assert_eq!(report["variables"], json!({"A": "", "B": "it's = $x"}));
    assert_eq!(report["path_entries"], json!(["/bin", bin]));
    sandbox.run(["unset", "x", "A", "--path", "home/bin"]).status(0).silent();
    sandbox.run(["set", "x"]).status(0).stdout("B=it's = $x\nPATH=/bin:$PATH\n").stderr("");
    sandbox
        .run(["unset", "x", "A"])
        .status(2)
        .stdout("")
        .stderr("venvwrap: environment `x` does not set `A`\nhint: `venvwrap set x` lists what it sets\n");
    sandbox.run(["unset", "x", "--all"]).status(0).silent();
    sandbox.run(["set", "x"]).status(0).stdout("").stderr(none);
    assert_eq!(tree(&root), before);
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/variables")), Vec::<String>::new());
}

#[test]
fn names_that_programs_obey_are_refused_with_the_reason() {
    let sandbox = Sandbox::with_x_and_y();
    let refused = |name: &str, reason: &str, hint: &str| {
        let message = format!("venvwrap: `{name}` cannot be set: {reason}\n{hint}");
        sandbox.run(["set", "x", "GOOD=1", &format!("{name}=1")]).status(2).stdout("").stderr(message);
    };
    refused("PATH", "shells obey it", "hint: `--path DIR` puts a directory into PATH\n");
    refused("LD_PRELOAD", "loaders of programs obey it", HOOK);
    refused(
        "PYTHONPATH",
        "interpreters and build tools obey it",
        "hint: `venvwrap add2virtualenv DIR` adds a directory to sys.path\n",
    );
    refused("GIT_DIR", "git, ssh, or another tool for versions and keys obeys it", HOOK);
    refused("MY_PAGER", "programs find other programs or servers by it", HOOK);
    refused("WORKON_HOME", "venvwrap sets or reads it", HOOK);
    refused("path", "a name is upper-case letters, digits, and `_`, and begins with a letter", HOOK);
    sandbox
        .run(["set", "x", "GOOD"])
        .status(2)
        .stdout("")
        .stderr("venvwrap: `GOOD` is not KEY=VALUE\nhint: `venvwrap unset x GOOD` removes a variable\n");
    sandbox
        .run(["set", "x", "--path", "/a:b"])
        .status(2)
        .stdout("")
        .stderr_contains("`/a:b` cannot be set: PATH cannot hold a `:`");
    // Nothing of these was written.
    assert!(!sandbox.workon_home().join(".venvwrap/variables").exists());
}

#[test]
fn a_file_of_variables_is_read_whole_or_not_at_all() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.write(".env", "# settings\nexport A=1 # one\nB='two words'\n");
    sandbox.run(["set", "x", "--from-file", ".env", "C=3"]).status(0).silent();
    sandbox.run(["set", "x"]).status(0).stdout("A=1\nB=two words\nC=3\n").stderr("");
    sandbox.write("odd.env", "A=2\nB=$HOME\n");
    sandbox
        .run(["set", "x", "--from-file", "odd.env"])
        .status(1)
        .stdout("")
        .stderr_contains("odd.env, line 2: other programs expand its `$`; put the value into single quotes");
    sandbox.write("evil.env", "A=2\nLD_PRELOAD=x\n");
    sandbox.run(["set", "x", "--from-file", "evil.env"]).status(2).stdout("").stderr_contains("`LD_PRELOAD`");
    sandbox.run(["set", "x", "--from-file", "none.env"]).status(1).stdout("").stderr_contains("none.env");
    sandbox.run(["set", "x"]).status(0).stdout("A=1\nB=two words\nC=3\n").stderr("");
}

#[test]
fn activation_sets_them_and_deactivation_restores_what_was_there() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["set", "x", "A=a", "C=c", "D=d", "--path", "/opt/one", "--path", "/opt/two"]).status(0);
    sandbox.run(["set", "y", "C=of y"]).status(0);
    let all = ["A", "C", "D", "PATH"];
    Story::new()
        .export("A", "before")
        .export("C", "")
        .run(["workon", "x"])
        .get_all(&all)
        .run(["workon", "y"])
        .get_all(&all)
        .run(["deactivate"])
        .get_all(&all)
        .plays_in_every_mode(
            &sandbox,
            "workon x: 0
             export A=a
             export C=c
             export D=d
             export PATH=[ROOT]/envs/x/bin:/opt/one:/opt/two:[ROOT]/tools:/usr/bin:/bin
             workon y: 0
             export A=before
             export C=of y
             unset D
             export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0
             export A=before
             export C=
             unset D
             export PATH=[ROOT]/tools:/usr/bin:/bin",
        );
}

#[test]
fn what_is_not_exported_and_what_path_has_already_come_back_as_they_were() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        sandbox.run(["set", "x", "B=b", "--path", "/usr/bin"]).status(0);
        Story::new()
            .set("B", "private")
            .snapshot("before")
            .run(["workon", "x"])
            .get_all(&["B", "PATH"])
            .run(["deactivate"])
            .get_all(&["B", "PATH"])
            .snapshot("after")
            .played(&sandbox, shell.plain())
            .silent()
            .same("before", "after")
            .records(
                "workon x: 0
                 export B=b
                 export PATH=[ROOT]/envs/x/bin:/usr/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0
                 B=private
                 export PATH=[ROOT]/tools:/usr/bin:/bin",
            );
    }
}

#[test]
fn hooks_see_them_and_a_child_shell_can_deactivate() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        sandbox.run(["set", "x", "A=a", "--path", "/opt/one"]).status(0);
        let hook = sandbox.environment("x").join("bin/postactivate");
        fs::write(hook, "echo \"hook: $A\"\n").unwrap();
        let child = Story::new().run(["deactivate"]).get_all(&["A", "PATH"]);
        Story::new()
            .run(["workon", "x"])
            .child(shell.plain(), child)
            .get("A")
            .played(&sandbox, shell.plain())
            .says("hook: a\n", "")
            .records(
                "workon x: 0
                 deactivate: 0
                 unset A
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 end
                 export A=a",
            );
    }
}

/// Values that are UTF-8, with more special characters of shells than chance would produce.
fn values() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let special =
        proptest::sample::select("'\"\\$`!;&|<>(){}[]*?~#%=^ \t\n\r\u{1b}\u{7f}é☃".chars().collect::<Vec<_>>());
    let letter = prop_oneof![special, any::<char>(), proptest::char::range('a', 'z')];
    let value = vec(letter, 0..60).prop_map(|letters| letters.into_iter().filter(|each| *each != '\0').collect());
    vec((value, vec(1..=255_u8, 0..30)), 1..8)
}

/// Sets the values, activates and deactivates, and compares what a program got.
fn arrive(shell: Shell, values: &[(String, Vec<u8>)]) -> Result<(), TestCaseError> {
    let sandbox = Sandbox::with_x_and_y();
    let mut command = sandbox.command(BINARY);
    command.args(["set", "x"]);
    let mut story = Story::new();
    let mut look = String::from("/bin/sh -c 'printf \"%s\\0\"");
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (number, (value, before)) in values.iter().enumerate() {
        command.arg(format!("MY_{number}={value}"));
        story = story.export(&format!("MY_{number}"), before);
        look = format!("{look} \"${{MY_{number}-none}}\"");
        inside.push(value.as_bytes().escape_ascii().to_string());
        outside.push(before.escape_ascii().to_string());
    }
    sandbox.run_command(command, b"").status(0).silent();
    look.push_str("' >>$__story_records");
    let quoted = look.replace("$__story_records", "\"$__story_records\"");
    let look = |story: Story| story.code(&quoted, &look);
    let story = look(look(story.run(["workon", "x"])).run(["deactivate"]));
    let told = story.played(&sandbox, shell.plain());
    let got: Vec<String> = told.records.iter().map(|record| record.escape_ascii().to_string()).collect();
    let line = |text: &str| vec![text.to_owned()];
    let expected = [line("workon x: 0"), inside.clone(), line("deactivate: 0"), outside, line("end")].concat();
    prop_assert_eq!(got, expected, "{}: {}", shell.name(), told);
    told.silent();
    // And without a shell.
    let words = (0..values.len()).map(|number| format!("\"$MY_{number}\"")).collect::<Vec<_>>().join(" ");
    let ran = sandbox.run(["run", "x", "/bin/sh", "-c", &format!("printf '%s\\0' {words}")]).status(0);
    let got: Vec<String> = ran.stdout.split(|byte| *byte == 0).map(|each| each.escape_ascii().to_string()).collect();
    prop_assert_eq!(&got[..values.len()], &inside[..]);
    Ok(())
}

#[test]
fn every_value_arrives_unchanged_and_every_earlier_one_comes_back() {
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    for shell in Shell::ALL {
        proptest!(config.clone(), |(values in values())| arrive(shell, &values)?);
    }
}

#[test]
fn run_and_every_format_have_them() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    sandbox.run(["set", "x", "A=it is", "--path", "/opt/one", "--path", "/opt/two"]).status(0);
    let path = "[ROOT]/envs/x/bin:/opt/one:/opt/two";
    let rest = "[ROOT]/tools:/usr/bin:/bin";
    let given = sandbox.run(["run", "x", "sh", "-c", "echo \"$A|$PATH\""]).status(0).stdout;
    assert_eq!(String::from_utf8(sandbox.masked(&given)).unwrap(), format!("it is|{path}:{rest}\n"));
    for (format, line) in [
        ("bash", "\nexport A='it is'\n"),
        ("zsh", "\nexport A='it is'\n"),
        ("fish", "\nset -gx A 'it is'\n"),
        ("nu", "\n$env.A = \"it is\"\n"),
        ("pwsh", "\n$env:A = 'it is'\n"),
        ("dotenv", "\nA='it is'\n"),
        ("systemd", "\nA=\"it is\"\n"),
        ("github", "\nA=it is\n"),
        ("direnv", "\nexport A='it is'\n"),
        ("json", "\n    \"A\": \"it is\",\n"),
        ("github-path", "/opt/two\n/opt/one\n[ROOT]/envs/x/bin\n"),
    ] {
        let text = sandbox.run(["env", "x", "-f", format]).status(0).stdout;
        let text = String::from_utf8(sandbox.masked(&text)).unwrap();
        assert!(text.contains(line), "{format}: {text}");
        let in_path = match format {
            "fish" => "'[ROOT]/envs/x/bin' '/opt/one' '/opt/two' ".to_owned(),
            "nu" => "\"[ROOT]/envs/x/bin\", \"/opt/one\", \"/opt/two\", ".to_owned(),
            "direnv" => format!("export PATH='{path}'${{PATH+\":$PATH\"}}\n"),
            "github" | "github-path" => String::new(),
            _ => format!("{path}:{rest}"),
        };
        assert!(text.contains(&in_path), "{format}: {text}");
    }
    // From inside, another environment's are given back first.
    sandbox.minimal_environment("y");
    let look = format!("{BINARY} run y sh -c 'echo \"${{A-none}}|$PATH\"'");
    let given = sandbox.run(["run", "x", "sh", "-c", &look]).status(0).stdout;
    assert_eq!(String::from_utf8(sandbox.masked(&given)).unwrap(), format!("none|[ROOT]/envs/y/bin:{rest}\n"));
}

#[test]
fn allvirtualenv_gives_each_its_own() {
    for player in Player::all() {
        let sandbox = Sandbox::with_x_and_y();
        sandbox.run(["set", "x", "A=it's", "--path", "/opt/one", "--path", "/opt/two"]).status(0);
        let look = sandbox.write("look", "printf '%s\\n' \"${A-none} $PATH\"\n");
        Story::new()
            .run([b"allvirtualenv".to_vec(), b"sh".to_vec(), bytes(look)])
            .get_all(&["A", "PATH"])
            .played(&sandbox, player)
            .says(
                "x\n=\nit's [ROOT]/envs/x/bin:/opt/one:/opt/two:[ROOT]/tools:/usr/bin:/bin\n\n\
                 y\n=\nnone [ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin\n\n",
                "",
            )
            .records(
                "allvirtualenv sh [ROOT]/look: 0
                 unset A
                 export PATH=[ROOT]/tools:/usr/bin:/bin",
            );
    }
}

#[test]
fn they_go_where_the_environment_goes() {
    let sandbox = Sandbox::with_x_and_y();
    let root = sandbox.environment("x");
    let inside = format!("DATA={}", root.join("share").display());
    let tools = root.join("tools");
    sandbox.run(["set", "x", "A=1", &inside, "--path", tools.to_str().unwrap()]).status(0);
    let has = |name: &str| {
        let root = format!("[ROOT]/envs/{name}");
        let expected = format!("A=1\nDATA={root}/share\nPATH={root}/tools:$PATH\n");
        sandbox.run(["set", name]).status(0).stdout(expected).stderr("");
    };
    has("x");
    drop(Shell::Bash.plain().run(&sandbox, "cpvirtualenv x 'a copy' >/dev/null; deactivate").status(0));
    has("a copy");
    sandbox.run(["mvvirtualenv", "x", "new"]).status(0);
    sandbox.run(["set", "x"]).status(1);
    has("new");
    sandbox.run(["rmvirtualenv", "new"]).status(0);
    sandbox.run(["undo", "new"]).status(0);
    has("new");
    sandbox.run(["rmvirtualenv", "--now", "new"]).status(0);
    sandbox.minimal_environment("new");
    sandbox.run(["set", "new"]).status(0).stdout("");
}

#[test]
fn a_recipe_carries_them() {
    let python = pythons::complete();
    let sandbox = Sandbox::new();
    // A recipe asks for a version.
    symlink(&python.path, sandbox.tools().join(format!("python{}", python.minor()))).unwrap();
    let python = python.path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", python, "x"]).status(0);
    let tools = sandbox.home().join("tools");
    fs::create_dir(&tools).unwrap();
    sandbox.run(["set", "x", "A=it's \"q\"\n", "--path", tools.to_str().unwrap()]).status(0);
    let recipe = sandbox.run(["export", "x"]).status(0).stdout_text();
    assert!(
        recipe.contains("\npath = [\"~/tools\"]\nvariables = { A = \"it's \\\"q\\\"\\n\" }\npackages = "),
        "{recipe}"
    );
    sandbox.write("new.toml", recipe.replace("name = \"x\"", "name = \"new\""));
    let said = sandbox.run(["import", "new.toml"]).status(0).stderr_text();
    assert!(said.contains("new: ~/tools comes into PATH\nnew: sets A=it's \"q\"\\n\n"), "{said}");
    let listed = sandbox.run(["set", "x", "--json"]).status(0).stdout_text();
    assert_eq!(
        sandbox.run(["set", "new", "--json"]).status(0).stdout_text(),
        listed.replace("/x\"", "/new\"").replace("\"x\"", "\"new\"")
    );
    sandbox.run(["diff", "x", "new"]).status(0);
    sandbox.run(["set", "new", "A=2"]).status(0);
    sandbox.run(["diff", "x", "new"]).status(1).stdout_contains("variables");
    for wrong in ["variables = { LD_PRELOAD = \"x\" }", "path = [\"relative\"]", "path = [\"/a:b\"]"] {
        let text = format!("schema = 1\n[[environment]]\nname = \"z\"\npython = \"3.12\"\n{wrong}\n");
        sandbox.write("wrong.toml", text);
        sandbox.run(["import", "wrong.toml"]).status(1).stdout("").stderr_contains("environment `z`: ");
    }
}

#[test]
fn a_file_that_others_wrote_sets_nothing_that_programs_obey() {
    let sandbox = Sandbox::with_x_and_y();
    let text =
        json!({"set": {"LD_PRELOAD": "/evil.so", "GOOD": "1", "path": "/evil"}, "path": ["evil", "/a:/evil", "/ok"]});
    sandbox.write("envs/.venvwrap/variables/x", text.to_string());
    let shown = sandbox.run(["set", "x"]).status(0).stdout_text();
    assert_eq!(shown, "GOOD=1\nPATH=/ok:$PATH\n");
    sandbox.run(["run", "x", "sh", "-c", "echo ${LD_PRELOAD-none} $GOOD"]).status(0).stdout("none 1\n").stderr("");
    let precious = sandbox.write("precious", text.to_string());
    symlink(&precious, sandbox.workon_home().join(".venvwrap/variables/y")).unwrap();
    sandbox.run(["run", "y", "sh", "-c", "echo ${GOOD-none}"]).status(0).stdout("none\n").stderr("");
    sandbox.run(["set", "y", "A=1"]).status(0);
    assert_eq!(fs::read_to_string(precious).unwrap(), text.to_string());
    sandbox.write("envs/.venvwrap/variables/x", "no JSON");
    sandbox.run(["set", "x"]).status(0).stdout("");
}

#[test]
fn names_and_keys_are_completed() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["set", "x", "ALPHA=1", "BETA=2"]).status(0);
    let offered = |words: &[&str], expected: &str| {
        let words = ["complete", "fish", "--", "venvwrap"].iter().chain(words);
        sandbox.run(words).status(0).stderr("").stdout(expected);
    };
    offered(&["set", ""], "x\t3.11.2\ny\t3.11.2\n");
    offered(&["unset", ""], "x\t3.11.2\ny\t3.11.2\n");
    offered(&["unset", "x", ""], "ALPHA\nBETA\n");
    offered(&["unset", "x", "ALPHA", "B"], "BETA\n");
}
