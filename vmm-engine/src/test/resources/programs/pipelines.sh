# Pipelines, substitutions, subshells and other programs. $BB runs busybox's tools; alone, its shell has them itself.
words() { printf '%s\n' pear apple fig apple banana cherry fig apple; }
words | $BB sort | $BB uniq -c | $BB sort -rn | $BB head -n 3
echo "$(words | $BB wc -l | $BB tr -d ' ') lines, $(echo inner $(echo innermost))"
i=0; while [ $i -lt 200 ]; do echo "$i $((i * i % 97)) row"; i=$((i + 1)); done > rows.txt
$BB awk '{ n[$2 % 5] += $1 } END { for (k = 0; k < 5; k++) printf "%d:%d ", k, n[k]; printf "%.6f\n", 22 / 7 }' rows.txt
$BB sed -n 's/^\([0-9]*\)5 \(.*\) row$/<\1|\2>/p' rows.txt | $BB tail -n 4
$BB grep -c ' 1[0-9] ' rows.txt; $BB cut -d' ' -f2 rows.txt | $BB sort -n | $BB uniq | $BB wc -l | $BB tr -d ' '
(cd in; x=changed; echo "$x"; exit 3); echo "subshell $?"
{ echo b; echo a; } | $BB sort > sorted.txt; $BB cat sorted.txt in/a.txt | $BB tee copy.txt | $BB md5sum
$BB mkdir -p made/deep; $BB cp rows.txt made/deep/r; $BB mv made/deep/r made/s; $BB ls made | $BB tr '\n' ' '; $BB rm -r made/deep
$BB ln -s sorted.txt link; $BB readlink link; $BB cat link | $BB tac | $BB tr a-z A-Z
$BB seq 1 2000 | $BB gzip -c | $BB gunzip -c | $BB sha256sum
$BB tar -cf - in | $BB tar -tf - | $BB sort
yes_no() { while :; do echo y; done; }
yes_no | $BB head -n 3 | $BB tr '\n' ' '; echo
echo 'to the background' > bg.txt & wait $!; echo "waited $?"; $BB cat bg.txt
$BB sleep 1; (sleep_status=7; exit $sleep_status) & wait $!; echo "status $?"
$BB find . -name '*.txt' -type f | $BB sort | $BB xargs $BB wc -c | $BB awk '{ print $1 }' | $BB tr '\n' ' '; echo
echo '6 * 7; scale=3; 22/7' | $BB bc 2>/dev/null || $BB expr 6 \* 7
$BB sh -c 'kill -TERM $$'; echo "killed $?"
trap 'echo got USR1' USR1; kill -USR1 $$; echo after
$BB test -f rows.txt -a ! -e missing && echo tests; $BB false || echo "false $?"; $BB nothing 2>/dev/null; echo "missing applet $?"
$BB cat; $BB od -c in/a.txt | $BB head -n 2; $BB printf '%s-%05.1f\n' end 2.25
