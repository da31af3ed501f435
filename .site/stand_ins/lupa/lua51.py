"""What fakeredis uses of lupa.lua51: a runtime of Lua 5.1, its tables and functions, its errors.

The Lua is fengari's; bridge.js talks to it. Only what LuaRuntime(encoding=None) gives is offered:
strings of Lua are bytes in Python. They cross to JavaScript as texts with one character per byte.
"""

import itertools
import weakref
from collections import deque
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lupa import fengari51

HERE = Path(__file__).parent
MOST_ERRORS = 100  # of Python's exceptions that a script can have caught and still look at
CHUNK = 5_000  # values that cross in one call, at most
_runtimes = weakref.WeakValueDictionary()
_numbers = itertools.count(1)


class LuaError(Exception):
    """A script raised an error; the text has its stack."""


class LuaSyntaxError(LuaError):
    """A script can't be read."""


class LuaMemoryError(LuaError, MemoryError):
    """Never raised here; some catch it."""


@cache
def _bridge():
    """Evaluate the JavaScript: at the first runtime, as it takes long."""
    from pyodide.code import run_js

    fengari = fengari51.as_lua51((HERE / "fengari-web.js").read_text("utf-8"))
    return run_js((HERE / "bridge.js").read_text("utf-8"))(fengari)


@cache
def _call_python():
    from pyodide.ffi import create_proxy

    return create_proxy(_reach)


def _reach(key, what, number, *args):
    """Do for a script what it wants of an object of Python."""
    runtime = _runtimes[int(key)]
    try:
        target = runtime._objects[int(number)]
        result = _REACHES[what](target, *map(runtime._from_lua, args))
        if isinstance(result, tuple):
            return _bridge().many(*map(runtime._to_lua, result))
        return runtime._to_lua(result)
    except BaseException as error:  # an interrupt, too, has to get through the Lua
        return _bridge().raised(runtime._keep_error(error))


def _item(target, key):
    if hasattr(target, "__getitem__"):
        return target[key]
    return getattr(target, key.decode() if isinstance(key, bytes) else key)


_REACHES = {
    "__call": lambda target, *args: target(*args),
    "__index": _item,
    "__tostring": lambda target, *_: str(target).encode(),
}


def lua_type(value):
    """Return what Lua's type() says of a table or function of Lua; None for values of Python."""
    return value._handle.kind if isinstance(value, _LuaObject) else None


