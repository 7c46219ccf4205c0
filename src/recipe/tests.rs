//! One environment with everything in it, as a recipe and back; and files that are refused.

use std::path::Path;

use super::*;
use file::{is_recipe, parse, written};

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn distribution(site: &Path, name: &str, version: &str, more: &str) -> PathBuf {
    let directory = site.join(format!("{}-{version}.dist-info", name.replace('-', "_")));
    put(&directory, "METADATA", &format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}\nText\n"));
    directory
}

/// An environment with everything that a recipe describes, below `home`.
fn everything(home: &Path) -> Environment {
    let root = home.join("envs/it's $x");
    put(
        &root,
        "pyvenv.cfg",
        "home = /opt/bin\nversion = 3.12.4\ninclude-system-site-packages = true\nprompt = 'my p'\n",
    );
    put(&root, ".requested-python", ">=3.11,<3.14\n");
    put(&root, ".project", &format!("{}\n", home.join("src/a b").display()));
    put(&root, "bin/postactivate", "export X='1'\necho \"\\t\"\n");
    put(&root, "bin/preactivate", "#!/bin/sh\n# only a template\n\n");
    put(&root, "bin/predeactivate.fish", "set -e X\u{1b}'''\r\n");
    let site = root.join("lib/python3.12/site-packages");
    put(&site, "_virtualenv_path_extensions.pth", &format!("# x\n{}\n/opt/lib\n", home.join("lib").display()));
    let web = "Provides-Extra: fast\nRequires-Dist: dep>=1\nRequires-Dist: speed; extra == 'fast'\n\
               Requires-Dist: other; extra == 'slow'\nRequires-Dist: win; sys_platform == 'win32' and extra == 'fast'\n";
    put(&distribution(&site, "Web.Thing", "2.0", web), "REQUESTED", "");
    distribution(&site, "dep", "1.0+local", "");
    distribution(&site, "speed", "3", "");
    put(
        &distribution(&site, "mine", "0.1", ""),
        "direct_url.json",
        &format!("{{\"url\": \"file://{}/src/a%20b\", \"dir_info\": {{\"editable\": true}}}}", home.display()),
    );
    put(
        &distribution(&site, "archive", "1", ""),
        "direct_url.json",
        r#"{"url": "https://me:secret@h/a.whl", "archive_info": {"hash": "sha256=0ab"}}"#,
    );
    put(
        &distribution(&site, "repo", "1", ""),
        "direct_url.json",
        r#"{"url": "https://h/r", "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "main"}, "subdirectory": "a b"}"#,
    );
    put(&site, "~ep-1.dist-info/METADATA", "Name: ~ep\nVersion: 1\n");
    Environment::open(&root).unwrap().unwrap()
}

fn read_below(home: &Path, environment: &Environment) -> Result<Recipe> {
    read(environment, &Context::made_of(&[("HOME", home.to_str().unwrap())]))
}

const EVERYTHING: &str = r#"# Made by `venvwrap export`. `venvwrap import` builds the environments.
schema = 1
has-end = true

[[environment]]
name = "it's $x"
python = "3.12"
python-version = "3.12.4"
python-request = ">=3.11,<3.14"
prompt = "my p"
project = "~/src/a b"
system-site-packages = true
extra-paths = ["~/lib", "/opt/lib"]
packages = [
    { name = "archive", version = "1", url = "https://h/a.whl", hash = "sha256:0ab" },
    { name = "dep", version = "1.0+local" },
    { name = "mine", version = "0.1", editable = true, path = "~/src/a b" },
    { name = "repo", version = "1", url = "https://h/r", vcs = "git", commit = "abc", revision = "main", subdirectory = "a b" },
    { name = "speed", version = "3" },
    { name = "Web.Thing", version = "2.0", requested = true, extras = ["fast"] },
]

[[environment.hook]]
name = "postactivate"
text = '''
export X='1'
echo "\t"
'''

[[environment.hook]]
name = "predeactivate.fish"
text = "set -e X\U0000001B'''\r\n"

[end]
"#;

#[test]
fn all_of_an_environment_is_in_its_file_and_comes_back_from_it() {
    let room = tempfile::tempdir().unwrap();
    let recipe = read_below(room.path(), &everything(room.path())).unwrap();
    let text = written(std::slice::from_ref(&recipe));
    assert_eq!(text, EVERYTHING);
    assert!(is_recipe(&text) && !is_recipe("[project]\nname = 'x'\n") && !is_recipe("lock-version = '1.0'\n"));
    let back = parse(&text, "x.toml").unwrap();
    assert_eq!(back, [recipe]);
    assert_eq!(written(&back), text);
}

