//! A `requirements.txt` brought up to what is installed: its lines, which of them stay, which change.
//!
//! Owns the text. Comments, options, the order, extras and markers stay as their writer has them; versions, and which
//! packages there are, are those of `pip freeze`. Nothing is run here.

use std::fmt::Write;
use std::path::Path;

use crate::environment::distributions::canonical;
use crate::fs::tidied;

/// The first line of a file that nobody has written by hand.
pub(crate) const MARK: &str = "# What is installed, as `venvwrap freeze` found it.";

/// What a file is to become.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Updated {
    /// Its text.
    pub(crate) text: String,
    /// The lines that come, in their order.
    pub(crate) added: Vec<String>,
    /// The lines that go, in their order.
    pub(crate) removed: Vec<String>,
    /// How many packages stay as they are.
    pub(crate) unchanged: usize,
}

/// Why a file cannot be brought up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HasHashes;

/// A line of such a file, or several that are one.
#[derive(Debug, Clone, Copy)]
enum Line<'a> {
    /// A comment, an option, nothing.
    Other,
    /// `-e` and this.
    Editable(&'a str),
    /// A path or a URL, which says only by its content what it is.
    Unnamed,
    /// A requirement.
    Named(Requirement<'a>),
}

#[derive(Debug, Clone, Copy)]
struct Requirement<'a> {
    name: &'a str,
    /// With the brackets.
    extras: &'a str,
    /// What the version has to be, or `@` and an address.
    wanted: &'a str,
    /// Where it counts; empty for everywhere.
    marker: &'a str,
}

impl<'a> Requirement<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let (name, rest) = text.split_at(text.find(|letter| !is_of_name(letter)).unwrap_or(text.len()));
        let rest = rest.trim_start();
        let (extras, rest) = match rest.find(']') {
            Some(end) if rest.starts_with('[') => rest.split_at(end + 1),
            _ => ("", rest),
        };
        let rest = rest.trim();
        // In an address a `;` is a part of it, unless a blank stands before it.
        let behind = if rest.starts_with('@') { rest.find(" ;") } else { rest.find(';') };
        let (wanted, marker) = rest.split_at(behind.unwrap_or(rest.len()));
        let starts_well = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let is_version = wanted.is_empty() || wanted.starts_with(['=', '<', '>', '!', '~', '@', '(']);
        let marker = marker.trim().trim_start_matches(';').trim();
        (starts_well && is_version).then(|| Self { name, extras, wanted: wanted.trim(), marker })
    }

    fn is_wanted_like(&self, other: &Self) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        plain(self.wanted) == plain(other.wanted)
    }
}

impl<'a> Line<'a> {
    fn of(text: &'a str) -> Self {
        let text = without_comment(text);
        let editable = ["-e ", "-e=", "--editable ", "--editable="].iter().find_map(|option| text.strip_prefix(option));
        match editable {
            Some(what) => Self::Editable(what.trim()),
            None if text.is_empty() || text.starts_with('-') => Self::Other,
            None => Requirement::of(text).map_or(Self::Unnamed, Self::Named),
        }
    }
}

fn without_comment(text: &str) -> &str {
    let starts = |at: usize| at == 0 || text[..at].ends_with(char::is_whitespace);
    let comment = text.match_indices('#').map(|(at, _)| at).find(|at| starts(*at));
    text[..comment.unwrap_or(text.len())].trim()
}

/// What an editable install is known by: its name, where it says one, else its directory.
fn identity(what: &str, directory: &Path) -> String {
    if let Some((_, rest)) = what.split_once("#egg=") {
        return canonical(rest.split(['&', '[']).next().unwrap_or_default());
    }
    let path = what.strip_prefix("file://").unwrap_or(what);
    let path = path.find('[').map_or(path, |extras| &path[..extras]);
    tidied(&directory.join(path)).to_string_lossy().into_owned()
}

/// A line of `pip freeze` as it is written into a file: what lies in the project's directory is named from there, as
/// others have it elsewhere.
fn portable(line: &str, directory: &Path) -> String {
    let Line::Editable(what) = Line::of(line) else { return line.to_owned() };
    let path = Path::new(what.strip_prefix("file://").unwrap_or(what));
    match path.strip_prefix(directory).ok().and_then(Path::to_str) {
        Some("") => "-e .".to_owned(),
        Some(below) => format!("-e ./{below}"),
        None => line.to_owned(),
    }
}

