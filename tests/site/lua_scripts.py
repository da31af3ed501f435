"""Scripts that have to give the same with lupa and with its stand-in, and how they are run.

This runs in both Pythons, the one of the tests and the browser's, so it needs nothing of pytest.
"""

import fakeredis

from cartlib.course import races, sets, speed
from cartlib.lab import trips
from cartlib.lab.lines import words
from cartlib.lab.stores import Store, new_client
from cartlib.practice.exercise import Case
from cartlib.practice.sandbox import attempt

BYTES = bytes(range(256))
KEYS = [b"cart", b"number", b"hash", b"none", "Zoë".encode(), BYTES]
ARGS = [b"1", b"2.50", b"mug", b"", "Zoë's ☕".encode(), BYTES]

# Each is run with KEYS and ARGS, in a store that FIRST has filled.
FIRST = [
    ("ZADD", "cart", 1, "lamp", 3, "mug", 7, "pen"),
    ("SET", "number", 41),
    ("HSET", "hash", "name", "Coffee mug", "price", "9.50"),
    ("SET", "Zoë", BYTES),
    ("SADD", "set", "a"),
    ("RPUSH", "list", 1, 2, 3),
]
SCRIPTS = r"""
return nil
return true
return false
return 3
return 3.99
return -3.99
return -0
return 10/2
return 7/2
return tostring(7/2)
return 2^53
return 1e100
return 2147483647 + 1
return 100000 * 100000
return -5 % 3
return 5 % -3
return tostring(5.3 % 0.1)
return tostring(1 % 0)
return tostring(0/0)
return tostring(1/0) .. tostring(-1/0)
return math.huge
return 0/0
return 'text'
return ''
return "\0\1\255\\\"\'\n\t\065"
return '\x41\d\z'
return [[two
lines]]
return [==[ ]] ]==]
return {1, 2, 3}
return {1, 'two', 3.7, true, false, {4, {5}}}
return {1, nil, 3}
return {nil, 1}
return {}
return {{}, {{}}}
return {1, 2, a = 3}
return 1, 2
return {ok = 'FINE'}
return {err = 'BAD thing'}
return {err = 5}
return {double = 1.5}
return {map = {a = 1}}
return redis.status_reply('PONG')
return redis.error_reply('MY error')
return redis.error_reply('no code')
return {redis.status_reply('a'), redis.error_reply('ERR b')}
return KEYS
return ARGV
return {#KEYS, #ARGV}
return KEYS[7]
return ARGV[6]
return #ARGV[6]
return ARGV[6]:byte(200, 205)
return {ARGV[6]:byte(200, 205)}
return ARGV[5]:len()
return ARGV[5]:sub(1, 3):upper()
return ARGV[5]:reverse():reverse()
return ARGV[1] == 1
return ARGV[1] + 1
return ARGV[2] * 2
return ARGV[2] * 100
return tostring(ARGV[2] * 2)
return ARGV[1] .. 1 .. 2.0 .. -1.5
return tonumber(ARGV[3])
return tonumber(ARGV[2]) == 2.5
return {tonumber('0x10'), tonumber('1e3'), tonumber(' 7 '), tonumber(''), tonumber('7x')}
return {tonumber('ff', 16), tonumber('777', 8), tonumber('z', 36), tonumber('ffffffff', 16)}
return tostring(tonumber('0xffffffff'))
return tonumber(nil)
return tostring(tonumber({}))
return tonumber()
return {tostring(3.0), tostring(3.10), tostring(1e15), tostring(123456789012345), tostring(1e14)}
return {tostring(0.1), tostring(1/3), tostring(-0.0), tostring(1e-5), tostring(2^63), tostring(0.1 + 0.2)}
return {tostring(true), tostring(nil), type(1), type('a'), type({}), type(nil), type(print)}
return 0xff
return .5 * 4
return 3e2
return {'10' + 5, '3' * '4', 10 .. 20, -'2'}
return not nil == true
return 1 and 2 or 3
return nil or 'default'
return #'abc' + #{1, 2}
return #{1, nil, 3}
return #{1, 2, nil, 4}
return {2 ^ 10, 7 % 4, 8 - 3 * 2}
return 1 < 2 and 'a' < 'b' and 'Z' < 'a' and not (2 <= 1)
return 'a' == 'a' and 1 ~= '1'
return math.floor(-3.5) .. math.ceil(3.2) .. math.max(1, 5, 3) .. math.min(2, 0)
return {math.abs(-4), math.sqrt(16), math.pow(2, 8), math.fmod(7, 3), math.mod(7, 3)}
return tostring(math.pi) .. tostring(math.log10(1000)) .. tostring(math.exp(0))
return {math.modf(3.7)}
return {math.frexp(8)}
return math.ldexp(0.5, 4)
return string.format('%d', 3.0)
return string.format('%d %5d|%-5d|%05d %+d', 3.7, 42, 42, 42, 42)
return string.format('%.2f %5.1f %f', 9.5, 2.25, 1)
return string.format('%.2f %.0f %.1f %.2f', 0.125, 2.5, 0.25, 1.005)
return string.format('%g %g %g %g', 1, 0.1, 1e20, 123456789)
return string.format('%e %.3E %G', 12345.678, 0.5, 1e-10)
return string.format('%x %X %o %#x %c%c', 255, 255, 8, 255, 72, 105)
return string.format('%x', -1)
return string.format('%s %10s|%-10s|%.2s', 'a', 'b', 'c', 'defg')
return string.format('%q', 'a "quoted"\n\0line\\')
return string.format('%5.2f%%', 99.5)
return string.format('%d', '42')
return string.format('%s', 42)
return string.format('%s', nil)
return string.format('%s', true)
return string.format('%d', 'x')
return string.format('%d')
return string.format('%y', 1)
return string.format('%i %u', 5, 6)
return string.format('%d', 3000000000)
return string.format('%.14g', 3.14159265358979)
return string.format('%5s|%05.1f', 'ab', 3.14159)
return ('x'):rep(3) .. string.rep('ab', 2)
return ('x'):rep(2.7)
return ('Hello'):lower() .. ('Hello'):upper() .. ('é'):upper()
return ('hello world'):find('wor')
return {('hello world'):find('o w')}
return {('a.b'):find('.', 1, true)}
return {('key:42:name'):match('(%a+):(%d+)')}
return ('  trim  '):gsub('^%s+', '')
return {('hello'):gsub('l', 'L')}
return {('hello'):gsub('l', {l = '1'})}
return {('abc'):gsub('%w', function(c) return c .. c end)}
return {('abc'):gsub('%w', '%0%0', 2)}
return {('hello'):gsub('', '-')}
return ('a,b,,c'):gsub(',', ';')
local r = {} for w in ('one two  three'):gmatch('%a+') do r[#r + 1] = w end return r
local r = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do r[#r + 1] = k .. v end return r
return {('[[x]]'):match('%[%[(.-)%]%]'), ('f(a(b)c)'):match('%b()')}
return {string.byte('ABC', 1, -1)}
return string.char(72, 105, 0, 255)
return ('abc'):sub(-2) .. ('abc'):sub(2, 2) .. ('abc'):sub(5)
return ('x'):find('[')
return ('x'):gsub('x', 5)
return ('x'):gsub('x', true)
return ('x'):nope()
return unpack({1, 2, 3})
return {unpack({1, 2, 3}, 2)}
return {select('#', 1, nil, 3), select(2, 'a', 'b', 'c')}
return select(-1, 1, 2, 3)
return table.concat({1, 2.5, 'x'}, ', ')
return table.concat({1, {}, 3})
return table.concat({}, ',')
return table.getn({1, 2, 3})
return table.maxn({1, [10] = 2})
local t = {3, 1, 2} table.sort(t) return t
local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return t
local t = {'pear', 'fig', 'Apple'} table.sort(t) return t
local t = {} for i = 1, 150 do t[i] = {i % 7, i} end table.sort(t, function(a, b) return a[1] < b[1] end) local r = {} for i = 1, 150 do r[i] = t[i][2] end return r
table.sort({3, 1, 'x'})
table.sort({{}, {}})
local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return t
local t = {1} table.insert(t, 4, 'far') return {#t, t[4]}
local t = {1, 2, 3} return {table.remove(t), table.remove(t, 1), #t}
return {table.remove({})}
table.insert({}, 1, 2, 3)
table.insert(nil, 1)
local r = {} for i, v in ipairs({'a', 'b', nil, 'd'}) do r[i] = v end return r
local n = 0 for k, v in pairs({a = 1, b = 2, 3}) do n = n + v end return n
local r = {} for k in pairs({10, 20, x = 1, 30}) do r[#r + 1] = tostring(k) end return r
local t = {} t[2] = 'b' t[1] = 'a' t[3] = 'c' local r = {} for _, v in pairs(t) do r[#r + 1] = v end return #r
return next({})
return {next({'a'})}
return rawequal('a', 'a') and rawget({5}, 1)
local r = {} for i = 10, 1, -3 do r[#r + 1] = i end return r
local r = {} for i = 0, 1, 0.25 do r[#r + 1] = tostring(i) end return r
for i = 1, 'x' do end
local i = 0 while true do i = i + 1 if i > 5 then break end end return i
local i = 0 repeat i = i + 1 until i >= 3 return i
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end return fact(15)
local function sum(...) local s = 0 for _, v in ipairs({...}) do s = s + v end return s end return sum(1, 2, 3)
local function count(...) return select('#', ...) end return count(nil, nil)
local t = setmetatable({}, {__index = function(_, k) return k .. '!' end}) return t.hello
local t = setmetatable({}, {__add = function(a, b) return 42 end}) return t + 1
local t = setmetatable({}, {__tostring = function() return 'me' end}) return tostring(t)
local t = setmetatable({}, {__index = function(_, k) error('no ' .. k) end}) return t.x
local Account = {} Account.__index = Account function Account.new(b) return setmetatable({b = b}, Account) end function Account:get() return self.b end return Account.new(5):get()
local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end) local _, x = coroutine.resume(co, 1) local _, y = coroutine.resume(co, 10) return {x, y, coroutine.status(co)}
return coroutine.wrap(function() error('c') end)()
local co = coroutine.wrap(function() return redis.call('GET', KEYS[2]) end) return co()
return {pcall(error, 'x')}
return {pcall(error, {1, 2})}
local ok, e = pcall(function() error('here') end) return e
local ok, e = pcall(function() error('here', 0) end) return e
local ok, e = pcall(function() error('here', 2) end) return e
local ok, e = pcall(function() error({code = 5}) end) return e.code
local ok, e = pcall(function() local x = nil; return x.y end) return e
local ok, e = pcall(string.rep) return e
return {xpcall(function() error('x') end, function(m) return 'handled ' .. m end)}
return select(2, xpcall(function() error('x') end, debug.traceback))
local f = loadstring('return 1 + 1') return f()
local f, e = loadstring('x =') return e
local f = loadstring('return ...') return f(7)
return load('return 1')()
local n = 0 local f = load(function() n = n + 1 return n == 1 and 'return 5' or nil end) return f()
local f = loadstring('return abc') setfenv(f, {abc = 'from env'}) return f()
return getfenv(1) == _G
return _VERSION
return type(math.type) .. type(utf8) .. type(table.unpack) .. type(rawlen) .. type(string.pack)
return type(bit) .. type(struct) .. type(cmsgpack) .. type(unpack) .. type(cjson)
return type(os.time()) .. type(os.clock())
return type(collectgarbage('count')) .. collectgarbage()
error('x')
error('x', 0)
error({err = 'ERR as a table'})
error({1})
error()
error(5)
error(nil)
error('two\nlines')
error(ARGV[6])
error(ARGV[5])
assert(false)
assert(nil, 'message')
assert(1 == 2, 'they ' .. 'differ')
return assert(5, 'fine')
return nil + 1
return 1 + {}
return 'x' + 1
return 1 < 'x'
return {} < {}
return nil > 1
return {} .. 'x'
return 'a' .. nil
local x return x.y
local x return x()
local t = {} return t.x.y
local t = {} t.x.y = 1
local t = {} t[nil] = 1
local t = {} t[0/0] = 1
local t = {} return t:method()
local a = 'text' return a.b.c
local up = nil local function f() return up.x end return f()
local up = nil local function f() return up + 1 end f()
return #nil
return #5
return -{}
return foo
return foo()
return foo.bar
return foo + 1
x = 1
x, y = 1, 2
function named() end
local function f() undeclared = 5 end f() return redis.call('GET', KEYS[2])
for k in nil do end
for k, v in pairs(nil) do end
for _, v in ipairs(5) do end
local function f() error('deep') end
local function g() f() end

g()
local function a() return nil .. 'x' end local function b() a() end local t = {m = b} t.m()
local function f() return error('tail') end return f()
local function f() return f() + 1 end f()
local t = {f = function() error('in a field') end} t.f()
local t = {} function t:m() error('in a method') end t:m()
return tostring(nil)..nil
return math.floor('x')
return math.floor({})
return ('x'):rep()
return string.sub()
return setmetatable(1, {})
return string.char(-1)
return math.random(0)
return select(0)
return ipairs()
x =
if true then
if true then

for i = 1, 2 do
return 'abc
return "abc
print('a'
return {1, 2
return 1 +
local = 5
local function = 3
return return
end
return 5 // 2
return 5 & 3
return 1 << 2
return ~1
goto x
local a <const> = 1
return 3x
return 0xg
return 1..2
x == 1
if x = 1 then end
f(
a.b:c = 1
'text'
for i in 1 2 do end
for i = 1 do end
while true
return a b
local t = {1 2}
return !true
if x != 1 then end
x += 1
return [[abc
--[[ no end
return '\300'
else
until true
function f( end
return function() end end
break
local x = 5;; return x
#!lua
-- a comment only
return redis.call('GET', KEYS[2])
return redis.call('GET', KEYS[4])
return type(redis.call('GET', KEYS[4]))
return redis.call('GET', KEYS[5])
return #redis.call('GET', KEYS[5])
return redis.call('SET', KEYS[6], ARGV[6])
redis.call('SET', KEYS[6], ARGV[6]) return redis.call('GET', KEYS[6]) == ARGV[6]
return redis.call('set', KEYS[4], 'x')['ok']
return redis.call('SET', KEYS[4], 3.7) and redis.call('GET', KEYS[4])
return redis.call('SET', KEYS[4], 10/2) and redis.call('GET', KEYS[4])
return redis.call('SET', KEYS[4], 1e20) and redis.call('GET', KEYS[4])
return redis.call('SET', KEYS[4], 0.1) and redis.call('GET', KEYS[4])
return redis.call('SET', KEYS[4], 2^53) and redis.call('GET', KEYS[4])
return redis.call('SET', KEYS[4], true)
return redis.call('SET', KEYS[4], nil)
return redis.call('SET', KEYS[4], {})
return redis.call('SET', KEYS[4])
return redis.call('INCR', KEYS[2]) + 1
return redis.call('INCRBY', KEYS[2], ARGV[1])
return redis.call('INCRBY', KEYS[2], 1.5)
return redis.call('INCRBY', KEYS[2], 2.0)
return redis.call('INCRBYFLOAT', KEYS[2], 0.5)
return redis.call('HGETALL', KEYS[3])
return redis.call('HMGET', KEYS[3], 'name', 'nope', 'price')
return redis.call('HGET', KEYS[3], 'price') * 2
return redis.call('HGET', KEYS[1], 'name')
return redis.call('HGET', KEYS[1])
return redis.call('NOPE')
return redis.call('GET', 'a', 'b')
return redis.call()
return redis.call({})
return redis.call('EVAL', 'return 1', 0)
return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
return redis.call('ZSCORE', KEYS[1], 'mug')
return redis.call('ZSCORE', KEYS[1], 'mug') + 1
return tonumber(redis.call('ZSCORE', KEYS[1], 'nope'))
return redis.call('ZSCORE', KEYS[1], 'nope') == false
return redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[3])
return redis.call('EXISTS', KEYS[4]) == 0
if redis.call('EXISTS', KEYS[4]) then return 'there' end return 'gone'
if 0 then return 'true' end
return redis.call('LRANGE', 'list', 0, -1)
return redis.call('SMEMBERS', 'set')
return redis.call('TYPE', KEYS[1])
return redis.call('TYPE', KEYS[1]).ok
return redis.call('DEL', KEYS[1], KEYS[2])
return redis.call('MSET', unpack({'a', '1', 'b', '2'}))
return redis.call('EXPIRE', KEYS[2], 60)
return redis.call('LPOP', 'nolist')
return redis.call('PING')
return redis.call('ECHO', ARGV[6])
return redis.call('OBJECT', 'ENCODING', KEYS[2])
return redis.pcall('HGET', KEYS[1], 'name')
return redis.pcall('HGET', KEYS[1], 'name').err
return redis.pcall('NOPE').err
return redis.pcall('GET', KEYS[2])
local r = redis.pcall('INCR', KEYS[3]) if r.err then return 'failed: ' .. r.err end
return {pcall(redis.call, 'NOPE')}
local ok, e = pcall(redis.call, 'NOPE') return {type(e), tostring(e)}
local ok, e = pcall(redis.call, 'NOPE') error(e)
local ok, e = pcall(function() return redis.call('NOPE') end) return ok
pcall(redis.call, 'NOPE') error('another')
local call = redis.call return call('GET', KEYS[2])
return type(redis.call)
redis.call('SET', KEYS[4], 'kept') error('after a change')
redis.log(redis.LOG_WARNING, 'a line')
redis.log('x')
return redis.LOG_NOTICE
return redis.sha1hex('x')
return redis.setresp(3)
redis.setresp(3) return redis.call('HGETALL', KEYS[3])
redis.setresp(5)
return cjson.encode({1, 2, {a = 'b'}})
return cjson.encode({name = 'Zoë'})
return cjson.encode({})
return cjson.encode('text')
return cjson.encode(1.5) .. cjson.encode(true) .. cjson.encode(cjson.null) .. cjson.encode(2)
return cjson.encode(nil)
local t = cjson.decode('{"a": [1, 2.5, "x", null, true], "b": {"c": "é"}}') return {t.a[1], tostring(t.a[2]), t.a[3], t.a[4] == cjson.null, t.a[5], t.b.c}
return cjson.decode('[1, [2, 3]]')
return #cjson.decode('[1, 2, 3]')
return cjson.decode('{')
return cjson.decode('5') + 1
return cjson.encode(cjson.decode('{"x":{"y":[1,2]}}'))
local t = {} for i = 1, 3000 do t[i] = i end return #cjson.encode(t)
local t = {} for i = 1, 300 do t[#t + 1] = i * i end return t
""".strip("\n")

