/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/heal_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/proof.h"
#include "cli/summary.h"
#include "job/output.h"
#include "util/hex.h"
#include "util/io.h"
#include "util/new_file.h"
#include "util/request_field.h"

enum use {
	USE_CHECK,  /* the kernel compares what is read with its digests */
	USE_HEAL,   /* and heals it */
	USE_HEADER, /* a copy of the copy of the header */
};

static char *verity_command(const struct heal_record *r, const char *object, bool heals)
{
	const struct heal_layout *l = &r->layout;
	char root[2 * SHA256_BYTES + 1], parity[4500] = "", *text;

	if (heals)
		snprintf(parity, sizeof parity,
			" --fec-device=%s --fec-offset=%" PRIu64 " --fec-roots=%u", object,
			l->kernel.first * BLOCK_BYTES, l->choice.n_roots);
	return asprintf(&text, "veritysetup open %s whole %s %s --hash-offset=%" PRIu64 "%s",
		       object, object, hex_write(root, r->root, sizeof r->root),
		       l->superblock.first * BLOCK_BYTES, parity) < 0
		       ? NULL
		       : text;
}

/* The command for that on the disc at path; a heap string. NULL: there is none, or no memory. */
static char *make_command(const struct heal_record *r, const char *path, enum use use)
{
	const struct heal_layout *l = &r->layout;
	char *object = message_shell_quote(path), *text = NULL;

	if (object && use == USE_HEADER && l->header.n) {
		if (asprintf(&text, "dd if=%s of=header bs=2048 skip=%" PRIu64 " count=%" PRIu64,
			    object, l->header.first, l->header.n) < 0)
			text = NULL;
	} else if (object && r->has_root &&
		   (use == USE_CHECK || (use == USE_HEAL && l->choice.n_roots))) {
		text = verity_command(r, object, use == USE_HEAL);
	}
	free(object);
	return text;
}

/* Of the disc, in a row: what the kernel brings back. */
static double kernel_percent(const struct heal_layout *l)
{
	return 100.0 * (double)l->kernel.n / (double)l->end;
}

static void print_line(const char *what, const char *command)
{
	char shown[16384];

	printf("%s:\n    sudo %s\n", what, message_printable(shown, sizeof shown, command));
}

static void print_commands(const struct heal_record *r, const char *path)
{
	char *check = make_command(r, path, USE_CHECK);
	char *heal = make_command(r, path, USE_HEAL);
	char *header = make_command(r, path, USE_HEADER);

	if (check)
		print_line("let the kernel check its blocks, as /dev/mapper/whole, with", check);
	if (heal)
		print_line("or heal them, too, if it has CONFIG_DM_VERITY_FEC, with", heal);
	if (header)
		print_line("take the copy of its header, for cryptsetup --header, with", header);
	free(header);
	free(heal);
	free(check);
}

static void print_proof(const struct heal_authenticity *proof)
{
	static const char *const of_mac[] = { [HEAL_ABSENT] = "none",
		[HEAL_UNCHECKED] = "there, but it takes the disc's secret to check it",
		[HEAL_RIGHT] = "right: who made this had the disc's key",
		[HEAL_WRONG] = "wrong: not made with this disc's key" };
	static const char *const of_signature[] = { [HEAL_ABSENT] = "none",
		[HEAL_UNCHECKED] = "there, but it takes the signer's key (-trust) to check it",
		[HEAL_RIGHT] = "right",
		[HEAL_WRONG] = "wrong",
		[HEAL_OTHER_KEY] = "with another key" };

	printf("MAC: %s\n", of_mac[proof->mac]);
	printf("signature: %s\n", of_signature[proof->signature]);
}

