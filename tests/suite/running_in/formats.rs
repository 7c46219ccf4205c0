//! The variables of an environment are the same in every way to get them: from `workon` in a child
//! of the shell, from `venvwrap run`, and from `venvwrap env` in each format. The real program
//! evaluates a format if it is installed, otherwise a reader in `readers`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::readers::{self, Said};
use crate::support::conda;
use crate::support::sandbox::{BINARY, Sandbox, bytes, tool};
use crate::support::shells::Shell;
use crate::support::tally;

/// The variables of a process, without the counters and notes of shells.
type Variables = BTreeMap<Vec<u8>, Vec<u8>>;

/// The variables that an activation may change. All others must stay the same.
const OURS: [&str; 17] = [
    "VIRTUAL_ENV",
    "VIRTUAL_ENV_PROMPT",
    "PYTHONHOME",
    "PATH",
    "VENVWRAP_UNDO",
    "CONDA_PREFIX",
    "CONDA_SHLVL",
    "CONDA_DEFAULT_ENV",
    "CONDA_PROMPT_MODIFIER",
    "CONDA_PREFIX_1",
    "CONDA_PREFIX_2",
    "CONDA_STACKED_2",
    "CONDA_STACKED_3",
    "OWN",
    "__CONDA_SHLVL_0_OWN",
    "__CONDA_SHLVL_1_OWN",
    "__CONDA_SHLVL_2_OWN",
];

/// Text formats, parsed by `readers`.
const FILES: [&str; 6] = ["nu", "pwsh", "dotenv", "systemd", "github", "json"];

fn variables(env: &[u8]) -> Variables {
    let noise: [&[u8]; 6] = [b"_", b"SHLVL", b"PWD", b"OLDPWD", b"LOGNAME", b"USER"];
    let entries = env.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    let pairs = entries.map(|entry| {
        let equals = entry.iter().position(|byte| *byte == b'=').unwrap();
        (entry[..equals].to_vec(), entry[equals + 1..].to_vec())
    });
    pairs.filter(|(name, _)| !noise.contains(&name.as_slice())).collect()
}

/// The variables of a program started by `venvwrap run`.
pub(super) fn run(sandbox: &Sandbox, name: impl AsRef<OsStr>) -> Variables {
    let words = [OsStr::new("run"), name.as_ref(), OsStr::new("/usr/bin/env"), OsStr::new("-0")];
    variables(&sandbox.run(words).status(0).stderr("").stdout)
}

/// The variables of a program in a shell that ran this code; `$0` is venvwrap and `$1` the name.
fn shell(sandbox: &Sandbox, program: &str, code: &str, name: &OsStr) -> Variables {
    let mut command = sandbox.command(tool(program));
    let code = match program {
        "fish" => format!("{} ; exec /usr/bin/env -0", code.replace("$0", "$argv[1]").replace("$1", "$argv[2]")),
        _ => format!("{code}\nexec /usr/bin/env -0"),
    };
    match program {
        "bash" => command.args(["--norc", "-c"]),
        "zsh" => command.args(["-f", "-c"]),
        "fish" => command.args(["--no-config", "-c"]),
        _ => command.arg("-c"),
    };
    command.arg(code).arg(BINARY).arg(name);
    variables(&sandbox.run_command(command, b"").status(0).stderr("").stdout)
}

/// The variables among `OURS` that the functions export.
fn by_workon(sandbox: &Sandbox, shell: Shell, name: &OsStr) -> Variables {
    let functions = shell.quoted(shell.functions().as_os_str().as_bytes());
    let code = [b". ", &functions[..], b"\nworkon ", &shell.quoted(name.as_bytes()), b"\n/usr/bin/env -0\n"].concat();
    let script = shell.plain().bare_script(sandbox, code);
    variables(&sandbox.run_command(shell.plain().command(sandbox, &script), b"").status(0).stdout)
}

