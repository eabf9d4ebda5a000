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

/* The next character of a UTF-16 text, with the high byte first; *i: where it stands, then its last
 * unit. A slash or NUL is left to the caller. */
static uint32_t next_character(const uint8_t *text, size_t n, size_t *i)
{
	const uint8_t *at = text + *i;
	uint32_t c = (uint32_t)at[0] << 8 | at[1];

	if (c < 0xd800 || c >= 0xe000)
		return c;
	if (c >= 0xdc00 || *i + 3 >= n || (at[2] & 0xfc) != 0xdc)
		return 0xfffd;
	*i += 2;
	return 0x10000 + ((c & 0x3ff) << 10 | (((uint32_t)at[2] & 3) << 8 | at[3]));
}

static void take_utf16(char out[DISC_NAME_MAX], const uint8_t *text, size_t n)
{
	size_t put = 0;

	for (size_t i = 0; i + 1 < n && put + 5 < DISC_NAME_MAX; i += 2) {
		uint32_t c = next_character(text, n, &i);

		put += encode(out + put, c == '/' || c == 0 ? '_' : c);
	}
	out[put] = '\0';
}

void disc_name_from_joliet(char out[DISC_NAME_MAX], const uint8_t *name, size_t n)
{
	take_utf16(out, name, n);
	cut_version(out);
}

bool disc_name_from_udf(char out[DISC_NAME_MAX], const uint8_t *name, size_t n)
{
	size_t put = 0;

	out[0] = '\0';
	if (n == 0)
		return true;
	if (name[0] == 16)
		take_utf16(out, name + 1, n - 1);
	if (name[0] != 8)
		return name[0] == 16;
	for (size_t i = 1; i < n && put + 5 < DISC_NAME_MAX; i++)
		put += encode(out + put, name[i] == '/' || name[i] == 0 ? '_' : name[i]);
	out[put] = '\0';
	return true;
}
