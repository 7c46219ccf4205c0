//! Wheel files (PEP 427): reading the file name, unpacking the archive, refusing unsafe entries.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::formats::dist_info::{self, METADATA};
use crate::formats::record::InstalledFile;
use crate::versions::Version;

/// A wheel on disk. Only its file name was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wheel {
    /// The file.
    pub(super) path: PathBuf,
    /// The distribution's name, as the file name spells it.
    pub(super) name: String,
    /// Its version, as the file name spells it.
    pub(super) version: String,
}

impl Wheel {
    /// Parses the file name: `{name}-{version}[-{build}]-{python}-{abi}-{platform}.whl`.
    #[must_use]
    pub(super) fn named(path: &Path) -> Option<Self> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".whl")?;
        let fields: Vec<&str> = stem.split('-').collect();
        let plain = |field: &&str| !field.is_empty() && !field.contains(char::is_control);
        if !matches!(fields.len(), 5 | 6) || !fields.iter().all(plain) {
            return None;
        }
        Some(Self { path: path.to_path_buf(), name: fields[0].to_owned(), version: fields[1].to_owned() })
    }

    /// The directory of its metadata, relative to site-packages.
    #[must_use]
    pub(super) fn dist_info(&self) -> String {
        dist_info::directory_name(&self.name, &self.version)
    }

    /// Its version for comparing; `None`, the lowest, if it is not one by PEP 440.
    #[must_use]
    pub(super) fn parsed_version(&self) -> Option<Version> {
        Version::parse(&self.version)
    }

    /// Unpacks all files but RECORD into the existing directory `site_packages`, and overwrites
    /// nothing. Returns a row of RECORD for each file, in the order of the archive.
    pub(super) fn unpack(&self, site_packages: &Path) -> io::Result<Vec<InstalledFile>> {
        let mut archive = ZipArchive::new(io::BufReader::new(File::open(&self.path)?))?;
        let mut rows = Vec::with_capacity(archive.len());
        let mut parents = HashSet::new();
        let mut content = Vec::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index)?;
            if entry.is_dir() {
                continue;
            }
            let name = self.accepted(&entry)?;
            if self.is_record(&name) {
                continue;
            }
            content.clear();
            entry.read_to_end(&mut content)?;
            let target = site_packages.join(&name);
            if let Some(parent) = target.parent().filter(|parent| !parents.contains(*parent)) {
                fs::create_dir_all(parent)?;
                parents.insert(parent.to_path_buf());
            }
            // The umask decides the rest, as it does for pip.
            let mode = if entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0) { 0o777 } else { 0o666 };
            write_new(&target, &content, mode)?;
            rows.push(InstalledFile::of(&name, &content));
        }
        let metadata = format!("{}/{METADATA}", self.dist_info());
        if !rows.iter().any(|row| row.path() == metadata) {
            return Err(unacceptable("its metadata is not in the directory that its file name promises"));
        }
        Ok(rows)
    }

    /// The name of a safe entry: a regular file, with a path that stays inside and has no `..`,
    /// backslash, or control character (manifests cannot hold those).
    fn accepted<R: Read>(&self, entry: &ZipFile<'_, R>) -> io::Result<String> {
        const TYPE: u32 = 0o170_000;
        const REGULAR: u32 = 0o100_000;
        let name = entry.name()?.into_owned();
        let path = Path::new(&name);
        // Compare text, because `Path` ignores `.` and double slashes.
        let stays_inside = entry.enclosed_name().is_some_and(|enclosed| enclosed == path)
            && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !stays_inside || name.contains(|character: char| character == '\\' || character.is_control()) {
            return Err(unacceptable("it contains an entry with an unsafe name"));
        }
        if entry.is_symlink() || entry.unix_mode().is_some_and(|mode| !matches!(mode & TYPE, 0 | REGULAR)) {
            return Err(unacceptable("it contains an entry that is not a regular file"));
        }
        // `.data` directories need a full installer. pip and setuptools have none.
        let data = format!("{}-{}.data", self.name, self.version);
        if path.starts_with(data) {
            return Err(unacceptable("it contains files for directories other than site-packages"));
        }
        Ok(name)
    }

    /// RECORD and its signatures describe the wheel, not the installed files.
    fn is_record(&self, name: &str) -> bool {
        let rest = name.strip_prefix(&self.dist_info()).and_then(|rest| rest.strip_prefix('/'));
        matches!(rest, Some("RECORD" | "RECORD.jws" | "RECORD.p7s"))
    }
}

/// Creates a file that must not exist yet.
pub(super) fn write_new(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?.write_all(content)
}

/// The commands of `entry_points.txt`: name and `module:function`, in the order of the file.
#[must_use]
pub(super) fn console_scripts(entry_points: &str) -> Vec<(String, String)> {
    let mut inside = false;
    let mut scripts = Vec::new();
    for line in entry_points.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[console_scripts]";
        } else if inside
            && !line.starts_with(['#', ';'])
            && let Some((name, target)) = line.split_once('=')
        {
            // Extras follow in brackets. Scripts do not need them.
            let target = target.split('[').next().unwrap_or_default().trim();
            scripts.push((name.trim().to_owned(), target.to_owned()));
        }
    }
    scripts
}

