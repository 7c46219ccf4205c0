//! The interpreters' own pip: is it what `python -m venv` makes, and does it stand what installers
//! do to it?

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;

use super::{Environment, HOSTILE, Room, files_in, interpreters, real_interpreter};
use crate::interpreter::Interpreter;
use crate::seed::manifest::Manifest;
use crate::seed::{LinkMode, Planted};
use crate::versions::Release;

/// A new environment against `python -m venv` of the same interpreter.
fn compare_with_venv(interpreter: Interpreter) {
    let room = Room::with(interpreter, HOSTILE);
    let Interpreter { version, base_executable, .. } = &room.interpreter;
    let (ours, _) = room.environment("ours", LinkMode::Auto);
    let reference = room.directory.path().join("reference");
    let mut command = room.context.command(base_executable);
    command.args(["-I", "-m", "venv"]).arg(&reference);
    command.env_remove("PYTHONDONTWRITEBYTECODE").env("PIP_NO_INDEX", "1");
    assert!(command.output().unwrap().status.success());
    let theirs = Environment {
        context: &room.context,
        site_packages: reference.join(room.interpreter.site_packages()),
        root: reference,
        version: *version,
    };
    let label = format!("{} {version}", room.interpreter.implementation);
    assert_eq!(files_in(&ours.site_packages), files_in(&theirs.site_packages), "{label}");
    let wheels = room.wheels();
    for wheel in &wheels {
        let record = |environment: &Environment<'_>| {
            let path = environment.site_packages.join(wheel.dist_info()).join("RECORD");
            // Scripts differ by the path they name.
            let line = |line: &str| match line.strip_prefix("../../../bin/") {
                Some(script) => script.split(',').next().unwrap().to_owned(),
                None => line.to_owned(),
            };
            fs::read_to_string(path).unwrap().split_inclusive('\n').map(line).collect::<Vec<_>>()
        };
        assert_eq!(record(&ours), record(&theirs), "{label}");
    }
    let scripts = |environment: &Environment<'_>| -> BTreeSet<_> {
        let names = fs::read_dir(environment.root.join("bin")).unwrap().map(|entry| entry.unwrap().file_name());
        names
            .filter(|name| name.to_str().unwrap().contains(['p', 'e']) && !name.to_str().unwrap().contains("py"))
            .filter(|name| !name.to_str().unwrap().to_lowercase().contains("activate"))
            .collect()
    };
    assert_eq!(scripts(&ours), scripts(&theirs), "{label}");
    for script in scripts(&ours) {
        let mode =
            |environment: &Environment<'_>| fs::metadata(environment.root.join("bin").join(&script)).unwrap().mode();
        assert_eq!(mode(&ours), mode(&theirs), "{label}: {script:?}");
    }
    ours.succeeds("pip", &["check"]);
    assert_eq!(ours.succeeds("pip", &["list"]), theirs.succeeds("pip", &["list"]), "{label}");
    if Release::leading(&wheels[0].version) >= Some(Release::new(22, 2, 0)) {
        let inspect = |environment: &Environment<'_>| {
            let text = environment.succeeds("pip", &["inspect"]);
            text.replace(environment.site_packages.to_str().unwrap(), "SITE")
        };
        let [one, other] = [inspect(&ours), inspect(&theirs)].map(|text| {
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            for package in value["installed"].as_array_mut().unwrap() {
                package["metadata_location"].take();
            }
            value
        });
        assert_eq!(one, other, "{label}");
    }
}

#[test]
fn the_result_is_the_same_as_from_venv() {
    compare_with_venv(real_interpreter());
}

#[test]
fn the_oldest_python_gets_the_same_as_from_venv() {
    let oldest = interpreters().iter().rfind(|interpreter| interpreter.version.major >= 3);
    compare_with_venv(oldest.unwrap().clone());
}

/// Everything that an installer does to a seed, in an environment that shares files and in one that
/// does not.
fn put_through_installers(interpreter: Interpreter) {
    // The scripts that pip itself writes stand no more than this.
    let room = Room::with(interpreter, "a b é");
    let wheels = room.wheels();
    let pip = wheels[0].path.to_str().unwrap();
    let wanted = format!("pip {} from", wheels[0].version);
    room.environment("first", LinkMode::Auto);
    let uv = room.context.program("uv");
    for (name, how) in [("linked", Planted::Linked), ("moved", Planted::Moved)] {
        if how == Planted::Moved {
            room.seed(LinkMode::Auto).stage().unwrap();
        }
        // Python 2 never links.
        let how = if room.interpreter.version.major == 2 && how == Planted::Linked { Planted::Copied } else { how };
        let (environment, planted) = room.environment(name, LinkMode::Auto);
        assert_eq!(planted, how);
        let version = environment.succeeds("pip", &["--version"]);
        assert!(version.starts_with(&wanted) && version.contains(environment.root.to_str().unwrap()), "{version}");
        // Python 2 finds its own prefix here, not the environment's, so that pip would install
        // elsewhere.
        if room.interpreter.version.major == 2 {
            continue;
        }
        environment.succeeds("pip", &["install", "--no-deps", "--force-reinstall", pip]);
        room.assert_cache_is_whole();
        assert!(environment.succeeds("pip", &["--version"]).starts_with(&wanted));
        environment.succeeds("python", &["-m", "compileall", "-q", "-f", environment.site_packages.to_str().unwrap()]);
        room.assert_cache_is_whole();
        if let Some(uv) = &uv {
            let python = environment.root.join("bin/python");
            let mut command = room.context.command(uv);
            command.args(["pip", "install", "--offline", "--no-deps", "--reinstall", "--python"]);
            let output = command.arg(&python).arg(pip).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            room.assert_cache_is_whole();
        }
        let mut names = vec!["uninstall", "-y", "pip"];
        names.extend((wheels.len() > 1).then_some("setuptools"));
        environment.succeeds("pip", &names);
        room.assert_cache_is_whole();
        // Some versions of pip take the empty directory along.
        let left = Manifest::of(&environment.site_packages).map_or(0, |manifest| manifest.directories[0].files.len());
        assert_eq!(left, 0, "pip knows every file of its own");
    }
}

#[test]
fn installers_leave_the_cache_alone() {
    put_through_installers(real_interpreter());
}

#[test]
fn installers_of_the_oldest_python_leave_the_cache_alone_too() {
    put_through_installers(interpreters().last().unwrap().clone());
}