class LuaRuntime:
    """A Lua of its own."""

    lua_version = (5, 1)
    lua_implementation = "Lua 5.1"

    def __init__(self, encoding=None, unpack_returned_tuples=True):
        if encoding is not None or not unpack_returned_tuples:
            raise NotImplementedError("Strings are bytes here, and a tuple is several values.")
        self._key = next(_numbers)
        self._objects, self._numbers = {}, {}  # of Python, by number; numbers by id()
        self._raised, self._errors = None, deque()
        _runtimes[self._key] = self
        prelude = (HERE / "prelude.lua").read_text("utf-8")
        self._lua = _bridge().newRuntime(self._key, _call_python(), prelude)

    def execute(self, code, *args):
        """Run a script, and return what it returns: None, a value, or a tuple of values."""
        return self._result(self._lua.run(_text(code), *map(self._to_lua, args)))

    def eval(self, code, *args):
        """Return the value of an expression."""
        return self.execute(b"return " + (code.encode() if isinstance(code, str) else code), *args)

    def require(self, name):
        """Load a module of Lua; there is none here."""
        return self.globals()[b"require"](name)

    def globals(self):
        """Return the table of all global variables."""
        return _LuaTable(self, self._lua.globals())

    def table(self, *items, **named):
        """Return a new table of these items, at 1, 2, 3, …, and of these keys."""
        return self.table_from(items, {key.encode(): value for key, value in named.items()})

    def table_from(self, *sources, recursive=False):
        """Return a new table with the items of lists, and with the keys and values of dicts."""
        table, at = self._lua.table(), 1
        for source in sources:
            if isinstance(source, Mapping | _LuaTable):
                flat = [self._inner(x, recursive) for pair in source.items() for x in pair]
                for n in range(0, len(flat), CHUNK):
                    self._lua.set(table, *flat[n : n + CHUNK])
                continue
            values = [self._inner(value, recursive) for value in source]
            for n in range(0, len(values), CHUNK):
                self._lua.append(table, at + n, *values[n : n + CHUNK])
            at += len(values)
        return _LuaTable(self, table)

    def _inner(self, value, recursive):
        if recursive and isinstance(value, list | tuple | Mapping):
            value = self.table_from(value, recursive=True)
        return self._to_lua(value)

    def _to_lua(self, value):
        if isinstance(value, bytes):
            return value.decode("latin-1")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            if not -(2**63) <= value < 2**63:
                raise OverflowError("Python int too large to convert to C long")
            return float(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, _LuaObject):
            if value._runtime is not self:
                raise LuaError("cannot mix objects from different Lua runtimes")
            return value._handle
        return _bridge().python(self._keep(value))

    def _from_lua(self, value):
        if isinstance(value, str):
            return value.encode("latin-1")
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            whole = value.is_integer() and -(2.0**63) <= value < 2.0**63
            return int(value) if whole else value
        if value.kind == "python":
            return self._objects[int(value.number)]
        return (_LuaTable if value.kind == "table" else _LuaObject)(self, value)

    def _result(self, value):
        """Return what a call returned, or raise what it raised."""
        kind = getattr(value, "kind", None)
        if kind == "many":
            return tuple(map(self._from_lua, value.value.to_py(depth=1)))
        if kind == "syntax":
            raise LuaSyntaxError(f"error loading code: {value.value}")
        if kind == "error":
            self._raise(value)
        return self._from_lua(value)

    def _raise(self, error):
        raised, self._raised = self._raised, None
        if raised is not None and error.number:
            raise raised
        raise LuaError(_reordered(error.value))

    def _keep_error(self, error):
        """Return the number of an exception; of many, the first ones are forgotten."""
        self._raised = error
        number = self._keep(error)
        if number not in self._errors:
            self._errors.append(number)
        if len(self._errors) > MOST_ERRORS:
            oldest = self._errors.popleft()
            del self._numbers[id(self._objects.pop(oldest))]
            self._lua.forget(oldest)
        return number

    def _keep(self, value):
        """Return the number by which Lua knows an object of Python."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = next(_numbers)
            self._objects[number] = value
        return number


def _text(code):
    return (code.encode() if isinstance(code, str) else bytes(code)).decode("latin-1")


def _reordered(message):
    """Return an error's text with the outermost call first, as lupa gives it."""
    lines, start = [], 0
    for number, line in enumerate(message.splitlines(), 1):
        if start and line[:1].isspace() and line.lstrip().startswith("["):
            lines.insert(start, line)
        else:
            start = number if line == "stack traceback:" else 0
            lines.append(line)
    return "\n".join(lines) if start and len(lines) > start + 1 else message


class _LuaObject:
    """Something of Lua: a function, or a thread."""

    def __init__(self, runtime, handle):
        self._runtime, self._handle = runtime, handle

    def __call__(self, *args):
        runtime = self._runtime
        return runtime._result(runtime._lua.call(self._handle, *map(runtime._to_lua, args)))


class _LuaTable(_LuaObject):
    """A table of Lua."""

    def __getitem__(self, key):
        runtime = self._runtime
        return runtime._result(runtime._lua.get(self._handle, runtime._to_lua(key)))

    def __setitem__(self, key, value):
        to_lua = self._runtime._to_lua
        self._runtime._lua.set(self._handle, to_lua(key), to_lua(value))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name.encode()]

    def __len__(self):
        return int(self._runtime._lua.length(self._handle))

    def __bool__(self):
        return True

    def __iter__(self):
        return self.keys()

    def keys(self):
        """Return the keys."""
        return self._read(self._runtime._lua.keys)

    def values(self):
        """Return the values."""
        return (value for _, value in self.items())

    def items(self):
        """Return pairs of a key and its value."""
        flat = self._read(self._runtime._lua.entries)
        return zip(flat, flat, strict=True)

    def _read(self, ask):
        return map(self._runtime._from_lua, ask(self._handle).to_py(depth=1))
