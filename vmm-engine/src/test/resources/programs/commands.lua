-- What reaches the system: other programs, pipes to and from them, temporary files, the environment, an error at the end.
print(arg[0], #arg, ...)
print(os.execute(), os.execute("echo from a shell; exit 3"))
print(os.execute("kill -TERM $$"))
local reader = io.popen("echo one; echo two; exit 2")
for line in reader:lines() do io.write("<", line, ">") end
print(reader:close())
local writer = io.popen("sort > sorted.txt", "w")
for i = 9, 1, -1 do writer:write(i, "\n") end
print(writer:close())
for line in io.lines("sorted.txt") do io.write(line, " ") end
print(select(2, io.open("sorted.txt"):read("n", "n", "l", "L")))

local name = os.tmpname()
print(#name, os.remove(name), select("#", os.remove(name)))
local temporary = io.tmpfile()
temporary:setvbuf("full", 16)
temporary:write("a longer line than the buffer\n", 0x10p2, " ", 1e15, " ", -0.0)
print(temporary:seek("cur"), temporary:seek("set", 2), temporary:read(6, "a"))
print(os.getenv("HOME"), os.setlocale(), os.clock() >= 0, os.date("!%c", 1e9))
print(os.rename("missing", "other"))
print(pcall(require, "nothing"))
print(package.loadlib("./nothing.so", "*"))
print(debug.traceback("here", 1))
io.stdout:setvbuf("no")
io.write("unbuffered\n")
io.stderr:write("an error's line\n")
local closing = setmetatable({}, {__close = function(_, e) print("closed", e) end})
local function fails() local c <close> = closing; error(setmetatable({}, {__tostring = function() return "an object" end})) end
print(pcall(fails))
setmetatable({}, {__gc = function() print("collected at the end") end})
if ... == "exit" then os.exit(7, true) end
error("the end")