SPLIT_SCRIPTS = []
for line in SCRIPTS.splitlines():  # some are written on several lines
    follows = SPLIT_SCRIPTS and SPLIT_SCRIPTS[-1] in (
        "return [[two",
        "local function f() error('deep') end",
        "local function f() error('deep') end\nlocal function g() f() end",
        "local function f() error('deep') end\nlocal function g() f() end\n",
    )
    if follows:
        SPLIT_SCRIPTS[-1] += "\n" + line
    elif line:
        SPLIT_SCRIPTS.append(line)

# These stay different, and why; the rest has to be the same to the letter.
KNOWN = {
    "local x = 5;; return x": "Lua 5.3 takes a lone semicolon",
    "break": "Lua 5.3 looks for the loop at the end of the block",
}


def _shown(reply):
    if isinstance(reply, Exception):
        return f"{type(reply).__name__}: {reply}"
    if isinstance(reply, list | tuple):
        return [_shown(item) for item in reply]
    return repr(reply)


def _tried(ask):
    try:
        return _shown(ask())
    except Exception as error:
        return _shown(error)


def _of_scripts():
    for script in SPLIT_SCRIPTS:
        client = fakeredis.FakeRedis(version=(7,), protocol=2)
        for command in FIRST:
            client.execute_command(*command)
        reply = _tried(lambda s=script, c=client: c.eval(s, len(KEYS), *KEYS, *ARGS))
        left = {key: client.dump(key) and client.type(key) for key in sorted(client.keys())}
        yield script, [reply, _shown(sorted(left.items())), _tried(lambda c=client: c.get(KEYS[3]))]


