//! A wheel to install, so that no test but one needs a package index.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes a wheel of one module into a directory: the distribution `tiny-thing` of this version,
/// for every Python, with the module `tiny_thing`, whose `VERSION` is the version, and the command
/// `tiny-thing`, which prints it.
pub(crate) fn tiny_thing(directory: &Path, version: &str) -> PathBuf {
    let path = directory.join(format!("tiny_thing-{version}-py2.py3-none-any.whl"));
    let information = format!("tiny_thing-{version}.dist-info");
    let files = [
        (
            "tiny_thing.py".to_owned(),
            format!("VERSION = '{version}'\n\n\ndef main():\n    print('tiny thing ' + VERSION)\n"),
        ),
        (format!("{information}/METADATA"), format!("Metadata-Version: 2.1\nName: tiny-thing\nVersion: {version}\n")),
        (
            format!("{information}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: venvwrap\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n"
                .to_owned(),
        ),
        (format!("{information}/entry_points.txt"), "[console_scripts]\ntiny-thing = tiny_thing:main\n".to_owned()),
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
