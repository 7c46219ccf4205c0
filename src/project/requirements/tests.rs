//! Requirements files before and after an update.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::fuzzed::many;

/// The lines of `pip freeze`; the project is called `proj`.
fn frozen(text: &str) -> Vec<Frozen> {
    let read = |line: &str| {
        let editable = line.strip_prefix("-e ");
        let place = editable.or_else(|| line.split_once(" @ ").map(|(_, url)| url));
        let place =
            place.filter(|place| !place.contains('+')).map(|place| place.strip_prefix("file://").unwrap_or(place));
        let place = place.filter(|place| place.starts_with('/')).map(Path::new);
        let name = match editable {
            Some(what) => what.split_once("#egg=").map_or_else(
                || if what == "/my project" { "proj".to_owned() } else { what.replace('/', "-") },
                |(_, egg)| egg.to_owned(),
            ),
            None => line.split(['=', ' ']).next().unwrap().to_owned(),
        };
        let is_editable = editable.is_some();
        Frozen { name: normalized(&name), line: line.to_owned(), place: place.map(Path::to_path_buf), is_editable }
    };
    text.lines().map(read).collect()
}

fn update(old: &str, installed: &str) -> Updated {
    updated(old, &frozen(installed), Path::new("/my project")).unwrap()
}

#[test]
fn only_versions_change_and_only_where_they_differ() {
    let old = "# mine\n--index-url https://h/simple\n\nSix == 1.0   # why\nrequests[socks]>=2 ; os_name != 'x'\nsame==3\n\
               gone==1\nwin==1; sys_platform == 'win32'\n-r base.txt\nlong\\\n  ==1\nx @ https://h/x.whl";
    let frozen = "same==3\nsix==1.1\nRequests==2.3\nlong==2\nx @ file:///w/x.whl\nnew==9";
    let found = update(old, frozen);
    let text = "# mine\n--index-url https://h/simple\n\nSix==1.1   # why\nrequests[socks]==2.3 ; os_name != 'x'\nsame==3\n\
                win==1; sys_platform == 'win32'\n-r base.txt\nlong==2\nx @ file:///w/x.whl\nnew==9\n";
    assert_eq!(found.text, text);
    let added = ["Six==1.1", "requests[socks]==2.3 ; os_name != 'x'", "long==2", "x @ file:///w/x.whl", "new==9"];
    assert_eq!(found.added, added);
    let removed = ["Six == 1.0", "requests[socks]>=2 ; os_name != 'x'", "gone==1", "long  ==1", "x @ https://h/x.whl"];
    assert_eq!((found.removed, found.unchanged), (removed.map(str::to_owned).to_vec(), 1));
    // A second update changes nothing.
    let again = update(text, frozen);
    assert_eq!((&*again.text, again.added.len() + again.removed.len(), again.unchanged), (text, 0, 6));
}

#[test]
fn a_new_file_has_all_and_what_lies_in_the_project_by_its_place_there() {
    let frozen = "a==1\n-e /my project\n-e /my project/lib\n-e file:///my project/other\n-e /elsewhere\n-e git+https://h/r@1#egg=G_g";
    let text = "a==1\n-e .\n-e ./lib\n-e ./other\n-e /elsewhere\n-e git+https://h/r@1#egg=G_g\n";
    let found = update("", frozen);
    assert_eq!(found.text, text);
    assert_eq!(update(text, frozen).text, text);
    assert_eq!(
        update("-e .[dev]\n-e lib/\n-e git+ssh://h/r#egg=g-g\n", "-e /my project\n-e /my project/lib").text,
        "-e .[dev]\n-e lib/\n"
    );
}

