#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm.sh - run a script as root in a throw-away virtual machine that has an
# emulated optical burner at /dev/sr0 and a stock Debian kernel (SCSI, sr, sg,
# device-mapper, iso9660, udf).  Made of Debian packages only; nothing is
# installed here, and nothing is written outside the work folder.
#
# Debian packages: qemu-system-x86 busybox-static kmod cpio gcc libc6-dev
# (the kernel, and for "-b fbo" tcmu-runner, are fetched with "apt-get download"
# and unpacked into the work folder).  Programs that the guest gets if they are
# installed here: xorriso cdrskin wodim dvd+rw-tools growisofs cryptsetup-bin
# dmsetup sg3-utils eject strace e2fsprogs.
#
#   run-vm.sh [options] GUEST-SCRIPT [KIT-FOLDER]
#
#   -b BURNER  what /dev/sr0 is: "none", "fbo" (tcmu-runner's file_optical),
#              or a medium of the emulator mmcemu (default dvd+r)
#   -e FILE    mmcemu, built (default: $top_builddir/tests/vm/mmcemu, else compiled here)
#   -s MIB     size of the medium in MiB (default: the medium's own size)
#   -o FOLDER  the guest may write here; it sees it as /out
#   -m MIB     guest memory (default 1024)
#   -t SECONDS wall-clock limit, after which it hangs (default 3600)
#   -w FOLDER  work folder (default: .vm in $top_builddir/tests/vm, else in /tmp);
#              540 MB, made anew when it is deleted
#   -a FILE    one more host program to have in the guest's /usr/bin (repeatable)
#   -v         show the guest's console (kernel messages) on stderr as well
#
# KIT-FOLDER is copied to /kit in the guest, and the shared libraries that its
# ELF files need (as ldd finds them here) with it.  The script runs in /kit with
# bash; its stdout and stderr are printed; its exit code is this command's.
# What the guest offers to a script stands in README.md.
# 77: packages are missing here; 124: time limit; 125: the guest died, see
# GUEST-SCRIPT.console.log in the work folder.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${top_builddir:-/tmp/xburncrypt-$UID}/tests/vm/.vm emulator=${top_builddir:+$top_builddir/tests/vm/mmcemu}
burner=dvd+r size= out= mem=1024 limit=3600 verbose= extra=()
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
while getopts b:e:s:o:m:t:w:a:v opt; do
	case $opt in
	b) burner=$OPTARG ;; e) emulator=$OPTARG ;; s) size=$OPTARG ;; o) out=$OPTARG ;;
	m) mem=$OPTARG ;; t) limit=$OPTARG ;; w) work=$OPTARG ;;
	a) extra+=("$OPTARG") ;; v) verbose=1 ;; *) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] && [ $# -le 2 ] || usage
script=$1 kit=${2-}
[ -r "$script" ] || { echo "run-vm.sh: no such script: $script" >&2; exit 2; }
[ -z "$kit" ] || [ -d "$kit" ] || { echo "run-vm.sh: no such folder: $kit" >&2; exit 2; }
for p in qemu-system-x86_64 busybox cpio /sbin/modprobe /sbin/depmod ldd; do
	command -v "$p" >/dev/null || { echo "run-vm.sh: $p is missing" >&2; exit 77; }
done
mkdir -p "$work"; work=$(cd "$work" && pwd)
exec 9>"$work/lock"; flock 9           # one build at a time

# Host programs that the guest gets.  Those that are not installed are left out.
programs="bash strace xorriso cdrskin wodim growisofs dvd+rw-mediainfo dvd+rw-format
	fusermount3 cryptsetup dmsetup veritysetup integritysetup losetup blockdev eject sha256sum cmp
	sg_inq sg_raw sg_turs sg_start sg_get_config sg_modes sg_readcap sg_opcodes mke2fs"
modules="sr_mod sg scsi_mod cdrom uio configfs target_core_mod target_core_user tcm_loop
	loop fuse dm-mod dm-crypt dm-verity dm-integrity isofs udf overlay ext4 squashfs
	virtio_pci 9p 9pnet_virtio aesni_intel xts essiv adiantum nhpoly1305
	serpent_generic twofish_generic camellia_generic sha512_generic wp512 rmd160
	af_alg algif_skcipher algif_hash"

### the kernel and tcmu-runner: unpacked, not installed ###########################
fetch_deb() { # package folder
	[ -e "$2/.done" ] && return
	rm -rf "$2"; mkdir -p "$2" "$work/debs"
	(cd "$work/debs" && apt-get download "$1" >apt.log 2>&1) ||
		{ echo "run-vm.sh: apt-get download $1 failed: $(tail -1 "$work/debs/apt.log")" >&2; exit 77; }
	dpkg -x "$(ls -t "$work/debs/$1"_*.deb | head -1)" "$2"
	touch "$2/.done"
}
if [ ! -e "$work/kernel/.done" ]; then
	image=$(apt-cache depends linux-image-amd64 |
		awk '$1 == "Depends:" && $2 ~ /^linux-image-/ {print $2; exit}')
	fetch_deb "$image" "$work/kernel"
fi
vmlinuz=$(echo "$work"/kernel/boot/vmlinuz-*)
version=${vmlinuz##*/vmlinuz-}
[ -e "$work/kernel/lib/modules/$version/modules.dep" ] ||
	/sbin/depmod -b "$work/kernel" "$version"
[ "$burner" != fbo ] || {
	fetch_deb tcmu-runner "$work/tcmu"
	fetch_deb libtcmu2 "$work/libtcmu"
	fetch_deb libnl-genl-3-200 "$work/libnl-genl"
}

### what goes into the guest ######################################################
add_libs() { # root file...: the shared libraries of ELF files
	local root=$1; shift
	local f lib
	for f; do
		[ "$(head -c 4 "$f" | tr -d '\0')" = $'\x7fELF' ] || continue
		{ ldd "$f" 2>/dev/null || :; } |
			sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) (.*/\1/p'
	done | sort -u | while read -r lib; do
		case $lib in
		/lib64/*) mkdir -p "$root/usr/lib64"; cp -Lu "$lib" "$root/usr/lib64/" ;;
		*) mkdir -p "$root/usr/lib/x86_64-linux-gnu"
		   cp -Lu "$lib" "$root/usr/lib/x86_64-linux-gnu/" ;;
		esac
	done
}
pack() { # root archive
	(cd "$1" && find . -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R 0:0) >"$2.tmp"
	mv "$2.tmp" "$2"
}

base=$work/base.cpio
if [ ! -e "$base" ] || [ "$here/run-vm.sh" -nt "$base" ]; then
	root=$work/base; rm -rf "$root"
	mkdir -p "$root"/{dev,proc,sys,tmp,run,out,kit,etc,var/lock,var/tmp,root,mnt} \
		"$root"/usr/{bin,sbin,lib,lib64}
	for d in bin sbin lib lib64; do ln -s usr/$d "$root/$d"; done
	echo root:x:0:0:root:/root:/bin/bash >"$root/etc/passwd"
	echo root:x:0: >"$root/etc/group"
	ln -s /proc/mounts "$root/etc/mtab"
	cp "$(command -v busybox)" "$root/usr/bin/busybox"
	for p in $programs; do
		f=$(PATH=$PATH:/usr/sbin:/sbin command -v "$p") || continue
		cp -L "$f" "$root/usr/bin/"
		add_libs "$root" "$f"
	done
	# loaded when needed, so unknown to ldd: Argon2's threads, OpenSSL's RIPEMD-160
	for f in libgcc_s.so.1 ossl-modules/legacy.so; do
		mkdir -p "$root/usr/lib/x86_64-linux-gnu/ossl-modules"
		cp -L "/usr/lib/x86_64-linux-gnu/$f" "$root/usr/lib/x86_64-linux-gnu/$f" ||
			cp -L "/lib/x86_64-linux-gnu/$f" "$root/usr/lib/x86_64-linux-gnu/$f"
	done
	# iconv's table of conversions, and the one that Joliet's names need
	mkdir -p "$root/usr/lib/x86_64-linux-gnu/gconv"
	cp -L /usr/lib/x86_64-linux-gnu/gconv/{gconv-modules,UTF-16.so,UNICODE.so} \
		"$root/usr/lib/x86_64-linux-gnu/gconv/"
	for f in /usr/lib/x86_64-linux-gnu/gconv/gconv-modules.d /usr/lib/locale/C.utf8; do
		[ ! -e "$f" ] || { mkdir -p "$root${f%/*}"; cp -RL "$f" "$root${f%/*}/"; }
	done
	cp -L /sbin/modprobe "$root/usr/sbin/modprobe"; add_libs "$root" /sbin/modprobe
	for m in $modules; do # a module that this kernel has built in shows "builtin"
		/sbin/modprobe -d "$work/kernel" -S "$version" --show-depends "$m" 2>/dev/null ||
			echo "run-vm.sh: kernel has no module $m" >&2
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u >"$work/modules.list"
	while read -r f; do
		d=$root/usr/lib/modules/$version/${f#*/lib/modules/"$version"/}
		mkdir -p "${d%/*}"; cp "$f" "$d"
	done <"$work/modules.list"
	cp "$work"/kernel/lib/modules/"$version"/modules.{builtin,builtin.modinfo,order} \
		"$root/usr/lib/modules/$version/"
	/sbin/depmod -b "$root" "$version"
	pack "$root" "$base"
fi

run=$(mktemp -d "$work/run.XXXXXX")
qemu_pid=
cleanup() {
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null || :
	cp "$run/console.log" "$work/$(basename "$script" .sh).console.log" 2>/dev/null || :
	rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
root=$run/root
mkdir -p "$root/kit" "$root/usr/bin"
cp "$script" "$root/guest-script"
[ -z "$kit" ] || { cp -aL "$kit/." "$root/kit/"
	mapfile -d '' elf < <(find "$root/kit" -type f -print0)
	add_libs "$root" "${elf[@]}"; }
for f in ${extra[@]+"${extra[@]}"}; do
	f=$(command -v "$f"); cp -L "$f" "$root/usr/bin/"; add_libs "$root" "$f"
done
cp "$here/guest-init" "$root/init"; chmod 755 "$root/init" "$root/guest-script"
case $burner in
none) ;;
fbo)
	cp "$work/tcmu/usr/bin/tcmu-runner" "$root/usr/bin/"
	mkdir -p "$root"/usr/lib/x86_64-linux-gnu/tcmu-runner "$root/etc/tcmu"
	cp "$work"/libtcmu/usr/lib/x86_64-linux-gnu/libtcmu.so.2 \
		"$work"/libnl-genl/lib/x86_64-linux-gnu/libnl-genl-3.so.200 \
		"$root/usr/lib/x86_64-linux-gnu/"
	cp "$work/tcmu/usr/lib/x86_64-linux-gnu/tcmu-runner/handler_file_optical.so" \
		"$root/usr/lib/x86_64-linux-gnu/tcmu-runner/"
	cp "$work/tcmu/etc/tcmu/tcmu.conf" "$root/etc/tcmu/"
	add_libs "$root" "$work/tcmu/usr/bin/tcmu-runner" \
		"$root"/usr/lib/x86_64-linux-gnu/libtcmu.so.2 \
		"$root"/usr/lib/x86_64-linux-gnu/libnl-genl-3.so.200 ;;
*)
	if [ ! -x "$emulator" ]; then
		emulator=$run/mmcemu
		${CC:-cc} -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$emulator" "$here"/mmcemu.c "$here"/mmcemu-[!p]*.c
	fi
	cp "$emulator" "$root/usr/bin/mmcemu"; add_libs "$root" "$emulator" ;;
