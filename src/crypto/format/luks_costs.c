/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/luks_costs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <json-c/json.h>

#include "util/number.h"

enum {
	MEMORY_DEFAULT_KIB = 256 * 1024,
	MEMORY_FLOOR_KIB = 32 * 1024,
	MEMORY_MIN_KIB = 32,              /* libcryptsetup's */
	MEMORY_MAX_KIB = 4 * 1024 * 1024, /* libcryptsetup's */
	PASSES_DEFAULT = 4,
	PASSES_MIN = 4, /* the floor, and libcryptsetup's own */
	THREADS_MAX = 4,
	ROUNDS_DEFAULT = 2000000,
	ROUNDS_FLOOR = 600000,
	ROUNDS_MIN = 1000, /* libcryptsetup's */
};

/* What a header may ask for. A slow core fills about 1 GiB a second in Argon2 and does about two
 * million rounds of PBKDF2. */
#define LIMIT_MEMORY_KIB (2ULL * 1024 * 1024)
#define LIMIT_FILLED_KIB (64ULL * 1024 * 1024)
#define LIMIT_ROUNDS 120000000ULL

static int fail_weak(const char *option, const char *unit, uint32_t asked, uint32_t floor,
	uint32_t min, bool weak, struct fail *f)
{
	if (weak)
		return fail_set(f, FAIL_USAGE, option,
			"%u %s is less than LUKS allows; at least %u", asked, unit, min);
	fail_set(f, FAIL_USAGE, option, "%u %s is too weak against guessing; at least %u", asked,
		unit, floor);
	if (min < floor)
		fail_hint(f, "use -pbkdf-weak for tests");
	return -1;
}

static int choose_argon2(
	const struct format_params *p, struct crypt_pbkdf_type *out, struct fail *f)
{
	uint32_t floor = p->pbkdf_weak ? MEMORY_MIN_KIB : MEMORY_FLOOR_KIB;

	out->type = CRYPT_KDF_ARGON2ID;
	out->max_memory_kb = p->pbkdf_memory_kib ? p->pbkdf_memory_kib : MEMORY_DEFAULT_KIB;
	out->iterations = p->pbkdf_iterations ? p->pbkdf_iterations : PASSES_DEFAULT;
	out->parallel_threads = p->pbkdf_parallel ? p->pbkdf_parallel : THREADS_MAX;
	if (out->max_memory_kb < floor)
		return fail_weak("-pbkdf-memory", "KiB", out->max_memory_kb, MEMORY_FLOOR_KIB,
			MEMORY_MIN_KIB, p->pbkdf_weak, f);
	if (out->max_memory_kb > MEMORY_MAX_KIB)
		return fail_set(f, FAIL_USAGE, "-pbkdf-memory",
			"%u KiB is more than LUKS allows; at most %u", out->max_memory_kb,
			(unsigned)MEMORY_MAX_KIB);
	if (out->iterations < PASSES_MIN)
		return fail_weak("-pbkdf-iterations", "passes", out->iterations, PASSES_MIN,
			PASSES_MIN, p->pbkdf_weak, f);
	if (out->parallel_threads > THREADS_MAX)
		return fail_set(f, FAIL_USAGE, "-pbkdf-parallel",
			"%u threads is more than LUKS allows; at most %u", out->parallel_threads,
			(unsigned)THREADS_MAX);
	return 0;
}

static int choose_pbkdf2(
	const struct format_params *p, struct crypt_pbkdf_type *out, struct fail *f)
{
	uint32_t floor = p->pbkdf_weak ? ROUNDS_MIN : ROUNDS_FLOOR;

	out->type = CRYPT_KDF_PBKDF2;
	out->iterations = p->pbkdf_iterations ? p->pbkdf_iterations : ROUNDS_DEFAULT;
	if (p->pbkdf_memory_kib)
		return fail_set(f, FAIL_USAGE, "-pbkdf-memory", "does not apply to pbkdf2");
	if (p->pbkdf_parallel)
		return fail_set(f, FAIL_USAGE, "-pbkdf-parallel", "does not apply to pbkdf2");
	if (out->iterations < floor)
		return fail_weak("-pbkdf-iterations", "rounds", out->iterations, ROUNDS_FLOOR,
			ROUNDS_MIN, p->pbkdf_weak, f);
	return 0;
}

