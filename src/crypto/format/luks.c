/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto/format/luks.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "util/number.h"
#include "util/sector.h"

/* LUKS2: sizes of one copy of the metadata, and of the key slot area at most */
enum { METADATA_MIN = 16 * 1024, METADATA_MAX = 4096 * 1024, SLOT_AREA_MAX = 128 * 1024 * 1024 };
/* LUKS2: the binary header in front of each copy; LUKS1's whole header is shorter */
enum { BINARY_HEADER = 4096 };
/* 4000 stripes of a 512-bit key take 252 KiB; no cipher here has longer keys */
enum { SLOT_MAX = 1024 * 1024 };

static const uint8_t magic[6] = { 'L', 'U', 'K', 'S', 0xba, 0xbe };
static const uint8_t second_magic[6] = { 'S', 'K', 'U', 'L', 0xba, 0xbe };

/* Copies libcryptsetup's words as ours are written: lower case, no full stop, no line end. */
static void copy_words(char *out, size_t n, const char *text)
{
	size_t len;

	if (strncasecmp(text, "warning: ", 9) == 0)
		text += 9;
	snprintf(out, n, "%s", text);
	len = strlen(out);
	while (len && (out[len - 1] == '\n' || out[len - 1] == '.'))
		out[--len] = '\0';
	if (isupper((unsigned char)out[0]) && !isupper((unsigned char)out[1]))
		out[0] = (char)tolower((unsigned char)out[0]);
}

/* Since 2.7, when Argon2 asks for more than the memory that nothing uses at all: the kernel gives
 * up its caches for it, and what really lacks is told by luks_costs_fail_memory. */
static bool is_false_alarm(const char *words)
{
	return strcmp(words, "keyslot operation could fail as it requires more than available "
			     "memory") == 0;
}

static void hear(int level, const char *text, void *ctx)
{
	struct luks *l = ctx;
	char words[sizeof l->said];

	if (!l)
		return;
	copy_words(words, sizeof words, text);
	if (level == CRYPT_LOG_ERROR)
		memcpy(l->said, words, sizeof l->said);
	if (level == CRYPT_LOG_NORMAL && !l->is_silent && !is_false_alarm(words))
		message_warn(l->m, "%s", words);
}

/* Process-wide settings; doing them again changes nothing. */
static void settle_library(void)
{
	/* without one, libcryptsetup prints what has no device yet */
	crypt_set_log_callback(NULL, hear, NULL);
	/* lock files need a directory that only root can make */
	crypt_metadata_locking(NULL, 0);
	/* a type name out of a foreign header must not choose a library to be loaded */
	crypt_token_external_disable();
}

int luks_fail(struct luks *l, int result, struct fail *f, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (l->said[0])
		return fail_set(f, FAIL_FAILED, "", "%s: %s", what, l->said);
	errno = -result;
	return fail_errno(f, FAIL_FAILED, "", "%s", what);
}

int luks_open(struct luks *l, const char *type, uint64_t n_bytes, const struct messages *m,
	struct fail *f)
{
	int r;

	memset(l, 0, sizeof *l);
	l->m = m;
	l->type = type;
	settle_library();
	l->fd = memfd_create("xburncrypt-header", MFD_CLOEXEC);
	if (l->fd < 0 || ftruncate(l->fd, (off_t)n_bytes))
		return fail_errno(f, FAIL_FAILED, "", "can't keep a LUKS header in memory");
	snprintf(l->path, sizeof l->path, "/proc/self/fd/%d", l->fd);
	r = crypt_init(&l->cd, l->path);
	if (r < 0)
		return luks_fail(
			l, r, f, "can't start libcryptsetup on %s (is /proc mounted?)", l->path);
	crypt_set_log_callback(l->cd, hear, l);
	return 0;
}