esac
pack "$root" "$run/run.cpio"
cat "$base" "$run/run.cpio" >"$run/initrd"
exec 9>&-

### run ##########################################################################
if grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then
	machine=(-accel kvm -cpu host -smp 2)
else
	# An instruction takes 4 ns of the guest's time, and while all in it wait, its clock goes on to the next timer at
	# once: no wait takes time here, and how busy this machine is cannot be seen in there.
	machine=(-accel "tcg,thread=single" -icount "shift=2,sleep=off" -cpu "max,la57=off" -smp 1)
fi
share=()
[ -z "$out" ] || { mkdir -p "$out"
	share=(-virtfs "local,path=$out,mount_tag=out,security_model=none"); }
: >"$run/stdout"; : >"$run/rc"; : >"$run/console.log"
# no_timer_check: on a busy machine the guest counts too few ticks of its timer at the start, and panics. The others
# save time: protection against programs in the guest, and the kernel's tests of its own ciphers.
qemu-system-x86_64 "${machine[@]}" -m "$mem" -nodefaults -no-user-config \
	-display none -no-reboot -kernel "$vmlinuz" -initrd "$run/initrd" \
	-append "console=ttyS0 panic=-1 no_timer_check mitigations=off cryptomgr.notests quiet loglevel=5 burner=$burner burner_mib=$size" \
	-chardev "file,id=con,path=$run/console.log" -serial chardev:con \
	-chardev "file,id=std,path=$run/stdout" -serial chardev:std \
	-chardev "file,id=rc,path=$run/rc" -serial chardev:rc \
	"${share[@]}" </dev/null 2>"$run/qemu.err" &
qemu_pid=$!
tail -n +1 -f --pid=$qemu_pid -s 0.2 "$run/stdout" & tails=$!
[ -z "$verbose" ] || { tail -n +1 -f --pid=$qemu_pid "$run/console.log" >&2 & tails="$tails $!"; }
end=$((SECONDS + limit)) timed_out=
while kill -0 $qemu_pid 2>/dev/null; do
	[ $SECONDS -lt $end ] || { timed_out=1; kill $qemu_pid; break; }
	sleep 0.1
done
wait $qemu_pid || :; qemu_pid=
wait $tails 2>/dev/null || :
if [ -s "$run/rc" ]; then
	exit "$(tr -dc 0-9 <"$run/rc")"
fi
cat "$run/qemu.err" >&2; tail -20 "$run/console.log" >&2
[ -z "$timed_out" ] || { echo "run-vm.sh: time limit of ${limit}s" >&2; exit 124; }
exit 125