/// The lines as pip puts them together: one that ends in `\` goes on, but for comments.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut begun) = (0, 0);
    for (at, _) in text.match_indices('\n') {
        let line = &text[begun..at];
        begun = at + 1;
        if !line.trim_end_matches('\r').ends_with('\\') || line.trim_start().starts_with('#') {
            lines.push(&text[start..=at]);
            start = at + 1;
        }
    }
    lines.extend((start < text.len()).then(|| &text[start..]));
    lines
}

/// What goes on over several lines as one.
fn joined(text: &str) -> String {
    text.replace("\\\r\n", "").replace("\\\n", "")
}

/// Brings `old` up to the lines of `pip freeze`. `directory`: the file's, which is the project's.
pub(crate) fn updated(old: &str, frozen: &[String], directory: &Path) -> Result<Updated, HasHashes> {
    let frozen: Vec<String> = frozen.iter().map(|line| portable(line, directory)).collect();
    let mut is_used = vec![false; frozen.len()];
    let mut new = Updated { text: String::new(), added: Vec::new(), removed: Vec::new(), unchanged: 0 };
    let old_lines: Vec<(&str, String)> = lines(old).into_iter().map(|text| (text, joined(text))).collect();
    if old_lines.iter().any(|(_, joined)| without_comment(joined).contains("--hash")) {
        return Err(HasHashes);
    }
    for (text, joined) in &old_lines {
        let line = Line::of(joined);
        let found = frozen.iter().position(|candidate| match (line, Line::of(candidate)) {
            (Line::Named(one), Line::Named(other)) => canonical(one.name) == canonical(other.name),
            (Line::Editable(one), Line::Editable(other)) => identity(one, directory) == identity(other, directory),
            // One that is worked on now, or no more.
            (Line::Named(one), Line::Editable(other)) => canonical(one.name) == identity(other, directory),
            _ => false,
        });
        let stays = match (line, found) {
            (Line::Other, _) => true,
            // It may count elsewhere, where what is not installed here is.
            (Line::Named(one), None) => !one.marker.is_empty(),
            (Line::Named(one), Some(at)) => {
                let is_second = std::mem::replace(&mut is_used[at], true);
                let is_as_installed = matches!(Line::of(&frozen[at]), Line::Named(other) if one.is_wanted_like(&other));
                new.unchanged += usize::from(is_as_installed);
                // Of several for one package, each for another place, the one that is installed is no news to the others.
                let is_another = || is_second || old_lines.iter().any(|(_, line)| is_as_in(line, &frozen[at]));
                is_as_installed || (!one.marker.is_empty() && is_another())
            }
            (Line::Editable(_), Some(at)) => {
                new.unchanged += usize::from(!std::mem::replace(&mut is_used[at], true));
                true
            }
            (Line::Editable(_) | Line::Unnamed, _) => false,
        };
        if stays {
            new.text.push_str(text);
            continue;
        }
        new.removed.push(without_comment(joined).to_owned());
        if let (Line::Named(one), Some(at)) = (line, found) {
            let pinned = pinned(one, &frozen[at]);
            let comment = joined.trim_end_matches(['\\', ' ', '\t', '\r', '\n']);
            let comment = comment.strip_prefix(without_comment(joined)).unwrap_or_default();
            let _ = writeln!(new.text, "{pinned}{comment}");
            new.added.push(pinned);
        }
    }
    let rest = frozen.iter().zip(&is_used).filter(|(_, used)| !**used).map(|(line, _)| line);
    for line in rest {
        if !new.text.is_empty() && !new.text.ends_with('\n') {
            new.text.push('\n');
        }
        // One that goes on is not to go on with this.
        if new.text.trim_end_matches(['\r', '\n']).ends_with('\\') && !new.text.ends_with("\n\n") {
            new.text.push('\n');
        }
        new.text.push_str(line);
        new.text.push('\n');
        new.added.push(line.clone());
    }
    Ok(new)
}

/// Whether a line asks for just what is installed.
fn is_as_in(line: &str, frozen: &str) -> bool {
    match (Line::of(line), Line::of(frozen)) {
        (Line::Named(one), Line::Named(other)) => {
            canonical(one.name) == canonical(other.name) && one.is_wanted_like(&other)
        }
        _ => false,
    }
}

