-- What Lua 5.1 has, said in terms of what Lua 5.3 has.
_VERSION = "Lua 5.1"
unpack = table.unpack
math.mod = math.fmod

local getinfo, getupvalue, upvaluejoin = debug.getinfo, debug.getupvalue, debug.upvaluejoin
local error, type, collectgarbage, pairs, ipairs = error, type, collectgarbage, pairs, ipairs

function gcinfo()
    return collectgarbage("count")
end

function table.foreach(t, f)
    for key, value in pairs(t) do
        local result = f(key, value)
        if result ~= nil then return result end
    end
end

function table.foreachi(t, f)
    for i, value in ipairs(t) do
        local result = f(i, value)
        if result ~= nil then return result end
    end
end

-- The environment of a function is its upvalue _ENV; one that uses no global has none.
local function function_of(f)
    if type(f) == "function" then return f end
    local info = getinfo((f or 1) + 2, "f")
    return info and info.func or error("invalid level", 3)
end

local function environment(f)
    for i = 1, 255 do
        local name, value = getupvalue(f, i)
        if name == "_ENV" then return i, value end
        if not name then return end
    end
end

function getfenv(f)
    if f == 0 then return _G end
    local _, value = environment(function_of(f))
    return value or _G
end

function setfenv(f, env)
    f = function_of(f)
    local i = environment(f)
    if i then upvaluejoin(f, i, function() return env end, 1) end
    return f
end
