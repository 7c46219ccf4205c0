//! `venvwrap diff`: two environments, or an environment and what a file asks for.

use std::fs;
use std::path::Path;

use crate::support::disk::tree;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;

const PACKAGES: &str = "lib/python3.11/site-packages";

/// Metadata as pip writes it for what was asked for.
fn distribution(root: &Path, name: &str, version: &str) {
    let directory = root.join(PACKAGES).join(format!("{name}-{version}.dist-info"));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("METADATA"), format!("Name: {name}\nVersion: {version}\n")).unwrap();
    fs::write(directory.join("REQUESTED"), "").unwrap();
}

fn editable(root: &Path, name: &str, source: &Path) {
    distribution(root, name, "0.1");
    let url = source.to_str().unwrap().replace('%', "%25").replace(' ', "%20").replace('#', "%23");
    let text = serde_json::json!({"url": format!("file://{url}"), "dir_info": {"editable": true}});
    fs::write(root.join(PACKAGES).join(format!("{name}-0.1.dist-info/direct_url.json")), text.to_string()).unwrap();
}

/// `x` and `y` with six, numpy in `x` only in another version, and a project linked to `x`.
fn world() -> Sandbox {
    let sandbox = Sandbox::with_x_and_y();
    let (x, y) = (sandbox.environment("x"), sandbox.environment("y"));
    for (root, numpy) in [(&x, "1.26.4"), (&y, "2.1.0")] {
        distribution(root, "six", "1.16.0");
        distribution(root, "numpy", numpy);
        distribution(root, "pip", "24.0");
    }
    distribution(&y, "Flask_SQLAlchemy", "3.1");
    sandbox.write("project/main.py", "");
    fs::write(x.join(".project"), [bytes(sandbox.root().join("project")), b"\n".to_vec()].concat()).unwrap();
    sandbox
}

/// Without the blanks: the path of the sandbox makes a column wide.
fn words(table: &str) -> Vec<&str> {
    table.split_whitespace().collect()
}

#[test]
fn environments_are_compared_by_python_packages_and_settings() {
    let sandbox = world();
    let y = sandbox.environment("y");
    fs::write(
        y.join("pyvenv.cfg"),
        "home = /usr/bin\nversion = 3.11.9\ninclude-system-site-packages = false\nprompt = 'why'\n",
    )
    .unwrap();
    fs::remove_file(y.join("bin/python")).unwrap();
    let before = tree(sandbox.root());
    let packages = "kind     name              first   second
package  flask-sqlalchemy  -       3.1
package  numpy             1.26.4  2.1.0
";
    let settings = "setting prompt - why\nsetting project [ROOT]/project -\n";
    let answer = sandbox.run(["diff", "x", "y"]).status(1).stderr("");
    assert_eq!(words(&answer.stdout_text()), words(&format!("{packages}{settings}")), "{answer}");
    sandbox.run(["diff", "x", "y", "--packages"]).status(1).stdout(packages).stderr("");
    let said = "No difference between `x` and `x`: 3 packages compared\n";
    sandbox.run(["diff", "x", "x"]).status(0).stdout("").stderr(said);
    let json = sandbox.run(["diff", "x", "x", "--json"]).status(0).stderr("").stdout_text();
    assert!(json.contains("\"differences\": []"), "{json}");
    assert_eq!(tree(sandbox.root()), before);
}

