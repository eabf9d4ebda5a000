#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who includes whom, and which library lives where (doc/DESIGN.md, "The rooms").
. "$top_srcdir/tests/lib/tap.sh" || exit
cd "$top_srcdir" || exit

# The rooms that a room may include from, itself among them.
allowed_of() {
	case $1 in
	util) echo util ;;
	crypto) echo crypto util ;;
	image) echo image util ;;
	burn) echo burn crypto util ;;
	disc) echo disc burn image crypto util ;;
	esac
}

# "FILE:HEADER" of each include of one form in a room: '"' or '<'.
includes() {
	grep -HoE "^[[:space:]]*#[[:space:]]*include[[:space:]]+$2[^\">]+" "$1"/*.[ch] 2>/dev/null |
		sed -E "s/:.*$2/:/"
}

for folder in src/*/; do
	room=$(basename "$folder")
	allowed=$(allowed_of "$room")
	if [ -z "$allowed" ]; then
		false
		tap_ok "$room is a room that doc/DESIGN.md knows"
		continue
	fi
	pattern=":(config\.h|(${allowed// /|})/[a-z0-9_]+\.h)$"
	tap_is "$(includes "src/$room" '"' | grep -vE "$pattern")" "" \
		"$room includes from $allowed alone, by whole paths"
done

# Each library's headers, and the one place that may include them.
while read -r header place; do
	tap_is "$(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]$header" src |
		grep -vE "^$place")" "" "$header stays in $place"
done <<-'END'
	libisofs/ src/image/
	libburn/ src/burn/
	openssl/ src/crypto/
	libcryptsetup\.h src/crypto/
	sodium src/util/secret\.c$
	(fuse|fuse3/|fuse_) src/disc/
END

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
