#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a system of each distribution in a folder of its own and does there, as an ordinary user who has just got the
# sources, what the README says first: sh autotools/try.sh, and make check. The sources are the files that git tracks
# here, as they are now. Prints one line for each system; ends with 0 if all passed.
#
#   check-distros.sh [-d DEBIAN-MIRROR] [-u UBUNTU-MIRROR] FOLDER [SYSTEM...]
#
# A SYSTEM is SUITE or SUITE-ARCHITECTURE; without one: all that the README promises, Debian's unstable, and 32 bits.
# FOLDER/SYSTEM is the system, made when it isn't there, brought up to date when it is (so that a second run is
# short); FOLDER/SYSTEM.log says all that was said.
#
# Needs root, the packages debootstrap, git and ubuntu-archive-keyring, and a mirror. Each system takes 2 GB and, on two
# processors, about 10 minutes, half of them for the packages. Nothing here is part of "make check" or check.sh. The
# kernel is this machine's: what depends on its version is not tried.
set -u

debian=http://deb.debian.org/debian ubuntu=http://archive.ubuntu.com/ubuntu
all="bookworm trixie sid jammy noble bookworm-i386"

top=$(cd "$(dirname "$0")/../.." && pwd) || exit
usage() {
	sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}
while getopts d:u: opt; do
	case $opt in
	d) debian=$OPTARG ;;
	u) ubuntu=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || usage
[ "$(id -u)" = 0 ] || {
	echo "check-distros.sh: only root can make a system in a folder" >&2
	exit 2
}
mkdir -p "$1" && folder=$(cd "$1" && pwd) || exit
shift
# shellcheck disable=SC2086 # a list of words
[ $# -gt 0 ] || set -- $all

# Makes the system in FOLDER/SYSTEM.new, which gets its name when it's complete.
make_system() { # system
	local suite=${1%%-*} options=() mirror=$debian script=
	[ "$suite" = "$1" ] || options=(--arch="${1#*-}")
	case $suite in
	jammy | noble)
		mirror=$ubuntu
		options+=("--components=main,universe" --keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg)
		# an older debootstrap may not know the suite by its name; all of Ubuntu's are made alike
		script=gutsy
		;;
	esac
	rm -rf --one-file-system "$folder/$1.new"
	# shellcheck disable=SC2086 # one word or none
	debootstrap --variant=minbase "${options[@]}" "$suite" "$folder/$1.new" "$mirror" $script &&
		mv "$folder/$1.new" "$folder/$1"
}

# Runs a command as root in a system. What it mounts and starts there ends with it. (The inner shell stays, as process 1:
# it reaps what nobody waits for.)
inside() { # system command...
	local root=$folder/$1
	shift
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount --pid --fork --kill-child --propagation private sh -c '
		root=$1 && shift &&
		mount -t proc proc "$root/proc" && mount --rbind /sys "$root/sys" && mount --rbind /dev "$root/dev" || exit
		chroot "$root" env -i --default-signal=INT,QUIT PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
		exit $?' sh "$root" "$@" </dev/null
}
# The same as the ordinary user, with the environment that a login gives.
inside_as_user() { # system command
	inside "$1" runuser -l user -c "cd sources && $2"
}

update_packages() { # system
	# no package may start a service
	printf '#!/bin/sh\nexit 101\n' >"$folder/$1/usr/sbin/policy-rc.d" && chmod 755 "$folder/$1/usr/sbin/policy-rc.d" &&
		ln -sf ../proc/self/mounts "$folder/$1/etc/mtab" &&
		inside "$1" apt-get update -q && inside "$1" apt-get upgrade -q -y
}
copy_sources() { # system
	inside "$1" sh -c 'id user >/dev/null 2>&1 || useradd -m -d /srv/user -s /bin/bash user' || return
	rm -rf "$folder/$1/srv/user/sources" && mkdir "$folder/$1/srv/user/sources" &&
		git -C "$top" -c safe.directory='*' ls-files -z | tar -C "$top" --null -T - -cf - |
		tar -C "$folder/$1/srv/user/sources" --no-same-owner -xf - &&
		inside "$1" chown -R user: /srv/user/sources
}
install_packages() { # system
	inside "$1" sh /srv/user/sources/autotools/deps.sh check
}
# Where no cryptsetup can decrypt an image (before 2.5), try.sh can't end well, as the README says.
try() { # system
	if [ "$1" = jammy ]; then
		inside_as_user "$1" 'mkdir build-try && autoreconf -fi && cd build-try && ../configure && make'
	else
		inside_as_user "$1" 'sh autotools/try.sh'
	fi
}
check() { # system
	inside_as_user "$1" "cd build-try && make -j$(nproc) check TESTS= && make -j$(nproc) -k check"
}

count() { # kind
	sed -nE "s/^# $1: *([0-9]+)\$/\1/p" "$log" | tail -n 1
}
# Does all of the above for one system and prints its line. Output goes to the log.
check_system() { # system
	log=$folder/$1.log
	: >"$log"
	for step in make_system update_packages copy_sources install_packages try check; do
		[ "$step" != make_system ] || [ ! -d "$folder/$1" ] || continue
		echo "=== $step" >>"$log"
		"$step" "$1" >>"$log" 2>&1 && continue
		echo "$1: FAILED: $step: see $log"
		grep -E '^(FAIL|ERROR):' "$log" | sed 's/^/    /'
		return 1
	done
	echo "$1: try.sh and make check: $(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
}

status=0
for system; do
	check_system "$system" || status=1
done
exit $status