def _of_the_kit():
    """The scripts of the kit and its lessons, in a store that is strict about them."""
    store = Store(["HSET product:mug name Mug price 9.50", "ZADD cart:{demo} 2 mug 1 old"])
    client = new_client(store.server)
    lines = [p.command for p in (speed.p1, speed.p2, speed.p3)]
    for line in (*lines, races.TAKES_ONE, sets.Click("ann", "mug")):
        yield str.__str__(line), _tried(lambda w=words(line): client.execute_command(*w))
    for way in (*trips.VIEWS.values(), *trips.ADDS.values()):
        trips.fill_cart(client, 3)
        yield f"trips {way.__name__}", _tried(lambda w=way: w(client))
    for name, guess in vars(speed).items():
        if isinstance(guess, speed.Guess):
            yield name, _tried(lambda g=guess: g.proof(client))
    for script in ("return undefined_name", "return None", "redis.call('SET', 'k', 1) return 1"):
        yield f"strict: {script}", _tried(lambda s=script: client.eval(s, 0))
    yield "made up", sorted(client.eval("return redis.made_up", 0))
    say = client.register_script("return ARGV[1]")
    yield "registered", [say(args=["first"]), say(args=["second"])]
    yield "EVALSHA", _tried(lambda: client.evalsha("0" * 40, 0))
    yield "SCRIPT LOAD", _tried(lambda: client.script_load("return 1"))
    code = "#!lua name=mine\nredis.register_function('f', function(k, a) return {k[1], a[1]} end)"
    yield "FUNCTION LOAD", _tried(lambda: client.function_load(code, replace=True))
    yield "FCALL", _tried(lambda: client.fcall("f", 1, "key", "argument"))