#[test]
fn each_package_is_installed_from_where_it_came() {
    let [recipe] = &parse(EVERYTHING, "x.toml").unwrap()[..] else { panic!() };
    let lines = recipe.packages.iter().map(|package| package.requirement(Some(Path::new("/h é"))).unwrap());
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "archive @ https://h/a.whl#sha256=0ab",
            "dep==1.0+local",
            "/h é/src/a b",
            "repo @ git+https://h/r@abc#subdirectory=a%20b",
            "speed==3",
            "Web.Thing==2.0",
        ]
    );
    let local = Package {
        name: "x".into(),
        path: Some("~/a#b.whl".into()),
        hash: Some("sha256:1".into()),
        ..Package::default()
    };
    assert_eq!(local.requirement(Some(Path::new("/h é"))).unwrap(), "x @ file:///h%20%C3%A9/a%23b.whl#sha256=1");
    assert!(local.requirement(None).is_err());
    let text = |text: &str| Some(text.to_owned());
    let (url, vcs, commit) = (text("https://h/r"), text("git"), text("abc"));
    let cloned = Package { name: "a-b".into(), editable: true, url, vcs, commit, ..Package::default() };
    assert_eq!(cloned.requirement(None).unwrap(), "git+https://h/r@abc#egg=a_b");
    let below = Package { subdirectory: text("c d"), ..cloned };
    assert_eq!(below.newest_requirement(None).unwrap(), "git+https://h/r@abc#egg=a_b&subdirectory=c%20d");
}

#[test]
fn a_file_that_is_newer_cut_short_or_hostile_is_refused_by_name() {
    let refused = |text: &str| parse(text, "x.toml").map(drop).unwrap_err().to_string();
    assert_eq!(
        refused("schema = 2\nnew = 1\n"),
        "x.toml: it was made by a newer venvwrap (schema 2; this one reads 1)"
    );
    assert_eq!(refused("[project]\nname = 'x'\n"), "x.toml: it is not a recipe: no `schema = 1`");
    assert!(refused("schema = 1\n[[environment]]\nname = 'x").starts_with("x.toml, line 3: "));
    let end_of_first_lines = EVERYTHING.find("has-end").unwrap();
    for length in 1..EVERYTHING.trim_end().len() {
        // Nothing is in the lines before the promise of an end.
        if let Ok(recipes) = parse(&EVERYTHING[..length], "x.toml") {
            assert!(length <= end_of_first_lines && recipes.is_empty(), "{length}");
        }
    }
    let cut = "x.toml: it was cut short: its last line, `[end]`, is missing";
    assert_eq!(refused(EVERYTHING.strip_suffix("\n[end]\n").unwrap()), cut);
    assert!(refused("schema = 1\n[end]\nname = 'x'\n").contains("unknown field `name`"));
    let recipe = |rest: &str| format!("schema = 1\n[[environment]]\nname = 'x'\npython = '3.12'\n{rest}\n");
    assert_eq!(parse(&recipe(""), "x.toml").unwrap().len(), 1);
    for (rest, told) in [
        ("shade = 'red'", "unknown field `shade`"),
        ("python-request = '/bin/sh'", "environment `x`: python-request, `/bin/sh`: "),
        (&format!("note = '{}'", "a".repeat(20_000)), "environment `x`: note: it is longer than 16 KiB"),
        ("prompt = \"\\u001b[31m\"", "x.toml: environment `x`: prompt: "),
        ("project = 'relative'", "x.toml: environment `x`: path `relative`: "),
        ("extra-paths = ['/a\u{2028}import os']", "x.toml: environment `x`: path `/a\\u{2028}import os`: "),
        ("hook = [{ name = '../../.bashrc', text = '' }]", "hook `../../.bashrc`: "),
        ("hook = [{ name = 'activate', text = '' }]", "hook `activate`: "),
        ("[[environment]]\nname = 'x'\npython = '3.12'", "it has two environments called `x`"),
        ("[[environment]]\nname = '../x'\npython = '3.12'", "`../x` is not a valid environment name"),
        ("[[environment]]\nname = 'y'\npython = '/bin/sh'", "python, `/bin/sh`: "),
        ("[[environment]]\nname = 'y'\npython = 'sh'", "python, `sh`: "),
    ] {
        let message = refused(&recipe(rest));
        assert!(message.contains(told), "{rest}: {message}");
    }
    for (package, key) in [
        ("name = '-r /etc/passwd', version = '1'", "name"),
        ("name = 'x', version = '1 --index-url https://h'", "version"),
        ("name = 'x', version = \"1\\nevil\"", "version"),
        ("name = 'x', version = ''", "version"),
        ("name = 'x', version = '1', extras = ['a]; b']", "extras"),
        ("name = 'x', version = '1', path = '../x'", "path"),
        ("name = 'x', version = '1', path = '/x', url = 'https://h'", "path"),
        ("name = 'x', version = '1', editable = true", "editable"),
        ("name = 'x', version = '1', editable = true, url = 'https://h'", "editable"),
        ("name = 'x', version = '1', url = 'ext::sh -c id'", "url"),
        ("name = 'x', version = '1', url = 'https://h/x --hash=1'", "url"),
        ("name = 'x', version = '1', url = 'file:///etc'", "url"),
        ("name = 'x', version = '1', url = '--x://h'", "url"),
        ("name = 'x', version = '1', url = 'https://h', vcs = 'cvs', commit = '1'", "vcs"),
        ("name = 'x', version = '1', url = 'https://h', vcs = 'git'", "commit"),
        ("name = 'x', version = '1', url = 'https://h', vcs = 'git', commit = '--x'", "commit"),
        ("name = 'x', version = '1', url = 'https://h', subdirectory = '../..'", "subdirectory"),
        ("name = 'x', version = '1', url = 'https://h', hash = 'sha256:x'", "hash"),
    ] {
        let message = refused(&recipe(&format!("packages = [{{ {package} }}]")));
        assert!(message.contains(&format!("`: {key}: ")), "{package}: {message}");
    }
    let twice = "packages = [{ name = 'a_b', version = '1' }, { name = 'A.b', version = '1' }]";
    assert!(refused(&recipe(twice)).contains("it is in the list twice"));
}

