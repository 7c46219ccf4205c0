//! A small wheel to install, so that only one test needs a package index.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes a wheel into a directory: the distribution `tiny-thing` of this version, for every
/// Python, with the module `tiny_thing`, whose `VERSION` is the version, and the command
/// `tiny-thing`, which prints the version.
pub(crate) fn tiny_thing(directory: &Path, version: &str) -> PathBuf {
    tiny_wheel(directory, "tiny-thing", version)
}

/// The same with another name.
pub(crate) fn tiny_wheel(directory: &Path, name: &str, version: &str) -> PathBuf {
    let module = name.replace('-', "_");
    let path = directory.join(format!("{module}-{version}-py2.py3-none-any.whl"));
    let information = format!("{module}-{version}.dist-info");
    let files = [
        (
            format!("{module}.py"),
            format!("VERSION = '{version}'\n\n\ndef main():\n    print('{} ' + VERSION)\n", name.replace('-', " ")),
        ),
        (format!("{information}/METADATA"), format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")),
        (
            format!("{information}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: venvwrap\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n"
                .to_owned(),
        ),
        (format!("{information}/entry_points.txt"), format!("[console_scripts]\n{name} = {module}:main\n")),
    ];
    let record = format!("{information}/RECORD");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).chain([record.as_str()]).collect();
    let rows = names.join(",,\n") + ",,\n";
    let mut wheel = ZipWriter::new(File::create(&path).unwrap());
    for (name, text) in files.iter().map(|(name, text)| (name, text)).chain([(&record, &rows)]) {
        wheel.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        wheel.write_all(text.as_bytes()).unwrap();
    }
    wheel.finish().unwrap();
    path
}
