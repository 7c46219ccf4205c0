"""The benchmark's chart: bars on a logarithmic scale as an SVG that follows the reader's light or dark theme."""
from __future__ import annotations

import math
from html import escape

from stats import Run
from tables import time

CREATE = "Create an environment with pip"
SWITCH = "Switch to another environment"
START = "Start bash with the functions loaded"
STAY = "cd that changes nothing, with automatic switching"
CHANGE = "cd into a project or out of it, with automatic switching"
BARS = [
    (CREATE, "venvwrap", "pool"),
    (CREATE, "uv", "uv-seed"),
    (CREATE, "virtualenv", "virtualenv"),
    (CREATE, "virtualenvwrapper", "virtualenvwrapper-create"),
    (CREATE, "pew", "pew-create"),
    (CREATE, "python -m venv", "venv"),
    (SWITCH, "venvwrap, bash", "bash-workon"),
    (SWITCH, "venvwrap, fish", "fish-workon"),
    (SWITCH, "virtualfish", "virtualfish-activate"),
    (SWITCH, "scoop-uv", "scoop-uv-activate"),
    (SWITCH, "pyenv-virtualenv", "pyenv-virtualenv-activate"),
    (SWITCH, "virtualenvwrapper", "virtualenvwrapper-workon"),
    (START, "venvwrap", "bash-init_eval"),
    (START, "virtualenvwrapper", "bash-load_virtualenvwrapper"),
    *(
        (group, name, f"{name}-{key}")
        for group, key in ((STAY, "stay"), (CHANGE, "change"))
        for name in ("venvwrap", "scoop-uv", "mise", "direnv", "pyenv-virtualenv")
    ),
]

WIDTH, LABELS, BAR, STEP, GAP, MARGIN = 760, 170, 14, 22, 14, 18
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
  .frame { fill: #f6f8fa; stroke: #d0d7de } .title { font-weight: 600 } .note { font-size: 11px; opacity: .7 }
  .ours { fill: #0969da } .theirs { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .frame { fill: #0d1117; stroke: #30363d } .ours { fill: #58a6ff } .theirs { fill: #484f58 }
  }
"""


def length(value: float, low: float, high: float, room: float) -> float:
    """How long the bar of a value is, where `low` is nothing and `high` fills the room."""
    return room * math.log(value / low) / math.log(high / low)


def bars(run: Run) -> list[tuple[str, str, float]]:
    """Those that were measured, ours first: group, label, and milliseconds."""
    measured = [(group, label, run.spread(key)) for group, label, key in BARS]
    shown = [(group, label, spread.median) for group, label, spread in measured if spread and spread.median > 0]
    groups = list(dict.fromkeys(group for group, _, _ in shown))
    return sorted(shown, key=lambda bar: (groups.index(bar[0]), not bar[1].startswith("venvwrap"), bar[2]))


def chart(run: Run) -> str:
    shown = bars(run)
    groups = list(dict.fromkeys(group for group, _, _ in shown))
    values = [value for _, _, value in shown]
    # A decade more on the left, so that the shortest bar is still one.
    low, high = 10 ** math.floor(math.log10(min(values))) / 2, max(values)
    height = 2 * MARGIN + len(shown) * STEP + len(groups) * (STEP + GAP)
    room = WIDTH - 2 * MARGIN - LABELS - 90
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        "<title>How long venvwrap takes beside other tools; shorter is better, the scale is logarithmic</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="frame" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
    ]
    top = MARGIN
    for group in groups:
        lines.append(f'<text class="title" x="{MARGIN}" y="{top + 13}">{escape(group)}</text>')
        top += STEP
        for _, label, value in (each for each in shown if each[0] == group):
            side = "ours" if label.startswith("venvwrap") else "theirs"
            long = length(value, low, high, room)
            left = MARGIN + LABELS
            lines.append(f'<text x="{left - 10}" y="{top + 12}" text-anchor="end">{escape(label)}</text>')
            lines.append(f'<rect class="{side}" x="{left}" y="{top + 1}" width="{long:.1f}" height="{BAR}" rx="2"/>')
            lines.append(f'<text x="{left + long + 8:.1f}" y="{top + 12}">{time(value)}</text>')
            top += STEP
        top += GAP
    note = "medians; logarithmic scale, shorter is better"
    lines.append(f'<text class="note" x="{WIDTH - MARGIN}" y="{height - 12}" text-anchor="end">{note}</text>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