#[test]
fn another_python_is_a_difference_and_another_patch_release_is_none() {
    let sandbox = Sandbox::with_x_and_y();
    let y = sandbox.environment("y");
    fs::rename(y.join("lib/python3.11"), y.join("lib/python3.12")).unwrap();
    fs::write(y.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\ninclude-system-site-packages = false\n")
        .unwrap();
    let table = "kind    name    first   second\npython  python  3.11.2  3.12.1\n";
    sandbox.run(["diff", "x", "y"]).status(1).stdout(table).stderr("");
}

#[test]
fn a_recipe_is_compared_as_a_whole() {
    let sandbox = world();
    sandbox.run(["export", "--all", "-o", "all.toml"]).status(0);
    let said = "No difference between `x` and [ROOT]/all.toml: 3 packages compared\n";
    sandbox.run(["diff", "x", "all.toml"]).status(0).stdout("").stderr(said);
    distribution(&sandbox.environment("x"), "idna", "3.6");
    let table = "kind     name  first  second\npackage  idna  3.6    -\n";
    sandbox.run(["diff", "x", "./all.toml"]).status(1).stdout(table).stderr("");
    sandbox.minimal_environment("z");
    let said = "venvwrap: [ROOT]/all.toml: it describes no environment called `z`\nhint: ";
    sandbox.run(["diff", "z", "all.toml"]).status(1).stdout("").stderr_contains(said);
}

#[test]
fn the_projects_requirements_are_what_the_environment_drifts_from() {
    let mut sandbox = world();
    let x = sandbox.environment("x");
    editable(&x, "proj", &sandbox.root().join("project"));
    sandbox.write("project/more.txt", "SIX>=1.16\n");
    let write = |text: &str| sandbox.write("project/requirements.txt", text);
    write("-r more.txt\nnumpy[extra]<2 --hash=sha256:0\ncolorama>1 ; sys_platform == 'win32'\n");
    let said = "No difference between `x` and [ROOT]/project/requirements.txt: 3 packages compared\n";
    sandbox.run(["diff", "x"]).status(0).stdout("").stderr(said);
    write("numpy>=2\nidna==3.6\n-e ./gone\ngit+https://h/r@v1#egg=of-git\n");
    distribution(&x, "left_over", "1");
    let table = "kind     name                 first   second
package  [ROOT]/project/gone  -       [ROOT]/project/gone
package  idna                 -       ==3.6
package  left-over            1       -
package  numpy                1.26.4  >=2
package  of-git               -       git+https://h/r@v1
package  six                  1.16.0  -
";
    let answer = sandbox.run(["diff", "x"]).status(1).stderr("");
    assert_eq!(words(&answer.stdout_text()), words(table), "{answer}");
    // What nobody requested may be a dependency.
    fs::remove_file(x.join(PACKAGES).join("left_over-1.dist-info/REQUESTED")).unwrap();
    let answer = sandbox.run(["diff", "x"]).status(1).stderr("");
    assert!(!answer.stdout_text().contains("left-over"), "{answer}");
    let expected = answer.stdout_text();
    sandbox.set("VIRTUAL_ENV", &x);
    for shell in Shell::ALL {
        let told = shell.plain().run(&sandbox, "cd project\nvenvwrap diff").status(1).stderr("");
        assert_eq!(told.stdout_text(), expected);
    }
}

#[test]
fn a_lock_names_everything() {
    let sandbox = world();
    let x = sandbox.environment("x");
    editable(&x, "proj", &sandbox.root().join("project"));
    let lock = "lock-version = '1.0'\nrequires-python = '>=3.9'\n\
                [[packages]]\nname = 'six'\nversion = '1.16.0'\n\
                [[packages]]\nname = 'numpy'\nversion = '1.26.4'\nmarker = \"python_version < '3.12'\"\n\
                [[packages]]\nname = 'numpy'\nversion = '2.0'\nmarker = \"python_version >= '3.12'\"\n\
                [[packages]]\nname = 'proj'\ndirectory = { path = '.', editable = true }\n\
                [[packages]]\nname = 'colorama'\nversion = '1'\nmarker = \"sys_platform == 'win32'\"\n";
    sandbox.write("project/pylock.toml", lock);
    let said = "No difference between `x` and [ROOT]/project/pylock.toml: 5 packages compared\n";
    sandbox.run(["diff", "x"]).status(0).stdout("").stderr(said);
    sandbox.write("project/pylock.toml", lock.replace("1.26.4", "1.25").replace(">=3.9", ">=3.12"));
    distribution(&x, "idna", "3.6");
    fs::remove_file(x.join(PACKAGES).join("idna-3.6.dist-info/REQUESTED")).unwrap();
    let table = "kind     name    first   second
python   python  3.11.2  >=3.12
package  idna    3.6     -
package  numpy   1.26.4  ==1.25 or ==2.0
";
    sandbox.run(["diff", "x", "project/pylock.toml"]).status(1).stdout(table).stderr("");
    for text in ["lock-version = '1.0'\n", "[[packages]]\nversion = '1'\n", "{"] {
        sandbox.write("project/pylock.toml", text);
        sandbox.run(["diff", "x"]).status(1).stdout("").stderr_contains("venvwrap: [ROOT]/project/pylock.toml: ");
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    let sandbox = world();
    let said = "venvwrap: `y` is linked to no project\nhint: name what to compare with: `venvwrap diff y OTHER`\n";
    sandbox.run(["diff", "y"]).status(2).stdout("").stderr(said);
    // Two versions of one package are no reason to hide the rest.
    distribution(&sandbox.environment("x"), "six", "1.9");
    let answer = sandbox.run(["diff", "x", "y"]).status(1);
    let said = answer.stderr_text();
    assert!(said.starts_with("environment `x`: ") && said.contains("`six` is installed twice: "), "{answer}");
    assert!(answer.stdout_text().contains("flask-sqlalchemy"), "{answer}");
    sandbox.write("notes", "six\n");
    let said = "venvwrap: cannot compare with [ROOT]/notes: a file that lists dependencies has another name\n\
                hint: name an environment, a recipe, or a requirements.txt, pylock.toml, pyproject.toml, Pipfile.lock\n";
    sandbox.run(["diff", "x", "./notes"]).status(1).stdout("").stderr(said);
    sandbox.write("\u{202e}odd.toml", "schema = 1\nenvironment = 3\n");
    let answer = sandbox.run(["diff", "x", "\u{202e}odd.toml"]).status(1).stdout("");
    assert!(answer.stderr_text().starts_with("venvwrap: [ROOT]/\\u{202e}odd.toml, line "), "{answer}");
}

#[test]
fn tab_offers_environments_and_files() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment("my env");
    sandbox.write("my.lock.toml", "");
    let zsh = RcFile { before: "autoload -Uz compinit; compinit -u -D", after: "" };
    let plain = RcFile { before: "", after: "" };
    for (shell, rc) in [(Shell::Bash, plain), (Shell::Zsh, zsh), (Shell::Fish, plain)] {
        let terminal = Terminal::start_with(&sandbox, shell, rc);
        for (typed, whole) in [
            ("venvwrap diff my", "venvwrap diff my\\ env "),
            ("venvwrap diff x my\\ ", "venvwrap diff x my\\ env "),
            ("venvwrap diff x my.", "venvwrap diff x my.lock.toml "),
            ("venvwrap diff --pa", "venvwrap diff --packages "),
        ] {
            assert_eq!(terminal.completed(format!("{typed}\t")), whole, "{shell:?}");
        }
    }
}

/// A setting says what it is in both, whichever it is.
#[test]
fn what_was_requested_and_hooks_of_one_name_are_told_apart() {
    let sandbox = Sandbox::with_x_and_y();
    let (x, y) = (sandbox.environment("x"), sandbox.environment("y"));
    fs::write(y.join(".requested-python"), ">=3.8").unwrap();
    for (root, text) in [(&x, "one"), (&y, "other")] {
        fs::write(root.join("bin/postactivate"), text).unwrap();
    }
    let text = sandbox.run(["diff", "x", "y"]).status(1).stderr("").stdout_text();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(words).collect();
    assert_eq!(
        rows,
        [
            vec!["setting", "python-request", "-", ">=3.8"],
            vec!["setting", "hook", "postactivate", "postactivate", "(other", "content)"]
        ],
        "{text}"
    );
}
