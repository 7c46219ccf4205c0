//! The settings of pip and uv are the person's: each obeys its own, wherever they stand, and not
//! the other's.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

/// Whether `tiny-thing`, which only a directory of the person's has, is installed by this
/// installer.
fn installs(sandbox: &Sandbox, installer: &str, variables: &[(&str, &str)]) -> bool {
    let python = pythons::complete().path.as_os_str();
    let mut command = sandbox.command(crate::support::sandbox::BINARY);
    command.args(["mkvirtualenv".as_ref(), "-q".as_ref(), "-p".as_ref(), python]).args(["-i", "tiny-thing", "x"]);
    command.env("VENVWRAP_INSTALLER", installer).env("UV_NO_CACHE", "1").envs(variables.iter().copied());
    let code = sandbox.run_command(command, b"").code();
    let program = sandbox.environment("x").join("bin/tiny-thing");
    assert_eq!(code == 0, program.exists(), "{installer} {variables:?}");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    code == 0
}

#[test]
fn each_installer_obeys_its_own_settings_and_only_those() {
    let mut sandbox = Sandbox::plain();
    sandbox.unset("PIP_CONFIG_FILE");
    symlink(pythons::peer("uv"), sandbox.tools().join("uv")).unwrap();
    let wheels = sandbox.root().join("wheels");
    fs::create_dir(&wheels).unwrap();
    tiny_thing(&wheels, "1.0");
    let wheels = wheels.to_str().unwrap();
    // Variables.
    let pip = [("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", wheels)];
    let uv = [("UV_NO_INDEX", "1"), ("UV_FIND_LINKS", wheels), ("UV_OFFLINE", "1")];
    assert!(installs(&sandbox, "pip", &pip) && installs(&sandbox, "uv", &uv));
    assert!(!installs(&sandbox, "uv", &[&pip[..], &[("UV_OFFLINE", "1")]].concat()));
    assert!(!installs(&sandbox, "pip", &[&uv[..], &[("PIP_NO_INDEX", "1")]].concat()));
    // Files.
    sandbox.write("home/.config/pip/pip.conf", format!("[global]\nno-index = true\nfind-links = {wheels}\n"));
    assert!(installs(&sandbox, "pip", &[]) && !installs(&sandbox, "uv", &[("UV_OFFLINE", "1")]));
    sandbox.write("home/.config/uv/uv.toml", format!("[pip]\nno-index = true\nfind-links = ['{wheels}']\n"));
    assert!(installs(&sandbox, "uv", &[]));
}
