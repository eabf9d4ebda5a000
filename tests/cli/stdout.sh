#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What commands print to standard output: whole paths, and how they end where nobody reads it.
. "$top_srcdir/tests/lib/tap.sh" || exit

mkdir "$tmp/tree"
head -c 300000 /dev/urandom >"$tmp/tree/file"
"$XBURNCRYPT" -quiet -format none -o "$tmp/img" "$tmp/tree" >/dev/null 2>&1
tap_ok 'an image is made'

into_closed_pipe() { # how SIGPIPE stands at the start, command...: a pipe whose reader has gone
	rm -f "$tmp/pipe"
	mkfifo "$tmp/pipe"
	: <"$tmp/pipe" &
	exec 5>"$tmp/pipe"
	wait $!
	env "--$1-signal=PIPE" "$XBURNCRYPT" "${@:2}" >&5 2>"$tmp/stderr"
	status=$?
	exec 5>&-
	return $status
}
if env --default-signal=PIPE true 2>/dev/null; then
	for command in "list $tmp/img" "list -l $tmp/img" "cat $tmp/img file" drives 'drives -json' formats "info $tmp/img" \
		"info -json $tmp/img" "verify $tmp/img" "decrypt -o - $tmp/img" --help 'list --help' --version; do
		# shellcheck disable=SC2086 # words
		into_closed_pipe default $command
		tap_is "$? $(grep -v warning: "$tmp/stderr")" '141 ' "$command: a reader that has gone ends it by SIGPIPE, silently"
	done
	into_closed_pipe ignore list "$tmp/img"
	tap_is "$? $(cat "$tmp/stderr")" "1 xburncrypt: stdout: can't be written: Broken pipe" 'with SIGPIPE ignored it is an error'
	into_closed_pipe default -format none -o - "$tmp/tree"
	tap_is "$? $(grep -c 'Broken pipe' "$tmp/stderr")" '1 1' 'an image that is cut short is an error, whoever reads it'
	cp "$tmp/img" "$tmp/short"
	truncate -s -1M "$tmp/short"
	into_closed_pipe default verify "$tmp/short"
	tap_is $? 3 'verify: what it found comes first'
else
	tap_skip 'a reader that has gone' 'env has no --default-signal'
fi
for command in "list $tmp/img" "cat $tmp/img file" "decrypt -o - $tmp/img" drives formats "info $tmp/img"; do
	# shellcheck disable=SC2086
	"$XBURNCRYPT" $command >/dev/full 2>"$tmp/stderr"
	tap_is "$? $(grep -v warning: "$tmp/stderr")" "1 xburncrypt: stdout: can't be written: No space left on device" \
		"$command: a full disk is an error"
done

# a reader that does not read, as a pager: Ctrl-C is no error of writing
if env --default-signal=INT true 2>/dev/null; then
	mkdir "$tmp/many"
	seq -f "$tmp/many/a_file_with_a_name_of_some_length_and_the_number_%g" 3000 | xargs touch
	"$XBURNCRYPT" -quiet -format none -o "$tmp/many.img" "$tmp/many" 2>/dev/null
	mkfifo "$tmp/unread"
	exec 5<>"$tmp/unread"
	env --default-signal=INT "$XBURNCRYPT" list "$tmp/many.img" >&5 2>"$tmp/stderr" &
	sleep 1
	kill -INT $!
	timeout "$patience" tail --pid=$! -f /dev/null || kill -KILL $!
	wait $!
	tap_is "$? $(cat "$tmp/stderr")" '130 xburncrypt: interrupted' 'list, interrupted while it waits for a reader'
	exec 5>&-
fi

# paths that are longer than PATH_MAX, of which no call can take one whole
upper=$(printf 'd%03dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/' {0..99})
lower=$(printf 'd%03dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/' {100..199})
far=$upper${lower}leaf
mkdir -p "$tmp/deep/$upper" "$tmp/$lower"
printf 'green in summer' >"$tmp/${lower}leaf"
mv "$tmp/${lower%%/*}" "$tmp/deep/$upper"
"$XBURNCRYPT" -quiet -format none -checksums -o "$tmp/deep.img" "$tmp/deep" >/dev/null 2>&1
tap_ok 'a deep tree is burned'
"$XBURNCRYPT" list "$tmp/deep.img" >"$tmp/list"
tap_is "$(grep leaf "$tmp/list")" "$far" 'list: the whole path'
tap_is "$("$XBURNCRYPT" cat "$tmp/deep.img" "$(grep leaf "$tmp/list")")" 'green in summer' 'cat takes it'
if command -v script >/dev/null; then
	script -qec "'$XBURNCRYPT' list '$tmp/deep.img'" /dev/null </dev/null | tr -d '\r' >"$tmp/list"
	tap_is "$(grep leaf "$tmp/list")" "$far" 'list on a terminal: the same'
else
	tap_skip 'list on a terminal' 'script is not installed'
fi
tap_is "$("$XBURNCRYPT" cat "$tmp/deep.img" SHA256SUMS | cut -c 67-)" "$far" 'SHA256SUMS: the same'
"$XBURNCRYPT" verify "$tmp/deep.img" >"$tmp/stdout" 2>"$tmp/stderr"
tap_like "$? $(cat "$tmp/stdout")" '^0 .*1 files? checked, 0 differ' 'verify finds the file'
printf GREEN | dd of="$tmp/deep.img" bs=1 conv=notrunc status=none \
	seek="$(LC_ALL=C grep -abo 'green in summer' "$tmp/deep.img" | tail -1 | cut -d: -f1)"
"$XBURNCRYPT" verify "$tmp/deep.img" >"$tmp/stdout" 2>"$tmp/stderr"
tap_is "$? $(grep digest "$tmp/stderr")" "3 xburncrypt: warning: $far: does not match its digest" 'verify: a message has the whole path'
rm -rf "$tmp/deep"
tap_done
