/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/summary.h"

#include <stdlib.h>
#include <string.h>

#include "cli/meter.h"
#include "crypto/format/format.h"
#include "job/appending.h"
#include "util/hex.h"
#include "util/message.h"
#include "util/sector.h"
#include "util/size.h"

void summary_print_time(FILE *to, double seconds, uint64_t n_bytes)
{
	char time[METER_TIME_BYTES];

	if (seconds < 1)
		return;
	fprintf(to, " in %s", meter_format_time(time, (long)(seconds + 0.5)));
	if (n_bytes)
		fprintf(to, ", %.1f MB/s", (double)n_bytes / seconds / 1e6);
}

/* What a plain mount shows, where that is not the new session. */
static void print_older(FILE *to, const struct session_plan *s)
{
	if (s->medium[0])
		fprintf(to,
			"older sessions: xburncrypt info; file managers show session 1 of this "
			"%s\n",
			s->medium);
}

static void print_format(FILE *to, const struct burn_result *r)
{
	const struct volume *v = r->volume;
	uint64_t n_header = r->layout->parts[LAYOUT_HEADER].n_blocks * BLOCK_BYTES;
	char size[64];

	if (r->source->contents && r->source->contents->kind == CONTENTS_ENCRYPTED &&
		!v->format->needs_secret) {
		fputs("format: the image's own\n", to);
		return;
	}
	fprintf(to, "format: %s", v->format->name);
	if (v->cipher_name[0])
		fprintf(to, ", %s, %u-bit key, %u-byte sectors", v->cipher_name, v->key_bits,
			v->sector_bytes);
	if (v->hash[0])
		fprintf(to, ", hash %s", v->hash);
	if (n_header)
		fprintf(to, ", header of %s", size_format(size, sizeof size, n_header));
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

static void print_contents(FILE *to, const struct source *in)
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
	fprintf(to, "contents: a finished image of %s: %s",
		size_format(size, sizeof size, finished_image_input_bytes(in->image)),
		contents_name(in->contents));
	if (finished_image_padding_bytes(in->image))
		fprintf(to, ", padded with %llu zero bytes to whole blocks",
			(unsigned long long)finished_image_padding_bytes(in->image));
	fputc('\n', to);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* A program's name is the first in its line: no path is taken for one. */
static bool read_digits(const char *commands)
{
	for (const char *line = commands; *line; line = next_line(line))
		if (strncmp(line + (*line == '('), "xxd -r -p", 9) == 0)
			return true;
	return false;
}

/* What needs root gets sudo, which finds cryptsetup where the user's PATH does not. A pipe, or
 * what the shell opens, as a whole: sudo closes descriptors that it does not know, and asks before
 * anything else reads the terminal. */
static void print_command(FILE *to, const char *line)
{
	bool is_compound = strstr(line, "| cryptsetup ") || strstr(line, "< /dev/mapper/");
	char *quoted = is_compound ? message_shell_quote(line) : NULL;

	if (quoted)
		fprintf(to, "    sudo sh -c %s\n", quoted);
	else if (strncmp(line, "cryptsetup ", 11) == 0 || strncmp(line, "mount ", 6) == 0 ||
		 strstr(line, " /dev/mapper/"))
		fprintf(to, "    sudo %s\n", line);
	else
		fprintf(to, "    %s\n", line);
	free(quoted);
}

void summary_print_commands(FILE *to, const char *commands, bool is_stream)
{
	char *copy = strdup(commands), *rest = copy;

	fprintf(to, "open it%s with%s:\n",
		is_stream ? ", once it is a disc or a file disc.img," : "",
		read_digits(commands) ? " (the secret's hexadecimal digits go to standard input; "
					"Ctrl-D ends them)"
				      : "");
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		if (*line)
			print_command(to, line);
	free(copy);
}

/* " -name VALUE" of each option that was given and that reading takes too. A format that shows
 * itself needs none that say how it was made. */
static void print_reading_options(FILE *to, const struct summary_disc *d, const struct settings *s)
{
	const struct settings_reading *options = s->reading.items;
	bool shows_itself = d->format->recognise != NULL;

	for (size_t i = 0; i < s->reading.n; i++) {
		const struct settings_reading *o = &options[i];
		char *quoted = message_shell_quote(o->value ? o->value : "");

		if (quoted && !(shows_itself && o->is_of_format) &&
			!(d->has_files && o->is_for_decrypt)) {
			fprintf(to, " -%s", o->name);
			if (o->value)
				fprintf(to, " %s", quoted);
		}
		free(quoted);
	}
}

void summary_print_own_commands(FILE *to, const struct summary_disc *d, const struct settings *s)
{
	static const struct own {
		const char *before, *verb, *after;
	} files[] = { { "", "list", "" }, { "", "extract -to copy", "" },
		{ "mkdir -p mnt && ", "mount", " mnt" }, { 0 } },
	  other[] = { { "", "decrypt -o copy", "" }, { 0 } };
	char *path = message_shell_quote(d->path);

	fputs("or without root, with:\n", to);
	for (const struct own *c = d->has_files ? files : other; path && c->verb; c++) {
		fprintf(to, "    %sxburncrypt %s", c->before, c->verb);
		print_reading_options(to, d, s);
		fprintf(to, " %s%s%s\n", *path == '-' ? "-- " : "", path, c->after);
	}
	free(path);
}

void summary_repair_hint(const struct settings *s, char *out, size_t n)
{
	const char *path = s->operands.n ? settings_operand(s, 0) : s->read.path;
	char *quoted = path ? message_shell_quote(path) : NULL;
	char at[40] = "";

	if (s->given[OPTION_HEAL_AT])
		snprintf(at, sizeof at, " -heal-at %llu", (unsigned long long)s->heal.search.at);
	snprintf(out, n, "use xburncrypt repair -o OUTPUT%s%s %s%s to make a healed image of it",
		s->heal.search.everywhere ? " -search" : "", at,
		quoted && *quoted == '-' ? "-- " : "", quoted ? quoted : "SOURCE");
	free(quoted);
}

/* Also where an image of UDF was burned. */
static bool has_files(const struct source *in)
{
	return in->is_iso9660 || (in->contents && in->contents->kind == CONTENTS_READABLE);
}

/* What a disc may lose, wherever a run is, or scattered by chance, but not as someone chooses: two
 * thirds of what its rows bring back in one run, since noise that no error tells of takes more of
 * them. */
static unsigned safe_percent(const struct heal_layout *l)
{
	return 200 * l->choice.n_rows / (3 * 255);
}

void summary_print_healing(FILE *to, const struct heal_record *r)
{
	const struct heal_layout *l = &r->layout;
	char size[64], root[2 * SHA256_BYTES + 1];

	fprintf(to,
		"healing data: %s of it; any %u %% in one piece, or scattered by chance, may be "
		"lost\n",
		size_format(size, sizeof size, (l->end - l->choice.n_data) * BLOCK_BYTES),
		safe_percent(l));
	fprintf(to, "root: %s\n", hex_write(root, r->root, sizeof r->root));
}

void summary_print_made_healing(FILE *to, const struct heal_record *r)
{
	summary_print_healing(to, r);
	if (r->has_mac || r->signature[0])
		fprintf(to, "proof: %s%s%s\n", r->has_mac ? "the disc's key" : "",
			r->has_mac && r->signature[0] ? ", " : "",
			r->signature[0] ? "a signature" : "");
}

void summary_print(const struct burn_result *r, const struct settings *s)
{
	FILE *to = strcmp(r->output->path, "-") == 0 ? stderr : stdout;
	bool is_stream = r->output->kind == OUTPUT_STREAM;
	const struct summary_disc disc = { is_stream ? "disc.img" : r->output->path,
		r->volume->format, has_files(r->source) };
	char size[64], shown[4200];

	fprintf(to, "%s: ", message_escape(shown, sizeof shown, output_name(r->output)));
	if (r->session)
		fprintf(to, "added session %u, ", r->session->number);
	else
		fputs(r->was_simulated ? "simulated a burn of " : "wrote ", to);
	fputs(size_format(size, sizeof size, r->n_bytes), to);
	summary_print_time(to, r->seconds, r->n_bytes);
	fputc('\n', to);
	print_contents(to, r->source);
	print_format(to, r);
	print_costs(to, r->volume);
	if (r->healing)
		summary_print_made_healing(to, r->healing);
	if (r->queue_lowest_percent >= 0)
		fprintf(to, "lowest level of the queue: %d %%\n", r->queue_lowest_percent);
	if (r->was_compared)
		fputs("verified: every block was read back and equals what was sent\n", to);
	if (r->header_was_opened)
		fputs("the header was read back and opens with the same secret\n", to);
	if (r->was_simulated || !r->commands[0])
		return;
	summary_print_commands(to, r->commands, is_stream);
	summary_print_own_commands(to, &disc, s);
	if (r->session)
		print_older(to, r->session);
}

void summary_write_healing(struct json *j, uint64_t n_bytes, const struct heal_record *r)
{
	char root[2 * SHA256_BYTES + 1];

	json_number(j, "healing_bytes", n_bytes);
	if (r->has_root)
		json_text(j, "root", hex_write(root, r->root, sizeof r->root));
}

void summary_write(struct json *j, const struct burn_result *r)
{
	const struct volume *v = r->volume;
	const struct layout_part *header = &r->layout->parts[LAYOUT_HEADER];

	json_text(j, "path", r->output->path);
	json_number(j, "written_bytes", r->n_bytes);
	json_real(j, "seconds", r->seconds);
	json_text(j, "format", v->format->name);
	json_text(j, "cipher", v->cipher_name);
	json_number(j, "key_bits", v->key_bits);
	json_number(j, "sector_bytes", v->sector_bytes);
	json_text(j, "uuid", v->uuid);
	json_number(j, "header_bytes", header->n_blocks * BLOCK_BYTES);
	json_number(j, "payload_bytes", v->payload_bytes);
	if (r->session) {
		json_number(j, "session", r->session->number);
		json_number(j, "sbsector", r->session->sbsector);
	}
	if (r->healing)
		summary_write_healing(j, layout_part_bytes(r->layout, LAYOUT_HEALING), r->healing);
	json_bool(j, "simulated", r->was_simulated);
	json_bool(j, "verified", r->was_compared);
	json_lines(j, "commands", r->was_simulated ? "" : r->commands);
}
