/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb list: the files on a disc. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "cli/files_input.h"
#include "iso/disc_walk.h"
#include "cli/print.h"

enum { PATH_BYTES = 4200 };

struct listing {
	struct disc_walk walk;
	bool is_long;
	bool is_escaped;
	size_t n_damaged;
};

static void print_name(const struct listing *l, const char *name)
{
	char shown[4 * PATH_BYTES];

	fputs(l->is_escaped ? message_escape(shown, sizeof shown, name) : name, stdout);
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
	char path[PATH_BYTES];

	if (l->is_long)
		print_details(node);
	print_name(l, disc_walk_path(&l->walk, directory, node->name, path, sizeof path));
	if (S_ISDIR(node->mode))
		putchar('/');
	if (l->is_long && node->target) {
		fputs(" -> ", stdout);
		print_name(l, node->target);
	}
	putchar('\n');
}

static int print_all(struct listing *l, struct fail *f)
{
	struct disc_walk_step step;
	int next;

	while ((next = disc_walk_next(&l->walk, &step, f)) > 0) {
		if (step.only)
			print_node(l, step.directory, step.only);
		for (size_t i = 0; !step.only && i < step.listing->n_nodes; i++)
			print_node(l, step.directory, step.listing->nodes[i]);
		if (ferror(stdout))
			break;
	}
	return next < 0 ? -1 : 0;
}

static int list(struct options *o, struct fail *f)
{
	struct listing l = { .is_long = options_has(o, OPTION_LONG),
		.is_escaped = isatty(STDOUT_FILENO) };
	struct files_input in;
	int result = -1;

	if (o->operands.n == 0)
		return fail_set(f, FAIL_USAGE, "", "name a drive, a device or an image");
	if (files_input_open(&in, o, NULL, f) ||
		disc_walk_open(&l.walk, in.files, files_input_warn, &l.n_damaged, f))
		goto out;
	if (o->operands.n == 1 && disc_walk_add(&l.walk, "", f))
		goto out;
	for (size_t i = 1; i < o->operands.n; i++)
		if (disc_walk_add(&l.walk, o->operands.items[i], f))
			goto out;
	if (print_all(&l, f))
		goto out;
	if (print_flush(f))
		goto out;
	if (l.n_damaged || disc_files_damage(in.files))
		fail_set(f, FAIL_INCOMPLETE, o->operands.items[0],
			"is damaged: there may be more than is listed");
	else
		result = 0;
out:
	disc_walk_close(&l.walk);
	files_input_close(&in);
	return result;
}

int cmd_list(struct options *o)
{
	struct fail f = { 0 };

	print_set_mode(PRINT_TEXT, options_has(o, OPTION_QUIET));
	if (list(o, &f))
		print_fail(&f);
	return (int)f.code;
}
