//! Every command line in README.md and docs/ runs as it is written, in bash, in a scratch home.
//!
//! A command line is a line of an indented or `sh` block, or one after `$ ` in a `console` block,
//! whose other lines are compared with the output. Each runs in a shell of its own, where the
//! environment `api` exists, unless `BEFORE` says otherwise. Blocks in other languages are fenced
//! as such.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::wheel::tiny_wheel;

const NETWORK: &str = "downloads";
const CHECKOUT: &str = "builds in the checkout; the workflow runs it";

/// Command lines that do not run here, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("make demo", CHECKOUT),
    ("make install PREFIX=~/.local", CHECKOUT),
    ("make dist", CHECKOUT),
    ("make test", CHECKOUT),
    ("make test-faults", CHECKOUT),
    ("make bench", CHECKOUT),
    ("make figures", CHECKOUT),
    ("make generate", CHECKOUT),
    ("make release VERSION=0.2.0", "packaging:: tries it with --dry-run"),
    ("pipx install .", CHECKOUT),
    ("uv tool install .", CHECKOUT),
    ("cargo install --path .", CHECKOUT),
    ("cargo build", CHECKOUT),
    ("cargo test --test suite -- verbs::workon", CHECKOUT),
    ("cargo build --release && eval \"$(target/*/release/venvwrap init bash)\"", CHECKOUT),
    ("mkvirtualenv --download -p 3.14 api", NETWORK),
    ("mkproject -t copier:gh:me/web api", NETWORK),
    ("mkvirtualenv -e . --group dev api", "installers:: installs a project that can be built"),
];

/// Command lines that need an answer or another program, as they are run here.
const SPELLED: &[(&str, &str)] = &[
    ("~/.local/bin/venvwrap setup", "~/.local/bin/venvwrap setup --yes"),
    ("venvwrap setup", "venvwrap setup --yes"),
    ("venvwrap setup --compat", "~/.local/bin/venvwrap setup --compat --yes"),
    ("venvwrap setup nu", "venvwrap setup nu --yes"),
    ("venvwrap setup --auto", "venvwrap setup --auto --yes"),
    ("venvwrap setup --replace-virtualenvwrapper", "venvwrap setup --replace-virtualenvwrapper --yes"),
    ("venvwrap setup --uninstall", "venvwrap setup --uninstall --yes"),
    ("venvwrap try api -- pip install -U django", "venvwrap try --drop api -- pip install -U django"),
    ("*/5 * * * * ~/.local/bin/venvwrap run api api-sync", "~/.local/bin/venvwrap run api api-sync"),
    ("test:; venvwrap run . pytest -q", "printf '%s\\n' 'test:; venvwrap run . pytest -q' | make -s -f - test"),
];

/// What has to be done before a command line that begins like this; the first that fits counts.
const BEFORE: &[(&str, &str)] = &[
    ("mkvirtualenv --clear", "mkvirtualenv api; deactivate"),
    ("mkvirtualenv", ""),
    ("mkproject", "mkdir -p \"$WORKON_HOME/templates/web\""),
    (
        "venvwrap import",
        "mkvirtualenv api; deactivate; venvwrap export --all -o envs.toml; rmvirtualenv --force --now api",
    ),
    ("venvwrap adopt ~/src/shop shop", "python3.12 -m venv --without-pip ~/src/shop/.venv"),
    ("venvwrap adopt", "python3.12 -m venv --without-pip .venv"),
    ("venvwrap prompt", "mkvirtualenv -p 3.12 api"),
    ("venvwrap rollback", "mkvirtualenv api; venvwrap snapshot api"),
    ("venvwrap undo shop", "python3.12 -m venv --without-pip ~/src/shop/.venv; venvwrap adopt ~/src/shop shop"),
    ("venvwrap undo", "mkvirtualenv api; deactivate; rmvirtualenv api"),
    ("venvwrap uv", "mkvirtualenv -a . api; deactivate"),
    ("venvwrap kernel", "mkvirtualenv -i ipykernel api"),
    ("venvwrap run api api-sync", "mkvirtualenv api; cp ~/program \"$VIRTUAL_ENV/bin/api-sync\""),
    ("~/.local/bin/venvwrap run", "mkvirtualenv api; cp ~/program \"$VIRTUAL_ENV/bin/api-sync\""),
    ("printf '%s\\n' 'test:", "mkvirtualenv -a . api; cp ~/program \"$VIRTUAL_ENV/bin/pytest\"; deactivate"),
    ("venvwrap doctor", "mkvirtualenv -p 3.12 api; deactivate; ln -sf \"$GONE\" \"$WORKON_HOME/api/bin/python\""),
    ("deactivate", "mkvirtualenv api"),
    ("pip install", "mkvirtualenv api"),
    ("", "mkvirtualenv api; deactivate"),
];

struct CommandLine {
    place: String,
    text: String,
    /// What the document says behind it.
    comment: String,
    output: String,
}

fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|page| page.extension().is_some_and(|ending| ending == "md")).collect();
    // The help of the commands, whose examples have other names.
    pages.retain(|page| !page.ends_with("commands.md"));
    pages.extend(["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md"].map(|name| root.join(name)));
    let named = |page: &PathBuf| page.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    pages.iter().map(|page| (named(page), fs::read_to_string(page).unwrap())).collect()
}

