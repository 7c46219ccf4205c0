//! conda environments: what activation sets and deactivation restores, and what is left to conda.
//!
//! The variables are those that `conda activate --stack` exports (conda/activate.py), so conda can
//! continue from there.

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

/// A conda base with the environments `gis` and `sci`, and an environment `x` of the store.
pub(super) fn furnished() -> (Sandbox, PathBuf) {
    let sandbox = world();
    conda::base(&sandbox, "conda");
    let gis = conda::prefix(&sandbox, "conda/envs/gis");
    conda::prefix(&sandbox, "conda/envs/sci");
    sandbox.minimal_environment("x");
    (sandbox, gis)
}

/// Trusts a conda environment's files as they are.
pub(super) fn trust(sandbox: &Sandbox, root: &Path) {
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

/// The state after `conda activate base`, which most conda users have in their rc file.
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
fn one_lies_over_the_base_that_conda_entered() {
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
        // venvwrap does not deactivate or change the environment that conda activated.
        .run_failing(["wipeenv"]);
    for shell in Shell::ALL {
        let told = story
            .played(&sandbox, shell.plain())
            .says("", "venvwrap: no virtualenv active\nhint: `lsvirtualenv -b` lists the environments; `workon NAME` activates one\n");
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

/// Changes by `conda deactivate` and `conda activate` inside the environment stay.
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
fn what_only_conda_may_change_is_left_to_it() {
    let (sandbox, root) = furnished();
    let clone = super::clone_hint(&root);
    let hint = format!("venvwrap: `gis` belongs to conda: [ROOT]/conda/envs/gis\nhint: {clone}");
    // It depends on the file system.
    let text = sandbox.run(["showvirtualenv", "gis"]).status(0).stdout_text();
    let size = text.lines().find(|line| line.starts_with("size:     ")).unwrap();
    for shell in Shell::ALL {
        let story = Story::new()
            .run(["workon", "gis"])
            .run(["showvirtualenv"])
            .run_failing(["wipeenv"])
            .run_failing(["toggleglobalsitepackages"])
            .run(["cdsitepackages"])
            .directory();
        let told = story.played(&sandbox, shell.plain());
        let details = format!(
            "python:   3.11.9\nkept by:  conda\npath:     [ROOT]/conda/envs/gis\npackages: 0\n{size}\ncreated:  \
             today\n\n"
        );
        told.says(&details, &hint.repeat(2)).records(
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
