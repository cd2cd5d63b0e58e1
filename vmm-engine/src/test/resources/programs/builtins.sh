# A POSIX shell's own means, without another process.
set -u
i=0
while [ $i -lt 30 ]; do
  case $((i % 5)) in
    0) printf '%3d:%-4s|%05d|%x\n' $i "z$i" $((i * 37)) $((i * 11)) ;;
    [12]) echo "low $i" ;;
    *) : ;;
  esac
  i=$((i + 1))
done
fact() {
  if [ "$1" -le 1 ]; then r=1; else local n=$1; fact $((n - 1)); r=$((r * n)); fi
}
fact 15
echo "fact $r"
for f in in/*.txt; do
  n=0 letters=0
  while IFS= read -r line; do
    n=$((n + 1))
    letters=$((letters + ${#line}))
  done < "$f"
  echo "$f $n $letters"
done > summary.out
while read -r name n letters; do
  echo "${name##*/} ${name%.txt} $((letters / n))"
done < summary.out
set -- a 'b c' "d'e"
echo "$# $* $2"
for w in "$@"; do printf '<%s>' "$w"; done; echo
x=hello/world.tar.gz
echo "${x#*/} ${x%%.*} ${x:-none} ${y:-default} ${#x}"
IFS=: ; set -- one:two::four ; for w in $1; do printf '[%s]' "$w"; done; echo; unset IFS
eval 'z=$((1 + 2))'; echo "z=$z"
cat_file() { while IFS= read -r l; do echo "$l"; done; }
cat_file <<EOF
here $((6 * 7)) and ${x}
  kept as it is
EOF
exec 3> third.out; echo to three >&3; echo more >&3; exec 3>&-
exec 4< third.out; read -r first <&4; read -r second <&4; exec 4<&-; echo "$first/$second"
umask 027; : > made.out; [ -f made.out ] && [ ! -s made.out ] && echo made
echo again >> third.out; echo nothing > /dev/null; read -r none < /dev/null || echo end
test 'abc' \< 'abd' 2>/dev/null || true
trap 'echo leaving $?' EXIT
while read -r typed; do echo "typed $typed"; done
cd in && echo *.txt && cd ..
[ -d in ] && [ -r in/a.txt ] && ! [ -e nothing ] && echo tests
exit 9