/// A requirement as it was written, with what is installed.
fn pinned(old: Requirement<'_>, frozen: &str) -> String {
    let Line::Named(new) = Line::of(frozen) else { return frozen.to_owned() };
    let blank = if new.wanted.starts_with('@') { " " } else { "" };
    // A `\` at the end of the last line goes on with nothing, and is not to go on with what comes to stand there.
    let marker = old.marker.trim_end_matches(['\\', ' ']);
    let marker = if marker.is_empty() { String::new() } else { format!(" ; {marker}") };
    format!("{}{}{blank}{}{marker}", new.name, old.extras, new.wanted)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::fuzzed::many;

    fn update(old: &str, frozen: &str) -> Updated {
        let frozen: Vec<String> = frozen.lines().map(str::to_owned).collect();
        updated(old, &frozen, Path::new("/my project")).unwrap()
    }

    #[test]
    fn only_versions_change_and_only_where_they_differ() {
        let old = "# mine\n--index-url https://h/simple\n\nSix == 1.0   # why\nrequests[socks]>=2 ; os_name != 'x'\nsame==3\n\
                   gone==1\nwin==1; sys_platform == 'win32'\n-r base.txt\nlong\\\n  ==1\nx @ https://h/x.whl";
        let frozen = "same==3\nsix==1.1\nRequests==2.3\nlong==2\nx @ file:///w/x.whl\nnew==9";
        let found = update(old, frozen);
        let text = "# mine\n--index-url https://h/simple\n\nsix==1.1   # why\nRequests[socks]==2.3 ; os_name != 'x'\nsame==3\n\
                    win==1; sys_platform == 'win32'\n-r base.txt\nlong==2\nx @ file:///w/x.whl\nnew==9\n";
        assert_eq!(found.text, text);
        let added = ["six==1.1", "Requests[socks]==2.3 ; os_name != 'x'", "long==2", "x @ file:///w/x.whl", "new==9"];
        assert_eq!(found.added, added);
        let removed =
            ["Six == 1.0", "requests[socks]>=2 ; os_name != 'x'", "gone==1", "long  ==1", "x @ https://h/x.whl"];
        assert_eq!((found.removed, found.unchanged), (removed.map(str::to_owned).to_vec(), 1));
        // Once more, and nothing is left to do.
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
    fn what_has_no_name_is_replaced_by_what_it_was() {
        let found = update("./w/x-1.whl\nhttps://h/y.zip  # y\n", "x @ file:///w/x-1.whl\ny @ https://h/y.zip");
        assert_eq!(found.text, "x @ file:///w/x-1.whl\ny @ https://h/y.zip\n");
        assert_eq!(found.removed, ["./w/x-1.whl", "https://h/y.zip"]);
    }

    #[test]
    fn two_lines_of_one_package_are_told_apart_by_their_markers() {
        let old = "a==1 ; python_version < '3'\na==2 ; python_version >= '3'\n";
        assert_eq!(update(old, "a==2").text, old);
        assert_eq!(update(old, "a==1").text, old);
        assert_eq!(update("a>1\na>2\n", "a==3").text, "a==3\na==3\n");
    }

    /// Found at random.
    #[test]
    fn a_line_that_goes_on_does_so_at_either_kind_of_line_end() {
        assert_eq!(update("a==1 ;\\\r\n m\r\n-e .\n", "a==2\n-e /my project").text, "a==2 ; m\n-e .\n");
        assert_eq!(update("a==1 ; m \\\n\\\r\n-e .\n", "a==2").text, "a==2 ; m -e .\n");
        assert_eq!(update("a==1 ; m \\", "a==2\nb==1").text, "a==2 ; m\nb==1\n");
    }

    proptest! {
        #![proptest_config(many())]

        /// Whatever stood there, what is installed stands there afterwards, and nothing is left to do.
        #[test]
        fn a_second_time_changes_nothing(lines in vec(select(ODD), 0..12), ends in vec(select(&["\n", "\r\n", " \\\n", ""][..]), 12)) {
            let old: String = lines.iter().zip(ends).flat_map(|(line, end)| [*line, end]).collect();
            let frozen = "a==1\nB.b==2\nx @ file:///w/x 1.whl\n-e /my project\n-e git+https://h/r@1#egg=g";
            let once = update(&old, frozen);
            let again = update(&once.text, frozen);
            prop_assert_eq!(&again.text, &once.text);
            prop_assert!(again.added.is_empty() && again.removed.is_empty(), "{old:?}: {again:?}");
            prop_assert!(again.unchanged >= 5, "{again:?}");
        }
    }

    /// Lines of such files, and what is none.
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
        "a\t==\t1",
    ];

    #[test]
    fn hashes_are_not_ours_to_make() {
        let old = "a==1 \\\n    --hash=sha256:0\n";
        assert_eq!(updated(old, &[], Path::new("/p")), Err(HasHashes));
        assert!(updated("a==1  # --hash=x\n", &[], Path::new("/p")).is_ok());
    }
}
