/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/health_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/printer.h"
#include "heal/disc_map.h"
#include "util/io.h"
#include "util/new_file.h"

int health_map_check(const struct settings *s, struct fail *f)
{
	const char *map = s->heal.map;

	if (!map)
		return 0;
	if (new_file_is_same(map, s->heal.source) ||
		(s->heal.output && new_file_is_same(map, s->heal.output)))
		return settings_fail(s, OPTION_MAP, f, "%s is an image: name another file", map);
	return new_file_check(map, s->force, 0, f);
}

static int write_file(const struct settings *s, const char *svg, struct fail *f)
{
	size_t n = strlen(svg);
	struct new_file *file = new_file_open(s->heal.map, s->force, 0666, n, f);
	int result = -1;

	if (file && io_pwrite_full(new_file_descriptor(file), svg, n, 0))
		fail_errno(f, FAIL_FAILED, s->heal.map, "can't be written");
	else if (file)
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

int health_map_write(
	const struct settings *s, const struct healing *h, bool is_repaired, struct fail *f)
{
	const struct disc_map_source source = { .layout = &h->record.layout,
		.found = h->states,
		.healed = h->healed,
		.is_repaired = is_repaired,
		.has_lost = is_repaired ? h->outcome.n_lost : h->outlook.n_lost };
	struct disc_map *map;
	int result = -1;
	char *text;

	if (!s->map)
		return 0;
	map = malloc(sizeof *map);
	if (!map)
		return fail_memory(f);
	disc_map_make(map, &source);
	text = s->heal.map ? disc_map_svg(map, s->heal.source, f) : disc_map_letters(map, f);
	if (text && !s->heal.map)
		result = fputs(text, stdout) < 0 ? printer_fail_stdout(f) : 0;
	else if (text)
		result = write_file(s, text, f);
	free(text);
	free(map);
	return result;
}
