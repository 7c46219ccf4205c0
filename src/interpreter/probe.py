# Prints the facts about an interpreter that only the interpreter itself knows, as JSON.
#
# probe.rs embeds and runs this script. Choosing the file name to link to is left to Rust. Must run
# on 2.7, on 3.3 and newer, and on PyPy, without `site`. Imports as little as possible, because
# start-up time is the whole cost.
import sys

if sys.path and sys.path[0] == "":
    # Modules in the current directory must not shadow the standard library (-I prevents that, but
    # 2.7 has no -I).
    del sys.path[0]

import os

ONLY_AST = 0x400  # PyCF_ONLY_AST; the module `ast` that names it costs more than the rest of this script
DEBIAN_WHEELS = "/usr/share/python-wheels"


def evaluated(source):
    """The constants at the top of ensurepip, without importing it: it pulls in tempfile, subprocess and more."""
    tree = compile(source, "ensurepip", "exec", ONLY_AST)
    constants = {}
    for statement in list(tree.body):
        target = getattr(statement, "targets", [None])[0]
        name = getattr(target, "id", "")
        if name in ("_PROJECTS", "_PACKAGE_NAMES") or name.endswith("_VERSION"):
            tree.body = [statement]
            try:
                exec(compile(tree, "ensurepip", "exec"), constants)
            except Exception:
                pass  # Fedora's older patch calls a function of its own here
    return constants


def newest(directory, name, upstream):
    """The wheel of a project that a distribution's ensurepip takes from its directory, or None."""
    wheels = sorted([wheel for wheel in os.listdir(directory) if wheel.startswith(name + "-") and wheel[-4:] == ".whl"])
    if not upstream:
        # The distributions' patch picked wheels by tag and compared version numbers; upstream sorts
        # the file names.
        tag = "py%d" % sys.version_info[0]
        wheels = [wheel for wheel in wheels if tag in wheel.split("-", 2)[-1]]
        wheels.sort(key=lambda wheel: [int(part) for part in wheel.split("-")[1].split(".") if part.isdigit()])
    return os.path.join(directory, wheels[-1]) if wheels else None


def bundled(stdlib):
    """The wheels that this interpreter's own ensurepip would install, in its order."""
    ensurepip = os.path.join(stdlib, "ensurepip")
    with open(os.path.join(ensurepip, "__init__.py"), "rb") as file:
        source = file.read()
    constants = evaluated(source)
    projects = constants.get("_PROJECTS")
    if not projects:
        version = constants.get("_PIP_VERSION")  # 3.13 and newer name nothing but pip
        projects = [("pip", version, "py3")] if version else constants.get("_PACKAGE_NAMES", ("setuptools", "pip"))
    names = [project if isinstance(project, str) else project[0] for project in projects]

    # How a distribution names a wheel directory since 3.10 (bpo-42856); before, Debian and Fedora
    # patched it in. An empty value counts as unset. 3.13 takes it for the current directory, which
    # is a bug (python/cpython#146310).
    upstream = b"WHEEL_PKG_DIR" in source
    directory = None
    if upstream:
        import sysconfig

        directory = sysconfig.get_config_var("WHEEL_PKG_DIR")
    elif DEBIAN_WHEELS.encode("ascii") in source:
        directory = DEBIAN_WHEELS
    if directory and os.path.isdir(directory):
        wheels = [newest(directory, name, upstream) for name in names]
        if all(wheels):
            return wheels

    # `_bundled` can hold an outdated wheel beside the current one (pyenv's 3.8.18): only the named
    # version counts.
    wheels = []
    for project in projects:
        if isinstance(project, str):
            return []
        tag = project[2] if len(project) > 2 else "py2.py3"
        wheels.append(os.path.join(ensurepip, "_bundled", "%s-%s-%s-none-any.whl" % (project[0], project[1], tag)))
    return wheels if all(os.path.isfile(wheel) for wheel in wheels) else []


def json(value):
    """JSON without the json module. A string's characters stand for the bytes of the path (Latin-1)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([json(item) for item in value]) + "]"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ",".join([json(key) + ":" + json(value[key]) for key in sorted(value)]) + "}"
    raw = bytearray(value if isinstance(value, bytes) else os.fsencode(value))
    return '"' + "".join([chr(b) if 32 <= b < 127 and b not in (34, 92) else "\\u%04x" % b for b in raw]) + '"'


def answer():
    version = sys.version_info
    prefix = getattr(sys, "base_prefix", sys.prefix)
    stdlib = os.path.dirname(getattr(os, "__file__", None) or prefix)
    name = "pypy" if "__pypy__" in sys.builtin_module_names else "cpython"
    implementation = getattr(sys, "implementation", None)
    tag = getattr(implementation, "cache_tag", None) or "%s-%d%d" % (name, version[0], version[1])
    try:
        wheels = bundled(stdlib)
    except Exception:
        wheels = []  # no ensurepip (Debian without python3-venv), or a standard library in a zip file
    try:
        # virtualenv before 20 copied the interpreter, wrote no pyvenv.cfg, and recorded the base
        # prefix here.
        with open(os.path.join(stdlib, "orig-prefix.txt"), "rb") as file:
            original = file.read().strip()
    except Exception:
        original = None
    return {
        "abiflags": getattr(sys, "abiflags", ""),
        "base_prefix": prefix,
        "bundled": wheels,
        "cache_tag": tag,
        "executable": sys.executable or "",
        # venv creates the link since bpo-21197 and until 3.15 (python/cpython#133951).
        "has_lib64_link": (3, 3) <= version[:2] < (3, 15) and sys.maxsize > 2**32 and sys.platform != "darwin",
        "implementation": getattr(implementation, "name", name),
        "original_prefix": original,
        "platlibdir": getattr(sys, "platlibdir", "lib"),
        "release": "%s.%d" % (version[3], version[4]),
        "stdlib": stdlib,
        "version": list(version[:3]),
    }


# RFC 7464: a record separator, JSON, a line feed. Anything else on stdout was printed by others.
sys.stdout.write("\x1e" + json(answer()) + "\n")
sys.stdout.flush()
