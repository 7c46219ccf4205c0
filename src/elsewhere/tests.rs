//! Names and marks as their owners make them. What is found in real places: tests/suite/elsewhere.

use super::*;

/// As Python's hashlib and base64 give them.
#[test]
fn a_mark_is_that_of_pipenv_poetry_and_hatch() {
    for (path, mark) in
        [("/home/me/shop", "SmjHJqoF"), ("/home/me/shop/Pipfile", "leXjPTUc"), ("/home/mé/it's", "Vo-pNP4S")]
    {
        assert_eq!(mark_of(Path::new(path)), mark);
    }
}

#[test]
fn a_name_ends_where_its_mark_begins() {
    let apart = |name: &'static str| name_and_mark(name.as_bytes()).map(|(name, mark)| (os(name), mark));
    assert_eq!(apart("shop-Vo-pNP4S"), Some(("shop".into(), "Vo-pNP4S")));
    assert_eq!(apart("my-shop-SmjHJqoF"), Some(("my-shop".into(), "SmjHJqoF")));
    for name in ["", "shop", "-SmjHJqoF", "shopSmjHJqoF", "shop-SmjHJ oF", "shop-SmjHJqo", "shop-SmjHé12"] {
        assert_eq!(apart(name), None, "{name}");
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

#[test]
fn what_is_asked_for_by_its_directory_needs_no_other_link() {
    let room = tempfile::tempdir().unwrap();
    let base = room.path().join("it's \"my\" $HOME {a,b};é");
    let project = base.join("anywhere/shop");
    let make = |root: PathBuf| {
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("pyvenv.cfg"), "home = /x\n").unwrap();
        root
    };
    let mark = mark_of(&fs_real(&project, &base));
    let expected = [
        make(base.join(format!("data/hatch/env/virtual/shop/{mark}/shop"))),
        make(base.join(format!("cache/pypoetry/virtualenvs/shop-{mark}-py3.12"))),
        make(project.join(".venv")),
    ];
    make(base.join("cache/pypoetry/virtualenvs/shop-Vo-pNP4S-py3.12"));
    let text = |path: &str| base.join(path).to_str().unwrap().to_owned();
    let context = Context::made_of(&[
        ("HOME", &text("home")),
        ("XDG_CACHE_HOME", &text("cache")),
        ("XDG_DATA_HOME", &text("data")),
        ("XDG_CONFIG_HOME", &text("config")),
    ]);
    let home = WorkonHome::at(base.join("envs"));
    let mut found: Vec<PathBuf> = Places::of_project(&context, &home, &project)
        .iter()
        .map(|environment| environment.root().to_path_buf())
        .collect();
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(found, expected);
    assert!(Places::of_project(&context, &home, &base).is_empty());
}

/// The path by which poetry and hatch know a project: every link resolved.
fn fs_real(project: &Path, base: &Path) -> PathBuf {
    fs::create_dir_all(project).unwrap();
    resolved(base).unwrap().join(project.strip_prefix(base).unwrap())
}
