# -*- coding: utf-8 -*-
# The `site` module of a CPython 2.7 environment, which makes 2.7 behave as PEP 405 asks of 3.3 and newer.
# Owns: sys.path, the `base_*` names in `sys`, user and system site-packages, and where `sysconfig` and
# `distutils` look for the base's headers and library. Leaves to the creator: the files below, and pip.
#
# Python 2.7 knows no pyvenv.cfg. It follows every symlink of its own name and looks from there upwards for two
# landmarks, so the binary has to be a copy, and the landmarks have to be where a copy finds them. In ENV:
#
#   bin/python2.7                   copy of the base's binary (of the file itself, never of a link to it), mode kept
#   bin/python, bin/python2         symlinks to python2.7
#   lib/python2.7/os.py             symlink to the base's, the landmark that makes ENV `sys.prefix`; never imported
#   lib/python2.7/lib-dynload       symlink to the base's, the landmark that makes ENV `sys.exec_prefix`
#   lib/python2.7/site.py           this file, a plain file
#   lib/python2.7/site-packages/    directory
#   include/                        directory, may stay empty; headers of packages go to include/site/python2.7
#   pyvenv.cfg                      `base-prefix` (else `home`, its bin directory), `include-system-site-packages`;
#                                   `base-exec-prefix` where the base was configured with a different one
#
# Nothing else is needed. There is no link include/python2.7, because `setup.py install` would write headers through it
# into the base; `sysconfig` and `distutils` learn from this file where that directory and lib/python2.7/config are.
# A base whose library is not in lib/python2.7 (Fedora's lib64) cannot be used, nor one whose shared libpython is found
# by a RUNPATH relative to the binary. `python -S` has no library, as it runs no `site`; `import site` gives it one.

import imp
import sys


def _configuration(path):
    """Reads pyvenv.cfg: lower-cased key to value. As in PEP 405, a line without `=` is skipped."""
    values = {}
    with open(path) as lines:
        for line in lines:
            key, separator, value = line.partition('=')
            if separator:
                values[key.strip().lower()] = value.strip()
    return values


def _rebased(entry, prefix, base_prefix, base_exec_prefix):
    """What `entry` of sys.path is in the base, if the interpreter itself put it there.

    PYTHONPATH may name other directories of the environment: they stay as they are.
    """
    library = prefix + '/lib/python2.7'
    if entry in (library, prefix + '/lib/python27.zip'):
        return base_prefix + entry[len(prefix):]
    if entry.startswith(library + '/'):
        part = entry[len(library) + 1:].partition('/')[0]
        if part == 'lib-dynload':
            return base_exec_prefix + entry[len(prefix):]
        if part in ('lib-tk', 'lib-old') or part.startswith('plat-'):
            return base_prefix + entry[len(prefix):]
    return entry


class _WithoutUserSite(object):
    """sys.flags as under `python -s`; the real one cannot be changed."""

    no_user_site = 1

    def __init__(self, flags):
        self._flags = flags

    def __getattr__(self, name):
        return getattr(self._flags, name)


class _Amender(object):
    """Import hook (PEP 302) that lets a module be imported as ever and then changes it, once."""

    def __init__(self, amendments):
        self._amendments = amendments

    def find_module(self, name, path=None):
        return self if name in self._amendments else None

    def load_module(self, name):
        amend = self._amendments.pop(name)
        __import__(name)
        amend(sys.modules[name])
        return sys.modules[name]


def _amend_sysconfig(sysconfig):
    """Uses the scheme of Python 3: what comes with the interpreter is in the base, the rest is here."""
    variables = sysconfig.get_config_vars()
    variables['installed_base'] = sys.base_prefix
    variables['installed_platbase'] = sys.base_exec_prefix
    scheme = sysconfig._INSTALL_SCHEMES['posix_prefix']
    for key in ('stdlib', 'platstdlib', 'include', 'platinclude'):
        scheme[key] = scheme[key].replace('{base}', '{installed_base}').replace('{platbase}', '{installed_platbase}')


def _amend_distutils_sysconfig(sysconfig):
    """The same for `distutils.sysconfig`, which build_ext asks where Python.h is."""
    python_inc, python_lib = sysconfig.get_python_inc, sysconfig.get_python_lib

    def base(plat_specific):
        return sys.base_exec_prefix if plat_specific else sys.base_prefix

    def get_python_inc(plat_specific=0, prefix=None):
        return python_inc(plat_specific, base(plat_specific) if prefix is None else prefix)

    def get_python_lib(plat_specific=0, standard_lib=0, prefix=None):
        if standard_lib and prefix is None:
            prefix = base(plat_specific)
        return python_lib(plat_specific, standard_lib, prefix)

    sysconfig.get_python_inc, sysconfig.get_python_lib = get_python_inc, get_python_lib


def _amend_distutils_util(util):
    """Keeps a `$HOME` that is part of the environment's path: distutils, and pip by it, would install elsewhere."""
    expand = util.subst_vars

    def subst_vars(text, variables):
        own = sys.prefix if text.startswith(sys.prefix) else ''
        return own + expand(text[len(own):], variables)

    util.subst_vars = subst_vars


def _become_base_site():
    """Points sys.path at the base and loads the base's own `site` over this module."""
    prefix = sys.prefix
    try:
        values = _configuration(prefix + '/pyvenv.cfg')
    except IOError as error:
        raise SystemExit('%s/pyvenv.cfg: %s' % (prefix, error.strerror))
    base_prefix = values.get('base-prefix') or values.get('home', '').rstrip('/').rpartition('/')[0]
    base_exec_prefix = values.get('base-exec-prefix') or base_prefix
    library = base_prefix + '/lib/python2.7'
    try:
        base_site = imp.find_module('site', [library])
    except ImportError:
        raise SystemExit('%s/pyvenv.cfg: no Python 2.7 library in %s' % (prefix, library))

    sys.path[:] = [_rebased(entry, prefix, base_prefix, base_exec_prefix) for entry in sys.path]
    # `base_prefix` is PEP 405's, `real_prefix` is virtualenv's: pip up to 20.3, setuptools and others look for either.
    sys.base_prefix = sys.real_prefix = base_prefix
    sys.base_exec_prefix = base_exec_prefix
    sys.meta_path.append(_Amender({
        'sysconfig': _amend_sysconfig,
        'distutils.sysconfig': _amend_distutils_sysconfig,
        'distutils.util': _amend_distutils_util,
    }))

    system_site = values.get('include-system-site-packages', 'false').lower() == 'true'
    flags, setdefaultencoding = sys.flags, sys.setdefaultencoding
    if not system_site:
        sys.flags = _WithoutUserSite(flags)
    try:
        site = imp.load_module('site', *base_site)
    finally:
        sys.flags = flags
        base_site[0].close()

    if system_site:
        own = site.PREFIXES
        site.PREFIXES = [base_prefix, base_exec_prefix]
        site.addsitepackages(None)
        site.PREFIXES = own + site.PREFIXES
        # It may live in the directories that were added just now, and may expect the function that `site` deletes.
        if 'sitecustomize' not in sys.modules:
            sys.setdefaultencoding = setdefaultencoding
            site.execsitecustomize()
            del sys.setdefaultencoding


_become_base_site()
