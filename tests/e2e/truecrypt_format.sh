#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# TrueCrypt volumes. Salts and headers, as text here, are of volumes that TrueCrypt's versions 5 to 7 made
# (cryptsetup: tests/tcrypt-images), with the passphrase "aaaaaaaaaaaa"; the data is noise. cryptsetup tells the
# volume's key, under which openssl decrypts. What is not AES in XTS mode, or damaged, is refused.
. "$top_srcdir/tests/lib/tap.sh"
. "$top_srcdir/tests/e2e/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need cryptsetup xxd openssl
volume=$top_builddir/tests/e2e/volume
cd "$tmp" || exit
umask 077
echo aaaaaaaaaaaa >pass
echo aaaaaaaaaaab >wrong

# name hash offset bytes; stdin: salt and header
is_opened() {
	local key sector
	{ base64 -d && head -c $(($3 - 512 + $4)) /dev/urandom; } >image
	[ $3 = 512 ] || head -c 131072 /dev/urandom >>image # the place of the header's copy
	"$volume" open truecrypt image pass=pass >opened 2>image.facts
	tap_is "$? $(fact image cipher) $(fact image offset) $(fact image payload) $(stat -c %s opened)" \
		"0 aes-xts-plain64 $3 $4 $(($4 / 2048 * 2048))" "$1: opened" || tap_note "$(cat image.facts)"
	key=$(cryptsetup -q tcryptDump --dump-master-key --disable-veracrypt -c aes -h "$2" image <pass 2>log |
		sed -n '/^MK dump:/,$p' | sed 's/^MK dump://' | tr -d ' \t\n')
	tap_is ${#key} 128 "$1: cryptsetup tells the volume's key" || tap_note "$(cat log)"
	for sector in 0 1 $(($4 / 2048 * 4 - 1)); do
		tap_is "$(xts_block image $(($3 + sector * 512)) $(($3 / 512 + sector)) "$key")" \
			"$(dd if=opened bs=16 skip=$((sector * 32)) count=1 status=none | xxd -p)" \
			"$1: openssl decrypts sector $sector with it"
	done
	tap_is "$(fact image command | head -1)" \
		"cryptsetup open --readonly --type tcrypt --disable-veracrypt -c aes -h $2 image disc < pass" "$1: the command"
	try_command image >log 2>&1
	tap_ok "$1: it works" || tap_note "$(cat log)"
	"$volume" open truecrypt image pass=wrong >/dev/null 2>err
	tap_is "$? $(grep -c 'no TrueCrypt header opens' err)" '3 1' "$1: no other passphrase"
}

is_opened 'version 5, ripemd160' ripemd160 512 18944 <<-END
	F6jcZ0MphOLOEmvurOTvE5CIHdPi5Ww3Una2StDi7RchhlGLhhuxkwnROzY9lvhJG0p9y10QCgNcs2oX716KK4yYTnFGsV8cL7RK
	U6ZL7lCKCRE9Vw5xLUs21vV1A9l5F4hRK8ykQxcVuCEhdZDp5T4CtURG73LSRuHPh0AeLWOYeG6j4O6uwih+DbzdCwwAtlJ5ewVi
	YvZo10Ur8Wk8KDCKaoawv0U9vT4wlGuSG/s1f47KQyNEKvrn7RIuDDT3egAqsjXdncrf/tXRfsLbMg6rJiJfB+wiqKUzvoerFKVi
	8ixVzuwtGI+gifhwkqnJCPSx++JApda8JkxUPR2j406b8TzKWcI9OIQrmatC24oEtrWOUyZrqSGYpmqG67o3nEfyc6gSunxMQWXA
	et9NFRRqLNeZLp6t+15N8hpONzjJgCMjH+FZzUipWl78R68fs/0Q8OaeYV240U8WLtUz/XER4DESG5u6x7RKJCKas5s/xgBlGiyh
	m8czzydMk7qGckhK/Xv7LXz56SWGnZ/j61CB7u6bApakeY2fVpbco6t5IMcoQ6YviGdWiflJy/fVQGxS18NkQaVCGesJ2Y+obJ9p
	k2u+6wBe/M5nNbkWdIq7yZcjyOSYfueqQ7TcwWN9uCevRFEO3RAlOPIFN3WRi/CGCqA/Wx4ZtqfOi2FL46Y=
	END

is_opened 'version 6, sha512' sha512 131072 19456 <<-END
	nSqQbIrNIWj2aDN+5gdb34DNiFDcepXYx2miAtOeyDYHBMJjc79ZGI1nRp9AuxB0viNkqhzaj/HU/wlYAxO/BEWJ/zXkxdUBJ7SC
	/ly3D4waaIrhedX+4Ol3Ene8/Lv33IVxhtsN1/nMEaB600zwqz9DRQOQzFbU9zTuaH6jdCn99q06DL7hSGQRSSWfFgsEdY+XFSXp
	I7D8jecsZpzgqj5/23XZSQ/4JEhA2AkPtptqFKJwvBzC76sCwuKbKAAv0kK5XHKndnyS34TCkGSW8inAIjb/h4LBCr6kR8W1k7KB
	d312Mq9gJw8+rzGgsD4tuzjZLvEzNk28ONEQwAhu56q1S4cOWCZPhCZ8kI5lvlo+yRPLWamZZ3zdLem6ni/EU+R5AOEeWQOqySv7
	9nfZrvSHK7obhIKYa3HkY3Sp3NZG6Ume8JalKlA+aJ2j12t+XQrhmcOUSeWJ8zUtBaJjnsB/p1JoXTMm7HSIgq1cLyvfgsXp8AJI
	IZi/HYI3pdC88OBJBJi3Hlh85A2Jobsykx/RbmV5e90aDI3FvW4CIfqe7R+fuBAW4kMbOXNSA5gfXwlOa5Tf3vqZgx1/kqCbGw7g
	B33xCDkTBKqoAli6A0rn5HNTaZmGaxyl8X2qFxa3ld0cdVHThzXsDnUgDdt0AwZsmwdjmqTqEzA3PLWSCSQ=
	END

is_opened 'version 7, whirlpool' whirlpool 131072 36864 <<-END
	FXtqt3TAPdCWuoqfna6JUVQApm7rzDoFbTFZCfKsYIpkq4tT8CRYYXSRU7zQ9ojVj/u7TC2r2WLhTOyLQa/N8vL+ltD/04KUSfq5
	IHkYusaXxJPiDmSPyZ/+UjTu5IUnTm7evE8HvUxGplyR31qSReScoaN/VsJV2zgJLV79Z8qo/834slKyYeadSnYWrmihqLtUPaZj
	UAduzE9oRUHctQLei/oPEMf6i+lP3BZtyJ5grb+83PsCXcrc8pemBYHHqXwcFk45WMbK/YCTTb6/o2Mt/DcrMootDUjxB2eESeOY
	alrDwpQr8Ywef3a/a956qCuiNpE3M5vrcFw4he7tAqaauNkVw5mBHKThdjW43hsb0oFvioHDCQ8Cfty0YxlUDDPwxPVYLJgPa9Mt
	ABvBs7JPRTllBSbf4gtIBr/B3OSlbUhqHJIi6pXRe/AaZVmVViKdokVWuO231O4zd49j9oMMsKDGI8hhISF/Z7PsvEx8ZhKtuGxR
	DSZdqNyKd1rtt7ldaSM/8KYcbvWSRkARiiJFLsSzJAibtMI9X8WzJAicwilA7SI7iz9N+EyUZBhYfhYo4/3UqLcTv4s6sXsXRz82
	lvY12o1QL6q4+M9trRgRkwV8D+7meH/p4bUMa96Rsmxi0mgv4K1oCxqUXvYuuxahYEXvl0TxUPTjndHi9sI=
	END

is_opened 'version 7, ripemd160' ripemd160 131072 36864 <<-END
	M3FnNrOXPgEY5+Yh3YpK1lfb7Vw9enrBxZepNG9gD9cwkO8s40j7LfpotxRR4Y5miUTbARcxRwYd4q04yIKx/EKXEY5IYeEvmw/g
	DrDvvFQ3E0Fi4b9o1707F6PrpoHqBExJXa/xKZnx45kPNk1NMafrXK+agQihrsGfIYDvYE7wgZRtFn8jWQCSALiP3AU+mW3dirJC
	bgs4IPCzAK1HPmPh0HOv78loHVdANPD3I8uodp9YxfqaRRfBgL5IBa3apPY+CxhqX5kQQkfxgZlPy2Cqi/4AYAvDWnjpoHgqdp10
	9I/iulL0ZMFBx7U2x7m/99KtJ3rn/kWgpJN5APQP+Ji5u8aZ/eH3/oTGZkn/psbcbnHAmdTzh9857nLLoJG4Pvc7kveJxqD0Ek0X
	t519od73CG6rcM43HwLzQFUVnxHaJaOvVX43gmxzJPaQiLimh2rmQHG4Bqyb1zzQYDqV7Qy9EjQBD4ilCAndqJodc812PUL+Py1R
	x+HU18mDlV6FKrDmQKFserhDhkcECzkQoYqiMyHYdyJxG3Z+cgfoiBvN2WTrO4CgCwjcECA+xkE0iEyl3Ley93VZEkMy26oBoJOs
	Ugf8PgYylqWrp+jU7qGoMDdKyMrYm8PjV09kPVBpufvEJbKtKZHqX37QcyoLl/eKQJQSl4rjF4Q+yq5rWoE=
	END

# the last one once more: its header is damaged, and the copy of it is not
dd if=/dev/urandom of=image bs=512 count=1 conv=notrunc status=none
truncate -s -131072 image
base64 -d >>image <<-END
	FRPb9zTjaH8d4rs4PLBdBEGOE19P/f4fSmILrAkyfYfkeFXy5PSVVsWmLScCA18qAc/Yt1jm36SEY7ivvLAsTviFpAIyqGbpgLit
	iiiLadqQmzUsqpJ4f2O0Jp8uVJur4Rop65+hi4dxAhFQjPbsoeEIhU/mnF+Sjvlin62pgl7AJWc0g8C2F10rf95Gi8HIkbBNdOlo
	QKRO8t3d8DVQoC46rJ6G6+4Qs1kBSxoid8wCkDH0O3bJYggewPDoDqB7z4C7BgjzUIzYih+Wfg7UAprddbIyzpkj42v0Spv4O+BD
	3vbdWbSg4kwZM8FYis3d4N5j3IMvOeTXUZPlKXBT4+yqm5O9fTTDgBxeU6PviING8obHGTMANeObLP56zzvd/Z2OiHldHq1mf6D4
	FrRAh9OLllCiV3GUI4+UvZAqlPvbvSU2maRMPOJXnkl6oEsP9U+42T53aCSusacA41puZXa1FfSyttbr7cvlAHh0swORDVgb0Zde
	CGFcWVa3OhKrZiynJJsMPmTV8Ibdo+VnL0ZH/nac5DBKnY03K7M4GSY/27GAKOurq/ya85TveKYCU7WMISH7V/0uLr+Ujko2VNyH
	gSgE1zLPeFwm4jytEoWOZXRtoOt8PbOpJ6cc2p9lTUtsk+ADeVBoTT+w1ZtgyH3I/m7YwlqJ+vPB2YFM6t8=
	END
head -c 130560 /dev/urandom >>image
mv opened before
"$volume" open truecrypt image pass=pass >opened 2>err && cmp -s before opened
tap_ok 'the copy of the header opens it when the header is damaged' || tap_note "$(cat err)"
tap_like "$(cat err)" 'warning: the header at the start is damaged' 'and says so'

# by the program, which finds the format
"$XBURNCRYPT" info image -pass-file pass -quiet >out 2>err
tap_is "$? $(grep -c '^contents: truecrypt, aes-xts-plain64, 512-bit key' out)" '0 1' 'info finds it without a format' ||
	tap_note "$(cat out err)"
"$XBURNCRYPT" decrypt image -o decrypted -pass-file pass >/dev/null 2>err && cmp -s before decrypted
tap_ok 'decrypt too' || tap_note "$(cat err)"
tap_refused 3 'as a VeraCrypt or TrueCrypt volume' 'the wrong passphrase without a format' \
	"$XBURNCRYPT" info image -pass-file wrong 2>"$messages"
tap_refused 3 'no TrueCrypt header opens' 'the wrong passphrase with it' \
	"$XBURNCRYPT" info image -format truecrypt -pass-file wrong 2>"$messages"
tap_like "$(cat "$messages")" 'use cryptsetup --type tcrypt' 'and what opens others'
tap_refused 2 'truecrypt can be read, but not made' 'burning one' \
	"$XBURNCRYPT" -o new.img -format truecrypt -pass-file pass -image before 2>"$messages"
printf '%065d\n' 1 >long
tap_refused 2 'has 65 bytes; TrueCrypt takes at most 64' 'a passphrase that is too long' \
	"$XBURNCRYPT" info image -format truecrypt -pass-file long 2>"$messages"
tap_done
