/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iso/disc_time.h"

#include "util/number.h"

/* Days from 1970-01-01 on, in the Gregorian calendar: years begin in March here, so that the day
 * that comes and goes is the last one. */
static int64_t days_from_1970(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool compose(const int date[6], int zone, int64_t *seconds)
{
	if (date[1] < 1 || date[1] > 12 || date[2] < 1 || date[2] > 31 || date[3] > 23 ||
		date[4] > 59 || date[5] > 60 || zone < -52 || zone > 56)
		return false;
	*seconds = days_from_1970(date[0], date[1], date[2]) * 86400 + date[3] * 3600 +
		   date[4] * 60 + date[5] - zone * 15 * 60;
	return true;
}

bool disc_time_short(const uint8_t bytes[7], int64_t *seconds)
{
	const int date[6] = { 1900 + bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5] };

	return compose(date, (int8_t)bytes[6], seconds);
}

bool disc_time_long(const uint8_t bytes[17], int64_t *seconds)
{
	static const int widths[6] = { 4, 2, 2, 2, 2, 2 };
	const uint8_t *at = bytes;
	int date[6] = { 0 };

	for (int i = 0; i < 6; i++)
		for (int k = 0; k < widths[i]; k++, at++) {
			if (*at < '0' || *at > '9')
				return false;
			date[i] = date[i] * 10 + (*at - '0');
		}
	return compose(date, (int8_t)bytes[16], seconds);
}

void disc_time_udf(const uint8_t bytes[12], int64_t *seconds, uint32_t *ns)
{
	enum { LOCAL = 1, NO_ZONE = -2047 };
	const int date[6] = { (int16_t)number_le16(bytes + 2), bytes[4], bytes[5], bytes[6],
		bytes[7], bytes[8] };
	/* a type, and minutes with a sign in the other 12 bits */
	uint16_t zone = number_le16(bytes);
	int minutes = (zone & 0xfff) - (zone & 0x800 ? 0x1000 : 0);

	*ns = 0;
	if (!compose(date, 0, seconds)) {
		*seconds = 0;
		return;
	}
	if (zone >> 12 == LOCAL && minutes != NO_ZONE)
		*seconds -= minutes * 60;
	/* hundredths of the part before */
	if (bytes[9] < 100 && bytes[10] < 100 && bytes[11] < 100)
		*ns = ((bytes[9] * 100u + bytes[10]) * 100u + bytes[11]) * 1000u;
}

static int64_t nearest(int64_t seconds, int64_t first, int64_t last)
{
	if (seconds < first)
		return first;
	return seconds > last ? last : seconds;
}

int64_t disc_time_nearest_short(int64_t seconds)
{
	return nearest(seconds, -2208988800, 5869583999); /* 1900-01-01, 2155-12-31 */
}

int64_t disc_time_nearest_long(int64_t seconds)
{
	return nearest(seconds, -62167219200, 253402300799); /* 0000-01-01, 9999-12-31 */
}
