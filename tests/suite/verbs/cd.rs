//! `cdvirtualenv` and `cdsitepackages`.

use std::fs;

use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn they_go_below_the_active_environment() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("my env");
    fs::create_dir_all(root.join("lib/python3.11/site-packages/my package")).unwrap();
    Story::new()
        .run(["workon", "my env"])
        .run(["cdvirtualenv"])
        .directory()
        .run(["cdvirtualenv", "lib/python3.11/"])
        .directory()
        .run(["cdvirtualenv", "bin/../lib"])
        .directory()
        .run(["cdvirtualenv", "../.."])
        .directory()
        .run(["cdsitepackages"])
        .directory()
        .run(["cdsitepackages", "my package"])
        .directory()
        .plays_in_every_mode(
            &sandbox,
            "workon my env: 0
             cdvirtualenv: 0
             in [ROOT]/envs/my env
             cdvirtualenv lib/python3.11/: 0
             in [ROOT]/envs/my env/lib/python3.11
             cdvirtualenv bin/../lib: 0
             in [ROOT]/envs/my env/lib
             cdvirtualenv ../..: 0
             in [ROOT]
             cdsitepackages: 0
             in [ROOT]/envs/my env/lib/python3.11/site-packages
             cdsitepackages my package: 0
             in [ROOT]/envs/my env/lib/python3.11/site-packages/my package",
        );
}

#[test]
fn a_directory_that_is_not_there_is_the_shells_own_error() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    for shell in Shell::ALL {
        let story = Story::new().run(["workon", "x"]).run_failing(["cdvirtualenv", "nosuch"]).directory();
        let told = story.played(&sandbox, shell.plain());
        let told = told.records("workon x: 0\ncdvirtualenv nosuch: 1\nin [ROOT]");
        assert!(told.stderr_text().contains("nosuch"), "{told}");
    }
}

#[test]
fn the_site_packages_of_every_layout_are_found_without_running_python() {
    let sandbox = Sandbox::new();
    for (name, library, cfg) in [
        ("free-threaded", "python3.13t", "version = 3.13.0"),
        ("pypy", "pypy3.9", "version_info = 3.9.16.final.0"),
        ("upgraded in place", "python3.11", "version = 3.11.2"),
        ("of virtualenv for 2.7", "python2.7", "nothing"),
    ] {
        let root = sandbox.minimal_environment(name);
        fs::remove_dir_all(root.join("lib")).unwrap();
        fs::create_dir_all(root.join("lib").join(library).join("site-packages")).unwrap();
        if name == "upgraded in place" {
            fs::create_dir_all(root.join("lib/python3.10/site-packages")).unwrap();
        }
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        Story::new().run(["workon", name]).run(["cdsitepackages"]).directory().plays(
            &sandbox,
            &format!("workon {name}: 0\ncdsitepackages: 0\nin [ROOT]/envs/{name}/lib/{library}/site-packages"),
        );
    }
}
