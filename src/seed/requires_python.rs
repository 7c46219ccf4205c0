//! Which Pythons a package is for: the `Requires-Python` of its METADATA.

use crate::formats::dist_info::Headers;
use crate::versions::{Release, Specifiers, Stage, Version};

/// Whether the package with this METADATA may be installed for a Python. Without `Requires-Python`
/// it may, with an invalid one it may not.
pub(super) fn admits(metadata: &str, python: Release) -> bool {
    let required = Headers::new(metadata.as_bytes()).first("Requires-Python").unwrap_or_default();
    Specifiers::parse(&required).is_some_and(|required| required.contain(&Version::of(python, Stage::Final)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(text: &str) -> Release {
        Release::leading(text).unwrap()
    }

    #[test]
    fn requires_python_is_respected() {
        let old = ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*";
        for (required, yes, no) in [
            (old, "2.7.18 3.9.0", "3.3.7 2.6.9"),
            (">=3.8", "3.8.0", "3.7.16"),
            ("~=3.8", "3.12.1", "4.0.0"),
            ("==3.9.*", "3.9.18", "3.10.0"),
            (">3.6,<4", "3.6.1 3.14.0", "3.6.0 4.0.0"),
            ("", "2.7.0 3.9.0", ""),
            ("sideways", "", "3.9.0"),
            (">=", "", "3.9.0"),
            ("==*", "", "3.9.0"),
            (">= 3..1", "", "3.9.0"),
        ] {
            let metadata = format!("Name: pip\nRequires-Python: {required}\n\ntext\n");
            assert!(yes.split_whitespace().all(|version| admits(&metadata, python(version))), "{required}");
            assert!(!no.split_whitespace().any(|version| admits(&metadata, python(version))), "{required}");
        }
    }

    #[test]
    fn only_the_header_of_metadata_counts() {
        assert!(!admits("Name: pip\nRequires-Python: >=3.9\n\nRequires-Python: >=3.8\n", python("3.8.0")));
        assert!(admits("Name: pip\n\nRequires-Python: >=3.9\n", python("3.8.0")));
    }
}
