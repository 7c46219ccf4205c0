"""Prints what a benchmark run found, and writes it into the documents unless the run was noisy.

usage: figures.py print RUN ROWS              the tables with budgets, and whether the run was noisy
       figures.py write RUN ROWS PAGE CHART   the tables between the marks of PAGE, and CHART; a noisy run: status 1
       figures.py may-start LOAD CORES        status 1 if the machine is too busy for a run that is to be published

RUN is a directory with the files `samples`, `costs`, `absent`, and `run` of run.sh; ROWS is rows.txt."""
from __future__ import annotations

import sys
import textwrap
from pathlib import Path

# The checkout stays clean.
sys.dont_write_bytecode = True

from chart import chart  # noqa: E402
from stats import Run, noise, too_busy  # noqa: E402
from tables import Row, comparisons, costs, growth, missed, read_rows, time  # noqa: E402

OPENING, CLOSING = "<!-- figures: written by `make figures` -->\n", "<!-- /figures -->\n"


def read(directory: Path) -> Run:
    run = Run()

    def lines(name: str) -> list[str]:
        path = directory / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    for line in lines("samples"):
        run.add(line)
    run.costs = [line.rsplit("|", 4) for line in lines("costs")]
    run.absent = dict(line.split("|", 1) for line in lines("absent"))
    run.facts = dict(line.split("|", 1) for line in lines("run"))
    return run


def why_noisy(run: Run, rows: list[Row]) -> list[str]:
    ours = dict.fromkeys(row.ours for row in rows if row.rule != "count")
    reasons = noise(run, list(ours))
    failed = [key for key in dict.fromkeys(row.ours for row in rows) if run.spread(key) is None]
    return reasons + ([f"not measured: {', '.join(failed)}"] if failed else [])


def wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def header(run: Run) -> str:
    """Where and with what."""
    rounds = run.facts["rounds"]
    return (
        wrapped(
            f"{run.facts['machine']}. {run.facts['versions']}. The binary has {int(run.facts['binary']):,} bytes."
        )
        + "\n\n"
        + wrapped(
            f"Medians of {rounds} rounds; in parentheses the middle half of the samples, and for a ratio the lowest and "
            "the highest of a round."
        )
    )


def behind(run: Run) -> str:
    """What happens behind the prompt of an interactive shell, which no row shows."""
    refill, slowest, deletion = run.spread("refill"), run.all("burst"), run.spread("rm-now")
    sentences = []
    if refill:
        sentences.append(f"packages for the next environment are copied in {time(refill.median)}")
    if deletion:
        files = int(run.facts["files"])
        sentences.append(f"an environment that has expired is deleted in {time(deletion.median)} ({files:,} files)")
    text = f"Behind the prompt of an interactive shell, {' and '.join(sentences)}." if sentences else ""
    return wrapped(f"{text} Back to back, the slowest creation took {time(max(slowest))}." if slowest else text)


def page(run: Run, rows: list[Row]) -> str:
    parts = [
        header(run),
        "![How long venvwrap takes beside other tools](figures.svg)",
        comparisons(rows, run, with_budgets=False),
        f"### What one command costs\n\n{costs(run)}",
        f"### Growth\n\n{growth(run)}",
        behind(run),
        missed(rows, run),
    ]
    return "\n\n".join(part for part in parts if part)


def with_figures(text: str, figures: str) -> str:
    """A page with the text between its marks replaced."""
    before, opening, rest = text.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not opening or not closing:
        sys.exit(f"figures.py: no marks {OPENING.strip()} and {CLOSING.strip()} in the page")
    return f"{before}{opening}\n{figures}\n\n{closing}{after}"


def main(words: list[str]) -> int:
    if words[0] == "may-start":
        busy = too_busy(float(words[1]), int(words[2]))
        if busy:
            print(f"bench: refused to write figures: {busy}", file=sys.stderr)
        return 1 if busy else 0
    run, rows = read(Path(words[1])), read_rows(Path(words[2]).read_text(encoding="utf-8"))
    reasons = why_noisy(run, rows)
    if words[0] == "print":
        print(f"{header(run)}\n\n{comparisons(rows, run, with_budgets=True)}\n\n{costs(run)}\n\n{growth(run)}\n")
        print(f"{behind(run)}\n\n{missed(rows, run)}\n")
        print(f"Too noisy to publish: {'; '.join(reasons)}." if reasons else "Quiet enough to publish.")
        return 0
    if reasons:
        for reason in reasons:
            print(f"bench: refused to write figures: {reason}", file=sys.stderr)
        return 1
    target = Path(words[3])
    text = with_figures(target.read_text(encoding="utf-8"), page(run, rows))
    target.write_text(text, encoding="utf-8")
    Path(words[4]).write_text(chart(run), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
