#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-vm: -b fbo -s 200 -m 1536
# The same burns on an optical drive that was written by others: tcmu-runner's file_optical handler. The
# media that it offers are listed and each that it makes current is burned. Where a burn fails that
# cdrskin can't do either, the test says SKIP with the command that the handler refused.
. /kit/tap.sh
. /kit/lib.sh
cd "$tmp" || exit 1
echo 4096 >/sys/module/scsi_mod/parameters/scsi_logging_level # failed commands, into the kernel's log

make_tree tree 3000000
wanted=$(digest tree)
make_key key

refused() { # the commands that the handler refused since the log was cleared
	dmesg | sed -n 's/.*CDB: \(.*[^ ]\) *$/\1/p' | sort -u | tr '\n' ';'
}
opens() { # device, file of commands: the printed commands, for that device; the trees compared
	sed "s,/dev/sr[0-9],$1,g" "$2" >commands.here
	bash -e commands.here >opened 2>&1 && [ "$(digest /mnt)" = "$wanted" ]
	local status=$?
	close_all
	return $status
}
cdrskin_can() {
	head -c 2000000 /dev/urandom >other
	cdrskin dev=/dev/sr0 blank=as_needed padsize=300k other >/dev/null 2>&1
}
row() { # medium, what, options...
	local name="$1, $2: burned, verified, opened by the printed commands, equal"
	shift 2
	dmesg -c >/dev/null
	if xburncrypt -o /dev/sr0 -pass-file key -blank auto -yes -no-checksums "$@" tree >summary 2>err; then
		grep -q '^verified: ' summary && printed_commands summary >commands && opens /dev/sr0 commands
		tap_ok "$name" || tap_note "$(cat summary opened)"
		return
	fi
	local commands
	commands=$(refused)
	if ! cdrskin_can; then
		tap_skip "$name" "the handler refused $commands"
		return
	fi
	tap_relay "not ok - $name"
	tap_note "$(tr '\r' '\n' <err | tail -5)" "refused: $commands"
}
read_only() { # the disc just burned, once more, as the handler's read-only medium
	local core=/sys/kernel/config/target/core/user_0/rom lun
	lun=/sys/kernel/config/target/loopback/naa.5000000000000001/tpgt_1/lun/lun_1
	mkdir -p $core
	echo "dev_config=fbo/ro//tmp/fbo.img" >$core/control
	echo "dev_size=$(stat -c %s /tmp/fbo.img)" >$core/control
	echo 1 >$core/enable && mkdir $lun && ln -s $core $lun/rom || return
	wait_until [ -b /dev/sr1 ]
}

offered=$(sg_get_config /dev/sr0 | sed -n 's/^ *profile: \([^ ]*\) *, currentP=\([01]\)/\1=\2/p')
tap_note "offered (1: the medium in the drive): $(echo "$offered" | tr '\n' ' ')"
grep -q '^DVD-RAM=1$' <<<"$offered"
tap_ok "the media that the handler offers are listed"
row DVD-RAM luks2 "${weak[@]}"
row DVD-RAM 'plain old' -encstyle old
row DVD-RAM 'plain new' -encstyle new
if read_only; then
	profile=$(sg_get_config /dev/sr1 | sed -n 's/^Current profile: //p')
	tap_is "$profile" DVD-ROM "the same disc, read-only, is a DVD-ROM"
	opens /dev/sr1 commands
	tap_ok "DVD-ROM: opened by the printed commands, equal" || tap_note "$(cat opened)"
	xburncrypt -o /dev/sr1 -pass-file key -encstyle new tree >summary 2>err
	tap_is $? 4 "DVD-ROM: burning is refused, status 4" || tap_note "$(cat err)"
else
	tap_skip "DVD-ROM" "the handler has no second drive"
fi
for profile in $(sed -n 's/=0$//p' <<<"$offered" | grep -v DVD-ROM); do
	tap_skip "$profile" "listed by GET CONFIGURATION, but the handler has no way to load one"
done
tap_done
