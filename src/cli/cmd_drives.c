/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "drive/drive_list.h"
#include "cli/json.h"
#include "cli/print.h"

static void print_json(const struct drive_entry *entries, size_t n)
{
	struct json j = { .to = stdout };

	json_array_begin(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct drive_entry *e = &entries[i];

		json_object_begin(&j, NULL);
		json_text(&j, "path", e->path);
		json_text(&j, "vendor", e->vendor);
		json_text(&j, "model", e->model);
		json_text(&j, "revision", e->revision);
		json_bool(&j, "accessible", e->is_accessible);
		json_text(&j, "writes", e->writes);
		if (e->problem[0])
			json_text(&j, "problem", e->problem);
		json_object_end(&j);
	}
	json_array_end(&j);
	putchar('\n');
}

static void print_text(const struct drive_entry *entries, size_t n)
{
	char shown[2400];

	for (size_t i = 0; i < n; i++) {
		const struct drive_entry *e = &entries[i];

		printf("%s: %s", e->path, message_escape(shown, sizeof shown, e->vendor));
		printf(" %s", message_escape(shown, sizeof shown, e->model));
		printf(" %s\n", message_escape(shown, sizeof shown, e->revision));
		if (e->problem[0])
			printf("  %s\n", message_escape(shown, sizeof shown, e->problem));
		else
			printf("  writes %s\n",
				e->writes[0] ? e->writes : "nothing: it is no burner");
	}
	if (n == 0)
		puts("this machine has no optical drive");
}

int cmd_drives(struct options *o)
{
	struct drive_entry *entries = NULL;
	struct fail f = { 0 };
	size_t n = 0;

	if (o->operands.n)
		fail_set(&f, FAIL_USAGE, o->operands.items[0], "drives takes no operands");
	else if (drive_list(&entries, &n, &f) == 0) {
		if (options_has(o, OPTION_JSON))
			print_json(entries, n);
		else
			print_text(entries, n);
		print_flush(&f);
	}
	free(entries);
	if (fail_is_set(&f))
		print_fail(&f);
	return (int)f.code;
}
