"""Fills environments with metadata of packages, for the benchmark: as many files, of the usual size, as pip writes.

usage: packages.py NUMBER ENVIRONMENT…        into each of these
       packages.py --store NUMBER FROM TO     a store of so many environments: copies, with hard links, of those in FROM
"""
import os
import sys
from pathlib import Path

METADATA = """Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: A package that only has metadata
Requires-Python: >=3.8
Requires-Dist: certifi>=2017.4.17
Requires-Dist: pysocks>=1.5.6,!=1.5.7; extra == "socks"
Provides-Extra: socks

""" + "A line of the description, as long as those of most.\n" * 120


def fill(root, number):
    (site,) = Path(root).glob("lib/python*/site-packages")
    for index in range(number):
        name = "numpy" if index == 0 else f"package{index}"
        version = "1.26.4" if index == 0 else f"1.{index}"
        directory = site / f"{name}-{version}.dist-info"
        directory.mkdir()
        (directory / "METADATA").write_text(METADATA.format(name=name, version=version))
        rows = [f"{name}/module{row}.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n" for row in range(30)]
        (directory / "RECORD").write_text("".join(rows))
        (directory / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        (directory / "INSTALLER").write_text("pip\n")
        if index % 3 == 0:
            (directory / "REQUESTED").write_text("")


def store(number, source, target):
    roots = sorted(path for path in Path(source).iterdir() if not path.name.startswith("."))
    for index in range(number):
        root = roots[index % len(roots)]
        for directory, _, files in os.walk(root):
            to = Path(target) / f"{root.name}-{index // len(roots)}" / Path(directory).relative_to(root)
            to.mkdir(parents=True)
            for file in files:
                os.link(Path(directory) / file, to / file, follow_symlinks=False)


if sys.argv[1] == "--store":
    store(int(sys.argv[2]), sys.argv[3], sys.argv[4])
else:
    for root in sys.argv[2:]:
        fill(root, int(sys.argv[1]))
