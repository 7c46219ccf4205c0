//! conda environments: what activation sets, what deactivation restores, and which variables they
//! may not set.
//!
//! The variables are those that conda's own `activate --stack` exports (conda/activate.py), so that
//! conda commands keep working.

use std::fs;
use std::path::{Path, PathBuf};

use super::world;
use crate::support::conda::{self, write};
use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;

const VARIABLES: &[&str] = &[
    "CONDA_PREFIX",
    "CONDA_SHLVL",
    "CONDA_DEFAULT_ENV",
    "CONDA_PROMPT_MODIFIER",
    "CONDA_PREFIX_1",
    "CONDA_STACKED_2",
    "VIRTUAL_ENV",
    "VIRTUAL_ENV_PROMPT",
    "PYTHONHOME",
    "PATH",
];

/// A sandbox with a base, its environments `gis` and `sci`, and the environment `x` of the store.
fn furnished() -> (Sandbox, PathBuf) {
    let sandbox = world();
    conda::base(&sandbox, "conda");
    let gis = conda::prefix(&sandbox, "conda/envs/gis");
    conda::prefix(&sandbox, "conda/envs/sci");
    sandbox.minimal_environment("x");
    (sandbox, gis)
}

/// Trusts the scripts and variables of a conda environment in their present state.
fn trust(sandbox: &Sandbox, root: &Path) {
    sandbox.run(["trust".as_ref(), root.as_os_str()]).status(0);
}

