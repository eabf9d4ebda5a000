#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion for bash offers what --help lists.
. "$top_srcdir/tests/lib/tap.sh" || exit
. "$top_srcdir/doc/bash-completion/xburncrypt" 2>"$tmp/err"
tap_is "$(cat "$tmp/err")" "" "it loads"
cd "$tmp" || exit
touch disc.img

complete_words() { # words before the cursor, the last one unfinished; the program's path first
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	local before=${COMP_WORDS[COMP_CWORD - 1]}
	_xburncrypt "$XBURNCRYPT" "${COMP_WORDS[COMP_CWORD]}" "$before"
	printf '%s\n' "${COMPREPLY[@]}"
}

tap_is "$(complete_words xburncrypt -pass)" $'-pass-file\n-pass-fd' "options that begin so"
tap_is "$(complete_words xburncrypt --enc | sort)" \
	"$(printf -- '--%s\n' encpass encpass-file encpass-hex encrypt encstyle)" "with two dashes"
tap_is "$(complete_words xburncrypt -)" "$("$XBURNCRYPT" --help | sed -nE 's/^  (-[A-Za-z-]+).*/\1/p')" \
	"all options of --help"
tap_is "$(complete_words xburncrypt -pbkdf a)" argon2id "values of an option"
tap_is "$(complete_words xburncrypt -format luks | sort)" $'luks1\nluks2' "formats as the program lists them"
tap_is "$(complete_words xburncrypt form)" $'format\nformats' "verbs"
tap_is "$(complete_words xburncrypt blank -f)" -fast "options of a verb"
tap_is "$(complete_words xburncrypt -progress = j)" json "values behind an equals sign"
tap_is "$(complete_words xburncrypt -o di)" disc.img "files for an output"
tap_is "$(complete_words xburncrypt -quiet di)" disc.img "files for a source"
tap_done
