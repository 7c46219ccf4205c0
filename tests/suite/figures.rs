//! What `make bench` makes of its samples: medians, spreads, ratios, tables, the chart, and when it
//! refuses to publish them. What it measures is tried by running it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::sandbox::{Sandbox, tool};

/// Rows with each rule, and a peer that took no part.
const ROWS: &str = "# A comment.
= Create
faster|2.5|12|pool|uv-seed|create|`uv venv`
faster|||pool|scoop-uv-create|the same|`scuv create`
faster|||pool|pew-create|the same|`pew new`
= Switch
at-most|2.5|1.5|bash-workon|bash-true|`workon`|a process
under|0.02||venvwrap-idle||one prompt|
count|0||venvwrap-idle-processes||the same: processes|
count|||venvwrap-idle-processes|direnv-idle-processes|the same|direnv's hook
";

/// Three rounds of a quiet machine. An even and an odd number of samples, not in order.
const SAMPLES: &str = "0|calibration|100
1|pool|4
1|pool|3
1|uv-seed|30
2|pool|2
2|uv-seed|32
3|pool|3.2
3|uv-seed|28
3|bash-workon|3
3|bash-true|1
3|venvwrap-idle|0.006
0|venvwrap-idle-processes|0
0|direnv-idle-processes|1
3|calibration|110
3|burst|8
3|refill|36
3|rm-now|1840
";

const FACTS: &str = "cores|2
rounds|3
load|0.30|1.20
others|0.04
machine|2 cores, Linux 6, tmpfs
versions|Python 3.13.0, uv 0.13.8
binary|4154048
files|16001
";

const PAGE: &str = "# Figures

By hand.

<!-- figures: written by `make figures` -->

old
<!-- /figures -->

By hand, too.
";

struct Bench {
    sandbox: Sandbox,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { sandbox: Sandbox::new() };
        fs::create_dir(bench.path("run")).unwrap();
        for (name, text) in [
            ("run/samples", SAMPLES),
            ("run/run", FACTS),
            ("run/absent", "scoop-uv|not installed\n"),
            ("run/costs", "`lsvirtualenv -b`|1|51|261384|3686\n`pew ls`|1|1399||13926\n"),
            ("rows", ROWS),
            ("page.md", PAGE),
        ] {
            fs::write(bench.path(name), text).unwrap();
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.sandbox.root().join(name)
    }

