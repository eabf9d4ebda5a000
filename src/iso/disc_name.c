/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_name.h"

#include <ctype.h>
#include <string.h>

void disc_name_from_bytes(char out[DISC_NAME_MAX], const uint8_t *name, size_t n)
{
	if (n > DISC_NAME_MAX - 1)
		n = DISC_NAME_MAX - 1;
	for (size_t i = 0; i < n; i++)
		out[i] = name[i] == '/' || name[i] == 0 ? '_' : (char)name[i];
	out[n] = '\0';
}

/* Cuts off ";1" and the like. */
static void cut_version(char *name)
{
	char *sign = strrchr(name, ';');

	if (sign && sign != name && isdigit((unsigned char)sign[1]) &&
		sign[1 + strspn(sign + 1, "0123456789")] == '\0')
		*sign = '\0';
}

void disc_name_from_plain(char out[DISC_NAME_MAX], const uint8_t *name, size_t n)
{
	size_t length;

	disc_name_from_bytes(out, name, n);
	cut_version(out);
	length = strlen(out);
	if (length > 1 && out[length - 1] == '.')
		out[length - 1] = '\0';
}

/* Writes c as UTF-8 (RFC 3629). Its length. */
static size_t encode(char *out, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	return n;
}

void disc_name_from_joliet(char out[DISC_NAME_MAX], const uint8_t *name, size_t n)
{
	size_t put = 0;

	for (size_t i = 0; i + 1 < n && put + 5 < DISC_NAME_MAX; i += 2) {
		uint32_t c = (uint32_t)name[i] << 8 | name[i + 1];

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < n && (name[i + 2] & 0xfc) == 0xdc) {
			i += 2;
			c = 0x10000 +
			    ((c & 0x3ff) << 10 | (((uint32_t)name[i] & 3) << 8 | name[i + 1]));
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		} else if (c == '/' || c == 0) {
			c = '_';
		}
		put += encode(out + put, c);
	}
	out[put] = '\0';
	cut_version(out);
}