#[test]
fn what_has_no_name_stays_and_is_known_by_its_place() {
    let old = "./vendor/x\n./w/z-1.whl\nhttps://h/y.zip  # y\ngit+https://h/r@main\n./not/installed\n";
    let installed = "x @ file:///my project/vendor/x\nz @ file:///my project/w/z-1.whl\ny @ https://h/y.zip\nr @ \
                     git+https://h/r@0123";
    let found = update(old, installed);
    assert_eq!((&*found.text, found.unchanged, found.added.len()), (old, 4, 0));
    // Old pips do not record where a package came from.
    assert_eq!(update("./w/Some_Thing-1.whl\n", "some-thing==1").text, "./w/Some_Thing-1.whl\n");
    // New pips record the path.
    assert_eq!(
        update("", "x @ file:///my project/vendor/x\ny @ file:///else/y").text,
        "./vendor/x\ny @ file:///else/y\n"
    );
}

#[test]
fn a_project_of_git_stays_what_it_was_called() {
    let mut installed = frozen("-e /my project\nsix==1");
    "-e git+ssh://git@h/r@HEAD#egg=proj".clone_into(&mut installed[0].line);
    for line in ["-e .", "--editable=.", "-e .[dev]", "-e file:///my%20project", "-e git+https://h/r#egg=proj"] {
        let old = format!("{line}\nsix==1\n");
        assert_eq!(updated(&old, &installed, Path::new("/my project")).unwrap().text, old);
    }
    assert_eq!(updated("", &installed, Path::new("/my project")).unwrap().text, "-e .\nsix==1\n");
}

#[test]
fn everything_but_the_version_stays_as_it_is_written() {
    for (old, new) in [
        ("a == 1 --global-option=\"x\" # why\n", "a==2 --global-option=\"x\" # why\n"),
        ("a[x] >=1,<2 ; m --config-settings k=v\n", "a[x]==2 ; m --config-settings k=v\n"),
        ("a==1 \\\n    --global-option=x\n", "a==2 \\\n    --global-option=x\n"),
        ("a\r\nb\r\n", "a==2\r\nb==1\r\n"),
        ("\u{feff}a==1\n", "\u{feff}a==2\nb==1\n"),
        ("\u{feff}# mine\r\n", "\u{feff}# mine\r\na==2\r\nb==1\r\n"),
        ("pip==1\nsetuptools\nwheel>3\nA==1\nb", "pip==1\nsetuptools\nwheel>3\nA==2\nb==1"),
        ("\u{feff}", "\u{feff}a==2\nb==1\n"),
    ] {
        let installed = if new.contains("b==1") { "a==2\nb==1" } else { "a==2" };
        assert_eq!(update(old, installed).text, new, "{old:?}");
    }
}

#[test]
fn what_other_files_hold_is_not_written_beside_them() {
    let room = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(room.path().join(name), text).unwrap();
    std::fs::create_dir(room.path().join("sub")).unwrap();
    write("base.txt", "\u{feff}six==1\n-r sub/more.txt\n");
    write("sub/more.txt", "Tiny_Thing\n-r ../base.txt\n");
    write("limits.txt", "a==1 \\\n  --hash=x\nb<3\n");
    let old = "-r base.txt\n--constraint limits.txt\n-c gone.txt\n-r https://h/x\na\n";
    let update = |text: &str| updated(old, &frozen(text), room.path()).unwrap().text;
    assert_eq!(update("six==1\ntiny-thing==2\na==1\nb==2"), old);
    assert_eq!(update("six==1\nnew==1\na==1"), format!("{old}new==1\n"));
}

#[test]
fn two_lines_of_one_package_are_told_apart_by_their_markers() {
    let old = "a==1 ; python_version < '3'\na==2 ; python_version >= '3'\n";
    assert_eq!(update(old, "a==2").text, old);
    assert_eq!(update(old, "a==1").text, old);
    assert_eq!(update("a>1\na>2\n", "a==3").text, "a==3\na==3\n");
}

/// Found by the random tests below.
#[test]
fn a_line_that_goes_on_does_so_at_either_kind_of_line_end() {
    assert_eq!(update("a==1 ;\\\r\n m\r\n-e .\n", "a==2\n-e /my project").text, "a==2 ;\\\r\n m\r\n-e .\n");
    assert_eq!(update("a==1 ; m \\\n\\\r\n-e .\n", "a==2").text, "a==2 ; m \\\n\\\r\n-e .\n");
    assert_eq!(update("a==1 ; m \\", "a==2\nb==1").text, "a==2 ; m \\\n\nb==1\n");
}

