#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What may be typed next, as the program tells it, and as bash, zsh and fish offer it: these run, and get the
# keys of somebody who presses the tabulator.
. "$top_srcdir/tests/lib/tap.sh" || exit
mkdir "$tmp/bin" "$tmp/work" "$tmp/work/sub" "$tmp/work/two words"
cp "$XBURNCRYPT" "$tmp/bin/xburncrypt"
export PATH="$tmp/bin:$PATH" HOME="$tmp"
cd "$tmp/work" || exit
touch disc.img 'a=b.iso' sub/inner.img

# --- the program's own answer
told() { xburncrypt __complete "$@" | cut -f 1 | tr '\n' ' '; } # words
tap_is "$(told -pass)" '-pass-file -pass-fd :nothing ' 'options that begin so'
tap_is "$(told --enc | tr ' ' '\n' | sort)" \
	"$(printf '%s\n' --encpass --encpass-file --encpass-hex --encrypt --encstyle :nothing)" 'with two dashes'
while read -r verb; do
	tap_is "$(told "$verb" - | tr ' ' '\n' | sed -n '/^-/p')" \
		"$(xburncrypt "$verb" -help-all | sed -nE 's/^  (-[A-Za-z0-9-]+).*/\1/p')" "$verb: all options that the help has"
done < <(xburncrypt --help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
tap_is "$(told -pbkdf a)" 'argon2id :nothing ' 'values of an option'
tap_is "$(told -progress=j)" '-progress=json :nothing ' 'values behind an equals sign'
tap_is "$(told -cipher aes-cbc-essiv:)" 'aes-cbc-essiv:sha256 :nothing ' 'a value with a colon'
tap_is "$(told -format luks)" 'luks2 luks1 :nothing ' 'formats'
tap_is "$(told -encstyle n)" 'new :nothing ' 'styles'
tap_is "$(told form)" 'format formats :files 0 ' 'verbs, and files, of which the first one may be the source'
tap_is "$(told help un)" 'unmount :nothing ' 'verbs behind help'
tap_is "$(told blank -f)" '-fast :nothing ' 'options of a verb'
tap_is "$(told -o di)" ':files 0 ' 'an output'
tap_is "$(told --output=di)" ':files 9 ' 'an output behind an equals sign'
tap_is "$(told -graft /Ü=di)" ':files 3 ' 'the file of a graft, behind characters, not bytes'
tap_is "$(told -graft /a)" ':nothing ' 'the place of a graft is on the disc'
tap_is "$(told -o x di)" ':files 0 ' 'a source behind an option with a value'
tap_is "$(told -quiet -- -)" ':files 0 ' 'a source behind --'
tap_is "$(told extract disc.img -to s)" ':directories 0 ' '-to: a directory'
tap_is "$(told verify disc.img -against s)" ':files 0 ' '-against: a directory or an image'
tap_is "$(told list disc.img /)" ':nothing ' 'no file behind the source of list: its paths are on the disc'
tap_is "$(told mount disc.img s)" ':directories 0 ' 'where a disc is mounted'
tap_is "$(told umount s)" ':directories 0 ' 'another name of a verb'
tap_is "$(told drives x)" ':nothing ' 'no operand where none is taken'
tap_is "$(told)" "$(told '')" 'no word is an empty word'
tap_is "$(told -nosuch=)" ':nothing ' 'an option that is none'
tap_is "$(xburncrypt __complete 'a/b' 2>&1)" ':files 0' 'a word with a slash'

# --- the shells'. What stands on the line at last: the words in brackets.
line_of() { # file: of a terminal
	# zsh takes the slash of a directory away again
	sed -n 's/.*LINE:\(\[.*\]\).*/\1/p' "$1" | tail -n 1 | sed 's,/\],],'
}
completed() { # shell keys wanted: the tabulator is pressed behind the keys
	local start
	case $1 in
	bash) start="bash --rcfile $tmp/rc.bash -i" ;;
	zsh) start="env ZDOTDIR=$tmp/zsh zsh -i" ;;
	esac
	on_terminal "$tmp/terminal" "$start" 'READY>' "xburncrypt $2"$'\t\001printf "LINE:%s\\n" "$(printf "[%s]" \005)"\nexit\n'
	tap_is "$(line_of "$tmp/terminal")" "[xburncrypt]$3" "$1: $2" || tap_note "$(cat -v "$tmp/terminal")"
}
same_for_all() { # shell
	completed "$1" '-pass-fi' '[-pass-file]'
	completed "$1" 'unm' '[unmount]'
	completed "$1" '-progress=j' '[-progress=json]'
	completed "$1" '-cipher aes-cbc-e' '[-cipher][aes-cbc-essiv:sha256]'
	completed "$1" '-o dis' '[-o][disc.img]'
	completed "$1" '--output=dis' '[--output=disc.img]'
	completed "$1" '-graft /x=dis' '[-graft][/x=disc.img]'
	completed "$1" 'verify -against dis' '[verify][-against][disc.img]'
	completed "$1" '-quiet sub/in' '[-quiet][sub/inner.img]'
	completed "$1" 'extract disc.img -to tw' '[extract][disc.img][-to][two words]'
	completed "$1" '-o two\ w' '[-o][two words]'
	completed "$1" '-graft /two\ words=dis' '[-graft][/two words=disc.img]'
}

cat >"$tmp/rc.bash" <<-END
	PS1='READY>'
	bind 'set enable-bracketed-paste off' 2>/dev/null
	. "$top_srcdir/doc/completion/xburncrypt"
END
same_for_all bash
if command -v zsh >/dev/null; then
	mkdir "$tmp/zsh"
	cat >"$tmp/zsh/.zshrc" <<-END
		bindkey -e
		unset zle_bracketed_paste
		fpath=("$top_srcdir/doc/completion" \$fpath)
		autoload -U compinit && compinit -u -D
		PROMPT='READY>'
	END
	same_for_all zsh
else
	tap_skip 'zsh' 'not installed'
fi
if command -v fish >/dev/null; then
	in_fish() { # command line
		fish --no-config -c "source '$top_srcdir/doc/completion/xburncrypt.fish'; complete -C '$1'" | cut -f 1 | tr '\n' ' '
	}
	tap_is "$(in_fish 'xburncrypt -pass-fi')" '-pass-file ' 'fish: options'
	tap_is "$(in_fish 'xburncrypt unm')" 'unmount ' 'fish: verbs'
	tap_is "$(in_fish 'xburncrypt -progress=j')" '-progress=json ' 'fish: values behind an equals sign'
	tap_is "$(in_fish 'xburncrypt -o dis')" 'disc.img ' 'fish: files'
	tap_is "$(in_fish 'xburncrypt -graft /x=dis')" '/x=disc.img ' 'fish: the file of a graft'
	tap_is "$(in_fish 'xburncrypt verify -against dis')" 'disc.img ' 'fish: -against'
	tap_is "$(in_fish 'xburncrypt -quiet sub/in')" 'sub/inner.img ' 'fish: a word with a slash'
	tap_is "$(in_fish 'xburncrypt extract disc.img -to tw')" 'two words/ ' 'fish: directories'
else
	tap_skip 'fish' 'not installed'
fi
tap_done
