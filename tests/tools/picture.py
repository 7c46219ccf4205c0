"""Turns a screen with ANSI colors (standard input) into an SVG that follows the reader's light or dark theme."""
import re
import sys
from html import escape

WIDTH, HEIGHT, MARGIN = 8.4, 18, 18
STYLE = """
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #24292f; white-space: pre }
  rect { fill: #f6f8fa; stroke: #d0d7de }
  .b { font-weight: bold } .d { opacity: .65 }
  .c1 { fill: #cf222e } .c2 { fill: #116329 } .c3 { fill: #9a6700 } .c4 { fill: #0969da } .c5 { fill: #8250df } .c6 { fill: #1b7c83 }
  .p { fill: #0969da; font-weight: bold }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } rect { fill: #0d1117; stroke: #30363d }
    .c1 { fill: #ff7b72 } .c2 { fill: #7ee787 } .c3 { fill: #e3b341 } .c4 { fill: #79c0ff } .c5 { fill: #d2a8ff } .c6 { fill: #76e3ea }
    .p { fill: #79c0ff }
  }
"""


def spans(line, classes):
    """The line as (text, classes); colors carry on from line to line, as on a terminal."""
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b"):
            if part:
                yield part, " ".join(sorted(classes))
            continue
        for code in part[2:-1].split(";"):
            number = int(code or 0)
            if number in (0, 39):
                kept = classes & {"b", "d"} if number else set()
                classes.clear()
                classes.update(kept)
            elif number in (1, 2):
                classes.add("bd"[number - 1])
            elif number == 22:
                classes.difference_update({"b", "d"})
            elif 30 <= number < 38 or 90 <= number < 98:
                classes.difference_update({f"c{each}" for each in range(8)})
                classes.add(f"c{number % 10}")


def main():
    lines = re.sub(r"\x1b\([0B]|[\x0e\x0f]", "", sys.stdin.read()).rstrip("\n ").split("\n")
    while lines and lines[-1].strip() in ("", "$"):
        lines.pop()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in lines]
    width = max(map(len, plain)) * WIDTH + 2 * MARGIN
    height = len(lines) * HEIGHT + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" role="img">')
    print("<title>A session with venvwrap in bash</title>")
    print(f"<style>{STYLE}</style>")
    print(f'<rect x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>')
    classes = set()
    for row, line in enumerate(lines):
        # What was typed stands out: the prompt is the only thing before it.
        typed = re.match(r"(\([^)]*\) )?\$ ", plain[row])
        pieces = [(plain[row][: typed.end()], ""), (plain[row][typed.end() :], "p")] if typed else spans(line, classes)
        text = "".join(
            f'<tspan class="{names}">{escape(text)}</tspan>' if names else escape(text) for text, names in pieces
        )
        print(f'<text x="{MARGIN}" y="{MARGIN + HEIGHT * row + 13}" xml:space="preserve">{text.rstrip()}</text>')
    print("</svg>")


main()
