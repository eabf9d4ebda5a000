/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes are a public key of minisign, or a signature: one of the message below is right only if
 * it is the known one, under any first line. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "util/minisign.h"

static const char key_line[] = "RWSB3zBlFFMvuUB45MHMxOYE8mC/8wjeOjm3wy32bm2vUhCJpCKqMZMB";
static const char message[] = "hello\n";
static const char known[] =
	"RUSB3zBlFFMvudmhL5RbTmWyYOBmjIYL+3NyFP88XiTv5fDOHO6gFmJ94bDwNO1xF36g5GWV0vNKvcbCVKiXuKW"
	"ptZGaU+4ftwc=\n"
	"trusted comment: xburncrypt disc 00112233-4455-6677-8899-aabbccddeeff\n"
	"Oq7KMYoTYWZ5dC+5p+eET3tEuoF9b5XvDVy4HDh49YUmI65YcLbsYTjC2Ku5rLdErTqB0qSOdKlCBh3UrCZ1AQ=="
	"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct minisign_public k, own;
	char *text = malloc(size + 1);

	FUZZ_MUST(text && minisign_public_parse(&own, key_line));
	memcpy(text, data, size);
	text[size] = '\0';
	minisign_public_parse(&k, text);
	if (minisign_check(&own, text, message, sizeof message - 1) == MINISIGN_RIGHT)
		FUZZ_MUST(strcmp(strchr(text, '\n') + 1, known) == 0);
	free(text);
	return 0;
}
