PATH=bin
f() { typeset y=$1; echo "f $y $((y * 3))"; return 4; }; f 5; echo $?
for i in a b c; do case $i in a) echo A;; b|c) echo "bc $i";; esac; done
while read l; do echo "[$l]"; done <<EOF
here ${i}
$(echo sub)
\$notx
EOF
cat in/a.txt | while read a; do echo "p:$a"; done
cat in/a.txt |& while read -p a; do echo "co:$a"; done
trap 'echo int' INT; kill -INT $$; trap 'echo usr' USR1
(sleep 0.1; kill -USR1 $$) & wait; wait; echo waited
set -- 1 2 3; shift; echo "$# $* $@"; IFS=:; echo "$*"; unset IFS
{ echo to; echo group; } > g.txt; sed -n 2p g.txt
(exit 3); echo $?; false || echo or; true && echo and; ! true; echo $?
eval 'z=7'; echo $z; readonly ro=1; (ro=2) 2>/dev/null; echo $?
[[ -f in/a.txt && abc = a* ]] && echo tests; set -A array one two three; echo "${array[@]:1}" "${#array[*]}"
exec 3>fd3.txt; echo three >&3; exec 3>&-; cat fd3.txt; exec 4<in/a.txt; read -u4 q; echo $q
(sleep 0.1; exit 5) & wait $!; echo "waited $?"
while getopts ab: o -a -b x; do echo "$o $OPTARG"; done; echo *; echo in/*; echo "nope*"
typeset -Z5 padded=42; typeset -u upper=text; echo $padded $upper $((16#ff)) ${z/7/eight} $RANDOM >/dev/null
trap 'echo at the end' EXIT; nosuchcommand; echo $?; cd in; exit 9
