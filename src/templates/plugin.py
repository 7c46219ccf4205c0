# Runs inside the Python that VIRTUALENVWRAPPER_PYTHON names: finds the project templates that its packages bring along
# (entry points of the group below), tells of them, runs one. Works from Python 3.6 on, with what that Python has.
# usage: python -c THIS names | list | run TEMPLATE PROJECT DIRECTORY
import sys

# The working directory, which is nobody's package: before anything is imported from it.
sys.path[:] = [entry for entry in sys.path if entry]

import json

GROUP = "virtualenvwrapper.project.template"


def entry_points():
    try:
        from importlib.metadata import entry_points
    except ImportError:
        try:
            from importlib_metadata import entry_points
        except ImportError:
            try:
                import pkg_resources
            except ImportError:
                return []
            return list(pkg_resources.iter_entry_points(GROUP))
    found = entry_points()
    if hasattr(found, "select"):
        return list(found.select(group=GROUP))
    return list(found.get(GROUP, ()))


def templates():
    by_name = {}
    for entry_point in entry_points():
        # What stands first on sys.path counts, as for an import.
        by_name.setdefault(entry_point.name, entry_point)
    return by_name


def about(entry_point):
    try:
        text = entry_point.load().__doc__ or ""
    except Exception as error:
        return "cannot be loaded: %s: %s" % (type(error).__name__, error)
    lines = text.strip().splitlines()
    return lines[0].strip() if lines else ""


def main(mode, words):
    found = templates()
    if mode == "run":
        name, project, directory = words
        # virtualenvwrapper hands over a list.
        found[name].load()([project, directory])
        return
    told = [[name, about(found[name]) if mode == "list" else ""] for name in sorted(found)]
    # Packages may print while they are loaded: the answer starts with a record separator (RFC 7464).
    sys.stdout.write("\n\x1e" + json.dumps(told) + "\n")


main(sys.argv[1], sys.argv[2:])
