# What bash has beyond a POSIX shell, without another process.
declare -A color=([sky]=blue [grass]=green [sun]=yellow)
for k in grass sky sun; do printf '%s=%s ' "$k" "${color[$k]}"; done; echo
list=({1..20} x{a,b,c})
echo "${#list[@]} ${list[@]:3:4} ${list[-1]}"
for ((i = 0, s = 0; i < 500; i++)); do ((s += i * i % 7)); done; echo "s=$s $((s << 3)) $((16#ff)) $((2 ** 40)) $((s > 5 ? 1 : 0))"
text='The year 1984 and the year 2001'
[[ $text =~ ([0-9]+)[^0-9]+([0-9]+) ]] && echo "${BASH_REMATCH[1]}-${BASH_REMATCH[2]}"
echo "${text//year/YEAR} ${text^^} ${text,,} ${text:4:9} ${text/#The/A}"
shopt -s extglob nullglob
case $text in *+([0-9])) echo ends in digits ;; esac
words=($text); echo "${!words[@]} ${words[*]/a/A}"
mapfile -t lines < in/b.txt; echo "${#lines[@]}: ${lines[1]}"
printf -v padded '%08.3f %q %b' 3.14159 "it's" 'tab\there'; echo "$padded"
printf '%(%Y)T\n' 0
fib() { local a=0 b=1 t; for ((n = 0; n < $1; n++)); do ((t = a + b, a = b, b = t)); done; REPLY=$a; }
fib 80; echo "$REPLY"
sort_list() { local -n ref=$1; local i j t; for ((i = 0; i < ${#ref[@]}; i++)); do for ((j = i + 1; j < ${#ref[@]}; j++)); do
  if [[ ${ref[j]} < ${ref[i]} ]]; then t=${ref[i]} ref[i]=${ref[j]} ref[j]=$t; fi; done; done; }
animals=(zebra yak cow ant bee); sort_list animals; echo "${animals[@]}"
read -r -d '' block <<< $'first\nsecond'; echo "${block@Q}"
while IFS=, read -r a b c; do echo "$b:$a:$c"; done <<< $'1,2,3\n4,5,6'
select_none() { echo "${FUNCNAME[0]} $LINENO ${BASH_SOURCE##*/}"; }; select_none
trap 'echo "trapped $?"' ERR; false; trap - ERR
{ echo grouped; echo twice; } > group.out; mapfile -t g < group.out; echo "${g[*]}"
for f in in/*.txt; do [[ -s $f ]] && echo "${f##*/} not empty"; done
ulimit -n 300; ulimit -n; umask; type -t echo; echo ${BASH_VERSINFO[0]}
let 'q = 7 / 2'; echo $q; echo $((1 / 0)); echo after
