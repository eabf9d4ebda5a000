#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The line of progress on terminals of several widths, while one is resized too; what the summary and the last
# line of JSON say at the end.
. "$top_srcdir/tests/lib/tap.sh" || exit
cheap=(-pbkdf-weak -pbkdf-memory 64 -pbkdf-iterations 4 -pbkdf-parallel 1)

name='日本語の長い名前のファイル, e\u0301galement, in a long path'
name=$(printf '%b' "$name").bin
mkdir -p "$tmp/tree/a directory of some length/and another one in it"
file="$tmp/tree/a directory of some length/and another one in it/$name"
head -c 5000000 /dev/urandom >"$file"
printf 'a passphrase of some length\n' >"$tmp/pass"
chmod 600 "$tmp/pass"

drawn() { # file: each line as it was drawn
	tr '\r' '\n' <"$1" | sed -n $'s/\033\\[K.*//p' | grep .
}
n_drawn() { drawn "$tmp/terminal" | grep -c '^writing'; }
drawn_since() { [ "$(n_drawn)" -ge $(($1 + 3)) ]; } # number of lines
width_of() { drawn "$1" | wc -L; }

# The reader of the image, which waits until the line was drawn several times.
cat >"$tmp/reader" <<-END
	. "$top_srcdir/tests/lib/tap.sh"
	trap - EXIT; rm -rf "\$tmp"
	tmp='$tmp'
	$(declare -f drawn n_drawn drawn_since)
	wait_until drawn_since 0
	if [ \$# = 1 ]; then
		stty cols "\$1" </dev/tty
		echo RESIZED >/dev/tty
		wait_until drawn_since "\$(n_drawn)"
	fi
	cat >/dev/null
END
show() { # columns [columns to resize to]
	on_terminal "$tmp/terminal" "stty cols $1; '$XBURNCRYPT' -o - -pass-file '$tmp/pass' ${cheap[*]} '$tmp/tree' |
		bash '$tmp/reader' $2"
}

for columns in 20 40 80 200; do
	show "$columns" ''
	n_drawn | grep -qE '^([3-9]|[0-9]{2,})$'
	tap_ok "$columns columns: a line is drawn" || tap_note "$(cat -v "$tmp/terminal")"
	tap_is "$(($(width_of "$tmp/terminal") < columns))" 1 "$columns columns: no line is wider" ||
		tap_note "$(drawn "$tmp/terminal")"
done
tap_like "$(drawn "$tmp/terminal")" "^writing: +[0-9]+ %, [0-9.]+ of [0-9.]+ MB, .*reading $(printf '%s' "$file" | sed 's/[.]/\\./g')\$" \
	'200 columns: the file that is read, in full' || tap_note "$(drawn "$tmp/terminal")"
tap_like "$(drawn "$tmp/terminal")" '^deriving the key' 'while the key is derived, that is said'
show 80 ''
tap_like "$(drawn "$tmp/terminal")" '^writing: .*, reading \.\.\..* path\.bin$' '80 columns: the end of a long path'
show 200 40
sed -n '/RESIZED/,$p' "$tmp/terminal" | sed 's/.*RESIZED//' >"$tmp/after"
[ "$(drawn "$tmp/after" | grep -c '^writing')" -ge 2 ]
tap_ok 'resized: the line is drawn on'
# the first one may have been begun before
drawn "$tmp/after" | sed 1d >"$tmp/lines"
tap_is "$(($(wc -L <"$tmp/lines") < 40))" 1 'resized: the new width holds' || tap_note "$(cat "$tmp/lines")"

"$XBURNCRYPT" list -pass-file "$tmp/pass" "$tmp/none" >/dev/null 2>"$tmp/stderr"
tap_is "$(grep -c deriving "$tmp/stderr")" 0 'without a terminal nothing is drawn'
"$XBURNCRYPT" -o "$tmp/img" -pass-file "$tmp/pass" "${cheap[@]}" "$tmp/tree" >/dev/null 2>&1
on_terminal "$tmp/terminal" "'$XBURNCRYPT' list -pass-file '$tmp/pass' '$tmp/img'"
tap_like "$(drawn "$tmp/terminal")" '^deriving the key' 'reading: while the key is derived, that is said'

# a reader that waits until writing takes a second
"$XBURNCRYPT" -o - -progress plain -pass-file "$tmp/pass" "${cheap[@]}" "$tmp/tree" 2>"$tmp/summary" | {
	wait_until grep -q '0:01 elapsed' "$tmp/summary"
	cat >/dev/null
}
tap_like "$(cat "$tmp/summary")" '^stdout: wrote .* in [0-9]+:[0-5][0-9], [0-9.]+ MB/s$' 'the summary says how long it took, and how fast'

json() { # options...: the last line
	"$XBURNCRYPT" -progress json -pass-file "$tmp/pass" "${cheap[@]}" "$@" 2>"$tmp/events" >"$tmp/stdout"
	tail -n 1 "$tmp/events"
}
if command -v jq >/dev/null; then
	rm -f "$tmp/img"
	last=$(json -o "$tmp/img" -uuid 12345678-1234-4234-8234-123456789abc -verify "$tmp/tree")
	tap_is "$(jq -c '[.event, .status, .path, .format, .cipher, .key_bits, .uuid, .verified, .simulated, .written_bytes]' <<<"$last")" \
		"[\"done\",0,\"$tmp/img\",\"luks2\",\"aes-xts-plain64\",512,\"12345678-1234-4234-8234-123456789abc\",true,false,$(stat -c %s "$tmp/img")]" \
		'JSON: the last line has the result'
	tap_is "$(jq -c .commands <<<"$last")" "$("$XBURNCRYPT" info -json -pass-file "$tmp/pass" "$tmp/img" | jq -c .commands)" \
		'JSON: the commands, as info tells them'
	tap_is "$(jq '.seconds | type' <<<"$last") $(jq 'has("failure")' <<<"$last")" '"number" false' 'JSON: how long it took, and no failure'
	last=$(json -o "$tmp/img" "$tmp/tree")
	tap_is "$(jq -c '[.event, .status, .failure.name, .failure.text, .failure.hint, .uuid]' <<<"$last")" \
		"[\"done\",2,\"$tmp/img\",\"already exists\",\"use -force to replace it\",null]" 'JSON: a failure is in the last line'
	tap_is "$(jq -c 'select(.event == "error") | del(.event)' "$tmp/events")" "$(jq -c .failure <<<"$last")" 'JSON: as it was told before'
	"$XBURNCRYPT" -o - -progress json -pass-file "$tmp/pass" "${cheap[@]}" "$tmp/tree" 2>"$tmp/events" | {
		wait_until grep -qs '"file"' "$tmp/events"
		cat >/dev/null
	}
	tap_is "$(jq -r 'select(.event == "progress" and .phase == "writing" and has("file")).file' "$tmp/events" | sort -u)" "$file" \
		'JSON: the file that is read'
	jq -e . "$tmp/events" >"$tmp/log" 2>&1
	tap_ok 'JSON, to stdout: nothing but JSON on stderr' || tap_note "$(cat "$tmp/log")"
	chmod 000 "$file"
	if [ ! -r "$file" ]; then
		echo more >"$tmp/tree/more"
		last=$(json -o "$tmp/img" -force -skip-unreadable "$tmp/tree")
		tap_is "$(jq -c '[.status, (.uuid | type), (.failure.text | type)]' <<<"$last")" '[5,"string","string"]' \
			'JSON: an incomplete result is there, and its failure'
	else
		tap_skip 'JSON: an incomplete result' 'root can read every file'
	fi
	chmod 600 "$file"
else
	tap_skip 'JSON' 'jq is not installed'
fi
tap_done
