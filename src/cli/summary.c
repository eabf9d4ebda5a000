/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/summary.h"

#include <string.h>

#include "crypto/format/format.h"
#include "cli/opening_commands.h"
#include "util/message.h"
#include "util/size.h"

static void print_format(FILE *to, const struct volume *v)
{
	fprintf(to, "format: %s", v->format->name);
	if (v->cipher_name[0])
		fprintf(to, ", %s, %u-bit key, %u-byte sectors", v->cipher_name, v->key_bits,
			v->sector_bytes);
	if (v->hash[0])
		fprintf(to, ", hash %s", v->hash);
	if (v->header_bytes)
		fprintf(to, ", header of %llu bytes", (unsigned long long)v->header_bytes);
	fputc('\n', to);
}

static void print_costs(FILE *to, const struct volume *v)
{
	if (!v->pbkdf[0])
		return;
	if (v->pbkdf_memory_kib)
		fprintf(to, "key derivation: %s, %u KiB of memory, %u passes, %u threads", v->pbkdf,
			v->pbkdf_memory_kib, v->pbkdf_iterations, v->pbkdf_parallel);
	else
		fprintf(to, "key derivation: %s, %u rounds", v->pbkdf, v->pbkdf_iterations);
	if (v->n_slots > 1)
		fprintf(to, ", %u key slots", v->n_slots);
	fputc('\n', to);
	if (v->uuid[0])
		fprintf(to, "UUID: %s\n", v->uuid);
}

static void print_contents(FILE *to, const struct input *in)
{
	char size[64];

	if (in->tree) {
		struct tree_facts t = tree_facts(in->tree);

		fprintf(to, "contents: %llu file%s of %s, %llu director%s",
			(unsigned long long)t.n_files, t.n_files == 1 ? "" : "s",
			size_format(size, sizeof size, t.n_bytes),
			(unsigned long long)t.n_directories, t.n_directories == 1 ? "y" : "ies");
		if (t.n_others)
			fprintf(to, ", %llu other%s", (unsigned long long)t.n_others,
				t.n_others == 1 ? "" : "s");
		fputc('\n', to);
		return;
	}
	fprintf(to, "contents: a finished image of %s",
		size_format(size, sizeof size, finished_image_input_bytes(in->image)));
	if (finished_image_padding_bytes(in->image))
		fprintf(to, ", padded with %llu zero bytes to whole blocks",
			(unsigned long long)finished_image_padding_bytes(in->image));
	fputc('\n', to);
}

void summary_print(FILE *to, const struct summary *s)
{
	char size[64], shown[4200];

	fprintf(to, "%s: %s %s\n",
		strcmp(s->output, "-") == 0 ? "stdout"
					    : message_escape(shown, sizeof shown, s->output),
		s->was_simulated ? "simulated a burn of" : "wrote",
		size_format(size, sizeof size, s->n_bytes));
	print_contents(to, s->input);
	print_format(to, s->volume);
	print_costs(to, s->volume);
	if (s->queue_lowest_percent >= 0)
		fprintf(to, "lowest level of the queue: %d %%\n", s->queue_lowest_percent);
	if (s->was_verified)
		fputs("verified: every block was read back and is what was sent\n", to);
	if (s->header_was_checked)
		fputs("the header was read back and opens with the same secret\n", to);
	if (!s->was_simulated)
		opening_commands_print(to, s->commands, s->is_stream);
}