    fn replace(&self, name: &str, from: &str, to: &str) -> &Self {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from:?}");
        fs::write(self.path(name), text.replace(from, to)).unwrap();
        self
    }

    fn figures(&self, words: &[&str]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/figures.py");
        Command::new(tool("python3")).arg(script).args(words).current_dir(self.sandbox.root()).output().unwrap()
    }

    fn print(&self) -> String {
        let output = self.figures(&["print", "run", "rows"]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn write(&self) -> Output {
        self.figures(&["write", "run", "rows", "page.md", "chart.svg"])
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// That the figures are refused for these reasons, and nothing is written.
    #[track_caller]
    fn assert_refused(&self, reasons: &[&str]) {
        let output = self.write();
        let lines: Vec<String> =
            reasons.iter().map(|reason| format!("bench: refused to write figures: {reason}")).collect();
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().collect::<Vec<_>>(), lines);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        assert_eq!(self.read("page.md"), PAGE);
        assert!(!self.path("chart.svg").exists());
        let printed = self.print();
        assert!(printed.ends_with(&format!("Too noisy to publish: {}.\n", reasons.join("; "))), "{printed}");
    }
}

#[test]
fn figures_are_medians_with_the_middle_half_and_ratios_with_their_rounds() {
    let printed = Bench::new().print();
    let tables = "### Create

| what | venvwrap | compared with | ratio | budget | verdict |
| --- | --- | --- | --- | --- | --- |
| create | 3.10 ms (2.75 ms to 3.40 ms) | `uv venv`: 30.0 ms (29.0 ms to 31.0 ms) | 9.68 x faster (8.57 to 16.0) \
                  | 2.5 x faster, aim: 12 x faster | met, aim not reached |
| the same | 3.10 ms (2.75 ms to 3.40 ms) | `scuv create`: not measured (scoop-uv: not installed) |  | none | not known |
| the same | 3.10 ms (2.75 ms to 3.40 ms) | `pew new`: not measured (it failed) |  | none | not known |

### Switch

| what | venvwrap | compared with | ratio | budget | verdict |
| --- | --- | --- | --- | --- | --- |
| `workon` | 3.00 ms | a process: 1.00 ms | 3.00 x | at most 2.5 x, aim: at most 1.5 x | missed |
| one prompt | 6.00 µs |  |  | under 20.0 µs | met |
| the same: processes | 0 |  |  | 0 | met |
| the same | 0 | direnv's hook: 1 |  | none | no budget |

| command | processes | system calls | instructions | memory |
| --- | --- | --- | --- | --- |
| `lsvirtualenv -b` | 1 | 51 | 261,384 | 3.6 MiB |
| `pew ls` | 1 | 1,399 |  | 13.6 MiB |
";
    assert!(printed.contains(tables), "{printed}");
    let end = "Behind the prompt of an interactive shell, packages for the next environment are copied in 36.0 ms and an environment
that has expired is deleted in 1.84 s (16,001 files). Back to back, the slowest creation took 8.00 ms.

Budgets missed in this run:

- `workon`, against a process: at most 2.5 x

Quiet enough to publish.
";
    assert!(printed.ends_with(end), "{printed}");
}

#[test]
fn a_quiet_run_is_written_between_the_marks_and_as_a_chart() {
    let bench = Bench::new();
    let output = bench.write();
    assert_eq!((output.status.code(), output.stdout, output.stderr), (Some(0), vec![], vec![]));
    let page = bench.read("page.md");
    let around = PAGE.split("old\n").collect::<Vec<_>>();
    assert!(page.starts_with(around[0]) && page.ends_with(around[1]), "{page}");
    assert!(page.contains("| create | 3.10 ms (2.75 ms to 3.40 ms) |") && !page.contains("verdict"), "{page}");
    assert!(!page.contains("old\n") && page.contains("](figures.svg)"), "{page}");
    let chart = bench.read("chart.svg");
    assert!(chart.starts_with("<svg ") && chart.ends_with("</svg>\n"), "{chart}");
    assert!(chart.contains("@media (prefers-color-scheme: dark)"), "{chart}");
    // Ours and uv's creation, ours in switching: what was not measured has no bar.
    assert_eq!((chart.matches("class=\"ours\"").count(), chart.matches("class=\"theirs\"").count()), (2, 1), "{chart}");
    // Written again, nothing changes.
    assert!(bench.write().status.success());
    assert_eq!((bench.read("page.md"), bench.read("chart.svg")), (page, chart));
}

#[test]
fn a_noisy_run_is_refused_with_the_reason() {
    let busy = "the load is 1.30, more than 1.00 (2 cores): wait for a quiet machine";
    Bench::new().replace("run/run", "load|0.30", "load|1.30").assert_refused(&[busy]);
    Bench::new().replace("run/run", "rounds|3", "rounds|2").assert_refused(&["2 rounds; a spread needs 3"]);
    let others = "other processes used 0.26 cores while it ran, more than 0.25";
    Bench::new().replace("run/run", "others|0.04", "others|0.26").assert_refused(&[others]);
    let drift = "the same loop took 100 to 131 ms, more than 1.3 x apart";
    Bench::new().replace("run/samples", "calibration|110", "calibration|131").assert_refused(&[drift]);
    let wide = "1 of 3 figures vary by more than 40% of their median; 20% may";
    Bench::new().replace("run/samples", "1|pool|4\n", "1|pool|4\n1|pool|9\n1|pool|9\n").assert_refused(&[wide]);
    Bench::new().replace("run/samples", "3|bash-workon|3\n", "").assert_refused(&["not measured: bash-workon"]);
    let both = Bench::new();
    both.replace("run/run", "load|0.30", "load|1.30").replace("run/run", "others|0.04", "others|0.26");
    both.assert_refused(&[busy, others]);
}

#[test]
fn a_busy_machine_is_refused_before_anything_is_measured() {
    let bench = Bench::new();
    let quiet = bench.figures(&["may-start", "1.0", "2"]);
    assert_eq!((quiet.status.code(), quiet.stdout, quiet.stderr), (Some(0), vec![], vec![]));
    let busy = bench.figures(&["may-start", "4.2", "2"]);
    let why = "bench: refused to write figures: the load is 4.20, more than 1.00 (2 cores): wait for a quiet machine\n";
    assert_eq!((busy.status.code(), String::from_utf8_lossy(&busy.stderr).as_ref()), (Some(1), why));
}

#[test]
fn a_page_without_marks_is_left_alone() {
    let bench = Bench::new();
    fs::write(bench.path("page.md"), "# By hand\n").unwrap();
    let output = bench.write();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no marks"), "{output:?}");
    assert_eq!(bench.read("page.md"), "# By hand\n");
    assert!(!bench.path("chart.svg").exists());
}

/// The real rows can be read, and the real page has the marks.
#[test]
fn the_rows_and_the_page_of_the_checkout_fit() {
    let bench = Bench::new();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(checkout.join("tests/bench/rows.txt"), bench.path("rows")).unwrap();
    fs::copy(checkout.join("docs/figures.md"), bench.path("page.md")).unwrap();
    let printed = bench.print();
    let rows = fs::read_to_string(bench.path("rows")).unwrap();
    let rows: Vec<&str> = rows.lines().filter(|line| line.contains('|') && !line.starts_with('#')).collect();
    assert!(rows.len() > 60, "{rows:?}");
    for row in rows {
        let what = row.split('|').nth(5).unwrap();
        assert!(printed.contains(&format!("| {what} | ")), "{what}: {printed}");
    }
    let page = bench.read("page.md");
    assert_eq!(page.matches("<!-- figures: written by `make figures` -->\n").count(), 1);
    assert_eq!(page.matches("<!-- /figures -->\n").count(), 1);
}