fn unacceptable(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// Writes a wheel `demo-1.0` with these entries beside its metadata, and an executable one.
    pub(in crate::seed) fn wheel_with(directory: &Path, entries: &[(&str, &str)]) -> Wheel {
        let path = directory.join("demo-1.0-py2.py3-none-any.whl");
        let mut archive = ZipWriter::new(File::create(&path).unwrap());
        let metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=2.7\n\ntext\n";
        let points = "[console_scripts]\ndemo = demo.main:run [x]\n";
        let own = [
            ("demo-1.0.dist-info/METADATA", metadata),
            ("demo-1.0.dist-info/RECORD", "demo/__init__.py,,\n"),
            ("demo-1.0.dist-info/entry_points.txt", points),
            ("demo/__init__.py", ""),
            ("demo/main.py", "def run():\n    return 0\n"),
        ];
        for (name, content) in own.iter().chain(entries) {
            archive.start_file(*name, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
            archive.write_all(content.as_bytes()).unwrap();
        }
        archive.start_file("demo/tool.sh", SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
        archive.finish().unwrap();
        Wheel::named(&path).unwrap()
    }

    #[test]
    fn a_file_name_is_parsed() {
        let wheel = Wheel::named(Path::new("/x y/pip-24.2-py3-none-any.whl")).unwrap();
        assert_eq!((wheel.name.as_str(), wheel.version.as_str()), ("pip", "24.2"));
        assert_eq!(wheel.dist_info(), "pip-24.2.dist-info");
        assert!(Wheel::named(Path::new("/x/a_b-1.0-1-py2.py3-none-any.whl")).is_some());
        for no_wheel in ["pip-24.2.whl", "pip-24.2-py3-none-any.zip", "-1-py3-none-any.whl", "a-b-c-d-e-f-g.whl"] {
            assert_eq!(Wheel::named(Path::new(no_wheel)), None, "{no_wheel}");
        }
    }

    #[test]
    fn everything_but_record_is_unpacked_with_its_row() {
        use std::os::unix::fs::PermissionsExt;
        let room = tempfile::tempdir().unwrap();
        let wheel = wheel_with(room.path(), &[("demo/data, \"odd\" é.txt", "text")]);
        let site = room.path().join("site");
        fs::create_dir(&site).unwrap();
        let rows = wheel.unpack(&site).unwrap();
        let paths: Vec<&str> = rows.iter().map(InstalledFile::path).collect();
        assert!(paths.contains(&"demo/main.py") && paths.contains(&"demo/data, \"odd\" é.txt"), "{paths:?}");
        assert!(!site.join("demo-1.0.dist-info/RECORD").is_file());
        assert_eq!(fs::read_to_string(site.join("demo/data, \"odd\" é.txt")).unwrap(), "text");
        let mode = |name: &str| fs::metadata(site.join(name)).unwrap().permissions().mode() & 0o111;
        assert_ne!(mode("demo/tool.sh"), 0);
        assert_eq!(mode("demo/main.py"), 0);
    }

    #[test]
    fn an_entry_outside_the_target_is_refused() {
        for name in
            ["../out.py", "demo/../../out.py", "/out.py", "demo\\..\\out.py", "demo/./x.py", "demo//x.py", "a\nb"]
        {
            let room = tempfile::tempdir().unwrap();
            let wheel = wheel_with(room.path(), &[(name, "")]);
            let site = room.path().join("deep/site");
            fs::create_dir_all(&site).unwrap();
            let error = wheel.unpack(&site).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{name}: {error}");
            assert!(!room.path().join("deep/out.py").is_file() && !room.path().join("out.py").is_file());
        }
        let room = tempfile::tempdir().unwrap();
        let wheel = wheel_with(room.path(), &[("demo-1.0.data/scripts/x", "")]);
        assert!(wheel.unpack(room.path()).is_err());
    }

    #[test]
    fn a_link_in_a_wheel_is_refused() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("demo-1.0-py3-none-any.whl");
        let mut archive = ZipWriter::new(File::create(&path).unwrap());
        archive.add_symlink("demo.py", "/etc/hostname", SimpleFileOptions::default()).unwrap();
        archive.finish().unwrap();
        let site = room.path().join("site");
        fs::create_dir(&site).unwrap();
        assert_eq!(Wheel::named(&path).unwrap().unpack(&site).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_dir(&site).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_wheel_is_an_error() {
        let room = tempfile::tempdir().unwrap();
        let wheel = wheel_with(room.path(), &[("demo/long.py", &"x = 1\n".repeat(500))]);
        let whole = fs::read(&wheel.path).unwrap();
        fs::write(&wheel.path, &whole[..whole.len() / 2]).unwrap();
        assert!(wheel.unpack(room.path()).is_err());
    }

    #[test]
    fn commands_come_from_one_section() {
        let text = "[console_scripts]\n# note\npip = a.b:c\npip3=a:b.c [extra]\n\n[other]\nx = y:z\n";
        let expected = [("pip", "a.b:c"), ("pip3", "a:b.c")].map(|(name, to)| (name.to_owned(), to.to_owned()));
        assert_eq!(console_scripts(text), expected);
    }
}
