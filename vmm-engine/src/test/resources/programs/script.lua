-- Closures, coroutines, patterns, metatables, garbage, floating point and files.
local function counter(step)
  local n = 0
  return function() n = n + step; return n end
end
local a, b = counter(1), counter(0.1)
for _ = 1, 10 do a(); b() end
print(a(), string.format("%.17g", b()), math.type(a()), math.type(b()))

local function permutations(list, n)
  n = n or #list
  if n <= 1 then coroutine.yield(table.concat(list, "")) end
  for i = 1, n do
    list[n], list[i] = list[i], list[n]
    permutations(list, n - 1)
    list[n], list[i] = list[i], list[n]
  end
end
local all = {}
for p in coroutine.wrap(function() permutations({"a", "b", "c", "d"}) end) do all[#all + 1] = p end
print(#all, table.concat(all, " ", 1, 6))

print(string.format("%5d|%-8s|%08.3f|%x|%g|%q|%a", 42, "left", -3.14159, 255, 1e100, 'a "quoted"\nline', 0.1))
print(("key = value; other=  thing"):gsub("(%w+)%s*=%s*(%w+)", "%2=%1"))
for word, number in ("one1 two22 three333"):gmatch("(%a+)(%d+)") do io.write(word, ":", number + 0, " ") end
print(("balanced (a (b) c) end"):match("%b()"), ("  trim  "):match("^%s*(.-)%s*$") .. "|")
print(string.pack("<i4d", 7, 1.5):byte(1, -1))

local V = {}
V.__index = V
V.__add = function(p, q) return setmetatable({x = p.x + q.x, y = p.y + q.y}, V) end
V.__tostring = function(p) return "(" .. p.x .. ", " .. p.y .. ")" end
V.__lt = function(p, q) return p.x < q.x end
local list = {}
for i = 1, 20 do list[i] = setmetatable({x = (i * 37) % 23, y = i / 4}, V) end
table.sort(list)
print(tostring(list[1] + list[20]), tostring(list[10]))

local weak = setmetatable({}, {__mode = "k"})
for i = 1, 5000 do
  local t = {i, tostring(i), {i * 2}}
  weak[t] = i
  if i % 1000 == 0 then collectgarbage() end
end
collectgarbage()
local left = 0
for _ in pairs(weak) do left = left + 1 end
print("left", left, collectgarbage("count") < 2000)

local function sieve(n)
  local composite, count = {}, 0
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      for j = i * i, n, i do composite[j] = true end
    end
  end
  return count
end
print(sieve(20000))

local x, sum = 1.0, 0.0
for i = 1, 2000 do
  x = math.sin(x) * math.exp(-i / 1000) + math.sqrt(i) / math.log(i + 1)
  sum = sum + x ^ 1.5
end
print(string.format("%.17g %.17g", x, sum), 7 // 2, -7 // 2, 7 % -3, 7.5 // 2, 1 / 0, -1 / 0, 0 / 0 ~= 0 / 0)
print(math.maxinteger + 1 == math.mininteger, 3 | 8, ~0, 1 << 62, 2 ^ 53, 10 // 0.0, math.tointeger(3.0))
print(pcall(error, {code = 5}), select(2, pcall(function() local t = nil; return t.x end)))
print(select("#", table.unpack({1, nil, 3}, 1, 3)), utf8.len("größe"), utf8.char(0x20ac, 0x1f600))

local file = assert(io.open("out.txt", "w"))
for i = 1, 300 do file:write(i, " ", i * i, " ", math.sqrt(i), "\n") end
file:close()
local total = 0
for line in io.lines("out.txt") do total = total + #line end
print(total, io.open("missing.txt"))
os.rename("out.txt", "renamed.txt")
for line in io.lines() do print(line:upper():reverse()) end
print(os.time({year = 2024, month = 2, day = 29, hour = 12}), os.date("!%Y-%m-%d %H:%M:%S", 86400 * 365))
goto done
print("never")
::done::