#[test]
fn entering_one_is_undone_in_every_mode() {
    let (sandbox, gis) = furnished();
    write(&gis, "etc/conda/env_vars.d/proj.json", r#"{"PROJ_DATA": "/p;%3B d", "lower": "l", "NUMBER": 1}"#);
    write(
        &gis,
        "conda-meta/state",
        r#"{"env_vars": {"OWN": "it's \"q\" $HOME `x` \\", "GONE": "***unset***", "LOWER": "s\nt"}}"#,
    );
    trust(&sandbox, &gis);
    let story = Story::new()
        .export("PYTHONHOME", "/py home")
        .set("PS1", "old \\$ $x ")
        .export("OWN", "before;%25\n")
        .export("LOWER", "mine")
        .export("VIRTUAL_ENV", "")
        .snapshot("before")
        .run(["workon", "gis"])
        .snapshot("in gis")
        .get_all(VARIABLES)
        .get_all(&["PROJ_DATA", "OWN", "LOWER", "NUMBER", "GONE", "__CONDA_SHLVL_0_OWN"])
        .run(["workon", "x"])
        .get_all(VARIABLES)
        .get_all(&["PROJ_DATA", "OWN", "LOWER"])
        .run(["workon", "gis"])
        .snapshot("in gis later")
        .run(["workon", "sci"])
        .get("CONDA_PREFIX")
        .get("CONDA_SHLVL")
        .get("OWN")
        .run(["deactivate"])
        .snapshot("after");
    for mode in MODES {
        story.played(&sandbox, mode).silent().same("before", "after").same("in gis", "in gis later").records(
            "workon gis: 0
             export CONDA_PREFIX=[ROOT]/conda/envs/gis
             export CONDA_SHLVL=1
             export CONDA_DEFAULT_ENV=gis
             export CONDA_PROMPT_MODIFIER=(gis)
             unset CONDA_PREFIX_1
             unset CONDA_STACKED_2
             unset VIRTUAL_ENV
             unset VIRTUAL_ENV_PROMPT
             unset PYTHONHOME
             export PATH=[ROOT]/conda/envs/gis/bin:[ROOT]/tools:/usr/bin:/bin
             export PROJ_DATA=/p;%3B d
             export OWN=it's \"q\" $HOME `x` \\
             export LOWER=s\\nt
             unset NUMBER
             unset GONE
             export __CONDA_SHLVL_0_OWN=before;%25\\n
             workon x: 0
             unset CONDA_PREFIX
             unset CONDA_SHLVL
             unset CONDA_DEFAULT_ENV
             unset CONDA_PROMPT_MODIFIER
             unset CONDA_PREFIX_1
             unset CONDA_STACKED_2
             export VIRTUAL_ENV=[ROOT]/envs/x
             export VIRTUAL_ENV_PROMPT=x
             unset PYTHONHOME
             export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
             unset PROJ_DATA
             export OWN=before;%25\\n
             export LOWER=mine
             workon gis: 0
             workon sci: 0
             export CONDA_PREFIX=[ROOT]/conda/envs/sci
             export CONDA_SHLVL=1
             export OWN=before;%25\\n
             deactivate: 0",
        );
    }
}

/// The state after `conda activate base`, which most conda users have in their rc files.
fn in_base(story: Story, sandbox: &Sandbox) -> Story {
    let base = sandbox.root().join("conda");
    let path = [base.join("bin").to_str().unwrap(), "/usr/bin:/bin"].join(":");
    story
        .export("CONDA_PREFIX", base.to_str().unwrap())
        .export("CONDA_SHLVL", "1")
        .export("CONDA_DEFAULT_ENV", "base")
        .export("CONDA_PROMPT_MODIFIER", "(base) ")
        .export("PATH", path)
}

#[test]
fn an_environment_stacks_on_the_base_that_conda_activated() {
    let (sandbox, gis) = furnished();
    write(&gis, "etc/conda/env_vars.d/own.json", r#"{"OWN": "gis", "EMPTY": "gis"}"#);
    trust(&sandbox, &gis);
    let story = in_base(Story::new(), &sandbox)
        .set("OWN", "private")
        .set("EMPTY", "")
        .snapshot("before")
        .run(["workon", "gis"])
        .get_all(VARIABLES)
        .run(["workon", "base"])
        .get("CONDA_SHLVL")
        .run(["workon", "x"])
        .get_all(&["CONDA_PREFIX", "CONDA_SHLVL", "CONDA_PREFIX_1", "PATH"])
        .run(["workon", "gis"])
        .run(["deactivate"])
        .snapshot("after")
        // venvwrap neither deactivates conda's own environment nor works on it.
        .run_failing(["wipeenv"]);
    for shell in Shell::ALL {
        let told = story
            .played(&sandbox, shell.plain())
            .says("", "venvwrap: no virtualenv active\nhint: `workon NAME` activates one, `workon` lists them\n");
        told.same("before", "after").records(
            "workon gis: 0
             export CONDA_PREFIX=[ROOT]/conda/envs/gis
             export CONDA_SHLVL=2
             export CONDA_DEFAULT_ENV=gis
             export CONDA_PROMPT_MODIFIER=(gis)
             export CONDA_PREFIX_1=[ROOT]/conda
             export CONDA_STACKED_2=true
             unset VIRTUAL_ENV
             unset VIRTUAL_ENV_PROMPT
             unset PYTHONHOME
             export PATH=[ROOT]/conda/envs/gis/bin:[ROOT]/conda/bin:/usr/bin:/bin
             workon base: 0
             export CONDA_SHLVL=2
             workon x: 0
             export CONDA_PREFIX=[ROOT]/conda
             export CONDA_SHLVL=1
             unset CONDA_PREFIX_1
             export PATH=[ROOT]/envs/x/bin:[ROOT]/conda/bin:/usr/bin:/bin
             workon gis: 0
             deactivate: 0
             wipeenv: 1",
        );
    }
}

/// Changes by `conda deactivate` and `conda activate` inside an environment stay.
#[test]
fn what_conda_changes_inside_stays() {
    let (sandbox, _) = furnished();
    let base = sandbox.root().join("conda");
    let sci = base.join("envs/sci");
    let path = |root: &std::path::Path| [root.join("bin").to_str().unwrap(), "/usr/bin:/bin"].join(":");
    let story = in_base(Story::new(), &sandbox)
        .run(["workon", "gis"])
        // conda deactivate
        .export("CONDA_PREFIX", base.to_str().unwrap())
        .export("CONDA_SHLVL", "1")
        .unset("CONDA_PREFIX_1")
        .unset("CONDA_STACKED_2")
        .export("PATH", path(&base))
        .run(["deactivate"])
        .get_all(&["CONDA_PREFIX", "CONDA_SHLVL", "PATH", "VENVWRAP_UNDO"])
        .run(["workon", "gis"])
        // conda activate sci
        .export("CONDA_PREFIX", sci.to_str().unwrap())
        .export("CONDA_SHLVL", "3")
        .export("PATH", path(&sci))
        .run(["deactivate"])
        .get_all(&["CONDA_PREFIX", "CONDA_SHLVL", "PATH"]);
    story.plays(
        &sandbox,
        "workon gis: 0
         deactivate: 0
         export CONDA_PREFIX=[ROOT]/conda
         export CONDA_SHLVL=1
         export PATH=[ROOT]/conda/bin:/usr/bin:/bin
         unset VENVWRAP_UNDO
         workon gis: 0
         deactivate: 0
         export CONDA_PREFIX=[ROOT]/conda/envs/sci
         export CONDA_SHLVL=3
         export PATH=[ROOT]/conda/envs/sci/bin:/usr/bin:/bin",
    );
}

#[test]
fn a_child_of_any_shell_can_leave_it() {
    let (sandbox, gis) = furnished();
    write(&gis, "etc/conda/env_vars.d/proj.json", r#"{"OWN": "gis"}"#);
    trust(&sandbox, &gis);
    let inside = Story::new().get("OWN").run(["cdvirtualenv"]).directory().run(["deactivate"]).get_all(&[
        "OWN",
        "CONDA_PREFIX",
        "VENVWRAP_UNDO",
        "PATH",
    ]);
    for child in Shell::ALL {
        Story::new().export("OWN", "mine").run(["workon", "gis"]).child(child.plain(), inside.clone()).plays(
            &sandbox,
            "workon gis: 0
             export OWN=gis
             cdvirtualenv: 0
             in [ROOT]/conda/envs/gis
             deactivate: 0
             export OWN=mine
             unset CONDA_PREFIX
             unset VENVWRAP_UNDO
             export PATH=[ROOT]/tools:/usr/bin:/bin
             end",
        );
    }
}

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
        // A script that changed is no longer trusted.
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

/// Names of every kind that shells, loaders, interpreters, git, ssh, installers, editors,
/// terminals, and venvwrap obey, and names that no variable can have. Lower case as well.
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

/// Names that matter only in a record: names in a conda environment are converted to upper case.
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
    // Trust is for the content, which `conda env config vars set` changes.
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

/// A forged record in the variables that a shell starts with.
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
    // The same for a program.
    let mut sandbox = sandbox;
    let record = format!("root={root};hooks=/h{forged}{kept};set=FINE=restored");
    sandbox.set("CONDA_PREFIX", &gis).set("VENVWRAP_UNDO", record);
    let answer = sandbox.run(["run", "x", "/usr/bin/env"]).status(0).stderr("");
    assert!(!answer.stdout_text().contains("/evil") && answer.stdout_text().contains("FINE=restored\n"), "{answer}");
}

#[test]
fn conda_keeps_the_variables_that_only_it_may_change() {
    let (sandbox, _) = furnished();
    let hint = "venvwrap: `gis` belongs to conda: [ROOT]/conda/envs/gis\nhint: change it with conda; `conda create --clone` copies it\n";
    for shell in Shell::ALL {
        let story = Story::new()
            .run(["workon", "gis"])
            .run(["showvirtualenv"])
            .run_failing(["wipeenv"])
            .run_failing(["toggleglobalsitepackages"])
            .run(["cdsitepackages"])
            .directory();
        let told = story.played(&sandbox, shell.plain());
        told.says("python:  3.11.9\nkept by: conda\npath:    [ROOT]/conda/envs/gis\n\n", &hint.repeat(2)).records(
            "workon gis: 0
             showvirtualenv: 0
             wipeenv: 1
             toggleglobalsitepackages: 1
             cdsitepackages: 0
             in [ROOT]/conda/envs/gis/lib/python3.11/site-packages",
        );
    }
}

#[test]
fn it_is_found_wherever_conda_keeps_it_and_may_hold_no_python() {
    let mut sandbox = world();
    conda::base(&sandbox, "conda");
    for place in ["conda/envs/a", "micro/envs/b", "home/.conda/envs/c", "envs dir/d"] {
        conda::prefix(&sandbox, place);
    }
    let lonely = conda::prefix(&sandbox, "project/lonely");
    fs::write(sandbox.home().join(".conda/environments.txt"), format!("{}\n", lonely.display())).unwrap();
    fs::remove_file(lonely.join("bin/python")).unwrap();
    sandbox.run(["which", "lonely"]).status(0);
    sandbox.run(["run", "lonely", "true"]).status(1).stderr_contains("is broken");
    fs::remove_file(lonely.join("conda-meta/python-3.11.9-h955ad1f_0.json")).unwrap();
    sandbox
        .run(["run", "lonely", "/bin/sh", "-c", "printf '%s\\n' \"$CONDA_DEFAULT_ENV\""])
        .status(0)
        .stdout("[ROOT]/project/lonely\n");
    assert_eq!(super::listed(&sandbox), ["c", "lonely"]);
    let path = |place: &str| sandbox.root().join(place);
    let (program, micro, dirs) = (path("conda/bin/conda"), path("micro"), path("envs dir"));
    sandbox.set("CONDA_EXE", program).set("MAMBA_ROOT_PREFIX", micro).set("CONDA_ENVS_DIRS", dirs);
    assert_eq!(super::listed(&sandbox), ["a", "b", "base", "c", "d", "lonely", "micro"][..6].to_vec());
}
