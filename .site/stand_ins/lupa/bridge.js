// Lua 5.1 out of fengari, and the way in and out of it for Python.
//
// Strings cross as texts with one character for each byte, so that any bytes survive and each
// crossing is a plain value. Tables, functions and Python's objects cross as handles.
(source) => {
  // What the patched text of fengari calls: numbers as C writes them.
  const PRECISION = 14;
  const numberToText = (n) => written(n) ?? general(n, PRECISION);

  function written(n) {
    if (Number.isNaN(n)) return "-nan"; // what an x86 makes of 0/0
    return Number.isFinite(n) ? null : n < 0 ? "-inf" : "inf";
  }

  // C rounds what lies exactly in the middle to the even digit, JavaScript rounds it up.
  function rounded(short, long, digits) {
    const cut = long.indexOf(".") + 1 + digits;
    if (!/^50*$/.test(long.slice(cut))) return short;
    const text = long.slice(0, digits ? cut : cut - 1);
    return "02468".includes(text.at(-1)) ? text : short;
  }

  function fixed(n, digits) {
    if (Math.abs(n) >= 1e21) return BigInt(n) + (digits ? "." + "0".repeat(digits) : "");
    const long = n.toFixed(Math.min(100, digits + 60));
    return (Object.is(n, -0) ? "-" : "") + rounded(n.toFixed(digits), long, digits);
  }

  function exponential(n, digits) {
    const [short, power] = n.toExponential(digits).split("e");
    const [long, before] = n.toExponential(Math.min(100, digits + 60)).split("e");
    const same = power === before;
    const mantissa = same ? rounded(short, long, digits) : short;
    const size = power.slice(1).padStart(2, "0");
    return `${Object.is(n, -0) ? "-" : ""}${mantissa}e${power[0]}${size}`;
  }

  function general(n, precision, keepsZeros = false) {
    const digits = precision || 1;
    const [mantissa, power] = exponential(n, digits - 1).split("e");
    const small = power < -4 || Number(power) >= digits;
    const text = small ? mantissa : fixed(n, digits - 1 - power);
    const bare = keepsZeros || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
    return small ? `${bare}e${power}` : bare;
  }

  // Have the items at 1, 2, 3, … come first in a table's list, as in the array of a C table.
  function arrayFirst(table) {
    let last; // of the items that are in place
    let next = table.f;
    for (let i = 1, item; (item = table.strong.get(i)); i++) {
      if (item === next) {
        next = item.n;
      } else {
        item.p.n = item.n;
        if (item.n) item.n.p = item.p;
        else table.l = item.p;
        [item.p, item.n] = [last, next];
        next.p = item;
        if (last) last.n = item;
        else table.f = item;
      }
      last = item;
    }
  }

  const module = { exports: {} };
  const given = { module, exports: module.exports, numberToText, arrayFirst };
  new Function(...Object.keys(given), "window", source)(...Object.values(given));
  const { lua, lauxlib, lualib } = module.exports;

  function toBytes(text) {
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  function toText(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      text += String.fromCharCode.apply(null, bytes.subarray(i, i + 8192));
    }
    return text;
  }

  const names = new Map(); // bytes of what is often asked for
  function name(text) {
    if (!names.has(text)) names.set(text, toBytes(text));
    return names.get(text);
  }

  const fail = (L, text) => lauxlib.luaL_error(L, name("%s"), toBytes(text));
  const pushText = (L, text) => lua.lua_pushstring(L, toBytes(text));
  const checkText = (L, n) => toText(lauxlib.luaL_checkstring(L, n));

  // string.format, as C's printf does it.
  const SPEC = /%(?:%|([-+ #0]*)(\d*)(?:\.(\d*))?([^]?))/g;

  function format(L) {
    let argument = 1;
    const text = checkText(L, 1).replace(SPEC, (all, flags, width, precision, letter) => {
      if (all === "%%") return "%";
      argument++;
      if (argument > lua.lua_gettop(L)) lauxlib.luaL_argerror(L, argument, name("no value"));
      if (flags.length > 5) fail(L, "invalid format (repeated flags)");
      if (width.length > 2 || precision?.length > 2) {
        fail(L, "invalid format (width or precision too long)");
      }
      return formatted(L, argument, flags, Number(width), precision, letter);
    });
    pushText(L, text);
    return 1;
  }

  function formatted(L, n, flags, width, precision, letter) {
    const digits = precision === undefined ? undefined : Number(precision);
    if (letter === "q") return quoted(checkText(L, n));
    if (letter === "s") return padded(checkText(L, n).slice(0, digits), flags, width, false);
    if (letter === "c") {
      const code = lauxlib.luaL_checkinteger(L, n) & 255;
      return padded(String.fromCharCode(code), flags, width, false);
    }
    if (!letter || !"dioxXuaAeEfgG".includes(letter) || "aA".includes(letter)) {
      fail(L, `invalid option '%${letter}' to 'format'`);
    }
    const number = lauxlib.luaL_checknumber(L, n);
    const whole = "dioxXu".includes(letter);
    let body = whole ? integer(number, letter, digits, flags) : decimal(number, letter, digits, flags);
    if ("XEG".includes(letter)) body = body.toUpperCase();
    if ("dieEfgG".includes(letter) && !body.startsWith("-")) {
      body = (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + body;
    }
    const zeros = Number.isFinite(number) && !(whole && digits !== undefined);
    return padded(body, flags, width, zeros);
  }

  function integer(number, letter, digits, flags) {
    const n = Number.isFinite(number) ? BigInt(Math.trunc(number)) : -(2n ** 63n);
    const signed = "di".includes(letter);
    const value = signed ? n : BigInt.asUintN(64, n);
    const base = { o: 8, x: 16, X: 16 }[letter] ?? 10;
    const text = (value < 0n ? -value : value).toString(base).padStart(digits ?? 1, "0");
    const prefix = flags.includes("#") && n ? { o: "0", x: "0x", X: "0x" }[letter] ?? "" : "";
    return (value < 0n ? "-" : "") + prefix + text;
  }

  function decimal(number, letter, digits = 6, flags) {
    const kind = letter.toLowerCase();
    if (written(number) !== null) return written(number);
    if (kind === "f") return fixed(number, digits);
    return kind === "e" ? exponential(number, digits) : general(number, digits, flags.includes("#"));
  }

  function padded(text, flags, width, zeros) {
    if (flags.includes("-")) return text.padEnd(width);
    if (!zeros || !flags.includes("0")) return text.padStart(width);
    const [, start, rest] = /^([-+ ]?(?:0x)?)([^]*)$/i.exec(text);
    return start + rest.padStart(width - start.length, "0");
  }

  function quoted(text) {
    const special = { "\0": "\\000", "\r": "\\r", "\n": "\\\n", '"': '\\"', "\\": "\\\\" };
    return `"${text.replace(/[\0\r\n"\\]/g, (letter) => special[letter])}"`;
  }

  // Functions of Lua 5.1 that Lua 5.3 has not, or has in another form.
  function error(L) {
    const level = lauxlib.luaL_optinteger(L, 2, 1);
    lua.lua_settop(L, 1);
    if (lua.lua_isstring(L, 1) && level > 0) {
      lauxlib.luaL_where(L, level);
      lua.lua_pushvalue(L, 1);
      lua.lua_concat(L, 2);
    }
    return lua.lua_error(L);
  }

  function assert(L) {
    lauxlib.luaL_checkany(L, 1);
    if (lua.lua_toboolean(L, 1)) return lua.lua_gettop(L);
    return fail(L, lua.lua_isnoneornil(L, 2) ? "assertion failed!" : checkText(L, 2));
  }

  function loadstring(L) {
    const code = lauxlib.luaL_checkstring(L, 1);
    const chunk = lauxlib.luaL_optstring(L, 2, code);
    if (lauxlib.luaL_loadbuffer(L, code, code.length, chunk) === lua.LUA_OK) return 1;
    lua.lua_pushnil(L);
    lua.lua_insert(L, -2);
    return 2;
  }

  // Put something before a function of Lua 5.3: what its relative in Lua 5.1 refuses, it never gets.
  function guard(L, library, key, before) {
    lua.lua_getglobal(L, name(library));
    lua.lua_getfield(L, -1, name(key));
    const old = lua.lua_tocfunction(L, -1);
    lua.lua_pop(L, 1);
    lua.lua_pushcfunction(L, (state) => before(state) ?? old(state));
    setField(L, key);
    lua.lua_pop(L, 1);
  }

  const GUARDS = [
    ["_G", "ipairs", (L) => lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE)],
    ["_G", "pairs", (L) => lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE)],
    ["_G", "load", takesAFunction],
    ["_G", "tonumber", ofAnyBase],
    ["string", "char", takesBytes],
  ];

  function takesAFunction(L) {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TFUNCTION);
    lua.lua_settop(L, 2);
  }

  function takesBytes(L) {
    for (let i = 1; i <= lua.lua_gettop(L); i++) {
      const byte = lauxlib.luaL_checkinteger(L, i);
      if (byte < 0 || byte > 255) lauxlib.luaL_argerror(L, i, name("invalid value"));
    }
  }

  function ofAnyBase(L) {
    const base = lauxlib.luaL_optinteger(L, 2, 10);
    if (base === 10) {
      lauxlib.luaL_checkany(L, 1);
      lua.lua_settop(L, 1);
      return undefined;
    }
    const text = checkText(L, 1).trim().toLowerCase();
    if (base < 2 || base > 36) lauxlib.luaL_argerror(L, 2, name("base out of range"));
    const digits = [...(base === 16 ? text.replace(/^0x/, "") : text)];
    const values = digits.map((digit) => (/[0-9a-z]/.test(digit) ? parseInt(digit, 36) : 36));
    if (!values.length || values.some((value) => value >= base)) lua.lua_pushnil(L);
    else lua.lua_pushnumber(L, values.reduce((sum, value) => sum * base + value, 0));
    return 1;
  }

  function frexp(L) {
    const n = lauxlib.luaL_checknumber(L, 1);
    let power = n && Number.isFinite(n) ? Math.floor(Math.log2(Math.abs(n))) + 1 : 0;
    if (Math.abs(n / 2 ** power) >= 1 && Number.isFinite(n)) power++;
    lua.lua_pushnumber(L, n / 2 ** power);
    lua.lua_pushnumber(L, power);
    return 2;
  }

  function insert(L) {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE);
    let last = lua.lua_rawlen(L, 1) + 1;
    let at = last;
    if (lua.lua_gettop(L) === 3) {
      at = lauxlib.luaL_checkinteger(L, 2);
      last = Math.max(last, at);
      for (let i = last; i > at; i--) {
        lua.lua_rawgeti(L, 1, i - 1);
        lua.lua_rawseti(L, 1, i);
      }
    } else if (lua.lua_gettop(L) !== 2) {
      return fail(L, "wrong number of arguments to 'insert'");
    }
    lua.lua_rawseti(L, 1, at);
    return 0;
  }

  function remove(L) {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE);
    const last = lua.lua_rawlen(L, 1);
    let at = lauxlib.luaL_optinteger(L, 2, last);
    if (at < 1 || at > last) return 0;
    lua.lua_rawgeti(L, 1, at);
    for (; at < last; at++) {
      lua.lua_rawgeti(L, 1, at + 1);
      lua.lua_rawseti(L, 1, at);
    }
    lua.lua_pushnil(L);
    lua.lua_rawseti(L, 1, last);
    return 1;
  }

  function getn(L) {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE);
    lua.lua_pushnumber(L, lua.lua_rawlen(L, 1));
    return 1;
  }

  function maxn(L) {
    lauxlib.luaL_checktype(L, 1, lua.LUA_TTABLE);
    let most = 0;
    for (lua.lua_pushnil(L); lua.lua_next(L, 1); lua.lua_pop(L, 1)) {
      if (lua.lua_type(L, -2) === lua.LUA_TNUMBER) most = Math.max(most, lua.lua_tonumber(L, -2));
    }
    lua.lua_pushnumber(L, most);
    return 1;
  }

  const ofNumbers = (f) => (L) => {
    const numbers = [];
    for (let i = 1; i <= f.length; i++) numbers.push(lauxlib.luaL_checknumber(L, i));
    lua.lua_pushnumber(L, f(...numbers));
    return 1;
  };

  // The stack as Lua 5.1 writes it; lupa appends it to each error that is a text.
  const FIRST = 12;
  const LAST = 10;

  function traceback(L) {
    if (lua.lua_gettop(L) > 0 && !lua.lua_isstring(L, 1)) {
      lua.lua_settop(L, 1);
      return 1;
    }
    const message = lua.lua_gettop(L) ? toText(lua.lua_tostring(L, 1)) + "\n" : "";
    const lines = levels(L);
    if (lines.length > FIRST + LAST - 1) {
      lines.splice(FIRST - 1, lines.length - FIRST - LAST + 1, () => "...");
    }
    const texts = lines.map((line) => line());
    pushText(L, message + ["stack traceback:", ...texts].join("\n\t"));
    return 1;
  }

  // Return functions that say what was called, and where: of thousands, few are wanted.
  function levels(L) {
    const lines = [];
    const about = new lua.lua_Debug();
    if (!lua.lua_getstack(L, 1, about)) return lines;
    for (let call = about.i_ci; call !== L.base_ci; call = call.previous) {
      about.i_ci = call;
      lua.lua_getinfo(L, name("t"), about);
      lines.push(() => described(L, call));
      if (about.istailcall) lines.push(() => "(tail call): ?");
    }
    return lines;
  }

  function described(L, call) {
    const about = new lua.lua_Debug();
    about.i_ci = call;
    lua.lua_getinfo(L, name("Snl"), about);
    const place = toText(about.short_src);
    const line = `${place}:${about.currentline > 0 ? `${about.currentline}:` : ""}`;
    if (about.namewhat.length) return `${line} in function '${toText(about.name)}'`;
    const what = toText(about.what);
    if (what === "main") return `${line} in main chunk`;
    return what === "C" ? `${line} ?` : `${line} in function <${place}:${about.linedefined}>`;
  }

  // JavaScript collects by itself; fakeredis asks for it after each script.
  function collectgarbage(L) {
    const option = lua.lua_isnoneornil(L, 1) ? "collect" : checkText(L, 1);
    if (!COLLECTING.includes(option)) {
      lauxlib.luaL_argerror(L, 1, name(`invalid option '${option}'`));
    }
    lua.lua_pushnumber(L, 0);
    return 1;
  }

  const COLLECTING = "stop restart collect count step setpause setstepmul".split(" ");

  const ADDED = {
    _G: { assert, collectgarbage, error, loadstring },
    string: { format },
    table: { insert, remove, getn, maxn },
    math: {
      frexp,
      pow: ofNumbers((x, y) => Math.pow(x, y)),
      log: ofNumbers((x) => Math.log(x)),
      log10: ofNumbers((x) => Math.log10(x)),
      cosh: ofNumbers((x) => Math.cosh(x)),
      sinh: ofNumbers((x) => Math.sinh(x)),
      tanh: ofNumbers((x) => Math.tanh(x)),
      ldexp: ofNumbers((x, power) => x * Math.pow(2, power)),
    },
    debug: { traceback },
  };
  const REMOVED = {
    _G: ["fengari", "js", "rawlen", "utf8"],
    string: ["pack", "packsize", "unpack"],
    table: ["move", "pack", "unpack"],
    math: ["maxinteger", "mininteger", "tointeger", "type", "ult"],
    coroutine: ["isyieldable"],
  };

  const setField = (L, field) => lua.lua_setfield(L, -2, name(field));

  function makeItLua51(L, prelude) {
    for (const [library, key, before] of GUARDS) guard(L, library, key, before);
    for (const [library, functions] of Object.entries(ADDED)) {
      lua.lua_getglobal(L, name(library));
      for (const [key, f] of Object.entries(functions)) {
        lua.lua_pushcfunction(L, f);
        setField(L, key);
      }
      lua.lua_pop(L, 1);
    }
    lauxlib.luaL_loadbuffer(L, toBytes(prelude), prelude.length, name("=[C]"));
    lua.lua_call(L, 0, 0);
    for (const [library, keys] of Object.entries(REMOVED)) {
      lua.lua_getglobal(L, name(library));
      for (const key of keys) {
        lua.lua_pushnil(L);
        setField(L, key);
      }
      lua.lua_pop(L, 1);
    }
  }

  class Handle {
    constructor(kind, value, number = 0) {
      this.kind = kind; // what type() says, or "python", "many", "error", "syntax"
      this.value = value;
      this.number = number; // of the object of Python
    }
  }

  const many = (...values) => new Handle("many", values);
  const python = (number) => new Handle("python", null, number);

  // Return a runtime. `callPython(key, what, number, ...arguments)` reaches an object of Python.
  function newRuntime(key, callPython, prelude) {
    const main = lauxlib.luaL_newstate();
    let L = main; // or the coroutine that Python was called from
    const userdata = new Map(); // by the numbers of Python's objects

    function pushPython(number) {
      const known = userdata.get(number);
      if (known) return known(L);
      lua.lua_newuserdata(L, 0).number = number;
      lauxlib.luaL_setmetatable(L, name("POBJECT"));
      userdata.set(number, lua.lua_toproxy(L, -1));
    }

    function push(value) {
      if (typeof value === "string") pushText(L, value);
      else if (typeof value === "number") lua.lua_pushnumber(L, value);
      else if (typeof value === "boolean") lua.lua_pushboolean(L, value);
      else if (value === undefined) lua.lua_pushnil(L);
      else if (value.kind === "python") pushPython(value.number);
      else value.value(L);
    }

    function read(index) {
      const type = lua.lua_type(L, index);
      if (type === lua.LUA_TSTRING) return toText(lua.lua_tostring(L, index));
      if (type === lua.LUA_TNUMBER) return lua.lua_tonumber(L, index);
      if (type === lua.LUA_TBOOLEAN) return lua.lua_toboolean(L, index);
      if (type === lua.LUA_TNIL) return undefined;
      const number = type === lua.LUA_TUSERDATA && lua.lua_touserdata(L, index).number;
      if (number) return python(number);
      return new Handle(toText(lua.lua_typename(L, type)), lua.lua_toproxy(L, index));
    }

    function readFrom(index) {
      const values = [];
      for (let i = index; i <= lua.lua_gettop(L); i++) values.push(read(i));
      return values;
    }

    // Run `act`, which gets the first free index, and leave the stack as it was.
    function balanced(act) {
      const top = lua.lua_gettop(L);
      lauxlib.luaL_checkstack(L, 200, null);
      try {
        return act(top + 1);
      } finally {
        lua.lua_settop(L, top);
      }
    }

    // Call what is at index `at` with all that is above it.
    function callAt(at) {
      const count = lua.lua_gettop(L) - at;
      lua.lua_getglobal(L, name("debug"));
      lua.lua_getfield(L, -1, name("traceback"));
      lua.lua_remove(L, -2);
      lua.lua_insert(L, at);
      if (lua.lua_pcall(L, count, lua.LUA_MULTRET, at) === lua.LUA_OK) {
        const values = readFrom(at + 1);
        return values.length < 2 ? values[0] : many(...values);
      }
      const raised = read(-1);
      return new Handle("error", errorText(), raised?.kind === "python" ? raised.number : 0);
    }

    function errorText() {
      const text = lua.lua_tostring(L, -1);
      return text === null ? "" : toText(text);
    }

    function run(code, ...values) {
      return balanced((at) => {
        const bytes = toBytes(code);
        if (lauxlib.luaL_loadbuffer(L, bytes, bytes.length, name("<python>")) !== lua.LUA_OK) {
          return new Handle("syntax", errorText());
        }
        values.forEach(push);
        return callAt(at);
      });
    }

    function call(handle, ...values) {
      return balanced((at) => {
        push(handle);
        values.forEach(push);
        return callAt(at);
      });
    }

    function get(handle, key) {
      return balanced((at) => {
        push(handle);
        push(key);
        if (!lua.lua_getmetatable(L, at)) {
          lua.lua_rawget(L, at);
          return read(-1);
        }
        lua.lua_settop(L, at - 1);
        lua.lua_pushcfunction(L, (state) => lua.lua_gettable(state, 1) && 1);
        push(handle);
        push(key);
        return callAt(at);
      });
    }

    function set(handle, ...keysAndValues) {
      balanced((at) => {
        push(handle);
        for (let i = 0; i < keysAndValues.length; i += 2) {
          push(keysAndValues[i]);
          push(keysAndValues[i + 1]);
          lua.lua_settable(L, at);
        }
      });
    }

    function table() {
      return balanced(() => {
        lua.lua_newtable(L);
        return read(-1);
      });
    }

    function append(handle, first, ...values) {
      balanced((at) => {
        push(handle);
        values.forEach((value, i) => {
          push(value);
          lua.lua_rawseti(L, at, first + i);
        });
      });
    }

    // Call `see` for each item of a table; its key is at -2, its value at -1.
    function each(handle, see) {
      balanced((at) => {
        push(handle);
        for (lua.lua_pushnil(L); lua.lua_next(L, at); lua.lua_pop(L, 1)) see();
      });
    }

    function entries(handle) {
      const found = [];
      each(handle, () => found.push(read(-2), read(-1)));
      return found;
    }

    function keys(handle) {
      const found = [];
      each(handle, () => found.push(read(-2)));
      return found;
    }

    function length(handle) {
      return balanced(() => {
        push(handle);
        return lua.lua_rawlen(L, -1);
      });
    }

    function globals() {
      return balanced(() => {
        lua.lua_pushglobaltable(L);
        return read(-1);
      });
    }

    function forget(number) {
      userdata.delete(number);
    }

    // Return a metamethod of Python's objects: it has Python do `what` with the object.
    function metamethod(what) {
      return (state) => {
        const before = L;
        L = state;
        try {
          const { number } = lua.lua_touserdata(L, 1);
          const result = callPython(key, what, number, ...readFrom(2));
          if (result?.kind === "error") {
            pushPython(result.number);
            return lua.lua_error(L);
          }
          const values = result?.kind === "many" ? result.value : [result];
          values.forEach(push);
          return values.length;
        } finally {
          L = before;
        }
      };
    }

    function stackOverflow(state) {
      const problem = lua.lua_touserdata(state, 1);
      pushText(state, problem instanceof RangeError ? "stack overflow" : String(problem));
      return 1;
    }

    lua.lua_atnativeerror(L, stackOverflow);
    lualib.luaL_openlibs(L);
    makeItLua51(L, prelude);
    lauxlib.luaL_newmetatable(L, name("POBJECT"));
    for (const what of ["__call", "__index", "__tostring"]) {
      lua.lua_pushcfunction(L, metamethod(what));
      setField(L, what);
    }
    lua.lua_pushnil(L);
    setField(L, "__name"); // messages call them userdata
    lua.lua_pop(L, 1);
    return { run, call, get, set, table, append, entries, keys, length, globals, forget };
  }

  const raised = (number) => new Handle("error", null, number);
  return { newRuntime, many, python, raised };
}
