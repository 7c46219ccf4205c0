//! The names of the distributions that are installed in an environment, read from their metadata.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::dist_info::{is_name, name, normalized};
use crate::sorting;

/// The names in these directories, each once, spelled as their authors spell them, in pip's order.
/// Invalid names are left out: an interrupted pip leaves `~name` behind.
pub(crate) fn names<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let path = entry.map_err(Error::io("list", directory))?.path();
            names.extend(name(&path).filter(|name| is_name(name)));
        }
    }
    sorting::sort_by_key(&mut names, |name| normalized(name));
    names.dedup_by_key(|name| normalized(name));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzed::{batch, documents, tally};

    fn put(room: &Path, file: &str, text: &str) {
        let path = room.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn every_form_of_metadata_is_read() {
        let room = tempfile::tempdir().unwrap();
        let room = room.path();
        put(room, "Zope.Event-5.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: zope.event\nVersion: 5.0\n");
        put(room, "no_metadata-1.0.dist-info/RECORD", "");
        put(room, "old-1.0-py3.8.egg-info/PKG-INFO", "Metadata-Version: 1.0\r\nname: Old\r\n\r\nName: other\r\n");
        put(room, "distutils_made-2-py2.7.egg-info", "Metadata-Version: 1.0\nName: distutils-made\n");
        put(room, "egg-1.0-py3.8.egg/EGG-INFO/PKG-INFO", "Name: egg\n");
        put(room, "body-1.dist-info/METADATA", "Version: 1\n\nName: not-a-header\n");
        put(room, "zipped-1.0-py3.8.egg", "PK");
        put(room, "my-link.egg-link", "/src\n.");
        put(room, "my_link-2.dist-info/METADATA", "Name: my_link\n");
        put(room, "module.py", "");
        put(room, "package/__init__.py", "");
        let expected = ["body", "distutils-made", "egg", "my", "no_metadata", "Old", "zipped", "zope.event"];
        let mut found = names([room]).unwrap();
        // Two forms have this name: either spelling is right.
        let at = found.iter().position(|name| normalized(name) == "my-link").unwrap();
        "my".clone_into(&mut found[at]);
        assert_eq!(found, expected);
    }

    #[test]
    fn invalid_names_are_left_out() {
        let room = tempfile::tempdir().unwrap();
        put(room.path(), "a-1.dist-info/METADATA", "Name: -r /etc/passwd\n");
        put(room.path(), "b-1.dist-info/METADATA", "Name: ../../b\n");
        put(room.path(), "~ip-1.dist-info/METADATA", "Name:\n");
        put(room.path(), "-x.egg-link", "/src\n");
        put(room.path(), ".dist-info/METADATA", "");
        assert_eq!(names([room.path()]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn odd_entries_of_site_packages_give_valid_names_or_none() {
        let room = tempfile::tempdir().unwrap();
        let stems = "[a-zA-Z0-9~._ -]{0,9}(-[0-9.a-z]{0,4}){0,3}";
        let kinds = "(dist-info|egg-info|egg|egg-link|dist|DIST-INFO|)";
        let given = batch(400, &(stems, kinds, documents("METADATA", &["Name: -r", "Name:\n"])));
        for (stem, kind, metadata) in &given {
            let entry = room.path().join(format!("{stem}.{kind}"));
            // The same name twice, and `..`.
            if fs::create_dir(&entry).is_ok() {
                fs::write(entry.join("METADATA"), metadata).unwrap();
                fs::write(entry.join("PKG-INFO"), metadata).unwrap();
            }
        }
        let found = names([room.path()]).unwrap();
        assert!(found.iter().all(|name| is_name(name)) && found.len() > 10, "{found:?}");
        tally("names of distributions and of pythons that are odd", given.len());
    }
}
