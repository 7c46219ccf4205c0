//! Trust in conda environments: scripts and variables count only if their files are trusted, and no
//! variable that programs obey is ever set.

use std::fs;

use super::conda::{furnished, trust};
use crate::support::conda::write;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn its_scripts_are_sourced_only_if_they_are_trusted() {
    let (sandbox, gis) = furnished();
    for (name, when) in [("a", "activate"), ("b", "activate"), ("a", "deactivate"), ("b", "deactivate")] {
        let text = format!("echo {when} {name} $CONDA_DEFAULT_ENV\n");
        write(&gis, &format!("etc/conda/{when}.d/{name}.sh"), &text);
        write(&gis, &format!("etc/conda/{when}.d/{name}.fish"), &text);
        write(&gis, &format!("etc/conda/{when}.d/{name}.csh"), "exit 1\n");
    }
    sandbox.write("envs/postactivate", "echo postactivate\n");
    sandbox.write("envs/predeactivate", "echo predeactivate\n");
    let story = Story::new().run(["workon", "gis"]).run(["deactivate"]);
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        let said = told.stderr_text();
        assert_eq!(told.stdout_text(), "postactivate\npredeactivate\n");
        assert!(
            said.contains("and 3 more are not trusted and were not sourced; look at them, then `venvwrap trust "),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    sandbox.run(["trust", "conda/envs/gis"]).status(0);
    for shell in Shell::ALL {
        let all = "activate a gis\nactivate b gis\npostactivate\npredeactivate\ndeactivate b gis\ndeactivate a gis\n";
        story.played(&sandbox, shell.plain()).says(all, "");
        // A script that changed since then is not trusted.
        let changed = if shell == Shell::Fish { "b.fish" } else { "b.sh" };
        let file = gis.join("etc/conda/deactivate.d").join(changed);
        let before = fs::read(&file).unwrap();
        let change = format!("echo 'echo evil' >'{}'", "$CONDA_PREFIX/etc/conda/deactivate.d/".to_owned() + changed)
            .replace('\'', "\"")
            .replace("\"echo evil\"", "'echo evil'");
        let inside = Story::new().run(["workon", "gis"]).code(&change, &change).run(["deactivate"]);
        let told = inside.played(&sandbox, shell.plain());
        assert!(!told.stdout_text().contains("evil") && told.stdout_text().contains("deactivate a gis"), "{told}");
        assert!(told.stderr_text().contains("is not trusted and was not sourced"), "{told}");
        fs::write(&file, before).unwrap();
    }
    sandbox
        .run(["trust", "--list", "conda/envs/gis"])
        .status(0)
        .stdout_contains("yes      [ROOT]/conda/envs/gis/etc/conda/activate.d/a.sh\n");
}

/// Variables that shells, loaders, interpreters, git, ssh, installers, editors, terminals, or
/// venvwrap obey, and invalid names.
const OBEYED: &[&str] = &[
    "PATH",
    "IFS",
    "ENV",
    "HOME",
    "CDPATH",
    "PS1",
    "PS4",
    "PROMPT_COMMAND",
    "BASH_ENV",
    "ZDOTDIR",
    "SHELLOPTS",
    "UID",
    "STTY",
    "FPATH",
    "TMOUT",
    "NULLCMD",
    "READNULLCMD",
    "HISTFILE",
    "SAVEHIST",
    "MAILPATH",
    "MAIL",
    "MAILCHECK",
    "INPUTRC",
    "TMPDIR",
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "GLIBC_TUNABLES",
    "MALLOC_CHECK_",
    "GCONV_PATH",
    "LOCPATH",
    "NLSPATH",
    "LC_ALL",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PERL5OPT",
    "RUBYOPT",
    "NODE_OPTIONS",
    "LUA_INIT",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "R_PROFILE",
    "GIT_SSH_COMMAND",
    "SSH_ASKPASS",
    "PIP_INDEX_URL",
    "UV_INDEX_URL",
    "CONDA_EXE",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "LESSOPEN",
    "BROWSER",
    "MANPAGER",
    "TERM",
    "TERMINFO",
    "XDG_STATE_HOME",
    "HTTPS_PROXY",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_HOME",
    "VIRTUALENVWRAPPER_HOOK_DIR",
    "WORKON_HOME",
    "PROJECT_HOME",
    "VENVWRAP_UNDO",
    "VENVWRAP_INSTALLER",
    "VIRTUAL_ENV",
    "VIRTUALENV_PYTHON",
    "A-B",
    "",
    "1A",
    "A B",
    "_",
];

/// Lower-case names, which only a record can set: names from conda environments are converted to
/// upper case.
const OBEYED_IN_LOWER_CASE: &[&str] = &[
    "path",
    "fpath",
    "cdpath",
    "prompt",
    "fish_user_paths",
    "fish_greeting",
    "http_proxy",
    "own",
    "__venvwrap_executable",
];

#[test]
fn a_trusted_one_sets_nothing_that_programs_obey() {
    let (sandbox, gis) = furnished();
    let names = OBEYED
        .iter()
        .chain(OBEYED_IN_LOWER_CASE)
        .filter(|name| **name != "own")
        .chain(&["CONDA_SHLVL", "CONDA_PREFIX_1"]);
    let mut told: serde_json::Map<_, _> = names.map(|name| ((*name).to_owned(), "/evil".into())).collect();
    write(&gis, "etc/conda/env_vars.d/evil.json", &serde_json::to_string(&told).unwrap());
    told.insert("FINE".to_owned(), "brought".into());
    write(&gis, "conda-meta/state", &serde_json::json!({ "env_vars": told }).to_string());
    trust(&sandbox, &gis);
    for words in [&["run", "gis", "/usr/bin/env"][..], &["env", "gis", "-f", "json"], &["env", "gis", "-f", "bash"]] {
        let answer = sandbox.run(words).status(0);
        assert!(!answer.stdout_text().contains("/evil") && answer.stdout_text().contains("brought"), "{answer}");
        assert!(answer.stderr_text().contains("set by ") && answer.stderr_text().contains("BASH_ENV"), "{answer}");
        assert_eq!(answer.stderr_text().lines().count(), 1, "{answer}");
    }
    for shell in Shell::ALL {
        let story = Story::new().run(["workon", "gis"]).get("FINE").code("/usr/bin/env", "/usr/bin/env");
        let told = story.run(["deactivate"]).get("FINE").played(&sandbox, shell.plain());
        assert!(!told.stdout_text().contains("/evil"), "{told}");
        assert!(told.stderr_text().contains("set by ") && told.stderr_text().contains("BASH_ENV"), "{told}");
        told.records("workon gis: 0\nexport FINE=brought\ndeactivate: 0\nunset FINE");
    }
}

#[test]
fn an_untrusted_one_sets_nothing_at_all_and_one_line_says_so() {
    let (sandbox, gis) = furnished();
    write(&gis, "etc/conda/env_vars.d/a.json", r#"{"FINE": "evil"}"#);
    write(&gis, "conda-meta/state", r#"{"env_vars": {"ALSO": "evil"}}"#);
    write(&gis, "etc/conda/activate.d/c.sh", "export CODE=evil\n");
    write(&gis, "etc/conda/activate.d/c.fish", "set -gx CODE evil\n");
    let hint = "then `venvwrap trust ";
    for words in [&["run", "gis", "/usr/bin/env"][..], &["env", "gis", "-f", "json"], &["env", "gis", "-f", "fish"]] {
        let answer = sandbox.run(words).status(0);
        assert!(!answer.stdout_text().contains("evil"), "{answer}");
        let said = answer.stderr_text();
        assert!(said.contains("a.json and 1 more are not trusted and were not used; look at them, then "), "{answer}");
        assert!(said.contains(hint) && said.lines().count() == 1, "{answer}");
    }
    let names = ["FINE", "ALSO", "CODE", "CONDA_DEFAULT_ENV", "CONDA_SHLVL"];
    for shell in Shell::ALL {
        let told =
            Story::new().run(["workon", "gis"]).get_all(&names).run(["deactivate"]).played(&sandbox, shell.plain());
        let said = told.stderr_text();
        assert!(said.contains("and 2 more are not trusted and were not used") && said.contains(hint), "{told}");
        assert_eq!(said.lines().count(), 1, "{told}");
        told.records(
            "workon gis: 0
             unset FINE
             unset ALSO
             unset CODE
             export CONDA_DEFAULT_ENV=gis
             export CONDA_SHLVL=1
             deactivate: 0",
        );
    }
    // Trust covers the content: `conda env config vars set` changes it.
    trust(&sandbox, &gis);
    sandbox.run(["run", "gis", "/bin/sh", "-c", "echo $FINE $ALSO"]).status(0).stdout("evil evil\n").stderr("");
    write(&gis, "conda-meta/state", r#"{"env_vars": {"ALSO": "other"}}"#);
    sandbox
        .run(["run", "gis", "/bin/sh", "-c", "echo $FINE $ALSO"])
        .status(0)
        .stdout("evil\n")
        .stderr_contains("conda-meta/state is not trusted");
    sandbox
        .run(["trust", "--list", "conda/envs/gis"])
        .status(0)
        .stdout_contains("no       [ROOT]/conda/envs/gis/conda-meta/state\n");
}

/// A forged record in the environment of a new shell.
#[test]
fn a_forged_record_sets_nothing_that_programs_obey() {
    let (sandbox, gis) = furnished();
    let names = || OBEYED.iter().chain(OBEYED_IN_LOWER_CASE);
    let forged = names().flat_map(|name| [";set=", name, "=/evil;set=-", name, "=/evil"]).collect::<String>();
    let kept = names().flat_map(|name| [";set=__CONDA_SHLVL_0_", name, "=/evil"]).collect::<String>();
    let root = gis.to_str().unwrap().replace('%', "%25").replace(';', "%3B");
    let record = format!("root={root};hooks=/h{forged}{kept};set=FINE=restored;set=-QUIET=q;set=CONDA_PREFIX");
    let path = [gis.join("bin").to_str().unwrap(), sandbox.tools().to_str().unwrap(), "/usr/bin:/bin"].join(":");
    let start = Story::bare()
        .export("CONDA_PREFIX", gis.to_str().unwrap())
        .export("VENVWRAP_UNDO", record)
        .export("PATH", path)
        .load();
    for leave in [&["deactivate"][..], &["workon", "x"]] {
        let story = start.clone().run(leave).get_all(&["FINE", "QUIET", "CONDA_PREFIX"]);
        let story = story.unset("VENVWRAP_UNDO").code("set; true", "set; true");
        for shell in Shell::ALL {
            let told = story.played(&sandbox, shell.plain());
            assert!(!told.stdout_text().contains("/evil"), "{told}");
            told.records(&format!("{}: 0\nexport FINE=restored\nQUIET=q\nunset CONDA_PREFIX", leave.join(" ")));
        }
    }
    // The same for `run`.
    let mut sandbox = sandbox;
    let record = format!("root={root};hooks=/h{forged}{kept};set=FINE=restored");
    sandbox.set("CONDA_PREFIX", &gis).set("VENVWRAP_UNDO", record);
    let answer = sandbox.run(["run", "x", "/usr/bin/env"]).status(0).stderr("");
    assert!(!answer.stdout_text().contains("/evil") && answer.stdout_text().contains("FINE=restored\n"), "{answer}");
}
