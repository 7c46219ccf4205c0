//! How names are split. tests/suite/elsewhere covers real directories.

use super::files::{name_and_hash, os};
use super::*;

#[test]
fn a_name_ends_where_its_hash_begins() {
    let apart = |name: &'static str| name_and_hash(name.as_bytes()).map(|(name, mark)| (os(name), mark));
    assert_eq!(apart("shop-Vo-pNP4S"), Some(("shop".into(), "Vo-pNP4S")));
    assert_eq!(apart("my-shop-SmjHJqoF"), Some(("my-shop".into(), "SmjHJqoF")));
    for name in ["", "shop", "-SmjHJqoF", "shopSmjHJqoF", "shop-SmjHJ oF", "shop-SmjHJqo", "shop-SmjHé12"] {
        assert_eq!(apart(name), None, "{name}");
    }
}

#[test]
fn uv_puts_the_python_and_a_hash_behind_the_name_of_the_project() {
    let before = |name: &'static str| central::before_python(name.as_bytes()).map(os);
    assert_eq!(before("shop-cp3.11.7-9190066bfa43e176"), Some("shop".into()));
    assert_eq!(before("my-shop-pp3.10.14-9190066bfa43e176"), Some("my-shop".into()));
    for script in [
        "hello-84e289fe3f6241a0",
        "my-hello-84e289fe3f6241a0",
        "-cp3.11.7-9190066bfa43e176",
        "shop-3.11-9190066bfa43e176",
    ] {
        assert_eq!(before(script), None, "{script}");
    }
}

#[test]
fn an_owner_stands_before_the_colon() {
    let apart = |typed: &'static str| owner_and_name(OsStr::new(typed));
    assert_eq!(apart("poetry:shop"), (Some(Origin::Poetry), OsStr::new("shop")));
    assert_eq!(apart("hatch:shop:test"), (Some(Origin::Hatch), OsStr::new("shop:test")));
    assert_eq!(apart("uv:"), (Some(Origin::Uv), OsStr::new("")));
    for typed in ["shop:test", "poetry", "Poetry:shop", "store:x", ":x", ""] {
        assert_eq!(apart(typed), (None, OsStr::new(typed)));
    }
}