void luks_close(struct luks *l)
{
	crypt_free(l->cd);
	l->cd = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* The blocks that hold the first BINARY_HEADER bytes at offset; false where they can't be read. */
static bool peek(struct block_reader *reader, uint64_t offset, uint8_t out[BINARY_HEADER])
{
	return block_reader_read(
		       reader, offset / BLOCK_BYTES, BINARY_HEADER / BLOCK_BYTES, out, NULL) == 0;
}

static bool has_magic(const uint8_t *header, const uint8_t *wanted, unsigned version)
{
	return memcmp(header, wanted, sizeof magic) == 0 && number_be16(header + 6) == version;
}

static bool is_metadata_size(uint64_t n_bytes)
{
	return n_bytes >= METADATA_MIN && n_bytes <= METADATA_MAX && !(n_bytes & (n_bytes - 1));
}

/* Size of one of the two copies of a LUKS2 header, 0 where there is none. The first may be beyond
 * reading: the second then stands at its own size. */
static uint64_t find_luks2(struct block_reader *reader)
{
	uint8_t header[BINARY_HEADER];
	uint64_t n;

	if (peek(reader, 0, header) && has_magic(header, magic, 2) &&
		is_metadata_size(number_be64(header + 8)))
		return number_be64(header + 8);
	for (n = METADATA_MIN; n <= METADATA_MAX; n *= 2)
		if (peek(reader, n, header) && has_magic(header, second_magic, 2))
			return n;
	return 0;
}

/* Payload offset of a LUKS1 header in bytes: what libcryptsetup wants its device to reach. */
static uint64_t find_luks1(struct block_reader *reader)
{
	uint8_t header[BINARY_HEADER];
	uint32_t n_sectors;

	if (!peek(reader, 0, header) || !has_magic(header, magic, 1))
		return 0;
	n_sectors = number_be32(header + 104);
	/* a detached header's payload starts at 0 */
	return n_sectors ? (uint64_t)n_sectors * SECTOR_BYTES : SLOT_AREA_MAX;
}

bool luks_is_at(const char *type, struct block_reader *reader)
{
	return (strcmp(type, CRYPT_LUKS2) == 0 ? find_luks2(reader) : find_luks1(reader)) != 0;
}

/* Puts one block of the medium at its place in the memfd; one that can't be read is left zero. */
static int copy_block(struct luks *l, struct block_reader *reader, uint64_t lba, struct fail *f)
{
	uint8_t block[BLOCK_BYTES];

	if (block_reader_read(reader, lba, 1, block, &l->unreadable)) {
		l->n_unreadable++;
		return 0;
	}
	if (pwrite(l->fd, block, sizeof block, (off_t)(lba * BLOCK_BYTES)) != (ssize_t)sizeof block)
		return fail_errno(f, FAIL_FAILED, "", "can't keep a LUKS header in memory");
	return 0;
}

/* The blocks that hold n_bytes from offset. Large reads first: a drive needs long for each. */
static int copy_range(struct luks *l, struct block_reader *reader, uint64_t offset,
	uint64_t n_bytes, struct fail *f)
{
	uint64_t lba = offset / BLOCK_BYTES;
	uint64_t end = (offset + n_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
	uint8_t buf[32 * BLOCK_BYTES];

	if (end > reader->n_blocks)
		return fail_set(f, FAIL_FAILED, "",
			"is truncated: ends within the LUKS header (%llu of %llu blocks)",
			(unsigned long long)reader->n_blocks, (unsigned long long)end);
	while (lba < end) {
		uint32_t n = end - lba < 32 ? (uint32_t)(end - lba) : 32;
		size_t n_buf = (size_t)n * BLOCK_BYTES;

		if (block_reader_read(reader, lba, n, buf, NULL)) {
			for (uint32_t i = 0; i < n; i++)
				if (copy_block(l, reader, lba + i, f))
					return -1;
		} else if (pwrite(l->fd, buf, n_buf, (off_t)(lba * BLOCK_BYTES)) != (ssize_t)n_buf)
			return fail_errno(f, FAIL_FAILED, "", "can't keep a LUKS header in memory");
		lba += n;
	}
	return 0;
}

/* True where libcryptsetup can read the slot without the kernel's help: it would set up a
 * device-mapper device for other ciphers. */
static bool is_readable_slot(struct luks *l, int slot)
{
	const char *cipher = NULL;
	size_t n;

	if (strcmp(l->type, CRYPT_LUKS1) == 0)
		cipher = crypt_get_cipher(l->cd);
	else
		cipher = crypt_keyslot_get_encryption(l->cd, slot, &n);
	return cipher && (strncmp(cipher, "aes", 3) == 0 || strncmp(cipher, "camellia", 8) == 0);
}

/* Only the slots in use are copied: the areas may be as large as a foreign header likes. */
static int copy_slots(struct luks *l, struct block_reader *reader, struct fail *f)
{
	for (int slot = 0; slot < crypt_keyslot_max(l->type); slot++) {
		crypt_keyslot_info status = crypt_keyslot_status(l->cd, slot);
		uint64_t offset, n_bytes;

		if (status != CRYPT_SLOT_ACTIVE && status != CRYPT_SLOT_ACTIVE_LAST)
			continue;
		if (crypt_keyslot_area(l->cd, slot, &offset, &n_bytes) < 0 || n_bytes > SLOT_MAX)
			return fail_set(f, FAIL_FAILED, "",
				"the LUKS header is damaged: the position of key slot %d is "
				"impossible",
				slot);
		if (!is_readable_slot(l, slot))
			return fail_set(f, FAIL_FAILED, "",
				"key slot %d is encrypted with an unsupported cipher", slot);
		if (copy_range(l, reader, offset, n_bytes, f))
			return -1;
	}
	return 0;
}

int luks_load(struct luks *l, const char *type, struct block_reader *reader,
	const struct messages *m, struct fail *f)
{
	bool is_luks2 = strcmp(type, CRYPT_LUKS2) == 0;
	uint64_t found = is_luks2 ? find_luks2(reader) : find_luks1(reader);
	uint64_t n_bytes = is_luks2 ? 2 * METADATA_MAX + SLOT_AREA_MAX : found;
	int r;

	/* as long as libcryptsetup wants it to be, whatever the reader has: mostly holes */
	if (luks_open(l, type, n_bytes, m, f))
		return -1;
	if (!found)
		return fail_set(f, FAIL_MISMATCH, "", "has no %s header", type);
	if (copy_range(l, reader, 0, is_luks2 ? 2 * found : BINARY_HEADER, f))
		return -1;
	r = crypt_load(l->cd, type, NULL);
	if (r < 0)
		return luks_fail(l, r, f, "the %s header is damaged", type);
	return copy_slots(l, reader, f);
}
