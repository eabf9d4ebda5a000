/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "cli/json.h"
#include "cli/verbs.h"
#include "drive/drive_list.h"

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
				e->writes[0] ? e->writes : "nothing: this drive only reads");
	}
	if (n == 0)
		puts("no optical drive found");
}

int cmd_drives(struct settings *s, struct printer *p, struct fail *f)
{
	struct drive_entry *entries = NULL;
	int result = -1;
	size_t n = 0;

	(void)p;
	if (drive_list(&entries, &n, f) == 0) {
		if (s->is_json)
			print_json(entries, n);
		else
			print_text(entries, n);
		result = printer_flush(f);
	}
	free(entries);
	return result;
}
