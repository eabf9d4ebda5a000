#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who includes whom, which library lives where, and that no modules include one another in a circle
# (doc/DESIGN.md, "The rooms"). What looks for that is tried first on a copy with one planted mistake of each kind.
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

# The rooms that a room may include from, besides itself. main.c is a room of its own.
allowed_of() {
	case $1 in
	util) echo ;;
	iso | heal) echo util ;;
	crypto) echo iso util ;;
	burn) echo heal crypto util ;;
	tree) echo burn iso crypto util ;;
	drive) echo burn util ;;
	disc) echo iso heal crypto util ;;
	mount) echo disc iso util ;;
	job) echo mount disc drive tree burn iso heal crypto util ;;
	cli) echo job mount disc drive tree burn iso heal crypto util ;;
	main) echo cli util ;;
	*) return 1 ;;
	esac
}
# Each library's headers, and the only files that may include them, as extended regular expressions.
places() {
	cat <<-'END'
		libisofs/ tree/.*
		libburn/ drive/.*|burn/stage\.h
		openssl/ crypto/.*
		libcryptsetup\.h crypto/.*
		json-c/|json\.h crypto/.*
		sodium util/(minisign|secret|sha256)\.c
		zlib\.h iso/zisofs\.c
		isa-l heal/galois\.c
		fuse mount/.*
	END
}

# "FILE HEADER" of each include of one form in a source root: '"' or '<'; paths begin behind the root.
includes() { # root form
	find "$1" -name '*.[ch]' -printf '%P\n' | LC_ALL=C sort | (cd "$1" && xargs -r grep -HoE \
		"^[[:space:]]*#[[:space:]]*include[[:space:]]*$2[^\">]+") | sed -E "s/:[^$2]*$2/ /"
}
# The includes of a root that the table above does not allow, and those that are not whole paths.
forbidden_arrows() { # root
	local file header room allowed
	includes "$1" '"' | while read -r file header; do
		case $file in
		*/*) room=${file%%/*} ;;
		*) room=${file%.*} ;;
		esac
		[ "$header" != config.h ] || continue
		allowed=$(allowed_of "$room") || { echo "$file: $room is not a room"; continue; }
		case " $room $allowed " in
		*" ${header%%/*} "*) ;;
		*) echo "$file: includes $header" ;;
		esac
	done | LC_ALL=C sort -u
}
strayed_libraries() { # root
	local header place list
	list=$(includes "$1" '<' && includes "$1" '"')
	places | while read -r header place; do
		grep -E "^[^ ]+ ($header)" <<<"$list" | grep -vE "^($place) " | sed 's/ /: includes /'
	done
}
# Modules (foo.c and foo.h) that include one another, as "a > b > a", until no circle is left.
circles() { # root
	includes "$1" '"' | sed -E 's/\.[ch]( |$)/\1/g' | awk '
		!out[$1] { module[++n_modules] = $1 }
		$1 != $2 { out[$1] = out[$1] " " $2 }
		# depth first: 1 while a module is on the path, 2 when all that it leads to is known
		function visit(m,    i, n, next_of) {
			state[m] = 1
			path[++depth] = m
			n = split(out[m], next_of, " ")
			for (i = 1; i <= n; i++) {
				if (state[next_of[i]] == 1)
					tell(next_of[i])
				else if (!state[next_of[i]])
					visit(next_of[i])
			}
			depth--
			state[m] = 2
		}
		# from its first name in the alphabet on
		function tell(entry,    i, from, first, text) {
			for (from = depth; path[from] != entry; from--)
				;
			first = from
			for (i = from; i <= depth; i++)
				if (path[i] < path[first])
					first = i
			for (i = first; i <= depth; i++)
				text = text path[i] " > "
			for (i = from; i <= first; i++)
				text = text path[i] (i < first ? " > " : "")
			print text
		}
		END {
			for (i = 1; i <= n_modules; i++)
				if (!state[module[i]])
					visit(module[i])
		}' | LC_ALL=C sort -u
}

# What a copy of the sources has more of than the sources, once a mistake is planted in it.
planted="$tmp/planted"
cp -R src "$planted"
plant() { # file line...: more of its lines
	printf '%s\n' "${@:2}" >>"$planted/$1"
}
more() { # finder
	LC_ALL=C comm -13 <("$1" src | LC_ALL=C sort) <("$1" "$planted" | LC_ALL=C sort)
}
plant util/fail.c '#include "cli/print.h"' '#include "fail.h"' '#include <libburn/libburn.h>'
plant crypto/format/luks.c '# include "disc/disc.h"'
plant main.c '#include "burn/stage.h"'
plant burn/stage.c '#include <sodium.h>'
mkdir "$planted/attic"
plant attic/old.c '#include "util/fail.h"'
plant util/planted_a.h '#include "util/planted_b.h"'
plant util/planted_b.c '#include "util/planted_c.h"'
plant util/planted_c.h '#include "util/planted_a.h"'
tap_is "$(more forbidden_arrows)" "attic/old.c: attic is not a room
crypto/format/luks.c: includes disc/disc.h
main.c: includes burn/stage.h
util/fail.c: includes cli/print.h
util/fail.c: includes fail.h" "forbidden includes that are planted are found"
tap_is "$(more strayed_libraries)" "burn/stage.c: includes sodium.h
util/fail.c: includes libburn/libburn.h" "libraries that are planted in a wrong place are found"
tap_like "$(more circles)" "^util/planted_a > util/planted_b > util/planted_c > util/planted_a$" "a circle that is planted is found"

tap_is "$(forbidden_arrows src)" "" "each room includes only from those that it may use, by whole paths"
tap_is "$(strayed_libraries src)" "" "each library stays in its room"
tap_is "$(circles src)" "" "no modules include one another in a circle"

# what the texts say of the folders, against the folders
for folder in src/*/ tests/*/; do
	case $folder in
	src/*) name=$folder ;;
	*) name=$(basename "$folder") ;;
	esac
	ls "$folder"*.* >/dev/null 2>&1 || continue
	for text in README.md doc/DESIGN.md; do
		grep -qwF -- "$name" "$text"
		tap_ok "$text knows $folder"
	done
done
tap_done