proptest! {
    #![proptest_config(many())]

    /// After an update of any file it lists what is installed, and a second update changes nothing.
    #[test]
    fn a_second_time_changes_nothing(lines in vec(select(ODD), 0..12), ends in vec(select(&["\n", "\r\n", " \\\n", ""][..]), 12)) {
        let old: String = lines.iter().zip(ends).flat_map(|(line, end)| [*line, end]).collect();
        let installed = "a==1\nB.b==2\nx @ file:///w/x 1.whl\n-e /my project\n-e git+https://h/r@1#egg=g";
        let once = update(&old, installed);
        // A byte order mark inside the file may become its first character, where it has another
        // meaning.
        prop_assume!(old.starts_with('\u{feff}') || !once.text.starts_with('\u{feff}'));
        let again = update(&once.text, installed);
        prop_assert_eq!(&again.text, &once.text);
        prop_assert!(again.added.is_empty() && again.removed.is_empty(), "{old:?}: {again:?}");
        prop_assert!(again.unchanged >= 5, "{again:?}");
    }

    /// Lines without a package stay byte for byte, except that the last one may get a line end.
    #[test]
    fn what_names_no_package_stays(lines_ in vec(select(ODD), 0..12), ends in vec(select(&["\n", "\r\n", " \\\n"][..]), 12)) {
        let old: String = lines_.iter().zip(ends).flat_map(|(line, end)| [*line, end]).collect();
        let new = update(&old, "a==1\nB.b==2\nx @ file:///w/x%201.whl\n-e /my project");
        let has_mark = old.starts_with('\u{feff}');
        let text = |text: &str| text.strip_prefix('\u{feff}').filter(|_| has_mark).unwrap_or(text).to_owned();
        let (old, new) = (text(&old), text(&new.text));
        let mut left = lines(&new).into_iter();
        for line in lines(&old) {
            let joined = joined(line);
            let is_kept = match Line::of(&joined) {
                Line::Named(one) => TOOLS.contains(&&*normalized(one.name)),
                Line::Editable(what) => !what.contains("#egg="),
                _ => true,
            };
            prop_assert!(!is_kept || left.any(|other| other.trim_end() == line.trim_end()), "{line:?}: {old:?} {new:?}");
        }
    }
}

/// Valid and odd lines of requirements files.
const ODD: &[&str] = &[
    "",
    "#",
    "# a==1",
    "a",
    "A>=1",
    "a==1",
    "a==1#x",
    "a==2 # why",
    "a==2;m",
    "b_B[x]",
    "b-b == 2 ; m",
    "c==1",
    "c ; m",
    "x",
    "x @ https://h/x ; m",
    "x@y",
    "./a",
    "-e",
    "-e .",
    "-e .[x]",
    "-e lib",
    "--editable=.",
    "-e git+ssh://h#egg=G",
    "g",
    "-r r.txt",
    "--index-url h",
    "[",
    "a[",
    "a]",
    ";",
    "@",
    "==1",
    "\\",
    "é==1",
    "\u{feff}a==1",
    "pip==1",
    "setuptools>3 ; m",
    "a==1 --global-option=x",
    "--extra-index-url h",
    "-c c.txt",
    "git+https://h/r",
    "https://h/x-1.zip",
    "a\t==\t1",
];

#[test]
fn hashes_are_not_ours_to_make() {
    let old = "a==1 \\\n    --hash=sha256:0\nb==1 --hash=sha256:1\n";
    for other in ["a==2\nb==1", "a==1\nb==1\nc==1"] {
        assert_eq!(updated(old, &frozen(other), Path::new("/p")), Err(HasHashes));
    }
    assert_eq!(updated(old, &frozen("a==1\nb==1"), Path::new("/p")).unwrap().text, old);
    assert_eq!(updated(old, &frozen("b==1"), Path::new("/p")).unwrap().text, "b==1 --hash=sha256:1\n");
    assert!(updated("a==1  # --hash=x\n", &[], Path::new("/p")).is_ok());
}