int luks_costs_choose(const struct format_params *params, const char *default_pbkdf,
	struct crypt_pbkdf_type *out, struct fail *f)
{
	const char *pbkdf = params->pbkdf ? params->pbkdf : default_pbkdf;

	*out = (struct crypt_pbkdf_type){ .hash = "sha256", .flags = CRYPT_PBKDF_NO_BENCHMARK };
	if (strcmp(pbkdf, CRYPT_KDF_ARGON2ID) == 0)
		return choose_argon2(params, out, f);
	if (strcmp(pbkdf, CRYPT_KDF_PBKDF2) == 0)
		return choose_pbkdf2(params, out, f);
	return fail_set(f, FAIL_USAGE, "-pbkdf",
		"unknown key derivation %s; choose argon2id or pbkdf2", pbkdf);
}

static int fail_lowered(
	uint32_t got, uint32_t asked, const char *unit, const char *option, struct fail *f)
{
	fail_set(f, FAIL_FAILED, "",
		"libcryptsetup would use %u %s instead of %u for the key derivation: this machine "
		"has too little memory",
		got, unit, asked);
	fail_hint(f, "use %s %u", option, got);
	return -1;
}

static int compare(
	const struct crypt_pbkdf_type *got, const struct crypt_pbkdf_type *asked, struct fail *f)
{
	if (!got || !got->type || strcmp(got->type, asked->type) != 0)
		return fail_set(f, FAIL_FAILED, "",
			"libcryptsetup chose a key derivation other than %s", asked->type);
	if (got->max_memory_kb < asked->max_memory_kb)
		return fail_lowered(
			got->max_memory_kb, asked->max_memory_kb, "KiB", "-pbkdf-memory", f);
	if (got->iterations < asked->iterations)
		return fail_lowered(
			got->iterations, asked->iterations, "iterations", "-pbkdf-iterations", f);
	return 0;
}

int luks_costs_set(struct luks *l, const struct crypt_pbkdf_type *asked, struct fail *f)
{
	int r = crypt_set_pbkdf_type(l->cd, asked);

	if (r < 0)
		return luks_fail(l, r, f, "libcryptsetup refuses the costs of the key derivation");
	return compare(crypt_get_pbkdf_type(l->cd), asked, f);
}

int luks_costs_check(struct luks *l, int slot, const struct crypt_pbkdf_type *asked, struct fail *f)
{
	struct crypt_pbkdf_type got = { 0 };
	int r = crypt_keyslot_get_pbkdf(l->cd, slot, &got);

	if (r < 0)
		return luks_fail(l, r, f, "the costs of key slot %d can't be read back", slot);
	return compare(&got, asked, f);
}

/* The costs of a slot in use; false where it is free or has none. */
static bool get_slot(struct luks *l, int slot, struct crypt_pbkdf_type *out)
{
	crypt_keyslot_info status = crypt_keyslot_status(l->cd, slot);

	return (status == CRYPT_SLOT_ACTIVE || status == CRYPT_SLOT_ACTIVE_LAST ||
		       status == CRYPT_SLOT_UNBOUND) &&
	       crypt_keyslot_get_pbkdf(l->cd, slot, out) == 0 && out->type;
}

/* Memory filled in all passes; PBKDF2 fills none, its rounds count. */
static uint64_t weigh(const struct crypt_pbkdf_type *costs)
{
	return (uint64_t)costs->iterations * (costs->max_memory_kb ? costs->max_memory_kb : 1);
}

int luks_costs_facts(struct luks *l, struct volume *v, struct fail *f)
{
	struct crypt_pbkdf_type slot_costs, dearest = { 0 };

	v->n_slots = 0;
	for (int slot = 0; slot < crypt_keyslot_max(l->type); slot++) {
		if (!get_slot(l, slot, &slot_costs))
			continue;
		v->n_slots++;
		if (!dearest.type || weigh(&slot_costs) > weigh(&dearest))
			dearest = slot_costs;
	}
	if (v->n_slots == 0)
		return fail_set(f, FAIL_FAILED, "", "the LUKS header has no key slot in use");
	snprintf(v->pbkdf, sizeof v->pbkdf, "%s", dearest.type);
	v->pbkdf_memory_kib = dearest.max_memory_kb;
	v->pbkdf_iterations = dearest.iterations;
	v->pbkdf_parallel = dearest.parallel_threads;
	return 0;
}

