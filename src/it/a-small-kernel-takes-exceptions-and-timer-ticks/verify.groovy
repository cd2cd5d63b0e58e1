def said = { new File(basedir, "target/${it}.log").readLines() }
def whole = said('whole')
assert whole.first() == 'kernel, magic 0x2badb002'
assert whole.count { it.startsWith('exception 0x') } == 5
assert whole.containsAll((1..5).collect { "tick 0x$it".toString() })
assert whole.contains('sent by interrupts')
assert whole.contains('ring 3 is back, ticks there 0x3')
// The image was made in the middle, and the two parts are the whole.
def first = said('first')
assert first.last() == 'tick 0x5'
assert first + said('second') == whole
// The same where the kernel itself asked to be saved; restored, it knows.
assert said('first-own') == first
assert said('second-own') == ['restored'] + said('second')
