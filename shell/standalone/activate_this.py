# -*- coding: utf-8 -*-
# Lets a running Python (2.7 or 3, of the environment's own version) use the packages of this environment:
#     exec(open('/path/to/bin/activate_this.py').read())
# What was imported before stays as it is; there is no way back. Needs no venvwrap.
# Template: each of the two bare words __...__ is replaced by the value as a bytes literal (b'...', ASCII only,
# \xNN for the rest), which both Pythons read as the same file name.


def _activate_this(root, name):
    # In a function, because code that `exec` runs inside a function finds only its own names.
    import os
    import site
    import sys
    import sysconfig

    if not isinstance(root, str):
        root, name = os.fsdecode(root), os.fsdecode(name)

    # Debian's default scheme is not the scheme of environments, and Pythons before 3.11 have no
    # scheme named `venv`.
    scheme = 'venv' if 'venv' in sysconfig.get_scheme_names() else 'posix_prefix'
    paths = sysconfig.get_paths(scheme, {'base': root, 'platbase': root})
    packages = [path for path in sorted({paths['purelib'], paths['platlib']}) if os.path.isdir(path)]
    if not packages:
        raise ImportError('%s: not an environment of Python %s' % (root, sys.version.split()[0]))

    before = len(sys.path)
    for path in packages:
        site.addsitedir(path)
    sys.path[:] = sys.path[before:] + sys.path[:before]

    # virtualenv sets `real_prefix`, which old pip and setuptools look for instead of `base_prefix`.
    if sys.prefix != root:
        sys.real_prefix = getattr(sys, 'base_prefix', sys.prefix)
        sys.prefix = sys.exec_prefix = root

    entries = os.environ['PATH'].split(os.pathsep) if 'PATH' in os.environ else []
    if entries[:1] != [root + '/bin']:
        os.environ['PATH'] = os.pathsep.join([root + '/bin'] + entries)
    os.environ['VIRTUAL_ENV'] = root
    os.environ['VIRTUAL_ENV_PROMPT'] = name
    os.environ.pop('PYTHONHOME', None)


_activate_this(__VIRTUAL_ENV__, __VIRTUAL_ENV_PROMPT__)
del _activate_this
