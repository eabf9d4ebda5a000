/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/format_input.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* -encstyle's names, of the patch for cdrecord, and the styles they mean. */
static const char *const styles[] = { "new", "aes256-cbc-sha256", "old", "aes256-cbc-plain", NULL };
static const char *const style_of[] = { "new", "new", "old", "old" };

static int unknown_format(const char *name, struct fail *f)
{
	char all[256] = "";
	size_t at = 0;

	for (size_t i = 0; formats[i]->name && at < sizeof all; i++)
		at += (size_t)snprintf(
			all + at, sizeof all - at, "%s%s", i ? ", " : "", formats[i]->name);
	fail_set(f, FAIL_USAGE, "-format", "no format is called \"%s\"", name);
	fail_hint(f, "there are: %s", all);
	return -1;
}

static int get_format(
	const struct options *o, const struct format **format, const char **style, struct fail *f)
{
	const char *name = o->values[OPTION_FORMAT];
	size_t index = 0;

	*format = name ? format_find(name) : formats[0];
	if (!*format)
		return unknown_format(name, f);
	if (!options_has(o, OPTION_ENCSTYLE))
		return 0;
	if (options_choice(o, OPTION_ENCSTYLE, styles, &index, f))
		return -1;
	if (name && strcmp((*format)->name, "plain") != 0)
		return fail_set(f, FAIL_USAGE, "-encstyle",
			"is a style of the plain format, not of %s", (*format)->name);
	*format = format_find("plain");
	*style = style_of[index];
	return 0;
}

/* A number of an option into a 32-bit field; absent leaves it 0. */
static int get_u32(const struct options *o, enum option id, uint32_t *to, struct fail *f)
{
	uint64_t n = *to;

	if (options_number(o, id, 1, UINT32_MAX, &n, f))
		return -1;
	*to = (uint32_t)n;
	return 0;
}

static int get_numbers(const struct options *o, struct format_params *p, struct fail *f)
{
	if (get_u32(o, OPTION_KEY_SIZE, &p->key_bits, f) ||
		get_u32(o, OPTION_SECTOR_SIZE, &p->sector_bytes, f) ||
		get_u32(o, OPTION_PBKDF_MEMORY, &p->pbkdf_memory_kib, f) ||
		get_u32(o, OPTION_PBKDF_ITERATIONS, &p->pbkdf_iterations, f) ||
		get_u32(o, OPTION_PBKDF_PARALLEL, &p->pbkdf_parallel, f) ||
		get_u32(o, OPTION_ITERATIONS, &p->iterations, f) ||
		get_u32(o, OPTION_PIM, &p->pim, f))
		return -1;
	return options_number(o, OPTION_SKIP, 0, INT64_MAX / 512, &p->iv_skip, f);
}

int format_input_get(const struct options *o, const struct format **format,
	struct format_params *params, struct fail *f)
{
	memset(params, 0, sizeof *params);
	if (get_format(o, format, &params->style, f) || get_numbers(o, params, f))
		return -1;
	params->cipher = o->values[OPTION_CIPHER];
	params->hash = o->values[OPTION_HASH];
	params->large_ivs = options_has(o, OPTION_IV_LARGE_SECTORS);
	params->pbkdf = o->values[OPTION_PBKDF];
	params->pbkdf_weak = options_has(o, OPTION_PBKDF_WEAK);
	/* what is opened again after the burn was just made here */
	params->allow_costly_kdf = true;
	params->label = o->values[OPTION_LABEL];
	params->uuid = o->values[OPTION_UUID];
	params->header_path = o->values[OPTION_HEADER];
	if (options_has(o, OPTION_ENCRYPT) && !(*format)->needs_secret)
		return fail_set(
			f, FAIL_USAGE, "-encrypt", "contradicts -format %s", (*format)->name);
	return 0;
}

int format_input_find(const struct options *o, const struct format **format,
	struct format_params *params, struct fail *f)
{
	static const enum option of_plain[] = { OPTION_CIPHER, OPTION_KEY_SIZE, OPTION_HASH,
		OPTION_SECTOR_SIZE, OPTION_IV_LARGE_SECTORS, OPTION_SKIP, OPTION_COUNT };

	if (format_input_get(o, format, params, f))
		return -1;
	params->allow_costly_kdf = options_has(o, OPTION_ALLOW_COSTLY_KDF);
	if (options_has(o, OPTION_FORMAT) || options_has(o, OPTION_ENCSTYLE))
		return 0;
	*format = NULL;
	if (options_first_given(o, of_plain) != OPTION_COUNT)
		*format = format_find("plain");
	else if (options_has(o, OPTION_ITERATIONS))
		*format = format_find("loopaes");
	else if (options_has(o, OPTION_PIM))
		*format = format_find("veracrypt");
	return 0;
}
