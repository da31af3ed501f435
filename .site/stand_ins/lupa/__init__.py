"""A stand-in for lupa in the browser: what fakeredis needs of it for EVAL and its relatives.

lupa is a C extension, and there is none for WebAssembly. Here Lua runs in JavaScript: fengari-web,
whose dist/fengari-web.js has to lie beside this file. It is Lua 5.3; see fengari51.py for how it
becomes the Lua 5.1 of Redis, and lua51.py for what can be called. To import this is cheap: the
JavaScript is evaluated when the first LuaRuntime is made.

What stays different from lupa:

- pairs() gives named keys in the order in which they were set; Lua 5.1 has an order of its own.
- # of a table with holes at its beginning, such as {nil, nil, 3}, can be another number.
- 0/0 is always written "-nan", -(0/0) and tonumber("nan") included.
- math.random() gives other numbers, and a table another address.
- Some texts that Lua 5.1 refuses can be read: a break before the end of a block, and a call whose
  "(" is on the next line. A break outside a loop and an escape like \\300 earn other words.
- Metamethods of Lua 5.3 that Lua 5.1 has not, such as __len of a table, have their effect.
- There are no io, python and newproxy.
- Of the errors of redis.call that a script catches, it can look at the last hundred.
"""

from contextlib import contextmanager

from lupa.lua51 import LuaError, LuaMemoryError, LuaRuntime, LuaSyntaxError, lua_type

__version__ = "2.8"
__all__ = [
    "LuaError",
    "LuaMemoryError",
    "LuaRuntime",
    "LuaSyntaxError",
    "allow_lua_module_loading",
    "lua_type",
]


@contextmanager
def allow_lua_module_loading():
    """Do nothing: there are no modules in C to be loaded."""
    yield