/* The most rounds of a LUKS2 header's digests. */
static uint64_t luks2_digest_rounds(const char *json)
{
	struct json_object *header = json_tokener_parse(json), *digests, *n;
	struct lh_table *table;
	uint64_t rounds = 0;

	if (!header)
		return UINT64_MAX;
	json_object_object_get_ex(header, "digests", &digests);
	table = json_object_get_object(digests);
	for (struct lh_entry *e = table ? table->head : NULL; e; e = e->next) {
		uint32_t one;

		/* as libcryptsetup reads it, to which 1e9 is a number of rounds, too */
		json_object_object_get_ex(lh_entry_v(e), "iterations", &n);
		one = (uint32_t)json_object_get_int64(n);
		if (one > rounds)
			rounds = one;
	}
	json_object_put(header);
	return rounds;
}

/* Rounds that check the volume key, once for every slot that is tried. */
static uint64_t digest_rounds(struct luks *l)
{
	const char *json = NULL;
	uint8_t rounds[4];

	if (strcmp(l->type, CRYPT_LUKS2) == 0)
		return crypt_dump_json(l->cd, &json, 0) < 0 ? UINT64_MAX
							    : luks2_digest_rounds(json);
	/* mk-digest-iter, LUKS1 1.2.3, figure 1 */
	return pread(l->fd, rounds, 4, 164) == 4 ? number_be32(rounds) : UINT64_MAX;
}

int luks_costs_limit(struct luks *l, struct fail *f)
{
	uint64_t memory = 0, filled = 0, rounds = 0, n_slots = 0, digest = digest_rounds(l);
	struct crypt_pbkdf_type costs;

	for (int slot = 0; slot < crypt_keyslot_max(l->type); slot++) {
		if (!get_slot(l, slot, &costs))
			continue;
		n_slots++;
		if (costs.max_memory_kb > memory)
			memory = costs.max_memory_kb;
		if (costs.max_memory_kb)
			filled += weigh(&costs);
		else
			rounds += costs.iterations;
	}
	if (memory <= LIMIT_MEMORY_KIB && filled <= LIMIT_FILLED_KIB && rounds <= LIMIT_ROUNDS &&
		digest <= LIMIT_ROUNDS / (n_slots + 1))
		return 0;
	fail_set(f, FAIL_FAILED, "",
		"the LUKS header asks for too costly a key derivation: %llu MiB of memory, %llu "
		"MiB to fill, %llu rounds",
		(unsigned long long)memory / 1024, (unsigned long long)filled / 1024,
		(unsigned long long)(digest > LIMIT_ROUNDS ? digest : rounds));
	fail_hint(f, "use -allow-costly-kdf if you trust the disc");
	return -1;
}

uint32_t luks_costs_memory(struct luks *l, int slot)
{
	struct crypt_pbkdf_type costs;
	uint32_t memory = 0;

	for (int i = 0; i < crypt_keyslot_max(l->type); i++)
		if ((slot == CRYPT_ANY_SLOT || slot == i) && get_slot(l, i, &costs) &&
			costs.max_memory_kb > memory)
			memory = costs.max_memory_kb;
	return memory;
}

bool luks_costs_lack_memory(int result, uint32_t memory_kib)
{
	size_t n_bytes = (size_t)memory_kib * 1024;
	void *room;

	if (!memory_kib || result >= 0)
		return false;
	if (result != -EINVAL)
		return result == -ENOMEM;
	room = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return true;
	munmap(room, n_bytes);
	return false;
}

int luks_costs_fail_memory(uint32_t memory_kib, bool is_new, struct fail *f)
{
	errno = ENOMEM;
	fail_errno(f, FAIL_FAILED, "",
		"can't get the %u MiB of memory that the key derivation (Argon2id) needs",
		(memory_kib + 1023) / 1024);
	if (is_new)
		fail_hint(f,
			"free some memory, raise the limit (ulimit -v), or use less: -pbkdf-memory "
			"%d at least, or -pbkdf pbkdf2",
			(int)MEMORY_FLOOR_KIB);
	else
		fail_hint(f, "free some memory, or raise the limit (ulimit -v)");
	return -1;
}