def _of_endless_loops():
    """A script is ended after its time, and its error has the words that are looked for."""
    loops = {
        "while": "while true do end",
        "pcall": "while true do pcall(function() while true do end end) end",
        "calls": "while true do redis.call('GET', KEYS[1]) end",
    }
    for name, script in loops.items():
        store = Store([])
        store.wind_up()
        text = _tried(lambda c=store.client, s=script: c.eval(s, 1, "k"))
        yield f"endless: {name}", text.splitlines()[0]


def _of_exercises():
    """What each reference and each mistake of the lesson about scripts does in its worlds."""
    for task in (speed.q1, speed.q2, speed.q3):
        functions = [task.reference_function, *(mistake.function for mistake in task.mistakes)]
        for function in functions:
            for n, case in enumerate(task.cases):
                done = attempt(function, case, trusted=True)
                error = done.error and f"{type(done.error).__name__}: {done.error}"
                seen = [repr(done.result), error, repr(sorted(done.keys.items())), done.made_up]
                yield f"{task.name} {function.__name__} {n}", seen


def answers() -> dict:
    """Return what each script gives, in texts."""
    assert Case
    groups = _of_scripts(), _of_the_kit(), _of_endless_loops(), _of_exercises()
    return dict(pair for group in groups for pair in group)
