//! An environment with ipykernel, written by hand, and the user's kernels.

use std::path::PathBuf;

use super::sandbox::Sandbox;

/// An environment with the files of ipykernel that are looked at.
pub(crate) fn with_ipykernel(sandbox: &Sandbox, name: &str) -> PathBuf {
    let root = sandbox.minimal_environment(name);
    let spec = "{\"argv\": [\"python\", \"-m\", \"ipykernel_launcher\", \"-f\", \"{connection_file}\"],
                 \"display_name\": \"Python 3 (ipykernel)\", \"language\": \"python\", \"metadata\": {\"debugger\": true}}";
    for (file, text) in [
        ("lib/python3.11/site-packages/ipykernel-7.0.dist-info/METADATA", "Name: ipykernel\nVersion: 7.0\n"),
        ("share/jupyter/kernels/python3/kernel.json", spec),
        ("share/jupyter/kernels/python3/logo-svg.svg", "<svg/>"),
    ] {
        sandbox.write(root.join(file), text);
    }
    root
}

/// Where Jupyter keeps the kernels of the user.
pub(crate) fn kernels(sandbox: &Sandbox) -> PathBuf {
    sandbox
        .home()
        .join(if cfg!(target_os = "macos") { "Library/Jupyter" } else { ".local/share/jupyter" })
        .join("kernels")
}
