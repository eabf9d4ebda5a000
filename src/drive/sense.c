/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drive/sense.h"

#include <stdio.h>
#include <string.h>

enum { ANY = 0x100 };

struct sense sense_parse(const char *text)
{
	struct sense s = { 0 };
	const char *at = text;

	while ((at = strchr(at, '['))) {
		if (sscanf(at, "[%x %x %x]", &s.key, &s.asc, &s.ascq) == 3)
			return s;
		at++;
	}
	return (struct sense){ 0 };
}

const char *sense_words(struct sense s)
{
	/* the first row that fits counts */
	static const struct {
		unsigned key, asc, ascq;
		const char *words;
	} table[] = {
		{ ANY, 0x3a, ANY, "the medium is no longer in the drive" },
		{ 0x2, 0x04, ANY, "the drive did not become ready" },
		{ ANY, 0x28, ANY, "the medium was changed" },
		{ ANY, 0x29, ANY, "the drive was reset" },
		{ 0x3, 0x0c, 0x09, "the buffer ran empty and the recording stopped" },
		{ 0x3, 0x0c, ANY,
			"the medium can't be written there: it is damaged, unsuitable "
			"for this drive, or the speed is too high" },
		{ 0x3, 0x11, ANY, "the medium can't be read there" },
		{ 0x3, 0x02, ANY, "the drive can't seek on the medium" },
		{ ANY, 0x73, 0x03, "the drive can't adjust its laser to this medium" },
		{ ANY, 0x73, ANY, "the drive can't record on this medium" },
		{ 0x5, 0x72, ANY, "the drive can't reserve more tracks on this medium" },
		{ ANY, 0x72, ANY, "the session can't be closed" },
		{ ANY, 0x31, ANY, "the medium is not formatted, or its format is damaged" },
		{ ANY, 0x30, ANY, "the drive can't use a medium of this kind or state" },
		{ ANY, 0x57, ANY, "the table of contents can't be written or read" },
		{ ANY, 0x63, ANY, "the medium is full" },
		{ 0x5, 0x21, ANY,
			"the medium can't take data there: it is full, or its state "
			"is not what the drive reported" },
		{ 0x5, 0x26, ANY, "the drive rejects the parameters" },
		{ 0x5, 0x24, ANY, "the drive rejects the parameters" },
		{ 0x5, 0x2c, ANY, "the drive does not accept this now" },
		{ ANY, 0x64, ANY, "the track is of a different kind" },
		{ ANY, 0x27, ANY, "the medium is write-protected" },
		{ ANY, 0x53, ANY, "the tray does not open or close" },
		{ ANY, 0x6f, ANY, "the medium is copy-protected" },
		{ 0x3, ANY, ANY, "the medium is damaged or unsuitable" },
		{ 0x4, ANY, ANY, "the drive itself failed" },
		{ 0x7, ANY, ANY, "the medium is protected" },
		{ 0xb, ANY, ANY, "the drive aborted the command" },
	};

	for (size_t i = 0; s.key && i < sizeof table / sizeof *table; i++)
		if ((table[i].key == ANY || table[i].key == s.key) &&
			(table[i].asc == ANY || table[i].asc == s.asc) &&
			(table[i].ascq == ANY || table[i].ascq == s.ascq))
			return table[i].words;
	return NULL;
}

int sense_is_medium_gone(struct sense s)
{
	return s.key && (s.asc == 0x3a || s.asc == 0x28);
}
