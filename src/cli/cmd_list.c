/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb list: the files on a disc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "cli/verbs.h"
#include "iso/disc_pattern.h"
#include "iso/disc_walk.h"
#include "job/open_disc.h"

struct listing {
	struct disc_walk walk;
	bool is_long;
	bool is_escaped;
	size_t n_damaged;
	const struct messages *messages;
};

/* After a failure nothing more: a signal interrupts one write, and the next would wait again. */
static void put(const char *text)
{
	if (!ferror(stdout))
		fputs(text, stdout);
}

static void print_name(const struct listing *l, const char *name)
{
	char *shown = l->is_escaped ? message_escaped(name) : NULL;

	put(shown ? shown : l->is_escaped ? "..." : name);
	free(shown);
}

/* "drwxr-x---", as ls has it. */
static void put_mode(char out[11], uint32_t mode)
{
	static const char letters[] = "rwxrwxrwx";
	static const struct {
		uint32_t bit;
		int at;
		char with, without; /* the right to execute */
	} special[] = { { S_ISUID, 3, 's', 'S' }, { S_ISGID, 6, 's', 'S' },
		{ S_ISVTX, 9, 't', 'T' } };

	out[0] = S_ISDIR(mode)    ? 'd'
		 : S_ISLNK(mode)  ? 'l'
		 : S_ISFIFO(mode) ? 'p'
		 : S_ISCHR(mode)  ? 'c'
		 : S_ISBLK(mode)  ? 'b'
		 : S_ISSOCK(mode) ? 's'
				  : '-';
	for (int i = 0; i < 9; i++)
		out[1 + i] = '-';
	for (int i = 0; i < 9; i++)
		if (mode & 0400u >> i)
			out[1 + i] = letters[i];
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (mode & special[i].bit)
			out[special[i].at] =
				out[special[i].at] == 'x' ? special[i].with : special[i].without;
	out[10] = '\0';
}

static void print_details(const struct disc_node *node)
{
	char mode[11], size[40], when[40] = "?";
	time_t t = (time_t)node->mtime;
	struct tm tm;

	put_mode(mode, node->mode);
	if (S_ISCHR(node->mode) || S_ISBLK(node->mode))
		snprintf(size, sizeof size, "%u,%u", major(node->device), minor(node->device));
	else
		snprintf(size, sizeof size, "%llu", (unsigned long long)node->n_bytes);
	if (gmtime_r(&t, &tm))
		strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
	/* a plus sign stands for extended attributes or ACLs */
	printf("%s%c %3u %5u %5u %12s %s ", mode, node->n_attributes ? '+' : ' ', node->n_links,
		node->uid, node->gid, size, when);
}

static void print_node(struct listing *l, uint32_t directory, const struct disc_node *node)
{
	if (l->is_long)
		print_details(node);
	print_name(l, disc_walk_path(&l->walk, directory, node->name));
	if (S_ISDIR(node->mode))
		put("/");
	if (l->is_long && node->target) {
		put(" -> ");
		print_name(l, node->target);
	}
	put("\n");
}

static int print_all(struct listing *l, struct fail *f)
{
	struct disc_walk_step step;
	int next;

	while ((next = disc_walk_next(&l->walk, &step, f)) > 0) {
		if (step.only)
			print_node(l, step.directory, step.only);
		for (size_t i = 0; !step.only && i < step.listing->n_nodes && !ferror(stdout); i++)
			print_node(l, step.directory, step.listing->nodes[i]);
		if (ferror(stdout))
			break;
	}
	return next < 0 ? -1 : 0;
}

/* Takes what is wrong with something on the disc. */
static void warn(void *ctx, const char *path, const char *what)
{
	struct listing *l = ctx;

	l->n_damaged++;
	message_warn(l->messages, "%s: %s", *path ? path : "/", what);
}

static int list(
	struct settings *s, struct listing *l, const struct disc_files *files, struct fail *f)
{
	if (disc_walk_open(&l->walk, files, warn, l, f))
		return -1;
	if (s->operands.n == 1 && disc_walk_add(&l->walk, "", f))
		return -1;
	for (size_t i = 1; i < s->operands.n; i++)
		if (disc_pattern_add(&l->walk, settings_operand(s, i), f))
			return -1;
	if (print_all(l, f) || printer_flush(f))
		return -1;
	if (l->n_damaged || disc_files_damage(files))
		return fail_set(f, FAIL_INCOMPLETE, settings_operand(s, 0),
			"is damaged: the list may be incomplete");
	return 0;
}

/* Whose names they are, where there is a choice. */
static void tell_sides(const char *path, const struct disc_files *files, const struct messages *to)
{
	struct disc_sides sides = disc_files_sides(files);
	char shown[100];

	if (sides.has_iso9660 && sides.has_udf)
		message_note(
			to, "%s: has %s", path, disc_files_describe(&sides, shown, sizeof shown));
}

int cmd_list(struct settings *s, struct printer *p, struct fail *f)
{
	struct listing l = { .is_long = s->is_long,
		.is_escaped = isatty(STDOUT_FILENO),
		.messages = &p->voice.messages };
	struct open_files o;
	int result = -1;

	if (settings_read(s, settings_operand(s, 0), f))
		return -1;
	if (open_disc_files(&o, &s->read, &p->voice, f) == 0) {
		tell_sides(settings_operand(s, 0), o.files, l.messages);
		result = list(s, &l, o.files, f);
	}
	disc_walk_close(&l.walk);
	open_disc_close(&o);
	return result;
}