fn command_lines(page: &str, text: &str) -> Vec<CommandLine> {
    let mut found: Vec<CommandLine> = Vec::new();
    let (mut fence, mut is_indented, mut was_empty) = (None, false, true);
    for (number, line) in text.lines().enumerate() {
        if let Some(kind) = line.strip_prefix("```") {
            fence = fence.is_none().then_some(kind);
            continue;
        }
        is_indented = line.starts_with("    ") && (was_empty || is_indented) && fence.is_none();
        was_empty = line.is_empty();
        let command = match fence {
            Some("console") => line.strip_prefix("$ "),
            Some("sh") => Some(line),
            _ => is_indented.then_some(line.trim_start()),
        };
        match command {
            Some(command) => {
                let (text, comment) = command.split_once("  #").unwrap_or((command, ""));
                found.push(CommandLine {
                    place: format!("{page}:{}", number + 1),
                    text: text.trim().to_owned(),
                    comment: comment.trim().to_owned(),
                    output: String::new(),
                });
            }
            None if fence == Some("console") => {
                let output = &mut found.last_mut().unwrap().output;
                output.push_str(line);
                output.push('\n');
            }
            None => {}
        }
    }
    found
}

/// What the documents call 3.12 is the newest Python of this machine.
fn with_this_python(text: &str) -> String {
    let python = pythons::complete();
    let path = fs::canonicalize(&python.path).unwrap();
    let text = text.replace("/usr/bin/python3.12", path.to_str().unwrap());
    text.replace("3.12.1", &python.full()).replace("3.12", &python.minor())
}

/// A home with a project, whose files name packages that are in a directory.
fn home() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    let wheels = sandbox.root().join("wheels");
    fs::create_dir(&wheels).unwrap();
    for package in ["requests", "rich", "django", "ipykernel", "setuptools", "wheel"] {
        tiny_wheel(&wheels, package, "99.1");
    }
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", wheels).set("VENVWRAP_INSTALLER", "pip");
    let home = sandbox.home();
    let gone = with_this_python("/opt/python/bin/python3.12");
    sandbox.set("PROJECT_HOME", home.join("projects")).set("GONE", gone).set("SHELL", "/bin/bash");
    sandbox.set("WORKON_HOME", home.join(".virtualenvs"));
    for file in ["GITHUB_ENV", "GITHUB_PATH"] {
        sandbox.set(file, home.join(file));
    }
    for directory in ["projects", ".local/bin"] {
        fs::create_dir_all(home.join(directory)).unwrap();
    }
    symlink(BINARY, home.join(".local/bin/venvwrap")).unwrap();
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    let python = pythons::complete();
    symlink(&python.path, sandbox.tools().join(format!("python{}", python.minor()))).unwrap();
    sandbox.program("home/program", "#!/bin/sh\n:\n");
    sandbox.write("home/src/api/requirements.txt", "requests\n");
    sandbox.write("home/src/api/api/worker.py", "");
    sandbox.write("home/src/api/.env", "API_KEY=1\n");
    sandbox.write("home/src/api/Pipfile", "");
    fs::create_dir_all(home.join("src/api/tools")).unwrap();
    sandbox.write("home/.bashrc", "");
    sandbox
}

/// Runs a command line in a new home, and compares what the document shows. Gives what is wrong.
fn wrong(line: &CommandLine) -> Option<String> {
    let sandbox = home();
    let spelled = SPELLED.iter().find(|(text, _)| *text == line.text).map_or(&line.text[..], |(_, spelled)| spelled);
    let (_, before) = BEFORE.iter().find(|(start, _)| spelled.starts_with(start)).unwrap();
    let code = format!(
        "cd ~/src/api\n{{ :; {before}\n}} >/dev/null 2>~/before || {{ cat ~/before >&2; exit 99; }}\n{{ {spelled}\n}} 2>&1\n"
    );
    let answer = Shell::Bash.plain().run(&sandbox, with_this_python(&code));
    // What the document says behind the line, or below it.
    let expected =
        if line.text.starts_with("venvwrap prompt") { format!("{}\n", line.comment) } else { line.output.clone() };
    let expected = with_this_python(&expected);
    let status = i32::from(expected.contains("1 problem"));
    let is_right = answer.code() == status && (expected.is_empty() || answer.stdout_text() == expected);
    (!is_right).then(|| format!("{}: {}\n{answer}documented: {expected}", line.place, line.text))
}

#[test]
fn every_command_line_of_the_documents_runs() {
    let lines: Vec<CommandLine> = pages().iter().flat_map(|(name, text)| command_lines(name, text)).collect();
    assert!(lines.len() > 60, "{}", lines.len());
    let texts: BTreeSet<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    for (text, _) in NOT_RUN.iter().chain(SPELLED) {
        assert!(texts.contains(text), "no document has `{text}`");
    }
    let is_run = |line: &&CommandLine| NOT_RUN.iter().all(|(text, _)| *text != line.text);
    let wrong: Vec<String> = lines.iter().filter(is_run).filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_documents_reads() {
    let text = "Text\n\n    a -b  # c\n    # d\n\n```console\n$ e\nf\n```\n\n```toml\ng = 1\n```\n- h\n    i\n";
    let found = command_lines("p", text);
    let texts: Vec<(&str, &str)> = found.iter().map(|line| (line.text.as_str(), line.output.as_str())).collect();
    assert_eq!(texts, [("a -b", ""), ("# d", ""), ("e", "f\n")]);
    assert_eq!((found[0].comment.as_str(), found[0].place.as_str()), ("c", "p:3"));
}
