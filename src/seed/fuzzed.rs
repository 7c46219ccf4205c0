//! What the seed reads and writes, at random: names of wheels, their metadata, our own lists.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::manifest::Manifest;
use super::requires_python::admits;
use super::wheel::{Wheel, console_scripts};
use super::{identity, scripts};
use crate::fuzzed::{documents, many, tally};
use crate::versions::Release;

fn entries(manifest: &Manifest) -> usize {
    manifest.directories.iter().map(|directory| 1 + directory.files.len()).sum()
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn any_condition_is_parsed(text in "([<>=!~]{0,3} ?[0-9.*x]{0,8} ?,?){0,4}", metadata in documents("METADATA", &["Requires-Python:"])) {
        let version = Release::new(3, 12, 1);
        let _ = admits(&String::from_utf8_lossy(&metadata), version);
        // One more condition never lets more in.
        let admits = |required: &str| admits(&format!("Requires-Python: {required}\n"), version);
        let more = format!("{text},>=2");
        prop_assert!(admits(&text) || !admits(&more));
        tally("lists and names of the seed, damaged", 1);
    }

    #[test]
    fn any_name_of_a_wheel_is_parsed(stem in "[a-z\\x00-\\x1f. /é-]{0,20}(-[a-z0-9.]{0,3}){0,5}", points in "(\\[console_scripts\\]\n)?([a-z./ ]{0,4}[=:;#]?[a-z.:\\[]{0,6}\n){0,5}") {
        if let Some(wheel) = Wheel::named(Path::new(&format!("/x/{stem}.whl"))) {
            prop_assert!(!wheel.dist_info().contains('/') && !wheel.dist_info().contains(char::is_control));
        }
        let version = Release::new(3, 12, 1);
        for script in scripts::wanted(&console_scripts(&points), version) {
            prop_assert!(!script.name.contains('/') && !script.name.is_empty());
        }
        tally("lists and names of the seed, damaged", 1);
    }

    /// Cut, it is not taken for whole; with another byte it may be another list, but of as many
    /// entries.
    #[test]
    fn a_damaged_list_is_noticed(names in vec("[a-zé '\"]{1,6}", 1..6), at in any::<Index>(), byte in any::<u8>()) {
        let room = tempfile::tempdir().unwrap();
        for name in &names {
            std::fs::write(room.path().join(name), "").unwrap();
        }
        let manifest = Manifest::of(room.path()).unwrap();
        let (whole, count) = (manifest.text(), entries(&manifest));
        prop_assert_eq!(Manifest::from_text(&whole), Some(manifest));
        let mut bytes = whole.clone().into_bytes();
        let place = at.index(bytes.len());
        prop_assert_eq!(whole.get(..place).and_then(Manifest::from_text), None);
        bytes[place] = byte;
        if let Some(read) = std::str::from_utf8(&bytes).ok().and_then(Manifest::from_text) {
            prop_assert_eq!(entries(&read), count);
        }
        let _ = identity::freshness(&bytes);
        tally("lists and names of the seed, damaged", 1);
    }
}