#[test]
fn what_no_recipe_can_describe_is_an_error() {
    let room = tempfile::tempdir().unwrap();
    let environment = everything(room.path());
    let site = environment.site_packages().unwrap();
    distribution(&site, "DEP", "2", "");
    let error = read_below(room.path(), &environment).unwrap_err().to_string();
    assert!(error.contains("`dep` is installed twice: "), "{error}");
    assert!(error.contains("dep-1.0+local.dist-info") && error.contains("DEP-2.dist-info"), "{error}");
    crate::fs::remove_tree(&site.join("DEP-2.dist-info")).unwrap();
    put(&site, "mine-0.1.dist-info/direct_url.json", "{");
    assert!(matches!(read_below(room.path(), &environment), Err(Error::Malformed { .. })));
    put(&site, "mine-0.1.dist-info/direct_url.json", r#"{"url": "ext::sh -c id"}"#);
    assert!(read_below(room.path(), &environment).unwrap_err().to_string().contains("package `mine`: url: "));
}

#[test]
fn two_recipes_differ_in_what_is_told() {
    let one = parse(EVERYTHING, "x.toml").unwrap().pop().unwrap();
    assert_eq!(differences(&one, &one), []);
    let mut other = Recipe { name: "y".into(), python_version: None, ..one.clone() };
    other.packages[0].hash = None;
    other.packages[2].version = "0.2".into();
    assert_eq!(differences(&one, &other), [], "a name, a patch release, a missing hash, an editable that moved on");
    let mut other = Recipe { python: "3.13".into(), prompt: None, ..one.clone() };
    other.packages[1].version = "2".into();
    other.packages.remove(4);
    let expected = [
        Difference::Python("3.12", "3.13"),
        Difference::Package(Some(&one.packages[1]), Some(&other.packages[1])),
        Difference::Package(Some(&one.packages[4]), None),
        Difference::Setting("prompt"),
    ];
    assert_eq!(differences(&one, &other), expected);
    assert_eq!(expected.iter().filter(|each| each.is_about_packages()).count(), 3);
}

#[test]
fn only_what_was_asked_for_is_marked_and_the_record_agrees() {
    let room = tempfile::tempdir().unwrap();
    let environment = everything(room.path());
    let recipe = read_below(room.path(), &environment).unwrap();
    let site = environment.site_packages().unwrap();
    let (web, dep) = (site.join("Web.Thing-2.0.dist-info"), site.join("dep-1.0+local.dist-info"));
    fs::remove_file(web.join("REQUESTED")).unwrap();
    fs::write(web.join("RECORD"), "web.py,,").unwrap();
    fs::write(dep.join("REQUESTED"), "").unwrap();
    let record = "dep-1.0+local.dist-info/METADATA,,\n";
    fs::write(dep.join("RECORD"), format!("{record}dep-1.0+local.dist-info/REQUESTED,sha256=x,0\n")).unwrap();
    mark_requested(&environment, &recipe).unwrap();
    assert!(web.join("REQUESTED").is_file() && !dep.join("REQUESTED").is_file());
    assert_eq!(fs::read_to_string(dep.join("RECORD")).unwrap(), record);
    let row = "Web.Thing-2.0.dist-info/REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n";
    assert_eq!(fs::read_to_string(web.join("RECORD")).unwrap(), format!("web.py,,\n{row}"));
    assert_eq!(read_below(room.path(), &environment).unwrap(), recipe);
}