void heal_facts_print(
	const struct heal_record *r, const struct heal_authenticity *proof, const char *path)
{
	const struct heal_layout *l = &r->layout;

	if (!r->has_root) {
		puts("healing data: all records of their root are lost; use xburncrypt repair");
		return;
	}
	summary_print_healing(stdout, r);
	print_proof(proof);
	printf("codes: %u rows", l->choice.n_rows);
	if (l->choice.n_roots)
		printf("; %u roots, by which the kernel alone heals %.1f %% in a row",
			l->choice.n_roots, kernel_percent(l));
	putchar('\n');
	print_commands(r, path);
}

static void write_commands(struct json *j, const struct heal_record *r, const char *path)
{
	static const enum use uses[] = { USE_CHECK, USE_HEAL, USE_HEADER };

	json_array_begin(j, "commands");
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		char *command = make_command(r, path, uses[i]);

		if (command)
			json_text(j, NULL, command);
		free(command);
	}
	json_array_end(j);
}

void heal_facts_write_json(struct json *j, const struct heal_record *r,
	const struct heal_authenticity *proof, const char *path)
{
	const struct heal_layout *l = &r->layout;

	json_object_begin(j, "healing");
	json_number(j, "data_blocks", l->choice.n_data);
	json_number(j, "end", l->end);
	json_number(j, "rows", l->choice.n_rows);
	json_number(j, "roots", l->choice.n_roots);
	json_real(j, "kernel_percent", kernel_percent(l));
	proof_json(j, proof, r);
	write_commands(j, r, path);
	json_object_end(j);
}

/* The signature's file. NULL without memory. */
static char *signature_path(const char *path)
{
	char *name;

	return asprintf(&name, "%s.minisig", path) < 0 ? NULL : name;
}

static int check_file(const struct settings *s, const char *path, struct fail *f)
{
	const struct output_consent consent = { .replace_file = s->force };
	struct fail same = { 0 };
	struct output o;

	if (output_classify(path, &consent, &o, f))
		return -1;
	if (output_check_apart(&o, s->read.path, &same))
		return fail_set(f, FAIL_USAGE, path, "is the disc itself");
	if (o.kind != OUTPUT_FILE)
		return fail_set(f, FAIL_USAGE, path, "is not a file");
	return new_file_check(path, s->force, 0, f);
}

int heal_facts_check(const struct settings *s, char folder[PATH_MAX], struct fail *f)
{
	char *signature;
	int result;

	if (!s->heal_text)
		return 0;
	signature = signature_path(s->heal_text);
	if (!signature)
		return fail_memory(f);
	result = check_file(s, s->heal_text, f) || check_file(s, signature, f) ? -1 : 0;
	if (result == 0 && new_file_directory(s->heal_text, folder))
		result = fail_errno(f, FAIL_FAILED, s->heal_text, "can't be created");
	free(signature);
	return result;
}

static int save(const char *path, bool replace, const char *text, size_t n, struct fail *f)
{
	struct new_file *file = new_file_open(path, replace, 0666, n, f);
	int result = -1;

	if (!file)
		return -1;
	if (io_write_full(new_file_descriptor(file), text, n))
		fail_errno(f, FAIL_FAILED, path, "can't be written");
	else
		result = new_file_commit(file, f);
	new_file_close(file);
	return result;
}

int heal_facts_save(const struct settings *s, const struct heal_record *r, struct fail *f)
{
	char facts[HEAL_FACTS_MAX], *signature;
	int result;

	if (!s->heal_text)
		return 0;
	if (!r || !r->has_root) {
		fail_set(f, FAIL_MISMATCH, s->read.path,
			"has no healing data, or they can't be found");
		return fail_field(f, REQUEST_HEALING);
	}
	if (save(s->heal_text, s->force, facts, heal_record_facts(r, HEAL_RECORD_FRONT, facts), f))
		return -1;
	if (!r->signature[0])
		return 0;
	signature = signature_path(s->heal_text);
	if (!signature)
		return fail_memory(f);
	result = save(signature, s->force, r->signature, strlen(r->signature), f);
	free(signature);
	return result;
}