fn ours(variables: &Variables) -> Variables {
    let is_ours = |name: &&Vec<u8>| OURS.iter().any(|each| each.as_bytes() == *name);
    variables.iter().filter(|(name, _)| is_ours(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn applied(mut variables: Variables, said: Vec<Said>) -> Variables {
    for (name, value) in said {
        match value {
            Some(value) => variables.insert(name.into_bytes(), value),
            None => variables.remove(name.as_bytes()),
        };
    }
    variables
}

fn json(text: &str) -> Vec<Said> {
    let read: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(read["schema"], 1);
    let set = read["set"].as_object().unwrap().iter();
    let unset = read["unset"].as_array().unwrap().iter();
    set.map(|(name, value)| (name.clone(), Some(value.as_str().unwrap().as_bytes().to_vec())))
        .chain(unset.map(|name| (name.as_str().unwrap().to_owned(), None)))
        .collect()
}

/// The variable that holds the root of the environment.
fn root_variable(after: &Variables) -> &'static str {
    if after.contains_key(b"VIRTUAL_ENV".as_slice()) { "VIRTUAL_ENV" } else { "CONDA_PREFIX" }
}

/// Whether a format can express these variables. Decided from the format's grammar, independently
/// of the code under test.
fn can_hold(format: &str, before: &Variables, after: &Variables) -> bool {
    let is_written = |name: &&&str| match format {
        "github" => **name != "PATH",
        "github-path" => **name == root_variable(after),
        _ => true,
    };
    let values = OURS.iter().filter(is_written).filter_map(|name| after.get(name.as_bytes()));
    let Ok(texts) = values.map(|value| std::str::from_utf8(value)).collect::<Result<Vec<_>, _>>() else { return false };
    let any = |unwanted: &[char]| texts.iter().any(|text| text.contains(unwanted));
    let can_unset = !matches!(format, "dotenv" | "systemd" | "github");
    let is_gone = |name: &str| before.contains_key(name.as_bytes()) && !after.contains_key(name.as_bytes());
    (can_unset || !OURS.iter().any(|name| is_gone(name)))
        && match format {
            "dotenv" => {
                let has_both = texts.iter().any(|text| text.contains('\'') && text.contains('"'));
                !any(&['\n', '\r', '$', '\\', '`']) && !has_both
            }
            "systemd" => !any(&['\u{feff}', '\u{ffff}']),
            "github-path" => !any(&['\n', '\r']),
            _ => true,
        }
}

/// Compares every way to get the variables of one environment.
fn conforms(sandbox: &Sandbox, name: &OsStr) {
    let mut before: Variables = BTreeMap::new();
    before.extend(sandbox.variables().iter().map(|(name, value)| (bytes(name), bytes(value))));
    let expected = run(sandbox, name);
    for shell in Shell::ALL {
        let found = ours(&by_workon(sandbox, shell, name));
        assert_eq!(shown(&found), shown(&ours(&expected)), "workon in {}", shell.name());
    }
    let evaluated = [
        ("bash", "eval \"$(\"$0\" env \"$1\" --format bash)\""),
        ("bash", "eval \"$(\"$0\" env \"$1\")\""),
        ("zsh", "eval \"$(\"$0\" env \"$1\" --format zsh)\""),
        ("zsh", "eval \"$(\"$0\" env \"$1\")\""),
        ("dash", "eval \"$(\"$0\" env \"$1\")\""),
        ("fish", "$0 env $1 --format fish | source"),
        ("fish", "$0 env $1 | source"),
        ("bash", "watch_file() { [ -f \"$1\" ]; }; set -eu; eval \"$(\"$0\" env \"$1\" --format direnv)\""),
    ];
    for (program, code) in evaluated {
        assert_eq!(shown(&shell(sandbox, program, code, name)), shown(&expected), "{program}: {code}");
    }
    for format in FILES.into_iter().chain(["github-path"]) {
        let answer = sandbox.run([OsStr::new("env"), name, OsStr::new("--format"), OsStr::new(format)]);
        if !can_hold(format, &before, &expected) {
            let answer = answer.status(1).stdout("");
            let said = answer.stderr_text();
            assert!(
                said.starts_with(&format!("venvwrap: {format} cannot hold ")) && said.lines().count() == 2,
                "{said}"
            );
            continue;
        }
        let answer = answer.status(0).stderr("");
        let text = std::str::from_utf8(&answer.stdout).unwrap();
        let mut expected = expected.clone();
        let path = &before.get(b"PATH".as_slice()).cloned().unwrap_or_default();
        let said = match format {
            "nu" => readers::nu(text),
            "pwsh" => readers::pwsh(text),
            "dotenv" => readers::dotenv(text),
            "systemd" => readers::systemd(text),
            "json" => json(text),
            // Directories that earlier steps put before PATH stay.
            "github" => {
                expected.insert(b"PATH".to_vec(), path.clone());
                readers::github(text)
            }
            _ => {
                let bin = [&expected[root_variable(&expected).as_bytes()][..], b"/bin:", path].concat();
                assert_eq!(readers::github_path(text, path), bin);
                continue;
            }
        };
        assert_eq!(shown(&applied(before.clone(), said)), shown(&expected), "{format}: {text}");
        if format == "dotenv" {
            let file = sandbox.write("read.env", text);
            let code = "set -a; . ./read.env; exec /usr/bin/env -0";
            let mut command = sandbox.command("/bin/sh");
            command.args(["-c", code]);
            assert_eq!(variables(&sandbox.run_command(command, b"").stdout), expected, "{}", file.display());
        }
        tally::add("environments of a process with hostile values, written in a format and read back", 1);
    }
}

fn shown(variables: &Variables) -> Vec<String> {
    variables.iter().map(|(name, value)| format!("{}={}", name.escape_ascii(), value.escape_ascii())).collect()
}

/// Runs the comparison in every state in which `run` and `env` may be called.
fn in_every_state(sandbox: impl Fn() -> Sandbox, name: &OsStr) {
    conforms(&sandbox(), name);
    let mut odd = sandbox();
    odd.set("PYTHONHOME", "/py;home %3B\n").set("VIRTUAL_ENV", "").set("VIRTUAL_ENV_PROMPT", "left over");
    conforms(&odd, name);
    // Inside another environment of the store, as a child of each shell, and inside the same one.
    for shell in Shell::ALL {
        for other in [OsStr::new("other"), name] {
            let mut inside = sandbox();
            inside.minimal_environment("other");
            for (variable, value) in ours(&by_workon(&inside, shell, other)) {
                inside.set(std::str::from_utf8(&variable).unwrap(), OsString::from_vec(value));
            }
            conforms(&inside, name);
        }
    }
    // Inside a plain venv, alone and on top of an environment of the store. An existing venv is
    // replaced; a missing one is an ordinary variable.
    let mut there = sandbox();
    let root = there.root().join("plain venv");
    there.minimal_environment_at(&root);
    enter_plain(&mut there);
    conforms(&there, name);
    let mut plain = sandbox();
    enter_plain(&mut plain);
    conforms(&plain, name);
    let mut both = sandbox();
    both.minimal_environment("other");
    for (variable, value) in ours(&by_workon(&both, Shell::Bash, OsStr::new("other"))) {
        both.set(std::str::from_utf8(&variable).unwrap(), OsString::from_vec(value));
    }
    enter_plain(&mut both);
    conforms(&both, name);
}

/// The variables that sourcing a venv's activate script exports.
fn enter_plain(sandbox: &mut Sandbox) {
    let root = sandbox.root().join("plain venv");
    let mut path = root.join("bin").into_os_string();
    path.push(":");
    path.push(&sandbox.variables()[OsStr::new("PATH")]);
    sandbox.set("VIRTUAL_ENV", root).set("VIRTUAL_ENV_PROMPT", "plain").set("PATH", path);
}

/// A sandbox with one environment of this name and prompt.
fn with(sandbox: Sandbox, name: &OsStr, prompt: &[u8]) -> Sandbox {
    let root = sandbox.minimal_environment(name);
    if !prompt.is_empty() {
        let cfg = [b"home = /usr/bin\nprompt = '", prompt, b"'\n"].concat();
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
    }
    sandbox
}

#[test]
fn an_ordinary_environment_is_the_same_in_every_format() {
    for name in ["x", "it's", "say \"hi\" #1=é;&%"] {
        in_every_state(|| with(Sandbox::plain(), OsStr::new(name), b""), OsStr::new(name));
    }
}

/// A sandbox with the conda environment `gis` and its base, beside `x` in the store.
fn with_conda(sandbox: Sandbox) -> Sandbox {
    conda::base(&sandbox, "conda");
    let gis = conda::prefix(&sandbox, "conda/envs/gis");
    conda::write(&gis, "etc/conda/env_vars.d/own.json", r#"{"own": "it's 100%"}"#);
    sandbox.run(["trust".as_ref(), gis.as_os_str()]).status(0);
    with(sandbox, OsStr::new("x"), b"")
}

#[test]
fn so_is_a_conda_environment() {
    let gis = OsStr::new("gis");
    in_every_state(|| with_conda(Sandbox::new()), gis);
    // On top of the base that conda itself activated, and with invalid level numbers.
    let based = |level: &str| {
        let mut sandbox = with_conda(Sandbox::plain());
        let base = sandbox.root().join("conda");
        sandbox.set("CONDA_PREFIX", base).set("CONDA_SHLVL", level).set("CONDA_DEFAULT_ENV", "base").set("OWN", "mine");
        sandbox
    };
    for level in ["1", "007", "x", "1000"] {
        conforms(&based(level), gis);
    }
    // An environment of the store from inside conda's, and the other way around.
    for (first, then) in [("gis", "x"), ("x", "gis"), ("base", "gis")] {
        let mut inside = based("1");
        let entered = ours(&by_workon(&inside, Shell::Bash, OsStr::new(first)));
        for name in OURS {
            inside.unset(name);
        }
        for (variable, value) in entered {
            inside.set(std::str::from_utf8(&variable).unwrap(), OsString::from_vec(value));
        }
        conforms(&inside, OsStr::new(then));
    }
}

#[test]
fn hostile_places_names_and_prompts_too() {
    let fish_and_all = "‘curly’ \u{2028} \u{1f40d} $HOME `x` $(x) \\n {a,b} 'END' \"END\"\nEND\nEND_";
    in_every_state(
        || with(Sandbox::new(), OsStr::new("x"), fish_and_all.replace('\n', " ").as_bytes()),
        OsStr::new("x"),
    );
    let lines = OsStr::new("1<<END\nEND\nEND_\nlast");
    conforms(&with(Sandbox::new(), lines, b""), lines);
    conforms(&with(Sandbox::plain(), lines, b""), lines);
    let refused = OsStr::new("bom \u{feff} \u{ffff}");
    conforms(&with(Sandbox::new(), refused, b""), refused);
}

#[test]
fn so_is_every_byte() {
    let every = |allowed: fn(&u8) -> bool| (1..=255).filter(allowed).collect::<Vec<u8>>();
    // PATH entries cannot contain a `:`.
    let names =
        [every(|byte| !matches!(byte, b'/' | b':')), every(|byte| byte.is_ascii() && !matches!(byte, b'/' | b':'))];
    for name in names {
        let name = OsStr::from_bytes(&name);
        let prompt = every(|byte| *byte != b'\n');
        conforms(&with(Sandbox::plain(), name, b""), name);
        conforms(&with(Sandbox::new(), OsStr::new("x"), &prompt), OsStr::new("x"));
    }
}

#[test]
fn path_may_be_unset_empty_or_odd() {
    for path in [None, Some(""), Some(":"), Some("/a::/b:"), Some("/a b:/usr/bin:/c\n")] {
        let mut sandbox = with(Sandbox::new(), OsStr::new("x"), b"");
        match path {
            Some(path) => sandbox.set("PATH", path),
            None => sandbox.unset("PATH"),
        };
        let expected = run(&sandbox, "x");
        let answer = sandbox.run(["env", "x", "--format", "json"]).status(0);
        let found = json(std::str::from_utf8(&answer.stdout).unwrap());
        let path = found.iter().find(|(name, _)| name == "PATH").unwrap().1.as_ref();
        assert_eq!(path, expected.get(b"PATH".as_slice()));
        for (program, code) in [
            ("bash", "eval \"$(\"$0\" env \"$1\" --format bash)\""),
            ("bash", "watch_file() { :; }; eval \"$(\"$0\" env \"$1\" --format direnv)\""),
        ] {
            // A shell without PATH sets a default, and so does `workon` in it.
            if path.is_some_and(|path| !path.ends_with(b"/bin")) {
                assert_eq!(shown(&shell(&sandbox, program, code, OsStr::new("x"))), shown(&expected), "{code}");
            }
        }
    }
}

#[test]
fn a_file_that_cannot_unset_says_so() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.set("PYTHONHOME", "");
    for format in ["github", "systemd"] {
        sandbox.run(["env", "x", "--format", format]).status(1).stdout("").stderr(format!(
            "venvwrap: {format} cannot hold PYTHONHOME: it is set, and a file cannot unset it\nhint: unset it first\n"
        ));
    }
    sandbox.unset("PYTHONHOME");
    sandbox.run(["env", "x", "--format", "dotenv"]).status(1).stdout("").stderr(
        "venvwrap: dotenv cannot hold VIRTUAL_ENV: readers disagree on `$`, `\\` and backquotes\n\
         hint: `venvwrap run NAME CMD` hands any value to a program\n",
    );
}

#[test]
fn without_a_word_it_is_the_format_of_who_calls_or_of_shell() {
    let mut sandbox = Sandbox::with_x_and_y();
    let first = |sandbox: &Sandbox, program: &str, options: &[&str]| {
        let mut command = sandbox.command(tool(program));
        command.args(options).arg("-c").arg("$BINARY env x; true");
        command.env("BINARY", "venvwrap");
        sandbox.run_command(command, b"").stdout_text().lines().next().unwrap_or_default().to_owned()
    };
    std::os::unix::fs::symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    // The script's language counts, not the user's login shell.
    sandbox.set("SHELL", "/usr/bin/fish");
    assert_eq!(first(&sandbox, "bash", &["--norc"]), "unset PYTHONHOME");
    assert_eq!(first(&sandbox, "zsh", &["-f"]), "unset PYTHONHOME");
    assert_eq!(first(&sandbox, "dash", &[]), "unset PYTHONHOME");
    sandbox.set("SHELL", "/bin/bash");
    assert_eq!(first(&sandbox, "fish", &["--no-config"]), "set -e PYTHONHOME");
    // The caller is not a shell but this test.
    sandbox.set("SHELL", "/usr/bin/fish");
    sandbox.run(["env", "x"]).status(0).stdout_contains("set -gx VIRTUAL_ENV ");
    for shell in ["/bin/false", ""] {
        sandbox.set("SHELL", shell);
        sandbox.run(["env", "x"]).status(2).stdout("").stderr_contains("\nhint: add `--format bash`");
    }
}
