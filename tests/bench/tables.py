"""The benchmark's tables in Markdown: figures with their spread, ratios, budgets, costs, and growth."""
from __future__ import annotations

from dataclasses import dataclass

from stats import Run, Spread


@dataclass(frozen=True)
class Row:
    """One comparison, as rows.txt describes it."""

    section: str
    rule: str
    must: str
    aim: str
    ours: str
    theirs: str
    what: str
    peer: str

    def limit(self, number: str) -> str:
        forms = {"faster": "{} x faster", "at-most": "at most {} x", "count": "{}"}
        return f"under {time(float(number))}" if self.rule == "under" else forms[self.rule].format(number)

    def budget(self) -> str:
        parts = [self.limit(self.must)] if self.must else []
        parts += [f"aim: {self.limit(self.aim)}"] if self.aim else []
        return ", ".join(parts) or "none"

    def holds(self, number: str, run: Run) -> bool:
        limit = float(number)
        ours = run.spread(self.ours).median
        if self.rule in ("under", "count"):
            return ours < limit if self.rule == "under" else ours == limit
        ratio = run.ratio(self.ours, self.theirs).median
        return ratio >= limit if self.rule == "faster" else 1 / ratio <= limit

    def is_measured(self, run: Run) -> bool:
        return run.spread(self.ours) is not None and (not self.theirs or run.spread(self.theirs) is not None)

    def verdict(self, run: Run) -> str:
        if not self.is_measured(run):
            return "not known"
        if not self.must and not self.aim:
            return "no budget"
        if self.must and not self.holds(self.must, run):
            return "missed"
        parts = ["met"] if self.must else []
        if self.aim:
            parts.append("aim reached" if self.holds(self.aim, run) else "aim not reached")
        return ", ".join(parts)

    def ratio(self, run: Run) -> str:
        if not self.theirs or self.rule == "count":
            return ""
        ratio = run.ratio(self.ours, self.theirs)
        if ratio is None:
            return ""
        if self.rule == "at-most":
            return times(inverse(ratio), "x")
        return times(ratio, "x faster") if ratio.median >= 1 else times(inverse(ratio), "x slower")


def read_rows(text: str) -> list[Row]:
    rows, section = [], ""
    for line in text.splitlines():
        if line.startswith("= "):
            section = line[2:]
        elif line and not line.startswith("#"):
            rows.append(Row(section, *line.split("|")))
    return rows


def inverse(spread: Spread) -> Spread:
    return Spread(1 / spread.high, 1 / spread.median, 1 / spread.low)


def three_digits(number: float) -> str:
    return f"{number:.2f}" if number < 9.995 else f"{number:.1f}" if number < 99.95 else f"{number:.0f}"


def time(milliseconds: float) -> str:
    for unit, size in (("s", 1000), ("ms", 0.1)):
        if milliseconds >= size:
            return f"{three_digits(milliseconds / (1000 if unit == 's' else 1))} {unit}"
    return f"{three_digits(milliseconds * 1000)} µs"


def times(ratio: Spread, words: str) -> str:
    low, middle, high = map(three_digits, (ratio.low, ratio.median, ratio.high))
    return f"{middle} {words}" + ("" if low == high else f" ({low} to {high})")


def figure(row: Row, spread: Spread) -> str:
    if row.rule == "count":
        return f"{spread.median:.0f}"
    if spread.low == spread.high:
        return time(spread.median)
    return f"{time(spread.median)} ({time(spread.low)} to {time(spread.high)})"


def cells(row: Row, run: Run) -> list[str]:
    ours, theirs = run.spread(row.ours), run.spread(row.theirs) if row.theirs else None
    peer = row.peer
    if theirs is not None:
        peer = f"{row.peer}: {figure(row, theirs)}"
    elif row.theirs:
        peer = f"{row.peer}: not measured ({run.why_absent(row.theirs) or 'it failed'})"
    return [row.what, figure(row, ours) if ours else "not measured", peer, row.ratio(run)]


def table(headers: list[str], rows: list[list[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def comparisons(rows: list[Row], run: Run, with_budgets: bool) -> str:
    """One table a section."""
    headers = ["what", "venvwrap", "compared with", "ratio"] + (["budget", "verdict"] if with_budgets else [])
    parts = []
    for section in dict.fromkeys(row.section for row in rows):
        of_section = [row for row in rows if row.section == section]
        lines = [cells(row, run) + ([row.budget(), row.verdict(run)] if with_budgets else []) for row in of_section]
        parts.append(f"### {section}\n\n{table(headers, lines)}")
    return "\n\n".join(parts)


def missed(rows: list[Row], run: Run) -> str:
    """The budgets that the run did not meet, a line each."""
    names, what = [], ""
    for row in rows:
        same, _, more = row.what.partition("the same")
        what = row.what if same else what
        if row.verdict(run) == "missed":
            against = f", against {row.peer}" if row.peer else ""
            names.append(f"- {what}{more}{against}: {row.limit(row.must)}")
    return "\n".join(["Budgets missed in this run:\n", *names]) if names else "Every budget was met in this run."


def costs(run: Run) -> str:
    """Processes, system calls, instructions, and memory of single commands."""
    lines = []
    for label, processes, calls, instructions, memory in run.costs:
        kib = f"{int(memory) / 1024:.1f} MiB" if memory else ""
        lines.append([label, processes, f"{int(calls):,}", f"{int(instructions):,}" if instructions else "", kib])
    return table(["command", "processes", "system calls", "instructions", "memory"], lines)


GROWTH = {
    ("environments", (10, 100, 1000)): [
        ("the plan of `workon`", "grow-plan"),
        ("`lsvirtualenv -b`", "grow-ls-brief"),
        ("`lsvirtualenv`", "grow-ls"),
        ("`lsvirtualenv --json`, 30 packages each", "grow-json"),
        ("`find 'numpy<2'`, 30 packages each", "grow-find"),
        ("Tab after `workon env` in zsh", "grow-complete"),
    ],
    ("packages", (20, 200, 2000)): [("`export`", "grow-export")],
}


def growth(run: Run) -> str:
    """How the time of commands grows."""
    parts = []
    for (things, numbers), commands in GROWTH.items():
        lines = []
        for label, key in commands:
            spreads = [run.spread(f"{key}-{number}") for number in numbers]
            lines.append([label, *(time(spread.median) if spread else "not measured" for spread in spreads)])
        parts.append(table([f"with so many {things}", *(f"{number:,}" for number in numbers)], lines))
    return "\n\n".join(parts)
